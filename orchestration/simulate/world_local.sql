-- The part of the simulated world that no statutory return holds.
--
-- Columns are those of the local contracts (expectations/extracts/local__*.yml), which describe
-- them; the rules of world.sql hold here too (ids, half-open periods, nothing after the as-at
-- date, order of the primary key). What world.sql has already (staff, posts, absences,
-- allocations, health checks, missing, offences, family members, zones) is not kept twice:
-- the feeds write it from there.
--   * child_id is the child of world.children; person_id the number of a child or an adult in the
--     case system, or with a provider, whose families need not be known to the authority.

create table world.survey_questions (
    local_authority_code varchar not null,
    survey_code varchar not null,
    survey_version varchar not null,
    question_code varchar not null,
    question_text varchar not null,
    definition_text varchar,
    respondent_type_code varchar not null,
    outcome_id varchar,
    response_scale_code varchar not null,
    positive_answer_codes varchar,
    minimum_age integer,
    maximum_age integer,
    asked_of_text varchar,
    valid_from_date date not null,
    valid_to_date date,
    primary key (local_authority_code, survey_code, survey_version, question_code)
);
comment on table world.survey_questions is 'Question bank. Says who is asked, on what scale, and which answers count as positive. A question_code named in seeds/framework/indicators.csv keeps the meaning it has there; others are free. One row per question in a survey version.';

create table world.survey_invitations (
    local_authority_code varchar not null,
    invitation_id bigint primary key,
    survey_code varchar not null,
    survey_version varchar not null,
    questionnaire_type_code varchar not null,
    respondent_id varchar,
    respondent_type_code varchar not null,
    child_id bigint,
    service_status_code varchar,
    service_code varchar,
    agency_code varchar,
    staff_group_code varchar,
    invited_count integer not null,
    advocate_met_date date,
    views_form_returned_date date,
    invited_date date,
    leaflet_given_date date,
    not_completed_reason_code varchar
);
comment on table world.survey_invitations is 'Who was asked, and each step before the answer. The base for response rates and for the survey process. One row per person and questionnaire offered, or per group and questionnaire where the survey is anonymous.';

create table world.survey_responses (
    local_authority_code varchar not null,
    response_id bigint not null,
    question_code varchar not null,
    answer_number integer not null,
    survey_code varchar not null,
    survey_version varchar not null,
    questionnaire_type_code varchar not null,
    invitation_id bigint,
    respondent_id varchar,
    respondent_type_code varchar not null,
    child_id bigint,
    age_years integer,
    service_status_code varchar,
    service_code varchar,
    agency_code varchar,
    staff_group_code varchar,
    team_id varchar,
    completed_date date not null,
    processed_date date,
    method_code varchar,
    support_code varchar,
    is_advocate_only boolean,
    answer_code varchar,
    answer_value double,
    theme_code varchar,
    answer_text varchar,
    has_quote_consent boolean,
    primary key (response_id, question_code, answer_number)
);
comment on table world.survey_responses is 'Answers of children, care leavers, parents, carers, staff, partners and interviewers, from any questionnaire. One row per answer.';

create table world.progress_measures (
    local_authority_code varchar not null,
    measure_code varchar not null,
    tool_code varchar not null,
    measure_name varchar not null,
    domain_code varchar not null,
    subject_type_code varchar not null,
    minimum_score double,
    maximum_score double,
    is_higher_better boolean not null,
    improvement_points double,
    concern_threshold double,
    standard_deviation double,
    reliability double,
    minimum_gap_days integer,
    minimum_age_months integer,
    maximum_age_months integer,
    service_area_code varchar,
    valid_from_date date not null,
    valid_to_date date,
    primary key (local_authority_code, measure_code)
);
comment on table world.progress_measures is 'Tools and scales used to follow individual progress, with what is needed to read a score. Reserved measure codes, all coded states - tenancy_status, asb_status, care_entry_risk, vulnerable_child, home_violence_history, school_problem. One row per scale of a tool and version.';

