with referrals as (
    select
        identities.child_id,
        staged.*
    from {{ ref('stg_cin_census__cin_episode') }} as staged
    inner join {{ ref('int_identities') }} as identities
        on staged.local_authority_code = identities.local_authority_code
        and staged.person_key = identities.person_key
        and identities.record_source = 'cin_census'
),

-- The same referral comes every year while it stays open: the newest census wins.
newest as (
    select * from referrals
    qualify row_number() over (
        partition by local_authority_code, child_id, referral_date
        order by return_year desc, _row_number desc
    ) = 1
),

latest_returns as (
    select
        local_authority_code,
        max(return_year) as latest_return_year
    from {{ ref('int_source_coverage') }}
    where source_extract = 'cin_census'
    group by all
)

select
    {{ made_key(['newest.child_id', 'newest.referral_date']) }} as referral_id,
    newest.local_authority_code,
    newest.child_id,
    newest.referral_date,
    newest.referral_source_code,
    newest.primary_need_code,
    newest.is_no_further_action,
    -- An open episode that a later census no longer holds ends with the year it was last seen in.
    coalesce(
        newest.closure_date,
        case
            when newest.return_year < latest_returns.latest_return_year
                then {{ day_after_year('newest.return_year') }}
        end
    ) as closure_date,
    newest.closure_reason_code,
    newest.closure_date is null and newest.return_year < latest_returns.latest_return_year
        as is_end_inferred,
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
