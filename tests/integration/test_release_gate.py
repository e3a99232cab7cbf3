"""What the gate on the release stops: whatever a child could be found by."""

from pathlib import Path

import duckdb
import pytest

from orchestration.publish.files import RELEASE_FILE, CannotPublish, publish, published_tables
from orchestration.publish.scan import findings, load_allowed
from orchestration.settings import PROJECT

VALUES = "outcomes.indicator_values"
ALLOWED = load_allowed(PROJECT / "expectations" / "release.yml")
# A whole of 60, of whom 30, in three slices: all shown.
SLICES = {"all": (60, 30), "a": (20, 8), "b": (20, 10), "c": (20, 12)}


def a_release(rows: str, columns: str = "") -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(
        f"""
        attach ':memory:' as release;
        create schema release.outcomes;
        create table release.{VALUES} (
            indicator_id varchar, local_authority_code varchar, period_id varchar,
            breakdown varchar, breakdown_value varchar, measure_type varchar, n_in_scope bigint,
            n_denominator bigint, n_known bigint, n_excluded bigint, n_not_known bigint,
            numerator double, symbol varchar, period_end date {columns}
        );
        insert into release.{VALUES} {rows}
        """
    )
    return connection


def figures(withheld: tuple[str, ...] = (), **changed: tuple[int, int]) -> str:
    """One indicator's whole and slices, some of them withheld."""
    rows = []
    for key, (n, numerator) in {**SLICES, **changed}.items():
        numbers = (
            "null, null, null, null, null, null, '[c]'"
            if key in withheld
            else f"{n}, {n}, {n}, 0, 0, {numerator}, null"
        )
        breakdown = "all" if key == "all" else "age_band"
        rows.append(
            f"('share', '999', '2024-25', '{breakdown}', '{key}', 'proportion', {numbers}, "
            "date '2025-03-31')"
        )
    return "values " + ", ".join(rows)


def faults(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    return {(one.column, one.fault) for one in findings(connection, "release", ALLOWED)}


def test_figures_that_are_large_and_withheld_in_pairs_go_out():
    assert faults(a_release(figures())) == set()
    assert faults(a_release(figures(withheld=("a", "b")))) == set()


def test_a_small_count_stops_the_release_whether_shown_or_to_be_reckoned():
    shown = faults(a_release(figures(a=(20, 5))))
    assert shown == {("numerator", "shows a small count")}
    assert faults(a_release(figures(a=(20, 6)))) == set()

    the_rest = faults(a_release(figures(a=(20, 15))))
    assert the_rest == {("n_known - numerator", "shows a small count")}

    alone = faults(a_release(figures(withheld=("a",), all=(45, 25))))
    assert alone == {
        ("n_in_scope", "follows from a whole and its other slices"),
        ("numerator", "follows from a whole and its other slices"),
        ("n_known - numerator", "follows from a whole and its other slices"),
    }


def test_two_that_are_few_together_are_given_away_and_others_hide_each_other():
    # Ten are left for two slices, and of these four: neither can be five.
    together = faults(a_release(figures(withheld=("a", "b"), all=(30, 16), c=(20, 12))))
    assert ("numerator", "follows from a whole and its other slices") in together

    assert faults(a_release(figures(withheld=("a", "b"), all=(40, 22), c=(20, 12)))) == set()
    # What is left out beside a figure that is shown leaves the sum open.
    open_sum = a_release(figures(withheld=("a", "b"), all=(30, 16), c=(20, 10)))
    open_sum.execute(f"update release.{VALUES} set n_in_scope = null where breakdown_value = 'c'")
    assert ("n_in_scope", "follows from a whole and its other slices") not in faults(open_sum)


def test_a_few_meetings_may_be_told_and_a_few_children_behind_audits_may_not():
    meetings = a_release(figures(all=(4, 4)))
    meetings.execute("create schema release.reference")
    meetings.execute("create table release.reference.indicators_not_of_people (indicator_id text)")
    assert ("numerator", "shows a small count") in faults(meetings)

    meetings.execute("insert into release.reference.indicators_not_of_people values ('share')")
    assert faults(meetings) == set()

    meetings.execute(f"update release.{VALUES} set numerator = 3 where breakdown_value = 'a'")
    assert faults(meetings) == {("numerator", "shows a small count")}


@pytest.mark.parametrize(
    ("counted", "of", "not_known", "column"),
    [
        (6, 12, 0, None),
        (5, 12, 0, "n_numerator"),
        (12, 17, 0, "n_denominator - n_numerator"),
        (12, 18, 0, None),
        (12, 18, 5, "n_not_known"),
        (12, 18, 6, None),
    ],
)
def test_few_staff_stop_the_release_as_few_children_do(
    counted: int, of: int, not_known: int, column: str | None
):
    connection = duckdb.connect()
    connection.execute(
        f"""
        attach ':memory:' as release;
        create schema release.workforce;
        create table release.workforce.workforce_summaries as
        select
            'stability_index' as measure_code, {counted} as n_numerator, {of} as n_denominator,
            {not_known} as n_not_known, null::varchar as symbol
        """
    )
    wanted = {(column, "shows a small count")} if column else set()
    assert faults(connection) == wanted


def test_a_number_that_is_withheld_may_not_be_there():
    left = a_release(figures(withheld=("a", "b")))
    left.execute(f"update release.{VALUES} set n_known = 20 where breakdown_value = 'a'")

    assert faults(left) == {("n_known", "is withheld and still there")}


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("A123456789012", "a pupil number"),
        ("A12345678901B", "a pupil number"),
        ("near ZZ99 3VZ", "a postcode"),
        ("999 123 4567", "an NHS number"),
        ("QQ 12 34 56 C", "a national insurance number"),
        ("born 03/04/2015", "a date as it is typed"),
        ("0a" * 32, "a pseudonym"),
    ],
)
def test_text_that_a_child_could_be_found_by_stops_the_release_and_is_not_repeated(said, fault):
    connection = a_release(figures())
    connection.execute(
        f"update release.{VALUES} set breakdown_value = ? where breakdown_value = 'a'", [said]
    )

    found = findings(connection, "release", ALLOWED)

    assert [(one.column, one.fault) for one in found] == [
        ("breakdown_value", f"holds what looks like {fault}")
    ]
    assert said not in str(found[0])