create table world.progress_reviews (
    local_authority_code varchar not null,
    progress_review_id bigint primary key,
    person_id varchar,
    family_id bigint,
    participation_id bigint,
    service_code varchar,
    measure_code varchar not null,
    item_number integer not null,
    item_text varchar,
    review_type_code varchar not null,
    review_date date not null,
    rater_type_code varchar,
    worker_id varchar,
    score double,
    result_code varchar,
    intended_direction_code varchar,
    target_score double,
    target_date date,
    is_chosen_by_child boolean
);
comment on table world.progress_reviews is 'Scores and coded states of a child, parent or family on any measure, at the start, at reviews and at the end. One row per person or family, measure, item and review.';

create table world.service_register (
    local_authority_code varchar not null,
    service_code varchar primary key,
    service_name varchar not null,
    programme_code varchar,
    service_area_code varchar not null,
    provider_code varchar,
    provider_sector_code varchar,
    service_line_code varchar,
    purpose_text varchar,
    is_accredited boolean,
    place_count integer,
    start_date date,
    end_date date
);
comment on table world.service_register is 'Services and programmes, who provides them and where their cost is booked. Reserved programme codes - intensive_family_support, reinvigorating_social_work. One row per service.';

create table world.programme_participation (
    local_authority_code varchar not null,
    participation_id bigint primary key,
    service_code varchar not null,
    family_id bigint,
    person_id varchar,
    child_id bigint,
    worker_id varchar,
    delivery_model_code varchar,
    referral_source_code varchar,
    referral_date date,
    offered_date date,
    start_date date,
    end_date date,
    end_reason_code varchar,
    sessions_offered_count integer,
    sessions_attended_count integer
);
comment on table world.programme_participation is 'Places offered, taken up and finished by families, children, parents, carers and workers. One row per family, person or worker, per spell offered in a service under one delivery model.';

create table world.support_plans (
    local_authority_code varchar not null,
    support_item_id bigint primary key,
    person_id varchar not null,
    child_id bigint,
    need_type_code varchar not null,
    assessment_id varchar,
    assessed_date date not null,
    plan_start_date date,
    needed_by_date date,
    legal_basis_code varchar,
    service_code varchar,
    support_start_date date,
    support_end_date date,
    need_status_code varchar,
    status_date date,
    closed_date date
);
comment on table world.support_plans is 'Needs found and the support planned for each - health, equipment and adaptations, young carers, kinship carers, moves to adult services, risk, and help given by agreement. One row per need of a person and the support planned for it.';

create table world.family_contacts (
    local_authority_code varchar not null,
    contact_plan_id bigint not null,
    child_id bigint not null,
    contact_with_code varchar not null,
    contact_mode_code varchar not null,
    period_start_date date not null,
    period_end_date date not null,
    planned_count integer not null,
    held_count integer not null,
    not_held_reason_code varchar,
    primary key (contact_plan_id, period_start_date)
);
comment on table world.family_contacts is 'Family time a care plan sets, and how much of it took place. One row per child, relative, kind of contact and calendar month.';

create table world.placement_details (
    local_authority_code varchar not null,
    placement_id bigint primary key,
    child_id bigint not null,
    placement_start_date date not null,
    placement_end_date date,
    carer_or_home_id varchar not null,
    ofsted_urn varchar,
    is_registered boolean,
    approved_place_count integer,
    approved_minimum_age integer,
    approved_maximum_age integer,
    approved_use_codes varchar,
    placement_use_code varchar,
    exemption_start_date date,
    exemption_end_date date,
    sibling_group_id bigint,
    sibling_plan_code varchar
);
comment on table world.placement_details is 'What the looked after return does not hold about a placement - the terms it is approved or registered for, and siblings. One row per placement.';

create table world.incidents (
    local_authority_code varchar not null,
    incident_id varchar not null,
    involvement_number integer not null,
    incident_type_code varchar not null,
    child_id bigint,
    family_id bigint,
    incident_role_code varchar,
    incident_date date not null,
    started_at timestamp,
    ended_at timestamp,
    incident_setting_code varchar,
    recorded_by_agency_code varchar,
    offence_outcome_code varchar,
    follow_up_date date,
    primary key (incident_id, involvement_number)
);
comment on table world.incidents is 'Dated events about a child or family that need their own record - self-harm, bullying, offences, violence at home, complaints of anti-social behaviour, missing with times, homelessness, pregnancy, exploitation. One row per incident and child, or per incident and family where no child is named.';

