with ended as (
    -- List 3 has the referrals of six months, not those that are open.
    select *
    from {{ ended_spells('referrals', {'cin_census': 'cin_census', 'ssd': 'ssd_cin_episodes'}) }}
)

select
    {{ made_key(['ended.child_id', 'ended.referral_date']) }} as referral_id,
    ended.local_authority_code,
    ended.child_id,
    ended.referral_date,
    ended.referral_source_code,
    coalesce(sources.code_group, ended.listed_source_group) as referral_source_group,
    ended.primary_need_code,
    ended.is_no_further_action,
    ended.closed_date as closure_date,
    ended.closure_reason_code,
    ended.is_end_inferred,
    ended.has_reversed_dates,
    coalesce(ended.is_no_further_action, false)
    or coalesce(reasons.code_group = 'not_in_need_after_assessment', false) as is_not_in_need,
    ended.team_id,
    ended.worker_key,
    ended.last_return_year,
    ended.held_by_sources,
    ended.conflict_count,
    ended.record_source,
    ended._file_sha256,
    ended._row_number
from ended
left join {{ ref('codes') }} as reasons
    on reasons.code_set = 'reason_for_closure' and ended.closure_reason_code = reasons.code
left join {{ ref('codes') }} as sources
    on sources.code_set = 'referral_source' and ended.referral_source_code = sources.code
