"""Baselines are frozen: each series is forecast once, from what was known at its date.

Later figures, and later corrections of earlier ones, are read against the forecast and never change
it. What it was made of is kept beside it, so that anyone can make it again.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from orchestration.statistics.curves import (
    Forecast,
    History,
    Numbers,
    Rules,
    Scale,
    forecasts,
    history_of_counts,
    history_of_means,
    history_of_rates,
    history_of_shares,
)

FROZEN = "history.baseline_forecasts"
PERIODS_IN_A_YEAR = {"month": 12, "quarter": 4, "year": 1}
SERIES = "indicator_id, indicator_version, local_authority_code, period_type"
# The points of every baseline that is due and not frozen yet: the last run of periods without a gap
# up to its date. Where nobody has agreed on a date, it is the newest point of the first night that
# has enough of them.
DUE = f"""
    create or replace temp table points_of_baselines as
    with series as (
        select {SERIES}, max(period_end) as newest_end
        from outcomes.curve_points
        group by all
    ),

    agreed as (
        select distinct {SERIES}, targets.valid_from_date as baseline_date
        from series
        inner join intermediate.targets as targets using (indicator_id, local_authority_code)
        where targets.target_type_code = 'baseline' and targets.breakdown = 'all'
            and targets.valid_from_date <= $as_at
    ),

    wanted as (
        select *, 'agreed' as baseline_origin from agreed
        union all
        select {SERIES}, newest_end, 'first_night'
        from series
        anti join agreed using ({SERIES})
        anti join {FROZEN} as frozen using ({SERIES})
    ),

    due as (
        select
            *,
            sha256(concat_ws('|', {SERIES}, baseline_date, baseline_origin)) as baseline_id
        from wanted
        anti join {FROZEN} as frozen using ({SERIES}, baseline_date, baseline_origin)
    ),

    known as (
        select
            due.baseline_id, due.baseline_date, due.baseline_origin, points.*,
            coalesce(
                lag(points.period_end) over upwards + interval 1 day <> points.period_start, true
            ) as begins
        from due
        inner join outcomes.curve_points as points using ({SERIES})
        where points.period_end <= due.baseline_date
        window upwards as (partition by due.baseline_id order by points.period_start)
    ),

    runs as (
        select
            *,
            count(*) filter (where begins)
                over (partition by baseline_id order by period_start desc) as begun_later
        from known
    )

    select
        * exclude (begins, begun_later),
        count(*) over of_baseline as history_points,
        row_number() over (partition by baseline_id order by period_start)
            - count(*) over of_baseline as step
    from runs
    where begun_later = 0 or (begun_later = 1 and begins)
    window of_baseline as (partition by baseline_id)
    qualify history_points >= $least_points
        and (baseline_origin = 'agreed' or avg(n) over of_baseline >= $least_n)
    order by baseline_id, period_start
"""
FREEZE = f"""
    insert into {FROZEN} by name
    with rows as (
        select
            baseline_id, step, period_id, period_start, period_end,
            value as history_value, n as history_n, events as history_events,
            trials as history_trials
        from points_of_baselines
        union all by name
        select
            made.baseline_id, made.step, periods.period_id, periods.period_start,
            periods.period_end, made.expected as forecast, made.lower80, made.upper80,
            made.lower95, made.upper95
        from made
        inner join points_of_baselines as last
            on made.baseline_id = last.baseline_id and last.step = 0
        inner join (
            select
                *,
                row_number() over (partition by period_type order by period_start) as place
            from reference.periods
        ) as periods using (period_type)
        inner join (
            select
                period_id,
                row_number() over (partition by period_type order by period_start) as place
            from reference.periods
        ) as last_period
            on last.period_id = last_period.period_id
            and periods.place = last_period.place + made.step
    )
    select
        rows.*, last.baseline_date, last.baseline_origin, last.history_points,
        last.indicator_id, last.indicator_version, last.local_authority_code, last.period_type,
        last.period_id as last_period_id, last.period_end as last_period_end,
        last.value as baseline_value, models.model, models.scale, models.season,
        models.horizon, models.slope_sign, $as_at as made_on,
        $parameter_version as parameter_version
    from rows
    inner join points_of_baselines as last
        on rows.baseline_id = last.baseline_id and last.step = 0
    inner join models on rows.baseline_id = models.baseline_id
    order by all
