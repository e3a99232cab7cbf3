-- Answers of 1 to 5 of the year, of each person the latest to each question; who gave no name is a
-- person by the answer.
create temp view answers as
select
    period_id, first_day, last_day, answered.*,
    coalesce(respondent_id, 'response ' || response_id) as person
from years
inner join world.survey_responses as answered on completed_date between first_day and last_day
where answer_code between '1' and '5';

-- Of each question that is asked by itself or with others: who answers, in which questionnaires and
-- services, at which ages, and with whose help. All its questions have to be answered, and well.
with asked as (
    select * from (
        values
        ('rees_int_reflective_learning_staff_view', ['staff_time_to_reflect'], 'staff'),
        ('rees_int_leadership_staff_confidence', ['staff_leaders_create_conditions'], 'staff'),
        ('rees_int_infrastructure_staff_systems_view', ['staff_systems_support'], 'staff'),
        ('rees_int_motivated_staff_engagement', ['staff_motivated'], 'staff'),
        ('rees_int_values_ethics_staff_view', ['staff_values_ethics'], 'social worker'),
        ('torfaen_sw_targets_negative_view', ['staff_targets_harm_outcomes'], 'social worker'),
        ('rees_int_shared_practice_staff_view', ['staff_shared_good_practice'], 'staff'),
        ('rees_int_partners_identify_partner_staff_confident', ['partner_confident_to_refer'],
            'partner'),
        ('lscb_bo_staff_competent', ['staff_competent_procedures'], 'staff or partner'),
        ('lscb_bo_training_improved_knowledge', ['staff_training_improved_knowledge'], 'trained'),
        ('dorset_outcome_clarity_staff', ['staff_clear_good_outcome'], 'trained staff'),
        ('rees_int_reflective_learning_feedback_acted_on', ['told_what_changed'],
            'child or parent'),
        ('rees_int_skills_family_view_skilled', ['worker_knows_how_to_help'],
            'child of 8 or parent'),
        ('rees_int_motivated_family_view_reliable', ['worker_keeps_promises'],
            'child of 8 or parent'),
        ('rees_int_values_ethics_family_respected', ['treated_with_respect'],
            'child of 8 or parent'),
        ('dorset_made_difference_view', ['help_made_a_difference'], 'child of 8 or parent'),
        ('pif_2_r_5', ['life_improved_by_support'], 'child of 8 or parent'),
        ('afc_experience_child_view', ['access_experience', 'delivery_experience'], 'child of 8'),
        ('afc_experience_parent_view', ['access_experience', 'delivery_experience'], 'parent'),
        ('pif_2_r_7', ['parent_views_heard', 'parent_supported_seven_outcomes'], 'parent'),
        ('rees_int_shared_practice_family_consistent_messages', ['parent_consistent_messages'],
            'parent'),
        ('rees_int_multi_agency_family_joined_up', ['parent_joined_up_help'], 'parent in need'),
        ('rees_int_infrastructure_reach_worker_view', ['parent_can_reach_worker'],
            'parent in need'),
        ('rees_int_support_level_parent_right_amount', ['parent_right_amount_of_help'],
            'parent in need'),
        ('rees_int_parents_involved_parent_view', ['parent_involved_in_planning'],
            'parent in need'),
        ('rees_int_parents_services_respond_parent_view', ['parent_services_respond'],
            'parent in need'),
        ('rees_int_parents_trust_parent_view', ['parent_trusts_worker'], 'parent in need'),
        ('dorset_listened_parents', ['parent_listened_to', 'parent_trusts_worker'],
            'parent in need'),
        ('rees_child_early_education_parent_view', ['parent_early_education_helps'],
            'parent in need'),
        ('rees_int_identify_cin_parent_help_when_first_needed', ['parent_help_when_first_needed'],
            'parent in need only'),
        ('rees_int_leadership_care_experienced_heard', ['child_leaders_listen'],
            'child in care or leaver'),
        ('rees_int_care_leavers_contact_care_leaver_view', ['care_leaver_gets_help'], 'leaver'),
        ('rees_child_stability_child_view_secure', ['child_feels_secure_in_placement'],
            'child in care'),
        ('rees_int_identify_not_safe_home_decision_understood', ['child_understands_why_in_care'],
            'child come into care'),
        ('pif_2_n_10', ['child_has_trusted_adult'], 'child in care at school'),
        ('rees_int_identify_risk_harm_asked_about_safety', ['child_heard_about_safety'], 'child'),
        ('rees_int_children_trust_child_view', ['child_trusts_worker'], 'child'),
        ('rees_int_children_involved_child_view', ['child_involved_in_planning'], 'child'),
        ('rees_int_children_services_respond_child_view', ['child_services_respond'], 'child'),
        ('rees_child_healthy_development_self_reported_health', ['child_general_health'], 'child'),
        ('rees_child_mental_health_child_view_help', ['child_help_with_feelings'], 'child'),
        ('rees_child_education_progress_child_view', ['child_doing_well_at_school'], 'child'),
        ('rees_child_education_stable_positive_child_view_enjoys', ['child_enjoys_school'],
            'child'),
        ('rees_child_education_engaged_child_view', ['child_helped_to_attend'], 'child'),
        ('dorset_listened_children', ['child_listened_to', 'child_trusts_worker'], 'child'),
        ('pif_2_h_6', ['health_information', 'health_access', 'health_care'], 'child'),
        ('pif_2_ach_5', ['child_knows_good_at'], 'child'),
        ('pif_2_act_2', ['child_has_regular_activity'], 'child'),
        ('pif_2_r_6', ['child_views_heard', 'treated_with_respect', 'child_given_responsibility'],
            'child'),
        ('pif_2_inc_7', ['child_accepted', 'child_treated_fairly', 'child_takes_part'], 'child'),
        ('rees_child_safe_child_view', ['child_feels_safe_at_home'], 'child of 6'),
        ('rees_child_settled_happy_child_view', ['child_settled_and_happy'], 'child of 6'),
        ('torfaen_feel_safe_after_support', ['child_feels_safe_at_home'], 'end of plan'),
        ('lscb_hw_cyp_positive_outcome', ['child_positive_outcome'], 'end of plan'),
        ('torfaen_survey_safe_at_registration', ['child_feels_safe_at_home'], 'start of plan'),
        ('torfaen_survey_perception_positive', ['child_perception_service'], 'plan'),
        ('torfaen_survey_questions_suitable', ['child_questions_made_sense'], 'plan'),
        ('torfaen_bullying_reported', ['child_bullied_at_school'], 'plan'),
        ('torfaen_survey_advocate_open', ['child_advocate_helped_open'], 'with an advocate'),
        ('torfaen_survey_able_to_discuss', ['child_able_to_discuss_views'], 'interviewed')
    ) as questions (indicator_id, question_codes, who)
    inner join (
        values
        ('staff', ['staff'], null, null, null, null),
        ('social worker', ['staff'], null, null, null, null),
        ('partner', ['partner'], null, null, null, null),
        ('staff or partner', ['staff', 'partner'], null, null, null, null),
        ('trained', ['staff', 'partner'], ['post_training'], null, null, null),
        ('trained staff', ['staff'], ['post_training'], null, null, null),
        ('child or parent', ['child', 'parent_carer'], null, null, null, null),
        ('child of 8 or parent', ['child', 'parent_carer'], null, null, 8, null),
        ('child of 8', ['child'], null, null, 8, null),
        ('parent', ['parent_carer'], null, null, null, null),
        ('parent in need', ['parent_carer'], null,
            ['child_in_need', 'protection_plan', 'looked_after'], null, null),
        ('parent in need only', ['parent_carer'], null, ['child_in_need'], null, null),
        ('child in care or leaver', ['child'], null, ['looked_after', 'care_leaver'], 8, 25),
        ('leaver', ['child'], null, ['care_leaver'], 18, 25),
        ('child in care', ['child'], null, ['looked_after'], 8, 17),
        ('child come into care', ['child'], null, ['looked_after'], 8, 17),
        ('child in care at school', ['child'], null, ['looked_after'], 5, 16),
        ('child', ['child'], null, ['child_in_need', 'protection_plan', 'looked_after'], 8, 17),
        ('child of 6', ['child'], null,
            ['child_in_need', 'protection_plan', 'looked_after'], 6, 17),
        ('end of plan', ['child'], ['deregistration'], null, 6, 17),
        ('start of plan', ['child'], ['registration'], null, 6, 17),
        ('plan', ['child'], ['registration', 'deregistration'], null, 6, 17),
        ('with an advocate', ['child'], ['registration', 'deregistration'], null, 6, 17),
        ('interviewed', ['child'], null, null, 6, 17)
    ) as people (who, respondents, questionnaires, services, age_from, age_to) using (who)
)

