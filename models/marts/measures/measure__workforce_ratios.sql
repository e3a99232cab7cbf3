with parameters as (
    select {{ parameter_columns(['working_days_in_year']) }}
    from {{ ref('method_parameters') }}
),

workers as (
    select * from {{ ref('workforce_snapshots') }}
),

-- The day that a measured year is read on, and the staff group that a list may not hold at all.
days as (
    select
        workers.local_authority_code,
        workers.record_source,
        workers.period_end as read_on,
        {{ year_ago('workers.period_end') }} as year_ago,
        measures.measure_code,
        max(case when {{ is_listed_or_any(
            'measures.counted_staff_group_codes', 'workers.staff_group_code'
        ) }} then 1 else 0 end) as has_counted_group
    from workers
    inner join {{ ref('ratio_measures') }} as measures
        on workers.record_source = measures.record_source
        and month(workers.period_end) = measures.read_month
    group by
        workers.local_authority_code, workers.record_source, workers.period_end,
        measures.measure_code
),

months_held as (
    select distinct
        local_authority_code,
        record_source,
        period_end
    from workers
),

month_counts as (
    select
        days.local_authority_code,
        days.measure_code,
        days.read_on,
        count(*) as month_count
    from days
    inner join months_held
        on days.local_authority_code = months_held.local_authority_code
        and days.record_source = months_held.record_source
        and months_held.period_end > days.year_ago
        and months_held.period_end <= days.read_on
    group by days.local_authority_code, days.measure_code, days.read_on
),

years as (
    select
        measures.*,
        days.local_authority_code,
        periods.period_id as measured_period_id,
        days.read_on,
        days.year_ago,
        -- Whose presence is looked at: on every month end of the year, a year before, or on the day.
        case
            when measures.exposed = 'mean_fte' then days.year_ago + 1
            when measures.counted = 'people_retained' then days.year_ago
            else days.read_on
        end as present_from,
        case
            when measures.counted = 'people_retained' then days.year_ago else days.read_on
        end as present_to,
        vacancies.vacant_fte,
        vacancies._file_sha256 as vacancies_file_sha256,
        vacancies._row_number as vacancies_row_number
    from days
    inner join {{ ref('ratio_measures') }} as measures
        on days.measure_code = measures.measure_code
    inner join {{ ref('periods') }} as periods
        on periods.period_type = 'year'
        and days.read_on between periods.period_start and periods.period_end
    inner join month_counts
        on days.local_authority_code = month_counts.local_authority_code
        and days.measure_code = month_counts.measure_code
        and days.read_on = month_counts.read_on
    left join {{ ref('int_posts') }} as vacancies
        on vacancies.record_source = 'csww'
        and measures.counted = 'fte_vacant'
        and days.local_authority_code = vacancies.local_authority_code
        and year(days.read_on) = vacancies.census_year
    -- What was not sent is not nothing: neither vacancies, nor a month, nor a staff group.
    where (measures.counted <> 'fte_vacant' or vacancies.vacant_fte is not null)
        and (measures.exposed <> 'mean_fte' or month_counts.month_count = 12)
    qualify max(days.has_counted_group) over (
        partition by days.local_authority_code, days.measure_code
    ) = 1
),

present as (
    select
        years.*,
        workers.worker_id,
        workers.fte,
        workers.case_count,
        workers.is_agency_worker,
        workers._file_sha256,
        workers._row_number,
        case
            when years.is_employed_only and workers.is_agency_worker then 'AGENCY_WORKER'
            when years.is_case_holder_only and workers.fte = 0 then 'NO_HOURS'
        end as exclusion_code
    from years
    inner join workers
        on years.local_authority_code = workers.local_authority_code
        and years.record_source = workers.record_source
        and workers.period_end between years.present_from and years.present_to
        and {{ is_listed_or_any('years.staff_group_codes', 'workers.staff_group_code') }}
        and {{ is_listed_or_any('years.org_role_codes', 'workers.org_role_code') }}
    -- Who holds no cases is not a case holder; of whom the census does not say, nobody knows.
    where not years.is_case_holder_only
        or workers.case_count >= 1
        or (years.counted = 'cases' and workers.case_count is null)
),

