"""The sensor on the landing folder: when it starts the night, and what it says when it does not."""

import os
from pathlib import Path

import dagster as dg
import pytest

from orchestration.automation import (
    NIGHTLY,
    SECONDS_OF_QUIET,
    Memory,
    Seen,
    build_automation,
    decide,
    look_at,
)

NOW = 1_780_000_000.0
LONG_AGO = NOW - 3600
OLD = {"201/2026/episodes.csv": Seen(100, LONG_AGO)}
NEW = {**OLD, "201/2026/header.csv": Seen(50, LONG_AGO)}


def after_a_run_for(files: dict[str, Seen]) -> Memory:
    """What the sensor keeps once it has started a run for these files."""
    seen = decide(files, Memory(), NOW).memory
    started = decide(files, seen, NOW)
    assert started.starts
    return started.memory


# ---- the decision ----


def test_without_a_landing_folder_it_waits_and_says_how_to_name_one():
    decision = decide(None, Memory(), NOW)

    assert not decision.starts
    assert "OUTCOMES_LANDING" in decision.waits_because


def test_an_emptied_folder_is_no_reason_to_take_every_row_away():
    memory = after_a_run_for(OLD)
    decision = decide({}, memory, NOW)

    assert "empty" in decision.waits_because
    assert decision.memory == memory


def test_new_files_start_a_run_once_two_looks_agree():
    first = decide(NEW, after_a_run_for(OLD), NOW)
    second = decide(NEW, first.memory, NOW + SECONDS_OF_QUIET)

    assert "another" in first.waits_because
    assert second.starts


def test_a_file_that_grows_between_looks_waits_even_if_its_time_stands_still():
    memory = after_a_run_for(OLD)
    for size in (10, 20, 30):
        decision = decide({**OLD, "201/new.csv": Seen(size, LONG_AGO)}, memory, NOW)
        memory = decision.memory
        assert not decision.starts

    assert decide({**OLD, "201/new.csv": Seen(30, LONG_AGO)}, memory, NOW).starts


@pytest.mark.parametrize(
    ("seconds_ago", "starts"),
    [(0, False), (SECONDS_OF_QUIET - 1, False), (SECONDS_OF_QUIET, True), (-5, True)],
)
def test_a_file_changed_within_the_last_minute_waits(seconds_ago: int, starts: bool):
    files = {**OLD, "201/new.csv": Seen(10, NOW - seconds_ago)}
    looked = decide(files, after_a_run_for(OLD), NOW).memory

    assert decide(files, looked, NOW).starts is starts


def test_nothing_changed_is_no_reason_to_run():
    decision = decide(OLD, after_a_run_for(OLD), NOW)

    assert "Nothing has changed" in decision.waits_because


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"201/2026/episodes.csv": Seen(101, LONG_AGO)}, id="another size"),
        pytest.param({"201/2026/episodes.csv": Seen(100, LONG_AGO + 1)}, id="another time"),
        pytest.param({"201/2025/episodes.csv": Seen(100, LONG_AGO)}, id="another folder"),
    ],
)
def test_a_file_that_changed_or_was_moved_starts_a_run(files: dict[str, Seen]):
    looked = decide(files, after_a_run_for(OLD), NOW).memory

    assert decide(files, looked, NOW).starts


def test_a_removed_file_starts_a_run_because_its_rows_must_go():
    looked = decide(OLD, after_a_run_for(NEW), NOW).memory

    assert decide(OLD, looked, NOW).starts


def test_a_folder_that_comes_back_to_what_it_was_is_read_again():
    first = after_a_run_for(OLD)
    second = decide(NEW, decide(NEW, first, NOW).memory, NOW).memory
    third = decide(OLD, decide(OLD, second, NOW).memory, NOW)

    assert third.starts
    assert len({first.run_key, second.run_key, third.memory.run_key}) == 3


def test_the_same_look_asked_for_twice_is_the_same_run():
    looked = decide(NEW, after_a_run_for(OLD), NOW).memory

    assert decide(NEW, looked, NOW).memory.run_key == decide(NEW, looked, NOW + 60).memory.run_key


def test_what_it_keeps_between_looks_survives_being_written_down():
    memory = after_a_run_for(OLD)

    assert Memory.read(memory.written()) == memory
    assert Memory.read(None) == Memory()


# ---- the look ----


def test_a_look_takes_names_sizes_and_times_and_passes_hidden_files_by(tmp_path: Path):
    for name in ("201/episodes.csv", "201/.episodes.csv.part", ".snapshots/old.csv"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("CHILD", encoding="utf-8")
    os.utime(tmp_path / "201/episodes.csv", (LONG_AGO, LONG_AGO))

    assert look_at(tmp_path) == {"201/episodes.csv": Seen(5, LONG_AGO)}
    assert look_at(tmp_path / "nowhere") is None


# ---- the sensor ----


def a_look(
    landing: Path, instance: dg.DagsterInstance, cursor: str | None = None
) -> dg.SensorResult:
    sensor = build_automation(landing).sensors[0]
    result = sensor(dg.build_sensor_context(instance=instance, cursor=cursor))
    assert isinstance(result, dg.SensorResult)
    return result


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    file = tmp_path / "landing" / "201" / "episodes.csv"
    file.parent.mkdir(parents=True)
    file.write_text("CHILD", encoding="utf-8")
    os.utime(file, (LONG_AGO, LONG_AGO))
    return tmp_path / "landing"


def test_the_sensor_and_the_schedule_stay_stopped_until_somebody_starts_them(landing: Path):
    automation = build_automation(landing)

    assert automation.sensors[0].default_status == dg.DefaultSensorStatus.STOPPED
    assert automation.schedules[0].default_status == dg.DefaultScheduleStatus.STOPPED


def test_the_sensor_asks_for_one_run_and_then_rests(landing: Path):
    with dg.DagsterInstance.ephemeral() as instance:
        first = a_look(landing, instance)
        second = a_look(landing, instance, first.cursor)
        third = a_look(landing, instance, second.cursor)

    assert not first.run_requests and first.skip_reason
    assert [request.run_key for request in second.run_requests] == [
        Memory.read(second.cursor).run_key
    ]
    assert "Nothing has changed" in third.skip_reason.skip_message


def test_the_sensor_says_why_it_does_not_run_where_there_is_no_folder(tmp_path: Path):
    with dg.DagsterInstance.ephemeral() as instance:
        result = a_look(tmp_path / "nowhere", instance)

    assert "no landing folder" in result.skip_reason.skip_message


def test_files_that_come_while_a_run_goes_on_are_read_after_it(landing: Path):
    with dg.DagsterInstance.ephemeral() as instance:
        looked = a_look(landing, instance)
        run = dg.DagsterRun(job_name=NIGHTLY, status=dg.DagsterRunStatus.STARTED)
        instance.add_run(run)
        during = a_look(landing, instance, looked.cursor)
        instance.delete_run(run.run_id)
        after = a_look(landing, instance, during.cursor)

    assert not during.run_requests and "going on" in during.skip_reason.skip_message
    assert len(after.run_requests) == 1
