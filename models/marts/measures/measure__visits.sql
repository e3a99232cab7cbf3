with visited as (
    select
        measures.measure_code,
        measures.age_from,
        visits.*,
        {{ age_on('children.date_of_birth', 'visits.visit_date') }} as age_years
    from {{ ref('int_visits') }} as visits
    inner join {{ ref('visit_measures') }} as measures
        on {{ is_listed('measures.visit_type_codes', 'visits.visit_type_code') }}
    left join {{ ref('int_children') }} as children
        on visits.local_authority_code = children.local_authority_code
        and visits.child_id = children.child_id
),

judged as (
    select
        *,
        case
            when age_years is null then 'AGE_NOT_KNOWN'
            when age_years < age_from then 'AGE_OUT_OF_RANGE'
        end as exclusion_code
    from visited
)

select
    judged.measure_code,
    'child' as subject_type,
    judged.child_id as subject_key,
    judged.visit_id as event_key,
    judged.local_authority_code,
    'visited' as cohort_code,
    periods.period_id,
    case when judged.exclusion_code is null then 1 else 0 end as denominator_flag,
    case
        when judged.exclusion_code is null
            -- Left blank counts as not seen alone.
            then cast(coalesce(judged.is_seen_alone, false) as integer)
    end as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    judged.exclusion_code,
    cast(null as varchar) as missing_code,
    judged.visit_date as event_date,
    judged.child_id,
    judged.record_source as source_id,
    'seen alone: ' || coalesce(cast(judged.is_seen_alone as varchar), 'blank') as evidence,
    judged._file_sha256,
    judged._row_number
from judged
inner join {{ ref('periods') }} as periods
    on judged.visit_date between periods.period_start and periods.period_end
