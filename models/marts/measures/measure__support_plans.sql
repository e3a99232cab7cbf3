with rules as (
    select * from {{ ref('support_indicators') }}
),

years as (
    select * from {{ ref('periods') }}
    where period_type = 'year'
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

needs as (
    select
        rules.measure_code,
        rules.counted_when,
        rules.maximum_age,
        rules.default_due_days,
        rules.least_lead_days,
        plans.*,
        coalesce(identities.child_id, plans.person_key) as subject_key,
        identities.child_id,
        children.date_of_birth
    from {{ ref('stg_local__support_plans') }} as plans
    inner join rules
        on ';' || rules.need_type_codes || ';' like '%;' || plans.need_type_code || ';%'
    left join identities
        on plans.local_authority_code = identities.local_authority_code
        and plans.person_key = identities.person_key
    left join {{ ref('int_children') }} as children
        on identities.local_authority_code = children.local_authority_code
        and identities.child_id = children.child_id
),

-- Open at the date: the need is found, and closed after it if at all.
open_needs as (
    select
        needs.*,
        years.period_id,
        case
            when needs.date_of_birth is null then 'AGE_NOT_KNOWN'
            when {{ age_on('needs.date_of_birth', 'years.period_end') }} > needs.maximum_age
                then 'AGE_OUT_OF_RANGE'
            when not coalesce(needs.plan_start_date <= years.period_end, false) then 'NO_PLAN'
        end as item_exclusion_code,
        coalesce(
            {{ open_on('needs.support_start_date', 'needs.support_end_date',
                'years.period_end') }}, false
        ) as is_met
    from needs
    inner join years
        on {{ open_on('needs.assessed_date', 'needs.closed_date', 'years.period_end') }}
    where needs.counted_when = 'open_at_date'
),

due_needs as (
    select
        needs.*,
        years.period_id,
        cast(null as varchar) as item_exclusion_code,
        coalesce(
            case
                when needs.needed_by_date is not null
                    then needs.support_start_date <= needs.needed_by_date
                else {{ days_between('needs.assessed_date', 'needs.support_start_date') }}
                    <= needs.default_due_days
            end,
            false
        ) as is_met
    from needs
    inner join years
        on needs.needed_by_date between years.period_start and years.period_end
        or (
            needs.needed_by_date is null
            and {{ days_between('needs.assessed_date', 'years.period_start') }}
            <= needs.default_due_days
            and {{ days_between('needs.assessed_date', 'years.period_end') }}
            >= needs.default_due_days
        )
    where needs.counted_when = 'due_in_year'
),

started_needs as (
    select
        needs.*,
        years.period_id,
        cast(null as varchar) as item_exclusion_code,
        coalesce(
            {{ days_between('needs.plan_start_date', 'needs.support_start_date') }}
            >= needs.least_lead_days,
            false
        ) as is_met
    from needs
    inner join years
        on needs.support_start_date between years.period_start and years.period_end
    where needs.counted_when = 'started_in_year'
),

items as (
    select * from open_needs
    union all
    select * from due_needs
    union all
    select * from started_needs
),

-- One row per person: open needs count if any is met, what was due only if all of it is.
persons as (
    select
        measure_code,
        local_authority_code,
        period_id,
        subject_key,
        max(child_id) as child_id,
        count(*) as item_count,
        count(*) filter (where is_met) as met_count,
        case when counted_when = 'open_at_date' then bool_or(is_met) else bool_and(is_met) end
            as is_in_numerator,
        -- Left out only where every need is.
        case when count(*) = count(item_exclusion_code) then min(item_exclusion_code) end
            as exclusion_code,
        min_by(_file_sha256, support_item_id) as _file_sha256,
        min_by(_row_number, support_item_id) as _row_number
    from items
    group by measure_code, counted_when, local_authority_code, period_id, subject_key
)

select
    measure_code,
    'child' as subject_type,
    subject_key,
    '' as event_key,
    local_authority_code,
    'support_plan' as cohort_code,
    period_id,
    case when exclusion_code is null then 1 else 0 end as denominator_flag,
    case when exclusion_code is null then cast(is_in_numerator as integer) end
        as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    exclusion_code,
    cast(null as varchar) as missing_code,
    cast(null as date) as event_date,
    child_id,
    'local' as source_id,
    'needs: ' || cast(item_count as varchar) || ', met: ' || cast(met_count as varchar)
        as evidence,
    _file_sha256,
    _row_number
from persons
