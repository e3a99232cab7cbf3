"""How fast charts are drawn, how often they cry wolf, and how soon they see a change.

    python -m tests.benchmark_statistics

Every chart is drawn by the project's own models, built by dbt in a copy of the project whose
indicator values are simulated: months of independent normal figures. Printed are

- the seconds that 100,000 series of 36 months take, from indicator values to the table of trends,
  as SQL on two threads: dbt builds everything once, then its compiled queries run again by
  themselves under the clock. Seconds of the wall depend on who else works on the machine;
  processor seconds of both threads together hardly do;
- the share of points with a special cause where nothing changed, beside the rate that the rules
  have in theory. No published run length is for this set of rules, so the rate comes from a
  simulation in numpy that knows mean and standard deviation and finds runs in its own way. The
  charts of that comparison draw their limits from all of 180 months. From fifteen points, as is
  usual, limits are rough and the rate is higher: printed too, beside numpy's with such limits;
- the share of changes by two standard deviations that a chart signals within seven months.
"""

import csv
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from tests.method_vectors import build_project, copy_project

MODELS = {
    "marts/outcomes": (
        "chart_series",
        "chart_points",
        "indicator_aims",
        "rebase_decisions",
        "control_charts",
        "annual_trends",
        "indicator_trends",
    )
}
AS_AT = "2031-03-31"
# Changes come after so many months.
BEFORE, AFTER = 24, 7
THREADS = 2


@dataclass(frozen=True)
class Charted:
    """Special-cause signs of series × months, and the seconds that drawing them took: of the wall,
    and of the processors."""

    signs: np.ndarray
    wall: float
    processor: float


def main() -> None:
    """Draw the charts, count the signals and print a line for each question."""
    random = np.random.default_rng(20260331)
    charted = _chart(random.normal(100, 10, (100_000, 36)))
    print(
        f"100,000 series of 36 months: {charted.wall:.1f} s on {THREADS} threads (under 30 wanted),"
        f" {charted.processor:.1f} processor seconds; {os.getloadavg()[0]:.1f} processes wanted"
        f" the {os.cpu_count()} processors in the last minute"
    )

    unchanged = random.normal(100, 10, (5_000, 180))
    told = _chart(unchanged, limits_from=180)
    theory = _share(_signs(random.normal(0, 1, (20_000, 180)), np.zeros(20_000), np.ones(20_000)))
    _compare("no change, limits from all points", _share(told.signs), theory)
    usual = _chart(unchanged[:, :36])
    _compare("no change, limits from fifteen", _share(usual.signs), _rough_rate(random))

    stepped = random.normal(100, 10, (5_000, BEFORE + AFTER))
    stepped[:, BEFORE:] += 20
    seen = (_chart(stepped).signs[:, BEFORE:] > 0).any(axis=1).mean()
    print(f"two-sigma steps seen in {AFTER} months {seen:7.1%} (90% wanted)")


def _compare(what: str, found: float, theory: float) -> None:
    print(
        f"{what:34} {found:6.2%} of points signal, {theory:6.2%} in theory ({found / theory:.2f})"
    )


