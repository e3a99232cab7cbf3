{# What was published, kept from night to night: dbt makes the table where there is none, the
   publication adds to it, and nothing changes what is there. #}
{% macro release_ledger_columns() -%}
    {{ return({
        'release_number': ('integer not null', 'Counts the releases that the ledger knows of'),
        'release_date': ('date not null', 'As-at date of the release that first said it so'),
        'table_name': ('varchar not null', 'Published table'),
        'aspect': ('varchar not null', 'figure, the row; excluded or unknown, that number beside a figure'),
        'local_authority_code': ('varchar not null', 'Authority the figures are of, as its three-digit code'),
        'population_id': ('varchar not null', 'Who is counted: the records, how, and which of them'),
        'period_id': ('varchar not null', 'Reporting period'),
        'breakdown': ('varchar not null', 'all, or what the cell is a slice by'),
        'breakdown_value': ('varchar not null', 'Slice of the breakdown; all for the whole'),
        'released_count': ('double', 'The count as it was published; empty where it was withheld'),
        'symbol': ('varchar', '[c] where it was withheld'),
        'counted': ('double not null', 'The count itself, by which it is seen whether it has changed since'),
    }) }}
{%- endmacro %}

{% macro make_release_ledger() -%}
    {{ make_kept_table(
        'release_ledger',
        release_ledger_columns(),
        'Every count that a release showed or withheld, with the day from which it said so (METHODS 3.5); a row is added when what a release says of a count changes. One row per count and release that changed it.'
    ) }}
{%- endmacro %}