select indicator_id, local_authority_code, period_id,
    count(*) filter (where is_good), count(*)
from (
    select indicator_id, local_authority_code, period_id, person,
        count(*) as answer_count, bool_and(answer_code >= '4') as is_good,
        any_value(len(question_codes)) as question_count
    from (
        select distinct on (indicator_id, local_authority_code, period_id, person, question_code) *
        from (select *, unnest(question_codes) as question_code from asked)
        inner join answers using (question_code)
        where list_contains(respondents, respondent_type_code)
            and (questionnaires is null or list_contains(questionnaires, questionnaire_type_code))
            and (services is null or list_contains(services, service_status_code))
            and (respondent_type_code <> 'child'
                or age_years between coalesce(age_from, 0) and coalesce(age_to, 99))
            and (who <> 'social worker' or staff_group_code = 'qualified_social_worker')
            and (who <> 'with an advocate' or support_code = 'advocate')
            and (who <> 'interviewed' or method_code = 'interview')
            and (who <> 'child come into care' or child_id in (
                select child_id from care where period_start_date between first_day and last_day
            ))
        order by completed_date desc, cast(response_id as varchar) desc
    )
    group by all
)
where answer_count = question_count
group by all;

-- The interviewer's records of the year. All that are lived are made within seven days of the
-- questionnaire, so that limit of the register is not seen to be kept here.
select 'torfaen_survey_no_distress', local_authority_code, period_id,
    count(*) filter (where answer_code = '1'), count(*)
