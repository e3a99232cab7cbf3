with actions as (
    select * from {{ ref('stg_local__actions') }}
    qualify row_number() over (
        partition by local_authority_code, action_id
        order by exported_date desc nulls last, _file_sha256 asc, _row_number desc
    ) = 1
),

chosen as (
    select
        measures.measure_code,
        measures.counted_by,
        case measures.dated_by
            when 'due_date' then actions.due_date
            when 'completed_date' then actions.completed_date
        end as event_date,
        actions.*
    from actions
    inner join {{ ref('action_measures') }} as measures
        on actions.action_type_code = measures.action_type_code
        and actions.origin_type_code = measures.origin_type_code
)

select
    chosen.measure_code,
    'action' as subject_type,
    chosen.action_id as subject_key,
    '' as event_key,
    chosen.local_authority_code,
    'actions' as cohort_code,
    periods.period_id,
    1 as denominator_flag,
    case chosen.counted_by
        -- The day has passed: what is not done by it is not met, stopped or not.
        when 'on_time'
            then cast(coalesce(chosen.completed_date <= chosen.due_date, false) as integer)
        else 1
    end as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    cast(null as varchar) as exclusion_code,
    cast(null as varchar) as missing_code,
    chosen.event_date,
    cast(null as varchar) as child_id,
    'local' as source_id,
    'due: ' || coalesce(cast(chosen.due_date as varchar), 'none')
    || ', completed: ' || coalesce(cast(chosen.completed_date as varchar), 'not yet')
        as evidence,
    chosen._file_sha256,
    chosen._row_number
from chosen
inner join {{ ref('periods') }} as periods
    on chosen.event_date between periods.period_start and periods.period_end
