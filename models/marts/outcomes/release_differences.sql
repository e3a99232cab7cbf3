with cells as (
    select
        *,
        -- A figure's count says itself whose it is; others are of their cohort or domain.
        case
            when table_code like 'cohort_counts %'
                or table_code like 'progress_summaries %'
                or table_code like 'workforce_summaries %'
                then table_code || ' '
            else ''
        end as of_table
    from {{ ref('disclosure_cells') }}
    where aspect <> 'cohort'
),

counts as (
    select
        aspect,
        local_authority_code,
        table_code,
        period_id,
        breakdown,
        breakdown_value,
        count_code as counted_of,
        of_table || count_code as population_id,
        counted,
        largest_small_count,
        stays
    from cells
    union all
    -- How many there are follows from who counts and who does not.
    select
        aspect,
        local_authority_code,
        table_code,
        period_id,
        breakdown,
        breakdown_value,
        min(count_code) as counted_of,
        of_table || {{ whose_count('count_code') }} || ' n' as population_id,
        sum(counted) as counted,
        max(largest_small_count) as largest_small_count,
        bool_or(stays) as stays
    from cells
    where aspect = 'figure'
        and (count_code like '% people numerator' or count_code like '% people other_count')
    group by
        aspect, local_authority_code, table_code, period_id, breakdown, breakdown_value,
        of_table, {{ whose_count('count_code') }}
),

latest as (
    select
        *,
        row_number() over (
            partition by
                aspect, local_authority_code, population_id, period_id, breakdown, breakdown_value
            order by release_number desc
        ) as recency
    from {{ source('history', 'release_ledger') }}
),

-- What was said once and is no longer so: what is the same tonight gives nothing away.
earlier as (
    select distinct
        said.aspect,
        said.local_authority_code,
        said.population_id,
        said.period_id,
        said.breakdown,
        said.breakdown_value,
        said.released_count
    from {{ source('history', 'release_ledger') }} as said
    left join counts as tonight
        on said.aspect = tonight.aspect
        and said.local_authority_code = tonight.local_authority_code
        and said.population_id = tonight.population_id
        and said.period_id = tonight.period_id
        and said.breakdown = tonight.breakdown
        and said.breakdown_value = tonight.breakdown_value
    where said.released_count is not null
        and (tonight.counted is null or tonight.counted <> said.released_count)
),

-- A sum of days or of shares is no number of people.
compared as (
    select * from counts
    where not stays
        and population_id not like '% median numerator'
        and population_id not like '% ratio numerator'
        and population_id not like '% difference numerator'
),

spans as (
    select
        longer.period_id as longer_id,
        longer.period_type as longer_type,
        shorter.period_id as shorter_id,
        shorter.period_type as shorter_type
    from {{ ref('periods') }} as longer
    inner join {{ ref('periods') }} as shorter
        on longer.period_start <= shorter.period_start
        and longer.period_end >= shorter.period_end
        and longer.period_type <> shorter.period_type
),

moved as (
    select distinct
        aspect,
        local_authority_code,
        population_id,
        breakdown,
        breakdown_value
    from earlier
),

-- Where events are counted the shorter periods add up to the longer one, and hold some of its
-- people; a state at the end of a month is another than that at the end of its year.
added_up as (
    select
        longer.aspect,
        longer.local_authority_code,
        longer.population_id,
        longer.breakdown,
        longer.breakdown_value,
        spans.longer_id,
        spans.shorter_type
    from moved
    inner join compared as longer
        on moved.aspect = longer.aspect
        and moved.local_authority_code = longer.local_authority_code
        and moved.population_id = longer.population_id
        and moved.breakdown = longer.breakdown
        and moved.breakdown_value = longer.breakdown_value
    inner join spans on longer.period_id = spans.longer_id
    inner join compared as shorter
        on longer.aspect = shorter.aspect
        and longer.local_authority_code = shorter.local_authority_code
        and longer.population_id = shorter.population_id
        and longer.breakdown = shorter.breakdown
        and longer.breakdown_value = shorter.breakdown_value
        and spans.shorter_id = shorter.period_id
    group by
        longer.aspect, longer.local_authority_code, longer.population_id, longer.breakdown,
        longer.breakdown_value, longer.counted, spans.longer_id, spans.shorter_type
    having count(*) > 1 and sum(shorter.counted) = longer.counted
),

