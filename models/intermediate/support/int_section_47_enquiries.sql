with newest as (
    select * from {{ newest_records('cin_census__section47', 'enquiry_start_date') }}
)

select
    {{ made_key(['newest.child_id', 'newest.enquiry_start_date']) }} as section_47_enquiry_id,
    newest.local_authority_code,
    newest.child_id,
    case
        when referrals.referral_date is not null
            then {{ made_key(['newest.child_id', 'referrals.referral_date']) }}
    end as referral_id,
    newest.enquiry_start_date,
    newest.conference_target_date,
    newest.initial_conference_date,
    newest.is_conference_not_required,
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
