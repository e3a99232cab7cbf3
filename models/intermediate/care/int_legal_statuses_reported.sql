with episodes as (
    select
        *,
        lag(legal_status_code) over run as previous_legal_status_code,
        lag(care_period_id) over run as previous_care_period_id
    from {{ ref('int_care_episodes') }}
    where legal_status_code is not null
    window run as (
        partition by local_authority_code, child_id, is_short_break order by episode_start_date
    )
),

numbered as (
    select
        *,
        sum(
            case
                when legal_status_code = previous_legal_status_code
                    and care_period_id = previous_care_period_id then 0
                else 1
            end
        ) over (
            partition by local_authority_code, child_id, is_short_break
            order by episode_start_date
            rows between unbounded preceding and current row
        ) as status_number
    from episodes
),

from_episodes as (
    select
        local_authority_code,
        child_id,
        care_period_id,
        legal_status_code,
        min(episode_start_date) as legal_status_start_date,
        case
            when bool_or(episode_end_date is null) then null
            else max(episode_end_date)
        end as legal_status_end_date,
        max_by(is_end_inferred, episode_start_date) as is_end_inferred,
        bool_or(has_reversed_dates) as has_reversed_dates,
        max(last_return_year) as return_year,
        min_by(record_source, episode_start_date) as record_source,
        min_by(_file_sha256, episode_start_date) as _file_sha256,
        min_by(_row_number, episode_start_date) as _row_number
    from numbered
    group by local_authority_code, child_id, care_period_id, legal_status_code, is_short_break,
        status_number
),

-- Case systems hold more statuses than the return: only those it knows count.
orders as (
    select
        statuses.*,
        ways.code as legal_status_code,
        case
            when statuses.legal_status_end_date < statuses.legal_status_start_date
                then statuses.legal_status_start_date
            else statuses.legal_status_end_date
        end as closed_date
    from {{ newest_records('ssd__legal_status', ['legal_status_start_date', 'legal_status']) }}
        as statuses
    inner join {{ ways_to_write('legal_status') }} as ways
        on upper(trim(statuses.legal_status)) = ways.written
),

-- Every pair is looked at by child, which is few: joined on the days themselves, an authority
-- takes a minute.
met_care as (
    select
        orders.local_authority_code,
        orders.child_id,
        orders._file_sha256,
        orders._row_number,
        bool_or(
            in_care.episode_start_date
            <= coalesce(orders.closed_date, in_care.episode_start_date)
            and coalesce(in_care.episode_end_date > orders.legal_status_start_date, true)
        ) as is_met
    from orders
    inner join {{ ref('int_care_episodes') }} as in_care
        on orders.local_authority_code = in_care.local_authority_code
        and orders.child_id = in_care.child_id
    group by all
),

-- In care the episodes tell the status; the orders of children who are not in care stand alone.
outside_care as (
    select orders.*
    from orders
    left join met_care
        on orders.local_authority_code = met_care.local_authority_code
        and orders.child_id = met_care.child_id
        and orders._file_sha256 = met_care._file_sha256
        and orders._row_number = met_care._row_number
    where not coalesce(met_care.is_met, false)
    qualify row_number() over (
        partition by orders.local_authority_code, orders.child_id, orders.legal_status_start_date
        order by orders.closed_date desc nulls first, orders._row_number desc
    ) = 1
),

listed as (
    select
        lists.*,
        {{ code_of_label('statuses.code_group') }} as status_code
    from {{ newest_records('annex_a__children_in_care', ['legal_status_start_date']) }} as lists
    left join {{ ref('codes') }} as statuses
        on statuses.code_set = 'annex_a_legal_status' and lists.legal_status_code = statuses.code
    where lists.legal_status_start_date is not null
),

in_periods as (
    select
        listed.*,
        periods.care_period_id
    from listed
    left join {{ ref('int_care_periods') }} as periods
        on listed.local_authority_code = periods.local_authority_code
        and listed.child_id = periods.child_id
        and not periods.is_short_breaks_only
        and {{ open_on('periods.period_start_date', 'periods.period_end_date',
            'listed.legal_status_start_date') }}
    qualify row_number() over (
        partition by listed.local_authority_code, listed.child_id, listed.legal_status_start_date
        order by periods.period_start_date desc nulls last
    ) = 1
),

stated as (
    {% for source in ['ssda903', 'ssd'] %}
    select
        {{ stated_columns('legal_statuses', source, [
            'child_id', 'legal_status_start_date', 'legal_status_code', 'legal_status_end_date',
            'care_period_id', 'is_end_inferred', 'has_reversed_dates',
        ]) }}
    from from_episodes as newest
    where newest.record_source = '{{ source }}'
    union all
    {% endfor %}
    select
        {{ stated_columns('legal_statuses', 'ssd', [
            'child_id', 'legal_status_start_date', 'legal_status_code',
        ], {
            'legal_status_end_date': 'newest.closed_date',
            'is_end_inferred': 'false',
            'has_reversed_dates': 'coalesce(newest.legal_status_end_date'
                ~ ' < newest.legal_status_start_date, false)',
        }) }}
    from outside_care as newest
    union all
    select
        {{ stated_columns('legal_statuses', 'annex_a', [
            'child_id', 'legal_status_start_date', 'care_period_id',
        ], {
            'legal_status_code': 'newest.status_code',
            'is_end_inferred': 'false',
            'has_reversed_dates': 'false',
        }) }}
    from in_periods as newest
)

{{ made_of_episodes('legal_statuses', 'stated') }}
