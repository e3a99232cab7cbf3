"""Nights that are struck: whatever happens, what is published stays whole, and the next night gives
the figures that an undisturbed one gives.

    OUTCOMES_KILLS=50 python -m pytest -n 0 -s -m slow tests/end_to_end/test_faults.py -k kills

A kill falls into a step drawn by chance, and there at a moment drawn by chance: were the moment
drawn from the whole night, the short steps, in which files are moved, would hardly ever be met.
"""

import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from orchestration.night import BROKEN_OFF, FAILED, PUBLISHED, past_nights, running
from orchestration.settings import PROJECT
from orchestration.transform import dbt_process
from tests.end_to_end.nights import (
    KEY,
    SAMPLES,
    SAMPLES_AS_AT,
    Night,
    contents,
    run_night,
    steps_of,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="strikes with signals and limits of POSIX"),
]
KILLS = int(os.environ.get("OUTCOMES_KILLS", "6"))
# A night is run to its end after so many kills in a row, which is harder than after each.
KILLS_IN_A_ROW = 5
SEED = int(os.environ.get("OUTCOMES_KILLS_SEED", "20260331"))
Figures = tuple[dict[str, list[tuple[object, ...]]], ...]


def figures(night: Night) -> Figures:
    """Every row of both published files, but for the id of the run that checked them."""
    return tuple(
        {table: [tuple(map(repr, row)) for row in rows] for table, rows in found.items()}
        for found in (
            contents(file, without=("run_id",)) for file in (night.release, night.internal)
        )
    )


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Night, Figures]:
    """A night that nobody disturbed, and its figures."""
    data = tmp_path_factory.mktemp("faults")
    night = run_night(data, SAMPLES, as_at=SAMPLES_AS_AT)
    assert night.exit_code == 0, night.said
    return night, figures(night)


def begin(night: Night, before: Callable[[], None] | None = None) -> subprocess.Popen[str]:
    """Another night in a group of processes of its own."""
    command = [sys.executable, "-m", "orchestration.cli", "run", "--landing", str(SAMPLES)]
    return subprocess.Popen(
        [*command, "--as-at", SAMPLES_AS_AT],
        cwd=PROJECT,
        env={**os.environ, "OUTCOMES_DATA": str(night.data), "OUTCOMES_PSEUDONYM_KEY": KEY},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
        preexec_fn=before,
    )


def run_again(night: Night) -> Night:
    again = run_night(night.data, SAMPLES, as_at=SAMPLES_AS_AT)
    assert again.exit_code == 0, again.said
    return again


def test_random_kills_lose_nothing(undisturbed: tuple[Night, Figures]):
    night, expected = undisturbed
    chance = random.Random(SEED)
    steps = _how_long(night)
    struck = 0
    for number in range(1, KILLS + 1):
        process = begin(night)
        step = chance.choice(list(steps))
        after, seconds = steps[step]
        moment = chance.uniform(0, seconds)
        # Every other time what it has started is left to notice by itself.
        with_children = number % 2 == 0
        # A machine that is busier or idler than on the first night does not move the aim.
        _wait_until_done(after, process, night)
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            struck += 1
            (os.killpg if with_children else os.kill)(process.pid, signal.SIGKILL)
            process.wait()
        left = running(night.warehouse.parent)
        print(
            f"kill {number} of {KILLS}, {moment:.1f} of {seconds:.1f} s into {step}, "
            f"{'with its children, ' if with_children else ''}"
            + (f"done was {left.last_step or 'nothing'}" if left else "too late: it had ended"),
            flush=True,
        )
        assert figures(night) == expected, f"after kill {number}"
        if number % KILLS_IN_A_ROW == 0 or number == KILLS:
            assert figures(run_again(night)) == expected, f"the night after kill {number}"
    assert struck > 0
    told = [past.outcome for past in past_nights(night.warehouse.parent)]
    # One that was killed between the last move and its own end has published.
    assert BROKEN_OFF in told and set(told) <= {BROKEN_OFF, PUBLISHED}
    assert not list((night.data / "published").glob(".unfinished-*"))


def _how_long(night: Night) -> dict[str, tuple[str, float]]:
    """Every step of a night that is over, with the one before and how many seconds it takes; what
    comes before the first step is one too."""
    begun = dt.datetime.fromisoformat(past_nights(night.warehouse.parent)[-1].started_at)
    before, ended = "", begun.timestamp()
    steps = {}
    for step, (began, end) in steps_of(night.data).items():
        if not before:
            steps["the start"] = ("", began - ended)
        steps[step] = (before, end - max(began, ended))
        before, ended = step, end
    return steps


def _wait_until_done(step: str, process: subprocess.Popen[str], night: Night) -> None:
    while step and process.poll() is None:
        now = running(night.warehouse.parent)
        if now and now.process == process.pid and now.last_step == step:
            return
        time.sleep(0.02)


def test_a_dbt_that_is_killed_fails_the_night_and_nothing_else(undisturbed):
    night, expected = undisturbed
    process = begin(night)
    _wait_until_done("gate_on_extracts", process, night)
    time.sleep(5)  # It has opened the warehouse by now.
    os.kill(_dbt_of(process), signal.SIGKILL)
    said, _ = process.communicate()

    assert process.returncode == 1, said
    assert "build_tables: dbt was ended from outside" in said
    last = past_nights(night.warehouse.parent)[-1]
    assert (last.outcome, last.failed_step) == (FAILED, "build_tables")
    assert figures(night) == expected
    assert figures(run_again(night)) == expected


def test_a_disk_without_room_fails_the_night_and_leaves_what_is_published(undisturbed):
    night, expected = undisturbed

    def allow_no_large_file() -> None:
        import resource

        limit = 32 * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    process = begin(night, before=allow_no_large_file)
    said, _ = process.communicate()

    assert process.returncode == 1, said
    assert "no room left" in said
    assert figures(night) == expected
    assert figures(run_again(night)) == expected


def _dbt_of(night: subprocess.Popen[str]) -> int:
    """The process of a night that is its dbt."""
    listed = subprocess.run(
        ["ps", "-e", "-o", "pid=,pgid=,args="], capture_output=True, text=True, check=True
    )
    for line in listed.stdout.splitlines():
        pid, group, command = line.split(maxsplit=2)
        if int(group) == night.pid and dbt_process.__name__ in command:
            return int(pid)
    raise AssertionError("the night has no dbt")
