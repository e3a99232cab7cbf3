"""METHODS 7: the published vectors of individual progress, answered by the project's own models.

One dbt run over a copy of the project: pairs, classes and summaries are the real models with the
real numbers (progress_measures, method_parameters); what lies before them is a stand-in made from
the vectors. Each case is an authority of its own, with a list of measures and scores as they
would arrive. The added value score of a group of six is under the number from which the models
show one, so its formula is answered by the macro alone.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from tests.factories import PROJECT
from tests.integration.test_progress_and_workforce_vectors import (
    VECTORS,
    answer_of,
    each_of,
    near,
    rows_of,
)

pytestmark = pytest.mark.skipif(
    not VECTORS.is_dir(), reason="the test vectors of METHODS lie outside this repository"
)

AS_AT, YEAR = "2025-03-31", "2024-25"
FIRST_DAY = date(2024, 4, 1)
# Far enough from the first score for every tool, and still in the year.
LATER = FIRST_DAY + timedelta(days=120)
REAL = (
    "intermediate/progress/int_followed_measures",
    "intermediate/progress/int_progress_pairs",
    "intermediate/progress/int_progress_classes",
    "marts/progress/child_progress",
    "marts/progress/progress_slices",
    "marts/progress/progress_summaries",
)
TOOLS = {"parent": "sdq_parent_carer", "teacher": "sdq_teacher", "self": "sdq_self"}
# Columns that the models read of what lies before them.
STAND_INS = {
    "stg_local__progress_measures": """
        local_authority_code varchar, exported_date date, measure_code varchar,
        measure_name varchar, tool_code varchar, domain_code varchar, subject_type_code varchar,
        minimum_score double, maximum_score double, is_higher_better boolean,
        improvement_points double, concern_threshold double, standard_deviation double,
        reliability double, minimum_gap_days integer, minimum_age_months integer,
        maximum_age_months integer, valid_from_date date, valid_to_date date,
        _file_sha256 varchar, _row_number bigint
    """,
    "int_progress_scores": """
        local_authority_code varchar, child_id varchar, measure_code varchar, tool_code varchar,
        item_number integer, informant_code varchar, score_date date, score double,
        review_type_code varchar, intended_direction_code varchar, course_group varchar,
        course_id varchar, course_start_date date, course_end_date date,
        participation_id varchar, service_code varchar, worker_id varchar, left_out_code varchar,
        is_used boolean, record_source varchar, _file_sha256 varchar, _row_number bigint
    """,
    "int_source_coverage": "local_authority_code varchar",
    "stg_local__programme_participation": """
        local_authority_code varchar, participation_id varchar, service_code varchar,
        delivery_model_code varchar, exported_date date, _file_sha256 varchar, _row_number bigint
    """,
    "int_services": """
        local_authority_code varchar, service_code varchar, programme_code varchar,
        service_area_code varchar, provider_code varchar
    """,
    "int_allocations": """
        local_authority_code varchar, child_id varchar, allocation_id varchar, worker_id varchar,
        team_id varchar, allocation_role_code varchar, allocation_start_date date,
        allocation_end_date date
    """,
    "cohort_snapshots": """
        local_authority_code varchar, period_end date, child_id varchar, support_level varchar
    """,
    "int_children": """
        local_authority_code varchar, child_id varchar, sex varchar, date_of_birth date,
        ethnic_group varchar
    """,
}
ADDED_VALUE = """
    with scored as (
        select given.*, parameters.*, {{{{ added_value_score(
            't1_total', 't1_impact', 't1_emotional', 't2_total', 'parameters'
        ) }}}} as score
        from read_csv('{vectors}') as given
        cross join (
            select {{{{ parameter_columns([
                'z95', 'added_value_constant', 'added_value_total', 'added_value_impact',
                'added_value_emotional', 'added_value_sd',
            ]) }}}} from {{{{ ref('method_parameters') }}}}
        ) as parameters
    )

    select
        case_id || '-' || child as case_id, score as added_value,
        null as lower95, null as upper95, null as effect_size
    from scored
    where child <> 'GROUP'
    union all
    select
        case_id || '-GROUP', avg(score),
        avg(score) - {{{{ added_value_margin('count(score)', 'scored') }}}},
        avg(score) + {{{{ added_value_margin('count(score)', 'scored') }}}},
        avg(score) / added_value_sd
    from scored
    group by case_id, z95, added_value_sd
