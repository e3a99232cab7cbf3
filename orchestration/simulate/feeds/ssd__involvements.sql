select
    allocations.allocation_id as invo_involvements_id,
    children.person_id as invo_person_id,
    staff.professional_id as invo_professional_id,
    case allocations.allocation_role_code
        when 'key_social_worker' then 'Allocated social worker'
        when 'other_worker' then 'Allocated worker'
        when 'personal_adviser' then 'Personal adviser'
        when 'family_support_worker' then 'Family support worker'
        when 'reviewing_officer' then 'Independent reviewing officer'
        else 'Duty worker'
    end as invo_professional_role_id,
    allocations.team_id as invo_professional_team,
    allocations.allocation_start_date as invo_involvement_start_date,
    known(allocations.allocation_end_date) as invo_involvement_end_date,
    allocations.change_reason_code as invo_worker_change_reason,
    allocations.referral_id as invo_referral_id
from world.allocations
inner join children_known() as children on allocations.child_id = children.child_id
left join world.staff on allocations.worker_id = staff.worker_id
where in_period(allocations.allocation_start_date, allocations.allocation_end_date)
order by invo_involvements_id
