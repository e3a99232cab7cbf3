-- What must be true of every world: each query returns the rows that break its rule, so none.
-- The sentence before each query is its name.

-- nobody is referred before services could know of them
select referral_id from world.referrals
inner join world.residents using (child_id)
where referral_date < date_of_birth - 150;

-- nothing happens to a child after its death
select child_id from (
    select child_id, referral_date as happened from world.referrals
    union all select child_id, closure_date from world.referrals
    union all select child_id, visit_date from world.visits
    union all select child_id, period_start_date from world.care_periods
    union all select child_id, period_end_date from world.care_periods
    union all select child_id, plan_end_date from world.protection_plans
    union all select child_id, plan_end_date from world.child_in_need_plans
    union all select child_id, episode_end_date from world.early_help_episodes
    union all select child_id, allocation_end_date from world.allocations
    union all select child_id, review_date from world.care_reviews
    union all select child_id, position_date from world.care_leavers
    union all select child_id, check_date from world.health_checks
) as events
inner join world.residents using (child_id)
where happened > date_of_death;

-- nothing is later than the as-at date
select count(*) from (
    select referral_date as happened from world.referrals
    union all select closure_date from world.referrals
    union all select assessment_authorised_date from world.assessments
    union all select plan_start_date from world.protection_plans
    union all select plan_end_date from world.protection_plans
    union all select initial_conference_date from world.section_47_enquiries
    union all select conference_date from world.initial_conferences
    union all select visit_date from world.visits
    union all select episode_start_date from world.care_episodes
    union all select episode_end_date from world.care_episodes
    union all select placement_end_date from world.placements
    union all select review_date from world.care_reviews
    union all select review_date from world.plan_reviews
    union all select check_date from world.health_checks
    union all select sdq_date from world.sdq_scores
    union all select position_date from world.care_leavers
    union all select missing_end_date from world.missing_episodes
    union all select allocation_start_date from world.allocations
    union all select allocation_end_date from world.allocations
    union all select role_end_date from world.workers
    union all select absence_end_date from world.absences
    union all select permanence_order_date from world.adoption_journeys
    union all select pre_proceedings_start_date from world.pre_proceedings
) as events
where happened > (select as_at from world.settings)
having count(*) > 0;

-- a child has one open episode of need at a time
select child_id from world.referrals
where not is_no_further_action
qualify referral_date < lag(coalesce(closure_date, date '2200-01-01')) over (
    partition by child_id order by referral_date
);

-- a closure has a reason, and a reason a closure
select referral_id from world.referrals where (closure_date is null) <> (closure_reason_code is null);

-- a case is closed on the day of the referral or later
select referral_id from world.referrals where closure_date < referral_date;

-- an episode of no further action holds nothing
select referrals.referral_id from world.referrals
where is_no_further_action
    and (
        primary_need_code is not null
        or referral_id in (select referral_id from world.assessments)
        or referral_id in (select referral_id from world.child_in_need_plans)
        or referral_id in (select referral_id from world.section_47_enquiries)
    );

-- closed as not in need means assessed, and neither enquiry nor plan
select referral_id from world.referrals
where closure_reason_code in ('RC8', 'RC9')
    and (
        referral_id not in (select referral_id from world.assessments)
        or referral_id in (select referral_id from world.child_in_need_plans)
        or referral_id in (select referral_id from world.section_47_enquiries)
        or referral_id in (select referral_id from world.protection_plans)
    );

-- what belongs to an episode of need happens inside it
select referral_id from world.referrals
inner join (
    select referral_id, assessment_start_date as happened from world.assessments
    union all select referral_id, assessment_authorised_date from world.assessments
    union all select referral_id, plan_start_date from world.child_in_need_plans
    union all select referral_id, plan_end_date from world.child_in_need_plans
    union all select referral_id, enquiry_start_date from world.section_47_enquiries
    union all select referral_id, enquiry_end_date from world.section_47_enquiries
    union all select referral_id, conference_date from world.initial_conferences
    union all select referral_id, plan_start_date from world.protection_plans
    union all select referral_id, plan_end_date from world.protection_plans
    union all select referral_id, period_start_date from world.care_periods
    union all select referral_id, period_end_date from world.care_periods
) as events using (referral_id)
where happened < referral_date or happened > closure_date;

