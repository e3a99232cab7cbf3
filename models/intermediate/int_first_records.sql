-- One line per local extract whose measures are read here: the day that its rows are of.
{%- set days = {
    'local_actions': ('stg_local__actions', 'least(start_date, due_date, completed_date)'),
    'local_allocations': ('stg_local__allocations', 'allocation_start_date'),
    'local_attendance': ('stg_local__attendance', 'activity_date'),
    'local_audits': ('stg_local__audits', 'audit_date'),
    'local_board_activity': ('stg_local__board_activity', 'activity_date'),
    'local_posts': ('stg_local__posts', 'start_date'),
    'local_self_evaluation': ('stg_local__self_evaluation', 'assessment_date'),
    'local_staff': ('stg_local__staff', 'coalesce(employed_to_date, exported_date)'),
    'local_staff_absence': ('stg_local__staff_absence', 'absence_start_date'),
    'local_staff_qualifications': ('stg_local__staff_qualifications', 'awarded_date'),
    'local_supervision': ('stg_local__supervision', 'least(due_date, held_date)'),
} %}

with first_days as (
    {%- for extract, (staged, day) in days.items() %}
    select
        local_authority_code,
        '{{ extract }}' as source_extract,
        min({{ day }}) as first_record_date
    from {{ ref(staged) }}
    group by local_authority_code
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    local_authority_code,
    source_extract,
    first_record_date
from first_days
where first_record_date is not null
