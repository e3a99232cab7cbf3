"""The published test vectors of METHODS 2.5, 6 and 10.2: differences, benchmarks and levels.

One dbt run over a copy of the project: the comparisons are the project's own models, the figures
and the published values before them are those of the vectors. What a model can not be given alone,
such as the average of a group, goes through the project's macro.
"""

import csv
import math
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
YEAR, YEAR_BEFORE, REPORTING_YEAR = "2024-25", "2023-24", 2025
MODELS = {
    "marts/outcomes": (
        "authority_distributions",
        "benchmark_comparisons",
        "comparable_figures",
        "compared_figures",
        "indicator_comparisons",
        "period_differences",
    ),
}
POLARITIES = {"up": "higher_better", "down": "lower_better", "neutral": "context_only"}
Z = {"95": "1.959963984540054", "998": "3.090232306167813"}
# What a macro makes of a table of vectors.
MACROS = {
    "funnel": {
        **{
            f"{limit}{level}": f"funnel_{limit}('group_average', 'n', 'phi', '{z}')"
            for limit in ("lower", "upper")
            for level, z in Z.items()
        },
        "flag": "funnel_flag('p', 'lower95', 'upper95', 'lower998', 'upper998')",
    },
    "level_cases": {
        "level": "evidence_level("
        "'benchmark_code', 'band_code', 'interval_inside_band = 1', 'n', '10')",
    },
}

VALUE_COLUMNS = """
    indicator_id varchar, indicator_version integer, local_authority_code varchar,
    period_id varchar, period_type varchar, period_start date, period_end date,
    breakdown varchar, breakdown_value varchar, measure_type varchar, unit varchar,
    numerator double, n_denominator bigint, n_known bigint, n_eff double, value double,
    lower95 double, upper95 double, lower998 double, upper998 double, as_at_date date
"""
PUBLISHED_COLUMNS = """
    published_indicator_id varchar, area_type_code varchar, area_code varchar,
    local_authority_code varchar, reporting_year integer, value double, exact_value double,
    count_number double, denominator double
"""
RECORD_COLUMNS = """
    indicator_id varchar, local_authority_code varchar, period_id varchar,
    denominator_flag integer, value double
"""


