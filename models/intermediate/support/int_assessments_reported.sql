with stated as (
    select
        {{ stated_columns('assessments', 'ssd', [
            'child_id', 'assessment_start_date', 'assessment_authorised_date', 'is_child_seen',
            'is_no_further_action', 'team_id', 'worker_key',
        ], {'referral_id': referral_of_row('ssd')}) }}
    from {{ newest_records('ssd__cin_assessments', 'assessment_start_date') }} as newest
    -- One without a first day can be told from no other of the child.
    where newest.assessment_start_date is not null
    union all
    select
        {{ stated_columns('assessments', 'cin_census', [
            'child_id', 'assessment_start_date', 'assessment_authorised_date',
        ], {
            'internal_review_date': 'newest.assessment_internal_review_date',
            'referral_id': referral_of_row('cin_census'),
        }) }}
    from {{ newest_records('cin_census__assessment', 'assessment_start_date') }} as newest
    union all
    select
        {{ stated_columns('assessments', 'annex_a', [
            'child_id', 'assessment_start_date', 'assessment_authorised_date', 'team_id',
            'worker_key',
        ], {
            'is_child_seen': annex_a_yes('newest.child_seen_code'),
            'is_no_further_action': 'not ' ~ annex_a_yes('newest.needs_support_code'),
        }) }}
    from {{ newest_records('annex_a__assessments', 'assessment_start_date') }} as newest
)

select * from {{ judged_rows('assessments', 'stated') }}
