-- The simulated world: what really happened to invented children, families and workers.
--
-- Tables and columns carry the names of the canonical case model; what the real feeds need
-- besides (the numbers a child has in each system, full dates, postcodes, schools) stands with
-- them. Rules that hold for every table:
--   * ids are bigint and unique over all authorities; a text number of a real system is made from
--     them once, in the table of the person it belongs to (children.person_id and the like);
--   * periods are half-open: the first day counts, the end date does not;
--   * nothing is later than the as-at date: what had not begun by then has no row, what had not
--     ended by then has no end date. What was known on an earlier day follows from the dates;
--   * lives are complete from birth; visits, reviews, checks and other small events are there from
--     settings.detail_from on only;
--   * every table is stored in the order of its primary key.

create schema if not exists world;

create table world.settings (
    seed bigint not null,
    first_year integer not null,     -- reporting year of the first written return
    last_year integer not null,      -- reporting year the as-at date lies in
    lives_from date not null,        -- first birth
    detail_from date not null,       -- visits, reviews and checks are simulated from here on
    written_from date not null,      -- 1 April of the first written year
    as_at date not null              -- last day of the world
);
comment on table world.settings is 'What was simulated. One row.';

create table world.scenarios (
    scenario varchar not null,
    parameter varchar not null,
    value varchar not null,
    primary key (scenario, parameter)
);
comment on table world.scenarios is 'Scenarios that were switched on, with the numbers they used. One row per scenario and parameter.';

create table world.rates (
    rate varchar primary key,
    value double not null,
    unit varchar not null,
    source varchar,
    year varchar
);
comment on table world.rates is 'Rates, durations and mixes the simulation was given (seeds/simulation). One row per rate.';

-- ---- places ----

create table world.authorities (
    local_authority_code varchar primary key,
    gss_code varchar not null,
    local_authority_name varchar not null,
    region_code varchar not null,
    region_name varchar not null,
    authority_number integer not null   -- 1, 2, 3 ...: the first is the county of the stories
);
comment on table world.authorities is 'Invented authorities. One row per authority.';

create table world.statistical_neighbours (
    local_authority_code varchar not null,
    neighbour_rank integer not null,
    neighbour_local_authority_code varchar not null,
    primary key (local_authority_code, neighbour_rank)
);
comment on table world.statistical_neighbours is 'Nearest invented authorities by deprivation. One row per authority and rank.';

create table world.populations (
    local_authority_code varchar not null,
    mid_year integer not null,
    age_years integer not null,
    sex_code varchar not null,
    population_count integer not null,
    primary key (local_authority_code, mid_year, age_years, sex_code)
);
comment on table world.populations is 'Children aged 0 to 17 living in the authority on 30 June, counted, not estimated. One row per authority, year, age and sex.';

create table world.zones (
    zone_code varchar primary key,
    local_authority_code varchar not null,
    zone_name varchar not null          -- North, South, East, West
);
comment on table world.zones is 'Zones an authority arranges its teams and services by. One row per zone.';

create table world.small_areas (
    small_area_code varchar primary key, -- E019 and five digits; numbers no real area has
    local_authority_code varchar not null,
    zone_code varchar not null,
    deprivation_rank integer not null,
    deprivation_decile integer not null, -- 1 is most deprived
    easting integer not null,
    northing integer not null
);
comment on table world.small_areas is 'Invented small areas. One row per area.';

create table world.postcodes (
    postcode varchar primary key,        -- ZZ9 9ZZ with the space; no real postcode begins with ZZ
    small_area_code varchar not null,
    local_authority_code varchar not null,
    easting integer not null,
    northing integer not null
);
comment on table world.postcodes is 'Invented postcodes. One row per postcode.';

-- ---- services, teams, settings ----

create table world.services (
    service_code varchar primary key,
    local_authority_code varchar not null,
    service_name varchar not null,
    service_area_code varchar not null,  -- code set service_area
    zone_code varchar,                   -- null where the service is for the whole authority
    start_date date not null
);
comment on table world.services is 'Services of the authority (assessment, safeguarding, fostering by zone, ...). One row per service.';

create table world.teams (
    team_id varchar primary key,
    local_authority_code varchar not null,
    team_name varchar not null,
    team_type varchar not null,          -- front_door, assessment, safeguarding, disabled_children, children_in_care, leaving_care, reviewing, adoption, early_help, fostering
    service_code varchar not null,
    zone_code varchar
);
comment on table world.teams is 'Teams that hold cases. One row per team.';

