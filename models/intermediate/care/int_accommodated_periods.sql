with placed as (
    select
        placements.care_period_id,
        placements.local_authority_code,
        placements.child_id,
        placements.placement_number,
        placements.placement_start_date,
        placements.placement_end_date,
        care.is_start_held,
        coalesce(types.code_group = 'with_parents', false) as is_with_parents,
        placements.record_source,
        placements._file_sha256,
        placements._row_number
    from {{ ref('int_placements') }} as placements
    inner join {{ ref('int_care_periods') }} as care
        on placements.care_period_id = care.care_period_id
        and not care.is_short_breaks_only
    left join {{ ref('codes') }} as types
        on types.code_set = 'placement_type'
        and placements.placement_type_code = types.code
),

-- Placements between two stays with the parents are one time away from them.
numbered as (
    select
        *,
        sum(case when is_with_parents then 1 else 0 end) over (
            partition by care_period_id
            order by placement_number
            rows between unbounded preceding and current row
        ) as stays_with_parents
    from placed
)

select
    {{ made_key(['child_id', 'min(placement_start_date)']) }} as accommodated_period_id,
    care_period_id,
    local_authority_code,
    child_id,
    min(placement_start_date) as accommodated_from_date,
    case
        when bool_or(placement_end_date is null) then null
        else max(placement_end_date)
    end as accommodated_until_date,
    -- Not held where care was under way when the loaded returns begin, unless the child came to
    -- it from the parents.
    max(stays_with_parents) > 0 or coalesce(bool_and(is_start_held), true) as is_start_held,
    min_by(record_source, placement_number) as record_source,
    min_by(_file_sha256, placement_number) as _file_sha256,
    min_by(_row_number, placement_number) as _row_number
from numbered
where not is_with_parents
group by care_period_id, local_authority_code, child_id, stays_with_parents
