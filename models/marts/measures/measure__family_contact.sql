with rules as (
    select * from {{ ref('family_contact_indicators') }}
),

accommodated as (
    select
        rules.measure_code,
        rules.family_codes,
        rules.days_back,
        rules.least_share,
        years.period_id,
        snapshots.local_authority_code,
        snapshots.child_id,
        snapshots.period_end,
        snapshots._file_sha256,
        snapshots._row_number
    from {{ ref('cohort_snapshots') }} as snapshots
    inner join {{ ref('periods') }} as years
        on snapshots.period_end = years.period_end and years.period_type = 'year'
    left join {{ ref('codes') }} as codes
        on codes.code_set = 'placement_type'
        and snapshots.placement_type_code = codes.code
    cross join rules
    where snapshots.cohort_code = 'in_care'
        and coalesce(codes.code_group, '') <> 'with_parents'
),

identities as (
    select
        local_authority_code,
        person_key,
        min(child_id) as child_id
    from {{ ref('int_identities') }}
    where child_id is not null
    group by local_authority_code, person_key
),

contacts as (
    select
        identities.child_id,
        written.*
    from {{ ref('stg_local__family_contact') }} as written
    inner join identities
        on written.local_authority_code = identities.local_authority_code
        and written.person_key = identities.person_key
    where written.planned_count > 0
),

-- What was planned with several people, or in several ways, is read together in its month.
months as (
    select
        accommodated.measure_code,
        accommodated.local_authority_code,
        accommodated.period_id,
        accommodated.child_id,
        sum(contacts.planned_count) as planned_count,
        sum(contacts.held_count) as held_count,
        bool_or(contacts.held_count is null) as is_any_not_recorded,
        max_by(contacts._file_sha256, contacts.period_start_date) as _file_sha256,
        max_by(contacts._row_number, contacts.period_start_date) as _row_number,
        max(contacts.period_start_date) as latest_date
    from accommodated
    inner join contacts
        on accommodated.local_authority_code = contacts.local_authority_code
        and accommodated.child_id = contacts.child_id
        and {{ is_listed('accommodated.family_codes', 'contacts.contact_with_code') }}
        and contacts.period_start_date <= accommodated.period_end
        and {{ days_between('contacts.period_start_date', 'accommodated.period_end') }}
        < accommodated.days_back
    group by
        accommodated.measure_code, accommodated.local_authority_code,
        accommodated.period_id, accommodated.child_id,
        date_trunc('month', contacts.period_start_date)
),

held as (
    select
        measure_code,
        local_authority_code,
        period_id,
        child_id,
        sum(planned_count) as planned_count,
        -- Contacts above a month's plan do not offset another month.
        sum(least(held_count, planned_count)) as held_count,
        bool_or(is_any_not_recorded) as is_any_not_recorded,
        max_by(_file_sha256, latest_date) as _file_sha256,
        max_by(_row_number, latest_date) as _row_number
    from months
    group by measure_code, local_authority_code, period_id, child_id
)

select
    accommodated.measure_code,
    'child' as subject_type,
    accommodated.child_id as subject_key,
    '' as event_key,
    accommodated.local_authority_code,
    'accommodated' as cohort_code,
    accommodated.period_id,
    case when held.planned_count is null then 0 else 1 end as denominator_flag,
    case
        when not held.is_any_not_recorded
            then cast(
                held.held_count >= accommodated.least_share * held.planned_count as integer
            )
    end as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    case when held.planned_count is null then 'NO_CONTACT_PLANNED' end as exclusion_code,
    case when held.is_any_not_recorded then 'NOT_RECORDED' end as missing_code,
    cast(null as date) as event_date,
    accommodated.child_id,
    'local' as source_id,
    'contacts planned: ' || coalesce(cast(held.planned_count as varchar), 'none')
    || ', held: ' || coalesce(cast(held.held_count as varchar), 'none') as evidence,
    coalesce(held._file_sha256, accommodated._file_sha256) as _file_sha256,
    coalesce(held._row_number, accommodated._row_number) as _row_number
from accommodated
left join held
    on accommodated.measure_code = held.measure_code
    and accommodated.local_authority_code = held.local_authority_code
    and accommodated.period_id = held.period_id
    and accommodated.child_id = held.child_id
