"""One night at a time, and how each ended."""

import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.night import (
    BROKEN_OFF,
    FAILED,
    NIGHTS_FILE,
    PUBLISHED,
    RUNNING_FILE,
    AnotherNight,
    held,
    is_going_on,
    note_failed_step,
    note_published,
    note_step,
    one_night,
    past_nights,
    running,
)

# A night of another process that never comes to its end by itself.
ANOTHER = """
import sys, time
from pathlib import Path
from orchestration.night import one_night
with one_night(Path(sys.argv[1]), "2026-03-31"):
    print("begun", flush=True)
    time.sleep(60)
"""
HOLDS_THE_WAREHOUSE = """
import sys, time, duckdb
connection = duckdb.connect(sys.argv[1])
print("begun", flush=True)
time.sleep(60)
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    return tmp_path / "warehouse" / "warehouse.duckdb"


def begun(program: str, warehouse: Path) -> subprocess.Popen[bytes]:
    """Another process, once it has begun."""
    warehouse.parent.mkdir(exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(warehouse)], stdout=subprocess.PIPE
    )
    assert process.stdout is not None and process.stdout.readline().strip() == b"begun"
    return process


def test_a_night_that_published_and_one_that_failed_are_written_down(warehouse: Path):
    folder = warehouse.parent
    with one_night(warehouse, "2026-03-30"):
        assert is_going_on(folder)
        note_published(folder)
    with pytest.raises(KeyError), one_night(warehouse, "2026-03-31"):
        note_failed_step(folder, "gate_on_tables", "shut by critical checks")
        note_failed_step(folder, "published__csc_outcomes", "a later failure is not the cause")
        raise KeyError

    told = [(night.as_at_date, night.outcome, night.failed_step) for night in past_nights(folder)]
    assert told == [("2026-03-30", PUBLISHED, ""), ("2026-03-31", FAILED, "gate_on_tables")]
    assert running(folder) is None
    assert not is_going_on(folder)


def test_a_block_inside_a_night_is_part_of_it(warehouse: Path):
    with one_night(warehouse, "2026-03-31"):
        with one_night(warehouse, "2026-03-31"):
            pass
        assert is_going_on(warehouse.parent)

    assert len(past_nights(warehouse.parent)) == 1


def test_a_second_night_says_who_has_begun_and_does_not_begin(warehouse: Path):
    other = begun(ANOTHER, warehouse)
    try:
        with (
            pytest.raises(AnotherNight, match=f"by process {other.pid} on "),
            one_night(warehouse, "2026-03-31"),
        ):
            pytest.fail("both nights were going on")
    finally:
        other.kill()
        other.wait()


def test_the_command_ends_with_3_where_another_night_is_going_on(warehouse: Path, monkeypatch):
    monkeypatch.setenv("OUTCOMES_DATA", str(warehouse.parents[1]))
    monkeypatch.setenv("OUTCOMES_PSEUDONYM_KEY", "a key for tests that nobody keeps secret")
    other = begun(ANOTHER, warehouse)
    try:
        result = CliRunner().invoke(app, ["run", "--landing", str(warehouse), "--wait", "0"])
    finally:
        other.kill()
        other.wait()

    assert result.exit_code == 3
    assert f"by process {other.pid}" in " ".join(result.output.split())


@pytest.mark.parametrize(
    "command",
    [
        ["erase", "--child-id", "0" * 64, "--why", "asked for", "--yes"],
        ["encrypt"],
        ["publish", "--rollback"],
        ["report"],
    ],
    ids=lambda command: command[0],
)
def test_nothing_that_a_night_reads_or_publishes_is_changed_while_one_is_going_on(
    warehouse: Path, command: list[str], monkeypatch: pytest.MonkeyPatch
):
    """Erased between its files and the publication, a child would be published once more."""
    monkeypatch.setenv("OUTCOMES_DATA", str(warehouse.parents[1]))
    monkeypatch.setenv("OUTCOMES_PSEUDONYM_KEY", "a key for tests that nobody keeps secret")
    other = begun(ANOTHER, warehouse)
    try:
        result = CliRunner().invoke(app, command)
    finally:
        other.kill()
        other.wait()

    assert result.exit_code == 3, result.output
    assert f"by process {other.pid}" in " ".join(result.output.split())


def test_a_night_inside_a_block_that_holds_the_lock_is_a_night_of_its_own(warehouse: Path):
    """As the one that follows an erasure."""
    folder = warehouse.parent
    with held(folder):
        assert is_going_on(folder)
        with one_night(warehouse, "2026-03-31"):
            note_step(folder, "ingest")
            note_published(folder)
        assert running(folder) is None
        assert is_going_on(folder)

    assert [(night.outcome, night.last_step) for night in past_nights(folder)] == [
        (PUBLISHED, "ingest")
    ]
    assert not is_going_on(folder)


def test_a_second_night_waits_and_begins_when_the_first_was_killed(warehouse: Path):
    other = begun(ANOTHER, warehouse)
    said: list[str] = []

    def kill(text: str) -> None:
        said.append(text)
        other.kill()
        other.wait()

    with one_night(warehouse, "2026-03-31", wait_minutes=1, say=kill):
        note_published(warehouse.parent)

    assert "Waiting" in said[0]
    first, second = past_nights(warehouse.parent)
    assert (first.process, first.outcome) == (other.pid, BROKEN_OFF)
    assert second.outcome == PUBLISHED


def test_what_a_killed_night_left_is_no_lock(warehouse: Path):
    other = begun(ANOTHER, warehouse)
    assert is_going_on(warehouse.parent)
    other.kill()
    other.wait()

    assert running(warehouse.parent) is not None
    assert not is_going_on(warehouse.parent)
    with one_night(warehouse, "2026-03-31"):
        pass


def test_a_warehouse_that_another_process_has_open_is_waited_for(warehouse: Path):
    warehouse.parent.mkdir()
    duckdb.connect(str(warehouse)).close()
    other = begun(HOLDS_THE_WAREHOUSE, warehouse)
    started = time.monotonic()
    try:
        with pytest.raises(AnotherNight, match="open"), one_night(warehouse, "2026-03-31"):
            pytest.fail("the warehouse was not free")
        assert past_nights(warehouse.parent) == []

        def kill(text: str) -> None:
            other.kill()
            other.wait()

        with one_night(warehouse, "2026-03-31", wait_minutes=1, say=kill):
            pass
    finally:
        other.kill()
    assert time.monotonic() - started < 30


def test_a_line_that_a_crash_cut_short_costs_no_other(warehouse: Path):
    with one_night(warehouse, "2026-03-30"):
        pass
    file = warehouse.parent / NIGHTS_FILE
    with file.open("a", encoding="utf-8") as handle:
        handle.write('{"started_at": "2026-0')
    (warehouse.parent / RUNNING_FILE).write_text('{"started', encoding="utf-8")
    with one_night(warehouse, "2026-03-31"):
        pass

    assert [night.as_at_date for night in past_nights(warehouse.parent)] == [
        "2026-03-30",
        "2026-03-31",
    ]
