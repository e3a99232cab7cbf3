{# Tables of children and families, the front door and protection; `case_tables` says what the
   entries mean. #}
{% macro tables_of_support() -%}
    {{ return({
        'addresses': {
            'key': {'child_id': 'varchar', 'known_from_date': 'date'},
            'starts': 'known_from_date',
            'ends': 'address_end_date',
            'columns': {
                'address_end_date': 'date',
                'small_area_code': 'varchar',
            },
            'carried': {
                'address_start_date': 'date',
                'address_type': 'varchar',
            },
        },
        'contacts': {
            'key': {
                'child_id': 'varchar',
                'contact_date': 'date',
                'contact_source_group': 'varchar',
            },
            'starts': 'contact_date',
            'columns': {'contact_source_code': 'varchar'},
            'carried': {'contact_outcome': 'varchar'},
            'not_stated': {'contact_source_code': 'referral_source'},
        },
        'early_help_episodes': {
            'key': {'child_id': 'varchar', 'episode_start_date': 'date'},
            'starts': 'episode_start_date',
            'ends': 'episode_end_date',
            'columns': {},
            'carried': {
                'episode_end_date': 'date',
                'assessment_completion_date': 'date',
                'start_reason': 'varchar',
                'end_reason': 'varchar',
                'lead_organisation': 'varchar',
                'worker_key': 'varchar',
            },
        },
        'referrals': {
            'key': {'child_id': 'varchar', 'referral_date': 'date'},
            'starts': 'referral_date',
            'ends': 'closure_date',
            'columns': {
                'referral_source_code': 'varchar',
                'primary_need_code': 'varchar',
                'is_no_further_action': 'boolean',
                'closure_date': 'date',
                'closure_reason_code': 'varchar',
            },
            'carried': {
                'listed_source_group': 'varchar',
                'listed_date': 'date',
                'team_id': 'varchar',
                'worker_key': 'varchar',
            },
            'not_stated': {
                'referral_source_code': 'referral_source',
                'primary_need_code': 'primary_need_cin',
            },
        },
        'assessments': {
            'key': {'child_id': 'varchar', 'assessment_start_date': 'date'},
            'starts': 'assessment_start_date',
            'ends': 'assessment_authorised_date',
            'columns': {
                'assessment_authorised_date': 'date',
                'internal_review_date': 'date',
                'is_child_seen': 'boolean',
                'is_no_further_action': 'boolean',
            },
            'carried': {
                'referral_id': 'varchar',
                'team_id': 'varchar',
                'worker_key': 'varchar',
            },
        },
        'assessment_factors': {
            'key': {'assessment_id': 'varchar', 'factor_code': 'varchar'},
            'starts': 'assessment_authorised_date',
            'columns': {},
            'carried': {
                'child_id': 'varchar',
                'assessment_start_date': 'date',
                'assessment_authorised_date': 'date',
            },
        },
        'child_in_need_plans': {
            'key': {'child_id': 'varchar', 'plan_start_date': 'date'},
            'starts': 'plan_start_date',
            'ends': 'plan_end_date',
            'columns': {'plan_end_date': 'date'},
            'carried': {
                'referral_id': 'varchar',
                'team_id': 'varchar',
                'worker_key': 'varchar',
            },
        },
        'section_47_enquiries': {
            'key': {'child_id': 'varchar', 'enquiry_start_date': 'date'},
            'starts': 'enquiry_start_date',
            'columns': {
                'enquiry_end_date': 'date',
                'is_no_further_action': 'boolean',
                'is_conference_not_required': 'boolean',
                'conference_target_date': 'date',
                'initial_conference_date': 'date',
            },
            'carried': {
                'referral_id': 'varchar',
                'team_id': 'varchar',
                'worker_key': 'varchar',
            },
        },
        'initial_conferences': {
            'key': {'child_id': 'varchar', 'conference_date': 'date'},
            'starts': 'conference_date',
            'columns': {
                'conference_target_date': 'date',
                'is_transfer_in': 'boolean',
                'has_led_to_plan': 'boolean',
            },
            'carried': {
                'section_47_enquiry_id': 'varchar',
                'referral_id': 'varchar',
                'team_id': 'varchar',
                'worker_key': 'varchar',
            },
        },
        'protection_plans': {
            'key': {'child_id': 'varchar', 'plan_start_date': 'date'},
            'starts': 'plan_start_date',
            'ends': 'plan_end_date',
            'columns': {
                'plan_end_date': 'date',
                'initial_abuse_category_code': 'varchar',
                'latest_abuse_category_code': 'varchar',
                'previous_plan_count': 'integer',
                'is_other_authority_plan': 'boolean',
            },
            'carried': {
                'referral_id': 'varchar',
                'conference_id': 'varchar',
                'listed_date': 'date',
            },
        },
        'plan_reviews': {
            'key': {'protection_plan_id': 'varchar', 'held_or_due_date': 'date'},
            'starts': 'held_or_due_date',
            'columns': {
                'review_date': 'date',
                'review_due_date': 'date',
                'is_plan_continuing': 'boolean',
                'is_quorate': 'boolean',
                'participation_code': 'varchar',
            },
            'carried': {'child_id': 'varchar', 'plan_start_date': 'date'},
        },
        'pre_proceedings': {
            'key': {'child_id': 'varchar', 'pre_proceedings_start_date': 'date'},
            'starts': 'pre_proceedings_start_date',
            'columns': {
                'letter_before_proceedings_date': 'date',
                'initial_meeting_date': 'date',
                'review_meeting_count': 'integer',
                'step_decision_date': 'date',
                'letter_of_issue_date': 'date',
            },
            'carried': {
                'referral_id': 'varchar',
                'family_id': 'varchar',
                'is_family_meeting_offered': 'boolean',
                'is_family_meeting_held': 'boolean',
                'outcome_code': 'varchar',
                'court_application_date': 'date',
            },
        },
        'visits': {
            'key': {
                'child_id': 'varchar',
                'visit_type_code': 'varchar',
                'visit_date': 'date',
            },
            'starts': 'visit_date',
            'part': 'visit_type_code',
            'columns': {'is_seen_alone': 'boolean'},
            'carried': {
                'is_child_seen': 'boolean',
                'is_bedroom_seen': 'boolean',
            },
        },
        'disabilities': {
            'key': {'child_id': 'varchar', 'disability_code': 'varchar'},
            'columns': {},
        },
        'family_members': {
            'key': {
                'family_id': 'varchar',
                'person_id': 'varchar',
                'joined_date': 'date',
            },
            'starts': 'joined_date',
            'ends': 'left_date',
            'columns': {'left_date': 'date', 'member_role_code': 'varchar'},
            'carried': {'child_id': 'varchar', 'birth_month': 'date'},
        },
    }) }}
{%- endmacro %}
