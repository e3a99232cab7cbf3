{{ config(pre_hook='{{ make_release_ledger() }}') }}

with parameters as (
    select {{ parameter_columns(['small_count', 'released_minimum_n']) }}
    from {{ ref('method_parameters') }}
),

-- Twins are one cell, however often it is published; a sum of days is another count than children.
figures as (
    select
        local_authority_code,
        reporting_year,
        family_code,
        records_code,
        case
            when measure_type in ('mean', 'median', 'ratio', 'difference') then measure_type
            else 'people'
        end as counted_as,
        period_id,
        breakdown,
        breakdown_value,
        bool_or(is_sensitive) as is_sensitive,
        bool_or(is_of_people) as is_of_people,
        bool_or(is_of_denominator) as is_of_denominator,
        bool_or(is_small) as is_small,
        bool_or(is_excluded_small) as is_excluded_small,
        bool_or(is_unknown_small) as is_unknown_small,
        max(largest_small_count) as largest_small_count,
        max(case when measure_type <> 'rate' then n end) as n,
        max(numerator) as numerator,
        max(other_count) as other_count,
        max(n_excluded) as n_excluded,
        max(n_not_known) as n_not_known
    from {{ ref('figure_disclosure') }}
    group by
        local_authority_code, reporting_year, family_code, records_code,
        case
            when measure_type in ('mean', 'median', 'ratio', 'difference') then measure_type
            else 'people'
        end,
        period_id, breakdown, breakdown_value
),

-- The cohort that an indicator is mostly of: its exclusions may be of another.
cohorts as (
    select
        records_code,
        max_by(cohort_code, record_count) as cohort_code
    from (
        select
            coalesce(indicators.measure_code, indicators.indicator_id) as records_code,
            records.cohort_code,
            -- Of two that are as large, the one whose name comes last.
            count(*) + row_number() over (
                partition by coalesce(indicators.measure_code, indicators.indicator_id)
                order by records.cohort_code
            ) / 1000 as record_count
        from {{ ref('measure_records') }} as records
        inner join {{ ref('indicators') }} as indicators
            on records.indicator_id = indicators.indicator_id
        where records.denominator_flag = 1
            and records.subject_type <> 'population'
            and records.cohort_code is not null
        group by
            coalesce(indicators.measure_code, indicators.indicator_id), records.cohort_code
    ) as counted
    group by records_code
),

-- The size of a cohort beside the denominator of an indicator that leaves out a few of it.
given_away as (
    select distinct
        wholes.cohort_code,
        wholes.local_authority_code,
        wholes.period_id
    from {{ ref('cohort_counts') }} as wholes
    inner join {{ ref('measure_records') }} as measured
        on wholes.cohort_code = measured.cohort_code
        and wholes.local_authority_code = measured.local_authority_code
        and wholes.period_id = measured.period_id
    inner join {{ ref('indicator_values') }} as indicator_values
        on measured.indicator_id = indicator_values.indicator_id
        and measured.local_authority_code = indicator_values.local_authority_code
        and measured.period_id = indicator_values.period_id
        and indicator_values.breakdown = 'all'
        and wholes.child_count = indicator_values.n_in_scope
    cross join parameters
    where wholes.breakdown = 'all'
        and indicator_values.n_excluded between 1 and parameters.small_count
),

cohort_sizes as (
    select
        counts.local_authority_code,
        periods.reporting_year,
        'cohort_counts ' || counts.cohort_code as family_code,
        counts.cohort_code,
        counts.period_id,
        counts.breakdown,
        case when counts.breakdown = 'all' then 'all' else counts.breakdown_value end
            as breakdown_value,
        counts.child_count,
        counts.known_status_count,
        counts.child_count - counts.known_status_count as unknown_status_count,
        counts.child_count between 1 and parameters.small_count
        or (counts.breakdown = 'all' and given_away.cohort_code is not null) as is_small,
        counts.known_status_count between 1 and parameters.small_count
        or counts.child_count - counts.known_status_count between 1 and parameters.small_count
            as is_status_small,
        cast(parameters.small_count as integer) as largest_small_count
    from {{ ref('cohort_counts') }} as counts
    cross join parameters
    inner join {{ ref('periods') }} as periods on counts.period_id = periods.period_id
    left join given_away
        on counts.cohort_code = given_away.cohort_code
        and counts.local_authority_code = given_away.local_authority_code
        and counts.period_id = given_away.period_id
),

