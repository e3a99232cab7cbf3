"""What a series would have been expected to do: forecasts with their prediction intervals.

A straight line by least squares for a short history, damped exponential smoothing (Gardner 1985)
for a longer one, both on a scale where a share stays between 0 and 1 and a rate above 0.
"""

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
# A forecast is given with these two intervals, by their share outside.
ALPHA_80, ALPHA_95 = 0.2, 0.05


class Scale(StrEnum):
    """What a series is forecast on."""

    IDENTITY = "identity"
    LOG = "log"
    LOGIT = "logit"

    def there(self, values: Numbers) -> Numbers:
        """Values on the scale."""
        if self is Scale.LOG:
            return np.log(values)
        if self is Scale.LOGIT:
            return np.log(values / (1 - values))
        return values

    def back(self, values: Numbers) -> Numbers:
        """Values of the scale as they were."""
        if self is Scale.LOG:
            return np.exp(values)
        if self is Scale.LOGIT:
            return 1 / (1 + np.exp(-values))
        return values


@dataclass(frozen=True)
class History:
    """The points of a series up to its baseline, in order and on their scale.

    ``floor`` is the least variance that its points can have had by chance alone: the mean of their
    sampling variances, 0 where there is none. ``season`` is how many periods make a year.
    """

    points: Numbers
    scale: Scale
    floor: float = 0.0
    season: int = 1

    @property
    def slope_sign(self) -> int:
        """1 where a straight line through it rises, -1 where it falls, 0 where it does neither."""
        time = np.arange(len(self.points)) - (len(self.points) - 1) / 2
        return int(np.sign(np.round(time @ self.points, 9)))


