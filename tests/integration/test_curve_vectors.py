"""The published test vectors of METHODS 5, and what it means that a baseline is frozen.

The points are those of the vectors; the baselines are frozen by the step of the night, and read by
the project's own model in a dbt run over a copy of the project.
"""

import csv
import datetime as dt
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest
from scipy.optimize import brentq

from orchestration.transform.baselines import FROZEN, Frozen, freeze_baselines
from tests.method_vectors import (
    PROJECT,
    agrees,
    build_project,
    copy_project,
    each_of,
    needs_vectors,
    number,
    numbers,
    one,
    rows_of,
)

AUTHORITY, AS_AT = "999", dt.date(2026, 3, 31)
FIRST_YEAR = 2012
MODELS = {"marts/outcomes": ("indicator_curves",)}
POLARITIES = {"up": "higher_better", "down": "lower_better"}
# Of medians nothing is known of chance: they are forecast as they are.
MEASURES = {"identity": "median", "log": "rate", "logit": "proportion"}
LIMITS = ("lower80", "upper80", "lower95", "upper95")

POINT_COLUMNS = """
    indicator_id varchar, indicator_version integer, local_authority_code varchar,
    period_type varchar, period_id varchar, period_start date, period_end date,
    measure_type varchar, unit varchar, polarity varchar, value double, lower95 double,
    upper95 double, n bigint, events double, trials double, band_low double, band_high double,
    as_at_date date
"""
TARGET_COLUMNS = """
    indicator_id varchar, local_authority_code varchar, target_type_code varchar,
    breakdown varchar, valid_from_date date
"""


def year_of(place: int) -> tuple[str, dt.date, dt.date]:
    """A year ending 31 March by its place, which counts from 0."""
    year = FIRST_YEAR + place
    return f"{year}-{(year + 1) % 100:02}", dt.date(year, 4, 1), dt.date(year + 1, 3, 31)


class Series:
    """Yearly points and agreed baselines, in tables of their names."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def add(self, indicator: str, place: int, value: float, **columns: Any) -> None:
        period, start, end = year_of(place)
        point = {
            "indicator_id": indicator,
            "indicator_version": 1,
            "local_authority_code": AUTHORITY,
            "period_type": "year",
            "period_id": period,
            "period_start": start,
            "period_end": end,
            "measure_type": "median",
            "unit": "median",
            "polarity": "higher_better",
            "value": value,
            "n": 100,
            **columns,
        }
        self.connection.execute(
            f"insert into outcomes.curve_points ({', '.join(point)}) "
            f"values ({', '.join('?' for _ in point)})",
            list(point.values()),
        )

    def agree(self, indicator: str, place: int, **columns: Any) -> None:
        """A baseline at the end of a year."""
        target = {
            "indicator_id": indicator,
            "local_authority_code": AUTHORITY,
            "target_type_code": "baseline",
            "breakdown": "all",
            "valid_from_date": year_of(place)[2],
            **columns,
        }
        self.connection.execute(
            f"insert into intermediate.targets ({', '.join(target)}) "
            f"values ({', '.join('?' for _ in target)})",
            list(target.values()),
        )


def empty_tables(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create schema if not exists intermediate")
    connection.execute("create schema if not exists outcomes")
    connection.execute(f"create or replace table outcomes.curve_points ({POINT_COLUMNS})")
    connection.execute(f"create or replace table intermediate.targets ({TARGET_COLUMNS})")


def trials_for(share: float, floor: float) -> float:
    """So many trials that a share varies by chance as much as the vectors say."""

    def excess(trials: float) -> float:
        events = share * trials
        return 1 / (events + 0.5) + 1 / (trials - events + 0.5) - floor

    return float(brentq(excess, 1, 1e6))


def add_case(series: Series, case: Mapping[str, str]) -> None:
    measure = MEASURES[case["transform"]]
    history = numbers(case["history"])
    for place, value in enumerate([*history, *numbers(case["actuals"])]):
        assert value is not None
        columns: dict[str, Any] = {
            "measure_type": measure,
            "polarity": POLARITIES[case["polarity"]],
        }
        if measure == "proportion":
            trials = trials_for(value, float(case["sampling_variance_floor"]))
            columns |= {"events": value * trials, "trials": trials}
            value *= 100
        elif measure == "rate":
            # Of so many events that chance is nothing.
            columns |= {"events": 1e15}
        series.add(case["case_id"], place, value, **columns)
    series.agree(case["case_id"], len(history) - 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project whose points and targets are tables of ours; no baseline yet."""
    folder = tmp_path_factory.mktemp("curves")
    stand_ins = copy_project(folder, MODELS)
    shutil.copy(PROJECT / "models/marts/outcomes/_frozen.yml", stand_ins)
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        empty_tables(connection)
    # Made where the night makes it: before the points.
    (stand_ins / "curve_points.sql").write_text(
        "{{ config(schema='outcomes', materialized='incremental', "
        "pre_hook='{{ make_baseline_forecasts() }}') }}\n"
        "select * from {{ this }} where false"
    )
    indicators = folder / "seeds/framework/indicators.csv"
    with indicators.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    with indicators.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        for case in rows_of("turning"):
            writer.writerow(
                {
                    "indicator_id": case["case_id"],
                    "unit": "median",
                    "polarity": POLARITIES[case["polarity"]],
                }
            )
    build_project(folder, AS_AT.isoformat())
    return folder


