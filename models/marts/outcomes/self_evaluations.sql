with graded as (
    select * from {{ newest_grades() }}
    where assessment_date <= {{ as_at_date() }}
),

-- What the register grades by it: an instrument by areas has an outcome for each.
grading as (
    select
        indicators.indicator_id,
        split_part(indicators.outcome_ids, ';', 1) as outcome_id,
        measures.instrument_code,
        measures.area_numbers
    from {{ ref('self_evaluation_measures') }} as measures
    inner join {{ ref('indicators') }} as indicators
        on measures.measure_code = indicators.measure_code
),

of_outcomes as (
    select
        graded.local_authority_code,
        graded.instrument_code,
        graded.standard_code,
        graded.rater_code,
        graded.assessment_date,
        min_by(grading.outcome_id, length(coalesce(grading.area_numbers, ''))) as outcome_id
    from graded
    inner join grading
        on graded.instrument_code = grading.instrument_code
        and {{ is_listed_or_any(
            'grading.area_numbers', 'cast(graded.area_number as varchar)'
        ) }}
    group by
        graded.local_authority_code, graded.instrument_code, graded.standard_code,
        graded.rater_code, graded.assessment_date
),

in_years as (
    select
        graded.*,
        years.period_id,
        years.period_start,
        years.period_end,
        of_outcomes.outcome_id,
        case when graded.is_applicable then graded.grade end as own_grade,
        lag(graded.assessment_date) over series as earlier_date,
        lag(case when graded.is_applicable then graded.grade end) over series as earlier_grade
    from graded
    inner join {{ ref('periods') }} as years
        on years.period_type = 'year'
        and graded.assessment_date between years.period_start and years.period_end
    left join of_outcomes
        on graded.local_authority_code = of_outcomes.local_authority_code
        and graded.instrument_code = of_outcomes.instrument_code
        and graded.standard_code = of_outcomes.standard_code
        and graded.rater_code = of_outcomes.rater_code
        and graded.assessment_date = of_outcomes.assessment_date
    window series as (
        partition by
            graded.local_authority_code, graded.instrument_code, graded.standard_code,
            graded.rater_code
        order by graded.assessment_date
    )
),

-- How somebody else grades the same standard: their last grade up to the end of the same year.
others as (
    select
        mine.local_authority_code,
        mine.instrument_code,
        mine.standard_code,
        mine.rater_code,
        mine.assessment_date,
        theirs.rater_code as other_rater_code,
        theirs.own_grade as other_grade
    from in_years as mine
    inner join in_years as theirs
        on mine.local_authority_code = theirs.local_authority_code
        and mine.instrument_code = theirs.instrument_code
        and mine.standard_code = theirs.standard_code
        and mine.rater_code <> theirs.rater_code
        and mine.period_end >= theirs.assessment_date
    qualify row_number() over (
        partition by
            mine.local_authority_code, mine.instrument_code, mine.standard_code,
            mine.rater_code, mine.assessment_date
        order by theirs.assessment_date desc, theirs.rater_code asc
    ) = 1
),

-- What is counted of the same outcome and year; the grades themselves are no figure beside them.
figures as (
    select
        items.outcome_id,
        items.local_authority_code,
        items.period_id,
        count(*) as figure_count
    from {{ ref('evidence_items') }} as items
    left join grading
        on items.indicator_id = grading.indicator_id
    where grading.indicator_id is null
    group by items.outcome_id, items.local_authority_code, items.period_id
)

select
    in_years.local_authority_code,
    in_years.period_id,
    in_years.instrument_code,
    in_years.standard_code,
    in_years.rater_code,
    in_years.assessment_date,
    in_years.outcome_id,
    cast(in_years.area_number as integer) as area_number,
    in_years.vision_heading_code,
    in_years.is_applicable,
    cast(in_years.own_grade as integer) as grade,
    in_years.earlier_date,
    cast(in_years.earlier_grade as integer) as earlier_grade,
    cast(in_years.own_grade - in_years.earlier_grade as integer) as change_of_grade,
    others.other_rater_code,
    cast(others.other_grade as integer) as other_grade,
    cast(in_years.own_grade - others.other_grade as integer) as difference_to_other,
    cast(coalesce(figures.figure_count, 0) as integer) as figure_count,
    in_years.author_role,
    in_years.evidence_text,
    {{ as_at_date() }} as as_at_date,
    in_years._file_sha256,
    in_years._row_number
from in_years
left join others
    on in_years.local_authority_code = others.local_authority_code
    and in_years.instrument_code = others.instrument_code
    and in_years.standard_code = others.standard_code
    and in_years.rater_code = others.rater_code
    and in_years.assessment_date = others.assessment_date
left join figures
    on in_years.outcome_id = figures.outcome_id
    and in_years.local_authority_code = figures.local_authority_code
    and in_years.period_id = figures.period_id
