"""A night on files in which everything that could name a child is one that can be found again."""

import datetime as dt
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.contracts import load_contracts
from orchestration.settings import PROJECT
from tests.canaries import Planted, kinds_in_rows, plant, search_bytes, search_database
from tests.end_to_end.nights import KEY, Night, run_night

pytestmark = pytest.mark.slow
AS_AT = dt.date(2026, 3, 31)
# The smallest county that sends every feed, and more than a thousand things to find.
COUNTY = ("--authorities", "2", "--senders", "1", "--children", "400", "--years", "2")
# What staff write for a board about a figure is no word of or about a person, and stays inside.
STAFF_NOTES = {
    "outcomes.indicator_stories.note_text",
    "outcomes.indicator_actions.action_text",
    "outcomes.self_evaluations.evidence_text",
}
# The country's directory: where every postcode lies, and who lives at none of them.
DIRECTORY = {"raw.reference__postcodes.postcode", "staging.stg_reference__postcodes.postcode"}
# What a file was called is told inside, and to whoever ran the night.
NAME = "file name"
NAMED = ("file_name", "compared_with", "reason", "notes")
FIRST_ROOMS = ("raw.", "staging.", "intermediate.")


@dataclass(frozen=True)
class Searched:
    """A night on planted files, and what was planted in them."""

    night: Night
    planted: Planted


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Searched:
    county = tmp_path_factory.mktemp("county")
    simulated = CliRunner().invoke(app, ["simulate", str(county), *COUNTY])
    assert simulated.exit_code == 0, simulated.output
    contracts = load_contracts(PROJECT / "expectations" / "extracts")
    planted = plant(county / "landing", contracts, AS_AT)
    night = run_night(tmp_path_factory.mktemp("data"), county / "landing")
    assert night.exit_code == 0, night.said
    return Searched(night, planted)


def _in(file: Path, planted: Planted) -> dict[str, set[str]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return search_database(connection, planted)


def _less_names(found: dict[str, set[str]]) -> dict[str, set[str]]:
    """What was found, less the names of files where files are told of."""
    left = {
        place: kinds - {NAME} if place.startswith("quality.") and place.endswith(NAMED) else kinds
        for place, kinds in found.items()
    }
    return {place: kinds for place, kinds in left.items() if kinds}


def test_more_than_a_thousand_were_planted_and_read(searched: Searched):
    """Else the search would find nothing because there was nothing."""
    counts = {kind: len(found) for kind, found in searched.planted.found_in.items()}
    assert sum(counts.values()) > 1_000
    assert {kind for kind, count in counts.items() if count < 10} == set()
    assert NAME in searched.planted.kinds_in(searched.night.said)
    assert "Quarantined rows" in searched.night.said and "Emptied cells" in searched.night.said
    held = {kind for kinds in _in(searched.night.warehouse, searched.planted).values()
            for kind in kinds}  # fmt: skip
    assert {"restricted", "record id", "day of birth"} <= held


def test_the_release_holds_none_of_it(searched: Searched):
    assert _in(searched.night.release, searched.planted) == {}


def test_the_internal_file_holds_nothing_but_what_staff_write_about_a_figure(searched: Searched):
    found = _less_names(_in(searched.night.internal, searched.planted))

    assert found == {place: {"restricted"} for place in STAFF_NOTES}


def test_the_warehouse_holds_days_of_birth_and_words_in_its_first_rooms_alone(searched: Searched):
    found = {
        place: kinds
        for place, kinds in _less_names(_in(searched.night.warehouse, searched.planted)).items()
        if place not in STAFF_NOTES | DIRECTORY
    }

    stray = {place: kinds for place, kinds in found.items() if not place.startswith(FIRST_ROOMS)}
    assert stray == {}
    nowhere = {"id", "pupil number", "postcode", "dropped", "unread"}
    assert {place: kinds & nowhere for place, kinds in found.items() if kinds & nowhere} == {}


def test_no_other_file_that_a_night_writes_holds_a_byte_of_it(searched: Searched):
    """Logs, run storage, what dbt leaves, the site, the manifest, and what the command said."""
    night = searched.night
    files = [path for path in night.data.rglob("*") if path.is_file()]
    inside = (night.warehouse.name, night.internal.name)
    # What is inside has tests of its own, and so has Parquet.
    written = [
        path for path in files
        if path.name not in inside and not {"parquet", "internal"} <= set(path.parts)
    ]  # fmt: skip
    assert {path.suffix for path in written} >= {".log", ".json", ".html", ".db", ".duckdb"}

    assert search_bytes(written, searched.planted) == {}
    assert searched.planted.kinds_in(night.said) == {NAME}


def test_parquet_holds_no_more_than_the_file_it_was_made_of(searched: Searched):
    """Its pages are packed: only its values tell."""
    notes = {f"{place.rpartition('.')[0].replace('.', '/')}.parquet" for place in STAFF_NOTES}
    with duckdb.connect() as connection:
        for path in searched.night.data.rglob("*.parquet"):
            kinds = kinds_in_rows(connection, f"read_parquet('{path}')", searched.planted)
            is_note = "internal" in path.parts and str(path).endswith(tuple(notes))
            if {"internal", "quality"} <= set(path.parts):
                kinds -= {NAME}
            assert kinds == ({"restricted"} if is_note else set()), path.name


def test_no_row_of_run_storage_holds_any_of_it(searched: Searched):
    """Value by value: a long one may be cut where a page of the file ends."""
    stores = [*searched.night.data.rglob("*.db")]
    assert stores
    with duckdb.connect() as connection:
        for store in stores:
            assert _in_sqlite(connection, store, searched.planted) == set(), store.name


def _in_sqlite(connection: duckdb.DuckDBPyConnection, store: Path, planted: Planted) -> set[str]:
    with sqlite3.connect(store) as opened:
        tables = opened.execute("select name from sqlite_master where type = 'table'").fetchall()
        return {
            kind
            for (table,) in tables
            for row in opened.execute(f'select * from "{table}"')
            for kind in planted.kinds_in(" ".join(map(str, row)))
        }


def test_no_file_holds_the_key(searched: Searched):
    written = [path for path in searched.night.data.rglob("*") if path.is_file()]
    assert [path.name for path in written if KEY.encode() in path.read_bytes()] == []
