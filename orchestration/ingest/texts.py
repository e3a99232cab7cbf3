"""A file's text inside the database: a temporary table per extract, each cell as it was written."""

from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from orchestration.contracts import ExtractContract
from orchestration.ingest.conform import SQL_TYPES, leader, text_table, typed_table
from orchestration.ingest.landing import LandedFile
from orchestration.ingest.readers import MalformedRows, read_table
from orchestration.ingest.refusals import RefusedFile
from orchestration.ingest.xml_reader import read_xml

# The database takes many rows at once far faster than a few at a time.
ROWS_WRITTEN = 100_000


@dataclass(frozen=True)
class ExtractText:
    """What was read of one extract besides its rows, which are in ``text_<extract>``.

    ``columns_missing`` are columns of the contract, ``headings_unknown`` headings or elements that
    no column takes.
    """

    contract: ExtractContract
    malformed: MalformedRows = field(default_factory=MalformedRows)
    columns_missing: tuple[str, ...] = ()
    headings_unknown: tuple[str, ...] = ()


def take_in(connection: duckdb.DuckDBPyConnection, file: LandedFile) -> list[ExtractText]:
    """Read every extract of a file into its table of text.

    Raises:
        RefusedFile: the file cannot be taken apart. An engine's own message may quote a row, so
            nothing of it is kept.
    """
    if file.layout is None:
        return _take_in_xml(connection, file)
    contract = file.contracts[0]
    text = read_table(file, contract)
    # A JSON cell stands under each of its keys: once is enough.
    columns = ", ".join(
        f'cast("{column.name}" as {SQL_TYPES["map"]}) as "{column.name}"'
        if column.type == "map"
        else f'"{column.name}"'
        for column in contract.columns
        if column.is_stored and leader(column, contract) == column.name
    )
    connection.register("landed_text", text.batches)
    try:
        connection.execute(
            f"create or replace temp table {text_table(contract)} as "
            f"select _row_number, {columns} from landed_text"
        )
    except duckdb.InvalidInputException as error:
        raise RefusedFile(
            "The file cannot be taken apart into rows and cells. Export it again as a CSV file."
        ) from error
    finally:
        connection.unregister("landed_text")
    return [ExtractText(contract, text.malformed, text.columns_missing, text.columns_extra)]


def _take_in_xml(connection: duckdb.DuckDBPyConnection, file: LandedFile) -> list[ExtractText]:
    for contract in file.contracts:
        listed = ", ".join(f'"{column.name}" varchar' for column in contract.columns)
        connection.execute(
            f"create or replace temp table {text_table(contract)} (_row_number bigint, {listed})"
        )

    kept: dict[str, list[pa.RecordBatch]] = {}

    def write(contract: ExtractContract) -> None:
        connection.register("landed_text", pa.Table.from_batches(kept.pop(contract.extract)))
        connection.execute(f"insert into {text_table(contract)} select * from landed_text")
        connection.unregister("landed_text")

    def keep(contract: ExtractContract, batch: pa.RecordBatch) -> None:
        batches = kept.setdefault(contract.extract, [])
        batches.append(batch)
        if sum(map(len, batches)) >= ROWS_WRITTEN:
            write(contract)

    unknown = read_xml(file, file.contracts, keep)
    for contract in file.contracts:
        if kept.get(contract.extract):
            write(contract)
    # An element nobody knows is reported with the outermost record, where its path begins.
    outermost = min(file.contracts, key=_depth)
    return [
        ExtractText(
            contract,
            headings_unknown=tuple(sorted(unknown)) if contract is outermost else (),
        )
        for contract in file.contracts
    ]


def _depth(contract: ExtractContract) -> tuple[bool, int]:
    path = contract.path or ""
    return path == "Header", path.count("/")


def drop_tables(connection: duckdb.DuckDBPyConnection, file: LandedFile) -> None:
    """Drop the temporary tables of a file."""
    for contract in file.contracts:
        connection.execute(f"drop table if exists temp.{text_table(contract)}")
        connection.execute(f"drop table if exists temp.{typed_table(contract)}")
