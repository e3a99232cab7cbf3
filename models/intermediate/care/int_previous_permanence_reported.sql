with returned as (
    select
        *,
        lower(trim(previous_permanence_date)) as written_date
    from {{ newest_records('ssda903__prev_perm',
        ['previous_permanence_code', 'previous_permanence_date']) }}
),

exported as (
    select
        *,
        lower(trim(order_date_text)) as written_date
    from {{ newest_records('ssd__cla_previous_permanence',
        ['previous_permanence_code', 'order_date_text']) }}
),

-- The return is asked about it when care starts, so that is where a row of the dataset is placed.
care_starts as (
    select
        local_authority_code,
        child_id,
        max(period_start_date) as care_start_date
    from {{ ref('int_care_periods') }}
    where not is_short_breaks_only
    group by local_authority_code, child_id
),

stated as (
    select
        {{ stated_columns('previous_permanence', 'ssda903', [
            'child_id', 'previous_permanence_code',
        ], {
            'order_date_text': previous_order_date('newest.written_date'),
            'order_authority_code': 'newest.previous_permanence_la',
        }) }}
    from returned as newest
    union all
    select
        {{ stated_columns('previous_permanence', 'ssd', [
            'child_id', 'previous_permanence_code',
        ], {
            'order_date_text': previous_order_date('newest.written_date'),
            'order_authority_code': 'newest.order_authority',
            'care_start_date': 'care_starts.care_start_date',
        }) }}
    from exported as newest
    left join care_starts
        on newest.local_authority_code = care_starts.local_authority_code
        and newest.child_id = care_starts.child_id
    -- One order, its date written in two ways.
    qualify row_number() over (
        partition by newest.local_authority_code, newest.child_id,
            newest.previous_permanence_code, {{ previous_order_date('newest.written_date') }}
        order by newest._row_number desc
    ) = 1
)

select * from {{ judged_rows('previous_permanence', 'stated') }}
