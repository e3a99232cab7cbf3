with stated as (
    select
        {{ stated_columns('pre_proceedings', 'ssd', [
            'child_id', 'pre_proceedings_start_date', 'letter_before_proceedings_date',
            'initial_meeting_date', 'review_meeting_count', 'step_decision_date',
            'letter_of_issue_date',
        ], {'family_id': 'newest.family_key', 'outcome_code': 'newest.outcome'}) }}
    from {{ newest_records('ssd__pre_proceedings', 'pre_proceedings_start_date') }} as newest
    -- Systems fill the table with placeholders.
    where newest.pre_proceedings_start_date is not null
    union all
    select
        {{ stated_columns('pre_proceedings', 'cin_census', [
            'child_id', 'pre_proceedings_start_date', 'letter_before_proceedings_date',
            'initial_meeting_date', 'review_meeting_count', 'step_decision_date',
            'letter_of_issue_date', 'is_family_meeting_offered', 'is_family_meeting_held',
            'outcome_code', 'court_application_date',
        ], {'referral_id': referral_of_row('cin_census')}) }}
    from {{ newest_records('cin_census__pre_proceedings', 'pre_proceedings_start_date') }} as newest
    where newest.pre_proceedings_start_date is not null
)

select * from {{ judged_rows('pre_proceedings', 'stated') }}
