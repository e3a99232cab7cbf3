-- List 11: enquiries and applications of adopters in twelve months.
select
    'A' || adopters.adopter_id as adopter_id,
    'A' || adopters.adopter_id || 'F' as family_id,
    as_listed('annex_a_gender', adopters.sex_code) as sex,
    as_listed('annex_a_ethnicity', adopters.ethnicity_code) as ethnicity,
    yes_no(adopters.is_disabled) as disability,
    yes_no(adopters.is_fostering_for_adoption) as fostering_for_adoption,
    adopters.enquiry_date as date_enquiry_received,
    known(adopters.stage_1_start_date) as date_stage_1_started,
    known(adopters.stage_1_end_date) as date_stage_1_ended,
    known(adopters.stage_2_start_date) as date_stage_2_started,
    known(adopters.stage_2_end_date) as date_stage_2_ended,
    known(adopters.application_date) as date_application_submitted,
    known(adopters.approval_date) as date_application_approved,
    known(adopters.matched_date) as date_adopter_matched_with_child_ren,
    known(adopters.placed_date) as date_child_children_placed_with_adopter_s,
    case when known(adopters.placed_date) is not null then adopters.children_placed_count end
        as no_of_children_placed,
    known(adopters.adoption_order_date) as date_of_adoption_order,
    known(adopters.left_date) as date_of_leaving_adoption_process,
    case when known(adopters.left_date) is not null
        then as_listed('annex_a_adopter_leaving', adopters.left_reason)
    end as reason_for_leaving_adoption_process
from world.adopters
where
    adopters.local_authority_code = getvariable('authority')
    and touches_months(
        12, adopters.enquiry_date, coalesce(adopters.left_date, adopters.adoption_order_date)
    )
order by date_enquiry_received, adopter_id