@dataclass(frozen=True)
class Rules:
    """From how many points which forecast is made, and how far it goes."""

    least_points: int = 5
    smoothing_points: int = 12
    line_horizon: int = 3
    smoothing_months: int = 12

    def line_reaches(self, points: int) -> int:
        """Periods that a straight line is carried on for."""
        return min(self.line_horizon, points // 2)

    def smoothing_reaches(self, points: int, season: int) -> int:
        """Periods that smoothing is carried on for: a year, at most a third of the past."""
        return min(max(self.smoothing_months * season // 12, 1), points // 3)


@dataclass(frozen=True)
class Forecast:
    """One value for each period after the history, with its 80% and 95% prediction interval."""

    model: str
    season: int
    expected: Numbers
    lower80: Numbers
    upper80: Numbers
    lower95: Numbers
    upper95: Numbers

    @property
    def horizon(self) -> int:
        """Periods it reaches."""
        return len(self.expected)


def history_of_shares(
    shares: Numbers, events: Numbers, trials: Numbers, season: int = 1
) -> History:
    """A history of shares, 0 to 1. One of none or all has no logit: then half an event is added on
    either side of every point."""
    if np.any(shares <= 0) or np.any(shares >= 1):
        shares = (events + 0.5) / (trials + 1)
    floor = np.mean(1 / (events + 0.5) + 1 / (trials - events + 0.5))
    return History(Scale.LOGIT.there(shares), Scale.LOGIT, float(floor), season)


def history_of_rates(rates: Numbers, events: Numbers, season: int = 1) -> History:
    """A history of rates; with one of 0 among them there is no logarithm, and they stay."""
    if np.any(rates <= 0) or np.any(events <= 0):
        # A count varies as much as itself, and a rate is so many times its count.
        squared = np.divide(rates**2, events, out=np.zeros_like(rates), where=events > 0)
        return History(rates, Scale.IDENTITY, float(np.mean(squared)), season)
    return History(Scale.LOG.there(rates), Scale.LOG, float(np.mean(1 / events)), season)


def history_of_counts(counts: Numbers, season: int = 1) -> History:
    """A history of counts, as they are."""
    return History(counts, Scale.IDENTITY, float(np.mean(counts)), season)


def history_of_means(means: Numbers, errors: Numbers, season: int = 1) -> History:
    """A history of means with their standard errors; one without an error says nothing of it."""
    known = errors[np.isfinite(errors)]
    floor = float(np.mean(known**2)) if known.size else 0.0
    return History(means, Scale.IDENTITY, floor, season)


def forecasts(histories: Sequence[History], rules: Rules) -> list[Forecast | None]:
    """The forecast of each history, none for one that is too short.

    Straight lines are fitted to all histories of a length at once; smoothing one by one. Where
    smoothing does not converge, or leaves no variance to make an interval of, the line stands in.
    """
    made: list[Forecast | None] = [None] * len(histories)
    for_lines = []
    for place, history in enumerate(histories):
        length = len(history.points)
        if length < rules.least_points:
            continue
        if length >= rules.smoothing_points:
            made[place] = smoothed(history, rules.smoothing_reaches(length, history.season))
        if made[place] is None:
            for_lines.append(place)
    lines = straight_lines([histories[place] for place in for_lines], rules)
    for place, line in zip(for_lines, lines, strict=True):
        made[place] = line
    return made


def straight_lines(histories: Sequence[History], rules: Rules) -> list[Forecast]:
    """Each history carried on in a straight line, whatever its length (of three points or more)."""
    made: dict[int, Forecast] = {}
    for length in {len(history.points) for history in histories}:
        places = [place for place, one in enumerate(histories) if len(one.points) == length]
        of_this_length = [histories[place] for place in places]
        for place, forecast in zip(places, _lines(of_this_length, length, rules), strict=True):
            made[place] = forecast
    return [made[place] for place in range(len(histories))]


def _lines(histories: Sequence[History], length: int, rules: Rules) -> Iterable[Forecast]:
    """Histories of one length, fitted together: a row each."""
    # Here, not above: whoever only loads the code location should not wait for this import.
    from scipy import stats

    horizon = rules.line_reaches(length)
    points = np.stack([history.points for history in histories])
    floors = np.array([history.floor for history in histories])[:, None]
    time = np.arange(1, length + 1, dtype=np.float64)
    away = time - time.mean()
    spread = away @ away
    slope = (points @ away / spread)[:, None]
    level = points.mean(axis=1, keepdims=True)
    left = points - level - slope * away
    variance = np.maximum((left**2).sum(axis=1, keepdims=True) / (length - 2), floors)
    ahead = length + np.arange(1, horizon + 1) - time.mean()
    expected = level + slope * ahead
    error = np.sqrt(variance * (1 + 1 / length + ahead**2 / spread))
    margin80, margin95 = (
        stats.t.ppf(1 - alpha / 2, length - 2) * error for alpha in (ALPHA_80, ALPHA_95)
    )
    for row, history in enumerate(histories):
        back = history.scale.back
        yield Forecast(
            "line",
            0,
            back(expected[row]),
            back(expected[row] - margin80[row]),
            back(expected[row] + margin80[row]),
            back(expected[row] - margin95[row]),
            back(expected[row] + margin95[row]),
        )


def smoothed(history: History, horizon: int) -> Forecast | None:
    """A history carried on by damped exponential smoothing, with a season where two whole years
    are there; none where it does not converge or has no variance."""
    # Here, not above: only a night with a new baseline should wait seconds for these imports.
    import pandas as pd  # type: ignore[import-untyped]
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    is_seasonal = history.season > 1 and len(history.points) >= 2 * history.season
    seasonal: dict[str, Any] = (
        {"seasonal": "add", "seasonal_periods": history.season} if is_seasonal else {}
    )
    with warnings.catch_warnings():
        # That it did not converge is read from the result.
        warnings.simplefilter("ignore")
        try:
            model = ETSModel(
                pd.Series(history.points), error="add", trend="add", damped_trend=True, **seasonal
            )
            fitted = model.fit(disp=False)
            predicted = fitted.get_prediction(
                start=len(history.points), end=len(history.points) + horizon - 1, method="exact"
            )
        except (ValueError, np.linalg.LinAlgError):
            return None
        if not fitted.mle_retvals["converged"]:
            return None
        frames = [predicted.summary_frame(alpha=alpha) for alpha in (ALPHA_80, ALPHA_95)]
    limits = [frame[side].to_numpy() for frame in frames for side in ("pi_lower", "pi_upper")]
    expected = frames[0]["mean"].to_numpy()
    if not np.all(np.isfinite([expected, *limits])) or np.any(limits[0] >= limits[1]):
        return None
    back: Callable[[Numbers], Numbers] = history.scale.back
    return Forecast(
        "smoothing",
        history.season if is_seasonal else 0,
        back(expected),
        *(back(limit) for limit in limits),
    )
