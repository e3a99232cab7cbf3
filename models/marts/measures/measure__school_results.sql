with measures as (
    select * from {{ ref('school_result_measures') }}
),

years as (
    select
        period_id,
        reporting_year
    from {{ ref('periods') }}
    where period_type = 'year'
),

results as (
    select * from {{ newest_records('local__education_results',
        ['academic_year', 'stage_code', 'measure_code']) }}
),

-- Whoever has a result at the end of the stage in the school year that ends in the period.
of_children_in_care as (
    select
        measures.measure_code,
        measures.stage_code,
        measures.is_value,
        years.period_id,
        looked_after.local_authority_code,
        looked_after.child_id,
        looked_after.cohort_code,
        case
            when looked_after.exclusion_code is not null then looked_after.exclusion_code
            when looked_after.is_under_a_year then 'IN_CARE_UNDER_12_MONTHS'
        end as exclusion_code,
        looked_after.is_under_a_year is null as may_be_under_a_year,
        results.result_code,
        results.result_value,
        results._file_sha256,
        results._row_number
    from {{ ref('looked_after_at_year_end') }} as looked_after
    inner join years on looked_after.reporting_year = years.reporting_year - 1
    inner join measures on measures.population_code = 'looked_after_a_year'
    inner join results
        on looked_after.local_authority_code = results.local_authority_code
        and looked_after.child_id = results.child_id
        and looked_after.reporting_year = results.academic_year
        and measures.stage_code = results.stage_code
        and measures.result_measure_code = results.measure_code
),

of_care_leavers as (
    select
        measures.measure_code,
        measures.stage_code,
        measures.is_value,
        years.period_id,
        leavers.local_authority_code,
        leavers.child_id,
        'care_leaver' as cohort_code,
        case when leavers.contact_group = 'excluded' then 'CONTACT_' || leavers.contact_code end
            as exclusion_code,
        false as may_be_under_a_year,
        results.result_code,
        results.result_value,
        coalesce(results._file_sha256, leavers._file_sha256) as _file_sha256,
        case when results.child_id is null then leavers._row_number else results._row_number end
            as _row_number
    from {{ ref('int_care_leavers') }} as leavers
    inner join years on leavers.return_year = years.reporting_year
    inner join measures on measures.population_code = 'care_leaver_aged_19'
    left join results
        on leavers.local_authority_code = results.local_authority_code
        and leavers.child_id = results.child_id
        and measures.stage_code = results.stage_code
        and measures.result_measure_code = results.measure_code
        and results.academic_year <= years.reporting_year
    where leavers.record_source = 'ssda903' and leavers.age_turned = 19
    qualify row_number() over (
        partition by
            measures.measure_code, years.period_id, leavers.local_authority_code,
            leavers.child_id
        order by results.academic_year desc nulls last
    ) = 1
),

stacked as (
    select * from of_children_in_care
    union all
    select * from of_care_leavers
),

resulted as (
    select
        stacked.*,
        result_groups.code_group as result_group
    from stacked
    left join {{ ref('codes') }} as result_groups
        on result_groups.code_set = 'education_result'
        and stacked.result_code = result_groups.code
)

select
    measure_code,
    'child' as subject_type,
    child_id as subject_key,
    stage_code as event_key,
    local_authority_code,
    cohort_code,
    period_id,
    case when exclusion_code is null then 1 else 0 end as denominator_flag,
    case when exclusion_code is null and not may_be_under_a_year and not is_value
        then cast(result_group = 'met' as integer) end as numerator_flag,
    case when exclusion_code is null and not may_be_under_a_year and is_value
        then result_value end as value,
    cast(null as double) as exposure,
    exclusion_code,
    case
        when exclusion_code is not null then null
        when may_be_under_a_year then 'CARE_START_NOT_HELD'
        when is_value and result_value is null then 'NOT_RECORDED'
        when not is_value and result_group is null then 'NOT_RECORDED'
    end as missing_code,
    cast(null as date) as event_date,
    child_id,
    'local' as source_id,
    stage_code || ': ' || coalesce(result_code, cast(result_value as varchar), 'no result')
        as evidence,
    _file_sha256,
    _row_number
from resulted
