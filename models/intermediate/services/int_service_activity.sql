with places as (
    select
        participations.local_authority_code,
        participations.participation_id,
        participations.service_code,
        services.programme_code,
        participations.delivery_model_code,
        participations.offered_date,
        participations.start_date,
        participations.end_date,
        participations.end_reason_code
    from {{ ref('stg_local__programme_participation') }} as participations
    inner join {{ ref('int_services') }} as services
        on participations.local_authority_code = services.local_authority_code
        and participations.service_code = services.service_code
    -- A place that came in several exports: the newest.
    qualify row_number() over (
        partition by participations.local_authority_code, participations.participation_id
        order by
            participations.exported_date desc nulls last, participations._file_sha256 asc,
            participations._row_number desc
    ) = 1
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
