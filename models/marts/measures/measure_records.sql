-- One line per family of measures; a test proves that catalogue and records agree both ways.
{%- set compared_with_own_start = [
    'progress', 'programmes', 'later_scores', 'survey_answers', 'score_changes',
] %}
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
    select
        *
        {%- if family not in compared_with_own_start %},
        cast(null as integer) as change_on_baseline
        {%- endif %}
    from {{ ref('measure__' ~ family) }}
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
        populations._row_number,
        cast(null as integer) as change_on_baseline
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
        -- The day that says what the subject was then.
        coalesce(records.event_date, measured_periods.period_end) as read_date,
        case when records.subject_type = 'worker' then records.subject_key end as worker_id,
        -- Whose place on a programme it is: the child's, else the family's.
        coalesce(
            records.child_id,
            case records.subject_type
                when 'family' then records.subject_key
                when 'family_in_model' then records.subject_key
                when 'person' then records.event_key
            end
        ) as holder_key
    from records
    inner join {{ ref('measured_periods') }} as measured_periods
        on records.indicator_id = measured_periods.indicator_id
        and records.local_authority_code = measured_periods.local_authority_code
        and records.period_id = measured_periods.period_id
),

-- A child is read on the same few days by many indicators: what they are then is found once.
child_days as (
    select distinct
        local_authority_code,
        child_id,
        read_date
    from in_measured_periods
    where child_id is not null
),

children_on_the_day as (
    select
        child_days.local_authority_code,
        child_days.child_id,
        child_days.read_date,
        children.sex,
        case
            when children.date_of_birth is null and children.expected_date_of_birth is not null
                then 'Unborn'
            else age_bands.age_band
        end as age_band,
        children.ethnic_group,
        grouped.team_id,
        grouped.disability,
        grouped.unaccompanied_asylum_seeker,
        grouped.primary_need_code,
        grouped.legal_status_code,
        grouped.placement_type_code,
        grouped.placement_provider_code,
        grouped.referral_source_group,
        grouped.deprivation_quintile,
        grouped.zone_code
    from child_days
    left join {{ ref('int_children') }} as children
        on child_days.local_authority_code = children.local_authority_code
        and child_days.child_id = children.child_id
    left join {{ ref('age_bands') }} as age_bands
        on {{ age_on('children.date_of_birth', 'child_days.read_date') }}
        between age_bands.age_from and age_bands.age_to
    left join {{ ref('int_child_groups') }} as grouped
        on child_days.local_authority_code = grouped.local_authority_code
        and child_days.child_id = grouped.child_id
        and child_days.read_date >= grouped.valid_from
        and child_days.read_date < {{ end_or_never('grouped.valid_until') }}
),

holder_days as (
    select distinct
        local_authority_code,
        holder_key,
        read_date
    from in_measured_periods
    where holder_key is not null
),

places_on_the_day as (
    select
        holder_days.local_authority_code,
        holder_days.holder_key,
        holder_days.read_date,
        places.programme_code,
        places.delivery_model_code,
        places.provider_id
    from holder_days
    inner join {{ ref('int_places_held') }} as places
        on holder_days.local_authority_code = places.local_authority_code
        and holder_days.holder_key = places.holder_key
        and holder_days.read_date >= places.valid_from
        and holder_days.read_date < {{ end_or_never('places.valid_until') }}
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
    records.change_on_baseline,
    records.exposure,
    cast(1 as double) as weight,
    records.exclusion_code,
    records.missing_code,
    records.event_date,
    records.child_id,
    records.worker_id,
    coalesce(children.team_id, staff.team_id) as team_id,
    departments.service_id,
    places.provider_id,
    places.programme_code,
    case
        when records.subject_type = 'family_in_model' then records.event_key
        else places.delivery_model_code
    end as delivery_model_code,
    children.sex,
    children.age_band,
    children.ethnic_group,
    children.disability,
    children.unaccompanied_asylum_seeker,
    children.primary_need_code,
    children.legal_status_code,
    children.placement_type_code,
    children.placement_provider_code,
    children.referral_source_group,
    cast(children.deprivation_quintile as varchar) as deprivation_quintile,
    children.zone_code,
    records.source_id,
    records.dq_grade,
    records.evidence,
    records._file_sha256,
    records._row_number
from in_measured_periods as records
left join children_on_the_day as children
    on records.local_authority_code = children.local_authority_code
    and records.child_id = children.child_id
    and records.read_date = children.read_date
left join places_on_the_day as places
    on records.local_authority_code = places.local_authority_code
    and records.holder_key = places.holder_key
    and records.read_date = places.read_date
left join {{ ref('workforce_snapshots') }} as staff
    on records.worker_id = staff.worker_id
    and records.local_authority_code = staff.local_authority_code
    and staff.record_source = 'local'
    and last_day(records.read_date) = staff.period_end
left join {{ ref('int_departments') }} as departments
    on records.local_authority_code = departments.local_authority_code
    and coalesce(children.team_id, staff.team_id) = departments.team_id