-- an assessment does not end before it starts
select assessment_id from world.assessments
where assessment_authorised_date < assessment_start_date
    or internal_review_date > assessment_authorised_date;

-- no factor stands beside no factor
select assessment_id from world.assessment_factors
group by assessment_id having count(*) > 1 and bool_or(factor_code = '21');

-- conferences are on working days, and not before the enquiry
select conference_id from world.initial_conferences
left join world.section_47_enquiries using (section_47_enquiry_id)
where isodow(conference_date) > 5 or conference_date < enquiry_start_date;

-- a plan starts on the day of its conference
select protection_plan_id from world.protection_plans
inner join world.initial_conferences using (conference_id)
where plan_start_date <> conference_date or not has_led_to_plan;

-- a child has one protection plan at a time, and none that is no day long
select child_id from world.protection_plans
qualify plan_start_date < lag(coalesce(plan_end_date, date '2200-01-01')) over (
    partition by child_id order by plan_start_date
) or plan_start_date = plan_end_date;

-- earlier plans here are counted
select child_id from world.protection_plans
qualify previous_plan_count < row_number() over (
    partition by child_id order by plan_start_date
) - 1;

-- child in need plans overlap neither each other nor a protection plan
select child_id from (
    select child_id, plan_start_date, plan_end_date from world.child_in_need_plans
    union all
    select child_id, plan_start_date, plan_end_date from world.protection_plans
) as plans
qualify plan_start_date < lag(coalesce(plan_end_date, date '2200-01-01')) over (
    partition by child_id order by plan_start_date, plan_end_date
);

-- no plan runs past the eighteenth birthday
select child_id from (
    select child_id, plan_end_date from world.protection_plans
    union all select child_id, plan_end_date from world.child_in_need_plans
) as plans
inner join world.residents using (child_id)
where plan_end_date > date_of_birth + interval 18 year;

-- reviews of a plan lie inside it
select plan_review_id from world.plan_reviews
inner join world.protection_plans using (protection_plan_id)
where review_date <= plan_start_date or review_date > plan_end_date;

-- periods of care of a child do not overlap
select child_id from world.care_periods
qualify period_start_date < lag(coalesce(period_end_date, date '2200-01-01')) over (
    partition by child_id order by period_start_date
);

-- care lasts at least a day, begins after birth and ends by the eighteenth birthday
select care_period_id from world.care_periods
inner join world.residents using (child_id)
where period_start_date < date_of_birth
    or period_end_date <= period_start_date
    or coalesce(period_end_date, period_start_date + 1) > date_of_birth + interval 18 year;

-- episodes cover each period of care without gap
select care_period_id from (
    select
        *,
        lag(episode_end_date) over (
            partition by care_period_id order by episode_start_date
        ) as before,
        lag(episode_end_reason_code) over (
            partition by care_period_id order by episode_start_date
        ) as reason_before,
        row_number() over (partition by care_period_id order by episode_start_date) as number
    from world.care_episodes
) as episodes
where number > 1 and (before is distinct from episode_start_date or reason_before <> 'X1');

-- a period of care starts with its first episode and ends with its last
select care_period_id from world.care_periods
inner join (
    select
        care_period_id,
        min(episode_start_date) as first_day,
        min_by(episode_start_reason_code, episode_start_date) as first_reason,
        case when bool_or(episode_end_date is null) then null else max(episode_end_date) end
            as last_day,
        max_by(coalesce(episode_end_reason_code, ''), episode_start_date) as last_reason
    from world.care_episodes
    group by care_period_id
) as episodes using (care_period_id)
where first_day <> period_start_date
    or first_reason <> 'S'
    or last_day is distinct from period_end_date
    or last_reason <> coalesce(period_end_reason_code, '');

