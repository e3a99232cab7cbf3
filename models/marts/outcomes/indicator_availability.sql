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

judged as (
    select
        held.*,
        measured.measured_from,
        measured.measured_to,
        case
            when held.measure_code is null then 'NO_RULE_YET'
            when measured.indicator_id is not null then 'MEASURED'
            when held.sources_missing is not null then 'FEED_NOT_SUPPLIED'
            else 'NO_COMMON_PERIOD'
        end as availability
    from held
    left join measured
        on held.indicator_id = measured.indicator_id
        and held.local_authority_code = measured.local_authority_code
)

select
    indicator_id,
    local_authority_code,
    availability,
    case availability
        when 'MEASURED' then 'Measured.'
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
