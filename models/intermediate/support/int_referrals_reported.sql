with listed_referrals as (
    select * from {{ newest_records('annex_a__referrals', 'referral_date') }}
),

-- List 6 has need and closure by child, not by referral: they are those of the last referral that
-- the closure can follow.
listed_needs as (
    select
        needs.*,
        listed_referrals.referral_date
    from {{ newest_records('annex_a__children_in_need', 'need_start_date') }} as needs
    inner join listed_referrals
        on needs.local_authority_code = listed_referrals.local_authority_code
        and needs.child_id = listed_referrals.child_id
        and coalesce(listed_referrals.referral_date <= needs.closure_date, true)
    qualify row_number() over (
        partition by needs.local_authority_code, needs.child_id, needs.need_start_date
        order by listed_referrals.referral_date desc
    ) = 1
),

needs_of_referrals as (
    select * from listed_needs
    qualify row_number() over (
        partition by local_authority_code, child_id, referral_date
        order by exported_date desc nulls last, need_start_date desc nulls last
    ) = 1
),

listed as (
    select
        listed_referrals.*,
        sources.source_code,
        sources.source_group,
        needs_of_referrals.primary_need_code,
        needs_of_referrals.closure_date,
        needs_of_referrals.closure_reason_code
    from listed_referrals
    left join {{ sources_of_labels() }} as sources
        on listed_referrals.referral_source_code = sources.label
    left join needs_of_referrals
        on listed_referrals.local_authority_code = needs_of_referrals.local_authority_code
        and listed_referrals.child_id = needs_of_referrals.child_id
        and listed_referrals.referral_date = needs_of_referrals.referral_date
),

stated as (
    select
        {{ stated_columns('referrals', 'ssd', [
            'child_id', 'referral_date', 'referral_source_code', 'primary_need_code',
            'is_no_further_action', 'closure_date', 'closure_reason_code', 'team_id', 'worker_key',
        ]) }}
    from {{ newest_records('ssd__cin_episodes', 'referral_date') }} as newest
    union all
    select
        {{ stated_columns('referrals', 'cin_census', [
            'child_id', 'referral_date', 'referral_source_code', 'primary_need_code',
            'is_no_further_action', 'closure_date', 'closure_reason_code',
        ]) }}
    from {{ newest_records('cin_census__cin_episode', 'referral_date') }} as newest
    union all
    select
        {{ stated_columns('referrals', 'annex_a', [
            'child_id', 'referral_date', 'closure_date', 'team_id', 'worker_key',
        ], {
            'referral_source_code': 'newest.source_code',
            'primary_need_code': code_group_of('annex_a_primary_need', 'newest.primary_need_code'),
            'is_no_further_action': annex_a_yes('newest.no_further_action_code'),
            'closure_reason_code':
                code_group_of('annex_a_cin_closure', 'newest.closure_reason_code'),
            'listed_source_group': 'newest.source_group',
            'listed_date': 'newest.exported_date',
        }) }}
    from listed as newest
)

select * from {{ judged_rows('referrals', 'stated') }}