-- every period of care has an episode
select care_period_id from world.care_periods
where care_period_id not in (select care_period_id from world.care_episodes);

-- what changed says why the episode began
select care_episode_id from (
    select
        *,
        lag(legal_status_code) over period as status_before,
        lag(placement_id) over period as placement_before,
        lag(placement_type_code) over period as type_before,
        lag(episode_start_date) over period as start_before
    from world.care_episodes
    window period as (partition by care_period_id order by episode_start_date)
) as episodes
where start_before is not null
    and (
        (episode_start_reason_code in ('L', 'B', 'U')) <> (legal_status_code <> status_before)
        or (episode_start_reason_code = 'L' and placement_id <> placement_before)
        or (episode_start_reason_code in ('T', 'U') and placement_id <> placement_before)
    );

-- a temporary stay neither begins nor ends a period of care, and keeps its limits
select care_episode_id from world.care_episodes
where placement_type_code in ('T0', 'T1', 'T2', 'T3', 'T4')
    and (
        episode_start_reason_code = 'S'
        or coalesce(episode_end_reason_code, 'X1') <> 'X1'
        or placement_provider_code is not null
        or episode_end_date - episode_start_date
        > case placement_type_code when 'T4' then 7 when 'T3' then 21 else 42 end
    );

-- emergency protection runs out within its limit
select care_episode_id from world.care_episodes
where (legal_status_code = 'L1' and episode_end_date - episode_start_date > 3)
    or (legal_status_code = 'L2' and episode_end_date - episode_start_date > 21);

-- placements of a child in one period do not overlap, and are of known kinds
select placement_id from world.placements
qualify placement_start_date < lag(coalesce(placement_end_date, date '2200-01-01')) over (
    partition by child_id order by placement_start_date
) or placement_type_code is null;

-- only those who live with parents are provided for by parents, and only some by nobody
select care_episode_id from world.care_episodes
where (placement_provider_code = 'PR0') <> (placement_type_code = 'P1')
    and placement_provider_code is not null
    or (placement_provider_code is null and left(placement_type_code, 1) not in ('T', 'Z'));

-- who provides care that is registered says so
select care_episode_id from world.care_episodes
where left(placement_type_code, 1) in ('U', 'A', 'K', 'S') and ofsted_urn is null;

-- supported accommodation is for those aged sixteen and over
select care_episode_id from world.care_episodes
inner join world.residents using (child_id)
where placement_type_code in ('K3', 'H5')
    and episode_start_date < date_of_birth + interval 16 year;

-- reviews, visits, health checks and scores of a child in care fall while it is in care
select care_period_id from (
    select child_id, care_period_id, coalesce(review_date, review_due_date) as happened
    from world.care_reviews where not is_cancelled
    union all
    select child_id, care_period_id, visit_date from world.visits
    where visit_type_code = 'looked_after'
) as events
inner join world.care_periods using (care_period_id)
where happened < period_start_date or happened >= coalesce(period_end_date, date '2200-01-01');

-- scores are those of a questionnaire
select sdq_id from world.sdq_scores
where sdq_total_score not between 0 and 40
    or sdq_total_score
    <> emotional_score + conduct_score + hyperactivity_score + peer_score
    or emotional_score > 10 or conduct_score > 10 or hyperactivity_score > 10 or peer_score > 10
    or (sdq_total_score is null) = (no_score_reason_code is null);

-- missing spells of a child neither overlap nor touch, and end with the placement
select child_id from world.missing_episodes
qualify missing_start_date <= lag(coalesce(missing_end_date, date '2200-01-01')) over (
    partition by child_id order by missing_started_at
);

-- missing children were in care
select missing_episode_id from world.missing_episodes
where is_in_care and not exists (
    select 1 from world.care_periods
    where care_periods.child_id = missing_episodes.child_id
        and missing_start_date >= period_start_date
        and coalesce(missing_end_date, missing_start_date)
        <= coalesce(period_end_date, date '2200-01-01')
);

