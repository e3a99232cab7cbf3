with places as (
    select
        local_authority_code,
        participation_id,
        service_code,
        programme_code,
        delivery_model_code,
        offered_date,
        start_date,
        end_date,
        end_reason_code
    from {{ programme_places() }} as held
),

dated as (
    select
        places.*,
        measures.measure_code,
        measures.quadrant,
        case measures.dated_by
            when 'offered_date' then places.offered_date
            when 'start_date' then places.start_date
            -- What never began cannot have gone as planned or otherwise.
            when 'end_date' then case when places.start_date is not null then places.end_date end
        end as event_date,
        case measures.counted_when
            when 'any' then true
            when 'begun'
                then coalesce(places.start_date <= {{ as_at_date() }}, false)
            when 'completed' then coalesce(places.end_reason_code = 'completed', false)
        end as is_counted
    from places
    cross join {{ ref('service_measures') }} as measures
),

-- A place is in its service, its programme and the delivery model it was under: a family in two
-- models took two places.
placed as (
    select
        *,
        'service' as subject_kind,
        service_code as subject_code
    from dated
    union all
    select
        *,
        'programme' as subject_kind,
        programme_code as subject_code
    from dated
    where programme_code is not null
    union all
    select
        *,
        'delivery_model' as subject_kind,
        programme_code || ':' || delivery_model_code as subject_code
    from dated
    where programme_code is not null and delivery_model_code is not null
)

select
    placed.local_authority_code,
    placed.subject_kind,
    placed.subject_code,
    placed.programme_code,
    periods.period_id,
    placed.measure_code,
    placed.quadrant,
    count(*) as n,
    count(*) filter (where placed.is_counted) as numerator
from placed
inner join {{ ref('periods') }} as periods
    on placed.event_date between periods.period_start and periods.period_end
    and periods.period_type = 'year'
where placed.event_date <= {{ as_at_date() }}
group by
    placed.local_authority_code, placed.subject_kind, placed.subject_code,
    placed.programme_code, periods.period_id, placed.measure_code, placed.quadrant
