{# Tables of children in care and of how they fare; `case_tables` says what the entries mean. #}
{% macro tables_of_care() -%}
    {{ return({
        'care_episodes': {
            'key': {'child_id': 'varchar', 'episode_start_date': 'date'},
            'starts': 'episode_start_date',
            'ends': 'episode_end_date',
            'columns': {
                'episode_end_date': 'date',
                'episode_start_reason_code': 'varchar',
                'episode_end_reason_code': 'varchar',
                'primary_need_code': 'varchar',
                'legal_status_code': 'varchar',
                'placement_type_code': 'varchar',
                'placement_provider_code': 'varchar',
                'placement_change_reason_code': 'varchar',
                'ofsted_urn': 'varchar',
            },
            'carried': {
                'placement_distance_miles': 'double',
                'entered_care_date': 'date',
                'last_reviewing_officer_contact_date': 'date',
            },
        },
    }) }}
{%- endmacro %}
