"""METHODS 7: the published vectors of individual progress, answered by the project's own macros
with the project's own numbers (progress_measures, method_parameters).
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
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

PARAMETERS = """
    cross join (
        select {{ parameter_columns([
            'z95', 'reliable_change_z', 'points_in_a_stage', 'added_value_constant',
            'added_value_total', 'added_value_impact', 'added_value_emotional', 'added_value_sd',
        ]) }} from {{ ref('method_parameters') }}
    ) as parameters
"""
RELIABLE_CHANGE = """
    with paired as (
        select
            given.case_id, given.baseline, tools.*, parameters.*,
            -- A score follows something up, or it is not read.
            case when given.baseline is not null then given.follow_up end as follow_up,
            -1 as better_when_higher,
            {{ unpaired_class('given.baseline', 'given.follow_up', 'days_between', 'minimum_gap_days') }}
                as unpaired,
            {{ reliable_change_index(
                'given.baseline', 'given.follow_up', 'standard_deviation', 'reliability'
            ) }} as alpha_index,
            {{ reliable_change_index(
                'given.baseline', 'given.follow_up', 'standard_deviation', 'retest_reliability'
            ) }} as retest_index
        from (
            select *, case sdq_version when 'parent' then 'sdq_parent_carer'
                else 'sdq_' || sdq_version end as tool
            from VECTORS
        ) as given
        inner join {{ ref('progress_measures') }} as tools on given.tool = tools.tool_code
        PARAMETERS
    )

    select
        case_id,
        case when unpaired is null then alpha_index end as reliable_change_index,
        {%- for score in ['baseline', 'follow_up'] %}
        {{ band_of_three(score, 'borderline_from', 'concern_from') }} as band3_{{ score }},
        {{ band_of_four(score, 'slightly_raised_from', 'high_from', 'very_high_from') }}
            as band4_{{ score }},
        {%- endfor %}
        coalesce(unpaired, {{ reliable_change_class(
            'baseline', 'follow_up', 'alpha_index', 'reliable_change_z', 'better_when_higher',
            'concern_from', 'borderline_from'
        ) }}) as class,
        case when unpaired is null then {{ reliable_change_class(
            'baseline', 'follow_up', 'retest_index', 'reliable_change_z', 'better_when_higher',
            'concern_from', 'borderline_from'
        ) }} end as class_retest_sensitivity
    from paired
"""
# A list of scores in a cell, an empty one where an item was not scored.
ITEMS = """
    with items as (
        select
            *,
            unnest(string_split(coalesce(baseline_scores, ''), '|')) as baseline_text,
            unnest(string_split(coalesce(latest_scores, ''), '|')) as latest_text,
            unnest(range(len(string_split(coalesce(baseline_scores, ''), '|')))) as place
        from VECTORS
    ),

    scored as (
        select
            *,
            try_cast(nullif(baseline_text, '') as double) as baseline,
            try_cast(nullif(latest_text, '') as double) as latest
        from items
    ),
"""
DISTANCE = (
    ITEMS
    + """
    moved as (
        select
            *,
            {{ direction_of_change(
                '(' ~ stage_of('latest', 'points_in_a_stage') ~ ' - '
                ~ stage_of('baseline', 'points_in_a_stage') ~ ')', '1', '1'
            ) }} as direction
        from scored
        PARAMETERS
    ),

    counted as (
        select
            case_id,
            count(direction) as paired,
            count(*) filter (where direction = 1) as forward,
            count(*) filter (where direction = -1) as back,
            coalesce(bool_or(direction = -1 and place = safety_domain_index), false)
                as is_safety_back
        from moved
        group by case_id
    )

    select *, {{ distance_travelled_class('paired', 'forward', 'back', 'is_safety_back') }}
        as class
    from counted
"""
)
GOALS = (
    ITEMS
    + """
    counted as (
        select case_id, count(latest - baseline) as paired, avg(latest - baseline) as mean_change
        from scored
        group by case_id
    )

    select counted.*, {{ goals_class('paired', 'mean_change', 'improvement_points', '1') }}
        as class
    from counted
    inner join {{ ref('progress_measures') }} as tools on tools.tool_code = 'goal_based_outcomes'