-- an adopted child was to be placed, ordered, matched and placed in that order
select adoption_journey_id from world.adoption_journeys
where decision_reversed_date < adoption_decision_date
    or placement_order_date < adoption_decision_date
    or matched_date < adoption_decision_date
    or placed_for_adoption_date < matched_date
    or permanence_order_date < placed_for_adoption_date
    or (decision_reversed_date is not null and permanence_order_date is not null);

-- who was adopted has a decision that was not reversed
select care_period_id from world.care_periods
where period_end_reason_code in ('E11', 'E12')
    and care_period_id not in (
        select care_period_id from world.adoption_journeys where permanence_order_date is not null
    );

-- an adopted child does not come back
select care_periods.child_id from world.care_periods
inner join world.referrals
    on care_periods.child_id = referrals.child_id
    and referrals.referral_date > care_periods.period_end_date
where period_end_reason_code in ('E11', 'E12');

-- care leavers are counted once a birthday, and after they left care
select child_id from world.care_leavers
where exists (
    select 1 from world.care_periods
    where care_periods.child_id = care_leavers.child_id
        and not is_short_breaks_only
        and period_start_date <= position_date
        and coalesce(period_end_date, date '2200-01-01') > position_date
);

-- a known child is described and has a first day
select child_id from world.children
where (date_of_birth is null and expected_date_of_birth is null)
    or first_known_date > (select as_at from world.settings);

-- every event is of a known child
select child_id from (
    select child_id from world.referrals
    union all select child_id from world.contacts
    union all select child_id from world.early_help_episodes
    union all select child_id from world.care_periods
    union all select child_id from world.allocations
) as events
where child_id not in (select child_id from world.children);

-- unaccompanied asylum seekers are in care from the day they arrive
select child_id from world.children
inner join world.residents using (child_id)
where is_unaccompanied_asylum_seeker
    and not exists (
        select 1 from world.care_periods
        where care_periods.child_id = children.child_id and period_start_date = moved_in_date
    );

-- a worker holds cases only while employed
select allocation_id from world.allocations
where not exists (
    select 1 from world.workers
    where workers.worker_id = allocations.worker_id
        and role_start_date <= allocation_start_date
        and coalesce(role_end_date, date '2200-01-01')
        >= coalesce(allocation_end_date, date '2100-01-01')
);

-- an open case in need since the detailed years is with somebody on every day
select referral_id from world.referrals
inner join world.children using (child_id)
where closure_date is null
    and not is_no_further_action
    and date_of_birth + interval 18 year > (select as_at from world.settings)
    and not exists (
        select 1 from world.allocations
        where allocations.child_id = referrals.child_id and allocation_end_date is null
    )
    and referral_date < (select as_at from world.settings);

-- one worker of a kind holds a case at a time
select child_id from world.allocations
qualify allocation_start_date < lag(coalesce(allocation_end_date, date '2200-01-01')) over (
    partition by child_id order by allocation_start_date, allocation_end_date
);

-- absences of a worker do not overlap and lie in the employment
select absence_id from world.absences
inner join world.workers using (worker_id)
where absence_start_date < role_start_date
    or coalesce(absence_end_date, absence_start_date) > coalesce(role_end_date, date '2200-01-01');

-- agency workers have no reason to leave and no absences
select worker_id from world.workers
where is_agency_worker
    and (
        leaving_reason_code is not null
        or worker_id in (select worker_id from world.absences)
    );

-- whoever left says why and where to
select worker_id from world.workers
where not is_agency_worker
    and ((role_end_date is null) <> (leaving_reason_code is null)
        or (role_end_date is null) <> (leaving_destination_code is null));

-- no two children share a number
select person_id from world.children group by local_authority_code, person_id having count(*) > 1;

-- no real postcode is used
select postcode from world.postcodes where postcode not like 'ZZ%';

-- pre-proceedings end in a decision before an application is made
select pre_proceedings_id from world.pre_proceedings
where court_application_date < pre_proceedings_start_date
    or step_decision_date < pre_proceedings_start_date
    or letter_before_proceedings_date < pre_proceedings_start_date;
