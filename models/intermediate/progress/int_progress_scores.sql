-- Scores from every source, one below the other; each branch names what the others leave empty.
with terms as (
    select * from {{ ref('school_terms') }}
),

states as (
    select * from {{ ref('progress_states') }}
),

measures as (
    select * from {{ ref('int_followed_measures') }}
),

identities as (
    select * from {{ ref('int_identities') }}
    where record_source = 'local'
),

participations as (
    select * from {{ newest_places() }} as places
),

-- ---- local reviews, and which child each is about ----
reviews as (
    select
        written.*,
        measures.subject_type_code,
        participations.child_key as place_child_key,
        participations.end_date as participation_end_date,
        participations.participation_id is not null as is_participation_held
    from {{ ref('stg_local__progress_reviews') }} as written
    left join measures
        on written.local_authority_code = measures.local_authority_code
        and written.measure_code = measures.measure_code
    left join participations
        on written.local_authority_code = participations.local_authority_code
        and written.participation_id = participations.participation_id
    -- A score that came in several exports of its system: the newest, and in that the last line.
    qualify row_number() over (
        partition by written.local_authority_code, written.source_system,
            written.progress_review_id
        order by written.exported_date desc nulls last, written._file_sha256 asc,
            written._row_number desc
    ) = 1
),

-- A parent's score is about the child the place is for; else whoever was scored is a child.
of_persons as (
    select
        reviews.*,
        coalesce(of_place.child_id, of_person.child_id) as scored_child_id
    from reviews
    left join identities as of_place
        on reviews.local_authority_code = of_place.local_authority_code
        and {{ key_if(
            "coalesce(reviews.subject_type_code, 'child') <> 'child'", 'reviews.place_child_key'
        ) }} = of_place.person_key
    left join identities as of_person
        on reviews.local_authority_code = of_person.local_authority_code
        and reviews.person_key = of_person.person_key
),

-- A family's score is about each child who is in it on the day.
of_families as (
    select
        of_persons.*,
        identities.child_id
    from of_persons
    inner join {{ ref('stg_local__family_members') }} as members
        on of_persons.local_authority_code = members.local_authority_code
        and of_persons.family_key = members.family_key
        and members.member_role_code = 'child'
        and coalesce(members.joined_date <= of_persons.review_date, true)
        and coalesce(members.left_date > of_persons.review_date, true)
    inner join identities
        on members.local_authority_code = identities.local_authority_code
        and members.person_key = identities.person_key
    where of_persons.scored_child_id is null
    qualify row_number() over (
        partition by of_persons._file_sha256, of_persons._row_number, identities.child_id
        order by members._file_sha256 asc, members._row_number asc
    ) = 1
),

of_children as (
    select of_persons.*, of_persons.scored_child_id as child_id
    from of_persons
    where of_persons.scored_child_id is not null
    union all
    select * from of_families
),

local_scores as (
    select
        of_children.local_authority_code,
        of_children.child_id,
        of_children.measure_code,
        of_children.item_number,
        of_children.rater_type_code as said_informant_code,
        of_children.review_type_code,
        of_children.review_date as score_date,
        coalesce(cast(of_children.score as double), cast(states.score as double)) as score,
        cast(null as varchar) as no_score_reason_code,
        of_children.intended_direction_code,
        of_children.participation_id,
        of_children.participation_end_date,
        of_children.is_participation_held,
        of_children.service_code,
        of_children.worker_key as worker_id,
        false as is_yearly,
        'local' as record_source,
        of_children._file_sha256,
        of_children._row_number
    from of_children
    left join states
        on of_children.measure_code = states.measure_code
        and of_children.result_code = states.state_code
),

-- ---- what returns and other systems hold ----
questionnaires as (
    select
        scores.local_authority_code,
        scores.child_id,
        tools.measure_code,
        scores.informant_code,
        -- A return says in which year, and is about who was in care on its last day.
        coalesce(scores.sdq_date, make_date(scores.return_year, 3, 31)) as score_date,
        cast(scores.sdq_total_score as double) as score,
        scores.no_score_reason_code,
        scores.sdq_date is null as is_yearly,
        scores.record_source,
        scores._file_sha256,
        scores._row_number
    from {{ ref('int_sdq_scores') }} as scores
    inner join {{ ref('progress_measures') }} as tools on tools.source_kind = 'sdq'
    where scores.record_source <> 'local'
),

