"""Every extract in every form it may arrive in: known for what it is, and read whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb
import pytest

from orchestration.contracts import ExtractContract, Handling
from orchestration.ingest.assets import authority_codes
from orchestration.ingest.landing import Places, survey
from orchestration.ingest.load import load_files
from tests.contract_files import (
    a_file_of,
    a_message_of,
    forms_of,
    landing_name,
    rows_of,
    sheet_name,
)
from tests.factories import AS_AT, a_night, the_contracts, unreconciled

ROWS = 5
FAMILIES = sorted({contract.family for contract in the_contracts().values()})


@dataclass(frozen=True)
class Family:
    """A warehouse with a file of every extract of a family in every form, and what is in them."""

    connection: duckdb.DuckDBPyConnection
    rows: Mapping[tuple[ExtractContract, str], list[dict[str, object]]]


@pytest.fixture(scope="module", params=FAMILIES)
def family(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Family]:
    folder = tmp_path_factory.mktemp(request.param)
    contracts = {n: c for n, c in the_contracts().items() if c.family == request.param}
    rows: dict[tuple[ExtractContract, str], list[dict[str, object]]] = {}
    for contract in contracts.values():
        for form in forms_of(contract):
            path = folder / file_name(contract, form)
            if form != "xml":
                a_file_of(contract, form, path, ROWS)
                rows[contract, form] = rows_of(contract, ROWS)
            elif not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                for extract, told in a_message_of(request.param, path, ROWS).rows.items():
                    rows[contracts[extract], form] = told
    # The files are told apart from those of every other family too.
    landed = survey(folder, the_contracts(), Places(authority_codes()), AS_AT)
    with duckdb.connect() as connection:
        load_files(connection, landed, a_night(contracts=contracts))
        yield Family(connection, rows)


def file_name(contract: ExtractContract, form: str) -> str:
    """Each form lies in a folder of its own: they are so many deliveries of the same rows."""
    folder, _, name = landing_name(contract, form).rpartition("/")
    return f"{folder}/{form}/{name}".lstrip("/")


def landed_name(contract: ExtractContract, form: str) -> str:
    """A workbook is landed sheet by sheet."""
    name = file_name(contract, form)
    return f"{name}/{sheet_name(contract)}" if form == "xlsx" else name


def test_a_file_of_every_extract_is_known_in_every_form_and_loads_every_row(family: Family):
    became = {
        (contract.extract, form): [
            *family.connection.execute(
                "select status in ('loaded', 'superseded'), reason, rows_loaded, rows_quarantined, "
                "rows_with_emptied_cells, columns_missing, columns_extra "
                "from quality.extract_files where file_name = ? and extract in (?, '')",
                [landed_name(contract, form), contract.extract],
            ).fetchall(),
            *faults(family.connection, contract, form),
        ]
        for contract, form in family.rows
    }
    expected = {
        (contract.extract, form): [(True, "", len(rows), 0, 0, "", "")]
        for (contract, form), rows in family.rows.items()
    }
    assert {which: found for which, found in became.items() if found != expected[which]} == {}


def test_every_cell_of_every_form_arrives_as_what_it_is(family: Family):
    differ = {}
    for (contract, form), rows in family.rows.items():
        kept = [
            column.name
            for column in contract.columns
            if column.is_stored and column.handling not in (Handling.PSEUDONYMISE, Handling.LOCATE)
        ]
        names = ", ".join(f'"{name}"' for name in kept) or "null"
        found = family.connection.execute(
            f"select {names} from {contract.table} where _file_sha256 = ("
            "select any_value(file_sha256) from quality.extract_files where file_name = ?"
            ") order by _row_number",
            [landed_name(contract, form)],
        ).fetchall()
        for place, name in enumerate(kept):
            stored, told = [row[place] for row in found], [row[name] for row in rows]
            if stored != told:
                differ[contract.extract, form, name] = (stored, told)
    assert differ == {}


def test_whoever_has_a_pseudonym_is_known_by_nothing_else(family: Family):
    for contract in {contract.extract: contract for contract, _ in family.rows}.values():
        for column in contract.columns:
            if column.handling is Handling.PSEUDONYMISE:
                name = f'"{column.name}"'
                filled, other = family.connection.execute(
                    f"select count({name}), count(*) filter (not regexp_full_match({name}, "
                    f"'[0-9a-f]{{64}}')) from {contract.table}"
                ).fetchone()
                assert filled > 0, (contract.extract, column.name)
                assert other == 0, (contract.extract, column.name)


def test_every_row_of_a_family_is_accounted_for(family: Family):
    assert unreconciled(family.connection) == []


def faults(
    connection: duckdb.DuckDBPyConnection, contract: ExtractContract, form: str
) -> list[tuple[str, str]]:
    """Columns at fault and why."""
    return [
        row
        for table in ("quarantined_rows", "emptied_cells")
        for row in connection.execute(
            f"select distinct column_name, reason from quality.{table} "
            "where file_name = ? and extract = ?",
            [landed_name(contract, form), contract.extract],
        ).fetchall()
    ]
