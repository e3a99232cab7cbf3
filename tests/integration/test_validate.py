import contextlib
import datetime as dt
import logging
import subprocess
import sys
import traceback
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from orchestration.contracts import load_contracts
from orchestration.ingest.conform import create_table
from orchestration.quality.broken_rows import broken_rows
from orchestration.quality.results import CheckResult, record
from orchestration.quality.suites import (
    Expectation,
    Row,
    Suite,
    load_retired_codes,
    load_suites,
    suite_for,
)
from orchestration.quality.validate import (
    CannotValidate,
    MissingTable,
    UnanswerableExpectation,
    validate,
    validate_all,
)
from tests.factories import a_contract
from tests.rule_examples import catalogue, make_table, suite_files

PROJECT = Path(__file__).resolve().parents[2]
NIGHT, NEXT_NIGHT = dt.date(2026, 3, 30), dt.date(2026, 3, 31)

# Stands for what must never be seen outside the warehouse.
SECRET = "zebedee"


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """Three good rows and one bad one; ``child`` and ``note`` hold what must not leave."""
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            f"""
            create schema raw;
            create table raw.episodes (
                child varchar, decom date, "dec" date, age integer, note varchar
            );
            insert into raw.episodes values
                ('{SECRET} a', '2024-04-01', '2024-05-01', 4, 'x'),
                ('{SECRET} b', '2024-04-01', '2024-04-01', 5, 'y'),
                ('{SECRET} c', '2024-04-01', null, 6, 'x'),
                (null, '2024-04-01', '2024-03-31', 99, '{SECRET} d');
            create table raw.good_episodes as select * from raw.episodes where age < 99;
            """
        )
    return path


def expect(type_: str, severity: str = "critical", name: str = "check", **kwargs: object) -> Suite:
    return Suite("raw.episodes", (Expectation(type_, kwargs, severity, "Because", name),))


def of_good_rows(suite: Suite) -> Suite:
    return Suite("raw.good_episodes", suite.expectations)


KINDS = [
    expect("expect_column_values_to_not_be_null", column="child"),
    expect("expect_column_values_to_be_between", column="age", min_value=0, max_value=25),
    expect("expect_column_values_to_be_in_set", column="note", value_set=["x", "y"]),
    expect(
        "expect_column_pair_values_a_to_be_greater_than_b",
        column_A="dec",
        column_B="decom",
        or_equal=True,
        ignore_row_if="either_value_is_missing",
    ),
    expect("expect_column_max_to_be_between", column="age", max_value=25),
    expect("expect_table_row_count_to_be_between", max_value=3),
    expect(
        "unexpected_rows_expectation",
        unexpected_rows_query=(
            "select * from {batch} where not regexp_matches(note, '^[a-z]{{1}}$')"
        ),
    ),
    expect(
        "unexpected_rows_expectation",
        unexpected_rows_query=(
            "select one.* from {batch} as one inner join {batch} as other "
            "on one.child is null and other.note = 'y'"
        ),
    ),
]


@pytest.mark.parametrize("suite", KINDS, ids=lambda suite: suite.expectations[0].type)
def test_each_kind_of_expectation_passes_good_rows_and_counts_bad_ones(warehouse, suite):
    (good, bad) = validate_all(warehouse, [of_good_rows(suite), suite])

    assert (good.passed, good.rows_checked, good.unexpected_count) == (True, 3, 0)
    assert (bad.passed, bad.rows_checked, bad.unexpected_count) == (False, 4, 1)


def test_promises_that_are_held_together_give_the_results_of_each_alone(warehouse):
    expectations = tuple(
        replace(suite.expectations[0], name=f"check_{number}") for number, suite in enumerate(KINDS)
    )
    suites = [Suite(f"raw.{table}", expectations) for table in ("good_episodes", "episodes")]

    together = validate_all(warehouse, suites)

    alone = [
        result
        for suite in suites
        for one in expectations
        for result in validate(warehouse, Suite(suite.table, (one,)))
    ]
    assert together == alone


