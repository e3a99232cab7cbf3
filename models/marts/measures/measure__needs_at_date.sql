with measures as (
    select * from {{ ref('need_measures') }}
),

years as (
    select
        period_id,
        period_start,
        period_end
    from {{ ref('periods') }}
    where period_type = 'year'
),

-- A carer's need is read under the child cared for.
needs as (
    select
        plans.local_authority_code,
        coalesce(identities.child_id, plans.child_key, plans.person_key) as subject_key,
        identities.child_id,
        plans.support_item_id,
        plans.need_type_code,
        plans.assessment_id,
        plans.assessed_date,
        plans.support_start_date,
        plans.status_date,
        plans.closed_date,
        statuses.code_group as status_group,
        plans._file_sha256,
        plans._row_number
    from {{ ref('stg_local__support_plans') }} as plans
    left join {{ ref('int_identities') }} as identities
        on identities.record_source = 'local'
        and plans.local_authority_code = identities.local_authority_code
        and coalesce(plans.child_key, plans.person_key) = identities.person_key
    left join {{ ref('codes') }} as statuses
        on statuses.code_set = 'need_status' and plans.need_status_code = statuses.code
    qualify row_number() over (
        partition by plans.local_authority_code, plans.support_item_id
        order by plans.exported_date desc nulls last, plans._file_sha256 asc, plans._row_number desc
    ) = 1
),

asked as (
    select
        measures.measure_code,
        measures.found_by,
        measures.assessment_type_codes,
        measures.age_from,
        measures.age_to,
        measures.population_code,
        years.period_id,
        years.period_start,
        years.period_end,
        needs.*,
        -- A list holds the latest state only. Where that was written after the date, the need was
        -- being met by then if the service had begun; what a review said is not known.
        case
            when coalesce(needs.status_date <= years.period_end, true)
                then
                case when needs.status_group <> 'not_known' then needs.status_group = 'met' end
            when measures.found_by = 'carer_review' then null
            when needs.support_start_date <= years.period_end then true
            when needs.support_start_date is not null or needs.status_group = 'not_met'
                then false
        end as is_met
    from needs
    inner join measures
        on {{ is_listed_or_any('measures.need_type_codes', 'needs.need_type_code') }}
    inner join years on needs.assessed_date <= years.period_end
),

assessments as (
    select * from {{ newest_records('local__health_assessments', ['assessment_id']) }}
    where assessment_status_code = 'completed'
),

latest_assessments as (
    select
        measures.measure_code,
        years.period_id,
        assessments.local_authority_code,
        assessments.child_id,
        assessments.assessment_id
    from assessments
    inner join measures
        on measures.found_by = 'latest_assessment'
        and {{ is_listed_or_any('measures.assessment_type_codes',
            'assessments.assessment_type_code') }}
    inner join years on assessments.completed_date <= years.period_end
    qualify row_number() over (
        partition by
            measures.measure_code, years.period_id, assessments.local_authority_code,
            assessments.child_id
        order by assessments.completed_date desc, assessments.assessment_id desc
    ) = 1
),

-- Which needs an assessment, review or list of open needs speaks of on the date.
spoken_of as (
    select asked.*
    from asked
    inner join latest_assessments
        on asked.measure_code = latest_assessments.measure_code
        and asked.period_id = latest_assessments.period_id
        and asked.local_authority_code = latest_assessments.local_authority_code
        and asked.child_id = latest_assessments.child_id
        and asked.assessment_id = latest_assessments.assessment_id
    where coalesce(asked.closed_date > asked.period_end, true)
    union all
    select asked.*
    from asked
    inner join assessments
        on asked.local_authority_code = assessments.local_authority_code
        and asked.child_id = assessments.child_id
        and asked.assessment_id = assessments.assessment_id
        and assessments.completed_date between asked.period_start and asked.period_end
    where asked.found_by = 'assessment_in_year'
    union all
    select *
    from asked
    where found_by = 'carer_review'
        and coalesce(closed_date >= period_start, true)
        and status_date >= period_start
    union all
    select *
    from asked
    where found_by = 'enrolment' and coalesce(closed_date > period_end, true)
),

found as (
    select
        measure_code,
        period_id,
        local_authority_code,
        subject_key,
        max(child_id) as child_id,
        count(*) as need_count,
        count(*) filter (where is_met) as met_count,
        count(*) filter (where not is_met) as unmet_count,
        min_by(_file_sha256, support_item_id) as _file_sha256,
        min_by(_row_number, support_item_id) as _row_number
    from spoken_of
    group by measure_code, period_id, local_authority_code, subject_key
),

care_populations as (
    select distinct population_code from measures
    where population_code in ('accommodated', 'kinship')
),

