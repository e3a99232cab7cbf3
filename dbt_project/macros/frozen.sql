{# What is frozen at a baseline date and kept from night to night: dbt makes the table where there is
   none, a step of Python adds to it, and nothing changes what is there. #}
{% macro baseline_forecast_columns() -%}
    {{ return({
        'baseline_id': ('varchar not null', 'Key of the baseline: its series, date and origin'),
        'indicator_id': ('varchar not null', 'Indicator of the catalogue'),
        'indicator_version': ('integer not null', 'Version of its definition; a new one needs a new baseline'),
        'local_authority_code': ('varchar not null', 'Authority the series is of, as its three-digit code'),
        'period_type': ('varchar not null', 'month, quarter or year: the length of the points'),
        'baseline_date': ('date not null', 'Day from which better or worse is read: as agreed in local_targets, else the last day of the newest point on the first night that could be forecast from'),
        'baseline_origin': ('varchar not null', 'agreed or first_night'),
        'made_on': ('date not null', 'As-at date of the night that froze it: what was known then'),
        'parameter_version': ('varchar not null', 'Version of the thresholds used, in reference.method_parameters'),
        'model': ('varchar not null', 'line (least squares) or smoothing (damped exponential)'),
        'scale': ('varchar not null', 'Scale it was fitted on: identity, log or logit'),
        'season': ('integer not null', 'Periods of a season; 0 without one'),
        'history_points': ('integer not null', 'Points it was made of'),
        'last_period_id': ('varchar not null', 'Last point used'),
        'last_period_end': ('date not null', 'Last day of that period'),
        'baseline_value': ('double not null', 'Value of that point as it was known'),
        'slope_sign': ('integer not null', '1 where the history rises, -1 where it falls, 0 where it does neither'),
        'horizon': ('integer not null', 'Periods it reaches'),
        'step': ('integer not null', '1 for the first period forecast; 0 for the last point used, -1 for the one before'),
        'period_id': ('varchar not null', 'Period of the row'),
        'period_start': ('date not null', 'First day of the period'),
        'period_end': ('date not null', 'Last day of the period'),
        'history_value': ('double', 'Value of a point used, as it was known'),
        'history_n': ('bigint', 'Number that it rested on'),
        'history_events': ('double', 'Events in it; of means and medians empty'),
        'history_trials': ('double', 'Of so many; shares only'),
        'forecast': ('double', 'Value forecast, in the unit of the indicator'),
        'lower80': ('double', 'Lower end of its 80% prediction interval'),
        'upper80': ('double', 'Upper end of its 80% prediction interval'),
        'lower95': ('double', 'Lower end of its 95% prediction interval'),
        'upper95': ('double', 'Upper end of its 95% prediction interval'),
    }) }}
{%- endmacro %}

{# A table that is kept from night to night, named in full: where the warehouse is attached, because it
   is encrypted or a lake, DuckDB looks into another database first. #}
{% macro kept_table(identifier) %}
    {{ return(api.Relation.create(
        database=target.database, schema='history', identifier=identifier, type='table'
    )) }}
{% endmacro %}

{# The table, where it is not there, with what it and its columns mean; the key is that of its rows.
   DuckDB only, like all that is kept from night to night. #}
{% macro make_kept_table(identifier, columns, meaning, key=none) -%}
    {{ return(adapter.dispatch('make_kept_table')(identifier, columns, meaning, key)) }}
{%- endmacro %}

{% macro spark__make_kept_table(identifier, columns, meaning, key) %}{% endmacro %}

{% macro default__make_kept_table(identifier, columns, meaning, key) -%}
    {%- set kept = kept_table(identifier) -%}
    create schema if not exists {{ kept.without_identifier() }};
    create table if not exists {{ kept }} (
        {%- for name, (kind, _) in columns.items() %}
        {{ name }} {{ kind }}{{ ',' if not loop.last }}
        {%- endfor %}
        {#- A lake knows no keys. #}
        {{- ', primary key (' ~ key ~ ')' if key and not adapter.is_ducklake(kept) }}
    );
    comment on table {{ kept }} is
    '{{ meaning }}';
    {%- for name, (_, meaning) in columns.items() %}
    comment on column {{ kept }}.{{ name }} is '{{ meaning }}';
    {%- endfor %}
{%- endmacro %}

{% macro make_baseline_forecasts() -%}
    {{ make_kept_table(
        'baseline_forecasts',
        baseline_forecast_columns(),
        'Forecasts as they were frozen at their baseline dates, with the points they were made of (METHODS 5.1); never refitted. One row per baseline and period: the points used, then the periods forecast.',
        key='baseline_id, step'
    ) }}
{%- endmacro %}