create table world.settings_of_care (
    setting_id bigint primary key,
    local_authority_code varchar not null,   -- authority that uses it
    ofsted_urn varchar,                       -- SC999 and three digits, or null for settings without one
    setting_type varchar not null,            -- childrens_home, secure_home, supported_accommodation, fostering_agency, fostering_service, residential_school, adoption_agency, prison, hospital, family_centre
    placement_provider_code varchar not null, -- code set placement_provider
    service_code varchar,                     -- own services only
    postcode varchar not null,
    is_inside_authority boolean not null
);
comment on table world.settings_of_care is 'Homes and agencies children are placed with. One row per setting.';

create table world.schools (
    setting_urn varchar primary key,     -- six digits, 999xxx
    local_authority_code varchar not null,
    school_name varchar not null,
    setting_type_code varchar not null,  -- code set education_setting
    zone_code varchar
);
comment on table world.schools is 'Invented schools and nurseries. One row per school.';

-- ---- people ----

create table world.households (
    family_id bigint primary key,
    local_authority_code varchar not null,
    postcode varchar not null,
    small_area_code varchar not null,
    zone_code varchar not null,
    deprivation_decile integer not null,
    frailty double not null              -- how much more than others the family meets services; mean 1
);
comment on table world.households is 'Families that live, or lived, in the authority. One row per family.';

create table world.residents (
    child_id bigint primary key,
    local_authority_code varchar not null,
    family_id bigint not null,
    date_of_birth date not null,         -- may be later than as-at: expected, not yet born
    date_of_death date,
    sex_code varchar not null,           -- M, F
    ethnicity_code varchar not null,
    moved_in_date date,                  -- null: born here
    moved_out_date date                  -- null: has not moved away
);
comment on table world.residents is 'Every child of the authority, known to services or not. One row per child.';

create table world.children (
    local_authority_code varchar not null,
    child_id bigint primary key,
    family_id bigint not null,
    date_of_birth date,                  -- null while unborn on the as-at date
    expected_date_of_birth date,         -- of children first known before birth
    date_of_death date,
    sex_code varchar not null,           -- M, F; U while unborn
    ethnicity_code varchar not null,
    upn varchar,                         -- null where unknown
    former_upn varchar,
    upn_unknown_code varchar,            -- UN1 to UN7; null where upn is held; as on the as-at date
    upn_known_date date,                 -- when upn became known: before that day the return says upn_unknown_before_code
    upn_unknown_before_code varchar,
    is_unaccompanied_asylum_seeker boolean not null,
    asylum_status_start_date date,
    asylum_status_end_date date,         -- normally the 18th birthday: may lie after as-at
    nationality varchar,                 -- of asylum seekers
    is_mother boolean,                   -- null for boys
    first_child_date_of_birth date,
    has_education_health_care_plan boolean not null,
    -- The numbers of the child in each system; mostly one and the same.
    person_id varchar not null,          -- case system: SSD pers_person_id, local child_id
    looked_after_number varchar not null,-- SSDA903 CHILD, at most 10 letters and digits
    census_number varchar not null,      -- CIN LAchildID
    inspection_number varchar not null,  -- Annex A Child Unique ID
    legacy_id varchar,                   -- pers_legacy_id
    nhs_number varchar,                  -- invented, 999 xxx xxxx; dropped on arrival
    moved_from_child_id bigint,          -- the same child in the authority the family came from
    first_known_date date not null       -- first contact with services
);
comment on table world.children is 'Children known to children''s services. One row per child and authority.';

create table world.disabilities (
    child_id bigint not null,
    local_authority_code varchar not null,
    disability_code varchar not null,    -- code set disability; NONE is no row
    primary key (child_id, disability_code)
);
comment on table world.disabilities is 'Disabilities of known children. One row per child and code.';

create table world.family_members (
    family_id bigint not null,
    person_id varchar not null,          -- of a child: children.person_id; of an adult: P and a number
    local_authority_code varchar not null,
    child_id bigint,                     -- null for adults
    member_role_code varchar not null,   -- code set family_role
    sex_code varchar not null,
    date_of_birth date,
    joined_date date not null,
    left_date date,
    primary key (family_id, person_id, joined_date)
);
comment on table world.family_members is 'Members of the families of known children. One row per person and spell.';