sessions as (
    select
        sat.local_authority_code,
        sat.child_id,
        terms.term_number,
        last_day(make_date(sat.academic_year + terms.year_offset, terms.last_month, 1))
            as score_date,
        sum(sat.sessions_possible) as possible_count,
        sum(sat.sessions_authorised) + sum(sat.sessions_unauthorised) as missed_count,
        count(*) = count(sat.sessions_possible + sat.sessions_authorised
            + sat.sessions_unauthorised) as is_whole,
        min(sat._file_sha256) as _file_sha256,
        min(sat._row_number) as _row_number
    from {{ newest_records('local__education_attendance',
        ['setting_urn', 'academic_year', 'term_code']) }} as sat
    inner join terms on sat.term_code = terms.term_code
    group by
        sat.local_authority_code, sat.child_id, sat.academic_year, terms.term_number,
        terms.year_offset, terms.last_month
),

attendance as (
    select
        sessions.local_authority_code,
        sessions.child_id,
        tools.measure_code,
        sessions.term_number as item_number,
        sessions.score_date,
        case
            when sessions.is_whole and sessions.possible_count > 0
                then {{ settled(
                    '100 * (sessions.possible_count - sessions.missed_count)'
                    ~ ' / sessions.possible_count'
                ) }}
        end as score,
        sessions._file_sha256,
        sessions._row_number
    from sessions
    inner join {{ ref('progress_measures') }} as tools on tools.source_kind = 'attendance'
),

-- A judgement of a year is dated by the last of its terms.
last_terms as (
    select * from terms
    qualify row_number() over (order by term_number desc) = 1
),

judgements as (
    select
        results.local_authority_code,
        results.child_id,
        tools.measure_code,
        last_day(make_date(results.academic_year + last_terms.year_offset, last_terms.last_month, 1))
            as score_date,
        cast(states.score as double) as score,
        results._file_sha256,
        results._row_number
    from {{ newest_records('local__education_results',
        ['academic_year', 'stage_code', 'measure_code']) }} as results
    inner join {{ ref('progress_measures') }} as tools
        on tools.source_kind = 'education_results'
        and results.measure_code = tools.tool_code
    cross join last_terms
    left join states
        on results.measure_code = states.measure_code
        and results.result_code = states.state_code
),

checks as (
    select
        held.local_authority_code,
        held.child_id,
        tools.measure_code,
        make_date(held.return_year, 3, 31) as score_date,
        -- Of three, all of which must be answered; development is checked under five only.
        case
            when count(distinct held.check_type_code) filter (where held.is_up_to_date is not null)
                = tools.maximum_score
                then cast(count(distinct held.check_type_code) filter (where held.is_up_to_date)
                    as double)
        end as score,
        min(held._file_sha256) as _file_sha256,
        min(held._row_number) as _row_number
    from {{ ref('int_health_checks') }} as held
    inner join {{ ref('progress_measures') }} as tools on tools.source_kind = 'health_checks'
    where held.return_year is not null
        and held.check_type_code in ('review', 'dental', 'immunisation')
    group by
        held.local_authority_code, held.child_id, tools.measure_code, tools.maximum_score,
        held.return_year
),

-- Years of which an authority's moves are held.
years_held as (
    select distinct
        coverage.local_authority_code,
        years.period_start,
        years.next_period_start,
        years.period_end
    from {{ ref('int_source_coverage') }} as coverage
    inner join {{ ref('periods') }} as years
        on years.period_type = 'year'
        and years.period_end <= {{ as_at_date() }}
        and (
            (
                coverage.source_extract = 'ssda903_episodes'
                and coverage.return_year = years.reporting_year
            )
            or (
                coverage.source_extract = 'ssd_cla_placement'
                and coverage.covered_to >= years.period_end
            )
        )
),

