with accommodated as (
    select
        looked_after.period_id,
        looked_after.period_end,
        looked_after.local_authority_code,
        looked_after.child_id,
        stays.accommodated_from_date
    from {{ ref('looked_after_at_year_end') }} as looked_after
    inner join {{ ref('int_accommodated_periods') }} as stays
        on looked_after.care_period_id = stays.care_period_id
        and {{ open_on('stays.accommodated_from_date', 'stays.accommodated_until_date',
            'looked_after.period_end') }}
    where looked_after.exclusion_code is null
),

members as (
    select
        accommodated.*,
        families.family_id,
        families._file_sha256,
        families._row_number
    from accommodated
    inner join {{ ref('int_family_members') }} as families
        on accommodated.local_authority_code = families.local_authority_code
        and accommodated.child_id = families.child_id
        and {{ is_listed('families.held_by_sources', "'ssd'") }}
        and coalesce(families.joined_date <= accommodated.period_end, true)
        and coalesce(families.left_date > accommodated.period_end, true)
    qualify row_number() over (
        partition by
            accommodated.period_id, accommodated.local_authority_code, families.family_id,
            accommodated.child_id
        order by families.joined_date desc nulls last
    ) = 1
),

-- One child is no group.
sibling_groups as (
    select
        period_id,
        period_end,
        local_authority_code,
        family_id,
        count(*) as child_count,
        max(accommodated_from_date) as last_start_date,
        min_by(_file_sha256, child_id) as _file_sha256,
        min_by(_row_number, child_id) as _row_number
    from members
    group by period_id, period_end, local_authority_code, family_id
    having count(*) > 1
),

-- Two days are looked at: that on which the last of them came, and the last day of the year.
days as (
    select
        period_id,
        local_authority_code,
        family_id,
        child_count,
        last_start_date as day_looked_at
    from sibling_groups
    union
    select
        period_id,
        local_authority_code,
        family_id,
        child_count,
        period_end as day_looked_at
    from sibling_groups
),

lived as (
    select
        days.period_id,
        days.local_authority_code,
        days.family_id,
        days.child_count,
        days.day_looked_at,
        members.child_id,
        details.carer_or_home_key,
        -- A postcode is known by its small area only.
        placements.ofsted_urn || '|' || placements.placement_small_area_code as place
    from days
    inner join members
        on days.period_id = members.period_id
        and days.local_authority_code = members.local_authority_code
        and days.family_id = members.family_id
    left join {{ newest_records('ssd__cla_placement', ['placement_start_date']) }} as placements
        on members.local_authority_code = placements.local_authority_code
        and members.child_id = placements.child_id
        and {{ open_on('placements.placement_start_date', 'placements.placement_end_date',
            'days.day_looked_at') }}
    left join {{ newest_records('local__placement_details', ['placement_start_date']) }}
        as details
        on members.local_authority_code = details.local_authority_code
        and members.child_id = details.child_id
        and {{ open_on('details.placement_start_date', 'details.placement_end_date',
            'days.day_looked_at') }}
    qualify row_number() over (
        partition by
            days.period_id, days.local_authority_code, days.family_id, days.day_looked_at,
            members.child_id
        order by
            placements.placement_start_date desc nulls last,
            details.placement_start_date desc nulls last
    ) = 1
),

-- By the carer or home where it is known of all of them, else by number and small area.
together as (
    select
        period_id,
        local_authority_code,
        family_id,
        day_looked_at,
        case
            when count(carer_or_home_key) = max(child_count)
                then count(distinct carer_or_home_key) = 1
            when count(place) = max(child_count) then count(distinct place) = 1
        end as is_together
    from lived
    group by period_id, local_authority_code, family_id, day_looked_at
),

placed as (
    select
        period_id,
        local_authority_code,
        family_id,
        count(*) filter (where is_together) as days_together,
        count(*) filter (where is_together is null) as days_not_known
    from together
    group by period_id, local_authority_code, family_id
),

judged as (
    select
        sibling_groups.*,
        case
            when placed.days_together > 0 then 1
            when placed.days_not_known = 0 then 0
        end as numerator_flag
    from sibling_groups
    inner join placed
        on sibling_groups.period_id = placed.period_id
        and sibling_groups.local_authority_code = placed.local_authority_code
        and sibling_groups.family_id = placed.family_id
)

select
    'siblings_placed_together' as measure_code,
    'family' as subject_type,
    family_id as subject_key,
    '' as event_key,
    local_authority_code,
    'accommodated' as cohort_code,
    period_id,
    1 as denominator_flag,
    numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    cast(null as varchar) as exclusion_code,
    case when numerator_flag is null then 'PLACE_NOT_RECORDED' end as missing_code,
    cast(null as date) as event_date,
    cast(null as varchar) as child_id,
    'ssd' as source_id,
    'brothers and sisters away from their parents: ' || cast(child_count as varchar)
        as evidence,
    _file_sha256,
    _row_number
from judged
