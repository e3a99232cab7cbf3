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


# ---- figures of the two newest years, counted from the lives ----

COUNTED = PROJECT / "tests" / "end_to_end" / "counts"
BANK_HOLIDAYS = PROJECT / "seeds" / "calendar" / "bank_holidays.csv"
Figures = dict[tuple[str, str, str], tuple[float, int | None]]


@pytest.fixture(scope="module")
def counted(lived: Lived) -> dict[str, Figures]:
    """Numerator, or the value of a difference, and those known of each indicator, authority and
    year, by theme; a count or a rate has nobody known."""
    lived.truth.execute(
        f"""
        create temp table working_days as
        select cast(day as date) as day
        from generate_series(date '2018-01-01', date '2026-12-31', interval 1 day) as days (day)
        where isodow(day) < 6 and day not in (select holiday_date from '{BANK_HOLIDAYS}')
        """
    )
    lived.truth.execute((COUNTED / "_shared.sql").read_text("utf-8"))
    themes: dict[str, Figures] = {}
    for file in sorted(COUNTED.glob("[a-z]*.sql")):
        themes[file.stem] = {
            (indicator, authority, period): (round(float(numerator), 4), known)
            for query in lived.truth.extract_statements(file.read_text("utf-8"))
            for indicator, authority, period, numerator, known in lived.told(query.query)
            if period in ("2024-25", "2025-26") and known != 0
        }
    return themes


@pytest.mark.parametrize("theme", sorted(file.stem for file in COUNTED.glob("[a-z]*.sql")))
def test_a_figure_is_what_is_counted_from_the_lives(
    lived: Lived, counted: dict[str, Figures], theme: str
):
    indicators = sorted({indicator for indicator, _, _ in counted[theme]})
    made = {
        row[:3]: (round(row[3], 4), row[4])
        for row in lived.made(
            f"""
            select
                indicator_id, local_authority_code, period_id, coalesce(numerator, value),
                case when measure_type not in ('rate', 'count') then n_known end
            from outcomes.indicator_values
            where breakdown = 'all' and period_id in ('2024-25', '2025-26')
                and list_contains({indicators}, indicator_id)
                and case when measure_type in ('rate', 'count') then numerator else n_known end > 0
                and coalesce(numerator, value) is not null
            """
        )
    }
    assert made == counted[theme]


def test_most_indicators_that_rest_on_no_answers_are_counted_from_the_lives(
    counted: dict[str, Figures],
):
    assert len({key[0] for figures in counted.values() for key in figures}) >= 100


def test_a_value_that_divides_sums_or_is_a_median_is_what_is_counted_from_the_lives(
    lived: Lived, counted: dict[str, Figures]
):
    """The views of _values.sql are those of the themes that were counted."""
    assert counted
    told = {
        row[:3]: round(row[3], 4)
        for row in lived.told((COUNTED / "_values.sql").read_text("utf-8"))
        if row[2] in ("2024-25", "2025-26")
    }
    indicators = sorted({indicator for indicator, _, _ in told})
    made = {
        row[:3]: round(row[3], 4)
        for row in lived.made(
            f"""
            select indicator_id, local_authority_code, period_id, value
            from outcomes.indicator_values
            where breakdown = 'all' and period_id in ('2024-25', '2025-26')
                and list_contains({indicators}, indicator_id) and value is not null
            """
        )
    }
    assert len(indicators) == 10
    assert made == told


def test_families_began_with_each_delivery_model_as_often_as_it_was_lived(lived: Lived):
    made = lived.made(
        """
        select
            local_authority_code, period_id, breakdown_value, cast(numerator as integer), n_known
        from outcomes.indicator_values
        where indicator_id = 'afc_ifs_delivery_model_share' and breakdown = 'delivery_model'
            and period_type = 'year' and numerator > 0
        order by all
        """
    )
    told = lived.told(
        """
        with began as (
            select distinct local_authority_code, period_id, family_id, delivery_model_code
            from years
            inner join world.programme_participation on start_date between first_day and last_day
            inner join (
                select local_authority_code, service_code, programme_code
                from world.service_register
            ) using (local_authority_code, service_code)
            where programme_code = 'intensive_family_support'
        )

        select local_authority_code, period_id, delivery_model_code, count(*), family_count
        from began
        inner join (
            select local_authority_code, period_id, count(distinct family_id) as family_count
            from began group by all
        ) using (local_authority_code, period_id)
        group by all order by all
        """
    )
    assert len({row[2] for row in told}) == 3
    assert made == told


# No authority of the county has such staff, and its censuses end before the block of
# pre-proceedings begins (2027).
NOTHING_SENT = {
    "pif_7_3_c": "no residential childcare staff",
    "pif_7_6": "no residential childcare staff",
    "rees_int_infrastructure_business_support_ratio": "no business support staff",
    "rees_int_parents_involved_family_meeting_offered": "no pre-proceedings in the census",
}


