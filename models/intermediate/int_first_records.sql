-- One line per local extract whose measures are read here: the day that its rows are of; none where
-- its rows are of no day, as what says who is whose family or what a scale means: it always holds.
{%- set days = {
    'local_actions': ('stg_local__actions', 'least(start_date, due_date, completed_date)'),
    'local_allocations': ('stg_local__allocations', 'allocation_start_date'),
    'local_attendance': ('stg_local__attendance', 'activity_date'),
    'local_audits': ('stg_local__audits', 'audit_date'),
    'local_board_activity': ('stg_local__board_activity', 'activity_date'),
    'local_education_attendance': ('stg_local__education_attendance', 'make_date(academic_year - 1, 9, 1)'),
    'local_education_enrolments': ('stg_local__education_enrolments', 'entry_date'),
    'local_education_exclusions': ('stg_local__education_exclusions', 'exclusion_start_date'),
    'local_education_results': ('stg_local__education_results', 'make_date(academic_year - 1, 9, 1)'),
    'local_family_contact': ('stg_local__family_contact', 'period_start_date'),
    'local_family_members': ('stg_local__family_members', none),
    'local_health_assessments': (
        'stg_local__health_assessments', 'coalesce(completed_date, due_date)'
    ),
    'local_incidents': ('stg_local__incidents', 'incident_date'),
    'local_placement_details': ('stg_local__placement_details', 'placement_start_date'),
    'local_posts': ('stg_local__posts', 'start_date'),
    'local_programme_participation': (
        'stg_local__programme_participation', 'least(referral_date, offered_date, start_date)'
    ),
    'local_progress_measures': ('stg_local__progress_measures', none),
    'local_progress_reviews': ('stg_local__progress_reviews', 'review_date'),
    'local_self_evaluation': ('stg_local__self_evaluation', 'assessment_date'),
    'local_services': ('stg_local__services', 'start_date'),
    'local_staff': ('stg_local__staff', 'coalesce(employed_to_date, exported_date)'),
    'local_staff_absence': ('stg_local__staff_absence', 'absence_start_date'),
    'local_staff_qualifications': ('stg_local__staff_qualifications', 'awarded_date'),
    'local_supervision': ('stg_local__supervision', 'least(due_date, held_date)'),
    'local_survey_invitations': (
        'stg_local__survey_invitations',
        'least(advocate_met_date, invited_date, leaflet_given_date)'
    ),
    'local_survey_responses': ('stg_local__survey_responses', 'completed_date'),
    'local_support_plans': (
        'stg_local__support_plans', 'least(assessed_date, plan_start_date, support_start_date)'
    ),
    'local_targets': ('stg_local__targets', 'valid_from_date'),
    'local_zones': ('stg_local__zones', 'valid_from_date'),
} %}

with first_days as (
    {%- for extract, (staged, day) in days.items() %}
    select
        local_authority_code,
        '{{ extract }}' as source_extract,
        {{ 'cast(null as date)' if day is none else 'min(' ~ day ~ ')' }} as first_record_date,
        {{ 'true' if day is none else 'false' }} as always_holds
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
where first_record_date is not null or always_holds
