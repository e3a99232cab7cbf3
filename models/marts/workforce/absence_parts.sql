{%- set days_in_the_year -%}
    spells.working_days_lost * cast({{ days_between(
        'greatest(spells.absence_start_date, flow_days.year_ago + 1)',
        'least(spells.last_absent_date, flow_days.period_end)'
    ) }} + 1 as double) / nullif(spells.spell_days, 0)
{%- endset %}
with flow_days as (
    select * from {{ ref('workforce_days') }}
    where is_year_held
),

employed as (
    select
        *,
        coalesce(team_id, 'Not known') as team
    from {{ ref('workforce_snapshots') }}
    where not is_agency_worker
),

spells as (
    select
        absences.*,
        reasons.code_group as reason_group,
        {{ days_between('absences.absence_start_date', 'absences.last_absent_date') }} + 1
            as spell_days
    from {{ ref('int_absences') }} as absences
    left join {{ ref('codes') }} as reasons
        on reasons.code_set = 'csww_absence_reason'
        and absences.absence_reason_code = reasons.code
    where absences.working_days_lost is not null
),

-- Days of a spell that lies partly in the twelve months, in proportion.
days_lost as (
    select
        flow_days.local_authority_code,
        flow_days.record_source,
        flow_days.period_id,
        spells.worker_id,
        sum(
            case
                when flow_days.record_source = 'csww'
                    then {{ summable('spells.working_days_lost') }}
                when spells.reason_group = 'sickness' then {{ summable(days_in_the_year) }}
            end
        ) as sick_days,
        sum(
            case
                when spells.reason_group in ('sickness', 'unauthorised')
                    then {{ summable(days_in_the_year) }}
            end
        ) as lost_days
    from flow_days
    inner join spells
        on flow_days.local_authority_code = spells.local_authority_code
        and flow_days.record_source = spells.record_source
        and (
            (
                spells.absence_start_date <= flow_days.period_end
                and spells.last_absent_date > flow_days.year_ago
                and spells.spell_days > 0
            )
            or make_date(spells.census_year, 9, 30) = flow_days.period_end
        )
    group by
        flow_days.local_authority_code, flow_days.record_source, flow_days.period_id,
        spells.worker_id
),

authorities_with_absences as (
    select distinct local_authority_code, record_source, census_year from spells
),

absent as (
    select
        employed.local_authority_code,
        employed.record_source,
        employed.period_id,
        employed.team,
        employed.staff_group_code,
        employed.is_census_social_worker,
        coalesce(sum(days_lost.sick_days), 0) as sick_days,
        coalesce(sum(days_lost.lost_days), 0) as lost_days,
        count(days_lost.worker_id) as absent_count,
        count(*) as employed_count,
        sum({{ summable('employed.fte') }}) as employed_fte
    from employed
    inner join flow_days
        on employed.local_authority_code = flow_days.local_authority_code
        and employed.record_source = flow_days.record_source
        and employed.period_id = flow_days.period_id
    inner join authorities_with_absences as held
        on employed.local_authority_code = held.local_authority_code
        and employed.record_source = held.record_source
        and coalesce(held.census_year = year(employed.period_end), true)
    left join days_lost
        on employed.local_authority_code = days_lost.local_authority_code
        and employed.record_source = days_lost.record_source
        and employed.period_id = days_lost.period_id
        and employed.worker_id = days_lost.worker_id
    group by
        employed.local_authority_code, employed.record_source, employed.period_id,
        employed.team, employed.staff_group_code, employed.is_census_social_worker
),

mean_fte as (
    select
        flow_days.local_authority_code,
        flow_days.record_source,
        flow_days.period_id,
        employed.team,
        employed.staff_group_code,
        employed.is_census_social_worker,
        sum({{ summable('employed.fte') }}) / 12 as employed_fte,
        count(distinct employed.worker_id) as employed_count
    from flow_days
    inner join employed
        on flow_days.local_authority_code = employed.local_authority_code
        and flow_days.record_source = employed.record_source
        and employed.period_end > flow_days.year_ago
        and employed.period_end <= flow_days.period_end
    inner join authorities_with_absences as held
        on employed.local_authority_code = held.local_authority_code
        and employed.record_source = held.record_source
    where flow_days.record_source = 'local'
    group by
        flow_days.local_authority_code, flow_days.record_source, flow_days.period_id,
        employed.team, employed.staff_group_code, employed.is_census_social_worker
)

{{ workforce_parts([
    ('absence_rate_fte', 'sick_days', 'employed_fte', 0, 'absent_count', 'employed_count', 'absent'),
    ('days_lost_per_fte', 'lost_days', 0, 0, 'absent_count', 0, "absent where record_source = 'local'"),
    ('days_lost_per_fte', 0, 'employed_fte', 0, 0, 'employed_count', 'mean_fte'),
]) }}