@pytest.mark.parametrize("said", ["2024-25-Q1", "5 to 9", "E08000001", "ssda903_2025-26.csv", "A1"])
def test_words_of_the_field_are_no_identifiers(said):
    connection = a_release(figures())
    connection.execute(
        f"update release.{VALUES} set breakdown_value = ? where breakdown_value = 'a'", [said]
    )

    assert faults(connection) == set()


def test_a_column_that_is_not_on_the_list_or_a_day_of_anybodys_stops_the_release():
    rows = f"select *, date '2015-04-03', 'x' from ({figures()})"

    assert faults(a_release(rows, ", birth_date date, child_id varchar")) == {
        ("birth_date", "is not on the list of what may be released"),
        ("birth_date", "is a date of nothing that may be dated"),
        ("child_id", "is not on the list of what may be released"),
    }


def test_a_partner_may_have_a_first_day_and_a_figure_may_not():
    row = "select 'Alder Trust' as partner_name, date '2024-04-01' as start_date"
    connection = a_release(f"select *, date '2015-04-03' from ({figures()})", ", start_date date")
    connection.execute(f"create table release.outcomes.partners as {row}")

    assert ("outcomes.partners", "start_date") not in {
        (one.table, one.column) for one in findings(connection, "release")
    }
    assert (VALUES, "start_date") in {
        (one.table, one.column) for one in findings(connection, "release")
    }


def test_what_the_gate_stops_is_not_published_and_yesterday_stays(tmp_path: Path):
    warehouse, folder = tmp_path / "warehouse.duckdb", tmp_path / "published"
    folder.mkdir()
    (folder / RELEASE_FILE).write_bytes(b"yesterday")
    with duckdb.connect(str(warehouse)) as connection:
        for table in published_tables():
            connection.execute(f"create schema if not exists {table.partition('.')[0]}")
            connection.execute(
                f"create table {table} as select 'x' as name, 6 as unexpected_count, "
                "7 as rows_checked"
            )
        connection.execute("update release.questions set name = 'near ZZ99 3VZ'")

    with pytest.raises(CannotPublish, match=r"outcomes.questions.name holds .* a postcode \(1\)"):
        publish(warehouse, folder, {})

    assert (folder / RELEASE_FILE).read_bytes() == b"yesterday"
