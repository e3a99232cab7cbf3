"""What `outcomes status` says, and with what it ends."""

import datetime as dt
import json
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.contracts import load_contracts
from orchestration.feeds import (
    Feed,
    Freshness,
    read_feeds,
    read_freshness,
    stale_feeds,
    write_feeds,
)
from orchestration.night import Night, note_failed_step, note_published, note_step, one_night
from orchestration.settings import PROJECT
from orchestration.status import HOURS_UNTIL_LATE, Status, as_text, status

FRESHNESS = PROJECT / "seeds" / "case_model" / "feed_freshness.csv"


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    return tmp_path / "warehouse" / "warehouse.duckdb"


def a_night(warehouse: Path, as_at: str, failed_step: str = "", publishes: bool = True) -> None:
    with one_night(warehouse, as_at):
        if failed_step:
            note_failed_step(warehouse.parent, failed_step, "shut by critical checks")
        if publishes:
            note_published(warehouse.parent)


def now(hours: float = 0) -> dt.datetime:
    return dt.datetime.now().astimezone() + dt.timedelta(hours=hours)


def look(warehouse: Path, hours: float = 0) -> Status:
    return status(warehouse.parent, FRESHNESS, now(hours))


def test_before_the_first_night_there_is_something_to_do(warehouse: Path):
    found = look(warehouse)

    assert found.exit_code == 1
    assert "No night has run yet" in as_text(found)


def test_after_a_night_that_published_all_is_well(warehouse: Path):
    a_night(warehouse, "2026-03-31")
    found = look(warehouse)

    assert found.exit_code == 0
    assert "as at 2026-03-31" in as_text(found) and "All is well" in as_text(found)


def test_a_shut_gate_is_named_and_the_last_good_night_is_the_one_before(warehouse: Path):
    a_night(warehouse, "2026-03-30")
    a_night(warehouse, "2026-03-31", failed_step="gate_on_tables", publishes=False)
    found = look(warehouse)

    assert found.exit_code == 1
    assert found.gate_shut == "gate_on_tables"
    assert found.last_good and found.last_good.as_at_date == "2026-03-30"
    assert "gate_on_tables is shut" in as_text(found)


def test_a_failed_step_behind_the_publication_is_told_but_the_night_was_good(warehouse: Path):
    a_night(warehouse, "2026-03-31", failed_step="published__site")
    found = look(warehouse)

    assert found.last_good and found.last_good.as_at_date == "2026-03-31"
    assert "failed at published__site" in as_text(found)


def test_some_tables_made_anew_from_dagsters_page_are_no_failed_night(warehouse: Path):
    a_night(warehouse, "2026-03-30")
    a_night(warehouse, "2026-03-31", publishes=False)

    assert look(warehouse).exit_code == 0


def test_a_killed_night_is_told_before_any_other_has_come(warehouse: Path):
    a_night(warehouse, "2026-03-30")
    with one_night(warehouse, "2026-03-31"):
        note_step(warehouse.parent, "gate_on_tables")
        left = (warehouse.parent / "night_running.json").read_bytes()
        assert "going on, gate_on_tables is done" in as_text(look(warehouse))
    (warehouse.parent / "nights.jsonl").write_text(
        (warehouse.parent / "nights.jsonl").read_text("utf-8").splitlines(keepends=True)[0], "utf-8"
    )
    (warehouse.parent / "night_running.json").write_bytes(left)
    found = look(warehouse)

    assert not found.is_running
    assert found.last and found.last.outcome == "broken off"
    assert "broken off after gate_on_tables" in as_text(found)


@pytest.mark.parametrize(
    ("hours", "said"),
    [(HOURS_UNTIL_LATE - 1, ""), (HOURS_UNTIL_LATE + 1, "for 37 hours"), (-2, "clock")],
)
def test_a_schedule_that_sleeps_and_a_clock_that_was_set_back_are_told(warehouse, hours, said):
    a_night(warehouse, "2026-03-31")
    found = look(warehouse, hours)

    assert bool(found.problems) is bool(said)
    assert said in " ".join(found.problems)


def test_a_feed_is_stale_when_its_next_delivery_should_have_come():
    rules = {"ssd": Freshness(4, "sent every night"), "local__zones": Freshness(None, "rarely")}
    feeds = [
        Feed("201", "ssd", dt.date(2026, 3, 27)),
        Feed("202", "ssd", dt.date(2026, 3, 26)),
        Feed("202", "local__zones", dt.date(2001, 1, 1)),
        Feed("203", "", None, refused_count=2),
    ]

    stale = stale_feeds(feeds, rules, dt.date(2026, 3, 31))

    assert [(feed.local_authority_code, feed.feed) for feed in stale] == [
        ("202", "ssd"),
        ("203", ""),
    ]
    assert stale[0].reason.startswith("5 days old; sent every night")
    assert "2 files were refused" in stale[1].reason


def test_what_is_written_down_is_the_newest_of_each_feed_and_what_was_refused(tmp_path: Path):
    with duckdb.connect() as connection:
        connection.execute("create schema quality")
        connection.execute(
            """
            create table quality.extract_files as
            select * from (values
                ('a', 'ssda903', 'ssda903__header', '201', 2025, null::date, 'superseded'),
                ('b', 'ssda903', 'ssda903__header', '201', 2026, null, 'loaded'),
                ('c', 'local', 'local__staff', '201', null, date '2026-02-28', 'loaded'),
                ('d', 'local', 'local__spend', '201', null, date '2026-01-31', 'loaded'),
                ('e', null, null, '201', null, null, 'refused')
            ) as files (
                file_name, family, extract, local_authority_code, return_year, exported_date, status
            )
            """
        )
        write_feeds(connection, tmp_path)

    assert {(feed.feed, feed.newest_date, feed.refused_count) for feed in read_feeds(tmp_path)} == {
        ("ssda903", dt.date(2026, 3, 31), 0),
        ("local__staff", dt.date(2026, 2, 28), 0),
        ("local__spend", dt.date(2026, 1, 31), 0),
        ("", None, 1),
    }


def test_every_rule_is_about_a_feed_that_there_is():
    contracts = load_contracts(PROJECT / "expectations" / "extracts")
    feeds = {contract.family for contract in contracts.values()} | set(contracts)

    assert set(read_freshness(FRESHNESS)) <= feeds


def test_the_command_says_the_same_to_a_machine(monkeypatch, tmp_path: Path):
    monkeypatch.setenv("OUTCOMES_DATA", str(tmp_path))
    a_night(tmp_path / "warehouse" / "warehouse.duckdb", "2026-03-31")
    result = CliRunner().invoke(app, ["status", "--json"])

    assert result.exit_code == 0
    told = json.loads(result.output)
    assert Night(**told["last_good"]).outcome == "published"