"""


class Stage:
    """The stand-ins, as they are filled from the vectors."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        for name, columns in STAND_INS.items():
            self.connection.execute(f"create table {name} ({columns})")

    def add(self, table: str, **columns: object) -> None:
        names, marks = ", ".join(columns), ", ".join("?" for _ in columns)
        self.connection.execute(
            f"insert into {table} ({names}) values ({marks})", list(columns.values())
        )

    def add_measure(self, case: str, measure: str, tool: str, domain: str) -> None:
        self.add(
            "stg_local__progress_measures",
            local_authority_code=case,
            measure_code=measure,
            measure_name=measure,
            tool_code=tool,
            domain_code=domain,
            is_higher_better=not tool.startswith("sdq"),
        )

    def add_pair(
        self,
        case: str,
        measure: str,
        baseline: str,
        follow_up: str,
        *,
        child: str = "child",
        item: int = 1,
        begun: date = FIRST_DAY,
        followed: date = LATER,
    ) -> None:
        """A first score and a closing one, whichever of them is there."""
        given = [("baseline", begun, baseline), ("closing", followed, follow_up)]
        scored = [(kind, day, score) for kind, day, score in given if score]
        for kind, day, score in scored:
            self.add(
                "int_progress_scores",
                local_authority_code=case,
                child_id=child,
                measure_code=measure,
                item_number=item,
                informant_code="worker",
                score_date=day,
                score=float(score),
                review_type_code=kind,
                course_group="group",
                course_id="course",
                course_start_date=scored[0][1],
                is_used=True,
                record_source="vectors",
            )


def filled() -> Stage:
    """Every vector as the scores that the models would meet in its place."""
    stage = Stage()
    for case in rows_of("rci"):
        days = int(case["days_between"] or 0)
        # The longest is a year: the last day of the year before to the last of this one.
        begun = FIRST_DAY - timedelta(days=1) if days == 365 else FIRST_DAY
        stage.add_measure(case["case_id"], "sdq", TOOLS[case["sdq_version"]], "mental_health")
        stage.add_pair(
            case["case_id"],
            "sdq",
            case["baseline"],
            case["follow_up"],
            begun=begun,
            followed=begun + timedelta(days=days),
        )
    for case in rows_of("distance_travelled"):
        for place, pair in enumerate(pairs_of(case)):
            is_safety = str(place) == case["safety_domain_index"]
            domain = "safety" if is_safety else f"domain {place}"
            stage.add_measure(case["case_id"], f"scale {place}", "outcomes_star", domain)
            stage.add_pair(case["case_id"], f"scale {place}", *pair)
    for case in rows_of("goals"):
        stage.add_measure(case["case_id"], "goals", "goal_based_outcomes", "parent_goal")
        for place, pair in enumerate(pairs_of(case)):
            stage.add_pair(case["case_id"], "goals", *pair, item=place + 1)
    for case in rows_of("better_off"):
        stage.add_measure(case["case_id"], "five", "five_point", "resilience")
        better, known, eligible = (int(case[name]) for name in ("better_off", "known", "eligible"))
        for number in range(eligible):
            latest = "3" if number < better else "2" if number < known else ""
            stage.add_pair(case["case_id"], "five", "2", latest, child=f"child {number}")
    return stage


