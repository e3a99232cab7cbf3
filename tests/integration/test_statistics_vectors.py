"""The published test vectors of METHODS 4: charts, assurance and the trend of years.

One dbt run over a copy of the project, whose points are those of the vectors: the charts, the
decision to rebase and the annual trend are the project's own models.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.method_vectors import (
    VECTORS,
    agrees,
    build_project,
    case_id,
    copy_project,
    each_of,
    needs_vectors,
    number,
    numbers,
    one,
    rows_of,
)

pytestmark = needs_vectors

AUTHORITY, AS_AT = "999", "2026-03-31"
MODELS = {
    "marts/outcomes": ("control_charts", "annual_trends", "indicator_trends", "rebase_decisions"),
}
POLARITIES = {"up": "higher_better", "down": "lower_better", "neutral": "context_only"}
BETTER = "case polarity when 'up' then 1 when 'down' then -1 end"
# What a macro makes of a table of vectors.
MACROS = {
    "assurance": {"code": f'assurance_code("target", "lpl", "upl", "{BETTER}")'},
}

SERIES_COLUMNS = """
    series_number integer, indicator_id varchar, indicator_version integer,
    local_authority_code varchar, period_type varchar, breakdown varchar,
    breakdown_value varchar, measure_type varchar, unit varchar, polarity varchar,
    fix_after_n integer, screen_outliers integer
"""
POINT_COLUMNS = """
    series_number integer, period_type varchar, period_start date, value double, n bigint,
    events double, trials double, lower95 double, upper95 double, target_value double,
    band_low double, band_high double
"""
TARGET_COLUMNS = """
    local_authority_code varchar, target_id varchar, indicator_id varchar,
    target_type_code varchar, breakdown varchar, breakdown_value varchar, valid_from_date date,
    valid_to_date date, owner_role varchar, reason_text varchar
"""
STAND_INS = {
    "chart_series": SERIES_COLUMNS,
    "chart_points": POINT_COLUMNS,
    "int_targets": TARGET_COLUMNS,
}


def start_of(period_type: str, place: int) -> dt.date:
    """The first day of the period at a place of a series, which counts from 1."""
    month = 3 + {"month": 1, "year": 12}[period_type] * (place - 1)
    return dt.date(2015 + month // 12, month % 12 + 1, 1)


class Points:
    """The series, points and decisions of the vectors, as the models would meet them."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        for table, columns in STAND_INS.items():
            self.connection.execute(f"create table {table} ({columns})")
        self.series: list[str] = []

    def add_series(self, series: str, period_type: str, **columns: object) -> None:
        """A series of an indicator that is called so, unless it is there."""
        if series not in self.series:
            self.series.append(series)
            self._insert(
                "chart_series",
                series_number=self.series.index(series),
                indicator_id=series,
                indicator_version=1,
                local_authority_code=AUTHORITY,
                period_type=period_type,
                breakdown="all",
                breakdown_value="all",
                **columns,
            )

    def add(self, series: str, period_type: str, place: int, **columns: object) -> None:
        """The point at a place of a series, which counts from 1."""
        self._insert(
            "chart_points",
            series_number=self.series.index(series),
            period_type=period_type,
            period_start=start_of(period_type, place),
            n=100,
            **columns,
        )

    def _insert(self, table: str, **columns: object) -> None:
        self.connection.execute(
            f"insert into {table} ({', '.join(columns)}) "
            f"values ({', '.join('?' for _ in columns)})",
            list(columns.values()),
        )

    def rebase(self, series: str, place: int) -> None:
        """A decision to draw new limits from a place of a monthly series on."""
        self._insert(
            "int_targets",
            local_authority_code=AUTHORITY,
            target_id=series,
            indicator_id=series,
            target_type_code="rebase",
            breakdown="all",
            breakdown_value="all",
            valid_from_date=start_of("month", place),
            owner_role="Director",
            reason_text="Known cause",
        )

    def stand_in(self, folder: Path, stand_ins: Path) -> None:
        """Models of their names that read them."""
        for table in STAND_INS:
            path = folder / f"{table}.parquet"
            self.connection.execute(f"copy {table} to '{path}' (format parquet)")
            (stand_ins / f"{table}.sql").write_text(f"select * from read_parquet('{path}')")


