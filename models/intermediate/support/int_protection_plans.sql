with newest as (
    select * from {{ newest_records('cin_census__child_protection_plan', 'plan_start_date') }}
),

latest_returns as (
    select * from {{ latest_returns('cin_census') }}
)

select
    {{ made_key(['newest.child_id', 'newest.plan_start_date']) }} as protection_plan_id,
    newest.local_authority_code,
    newest.child_id,
    case
        when referrals.referral_date is not null
            then {{ made_key(['newest.child_id', 'referrals.referral_date']) }}
    end as referral_id,
    newest.plan_start_date,
    {{ end_date_seen_or_not('newest.plan_end_date') }} as plan_end_date,
    {{ ended_unseen('newest.plan_end_date') }} as is_end_inferred,
    newest.initial_abuse_category_code,
    newest.latest_abuse_category_code,
    newest.previous_plan_count,
    newest.return_year as last_return_year,
    'cin_census' as record_source,
    newest._file_sha256,
    newest._row_number
from newest
left join {{ ref('stg_cin_census__cin_episode') }} as referrals
    on newest.local_authority_code = referrals.local_authority_code
    and newest._file_sha256 = referrals._file_sha256
    and newest.person_key = referrals.person_key
    and newest.referral_position = referrals.referral_position
inner join latest_returns on newest.local_authority_code = latest_returns.local_authority_code
