with parameters as (
    select
        {{ parameter_columns([
            'z95', 'z998', 'low_coverage', 'small_count', 'added_value_sd',
            'added_value_minimum_n',
        ]) }}
    from {{ ref('method_parameters') }}
),

sliced as (
    select * from {{ ref('progress_slices') }}
),

-- What scores far from it fall back towards: all first scores of the scale in the authority.
cohort_means as (
    select
        local_authority_code,
        period_id,
        domain_code,
        measure_code,
        avg(baseline_score) as cohort_mean
    from sliced
    where breakdown = 'all' and is_due and class_rule = 'reliable_change'
    group by local_authority_code, period_id, domain_code, measure_code
),

-- ---- by measure: each child once, as classed ----
by_measure as (
    select
        sliced.local_authority_code,
        sliced.period_id,
        sliced.domain_code,
        sliced.measure_code,
        sliced.breakdown,
        sliced.breakdown_value,
        count(*) as child_count,
        {%- for group in ['better', 'same', 'worse', 'mixed', 'too_soon', 'no_baseline',
            'not_known'] %}
        count(*) filter (where sliced.is_due and sliced.change_group = '{{ group }}')
            as {{ group }}_count,
        {%- endfor %}
        count(*) filter (where sliced.is_due) as eligible_count,
        count(*) filter (where sliced.change_class = 'MAINTAINED_GOOD') as maintained_good_count,
        count(*) filter (where sliced.class_retest_sensitivity in ('RECOVERED', 'IMPROVED'))
            as retest_better_count,
        count(sliced.class_retest_sensitivity) as retest_known_count,
        median(sliced.score_change) as median_change,
        avg(sliced.baseline_score) filter (
            where sliced.class_rule = 'reliable_change' and sliced.score_change is not null
        ) as baseline_mean,
        avg(sliced.latest_score) filter (
            where sliced.class_rule = 'reliable_change' and sliced.score_change is not null
        ) as follow_up_mean,
        max(sliced.retest_reliability) as retest_reliability,
        count(sliced.added_value) as added_value_count,
        avg(sliced.added_value) as added_value_mean
    from sliced
    group by
        sliced.local_authority_code, sliced.period_id, sliced.domain_code, sliced.measure_code,
        sliced.breakdown, sliced.breakdown_value
),

