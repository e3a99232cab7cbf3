-- key: record_source, post_id, census_year
select
    'local' as record_source,
    pseudonym('post', posts.post_id) as post_id,
    cast(null as integer) as census_year,
    posts.team_id,
    posts.staff_group_code,
    posts.budgeted_fte,
    cast(null as double) as vacant_fte,
    cast(null as double) as agency_cover_fte,
    posts.required_credential_code,
    posts.required_level,
    posts.post_start_date,
    posts.post_end_date
from world.posts
where posts.local_authority_code = getvariable('authority')
union all
-- Social work posts on the day of each census, by what the employed leave of them.
select
    'csww', 'authority', year(on_day), null, null, null,
    round(sum(greatest(budgeted_fte - employed_fte, 0)), 2),
    round(sum(agency_fte), 2),
    null, null, null, null
from (
    select
        census_days.on_day,
        posts.budgeted_fte,
        coalesce(sum(workers.fte) filter (where not workers.is_agency_worker), 0) as employed_fte,
        coalesce(sum(workers.fte) filter (where workers.is_agency_worker), 0) as agency_fte
    from census_days() as census_days
    inner join world.posts
        on posts.local_authority_code = getvariable('authority')
        and posts.org_role_code is not null
        and posts.post_start_date <= census_days.on_day
        and coalesce(posts.post_end_date > census_days.on_day, true)
    left join world.workers
        on posts.post_id = workers.post_id
        and workers.role_start_date <= census_days.on_day
        and coalesce(workers.role_end_date > census_days.on_day, true)
    group by census_days.on_day, posts.post_id, posts.budgeted_fte
) as held
group by on_day
