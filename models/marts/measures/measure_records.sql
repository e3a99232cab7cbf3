-- One line per family of measures; a test proves that catalogue and records agree both ways.
with measured as (
    {% for family in ['children_at_date', 'placement_stability', 'protection_plans', 'referrals',
        'care_leavers', 'health_in_care', 'progress', 'programmes', 'incidents', 'support_plans',
        'later_scores', 'family_contact', 'self_evaluation', 'audits', 'board_activity',
        'attendance', 'actions', 'workers', 'visits', 'pre_proceedings', 'allocations',
        'survey_answers', 'survey_process', 'survey_quotas', 'workforce_ratios', 'case_events',
        'followed_up', 'missing', 'reports', 'child_workers', 'care_reviews',
        'placements_at_date', 'school_year', 'school_moves', 'school_results', 'early_education',
        'needs_at_date', 'accommodated', 'score_changes', 'dated_scores', 'sibling_groups',
        'numbers_before_and_after', 'gaps_to_all_pupils', 'gaps_between_groups',
        'programme_events', 'low_income_families', 'placement_distance', 'multiple_risk'] %}
    select * from {{ ref('measure__' ~ family) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

subjects as (
    select
        indicators.indicator_id,
        indicators.indicator_version,
        measured.*
    from measured
    inner join {{ ref('indicators') }} as indicators
        on measured.measure_code = indicators.measure_code
),

-- What a rate is per: one record for the whole population, beside one for each event.
populations as (
    select
        indicators.indicator_id,
        indicators.indicator_version,
        indicators.measure_code,
        'population' as subject_type,
        measured_periods.local_authority_code as subject_key,
        '' as event_key,
        measured_periods.local_authority_code,
        'resident_children' as cohort_code,
        measured_periods.period_id,
        1 as denominator_flag,
        0 as numerator_flag,
        cast(null as double) as value,
        cast(populations.population_count as double) as exposure,
        cast(null as varchar) as exclusion_code,
        cast(null as varchar) as missing_code,
        cast(null as date) as event_date,
        cast(null as varchar) as child_id,
        'published' as source_id,
        'resident children: ' || cast(populations.population_count as varchar) as evidence,
        populations._file_sha256,
        populations._row_number
    from {{ ref('measured_periods') }} as measured_periods
    inner join {{ ref('indicators') }} as indicators
        on measured_periods.indicator_id = indicators.indicator_id
        and indicators.measure_type = 'rate'
    inner join {{ ref('int_populations') }} as populations
        on measured_periods.local_authority_code = populations.local_authority_code
        and measured_periods.reporting_year = populations.reporting_year
),

records as (
    select * from subjects
    union all
    select * from populations
),

in_measured_periods as (
    select
        records.*,
        measured_periods.period_type,
        measured_periods.period_start,
        measured_periods.period_end,
        measured_periods.dq_grade,
        children.sex,
        children.ethnic_group,
        {{ age_on(
            'children.date_of_birth', 'coalesce(records.event_date, measured_periods.period_end)'
        ) }} as age_years,
        children.date_of_birth is null and children.expected_date_of_birth is not null
            as is_unborn
    from records
    inner join {{ ref('measured_periods') }} as measured_periods
        on records.indicator_id = measured_periods.indicator_id
        and records.local_authority_code = measured_periods.local_authority_code
        and records.period_id = measured_periods.period_id
    left join {{ ref('int_children') }} as children
        on records.local_authority_code = children.local_authority_code
        and records.child_id = children.child_id
)

select
    records.indicator_id,
    cast(records.indicator_version as integer) as indicator_version,
    records.subject_type,
    records.subject_key,
    records.event_key,
    records.local_authority_code,
    records.cohort_code,
    records.period_id,
    records.period_type,
    records.period_start,
    records.period_end,
    {{ as_at_date() }} as as_at_date,
    cast(records.denominator_flag as integer) as denominator_flag,
    cast(records.numerator_flag as integer) as numerator_flag,
    records.value,
    records.exposure,
    cast(1 as double) as weight,
    records.exclusion_code,
    records.missing_code,
    records.event_date,
    records.child_id,
    case when records.subject_type = 'worker' then records.subject_key end as worker_id,
    cast(null as varchar) as team_id,
    cast(null as varchar) as service_id,
    cast(null as varchar) as provider_id,
    records.sex,
    case when records.is_unborn then 'Unborn' else age_bands.age_band end as age_band,
    records.ethnic_group,
    records.source_id,
    records.dq_grade,
    records.evidence,
    records._file_sha256,
    records._row_number
from in_measured_periods as records
left join {{ ref('age_bands') }} as age_bands
    on records.age_years between age_bands.age_from and age_bands.age_to
