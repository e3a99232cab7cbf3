"""Dice, days and frames: what every stage of the simulation draws and counts with.

A frame is a dict of equally long numpy columns. Days are ``datetime64[D]`` with ``NaT`` where
nothing happened, text is ``""`` where nothing is written; both become null in the database.
"""

import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orchestration.simulate.rates import Rates

Column = NDArray[Any]
Frame = dict[str, Column]

NO_DAY = np.datetime64("NaT", "D")


class Draws:
    """The dice of one stage of one authority.

    Each stage has a stream of its own, named after it: a new stage, or one more draw in an old
    one, leaves what the others draw as it was.
    """

    def __init__(self, seed: int, rates: Rates, *stage: str | int) -> None:
        key = [part if isinstance(part, int) else zlib.crc32(part.encode()) for part in stage]
        self.rng = np.random.Generator(
            np.random.PCG64(np.random.SeedSequence(entropy=seed, spawn_key=key))
        )
        self.rates = rates

    def chance(self, share: float | Column, size: int) -> Column:
        """True with the given probability, ``size`` times."""
        return self.rng.random(size) < share

    def chance_of(self, rate: str, size: int) -> Column:
        """True with the probability that the rate of this name says."""
        return self.chance(self.rates[rate], size)

    def between(self, low: int | Column, high: int | Column, size: int) -> Column:
        """Whole numbers, both ends included."""
        return self.rng.integers(low, np.asarray(high) + 1, size)

    def days(self, mean: float | Column, size: int, shape: float = 1.5) -> Column:
        """Waiting times in whole days, at least one, gamma distributed about ``mean``."""
        return 1 + (self.rng.gamma(shape, 1.0, size) * (np.asarray(mean) / shape)).astype(np.int64)

    def days_of(self, rate: str, size: int, shape: float = 1.5) -> Column:
        """Waiting times about the mean that the rate of this name says."""
        return self.days(self.rates[rate], size, shape)

    def pick(self, mix: str, size: int) -> Column:
        """Codes drawn with the weights of a mix that has no bands."""
        ((_, codes, shares),) = self.rates.mix(mix)
        return codes[np.searchsorted(np.cumsum(shares)[:-1], self.rng.random(size), side="right")]

    def pick_by(self, mix: str, values: Column) -> Column:
        """Codes drawn with the weights of the band each value falls in, its upper end excluded."""
        bands = self.rates.mix(mix)
        longest = max(codes.dtype.itemsize for _, codes, _ in bands)
        picked = np.empty(len(values), dtype=f"U{longest // 4}")
        at = self.rng.random(len(values))
        band_of = np.searchsorted([upper for upper, _, _ in bands], values, side="right")
        for number, (_, codes, shares) in enumerate(bands):
            here = np.minimum(band_of, len(bands) - 1) == number
            picked[here] = codes[np.searchsorted(np.cumsum(shares)[:-1], at[here], side="right")]
        return picked


# ---- days ----


def day(text: str) -> np.datetime64:
    """One day."""
    return np.datetime64(text, "D")


def birthday(born: Column, years: int | Column) -> Column:
    """The day somebody turns so many years old; nobody here is born on 29 February."""
    month = born.astype("M8[M]")
    months = (month.astype(np.int64) + 12 * np.asarray(years)).astype("M8[M]")
    turned: Column = months.astype("M8[D]") + (born - month.astype("M8[D]"))
    turned[np.isnat(born)] = NO_DAY
    return turned


def age_on(born: Column, on: Column | np.datetime64) -> Column:
    """Completed years; negative before birth."""
    on = np.broadcast_to(np.asarray(on, dtype="M8[D]"), born.shape)
    years = on.astype("M8[Y]").astype(np.int64) - born.astype("M8[Y]").astype(np.int64)
    completed: Column = years - (on < birthday(born, years)).astype(np.int64)
    return completed


def exact_age(born: Column, on: Column) -> Column:
    """Age in years and fractions."""
    years: Column = (on - born).astype(np.int64) / 365.25
    return years


