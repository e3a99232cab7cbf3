"""The list for those who fix records: whose, where, what is wrong and what to do; and no cell."""

import datetime as dt
from collections.abc import Iterator

import duckdb
import pytest

from orchestration.ingest.conform import create_table
from orchestration.ingest.register import prepare_register
from orchestration.quality.records import RECORDS, TREND, list_broken, list_records
from orchestration.quality.results import CheckResult
from orchestration.quality.suites import Suite, suite_for
from tests.factories import a_contract, a_date_column, an_identifier
from tests.rule_examples import make_table

NIGHT, NEXT_NIGHT = dt.date(2026, 3, 30), dt.date(2026, 3, 31)
CONTRACT = a_contract(
    an_identifier(required=True),
    a_date_column(),
    a_date_column("dec"),
    grain=["child", "decom"],
    period_dates=["decom", "dec"],
)
SUITE = suite_for(CONTRACT)
BACKWARDS = "dec_not_before_decom"


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """A file with a spell that ends before it starts, a cell and a row that could not be read; and
    an older file with the same."""
    with duckdb.connect() as opened:
        prepare_register(opened)
        opened.execute("create schema raw")
        opened.execute(create_table(CONTRACT))
        for file, status in (("new", "loaded"), ("old", "superseded")):
            opened.execute(
                "insert into quality.extract_files (file_sha256, file_name, extract, "
                "local_authority_code, status) values (?, ?, ?, '201', ?)",
                [file, f"{file}.csv", CONTRACT.extract, status],
            )
            opened.execute(
                "insert into raw.invented__rows by name select '201' as local_authority_code, "
                "'key of bea' as child, date '2024-04-02' as decom, date '2024-04-01' as dec, "
                "? as _file_sha256, 7 as _row_number",
                [file],
            )
            for table, line in (("emptied_cells", 7), ("quarantined_rows", 9)):
                opened.execute(
                    f"insert into quality.{table} values "
                    "(?, ?, ?, '201', ?, 'decom', 'not a date')",
                    [file, f"{file}.csv", CONTRACT.extract, line],
                )
        make_table(
            opened,
            "intermediate.identities",
            {
                "local_authority_code": "'201'",
                "record_source": "'invented'",
                "person_key": "'key of bea'",
                "child_id": "'bea'",
            },
        )
        held = {
            "local_authority_code": "'201'",
            "child_id": "'bea'",
            "team_id": "'north'",
            "allocation_start_date": "date '2025-01-01'",
            "allocation_end_date": "date '2026-03-31'",
        }
        later = {"team_id": "'south'", "allocation_start_date": "date '2026-03-31'"}
        open_still = {"allocation_end_date": "null::date"}
        make_table(opened, "intermediate.allocations", held, {**held, **later, **open_still})
        yield opened


def listed(
    connection: duckdb.DuckDBPyConnection, night: dt.date, suite: Suite = SUITE
) -> list[tuple[object, ...]]:
    results = [
        CheckResult(suite.table, one.name, one.severity, one.name != BACKWARDS, 2, 1, one.why)
        for one in suite.expectations
    ]
    columns = {suite.table: ["_file_sha256", "_row_number"]}
    list_broken(connection, [suite], results, columns)
    contracts = {CONTRACT.extract: CONTRACT}
    list_records(connection, contracts, [suite], lambda *of: f"remedy of {of[1]}", night)
    return connection.execute(
        f"select file_name, line_number, check_name, child_id, team_id, column_name, what_to_do "
        f"from {RECORDS} order by all"
    ).fetchall()


def test_each_fault_of_a_file_that_counts_is_listed_with_child_team_and_remedy(connection):
    remedy = next(one.remedy for one in SUITE.expectations if one.name == BACKWARDS)

    assert listed(connection, NEXT_NIGHT) == [
        ("new.csv", 7, "cell_emptied", "bea", "south", "decom", "remedy of decom"),
        ("new.csv", 7, BACKWARDS, "bea", "south", "", remedy),
        ("new.csv", 9, "row_left_out", None, None, "decom", "remedy of decom"),
    ]


def test_errors_are_counted_by_the_team_of_the_day_night_by_night(connection):
    listed(connection, NIGHT)
    listed(connection, NIGHT)
    put_right = Suite(SUITE.table, tuple(e for e in SUITE.expectations if e.name != BACKWARDS))
    listed(connection, NEXT_NIGHT, put_right)

    assert connection.execute(
        f"select as_at_date, team_id, check_name, record_count from {TREND} "
        "where team_id is not null order by all"
    ).fetchall() == [
        (NIGHT, "north", "cell_emptied", 1),
        (NIGHT, "north", BACKWARDS, 1),
        (NEXT_NIGHT, "south", "cell_emptied", 1),
    ]


def test_a_rule_that_is_no_more_is_broken_no_more(connection):
    connection.execute(
        "insert into quality.broken_promises values "
        "('new', 'new.csv', '201', 7, 'raw.gone', 'gone', 'warning')"
    )

    assert "gone" not in {check for _, _, check, *_ in listed(connection, NIGHT)}