@pytest.mark.parametrize("indicator", NOTHING_SENT)
def test_of_what_nobody_sent_no_figure_is_shown(lived: Lived, indicator: str):
    assert lived.told(
        "select count(*) from world.workers "
        "where staff_group_code in ('residential_childcare', 'business_support')"
    ) == [(0,)]
    assert (
        lived.made(
            f"""
            select local_authority_code, period_id, breakdown, value, n_known
            from outcomes.indicator_values
            where indicator_id = '{indicator}'
                and (value is not null or n_known > 0 or symbol is null)
            """
        )
        == []
    )


def test_every_indicator_of_practice_and_of_views_is_held_to_the_lives(
    lived: Lived, counted: dict[str, Figures]
):
    """Counted above, or nobody sent anything that could be."""
    (catalogued,) = lived.made(
        "select list(indicator_id) from reference.indicators "
        "where data_type in ('organisation_workforce_practice', 'user_views')"
    )
    held = {key[0] for figures in counted.values() for key in figures}
    assert set(catalogued[0]) - held == {*NOTHING_SENT, "afc_ifs_delivery_model_share"}


# Of the children's indicators; those of the register of Intensive Family Support are held to it.
NOT_COUNTED = {
    "afc_child_poverty": "as published of all residents, which nobody here lived",
    "afc_gap_attainment": "against a published figure of all pupils",
    "afc_gap_persistent_absence": "against a published figure of all pupils",
    "rees_int_identify_cin_deprivation_gap": "the lives hold no residents by small area",
    "rees_int_shared_practice_team_threshold_gap": "one team an authority has 30 assessments",
    "rees_int_care_leavers_contact_sustained_contact": "four returns in a row; three are sent",
    "dorset_curves_improving": "no records: to be developed",
    "pif_1_h_4": "nobody lived one in these years",
    "pif_1_h_5_suicide": "nobody lived one in these years",
}


def test_every_indicator_of_children_is_held_to_the_lives(
    lived: Lived, counted: dict[str, Figures]
):
    """Counted above, held to the register of the programme, or named with why not."""
    (catalogued,) = lived.made(
        "select list(indicator_id) from reference.indicators "
        "where data_type in ('cohort_snapshot', 'individual_progress')"
    )
    held = {key[0] for figures in counted.values() for key in figures}
    with REGISTER.open(encoding="utf-8", newline="") as file:
        held |= {row["indicator_id"] for row in csv.DictReader(file)}
    assert set(catalogued[0]) - held == {*NOT_COUNTED}


def test_of_what_has_no_records_there_is_no_figure(lived: Lived):
    assert lived.made(
        "select count(*) from outcomes.indicator_values "
        "where indicator_id = 'dorset_curves_improving'"
    ) == [(0,)]


def test_of_what_nobody_lived_none_is_counted(lived: Lived, counted: dict[str, Figures]):
    """The queries that count them found none."""
    assert counted
    assert (
        lived.made(
            """
            select indicator_id, local_authority_code, period_id, numerator
            from outcomes.indicator_values
            where indicator_id in ('pif_1_h_4', 'pif_1_h_5_suicide') and breakdown = 'all'
                and period_id in ('2024-25', '2025-26') and numerator > 0
            """
        )
        == []
    )


# ---- what it cost ----


def test_a_year_of_placements_costs_what_they_were_priced_at(
    lived: Lived, counted: dict[str, Figures]
):
    """The view of the years is that of the themes that were counted."""
    assert counted
    made = lived.night.ask(
        """
        select local_authority_code, period_id, n_costed, total_cost_gbp
        from outcomes.unit_costs
        where cost_source = 'placement_costs' and breakdown = 'all' and n_costed > 0
            and period_id >= '2023-24'
        order by all
        """
    )
    told = lived.told(
        """
        select
            costs.local_authority_code, period_id, count(distinct costs.child_id),
            round(
                sum(
                    round(weekly_cost_gbp * 100) * datediff(
                        'day', greatest(cost_start_date, first_day),
                        least(cost_end_date, last_day + 1)
                    )
                ) / 700,
                2
            )
        from years
        inner join world.placement_costs as costs
            on cost_start_date <= last_day and coalesce(cost_end_date > first_day, true)
        inner join world.care_periods as care
            on costs.child_id = care.child_id
            and placement_start_date >= period_start_date
            and coalesce(placement_start_date < period_end_date, true)
        where period_id >= '2023-24' and not is_short_breaks_only
        group by all order by all
        """
    )
    assert len(told) == 18
    assert made == told


def test_what_was_spent_on_a_line_is_its_outturn(lived: Lived, counted: dict[str, Figures]):
    assert counted
    made = lived.night.ask(
        """
        select local_authority_code, period_id, breakdown_value, total_cost_gbp, paid_by_others_gbp
        from outcomes.unit_costs
        where cost_source = 'spend' and breakdown = 'service_line' and total_cost_gbp is not null
            and period_id >= '2023-24'
        order by all
        """
    )
    told = lived.told(
        """
        select
            local_authority_code, period_id, service_line_code,
            round(sum(amount_gbp) filter (where amount_gbp > 0), 2),
            round(coalesce(-sum(amount_gbp) filter (where amount_gbp < 0), 0), 2)
        from years
        inner join world.spend_lines on period_start_date between first_day and last_day
        where basis_code = 'outturn'
        group by all order by all
        """
    )
    assert len(told) > 200
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
