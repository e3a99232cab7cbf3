"""A night under an encryption key, and the same without a child who was in it."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.database import is_encrypted, open_database
from orchestration.erase import rows_about
from orchestration.settings import PROJECT
from tests.end_to_end.nights import KEY, SAMPLES, SAMPLES_AS_AT, Night, run_night
from tests.extensions import needs_encryption

pytestmark = [pytest.mark.slow, needs_encryption]
ENCRYPTION_KEY = "an encryption key for tests that nobody keeps secret"
CHOSEN = """
    select child_id from cohorts.cohort_snapshots
    where cohort_code = 'in_care' group by child_id order by count(*) desc, child_id limit 1
"""
COUNTED = """
    select n_denominator from outcomes.indicator_values
    where indicator_id = 'dorset_children_in_care_number' and breakdown = 'all'
        and period_type = 'month' order by period_id
"""


@dataclass(frozen=True)
class Erased:
    """What a night knew of a child, and what is left after they were erased."""

    night: Night
    landing: Path
    child_id: str
    numbers: list[str]
    counted_before: list[tuple[object, ...]]
    said: str
    exit_code: int


@pytest.fixture(scope="module")
def erased(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Erased]:
    folder = tmp_path_factory.mktemp("erased")
    landing = shutil.copytree(SAMPLES, folder / "landing")
    with pytest.MonkeyPatch.context() as given:
        given.setenv("OUTCOMES_ENCRYPTION_KEY", ENCRYPTION_KEY)
        given.setenv("OUTCOMES_LANDING", str(landing))
        night = run_night(folder / "data", landing, as_at=SAMPLES_AS_AT)
        assert night.exit_code == 0, night.said
        with open_database(night.internal, ENCRYPTION_KEY, read_only=True) as internal:
            ((child_id,),) = internal.execute(CHOSEN).fetchall()
            counted = internal.execute(COUNTED).fetchall()
        told = _outcomes(night, "reidentify", child_id, "--why", "to look for the numbers")
        numbers = sorted(set(re.findall(r"^  \w+ \w+ (\S+):", told.stdout, re.MULTILINE)))
        done = _outcomes(night, "erase", "--child-id", child_id, "--why", "a test", "--yes")
        yield Erased(
            night, landing, child_id, numbers, counted, done.stdout + done.stderr, done.returncode
        )


def _outcomes(night: Night, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "OUTCOMES_DATA": str(night.data), "OUTCOMES_PSEUDONYM_KEY": KEY}
    return subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *arguments],
        cwd=PROJECT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_child_is_gone_from_every_landed_file_and_every_table(erased: Erased):
    assert erased.exit_code == 0, erased.said
    assert len(erased.numbers) >= 2
    for path in (path for path in erased.landing.rglob("*") if path.is_file()):
        text = path.read_text("utf-8", errors="ignore")
        assert not any(re.search(rf"\b{number}\b", text) for number in erased.numbers), path.name
    for file in (erased.night.warehouse, erased.night.internal):
        with open_database(file, ENCRYPTION_KEY, read_only=True) as connection:
            assert rows_about(connection, [erased.child_id]) == {}
    with duckdb.connect(str(erased.night.release), read_only=True) as release:
        assert rows_about(release, [erased.child_id]) == {}


def test_no_file_but_the_list_and_the_log_of_who_asked_names_the_child(erased: Erased):
    named = {
        path.name
        for path in erased.night.data.rglob("*")
        if path.is_file() and erased.child_id.encode() in path.read_bytes()
    }
    assert named == {"erased.csv", "audit.log"}
    first, second = map(json.loads, (erased.night.data / "audit.log").read_text().splitlines())
    assert (first["what"], second["what"]) == ("reidentify", "erase")
    assert erased.child_id not in json.dumps(second) and second["rows_by_file"]


def test_the_figures_are_as_at_the_same_day_and_count_the_child_no_more(erased: Erased):
    with open_database(erased.night.internal, ENCRYPTION_KEY, read_only=True) as internal:
        counted = internal.execute(COUNTED).fetchall()
    lost = [
        before - after for (before,), (after,) in zip(erased.counted_before, counted, strict=True)
    ]
    assert set(lost) <= {0, 1} and sum(lost) > 0


def test_what_is_kept_inside_is_encrypted_and_the_key_is_in_no_file(erased: Erased):
    assert is_encrypted(erased.night.warehouse) and is_encrypted(erased.night.internal)
    assert not is_encrypted(erased.night.release)
    written = [path for path in erased.night.data.rglob("*") if path.is_file()]
    secrets = (ENCRYPTION_KEY.encode(), KEY.encode())
    holding = [p.name for p in written if any(secret in p.read_bytes() for secret in secrets)]
    assert holding == []