def _chart(values: np.ndarray, *, limits_from: int | None = None) -> Charted:
    """Draw series × months by the project's models; limits from so many points, else as usual."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stand_ins = copy_project(folder, MODELS)
        parameters = folder / "seeds" / "framework" / "method_parameters.csv"
        if limits_from is not None:
            _set_parameter(parameters, "spc_fix_after_n", limits_from)
        figures = folder / "figures.parquet"
        _write_figures(values, figures)
        (stand_ins / "indicator_values.sql").write_text(f"select * from read_parquet('{figures}')")
        (stand_ins / "int_targets.sql").write_text(
            "{{ config(contract={'enforced': false}) }}\n"
            "select '' as local_authority_code, '' as target_id, '' as indicator_id,"
            " '' as target_type_code, '' as breakdown, '' as breakdown_value,"
            " cast(null as double) as target_value, cast(null as double) as lower_value,"
            " cast(null as double) as upper_value, cast(null as date) as valid_from_date,"
            " cast(null as date) as valid_to_date, '' as owner_role, '' as reason_text"
        )
        warehouse = build_project(folder, AS_AT)
        wall, processor = _redraw(warehouse, folder / "target" / "compiled")
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            signs = connection.execute(
                """
                select case
                    when special_cause_type = 'COMMON' then 0
                    when icon_letter = 'H' then 1
                    else -1
                end as special_cause_sign
                from outcomes.indicator_trends
                order by indicator_id, local_authority_code, period_start
                """
            ).fetchnumpy()["special_cause_sign"]
        return Charted(np.asarray(signs).reshape(values.shape), wall, processor)


def _redraw(warehouse: Path, compiled: Path) -> tuple[float, float]:
    """Make the tables of charts again, by the queries that dbt made of the models; the seconds."""
    queries = {
        table: next(compiled.rglob(f"{table}.sql")).read_text("utf-8")
        for table in ("chart_series", "chart_points", "rebase_decisions", "indicator_trends")
    }
    with duckdb.connect(str(warehouse), config={"threads": THREADS}) as connection:
        wall, processor = time.perf_counter(), time.process_time()
        for table, query in queries.items():
            connection.execute(f"create or replace table outcomes.{table} as {query}")
        return time.perf_counter() - wall, time.process_time() - processor


def _set_parameter(seed: Path, parameter: str, value: float) -> None:
    with seed.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    place = header.index("parameter"), header.index("value")
    with seed.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [header]
            + [
                [
                    str(value) if n == place[1] and row[place[0]] == parameter else cell
                    for n, cell in enumerate(row)
                ]
                for row in rows
            ]
        )


def _write_figures(values: np.ndarray, file: Path) -> None:
    """Series × months as months of one indicator, each series an authority of its own."""
    series, months = values.shape
    figures = pa.table(
        {
            "series": np.repeat(np.arange(series), months),
            "month": np.tile(np.arange(months), series),
            "value": values.ravel(),
        }
    )
    with duckdb.connect() as connection:
        connection.register("figures", figures)
        connection.execute(
            f"""
            copy (
                select
                    'rees_child_stability_3plus_placements' as indicator_id,
                    1 as indicator_version,
                    format('{{:06d}}', series) as local_authority_code,
                    strftime(period_start, '%Y-%m') as period_id,
                    'month' as period_type, period_start, last_day(period_start) as period_end,
                    'all' as breakdown, 'all' as breakdown_value,
                    'proportion' as measure_type, 'percent' as unit,
                    60.0 as numerator, 100 as n_denominator, 100 as n_known, 100.0 as n_eff,
                    round(value, 9) as value, value - 9 as lower95, value + 9 as upper95,
                    false as is_disclosive
                from (
                    select *,
                        cast(date '2014-04-01' + to_months(cast(month as integer)) as date)
                            as period_start
                    from figures
                )
            ) to '{file}' (format parquet)
            """
        )


# ---- the same rules found another way ----


def _share(signs: np.ndarray) -> float:
    return float((signs != 0).mean())


def _rough_rate(random: np.random.Generator) -> float:
    """The rate of charts whose limits come from their first fifteen of 36 points."""
    values = random.normal(0, 1, (50_000, 36))
    first = values[:, :15]
    ranges = np.abs(np.diff(first, axis=1)).mean(axis=1)
    return _share(_signs(values, first.mean(axis=1), ranges * 2.66 / 3))


def _signs(values: np.ndarray, mean: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    """Whether each point has a special cause, about a mean with limits at three sigma."""
    z = (values - mean[:, None]) / sigma[:, None]
    outside = np.abs(z) > 3
    flagged = outside.copy()
    near = (np.abs(z) > 2) & ~outside
    for start in range(z.shape[1]):
        seven, three = z[:, start : start + 7], z[:, start : start + 3]
        if seven.shape[1] == 7:
            one_side = (seven > 0).all(axis=1) | (seven < 0).all(axis=1)
            steps = np.diff(seven, axis=1)
            one_way = (steps > 0).all(axis=1) | (steps < 0).all(axis=1)
            flagged[:, start : start + 7] |= (one_side | one_way)[:, None]
        if three.shape[1] == 3:
            at = near[:, start : start + 3]
            one_side = (three > 0).all(axis=1) | (three < 0).all(axis=1)
            flagged[:, start : start + 3] |= (one_side & (at.sum(axis=1) >= 2))[:, None] & at
    return flagged


if __name__ == "__main__":
    main()