pairs as (
    {%- for compared_with, same_period, slices in [
        ('same', true, 'earlier.breakdown = tonight.breakdown '
            ~ 'and earlier.breakdown_value = tonight.breakdown_value'),
        ('whole', true, "earlier.breakdown = 'all' and tonight.breakdown <> 'all'"),
        ('slice', true, "earlier.breakdown <> 'all' and tonight.breakdown = 'all'"),
        ('longer', false, 'earlier.period_id = added_up.longer_id '
            ~ 'and tonight.period_id = spans.shorter_id'),
        ('shorter', false, 'tonight.period_id = added_up.longer_id '
            ~ 'and earlier.period_id = spans.shorter_id'),
    ] %}
    select
        tonight.aspect,
        tonight.local_authority_code,
        tonight.population_id,
        tonight.period_id,
        tonight.breakdown,
        tonight.breakdown_value,
        '{{ compared_with }}' as compared_with,
        earlier.released_count as published_count,
        abs(tonight.counted - earlier.released_count) as implied_difference,
        {{ differencing_decision(
            'earlier.released_count', 'tonight.counted', 'tonight.largest_small_count'
        ) }} as decision
    from earlier
    inner join compared as tonight
        on earlier.aspect = tonight.aspect
        and earlier.local_authority_code = tonight.local_authority_code
        and earlier.population_id = tonight.population_id
        {%- if same_period %}
        and earlier.period_id = tonight.period_id
        and {{ slices }}
        {%- else %}
        and earlier.breakdown = tonight.breakdown
        and earlier.breakdown_value = tonight.breakdown_value
    inner join added_up
        on earlier.aspect = added_up.aspect
        and earlier.local_authority_code = added_up.local_authority_code
        and earlier.population_id = added_up.population_id
        and earlier.breakdown = added_up.breakdown
        and earlier.breakdown_value = added_up.breakdown_value
    inner join spans
        on added_up.longer_id = spans.longer_id
        and added_up.shorter_type = spans.shorter_type
        and {{ slices }}
        {%- endif %}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

closest as (
    select
        *,
        row_number() over (
            partition by
                aspect, local_authority_code, population_id, period_id, breakdown, breakdown_value
            -- HOLD before RELEASE.
            order by decision, implied_difference, compared_with, published_count
        ) as closeness
    from pairs
)

select
    counts.aspect,
    counts.local_authority_code,
    counts.table_code,
    counts.population_id,
    counts.counted_of,
    counts.period_id,
    counts.breakdown,
    counts.breakdown_value,
    counts.counted,
    closest.compared_with,
    closest.published_count,
    closest.implied_difference,
    coalesce(closest.decision, 'RELEASE') as decision,
    case
        when latest.counted is null or latest.counted <> counts.counted then null
        when latest.symbol is null then 'shown'
        else 'withheld'
    end as last_release
from counts
left join closest
    on counts.aspect = closest.aspect
    and counts.local_authority_code = closest.local_authority_code
    and counts.population_id = closest.population_id
    and counts.period_id = closest.period_id
    and counts.breakdown = closest.breakdown
    and counts.breakdown_value = closest.breakdown_value
    and closest.closeness = 1
left join latest
    on counts.aspect = latest.aspect
    and counts.local_authority_code = latest.local_authority_code
    and counts.population_id = latest.population_id
    and counts.period_id = latest.period_id
    and counts.breakdown = latest.breakdown
    and counts.breakdown_value = latest.breakdown_value
    and latest.recency = 1
