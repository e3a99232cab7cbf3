with parameters as (
    select {{ parameter_columns(['survey_gap_points']) }}
    from {{ ref('method_parameters') }}
),

years as (
    select * from {{ ref('periods') }}
    where period_type = 'year'
),

-- One row for each questionnaire, whoever answered it for themselves; its first answer says how.
responses as (
    select * from {{ ref('int_survey_answers') }}
    qualify row_number() over (
        partition by local_authority_code, response_id, respondent_type_code
        order by question_code asc, answer_number asc
    ) = 1
),

-- The answer to an invitation is that of whoever was invited: what the interviewer noted beside it
-- is none.
invited as (
    select
        invitations.local_authority_code,
        invitations.survey_code,
        invitations.questionnaire_type_code,
        invitations.respondent_type_code,
        -- Of somebody who was left out, the day of another step towards the survey.
        coalesce(
            invitations.invited_date, invitations.advocate_met_date,
            invitations.views_form_returned_date, invitations.leaflet_given_date
        ) as placed_date,
        case when invitations.invited_date is not null then invitations.invited_count else 0 end
            as invited_count,
        case when invitations.invited_date is null then invitations.invited_count else 0 end
            as left_out_count,
        case when responses.response_id is not null then 1 else 0 end as responded_count,
        invitations.child_id,
        invitations.not_completed_reason_code,
        responses.method_code,
        responses.support_code
    from {{ ref('int_survey_invitations') }} as invitations
    left join responses
        on invitations.local_authority_code = responses.local_authority_code
        and invitations.invitation_id = responses.invitation_id
        and invitations.respondent_type_code = responses.respondent_type_code
    -- Whoever was found not to belong to the survey is not of its population.
    where coalesce(invitations.not_completed_group, '') <> 'not_eligible'
    qualify row_number() over (
        partition by invitations.local_authority_code, invitations.invitation_id
        order by responses.completed_date asc nulls last, responses.response_id asc
    ) = 1
),

-- Nobody knows to which invitation of a group an answer is.
nameless as (
    select
        local_authority_code,
        survey_code,
        questionnaire_type_code,
        respondent_type_code,
        completed_date as placed_date,
        0 as invited_count,
        0 as left_out_count,
        1 as responded_count,
        child_id,
        cast(null as varchar) as not_completed_reason_code,
        method_code,
        support_code
    from responses
    where invitation_id is null
),

people as (
    select * from invited
    union all
    select * from nameless
),

described as (
    select
        people.*,
        years.period_id,
        children.sex,
        age_bands.age_band,
        children.ethnic_group
    from people
    left join years on people.placed_date between years.period_start and years.period_end
    left join {{ ref('int_children') }} as children
        on people.local_authority_code = children.local_authority_code
        and {{ key_if("people.respondent_type_code = 'child'", 'people.child_id') }}
        = children.child_id
    left join {{ ref('age_bands') }} as age_bands
        on {{ age_on('children.date_of_birth', 'people.placed_date') }}
        between age_bands.age_from and age_bands.age_to
),

-- Left out on no day that is recorded: in some year or other.
undated as (
    select
        local_authority_code,
        survey_code,
        questionnaire_type_code,
        respondent_type_code,
        sum(left_out_count) as undated_count
    from described
    where period_id is null
    group by
        local_authority_code, survey_code, questionnaire_type_code, respondent_type_code
),

sliced as (
    {%- for breakdown, value in {
        'all': "'all'",
        'sex': "coalesce(sex, 'Not known')",
        'age_band': "coalesce(age_band, 'Not known')",
        'ethnic_group': "coalesce(ethnic_group, 'Not known')",
        'method': "case when responded_count = 0 then 'Not answered'"
            ~ " else coalesce(method_code, 'Not known') end",
        'support': "case when responded_count = 0 then 'Not answered'"
            ~ " else coalesce(support_code, 'Not known') end",
        'not_completed_reason': "case when responded_count = 1 then 'Answered'"
            ~ " else coalesce(not_completed_reason_code, 'Not known') end",
    }.items() %}
    select
        '{{ breakdown }}' as breakdown,
        {{ value }} as breakdown_value,
        local_authority_code,
        period_id,
        survey_code,
        questionnaire_type_code,
        respondent_type_code,
        invited_count,
        left_out_count,
        responded_count
    from described
    where period_id is not null
    {%- if breakdown in ('sex', 'age_band', 'ethnic_group') %}
        and respondent_type_code = 'child'
    {%- endif %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

counted as (
    select
        local_authority_code,
        period_id,
        survey_code,
        questionnaire_type_code,
        respondent_type_code,
        breakdown,
        breakdown_value,
        sum(invited_count) as n_invited,
        sum(left_out_count) as n_left_out,
        sum(responded_count) as n_responded
    from sliced
    group by
        local_authority_code, period_id, survey_code, questionnaire_type_code,
        respondent_type_code, breakdown, breakdown_value
),

shared as (
    select
        counted.*,
        coalesce(undated.undated_count, 0) as n_left_out_undated,
        cast(counted.n_invited as double)
        / nullif(sum(counted.n_invited) over block, 0) as share_of_invited,
        cast(counted.n_responded as double)
        / nullif(sum(counted.n_responded) over block, 0) as share_of_responded,
        counted.breakdown in ('all', 'sex', 'age_band', 'ethnic_group') as is_of_people
    from counted
    left join undated
        on counted.local_authority_code = undated.local_authority_code
        and counted.survey_code = undated.survey_code
        and counted.questionnaire_type_code = undated.questionnaire_type_code
        and counted.respondent_type_code = undated.respondent_type_code
    window block as (
        partition by
            counted.local_authority_code, counted.period_id, counted.survey_code,
            counted.questionnaire_type_code, counted.respondent_type_code, counted.breakdown
    )
)

select
    shared.local_authority_code,
    shared.period_id,
    years.period_start,
    years.period_end,
    shared.survey_code,
    shared.questionnaire_type_code,
    shared.respondent_type_code,
    shared.breakdown,
    shared.breakdown_value,
    case
        when shared.n_left_out_undated = 0 then cast(shared.n_invited + shared.n_left_out as bigint)
    end as n_eligible,
    cast(shared.n_invited as bigint) as n_invited,
    cast(shared.n_left_out as bigint) as n_left_out,
    cast(shared.n_left_out_undated as bigint) as n_left_out_undated,
    cast(shared.n_responded as bigint) as n_responded,
    case
        when shared.is_of_people and shared.n_left_out_undated = 0
            then cast(shared.n_invited as double)
                / nullif(shared.n_invited + shared.n_left_out, 0)
    end as reach_rate,
    -- More answers than invitations: there is no base.
    case
        when shared.is_of_people and shared.n_responded <= shared.n_invited
            then cast(shared.n_responded as double) / nullif(shared.n_invited, 0)
    end as response_rate,
    case when shared.is_of_people then shared.share_of_invited end as share_of_invited,
    case when shared.is_of_people then shared.share_of_responded end as share_of_responded,
    case
        when shared.is_of_people and shared.breakdown <> 'all'
            then coalesce(
                {{ settled('abs(100 * (shared.share_of_responded - shared.share_of_invited))') }}
                >= parameters.survey_gap_points,
                false
            )
    end as has_response_gap,
    {{ as_at_date() }} as as_at_date,
    parameters.parameter_version
from shared
cross join parameters
inner join years on shared.period_id = years.period_id
