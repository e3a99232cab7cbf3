"""What a simulation is asked for."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np


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
