{# Comparison with others, with an agreed aim and with an earlier period (METHODS 5.3, 6, 10.2). #}

{# The 95% and 99.8% limits of a figure against what it is compared with, which counts as fixed and
   may lie on a limit; or the limits of a difference against 0, of a ratio against 1. An upper limit
   that is missing is infinite, as a ratio to nothing has it. #}
{% macro comparison_code(lower95, upper95, lower998, upper998, benchmark, better_when_higher) -%}
    case
        when {{ benchmark }} is null or {{ lower95 }} is null then null
        when {{ benchmark }} < {{ lower95 }} then
            case
                when coalesce({{ better_when_higher }}, 0) > 0 then 'BETTER_'
                when coalesce({{ better_when_higher }}, 0) < 0 then 'WORSE_'
                else 'HIGHER_'
            end || case when {{ benchmark }} < {{ lower998 }} then '998' else '95' end
        when {{ benchmark }} > {{ upper95 }} then
            case
                when coalesce({{ better_when_higher }}, 0) > 0 then 'WORSE_'
                when coalesce({{ better_when_higher }}, 0) < 0 then 'BETTER_'
                else 'LOWER_'
            end || case when {{ benchmark }} > {{ upper998 }} then '998' else '95' end
        else 'SIMILAR'
    end
{%- endmacro %}

{# A, the best quarter of all authorities, to D; a value equal to a quartile belongs to the quarter
   below it (Local Authority Interactive Tool). Null where neither way is better. #}
{% macro quartile_band(value, first_quartile, median_value, third_quartile, better_when_higher) -%}
    case
        when {{ value }} is null or {{ first_quartile }} is null then null
        when coalesce({{ better_when_higher }}, 0) = 0 then null
        when {{ value }} <= {{ first_quartile }}
            then case when {{ better_when_higher }} > 0 then 'D' else 'A' end
        when {{ value }} <= {{ median_value }}
            then case when {{ better_when_higher }} > 0 then 'C' else 'B' end
        when {{ value }} <= {{ third_quartile }}
            then case when {{ better_when_higher }} > 0 then 'B' else 'C' end
        else case when {{ better_when_higher }} > 0 then 'A' else 'D' end
    end
{%- endmacro %}

{# Limit of a funnel around a group's share, 0 to 1, for an area of n; phi widens it where areas
   differ more than chance would have it (Spiegelhalter 2005). #}
{% macro funnel_lower(group_share, n, phi, z) -%}
    greatest(
        {{ group_share }} - {{ z }} * sqrt({{ phi }})
        * sqrt(greatest({{ group_share }} * (1 - {{ group_share }}), 0) / nullif({{ n }}, 0)),
        cast(0 as double)
    )
{%- endmacro %}

{% macro funnel_upper(group_share, n, phi, z) -%}
    least(
        {{ group_share }} + {{ z }} * sqrt({{ phi }})
        * sqrt(greatest({{ group_share }} * (1 - {{ group_share }}), 0) / nullif({{ n }}, 0)),
        cast(1 as double)
    )
{%- endmacro %}

{# Where an area lies in a funnel. Of a rate the limits are the area's own and the value is that of
   the group, so that the words change sides. #}
{% macro funnel_flag(value, lower95, upper95, lower998, upper998, above='HIGH', below='LOW') -%}
    case
        when {{ value }} is null or {{ lower95 }} is null or {{ upper95 }} is null then null
        when {{ value }} > {{ upper998 }} then '{{ above }}_998'
        when {{ value }} > {{ upper95 }} then '{{ above }}_95'
        when {{ value }} < {{ lower998 }} then '{{ below }}_998'
        when {{ value }} < {{ lower95 }} then '{{ below }}_95'
        else 'INSIDE'
    end
{%- endmacro %}

{# BET, SIM, WOR or UNK: by the band where one is agreed, else by the comparison. What is only
   higher or lower is no level. #}
{% macro evidence_level(comparison_code, band_code, is_inside_band, n, minimum_n) -%}
    case
        when coalesce({{ n }}, 0) < {{ minimum_n }} then 'UNK'
        when {{ band_code }} in ('BELOW_CLEAR', 'ABOVE_CLEAR') then 'WOR'
        when {{ band_code }} = 'IN_BAND' and {{ is_inside_band }} then 'BET'
        when {{ band_code }} is not null then 'SIM'
        when {{ comparison_code }} like 'BETTER%' then 'BET'
        when {{ comparison_code }} like 'WORSE%' then 'WOR'
        when {{ comparison_code }} = 'SIMILAR' then 'SIM'
        else 'UNK'
    end
{%- endmacro %}

{# Columns of a union, by name and type: as an expression, or of their name, where this part has
   them, else empty. #}
{% macro columns_or_null(columns, held) -%}
    {%- for column, kind in columns.items() %}
    {%- if column not in held %}
    cast(null as {{ kind }}) as {{ column }}
    {%- elif held is mapping and held[column] != column %}
    {{ held[column] }} as {{ column }}
    {%- else %}
    {{ column }}
    {%- endif %}
    {{- ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# Where an actual lies to its frozen forecast: B95 or B80 beyond the 95% or 80% interval on the
   better side, W80 or W95 on the worse, IN between. 0 for `better_when_higher` is a band that the
   baseline lay in: only outside band and interval is worse. #}
{% macro curve_position(
    value, lower80, upper80, lower95, upper95, better_when_higher, is_outside_band
) -%}
    case
        when {{ value }} is null or {{ lower80 }} is null then null
        when {{ better_when_higher }} is null then null
        when {{ better_when_higher }} = 0 then case
            when not coalesce({{ is_outside_band }}, false) then 'IN'
            when {{ value }} < {{ lower95 }} or {{ value }} > {{ upper95 }} then 'W95'
            when {{ value }} < {{ lower80 }} or {{ value }} > {{ upper80 }} then 'W80'
            else 'IN'
        end
        when {{ value }} > {{ upper95 }}
            then case when {{ better_when_higher }} > 0 then 'B95' else 'W95' end
        when {{ value }} > {{ upper80 }}
            then case when {{ better_when_higher }} > 0 then 'B80' else 'W80' end
        when {{ value }} < {{ lower95 }}
            then case when {{ better_when_higher }} > 0 then 'W95' else 'B95' end
        when {{ value }} < {{ lower80 }}
            then case when {{ better_when_higher }} > 0 then 'W80' else 'B80' end
        else 'IN'
    end
{%- endmacro %}

{# What an actual says of its curve, with the one before it: twice beyond the 80% interval on one
   side is sustained, and turned is what is also better than the value at the baseline. #}
{% macro curve_reading(position, position_before, better_when_higher, value, baseline_value) -%}
    case
        when {{ position }} is null then null
        when {{ position }} like 'W%' and {{ position_before }} like 'W%' then 'WRONG_WAY'
        when {{ better_when_higher }} = 0 then 'ON_BASELINE'
        when {{ position }} = 'W95' then 'WRONG_WAY'
        when {{ position }} like 'B%' and {{ position_before }} like 'B%'
            and ({{ value }} - {{ baseline_value }}) * {{ better_when_higher }} > 0 then 'TURNED'
        when {{ position }} like 'B%' and {{ position_before }} like 'B%' then 'TURNING'
        when {{ position }} = 'B95' then 'TURNING'
        else 'ON_BASELINE'
    end
{%- endmacro %}