create table world.addresses (
    address_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    address_type varchar not null,       -- home or placement
    address_start_date date not null,
    address_end_date date,
    postcode varchar not null,
    small_area_code varchar not null
);
comment on table world.addresses is 'Where known children lived. One row per child and spell.';

create table world.mothers (
    mother_child_id bigint not null,     -- a known young person who is a mother
    local_authority_code varchar not null,
    child_id bigint,                     -- her child, where known to services
    child_date_of_birth date not null,
    primary key (mother_child_id, child_date_of_birth)
);
comment on table world.mothers is 'Young mothers. One row per mother and first child.';

-- ---- front door and need ----

create table world.contacts (
    contact_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    contact_date date not null,
    contact_source_code varchar not null,
    contact_outcome varchar not null,    -- new_referral, early_help, information_on_open_case, advice_or_no_action
    referral_id bigint                   -- the referral it became
);
comment on table world.contacts is 'Contacts at the front door, from settings.detail_from on. One row per contact and child.';

create table world.early_help_episodes (
    early_help_episode_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    episode_start_date date not null,
    episode_end_date date,
    start_reason varchar not null,
    end_reason varchar,                  -- goals_met, stepped_up, disengaged, moved_away
    lead_organisation varchar not null,
    assessment_completed_date date,
    team_id varchar not null,
    worker_id varchar
);
comment on table world.early_help_episodes is 'Early help. One row per child and spell.';

create table world.referrals (
    referral_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    family_id bigint not null,
    referral_date date not null,
    referral_source_code varchar not null,
    primary_need_code varchar,           -- null for no further action
    is_no_further_action boolean not null,
    closure_date date,
    closure_reason_code varchar,
    team_id varchar not null,            -- that took the referral
    worker_id varchar
);
comment on table world.referrals is 'Referrals with the episode of need that follows. One row per referral of a child.';

create table world.assessments (
    assessment_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    referral_id bigint not null,
    assessment_start_date date not null,
    internal_review_date date,
    assessment_authorised_date date,
    is_child_seen boolean,
    is_no_further_action boolean,        -- the episode closed with it as not in need
    team_id varchar not null,
    worker_id varchar
);
comment on table world.assessments is 'Assessments. One row per assessment of a child.';

create table world.assessment_factors (
    assessment_id bigint not null,
    child_id bigint not null,
    local_authority_code varchar not null,
    factor_code varchar not null,
    primary key (assessment_id, factor_code)
);
comment on table world.assessment_factors is 'Factors found by authorised assessments. One row per assessment and factor.';

create table world.child_in_need_plans (
    plan_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    referral_id bigint not null,
    plan_start_date date not null,
    plan_end_date date,
    team_id varchar not null,
    worker_id varchar                    -- who held the case on the first day
);
comment on table world.child_in_need_plans is 'Child in need plans. One row per plan.';

-- ---- protection ----

create table world.section_47_enquiries (
    section_47_enquiry_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    referral_id bigint not null,
    enquiry_start_date date not null,
    enquiry_end_date date,
    is_no_further_action boolean,
    is_conference_not_required boolean not null,
    conference_target_date date not null,
    initial_conference_date date,
    team_id varchar not null,
    worker_id varchar
);
comment on table world.section_47_enquiries is 'Section 47 enquiries. One row per enquiry of a child.';

create table world.initial_conferences (
    conference_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    section_47_enquiry_id bigint,        -- null for a transfer in
    referral_id bigint not null,
    conference_target_date date not null,
    conference_date date not null,
    is_transfer_in boolean not null,
    has_led_to_plan boolean not null,
    team_id varchar not null,
    worker_id varchar
);
comment on table world.initial_conferences is 'Initial child protection conferences. One row per child and conference.';

create table world.protection_plans (
    protection_plan_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    referral_id bigint not null,
    conference_id bigint not null,
    plan_start_date date not null,
    plan_end_date date,
    initial_abuse_category_code varchar not null,
    latest_abuse_category_code varchar not null,
    category_changed_date date,          -- at a review; before it latest is initial
    previous_plan_count integer not null,-- ever, other authorities included
    is_other_authority_plan boolean not null
);
comment on table world.protection_plans is 'Child protection plans. One row per plan.';

create table world.plan_reviews (
    plan_review_id bigint primary key,
    protection_plan_id bigint not null,
    child_id bigint not null,
    local_authority_code varchar not null,
    review_due_date date not null,
    review_date date not null,
    is_plan_continuing boolean not null,
    is_quorate boolean not null,
    participation_code varchar not null
);
comment on table world.plan_reviews is 'Review conferences. One row per review held.';