@pytest.fixture
def warehouse(folder: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse before its first baseline, without a point."""
    shutil.copy(folder / "warehouse.duckdb", tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        yield connection


@pytest.fixture(scope="module")
def answers(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    copied = tmp_path_factory.mktemp("answers") / "copy"
    shutil.copytree(folder, copied)
    with duckdb.connect(str(copied / "warehouse.duckdb")) as connection:
        for case in rows_of("turning"):
            add_case(Series(connection), case)
        freeze_baselines(connection, AS_AT)
    built = build_project(copied, AS_AT.isoformat(), select="indicator_curves")
    with duckdb.connect(str(built), read_only=True) as connection:
        yield connection


@needs_vectors
@each_of("turning")
def test_a_curve_is_forecast_once_and_its_actuals_are_read_against_it(answers, case):
    forecast = answers.execute(
        f"select forecast, {', '.join(LIMITS)} from {FROZEN} "
        "where indicator_id = ? and step > 0 order by step",
        [case["case_id"]],
    ).fetchall()
    unit = 100 if case["transform"] == "logit" else 1
    for column, name in enumerate(("forecast", *LIMITS)):
        wanted = numbers(case[name])
        assert len(forecast) == len(wanted)
        for found, expected in zip(forecast, wanted, strict=True):
            assert agrees(found[column] / unit, expected, within=1e-5), name

    found = one(answers, "outcomes.indicator_curves", indicator_id=case["case_id"], is_latest=True)
    assert found["reading"] == case["code"]
    positions = answers.execute(
        "select position from outcomes.indicator_curves "
        "where indicator_id = ? and position is not null order by period_start",
        [case["case_id"]],
    ).fetchall()
    if case["positions"]:
        assert "|".join(position for (position,) in positions) == case["positions"]
    if case["code"] != "NO_BASELINE":
        assert found["forecast_horizon"] == int(case["horizon"])
        assert found["baseline_origin"] == "agreed"
        assert agrees(found["baseline_value"] / unit, number(case["history"].split("|")[-1]))


# ---- frozen ----

POINTS = (72, 70.5, 69.2, 67.9, 66.1, 64.8)


def kept(warehouse: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return warehouse.execute(f"select * from {FROZEN} order by all").fetchall()


def baselines(warehouse: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return warehouse.execute(
        "select indicator_id, baseline_origin, baseline_date, made_on, last_period_id "
        f"from {FROZEN} where step = 0 order by all"
    ).fetchall()


def a_falling_series(warehouse: duckdb.DuckDBPyConnection, *, points: int = 6) -> Series:
    series = Series(warehouse)
    for place, value in enumerate(POINTS[:points]):
        series.add("share", place, value)
    return series


def test_later_figures_and_corrections_leave_a_frozen_forecast_as_it_was(warehouse):
    series = a_falling_series(warehouse)
    assert freeze_baselines(warehouse, AS_AT) == Frozen(first_night=1)
    before = kept(warehouse)

    series.add("share", 6, 80)
    warehouse.execute("update outcomes.curve_points set value = value + 5")
    later = dt.date(2026, 4, 30)

    assert freeze_baselines(warehouse, later) == Frozen()
    assert kept(warehouse) == before


def test_a_night_that_is_run_again_starts_from_where_it_started(warehouse):
    a_falling_series(warehouse)
    freeze_baselines(warehouse, AS_AT)
    before = kept(warehouse)

    assert freeze_baselines(warehouse, AS_AT) == Frozen(first_night=1)
    assert kept(warehouse) == before


def test_a_night_that_looks_back_freezes_nothing(warehouse):
    series = a_falling_series(warehouse)
    freeze_baselines(warehouse, AS_AT)
    before = kept(warehouse)
    for place, value in enumerate(POINTS):
        series.add("another", place, value)

    assert freeze_baselines(warehouse, AS_AT - dt.timedelta(days=1)) == Frozen()
    assert kept(warehouse) == before


def test_a_first_night_waits_for_five_points_and_then_takes_the_newest(warehouse):
    series = a_falling_series(warehouse, points=4)
    assert freeze_baselines(warehouse, AS_AT) == Frozen()

    series.add("share", 4, POINTS[4])
    freeze_baselines(warehouse, AS_AT)

    period, _, end = year_of(4)
    assert baselines(warehouse) == [("share", "first_night", end, AS_AT, period)]


def test_an_agreed_date_counts_from_its_day_and_takes_only_what_lies_before_it(warehouse):
    series = a_falling_series(warehouse)
    series.agree("share", 4)

    period, _, end = year_of(4)
    assert freeze_baselines(warehouse, end - dt.timedelta(days=1)) == Frozen(first_night=1)
    warehouse.execute(f"delete from {FROZEN}")
    assert freeze_baselines(warehouse, end) == Frozen(agreed=1)
    assert baselines(warehouse) == [("share", "agreed", end, end, period)]


def test_a_later_date_that_is_agreed_makes_a_second_baseline_and_the_first_stays(warehouse):
    series = a_falling_series(warehouse)
    freeze_baselines(warehouse, AS_AT)
    before = kept(warehouse)
    series.add("share", 6, 60)
    series.agree("share", 6)
    later = dt.date(2026, 4, 30)

    assert freeze_baselines(warehouse, later) == Frozen(agreed=1)
    assert [row for row in kept(warehouse) if row in before] == before
    assert ("share", "agreed", year_of(6)[2], later, year_of(6)[0]) in baselines(warehouse)


def test_only_a_baseline_of_the_whole_authority_is_one(warehouse):
    series = a_falling_series(warehouse, points=4)
    series.add("share", 4, POINTS[4])
    series.agree("share", 4, breakdown="team")
    series.agree("share", 4, target_type_code="target")

    assert freeze_baselines(warehouse, AS_AT) == Frozen(first_night=1)


def test_a_gap_ends_the_history_and_another_definition_has_its_own(warehouse):
    series = Series(warehouse)
    for place in (0, 1, 3, 4, 5, 6, 7):
        series.add("gap", place, 50 + place % 3)
    for place in range(4):
        series.add("redefined", place, 50 + place % 3)
    series.add("redefined", 4, 50, indicator_version=2)

    freeze_baselines(warehouse, AS_AT)

    assert warehouse.execute(
        f"select indicator_id, period_id from {FROZEN} where step <= 0 order by all"
    ).fetchall() == [("gap", year_of(place)[0]) for place in range(3, 8)]


def test_what_rests_on_too_few_is_forecast_only_where_people_ask_for_it(warehouse):
    series = Series(warehouse)
    for indicator, n in (("few", 9), ("enough", 10), ("asked for", 9)):
        for place in range(5):
            series.add(indicator, place, 50 + place % 3, n=n)
    series.agree("asked for", 4)

    freeze_baselines(warehouse, AS_AT)

    assert [row[0] for row in baselines(warehouse)] == ["asked for", "enough"]


def test_what_was_known_is_kept_beside_the_forecast(warehouse):
    series = Series(warehouse)
    for place in range(5):
        share = {"measure_type": "proportion", "events": 20.0 + place, "trials": 100.0}
        series.add("share", place, 20 + place, **share)
    freeze_baselines(warehouse, AS_AT)

    assert warehouse.execute(
        "select step, period_id, history_value, history_events, history_trials, forecast is null "
        f"from {FROZEN} order by step"
    ).fetchall() == [
        *((place - 4, year_of(place)[0], 20 + place, 20 + place, 100, True) for place in range(5)),
        *((place - 4, year_of(place)[0], None, None, None, False) for place in (5, 6)),
    ]
    model, scale, horizon, slope = warehouse.execute(
        f"select distinct model, scale, horizon, slope_sign from {FROZEN}"
    ).fetchone()
    assert (model, scale, horizon, slope) == ("line", "logit", 2, 1)
    low, high = warehouse.execute(f"select min(lower95), max(upper95) from {FROZEN}").fetchone()
    assert 0 < low < 25 < high < 100


def test_an_empty_night_freezes_nothing(warehouse):
    assert freeze_baselines(warehouse, AS_AT) == Frozen()
    assert kept(warehouse) == []