-- Employed staff who left in the year, in the role they left.
leavers as (
    select
        years.*,
        movements.worker_id,
        movements.fte,
        movements._file_sha256,
        movements._row_number,
        case
            when years.is_employed_only and movements.is_agency_worker then 'AGENCY_WORKER'
            -- By the Department's definition of turnover who came and went within the year is not
            -- a leaver; managers who left are all counted.
            when years.counted = 'fte_left' and movements.employed_from_date > years.year_ago
                then 'NEW_STARTER'
        end as exclusion_code
    from years
    inner join {{ ref('worker_movements') }} as movements
        on years.local_authority_code = movements.local_authority_code
        and years.record_source = movements.record_source
        and movements.movement_type = 'left'
        and movements.movement_date > years.year_ago
        and movements.movement_date <= years.read_on
        and {{ is_listed_or_any('years.staff_group_codes', 'movements.staff_group_code') }}
        and {{ is_listed_or_any('years.org_role_codes', 'movements.org_role_code') }}
),

-- Somebody of whom the later census says neither that they stayed nor that they left cannot be
-- followed.
outcomes_of_stay as (
    select
        present.measure_code,
        present.local_authority_code,
        present.measured_period_id,
        present.worker_id,
        case
            when max(case when not at_end.is_agency_worker then 1 else 0 end) = 1 then 1
            when count(at_end.worker_id) + count(movements.worker_id) > 0 then 0
        end as has_stayed
    from present
    left join workers as at_end
        on present.local_authority_code = at_end.local_authority_code
        and present.record_source = at_end.record_source
        and present.worker_id = at_end.worker_id
        and present.read_on = at_end.period_end
    left join {{ ref('worker_movements') }} as movements
        on present.local_authority_code = movements.local_authority_code
        and present.record_source = movements.record_source
        and present.worker_id = movements.worker_id
        and movements.movement_type = 'left'
        and movements.movement_date > present.year_ago
        and movements.movement_date <= present.read_on
    where present.counted = 'people_retained'
    group by
        present.measure_code, present.local_authority_code, present.measured_period_id,
        present.worker_id
),

census_absences as (
    select
        local_authority_code,
        worker_id,
        census_year,
        sum(working_days_lost) as days_lost
    from {{ ref('int_absences') }}
    where record_source = 'csww'
    group by local_authority_code, worker_id, census_year
),

spells as (
    select
        absences.local_authority_code,
        absences.worker_id,
        absences.absence_start_date,
        absences.last_absent_date,
        absences.working_days_lost,
        absences._file_sha256,
        absences._row_number,
        roles.staff_group_code,
        roles.is_agency_worker
    from {{ ref('int_absences') }} as absences
    inner join {{ ref('codes') }} as reasons
        on reasons.code_set = 'csww_absence_reason'
        and absences.absence_reason_code = reasons.code
        and reasons.code_group in ('sickness', 'unauthorised')
    inner join {{ ref('int_workers') }} as roles
        on absences.local_authority_code = roles.local_authority_code
        and absences.record_source = roles.record_source
        and absences.worker_id = roles.worker_id
        and coalesce(roles.role_start_date <= absences.absence_start_date, true)
    where absences.record_source = 'local'
        and absences.last_absent_date >= absences.absence_start_date
    -- The role that was held on the first day of the spell.
    qualify row_number() over (
        partition by absences.local_authority_code, absences.absence_id
        order by roles.role_start_date desc nulls last, roles.role_id asc
    ) = 1
),

