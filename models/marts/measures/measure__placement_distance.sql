with children as (
    select
        periods.period_id,
        snapshots.local_authority_code,
        snapshots.cohort_code,
        snapshots.child_id,
        snapshots.period_end,
        snapshots.placement_id,
        snapshots.record_source,
        snapshots._file_sha256,
        snapshots._row_number,
        case snapshots.cohort_code
            when 'short_breaks' then 'SHORT_BREAKS'
            when 'in_care_aged_18_or_over' then 'AGED_18_OR_OVER'
        end as cohort_exclusion_code
    from {{ ref('cohort_snapshots') }} as snapshots
    inner join {{ ref('periods') }} as periods
        on snapshots.period_end = periods.period_end and periods.period_type = 'year'
    where snapshots.cohort_code in ('in_care', 'short_breaks', 'in_care_aged_18_or_over')
),

returned as (
    select
        children.local_authority_code,
        children.period_id,
        children.child_id,
        episodes.placement_distance_miles,
        episodes.placement_small_area_code,
        episodes._file_sha256,
        episodes._row_number
    from children
    inner join {{ newest_records('ssda903__episodes', 'episode_start_date') }} as episodes
        on children.local_authority_code = episodes.local_authority_code
        and children.child_id = episodes.child_id
        and {{ open_on('episodes.episode_start_date', 'episodes.episode_end_date',
            'children.period_end') }}
    qualify row_number() over (
        partition by children.local_authority_code, children.period_id, children.child_id
        order by episodes.episode_start_date desc
    ) = 1
),

-- What a case system says of the distance counts first. 999.9 stands for not known.
placed as (
    select
        children.*,
        case
            when placements.placement_distance_miles < 999.9
                then placements.placement_distance_miles
            when returned.placement_distance_miles < 999.9
                then returned.placement_distance_miles
        end as miles,
        returned.placement_small_area_code is not null as is_area_known,
        areas.small_area_code is not null as is_inside,
        returned._file_sha256 as returned_file_sha256,
        returned._row_number as returned_row_number
    from children
    left join {{ ref('int_placements') }} as placements
        on children.local_authority_code = placements.local_authority_code
        and children.placement_id = placements.placement_id
    left join returned
        on children.local_authority_code = returned.local_authority_code
        and children.period_id = returned.period_id
        and children.child_id = returned.child_id
    left join {{ ref('int_small_areas') }} as areas
        on returned.placement_small_area_code = areas.small_area_code
        and children.local_authority_code = areas.local_authority_code
),

judged as (
    select
        *,
        coalesce(
            cohort_exclusion_code,
            case
                when miles is null or (miles > 20 and not is_area_known)
                    then 'POSTCODE_NOT_HELD'
            end
        ) as exclusion_code
    from placed
)

select
    'placed_over_20_miles_outside' as measure_code,
    'child' as subject_type,
    child_id as subject_key,
    '' as event_key,
    local_authority_code,
    cohort_code,
    period_id,
    case when exclusion_code is null then 1 else 0 end as denominator_flag,
    case when exclusion_code is null then cast(miles > 20 and not is_inside as integer) end
        as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    exclusion_code,
    cast(null as varchar) as missing_code,
    cast(null as date) as event_date,
    child_id,
    record_source as source_id,
    'miles from home: ' || coalesce(cast(round(miles, 1) as varchar), 'not known') || case
        when not is_area_known then ''
        when is_inside then ', inside the authority'
        else ', outside the authority'
    end as evidence,
    coalesce(returned_file_sha256, _file_sha256) as _file_sha256,
    case when returned_file_sha256 is null then _row_number else returned_row_number end
        as _row_number
from judged
