with referrals as (
    select * from {{ ref('int_referrals') }}
),

-- What makes an assessment that found no need an episode of need all the same.
acted_on as (
    select local_authority_code, child_id, referral_id, enquiry_start_date as action_date
    from {{ ref('int_section_47_enquiries') }}
    union all
    select local_authority_code, child_id, referral_id, conference_date as action_date
    from {{ ref('int_initial_conferences') }}
    union all
    select local_authority_code, child_id, referral_id, plan_start_date as action_date
    from {{ ref('int_protection_plans') }}
),

-- Under the referral, or in its days where the source does not say under which.
protected as (
    select distinct referrals.referral_id
    from referrals
    inner join acted_on
        on referrals.local_authority_code = acted_on.local_authority_code
        and referrals.child_id = acted_on.child_id
        and coalesce(
            referrals.referral_id = acted_on.referral_id,
            acted_on.action_date >= referrals.referral_date
            and acted_on.action_date
            <= {{ end_or_never('referrals.closure_date') }}
        )
),

of_need as (
    select
        referrals.*,
        protected.referral_id is not null as has_protection_work
    from referrals
    left join protected on referrals.referral_id = protected.referral_id
    where
        not coalesce(referrals.is_no_further_action, false)
        and (not referrals.is_not_in_need or protected.referral_id is not null)
)

select
    referral_id as need_episode_id,
    referral_id,
    local_authority_code,
    child_id,
    referral_date as need_start_date,
    closure_date as need_end_date,
    closure_reason_code,
    primary_need_code,
    has_protection_work,
    is_end_inferred,
    has_reversed_dates,
    {{ overlaps_earlier('referral_date', 'closure_date') }} as has_overlap,
    last_return_year,
    held_by_sources,
    conflict_count,
    record_source,
    _file_sha256,
    _row_number
from of_need
