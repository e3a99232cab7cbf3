{# Where the number of a child stands in what each source sends. To add an extract, add its file
   to a line here; int_person_numbers lists the numbers, int_identities joins them. #}

{# The sources in the order in which their number becomes the child_id. #}
{% macro survivor_order() -%}
    {{ return(['ssd', 'ssda903', 'cin_census', 'annex_a', 'local']) }}
{%- endmacro %}

{# Files of a source that hold the number in the same way: the column of the number, of the date
   of birth and of the expected one (where they have them), which rows, whether the source says
   there who its children are (`is_main`: its date counts before that of another file of the same
   day), and whether the number may be an adult's (`may_be_adult`: it counts where the number is a
   child's elsewhere). Families of the nightly dataset name adults and nobody else who is new;
   addresses and links say nothing of a person who is in no other table. #}
{% macro person_number_files() -%}
    {%- set scored_as_a_child -%}
    exists (
        select 1 from {{ ref('int_followed_measures') }} as measures
        where measures.local_authority_code = staged.local_authority_code
            and measures.measure_code = staged.measure_code
            and measures.subject_type_code = 'child'
    )
    {%- endset -%}
    {{ return([
        {'source': 'ssd', 'files': ['person'], 'is_main': true, 'date_of_birth': 'date_of_birth',
            'expected_date_of_birth': 'expected_date_of_birth'},
        {'source': 'ssd', 'files': ['mother'], 'number': 'child_key',
            'date_of_birth': 'child_date_of_birth'},
        {'source': 'ssd', 'files': [
            'care_leavers', 'cin_assessments', 'cin_episodes', 'cin_plans', 'cin_visits',
            'cla_care_plan', 'cla_convictions', 'cla_episodes', 'cla_health',
            'cla_immunisations', 'cla_placement', 'cla_previous_permanence',
            'cla_substance_misuse', 'cla_visits', 'contacts', 'cp_plans', 'cp_reviews',
            'cp_visits', 'disability', 'early_help_episodes', 'immigration_status',
            'initial_cp_conference', 'involvements', 'legal_status', 'missing', 'permanence',
            'pre_proceedings', 's47_enquiry', 'sdq_scores', 'send', 'voice_of_child',
        ]},
        {'source': 'ssda903', 'files': ['header'], 'is_main': true,
            'date_of_birth': 'date_of_birth'},
        {'source': 'ssda903', 'date_of_birth': 'date_of_birth', 'files': [
            'ad1', 'dolo', 'missing', 'oc2', 'oc3', 'placed_adoption', 'prev_perm', 'reviews',
            'sw_episodes', 'uasc',
        ]},
        {'source': 'ssda903', 'files': ['episodes']},
        {'source': 'cin_census', 'files': ['child'], 'is_main': true,
            'date_of_birth': 'date_of_birth',
            'expected_date_of_birth': 'expected_date_of_birth'},
        {'source': 'annex_a', 'files': annex_a_lists()[:1], 'is_main': true,
            'date_of_birth': 'date_of_birth'},
        {'source': 'annex_a', 'files': annex_a_lists()[1:], 'date_of_birth': 'date_of_birth'},
        {'source': 'local', 'files': ['family_members'], 'is_main': true,
            'date_of_birth': 'date_of_birth', 'where': "staged.member_role_code = 'child'"},
        {'source': 'local', 'files': [
            'allocations', 'attendance', 'audits', 'education_attendance',
            'education_enrolments', 'education_exclusions', 'education_results',
            'family_contact', 'health_assessments', 'incidents', 'placement_costs',
            'placement_details', 'survey_invitations', 'survey_responses',
        ]},
        {'source': 'local', 'files': ['progress_reviews'], 'where': scored_as_a_child},
        {'source': 'local', 'files': ['programme_participation', 'support_plans'],
            'number': 'child_key'},
        {'source': 'local', 'may_be_adult': true, 'files': [
            'programme_participation', 'progress_reviews', 'support_plans',
        ]},
    ]) }}
{%- endmacro %}

{# The last day of which a row of a source speaks: that of its return, or of its export. #}
{% macro stated_on(record_source) -%}
    {{ 'make_date(staged.return_year, 3, 31)' if record_source in ['ssda903', 'cin_census']
        else 'staged.exported_date' }}
{%- endmacro %}

{# The place of a source in that order, and the name of the source at a place. #}
{% macro survivor_place(record_source) -%}
    case {{ record_source }}
        {%- for source in survivor_order() %} when '{{ source }}' then {{ loop.index }}{% endfor %} end
{%- endmacro %}

{% macro survivor_at(place) -%}
    case {{ place }}
        {%- for source in survivor_order() %} when {{ loop.index }} then '{{ source }}'{% endfor %} end
{%- endmacro %}

{# The lists of Annex A that are about children, the one of all children first. #}
{% macro annex_a_lists() -%}
    {{ return([
        'children_in_need', 'adoption', 'assessments', 'care_leavers', 'child_protection',
        'children_in_care', 'contacts', 'early_help', 'referrals', 'section_47',
    ]) }}
{%- endmacro %}
