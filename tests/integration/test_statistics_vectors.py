"""The published test vectors of METHODS 4: charts, assurance and the trend of years.

One dbt run over a copy of the project, whose points are those of the vectors: the charts, the
decision to rebase and the annual trend are the project's own models.
"""

from collections.abc import Iterator

import duckdb
import pytest

from tests.chart_stage import AS_AT, MODELS, Points, start_of
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

POLARITIES = {"up": "higher_better", "down": "lower_better", "neutral": "context_only"}
BETTER = "case polarity when 'up' then 1 when 'down' then -1 end"
JUDGED = "(polarity <> 'neutral')"
# What a macro makes of a table of vectors.
MACROS = {
    "assurance": {"code": f'assurance_code("target", "lpl", "upl", "{BETTER}")'},
    "direction_cases": {
        "xmr": f'charted_direction("spc_point_type", "spc_conflict", "{JUDGED}")',
        "annual": "charted_direction("
        f'annual_point_type("trend_marker", "{BETTER}"), "0", "{JUDGED}")',
    },
}


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


@pytest.mark.parametrize(
    "case",
    [row for row in rows_of("direction_cases") if row["method"] in ("xmr", "annual")],
    ids=case_id,
)
def test_a_chart_and_five_years_have_a_direction(answers, case):
    found = one(answers, "main.vectors_direction_cases", case_id=case["case_id"])
    assert found[case["method"]] == case["direction"]
