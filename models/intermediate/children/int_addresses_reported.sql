with taken_from_home as (
    select * from {{ newest_records('ssda903__episodes', 'episode_start_date') }}
    -- The return keeps the address a child was first placed from on every episode of the period.
    where episode_start_reason_code = 'S' and home_small_area_code is not null
),

stated as (
    select
        {{ stated_columns('addresses', 'ssd',
            ['child_id', 'address_start_date', 'address_end_date', 'small_area_code'],
            {'known_from_date': 'newest.address_start_date',
                'address_type': 'lower(newest.address_type)'}) }}
    from {{ newest_records('ssd__address', 'address_start_date') }} as newest
    -- Without a first day nobody can say which of a person's addresses it was.
    where newest.address_start_date is not null
    union all
    select
        {{ stated_columns('addresses', 'ssda903', ['child_id'],
            {'known_from_date': day_before('newest.episode_start_date'),
                'address_end_date': 'newest.episode_start_date',
                'small_area_code': 'newest.home_small_area_code',
                'address_type': "'home before care'"}) }}
    from taken_from_home as newest
)

select * from {{ judged_rows('addresses', 'stated') }}
