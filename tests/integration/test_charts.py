"""What a chart says on both sides of each condition: the project's own models over a few series."""

from collections.abc import Iterator

import duckdb
import pytest

from tests.chart_stage import AS_AT, MODELS, Points
from tests.method_vectors import build_project, copy_project

# Months at 11 and 9 by turns: mean 10, limits at 4.68 and 15.32, near ones at 6.45 and 13.55.
TWELVE = [11.0, 9.0] * 6
# A rise of five years that no single year makes (METHODS 4.3), and a year more.
RISE = [120.0, 138.0, 151.0, 170.0, 188.0, 205.0]

# The number of points, what each rests on, and what may be said.
LENGTHS = [
    (1, 10, "NONE"),
    (2, 10, "DIFFERENCE"),
    (4, 10, "DIFFERENCE"),
    (5, 10, "RUN_CHART"),
    (11, 10, "RUN_CHART"),
    (12, 10, "XMR_TRIAL"),
    (14, 10, "XMR_TRIAL"),
    (15, 10, "XMR"),
    (15, 9, "TOO_SMALL"),
]
# What comes after the twelve months, and the rules that fire on those months.
LATER = {
    "six above": ([10.5] * 6, ["COMMON"] * 6),
    "seven above": ([10.5] * 7, ["SHIFT_HIGH"] * 7),
    "seven below": ([10.0] + [9.5] * 7, ["COMMON"] + ["SHIFT_LOW"] * 7),
    "seven with one on the mean": ([10.5] * 3 + [10.0] + [10.5] * 3, ["COMMON"] * 7),
    "seven with one missing": (
        [10.5] * 3 + [None] + [10.5] * 4,
        ["COMMON"] * 3 + [None] + ["COMMON"] * 4,
    ),
    "six rising": ([8.9, 9.2, 9.6, 10.2, 10.4, 10.6, 10.5], ["COMMON"] * 7),
    "seven rising": (
        [8.9, 9.2, 9.6, 10.2, 10.4, 10.6, 10.8, 10.7],
        ["TREND_UP"] * 7 + ["COMMON"],
    ),
    "seven rising with two alike": (
        [8.9, 9.2, 9.6, 9.6, 10.2, 10.4, 10.6, 10.8, 10.7],
        ["COMMON"] * 9,
    ),
    "seven rising and seven falling": (
        [8.9, 9.2, 9.6, 10.2, 10.4, 10.6, 10.8, 10.7, 10.3, 9.7, 9.5, 9.3, 9.1],
        ["TREND_UP"] * 6 + ["TREND_DOWN"] * 7,
    ),
    "on the upper limit": ([15.32], ["COMMON"]),
    "above the upper limit": ([15.4], ["OUTSIDE_HIGH"]),
    "two of three near": (
        [13.6, 10.1, 13.6, 9.0],
        ["TWO_OF_THREE_HIGH", "COMMON", "TWO_OF_THREE_HIGH", "COMMON"],
    ),
    "two of three near on both sides": ([13.6, 6.4, 13.6, 9.0], ["COMMON"] * 4),
    "two near and one outside": (
        [13.6, 15.4, 13.6, 9.0],
        ["TWO_OF_THREE_HIGH", "OUTSIDE_HIGH", "TWO_OF_THREE_HIGH", "COMMON"],
    ),
    "one near and two outside": (
        [13.6, 15.4, 15.4, 9.0],
        ["COMMON"] + ["OUTSIDE_HIGH"] * 2 + ["COMMON"],
    ),
}
# What seven months above the mean are, by polarity and band.
JUDGEMENTS = [
    ("higher_better", {}, "IMPROVEMENT"),
    ("lower_better", {}, "CONCERN"),
    ("context_only", {}, "NEUTRAL_HIGH"),
    ("target_band", {}, "NEUTRAL_HIGH"),
    ("target_band", {"band_low": 10.4, "band_high": 12.0}, "IMPROVEMENT"),
    ("target_band", {"band_low": 8.0, "band_high": 9.5}, "CONCERN"),
]
TARGETS = [
    ("higher_better", 15.4, "CONSISTENT_FAIL"),
    ("higher_better", 15.3, "HIT_OR_MISS"),
    ("higher_better", 4.7, "HIT_OR_MISS"),
    ("higher_better", 4.6, "CONSISTENT_PASS"),
    ("lower_better", 15.4, "CONSISTENT_PASS"),
    ("lower_better", 4.6, "CONSISTENT_FAIL"),
    ("context_only", 15.4, None),
    ("higher_better", None, None),
]
# Events of 810 in each year, the latest year's marker and what it means.
YEARS = {
    "four": ("lower_better", RISE[:4], "DIFFERENCE", "CANNOT", None),
    "five": ("lower_better", RISE[:5], "ANNUAL_TREND", "INCREASING", "CONCERN"),
    "more is better": ("higher_better", RISE[:5], "ANNUAL_TREND", "INCREASING", "IMPROVEMENT"),
    "falling": ("lower_better", RISE[4::-1], "ANNUAL_TREND", "DECREASING", "IMPROVEMENT"),
    "never judged": ("context_only", RISE[:5], "ANNUAL_TREND", "INCREASING", "NEUTRAL_HIGH"),
    "one missing of six": (
        "lower_better",
        [*RISE[:2], None, *RISE[3:]],
        "ANNUAL_TREND",
        "CANNOT",
        None,
    ),
    "one missing before five": (
        "lower_better",
        [100.0, None, *RISE[:5]],
        "ANNUAL_TREND",
        "INCREASING",
        "CONCERN",
    ),
    "24 events": ("lower_better", [5.0, 5, 5, 5, 4], "ANNUAL_TREND", "SMALL_NUMBERS", None),
    "25 events": ("lower_better", [5.0] * 5, "ANNUAL_TREND", "NO_SIG_CHANGE", "COMMON"),
    "24 without": (
        "lower_better",
        [805.0, 805, 805, 805, 806],
        "ANNUAL_TREND",
        "SMALL_NUMBERS",
        None,
    ),
    "25 without": ("lower_better", [805.0] * 5, "ANNUAL_TREND", "NO_SIG_CHANGE", "COMMON"),
}