parts as (
    select
        present.measure_code,
        present.local_authority_code,
        present.measured_period_id,
        present.counted,
        present.exposed,
        present.record_source,
        'worker' as subject_type,
        present.worker_id as subject_key,
        case present.counted
            when 'fte_agency' then case when present.is_agency_worker then present.fte else 0 end
            when 'cases' then present.case_count
            when 'people_retained' then outcomes_of_stay.has_stayed
            when 'days_lost'
                then case
                    when present.record_source = 'csww' then census_absences.days_lost
                    else 0
                end
            else 0
        end as value,
        case present.exposed
            when 'fte' then present.fte
            when 'people' then 1
            when 'hundred_fte' then present.fte / 100
            when 'mean_fte' then present.fte / 12
            when 'working_days' then present.fte * ({{ working_days(
                'present.year_ago', 'present.read_on', 'parameters.working_days_in_year'
            ) }})
        end as exposure,
        present.exclusion_code,
        present._file_sha256,
        present._row_number
    from present
    cross join parameters
    left join census_absences
        on present.counted = 'days_lost'
        and present.record_source = 'csww'
        and present.local_authority_code = census_absences.local_authority_code
        and present.worker_id = census_absences.worker_id
        and year(present.read_on) = census_absences.census_year
    left join outcomes_of_stay
        on present.measure_code = outcomes_of_stay.measure_code
        and present.local_authority_code = outcomes_of_stay.local_authority_code
        and present.measured_period_id = outcomes_of_stay.measured_period_id
        and present.worker_id = outcomes_of_stay.worker_id
    union all
    select
        measure_code,
        local_authority_code,
        measured_period_id,
        counted,
        exposed,
        record_source,
        'worker' as subject_type,
        worker_id as subject_key,
        case counted when 'people_left' then 1 else fte end as value,
        0 as exposure,
        exclusion_code,
        _file_sha256,
        _row_number
    from leavers
    where counted in ('fte_left', 'people_left')
    union all
    -- The vacant are part of what they are a share of.
    select
        measure_code,
        local_authority_code,
        measured_period_id,
        counted,
        exposed,
        record_source,
        'authority' as subject_type,
        local_authority_code as subject_key,
        vacant_fte as value,
        vacant_fte as exposure,
        cast(null as varchar) as exclusion_code,
        vacancies_file_sha256 as _file_sha256,
        vacancies_row_number as _row_number
    from years
    where counted = 'fte_vacant'
    union all
    select
        years.measure_code,
        years.local_authority_code,
        years.measured_period_id,
        years.counted,
        years.exposed,
        years.record_source,
        'worker' as subject_type,
        workers.worker_id as subject_key,
        workers.fte as value,
        0 as exposure,
        cast(null as varchar) as exclusion_code,
        workers._file_sha256,
        workers._row_number
    from years
    inner join workers
        on years.local_authority_code = workers.local_authority_code
        and years.record_source = workers.record_source
        and years.read_on = workers.period_end
        and {{ is_listed('years.counted_staff_group_codes', 'workers.staff_group_code') }}
    union all
    -- Days of a spell that lies partly in the year, in proportion.
    select
        years.measure_code,
        years.local_authority_code,
        years.measured_period_id,
        years.counted,
        years.exposed,
        years.record_source,
        'worker' as subject_type,
        spells.worker_id as subject_key,
        spells.working_days_lost * ({{ days_between(
            'greatest(spells.absence_start_date, years.year_ago + 1)',
            'least(spells.last_absent_date, years.read_on)'
        ) }} + 1) / cast({{ days_between(
            'spells.absence_start_date', 'spells.last_absent_date'
        ) }} + 1 as double) as value,
        0 as exposure,
        case
            when years.is_employed_only and spells.is_agency_worker then 'AGENCY_WORKER'
        end as exclusion_code,
        spells._file_sha256,
        spells._row_number
    from years
    inner join spells
        on years.record_source = 'local'
        and years.counted = 'days_lost'
        and years.local_authority_code = spells.local_authority_code
        and spells.absence_start_date <= years.read_on
        and spells.last_absent_date > years.year_ago
        and {{ is_listed_or_any('years.staff_group_codes', 'spells.staff_group_code') }}
),

summed as (
    select
        measure_code,
        local_authority_code,
        measured_period_id,
        record_source,
        counted,
        counted in ('people_left', 'people_retained') as is_of_people,
        exposed,
        subject_type,
        subject_key,
        case when count(*) = count(exclusion_code) then max(exclusion_code) end as exclusion_code,
        count(*) filter (where exclusion_code is null and value is null) > 0 as is_not_known,
        {{ settled('sum(value) filter (where exclusion_code is null)') }} as value,
        {{ settled('sum(exposure) filter (where exclusion_code is null)') }} as exposure,
        min_by(_file_sha256, _row_number) as _file_sha256,
        min(_row_number) as _row_number
    from parts
    group by
        measure_code, local_authority_code, measured_period_id, record_source, counted, exposed,
        subject_type, subject_key
)

select
    measure_code,
    subject_type,
    subject_key,
    '' as event_key,
    local_authority_code,
    'workforce' as cohort_code,
    measured_period_id as period_id,
    case when exclusion_code is null then 1 else 0 end as denominator_flag,
    -- People are whole: a flag each, where hours, days and cases are a value.
    case
        when exclusion_code is null and is_of_people and not is_not_known
            then cast(least(value, 1) as integer)
    end as numerator_flag,
    case
        when exclusion_code is null and not is_of_people and not is_not_known
            then cast(value as double)
    end as value,
    case when exclusion_code is null then cast(exposure as double) end as exposure,
    exclusion_code,
    case
        when exclusion_code is null and is_not_known and counted = 'people_retained'
            then 'NO_FOLLOW_UP'
        when exclusion_code is null and is_not_known then 'NOT_RECORDED'
    end as missing_code,
    cast(null as date) as event_date,
    cast(null as varchar) as child_id,
    record_source as source_id,
    counted || ': ' || coalesce(cast(round(value, 3) as varchar), 'not known')
    || coalesce(', ' || exposed || ': ' || cast(round(exposure, 3) as varchar), '') as evidence,
    _file_sha256,
    _row_number
from summed
