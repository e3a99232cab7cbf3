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
        'care_periods': {
            'key': {
                'child_id': 'varchar',
                'period_start_date': 'date',
                'is_short_breaks_only': 'boolean',
            },
            'starts': 'period_start_date',
            'ends': 'period_end_date',
            'columns': {
                'period_end_date': 'date',
                'period_end_reason_code': 'varchar',
                'permanence_plan': 'varchar',
                'last_reviewing_officer_contact_date': 'date',
            },
            'carried': {
                'care_period_id': 'varchar',
                'is_start_held': 'boolean',
                'episode_count': 'bigint',
                'seen_open_date': 'date',
                'is_end_inferred': 'boolean',
                'has_reversed_dates': 'boolean',
            },
        },
        'placements': {
            'key': {'child_id': 'varchar', 'placement_start_date': 'date'},
            'starts': 'placement_start_date',
            'ends': 'placement_end_date',
            'columns': {
                'placement_end_date': 'date',
                'placement_type_code': 'varchar',
                'placement_provider_code': 'varchar',
                'ofsted_urn': 'varchar',
                'placement_change_reason_code': 'varchar',
            },
            'carried': {
                'care_period_id': 'varchar',
                'is_adoptive': 'boolean',
                'temporary_move_count': 'bigint',
                'placement_distance_miles': 'double',
                'is_inside_authority': 'boolean',
                'placement_local_authority_code': 'varchar',
                'is_end_inferred': 'boolean',
                'has_reversed_dates': 'boolean',
            },
        },
        'legal_statuses': {
            'key': {'child_id': 'varchar', 'legal_status_start_date': 'date'},
            'starts': 'legal_status_start_date',
            'ends': 'legal_status_end_date',
            'columns': {
                'legal_status_code': 'varchar',
                'legal_status_end_date': 'date',
            },
            'carried': {
                'care_period_id': 'varchar',
                'is_end_inferred': 'boolean',
                'has_reversed_dates': 'boolean',
            },
        },
    }) }}
{%- endmacro %}
