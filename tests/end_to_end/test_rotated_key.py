"""A night under one pseudonym key, and what stands after the key was changed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.settings import PROJECT
from tests.end_to_end.nights import KEY, SAMPLES, SAMPLES_AS_AT, Night, contents, run_night

pytestmark = pytest.mark.slow
NEW_KEY = "another key for tests that nobody keeps secret"
ANYBODY = "select min(child_id) from cohorts.cohort_snapshots where cohort_code = 'in_care'"
EVERYBODY = "select distinct child_id from cohorts.cohort_snapshots"
FIGURES = "select * exclude (is_disclosive) from outcomes.indicator_values order by all"


@dataclass(frozen=True)
class Rotated:
    """A night, what it had published, and what the change of its key said."""

    night: Night
    release: dict[str, list[tuple[object, ...]]]
    figures: list[tuple[object, ...]]
    children: set[object]
    changed: "subprocess.CompletedProcess[str]"


@pytest.fixture(scope="module")
def rotated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rotated]:
    folder = tmp_path_factory.mktemp("rotated")
    night = run_night(folder / "data", SAMPLES, as_at=SAMPLES_AS_AT)
    assert night.exit_code == 0, night.said
    before = contents(night.release, without=("run_id",))
    children = {row[0] for row in night.ask(EVERYBODY)}
    new_key = folder / "new.key"
    new_key.write_text(NEW_KEY, encoding="utf-8")
    asked = ("rotate-key", "--new-key-file", str(new_key), "--why", "a test", "--yes")
    figures = night.ask(FIGURES)
    yield Rotated(night, before, figures, children, outcomes(night, KEY, *asked))


def outcomes(night: Night, key: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command in the data folder of a night, under a pseudonym key."""
    given = {
        "OUTCOMES_DATA": str(night.data),
        "OUTCOMES_LANDING": str(SAMPLES),
        "OUTCOMES_PSEUDONYM_KEY": key,
    }
    return subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *arguments],
        cwd=PROJECT, env={**os.environ, **given}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_night_after_the_change_publishes_the_same_figures(rotated: Rotated):
    assert rotated.changed.returncode == 0, rotated.changed.stdout + rotated.changed.stderr
    assert rotated.night.ask(FIGURES) == rotated.figures
    assert contents(rotated.night.release, without=("run_id",)) == rotated.release


def test_every_child_has_another_pseudonym(rotated: Rotated):
    after = {row[0] for row in rotated.night.ask(EVERYBODY)}
    assert len(after) == len(rotated.children) > 0
    assert after.isdisjoint(rotated.children)


def test_no_file_holds_a_pseudonym_of_the_old_key(rotated: Rotated):
    old = [str(child).encode() for child in sorted(map(str, rotated.children))[:20]]
    for file in (path for path in Path(rotated.night.data).rglob("*") if path.is_file()):
        content = file.read_bytes()
        assert not any(child in content for child in old), file


def test_the_old_key_runs_no_night_and_says_why(rotated: Rotated):
    night = outcomes(rotated.night, KEY, "run", "--as-at", SAMPLES_AS_AT)

    assert night.returncode == 1
    assert "another pseudonym key" in night.stdout + night.stderr


def test_a_child_is_found_again_under_the_new_key_and_not_under_the_old(rotated: Rotated):
    ((child,),) = rotated.night.ask(ANYBODY)
    asked = ("reidentify", str(child), "--why", "a test")

    assert outcomes(rotated.night, NEW_KEY, *asked).returncode == 0
    assert outcomes(rotated.night, KEY, *asked).returncode != 0