def test_rows_that_break_a_promise_are_those_that_are_counted(warehouse):
    known = {suite.expectations[0].type: broken_rows(suite.expectations[0]) for suite in KINDS}

    assert {kind for kind, query in known.items() if query is None} == {
        "expect_column_max_to_be_between",
        "expect_table_row_count_to_be_between",
    }
    with duckdb.connect(str(warehouse)) as connection:
        for query in filter(None, known.values()):
            # The braces are those of a format.
            listed = connection.execute(query.format(batch="raw.episodes")).fetchall()
            assert len(listed) == 1


def test_results_come_in_the_order_of_the_suites_with_severity_and_reason(warehouse):
    suite = Suite(
        "raw.episodes",
        tuple(
            Expectation("expect_column_values_to_not_be_null", {"column": c}, s, f"Why {c}", c)
            for c, s in [("note", "warning"), ("child", "critical")]
        ),
    )

    assert validate(warehouse, suite) == [
        CheckResult("raw.episodes", "note", "warning", True, 4, 0, "Why note"),
        CheckResult("raw.episodes", "child", "critical", False, 4, 1, "Why child"),
    ]


def test_only_a_failed_critical_check_shuts_the_gate(warehouse):
    missing = {"type_": "expect_column_values_to_not_be_null", "column": "child"}

    (critical,) = validate(warehouse, expect(**missing, severity="critical"))
    (warning,) = validate(warehouse, expect(**missing, severity="warning"))
    (passed,) = validate(warehouse, of_good_rows(expect(**missing, severity="critical")))

    assert [r.shuts_gate for r in (critical, warning, passed)] == [True, False, False]


def test_nothing_from_a_row_is_in_results_logs_or_output(warehouse, caplog, capfd):
    caplog.set_level(logging.DEBUG)

    results = [result for suite in KINDS for result in validate(warehouse, suite)]

    assert not any(result.passed for result in results)
    shown = capfd.readouterr()
    for text in (repr(results), caplog.text, shown.out, shown.err):
        assert SECRET not in text
    assert "great_expectations" not in caplog.text
    # No progress bar and no warning either.
    assert shown.err == ""


