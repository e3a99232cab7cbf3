with measures as (
    select * from {{ ref('survey_process_measures') }}
),

years as (
    select * from {{ ref('periods') }}
    where period_type = 'year'
),

answers as (
    select
        *,
        -- What a child let only the advocate see, the questionnaire as a whole.
        max(case when is_advocate_only then 1 else 0 end) over (
            partition by local_authority_code, response_id
        ) = 1 as is_kept_apart
    from {{ ref('int_survey_answers') }}
),

-- Whoever was found not to belong to the survey took no step of it.
invitations as (
    select * from {{ ref('int_survey_invitations') }}
    where coalesce(not_completed_group, '') <> 'not_eligible'
),

-- Every step that somebody took towards an answer, with its day.
steps as (
    {%- for step in ['invited', 'advocate_met', 'views_form_returned', 'leaflet_given'] %}
    select
        '{{ step }}' as step_code,
        {{ step }}_date as step_date,
        local_authority_code,
        child_id,
        invitation_id,
        cast(null as varchar) as response_id,
        respondent_type_code,
        questionnaire_type_code,
        cast(null as varchar) as question_code,
        false as is_kept_apart
    from invitations
    where {{ step }}_date is not null
    union all
    {%- endfor %}
    {%- for step, day, taken in [
        ('completed', 'completed_date', 'true'),
        ('processed', 'processed_date', 'processed_date is not null'),
        ('theme_named', 'completed_date', 'theme_code is not null'),
    ] %}
    select
        '{{ step }}' as step_code,
        {{ day }} as step_date,
        local_authority_code,
        child_id,
        invitation_id,
        response_id,
        respondent_type_code,
        questionnaire_type_code,
        question_code,
        is_kept_apart
    from answers
    where {{ taken }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- A step is of the plan in whose time it falls: after the end of the child's plan before it, and
-- before the next begins.
plans as (
    select
        plans.*,
        coalesce(conferences.conference_date, plans.plan_start_date) as conference_date,
        lag(plans.plan_end_date) over (
            partition by plans.local_authority_code, plans.child_id
            order by plans.plan_start_date
        ) as steps_after_date,
        lead(plans.plan_start_date) over (
            partition by plans.local_authority_code, plans.child_id
            order by plans.plan_start_date
        ) as steps_before_date
    from {{ ref('int_protection_plans') }} as plans
    left join {{ ref('int_initial_conferences') }} as conferences
        on plans.local_authority_code = conferences.local_authority_code
        and plans.conference_id = conferences.conference_id
),

responses as (
    select * from answers
    qualify row_number() over (
        partition by local_authority_code, response_id, respondent_type_code
        order by question_code asc, answer_number asc
    ) = 1
),

-- What measures begin from: day of the period, and day from which steps are counted.
events as (
    {%- for index_event, day, counted_from in [
        ('plan_start', 'plan_start_date', 'plan_start_date'),
        ('plan_conference', 'plan_start_date', 'conference_date'),
        ('plan_end', 'plan_end_date', 'plan_end_date'),
    ] %}
    select
        '{{ index_event }}' as index_event,
        local_authority_code,
        child_id,
        child_id as subject_key,
        protection_plan_id as event_key,
        cast(null as varchar) as invitation_id,
        cast(null as varchar) as response_id,
        cast(null as varchar) as respondent_type_code,
        cast(null as varchar) as questionnaire_type_code,
        {{ day }} as event_date,
        {{ counted_from }} as counted_from_date,
        steps_after_date,
        steps_before_date,
        cast(null as varchar) as left_out_code,
        false as is_kept_apart,
        record_source as source_id,
        _file_sha256,
        _row_number
    from plans
    where {{ day }} is not null
    {%- if index_event == 'plan_end' %}
        -- A plan that only stopped being returned was not seen to end.
        and not is_end_inferred
    {%- endif %}
    union all
    {%- endfor %}
    select
        'service_end' as index_event,
        local_authority_code,
        child_id,
        child_id as subject_key,
        '' as event_key,
        cast(null as varchar) as invitation_id,
        cast(null as varchar) as response_id,
        cast(null as varchar) as respondent_type_code,
        cast(null as varchar) as questionnaire_type_code,
        end_date as event_date,
        end_date as counted_from_date,
        cast(null as date) as steps_after_date,
        cast(null as date) as steps_before_date,
        case
            when has_died then 'DIED'
            when has_moved_authority then 'MOVED_AUTHORITY'
        end as left_out_code,
        false as is_kept_apart,
        record_source as source_id,
        _file_sha256,
        _row_number
    from {{ ref('int_service_ends') }}
    union all
    select
        'invitation' as index_event,
        local_authority_code,
        child_id,
        coalesce(respondent_key, invitation_id) as subject_key,
        invitation_id as event_key,
        invitation_id,
        cast(null as varchar) as response_id,
        respondent_type_code,
        questionnaire_type_code,
        invited_date as event_date,
        invited_date as counted_from_date,
        cast(null as date) as steps_after_date,
        cast(null as date) as steps_before_date,
        cast(null as varchar) as left_out_code,
        false as is_kept_apart,
        'local' as source_id,
        _file_sha256,
        _row_number
    from invitations
    where invited_date is not null
    union all
    select
        'response' as index_event,
        local_authority_code,
        child_id,
        response_id as subject_key,
        '' as event_key,
        invitation_id,
        response_id,
        respondent_type_code,
        questionnaire_type_code,
        completed_date as event_date,
        completed_date as counted_from_date,
        cast(null as date) as steps_after_date,
        cast(null as date) as steps_before_date,
        cast(null as varchar) as left_out_code,
        is_kept_apart,
        'local' as source_id,
        _file_sha256,
        _row_number
    from responses
),

-- A child whose services ended more than once in a year counts by the last time.
begun as (
    select
        measures.measure_code,
        measures.respondent_type_codes,
        measures.questionnaire_type_codes,
        measures.age_from,
        measures.age_to,
        measures.step_before_code,
        measures.step_before_questionnaire_type_codes,
        measures.step_before_to_days,
        measures.step_code,
        measures.question_codes,
        measures.step_from_days,
        measures.step_to_days,
        coalesce(measures.is_count, false) as is_count,
        years.period_id,
        events.*
    from events
    inner join measures
        on events.index_event = measures.index_event
        and coalesce(
            {{ is_listed('measures.respondent_type_codes', 'events.respondent_type_code') }}, true
        )
        and coalesce(
            {{ is_listed(
                'measures.questionnaire_type_codes', 'events.questionnaire_type_code'
            ) }},
            true
        )
    inner join years on events.event_date between years.period_start and years.period_end
    qualify row_number() over (
        partition by
            measures.measure_code, events.local_authority_code, years.period_id,
            events.subject_key, events.event_key
        order by events.event_date desc
    ) = 1
),

-- The steps of the same invitation, response or child, those that the measure counts and those
-- that must come before.
stepped as (
    select
        begun.measure_code,
        begun.local_authority_code,
        begun.period_id,
        begun.subject_key,
        begun.event_key,
        steps.step_date,
        steps.response_id,
        steps.is_kept_apart,
        coalesce(
            steps.step_code = begun.step_code
            and {{ is_listed('begun.questionnaire_type_codes', 'steps.questionnaire_type_code') }}
            and {{ is_listed_or_any('begun.question_codes', 'steps.question_code') }}
            and {{ days_between('begun.counted_from_date', 'steps.step_date') }}
            >= coalesce(
                begun.step_from_days,
                {{ days_between('begun.counted_from_date', 'steps.step_date') }}
            )
            and {{ days_between('begun.counted_from_date', 'steps.step_date') }}
            <= coalesce(
                begun.step_to_days,
                {{ days_between('begun.counted_from_date', 'steps.step_date') }}
            ),
            false
        ) as is_step,
        coalesce(
            steps.step_code = begun.step_before_code
            and {{ is_listed(
                'begun.step_before_questionnaire_type_codes', 'steps.questionnaire_type_code'
            ) }}
            and {{ days_between('begun.counted_from_date', 'steps.step_date') }}
            <= coalesce(
                begun.step_before_to_days,
                {{ days_between('begun.counted_from_date', 'steps.step_date') }}
            ),
            false
        ) as is_step_before
    from begun
    inner join steps
        on begun.local_authority_code = steps.local_authority_code
        and {{ is_listed('begun.respondent_type_codes', 'steps.respondent_type_code') }}
        and case begun.index_event
            when 'invitation' then begun.invitation_id = steps.invitation_id
            when 'response' then begun.response_id = steps.response_id
            else begun.child_id = steps.child_id
                and coalesce(steps.step_date > begun.steps_after_date, true)
                and coalesce(steps.step_date < begun.steps_before_date, true)
        end
),

taken as (
    select
        measure_code,
        local_authority_code,
        period_id,
        subject_key,
        event_key,
        min(step_date) filter (where is_step) as step_date,
        coalesce(bool_or(is_step_before), false) as has_step_before,
        -- The first response that a child let only the advocate see, if any counts.
        min(response_id) filter (where is_step and is_kept_apart) as kept_apart_response_id
    from stepped
    group by measure_code, local_authority_code, period_id, subject_key, event_key
),

judged as (
    select
        begun.*,
        taken.step_date,
        taken.kept_apart_response_id,
        {{ age_on('children.date_of_birth', 'begun.counted_from_date') }} as age_years,
        coalesce(taken.has_step_before, false) as has_step_before
    from begun
    left join taken
        on begun.measure_code = taken.measure_code
        and begun.local_authority_code = taken.local_authority_code
        and begun.period_id = taken.period_id
        and begun.subject_key = taken.subject_key
        and begun.event_key = taken.event_key
    left join {{ ref('int_children') }} as children
        on begun.local_authority_code = children.local_authority_code
        and begun.child_id = children.child_id
),

decided as (
    select
        *,
        case
            when left_out_code is not null then left_out_code
            when coalesce(age_from, age_to) is not null and age_years is null
                then 'AGE_NOT_KNOWN'
            when age_years < age_from or age_years > age_to then 'AGE_OUT_OF_RANGE'
            when step_before_code is not null and not has_step_before
                then 'STEP_BEFORE_NOT_TAKEN'
            when is_count and step_date is null then 'STEP_NOT_TAKEN'
        end as exclusion_code,
        -- Its time is not over on the last day the figures know of.
        step_date is null and coalesce(
            {{ days_between('counted_from_date', "cast('" ~ var('as_at_date') ~ "' as date)") }}
            < step_to_days,
            false
        ) as is_too_soon
    from judged
),

-- What a child let only the advocate see counts, and leads to no child: it is of the response.
kept_apart as (
    select
        decided.*,
        responses.response_id as kept_response_id,
        responses._file_sha256 as kept_file_sha256,
        responses._row_number as kept_row_number
    from decided
    left join responses
        on decided.local_authority_code = responses.local_authority_code
        and coalesce(
            decided.kept_apart_response_id,
            case when decided.is_kept_apart then decided.response_id end
        ) = responses.response_id
        and {{ is_listed('decided.respondent_type_codes', 'responses.respondent_type_code') }}
)

select
    measure_code,
    case
        when index_event in ('invitation', 'response') or kept_response_id is not null
            then 'respondent'
        else 'child'
    end as subject_type,
    coalesce(kept_response_id, subject_key) as subject_key,
    case when kept_response_id is null then event_key else '' end as event_key,
    local_authority_code,
    'survey_process' as cohort_code,
    period_id,
    case when exclusion_code is null then 1 else 0 end as denominator_flag,
    case
        when exclusion_code is null and not is_too_soon
            then cast(step_date is not null as integer)
    end as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    exclusion_code,
    case when exclusion_code is null and is_too_soon then 'TOO_SOON' end as missing_code,
    case when kept_response_id is null then event_date else step_date end as event_date,
    case when kept_response_id is null then child_id end as child_id,
    case when kept_response_id is null then source_id else 'local' end as source_id,
    step_code || ': ' || coalesce(cast(step_date as varchar), 'no day recorded') as evidence,
    coalesce(kept_file_sha256, _file_sha256) as _file_sha256,
    coalesce(kept_row_number, _row_number) as _row_number
from kept_apart
