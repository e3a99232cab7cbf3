with staged as (
    select
        identities.child_id,
        rows_read.*
    from {{ ref('stg_cin_census__child_protection_plan') }} as rows_read
    inner join {{ ref('int_identities') }} as identities
        on rows_read.local_authority_code = identities.local_authority_code
        and rows_read.person_key = identities.person_key
        and identities.record_source = 'cin_census'
),

-- The same plan comes in every census it was open in, and in faulty exports under every
-- referral of the child: one natural key is one plan, as the newest census has it.
newest as (
    select * from staged
    qualify row_number() over (
        partition by local_authority_code, child_id, plan_start_date
        order by return_year desc, _row_number desc
    ) = 1
),

referrals as (
    select
        blocks.local_authority_code,
        blocks._file_sha256,
        blocks.person_key,
        blocks.referral_position,
        blocks.referral_date
    from {{ ref('stg_cin_census__cin_episode') }} as blocks
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
    {{ made_key(['newest.child_id', 'newest.plan_start_date']) }} as protection_plan_id,
    newest.local_authority_code,
    newest.child_id,
    case
        when referrals.referral_date is not null
            then {{ made_key(['newest.child_id', 'referrals.referral_date']) }}
    end as referral_id,
    newest.plan_start_date,
    -- An open plan that a later census no longer holds ends with the year it was last seen in.
    coalesce(
        newest.plan_end_date,
        case
            when newest.return_year < latest_returns.latest_return_year
                then {{ day_after_year('newest.return_year') }}
        end
    ) as plan_end_date,
    newest.plan_end_date is null and newest.return_year < latest_returns.latest_return_year
        as is_end_inferred,
    newest.initial_abuse_category_code,
    newest.latest_abuse_category_code,
    newest.previous_plan_count,
    newest.return_year as last_return_year,
    'cin_census' as record_source,
    newest._file_sha256,
    newest._row_number
from newest
left join referrals
    on newest.local_authority_code = referrals.local_authority_code
    and newest._file_sha256 = referrals._file_sha256
    and newest.person_key = referrals.person_key
    and newest.referral_position = referrals.referral_position
inner join latest_returns on newest.local_authority_code = latest_returns.local_authority_code