from answers
where respondent_type_code = 'interviewer' and question_code = 'interviewer_saw_distress'
group by all;

select 'torfaen_survey_areas_for_change', local_authority_code, period_id,
    count(distinct response_id) filter (
        where question_code = 'child_improvement_idea' and theme_code is not null
    ), count(distinct response_id)
from years
inner join world.survey_responses on completed_date between first_day and last_day
where respondent_type_code = 'child'
    and questionnaire_type_code in ('registration', 'deregistration')
group by all;

-- The answer at the end of a plan beside the latest before it at the start of one.
select indicator_id, local_authority_code, period_id,
    count(*) filter (
        where later_code > earlier_code or (later_code >= '4' and earlier_code >= '4')
    ), count(*)
from (
    select distinct on (question_code, period_id, answers.person)
        answers.question_code, local_authority_code, period_id, answers.person,
        answers.answer_code as later_code, (
            select arg_max(before.answer_code, before.completed_date)
            from world.survey_responses as before
            where before.respondent_id = answers.respondent_id
                and before.question_code = answers.question_code
                and before.questionnaire_type_code = 'registration'
                and before.respondent_type_code = 'child'
                and before.completed_date < answers.completed_date
                and before.answer_code between '1' and '5'
        ) as earlier_code
    from answers
    where questionnaire_type_code = 'deregistration' and respondent_type_code = 'child'
        and age_years between 6 and 17
    order by completed_date desc, cast(response_id as varchar) desc
)
inner join (
    values ('torfaen_survey_safe_change', 'child_feels_safe_at_home'),
        ('torfaen_survey_welfare_change', 'child_wellbeing')
) as asked (indicator_id, question_code) using (question_code)
where earlier_code is not null
group by all;

-- Safe, or safer than in the answer of the two years before that is nearest to a year before.
select 'pif_2_s_4', local_authority_code, period_id,
    count(*) filter (where answer_code >= '4' or coalesce(answer_code > earlier_code, false)),
    count(*)
from (
    select distinct on (local_authority_code, period_id, person)
        local_authority_code, period_id, person, answer_code, (
            select arg_min(
                before.answer_code, abs(answers.completed_date - before.completed_date - 365)
            )
            from world.survey_responses as before
            where before.respondent_id = answers.respondent_id
                and before.question_code = answers.question_code
                and before.respondent_type_code = 'child'
                and answers.completed_date - before.completed_date between 1 and 730
                and before.answer_code between '1' and '5'
        ) as earlier_code
    from answers
    where question_code = 'child_feels_safe_at_home' and respondent_type_code = 'child'
        and service_status_code in ('child_in_need', 'protection_plan', 'looked_after')
        and age_years between 8 and 17
    order by completed_date desc, cast(response_id as varchar) desc
)
group by all;
