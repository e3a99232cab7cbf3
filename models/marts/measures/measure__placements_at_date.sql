with eligible as (
    select
        measures.measure_code,
        measures.fact,
        measures.counted_from,
        looked_after.*,
        case
            when looked_after.exclusion_code is not null then looked_after.exclusion_code
            when looked_after.placement_group = measures.left_out_placement_group
                then 'WITH_PARENTS'
            when measures.placement_type_codes is not null
                and not coalesce(
                    {{ is_listed('measures.placement_type_codes',
                        'looked_after.placement_type_code') }},
                    false
                ) then 'OTHER_PLACEMENT'
        end as measure_exclusion_code
    from {{ ref('looked_after_at_year_end') }} as looked_after
    cross join {{ ref('placement_measures') }} as measures
),

-- A placement has to last a night.
placed as (
    select
        looked_after.local_authority_code,
        looked_after.period_id,
        looked_after.child_id,
        count(*) as placement_count
    from {{ ref('looked_after_at_year_end') }} as looked_after
    inner join {{ ref('int_placements') }} as placements
        on looked_after.care_period_id = placements.care_period_id
        and placements.placement_start_date <= looked_after.period_end
        and coalesce(placements.placement_end_date > placements.placement_start_date, true)
    group by
        looked_after.local_authority_code, looked_after.period_id, looked_after.child_id
),

details as (
    select
        years.period_id,
        years.period_end,
        details.*
    from {{ newest_records('local__placement_details', ['placement_start_date']) }} as details
    inner join {{ ref('periods') }} as years
        on years.period_type = 'year'
        and {{ open_on('details.placement_start_date', 'details.placement_end_date',
            'years.period_end') }}
),

-- Who lives there together on the day, whoever of them is looked after.
shared as (
    select
        local_authority_code,
        period_id,
        carer_or_home_key,
        count(distinct child_id) as child_count
    from details
    group by local_authority_code, period_id, carer_or_home_key
),

-- Two open rows of a child are a fault of the list; the one begun last is read.
terms as (
    select
        details.*,
        shared.child_count,
        coalesce(
            {{ open_on('details.exemption_start_date', 'details.exemption_end_date',
                'details.period_end') }},
            false
        ) as is_exempt
    from details
    inner join shared
        on details.local_authority_code = shared.local_authority_code
        and details.period_id = shared.period_id
        and details.carer_or_home_key = shared.carer_or_home_key
    qualify row_number() over (
        partition by details.local_authority_code, details.period_id, details.child_id
        order by details.placement_start_date desc
    ) = 1
),

held_to_terms as (
    select
        eligible.*,
        placed.placement_count,
        terms.is_registered,
        terms.is_exempt,
        terms.child_count > terms.approved_place_count as is_too_many,
        eligible.age_years < terms.approved_minimum_age
        or eligible.age_years > terms.approved_maximum_age as is_other_age,
        not array_contains(terms.approved_use_codes, terms.placement_use_code) as is_other_use,
        terms._file_sha256 as terms_file_sha256,
        terms._row_number as terms_row_number
    from eligible
    left join placed
        on eligible.local_authority_code = placed.local_authority_code
        and eligible.period_id = placed.period_id
        and {{ key_if("eligible.fact = 'placements_in_period'", 'eligible.child_id') }}
        = placed.child_id
    left join terms
        on eligible.local_authority_code = terms.local_authority_code
        and eligible.period_id = terms.period_id
        and {{ key_if("eligible.fact = 'outside_approval'", 'eligible.child_id') }}
        = terms.child_id
),

-- True where one term is known to be broken, null where none is and not all are known.
judged as (
    select
        *,
        case fact
            when 'placements_in_period' then
                case
                    when placement_count >= counted_from then true
                    when is_start_held then coalesce(placement_count, 0) >= counted_from
                end
            when 'outside_approval' then
                not is_registered
                or (not is_exempt and (is_too_many or is_other_age or is_other_use))
        end as is_in_numerator
    from held_to_terms
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
    case when measure_exclusion_code is null then cast(is_in_numerator as integer) end
        as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    measure_exclusion_code as exclusion_code,
    case
        when measure_exclusion_code is not null or is_in_numerator is not null then null
        when fact = 'placements_in_period' then 'CARE_START_NOT_HELD'
        else 'NOT_RECORDED'
    end as missing_code,
    cast(null as date) as event_date,
    child_id,
    record_source as source_id,
    case fact
        when 'placements_in_period'
            then 'placements since care began: '
            || cast(coalesce(placement_count, 0) as varchar)
        else 'terms: ' || case
            when is_in_numerator is null then 'not all recorded'
            when not is_registered then 'not registered'
            when is_in_numerator and is_too_many then 'too many children'
            when is_in_numerator and is_other_age then 'another age'
            when is_in_numerator then 'another use'
            else 'kept'
        end
    end as evidence,
    coalesce(terms_file_sha256, _file_sha256) as _file_sha256,
    case when terms_file_sha256 is null then _row_number else terms_row_number end
        as _row_number
from judged
