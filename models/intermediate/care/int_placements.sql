with episodes as (
    select
        *,
        -- Nothing but Xs means required but not known (SSDA903 guide).
        nullif(replace(ofsted_urn, 'X', ''), '') as known_urn
    from {{ ref('int_care_episodes') }}
    where not is_short_break
),

-- Where the child lived before any temporary move: what a return is a return to.
settled as (
    select
        *,
        lag(is_temporary) over so_far as follows_temporary,
        last_value(case when not is_temporary then placement_type_code end ignore nulls)
            over before_this as left_type_code,
        -- Empty, not null, where it is not known: or that of an earlier placement would be taken.
        last_value(case when not is_temporary then coalesce(known_urn, '') end ignore nulls)
            over before_this as left_urn,
        count(case when not is_temporary then 1 end) over before_this as settled_before
    from episodes
    window
        so_far as (partition by care_period_id order by episode_start_date),
        before_this as (
            partition by care_period_id
            order by episode_start_date
            rows between unbounded preceding and 1 preceding
        )
),

begun as (
    select
        settled.*,
        case
            when is_temporary then 0
            when settled_before = 0 then 1
            when
                follows_temporary
                and placement_type_code = left_type_code
                and coalesce(known_urn = nullif(left_urn, ''), true) then 0
            -- S, P and B bring a new carer; L, T and U do not.
            when reasons.code_group in
                ('start', 'placement_and_carer', 'legal_placement_and_carer') then 1
            when reasons.code_group is not null then 0
            -- The reason could not be read: another type of placement is another placement.
            when coalesce(placement_type_code, '') <> coalesce(left_type_code, '') then 1
            else 0
        end as begins_placement
    from settled
    left join {{ ref('codes') }} as reasons
        on reasons.code_set = 'reason_new_episode'
        and settled.episode_start_reason_code = reasons.code
),

-- A temporary move belongs to the placement the child left.
numbered as (
    select
        *,
        sum(begins_placement) over (
            partition by care_period_id
            order by episode_start_date
            rows between unbounded preceding and current row
        ) as placement_number
    from begun
)

select
    {{ made_key(['care_period_id', 'placement_number']) }} as placement_id,
    care_period_id,
    local_authority_code,
    child_id,
    placement_number,
    min(episode_start_date) as placement_start_date,
    case
        when bool_or(episode_end_date is null) then null
        else max(episode_end_date)
    end as placement_end_date,
    max_by(placement_type_code, episode_start_date) filter (where not is_temporary)
        as placement_type_code,
    max_by(placement_provider_code, episode_start_date) filter (where not is_temporary)
        as placement_provider_code,
    max_by(ofsted_urn, episode_start_date) filter (where not is_temporary) as ofsted_urn,
    -- Of the last episode, blank or not: max_by passes over blanks.
    nullif(max_by(coalesce(placement_change_reason_code, ''), episode_start_date), '')
        as placement_change_reason_code,
    max_by(is_adoptive, episode_start_date) filter (where not is_temporary) as is_adoptive,
    'ssda903' as record_source,
    min_by(_file_sha256, episode_start_date) as _file_sha256,
    min_by(_row_number, episode_start_date) as _row_number
from numbered
-- A temporary code that opens a period is a fault of the return and no placement.
where placement_number > 0
group by care_period_id, local_authority_code, child_id, placement_number
