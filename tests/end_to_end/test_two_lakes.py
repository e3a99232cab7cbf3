"""The nights of two authorities at the same time, each on a lake of its own in one catalogue."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.publish.files import RELEASE_FILE
from orchestration.settings import AUTHORITIES, PROJECT
from tests.end_to_end.nights import KEY, SAMPLES, SAMPLES_AS_AT, contents, steps_of
from tests.postgres import a_catalogue, needs_a_lake

CODES = ("998", "999")

pytestmark = [pytest.mark.slow, *needs_a_lake]


@pytest.fixture(scope="module")
def catalogue() -> Iterator[str]:
    """A PostgreSQL with the databases ``one_by_one`` and ``at_once``."""
    with a_catalogue("one_by_one", "at_once") as reached:
        yield reached


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two authorities with care episodes: of the second the children of the first but one, so that
    rows that stray from lake to lake would be seen in the figures."""
    folder = tmp_path_factory.mktemp("landing")
    for code in CODES:
        returned = folder / code / "ssda903_2025"
        returned.mkdir(parents=True)
        for name in ("header.csv", "episodes.csv"):
            shutil.copy(SAMPLES / "999" / "ssda903_2025" / name, returned / name)
    episodes = folder / CODES[0] / "ssda903_2025" / "episodes.csv"
    heading, first, *others = episodes.read_text("utf-8").splitlines(keepends=True)
    child = first.partition(",")[0]
    kept = [line for line in others if line.partition(",")[0] != child]
    episodes.write_text("".join([heading, *kept]), "utf-8")
    return folder


def run_each(data: Path, landing: Path, catalogue: str, at_once: int) -> dict[str, Path]:
    """Run `outcomes run-each` on lakes; the data folder of each authority."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "orchestration.cli", "run-each", "--landing", str(landing)),
            *("--as-at", SAMPLES_AS_AT, "--at-once", str(at_once)),
        ],
        cwd=PROJECT,
        env={
            **os.environ,
            "OUTCOMES_DATA": str(data),
            "OUTCOMES_PSEUDONYM_KEY": KEY,
            "OUTCOMES_LAKE_CATALOGUE": catalogue,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {code: data / AUTHORITIES / code for code in CODES}


def released(data: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row that an authority has published."""
    return contents(data / "published" / RELEASE_FILE)


def went_on_together(nights: dict[str, Path]) -> bool:
    """Whether the later of two nights began before the earlier had ended."""
    (_, first_ended), (second_began, _) = sorted(
        (min(began for began, _ in steps.values()), max(ended for _, ended in steps.values()))
        for steps in map(steps_of, nights.values())
    )
    return second_began < first_ended


def test_two_nights_at_once_leave_the_figures_of_one_after_the_other(
    tmp_path: Path, catalogue: str, landing: Path
):
    one_by_one = run_each(tmp_path / "a", landing, f"{catalogue} dbname=one_by_one", 1)
    at_once = run_each(tmp_path / "b", landing, f"{catalogue} dbname=at_once", 2)

    assert not went_on_together(one_by_one)
    assert went_on_together(at_once)
    for code in CODES:
        assert released(at_once[code]) == released(one_by_one[code])
    # Two that are told apart, or the rows of one could stand in the other unseen.
    assert released(at_once[CODES[0]]) != released(at_once[CODES[1]])
