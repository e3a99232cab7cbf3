"""From a pseudonym back to the numbers in the landed files: for whoever must find a child again.

A pseudonym cannot be turned back. The numbers are found by reading the child's rows in the landed
files again and keeping those whose pseudonym it is, which takes the files and the key. That it was
asked, by whom, when and why, is in the audit log before anything is told; what was told is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import duckdb

from orchestration import audit
from orchestration.contracts import ExtractContract
from orchestration.ingest.assets import a_night, landed_files
from orchestration.ingest.conform import text_table, typed_table
from orchestration.ingest.erased import WrongPseudonymKey, people_columns
from orchestration.ingest.landing import LandedFile
from orchestration.ingest.load import Night, prepare_reading, type_rows
from orchestration.ingest.texts import drop_tables, take_in
from orchestration.people import Person, by_pseudonym, open_warehouse
from orchestration.settings import Settings


@dataclass(frozen=True)
class Number:
    """One number of a child as a source writes it, and where it stands first."""

    family: str
    kind: str
    written: str
    row_count: int
    file_name: str
    line_number: int


def reidentify(
    settings: Settings, contracts: Mapping[str, ExtractContract], child_id: str, why: str
) -> list[Number]:
    """The numbers of a child in the landed files, one for each family of extracts and kind.

    Raises:
        WrongPseudonymKey: the key is not the one the warehouse was made with.
        NoSuchPerson: no child has the pseudonym.
        BrokenAudit: the audit log is not as it was written.
    """
    facts = {"child_id": child_id}
    try:
        with open_warehouse(settings) as warehouse:
            person = by_pseudonym(warehouse, child_id)
            files = _files_about(warehouse, person, contracts)
    except WrongPseudonymKey:
        audit.record(settings.audit_log, "reidentify", why, {**facts, "outcome": "wrong key"})
        raise
    # Before, not after: who has seen it cannot have it unseen.
    audit.record(settings.audit_log, "reidentify", why, {**facts, "outcome": "allowed"})
    landed = landed_files(contracts, settings)
    night = a_night(contracts, settings)
    found: dict[tuple[str, str, str], Number] = {}
    # In memory, and never on disk: what is read here are numbers as they are written.
    with duckdb.connect(config={"temp_directory": ""}) as connection:
        prepare_reading(connection, night)
        for file in landed:
            if file.sha256 in files:
                for number in _numbers_in(connection, file, night, person):
                    key = (number.family, number.kind, number.written)
                    found[key] = _together(found.get(key), number)
    return sorted(found.values(), key=lambda number: (number.family, number.kind, number.written))


def _files_about(
    warehouse: duckdb.DuckDBPyConnection, person: Person, contracts: Mapping[str, ExtractContract]
) -> set[str]:
    files: set[str] = set()
    for contract in contracts.values():
        names = [column.name for column in people_columns(contract)]
        if names:
            about = " or ".join(f'list_contains($keys, "{name}")' for name in names)
            files |= {
                sha256
                for (sha256,) in warehouse.execute(
                    f"select distinct _file_sha256 from {contract.table} "
                    f"where local_authority_code = $authority and ({about})",
                    {"keys": person.pseudonyms, "authority": person.local_authority_code},
                ).fetchall()
            }
    return files


def _numbers_in(
    connection: duckdb.DuckDBPyConnection, file: LandedFile, night: Night, person: Person
) -> list[Number]:
    found = []
    for text in take_in(connection, file):
        type_rows(connection, file, text.contract, night)
        for column in people_columns(text.contract):
            rows = connection.execute(
                f"""
                select trim(texts."{column.name}"), count(*), min(_row_number)
                from {typed_table(text.contract)} as typed
                inner join {text_table(text.contract)} as texts using (_row_number)
                where list_contains(?, typed."{column.name}")
                group by all
                """,
                [person.pseudonyms],
            ).fetchall()
            kind = str(column.namespace)
            found += [
                Number(text.contract.family, kind, written, count, file.name, line)
                for written, count, line in rows
            ]
    drop_tables(connection, file)
    return found


def _together(one: Number | None, other: Number) -> Number:
    if one is None:
        return other
    return replace(one, row_count=one.row_count + other.row_count)