create table world.pre_proceedings (
    pre_proceedings_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    family_id bigint not null,
    referral_id bigint not null,
    pre_proceedings_start_date date not null,
    letter_before_proceedings_date date,
    initial_meeting_date date,
    review_meeting_count integer not null,
    is_family_meeting_offered boolean not null,
    is_family_meeting_held boolean not null,
    step_decision_date date,
    outcome_code varchar,
    letter_of_issue_date date,
    court_application_date date
);
comment on table world.pre_proceedings is 'Pre-proceedings. One row per child and spell.';

create table world.visits (
    visit_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    visit_type_code varchar not null,    -- child_in_need, protection_plan, looked_after
    visit_date date not null,
    is_child_seen boolean not null,
    is_seen_alone boolean,
    is_bedroom_seen boolean,             -- null for looked after children
    protection_plan_id bigint,
    care_period_id bigint
);
comment on table world.visits is 'Visits, from settings.detail_from on. One row per visit.';

-- ---- care ----

create table world.care_periods (
    care_period_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    referral_id bigint not null,
    period_start_date date not null,
    period_end_date date,
    period_end_reason_code varchar,
    primary_need_code varchar not null,  -- category of need, fixed for the period
    is_short_breaks_only boolean not null,
    home_postcode varchar,               -- null for asylum seekers and short breaks
    permanence_plan varchar,             -- label of annex_a_permanence_plan
    last_reviewing_officer_contact_date date,
    service_code varchar                 -- fostering or residential service the first placement is with
);
comment on table world.care_periods is 'Unbroken periods of care; V3 is one period per break. One row per period.';

create table world.care_episodes (
    care_episode_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    care_period_id bigint not null,
    referral_id bigint not null,
    episode_start_date date not null,
    episode_start_reason_code varchar not null,
    legal_status_code varchar not null,
    primary_need_code varchar not null,
    placement_type_code varchar not null,     -- with T codes; as on the first day: retired codes are recoded by the writers
    placement_provider_code varchar,          -- null for T0 to T4 and Z1x
    episode_end_date date,
    episode_end_reason_code varchar,
    placement_change_reason_code varchar,     -- why the placement ended; null where it did not
    home_postcode varchar,
    placement_postcode varchar,
    ofsted_urn varchar,
    placement_local_authority_code varchar,
    is_inside_authority boolean,
    placement_distance_miles double,
    placement_id bigint not null
);
comment on table world.care_episodes is 'Spells with one legal status and one address. One row per child and episode.';

create table world.placements (
    placement_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    care_period_id bigint not null,
    placement_start_date date not null,
    placement_end_date date,
    placement_type_code varchar not null,     -- latest
    placement_provider_code varchar,
    setting_id bigint,                        -- null: with parents, relatives, or other
    ofsted_urn varchar,
    placement_change_reason_code varchar,
    placement_distance_miles double,
    is_inside_authority boolean,
    placement_local_authority_code varchar,
    placement_postcode varchar,
    service_code varchar,                     -- own service that finds and supports it
    is_adoptive boolean not null
);
comment on table world.placements is 'Placements with one carer: legal changes, same-carer moves and temporary stays begin no new one. One row per child and placement.';

create table world.legal_statuses (
    legal_status_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    care_period_id bigint not null,
    legal_status_code varchar not null,
    legal_status_start_date date not null,
    legal_status_end_date date
);
comment on table world.legal_statuses is 'Legal statuses. One row per child and spell.';

create table world.care_reviews (
    care_review_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    care_period_id bigint not null,
    review_due_date date not null,
    review_date date,                    -- null where cancelled
    is_cancelled boolean not null,
    participation_code varchar
);
comment on table world.care_reviews is 'Reviews of looked after children, from settings.detail_from on. One row per review.';

create table world.missing_episodes (
    missing_episode_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    missing_type_code varchar not null,  -- M or A
    missing_started_at timestamp not null,
    missing_ended_at timestamp,
    missing_start_date date not null,
    missing_end_date date,
    is_return_interview_offered boolean,
    is_return_interview_accepted boolean,
    is_in_care boolean not null
);
comment on table world.missing_episodes is 'Missing and away spells. One row per child and spell.';

-- ---- how children fare ----

