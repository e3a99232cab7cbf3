"""Measures of case events name kinds of event and codes that there are; any other counts nobody."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from orchestration.simulate.draws import WORKING

PROJECT = Path(__file__).parents[2]
EVENTS = PROJECT / "models" / "intermediate" / "events" / "int_case_events.sql"


def rows_of(seed: str) -> list[dict[str, str]]:
    """Rows of a seed."""
    with (PROJECT / "seeds" / f"{seed}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def asked_for() -> list[dict[str, str]]:
    """What the measures ask of events."""
    return rows_of("framework/event_measures") + rows_of("framework/followed_up_events")


def named_codes() -> Iterator[str]:
    """Codes that the measures count, leave out or do not know."""
    for row in asked_for():
        for column, codes in row.items():
            if column.endswith("_codes") and codes:
                yield from codes.split(";")


def test_measures_ask_for_kinds_of_event_that_there_are() -> None:
    kinds = set(re.findall(r"'(\w+)' as event_kind", EVENTS.read_text(encoding="utf-8")))

    assert {row["event_kind"] for row in asked_for()} <= kinds
    assert {row["after_kind"] for row in asked_for() if row.get("after_kind")} <= kinds


def test_measures_ask_for_codes_that_an_event_can_have() -> None:
    of_returns = {row["code"] for row in rows_of("codes/codes")}
    own = set(re.findall(r"'[;]?(\w+)'", EVENTS.read_text(encoding="utf-8")))

    assert set(named_codes()) <= of_returns | own


def test_a_followed_up_measure_has_an_index_and_something_that_is_looked_for() -> None:
    parts = {(row["measure_code"], row["part"]) for row in rows_of("framework/followed_up_events")}

    for row in rows_of("framework/followed_up_measures"):
        assert (row["measure_code"], "index") in parts
        assert (row["measure_code"], "return") in parts


def test_bank_holidays_are_those_that_follow_from_the_rule() -> None:
    listed = {row["holiday_date"] for row in rows_of("calendar/bank_holidays")}
    years = {day[:4] for day in listed}

    assert listed == {str(day) for day in WORKING.holidays if str(day)[:4] in years}
