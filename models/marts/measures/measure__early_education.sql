with measures as (
    select * from {{ ref('early_education_measures') }}
),

years as (
    select
        period_id,
        period_end,
        reporting_year
    from {{ ref('periods') }}
    where period_type = 'year'
),

terms_ended as (
    select
        years.reporting_year * 3 + terms.term_number as term_order,
        last_day(make_date(years.reporting_year + terms.year_offset, terms.last_month, 1))
            as term_end
    from years
    cross join {{ ref('school_terms') }} as terms
),

terms as (
    select
        term_order,
        term_end,
        {{ day_after('lag(term_end) over (order by term_end)') }} as term_start
    from terms_ended
),

-- The term that the last day of the year lies in.
reference_terms as (
    select
        years.period_id,
        years.period_end,
        terms.term_order,
        terms.term_start,
        terms.term_end
    from years
    inner join terms on years.period_end between terms.term_start and terms.term_end
),

-- Whose first funded place it was, and what they were to us on that day.
first_places as (
    select
        enrolments.local_authority_code,
        enrolments.child_id,
        enrolments.entry_date,
        enrolments._file_sha256,
        enrolments._row_number
    from {{ ref('int_enrolments') }} as enrolments
    where enrolments.is_funded
    qualify row_number() over (
        partition by enrolments.local_authority_code, enrolments.child_id
        order by enrolments.entry_date asc, enrolments.enrolment_id asc
    ) = 1
),

helped as (
    select
        local_authority_code,
        child_id,
        referral_date as start_date,
        closure_date as end_date
    from {{ ref('int_referrals') }}
    where not is_not_in_need
    union all
    select
        local_authority_code,
        child_id,
        plan_start_date as start_date,
        plan_end_date as end_date
    from {{ ref('int_protection_plans') }}
    where not coalesce(is_other_authority_plan, false)
    union all
    select
        local_authority_code,
        child_id,
        period_start_date as start_date,
        period_end_date as end_date
    from {{ ref('int_care_periods') }}
    where not is_short_breaks_only
),

helped_on_first_day as (
    select distinct
        first_places.local_authority_code,
        first_places.child_id
    from first_places
    inner join helped
        on first_places.local_authority_code = helped.local_authority_code
        and first_places.child_id = helped.child_id
        and {{ open_on('helped.start_date', 'helped.end_date', 'first_places.entry_date') }}
),

subjects as (
    select
        measures.measure_code,
        measures.setting_type_codes,
        measures.left_out_stage,
        false as is_followed_up,
        reference_terms.period_id,
        in_need.local_authority_code,
        in_need.child_id,
        in_need.cohort_code,
        -- One term is looked at: that of the date.
        reference_terms.term_order as first_term,
        reference_terms.term_order as last_term,
        case
            when children.date_of_birth is null then 'AGE_NOT_KNOWN'
            when {{ age_on('children.date_of_birth', 'reference_terms.term_start') }}
                not between measures.age_from and measures.age_to then 'AGE_OUT_OF_RANGE'
        end as exclusion_code,
        in_need.record_source,
        in_need._file_sha256,
        in_need._row_number
    from {{ ref('in_need_at_year_end') }} as in_need
    inner join measures on measures.population_code = 'in_need_at_date'
    inner join reference_terms on in_need.period_id = reference_terms.period_id
    left join {{ ref('int_children') }} as children
        on in_need.local_authority_code = children.local_authority_code
        and in_need.child_id = children.child_id
    union all
    select
        measures.measure_code,
        measures.setting_type_codes,
        measures.left_out_stage,
        true as is_followed_up,
        reference_terms.period_id,
        first_places.local_authority_code,
        first_places.child_id,
        'in_need_at_start' as cohort_code,
        begun_in.term_order + 1 as first_term,
        begun_in.term_order + measures.later_terms as last_term,
        case when helped_on_first_day.child_id is null then 'NOT_IN_NEED_AT_START' end
            as exclusion_code,
        'local' as record_source,
        first_places._file_sha256,
        first_places._row_number
    from first_places
    inner join terms as begun_in
        on first_places.entry_date between begun_in.term_start and begun_in.term_end
    inner join measures on measures.population_code = 'starters'
    -- The three terms of a year, of which the last is followed up until the date.
    inner join reference_terms
        on begun_in.term_order + measures.later_terms
        between reference_terms.term_order - 2 and reference_terms.term_order
    left join helped_on_first_day
        on first_places.local_authority_code = helped_on_first_day.local_authority_code
        and first_places.child_id = helped_on_first_day.child_id
),

attended as (
    select
        subjects.measure_code,
        subjects.period_id,
        subjects.local_authority_code,
        subjects.child_id,
        count(distinct case
            when enrolments.is_funded
                and {{ is_listed_or_any('subjects.setting_type_codes',
                    'enrolments.setting_type_code') }}
                then terms.term_order
        end) as funded_term_count,
        count(distinct case
            when enrolments.year_group_stage = subjects.left_out_stage then terms.term_order
        end) as school_term_count,
        count(distinct case
            when enrolments.is_funded or enrolments.year_group_stage = subjects.left_out_stage
                then terms.term_order
        end) as term_count
    from subjects
    inner join terms on terms.term_order between subjects.first_term and subjects.last_term
    inner join {{ ref('int_enrolments') }} as enrolments
        on subjects.local_authority_code = enrolments.local_authority_code
        and subjects.child_id = enrolments.child_id
        and enrolments.entry_date <= terms.term_end
        and coalesce(enrolments.leaving_date > terms.term_start, true)
    group by
        subjects.measure_code, subjects.period_id, subjects.local_authority_code,
        subjects.child_id
),

judged as (
    select
        subjects.*,
        case
            when subjects.exclusion_code is not null then subjects.exclusion_code
            when not subjects.is_followed_up and attended.school_term_count > 0
                then 'IN_RECEPTION'
        end as measure_exclusion_code,
        case
            when subjects.is_followed_up
                then coalesce(attended.term_count, 0)
                = subjects.last_term - subjects.first_term + 1
            else coalesce(attended.funded_term_count, 0) > 0
        end as is_in_numerator,
        coalesce(attended.term_count, 0) as term_count
    from subjects
    left join attended
        on subjects.measure_code = attended.measure_code
        and subjects.period_id = attended.period_id
        and subjects.local_authority_code = attended.local_authority_code
        and subjects.child_id = attended.child_id
)

select
    measure_code,
    'child' as subject_type,
    child_id as subject_key,
    '' as event_key,
    local_authority_code,
    cohort_code,
    period_id,
    case when measure_exclusion_code is null then 1 else 0 end as denominator_flag,
    case when measure_exclusion_code is null then cast(is_in_numerator as integer) end
        as numerator_flag,
    cast(null as double) as value,
    cast(null as double) as exposure,
    measure_exclusion_code as exclusion_code,
    cast(null as varchar) as missing_code,
    cast(null as date) as event_date,
    child_id,
    record_source as source_id,
    'terms with a funded place or at school: ' || cast(term_count as varchar) || ' of '
    || cast(last_term - first_term + 1 as varchar) as evidence,
    _file_sha256,
    _row_number
from judged