create table world.health_checks (
    health_check_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    check_type_code varchar not null,    -- code set health_assessment_type
    due_date date not null,
    check_date date,                     -- null where not done
    check_status_code varchar not null,
    is_up_to_date boolean                -- immunisation: the status on that day
);
comment on table world.health_checks is 'Health assessments, dental, immunisation and development checks of looked after children. One row per check due.';

create table world.sdq_scores (
    sdq_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    sdq_date date not null,
    sdq_total_score integer,
    impact_score integer,                -- 0 to 10
    emotional_score integer,             -- four scales of 0 to 10 that add up to the total
    conduct_score integer,
    hyperactivity_score integer,
    peer_score integer,
    no_score_reason_code varchar,
    informant_code varchar not null,     -- parent_carer
    review_type_code varchar not null    -- baseline, review
);
comment on table world.sdq_scores is 'Strengths and difficulties questionnaires of looked after children. One row per child and date.';

create table world.offences (
    offence_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    offence_date date not null,
    outcome_date date not null,
    offence_outcome_code varchar not null,
    is_convicted_or_cautioned boolean not null
);
comment on table world.offences is 'Offences of looked after children. One row per offence.';

create table world.substance_misuse (
    substance_misuse_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    recorded_date date not null,
    substance varchar not null,
    is_identified boolean not null,
    is_intervention_received boolean not null,
    is_intervention_offered boolean not null
);
comment on table world.substance_misuse is 'Substance misuse of looked after children. One row per record.';

create table world.yearly_positions (
    child_id bigint not null,
    local_authority_code varchar not null,
    return_year integer not null,
    sdq_total_score integer,             -- latest of the year; ages 4 to 16
    sdq_reason_code varchar,
    is_convicted_or_cautioned boolean,   -- aged 10 and over
    is_development_check_up_to_date boolean, -- under 5
    is_immunisation_up_to_date boolean not null,
    is_dental_check_done boolean not null,
    is_health_assessment_done boolean not null,
    is_substance_misuse_identified boolean not null,
    is_intervention_received boolean,
    is_intervention_offered boolean,
    primary key (child_id, return_year)
);
comment on table world.yearly_positions is 'Children looked after for twelve months on 31 March, as oc2 of the return has them: follows from the tables above. One row per child and return year.';

-- ---- permanence and leaving ----

create table world.adoption_journeys (
    adoption_journey_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    care_period_id bigint not null,
    family_id bigint not null,
    adoption_decision_date date not null,
    decision_reversed_date date,
    decision_reversed_reason_code varchar,
    placement_order_date date,
    matched_date date,
    placed_for_adoption_date date,
    early_permanence_date date,
    permanence_order_date date,
    permanence_order_type varchar,       -- adoption
    is_adopted_by_former_carer boolean,
    adopter_count integer,
    adopter_sex_code varchar,
    adopter_legal_status_code varchar,
    siblings_placed_together_count integer,
    siblings_placed_apart_count integer,
    adopter_id bigint
);
comment on table world.adoption_journeys is 'Decisions that a child should be placed for adoption. One row per child and decision.';

create table world.adopters (
    adopter_id bigint primary key,
    local_authority_code varchar not null,
    sex_code varchar not null,           -- M, F
    ethnicity_code varchar not null,
    is_disabled boolean not null,
    is_fostering_for_adoption boolean not null,
    enquiry_date date not null,
    stage_1_start_date date,
    stage_1_end_date date,
    stage_2_start_date date,
    stage_2_end_date date,
    application_date date,
    approval_date date,
    matched_date date,
    placed_date date,
    children_placed_count integer,
    adoption_order_date date,
    left_date date,
    left_reason varchar
);
comment on table world.adopters is 'Prospective adopters (inspection list 11). One row per adopter.';

create table world.previous_permanence (
    child_id bigint not null,
    local_authority_code varchar not null,
    care_period_id bigint not null,
    period_start_date date not null,
    previous_permanence_code varchar not null,
    order_date_text varchar,             -- dd/mm/yyyy, parts may be zz
    order_authority_code varchar,
    primary key (care_period_id)
);
comment on table world.previous_permanence is 'Earlier permanence orders, asked when care starts. One row per period of care.';