-- ---- by domain, and over all of them: each child once, by what its measures say together ----
{%- set counted_groups = ['better', 'same', 'worse', 'mixed', 'too_soon', 'not_known'] %}
child_over_measures as (
    {%- for domain in ['domain_code', "'all'"] %}
    select
        local_authority_code,
        period_id,
        {{ domain }} as domain_code,
        breakdown,
        breakdown_value,
        child_id,
        {%- for group in counted_groups %}
        count(*) filter (where is_due and change_group = '{{ group }}') as {{ group }}_count,
        {%- endfor %}
        bool_or(is_due) as is_due
    from sliced
    -- A whole star is its scales over again.
    where not is_whole_tool
    group by
        local_authority_code, period_id, breakdown, breakdown_value, child_id
        {{- ', domain_code' if domain == 'domain_code' }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

child_classed as (
    select
        *,
        {{ change_over_measures() }} as change_group
    from child_over_measures
),

by_domain as (
    select
        local_authority_code,
        period_id,
        domain_code,
        'all' as measure_code,
        breakdown,
        breakdown_value,
        count(*) as child_count,
        {%- for group in ['better', 'same', 'worse', 'mixed', 'too_soon', 'no_baseline',
            'not_known'] %}
        count(*) filter (where is_due and change_group = '{{ group }}') as {{ group }}_count,
        {%- endfor %}
        count(*) filter (where is_due) as eligible_count,
        cast(null as bigint) as maintained_good_count,
        cast(null as bigint) as retest_better_count,
        cast(null as bigint) as retest_known_count,
        cast(null as double) as median_change,
        cast(null as double) as baseline_mean,
        cast(null as double) as follow_up_mean,
        cast(null as double) as retest_reliability,
        cast(null as bigint) as added_value_count,
        cast(null as double) as added_value_mean
    from child_classed
    group by local_authority_code, period_id, domain_code, breakdown, breakdown_value
),

counted as (
    select * from by_measure
    union all
    select * from by_domain
),

known as (
    select
        counted.*,
        counted.better_count + counted.same_count + counted.worse_count + counted.mixed_count
            as known_count,
        cohort_means.cohort_mean,
        case
            when counted.added_value_count >= parameters.added_value_minimum_n
                then counted.added_value_mean
        end as shown_added_value,
        parameters.*
    from counted
    cross join parameters
    left join cohort_means
        on counted.local_authority_code = cohort_means.local_authority_code
        and counted.period_id = cohort_means.period_id
        and counted.domain_code = cohort_means.domain_code
        and counted.measure_code = cohort_means.measure_code
)

select
    known.local_authority_code,
    known.period_id,
    periods.period_type,
    periods.period_start,
    periods.period_end,
    known.domain_code,
    known.measure_code,
    known.breakdown,
    known.breakdown_value,
    cast(known.child_count as bigint) as n_in_scope,
    cast(known.child_count - known.eligible_count as bigint) as n_not_due,
    cast(known.eligible_count as bigint) as n_eligible,
    cast(known.known_count as bigint) as n_known,
    cast(known.better_count as bigint) as n_better,
    cast(known.same_count as bigint) as n_same,
    cast(known.worse_count as bigint) as n_worse,
    cast(known.mixed_count as bigint) as n_mixed,
    cast(known.too_soon_count as bigint) as n_too_soon,
    cast(known.no_baseline_count as bigint) as n_no_baseline,
    cast(known.not_known_count as bigint) as n_not_known,
    cast(known.maintained_good_count as bigint) as n_maintained_good,
    cast(case when known.retest_known_count > 0 then known.retest_better_count end as bigint)
        as n_better_retest,
    {{ settled('100 * known.better_count / nullif(known.known_count, 0)') }} as value,
    {%- for level, z in [('95', 'z95'), ('998', 'z998')] %}
    {{ settled('100.0 * (' ~ wilson_lower('known.better_count', 'known.known_count', 'known.' ~ z)
        ~ ')') }} as lower{{ level }},
    {{ settled('100.0 * (' ~ wilson_upper('known.better_count', 'known.known_count', 'known.' ~ z)
        ~ ')') }} as upper{{ level }},
    {%- endfor %}
    {{ settled('100.0 * (' ~ share_if_none_better('known.better_count', 'known.eligible_count')
        ~ ')') }} as value_if_none_better,
    {{ settled('100.0 * (' ~ share_if_all_better(
        'known.better_count', 'known.known_count', 'known.eligible_count'
    ) ~ ')') }} as value_if_all_better,
    {{ settled('known.known_count / nullif(known.eligible_count, 0)') }} as coverage,
    case
        when known.known_count = 0 then '[z]'
        when known.known_count < known.low_coverage * known.eligible_count then '[u]'
    end as symbol,
    {{ settled('known.median_change') }} as median_change,
    {{ settled('known.baseline_mean') }} as baseline_mean,
    {{ settled('known.follow_up_mean') }} as follow_up_mean,
    {{ settled('known.cohort_mean') }} as cohort_mean,
    {{ settled(expected_without_help(
        'known.baseline_mean', 'known.cohort_mean', 'known.retest_reliability'
    )) }} as expected_follow_up_mean,
    cast(known.added_value_count as bigint) as n_added_value,
    {{ settled('known.shown_added_value') }} as added_value_mean,
    {{ settled('known.shown_added_value - ' ~ added_value_margin('known.added_value_count', 'known'))
        }} as added_value_lower95,
    {{ settled('known.shown_added_value + ' ~ added_value_margin('known.added_value_count', 'known'))
        }} as added_value_upper95,
    {{ settled('known.shown_added_value / known.added_value_sd') }} as added_value_effect_size,
    least(
        {%- for group in ['better', 'same', 'worse', 'mixed', 'too_soon', 'no_baseline',
            'not_known'] %}
        coalesce(nullif(known.{{ group }}_count, 0), known.small_count + 1),
        {%- endfor %}
        coalesce(
            nullif(known.child_count - known.eligible_count, 0), known.small_count + 1
        )
    ) <= known.small_count as is_disclosive,
    {{ as_at_date() }} as as_at_date,
    known.parameter_version
from known
inner join {{ ref('periods') }} as periods on known.period_id = periods.period_id