"""
)
BETTER_OFF = """
    select
        case_id,
        cast(better_off as double) / nullif(known, 0) as rate_known,
        {{ share_if_none_better('better_off', 'eligible') }} as rate_lower_bound,
        {{ share_if_all_better('better_off', 'known', 'eligible') }} as rate_upper_bound,
        cast(known as double) / nullif(eligible, 0) as follow_up_coverage
    from VECTORS
"""
ADDED_VALUE = """
    with scored as (
        select given.*, parameters.*, {{ added_value_score(
            't1_total', 't1_impact', 't1_emotional', 't2_total', 'parameters'
        ) }} as score
        from VECTORS as given
        PARAMETERS
    )

    select
        case_id || '-' || child as case_id, score as added_value,
        null as lower95, null as upper95, null as effect_size
    from scored
    where child <> 'GROUP'
    union all
    select
        case_id || '-GROUP', avg(score),
        avg(score) - {{ added_value_margin('count(score)', 'scored') }},
        avg(score) + {{ added_value_margin('count(score)', 'scored') }},
        avg(score) / added_value_sd
    from scored
    group by case_id, z95, added_value_sd
"""
ANSWERS: Mapping[str, str] = {
    "rci": RELIABLE_CHANGE,
    "distance_travelled": DISTANCE,
    "goals": GOALS,
    "better_off": BETTER_OFF,
    "avs": ADDED_VALUE,
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse in which each table of vectors has been answered by a model of its name."""
    folder = tmp_path_factory.mktemp("progress_vectors")
    shutil.copytree(
        PROJECT / "dbt_project", folder / "dbt_project", ignore=shutil.ignore_patterns("tests")
    )
    shutil.copytree(PROJECT / "seeds" / "framework", folder / "seeds" / "framework")
    shutil.copytree(PROJECT / "seeds" / "codes", folder / "seeds" / "codes")
    (folder / "models").mkdir()
    for name, query in ANSWERS.items():
        vectors = f"read_csv('{VECTORS / name}.csv')"
        filled = query.replace("PARAMETERS", PARAMETERS).replace("VECTORS", vectors)
        (folder / "models" / f"vectors_{name}.sql").write_text(filled, encoding="utf-8")
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


@each_of("rci")
def test_a_childs_change_on_the_questionnaire_is_classed_as_published(answers, case):
    found = answer_of(answers, "rci", case["case_id"])

    assert near(found["reliable_change_index"], case["reliable_change_index"])
    for column in (
        *("band3_baseline", "band3_follow_up", "band4_baseline", "band4_follow_up"),
        *("class", "class_retest_sensitivity"),
    ):
        assert (found[column] or "") == case[column], column


@each_of("distance_travelled")
def test_how_far_a_child_travelled_over_several_scales_is_as_published(answers, case):
    found = answer_of(answers, "distance_travelled", case["case_id"])

    for ours, theirs in (
        ("paired", "domains_paired"),
        ("forward", "domains_forward"),
        ("back", "domains_back"),
    ):
        assert found[ours] == int(case[theirs]), ours
    assert found["class"] == case["class"]


@each_of("goals")
def test_goals_are_classed_by_their_mean_change_as_published(answers, case):
    found = answer_of(answers, "goals", case["case_id"])

    assert found["paired"] == int(case["goals_paired"])
    assert near(found["mean_change"], case["mean_change"])
    assert found["class"] == case["class"]


@each_of("better_off")
def test_a_share_has_the_bounds_that_the_unknown_leave_open(answers, case):
    found = answer_of(answers, "better_off", case["case_id"])

    for column in ("rate_known", "rate_lower_bound", "rate_upper_bound", "follow_up_coverage"):
        assert near(found[column], case[column]), column


@pytest.mark.parametrize(
    "case", rows_of("avs"), ids=lambda case: f"{case['case_id']}-{case['child']}"
)
def test_an_added_value_score_is_the_published_one(answers, case):
    found = answer_of(answers, "avs", f"{case['case_id']}-{case['child']}")

    for column in ("added_value", "lower95", "upper95", "effect_size"):
        assert near(found[column], case[column]), column
