with stated as (
    select
        {{ stated_columns('protection_plans', 'ssd', [
            'child_id', 'plan_start_date', 'plan_end_date', 'initial_abuse_category_code',
            'latest_abuse_category_code', 'is_other_authority_plan',
        ], {
            'referral_id': referral_of_row('ssd'),
            'conference_id':
                key_of_named('ssd__initial_cp_conference', 'conference_id', 'conference_date'),
        }) }}
    from {{ newest_records('ssd__cp_plans', 'plan_start_date') }} as newest
    union all
    select
        {{ stated_columns('protection_plans', 'cin_census', [
            'child_id', 'plan_start_date', 'plan_end_date', 'initial_abuse_category_code',
            'latest_abuse_category_code', 'previous_plan_count',
        ], {'referral_id': referral_of_row('cin_census')}) }}
    from {{ newest_records('cin_census__child_protection_plan', 'plan_start_date') }} as newest
    union all
    select
        {{ stated_columns('protection_plans', 'annex_a', [
            'child_id', 'plan_start_date', 'plan_end_date', 'previous_plan_count',
        ], {
            'initial_abuse_category_code':
                code_group_of('annex_a_abuse_category', 'newest.initial_abuse_category_code'),
            'latest_abuse_category_code':
                code_group_of('annex_a_abuse_category', 'newest.latest_abuse_category_code'),
            'listed_date': 'newest.exported_date',
        }) }}
    from {{ newest_records('annex_a__child_protection', 'plan_start_date') }} as newest
)

select * from {{ judged_rows('protection_plans', 'stated') }}
