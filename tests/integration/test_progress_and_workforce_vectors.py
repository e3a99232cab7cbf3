"""METHODS 9: published vectors and statistics, answered by the project's own macros and seeds.

One dbt run over the macros and seeds that the models use; each vector table is a source of rows,
and what the models select from those expressions is selected from them here.
"""

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import pytest

from tests.factories import PROJECT, SHARED

VECTORS = SHARED / "methods_vectors"
CENSUS = SHARED / "samples" / "dfe_published" / "csww_indicators_2017_to_2025.csv"

pytestmark = pytest.mark.skipif(
    not VECTORS.is_dir(), reason="the test vectors of METHODS lie outside this repository"
)

# Parts a and b of each rate that the department publishes, by the name of our measure.
PUBLISHED_PARTS = {
    "turnover_rate_fte": ("leavers_fte", "inpost_fte"),
    "turnover_rate_headcount": ("leavers_headcount", "inpost_headcount"),
    "vacancy_rate_fte": ("vacancy_fte", "inpost_fte"),
    "agency_rate_fte": ("agency_fte", "inpost_fte"),
    "agency_cover_rate_fte": ("agency_cover_fte", "agency_fte"),
    "caseload_fte": ("cases", "case_holders_fte"),
    "absence_rate_fte": ("working_days_lost_fte", "inpost_fte"),
}

WORKFORCE = """
    select given.*, {{{{ workforce_value(
        'measures.multiplier', 'measures.denominator_rule', 'given.a', '('
        ~ workforce_denominator('measures.denominator_rule', 'given.a', 'given.b', 'given.c')
        ~ ')'
    ) }}}} as answer
    from ({given}) as given
    inner join {{{{ ref('workforce_measures') }}}} as measures
        on given.measure = measures.measure_code
"""


def rows_of(table: str) -> list[dict[str, str]]:
    if not VECTORS.is_dir():
        return []
    with (VECTORS / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def each_of(table: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", rows_of(table), ids=lambda case: case["case_id"])


def published_rates() -> str:
    """Every published rate of every area and year, beside the parts it was made of."""
    selects = [
        f"""
        select
            time_period || coalesce(new_la_code, region_code, country_code) as case_id,
            '{rate}' as measure,
            try_cast("{a}" as double) as a,
            try_cast("{b}" as double) as b,
            {{{{ working_days(
                year_ago('make_date(cast(time_period as integer), 9, 30)'),
                'make_date(cast(time_period as integer), 9, 30)',
                'parameters.working_days_in_year'
            ) }}}} as c,
            cast(time_period as integer) as census_year,
            try_cast("{rate}" as double) as published
        from read_csv('{CENSUS}', all_varchar = true)
        cross join (
            select {{{{ parameter_columns(['working_days_in_year']) }}}}
            from {{{{ ref('method_parameters') }}}}
        ) as parameters
        """
        for rate, (a, b) in PUBLISHED_PARTS.items()
    ]
    return " union all ".join(selects)


def models() -> Mapping[str, str]:
    """Name and query of each model that answers a table of vectors."""
    workforce = f"select * from read_csv('{VECTORS / 'workforce.csv'}')"
    answers = {"workforce": WORKFORCE.format(given=workforce)}
    if CENSUS.exists():
        answers["published_rates"] = WORKFORCE.format(given=published_rates())
    return answers


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("vectors")
    shutil.copytree(
        PROJECT / "dbt_project", folder / "dbt_project", ignore=shutil.ignore_patterns("tests")
    )
    shutil.copytree(PROJECT / "seeds" / "framework", folder / "seeds" / "framework")
    shutil.copytree(PROJECT / "seeds" / "codes", folder / "seeds" / "codes")
    (folder / "models").mkdir()
    for name, query in models().items():
        (folder / "models" / f"vectors_{name}.sql").write_text(query, encoding="utf-8")
    run = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("dbt")), "--no-use-colors", "build"),
            *("--exclude-resource-type", "test", "unit_test"),
            *("--project-dir", str(folder / "dbt_project")),
            *("--profiles-dir", str(folder / "dbt_project")),
        ],
        env={
            **os.environ,
            "WAREHOUSE_PATH": str(folder / "warehouse.duckdb"),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-5000:]
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        yield connection


def answer_of(answers: duckdb.DuckDBPyConnection, table: str, case: str) -> dict[str, object]:
    found = answers.execute(f"select * from vectors_{table} where case_id = ?", [case])
    names = [column[0] for column in found.description]
    (row,) = found.fetchall()
    return dict(zip(names, row, strict=True))


def near(answer: object, expected: str) -> bool:
    """Equal to the published digits; an empty cell is null."""
    if not expected or answer is None:
        return not expected and answer is None
    return abs(float(str(answer)) - float(expected)) <= 1e-6


@each_of("workforce")
def test_a_figure_of_the_workforce_is_made_of_its_parts_as_published(answers, case):
    found = answer_of(answers, "workforce", case["case_id"])

    assert near(found["answer"], case["value"])


@pytest.mark.skipif(not CENSUS.exists(), reason="the published census is not beside the project")
def test_every_rate_of_england_2025_is_the_published_one(answers):
    found = answers.execute(
        """
        select measure, round(answer, 1) = published from vectors_published_rates
        where case_id = '2025E92000001'
        """
    ).fetchall()

    assert dict(found) == dict.fromkeys(PUBLISHED_PARTS, True)


@pytest.mark.skipif(not CENSUS.exists(), reason="the published census is not beside the project")
@pytest.mark.parametrize("measure", PUBLISHED_PARTS)
def test_the_rate_of_every_authority_and_year_is_the_published_one(answers, measure):
    """To the digits published: parts to 0.1, rates to 0.1, so a small authority has more room."""
    (rows, apart) = answers.execute(
        """
        select
            count(*),
            count(*) filter (where abs(answer - published) > 0.0501 + case measure
                when 'caseload_fte' then answer * 0.05 / b
                else 100 * 0.05 / b + answer * 0.05 / b
            end)
        from vectors_published_rates
        where measure = ? and case_id like '%E0%' and answer is not null and published is not null
            and b > 0
        """,
        [measure],
    ).fetchone()

    assert rows > 1000
    # A handful were published from unrounded parts that a line no longer holds.
    assert apart <= 0.01 * rows
