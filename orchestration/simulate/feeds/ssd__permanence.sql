select
    journeys.adoption_journey_id as perm_table_id,
    children.person_id as perm_person_id,
    journeys.care_period_id as perm_cla_id,
    journeys.adoption_decision_date as perm_adm_decision_date,
    known(journeys.placement_order_date) as perm_placement_order_date,
    known(journeys.matched_date) as perm_matched_date,
    known(journeys.placed_for_adoption_date) as perm_placed_for_adoption_date,
    known(journeys.early_permanence_date) as perm_placed_ffa_cp_date,
    case when known(journeys.permanence_order_date) is not null
        then journeys.is_adopted_by_former_carer
    end as perm_adopted_by_carer_flag,
    known(journeys.decision_reversed_date) as perm_decision_reversed_date,
    case when known(journeys.decision_reversed_date) is not null
        then journeys.decision_reversed_reason_code
    end as perm_decision_reversed_reason,
    coalesce(journeys.siblings_placed_together_count, 1)
    + coalesce(journeys.siblings_placed_apart_count, 0) > 1 as perm_part_of_sibling_group,
    journeys.siblings_placed_together_count as perm_siblings_placed_together,
    journeys.siblings_placed_apart_count as perm_siblings_placed_apart,
    known(journeys.permanence_order_date) as perm_permanence_order_date,
    case when known(journeys.permanence_order_date) is not null then 'Adoption' end
        as perm_permanence_order_type,
    case when known(journeys.matched_date) is not null then journeys.adopter_sex_code end
        as perm_adopter_sex,
    case when known(journeys.matched_date) is not null then journeys.adopter_legal_status_code end
        as perm_adopter_legal_status,
    case when known(journeys.matched_date) is not null then journeys.adopter_count end
        as perm_number_of_adopters
from world.adoption_journeys as journeys
inner join children_known() as children on journeys.child_id = children.child_id
where journeys.adoption_decision_date <= getvariable('as_known_on')
union all
-- Special guardianship and child arrangements orders end a period of care.
select
    periods.care_period_id + 1000000000 as perm_table_id,
    children.person_id as perm_person_id,
    periods.care_period_id as perm_cla_id,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    null,
    periods.period_end_date as perm_permanence_order_date,
    case
        when periods.period_end_reason_code = 'E41' then 'Child arrangements order'
        else 'Special guardianship order'
    end as perm_permanence_order_type,
    null,
    null,
    null
from world.care_periods as periods
inner join children_known() as children on periods.child_id = children.child_id
where
    periods.period_end_reason_code in ('E41', 'E43', 'E44', 'E45', 'E46', 'E47', 'E48')
    and periods.period_end_date <= getvariable('as_known_on')
order by perm_table_id
