{# Statistics as expressions. Each takes SQL expressions and gives one; counts may be of any
   numeric type, everything is reckoned in doubles. Null in, null out, unless it says more. #}

{# The named thresholds of method_parameters as columns, for a select from that seed. #}
{% macro parameter_columns(names) -%}
    max(parameter_version) as parameter_version
    {%- for name in names %},
    max(value) filter (where parameter = '{{ name }}') as {{ name }}
    {%- endfor %}
{%- endmacro %}

{# Wilson score limit of x in n, 0 to 1. No n, no limit; none of n starts at exactly 0 and all of
   n ends at exactly 1, whatever the rounding of the square root (Wilson 1927). #}
{% macro wilson_lower(x, n, z) -%}
    case
        when {{ n }} > 0 and {{ x }} <= 0 then cast(0 as double)
        when {{ n }} > 0 then (
            2 * cast({{ x }} as double) + {{ z }} * {{ z }}
            - {{ z }} * sqrt({{ z }} * {{ z }} + 4 * cast({{ x }} as double)
                * greatest(1 - cast({{ x }} as double) / {{ n }}, 0))
        ) / (2 * ({{ n }} + {{ z }} * {{ z }}))
    end
{%- endmacro %}

{% macro wilson_upper(x, n, z) -%}
    case
        when {{ n }} > 0 and {{ x }} >= {{ n }} then cast(1 as double)
        when {{ n }} > 0 then (
            2 * cast({{ x }} as double) + {{ z }} * {{ z }}
            + {{ z }} * sqrt({{ z }} * {{ z }} + 4 * cast({{ x }} as double)
                * greatest(1 - cast({{ x }} as double) / {{ n }}, 0))
        ) / (2 * ({{ n }} + {{ z }} * {{ z }}))
    end
{%- endmacro %}

{# Byar's limit of a count of events. Good from ten events on; below that, join
   poisson_exact_limits. No lower limit is defined for no events. #}
{% macro byar_lower(x, z) -%}
    case when {{ x }} > 0 then
        cast({{ x }} as double) * power(
            1 - 1 / (9 * cast({{ x }} as double)) - {{ z }} / (3 * sqrt(cast({{ x }} as double))),
            3
        )
    end
{%- endmacro %}

{% macro byar_upper(x, z) -%}
    case when {{ x }} >= 0 then
        (cast({{ x }} as double) + 1) * power(
            1 - 1 / (9 * (cast({{ x }} as double) + 1))
            + {{ z }} / (3 * sqrt(cast({{ x }} as double) + 1)),
            3
        )
    end
{%- endmacro %}

{# Newcombe's limit of the difference p1 - p2 of two independent proportions, from each one's own
   Wilson limits. In the unit of the inputs: shares or percentages. #}
{% macro newcombe_lower(p1, lower1, upper1, p2, lower2, upper2) -%}
    {{ p1 }} - {{ p2 }} - sqrt(
        ({{ p1 }} - {{ lower1 }}) * ({{ p1 }} - {{ lower1 }})
        + ({{ upper2 }} - {{ p2 }}) * ({{ upper2 }} - {{ p2 }})
    )
{%- endmacro %}

{% macro newcombe_upper(p1, lower1, upper1, p2, lower2, upper2) -%}
    {{ p1 }} - {{ p2 }} + sqrt(
        ({{ upper1 }} - {{ p1 }}) * ({{ upper1 }} - {{ p1 }})
        + ({{ p2 }} - {{ lower2 }}) * ({{ p2 }} - {{ lower2 }})
    )
{%- endmacro %}

{# Limit of the ratio of two rates, x1 events in n1 against x2 in n2, from the Wilson limits of x1
   among all the events. A limit that is infinite is null. #}
{% macro rate_ratio_lower(x1, n1, x2, n2, z) -%}
    {%- set share = wilson_lower(x1, '(' ~ x1 ~ ' + ' ~ x2 ~ ')', z) -%}
    ({{ share }}) / nullif(1 - ({{ share }}), 0) * {{ n2 }} / nullif({{ n1 }}, 0)
{%- endmacro %}

{% macro rate_ratio_upper(x1, n1, x2, n2, z) -%}
    {%- set share = wilson_upper(x1, '(' ~ x1 ~ ' + ' ~ x2 ~ ')', z) -%}
    ({{ share }}) / nullif(1 - ({{ share }}), 0) * {{ n2 }} / nullif({{ n1 }}, 0)
{%- endmacro %}

{# Student's t quantile as a series in 1/df about the normal quantile z (Fisher and Cornish 1960).
   Against scipy: within 1e-12 above 200 degrees of freedom, 1e-6 (95%) or 1e-4 (99.8%) at 9. #}
{% macro t_quantile(z, df) -%}
    {{ z }}
    + (power({{ z }}, 3) + {{ z }}) / (4 * {{ df }})
    + (5 * power({{ z }}, 5) + 16 * power({{ z }}, 3) + 3 * {{ z }}) / (96 * power({{ df }}, 2))
    + (3 * power({{ z }}, 7) + 19 * power({{ z }}, 5) + 17 * power({{ z }}, 3) - 15 * {{ z }})
        / (384 * power({{ df }}, 3))
    + (79 * power({{ z }}, 9) + 776 * power({{ z }}, 7) + 1482 * power({{ z }}, 5)
        - 1920 * power({{ z }}, 3) - 945 * {{ z }})
        / (92160 * power({{ df }}, 4))
    + (27 * power({{ z }}, 11) + 339 * power({{ z }}, 9) + 930 * power({{ z }}, 7)
        - 1782 * power({{ z }}, 5) - 765 * power({{ z }}, 3) + 17955 * {{ z }})
        / (368640 * power({{ df }}, 5))
{%- endmacro %}

{# Rank from either end, among n values, of a limit of their median: the binomial quantile as a series
   about the normal quantile z (Cornish and Fisher 1937), with Sheppard's correction because ranks
   are whole. The same as scipy's for every n from 11 to 100,000 at 95% and 99.8%. #}
{% macro median_rank(z, n) -%}
    cast(
        ceil(
            {{ n }} / 2 - 0.5
            - sqrt({{ n }} / 4 - 1 / 12)
                * ({{ z }} - (power({{ z }}, 3) - 3 * {{ z }}) / (12 * {{ n }}))
        ) as bigint
    )
{%- endmacro %}

{# Degrees of freedom of Welch's test. Null where both groups have no spread. #}
{% macro welch_df(sd1, n1, sd2, n2) -%}
    power(power({{ sd1 }}, 2) / {{ n1 }} + power({{ sd2 }}, 2) / {{ n2 }}, 2)
    / nullif(
        power(power({{ sd1 }}, 2) / {{ n1 }}, 2) / nullif({{ n1 }} - 1, 0)
        + power(power({{ sd2 }}, 2) / {{ n2 }}, 2) / nullif({{ n2 }} - 1, 0),
        0
    )
{%- endmacro %}

{# How far each side of the difference of two means its limits lie: 0 where there is no spread. #}
{% macro welch_margin(sd1, n1, sd2, n2, z) -%}
    {%- set df = welch_df(sd1, n1, sd2, n2) -%}
    case
        when {{ sd1 }} = 0 and {{ sd2 }} = 0 then cast(0 as double)
        else ({{ t_quantile(z, '(' ~ df ~ ')') }})
            * sqrt(power({{ sd1 }}, 2) / {{ n1 }} + power({{ sd2 }}, 2) / {{ n2 }})
    end
{%- endmacro %}

{# Halves up, to so many decimals. #}
{% macro round_half_up(value, decimals) -%}
    floor({{ value }} * power(10, {{ decimals }}) + 0.5) / power(10, {{ decimals }})
{%- endmacro %}

{# 100 x / n, halves up: from whole numbers, so that 14.5% is 15% on every machine; of nobody there
   is no share. #}
{% macro percent_half_up(x, n, decimals) -%}
    floor(
        (200 * power(10, {{ decimals }}) * {{ x }} + {{ n }})
        / nullif(2 * cast({{ n }} as double), 0)
    ) / power(10, {{ decimals }})
{%- endmacro %}

{# Where a value and its 95% limits stand to an agreed band; either end of the band may be open. #}
{% macro band_code(value, lower95, upper95, band_low, band_high) -%}
    case
        when {{ value }} is null or coalesce({{ band_low }}, {{ band_high }}) is null then null
        when {{ value }} < {{ band_low }} and {{ upper95 }} < {{ band_low }} then 'BELOW_CLEAR'
        when {{ value }} < {{ band_low }} then 'BELOW_POSSIBLE'
        when {{ value }} > {{ band_high }} and {{ lower95 }} > {{ band_high }} then 'ABOVE_CLEAR'
        when {{ value }} > {{ band_high }} then 'ABOVE_POSSIBLE'
        else 'IN_BAND'
    end
{%- endmacro %}

{# The number that a figure rests on, from a row of indicator_values. A rate or count rests on its
   events: a large population makes no small count safe. #}
{% macro resting_n(figure, unknown_policy) -%}
    cast(
        case
            when {{ figure }}.measure_type in ('rate', 'count') then {{ figure }}.numerator
            when {{ unknown_policy }} = 'COUNT_AS_NOT_ACHIEVED' then {{ figure }}.n_denominator
            else {{ figure }}.n_known
        end as bigint
    )
{%- endmacro %}

{# 1 where higher is better, -1 where lower is, null where nothing may be judged. Of a band, nearer
   is better, whichever way the value had to move from what it is compared with; 0 where the two are
   equally far, and the value is where it was. #}
{% macro better_when_higher(polarity, value, earlier, band_low, band_high) -%}
    case
        when {{ polarity }} = 'higher_better' then 1
        when {{ polarity }} = 'lower_better' then -1
        when {{ polarity }} = 'target_band' and coalesce({{ band_low }}, {{ band_high }}) is not null
            then sign(
                {{ band_distance(earlier, band_low, band_high) }}
                - {{ band_distance(value, band_low, band_high) }}
            ) * sign({{ value }} - {{ earlier }})
    end
{%- endmacro %}

{# Whether a process whose limits are known will meet a target of itself: always, never or by chance. #}
{% macro assurance_code(target, lower_limit, upper_limit, better_when_higher) -%}
    case
        when {{ target }} is null or {{ upper_limit }} is null then null
        when {{ better_when_higher }} is null then null
        when {{ target }} > {{ upper_limit }}
            then case when {{ better_when_higher }} > 0 then 'CONSISTENT_FAIL' else 'CONSISTENT_PASS' end
        when {{ target }} < {{ lower_limit }}
            then case when {{ better_when_higher }} > 0 then 'CONSISTENT_PASS' else 'CONSISTENT_FAIL' end
        else 'HIT_OR_MISS'
    end
{%- endmacro %}

{# What a trend of years says, in the words of a chart: an outlier, small numbers and what cannot be
   tested say nothing. #}
{% macro annual_point_type(trend_marker, better_when_higher) -%}
    case
        when {{ trend_marker }} = 'NO_SIG_CHANGE' then 'COMMON'
        when {{ trend_marker }} = 'INCREASING' then case
            when {{ better_when_higher }} > 0 then 'IMPROVEMENT'
            when {{ better_when_higher }} < 0 then 'CONCERN'
            else 'NEUTRAL_HIGH'
        end
        when {{ trend_marker }} = 'DECREASING' then case
            when {{ better_when_higher }} > 0 then 'CONCERN'
            when {{ better_when_higher }} < 0 then 'IMPROVEMENT'
            else 'NEUTRAL_LOW'
        end
    end
{%- endmacro %}

{# IMP, STA, DET or UNK from the type of a point (METHODS 10.1): what may not be judged, and rules
   that contradict each other, leave it unknown. #}
{% macro charted_direction(point_type, conflict, is_judged) -%}
    case
        when not {{ is_judged }} or {{ conflict }} = 1 then 'UNK'
        when {{ point_type }} = 'IMPROVEMENT' then 'IMP'
        when {{ point_type }} = 'CONCERN' then 'DET'
        when {{ point_type }} = 'COMMON' then 'STA'
        else 'UNK'
    end
{%- endmacro %}

{# Five figures in a row, one of them perhaps left out: their weighted slope over time, times a
   number that is never negative. Columns are named <weight>_1 to _5 and <figure>_1 to _5. #}
{% macro five_year_slope(weight, figure, without=0) -%}
    {%- set sums = {'w': [], 'wt': [], 'wy': [], 'wty': []} -%}
    {%- for t in range(1, 6) if t != without -%}
        {%- set w, y = weight ~ '_' ~ t, figure ~ '_' ~ t -%}
        {%- do sums['w'].append(w) -%}
        {%- do sums['wt'].append(t ~ ' * ' ~ w) -%}
        {%- do sums['wy'].append(w ~ ' * ' ~ y) -%}
        {%- do sums['wty'].append(t ~ ' * ' ~ w ~ ' * ' ~ y) -%}
    {%- endfor -%}
    (({{ sums['w'] | join(' + ') }}) * ({{ sums['wty'] | join(' + ') }})
    - ({{ sums['wt'] | join(' + ') }}) * ({{ sums['wy'] | join(' + ') }}))
{%- endmacro %}

{# How far a value lies outside an agreed band; 0 inside it. #}
{% macro band_distance(value, band_low, band_high) -%}
    greatest(
        coalesce({{ band_low }} - {{ value }}, 0), coalesce({{ value }} - {{ band_high }}, 0), 0
    )
{%- endmacro %}

{# IMP, STA, DET or UNK from the 95% limits of a difference (no_change 0) or a ratio (no_change 1).
   `better_when_higher` is 1, -1, or 0 where a clear change leaves things as good as before;
   null where nothing may be judged. #}
{% macro two_period_direction(
    lower, upper, no_change, n_current, n_previous, better_when_higher,
    minimum_n, steady_minimum_n
) -%}
    case
        when {{ better_when_higher }} is null or {{ lower }} is null or {{ upper }} is null
            then 'UNK'
        when coalesce(least({{ n_current }}, {{ n_previous }}), 0) < {{ minimum_n }} then 'UNK'
        when {{ lower }} > {{ no_change }} and {{ better_when_higher }} <> 0
            then case when {{ better_when_higher }} > 0 then 'IMP' else 'DET' end
        when {{ upper }} < {{ no_change }} and {{ better_when_higher }} <> 0
            then case when {{ better_when_higher }} < 0 then 'IMP' else 'DET' end
        when least({{ n_current }}, {{ n_previous }}) >= {{ steady_minimum_n }} then 'STA'
        else 'UNK'
    end
{%- endmacro %}

{# 3, 2, 1 or 0 by the lowest figure of each score; no figure scores 0. #}
{% macro score_from(figure, three, two, one) -%}
    case
        when {{ figure }} >= {{ three }} then 3
        when {{ figure }} >= {{ two }} then 2
        when {{ figure }} >= {{ one }} then 1
        else 0
    end
{%- endmacro %}

{# Strength in order, so that it can be compared and added. #}
{% macro strength_rank(strength) -%}
    case {{ strength }} when 'STRONG' then 3 when 'MODERATE' then 2 when 'WEAK' then 1 else 0 end
{%- endmacro %}

{% macro strength_name(rank) -%}
    case {{ rank }} when 3 then 'STRONG' when 2 then 'MODERATE' when 1 then 'WEAK' else 'NONE' end
{%- endmacro %}

{# The symbol that stands in place of x of n as a percentage, or null where it may be shown.
   A percentage with its n gives x, so small counts on either side withhold it. #}
{% macro percent_symbol(
    x, n, decimals, small_count, minimum_n, is_sensitive, sensitive_extreme_below
) -%}
    case
        when {{ x }} is null or {{ n }} is null then '[x]'
        when {{ n }} = 0 then '[z]'
        when {{ n }} <= {{ small_count }} or {{ n }} < {{ minimum_n }} then '[c]'
        when {{ x }} between 1 and {{ small_count }} then '[c]'
        when {{ n }} - {{ x }} between 1 and {{ small_count }} then '[c]'
        when {{ is_sensitive }} and ({{ x }} = 0 or {{ x }} = {{ n }})
            and {{ n }} < {{ sensitive_extreme_below }} then '[c]'
        when {{ x }} > 0 and {{ percent_half_up(x, n, decimals) }} = 0 then '[low]'
    end
{%- endmacro %}

{# Probability of a chi-square of one degree of freedom this large or larger, within 2e-7
   (Abramowitz and Stegun 1964, 7.1.26). #}
{% macro chi_square_probability(statistic) -%}
    {%- set t = '(1 / (1 + 0.3275911 * sqrt(' ~ statistic ~ ' / 2.0)))' -%}
    (
        {{ t }} * (0.254829592 + {{ t }} * (-0.284496736 + {{ t }} * (1.421413741
            + {{ t }} * (-1.453152027 + {{ t }} * 1.061405429))))
        * exp(-({{ statistic }}) / 2.0)
    )
{%- endmacro %}

{# A figure to nine decimals: sums of doubles differ in the fifteenth digit with the order that
   threads add them in, and the same inputs must give the same figure. #}
{% macro settled(figure) -%}
    round(cast({{ figure }} as double), 9)
{%- endmacro %}

{# A figure that is added up, as a decimal: sums of these are the same in whatever order threads add
   them. Twelve decimals, so that a share of a day or a twelfth keeps the nine of `settled`. #}
{% macro summable(figure) -%}
    cast({{ figure }} as decimal(38, 12))
{%- endmacro %}

{# Two CTEs and `exact`: the probability that of so many `changers` so few, the `rarer`, or fewer go
   one way by chance, two-sided, for each pair that the CTE called `changed` holds. #}
{% macro exact_probabilities(changed) -%}
whole_numbers as (
    select {{ row_for_each(numbers_to('most.changers')) }} as whole_number
    from (select greatest(max(changers), 1) as changers from {{ changed }}) as most
),

log_factorials as (
    select
        0 as whole_number,
        cast(0 as double) as log_factorial
    union all
    select
        whole_number,
        sum(ln(cast(whole_number as double))) over (
            order by whole_number rows between unbounded preceding and current row
        ) as log_factorial
    from whole_numbers
),

exact as (
    select
        changed.changers,
        changed.rarer,
        least(
            1,
            2 * sum(
                exp(
                    all_ways.log_factorial - this_way.log_factorial - that_way.log_factorial
                    - changed.changers * ln(2.0)
                )
            )
        ) as p_value
    from {{ changed }} as changed
    inner join log_factorials as this_way on changed.rarer >= this_way.whole_number
    inner join log_factorials as all_ways on changed.changers = all_ways.whole_number
    inner join log_factorials as that_way
        on changed.changers - this_way.whole_number = that_way.whole_number
    group by changed.changers, changed.rarer
)
{%- endmacro %}
