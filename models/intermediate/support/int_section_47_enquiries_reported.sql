with stated as (
    select
        {{ stated_columns('section_47_enquiries', 'ssd',
            ['child_id', 'enquiry_start_date', 'enquiry_end_date', 'is_no_further_action',
                'team_id', 'worker_key'],
            {'referral_id': referral_of_row('ssd'),
                'is_conference_not_required': 'not newest.has_led_to_conference'}) }}
    from {{ newest_records('ssd__s47_enquiry', 'enquiry_start_date') }} as newest
    union all
    select
        {{ stated_columns('section_47_enquiries', 'cin_census',
            ['child_id', 'enquiry_start_date', 'is_conference_not_required',
                'conference_target_date', 'initial_conference_date'],
            {'referral_id': referral_of_row('cin_census')}) }}
    from {{ newest_records('cin_census__section47', 'enquiry_start_date') }} as newest
    union all
    select
        {{ stated_columns('section_47_enquiries', 'annex_a',
            ['child_id', 'enquiry_start_date', 'team_id', 'worker_key'],
            {'is_conference_not_required': annex_a_yes('newest.conference_not_required_code'),
                'initial_conference_date': 'newest.conference_date'}) }}
    from {{ newest_records('annex_a__section_47', 'enquiry_start_date') }} as newest
    -- List 5 also holds conferences without an enquiry.
    where newest.enquiry_start_date is not null
)

select * from {{ judged_rows('section_47_enquiries', 'stated') }}
