with measures as (
    select * from {{ ref('survey_quota_measures') }}
),

-- The quota in force on the last day of the year.
quotas as (
    select
        measures.measure_code,
        measures.respondent_type_codes,
        measures.questionnaire_type_codes,
        years.period_id,
        years.period_start,
        years.period_end,
        targets.local_authority_code,
        cast(targets.target_value as integer) as quota,
        targets._file_sha256,
        targets._row_number
    from measures
    inner join {{ ref('indicators') }} as indicators
        on measures.measure_code = indicators.measure_code
    inner join {{ ref('int_targets') }} as targets
        on indicators.indicator_id = targets.indicator_id
        and targets.target_type_code = 'quota'
        and targets.breakdown = 'all'
        and targets.target_value >= 1
    inner join {{ ref('periods') }} as years
        on years.period_type = 'year'
        and {{ open_on('targets.valid_from_date', 'targets.valid_to_date', 'years.period_end') }}
    qualify row_number() over (
        partition by measures.measure_code, targets.local_authority_code, years.period_id
        order by targets.valid_from_date desc, targets.target_id asc
    ) = 1
),

places as (
    select
        quotas.*,
        {{ row_for_each(numbers_to('quota')) }} as place_number
    from quotas
),

completed as (
    select
        quotas.measure_code,
        quotas.period_id,
        quotas.quota,
        answers.local_authority_code,
        answers.response_id,
        min(answers.completed_date) as completed_date,
        min(answers._file_sha256) as _file_sha256,
        min(answers._row_number) as _row_number
    from quotas
    inner join {{ ref('int_survey_answers') }} as answers
        on quotas.local_authority_code = answers.local_authority_code
        and answers.completed_date between quotas.period_start and quotas.period_end
        and {{ is_listed('quotas.respondent_type_codes', 'answers.respondent_type_code') }}
        and {{ is_listed('quotas.questionnaire_type_codes', 'answers.questionnaire_type_code') }}
    group by
        quotas.measure_code, quotas.period_id, quotas.quota, answers.local_authority_code,
        answers.response_id
),

numbered as (
    select
        *,
        row_number() over (
            partition by measure_code, local_authority_code, period_id
            order by completed_date, response_id
        ) as place_number
    from completed
),

filled as (
    select
        places.measure_code,
        places.local_authority_code,
        places.period_id,
        places.place_number,
        places.quota,
        numbered.completed_date,
        cast(null as varchar) as exclusion_code,
        coalesce(numbered._file_sha256, places._file_sha256) as _file_sha256,
        coalesce(numbered._row_number, places._row_number) as _row_number
    from places
    left join numbered
        on places.measure_code = numbered.measure_code
        and places.local_authority_code = numbered.local_authority_code
        and places.period_id = numbered.period_id
        and places.place_number = numbered.place_number
    union all
    select
        measure_code,
        local_authority_code,
        period_id,
        place_number,
        quota,
        completed_date,
        'BEYOND_QUOTA' as exclusion_code,
        _file_sha256,
        _row_number
    from numbered
    where place_number > quota
)

select
    measure_code,
    'place' as subject_type,
    cast(place_number as varchar) as subject_key,
    '' as event_key,
    local_authority_code,
    'survey_quota' as cohort_code,
    period_id,
    case when exclusion_code is null then 1 else 0 end as denominator_flag,
    case when exclusion_code is null then cast(completed_date is not null as integer) end
        as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    exclusion_code,
    cast(null as varchar) as missing_code,
    completed_date as event_date,
    -- A place of the quota is nobody's, so that a slice of the figure cannot leave out the rest.
    cast(null as varchar) as child_id,
    'local' as source_id,
    'place ' || cast(place_number as varchar) || ' of ' || cast(quota as varchar) as evidence,
    _file_sha256,
    _row_number
from filled
