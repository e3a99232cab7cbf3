with newest as (
    select * from {{ newest_records('cin_census__cin_episode', 'referral_date') }}
),

latest_returns as (
    select * from {{ latest_returns('cin_census') }}
)

select
    {{ made_key(['newest.child_id', 'newest.referral_date']) }} as referral_id,
    newest.local_authority_code,
    newest.child_id,
    newest.referral_date,
    newest.referral_source_code,
    newest.primary_need_code,
    newest.is_no_further_action,
    {{ end_date_seen_or_not('newest.closure_date') }} as closure_date,
    newest.closure_reason_code,
    {{ ended_unseen('newest.closure_date') }} as is_end_inferred,
    coalesce(newest.is_no_further_action, false)
    or coalesce(reasons.code_group = 'not_in_need_after_assessment', false) as is_not_in_need,
    newest.return_year as last_return_year,
    'cin_census' as record_source,
    newest._file_sha256,
    newest._row_number
from newest
inner join latest_returns on newest.local_authority_code = latest_returns.local_authority_code
left join {{ ref('codes') }} as reasons
    on reasons.code_set = 'reason_for_closure' and newest.closure_reason_code = reasons.code
