{% set outcomes = {
    'is_new_referral': 'new_referral',
    'is_existing_referral': 'existing_referral',
    'is_protection_enquiry': 'protection_enquiry',
    'is_no_further_action': 'no_further_action',
    'is_non_agency_adoption': 'non_agency_adoption',
    'is_private_fostering': 'private_fostering',
    'is_advice': 'advice',
    'is_missing_child': 'missing_child',
    'is_other_authority_plan': 'other_authority_plan',
    'has_other_outcomes': 'other',
} %}

with exported as (
    select
        contacts.*,
        sources.code_group as source_group,
        contacts.contact_source_code as source_code,
        nullif(
            substr(
                {% for flag, outcome in outcomes.items() -%}
                case when contacts.{{ flag }} then ';{{ outcome }}' else '' end
                {{- ' || ' if not loop.last }}
                {% endfor -%},
                2
            ),
            ''
        ) as contact_outcome
    from {{ newest_records('ssd__contacts', ['contact_date', 'contact_source_code']) }} as contacts
    left join {{ ref('codes') }} as sources
        on sources.code_set = 'referral_source' and contacts.contact_source_code = sources.code
),

listed as (
    select
        contacts.*,
        sources.source_group,
        sources.source_code
    from {{ newest_records('annex_a__contacts', ['contact_date', 'contact_source_code']) }}
        as contacts
    left join {{ sources_of_labels() }} as sources
        on contacts.contact_source_code = sources.label
),

-- Empty, not null, where nobody is named: it is part of a key.
told as (
    select
        local_authority_code,
        child_id,
        contact_date,
        coalesce(source_group, '') as contact_source_group,
        source_code as contact_source_code,
        contact_outcome,
        'ssd' as record_source,
        _file_sha256,
        _row_number
    from exported
    union all
    select
        local_authority_code,
        child_id,
        contact_date,
        coalesce(source_group, '') as contact_source_group,
        source_code as contact_source_code,
        cast(null as varchar) as contact_outcome,
        'annex_a' as record_source,
        _file_sha256,
        _row_number
    from listed
),

-- Two of one day and group are one; the later line says from whom.
newest as (
    select * from told
    qualify row_number() over (
        partition by local_authority_code, child_id, contact_date, contact_source_group,
            record_source
        order by _file_sha256 asc, _row_number desc
    ) = 1
),

stated as (
    {% for source in ['ssd', 'annex_a'] %}
    select
        {{ stated_columns('contacts', source, [
            'child_id', 'contact_date', 'contact_source_group', 'contact_source_code',
            'contact_outcome',
        ]) }}
    from newest
    where newest.record_source = '{{ source }}'
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from {{ judged_rows('contacts', 'stated') }}
