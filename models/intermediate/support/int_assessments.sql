with staged as (
    select
        identities.child_id,
        rows_read.*
    from {{ ref('stg_cin_census__assessment') }} as rows_read
    inner join {{ ref('int_identities') }} as identities
        on rows_read.local_authority_code = identities.local_authority_code
        and rows_read.person_key = identities.person_key
        and identities.record_source = 'cin_census'
),

-- The same assessment comes in every census it was open in, and in faulty exports under every
-- referral of the child: one natural key is one assessment, as the newest census has it.
newest as (
    select * from staged
    qualify row_number() over (
        partition by local_authority_code, child_id, assessment_start_date
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
)

select
    {{ made_key(['newest.child_id', 'newest.assessment_start_date']) }} as assessment_id,
    newest.local_authority_code,
    newest.child_id,
    case
        when referrals.referral_date is not null
            then {{ made_key(['newest.child_id', 'referrals.referral_date']) }}
    end as referral_id,
    newest.assessment_start_date,
    newest.assessment_internal_review_date,
    newest.assessment_authorised_date,
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