create table world.education_enrolments (
    local_authority_code varchar not null,
    enrolment_id bigint primary key,
    person_id varchar not null,
    setting_urn varchar,
    setting_type_code varchar not null,
    year_group_code varchar,
    entry_date date not null,
    leaving_date date,
    leaving_reason_code varchar,
    funded_weekly_hours double,
    sen_provision_code varchar,
    young_carer_code varchar
);
comment on table world.education_enrolments is 'Where a child or young person learns or works - early years, school, college, training, job. One row per spell at a setting.';

create table world.education_attendance (
    local_authority_code varchar not null,
    person_id varchar not null,
    setting_urn varchar not null,
    academic_year integer not null,
    term_code varchar not null,
    sessions_possible integer not null,
    sessions_authorised integer not null,
    sessions_unauthorised integer not null,
    primary key (person_id, setting_urn, academic_year, term_code)
);
comment on table world.education_attendance is 'Sessions possible and missed. Session marks are counted by the groups of code set attendance_code. One row per child, setting, academic year and term.';

create table world.education_exclusions (
    local_authority_code varchar not null,
    exclusion_id bigint primary key,
    person_id varchar not null,
    setting_urn varchar,
    exclusion_start_date date not null,
    exclusion_category_code varchar not null,
    exclusion_reason_code varchar,
    sessions_lost double
);
comment on table world.education_exclusions is 'Suspensions and permanent exclusions. One row per suspension or exclusion.';

create table world.education_results (
    local_authority_code varchar not null,
    person_id varchar not null,
    academic_year integer not null,
    stage_code varchar not null,
    measure_code varchar not null,
    result_code varchar,
    result_value double,
    primary key (person_id, academic_year, stage_code, measure_code)
);
comment on table world.education_results is 'Results and teacher judgements of any stage. One row per child, academic year, stage and measure.';

create table world.staff_qualifications (
    local_authority_code varchar not null,
    worker_credential_id bigint primary key,
    worker_id varchar not null,
    credential_code varchar not null,
    credential_level integer,
    awarded_date date,
    expiry_date date
);
comment on table world.staff_qualifications is 'Qualifications, professional registrations and development plans of workers. One row per worker and credential.';

create table world.supervision (
    local_authority_code varchar not null,
    supervision_id bigint not null,
    worker_id varchar not null,
    supervisor_id varchar,
    supervision_type_code varchar not null,
    due_date date,
    held_date date,
    is_group_session boolean,
    primary key (supervision_id, worker_id)
);
comment on table world.supervision is 'Supervision due and held. One row per worker per session due or held.';

create table world.audits (
    local_authority_code varchar not null,
    audit_id bigint not null,
    audit_type_code varchar not null,
    commissioned_by_code varchar not null,
    audit_date date not null,
    audit_completed_date date,
    audited_event_date date,
    child_id bigint,
    auditor_id varchar,
    agency_code varchar,
    team_id varchar,
    service_code varchar,
    question_code varchar not null,
    answer_code varchar,
    answer_value double,
    moderated_answer_code varchar,
    finding_text varchar,
    primary key (audit_id, question_code)
);
comment on table world.audits is 'Case file and other audits, by any commissioner. Actions they lead to go to local_actions. One row per audit and question answered.';

create table world.board_activities (
    local_authority_code varchar not null,
    activity_id varchar primary key,
    activity_type_code varchar not null,
    group_code varchar,
    title_text varchar,
    service_code varchar,
    activity_date date not null,
    completed_date date,
    activity_status_code varchar not null,
    quality_grade_code varchar
);
comment on table world.board_activities is 'What the safeguarding board or partnership and its sub-groups did - meetings, training run, workshops, reviews, checks and commissioning decisions. One row per activity.';

