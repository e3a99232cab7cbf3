select
    enquiries.section_47_enquiry_id as s47e_s47_enquiry_id,
    enquiries.referral_id as s47e_referral_id,
    children.person_id as s47e_person_id,
    enquiries.enquiry_start_date as s47e_s47_start_date,
    known(enquiries.enquiry_end_date) as s47e_s47_end_date,
    case when done.is_done then enquiries.is_no_further_action end as s47e_s47_nfa,
    case when done.is_done then enquiries.is_no_further_action end as s47e_nfa_flag,
    case
        when done.is_done
            then enquiries.is_conference_not_required
                and not coalesce(enquiries.is_no_further_action, false)
    end as s47e_prov_of_services_flag,
    case when done.is_done then not enquiries.is_conference_not_required end
        as s47e_cp_conference_flag,
    case when done.is_done then 1 end as s47e_total_no_of_outcomes,
    staff.professional_id as s47e_s47_completed_by_worker_id,
    enquiries.team_id as s47e_s47_completed_by_team
from world.section_47_enquiries as enquiries
inner join children_known() as children on enquiries.child_id = children.child_id
left join world.staff on enquiries.worker_id = staff.worker_id
cross join lateral (
    select known(enquiries.enquiry_end_date) is not null as is_done
) as done
where enquiries.enquiry_start_date <= getvariable('as_known_on')
order by s47e_s47_enquiry_id
