-- key: worker_id, movement_type, movement_date
-- where: record_source = 'local' and movement_type in ('joined', 'left')
with employments as (
    select
        worker_id,
        is_agency_worker,
        employed_from_date,
        max(employed_to_date) as employed_to_date
    from world.workers
    where local_authority_code = getvariable('authority')
    group by all
),

followed as (
    select
        *,
        lag(employed_to_date) over terms as before,
        lead(employed_from_date) over terms as after
    from employments
    window terms as (
        partition by worker_id, is_agency_worker order by employed_from_date
    )
)

-- Employed again on the same terms on the day the employment ends: nobody left.
select pseudonym('worker', worker_id) as worker_id, 'joined' as movement_type,
    employed_from_date as movement_date
from followed
where coalesce(before < employed_from_date, true)
union all
select pseudonym('worker', worker_id), 'left', employed_to_date
from followed
where employed_to_date is not null and coalesce(after > employed_to_date, true)
