with measures as (
    select
        *,
        length(question_codes) - length(replace(question_codes, ';', '')) + 1
            as questions_needed
    from {{ ref('survey_measures') }}
),

-- A measure for each question that it asks, so that answers meet their own measures only.
by_question as (
    select
        *,
        {{ row_for_each(split_codes('question_codes')) }} as question_code
    from measures
),

years as (
    select * from {{ ref('periods') }}
    where period_type = 'year'
),

answers as (
    select * from {{ ref('int_survey_answers') }}
),

-- One row per measure, year, person and question: the latest answer that can be scored, else the
-- latest that was given.
asked as (
    select
        measures.measure_code,
        measures.questions_needed,
        measures.counted_answer_codes,
        measures.unscored_answer_codes,
        measures.population_code,
        measures.compared_as,
        measures.contrary_answer_codes,
        measures.earlier_questionnaire_type_codes,
        measures.earlier_least_days,
        measures.earlier_best_days,
        measures.earlier_most_days,
        years.period_id,
        answers.local_authority_code,
        case
            when measures.counts_each_response then answers.response_id
            -- A group or a nameless questionnaire has no person: each response stands for one.
            else coalesce(answers.respondent_key, answers.response_id)
        end as subject_key,
        answers.child_id,
        answers.respondent_type_code,
        answers.question_code,
        answers.completed_date,
        answers.answer_code,
        coalesce(answers.is_advocate_only, false) as is_kept_apart,
        answers.age_years is null
        and answers.respondent_type_code = 'child'
        and coalesce(measures.age_from, measures.age_to) is not null as is_of_unknown_age,
        coalesce(
            not {{ is_listed('measures.unscored_answer_codes', 'answers.answer_code') }}, false
        ) as is_scored,
        coalesce(
            {{ is_listed('measures.counted_answer_codes', 'answers.answer_code') }}, false
        ) as is_counted,
        answers._file_sha256,
        answers._row_number
    from answers
    inner join by_question as measures
        on answers.question_code = measures.question_code
        and {{ is_listed_or_any('measures.respondent_type_codes', 'answers.respondent_type_code') }}
        and {{ is_listed_or_any(
            'measures.questionnaire_type_codes', 'answers.questionnaire_type_code'
        ) }}
        and {{ is_listed_or_any('measures.service_status_codes', 'answers.service_status_code') }}
        and {{ is_listed_or_any('measures.staff_group_codes', 'answers.staff_group_code') }}
        and {{ is_listed_or_any('measures.support_codes', 'answers.support_code') }}
        and {{ is_listed_or_any('measures.method_codes', 'answers.method_code') }}
        -- Ages are asked of children who answer: of whatever age a parent's child is, it counts.
        and (
            answers.respondent_type_code <> 'child'
            or answers.age_years is null
            or (
                answers.age_years >= coalesce(measures.age_from, answers.age_years)
                and answers.age_years <= coalesce(measures.age_to, answers.age_years)
            )
        )
    inner join years
        on answers.completed_date between years.period_start and years.period_end
    qualify row_number() over (
        partition by
            measures.measure_code, answers.local_authority_code, years.period_id,
            case
                when measures.counts_each_response then answers.response_id
                else coalesce(answers.respondent_key, answers.response_id)
            end,
            answers.question_code
        order by
            coalesce(
                {{ is_listed('measures.unscored_answer_codes', 'answers.answer_code') }}, true
            ) asc,
            answers.completed_date desc, answers.response_id desc, answers.answer_number asc
    ) = 1
),

answered as (
    select
        *,
        sum(case when is_scored then 1 else 0 end) over person as questions_scored,
        sum(case when is_scored and is_counted then 1 else 0 end) over person
            as questions_counted,
        count(answer_code) over person as questions_answered,
        max(case when is_kept_apart then 1 else 0 end) over person as has_kept_apart,
        max(case when is_of_unknown_age then 1 else 0 end) over person as has_unknown_age
    from asked
    window person as (
        partition by measure_code, local_authority_code, period_id, subject_key
    )
    qualify row_number() over (
        partition by measure_code, local_authority_code, period_id, subject_key
        order by completed_date desc, question_code asc
    ) = 1
),

