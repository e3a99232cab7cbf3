with eligible as (
    select
        measures.measure_code,
        measures.answer_code,
        measures.score_from,
        measures.is_blank_no,
        looked_after.*,
        case
            when looked_after.exclusion_code is not null then looked_after.exclusion_code
            when looked_after.is_under_a_year then 'IN_CARE_UNDER_12_MONTHS'
            when looked_after.age_years is null
                and coalesce(measures.age_from, measures.age_to) is not null
                then 'AGE_NOT_KNOWN'
            when looked_after.age_years < measures.age_from
                or looked_after.age_years > measures.age_to then 'AGE_OUT_OF_RANGE'
            when looked_after.placement_group = measures.left_out_placement_group
                then 'WITH_PARENTS'
        end as measure_exclusion_code
    from {{ ref('looked_after_at_year_end') }} as looked_after
    cross join {{ ref('health_in_care_measures') }} as measures
),

-- Every child of the return has a row of its scores, if only to say why there is none.
returned as (
    select * from {{ ref('int_sdq_scores') }}
    where record_source = 'ssda903'
),

answers as (
    select
        local_authority_code,
        child_id,
        return_year,
        check_type_code as answer_code,
        is_up_to_date as is_yes
    from {{ ref('int_health_checks') }}
    where record_source = 'ssda903'
    union all
    select
        local_authority_code,
        child_id,
        return_year,
        'substance_misuse' as answer_code,
        is_identified as is_yes
    from {{ ref('int_substance_misuse') }}
    where record_source = 'ssda903'
),

answered as (
    select
        eligible.*,
        case when eligible.answer_code = 'sdq_total_score' then returned.sdq_total_score end
            as score,
        case
            when eligible.answer_code = 'sdq_total_score'
                then returned.sdq_total_score >= eligible.score_from
            when eligible.is_blank_no then coalesce(answers.is_yes, false)
            else answers.is_yes
        end as is_in_numerator,
        case
            when eligible.measure_exclusion_code is not null then null
            when eligible.is_under_a_year is null then 'CARE_START_NOT_HELD'
            when returned.child_id is null then 'NOT_IN_RETURN'
            when eligible.answer_code = 'sdq_total_score' and returned.sdq_total_score is null
                then coalesce(returned.no_score_reason_code, 'NOT_RECORDED')
            when eligible.answer_code <> 'sdq_total_score' and answers.is_yes is null
                and not eligible.is_blank_no then 'NOT_RECORDED'
        end as missing_code,
        case
            when eligible.answer_code = 'sdq_total_score'
                then coalesce(cast(returned.sdq_total_score as varchar), 'none')
            else coalesce(cast(answers.is_yes as varchar), 'blank')
        end as answer,
        returned._file_sha256 as answer_file_sha256,
        returned._row_number as answer_row_number
    from eligible
    left join returned
        on eligible.local_authority_code = returned.local_authority_code
        and eligible.child_id = returned.child_id
        and eligible.reporting_year = returned.return_year
    left join answers
        on eligible.local_authority_code = answers.local_authority_code
        and eligible.child_id = answers.child_id
        and eligible.reporting_year = answers.return_year
        and eligible.answer_code = answers.answer_code
)

select
    measure_code,
    'child' as subject_type,
    child_id as subject_key,
    '' as event_key,
    local_authority_code,
    cohort_code,
    period_id,
    case when measure_exclusion_code is null then 1 else 0 end as denominator_flag,
    case when measure_exclusion_code is null and missing_code is null
        then cast(is_in_numerator as integer) end as numerator_flag,
    case
        when measure_exclusion_code is null and missing_code is null and score_from is null
            then cast(score as double)
    end as value,
    cast(null as double) as exposure,
    measure_exclusion_code as exclusion_code,
    missing_code,
    cast(null as date) as event_date,
    child_id,
    record_source as source_id,
    answer_code || ': ' || answer as evidence,
    coalesce(answer_file_sha256, _file_sha256) as _file_sha256,
    case when answer_file_sha256 is null then _row_number else answer_row_number end
        as _row_number
from answered
