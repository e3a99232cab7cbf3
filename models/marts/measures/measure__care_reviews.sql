with reviewed as (
    select
        looked_after.local_authority_code,
        looked_after.period_id,
        looked_after.child_id,
        count(reviews.care_review_id) as review_count,
        count(*) filter (where participation.code_group = 'under_4') as under_4_count,
        count(*) filter (where participation.code_group = 'participated') as taken_part_count,
        count(*) filter (where participation.code_group = 'not_participated')
            as not_taken_part_count
    from {{ ref('looked_after_at_year_end') }} as looked_after
    inner join {{ ref('int_care_reviews') }} as reviews
        on looked_after.local_authority_code = reviews.local_authority_code
        and looked_after.child_id = reviews.child_id
        and reviews.review_date between looked_after.period_start and looked_after.period_end
        and not coalesce(reviews.is_cancelled, false)
    left join {{ ref('codes') }} as participation
        on participation.code_set = 'review_participation'
        and reviews.participation_code = participation.code
    group by
        looked_after.local_authority_code, looked_after.period_id, looked_after.child_id
),

judged as (
    select
        looked_after.*,
        case
            when looked_after.exclusion_code is not null then looked_after.exclusion_code
            when reviewed.child_id is null then 'NO_REVIEW'
            when reviewed.review_count = reviewed.under_4_count then 'UNDER_4_AT_REVIEW'
        end as measure_exclusion_code,
        -- One review without views is known, whatever a blank one would say.
        case
            when reviewed.not_taken_part_count = 0
                and reviewed.review_count > reviewed.under_4_count + reviewed.taken_part_count
                then 'NOT_RECORDED'
        end as possible_missing_code,
        reviewed.not_taken_part_count = 0 as is_in_numerator,
        coalesce(reviewed.review_count, 0) as review_count,
        coalesce(reviewed.taken_part_count, 0) as taken_part_count
    from {{ ref('looked_after_at_year_end') }} as looked_after
    left join reviewed
        on looked_after.local_authority_code = reviewed.local_authority_code
        and looked_after.period_id = reviewed.period_id
        and looked_after.child_id = reviewed.child_id
)

select
    'views_at_every_review' as measure_code,
    'child' as subject_type,
    child_id as subject_key,
    '' as event_key,
    local_authority_code,
    cohort_code,
    period_id,
    case when measure_exclusion_code is null then 1 else 0 end as denominator_flag,
    case when measure_exclusion_code is null and possible_missing_code is null
        then cast(is_in_numerator as integer) end as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    measure_exclusion_code as exclusion_code,
    case when measure_exclusion_code is null then possible_missing_code end as missing_code,
    cast(null as date) as event_date,
    child_id,
    record_source as source_id,
    'reviews: ' || cast(review_count as varchar) || ', with views: '
    || cast(taken_part_count as varchar) as evidence,
    _file_sha256,
    _row_number
from judged
