with measures as (
    select * from {{ ref('difference_measures') }}
),

years as (
    select * from {{ ref('periods') }}
    where period_type = 'year'
),

-- A team's share rests on the assessments whose outcome is recorded.
assessed as (
    select
        assessments.*,
        years.period_id,
        count(assessments.is_no_further_action) over (
            partition by
                assessments.local_authority_code, years.period_id, assessments.team_id
        ) as team_count,
        row_number() over (
            partition by
                assessments.local_authority_code, assessments.child_id,
                assessments.assessment_authorised_date
            order by assessments.assessment_id
        ) as number_of_day
    from {{ newest_records('ssd__cin_assessments', ['assessment_id']) }} as assessments
    inner join years
        on assessments.assessment_authorised_date
        between years.period_start and years.period_end
),

assessments as (
    select
        measures.measure_code,
        'child' as subject_type,
        assessed.child_id as subject_key,
        -- The system's own number of the assessment would find the child.
        cast(assessed.assessment_authorised_date as varchar)
        || '/' || cast(assessed.number_of_day as varchar) as event_key,
        assessed.local_authority_code,
        assessed.team_id as side,
        assessed.period_id,
        case
            when assessed.team_id is null then 'NO_TEAM'
            when assessed.team_count < measures.least_side_n then 'TEAM_WITH_FEW'
        end as exclusion_code,
        cast(assessed.is_no_further_action as integer) as flag,
        cast(null as double) as exposure,
        assessed.assessment_authorised_date as event_date,
        assessed.child_id,
        'ssd' as source_id,
        'no further action: ' || case
            when assessed.is_no_further_action then 'yes'
            when not assessed.is_no_further_action then 'no'
            else 'not recorded'
        end as evidence,
        assessed._file_sha256,
        assessed._row_number
    from assessed
    inner join measures on measures.measure_code = 'assessment_threshold_gap'
),

in_need as (
    select
        'children_in_need_by_deprivation' as measure_code,
        'child' as subject_type,
        snapshots.child_id as subject_key,
        '' as event_key,
        snapshots.local_authority_code,
        case snapshots.deprivation_quintile
            when 1 then 'most_deprived_fifth'
            when 5 then 'least_deprived_fifth'
        end as side,
        years.period_id,
        case
            when snapshots.deprivation_quintile is null then 'AREA_NOT_KNOWN'
            when snapshots.deprivation_quintile not in (1, 5) then 'OTHER_FIFTH'
        end as exclusion_code,
        1 as flag,
        cast(0 as double) as exposure,
        cast(null as date) as event_date,
        snapshots.child_id,
        snapshots.record_source as source_id,
        'fifth of areas by deprivation: '
        || coalesce(cast(snapshots.deprivation_quintile as varchar), 'not known') as evidence,
        snapshots._file_sha256,
        snapshots._row_number
    from {{ ref('cohort_snapshots') }} as snapshots
    inner join years on snapshots.period_end = years.period_end
    where snapshots.cohort_code = 'child_in_need'
),

-- Residents of the small areas of the authority, in the middle of the year before.
residents as (
    select
        'children_in_need_by_deprivation' as measure_code,
        'population' as subject_type,
        areas.local_authority_code as subject_key,
        deprivation.deprivation_quintile,
        areas.local_authority_code,
        case deprivation.deprivation_quintile
            when 1 then 'most_deprived_fifth' else 'least_deprived_fifth'
        end as side,
        years.period_id,
        cast(sum(areas.population_count) as double) as exposure,
        min_by(areas._file_sha256, areas.small_area_code) as _file_sha256,
        min_by(areas._row_number, areas.small_area_code) as _row_number
    from {{ ref('int_small_area_populations') }} as areas
    inner join years on areas.reporting_year = years.reporting_year
    inner join {{ ref('int_deprivation') }} as deprivation
        on areas.small_area_code = deprivation.small_area_code
        and {{ open_on('deprivation.valid_from', 'deprivation.valid_until', 'years.period_end') }}
    where deprivation.deprivation_quintile in (1, 5)
    group by
        areas.local_authority_code, deprivation.deprivation_quintile, years.period_id
),

subjects as (
    select * from assessments
    union all
    select * from in_need
)

select
    measure_code,
    subject_type,
    subject_key,
    event_key,
    local_authority_code,
    side as cohort_code,
    period_id,
    case when exclusion_code is null then 1 else 0 end as denominator_flag,
    case when exclusion_code is null then flag end as numerator_flag,
    cast(null as double) as value,
    exposure,
    exclusion_code,
    case when exclusion_code is null and flag is null then 'NOT_RECORDED' end as missing_code,
    event_date,
    child_id,
    source_id,
    evidence,
    _file_sha256,
    _row_number
from subjects
union all
select
    measure_code,
    subject_type,
    subject_key,
    side as event_key,
    local_authority_code,
    side as cohort_code,
    period_id,
    1 as denominator_flag,
    0 as numerator_flag,
    cast(null as double) as value,
    exposure,
    cast(null as varchar) as exclusion_code,
    cast(null as varchar) as missing_code,
    cast(null as date) as event_date,
    cast(null as varchar) as child_id,
    'reference' as source_id,
    'resident children: ' || cast(cast(exposure as bigint) as varchar) as evidence,
    _file_sha256,
    _row_number
from residents
