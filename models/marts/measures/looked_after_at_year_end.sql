select
    snapshots.local_authority_code,
    periods.period_id,
    periods.period_start,
    periods.period_end,
    periods.next_period_start,
    periods.reporting_year,
    snapshots.cohort_code,
    snapshots.child_id,
    snapshots.age_years,
    snapshots.status_start_date,
    coalesce(snapshots.is_status_start_held, true) as is_start_held,
    -- On every day of the year: care that began on 1 April itself counts.
    case
        when snapshots.status_start_date <= periods.period_start then false
        when coalesce(snapshots.is_status_start_held, true) then true
    end as is_under_a_year,
    snapshots.care_period_id,
    snapshots.placement_type_code,
    placement_types.code_group as placement_group,
    case snapshots.cohort_code
        when 'short_breaks' then 'SHORT_BREAKS'
        when 'in_care_aged_18_or_over' then 'AGED_18_OR_OVER'
    end as exclusion_code,
    snapshots.record_source,
    snapshots._file_sha256,
    snapshots._row_number
from {{ ref('cohort_snapshots') }} as snapshots
inner join {{ ref('periods') }} as periods
    on snapshots.period_end = periods.period_end and periods.period_type = 'year'
left join {{ ref('codes') }} as placement_types
    on placement_types.code_set = 'placement_type'
    and snapshots.placement_type_code = placement_types.code
where snapshots.cohort_code in ('in_care', 'short_breaks', 'in_care_aged_18_or_over')
