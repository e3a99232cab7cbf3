with sources_held as (
    select distinct
        local_authority_code,
        source_extract
    from {{ ref('int_source_coverage') }}
),

authorities as (
    select distinct local_authority_code from sources_held
),

needed as (
    select
        indicator_id,
        measure_code,
        source_extracts,
        {{ row_for_each(split_codes('source_extracts')) }} as source_extract
    from {{ ref('indicators') }}
),

held as (
    select
        needed.indicator_id,
        authorities.local_authority_code,
        needed.measure_code,
        needed.source_extracts,
        {{ join_codes('sources_held.source_extract') }} as sources_held,
        {{ join_codes(
            'case when sources_held.source_extract is null then needed.source_extract end'
        ) }} as sources_missing
    from needed
    cross join authorities
    left join sources_held
        on authorities.local_authority_code = sources_held.local_authority_code
        and needed.source_extract = sources_held.source_extract
    group by
        needed.indicator_id, authorities.local_authority_code, needed.measure_code,
        needed.source_extracts
),

measured as (
    select
        indicator_id,
        local_authority_code,
        min(period_start) as measured_from,
        max(period_end) as measured_to
    from {{ ref('measured_periods') }}
    group by indicator_id, local_authority_code
),

-- What an authority has no use for is no gap in its data.
switched_off as (
    select
        indicator_id,
        local_authority_code,
        {{ join_codes('reason_text') }} as reason_text
    from {{ ref('int_targets') }}
    where target_type_code = 'switched_off'
        and breakdown = 'all'
        and {{ open_on(
            'valid_from_date', 'valid_to_date', as_at_date()
        ) }}
    group by indicator_id, local_authority_code
),

judged as (
    select
        held.*,
        switched_off.reason_text,
        measured.measured_from,
        measured.measured_to,
        case
            when switched_off.indicator_id is not null then 'SWITCHED_OFF'
            when held.measure_code is null then 'NO_RULE_YET'
            when measured.indicator_id is not null then 'MEASURED'
            when held.sources_missing is not null then 'FEED_NOT_SUPPLIED'
            else 'NO_COMMON_PERIOD'
        end as availability
    from held
    left join measured
        on held.indicator_id = measured.indicator_id
        and held.local_authority_code = measured.local_authority_code
    left join switched_off
        on held.indicator_id = switched_off.indicator_id
        and held.local_authority_code = switched_off.local_authority_code
)

select
    indicator_id,
    local_authority_code,
    availability,
    case availability
        when 'MEASURED' then 'Measured.'
        when 'SWITCHED_OFF'
            then 'Switched off by the authority' || coalesce(': ' || reason_text, '') || '.'
        when 'NO_RULE_YET' then 'To be developed: no rule counts it yet.'
        when 'FEED_NOT_SUPPLIED'
            then 'To be developed: it needs ' || replace(sources_missing, ';', ', ') || '.'
        when 'NO_COMMON_PERIOD'
            then 'To be developed: no period lies within all of its sources.'
    end as in_words,
    source_extracts as sources_needed,
    sources_held,
    sources_missing,
    measured_from,
    measured_to
from judged
