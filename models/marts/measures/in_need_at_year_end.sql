select
    snapshots.local_authority_code,
    periods.period_id,
    periods.period_start,
    periods.period_end,
    periods.reporting_year,
    snapshots.cohort_code,
    snapshots.child_id,
    snapshots.age_years,
    snapshots.status_start_date,
    snapshots.is_status_start_held,
    snapshots.record_source,
    snapshots._file_sha256,
    snapshots._row_number
from {{ ref('cohort_snapshots') }} as snapshots
inner join {{ ref('periods') }} as periods
    on snapshots.period_end = periods.period_end and periods.period_type = 'year'
inner join {{ ref('cohorts') }} as cohorts on snapshots.cohort_code = cohorts.cohort_code
where snapshots.cohort_code in ('child_in_need', 'protection_plan', 'in_care')
-- A child in several cohorts is one child, under the one that means most support.
qualify row_number() over (
    partition by snapshots.local_authority_code, periods.period_id, snapshots.child_id
    order by cohorts.support_rank desc
) = 1
