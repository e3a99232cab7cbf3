import datetime as dt
import subprocess
import sys
from pathlib import Path

import dagster as dg
import duckdb

from orchestration.ingest.register import prepare_register
from orchestration.quality.checks import build_gate
from orchestration.quality.suites import Expectation, Suite
from orchestration.resources import Warehouse

# Stands for what must never be seen outside the warehouse.
SECRET = "zebedee"
AS_AT = dt.date(2026, 3, 31)


def a_suite(table: str, severity: str = "critical") -> Suite:
    return Suite(
        table,
        (
            Expectation(
                "expect_column_values_to_be_between",
                {"column": "age", "min_value": 0, "max_value": 25},
                severity,
                "Nobody older is supported.",
                "age_is_that_of_a_child",
            ),
            Expectation(
                "expect_column_values_to_not_be_null",
                {"column": "child"},
                "critical",
                "A row is about a child.",
                "child_is_given",
            ),
        ),
    )


def land(warehouse: Warehouse, table: str, age: int) -> None:
    """One row about a child of an age, in place of what was there."""
    with warehouse.connect() as connection:
        prepare_register(connection)
        connection.execute("create schema if not exists raw")
        connection.execute(
            f"create or replace table {table} as select '{SECRET}' as child, {age} as age"
        )


@dg.asset(key=["raw", "episodes"])
def episodes(warehouse: Warehouse) -> None:
    """Episodes as they arrived."""
    land(warehouse, "raw.episodes", 99)


@dg.asset(key=["raw", "placements"])
def placements(warehouse: Warehouse) -> None:
    """Placements as they arrived."""
    land(warehouse, "raw.placements", 4)


@dg.asset(key=["intermediate", "care"], deps=[episodes, placements])
def care() -> None:
    """What is made of both behind the gate."""


def night(tmp_path: Path, *suites: Suite, **chosen: object) -> dg.ExecuteInProcessResult:
    """One run of everything, gate included."""
    return dg.materialize(
        [episodes, placements, care, build_gate("gate_raw", suites, AS_AT)],
        resources={"warehouse": Warehouse(path=str(tmp_path / "warehouse.duckdb"))},
        raise_on_error=False,
        **chosen,
    )


def was_made(run: dg.ExecuteInProcessResult, *key: str) -> bool:
    return any(e.asset_key == dg.AssetKey(key) for e in run.get_asset_materialization_events())


def verdict(run: dg.ExecuteInProcessResult, *key: str) -> dg.AssetCheckEvaluation:
    (found,) = [e for e in run.get_asset_check_evaluations() if e.asset_key == dg.AssetKey(key)]
    return found


def test_a_failed_critical_check_keeps_everything_behind_the_gate_from_being_made(tmp_path):
    run = night(tmp_path, a_suite("raw.episodes"), a_suite("raw.placements"))

    assert not run.success
    assert was_made(run, "raw", "episodes")
    assert not was_made(run, "intermediate", "care")
    assert verdict(run, "raw", "episodes").severity is dg.AssetCheckSeverity.ERROR
    assert verdict(run, "raw", "placements").passed


def test_a_shut_gate_leaves_what_is_published_and_the_next_good_file_opens_it(tmp_path):
    published = tmp_path / "published.txt"

    @dg.asset(key=["published", "figures"], deps=[care])
    def publish() -> None:
        published.write_text(landed["night"])

    @dg.asset(key=["raw", "episodes"])
    def landed_episodes(warehouse: Warehouse) -> None:
        land(warehouse, "raw.episodes", landed["age"])

    gate = build_gate("gate_raw", [a_suite("raw.episodes")], AS_AT)
    said = {}
    for night_, age in (("first", 9), ("second", 99), ("third", 10)):
        landed = {"night": night_, "age": age}
        said[night_] = dg.materialize(
            [landed_episodes, placements, care, publish, gate],
            resources={"warehouse": Warehouse(path=str(tmp_path / "warehouse.duckdb"))},
            raise_on_error=False,
        )
        kept = "first" if night_ == "second" else night_
        assert published.read_text() == kept

    assert [run.success for run in said.values()] == [True, False, True]
    shut = verdict(said["second"], "raw", "episodes")
    (failed,) = shut.metadata["failed"].value
    assert failed["table"] == "raw.episodes"
    assert failed["check_name"] == "age_is_that_of_a_child"
    assert (failed["rows_checked"], failed["unexpected_count"]) == (1, 1)
    assert verdict(said["third"], "raw", "episodes").passed