moves as (
    select
        care.local_authority_code,
        care.child_id,
        tools.measure_code,
        years_held.period_end as score_date,
        cast(nullif(count(placements.placement_id), 0) as double) as score,
        care.record_source,
        care._file_sha256,
        care._row_number
    from years_held
    inner join {{ ref('int_care_periods') }} as care
        on years_held.local_authority_code = care.local_authority_code
        and not care.is_short_breaks_only
        -- On every day of the year: care that began on 1 April itself counts.
        and care.period_start_date <= years_held.period_start
        and {{ open_on('care.period_start_date', 'care.period_end_date',
            'years_held.period_end') }}
    inner join {{ ref('progress_measures') }} as tools on tools.source_kind = 'placements'
    left join {{ ref('int_placements') }} as placements
        on care.care_period_id = placements.care_period_id
        and placements.placement_start_date < years_held.next_period_start
        and {{ end_or_never('placements.placement_end_date') }} > years_held.period_start
    group by
        care.local_authority_code, care.child_id, tools.measure_code, years_held.period_end,
        care.record_source, care._file_sha256, care._row_number
),

stacked as (
    select * from local_scores
    {%- for name, item, informant, reason, is_yearly, source in [
        ('questionnaires', '1', 'informant_code', 'no_score_reason_code', 'is_yearly',
            'record_source'),
        ('attendance', 'item_number', "'not_rated'", 'null', 'false', "'local'"),
        ('judgements', '1', "'teacher'", 'null', 'false', "'local'"),
        ('checks', '1', "'not_rated'", 'null', 'false', "'ssda903'"),
        ('moves', '1', "'not_rated'", 'null', 'false', 'record_source'),
    ] %}
    union all
    select
        local_authority_code,
        child_id,
        measure_code,
        cast({{ item }} as integer) as item_number,
        {{ informant }} as said_informant_code,
        cast(null as varchar) as review_type_code,
        score_date,
        score,
        cast({{ reason }} as varchar) as no_score_reason_code,
        cast(null as varchar) as intended_direction_code,
        cast(null as varchar) as participation_id,
        cast(null as date) as participation_end_date,
        false as is_participation_held,
        cast(null as varchar) as service_code,
        cast(null as varchar) as worker_id,
        {{ is_yearly }} as is_yearly,
        {{ source }} as record_source,
        _file_sha256,
        _row_number
    from {{ name }}
    {%- endfor %}
),

-- ---- what each score is of: its scale, its child's age, its stretch of help ----
described as (
    select
        stacked.*,
        coalesce(stacked.said_informant_code, measures.informant_code, 'not_stated')
            as informant_code,
        measures.tool_code,
        measures.domain_code,
        measures.class_rule,
        measures.episode_kind,
        measures.minimum_score,
        measures.maximum_score,
        measures.minimum_age_months,
        measures.maximum_age_months,
        measures.valid_from_date,
        measures.valid_to_date,
        measures.measure_code is not null as is_listed,
        {{ whole_months('children.date_of_birth', 'stacked.score_date') }} as age_months,
        case measures.episode_kind
            when 'care_period' then care.care_period_id
            else help.help_period_id
        end as stretch_id,
        case measures.episode_kind
            when 'care_period' then care.period_end_date
            else help.period_end_date
        end as stretch_end_date
    from stacked
    left join measures
        on stacked.local_authority_code = measures.local_authority_code
        and stacked.measure_code = measures.measure_code
    left join {{ ref('int_children') }} as children
        on stacked.local_authority_code = children.local_authority_code
        and stacked.child_id = children.child_id
    left join {{ ref('int_care_periods') }} as care
        on stacked.local_authority_code = care.local_authority_code
        and {{ key_if("measures.episode_kind = 'care_period'", 'stacked.child_id') }}
        = care.child_id
        and {{ open_on('care.period_start_date', 'care.period_end_date',
            'stacked.score_date') }}
    left join {{ ref('int_help_periods') }} as help
        on stacked.local_authority_code = help.local_authority_code
        and {{ key_if(
            "coalesce(measures.episode_kind, '') <> 'care_period'", 'stacked.child_id'
        ) }} = help.child_id
        and {{ open_on('help.period_start_date', 'help.period_end_date',
            'stacked.score_date') }}
    -- Two periods of care on one day are a fault of the record: the one begun last.
    qualify row_number() over (
        partition by stacked.local_authority_code, stacked.child_id, stacked.measure_code,
            stacked._file_sha256, stacked._row_number, stacked.score_date, stacked.item_number
        order by care.period_start_date desc nulls last, help.period_start_date desc nulls last
    ) = 1
),

