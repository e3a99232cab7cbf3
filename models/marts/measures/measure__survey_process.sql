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

responses as (
    select * from answers
    qualify row_number() over (
        partition by local_authority_code, response_id, respondent_type_code
        order by question_code asc, answer_number asc
    ) = 1
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
    {%- for step, taken_from, day, taken in [
        ('completed', 'responses', 'completed_date', 'true'),
        ('processed', 'responses', 'processed_date', 'processed_date is not null'),
        ('theme_named', 'answers', 'completed_date', 'theme_code is not null'),
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
    from {{ taken_from }}
    where {{ taken }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- Those that a measure counts, and those that must come before; each of the invitation, the
-- response or the child that the measure begins from.
read_steps as (
    {%- for step, types in [
        ('step', 'questionnaire_type_codes'),
        ('step_before', 'step_before_questionnaire_type_codes'),
    ] %}
    select
        measures.measure_code,
        {{ 'true' if step == 'step' else 'false' }} as is_step,
        steps.local_authority_code,
        case measures.index_event
            when 'invitation' then steps.invitation_id
            when 'response' then steps.response_id
            else steps.child_id
        end as taken_by,
        steps.step_date,
        steps.response_id,
        steps.is_kept_apart
    from measures
    inner join steps
        on measures.{{ step }}_code = steps.step_code
        and {{ is_listed('measures.respondent_type_codes', 'steps.respondent_type_code') }}
        and {{ is_listed('measures.' ~ types, 'steps.questionnaire_type_code') }}
    {%- if step == 'step' %}
        and {{ is_listed_or_any('measures.question_codes', 'steps.question_code') }}
    union all
    {%- endif %}
    {%- endfor %}
),

-- A step is of the plan in whose time it falls: after the end of the child's plan before it, and
-- before the next begins. Before the first day that a source of plans covers, only those are known
-- that were still open: they begin nothing here.
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

plans_known_from as (
    select
        local_authority_code,
        min(covered_from) as first_known_date
    from {{ ref('int_source_coverage') }}
    where source_extract in ('cin_census', 'ssd_cp_plans', 'annex_a_child_protection')
    group by local_authority_code
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
        plans.local_authority_code,
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
    inner join plans_known_from
        on plans.local_authority_code = plans_known_from.local_authority_code
        and plans.{{ day }} >= plans_known_from.first_known_date
    {%- if index_event == 'plan_end' %}
    -- A plan that only stopped being returned was not seen to end.
    where not is_end_inferred
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
        measures.age_from,
        measures.age_to,
        measures.step_before_code,
        measures.step_before_to_days,
        measures.step_code,
        measures.step_from_days,
        measures.step_to_days,
        coalesce(measures.is_count, false) as is_count,
        years.period_id,
        case measures.index_event
            when 'invitation' then events.invitation_id
            when 'response' then events.response_id
            else events.child_id
        end as taken_by,
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

-- The steps that lie in the days of the measure.
stepped as (
    select
        begun.measure_code,
        begun.local_authority_code,
        begun.period_id,
        begun.subject_key,
        begun.event_key,
        read_steps.is_step,
        read_steps.step_date,
        read_steps.response_id,
        read_steps.is_kept_apart,
        {{ days_between('begun.counted_from_date', 'read_steps.step_date') }} as days_after,
        case when read_steps.is_step then begun.step_from_days end as from_days,
        case
            when read_steps.is_step then begun.step_to_days
            else begun.step_before_to_days
        end as to_days
    from begun
    inner join read_steps
        on begun.measure_code = read_steps.measure_code
        and begun.local_authority_code = read_steps.local_authority_code
        and begun.taken_by = read_steps.taken_by
        and coalesce(read_steps.step_date > begun.steps_after_date, true)
        and coalesce(read_steps.step_date < begun.steps_before_date, true)
),

taken as (
    select
        measure_code,
        local_authority_code,
        period_id,
        subject_key,
        event_key,
        min(step_date) filter (where is_step) as step_date,
        bool_or(not is_step) as has_step_before,
        -- The first response that a child let only the advocate see, if any counts.
        min(response_id) filter (where is_step and is_kept_apart) as kept_apart_response_id
    from stepped
    where coalesce(days_after >= from_days, true) and coalesce(days_after <= to_days, true)
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
            {{ days_between('counted_from_date', as_at_date()) }}
            < step_to_days,
            false
        ) as is_too_soon
    from judged
),

-- Lists are matched apart: a left join on them goes through all pairs.
responses_counted as (
    select
        asked.respondent_type_codes,
        responses.local_authority_code,
        responses.response_id,
        responses._file_sha256,
        responses._row_number
    from (select distinct respondent_type_codes from decided) as asked
    inner join responses
        on {{ is_listed('asked.respondent_type_codes', 'responses.respondent_type_code') }}
),

-- What a child let only the advocate see counts, and leads to no child: it is of the response.
kept_apart as (
    select
        decided.*,
        responses.response_id as kept_response_id,
        responses._file_sha256 as kept_file_sha256,
        responses._row_number as kept_row_number
    from decided
    left join responses_counted as responses
        on decided.local_authority_code = responses.local_authority_code
        and decided.respondent_type_codes = responses.respondent_type_codes
        and coalesce(
            decided.kept_apart_response_id,
            case when decided.is_kept_apart then decided.response_id end
        ) = responses.response_id
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