population as (
    select
        'in_need_at_date' as population_code,
        period_id,
        local_authority_code,
        child_id as subject_key,
        child_id,
        cohort_code,
        cast(null as varchar) as exclusion_code,
        record_source,
        _file_sha256,
        _row_number
    from {{ ref('in_need_at_year_end') }}
    union all
    select
        populations.population_code,
        looked_after.period_id,
        looked_after.local_authority_code,
        looked_after.child_id as subject_key,
        looked_after.child_id,
        looked_after.cohort_code,
        case
            when looked_after.exclusion_code is not null then looked_after.exclusion_code
            when looked_after.placement_group = 'with_parents' then 'WITH_PARENTS'
            when populations.population_code = 'kinship'
                and coalesce(looked_after.placement_group <> 'foster_kinship', true)
                then 'OTHER_PLACEMENT'
        end as exclusion_code,
        looked_after.record_source,
        looked_after._file_sha256,
        looked_after._row_number
    from {{ ref('looked_after_at_year_end') }} as looked_after
    cross join care_populations as populations
    union all
    select
        'open_need' as population_code,
        period_id,
        local_authority_code,
        subject_key,
        child_id,
        'support_plan' as cohort_code,
        cast(null as varchar) as exclusion_code,
        'local' as record_source,
        _file_sha256,
        _row_number
    from found
    where measure_code in (
        select measures.measure_code from measures
        where measures.population_code = 'open_need'
    )
),

subjects as (
    select
        measures.measure_code,
        measures.found_by,
        measures.age_from,
        measures.age_to,
        years.period_end,
        population.*,
        {{ age_on('children.date_of_birth', 'years.period_end') }} as age_years
    from population
    inner join measures on population.population_code = measures.population_code
    inner join years on population.period_id = years.period_id
    left join {{ ref('int_children') }} as children
        on population.local_authority_code = children.local_authority_code
        and population.child_id = children.child_id
),

occupied as (
    select distinct
        subjects.measure_code,
        subjects.period_id,
        subjects.local_authority_code,
        subjects.child_id
    from subjects
    inner join {{ ref('int_enrolments') }} as enrolments
        on subjects.local_authority_code = enrolments.local_authority_code
        and subjects.child_id = enrolments.child_id
        and {{ open_on('enrolments.entry_date', 'enrolments.leaving_date',
            'subjects.period_end') }}
        and enrolments.setting_group in ('education', 'training', 'employment')
    where subjects.found_by = 'enrolment'
),

judged as (
    select
        subjects.*,
        case
            when subjects.exclusion_code is not null then subjects.exclusion_code
            when subjects.age_years is null
                and coalesce(subjects.age_from, subjects.age_to) is not null
                then 'AGE_NOT_KNOWN'
            when subjects.age_years < subjects.age_from or subjects.age_years > subjects.age_to
                then 'AGE_OUT_OF_RANGE'
            when subjects.found_by in ('latest_assessment', 'assessment_in_year')
                and found.subject_key is null then 'NO_NEED_FOUND'
        end as measure_exclusion_code,
        case
            when subjects.found_by = 'enrolment'
                then case when occupied.child_id is not null then true end
            when found.unmet_count > 0 then false
            when found.met_count < found.need_count then null
            else coalesce(found.need_count > 0, false)
        end as is_in_numerator,
        coalesce(found.need_count, 0) as need_count,
        coalesce(found.met_count, 0) as met_count,
        found._file_sha256 as need_file_sha256,
        found._row_number as need_row_number
    from subjects
    left join found
        on subjects.measure_code = found.measure_code
        and subjects.period_id = found.period_id
        and subjects.local_authority_code = found.local_authority_code
        and subjects.subject_key = found.subject_key
    left join occupied
        on subjects.measure_code = occupied.measure_code
        and subjects.period_id = occupied.period_id
        and subjects.local_authority_code = occupied.local_authority_code
        and subjects.child_id = occupied.child_id
)

select
    measure_code,
    'child' as subject_type,
    subject_key,
    '' as event_key,
    local_authority_code,
    cohort_code,
    period_id,
    case when measure_exclusion_code is null then 1 else 0 end as denominator_flag,
    case when measure_exclusion_code is null then cast(is_in_numerator as integer) end
        as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    measure_exclusion_code as exclusion_code,
    case when measure_exclusion_code is null and is_in_numerator is null then 'NOT_RECORDED' end
        as missing_code,
    cast(null as date) as event_date,
    child_id,
    record_source as source_id,
    'needs: ' || cast(need_count as varchar) || ', met: ' || cast(met_count as varchar)
        as evidence,
    coalesce(need_file_sha256, _file_sha256) as _file_sha256,
    case when need_file_sha256 is null then _row_number else need_row_number end as _row_number
from judged
