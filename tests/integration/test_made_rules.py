"""Every rule that a contract makes says why, is kept by a good row and finds the row that breaks
it."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import duckdb
import pytest

from orchestration.contracts import ExtractContract
from orchestration.ingest.conform import create_table
from orchestration.quality.broken_rows import broken_rows
from orchestration.quality.suites import Expectation, load_retired_codes, suite_for
from orchestration.settings import PROJECT
from tests.contract_files import rows_of
from tests.factories import the_contracts

RETIRED = load_retired_codes(PROJECT / "seeds" / "codes" / "codes.csv")
FILE = {"_file_sha256": "good", "_row_number": 2}


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("create schema raw")
        yield opened


def write(
    connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, object]]
) -> None:
    """These rows alone in a table."""
    connection.execute(f"delete from {table}")
    for row in rows:
        names = ", ".join(f'"{name}"' for name in row)
        places = ", ".join("?" for _ in row)
        connection.execute(f"insert into {table} ({names}) values ({places})", list(row.values()))


def a_broken(
    expectation: Expectation, contract: ExtractContract, good: Mapping[str, object]
) -> list[Mapping[str, object]]:
    """The good row, changed so that it breaks this one rule."""
    given = expectation.kwargs
    if expectation.type == "expect_column_values_to_not_be_null":
        return [{**good, given["column"]: None}]
    if expectation.type == "expect_column_pair_values_a_to_be_greater_than_b":
        first, last = dt.date(2026, 3, 30), dt.date(2026, 3, 31)
        return [{**good, given["column_B"]: last, given["column_A"]: first}]
    if expectation.name.startswith("one_row_per_"):
        return [good, good]
    column = expectation.name.removesuffix("_is_not_retired")
    code = next(code for code in RETIRED if code.code_set == coded(contract)[column])
    written = [code.code] if isinstance(good[column], list) else code.code
    return [{**good, column: written, "return_year": code.first_return_year}]


def coded(contract: ExtractContract) -> dict[str, str | None]:
    return {column.name: column.codes for column in contract.columns}


def found(connection: duckdb.DuckDBPyConnection, table: str, expectation: Expectation) -> int:
    query = broken_rows(expectation)
    assert query, expectation.name
    batch = f"with batch as (select * from {table}) {query.format(batch='batch')}"
    return len(connection.execute(f"select 1 from ({batch})").fetchall())


@pytest.mark.parametrize("family", sorted({c.family for c in the_contracts().values()}))
def test_every_rule_that_a_contract_makes_finds_what_breaks_it(connection, family):
    for contract in the_contracts().values():
        if contract.family != family:
            continue
        connection.execute(create_table(contract))
        stored = {column.name for column in contract.columns if column.is_stored}
        row = {name: value for name, value in rows_of(contract, 1)[0].items() if name in stored}
        good = {**row, **FILE}
        suite = suite_for(contract, RETIRED)
        assert suite.expectations
        for expectation in suite.expectations:
            told = (contract.extract, expectation.name)
            assert expectation.why.strip(), told
            write(connection, contract.table, [good])
            assert found(connection, contract.table, expectation) == 0, told
            write(connection, contract.table, a_broken(expectation, contract, good))
            assert found(connection, contract.table, expectation) > 0, told
