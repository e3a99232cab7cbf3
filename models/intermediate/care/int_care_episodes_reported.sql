with returned as (
    select * from {{ newest_records('ssda903__episodes', 'episode_start_date') }}
),

-- The first day that no return speaks of. From then on the nightly dataset decides.
returns_end as (
    select
        local_authority_code,
        max(return_year) as latest_return_year,
        max({{ day_after('covered_to') }}) as first_open_day
    from {{ ref('int_source_coverage') }}
    where source_extract = 'ssda903_episodes'
    group by local_authority_code
),

open_in_return as (
    select
        returned.local_authority_code,
        returned.child_id,
        max(returned.episode_start_date) as episode_start_date
    from returned
    inner join returns_end
        on returned.local_authority_code = returns_end.local_authority_code
        and returned.return_year = returns_end.latest_return_year
    where returned.episode_end_date is null
    group by all
),

exported as (
    select *
    from {{ newest_records('ssd__cla_episodes', ['episode_start_date', 'care_episode_id']) }}
    -- Two of one day: the one that lasted longer.
    qualify row_number() over (
        partition by local_authority_code, child_id, episode_start_date
        order by episode_end_date desc nulls first, _row_number desc
    ) = 1
),

period_children as (
    select
        local_authority_code,
        care_period_id,
        min(person_key) as person_key
    from {{ ref('stg_ssd__cla_episodes') }}
    where care_period_id is not null
    group by local_authority_code, care_period_id
),

-- Where the child is missing on a placement, its period of care leads to the child.
placements as (
    select
        stays.local_authority_code,
        coalesce(stays.person_key, period_children.person_key) as person_key,
        stays.placement_id,
        stays.placement_start_date,
        stays.placement_end_date,
        stays.placement_type_code,
        stays.placement_provider_code,
        stays.placement_change_reason_code,
        stays.ofsted_urn,
        stays.placement_distance_miles,
        stays.placement_small_area_code,
        stays._row_number
    from {{ ref('stg_ssd__cla_placement') }} as stays
    left join period_children
        on stays.local_authority_code = period_children.local_authority_code
        and stays.care_period_id = period_children.care_period_id
),

-- The number of the placement leads to it, else the day.
led_to as (
    select
        exported.child_id,
        exported.episode_start_date,
        0 as way,
        placements.*
    from exported
    inner join placements
        on exported.local_authority_code = placements.local_authority_code
        and exported.placement_id = placements.placement_id
    union all
    select
        exported.child_id,
        exported.episode_start_date,
        1 as way,
        placements.*
    from exported
    inner join placements
        on exported.local_authority_code = placements.local_authority_code
        and exported.person_key = placements.person_key
        and {{ open_on('placements.placement_start_date', 'placements.placement_end_date',
            'exported.episode_start_date') }}
),

placed as (
    select * from led_to
    qualify row_number() over (
        partition by local_authority_code, child_id, episode_start_date
        order by way asc, placement_start_date desc, _row_number desc
    ) = 1
),

-- Case systems hold more statuses than the return: only those it knows count. Their last day is
-- a day in force.
status_codes as (
    select
        statuses.local_authority_code,
        statuses.person_key,
        statuses.legal_status_start_date,
        statuses.legal_status_end_date,
        statuses._row_number,
        ways.code as legal_status_code
    from {{ ref('stg_ssd__legal_status') }} as statuses
    inner join {{ ways_to_write('legal_status') }} as ways
        on upper(trim(statuses.legal_status)) = ways.written
),

in_force as (
    select
        exported.local_authority_code,
        exported.child_id,
        exported.episode_start_date,
        status_codes.legal_status_code
    from exported
    inner join status_codes
        on exported.local_authority_code = status_codes.local_authority_code
        and exported.person_key = status_codes.person_key
        and exported.episode_start_date >= status_codes.legal_status_start_date
        and coalesce(exported.episode_start_date <= status_codes.legal_status_end_date, true)
    qualify row_number() over (
        partition by exported.local_authority_code, exported.child_id, exported.episode_start_date
        order by status_codes.legal_status_start_date desc, status_codes._row_number desc
    ) = 1
),

