"""Landed files → ``raw.<extract>``, ``quality.extract_files`` and the rows that could not stand.

After a load the warehouse holds the rows of exactly the files that are in the landing folder:
the same files give the same rows, a file taken away takes its rows with it, and a file that has
not changed is not read again. Each file is loaded whole or not at all.
"""

import csv
import datetime as dt
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.contracts import ExtractContract
from orchestration.ingest.conform import (
    MACROS,
    Conformed,
    comment_table,
    conform,
    create_table,
    key_pads,
    stored_type,
    text_table,
    typed_table,
)
from orchestration.ingest.landing import LandedFile, RefusedFile, refuse_wrong_year
from orchestration.ingest.readers import CsvText, MalformedRows, read_csv, read_xml
from orchestration.ingest.register import (
    TABLES,
    Counts,
    mark_superseded,
    prepare_register,
    register_loaded,
    register_refused,
)

# Part of what a loaded file is known by: raised when the reader would give other rows.
READER_VERSION = "1"


class WrongPseudonymKey(Exception):
    """The warehouse was made with another key; the message says what to do."""


@dataclass(frozen=True)
class CodeSets:
    """Codes by set, in upper case, with what is stored for each."""

    sets: Mapping[str, Mapping[str, str]]

    @classmethod
    def read(cls, file: Path) -> "CodeSets":
        """The code sets of ``seeds/codes/codes.csv``; a yes or no is stored as true or false."""
        sets: dict[str, dict[str, str]] = {}
        with file.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                kept = row["code_group"] if row["code_set"] == "boolean_flag" else row["code"]
                sets.setdefault(row["code_set"], {})[row["code"].upper()] = kept
        return cls(sets)


@dataclass(frozen=True)
class Night:
    """What a load needs to know besides the files."""

    contracts: Mapping[str, ExtractContract]
    codes: CodeSets
    pseudonym_key: bytes
    as_at_date: dt.date


def load_files(
    connection: duckdb.DuckDBPyConnection, landed: Sequence[LandedFile], night: Night
) -> None:
    """Bring raw and quality tables in line with the landed files.

    Raises:
        WrongPseudonymKey: the warehouse was made with another key.
    """
    _prepare(connection, night)
    placed = _with_duplicates_marked(_with_years(connection, landed, night))
    _forget_absent(connection, placed, night)
    for file in placed:
        if _is_already_there(connection, file, night):
            continue
        _load_file(connection, file, night)
    mark_superseded(connection)


# ---- before any file ----


def _prepare(connection: duckdb.DuckDBPyConnection, night: Night) -> None:
    connection.execute(MACROS)
    connection.execute("create schema if not exists raw")
    prepare_register(connection)
    _check_key(connection, night.pseudonym_key)
    for contract in night.contracts.values():
        _prepare_raw(connection, contract)