class World:
    """One authority, the figures of the vectors, and what is published beside them."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute(f"create table figures ({VALUE_COLUMNS})")
        self.connection.execute(f"create table int_published_values ({PUBLISHED_COLUMNS})")
        self.connection.execute(f"create table measure_records ({RECORD_COLUMNS})")
        self.connection.execute(
            "create table int_statistical_neighbours (local_authority_code varchar, "
            "model_year integer, neighbour_rank integer, "
            "neighbour_local_authority_code varchar, usable_from_year integer, "
            "usable_to_year integer)"
        )
        for rank in range(1, 11):
            self.connection.execute(
                "insert into int_statistical_neighbours values (?, 2021, ?, ?, null, null)",
                [AUTHORITY, rank, f"n{rank:02}"],
            )
        self.indicators: list[dict[str, str]] = []

    def add_indicator(self, name: str, measure_type: str, polarity: str = "up") -> None:
        self.indicators.append(
            {
                "indicator_id": name,
                "indicator_version": "1",
                "measure_type": measure_type,
                "unit": "percent",
                "polarity": POLARITIES[polarity],
                "unknown_policy": "EXCLUDE_AND_REPORT",
            }
        )

    def add_figure(self, name: str, measure_type: str, **columns: object) -> None:
        """A yearly figure; that of the year before where the columns say so."""
        year = int(str(columns.get("period_id", YEAR))[:4])
        figure = {
            "indicator_id": name,
            "indicator_version": 1,
            "local_authority_code": AUTHORITY,
            "period_id": YEAR,
            "period_type": "year",
            "period_start": f"{year}-04-01",
            "period_end": f"{year + 1}-03-31",
            "breakdown": "all",
            "breakdown_value": "all",
            "measure_type": measure_type,
            "unit": "percent",
            "as_at_date": AS_AT,
            **columns,
        }
        self.connection.execute(
            f"insert into figures ({', '.join(figure)}) values ({', '.join('?' for _ in figure)})",
            list(figure.values()),
        )

    def add_count(self, name: str, measure_type: str, period: str, x: int, n: int) -> None:
        shown = {"numerator": x, "n_denominator": n, "n_known": n, "period_id": period}
        if measure_type == "proportion":
            shown |= {"n_eff": n, "value": 100 * x / n}
        else:
            shown |= {"value": x / n}
        self.add_figure(name, measure_type, **shown)

    def add_scores(self, name: str, period: str, mean: float, spread: float, n: int) -> None:
        """So many records with this mean and spread: as many above the mean as below."""
        pairs, odd = divmod(n, 2)
        away = spread * math.sqrt((n - 1) / (2 * pairs))
        scores = [mean - away, mean + away] * pairs + [mean] * odd
        self.add_figure(name, "mean", n_known=n, n_denominator=n, value=mean, period_id=period)
        self.connection.executemany(
            "insert into measure_records values (?, ?, ?, 1, ?)",
            [[name, AUTHORITY, period, score] for score in scores],
        )

    def publish(self, name: str, area_type: str, area: str, **columns: object) -> None:
        line = {
            "published_indicator_id": name,
            "area_type_code": area_type,
            "area_code": area,
            "local_authority_code": area if area_type == "local_authority" else None,
            "reporting_year": REPORTING_YEAR,
            **columns,
        }
        self.connection.execute(
            f"insert into int_published_values ({', '.join(line)}) "
            f"values ({', '.join('?' for _ in line)})",
            list(line.values()),
        )

    def stand_in(self, folder: Path, stand_ins: Path) -> None:
        """Models of their names that read the world."""
        for table in (
            *("figures", "int_published_values", "measure_records"),
            "int_statistical_neighbours",
        ):
            path = folder / f"{table}.parquet"
            self.connection.execute(f"copy {table} to '{path}' (format parquet)")
            (stand_ins / f"{table}.sql").write_text(f"select * from read_parquet('{path}')")
        (stand_ins / "int_authorities.sql").write_text(
            f"select '{AUTHORITY}' as local_authority_code, 'E12000001' as whole_region_code"
        )
        (stand_ins / "indicator_aims.sql").write_text(
            "select *, cast(null as double) as target_value, false as has_band, "
            "cast(null as double) as band_low, cast(null as double) as band_high "
            "from {{ ref('figures') }} where false"
        )
        # Newcombe rests on each side's own Wilson limits; those come from the macro.
        wilson = ", ".join(
            f"case when measure_type = 'proportion' and {limit}{level} is null then 100 * "
            f"{{{{ wilson_{limit}('numerator', 'n_eff', 'cast({z} as double)') }}}} "
            f"else {limit}{level} end as {limit}{level}"
            for limit in ("lower", "upper")
            for level, z in Z.items()
        )
        (stand_ins / "indicator_values.sql").write_text(
            f"select * replace ({wilson}) from {{{{ ref('figures') }}}}"
        )


def world_of_the_vectors() -> World:
    world = World()
    for row in rows_of("diff_props"):
        world.add_indicator(row["case_id"], "proportion")
        for side, period in (("1", YEAR), ("2", YEAR_BEFORE)):
            world.add_count(
                row["case_id"], "proportion", period, int(row[f"x{side}"]), int(row[f"n{side}"])
            )
    for row in rows_of("rate_ratio"):
        world.add_indicator(row["case_id"], "rate")
        for side, period in (("1", YEAR), ("2", YEAR_BEFORE)):
            world.add_count(
                row["case_id"], "rate", period, int(row[f"x{side}"]), int(row[f"n{side}"])
            )
    for row in rows_of("diff_means"):
        world.add_indicator(row["case_id"], "mean")
        for side, period in (("1", YEAR), ("2", YEAR_BEFORE)):
            mean, spread = float(row[f"mean{side}"]), float(row[f"sd{side}"])
            world.add_scores(row["case_id"], period, mean, spread, int(row[f"n{side}"]))
    for row in rows_of("benchmark"):
        world.add_indicator(row["case_id"], "proportion", row["polarity"])
        world.add_figure(
            row["case_id"],
            "proportion",
            value=100 * float(row["p"]),
            **{
                limit: 100 * float(row[limit])
                for limit in ("lower95", "upper95", "lower998", "upper998")
            },
        )
        world.publish(row["case_id"], "national", "E92000001", value=100 * float(row["comparator"]))
    for row in rows_of("neighbours"):
        world.add_indicator(row["case_id"], "mean", row["polarity"])
        world.add_figure(row["case_id"], "mean", value=float(row["area_value"]))
        for rank, value in enumerate(numbers(row["neighbour_values"]), start=1):
            if value is not None:
                world.publish(row["case_id"], "local_authority", f"n{rank:02}", value=value)
    for row in rows_of("quartile"):
        world.add_indicator(row["case_id"], "mean", row["polarity"])
        world.add_figure(row["case_id"], "mean", value=float(row["area_value"]))
        for place, value in enumerate(numbers(row["all_values"])):
            world.publish(row["case_id"], "local_authority", f"a{place:02}", value=value)
    for row in rows_of("overdispersion"):
        world.add_indicator(row["case_id"], "proportion")
        world.add_figure(row["case_id"], "proportion", value=20.0, n_eff=100)
        for place, (x, n) in enumerate(zip(numbers(row["x"]), numbers(row["n"]), strict=True)):
            assert x is not None and n is not None
            world.publish(
                row["case_id"],
                "local_authority",
                f"a{place:02}",
                value=round(100 * x / n),
                exact_value=100 * x / n,
                count_number=x,
                denominator=n,
            )
    return world


def write_seed(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("comparisons")
    stand_ins = copy_project(folder, MODELS)
    world = world_of_the_vectors()
    world.stand_in(folder, stand_ins)
    names = [row["indicator_id"] for row in world.indicators]
    write_seed(folder / "seeds/framework/indicators.csv", world.indicators)
    write_seed(
        folder / "seeds/benchmarks/published_indicators.csv",
        [{"published_indicator_id": name, "unit": "percent"} for name in names],
    )
    write_seed(
        folder / "seeds/benchmarks/comparable_indicators.csv",
        [{"indicator_id": name, "published_indicator_id": name} for name in names],
    )
    for name, expressions in MACROS.items():
        made = ", ".join(f"{{{{ {call} }}}} as {column}" for column, call in expressions.items())
        (stand_ins / f"vectors_{name}.sql").write_text(
            f"select case_id, {made} from read_csv('{VECTORS / name}.csv')"
        )
    with duckdb.connect(str(build_project(folder, AS_AT)), read_only=True) as connection:
        yield connection


def compared(answers: duckdb.DuckDBPyConnection, indicator: str, comparator: str):
    return one(
        answers, "outcomes.indicator_comparisons", indicator_id=indicator, comparator=comparator
    )


def level_of(case: dict[str, str]) -> str:
    return "95" if case["conf"] == "0.95" else "998"


@each_of("diff_props")
def test_two_years_of_a_percentage_differ_by_newcombes_limits(answers, case):
    found = compared(answers, case["case_id"], "previous_period")
    assert found["limits_of"] == "difference"
    assert agrees(found["difference"] / 100, number(case["diff"]))
    for limit in ("lower", "upper"):
        assert agrees(found[f"difference_{limit}{level_of(case)}"] / 100, number(case[limit])), (
            limit
        )


@each_of("diff_means")
def test_two_years_of_a_mean_differ_by_welchs_limits(answers, case):
    found = compared(answers, case["case_id"], "previous_period")
    assert agrees(found["difference"], number(case["diff"]))
    for limit in ("lower", "upper"):
        assert agrees(found[f"difference_{limit}{level_of(case)}"], number(case[limit])), limit


@each_of("rate_ratio")
def test_two_years_of_a_rate_differ_by_the_limits_of_their_ratio(answers, case):
    found = compared(answers, case["case_id"], "previous_period")
    assert found["limits_of"] == "ratio"
    assert agrees(found["ratio"], number(case["ratio"]))
    for limit in ("lower", "upper"):
        assert agrees(found[f"difference_{limit}{level_of(case)}"], number(case[limit])), limit


@each_of("benchmark")
def test_a_figure_is_placed_against_england_by_its_own_limits(answers, case):
    found = compared(answers, case["case_id"], "england")
    assert found["comparison_code"] == case["code"]


@each_of("neighbours")
def test_neighbours_are_summed_up_where_enough_have_a_figure(answers, case):
    found = compared(answers, case["case_id"], "statistical_neighbours")
    assert found["area_count"] == int(case["n_available"])
    assert agrees(found["comparator_value"], number(case["median"]))
    for name in ("mean", "minimum", "maximum"):
        assert agrees(found[f"comparator_{name}"], number(case[name])), name
    assert found["rank"] == number(case["rank"])
    assert found["symbol"] == (None if case["median"] else "[x]")


@each_of("quartile")
def test_a_figure_lies_in_a_quarter_of_all_authorities(answers, case):
    found = compared(answers, case["case_id"], "all_authorities")
    assert found["quartile_band"] == (case["band"] or None)


@each_of("funnel")
def test_an_area_lies_in_the_funnel_or_outside(answers, case):
    found = one(answers, "main.vectors_funnel", case_id=case["case_id"])
    for limit in ("lower95", "upper95", "lower998", "upper998"):
        assert agrees(found[limit], number(case[limit])), limit
    assert found["flag"] == case["flag"]


@each_of("overdispersion")
def test_a_funnel_is_widened_where_areas_differ_more_than_by_chance(answers, case):
    found = compared(answers, case["case_id"], "all_authorities")
    assert agrees(found["group_average"] / 100, number(case["group_average"]))
    assert agrees(found["overdispersion_estimate"], number(case["phi_hat"]))
    assert agrees(found["overdispersion"], number(case["phi_used"]))


@pytest.mark.parametrize("case", rows_of("level_cases"), ids=case_id)
def test_a_comparison_or_a_band_is_a_level(answers, case):
    found = one(answers, "main.vectors_level_cases", case_id=case["case_id"])
    assert found["level"] == case["level"]