def pairs_of(case: dict[str, str]) -> list[tuple[str, str]]:
    """The scores of each item, in lists parted by bars; none where there is nothing between."""
    first, latest = (case[name].split("|") for name in ("baseline_scores", "latest_scores"))
    return list(zip(first, latest, strict=True))


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse in which the models have met the vectors."""
    folder = tmp_path_factory.mktemp("progress_vectors")
    shutil.copytree(
        PROJECT / "dbt_project", folder / "dbt_project", ignore=shutil.ignore_patterns("tests")
    )
    shutil.copytree(PROJECT / "seeds", folder / "seeds")
    for model in REAL:
        for ending in (".sql", ".yml"):
            (folder / "models" / model).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(
                PROJECT / "models" / f"{model}{ending}", folder / "models" / f"{model}{ending}"
            )
    stage = filled()
    for name in STAND_INS:
        rows = folder / f"{name}.parquet"
        stage.connection.execute(f"copy {name} to '{rows}' (format parquet)")
        (folder / "models" / f"{name}.sql").write_text(f"select * from read_parquet('{rows}')")
    (folder / "models" / "vectors_avs.sql").write_text(
        ADDED_VALUE.format(vectors=VECTORS / "avs.csv"), encoding="utf-8"
    )
    run = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("dbt")), "--no-use-colors", "build"),
            *("--exclude-resource-type", "test", "unit_test"),
            *("--project-dir", str(folder / "dbt_project")),
            *("--profiles-dir", str(folder / "dbt_project")),
            *("--vars", f"{{as_at_date: '{AS_AT}'}}"),
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


def one(answers: duckdb.DuckDBPyConnection, table: str, case: str, where: str) -> dict[str, object]:
    found = answers.execute(
        f"select * from progress.{table} where local_authority_code = ? and period_id = ? "
        f"and {where}",
        [case, YEAR],
    )
    names = [column[0] for column in found.description]
    (row,) = found.fetchall()
    return dict(zip(names, row, strict=True))


@each_of("rci")
def test_a_childs_change_on_the_questionnaire_is_classed_as_published(answers, case):
    found = one(answers, "child_progress", case["case_id"], "measure_code = 'sdq'")

    assert near(found["reliable_change_index"], case["reliable_change_index"])
    for ours, theirs in (
        ("baseline_band", "band3_baseline"),
        ("latest_band", "band3_follow_up"),
        ("baseline_band_of_four", "band4_baseline"),
        ("latest_band_of_four", "band4_follow_up"),
        ("change_class", "class"),
        ("class_retest_sensitivity", "class_retest_sensitivity"),
    ):
        assert (found[ours] or "") == case[theirs], ours


@each_of("distance_travelled")
def test_how_far_a_child_travelled_over_several_scales_is_as_published(answers, case):
    found = one(answers, "child_progress", case["case_id"], "is_whole_tool")

    for ours, theirs in (
        ("paired_count", "domains_paired"),
        ("forward_count", "domains_forward"),
        ("back_count", "domains_back"),
    ):
        assert found[ours] == int(case[theirs]), ours
    assert found["change_class"] == case["class"]


@each_of("goals")
def test_goals_are_classed_by_their_mean_change_as_published(answers, case):
    found = one(answers, "child_progress", case["case_id"], "measure_code = 'goals'")

    assert found["paired_count"] == int(case["goals_paired"])
    assert near(found["score_change"], case["mean_change"])
    assert found["change_class"] == case["class"]


@each_of("better_off")
def test_a_share_has_the_bounds_that_the_unknown_leave_open(answers, case):
    found = one(
        answers,
        "progress_summaries",
        case["case_id"],
        "measure_code = 'five' and breakdown = 'all'",
    )

    for ours, theirs in (
        ("value", "rate_known"),
        ("value_if_none_better", "rate_lower_bound"),
        ("value_if_all_better", "rate_upper_bound"),
    ):
        share = None if found[ours] is None else found[ours] / 100
        assert near(share, case[theirs]), ours
    assert near(found["coverage"], case["follow_up_coverage"])
    assert found["n_eligible"] == int(case["eligible"])


@pytest.mark.parametrize(
    "case", rows_of("avs"), ids=lambda case: f"{case['case_id']}-{case['child']}"
)
def test_an_added_value_score_is_the_published_one(answers, case):
    found = answer_of(answers, "avs", f"{case['case_id']}-{case['child']}")

    for column in ("added_value", "lower95", "upper95", "effect_size"):
        assert near(found[column], case[column]), column