def _check_key(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    fingerprint = hmac.new(key, b"fingerprint", hashlib.sha256).hexdigest()[:16]
    connection.execute("create table if not exists quality.pseudonym_keys (fingerprint varchar)")
    known = connection.execute("select fingerprint from quality.pseudonym_keys").fetchone()
    if known is None:
        connection.execute("insert into quality.pseudonym_keys values (?)", [fingerprint])
    elif known[0] != fingerprint:
        raise WrongPseudonymKey(
            "The warehouse was made with another OUTCOMES_PSEUDONYM_KEY: with this one every child "
            "would become somebody else. Give the earlier key, or move the warehouse folder away "
            "to begin again from the landed files."
        )


def _prepare_raw(connection: duckdb.DuckDBPyConnection, contract: ExtractContract) -> None:
    """The raw table as the contract has it now; a changed contract means reading again."""
    wanted = create_table(contract)
    stored = [(c.name, stored_type(c)) for c in contract.columns if c.is_stored]
    there = connection.execute(
        "select column_name, lower(data_type) from duckdb_columns() "
        "where schema_name = 'raw' and table_name = ? order by column_index",
        [contract.extract],
    ).fetchall()
    columns = [
        ("local_authority_code", "varchar"),
        ("return_year", "integer"),
        *stored,
        ("_file_sha256", "varchar"),
        ("_row_number", "bigint"),
    ]
    if there and there != columns:
        connection.execute(f"drop table {contract.table}")
        connection.execute(
            "update quality.extract_files set contract_fingerprint = '' where extract = ?",
            [contract.extract],
        )
    connection.execute(wanted)
    for comment in comment_table(contract):
        connection.execute(comment)


def _with_duplicates_marked(landed: Sequence[LandedFile]) -> list[LandedFile]:
    """The same content for the same authority and year is loaded once, under its first name.

    A module without a row is the same file every year: each year's counts as supplied.
    """
    first: dict[tuple[str, str, int | None], str] = {}
    marked = []
    for file in landed:
        key = (file.sha256, file.local_authority_code, file.return_year)
        if not file.refusal and key in first:
            reason = f"The same content as {first[key]}."
            file = replace(file, contracts=(), refusal=reason, is_duplicate=True)
        elif not file.refusal:
            first[key] = file.name
        marked.append(file)
    return marked


# ---- years that no name gives ----


def _with_years(
    connection: duckdb.DuckDBPyConnection, landed: Sequence[LandedFile], night: Night
) -> list[LandedFile]:
    """Give each looked-after file without a year that of its delivery's latest dates."""
    inferred: dict[tuple[str, str], tuple[int, str] | None] = {}
    placed = []
    for file in landed:
        if file.refusal or file.return_year or file.contracts[0].is_reference:
            placed.append(file)
            continue
        delivery = (file.local_authority_code, file.delivery)
        if delivery not in inferred:
            together = [
                other
                for other in landed
                if not other.refusal
                and other.return_year is None
                and (other.local_authority_code, other.delivery) == delivery
            ]
            inferred[delivery] = _latest_year(connection, together, night.as_at_date)
        placed.append(_placed_in_year(file, inferred[delivery]))
    return placed


def _placed_in_year(file: LandedFile, found: tuple[int, str] | None) -> LandedFile:
    if found is None:
        return replace(
            file,
            contracts=(),
            refusal=(
                "Nothing says which year it is of: no year in its name or folder, and no dates in "
                "the files beside it. Put it in a folder named for the year, such as 2025-26."
            ),
        )
    year, evidence = found
    note = (
        f"No year in its name or folder: inferred as the year ending 31 March {year} from the "
        f"latest dates in {evidence}. Name the folder for the year to settle it."
    )
    return replace(file, return_year=year, return_year_source="inferred", notes=(*file.notes, note))


def _latest_year(
    connection: duckdb.DuckDBPyConnection, delivery: Iterable[LandedFile], as_at: dt.date
) -> tuple[int, str] | None:
    """The latest year that one dated row in a hundred is of, and the file that shows it.

    The episodes decide where they are there, because their dates are checked most; one row in a
    hundred, because a single typing error must not move a whole return.
    """
    dated = [file for file in delivery if file.contracts[0].period_dates]
    dated.sort(key=lambda file: (not file.contracts[0].extract.endswith("__episodes"), file.name))
    for file in dated:
        contract = file.contracts[0]
        dates = ", ".join(f'as_date(trimmed("{name}"))' for name in contract.period_dates)
        statement = (
            f"create or replace temp table dated as select greatest({dates}) as latest "
            "from landed_text"
        )
        try:
            _take_in(connection, read_csv(file, contract), statement)
        except RefusedFile:
            continue  # It will be refused, with its reason, when it is loaded.
        row = connection.execute(
            """
            with years as (
                select year(latest) + cast(month(latest) > 3 as integer) as return_year,
                    count(*) as row_count
                from temp.dated where latest <= $as_at group by all
            )

            select max(return_year) from years
            where row_count * 100 >= (select sum(row_count) from years)
            """,
            {"as_at": as_at},
        ).fetchone()
        connection.execute("drop table temp.dated")
        if row and row[0]:
            return int(row[0]), file.path.name
    return None


# ---- what is there already, and what is gone ----


def _fingerprint(contract: ExtractContract, night: Night) -> str:
    """Of everything that decides what a file's rows become, apart from the file."""
    codes = [
        sorted(night.codes.sets.get(column.codes or "", {}).items()) for column in contract.columns
    ]
    told = f"{READER_VERSION}|{contract.model_dump_json()}|{codes}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _is_already_there(
    connection: duckdb.DuckDBPyConnection, file: LandedFile, night: Night
) -> bool:
    if file.refusal:
        return False
    there = connection.execute(
        "select extract, contract_fingerprint from quality.extract_files "
        "where file_name = ? and file_sha256 = ? and local_authority_code = ? "
        "and return_year is not distinct from ? and status in ('loaded', 'superseded')",
        [file.name, file.sha256, file.local_authority_code, file.return_year],
    ).fetchall()
    wanted = [(contract.extract, _fingerprint(contract, night)) for contract in file.contracts]
    return sorted(there) == sorted(wanted)


