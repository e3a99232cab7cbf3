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
        'section_47_enquiries': {
            'key': {'child_id': 'varchar', 'enquiry_start_date': 'date'},
            'starts': 'enquiry_start_date',
            'ends': 'enquiry_end_date',
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
    }) }}
{%- endmacro %}