"""


@dataclass(frozen=True)
class Frozen:
    """Baselines of one night: by an agreed date, and on the first night of a series."""

    agreed: int = 0
    first_night: int = 0


def freeze_baselines(connection: duckdb.DuckDBPyConnection, as_at_date: dt.date) -> Frozen:
    """Forecast every baseline that is due for the first time; call it behind the gate on the
    figures, for what is frozen stays.

    The same night twice freezes the same. A night of an earlier as-at date than the latest one that
    froze looks back and changes nothing.
    """
    connection.begin()
    try:
        frozen = _freeze(connection, as_at_date)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
    return frozen


def _freeze(connection: duckdb.DuckDBPyConnection, as_at_date: dt.date) -> Frozen:
    latest = connection.execute(f"select max(made_on) from {FROZEN}").fetchone()
    if latest and latest[0] and latest[0] > as_at_date:
        return Frozen()
    # A night that is run again starts from where it started the first time.
    connection.execute(f"delete from {FROZEN} where made_on = ?", [as_at_date])
    parameters = dict(
        connection.execute("select parameter, value from reference.method_parameters").fetchall()
    )
    version = connection.execute(
        "select max(parameter_version) from reference.method_parameters"
    ).fetchone()
    rules = rules_of(parameters)
    connection.execute(
        DUE,
        {
            "as_at": as_at_date,
            "least_points": rules.least_points,
            "least_n": parameters["chart_minimum_n"],
        },
    )
    histories = _histories(connection, 2 * parameters["z95"])
    made = dict(zip(histories, forecasts(list(histories.values()), rules), strict=True))
    shown = {name: forecast for name, forecast in made.items() if forecast is not None}
    connection.register("made", _steps(shown, histories))
    connection.register("models", _models(shown, histories))
    connection.execute(
        FREEZE, {"as_at": as_at_date, "parameter_version": version[0] if version else None}
    )
    connection.unregister("made")
    connection.unregister("models")
    counts = dict(
        connection.execute(
            "select baseline_origin, count(distinct baseline_id) from points_of_baselines "
            "group by baseline_origin"
        ).fetchall()
    )
    connection.execute("drop table points_of_baselines")
    return Frozen(counts.get("agreed", 0), counts.get("first_night", 0))


def rules_of(parameters: dict[str, float]) -> Rules:
    """The rules of forecasting, from the thresholds by name."""
    return Rules(
        least_points=int(parameters["curve_least_points"]),
        smoothing_points=int(parameters["curve_smoothing_points"]),
        line_horizon=int(parameters["curve_line_horizon"]),
        smoothing_months=int(parameters["curve_smoothing_months"]),
    )


def history_of(
    measure_type: str, period_type: str, points: dict[str, Numbers], limit_width: float
) -> History:
    """The history of a series of figures, whose ``points`` are value, lower95, upper95, events and
    trials; ``limit_width`` is that of a 95% interval in standard errors."""
    season = PERIODS_IN_A_YEAR[period_type]
    if measure_type == "proportion":
        return history_of_shares(points["value"] / 100, points["events"], points["trials"], season)
    if measure_type == "rate":
        return history_of_rates(points["value"], points["events"], season)
    if measure_type == "count":
        return history_of_counts(points["value"], season)
    errors = (points["upper95"] - points["lower95"]) / limit_width
    return history_of_means(points["value"], errors, season)


def _histories(connection: duckdb.DuckDBPyConnection, limit_width: float) -> dict[str, History]:
    """The history of each baseline that is due, by its key."""
    numbers = ("value", "lower95", "upper95", "events", "trials")
    rows = connection.execute(
        f"select baseline_id, measure_type, period_type, {', '.join(numbers)} "
        "from points_of_baselines order by baseline_id, period_start"
    ).fetchnumpy()
    columns = {
        name: np.ma.filled(np.ma.asarray(rows[name], dtype=np.float64), np.nan) for name in numbers
    }
    keys = rows["baseline_id"]
    if not len(keys):
        return {}
    begins = [place for place in range(len(keys)) if place == 0 or keys[place] != keys[place - 1]]
    found = {}
    for begin, end in zip(begins, [*begins[1:], len(keys)], strict=True):
        found[str(keys[begin])] = history_of(
            str(rows["measure_type"][begin]),
            str(rows["period_type"][begin]),
            {name: column[begin:end] for name, column in columns.items()},
            limit_width,
        )
    return found


def _steps(made: dict[str, Forecast], histories: dict[str, History]) -> pa.Table:
    """A row for each period forecast; shares as percentages again."""
    columns: dict[str, list[Any]] = {
        name: []
        for name in ("baseline_id", "step", "expected", "lower80", "upper80", "lower95", "upper95")
    }
    for name, forecast in made.items():
        unit = 100 if histories[name].scale is Scale.LOGIT else 1
        for step in range(forecast.horizon):
            columns["baseline_id"].append(name)
            columns["step"].append(step + 1)
            for limit in ("expected", "lower80", "upper80", "lower95", "upper95"):
                value = unit * float(getattr(forecast, limit)[step])
                # An optimiser finds the same minimum to about so many decimals.
                columns[limit].append(round(value, 6))
    kinds = [pa.string(), pa.int32(), *[pa.float64()] * 5]
    return pa.table(
        {
            name: pa.array(values, kind)
            for (name, values), kind in zip(columns.items(), kinds, strict=True)
        }
    )


def _models(made: dict[str, Forecast], histories: dict[str, History]) -> pa.Table:
    """A row for each forecast: how it was made."""
    return pa.table(
        {
            "baseline_id": pa.array(list(made), pa.string()),
            "model": pa.array([one.model for one in made.values()], pa.string()),
            "season": pa.array([one.season for one in made.values()], pa.int32()),
            "horizon": pa.array([one.horizon for one in made.values()], pa.int32()),
            "scale": pa.array([str(histories[name].scale) for name in made], pa.string()),
            "slope_sign": pa.array([histories[name].slope_sign for name in made], pa.int32()),
        }
    )
