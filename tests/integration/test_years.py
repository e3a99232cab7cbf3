"""Rows of a system that is sent whole are counted by the year their records began in."""

from collections.abc import Iterator

import duckdb
import pytest

from orchestration.ingest.register import prepare_register
from orchestration.quality.suites import year_of_row
from orchestration.quality.years import YEARS, count_years
from tests.factories import a_contract, a_date_column, an_identifier
from tests.rule_examples import make_table

CONTRACT = a_contract(an_identifier(required=True), a_date_column(required=True))
YEAR_OF = {CONTRACT.table: year_of_row(CONTRACT)}


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A file of four rows, of which the third has an emptied cell and breaks two rules; the file
    that it superseded; and a return."""
    with duckdb.connect() as opened:
        prepare_register(opened)
        for file, status, year in (
            ("new", "loaded", None),
            ("old", "superseded", None),
            ("return", "loaded", 2024),
        ):
            opened.execute(
                "insert into quality.extract_files (file_sha256, file_name, extract, "
                "local_authority_code, status, return_year) values (?, ?, ?, '201', ?, ?)",
                [file, f"{file}.csv", CONTRACT.extract, status, year],
            )
        days = ("date '2024-03-31'", "date '2024-04-01'", "date '2025-03-31'", "null::date")
        make_table(
            opened,
            CONTRACT.table,
            *(
                {
                    "decom": day,
                    "return_year": "2024" if file == "return" else "null::integer",
                    "_file_sha256": f"'{file}'",
                    "_row_number": line,
                }
                for file in ("new", "old", "return")
                for line, day in enumerate(days, start=2)
            ),
        )
        opened.execute(
            "insert into quality.emptied_cells "
            "values ('new', 'new.csv', ?, '201', 4, 'note', 'not a number')",
            [CONTRACT.extract],
        )
        for rule in ("one", "other"):
            opened.execute(
                "insert into quality.broken_promises "
                "values ('new', 'new.csv', '201', 4, ?, ?, 'warning')",
                [CONTRACT.table, rule],
            )
        yield opened


def by_year(connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return connection.execute(
        "select file_name, reporting_year, row_count, emptied_row_count, broken_row_count "
        f"from {YEARS} order by all"
    ).fetchall()


def test_a_year_ends_on_31_march_and_a_row_at_fault_counts_once_in_its_own(connection):
    count_years(connection, YEAR_OF, [CONTRACT.table])

    # Neither what was superseded nor a return, which has a year already, nor a row without a day.
    assert by_year(connection) == [("new.csv", 2024, 1, 0, 0), ("new.csv", 2025, 2, 1, 1)]


def test_what_is_checked_again_is_counted_anew_and_the_rest_stays(connection):
    count_years(connection, YEAR_OF, [CONTRACT.table])
    connection.execute(f"delete from {CONTRACT.table} where decom = date '2024-03-31'")

    count_years(connection, YEAR_OF, ["raw.another"])
    assert len(by_year(connection)) == 2

    count_years(connection, YEAR_OF, [CONTRACT.table])
    assert by_year(connection) == [("new.csv", 2025, 2, 1, 1)]