def the_points() -> Points:
    points = Points()

    def months(
        name: str, values: list[float | None], polarity: str = "higher_better", **columns: object
    ) -> None:
        points.add_series(name, "month", polarity=polarity, fix_after_n=12, screen_outliers=0)
        for place, value in enumerate(values, 1):
            points.add(name, "month", place, value=value, **columns)

    for length, n, _ in LENGTHS:
        months(f"{length} on {n}", ([11.0, 9.0] * 8)[:length], n=n)
    for name, (later, _) in LATER.items():
        months(name, [*TWELVE, *later])
    for place, (polarity, band, _) in enumerate(JUDGEMENTS):
        months(f"judged {place}", [*TWELVE, *[10.5] * 7], polarity, **band)
    for place, (polarity, target, _) in enumerate(TARGETS):
        months(f"target {place}", TWELVE, polarity, target_value=target)
    for name, (polarity, events, *_) in YEARS.items():
        points.add_series(name, "year", polarity=polarity, measure_type="proportion")
        for place, count in enumerate(events, 1):
            share = {"value": count / 8.1, "events": count, "trials": 810} if count else {}
            points.add(name, "year", place, **share)
    return points


@pytest.fixture(scope="module")
def charts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("charts")
    the_points().stand_in(folder, copy_project(folder, MODELS))
    with duckdb.connect(str(build_project(folder, AS_AT)), read_only=True) as connection:
        yield connection


def column(charts: duckdb.DuckDBPyConnection, series: str, name: str) -> list[object]:
    """What one series has in a column, in order."""
    found = charts.execute(
        f"select {name} from outcomes.indicator_trends where indicator_id = ? "
        "order by period_start",
        [series],
    ).fetchall()
    return [value for (value,) in found]


@pytest.mark.parametrize(("length", "n", "method"), LENGTHS)
def test_what_may_be_said_depends_on_how_many_points_there_are_and_what_they_rest_on(
    charts, length, n, method
):
    series = f"{length} on {n}"
    assert set(column(charts, series, "method")) == {method}
    has_limits = method.startswith("XMR")
    assert {limit is not None for limit in column(charts, series, "upper_limit")} == {has_limits}
    assert {kind is not None for kind in column(charts, series, "point_type")} == {has_limits}
    assert column(charts, series, "is_latest") == [False] * (length - 1) + [True]


@pytest.mark.parametrize("series", LATER)
def test_a_rule_fires_on_its_points_and_on_no_other(charts, series):
    assert column(charts, series, "special_cause_type") == ["COMMON"] * 12 + LATER[series][1]


@pytest.mark.parametrize("place", range(len(JUDGEMENTS)))
def test_a_signal_is_good_or_bad_as_the_indicator_says(charts, place):
    assert column(charts, f"judged {place}", "point_type")[12:] == [JUDGEMENTS[place][2]] * 7


@pytest.mark.parametrize("place", range(len(TARGETS)))
def test_a_target_within_the_limits_is_hit_or_missed_by_chance(charts, place):
    assert set(column(charts, f"target {place}", "assurance")) == {TARGETS[place][2]}


@pytest.mark.parametrize("series", YEARS)
def test_five_years_without_a_gap_and_25_on_either_side_are_tested(charts, series):
    _, _, *expected = YEARS[series]
    found = [column(charts, series, name)[-1] for name in ("method", "trend_marker", "point_type")]
    assert found == expected
