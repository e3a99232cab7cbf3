"""Forecasts on invented series: the models are checked against other ways of reckoning them."""

import numpy as np
import pytest
from scipy import stats

from orchestration.statistics.curves import (
    History,
    Rules,
    Scale,
    forecasts,
    history_of_counts,
    history_of_means,
    history_of_rates,
    history_of_shares,
    smoothed,
    straight_lines,
)


def a_history(*points: float, floor: float = 0.0, season: int = 1) -> History:
    return History(np.array(points), Scale.IDENTITY, floor, season)


def some_years_of_months(months: int) -> History:
    """Months with a season and some noise, always the same."""
    noise = np.random.default_rng(7).standard_normal(months)
    points = 50 + 5 * np.sin(np.arange(months) * np.pi / 6) + noise
    return History(points, Scale.IDENTITY, 0.0, 12)


@pytest.mark.parametrize("season", [1, 4, 12])
def test_four_points_have_no_forecast_and_five_have_a_line(season):
    short, long = forecasts(
        [a_history(1, 2, 3, 5, season=season), a_history(1, 2, 3, 5, 4, season=season)], Rules()
    )

    assert short is None
    assert long is not None
    assert (long.model, long.horizon) == ("line", 2)


def test_twelve_points_are_smoothed_and_eleven_are_not():
    points = [50, 53, 51, 54, 49, 52, 50, 55, 51, 53, 50, 54]
    eleven, twelve = forecasts([a_history(*points[:11]), a_history(*points)], Rules())

    assert eleven is not None and twelve is not None
    assert (eleven.model, eleven.horizon) == ("line", 3)
    assert (twelve.model, twelve.horizon) == ("smoothing", 1)


@pytest.mark.parametrize(
    ("points", "season", "horizon"),
    [(12, 12, 4), (35, 12, 11), (36, 12, 12), (60, 12, 12), (12, 4, 4), (20, 4, 4), (30, 1, 1)],
)
def test_smoothing_reaches_a_year_and_no_more_than_a_third_of_the_past(points, season, horizon):
    assert Rules().smoothing_reaches(points, season) == horizon


def test_a_season_needs_two_whole_years():
    short = smoothed(some_years_of_months(23), 6)
    long = smoothed(some_years_of_months(24), 6)

    assert short is not None and long is not None
    assert (short.season, long.season) == (0, 12)


def test_a_season_is_carried_on():
    forecast = smoothed(some_years_of_months(60), 12)

    assert forecast is not None
    expected = 50 + 5 * np.sin(np.arange(60, 72) * np.pi / 6)
    assert np.abs(forecast.expected - expected).max() < 2
    assert np.all(forecast.lower95 < forecast.lower80)
    assert np.all(forecast.upper80 < forecast.upper95)


def test_where_nothing_varies_the_line_stands_in():
    (forecast,) = forecasts([a_history(*[3.0] * 14, floor=0.5)], Rules())

    assert forecast is not None
    assert forecast.model == "line"
    assert forecast.expected == pytest.approx([3, 3, 3])
    assert forecast.lower80[0] < 3 < forecast.upper80[0]


def test_lines_fitted_together_are_those_fitted_one_by_one():
    histories = [
        a_history(72, 70.5, 69.2, 67.9, 66.1, 64.8),
        a_history(1, 4, 2, 5, 3, 6, 4),
        a_history(9, 7, 8, 6, 5, 7),
    ]
    together = straight_lines(histories, Rules())

    for history, forecast in zip(histories, together, strict=True):
        points = history.points
        time = np.arange(1, len(points) + 1)
        fitted = stats.linregress(time, points)
        ahead = len(points) + np.arange(1, forecast.horizon + 1)
        assert forecast.expected == pytest.approx(fitted.intercept + fitted.slope * ahead)
        left = points - fitted.intercept - fitted.slope * time
        error = np.sqrt(
            left
            @ left
            / (len(points) - 2)
            * (1 + 1 / len(points) + (ahead - time.mean()) ** 2 / ((time - time.mean()) ** 2).sum())
        )
        margin = stats.t.ppf(0.9, len(points) - 2) * error
        assert forecast.upper80 - forecast.expected == pytest.approx(margin)


def test_a_lucky_straight_history_has_the_limits_of_chance():
    lucky, plain = straight_lines(
        [a_history(1, 2, 3, 4, 5, 6, floor=0.25), a_history(1, 2, 3, 4, 5, 6)], Rules()
    )

    assert plain.upper95[0] == pytest.approx(plain.lower95[0])
    margin = stats.t.ppf(0.975, 4) * 0.5 * np.sqrt(1 + 1 / 6 + 3.5**2 / 17.5)
    assert lucky.upper95[0] - lucky.expected[0] == pytest.approx(margin)


def test_a_share_stays_between_none_and_all_and_one_of_none_is_moved_in():
    events, trials = np.array([30.0, 20, 12, 5, 0]), np.array([100.0] * 5)
    moved = history_of_shares(events / trials, events, trials)
    (forecast,) = straight_lines([moved], Rules())

    assert Scale.LOGIT.back(moved.points) == pytest.approx((events + 0.5) / 101)
    assert moved.floor == pytest.approx(np.mean(1 / (events + 0.5) + 1 / (100.5 - events)))
    assert np.all(forecast.lower95 > 0) and np.all(forecast.upper95 < 1)
    kept = history_of_shares(events[:4] / trials[:4], events[:4], trials[:4])
    assert Scale.LOGIT.back(kept.points) == pytest.approx(events[:4] / 100)


def test_rates_stay_above_nothing_until_one_of_them_is_nothing():
    rates, events = np.array([48.0, 51, 53, 57]), np.array([24.0, 25, 26, 28])
    positive = history_of_rates(rates, events)
    with_none = history_of_rates(np.array([2.0, 0, 4, 2]), np.array([1.0, 0, 2, 1]))

    assert (positive.scale, positive.floor) == (Scale.LOG, pytest.approx(np.mean(1 / events)))
    assert (with_none.scale, with_none.floor) == (Scale.IDENTITY, pytest.approx((4 + 8 + 4) / 4))


def test_counts_and_means_stay_as_they_are_and_vary_as_much_as_chance_has_it():
    counts = history_of_counts(np.array([4.0, 6, 8]))
    means = history_of_means(np.array([14.0, 15, 16]), np.array([2.0, np.nan, 4]))
    bare = history_of_means(np.array([14.0, 15, 16]), np.array([np.nan] * 3))

    assert (counts.scale, counts.floor) == (Scale.IDENTITY, 6)
    assert (means.scale, means.floor, bare.floor) == (Scale.IDENTITY, 10, 0)


@pytest.mark.parametrize(("points", "sign"), [((1, 3, 2), 1), ((3, 1, 2), -1), ((1, 5, 1), 0)])
def test_a_history_rises_falls_or_does_neither(points, sign):
    assert a_history(*points).slope_sign == sign