-- The answer of the same person to the same question that this one is held against.
earlier as (
    select
        answered.measure_code,
        answered.local_authority_code,
        answered.period_id,
        answered.subject_key,
        answers.answer_code,
        coalesce(answers.is_advocate_only, false) as is_kept_apart,
        cast(answers.answer_code as integer) < cast(answered.answer_code as integer) as is_lower,
        cast(answers.answer_code as integer) > cast(answered.answer_code as integer)
            as is_higher,
        coalesce({{ is_listed('answered.counted_answer_codes', 'answers.answer_code') }}, false)
            as is_counted
    from answered
    inner join answers
        on answered.local_authority_code = answers.local_authority_code
        and answered.subject_key = answers.respondent_key
        and answered.respondent_type_code = answers.respondent_type_code
        and answered.question_code = answers.question_code
        and {{ is_listed_or_any(
            'answered.earlier_questionnaire_type_codes', 'answers.questionnaire_type_code'
        ) }}
        and not {{ is_listed('answered.unscored_answer_codes', 'answers.answer_code') }}
        and {{ days_between('answers.completed_date', 'answered.completed_date') }}
        between answered.earlier_least_days
        and coalesce(
            answered.earlier_most_days,
            {{ days_between('answers.completed_date', 'answered.completed_date') }}
        )
    where answered.compared_as is not null
    qualify row_number() over (
        partition by
            answered.measure_code, answered.local_authority_code, answered.period_id,
            answered.subject_key
        order by
            abs(
                {{ days_between('answers.completed_date', 'answered.completed_date') }}
                - coalesce(answered.earlier_best_days, 0)
            ) asc,
            answers.completed_date desc, answers.response_id desc, answers.answer_number asc
    ) = 1
),

-- Children of whom it is known when they started to be looked after, and whether in the year.
care_starts as (
    select
        care.local_authority_code,
        care.child_id,
        years.period_id,
        max(
            case
                when care.period_start_date between years.period_start and years.period_end
                    then 1
                else 0
            end
        ) as has_started_care
    from {{ ref('int_care_periods') }} as care
    cross join years
    where not care.is_short_breaks_only and care.is_start_held
    group by care.local_authority_code, care.child_id, years.period_id
),

question_bank as (
    select distinct
        local_authority_code,
        survey_code,
        survey_version,
        question_code
    from {{ ref('stg_local__survey_questions') }}
    -- Whom such a question was put to, of those invited, nobody says.
    where asked_of_text is null
),

completed as (
    select distinct
        local_authority_code,
        invitation_id
    from answers
),

-- Who was invited to a questionnaire with the question, of the ages it asks, completed none for the
-- invitation and answered nowhere else in the year. How somebody answered is known of answers only,
-- so a measure of one way of answering has none.
silent as (
    select
        measures.measure_code,
        years.period_id,
        invitations.local_authority_code,
        invitations.respondent_key as subject_key,
        invitations.child_id,
        invitations.invited_date,
        invitations._file_sha256,
        invitations._row_number
    from {{ ref('int_survey_invitations') }} as invitations
    inner join question_bank
        on invitations.local_authority_code = question_bank.local_authority_code
        and invitations.survey_code = question_bank.survey_code
        and invitations.survey_version = question_bank.survey_version
    inner join by_question as measures
        on question_bank.question_code = measures.question_code
        and {{ is_listed_or_any(
            'measures.respondent_type_codes', 'invitations.respondent_type_code'
        ) }}
        and {{ is_listed_or_any(
            'measures.questionnaire_type_codes', 'invitations.questionnaire_type_code'
        ) }}
        and {{ is_listed_or_any(
            'measures.service_status_codes', 'invitations.service_status_code'
        ) }}
        and {{ is_listed_or_any('measures.staff_group_codes', 'invitations.staff_group_code') }}
        and not coalesce(measures.counts_each_response, false)
        and measures.support_codes is null
        and measures.method_codes is null
    inner join years
        on invitations.invited_date between years.period_start and years.period_end
    left join answered
        on measures.measure_code = answered.measure_code
        and invitations.local_authority_code = answered.local_authority_code
        and years.period_id = answered.period_id
        and invitations.respondent_key = answered.subject_key
    left join completed
        on invitations.local_authority_code = completed.local_authority_code
        and invitations.invitation_id = completed.invitation_id
    left join {{ ref('int_children') }} as children
        on invitations.local_authority_code = children.local_authority_code
        and invitations.child_id = children.child_id
    where invitations.respondent_key is not null
        and answered.subject_key is null
        and completed.invitation_id is null
        and (
            invitations.respondent_type_code <> 'child'
            or children.date_of_birth is null
            or {{ age_on('children.date_of_birth', 'invitations.invited_date') }}
            between coalesce(measures.age_from, 0)
            and coalesce(
                measures.age_to,
                {{ age_on('children.date_of_birth', 'invitations.invited_date') }}
            )
        )
    qualify row_number() over (
        partition by
            measures.measure_code, invitations.local_authority_code, years.period_id,
            invitations.respondent_key
        order by
            invitations.invited_date desc, invitations._file_sha256 asc,
            invitations._row_number asc
    ) = 1
),

