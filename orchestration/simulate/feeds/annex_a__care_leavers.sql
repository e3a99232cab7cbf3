-- List 9: everyone receiving, or entitled to, leaving care services.
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
    listed.* exclude (child_key),
    yes_no(children.is_unaccompanied_asylum_seeker) as uasc_ever,
    teams.team_name as allocated_team,
    holders.allocated_worker,
    advisers.worker_name as allocated_personal_advisor,
    as_listed('annex_a_care_leaver_eligibility', spells.eligibility_code) as eligibility_category,
    planned.latest_review_date as latest_pathway_plan_review_date,
    as_listed('annex_a_in_touch', positions.contact_code) as la_in_touch,
    contacted.latest_contact_date as latest_date_of_contact,
    as_listed('annex_a_accommodation', nullif(positions.accommodation_code[1], '0'))
        as type_of_accommodation,
    as_listed('annex_a_suitability', nullif(positions.accommodation_code[2], ''))
        as suitability_of_accommodation,
    positions.activity_code as activity_status
from spells
inner join world.children on spells.child_id = children.child_id
inner join listed_children() as listed on spells.child_id = listed.child_key
left join positions on spells.child_id = positions.child_id
left join contacted on spells.child_id = contacted.child_id
left join planned on spells.child_id = planned.child_id
left join holders() as holders on spells.child_id = holders.child_key
left join world.teams on spells.team_id = teams.team_id
left join world.staff as advisers on spells.personal_adviser_id = advisers.worker_id
order by child_id
