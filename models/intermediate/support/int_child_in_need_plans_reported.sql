with stated as (
    select
        {{ stated_columns('child_in_need_plans', 'ssd', [
            'child_id', 'plan_start_date', 'plan_end_date', 'team_id', 'worker_key',
        ], {'referral_id': referral_of_row('ssd')}) }}
    from {{ newest_records('ssd__cin_plans', 'plan_start_date') }} as newest
    union all
    select
        {{ stated_columns('child_in_need_plans', 'cin_census', [
            'child_id', 'plan_start_date', 'plan_end_date',
        ], {'referral_id': referral_of_row('cin_census')}) }}
    from {{ newest_records('cin_census__cin_plan', 'plan_start_date') }} as newest
)

select * from {{ judged_rows('child_in_need_plans', 'stated') }}
