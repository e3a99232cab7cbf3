"""A night on a simulated county counts what was lived there, and the programme that was put into it
shows the figures of its register."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.settings import PROJECT
from tests.end_to_end.nights import Night, run_night

pytestmark = pytest.mark.slow
# As many authorities as the programme helped families in.
COUNTY = ("--authorities", "6", "--children", "2000", "--years", "3",
          "--scenario", "intensive_family_support", "--scenario", "care_leavers_improve",
          "--scenario", "repeat_plans")  # fmt: skip
REGISTER = PROJECT / "seeds" / "simulation" / "local_intensive_family_support.csv"

Rows = list[tuple[object, ...]]


@dataclass(frozen=True)
class Lived:
    """A night, and what was lived in the county that it measured."""

    night: Night
    truth: duckdb.DuckDBPyConnection
    warehouse: duckdb.DuckDBPyConnection

    def told(self, sql: str) -> Rows:
        """Rows of the truth."""
        return self.truth.execute(sql).fetchall()

    def made(self, sql: str) -> Rows:
        """Rows of the warehouse."""
        return self.warehouse.execute(sql).fetchall()


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    county = tmp_path_factory.mktemp("county")
    simulated = CliRunner().invoke(app, ["simulate", str(county), *COUNTY])
    assert simulated.exit_code == 0, simulated.output
    night = run_night(tmp_path_factory.mktemp("data"), county / "landing")
    assert night.exit_code == 0, night.said
    with (
        duckdb.connect(str(county / "truth" / "truth.duckdb"), read_only=True) as truth,
        duckdb.connect(str(night.warehouse), read_only=True) as warehouse,
    ):
        yield Lived(night, truth, warehouse)


def test_every_row_of_all_six_authorities_is_loaded_with_every_cell(lived: Lived):
    files, authorities, wrong = lived.night.ask(
        "select count(distinct file_name), count(distinct nullif(local_authority_code, '')), "
        "count(*) filter (where status <> 'loaded' or rows_quarantined > 0 "
        "or rows_with_emptied_cells > 0) from quality.extract_files"
    )[0]
    assert (files > 700, authorities, wrong) == (True, 6, 0)


def test_every_cohort_holds_as_many_children_every_month_as_lived_it(lived: Lived):
    made = lived.night.ask(
        """
        select local_authority_code, cohort_code, period_id, child_count
        from cohorts.cohort_counts
        where breakdown = 'all' and period_type = 'month' and period_start >= date '2023-04-01'
            and cohort_code in (
                'child_in_need', 'protection_plan', 'in_care', 'short_breaks', 'care_leaver')
            and child_count > 0
        order by all
        """
    )
    told = lived.told(
        "select local_authority_code, cohort_code, period_id, child_count from counts.cohorts "
        "where child_count > 0 order by all"
    )
    assert len(told) > 800
    assert made == told


# ---- what began and ended in each year ----

HAPPENED = {
    "referral": ("referrals", "referral_date", "true"),
    "referral_no_further_action": ("referrals", "referral_date", "is_no_further_action"),
    "assessment_authorised": ("assessments", "assessment_authorised_date", "true"),
    "section_47_enquiry": ("section_47_enquiries", "enquiry_start_date", "true"),
    "initial_conference": ("initial_conferences", "conference_date", "true"),
    "protection_plan_started": ("protection_plans", "plan_start_date", "true"),
    "repeat_protection_plan_started": (
        "protection_plans",
        "plan_start_date",
        "previous_plan_count > 0",
    ),
    "protection_plan_ended": ("protection_plans", "plan_end_date", "true"),
    "child_in_need_plan_started": ("child_in_need_plans", "plan_start_date", "true"),
    "care_started": ("care_periods", "period_start_date", "not is_short_breaks_only"),
    "care_ended": ("care_periods", "period_end_date", "not is_short_breaks_only"),
    "care_episode_started": ("care_episodes", "episode_start_date", "not is_short_break"),
    "placement_started": ("placements", "placement_start_date", "true"),
    "care_review": ("care_reviews", "review_date", "true"),
    "missing_spell": ("missing_episodes", "missing_start_date", "missing_type_code = 'M'"),
}


@pytest.mark.parametrize("event", HAPPENED)
def test_as_many_began_or_ended_every_year_as_were_lived(lived: Lived, event: str):
    table, on, counted = HAPPENED[event]
    made = lived.made(
        f"select local_authority_code, year({on} + interval 9 month) as reporting_year, count(*) "
        f"from intermediate.{table} where {counted} and {on} >= date '2023-04-01' "
        "group by all order by all"
    )
    told = lived.told(
        f"""
        select local_authority_code, reporting_year, event_count
        from counts.events
        inner join counts.periods using (period_id)
        where period_type = 'year' and event = '{event}' and event_count > 0
        order by all
        """
    )
    assert told
    assert made == told


def test_as_many_were_asked_as_the_surveys_invited(lived: Lived):
    made = lived.made(
        """
        select local_authority_code, survey_code, sum(coalesce(invited_count, 1))
        from staging.stg_local__survey_invitations
        where invited_date is not null group by all order by all
        """
    )
    told = lived.told(
        "select local_authority_code, survey_code, sum(invited_count) from world.truth_surveys "
        "group by all having sum(invited_count) > 0 order by all"
    )
    assert len(told) > 40
    assert made == told


def test_a_question_has_as_many_good_answers_in_its_figure_as_were_given(lived: Lived):
    """Of the questions that one yearly survey asks and one indicator counts, all by themselves."""
    figures = {
        row[:3]: row[3:]
        for row in lived.made(
            """
            select local_authority_code, question_codes, reporting_year,
                cast(indicator_values.numerator as integer), n_known
            from outcomes.indicator_values
            inner join reference.periods using (period_id)
            inner join reference.indicators using (indicator_id)
            inner join reference.survey_measures using (measure_code)
            where breakdown = 'all' and coalesce(
                service_status_codes, staff_group_codes, questionnaire_type_codes, support_codes,
                method_codes
            ) is null
            """
        )
    }
    told = {
        row[:3]: row[3:]
        for row in lived.told(
            """
            select local_authority_code, question_code, return_year,
                sum(positive_count), sum(valid_count)
            from world.truth_questions
            group by all
            having bool_and(survey_code in (
                'children_views', 'parent_views', 'partner_views', 'staff_views'))
            """
        )
    }
    both = sorted(set(figures) & set(told))
    assert len(both) > 200
    assert {key: figures[key] for key in both} == {key: told[key] for key in both}


# ---- measures that no published figure can be held against, counted by hand ----

CHILDREN_IN_CARE = """
    select care.local_authority_code, care.child_id, care.period_start_date, residents.date_of_birth
    from world.care_periods as care
    inner join world.residents using (child_id)
    where not care.is_short_breaks_only
        and care.period_start_date <= date '{day}'
        and coalesce(care.period_end_date > date '{day}', true)
        and residents.date_of_birth + interval 18 year > date '{day}'
