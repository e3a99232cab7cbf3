{# Individual progress as expressions (METHODS 7). Each takes SQL expressions and gives one. #}

{# Jacobson and Truax 1991: the change in standard errors of a difference, in the scale's own
   direction; settled, because a change of exactly so many is not more. Null where a score or a
   norm is missing. #}
{% macro reliable_change_index(baseline, follow_up, standard_deviation, reliability) -%}
    {{ settled(
        '(' ~ follow_up ~ ' - ' ~ baseline ~ ') / nullif(' ~ standard_deviation
        ~ ' * sqrt(2 * (1 - ' ~ reliability ~ ')), 0)'
    ) }}
{%- endmacro %}

{# The first class that fits, whatever the scale: which of the two scores is missing or too close.
   Null where both are there and far enough apart. #}
{% macro unpaired_class(baseline, follow_up, days, gap_days) -%}
    case
        when {{ baseline }} is null then 'NO_BASELINE'
        when {{ follow_up }} is null then 'NOT_KNOWN'
        when {{ days }} < {{ gap_days }} then 'TOO_SOON'
    end
{%- endmacro %}

{# The class of a pair of scores by reliable change. `better_when_higher` is 1 or -1; concern and
   borderline are scores at which that band begins, in the scale's own direction, and may be null. #}
{% macro reliable_change_class(
    baseline, follow_up, index, z, better_when_higher, concern_from, borderline_from
) -%}
    case
        when {{ index }} * {{ better_when_higher }} > {{ z }}
            and {{ is_hard(baseline, concern_from, better_when_higher) }}
            and not {{ is_hard(follow_up, concern_from, better_when_higher) }} then 'RECOVERED'
        when {{ index }} * {{ better_when_higher }} > {{ z }} then 'IMPROVED'
        when {{ index }} * {{ better_when_higher }} < -{{ z }} then 'WORSE'
        when not {{ is_hard(baseline, borderline_from, better_when_higher) }}
            and not {{ is_hard(follow_up, borderline_from, better_when_higher) }}
            then 'MAINTAINED_GOOD'
        else 'NO_RELIABLE_CHANGE'
    end
{%- endmacro %}

{# Whether a score is in the band that begins at a threshold, on the side that is harder. #}
{% macro is_hard(score, threshold, better_when_higher) -%}
    ({{ score }} * {{ better_when_higher }} <= {{ threshold }} * {{ better_when_higher }})
{%- endmacro %}

{# Bands of the questionnaire; null where there is no score or no bands. #}
{% macro band_of_three(score, borderline_from, concern_from) -%}
    case
        when {{ score }} >= {{ concern_from }} then 'CONCERN'
        when {{ score }} >= {{ borderline_from }} then 'BORDERLINE'
        when {{ score }} < {{ borderline_from }} then 'NORMAL'
    end
{%- endmacro %}

{% macro band_of_four(score, slightly_raised_from, high_from, very_high_from) -%}
    case
        when {{ score }} >= {{ very_high_from }} then 'VERY_HIGH'
        when {{ score }} >= {{ high_from }} then 'HIGH'
        when {{ score }} >= {{ slightly_raised_from }} then 'SLIGHTLY_RAISED'
        when {{ score }} < {{ slightly_raised_from }} then 'CLOSE_TO_AVERAGE'
    end
{%- endmacro %}

{# The stage that a score of an ordered scale is in. #}
{% macro stage_of(score, points_in_a_stage) -%}
    ceiling(cast({{ score }} as double) / {{ points_in_a_stage }})
{%- endmacro %}

{# One step better, worse or none, as 1, -1 or 0, where so many points count. Scores are to the
   hundredth: what is not exactly the step in binary is the step all the same. #}
{% macro direction_of_change(change, step, better_when_higher) -%}
    case
        when round({{ change }} * {{ better_when_higher }}, 6) >= {{ step }} then 1
        when round({{ change }} * {{ better_when_higher }}, 6) <= -{{ step }} then -1
        when {{ change }} is not null then 0
    end
{%- endmacro %}

{# What several scales or items say together: none of them may have gone back for better, and
   where the nominated one did the child is not better whatever the others say. #}
{% macro distance_travelled_class(paired, forward, back, is_safety_back) -%}
    case
        when coalesce({{ paired }}, 0) = 0 then 'NOT_KNOWN'
        when {{ is_safety_back }} and {{ forward }} <= {{ back }} then 'WORSE'
        when {{ is_safety_back }} then 'MIXED'
        when {{ forward }} > 0 and {{ back }} = 0 then 'BETTER'
        when {{ back }} > 0 and {{ forward }} = 0 then 'WORSE'
        when {{ forward }} = 0 and {{ back }} = 0 then 'SAME'
        else 'MIXED'
    end
{%- endmacro %}

{# What goals scored twice say, by their mean change. #}
{% macro goals_class(paired, mean_change, step, better_when_higher) -%}
    case
        when coalesce({{ paired }}, 0) = 0 then 'NOT_KNOWN'
        else case {{ direction_of_change(mean_change, step, better_when_higher) }}
            when 1 then 'IMPROVED'
            when -1 then 'WORSE'
            else 'NO_RELIABLE_CHANGE'
        end
    end
{%- endmacro %}

{# Better, same, worse, mixed, or why it is not known. #}
{% macro change_group_of(change_class) -%}
    case {{ change_class }}
        when 'RECOVERED' then 'better'
        when 'IMPROVED' then 'better'
        when 'BETTER' then 'better'
        when 'MAINTAINED_GOOD' then 'same'
        when 'NO_RELIABLE_CHANGE' then 'same'
        when 'SAME' then 'same'
        when 'WORSE' then 'worse'
        when 'MIXED' then 'mixed'
        when 'TOO_SOON' then 'too_soon'
        when 'NO_BASELINE' then 'no_baseline'
        when 'NOT_KNOWN' then 'not_known'
    end
{%- endmacro %}

{# The share of the eligible who are better if nobody, or everybody, who is not known is. #}
{% macro share_if_none_better(better, eligible) -%}
    cast({{ better }} as double) / nullif({{ eligible }}, 0)
{%- endmacro %}

{% macro share_if_all_better(better, known, eligible) -%}
    (cast({{ better }} as double) + {{ eligible }} - {{ known }}) / nullif({{ eligible }}, 0)
{%- endmacro %}

{# How much less difficulty the second questionnaire shows than expected of the first, for a group
   only (Ford and others 2009). `parameters` is the relation that holds the weights. #}
{% macro added_value_score(first_total, first_impact, first_emotional, second_total, parameters) -%}
    {{ parameters }}.added_value_constant
    + {{ parameters }}.added_value_total * {{ first_total }}
    + {{ parameters }}.added_value_impact * {{ first_impact }}
    - {{ parameters }}.added_value_emotional * {{ first_emotional }}
    - {{ second_total }}
{%- endmacro %}

{# How far each side of a group's mean score its limits lie. #}
{% macro added_value_margin(n, parameters) -%}
    {{ parameters }}.z95 * {{ parameters }}.added_value_sd / nullif(sqrt({{ n }}), 0)
{%- endmacro %}

{# The next score expected of a group without any help: scores far from the mean fall back
   towards it (METHODS 7.6). #}
{% macro expected_without_help(baseline_mean, cohort_mean, retest_reliability) -%}
    {{ cohort_mean }} + {{ retest_reliability }} * ({{ baseline_mean }} - {{ cohort_mean }})
{%- endmacro %}

{# What holds of a scale, of rows called `listed` and `tools`: published norms come before what an
   authority wrote down of them; of any other scale its own list comes first. #}
{% macro said_first(column) -%}
    case
        when tools.class_rule = 'reliable_change'
            then coalesce(tools.{{ column }}, listed.{{ column }})
        else coalesce(listed.{{ column }}, tools.{{ column }})
    end
{%- endmacro %}

{# What a child's measures say together, from the columns that count how many of them are better, same,
   worse, mixed, too soon or not known: better only where none of them is worse. #}
{% macro change_over_measures() -%}
    case
        when better_count + same_count + worse_count + mixed_count = 0 then
            case
                when not_known_count > 0 then 'not_known'
                when too_soon_count > 0 then 'too_soon'
                else 'no_baseline'
            end
        when mixed_count > 0 or (better_count > 0 and worse_count > 0) then 'mixed'
        when better_count > 0 then 'better'
        when worse_count > 0 then 'worse'
        else 'same'
    end
{%- endmacro %}