create table world.meeting_attendance (
    local_authority_code varchar not null,
    attendance_id bigint primary key,
    activity_id varchar not null,
    activity_type_code varchar not null,
    activity_date date not null,
    child_id bigint,
    attendee_type_code varchar not null,
    attendee_id varchar,
    agency_code varchar,
    is_invited boolean not null,
    has_attended boolean not null,
    participation_code varchar,
    has_advocate boolean,
    report_due_date date,
    report_received_date date
);
comment on table world.meeting_attendance is 'Who was asked to a conference, review, board meeting, training session or workshop or to contribute to an assessment, who came, and whether the report asked of them came in time. One row per agency seat or person asked, per meeting, session or assessment.';

create table world.self_evaluation (
    local_authority_code varchar not null,
    instrument_code varchar not null,
    standard_code varchar not null,
    area_number integer,
    vision_heading_code varchar,
    assessment_date date not null,
    rater_code varchar not null,
    is_applicable boolean not null,
    grade integer,
    evidence_text varchar,
    author_role varchar,
    primary key (local_authority_code, instrument_code, standard_code, rater_code, assessment_date)
);
comment on table world.self_evaluation is 'Self-evaluation standard by standard, with any instrument, and others'' view of the same standard. One row per instrument, standard, rater and assessment.';

create table world.spend_lines (
    local_authority_code varchar not null,
    spend_line_id bigint primary key,
    period_start_date date not null,
    period_end_date date not null,
    service_line_code varchar not null,
    ro3_line_code varchar,
    service_code varchar,
    spend_type_code varchar not null,
    basis_code varchar not null,
    amount_gbp double not null,
    activity_units double,
    cost_unit_code varchar
);
comment on table world.spend_lines is 'Spend, income and activity by service line. spend_type groups follow the columns of the revenue outturn (ro3_column). One row per period, service line, service where known, spend type and basis.';

create table world.placement_costs (
    local_authority_code varchar not null,
    placement_id bigint not null,
    child_id bigint not null,
    placement_start_date date not null,
    cost_start_date date not null,
    cost_end_date date,
    provider_code varchar,
    procurement_code varchar,
    weekly_cost_gbp double not null,
    weekly_health_gbp double,
    weekly_education_gbp double,
    primary key (placement_id, cost_start_date)
);
comment on table world.placement_costs is 'Weekly cost of each placement and who shares it. One row per placement and spell at one weekly cost.';

create table world.targets (
    local_authority_code varchar not null,
    target_id bigint primary key,
    indicator_id varchar not null,
    target_type_code varchar not null,
    list_name varchar,
    scope_code varchar not null,
    service_code varchar,
    team_id varchar,
    target_value double,
    lower_value double,
    upper_value double,
    valid_from_date date not null,
    valid_to_date date,
    owner_role varchar,
    reason_text varchar,
    behaviour_note varchar
);
comment on table world.targets is 'What the authority aims for or follows - targets, bands, baselines, quotas, agreed timescales, and which indicators are priority curves, headline or switched off. Nothing is overwritten; a change is a new row. One row per indicator, scope and kind of aim from a date.';

create table world.story_notes (
    local_authority_code varchar not null,
    story_note_id bigint primary key,
    note_type_code varchar not null,
    indicator_id varchar,
    outcome_id varchar,
    service_code varchar,
    period_end_date date,
    note_date date not null,
    factor_direction_code varchar,
    evidence_source_code varchar,
    author_role varchar not null,
    note_text varchar not null,
    link_text varchar
);
comment on table world.story_notes is 'The story behind a baseline or trend, answers to the questions a figure raises, practice evidence, and what was fed back. One row per note.';

create table world.partners (
    local_authority_code varchar not null,
    partner_role_id bigint primary key,
    agency_code varchar not null,
    outcome_id varchar,
    indicator_id varchar,
    service_code varchar,
    role_text varchar not null,
    start_date date not null,
    end_date date
);
comment on table world.partners is 'Which agency has what part in an outcome, indicator or service. One row per agency and part played.';

