with days as (
    select * from {{ ref('workforce_days') }}
),

snapshots as (
    select
        *,
        coalesce(team_id, 'Not known') as team
    from {{ ref('workforce_snapshots') }}
),

-- The day's posts and who holds them: the vacant is what the employed leave of the budget.
posts as (
    select
        days.local_authority_code,
        days.period_id,
        posts.post_id,
        coalesce(posts.team_id, 'Not known') as team,
        posts.staff_group_code,
        coalesce(max({{ summable('posts.budgeted_fte') }}), 0) as budgeted_fte,
        coalesce(
            sum({{ summable('holders.fte') }}) filter (where not holders.is_agency_worker), 0
        ) as employed_fte,
        coalesce(
            sum({{ summable('holders.fte') }}) filter (where holders.is_agency_worker), 0
        ) as agency_fte
    from days
    inner join {{ ref('int_posts') }} as posts
        on days.local_authority_code = posts.local_authority_code
        and posts.record_source = 'local'
        and {{ open_on('posts.post_start_date', 'posts.post_end_date', 'days.period_end') }}
    left join snapshots as holders
        on days.local_authority_code = holders.local_authority_code
        and days.record_source = holders.record_source
        and days.period_id = holders.period_id
        and posts.post_id = holders.post_id
    where days.record_source = 'local'
    group by
        days.local_authority_code, days.period_id, posts.post_id, posts.team_id,
        posts.staff_group_code
),

left_vacant as (
    select
        *,
        greatest(budgeted_fte - employed_fte, 0) as vacant_fte,
        least(greatest(budgeted_fte - employed_fte, 0), agency_fte) as covered_fte
    from posts
),

vacancies as (
    select
        *,
        'local' as record_source,
        -- Of a vacant post nobody's role says whether the census would count it.
        false as is_census_social_worker,
        case when vacant_fte > 0 then 1 else 0 end as vacant_count,
        case when covered_fte > 0 then 1 else 0 end as covered_count
    from left_vacant
),

authorities_with_posts as (
    select distinct local_authority_code from vacancies
),

in_post as (
    select
        snapshots.local_authority_code,
        snapshots.record_source,
        snapshots.period_id,
        snapshots.team,
        snapshots.staff_group_code,
        false as is_census_social_worker,
        sum(
            case when not snapshots.is_agency_worker then {{ summable('snapshots.fte') }} else 0 end
        ) as employed_fte,
        count(*) filter (where not snapshots.is_agency_worker) as employed_count,
        sum(
            case when snapshots.is_agency_worker then {{ summable('snapshots.fte') }} else 0 end
        ) as agency_fte,
        count(*) filter (where snapshots.is_agency_worker) as agency_count
    from snapshots
    inner join authorities_with_posts
        on snapshots.local_authority_code = authorities_with_posts.local_authority_code
    where snapshots.record_source = 'local'
    group by
        snapshots.local_authority_code, snapshots.record_source, snapshots.period_id,
        snapshots.team, snapshots.staff_group_code
)

{{ workforce_parts([
    ('vacancy_rate_fte', 'vacant_fte', 0, 0, 'vacant_count', 'vacant_count', 'vacancies'),
    ('vacancy_rate_fte', 0, 'employed_fte', 0, 0, 'employed_count', 'in_post'),
    ('agency_cover_rate_fte', 'covered_fte', 0, 0, 'covered_count', 0, 'vacancies'),
    ('agency_cover_rate_fte', 0, 'agency_fte', 0, 0, 'agency_count', 'in_post'),
]) }}
