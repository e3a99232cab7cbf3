-- A child may go missing twice in a day: the spells of a day are counted in the order in which
-- they ended, the one that goes on last. A spell in two returns is as the newest has it.
with returned as (
    select
        identities.child_id,
        staged.*
    from {{ ref('stg_ssda903__missing') }} as staged
    inner join {{ ref('int_identities') }} as identities
        on staged.local_authority_code = identities.local_authority_code
        and staged.person_key = identities.person_key
        and identities.record_source = 'ssda903'
    qualify staged.return_year = max(staged.return_year) over (
        partition by staged.local_authority_code, identities.child_id, staged.missing_type_code,
            staged.missing_start_date
    )
),

told as (
    select
        local_authority_code,
        child_id,
        missing_type_code,
        missing_start_date,
        missing_end_date,
        cast(null as boolean) as is_return_interview_offered,
        cast(null as boolean) as is_return_interview_accepted,
        cast(null as timestamp) as missing_started_at,
        cast(null as timestamp) as missing_ended_at,
        'ssda903' as record_source,
        return_year,
        _file_sha256,
        _row_number
    from returned
    union all
    select
        local_authority_code,
        child_id,
        missing_type_code,
        missing_start_date,
        missing_end_date,
        is_return_interview_offered,
        is_return_interview_accepted,
        cast(null as timestamp) as missing_started_at,
        cast(null as timestamp) as missing_ended_at,
        'ssd' as record_source,
        cast(null as integer) as return_year,
        _file_sha256,
        _row_number
    from {{ newest_records('ssd__missing',
        ['missing_type_code', 'missing_start_date', 'missing_end_date']) }}
    union all
    select
        incidents.local_authority_code,
        incidents.child_id,
        types.code as missing_type_code,
        coalesce(cast(incidents.started_at as date), incidents.incident_date)
            as missing_start_date,
        cast(incidents.ended_at as date) as missing_end_date,
        cast(null as boolean) as is_return_interview_offered,
        cast(null as boolean) as is_return_interview_accepted,
        incidents.started_at as missing_started_at,
        incidents.ended_at as missing_ended_at,
        'local' as record_source,
        cast(null as integer) as return_year,
        incidents._file_sha256,
        incidents._row_number
    from {{ newest_records('local__incidents', 'incident_id') }} as incidents
    inner join {{ ref('codes') }} as types
        on types.code_set = 'missing_type' and incidents.incident_type_code = types.code_group
),

-- One line written twice is one spell.
once as (
    select * from told
    where missing_start_date is not null
    qualify row_number() over (
        partition by local_authority_code, child_id, record_source, missing_type_code,
            missing_start_date, missing_end_date, missing_started_at, missing_ended_at
        order by _file_sha256 asc, _row_number desc
    ) = 1
),

newest as (
    select
        *,
        row_number() over (
            partition by local_authority_code, child_id, record_source, missing_type_code,
                missing_start_date
            order by missing_end_date asc nulls last, missing_ended_at asc nulls last,
                missing_started_at asc nulls last
        ) as spell_of_day
    from once
),

stated as (
    {% for source in ['ssda903', 'ssd', 'local'] %}
    select
        {{ stated_columns('missing_episodes', source, [
            'child_id', 'missing_type_code', 'missing_start_date', 'spell_of_day',
            'missing_end_date', 'is_return_interview_offered', 'is_return_interview_accepted',
            'missing_started_at', 'missing_ended_at',
        ]) }}
    from newest
    where newest.record_source = '{{ source }}'
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from {{ judged_rows('missing_episodes', 'stated') }}