create table world.actions (
    local_authority_code varchar not null,
    action_id bigint primary key,
    action_type_code varchar not null,
    origin_type_code varchar not null,
    origin_id varchar,
    indicator_id varchar,
    outcome_id varchar,
    service_code varchar,
    agency_code varchar,
    theme_code varchar,
    action_text varchar not null,
    owner_role varchar,
    start_date date,
    due_date date,
    completed_date date,
    action_status_code varchar not null,
    told_date date,
    is_low_cost boolean
);
comment on table world.actions is 'Actions to turn a curve, to learn from an audit or review, or to change a service because of what people said. One row per action.';

create table world.milestones (
    local_authority_code varchar not null,
    milestone_id bigint primary key,
    milestone_type_code varchar not null,
    stage_code varchar,
    judgement_code varchar,
    title_text varchar not null,
    indicator_id varchar,
    service_code varchar,
    zone_code varchar,
    start_date date not null,
    end_date date
);
comment on table world.milestones is 'Dated events and stages to read a trend against - improvement journey, inspections, changes of leadership, budget or process, programme spans, outside events. One row per event or stage.';

create table world.programme_family_members (
    local_authority_code varchar not null,
    family_id bigint not null,
    person_id varchar not null,
    member_role_code varchar not null,
    date_of_birth date not null,
    joined_date date not null,
    left_date date,
    primary key (family_id, person_id, joined_date)
);
comment on table world.programme_family_members is 'Members of families that a programme alone knows. One row per person and spell in a family.';

-- ---- the truth the simulator keeps beside the extracts ----

create table world.truth_surveys (
    local_authority_code varchar not null,
    return_year integer not null,
    survey_code varchar not null,
    questionnaire_type_code varchar not null,
    respondent_type_code varchar not null,
    eligible_count bigint not null,
    invited_count bigint not null,
    responded_count bigint not null,
    primary key (
        local_authority_code, return_year, survey_code, questionnaire_type_code, respondent_type_code
    )
);
comment on table world.truth_surveys is 'Who could have been asked, was asked and answered, by the year they became eligible. One row per authority, year ending 31 March, survey, point in the journey and kind of respondent.';

create table world.truth_questions (
    local_authority_code varchar not null,
    return_year integer not null,
    survey_code varchar not null,
    questionnaire_type_code varchar not null,
    respondent_type_code varchar not null,
    question_code varchar not null,
    answered_count bigint not null,
    valid_count bigint not null,         -- without 9, do not know or prefer not to say
    positive_count bigint not null,
    primary key (
        local_authority_code, return_year, survey_code, questionnaire_type_code,
        respondent_type_code, question_code
    )
);
comment on table world.truth_questions is 'Answers completed in the year. One row per authority, year, survey, point in the journey, kind of respondent and question.';

create table world.truth_programmes (
    local_authority_code varchar not null,
    return_year integer not null,
    service_code varchar not null,
    offered_count bigint not null,
    started_count bigint not null,
    completed_count bigint not null,
    primary key (local_authority_code, return_year, service_code)
);
comment on table world.truth_programmes is 'Places offered in the year and what became of them. One row per authority, year and service.';

create table world.truth_progress (
    local_authority_code varchar not null,
    return_year integer not null,
    measure_code varchar not null,
    better_count bigint not null,
    same_count bigint not null,
    worse_count bigint not null,
    not_known_count bigint not null,     -- lost to follow-up
    primary key (local_authority_code, return_year, measure_code)
);
comment on table world.truth_progress is 'How those fared whose baseline fell in the year, as the simulation decided it, to their last review. One row per authority, year and measure.';

create table world.truth_activities (
    local_authority_code varchar not null,
    return_year integer not null,
    activity varchar not null,
    due_count bigint not null,
    done_count bigint not null,
    primary key (local_authority_code, return_year, activity)
);
comment on table world.truth_activities is 'Audits, supervision, training places, board seats, school sessions: how many were due, and how many were done. One row per authority, year and activity.';

create table world.truth_scenarios (
    scenario varchar not null,
    indicator_id varchar not null,
    numerator_count bigint not null,
    denominator_count bigint,            -- null where the indicator is a count
    primary key (scenario, indicator_id)
);
comment on table world.truth_scenarios is 'Figures that a scenario was built to give, over all authorities together. One row per scenario and indicator.';