"""
BY_HAND = {
    # Every key social worker of the twelve months, and the longest time without one.
    "pif_1_n_4": """
        with children as (
            from ({in_care_2026}) where period_start_date <= date '2025-03-31'
        ),
        spells as (
            select child_id, worker_id,
                greatest(allocation_start_date, date '2025-04-01') as begins,
                least(coalesce(allocation_end_date, date '2026-04-01'), date '2026-04-01') as ends
            from world.allocations
            where allocation_role_code = 'key_social_worker'
                and allocation_start_date < date '2026-04-01'
                and coalesce(allocation_end_date > date '2025-04-01', true)
        ),
        workers as (
            select child_id, count(distinct worker_id) as worker_count from spells group by all
        ),
        gaps as (
            select child_id, begins - lag(ends, 1, date '2025-04-01') over (
                partition by child_id order by begins) as days
            from spells
            union all
            select child_id, date '2026-04-01' - max(ends) from spells group by child_id
        ),
        longest as (select child_id, max(days) as days from gaps group by all)
        select local_authority_code,
            count(*) filter (where worker_count = 1 and longest.days <= 7), count(*)
        from children
        left join workers using (child_id)
        left join longest using (child_id)
        group by all order by all
    """,
    "rees_child_education_progress_attainment8": """
        select children.local_authority_code, round(sum(result_value), 6), count(*)
        from ({in_care_2025}) as children
        inner join world.children as known using (child_id)
        inner join world.education_results as results using (person_id)
        where children.period_start_date <= date '2024-03-31'
            and academic_year = 2025 and stage_code = 'ks4' and measure_code = 'attainment8'
        group by all order by all
    """,
}


@pytest.mark.parametrize("indicator", BY_HAND)
def test_a_measure_equals_what_is_counted_by_hand(lived: Lived, indicator: str):
    made = lived.night.ask(
        "select local_authority_code, round(numerator, 6), n_known "
        f"from outcomes.indicator_values where indicator_id = '{indicator}' "
        "and period_id = '2025-26' and breakdown = 'all' and n_known > 0 order by all"
    )
    told = lived.told(
        BY_HAND[indicator].format(
            in_care_2025=CHILDREN_IN_CARE.format(day="2025-03-31"),
            in_care_2026=CHILDREN_IN_CARE.format(day="2026-03-31"),
        )
    )
    assert told
    assert made == told


# ---- scenarios ----


def published(lived: Lived, indicator: str) -> Rows:
    """Numerator and those known of the first authority, year by year."""
    return lived.night.ask(
        "select cast(numerator as integer), n_known from outcomes.indicator_values "
        f"where indicator_id = '{indicator}' and local_authority_code = '981' "
        "and period_type = 'year' and breakdown = 'all' order by period_id"
    )


def test_the_figure_of_care_leavers_in_suitable_homes_is_what_was_lived(lived: Lived):
    assert published(lived, "dorset_care_leavers_suitable_accommodation") == lived.told(
        "select in_suitable_accommodation, with_suitability from counts.care_leavers "
        "where local_authority_code = '981' and age_group = '19 to 21' order by return_year"
    )


def test_the_figure_of_repeat_plans_is_what_was_lived(lived: Lived):
    assert published(lived, "torfaen_cpp_repeat") == lived.told(
        """
        select
            sum(event_count) filter (where event = 'repeat_protection_plan_started'),
            sum(event_count) filter (where event = 'protection_plan_started')
        from counts.events
        inner join counts.periods using (period_id)
        where period_type = 'year' and local_authority_code = '981'
        group by period_id order by period_id
        """
    )


def test_intensive_family_support_shows_the_figures_of_its_register(lived: Lived):
    with REGISTER.open(encoding="utf-8", newline="") as file:
        register = {
            row["indicator_id"]: (int(row["numerator"]), int(row["denominator"] or 0))
            for row in csv.DictReader(file)
        }
    # A count has no denominator.
    shown = {
        indicator: (numerator, known)
        for indicator, numerator, known in lived.night.ask(
            """
            select
                indicator_id, cast(sum(numerator) as integer),
                cast(sum(case when measure_type = 'count' then 0 else n_known end) as integer)
            from outcomes.indicator_values
            where indicator_id like 'afc_ifs%' and period_type = 'year' and breakdown = 'all'
            group by all
            """
        )
    }
    assert {indicator: shown.get(indicator) for indicator in register} == register
    assert len(
        lived.night.ask(
            "select distinct local_authority_code from outcomes.indicator_values "
            "where indicator_id = 'afc_ifs_families_supported' and numerator > 0"
        )
    ) == len({code for (code,) in lived.told("select local_authority_code from world.authorities")})
