{% set tables = {
    'ssd__cin_visits': 'child_in_need',
    'ssd__cp_visits': 'protection_plan',
    'ssd__cla_visits': 'looked_after',
} %}

with exported as (
    {% for extract, visit_type in tables.items() %}
    select
        local_authority_code,
        child_id,
        '{{ visit_type }}' as visit_type_code,
        visit_date,
        is_child_seen,
        is_seen_alone,
        {{ 'is_bedroom_seen' if visit_type != 'looked_after'
            else 'cast(null as boolean) as is_bedroom_seen' }},
        _file_sha256,
        _row_number
    from {{ newest_records(extract, ['visit_date', 'visit_id']) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- Two of one day: the one at which more was seen.
exported_once as (
    select * from exported
    qualify row_number() over (
        partition by local_authority_code, child_id, visit_type_code, visit_date
        order by is_child_seen desc nulls last, is_seen_alone desc nulls last,
            is_bedroom_seen desc nulls last, _file_sha256 asc, _row_number desc
    ) = 1
),

stated as (
    select
        {{ stated_columns('visits', 'ssd', [
            'child_id', 'visit_type_code', 'visit_date', 'is_child_seen', 'is_seen_alone',
            'is_bedroom_seen',
        ]) }}
    from exported_once as newest
    union all
    select
        {{ stated_columns('visits', 'annex_a', ['child_id'], {
            'visit_type_code': "'protection_plan'",
            'visit_date': 'newest.latest_visit_date',
            'is_seen_alone': annex_a_yes('newest.seen_alone_code'),
        }) }}
    from {{ newest_records('annex_a__child_protection', 'latest_visit_date') }} as newest
    where newest.latest_visit_date is not null
    union all
    select
        {{ stated_columns('visits', 'annex_a', ['child_id'], {
            'visit_type_code': "'looked_after'",
            'visit_date': 'newest.latest_visit_date',
        }) }}
    from {{ newest_records('annex_a__children_in_care', 'latest_visit_date') }} as newest
    where newest.latest_visit_date is not null
)

select * from {{ judged_rows('visits', 'stated') }}