def test_a_failed_cast_is_an_error_that_does_not_quote_the_cell(warehouse, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    suite = expect(
        "unexpected_rows_expectation",
        unexpected_rows_query="select * from {batch} where cast(note as integer) > 3",
    )

    with pytest.raises(
        UnanswerableExpectation, match=r"raw\.episodes, check: .*Conversion"
    ) as error:
        validate(warehouse, suite)

    shown = capfd.readouterr()
    told = "".join(traceback.format_exception(error.value))
    assert error.value.__cause__ is None
    assert error.value.__context__ is None
    for text in (told, caplog.text, shown.out, shown.err):
        assert SECRET not in text


@pytest.mark.parametrize(
    ("suite", "fault"),
    [
        (expect("expect_column_values_to_not_be_null", column="nope"), '"nope"'),
        (
            expect(
                "unexpected_rows_expectation",
                unexpected_rows_query="select * from {batch} where nope = 1",
            ),
            "nope",
        ),
        (
            expect(
                "unexpected_rows_expectation",
                unexpected_rows_query="select * from {batch} inner join raw.nowhere using (child)",
            ),
            "nowhere",
        ),
        (expect("expect_column_values_to_be_perfect", column="child"), "perfect"),
        (expect("expect_column_values_to_be_between", columns="age"), "column"),
        (
            expect("expect_column_values_to_be_between", column="note", min_value=1),
            "cannot be computed on column of type VARCHAR",
        ),
    ],
)
def test_an_expectation_that_cannot_be_answered_is_an_error_and_not_a_pass(warehouse, suite, fault):
    with pytest.raises(UnanswerableExpectation) as error:
        validate(warehouse, suite)

    assert "raw.episodes, check: " in str(error.value)
    assert fault in str(error.value)


def test_one_faulty_expectation_is_named_among_sound_ones(warehouse):
    sound = expect("expect_column_values_to_not_be_null", column="child", name="sound")
    faulty = expect(
        "unexpected_rows_expectation",
        name="faulty",
        unexpected_rows_query="select * from {batch} where cast(note as integer) > 3",
    )
    last = expect(
        "unexpected_rows_expectation",
        name="last",
        unexpected_rows_query="select * from {batch} where age > 25",
    )
    together = Suite("raw.episodes", sound.expectations + faulty.expectations + last.expectations)

    with pytest.raises(UnanswerableExpectation, match="faulty"):
        validate(warehouse, together)


def test_the_same_expectation_under_two_names_has_two_results(warehouse):
    one, other = (
        expect("expect_column_values_to_not_be_null", column="child", name=name).expectations[0]
        for name in ("one", "other")
    )

    results = validate(warehouse, Suite("raw.episodes", (one, other)))

    assert [result.check_name for result in results] == ["one", "other"]


@pytest.mark.parametrize("table", ["raw.nowhere", "nowhere.episodes"])
def test_a_missing_table_is_an_error_and_not_a_pass(warehouse, table):
    suite = Suite(table, expect("expect_column_values_to_not_be_null", column="a").expectations)

    with pytest.raises(MissingTable, match=table):
        validate(warehouse, suite)


def test_a_view_over_a_table_that_is_gone_is_an_error(warehouse):
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("create view raw.pane as select child from raw.good_episodes")
        connection.execute("drop table raw.good_episodes")
    suite = Suite(
        "raw.pane", expect("expect_column_values_to_not_be_null", column="a").expectations
    )

    with pytest.raises(MissingTable, match=r"raw\.pane"):
        validate(warehouse, suite)


def test_a_missing_file_is_an_error_and_is_not_made(tmp_path):
    with pytest.raises(CannotValidate, match="there is no database"):
        validate(tmp_path / "none.duckdb", KINDS[0])

    assert not (tmp_path / "none.duckdb").exists()


def write_from_another_process(path: Path) -> None:
    write = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('create table main.t (i int)')"
    subprocess.run([sys.executable, "-c", write, str(path)], check=True)


@pytest.mark.parametrize(
    "suite", [KINDS[0], expect("expect_column_values_to_not_be_null", column="nope")]
)
def test_the_file_is_free_for_other_processes_afterwards(warehouse, suite):
    with contextlib.suppress(UnanswerableExpectation):
        validate(warehouse, suite)

    write_from_another_process(warehouse)


def test_an_open_connection_is_used_and_left_open(warehouse):
    with duckdb.connect(str(warehouse)) as connection:
        (result,) = validate(connection, KINDS[0])
        record(connection, "night-1", [result], NIGHT)

        assert connection.execute("select count(*) from raw.episodes").fetchone() == (4,)

    write_from_another_process(warehouse)


def kept(connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return connection.execute(
        "select run_id, table_name, check_name, passed from quality.check_results order by all"
    ).fetchall()


def a_result(table: str, check: str, passed: bool = True) -> CheckResult:
    return CheckResult(table, check, "critical", passed, 4, int(not passed), "Because")


def test_only_the_latest_results_of_a_table_are_kept(warehouse):
    with duckdb.connect(str(warehouse)) as connection:
        record(
            connection, "night-1", [a_result("raw.a", "one"), a_result("raw.a", "dropped")], NIGHT
        )
        record(connection, "night-1", [a_result("raw.b", "one")], NIGHT)
        record(connection, "night-2", [a_result("raw.a", "one", passed=False)], NEXT_NIGHT)

        assert kept(connection) == [
            ("night-1", "raw.b", "one", True),
            ("night-2", "raw.a", "one", False),
        ]


def test_the_same_results_twice_add_no_row(warehouse):
    with duckdb.connect(str(warehouse)) as connection:
        for _ in range(2):
            record(connection, "night-1", [a_result("raw.a", "one")], NIGHT)

        assert len(kept(connection)) == 1


def test_the_history_keeps_a_night_as_it_was_and_a_night_run_again_is_one_night(warehouse):
    with duckdb.connect(str(warehouse)) as connection:
        record(connection, "night-1", [a_result("raw.a", "one", passed=False)], NIGHT)
        record(connection, "again", [a_result("raw.a", "one")], NIGHT)
        record(connection, "night-2", [a_result("raw.a", "other")], NEXT_NIGHT)

        assert connection.execute(
            "select as_at_date, run_id, check_name, passed from history.check_results order by all"
        ).fetchall() == [(NIGHT, "again", "one", True), (NEXT_NIGHT, "night-2", "other", True)]


def test_no_results_leave_an_empty_table_whose_every_column_is_described(warehouse):
    with duckdb.connect(str(warehouse)) as connection:
        record(connection, "night-1", [], NIGHT)

        assert kept(connection) == []
        described = connection.execute(
            "select column_name, comment from duckdb_columns() "
            "where table_name = 'check_results' and schema_name = 'quality'"
        ).fetchall()
        assert len(described) == 8
        assert all(comment for _, comment in described)


def test_every_contract_can_be_held_to_its_suite(tmp_path):
    contracts = load_contracts(PROJECT / "expectations" / "extracts").values()
    retired = load_retired_codes(PROJECT / "seeds" / "codes" / "codes.csv")
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema raw")
        for contract in contracts:
            connection.execute(create_table(contract))

    # Held to them although there are no rows, which would keep them all.
    suites = [replace(suite_for(contract, retired), is_about_rows=False) for contract in contracts]
    results = validate_all(path, suites)

    assert {result.table for result in results} == {contract.table for contract in contracts}
    assert all(result.passed and result.rows_checked == 0 for result in results)


def test_promises_about_rows_are_kept_where_there_are_none_and_asked_where_there_is_one(tmp_path):
    contract = a_contract()
    suite = suite_for(contract)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("create schema raw")
        connection.execute(create_table(contract))
        assert [(r.passed, r.rows_checked) for r in validate_all(connection, [suite])] == [
            (True, 0),
            (True, 0),
        ]
        connection.execute(
            "insert into raw.invented__rows (_row_number, local_authority_code, "
            "_file_sha256) values (2, '201', 'f')"
        )
        failed = [r.check_name for r in validate_all(connection, [suite]) if not r.passed]
        assert failed == ["child_is_given"]


def episodes(path: Path, rows: str) -> dict[str, int]:
    """The unexpected rows of each check on the episodes of the SSDA903."""
    contract = load_contracts(PROJECT / "expectations" / "extracts")["ssda903__episodes"]
    retired = load_retired_codes(PROJECT / "seeds" / "codes" / "codes.csv")
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema raw")
        connection.execute(create_table(contract))
        connection.execute(
            "insert into raw.ssda903__episodes by name "
            "select *, 'E08000001' as local_authority_code, 1 as _row_number from "
            f'(values {rows}) as written (_file_sha256, return_year, child, decom, "dec", place)'
        )
    results = validate(path, suite_for(contract, retired))
    return {result.check_name: result.unexpected_count for result in results}


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        (
            "place_is_not_retired",
            "('a', 2024, 'bea', date '2023-04-01', null::date, 'P2')",
            "('a', 2025, 'bea', date '2024-04-01', null::date, 'P2')",
        ),
        (
            "dec_not_before_decom",
            "('a', 2025, 'bea', date '2024-04-02', date '2024-04-02', 'U1')",
            "('a', 2025, 'bea', date '2024-04-02', date '2024-04-01', 'U1')",
        ),
        (
            "one_row_per_child_decom",
            "('a', 2025, 'bea', date '2024-04-02', null::date, 'U1'),"
            "('b', 2025, 'bea', date '2024-04-02', null::date, 'U1')",
            "('a', 2025, 'bea', date '2024-04-02', null::date, 'U1'),"
            "('a', 2025, 'bea', date '2024-04-02', null::date, 'U4')",
        ),
    ],
)
def test_what_a_contract_promises_of_episodes_is_checked_on_both_sides(tmp_path, check, good, bad):
    assert episodes(tmp_path / "good.duckdb", good)[check] == 0
    assert episodes(tmp_path / "bad.duckdb", bad)[check] > 0


