with identities as (
    select * from {{ ref('int_identities') }}
),

worker_identities as (
    select * from {{ ref('int_worker_identities') }}
),

-- Roles on the case in the words of the case system.
role_words as (
    select code, upper(label) as word from {{ ref('codes') }}
    where code_set = 'allocation_role'
    union
    select code, upper(code) as word from {{ ref('codes') }}
    where code_set = 'allocation_role'
    union
    select code, upper(spelling) as word from {{ ref('spellings') }}
    where code_set = 'allocation_role'
),

need_episodes as (
    select local_authority_code, referral_id, max(person_key) as person_key
    from {{ ref('stg_ssd__cin_episodes') }}
    group by local_authority_code, referral_id
),

returned as (
    -- The newest return that holds a spell wins.
    select * from {{ newest_records('ssda903__sw_episodes', 'worker_id, staged.worker_start_date') }}
),

latest_returns as (
    select * from {{ latest_returns('ssda903_sw_episodes') }}
),

-- The years in which the return says who a child's social workers were: from the first day of the
-- year, also before care began, and until care ended.
returned_years as (
    select
        staged.local_authority_code,
        identities.child_id,
        staged.return_year,
        max({{ end_or_never('periods.period_end_date') }}) as looks_until
    from {{ ref('stg_ssda903__sw_episodes') }} as staged
    inner join identities
        on staged.local_authority_code = identities.local_authority_code
        and staged.person_key = identities.person_key
        and identities.record_source = 'ssda903'
    left join {{ ref('int_care_periods') }} as periods
        on identities.local_authority_code = periods.local_authority_code
        and identities.child_id = periods.child_id
        and periods.period_start_date <= make_date(staged.return_year, 3, 31)
        and {{ end_or_never('periods.period_end_date') }}
        >= make_date(staged.return_year - 1, 4, 1)
    group by staged.local_authority_code, identities.child_id, staged.return_year
),

rows_of_sources as (
    select
        newest.local_authority_code,
        'ssda903' as record_source,
        newest.child_id,
        coalesce(worker_identities.worker_id, newest.worker_id) as worker_id,
        cast(null as varchar) as team_id,
        'key_social_worker' as allocation_role_code,
        newest.worker_start_date as allocation_start_date,
        {{ end_date_seen_or_not('newest.worker_end_date') }} as allocation_end_date,
        {{ ended_unseen('newest.worker_end_date') }} as is_end_inferred,
        newest.worker_change_reason_code as change_reason_code,
        newest._file_sha256,
        newest._row_number
    from returned as newest
    inner join latest_returns
        on newest.local_authority_code = latest_returns.local_authority_code
    left join worker_identities
        on newest.local_authority_code = worker_identities.local_authority_code
        and worker_identities.record_source = 'ssda903'
        and newest.worker_id = worker_identities.worker_key
    union all
    select
        staged.local_authority_code,
        'local' as record_source,
        coalesce(identities.child_id, staged.person_key) as child_id,
        staged.worker_key as worker_id,
        staged.team_id,
        staged.allocation_role_code,
        staged.allocation_start_date,
        staged.allocation_end_date,
        false as is_end_inferred,
        staged.change_reason_code,
        staged._file_sha256,
        staged._row_number
    from {{ ref('stg_local__allocations') }} as staged
    left join identities
        on staged.local_authority_code = identities.local_authority_code
        and identities.record_source = 'local'
        and staged.person_key = identities.person_key
    union all
    select
        staged.local_authority_code,
        'ssd' as record_source,
        coalesce(identities.child_id, staged.person_key, need_episodes.person_key) as child_id,
        coalesce(worker_identities.worker_id, staged.worker_key) as worker_id,
        staged.team_id,
        role_words.code as allocation_role_code,
        staged.allocation_start_date,
        staged.allocation_end_date,
        false as is_end_inferred,
        staged.change_reason_code,
        staged._file_sha256,
        staged._row_number
    from {{ ref('stg_ssd__involvements') }} as staged
    left join need_episodes
        on staged.person_key is null
        and staged.local_authority_code = need_episodes.local_authority_code
        and staged.referral_id = need_episodes.referral_id
    left join identities
        on staged.local_authority_code = identities.local_authority_code
        and identities.record_source = 'ssd'
        and coalesce(staged.person_key, need_episodes.person_key) = identities.person_key
    left join worker_identities
        on staged.local_authority_code = worker_identities.local_authority_code
        and worker_identities.record_source = 'ssd'
        and staged.worker_key = worker_identities.worker_key
    left join role_words on upper(trim(staged.allocation_role)) = role_words.word
    union all
    -- The list gives the worker of the day it was made, and not since when.
    select
        staged.local_authority_code,
        'annex_a' as record_source,
        coalesce(identities.child_id, staged.person_key) as child_id,
        {{ made_key(["'annex_a'", 'staged.worker_key']) }} as worker_id,
        staged.team_id,
        'key_social_worker' as allocation_role_code,
        cast(null as date) as allocation_start_date,
        cast(null as date) as allocation_end_date,
        false as is_end_inferred,
        cast(null as varchar) as change_reason_code,
        staged._file_sha256,
        staged._row_number
    from {{ ref('stg_annex_a__children_in_need') }} as staged
    left join identities
        on staged.local_authority_code = identities.local_authority_code
        and identities.record_source = 'annex_a'
        and staged.person_key = identities.person_key
    where staged.worker_key is not null
),

-- A case that only a team holds is told from that of another team.
told_apart as (
    select *, case when worker_id is null then team_id end as team_held from rows_of_sources
),

seen as (
    select
        told_apart.*,
        returned_years.child_id is not null as is_year_of_return,
        max(case when told_apart.record_source = 'local' then 1 else 0 end) over (
            partition by told_apart.local_authority_code
        ) = 1 as has_local,
        max(case when told_apart.record_source <> 'annex_a' then 1 else 0 end) over (
            partition by told_apart.local_authority_code, told_apart.child_id
        ) = 1 as has_spells,
        row_number() over (
            partition by
                told_apart.local_authority_code, told_apart.child_id,
                told_apart.worker_id, told_apart.allocation_role_code,
                told_apart.allocation_start_date, told_apart.team_held
            order by
                case told_apart.record_source
                    when 'ssda903' then 1 when 'local' then 2 when 'ssd' then 3 else 4
                end asc,
                told_apart._file_sha256 asc,
                told_apart._row_number desc
        ) as place
    from told_apart
    left join returned_years
        on told_apart.local_authority_code = returned_years.local_authority_code
        and told_apart.child_id = returned_years.child_id
        and year({{ months_before('told_apart.allocation_start_date', 3) }}) + 1
            = returned_years.return_year
        and told_apart.allocation_start_date < returned_years.looks_until
)

select
    local_authority_code,
    record_source,
    child_id,
    worker_id,
    team_id,
    allocation_role_code,
    allocation_start_date,
    allocation_end_date,
    is_end_inferred,
    change_reason_code,
    team_held,
    case
        when child_id is null then 'no_child'
        when place > 1 then 'paired'
        when record_source = 'ssd' and has_local then 'other_source_decides'
        when record_source = 'annex_a' and has_spells then 'other_source_decides'
        -- The validated return knows every social worker the child had in its years.
        when record_source in ('local', 'ssd')
            and allocation_role_code = 'key_social_worker'
            and is_year_of_return then 'other_source_decides'
        else 'used'
    end as decision_code,
    _file_sha256,
    _row_number
from seen