create table world.care_leavers (
    child_id bigint not null,
    local_authority_code varchar not null,
    position_date date not null,         -- the birthday
    age_turned integer not null,         -- 17 to 21, and 22 to 25 in contact
    return_year integer not null,
    contact_code varchar not null,
    activity_code varchar not null,
    accommodation_code varchar not null, -- letter and digit, or 0
    is_suitable boolean,
    primary key (child_id, position_date)
);
comment on table world.care_leavers is 'Position of care leavers at their birthdays, from settings.detail_from on. One row per young person and birthday.';

create table world.leaving_care_spells (
    child_id bigint not null,
    local_authority_code varchar not null,
    spell_start_date date not null,      -- eligible from 16, former relevant from 18
    spell_end_date date,
    eligibility_code varchar not null,   -- code set annex_a_care_leaver_eligibility
    team_id varchar not null,
    personal_adviser_id varchar,
    primary key (child_id, spell_start_date)
);
comment on table world.leaving_care_spells is 'Entitlement to leaving care support. One row per young person and spell of one category.';

create table world.pathway_plan_reviews (
    child_id bigint not null,
    local_authority_code varchar not null,
    review_date date not null,
    primary key (child_id, review_date)
);
comment on table world.pathway_plan_reviews is 'Pathway plan reviews. One row per young person and review.';

create table world.leaver_contacts (
    child_id bigint not null,
    local_authority_code varchar not null,
    contact_date date not null,
    primary key (child_id, contact_date)
);
comment on table world.leaver_contacts is 'Contacts of the authority with its care leavers. One row per young person and contact.';

-- ---- workforce ----

create table world.posts (
    post_id varchar primary key,
    local_authority_code varchar not null,
    team_id varchar not null,
    staff_group_code varchar not null,
    org_role_code varchar,               -- social workers and their managers
    budgeted_fte double not null,
    required_credential_code varchar,
    required_level integer,
    post_start_date date not null,
    post_end_date date
);
comment on table world.posts is 'Posts. One row per post.';

create table world.staff (
    worker_id varchar primary key,       -- staff number: W and digits
    local_authority_code varchar not null,
    professional_id varchar not null,    -- number in the case system
    registration_number varchar,         -- SW and digits; null where not a social worker
    worker_name varchar not null,        -- invented; dropped on arrival
    date_of_birth date not null,
    sex_code varchar not null,
    ethnicity_code varchar not null,     -- list of the workforce census
    qualification_level_code varchar,
    qualifying_institution varchar,
    qualified_date date,
    is_step_up_graduate boolean,
    is_frontline_graduate boolean
);
comment on table world.staff is 'People who work, or worked, for the authority. One row per person.';

create table world.workers (
    worker_id varchar not null,
    local_authority_code varchar not null,
    post_id varchar not null,
    team_id varchar not null,
    staff_group_code varchar not null,
    org_role_code varchar,
    employment_type_code varchar not null,
    is_agency_worker boolean not null,
    fte double not null,
    role_start_date date not null,
    role_end_date date,
    employed_from_date date not null,
    employed_to_date date,
    start_origin_code varchar,
    leaving_reason_code varchar,
    leaving_destination_code varchar,
    contract_weeks double,               -- agency only
    line_manager_id varchar,
    primary key (worker_id, role_start_date)
);
comment on table world.workers is 'Roles people held. One row per worker and role.';

create table world.absences (
    absence_id bigint primary key,
    worker_id varchar not null,
    local_authority_code varchar not null,
    absence_start_date date not null,
    absence_end_date date,
    absence_reason_code varchar not null,
    working_days_lost double not null    -- up to the end, or the as-at date
);
comment on table world.absences is 'Absences of employed workers, from settings.detail_from on. One row per spell.';

create table world.allocations (
    allocation_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    referral_id bigint,
    worker_id varchar not null,
    team_id varchar not null,
    allocation_role_code varchar not null,
    allocation_start_date date not null,
    allocation_end_date date,
    change_reason_code varchar
);
comment on table world.allocations is 'Who held the case, key social workers without gap while it is open. One row per child, worker, role and spell.';

-- ---- special educational needs (Standard Safeguarding Dataset) ----

create table world.education_health_care_plans (
    plan_id bigint primary key,
    child_id bigint not null,
    local_authority_code varchar not null,
    request_date date not null,
    request_outcome_date date,
    assessment_outcome_date date,
    plan_start_date date,
    last_review_date date,
    plan_end_date date,
    need_type varchar not null
);
comment on table world.education_health_care_plans is 'Education, health and care plans of known children. One row per child and plan.';
