-- What the newest return that says anything of a child's disabilities says, "none" among it.
with returned as (
    select
        identities.child_id,
        staged.*
    from {{ ref('stg_cin_census__disability') }} as staged
    inner join {{ ref('int_identities') }} as identities
        on staged.local_authority_code = identities.local_authority_code
        and staged.person_key = identities.person_key
        and identities.record_source = 'cin_census'
    qualify staged.return_year = max(staged.return_year) over (
        partition by staged.local_authority_code, identities.child_id
    )
),

told as (
    select
        local_authority_code,
        child_id,
        disability_code,
        'cin_census' as record_source,
        return_year,
        cast(null as date) as exported_date,
        _file_sha256,
        _row_number
    from returned
    union all
    select
        local_authority_code,
        child_id,
        disability_code,
        'ssd' as record_source,
        cast(null as integer) as return_year,
        exported_date,
        _file_sha256,
        _row_number
    from {{ newest_records('ssd__disability', 'disability_code') }}
    union all
    -- A list says that there is one, and not which.
    select
        local_authority_code,
        child_id,
        case when {{ annex_a_yes('newest.disability_code') }} then 'DDA' end as disability_code,
        'annex_a' as record_source,
        cast(null as integer) as return_year,
        exported_date,
        _file_sha256,
        _row_number
    from {{ newest_records('annex_a__children_in_need', 'disability_code') }} as newest
),

newest as (
    select told.*
    from told
    inner join {{ ref('codes') }} as codes
        on codes.code_set = 'disability'
        and told.disability_code = codes.code
        and codes.code_group = 'disabled'
    qualify row_number() over (
        partition by told.local_authority_code, told.child_id, told.disability_code,
            told.record_source
        order by told._file_sha256 asc, told._row_number desc
    ) = 1
),

stated as (
    {% for source in ['ssd', 'cin_census', 'annex_a'] %}
    select
        {{ stated_columns('disabilities', source, ['child_id', 'disability_code']) }}
    from newest
    where newest.record_source = '{{ source }}'
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from {{ judged_rows('disabilities', 'stated') }}
