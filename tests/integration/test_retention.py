"""Landed files are kept as long as their feed says, and no longer."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

from typer.testing import CliRunner

from orchestration import audit
from orchestration.cli import app
from orchestration.privacy_cli import RETENTION
from orchestration.retention import Period, kept_files, load_periods, over
from orchestration.settings import Settings
from tests.contract_files import a_csv
from tests.factories import AUTHORITY, KEY, a_landing, an_episode, episodes, the_contracts

PERIODS = {
    "ssda903": Period(years=7, why="a trend"),
    "ssd": Period(years=1, keeps_newest=True, why="each holds everything"),
}


def a_folder(folder: Path) -> Settings:
    old = an_episode(DECOM="01/05/2018")
    person = {"pers_person_id": "1001"}
    files = {
        f"{AUTHORITY}/2019/episodes.csv": episodes(old),
        f"{AUTHORITY}/2026/episodes.csv": episodes(),
        f"{AUTHORITY}/2024-03-31/ssd_person.csv": a_csv("ssd__person", person),
        f"{AUTHORITY}/2024-06-30/ssd_person.csv": a_csv("ssd__person", person, {}),
        f"{AUTHORITY}/notes.csv": "who,what\nnobody,nothing\n",
        "published/ref_postcodes.csv": a_csv("reference__postcodes"),
    }
    landing = a_landing(folder / "landing", files)
    return Settings(landing, folder / "data", dt.date(2026, 3, 31), None, KEY)


def test_a_return_is_kept_from_the_end_of_its_year_and_a_system_until_it_is_exported_again(
    tmp_path: Path,
):
    settings = a_folder(tmp_path)
    files = {file.name: file for file in kept_files(settings, the_contracts(), PERIODS)}

    assert files[f"{AUTHORITY}/2019/episodes.csv"].until == dt.date(2026, 3, 31)
    assert files[f"{AUTHORITY}/2026/episodes.csv"].until == dt.date(2033, 3, 31)
    assert files[f"{AUTHORITY}/2024-03-31/ssd_person.csv"].until == dt.date(2025, 3, 31)
    assert files[f"{AUTHORITY}/2024-06-30/ssd_person.csv"].why_kept == "the newest of its kind"
    assert "look at it" in files[f"{AUTHORITY}/notes.csv"].why_kept
    assert files["published/ref_postcodes.csv"].why_kept == "it holds nobody"


def test_the_last_day_still_counts_and_the_day_after_is_over(tmp_path: Path):
    files = kept_files(a_folder(tmp_path), the_contracts(), PERIODS)
    of_2019 = f"{AUTHORITY}/2019/episodes.csv"

    assert of_2019 not in {file.name for file in over(files, dt.date(2026, 3, 31))}
    assert of_2019 in {file.name for file in over(files, dt.date(2026, 4, 1))}


def test_what_is_over_is_removed_when_it_is_asked_for_and_written_down(tmp_path: Path, monkeypatch):
    settings = replace(a_folder(tmp_path), as_at_date=dt.date(2026, 4, 1))
    for name, value in {
        "OUTCOMES_PSEUDONYM_KEY": KEY.decode(), "OUTCOMES_DATA": str(settings.data),
        "OUTCOMES_LANDING": str(settings.landing), "OUTCOMES_AS_AT": "2026-04-01",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)

    listed = CliRunner().invoke(app, ["retention"])
    assert listed.exit_code == 1 and "2 of 6 landed files" in listed.output
    assert (settings.landing / AUTHORITY / "2019" / "episodes.csv").exists()

    removed = CliRunner().invoke(app, ["retention", "--remove", "--yes"])
    assert removed.exit_code == 0, removed.output
    left = {path.parent.name for path in settings.landing.rglob("*.csv")}
    assert left == {"2026", "2024-06-30", AUTHORITY, "published"}
    (entry,) = audit.read(settings.audit_log)
    assert entry["what"] == "retention" and len(entry["removed"]) == 2
    assert CliRunner().invoke(app, ["retention"]).exit_code == 0


def test_every_family_that_holds_people_says_how_long_it_is_kept_and_why():
    families = {c.family for c in the_contracts().values() if not c.is_reference}
    periods = load_periods(RETENTION)

    assert set(periods) == families
    assert all(period.why for period in periods.values())
