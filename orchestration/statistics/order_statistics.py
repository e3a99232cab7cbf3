"""A percentile and its limits, which are two of the values themselves.

How many of n values lie below a percentile is binomial, whatever the values are; so limits that
hold it so often are those of two ranks (Armitage and Berry 2002).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class Ranks:
    """Places of the limits among the values in order, from 1; none where that limit would lie
    beyond the first or last value."""

    lower: int | None
    upper: int | None


@dataclass(frozen=True)
class Percentile:
    """The estimate, its ranks and its limits, in the unit of the values."""

    estimate: float
    ranks: Ranks
    lower: float | None
    upper: float | None


def ranks_of(count: int, share: float, confidence: float) -> Ranks:
    """The ranks of the limits of the value below which a share (0 to 1) of ``count`` lie."""
    outside = (1 - confidence) / 2
    lower = int(stats.binom.ppf(outside, count, share))
    upper = int(stats.binom.ppf(1 - outside, count, share)) + 1
    return Ranks(lower if lower > 0 else None, upper if upper <= count else None)


def percentile(values: Sequence[float], share: float, confidence: float) -> Percentile:
    """The value below which a share (0 to 1) of the values lie, by linear interpolation, and its
    limits.

    Raises:
        ValueError: there is no value.
    """
    if not values:
        raise ValueError("No values: a percentile needs at least one")
    ordered = sorted(values)
    ranks = ranks_of(len(ordered), share, confidence)
    return Percentile(
        estimate=float(np.quantile(ordered, share)),
        ranks=ranks,
        lower=None if ranks.lower is None else ordered[ranks.lower - 1],
        upper=None if ranks.upper is None else ordered[ranks.upper - 1],
    )


def median_ranks(most: int) -> list[tuple[int, int, int]]:
    """For each number of values up to ``most``: the number, and the rank from either end of the
    limits of their median, at 95% and at 99.8%; 0 where there is none. The seed ``median_ranks``
    holds them."""
    return [
        (count, ranks_of(count, 0.5, 0.95).lower or 0, ranks_of(count, 0.5, 0.998).lower or 0)
        for count in range(1, most + 1)
    ]
