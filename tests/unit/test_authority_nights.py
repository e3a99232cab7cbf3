"""Nights of many authorities: what is run, what is tried again, and what one failure stops."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from orchestration import authority_defs
from orchestration.authority_nights import (
    ANOTHER_NIGHT,
    NOT_PUBLISHED,
    NOT_SET_UP,
    PUBLISHED,
    Ended,
    NothingLanded,
    authorities_to_run,
    publications,
)
from orchestration.settings import Settings

KILLED = -9


def ended(authority: str = "201", exit_code: int = PUBLISHED, failed_step: str = "") -> Ended:
    return Ended(authority, exit_code, failed_step, Path("said.txt"))


def settings(data: Path) -> Settings:
    return Settings.from_environment(
        {"OUTCOMES_DATA": str(data), "OUTCOMES_PSEUDONYM_KEY": "k" * 40}
    )


@pytest.mark.parametrize(
    ("exit_code", "failed_step", "again"),
    [
        (PUBLISHED, "", False),
        (NOT_PUBLISHED, "gate_on_extracts", False),
        (NOT_PUBLISHED, "land_extracts", True),
        (NOT_SET_UP, "", False),
        (ANOTHER_NIGHT, "", True),
        (KILLED, "", True),
    ],
)
def test_a_night_is_tried_again_where_that_may_help(exit_code, failed_step, again):
    assert ended("201", exit_code, failed_step).is_worth_another_try is again


def test_the_authorities_to_run_are_those_that_landed_something(tmp_path: Path):
    with pytest.raises(NothingLanded, match="three-digit code"):
        authorities_to_run(settings(tmp_path))
    for code in ("202", "201"):
        (tmp_path / "landing" / code).mkdir(parents=True)
        (tmp_path / "landing" / code / "file.csv").touch()

    assert authorities_to_run(settings(tmp_path)) == ["201", "202"]


def test_only_who_has_published_is_put_together(tmp_path: Path):
    for code in ("201", "202"):
        (tmp_path / "authorities" / code / "published").mkdir(parents=True)
    (tmp_path / "authorities" / "202" / "published" / "manifest.json").touch()

    assert list(publications(tmp_path)) == ["202"]


# ---- the job ----


@pytest.fixture
def nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Ended]]:
    """How the nights of each authority end, in their order; none is really run."""
    to_come: dict[str, list[Ended]] = {}
    monkeypatch.setenv("OUTCOMES_DATA", str(tmp_path))
    monkeypatch.setenv("OUTCOMES_PSEUDONYM_KEY", "k" * 40)
    monkeypatch.setenv("OUTCOMES_AS_AT", "2026-03-31")
    monkeypatch.setattr(authority_defs, "SECONDS_BEFORE_RETRY", 0)

    def run(authority: str, as_at_date: dt.date, landing: Path) -> Ended:
        assert as_at_date == dt.date(2026, 3, 31)
        return replace(to_come[authority].pop(0), authority=authority)

    monkeypatch.setattr(authority_defs, "run_night_of", run)
    monkeypatch.setattr(authority_defs, "_publish", lambda: {"publication": 1})
    return to_come


def run_job(authorities: list[str]) -> dg.ExecuteInProcessResult:
    return authority_defs.every_authority.execute_in_process(
        run_config={"ops": {"landed": {"config": {"authorities": authorities}}}},
        raise_on_error=False,
    )


def materialised(result: dg.ExecuteInProcessResult) -> list[tuple[str, str | None]]:
    events = [event.step_materialization_data.materialization for event in result.all_events
              if event.event_type == dg.DagsterEventType.ASSET_MATERIALIZATION]  # fmt: skip
    return sorted((one.asset_key.path[-1], one.partition) for one in events)


def test_every_night_that_published_is_a_partition_and_all_are_published_together(nights):
    nights |= {"201": [ended()], "202": [ended()]}
    result = run_job(["201", "202"])

    assert result.success
    assert materialised(result) == [("night", "201"), ("night", "202"), ("published", None)]


def test_a_shut_gate_stops_nobody_else_and_is_told_at_the_end(nights):
    nights |= {"201": [ended(exit_code=NOT_PUBLISHED, failed_step="gate_on_tables")],
               "202": [ended()]}  # fmt: skip
    result = run_job(["201", "202"])

    assert not result.success
    assert materialised(result) == [("night", "202"), ("published", None)]
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert failure.step_key == "publication"
    told = failure.step_failure_data.user_failure_data
    assert told is not None and "201 not published: it failed at gate_on_tables" in told.description
    assert nights["201"] == []


def test_a_night_that_was_killed_is_run_once_more(nights):
    nights |= {"201": [ended(exit_code=KILLED), ended()]}

    assert run_job(["201"]).success
    assert nights["201"] == []


def test_a_night_that_is_killed_each_time_is_given_up(nights):
    nights |= {"201": [ended(exit_code=KILLED)] * 3}

    assert not run_job(["201"]).success
    assert len(nights["201"]) == 1


def test_dagster_shows_a_partition_for_each_authority_that_landed(tmp_path: Path):
    (tmp_path / "201").mkdir()
    (tmp_path / "201" / "file.csv").touch()
    found = authority_defs.build_authority_defs(tmp_path).resolve_assets_def(authority_defs.NIGHT)

    assert found.partitions_def is not None
    assert found.partitions_def.get_partition_keys() == ["201"]


@pytest.mark.parametrize(("asked", "at_once"), [({}, 2), ({"max_concurrent": 1}, 1)])
def test_as_many_nights_go_on_at_once_as_a_run_asks_for(asked: dict[str, int], at_once: int):
    told = dg.validate_run_config(
        authority_defs.every_authority,
        {
            "ops": {"landed": {"config": {"authorities": ["201", "202"]}}},
            "execution": {"config": asked},
        },
    )

    assert told["execution"]["multiprocess"]["max_concurrent"] == at_once
