-- List 5: enquiries open or completed and conferences held in six months, one row per enquiry.
with enquiries as (
    select
        enquiries.child_id,
        enquiries.section_47_enquiry_id,
        enquiries.enquiry_start_date,
        enquiries.is_conference_not_required
        and known(enquiries.enquiry_end_date) is not null as is_not_required,
        conferences.conference_date,
        conferences.has_led_to_plan,
        enquiries.team_id,
        enquiries.worker_id
    from world.section_47_enquiries as enquiries
    left join world.initial_conferences as conferences
        on
            enquiries.section_47_enquiry_id = conferences.section_47_enquiry_id
            and conferences.conference_date <= getvariable('as_known_on')
    where
        touches_months(6, enquiries.enquiry_start_date, enquiries.enquiry_end_date)
        or within_months(6, conferences.conference_date)
    union all
    -- A child who moved in with a plan had the enquiry elsewhere.
    select
        child_id,
        null,
        null,
        null,
        conference_date,
        has_led_to_plan,
        team_id,
        worker_id
    from world.initial_conferences
    where is_transfer_in and within_months(6, conference_date)
)

select
    listed.* exclude (child_key),
    enquiries.enquiry_start_date as section47_start_date,
    yes_no(enquiries.is_not_required) as conference_not_required,
    enquiries.conference_date as initial_conference_date,
    yes_no(enquiries.has_led_to_plan) as conference_led_to_plan,
    (
        select count(*)
        from world.section_47_enquiries as others
        where others.child_id = enquiries.child_id and within_months(12, others.enquiry_start_date)
    ) as number_of_section_47_enquiries_in_the_last_12_months,
    (
        select count(*)
        from world.initial_conferences as others
        where others.child_id = enquiries.child_id and within_months(12, others.conference_date)
    ) as number_of_icpcs_in_the_last_12_months,
    teams.team_name as allocated_team,
    staff.worker_name as allocated_worker
from enquiries
inner join listed_children() as listed on enquiries.child_id = listed.child_key
left join world.teams on enquiries.team_id = teams.team_id
left join world.staff on enquiries.worker_id = staff.worker_id
order by section47_start_date, child_id
