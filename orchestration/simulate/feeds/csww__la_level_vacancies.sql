-- Social work posts on 30 September, the people employed in them, and the agency workers who
-- cover those that are vacant.
with posts as (
    select
        post_id,
        budgeted_fte
    from world.posts
    where
        local_authority_code = getvariable('authority')
        and org_role_code is not null
        and is_open(post_start_date, post_end_date)
),

held as (
    select
        workers.post_id,
        sum(workers.fte) filter (where not workers.is_agency_worker) as employed_fte,
        sum(workers.fte) filter (where workers.is_agency_worker) as agency_fte,
        count(*) filter (where workers.is_agency_worker) as agency_count
    from world.workers
    inner join posts on workers.post_id = posts.post_id
    where is_open(workers.role_start_date, workers.role_end_date)
    group by workers.post_id
)

select
    round(coalesce(
        sum(greatest(posts.budgeted_fte - coalesce(held.employed_fte, 0), 0)), 0
    ), 2) as vacancies_fte,
    round(coalesce(sum(held.agency_fte), 0), 2) as agency_covering_vacancies_fte,
    cast(coalesce(sum(held.agency_count), 0) as integer) as agency_covering_vacancies_headcount,
    0 as recruitment_bonus,
    2 as retention_bonus,
    0 as performance_award,
    2 as car_allowance,
    1 as relocation_package,
    0 as regional_weighting,
    1 as registration_cost,
    1 as dbs_cost
from posts
left join held on posts.post_id = held.post_id
