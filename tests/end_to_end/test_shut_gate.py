"""A night on a bad file, between two on good ones, run as a user runs them."""

import hashlib
import shutil
from pathlib import Path

import pytest

from orchestration.night import FAILED, PUBLISHED, past_nights
from tests.end_to_end.nights import SAMPLES, Night, run_night

pytestmark = pytest.mark.slow
TABLE, CHECK = "intermediate.deprivation", "quintile_is_the_fifth_that_the_decile_is_in"
HEADINGS = "small_area_code,release_year,deprivation_decile,deprivation_quintile"


def send(landing: Path, *areas: tuple[str, int, int]) -> None:
    """The list of small areas, each with its tenth and its fifth, in place of the one before."""
    lines = [f"{area},2025,{decile},{quintile}" for area, decile, quintile in areas]
    (landing / "ref_deprivation.csv").write_text("\n".join([HEADINGS, *lines]) + "\n", "utf-8")


def as_published(night: Night) -> dict[str, str]:
    """Every published file with what is in it, as a hash."""
    return {
        str(file.relative_to(night.data)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted((night.data / "published").rglob("*"))
        if file.is_file()
    }


def test_a_bad_file_shuts_the_gate_over_yesterdays_publication_until_a_good_one_comes(tmp_path):
    data, landing = tmp_path / "data", tmp_path / "landing"
    for name in ("header.csv", "episodes.csv"):
        (landing / "999" / "ssda903_2026").mkdir(parents=True, exist_ok=True)
        returned = Path("999") / "ssda903_2026" / name
        shutil.copyfile(SAMPLES / returned, landing / returned)

    send(landing, ("E01999001", 1, 1), ("E01999002", 10, 5))
    first = run_night(data, landing, as_at="2026-03-31")
    assert first.exit_code == 0, first.said
    published = as_published(first)
    assert len(published) > 10

    # The last tenth is no part of the first fifth.
    send(landing, ("E01999001", 1, 1), ("E01999002", 10, 1))
    second = run_night(data, landing, as_at="2026-04-01")
    assert second.exit_code == 1, second.said
    assert "Nothing was published: what was published before stays as it was." in second.said
    assert f"gate_on_tables: shut by {TABLE} {CHECK} (1 of 2 rows)" in second.said
    assert as_published(second) == published
    stopped = past_nights(data / "warehouse")[-1]
    assert (stopped.outcome, stopped.failed_step) == (FAILED, "gate_on_tables")
    assert stopped.reason == f"shut by {TABLE} {CHECK} (1 of 2 rows)"

    send(landing, ("E01999001", 1, 1), ("E01999002", 10, 5), ("E01999003", 2, 1))
    third = run_night(data, landing, as_at="2026-04-02")
    assert third.exit_code == 0, third.said
    assert past_nights(data / "warehouse")[-1].outcome == PUBLISHED
    assert as_published(third) != published
    # Every night is remembered, the one that was stopped as well.
    assert third.ask(
        "select strftime(as_at_date, '%d %B'), passed, unexpected_count from quality.check_history "
        f"where table_name = '{TABLE}' and check_name = '{CHECK}' order by as_at_date"
    ) == [("31 March", True, 0), ("01 April", False, 1), ("02 April", True, 0)]
