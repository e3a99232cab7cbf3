with measures as (
    select * from {{ ref('school_year_measures') }}
),

-- The school year that ends in the summer of the period, and the children of its own 31 March.
years as (
    select
        period_id,
        reporting_year,
        reporting_year - 1 as academic_year,
        make_date(reporting_year - 2, 9, 1) as school_year_start,
        make_date(reporting_year - 2, 8, 31) as day_before,
        make_date(reporting_year - 1, 8, 31) as school_year_end
    from {{ ref('periods') }}
    where period_type = 'year'
),

-- Several plans in one school year are one child, under the last of them.
on_plan as (
    select
        years.period_id,
        plans.local_authority_code,
        plans.child_id,
        plans.record_source,
        plans._file_sha256,
        plans._row_number
    from {{ ref('int_protection_plans') }} as plans
    inner join years
        on plans.plan_start_date <= years.school_year_end
        and coalesce(plans.plan_end_date > years.school_year_start, true)
    where not coalesce(plans.is_other_authority_plan, false)
    qualify row_number() over (
        partition by years.period_id, plans.local_authority_code, plans.child_id
        order by plans.plan_start_date desc
    ) = 1
),

population as (
    select
        'in_need_at_date' as population_code,
        years.period_id,
        in_need.local_authority_code,
        in_need.child_id,
        in_need.cohort_code,
        in_need.record_source,
        in_need._file_sha256,
        in_need._row_number
    from {{ ref('in_need_at_year_end') }} as in_need
    inner join years on in_need.reporting_year = years.academic_year
    union all
    select
        'on_plan_in_year' as population_code,
        period_id,
        local_authority_code,
        child_id,
        'protection_plan' as cohort_code,
        record_source,
        _file_sha256,
        _row_number
    from on_plan
),

subjects as (
    select
        measures.measure_code,
        measures.fact,
        measures.age_from,
        measures.age_to,
        measures.setting_type_codes,
        measures.counted_codes,
        measures.counted_share,
        years.academic_year,
        years.school_year_start,
        years.school_year_end,
        population.period_id,
        population.local_authority_code,
        population.child_id,
        population.cohort_code,
        population.record_source,
        population._file_sha256,
        population._row_number,
        {{ age_on('children.date_of_birth', 'years.day_before') }} as age_years
    from population
    inner join measures on population.population_code = measures.population_code
    inner join years on population.period_id = years.period_id
    left join {{ ref('int_children') }} as children
        on population.local_authority_code = children.local_authority_code
        and population.child_id = children.child_id
),

on_roll as (
    select distinct
        subjects.measure_code,
        subjects.period_id,
        subjects.local_authority_code,
        subjects.child_id
    from subjects
    inner join {{ ref('int_enrolments') }} as enrolments
        on subjects.local_authority_code = enrolments.local_authority_code
        and subjects.child_id = enrolments.child_id
        and {{ is_listed('subjects.setting_type_codes', 'enrolments.setting_type_code') }}
        and enrolments.entry_date <= subjects.school_year_end
        and coalesce(enrolments.leaving_date > subjects.school_year_start, true)
),

sessions as (
    select
        local_authority_code,
        child_id,
        academic_year,
        sum(sessions_possible) as possible_count,
        sum(coalesce(sessions_authorised, 0) + coalesce(sessions_unauthorised, 0))
            as missed_count
    from {{ newest_records('local__education_attendance',
        ['setting_urn', 'academic_year', 'term_code']) }}
    group by local_authority_code, child_id, academic_year
),

excluded as (
    select
        subjects.measure_code,
        subjects.period_id,
        subjects.local_authority_code,
        subjects.child_id,
        count(*) as event_count
    from subjects
    inner join {{ newest_records('local__education_exclusions', ['exclusion_id']) }} as exclusions
        on subjects.local_authority_code = exclusions.local_authority_code
        and subjects.child_id = exclusions.child_id
        and exclusions.exclusion_start_date
        between subjects.school_year_start and subjects.school_year_end
        and {{ is_listed('subjects.counted_codes', 'exclusions.exclusion_category_code') }}
    where subjects.fact = 'exclusion'
    group by
        subjects.measure_code, subjects.period_id, subjects.local_authority_code,
        subjects.child_id
),

bullied as (
    select
        subjects.measure_code,
        subjects.period_id,
        subjects.local_authority_code,
        subjects.child_id,
        count(*) as event_count
    from subjects
    inner join {{ newest_records('local__incidents', ['incident_id', 'involvement_number']) }}
        as incidents
        on subjects.local_authority_code = incidents.local_authority_code
        and subjects.child_id = incidents.child_id
        and incidents.incident_date
        between subjects.school_year_start and subjects.school_year_end
        and subjects.fact = incidents.incident_type_code
        and incidents.incident_setting_code = 'school'
        and {{ is_listed('subjects.counted_codes', 'incidents.incident_role_code') }}
    where subjects.fact = 'bullying'
    group by
        subjects.measure_code, subjects.period_id, subjects.local_authority_code,
        subjects.child_id
),

events as (
    select * from excluded
    union all
    select * from bullied
),

judged as (
    select
        subjects.*,
        case
            when subjects.age_years is null
                and coalesce(subjects.age_from, subjects.age_to) is not null
                then 'AGE_NOT_KNOWN'
            when subjects.age_years < subjects.age_from or subjects.age_years > subjects.age_to
                then 'AGE_OUT_OF_RANGE'
            when subjects.fact = 'absence' and coalesce(sessions.possible_count, 0) = 0
                then 'NO_SESSIONS'
            when subjects.setting_type_codes is not null and on_roll.child_id is null
                then 'NOT_ON_ROLL'
        end as exclusion_code,
        sessions.possible_count,
        sessions.missed_count,
        coalesce(events.event_count, 0) as event_count
    from subjects
    left join on_roll
        on subjects.measure_code = on_roll.measure_code
        and subjects.period_id = on_roll.period_id
        and subjects.local_authority_code = on_roll.local_authority_code
        and subjects.child_id = on_roll.child_id
    left join sessions
        on subjects.local_authority_code = sessions.local_authority_code
        and {{ key_if("subjects.fact = 'absence'", 'subjects.child_id') }} = sessions.child_id
        and subjects.academic_year = sessions.academic_year
    left join events
        on subjects.measure_code = events.measure_code
        and subjects.period_id = events.period_id
        and subjects.local_authority_code = events.local_authority_code
        and subjects.child_id = events.child_id
)

select
    measure_code,
    'child' as subject_type,
    child_id as subject_key,
    '' as event_key,
    local_authority_code,
    cohort_code,
    period_id,
    case when exclusion_code is null then 1 else 0 end as denominator_flag,
    case
        when exclusion_code is not null then null
        -- Divided, not multiplied: a tenth is exactly a tenth.
        when fact = 'absence'
            then cast(cast(missed_count as double) / possible_count >= counted_share as integer)
        else cast(event_count > 0 as integer)
    end as numerator_flag,
    case when exclusion_code is null then cast(missed_count as double) end as value,
    case when exclusion_code is null then cast(possible_count as double) end as exposure,
    exclusion_code,
    cast(null as varchar) as missing_code,
    cast(null as date) as event_date,
    child_id,
    record_source as source_id,
    case
        when fact = 'absence'
            then 'sessions missed: ' || coalesce(cast(missed_count as varchar), 'none') || ' of '
            || coalesce(cast(possible_count as varchar), 'none')
        else fact || ' in the school year: ' || cast(event_count as varchar)
    end as evidence,
    _file_sha256,
    _row_number
from judged