GOOD = {table: written.good for table, written in suite_files().items()}
SUITES = load_suites(PROJECT / "expectations" / "tables")


def held(path: Path, table: str, *rows: Row) -> dict[str, CheckResult]:
    """The checks of a table that holds ``rows``, beside a catalogue of a share and a rate."""
    catalogue(path)
    with duckdb.connect(str(path)) as connection:
        make_table(connection, table, *rows)
    return {result.check_name: result for result in validate(path, SUITES[table])}


@pytest.mark.parametrize("table", ["outcomes.indicator_values", "release.indicator_values"])
def test_the_population_behind_a_rate_is_not_a_group_of_people_in_scope(tmp_path, table):
    good = GOOD[table]
    rate = {"indicator_id": "'rate'", "n_in_scope": "3", "n_denominator": "21400", "value": "173.0"}
    limits = {"upper95": "200.0", "upper998": "300.0"}

    found = held(tmp_path / "w.duckdb", table, {**good, **rate, **limits})

    assert all(result.passed for result in found.values()), found


def test_where_not_known_counts_as_not_achieved_the_whole_group_is_the_base(tmp_path):
    good = GOOD["release.indicator_values"]
    leavers = {**good, "indicator_id": "'told'", "n_known": "11", "n_not_known": "9"}
    most = {**leavers, "numerator": "16", "n_known": "20", "n_not_known": "0", "value": "80.0"}
    check = "no_percentage_gives_a_small_count_away"

    assert held(tmp_path / "a.duckdb", "release.indicator_values", leavers)[check].passed
    assert not held(tmp_path / "b.duckdb", "release.indicator_values", most)[check].passed


