-- One row for each care leaver, as things are on the day of the export.
with spells as (
    select *
    from world.leaving_care_spells
    where
        local_authority_code = getvariable('authority')
        and is_open(spell_start_date, spell_end_date)
    qualify row_number() over (partition by child_id order by spell_start_date desc) = 1
),

positions as (
    select *
    from world.care_leavers
    where position_date <= getvariable('as_known_on')
    qualify row_number() over (partition by child_id order by position_date desc) = 1
),

contacted as (
    select child_id, max(contact_date) as latest_contact_date
    from world.leaver_contacts
    where contact_date <= getvariable('as_known_on')
    group by child_id
),

planned as (
    select child_id, max(review_date) as latest_review_date
    from world.pathway_plan_reviews
    where review_date <= getvariable('as_known_on')
    group by child_id
)

select
    spells.child_id as clea_table_id,
    children.person_id as clea_person_id,
    as_listed('annex_a_care_leaver_eligibility', spells.eligibility_code) as clea_care_leaver_eligibility,
    positions.contact_code as clea_care_leaver_in_touch,
    contacted.latest_contact_date as clea_care_leaver_latest_contact,
    nullif(positions.accommodation_code[1], '0') as clea_care_leaver_accommodation,
    nullif(positions.accommodation_code[2], '') as clea_care_leaver_accom_suitable,
    positions.activity_code as clea_care_leaver_activity,
    planned.latest_review_date as clea_pathway_plan_review_date,
    advisers.professional_id as clea_care_leaver_personal_advisor,
    spells.team_id as clea_care_leaver_allocated_team,
    advisers.professional_id as clea_care_leaver_worker_id
from spells
inner join children_known() as children on spells.child_id = children.child_id
left join positions on spells.child_id = positions.child_id
left join contacted on spells.child_id = contacted.child_id
left join planned on spells.child_id = planned.child_id
left join world.staff as advisers on spells.personal_adviser_id = advisers.worker_id
order by clea_person_id