def _forget_absent(
    connection: duckdb.DuckDBPyConnection, landed: Sequence[LandedFile], night: Night
) -> None:
    """Take out the rows of every file that is no longer landed, or would be read differently."""
    stay = {file.name for file in landed if _is_already_there(connection, file, night)}
    names = connection.execute("select distinct file_name from quality.extract_files").fetchall()
    for (name,) in names:
        if name not in stay:
            _forget(connection, name, night)


def _forget(connection: duckdb.DuckDBPyConnection, name: str, night: Night) -> None:
    connection.execute("begin")
    loaded = connection.execute(
        "select extract, file_sha256, local_authority_code, return_year "
        "from quality.extract_files where file_name = ? and status in ('loaded', 'superseded')",
        [name],
    ).fetchall()
    for extract, sha256, authority, year in loaded:
        if extract in night.contracts:
            connection.execute(
                f"delete from raw.{extract} where _file_sha256 = ? and local_authority_code = ? "
                "and return_year is not distinct from ?",
                [sha256, authority, year],
            )
    for table in TABLES:
        connection.execute(f"delete from {table} where file_name = ?", [name])
    connection.execute("commit")


# ---- one file ----


@dataclass(frozen=True)
class _Read:
    """One extract of a file, typed and counted in ``typed_<extract>`` and not yet stored."""

    contract: ExtractContract
    statements: Conformed
    counts: Counts
    malformed: MalformedRows = field(default_factory=MalformedRows)
    columns_missing: str = ""
    columns_extra: str = ""


def _load_file(connection: duckdb.DuckDBPyConnection, file: LandedFile, night: Night) -> None:
    """Load one file whole, or refuse it whole.

    Only what is kept is written in a transaction: DuckDB reads a table that is not committed yet
    with one thread, which makes typing half as fast.
    """
    if file.refusal:
        register_refused(connection, file, file.refusal)
        return
    try:
        is_csv = file.layout is not None
        read = (_read_csv_file if is_csv else _read_xml_file)(connection, file, night)
        _check_year(file, [extract.counts for extract in read])
    except RefusedFile as refused:
        register_refused(connection, file, str(refused))
    else:
        connection.execute("begin")
        for extract in read:
            _store(connection, file, extract, _fingerprint(extract.contract, night))
        connection.execute("commit")
    for contract in file.contracts:
        connection.execute(f"drop table if exists temp.{text_table(contract)}")
        connection.execute(f"drop table if exists temp.{typed_table(contract)}")
    connection.execute("drop table if exists temp.faults")


def _read_csv_file(
    connection: duckdb.DuckDBPyConnection, file: LandedFile, night: Night
) -> list[_Read]:
    contract = file.contracts[0]
    text = read_csv(file, contract)
    table = text_table(contract)
    _take_in(connection, text, f"create or replace temp table {table} as select * from landed_text")
    statements, counts = _conform(connection, file, contract, night)
    return [
        _Read(
            contract,
            statements,
            counts,
            text.malformed,
            ", ".join(text.columns_missing),
            ", ".join(text.columns_extra),
        )
    ]


def _read_xml_file(
    connection: duckdb.DuckDBPyConnection, file: LandedFile, night: Night
) -> list[_Read]:
    for contract in file.contracts:
        listed = ", ".join(f'"{column.name}" varchar' for column in contract.columns)
        connection.execute(
            f"create or replace temp table {text_table(contract)} (_row_number bigint, {listed})"
        )

    def write(contract: ExtractContract, batch: pa.RecordBatch) -> None:
        connection.register("landed_text", pa.Table.from_batches([batch]))
        connection.execute(f"insert into {text_table(contract)} select * from landed_text")
        connection.unregister("landed_text")

    unknown = read_xml(file, file.contracts, write)
    read = []
    for contract in file.contracts:
        statements, counts = _conform(connection, file, contract, night)
        extra = ", ".join(sorted(unknown)[:20]) if contract.grain == ("la_child_id",) else ""
        read.append(_Read(contract, statements, counts, columns_extra=extra))
    return read


