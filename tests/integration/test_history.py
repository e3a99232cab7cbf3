"""Cohort snapshots that were published stay to be found as they were."""

import datetime as dt
from collections.abc import Iterator

import duckdb
import pytest

from orchestration.publish.files import VERSIONS
from orchestration.publish.history import Kept, keep_versions

APRIL, MAY, JUNE = dt.date(2026, 4, 30), dt.date(2026, 5, 31), dt.date(2026, 6, 30)


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema cohorts")
        connection.execute(
            "create table cohorts.cohort_snapshots (cohort_code varchar not null, "
            "local_authority_code varchar, period_id varchar, child_id varchar, "
            "legal_status_code varchar, record_source varchar, _file_sha256 varchar, "
            "_row_number bigint)"
        )
        connection.execute("comment on column cohorts.cohort_snapshots.child_id is 'Pseudonym'")
        yield connection


def a_night(
    warehouse: duckdb.DuckDBPyConnection,
    as_at: dt.date,
    *children: tuple[str, str | None],
    file: str = "f",
) -> Kept:
    """A night whose snapshots hold these children in care, each with a legal status."""
    warehouse.execute("delete from cohorts.cohort_snapshots")
    for child, status in children:
        warehouse.execute(
            "insert into cohorts.cohort_snapshots values ('in_care', '999', '2026-03', ?, ?, "
            "'ssda903', ?, 1)",
            [child, status, file],
        )
    return keep_versions(warehouse, as_at)


def as_it_was(warehouse: duckdb.DuckDBPyConnection, day: dt.date) -> list[tuple[object, ...]]:
    return warehouse.execute(
        f"select child_id, legal_status_code, version_number from {VERSIONS} "
        "where known_from <= $day and (known_until is null or known_until > $day) order by all",
        {"day": day},
    ).fetchall()


def everything(warehouse: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return warehouse.execute(f"select * from {VERSIONS} order by all").fetchall()


def test_a_correction_makes_a_new_version_and_the_earlier_one_is_found_as_it_was(warehouse):
    a_night(warehouse, APRIL, ("wren", "V2"), ("finch", "C1"))
    kept = a_night(warehouse, MAY, ("wren", "C2"), ("finch", "C1"))

    assert kept == Kept(added=1, ended=1)
    assert as_it_was(warehouse, APRIL) == [("finch", "C1", 1), ("wren", "V2", 1)]
    assert as_it_was(warehouse, MAY - dt.timedelta(days=1)) == as_it_was(warehouse, APRIL)
    assert as_it_was(warehouse, MAY) == [("finch", "C1", 1), ("wren", "C2", 2)]


def test_a_value_that_becomes_known_or_unknown_is_a_correction(warehouse):
    a_night(warehouse, APRIL, ("wren", None))

    assert a_night(warehouse, MAY, ("wren", "V2")) == Kept(added=1, ended=1)
    assert a_night(warehouse, JUNE, ("wren", None)) == Kept(added=1, ended=1)
    assert as_it_was(warehouse, JUNE) == [("wren", None, 3)]


def test_another_file_that_says_the_same_is_no_correction(warehouse):
    a_night(warehouse, APRIL, ("wren", "V2"))

    assert a_night(warehouse, MAY, ("wren", "V2"), file="g") == Kept(added=0, ended=0)


def test_a_child_who_goes_and_comes_back_has_a_version_for_each_time(warehouse):
    a_night(warehouse, APRIL, ("wren", "V2"))
    a_night(warehouse, MAY)
    a_night(warehouse, JUNE, ("wren", "V2"))

    assert as_it_was(warehouse, MAY) == []
    assert as_it_was(warehouse, JUNE) == [("wren", "V2", 2)]


def test_the_same_night_again_leaves_the_same_versions(warehouse):
    a_night(warehouse, APRIL, ("wren", "V2"), ("finch", "C1"))
    a_night(warehouse, MAY, ("wren", "C2"))
    before = everything(warehouse)
    a_night(warehouse, MAY, ("wren", "C2"))

    assert everything(warehouse) == before


def test_a_night_that_looks_back_changes_nothing(warehouse):
    a_night(warehouse, MAY, ("wren", "V2"))
    before = everything(warehouse)

    assert a_night(warehouse, APRIL, ("wren", "C2")) == Kept(added=0, ended=0)
    assert everything(warehouse) == before


def test_a_column_that_is_new_is_empty_in_the_versions_before_it(warehouse):
    a_night(warehouse, APRIL, ("wren", "V2"))
    warehouse.execute("alter table cohorts.cohort_snapshots add column team_id varchar")
    warehouse.execute("update cohorts.cohort_snapshots set team_id = 'north'")
    keep_versions(warehouse, MAY)

    found = warehouse.execute(f"select known_from, team_id from {VERSIONS} order by all").fetchall()
    assert found == [(APRIL, None), (MAY, "north")]


def test_a_failure_leaves_the_history_as_it_was(warehouse):
    a_night(warehouse, APRIL, ("wren", "V2"))
    before = everything(warehouse)
    warehouse.execute("alter table cohorts.cohort_snapshots drop column period_id")

    with pytest.raises(duckdb.BinderException):
        keep_versions(warehouse, APRIL)
    assert everything(warehouse) == before


def test_every_column_says_what_it_holds(warehouse):
    a_night(warehouse, APRIL, ("wren", "V2"))

    comments = dict(
        warehouse.execute(
            "select column_name, comment from duckdb_columns() where table_name = ?",
            [VERSIONS.split(".")[1]],
        ).fetchall()
    )
    assert comments["child_id"] == "Pseudonym"
    assert "first published" in comments["known_from"]
