-- Enquiries that began in the year, and earlier ones whose conference was held in it.
select
    children.census_number as la_child_id,
    enquiries.referral_id as cin_details_id,
    enquiries.section_47_enquiry_id as section47_id,
    enquiries.enquiry_start_date as section47_start_date,
    case when not judged.is_not_required then enquiries.conference_target_date end
        as conference_target_date,
    known(enquiries.initial_conference_date) as initial_conference_date,
    judged.is_not_required as conference_not_required
from world.section_47_enquiries as enquiries
inner join world.referrals on enquiries.referral_id = referrals.referral_id
inner join world.children on enquiries.child_id = children.child_id
cross join lateral (
    -- That no conference is needed is judged when the enquiry ends.
    select
        enquiries.is_conference_not_required
        and known(enquiries.enquiry_end_date) is not null as is_not_required
) as judged
where
    enquiries.local_authority_code = getvariable('authority')
    and in_period(referrals.referral_date, referrals.closure_date)
    and (on_day(enquiries.enquiry_start_date) or on_day(enquiries.initial_conference_date))
order by la_child_id, cin_details_id, section47_start_date, section47_id
