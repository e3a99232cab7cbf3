"""What a simulation is asked for."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from orchestration.settings import PROJECT

PRESETS = PROJECT / "seeds" / "simulation" / "presets.csv"
AS_AT = date(2026, 3, 31)


class Errors(StrEnum):
    """How faulty the written files are."""

    NONE = "none"
    REALISTIC = "realistic"
    HOSTILE = "hostile"


class BadOptions(ValueError):
    """The simulation cannot be made as asked; says why."""


@dataclass(frozen=True)
class Options:
    """One simulation. The same options give the same bytes."""

    as_at: date
    authorities: int = 4
    # Children aged 0 to 17 who live in the first authority; the others are of other sizes.
    children: int = 12_000
    years: int = 6
    seed: int = 1
    # How many of the authorities send extracts; the others are known by published figures alone.
    senders: int | None = None
    # Family and form where it is not the usual one: ``ssda903=xml``.
    formats: tuple[str, ...] = ()
    errors: Errors = Errors.NONE
    scenarios: tuple[str, ...] = ()
    # Scenario, parameter, value: what the seed says unless given here.
    parameters: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.authorities < 1 or self.children < 200 or not 1 <= self.years <= 12:
            raise BadOptions(
                "A simulation needs an authority or more, 200 children or more and 1 to 12 years."
            )
        if self.senders is not None and not 0 < self.senders <= self.authorities:
            raise BadOptions(
                f"Of {self.authorities} authorities, {self.senders} cannot send extracts."
            )
        for form in self.formats:
            if not all(form.partition("=")):
                raise BadOptions(f"A form is given as family=form, as in ssda903=xml, not {form}.")

    @property
    def last_year(self) -> int:
        """The reporting year that the as-at date lies in."""
        return self.as_at.year + (self.as_at.month > 3)

    @property
    def first_year(self) -> int:
        """The reporting year of the first return."""
        return self.last_year - self.years + 1

    @property
    def last_day(self) -> np.datetime64:
        """The last day of the world."""
        return np.datetime64(self.as_at, "D")

    @property
    def written_from(self) -> np.datetime64:
        """First day of the first written year."""
        return np.datetime64(f"{self.first_year - 1}-04-01", "D")

    @property
    def detail_from(self) -> np.datetime64:
        """Visits, reviews and checks happen from here on: two years before anything is written,
        so that the first return meets settled histories."""
        return np.datetime64(f"{self.first_year - 3}-04-01", "D")

    @property
    def lives_from(self) -> np.datetime64:
        """The first birth: whoever is a care leaver of 25 in the first year has lived it all."""
        return np.datetime64(f"{self.first_year - 27}-04-01", "D")


def options_from(preset: str | None, given: Mapping[str, Any], presets: Path = PRESETS) -> Options:
    """Options as they are written on a command line: what is given goes before what a preset says,
    and that before what is usual.

    Args:
        preset: a name in ``presets.csv``, or None.
        given: ``authorities``, ``senders``, ``children``, ``years``, ``seed``, ``as_at`` (text),
            ``errors``, ``formats`` and ``scenarios``; None or empty where nothing is said.
        presets: the seed with each preset's options.

    Raises:
        BadOptions: something is unknown, or cannot be met.
    """
    chosen = {**_preset(preset, presets), **{k: v for k, v in given.items() if v not in (None, ())}}
    as_at = chosen.pop("as_at", None)
    errors = str(chosen.pop("errors", Errors.NONE))
    if errors not in list(Errors):
        raise BadOptions(f"There is no error profile {errors}: it is one of {', '.join(Errors)}.")
    scenarios, parameters = _scenarios(chosen.pop("scenarios", ()))
    return Options(
        as_at=_day(as_at) if as_at else AS_AT,
        errors=Errors(errors),
        scenarios=scenarios,
        parameters=parameters,
        **chosen,
    )


def _preset(name: str | None, file: Path) -> dict[str, Any]:
    if name is None:
        return {}
    found: dict[str, dict[str, Any]] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            options = found.setdefault(row["preset"], {})
            if row["option"] == "scenarios":
                options["scenarios"] = (*options.get("scenarios", ()), row["value"])
            else:
                options[row["option"]] = int(row["value"])
    if name not in found:
        raise BadOptions(f"There is no preset {name}: it is one of {', '.join(found)}.")
    return found[name]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadOptions(f"{text} is no day: write it as 2026-03-31.") from error


def _scenarios(
    written: Sequence[str],
) -> tuple[tuple[str, ...], dict[tuple[str, str], str]]:
    """Scenarios, and the parameters written after them, as in ``step_change:factor=2``."""
    names, parameters = [], {}
    for text in written:
        name, _, told = text.partition(":")
        names.append(name)
        for pair in filter(None, told.split(",")):
            parameter, equals, value = pair.partition("=")
            if not equals:
                raise BadOptions(f"{pair} says no value: write it as {name}:{pair}=2.")
            parameters[name, parameter] = value
    return tuple(dict.fromkeys(names)), parameters