def test_a_warning_is_reported_and_lets_everything_through(tmp_path):
    run = night(tmp_path, a_suite("raw.episodes", "warning"), a_suite("raw.placements"))

    assert run.success
    assert was_made(run, "intermediate", "care")
    warned = verdict(run, "raw", "episodes")
    assert not warned.passed
    assert warned.severity is dg.AssetCheckSeverity.WARN


def test_the_verdict_holds_counts_and_nothing_from_a_row(tmp_path):
    run = night(tmp_path, a_suite("raw.episodes"), a_suite("raw.placements"))

    told = {name: value.value for name, value in verdict(run, "raw", "episodes").metadata.items()}
    (failed,) = told.pop("failed")
    assert told == {"checks": 2, "critical_failures": 1, "warnings": 0}
    assert failed["check_name"] == "age_is_that_of_a_child"
    assert (failed["rows_checked"], failed["unexpected_count"]) == (1, 1)
    events = repr(run.all_events)
    assert SECRET not in events


def test_both_verdicts_are_kept_in_the_warehouse_whether_or_not_the_gate_is_shut(tmp_path):
    run = night(tmp_path, a_suite("raw.episodes"), a_suite("raw.placements"))

    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        rows = connection.execute(
            "select run_id, table_name, check_name, passed from quality.check_results order by all"
        ).fetchall()
    assert rows == [
        (run.run_id, "raw.episodes", "age_is_that_of_a_child", False),
        (run.run_id, "raw.episodes", "child_is_given", True),
        (run.run_id, "raw.placements", "age_is_that_of_a_child", True),
        (run.run_id, "raw.placements", "child_is_given", True),
    ]


def test_all_tables_of_a_gate_are_checked_in_one_step(tmp_path):
    gate = build_gate("gate_raw", [a_suite("raw.episodes"), a_suite("raw.placements")], AS_AT)

    assert gate.op.name == "gate_raw"
    assert gate.op.pool == "warehouse"
    assert {key.asset_key for key in gate.check_keys} == {episodes.key, placements.key}
    assert all(spec.blocking for spec in gate.check_specs)


def test_a_run_about_one_table_checks_that_table_alone(tmp_path):
    run = night(
        tmp_path,
        a_suite("raw.episodes"),
        a_suite("raw.placements"),
        selection=dg.AssetSelection.assets(["raw", "placements"]),
    )

    assert run.success
    assert [e.asset_key for e in run.get_asset_check_evaluations()] == [placements.key]


def test_a_table_that_is_not_there_shuts_the_gate(tmp_path):
    @dg.asset(key=["raw", "nowhere"])
    def nowhere() -> None:
        """An asset that wrote nothing."""

    run = dg.materialize(
        [nowhere, build_gate("gate_raw", [a_suite("raw.nowhere")], AS_AT)],
        resources={"warehouse": Warehouse(path=str(tmp_path / "warehouse.duckdb"))},
        raise_on_error=False,
    )

    assert not run.success
    (failure,) = run.filter_events(lambda event: event.is_step_failure)
    assert "raw.nowhere is not in the database" in str(failure.event_specific_data)
    assert not run.get_asset_check_evaluations()


def test_a_gate_can_be_built_without_waiting_for_great_expectations():
    build = (
        "import sys, orchestration.quality.checks as checks; checks.build_gate('gate', [], None); "
        "sys.exit('great_expectations' in sys.modules)"
    )
    project = Path(__file__).resolve().parents[2]

    subprocess.run([sys.executable, "-c", build], cwd=project, check=True)
