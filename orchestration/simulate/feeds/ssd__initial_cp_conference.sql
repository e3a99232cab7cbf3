select
    conferences.conference_id as icpc_icpc_id,
    -- Siblings are talked about in one meeting.
    children.family_id || '-' || strftime(conferences.conference_date, '%Y%m%d')
        as icpc_icpc_meeting_id,
    conferences.section_47_enquiry_id as icpc_s47_enquiry_id,
    children.person_id as icpc_person_id,
    plans.protection_plan_id as icpc_cp_plan_id,
    conferences.referral_id as icpc_referral_id,
    conferences.is_transfer_in as icpc_icpc_transfer_in,
    conferences.conference_target_date as icpc_icpc_target_date,
    conferences.conference_date as icpc_icpc_date,
    conferences.has_led_to_plan as icpc_icpc_outcome_cp_flag,
    false as icpc_nfa_flag,
    not conferences.has_led_to_plan as icpc_prov_of_services_flag,
    conferences.has_led_to_plan as icpc_cp_flag,
    1 as icpc_total_no_of_outcomes,
    conferences.team_id as icpc_icpc_team,
    staff.professional_id as icpc_icpc_worker_id
from world.initial_conferences as conferences
inner join children_known() as children on conferences.child_id = children.child_id
left join world.staff on conferences.worker_id = staff.worker_id
left join world.protection_plans as plans
    on
        conferences.conference_id = plans.conference_id
        and plans.plan_start_date <= getvariable('as_known_on')
where conferences.conference_date <= getvariable('as_known_on')
order by icpc_icpc_id
