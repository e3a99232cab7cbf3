-- Answers of audits of the year: which question, of which audits, and what is good.
select indicator_id, local_authority_code, period_id,
    count(*) filter (where list_contains(good_answers, answer_code)), count(*)
from years
inner join world.audits on audit_date between first_day and last_day
inner join (
    values
    ('rees_int_skills_practice_good_or_better', 'practice_grade', 'case_file',
        ['good', 'outstanding']),
    ('rees_int_values_ethics_audit_identity', 'identity_considered', 'case_file', ['yes']),
    ('rees_int_identify_risk_harm_audit_threshold', 'threshold_section_47', null, ['yes']),
    ('rees_int_support_level_audit_proportionate', 'support_level_appropriate', 'case_file',
        ['yes']),
    ('rees_int_identify_cin_audit_front_door', 'threshold_front_door', null, ['yes']),
    ('rees_int_parents_involved_audit_parent_views', 'parent_views_evident', 'case_file',
        ['yes']),
    ('rees_int_children_involved_audit_child_voice', 'child_views_evident', 'case_file', ['yes'])
) as asked (indicator_id, question_code, audit_type, good_answers) using (question_code)
where coalesce(audit_type = audit_type_code, true)
group by all;

select 'rees_int_shared_practice_moderation_agreement', local_authority_code, period_id,
    count(*) filter (where answer_code = moderated_answer_code), count(*)
from years
inner join world.audits on audit_date between first_day and last_day
where audit_type_code = 'case_file' and question_code = 'practice_grade'
    and moderated_answer_code is not null
group by all;

select 'lscb_hm_audits', local_authority_code, period_id, count(distinct audit_id), null
from years
inner join world.audits on audit_completed_date between first_day and last_day
where commissioned_by_code = 'lscb'
group by all;

select 'lscb_hm_case_file_audits', local_authority_code, period_id, count(distinct audit_id), null
from years
inner join world.audits on audit_completed_date between first_day and last_day
where audit_type_code = 'case_file' and question_code = 'plan_outcomes_set'
group by all;

select 'lscb_hw_audit_care_plan_outcomes', local_authority_code, period_id,
    count(*) filter (where achieved > plans_set / 2), count(*)
from (
    select period_id, local_authority_code, audit_id,
        max(answer_value) filter (where question_code = 'plan_outcomes_set') as plans_set,
        max(answer_value) filter (where question_code = 'plan_outcomes_achieved') as achieved
    from years
    inner join world.audits on audit_completed_date between first_day and last_day
    where audit_type_code = 'case_file'
    group by all
)
where plans_set > 0
group by all;

select indicator_id, local_authority_code, period_id, count(*), null
from years
inner join world.board_activities on activity_date between first_day and last_day
inner join (
    values
    ('lscb_hm_training_sessions', 'training_session', 'delivered'),
    ('lscb_hm_meetings', 'lscb_meeting', 'held'),
    ('lscb_hm_serious_case_reviews', 'serious_case_review', null),
    ('lscb_hm_sait_workshops', 'sait_workshop', 'held'),
    ('lscb_hm_criminal_record_checks', 'crb_check', 'completed')
) as done (indicator_id, activity_type_code, in_status) using (activity_type_code)
where coalesce(activity_status_code = in_status, true)
group by all;

select 'lscb_hw_scr_quality', local_authority_code, period_id,
    count(*) filter (where quality_grade_code in ('good', 'outstanding')), count(*)
from years
inner join world.board_activities on completed_date between first_day and last_day
where activity_type_code = 'serious_case_review' and quality_grade_code is not null
group by all;

select 'afc_commissioning_involvement', local_authority_code, period_id,
    count(*) filter (where is_involved), count(*)
from (
    select period_id, activities.local_authority_code, activity_id, exists (
        select 1 from world.meeting_attendance as there
        where there.activity_id = activities.activity_id
            and there.activity_type_code = activities.activity_type_code
            and there.local_authority_code = activities.local_authority_code
            and attendee_type_code in ('child', 'parent_carer', 'community')
            and (has_attended or report_received_date is not null)
    ) as is_involved
    from years
    inner join world.board_activities as activities
        on activity_date between first_day and last_day
    where activity_type_code = 'commissioning_decision' and activity_status_code = 'held'
)
group by all;

select unnest(['lscb_hw_sait_band2', 'lscb_bo_sait_band2']), local_authority_code, period_id,
    count(*) filter (where grade >= 2), count(*)
from years
inner join world.self_evaluation on assessment_date between first_day and last_day
where instrument_code = 'sait' and rater_code = 'board' and is_applicable
group by all;

select 'pif_' || area_number || '_qi_grade', local_authority_code, period_id,
    sum(grade), count(*)
from years
inner join world.self_evaluation on assessment_date between first_day and last_day
where instrument_code = 'pif' and rater_code = 'authority'
group by all;

select 'lscb_hw_meeting_attendance', local_authority_code, period_id,
    count(*) filter (where has_attended), count(*)
from years
inner join world.meeting_attendance on activity_date between first_day and last_day
where activity_type_code = 'lscb_meeting' and attendee_type_code = 'agency'
group by all;

select 'rees_int_multi_agency_conference_attendance', local_authority_code, period_id,
    count(*) filter (where has_attended or report_received_date is not null), count(*)
from years
inner join world.meeting_attendance on activity_date between first_day and last_day
where activity_type_code in ('initial_conference', 'review_conference')
    and attendee_type_code = 'agency' and agency_code <> 'childrens_social_care' and is_invited
group by all;

select 'rees_int_reflective_learning_audit_actions_closed', local_authority_code, period_id,
    count(*) filter (where completed_date <= due_date), count(*)
from years
inner join world.actions on due_date between first_day and last_day
where action_type_code = 'learning' and origin_type_code = 'audit'
group by all;

select 'torfaen_survey_service_changes', local_authority_code, period_id, count(*), null
from years
inner join world.actions on completed_date between first_day and last_day
where action_type_code = 'service_change' and origin_type_code = 'child_feedback'
group by all;