def points_of_the_vectors() -> Points:
    points = Points()
    for row in rows_of("xmr_cases"):
        points.add_series(
            row["case_id"],
            "month",
            polarity=POLARITIES[row["polarity"]],
            fix_after_n=number(row["fix_after_n"]),
            screen_outliers=number(row["screen_outliers"]),
        )
        points.add(row["case_id"], "month", int(row["t"]), value=number(row["value"]))
    first_of_partition = {
        (row["case_id"], row["partition"]): row for row in rows_of("xmr_cases")[::-1]
    }
    for (case, partition), row in first_of_partition.items():
        if partition != "0":
            points.rebase(case, int(row["t"]))
    for row in rows_of("trend"):
        share = row["value_type"] == "proportion"
        points.add_series(row["case_id"], "year", measure_type="proportion" if share else "rate")
        columns = {name: numbers(row[name]) for name in ("x", "n", "value", "lower95", "upper95")}
        for place in range(max(map(len, columns.values()))):
            at = {name: values[place] for name, values in columns.items() if values}
            x, n = at.get("x"), at.get("n")
            points.add(
                row["case_id"],
                "year",
                place + 1,
                value=(None if x is None or n is None else 100 * x / n) if share else at["value"],
                events=x,
                trials=n,
                lower95=at.get("lower95"),
                upper95=at.get("upper95"),
            )
    return points


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("statistics")
    stand_ins = copy_project(folder, MODELS)
    points_of_the_vectors().stand_in(folder, stand_ins)
    for name, expressions in MACROS.items():
        made = ", ".join(f"{{{{ {call} }}}} as {column}" for column, call in expressions.items())
        (stand_ins / f"vectors_{name}.sql").write_text(
            f"select case_id, {made} from read_csv('{VECTORS / name}.csv')"
        )
    with duckdb.connect(str(build_project(folder, AS_AT)), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize(
    "case", rows_of("xmr_cases"), ids=lambda row: f"{row['case_id']}-{row['t']}"
)
def test_a_point_of_a_chart_has_its_limits_and_signals(answers, case):
    found = one(
        answers,
        "outcomes.indicator_trends",
        indicator_id=case["case_id"],
        period_start=start_of("month", int(case["t"])),
    )
    assert (
        found["method"]
        == {"full": "XMR", "trial": "XMR_TRIAL", "run_chart": "RUN_CHART"}[case["status"]]
    )
    assert found["partition_number"] == int(case["partition"])
    for ours, theirs in (
        ("centre", "mean"),
        ("mean_moving_range", "avg_moving_range"),
        ("lower_limit", "lpl"),
        ("upper_limit", "upl"),
    ):
        assert agrees(found[ours], number(case[theirs])), ours
    for flag in ("outside", "shift", "trend", "two_of_three"):
        assert found[f"{flag}_flag"] == int(case[f"r_{flag}"]), flag
    assert found["special_cause_type"] == (case["special_cause_type"] or None)
    assert found["point_type"] == (case["point_type"] or None)
    assert found["conflict"] == number(case["conflict"])


@each_of("assurance")
def test_a_target_is_met_always_never_or_by_chance(answers, case):
    found = one(answers, "main.vectors_assurance", case_id=case["case_id"])
    assert found["code"] == (case["assurance"] or None)


@each_of("trend")
def test_five_years_have_a_trend_or_none(answers, case):
    found = answers.execute(
        """
        select trend_marker, trend_chi_square, trend_slope_sign, trend_keeps_its_sign
        from outcomes.indicator_trends where indicator_id = ? and is_latest
        """,
        [case_id(case)],
    ).fetchone()
    marker, chi_square, slope, keeps = found
    assert marker == case["marker"]
    assert agrees(chi_square, number(case["chi_square"]))
    assert slope == number(case["slope_sign"])
    assert keeps == (bool(int(case["leave_one_out_same_sign"])) if slope is not None else None)
