-- List 8: children looked after now or in twelve months, one row per child: the latest period.
with periods as (
    select *
    from world.care_periods
    where
        local_authority_code = getvariable('authority')
        and touches_months(12, period_start_date, period_end_date)
    qualify
        row_number() over (
            partition by child_id order by period_start_date desc, care_period_id desc
        ) = 1
),

counted as (
    select child_id, count(*) as period_count
    from world.care_periods
    where touches_months(12, period_start_date, period_end_date)
    group by child_id
),

statuses as (
    select *
    from world.legal_statuses
    where legal_status_start_date <= getvariable('as_known_on')
    qualify
        row_number() over (
            partition by care_period_id order by legal_status_start_date desc, legal_status_id desc
        ) = 1
),

placed as (
    select
        *,
        count(*) filter (where touches_months(12, placement_start_date, placement_end_date))
            over (partition by child_id) as placement_count
    from world.placements
    where
        local_authority_code = getvariable('authority')
        and placement_start_date <= getvariable('as_known_on')
    qualify
        row_number() over (
            partition by care_period_id order by placement_start_date desc, placement_id desc
        ) = 1
),

reviewed as (
    select care_period_id, max(review_date) as last_review_date
    from world.care_reviews
    where review_date <= getvariable('as_known_on')
    group by care_period_id
),

visited as (
    select care_period_id, max(visit_date) as last_visit_date
    from world.visits
    where care_period_id is not null and visit_date <= getvariable('as_known_on')
    group by care_period_id
),

checked as (
    select
        child_id,
        max(check_date) filter (where check_type_code in ('initial', 'review')) as health_date,
        max(check_date) filter (where check_type_code = 'dental') as dental_date
    from world.health_checks
    where check_status_code = 'completed' and check_date <= getvariable('as_known_on')
    group by child_id
),

missing as (
    select
        child_id,
        count(*) filter (where missing_type_code = 'M') as missing_count,
        count(*) filter (where missing_type_code = 'A') as away_count,
        max_by(is_return_interview_offered, missing_started_at) as is_offered,
        max_by(is_return_interview_accepted, missing_started_at) as is_accepted
    from world.missing_episodes
    where is_in_care and within_months(12, missing_start_date)
    group by child_id
)

select
    listed.* exclude (child_key),
    yes_no(
        children.is_unaccompanied_asylum_seeker
        and touches_months(12, children.asylum_status_start_date, children.asylum_status_end_date)
    ) as uasc_12m,
    periods.period_start_date as date_started_to_be_looked_after,
    as_listed('annex_a_primary_need', periods.primary_need_code) as childs_category_of_need,
    yes_no(counted.period_count > 1) as second_period_12m,
    statuses.legal_status_start_date as start_date_of_current_legal_status,
    as_listed('annex_a_legal_status', statuses.legal_status_code) as childs_legal_status,
    reviewed.last_review_date as date_of_latest_statutory_review,
    visited.last_visit_date as date_of_last_social_work_visit,
    as_listed('annex_a_permanence_plan', periods.permanence_plan) as permanence_plan,
    known(periods.last_reviewing_officer_contact_date)
        as date_of_last_iro_visit_contact_to_the_child,
    checked.health_date as date_of_last_health_assessment,
    checked.dental_date as date_of_last_dental_check,
    placed.placement_count as number_of_placements_in_the_last_12_months,
    known(periods.period_end_date) as date_ceased_to_be_looked_after,
    case when known(periods.period_end_date) is not null
        then as_listed('annex_a_ceased_reason', periods.period_end_reason_code)
    end as reason_ceased_to_be_looked_after,
    placed.placement_start_date as start_date_of_most_recent_placement,
    as_listed('annex_a_placement_type', case
        when placed.placement_type_code like 'Z1%' then 'Z1' else placed.placement_type_code
    end) as placement_type,
    as_listed('annex_a_placement_provider', placed.placement_provider_code) as placement_provider,
    placed.placement_postcode,
    placed.ofsted_urn as urn_of_placement,
    case when placed.is_inside_authority then 'a) In' when not placed.is_inside_authority
        then 'b) Out'
    end as placement_location,
    placed.placement_local_authority_code as la_of_placement,
    coalesce(missing.missing_count, 0) as missing_episodes_12m,
    coalesce(missing.away_count, 0) as absent_episodes_12m,
    yes_no(missing.is_offered) as return_interview_offered,
    yes_no(missing.is_accepted) as return_interview_accepted,
    holders.allocated_team,
    holders.allocated_worker
from periods
inner join world.children on periods.child_id = children.child_id
inner join listed_children() as listed on periods.child_id = listed.child_key
left join counted on periods.child_id = counted.child_id
left join statuses on periods.care_period_id = statuses.care_period_id
left join placed on periods.care_period_id = placed.care_period_id
left join reviewed on periods.care_period_id = reviewed.care_period_id
left join visited on periods.care_period_id = visited.care_period_id
left join checked on periods.child_id = checked.child_id
left join missing on periods.child_id = missing.child_id
left join holders() as holders on periods.child_id = holders.child_key
order by child_id