compared as (
    select
        answered.*,
        earlier.answer_code as earlier_answer_code,
        coalesce(earlier.is_kept_apart, false) as is_earlier_kept_apart,
        care_starts.has_started_care,
        case answered.compared_as
            when 'higher_or_both_count'
                then earlier.is_lower
                    or (answered.is_counted and earlier.is_counted)
            when 'higher_or_counts'
                then answered.is_counted
                    or coalesce(earlier.is_lower, false)
            else answered.questions_counted = answered.questions_needed
        end as is_in_numerator,
        case
            when answered.compared_as is not null
                then cast(earlier.is_lower as integer) - cast(earlier.is_higher as integer)
            when {{ is_listed('answered.contrary_answer_codes', 'answered.answer_code') }} then -1
            when answered.contrary_answer_codes is not null
                then cast(answered.is_counted as integer)
        end as change_on_baseline
    from answered
    left join earlier
        on answered.measure_code = earlier.measure_code
        and answered.local_authority_code = earlier.local_authority_code
        and answered.period_id = earlier.period_id
        and answered.subject_key = earlier.subject_key
    left join care_starts
        on answered.local_authority_code = care_starts.local_authority_code
        and answered.child_id = care_starts.child_id
        and answered.period_id = care_starts.period_id
),

people as (
    select
        measure_code,
        period_id,
        local_authority_code,
        subject_key,
        -- An answer that the child let only the advocate see counts, and leads to no child.
        case when has_kept_apart = 0 and not is_earlier_kept_apart then child_id end as child_id,
        completed_date as event_date,
        case
            when has_unknown_age = 1 then 'AGE_NOT_RECORDED'
            -- Of a child whom those records do not know, the question is taken at its word.
            when population_code = 'started_care_in_year' and has_started_care = 0
                then 'CARE_STARTED_IN_ANOTHER_YEAR'
        end as exclusion_code,
        case
            when questions_scored < questions_needed and questions_answered > questions_scored
                then 'NOT_SAID'
            when questions_scored < questions_needed then 'NOT_ANSWERED'
            when is_in_numerator is null then 'NO_BASELINE'
        end as missing_code,
        case when is_in_numerator then 1 else 0 end as is_in_numerator,
        change_on_baseline,
        case
            when compared_as is null
                then 'questions answered so: ' || cast(questions_counted as varchar) || ' of '
                    || cast(questions_needed as varchar)
            else 'answer: ' || coalesce(answer_code, 'none') || ', earlier: '
                || coalesce(earlier_answer_code, 'none')
        end as evidence,
        _file_sha256,
        _row_number
    from compared
    union all
    select
        measure_code,
        period_id,
        local_authority_code,
        subject_key,
        child_id,
        invited_date as event_date,
        cast(null as varchar) as exclusion_code,
        'NO_RESPONSE' as missing_code,
        cast(null as integer) as is_in_numerator,
        cast(null as integer) as change_on_baseline,
        'invited on ' || cast(invited_date as varchar) as evidence,
        _file_sha256,
        _row_number
    from silent
)

select
    measure_code,
    'respondent' as subject_type,
    subject_key,
    '' as event_key,
    local_authority_code,
    'survey_respondents' as cohort_code,
    period_id,
    case when exclusion_code is null then 1 else 0 end as denominator_flag,
    case when exclusion_code is null and missing_code is null then is_in_numerator end
        as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    exclusion_code,
    case when exclusion_code is null then missing_code end as missing_code,
    event_date,
    child_id,
    'local' as source_id,
    evidence,
    _file_sha256,
    _row_number,
    case when exclusion_code is null and missing_code is null then change_on_baseline end
        as change_on_baseline
from people