def test_what_is_withheld_may_be_small(tmp_path):
    good = GOOD["release.indicator_values"]
    absent = dict.fromkeys(("numerator", "value", "lower998", "lower95", "upper95", "upper998"))
    withheld = {**good, **dict.fromkeys(absent, "null::double"), "symbol": "'[c]'"}

    found = held(tmp_path / "w.duckdb", "release.indicator_values", withheld)

    assert all(result.passed for result in found.values()), found


WITHHELD_POINT = {
    **{
        name: f"null::{kind}"
        for kind, names in {
            "double": (
                *("value", "lower95", "upper95", "centre", "mean_moving_range"),
                *("lower_limit", "upper_limit"),
            ),
            "integer": ("n",),
            "varchar": ("method", "special_cause_type", "point_type"),
        }.items()
        for name in names
    },
    "symbol": "'[c]'",
}


@pytest.mark.parametrize(
    ("change", "check", "passes"),
    [
        ({}, "no_chart_with_a_withheld_point_has_limits", False),
        ({"partition_number": "1"}, "no_chart_with_a_withheld_point_has_limits", True),
        ({"period_type": "'quarter'"}, "no_chart_with_a_withheld_point_has_limits", True),
        ({"local_authority_code": "'998'"}, "no_chart_with_a_withheld_point_has_limits", True),
    ],
)
def test_a_withheld_point_empties_the_limits_of_its_own_chart_only(tmp_path, change, check, passes):
    good = GOOD["release.indicator_trends"]

    found = held(
        tmp_path / "w.duckdb", "release.indicator_trends", good, good | WITHHELD_POINT | change
    )

    assert found[check].passed == passes
    assert found["withheld_points_are_absent"].passed


@pytest.mark.parametrize(("year", "passes"), [("2020", True), ("2021", False), ("2026", True)])
def test_a_withheld_year_empties_the_trends_of_five_years_that_hold_it(tmp_path, year, passes):
    good = GOOD["release.indicator_trends"]
    yearly = good | {"period_type": "'year'", "trend_marker": "'INCREASING'"}
    withheld = yearly | WITHHELD_POINT
    withheld |= {"trend_marker": "null::varchar", "period_start": f"date '{year}-04-01'"}

    found = held(tmp_path / "w.duckdb", "release.indicator_trends", yearly, withheld)

    assert found["no_trend_holds_a_withheld_year"].passed == passes