judged as (
    select
        *,
        case
            when not is_listed then 'measure_not_listed'
            when score_date > {{ as_at_date() }} then 'in_the_future'
            when score is null then 'no_score'
            when score < minimum_score or score > maximum_score then 'out_of_range'
            when score_date < valid_from_date or score_date > valid_to_date then 'not_in_use'
            -- The age of a score that is dated by its year only is not known.
            when is_yearly then null
            when age_months < minimum_age_months or age_months > maximum_age_months
                then 'age_out_of_range'
        end as fault_code,
        -- The first baseline of a day opens a course; what closes one that day still belongs to it.
        case review_type_code
            when 'closing' then 1
            when 'follow_up' then 1
            when 'baseline' then 2
            else 3
        end as order_in_day,
        coalesce(
            review_type_code = 'baseline' and row_number() over (
                partition by local_authority_code, child_id, measure_code, item_number,
                    informant_code, participation_id, review_type_code, score_date
                order by _file_sha256, _row_number
            ) = 1,
            false
        ) as is_opening
    from described
),

numbered as (
    select
        *,
        sum(case when is_opening then 1 else 0 end) over (
            partition by local_authority_code, child_id, measure_code, item_number,
                informant_code, participation_id
            order by score_date, order_in_day, _file_sha256, _row_number
            rows between unbounded preceding and current row
        ) as run_number
    from judged
),

in_courses as (
    select
        *,
        case
            when episode_kind <> 'course' then stretch_id
            when participation_id is not null then participation_id
            else 'run ' || cast(run_number as varchar)
        end as course_id,
        -- Runs of several items and informants are followed together; a place has its own.
        case
            when episode_kind <> 'course' then stretch_id
            else coalesce(participation_id, 'no place')
        end as course_group
    from numbered
),

-- The same scale twice on one day: a valid score before another, a dated one before that of a
-- year, and of the rest the last line.
ranked as (
    select
        *,
        row_number() over (
            partition by local_authority_code, child_id, measure_code, item_number,
                informant_code, course_id, score_date
            order by
                case when fault_code is null then 0 else 1 end asc,
                case when is_yearly then 1 else 0 end asc,
                record_source asc,
                _file_sha256 asc,
                _row_number desc
        ) as place_in_day,
        coalesce(bool_or(fault_code is null and not is_yearly) over (
            partition by local_authority_code, child_id, measure_code, item_number,
                informant_code, course_id, year({{ months_before('score_date', 3) }})
        ), false) as has_dated_score
    from in_courses
),

ended as (
    select
        *,
        case
            when fault_code in ('measure_not_listed', 'in_the_future') then fault_code
            when course_id is null then 'no_open_case'
            when fault_code is not null then fault_code
            when is_yearly and has_dated_score then 'held_with_a_date'
            when place_in_day > 1 then 'same_day'
        end as left_out_code,
        min(score_date) over course as course_start_date,
        case
            when episode_kind <> 'course' then stretch_end_date
            when is_participation_held then participation_end_date
            else coalesce(
                min(score_date) filter (where review_type_code = 'closing') over course,
                -- A run without a closing score ends with the help it began in, or with itself.
                case
                    when bool_and(stretch_id is null or stretch_end_date is not null) over course
                        then max(
                            case when stretch_id is null then score_date else stretch_end_date end
                        ) over course
                end
            )
        end as course_end_date
    from ranked
    window course as (
        partition by local_authority_code, child_id, measure_code, item_number,
            informant_code, course_id
    )
)

select
    {{ made_key(['local_authority_code', 'child_id', 'measure_code', 'item_number',
        'score_date', '_file_sha256', '_row_number']) }} as progress_score_id,
    local_authority_code,
    child_id,
    measure_code,
    tool_code,
    domain_code,
    item_number,
    informant_code,
    score_date,
    score,
    review_type_code,
    no_score_reason_code,
    intended_direction_code,
    course_group,
    course_id,
    course_start_date,
    course_end_date,
    participation_id,
    service_code,
    worker_id,
    age_months,
    is_yearly,
    left_out_code,
    left_out_code is null as is_used,
    record_source,
    _file_sha256,
    _row_number
from ended