-- Everybody that a figure is of, in the figures and in the cohorts themselves.
sizes as (
    select
        figures.local_authority_code,
        figures.reporting_year,
        figures.family_code,
        figures.records_code,
        figures.counted_as,
        cohorts.cohort_code,
        figures.period_id,
        figures.breakdown,
        figures.breakdown_value,
        figures.n,
        figures.n between 1 and parameters.released_minimum_n - 1 as is_small,
        figures.largest_small_count
    from figures
    cross join parameters
    inner join cohorts on figures.records_code = cohorts.records_code
    where figures.is_of_people and figures.n is not null
    union all
    select
        local_authority_code,
        reporting_year,
        family_code,
        family_code as records_code,
        'people' as counted_as,
        cohort_code,
        period_id,
        breakdown,
        breakdown_value,
        child_count as n,
        is_small,
        largest_small_count
    from cohort_sizes
    -- With what the figures are sliced by.
    where {{ is_released_breakdown('breakdown') }}
),

wholes as (
    select
        sizes.local_authority_code,
        sizes.reporting_year,
        sizes.cohort_code,
        sizes.records_code,
        max(parameters.small_count) as small_count,
        max(sizes.n) as whole_n
    from sizes
    cross join parameters
    where sizes.breakdown = 'all'
    group by
        sizes.local_authority_code, sizes.reporting_year, sizes.cohort_code, sizes.records_code
),

neighbours as (
    select
        *,
        lag(whole_n) over (
            partition by local_authority_code, reporting_year, cohort_code
            order by whole_n, records_code
        ) as next_smaller_n
    from wholes
),

-- Nearly the same children: cohorts of one name that differ by less than a small count.
same_children as (
    select
        local_authority_code,
        reporting_year,
        records_code,
        'nearly all of ' || cohort_code || ' ' || cast(
            sum(case when whole_n - next_smaller_n < small_count then 0 else 1 end) over (
                partition by local_authority_code, reporting_year, cohort_code
                order by whole_n, records_code
            ) as varchar
        ) as cohort_table
    from neighbours
),

cells as (
    {%- for count in ['numerator', 'other_count'] %}
    select
        'figure' as aspect,
        figures.local_authority_code,
        figures.reporting_year,
        figures.family_code as table_code,
        same_children.cohort_table,
        figures.period_id,
        figures.breakdown,
        figures.breakdown_value,
        figures.records_code || ' ' || figures.counted_as || ' {{ count }}' as count_code,
        cast(figures.{{ count }} as double) as counted,
        figures.largest_small_count,
        figures.is_small,
        figures.is_small
        and figures.is_of_people
        and (figures.{{ count }} > 0 or figures.is_sensitive) as is_guarded,
        not figures.is_of_people and figures.breakdown = 'all' as stays,
        cast(null as double) as most
    from figures
    left join same_children
        on figures.local_authority_code = same_children.local_authority_code
        and figures.reporting_year = same_children.reporting_year
        and figures.records_code = same_children.records_code
    union all
    {%- endfor %}
    select
        'excluded' as aspect,
        local_authority_code,
        reporting_year,
        family_code as table_code,
        cast(null as varchar) as cohort_table,
        period_id,
        breakdown,
        breakdown_value,
        records_code || ' ' || counted_as as count_code,
        cast(n_excluded as double) as counted,
        largest_small_count,
        is_excluded_small as is_small,
        is_excluded_small as is_guarded,
        not is_of_people and breakdown = 'all' as stays,
        cast(null as double) as most
    from figures
    union all
    -- Where the unknown count as not achieved, both together stay to be reckoned.
    select
        'unknown' as aspect,
        local_authority_code,
        reporting_year,
        family_code as table_code,
        cast(null as varchar) as cohort_table,
        period_id,
        breakdown,
        breakdown_value,
        records_code || ' ' || counted_as as count_code,
        cast(n_not_known as double) as counted,
        largest_small_count,
        is_unknown_small as is_small,
        is_unknown_small as is_guarded,
        not is_of_people and breakdown = 'all' as stays,
        cast(case when is_of_denominator then other_count end as double) as most
    from figures
    where n_not_known is not null
    union all
    select
        'cohort' as aspect,
        sizes.local_authority_code,
        sizes.reporting_year,
        same_children.cohort_table as table_code,
        cast(null as varchar) as cohort_table,
        sizes.period_id,
        sizes.breakdown,
        sizes.breakdown_value,
        sizes.records_code || ' ' || sizes.counted_as as count_code,
        cast(sizes.n as double) as counted,
        sizes.largest_small_count,
        coalesce(sizes.is_small, false) as is_small,
        coalesce(sizes.is_small, false) as is_guarded,
        false as stays,
        cast(null as double) as most
    from sizes
    inner join same_children
        on sizes.local_authority_code = same_children.local_authority_code
        and sizes.reporting_year = same_children.reporting_year
        and sizes.records_code = same_children.records_code
    union all
    select
        'figure' as aspect,
        cohort_sizes.local_authority_code,
        cohort_sizes.reporting_year,
        cohort_sizes.family_code as table_code,
        same_children.cohort_table,
        cohort_sizes.period_id,
        cohort_sizes.breakdown,
        cohort_sizes.breakdown_value,
        'children' as count_code,
        cast(cohort_sizes.child_count as double) as counted,
        cohort_sizes.largest_small_count,
        cohort_sizes.is_small,
        cohort_sizes.is_small as is_guarded,
        false as stays,
        cast(null as double) as most
    from cohort_sizes
    left join same_children
        on cohort_sizes.local_authority_code = same_children.local_authority_code
        and cohort_sizes.reporting_year = same_children.reporting_year
        and cohort_sizes.family_code = same_children.records_code
    {%- for count in ['known_status_count', 'unknown_status_count'] %}
    union all
    select
        'unknown' as aspect,
        local_authority_code,
        reporting_year,
        family_code as table_code,
        cast(null as varchar) as cohort_table,
        period_id,
        breakdown,
        breakdown_value,
        '{{ count }}' as count_code,
        cast({{ count }} as double) as counted,
        largest_small_count,
        is_status_small as is_small,
        is_status_small as is_guarded,
        false as stays,
        cast(null as double) as most
    from cohort_sizes
    {%- endfor %}
),