-- The episode under way when the returns end is one spell, on whichever day each source says that
-- it began: the return has its first day, the nightly dataset knows how it went on. One that no
-- return holds is taken up from there, because the year before is closed.
going_on as (
    select
        exported.*,
        open_in_return.episode_start_date as returned_start_date,
        returns_end.first_open_day,
        exported.episode_start_date < returns_end.first_open_day
        and coalesce(exported.episode_end_date >= returns_end.first_open_day, true)
        and exported.exported_date >= returns_end.first_open_day as is_going_on
    from exported
    left join returns_end on exported.local_authority_code = returns_end.local_authority_code
    left join open_in_return
        on exported.local_authority_code = open_in_return.local_authority_code
        and exported.child_id = open_in_return.child_id
),

matched as (
    select
        *,
        coalesce(is_going_on, false)
        and row_number() over (
            partition by local_authority_code, child_id, is_going_on
            order by episode_start_date desc
        ) = 1 as is_the_one_going_on,
        coalesce(bool_or(episode_start_date = returned_start_date) over (
            partition by local_authority_code, child_id
        ), false) as has_returned_start,
        coalesce(
            episode_start_date = returned_start_date and episode_end_date < first_open_day, false
        ) as contradicts_return
    from going_on
),

newest as (
    select
        matched.local_authority_code,
        matched.child_id,
        case
            when not matched.is_the_one_going_on
                or matched.episode_start_date = matched.returned_start_date
                then matched.episode_start_date
            when matched.returned_start_date is not null and not matched.has_returned_start
                then matched.returned_start_date
            else matched.first_open_day
        end as episode_start_date,
        case
            when not matched.is_the_one_going_on
                or matched.episode_start_date = matched.returned_start_date
                or (matched.returned_start_date is not null and not matched.has_returned_start)
                then matched.episode_start_reason_code
        end as episode_start_reason_code,
        -- The return says that it was open on the last day of its year: it ended no sooner than
        -- the day after, or an export made before that day cannot say.
        case
            when not matched.contradicts_return then matched.episode_end_date
            when matched.exported_date >= matched.first_open_day then matched.first_open_day
        end as episode_end_date,
        case
            when not matched.contradicts_return
                or matched.exported_date >= matched.first_open_day
                then matched.episode_end_reason_code
        end as episode_end_reason_code,
        matched.primary_need_code,
        in_force.legal_status_code,
        placed.placement_type_code,
        placed.placement_provider_code,
        -- Stands on the placement that ends, so on its last episode.
        case when placed.placement_end_date = matched.episode_end_date
            then placed.placement_change_reason_code
        end as placement_change_reason_code,
        placed.ofsted_urn,
        matched.placement_id as source_placement_id,
        placed.placement_distance_miles,
        placed.placement_small_area_code,
        matched.period_start_date as entered_care_date,
        matched.last_reviewing_officer_contact_date,
        matched._file_sha256,
        matched._row_number
    from matched
    left join placed
        on matched.local_authority_code = placed.local_authority_code
        and matched.child_id = placed.child_id
        and matched.episode_start_date = placed.episode_start_date
    left join in_force
        on matched.local_authority_code = in_force.local_authority_code
        and matched.child_id = in_force.child_id
        and matched.episode_start_date = in_force.episode_start_date
),

stated as (
    select
        {{ stated_columns('care_episodes', 'ssda903', [
            'child_id', 'episode_start_date', 'episode_end_date', 'episode_start_reason_code',
            'episode_end_reason_code', 'primary_need_code', 'legal_status_code',
            'placement_type_code', 'placement_provider_code', 'placement_change_reason_code',
            'ofsted_urn', 'placement_small_area_code',
        ]) }}
    from returned as newest
    union all
    select
        {{ stated_columns('care_episodes', 'ssd', [
            'child_id', 'episode_start_date', 'episode_end_date', 'episode_start_reason_code',
            'episode_end_reason_code', 'primary_need_code', 'legal_status_code',
            'placement_type_code', 'placement_provider_code', 'placement_change_reason_code',
            'ofsted_urn', 'source_placement_id', 'placement_distance_miles',
            'placement_small_area_code', 'entered_care_date', 'last_reviewing_officer_contact_date',
        ]) }}
    from newest
)

select * from {{ judged_rows('care_episodes', 'stated') }}
