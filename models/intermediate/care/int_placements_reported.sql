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
        lag(record_source) over so_far as previous_source,
        {{ last_known('case when not is_temporary then placement_type_code end') }}
            over before_this as left_type_code,
        -- Empty, not null, where it is not known: or that of an earlier placement would be taken.
        {{ last_known("case when not is_temporary then coalesce(known_urn, '') end") }}
            over before_this as left_urn,
        {{ last_known("case when not is_temporary then coalesce(source_placement_id, '') end") }}
            over before_this as left_placement_id,
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
            -- Where no return holds both, one number of the case system is one placement: it does
            -- not tell which of its episodes were temporary moves.
            when
                'ssd' in (record_source, previous_source)
                and source_placement_id = left_placement_id then 0
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
),

from_episodes as (
    select
        care_period_id,
        local_authority_code,
        child_id,
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
        max_by(placement_distance_miles, episode_start_date) filter (where not is_temporary)
            as placement_distance_miles,
        max_by(placement_small_area_code, episode_start_date) filter (where not is_temporary)
            as placement_small_area_code,
        -- Of the last episode, blank or not: max_by passes over blanks.
        nullif(max_by(coalesce(placement_change_reason_code, ''), episode_start_date), '')
            as placement_change_reason_code,
        max_by(is_adoptive, episode_start_date) filter (where not is_temporary) as is_adoptive,
        count(*) filter (where is_temporary) as temporary_move_count,
        max_by(is_end_inferred, episode_start_date) as is_end_inferred,
        bool_or(has_reversed_dates) as has_reversed_dates,
        max(last_return_year) as return_year,
        min_by(record_source, episode_start_date) as record_source,
        min_by(_file_sha256, episode_start_date) as _file_sha256,
        min_by(_row_number, episode_start_date) as _row_number
    from numbered
    -- A temporary code that opens a period is a fault of the return and no placement.
    where placement_number > 0
    group by care_period_id, local_authority_code, child_id, placement_number
),

authorities as (
    select
        upper(local_authority_name) as written,
        min(local_authority_code) as local_authority_code
    from {{ ref('local_authorities') }}
    group by upper(local_authority_name)
),

-- List 8 has the latest placement of every period of care.
listed as (
    select
        lists.*,
        {{ code_of_label('types.code_group') }} as type_code,
        {{ code_of_label('providers.code_group') }} as provider_code,
        coalesce(kinds.code_group = 'adoption', false) as is_adoptive,
        coalesce(kinds.code_group = 'temporary', false) as is_temporary,
        authorities.local_authority_code as placement_local_authority_code
    from {{ newest_records('annex_a__children_in_care', ['placement_start_date']) }} as lists
    left join {{ ref('codes') }} as types
        on types.code_set = 'annex_a_placement_type' and lists.placement_type_code = types.code
    left join {{ ref('codes') }} as providers
        on providers.code_set = 'annex_a_placement_provider'
        and lists.placement_provider_code = providers.code
    -- The types that one label stands for are of one kind where the kind matters here.
    left join {{ ref('codes') }} as kinds
        on kinds.code_set = 'placement_type' and split_part(types.code_group, ',', 1) = kinds.code
    left join authorities
        on upper(trim(lists.placement_local_authority_name)) = authorities.written
    where lists.placement_start_date is not null
),

-- The period it falls in, as chosen; a period of its own where that was left out.
in_periods as (
    select
        listed.*,
        coalesce(
            periods.care_period_id,
            {{ made_key(['listed.child_id', 'false', 'listed.period_start_date']) }}
        ) as care_period_id
    from listed
    left join {{ ref('int_care_periods') }} as periods
        on listed.local_authority_code = periods.local_authority_code
        and listed.child_id = periods.child_id
        and not periods.is_short_breaks_only
        and {{ open_on('periods.period_start_date', 'periods.period_end_date',
            'listed.placement_start_date') }}
    where not listed.is_temporary
    qualify row_number() over (
        partition by listed.local_authority_code, listed.child_id, listed.placement_start_date
        order by periods.period_start_date desc nulls last
    ) = 1
),

stated as (
    {% for source in ['ssda903', 'ssd'] %}
    select
        {{ stated_columns('placements', source, [
            'child_id', 'placement_start_date', 'placement_end_date', 'placement_type_code',
            'placement_provider_code', 'ofsted_urn', 'placement_change_reason_code',
            'care_period_id', 'is_adoptive', 'temporary_move_count', 'placement_distance_miles',
            'placement_small_area_code', 'is_end_inferred', 'has_reversed_dates',
        ]) }}
    from from_episodes as newest
    where newest.record_source = '{{ source }}'
    union all
    {% endfor %}
    select
        {{ stated_columns('placements', 'annex_a', [
            'child_id', 'placement_start_date', 'ofsted_urn', 'care_period_id', 'is_adoptive',
            'placement_local_authority_code', 'placement_small_area_code',
        ], {
            'placement_type_code': 'newest.type_code',
            'placement_provider_code': 'newest.provider_code',
            'is_inside_authority': "case newest.placement_location_code"
                ~ " when 'a) In' then true when 'b) Out' then false end",
            'is_end_inferred': 'false',
            'has_reversed_dates': 'false',
        }) }}
    from in_periods as newest
)

{{ made_of_episodes('placements', 'stated') }}