-- ---- progress: a table for each domain, joined with that over all of them ----
{%- set kinds = 'n_not_better - class_parts + 1' %}
{%- set reasons = 'n_unknown - reason_parts + 1' %}
progress_cells as (
    {%- for aspect, flag, name, count, most in [
        ('figure', 'is_small', 'people numerator', 'n_better', 'null'),
        ('figure', 'is_small', 'people other_count', 'n_not_better', 'null'),
        ('class', 'is_class_small', 'same', 'n_same', kinds),
        ('class', 'is_class_small', 'worse', 'n_worse', kinds),
        ('class', 'is_class_small', 'mixed', 'n_mixed', kinds),
        ('class', 'is_class_small', 'maintained', 'n_maintained_whole', 'n_not_better'),
        ('class', 'is_class_small', 'not maintained', 'n_same - n_maintained_whole',
            'n_not_better'),
        ('class', 'is_class_small', 'better by retest', 'n_retest_whole', 'n_better'),
        ('class', 'is_class_small', 'not better by retest', 'n_better - n_retest_whole',
            'n_better'),
        ('unknown', 'is_unknown_small', 'unknown', 'n_unknown', 'null'),
        ('reason', 'is_reason_small', 'too soon', 'n_too_soon', reasons),
        ('reason', 'is_reason_small', 'no baseline', 'n_no_baseline', reasons),
        ('reason', 'is_reason_small', 'not known', 'n_not_known', reasons),
        ('not_due', 'is_not_due_small', 'not due', 'n_not_due', 'null'),
    ] %}
    select
        '{{ aspect }}' as aspect,
        local_authority_code,
        reporting_year,
        'progress_summaries ' || domain_code as table_code,
        'progress_summaries all' as joined_table,
        period_id,
        breakdown,
        breakdown_value,
        programme_code,
        {{ 'same_children_table' if aspect == 'figure' else 'cast(null as varchar)' }}
            as same_children_table,
        {{ 'is_same_figure' if aspect == 'figure' else 'false' }} as is_same_figure,
        measure_code || ' {{ name }}' as count_code,
        cast({{ count }} as double) as counted,
        largest_small_count,
        {{ flag }} as is_small,
        {%- if aspect in ('figure', 'unknown') %}
        {{ flag }} and {{ count }} > 0 as is_guarded,
        {%- else %}
        {{ count }} between 1 and largest_small_count as is_guarded,
        {%- endif %}
        -- Beside a number that is shown, of which the other kinds are 1 at least.
        cast(
            {%- if most == 'null' %}
            null
            {%- else %}
            case
                when not (is_small{{ ' or is_unknown_small' if aspect == 'reason' }})
                    then {{ most }}
            end
            {%- endif %} as double
        ) as most
    from {{ ref('progress_disclosure') }}
    where {{ count }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- ---- places of services: every measure of a year goes together ----
places as (
    select
        activity.local_authority_code,
        periods.reporting_year,
        activity.period_id,
        activity.subject_kind,
        activity.subject_code,
        case when activity.subject_kind <> 'programme' then activity.programme_code end
            as programme_code,
        activity.measure_code,
        activity.numerator,
        activity.n - activity.numerator as other_count,
        cast(parameters.small_count as integer) as largest_small_count,
        activity.n between 1 and parameters.small_count
        or activity.numerator between 1 and parameters.small_count
        or activity.n - activity.numerator between 1 and parameters.small_count
        or (activity.quadrant <> 'HOW_MUCH' and activity.n < parameters.released_minimum_n)
            as is_small
    from {{ ref('int_service_activity') }} as activity
    cross join parameters
    inner join {{ ref('periods') }} as periods on activity.period_id = periods.period_id
),

all_cells as (
    select
        aspect,
        local_authority_code,
        reporting_year,
        table_code,
        table_code as joined_table,
        cohort_table,
        cast(null as varchar) as same_children_table,
        false as is_same_figure,
        period_id,
        breakdown,
        breakdown_value,
        cast(null as varchar) as programme_code,
        count_code,
        counted,
        largest_small_count,
        is_small,
        is_guarded,
        stays,
        most
    from cells
    union all
    select
        aspect,
        local_authority_code,
        reporting_year,
        table_code,
        joined_table,
        cast(null as varchar) as cohort_table,
        same_children_table,
        is_same_figure,
        period_id,
        breakdown,
        breakdown_value,
        programme_code,
        count_code,
        counted,
        largest_small_count,
        is_small,
        is_guarded,
        false as stays,
        most
    from progress_cells
    {%- for count in ['numerator', 'other_count'] %}
    union all
    select
        'figure' as aspect,
        local_authority_code,
        reporting_year,
        'places' as table_code,
        'places' as joined_table,
        cast(null as varchar) as cohort_table,
        cast(null as varchar) as same_children_table,
        false as is_same_figure,
        period_id,
        subject_kind as breakdown,
        subject_code as breakdown_value,
        programme_code,
        measure_code || ' people {{ count }}' as count_code,
        cast({{ count }} as double) as counted,
        largest_small_count,
        is_small,
        is_small and {{ count }} > 0 as is_guarded,
        false as stays,
        cast(null as double) as most
    from places
    {%- endfor %}
    -- Each month of a figure of the workforce stands alone.
    {%- for count, counted in [
        ('numerator', 'coalesce(n_numerator, n)'), ('other_count', 'n_other'),
    ] %}
    union all
    select
        'figure' as aspect,
        local_authority_code,
        reporting_year,
        {{ workforce_table_code('record_source', 'measure_code') }} as table_code,
        {{ workforce_table_code('record_source', 'measure_code') }} as joined_table,
        cast(null as varchar) as cohort_table,
        cast(null as varchar) as same_children_table,
        false as is_same_figure,
        period_id,
        'all' as breakdown,
        'all' as breakdown_value,
        cast(null as varchar) as programme_code,
        'people {{ count }}' as count_code,
        cast({{ counted }} as double) as counted,
        largest_small_count,
        is_small,
        is_small and {{ counted }} > 0 as is_guarded,
        false as stays,
        cast(null as double) as most
    from {{ ref('workforce_disclosure') }}
    where {{ counted }} is not null
    {%- endfor %}
)

select
    cells.aspect,
    cells.local_authority_code,
    cells.reporting_year,
    cells.table_code,
    cells.joined_table,
    cells.cohort_table,
    cells.same_children_table,
    cells.is_same_figure,
    cells.period_id,
    periods.period_type,
    periods.period_end,
    quarters.period_id as quarter_id,
    cells.breakdown,
    cells.breakdown_value,
    cells.programme_code,
    cells.count_code,
    coalesce(cells.counted, 0) as counted,
    cells.largest_small_count,
    coalesce(cells.is_small, false) as is_small,
    coalesce(cells.is_guarded, false) as is_guarded,
    cells.stays,
    cells.most
from all_cells as cells
inner join {{ ref('periods') }} as periods on cells.period_id = periods.period_id
left join {{ ref('periods') }} as quarters
    on periods.period_type = 'month'
    and quarters.period_type = 'quarter'
    and quarters.period_start <= periods.period_start
    and quarters.period_end >= periods.period_end