def reporting_year(days: Column) -> Column:
    """The year in which the reporting year of each day ends: that of the 31 March to come."""
    year: Column = (days.astype("M8[M]").astype(np.int64) + 1969 * 12 + 9) // 12 + 1
    return year


def earliest(*days: Column) -> Column:
    """The first day that is known, row by row."""
    first = days[0]
    for other in days[1:]:
        first = np.fmin(first, other)
    return first


def _bank_holidays() -> Column:
    """Bank holidays of England, by rule, with the extra ones and the moved ones of each year."""
    days = []
    moved = {"2020-05-04": "2020-05-08", "2022-05-30": "2022-06-02"}
    extra = ["2011-04-29", "2012-06-05", "2022-06-03", "2022-09-19", "2023-05-08"]
    for year in range(1990, 2041):
        easter = _easter(year)
        months = np.array([f"{year}-05-01", f"{year}-06-01"], dtype="M8[D]")
        mays = np.busday_offset(months, np.array([0, -1]), "forward", weekmask="Mon")
        august = np.busday_offset(f"{year}-09-01", -1, "forward", weekmask="Mon")
        days += [easter - 2, easter + 1, *mays, august]
        days.append(np.busday_offset(f"{year}-01-01", 0, "forward"))
        christmas = np.busday_offset(f"{year}-12-25", 0, "forward")
        days += [christmas, np.busday_offset(f"{year}-12-26", 0, "forward")]
        if days[-1] == christmas:
            days[-1] = christmas + 1
    return np.array([moved.get(str(d), str(d)) for d in days] + extra, dtype="M8[D]")


def _easter(year: int) -> np.datetime64:
    """Easter Sunday, by the anonymous Gregorian computation."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    last = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * last) // 433
    month = (h + last - 7 * m + 90) // 25
    return day(f"{year}-{month:02}-{(h + last - 7 * m + 33 * month + 19) % 32:02}")


WORKING = np.busdaycalendar(holidays=_bank_holidays())


def working(days: Column, ahead: int | Column = 0) -> Column:
    """The working day on or after each day, and so many working days after that; keeps NaT."""
    known = ~np.isnat(days)
    ahead = np.broadcast_to(ahead, days.shape)
    result = np.full(days.shape, NO_DAY)
    result[known] = np.busday_offset(days[known], ahead[known], "forward", busdaycal=WORKING)
    return result


# ---- frames ----


def rows(frame: Frame) -> int:
    """How many rows a frame has."""
    return len(next(iter(frame.values()))) if frame else 0


def take(frame: Frame, which: Column) -> Frame:
    """The rows that a mask or a list of positions names."""
    return {name: column[which] for name, column in frame.items()}


def stack(frames: Sequence[Frame]) -> Frame:
    """Frames with the same columns one below the other."""
    return {name: np.concatenate([frame[name] for frame in frames]) for name in frames[0]}


def sort(frame: Frame, by: Iterable[str]) -> Frame:
    """The rows in the order of the named columns."""
    return take(frame, np.lexsort([frame[name] for name in reversed(list(by))]))


def repeat(counts: Column) -> tuple[Column, Column]:
    """For each of ``counts[i]`` copies of row i: i, and the number of the copy from 0."""
    of = np.repeat(np.arange(len(counts)), counts)
    starts = np.cumsum(counts) - counts
    return of, np.arange(len(of)) - starts[of]


def latest_value(known: Column, group: Column, values: Column) -> Column:
    """The value of the last row so far, of the same group, that is known; rows are in order.

    The first row of every group is known.
    """
    position = np.maximum.accumulate(np.where(known, np.arange(len(values)), 0))
    if len(values) and not known[np.unique(group, return_index=True)[1]].all():
        raise ValueError("the first row of a group has no value to hand on")
    filled: Column = values[position]
    return filled


def nullable(values: Column, known: Column) -> np.ma.MaskedArray[Any, Any]:
    """A column that is null where it is not known."""
    return np.ma.MaskedArray(values, mask=~known)