def _take_in(connection: duckdb.DuckDBPyConnection, text: CsvText, statement: str) -> None:
    """Run a statement over ``landed_text``, the rows of a CSV file.

    Raises:
        RefusedFile: Arrow cannot read them. Its message may quote a row, so nothing of it is kept.
    """
    connection.register("landed_text", text.batches)
    try:
        connection.execute(statement)
    except duckdb.InvalidInputException as error:
        raise RefusedFile(
            "The file cannot be taken apart into rows and cells. Export it again as a CSV file."
        ) from error
    finally:
        connection.unregister("landed_text")


def _conform(
    connection: duckdb.DuckDBPyConnection, file: LandedFile, contract: ExtractContract, night: Night
) -> tuple[Conformed, Counts]:
    """Type the rows of one extract and count them."""
    statements = conform(contract, night.codes.sets)
    keys: dict[str, object] = {}
    if statements.takes_key:
        inner, outer = key_pads(night.pseudonym_key)
        keys = {"inner_key": inner, "outer_key": outer, "authority": file.local_authority_code}
    connection.execute(statements.type_rows, keys)
    return statements, _counted(connection, file, contract)


def _store(
    connection: duckdb.DuckDBPyConnection,
    file: LandedFile,
    extract: _Read,
    fingerprint: str,
) -> None:
    """Put the rows of one extract where they belong, and enter it in the register."""
    contract, statements = extract.contract, extract.statements
    known = {"authority": file.local_authority_code, "file_sha256": file.sha256}
    connection.execute(statements.accept_rows, {**known, "return_year": file.return_year})
    named = {**known, "file_name": file.name, "extract": contract.extract}
    for table, statement in (
        ("quarantined_rows", statements.quarantine_rows),
        ("emptied_cells", statements.empty_cells),
    ):
        # After an insert of no rows DuckDB 1.5 loses a large one in the same transaction.
        connection.execute(f"create or replace temp table faults as {statement}", named)
        if count_rows(connection, "temp.faults"):
            connection.execute(f"insert into quality.{table} select * from temp.faults")
    lost = _quarantine_malformed(connection, file, contract, extract.malformed)
    register_loaded(
        connection,
        file,
        contract,
        fingerprint,
        extract.counts,
        lost,
        extract.columns_missing,
        extract.columns_extra,
    )


def _counted(
    connection: duckdb.DuckDBPyConnection, file: LandedFile, contract: ExtractContract
) -> Counts:
    dates = ", ".join(contract.period_dates)
    inside = " or ".join(
        f"coalesce({name} between year_start and year_end, false)" for name in contract.period_dates
    )
    year = file.return_year or 1
    row = connection.execute(
        f"""
        with counted as (
            select
                *,
                {f"greatest({dates})" if dates else "cast(null as date)"} as latest,
                {f"least({dates})" if dates else "cast(null as date)"} as earliest,
                make_date($year - 1, 4, 1) as year_start,
                make_date($year, 3, 31) as year_end
            from {typed_table(contract)}
        )

        select
            count(*) filter (not _is_blank),
            count(*) filter (not _is_blank and not _is_quarantined),
            count(*) filter (not _is_blank and _is_quarantined),
            count(*) filter (_is_blank),
            count(*) filter (not _is_blank and not _is_quarantined and len(_faults) > 0),
            count(latest),
            count(*) filter ({inside or "false"}),
            count(*) filter (earliest > year_end)
        from counted
        """,
        {"year": year},
    ).fetchone()
    assert row is not None
    return Counts(*row)


def _check_year(file: LandedFile, counts: Sequence[Counts]) -> None:
    if file.return_year is not None and file.return_year_source != "inferred":
        refuse_wrong_year(
            file.return_year,
            sum(count.dated for count in counts),
            sum(count.inside_year for count in counts),
            sum(count.after_year for count in counts),
        )


def _quarantine_malformed(
    connection: duckdb.DuckDBPyConnection,
    file: LandedFile,
    contract: ExtractContract,
    malformed: MalformedRows,
) -> int:
    """List every line of the rows that could not be taken apart; how many lines those are."""
    if not malformed.lines:
        return 0
    lines = {"line_number": malformed.lines, "reason": malformed.reasons}
    connection.register("malformed", pa.table(lines))
    connection.execute(
        "insert into quality.quarantined_rows select $file_sha256, $file_name, $extract, "
        "$authority, line_number, '', reason from malformed",
        {
            "file_sha256": file.sha256,
            "file_name": file.name,
            "extract": contract.extract,
            "authority": file.local_authority_code,
        },
    )
    connection.unregister("malformed")
    return len(malformed.lines)


def count_rows(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows a table has."""
    row = connection.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0
