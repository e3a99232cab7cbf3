-- Where children learn: enrolments, attendance, suspensions, exclusions and results.

create temp table school_lists as
select local_authority_code, setting_type_code, list(setting_urn order by setting_urn) as urns
from world.schools
group by all;

-- Year groups count from the September in which a child born before it turns five.
create temp table pupils as
select
    *,
    year(date_of_birth + interval 4 month) + 4 as start_year,
    has_education_health_care_plan and draw('special school', child_id) < rate('local_special_school') as in_special_school
from people
where year(date_of_birth) + 2 <= year(getvariable('as_at'));

create temp table phases as
with every_phase as (
    -- Funded early education begins in the term after the second or the third birthday.
    select
        *,
        'early_years' as setting_type_code,
        case
            when draw('funded at two', child_id) < rate('local_early_education_at_2') then term_after(birthday(date_of_birth, 2))
            when draw('funded at three', child_id) < rate('local_early_education_at_3') then term_after(birthday(date_of_birth, 3))
        end as phase_start_date,
        make_date(start_year, 8, 31) as phase_end_date
    from pupils
    union all
    select *, if(in_special_school, 'special_school', 'primary'), make_date(start_year, 9, 1), make_date(start_year + 7, 8, 31)
    from pupils
    union all
    select *, if(in_special_school, 'special_school', 'secondary'), make_date(start_year + 7, 9, 1), make_date(start_year + 12, 8, 31)
    from pupils
    union all
    -- What young people do at 16 and 17; those who leave care have their own positions from then on.
    select
        pupils.*,
        case
            when draw('after school', pupils.child_id) < 0.66 then 'further_education'
            when draw('after school', pupils.child_id) < 0.74 then 'apprenticeship'
            when draw('after school', pupils.child_id) < 0.80 then 'training'
            when draw('after school', pupils.child_id) < 0.86 then 'employment'
        end,
        make_date(start_year + 12, 9, 1),
        least(make_date(start_year + 14, 7, 31), coalesce(leaving.first_position_date, date '9999-12-31'))
    from pupils
    left join (
        select child_id, min(position_date) as first_position_date from world.care_leavers group by child_id
    ) as leaving on pupils.child_id = leaving.child_id
    union all
    select
        pupils.*,
        case left(positions.activity_code, 2)
            when 'F1' then 'higher_education' when 'P1' then 'higher_education'
            when 'F2' then 'further_education' when 'P2' then 'further_education'
            when 'F5' then 'apprenticeship' when 'P5' then 'apprenticeship'
            when 'F6' then 'apprenticeship' when 'P6' then 'apprenticeship'
            when 'F4' then one_of('employment|training', 'job', pupils.child_id)
            when 'P4' then one_of('employment|training', 'job', pupils.child_id)
        end,
        positions.position_date,
        birthday(pupils.date_of_birth, positions.age_turned + 1)
    from pupils
    inner join world.care_leavers as positions on pupils.child_id = positions.child_id
)

select * replace (least(phase_end_date, last_day_here) as phase_end_date)
from every_phase
where setting_type_code is not null
    and phase_start_date < least(phase_end_date, last_day_here)
    and phase_start_date <= getvariable('as_at')
    and phase_end_date > getvariable('detail_from') - 366
order by child_id, phase_start_date;

-- Changes of school inside a phase, at most one on a day.
create temp table school_moves as
with school_years as (
    select child_id, date_of_birth, start_year, year_ as academic_year
    from pupils
    cross join range(year(getvariable('detail_from')) - 1, year(getvariable('as_at')) + 1) as years (year_)
    where year_ - 1 between start_year and start_year + 11
),

moves as (
    select
        child_id,
        make_date(academic_year - 1, 11, 3) + between_(0, 220, 'move day', concat_ws(' ', child_id, academic_year)) as leaving_date,
        case
            when draw('move', concat_ws(' ', child_id, academic_year)) < rate('local_family_move') then 'family_move'
            when draw('move', concat_ws(' ', child_id, academic_year)) < rate('local_family_move') + rate('local_managed_move')
                then 'managed_move'
            when academic_year - 1 >= start_year + 7
                and draw('excluded', concat_ws(' ', child_id, academic_year)) < rate('local_permanent_exclusion')
                then 'permanent_exclusion'
        end as leaving_reason_code
    from school_years
    union all
    select
        placements.child_id,
        placements.placement_start_date + between_(0, 9, 'placement move day', placements.placement_id),
        'placement_change'
    from world.placements as placements
    inner join pupils on placements.child_id = pupils.child_id
    where draw('placement move', placements.placement_id) < rate('local_school_move_with_placement')
        and month(placements.placement_start_date) not in (7, 8, 9)
)

select
    child_id,
    leaving_date,
    leaving_date + if(leaving_reason_code = 'permanent_exclusion', between_(8, 30, 'gap', child_id), 0) as entry_date,
    leaving_reason_code
from moves
where leaving_reason_code is not null
qualify row_number() over (partition by child_id, year(leaving_date) order by leaving_date, leaving_reason_code) = 1;

create temp table school_spells as
with entries as (
    select
        child_id,
        phase_start_date,
        phase_end_date,
        phase_start_date as entry_date,
        phase_start_date as previous_left_date,
        setting_type_code,
        null as previous_reason_code
    from phases
    union all
    select
        moves.child_id,
        phases.phase_start_date,
        phases.phase_end_date,
        moves.entry_date,
        moves.leaving_date,
        case when moves.leaving_reason_code = 'permanent_exclusion' then 'alternative_provision' else phases.setting_type_code end,
        moves.leaving_reason_code
    from school_moves as moves
    inner join phases
        on moves.child_id = phases.child_id
        and moves.leaving_date > phases.phase_start_date
        and moves.entry_date < phases.phase_end_date - 14
        and phases.setting_type_code in ('primary', 'secondary', 'special_school')
),

chained as (
    select
        *,
        lead(previous_left_date) over spell_order as next_left_date,
        lead(previous_reason_code) over spell_order as next_reason_code
    from entries
    window spell_order as (partition by child_id, phase_start_date order by entry_date)
)

select
    pupils.*,
    chained.entry_date,
    least(coalesce(next_left_date, phase_end_date), phase_end_date) as leaving_date,
    coalesce(next_reason_code, if(setting_type_code in ('early_years', 'primary', 'secondary'), 'normal_transfer', 'other'))
        as leaving_reason_code,
    chained.setting_type_code,
    case
        when setting_type_code in ('early_years', 'primary', 'secondary', 'special_school', 'alternative_provision')
        then one_in(school_lists.urns, 'school', concat_ws(' ', pupils.child_id, setting_type_code, previous_reason_code, chained.entry_date))
    end as setting_urn,
    academic_year(chained.entry_date) - 1 - start_year as year_group
from chained
inner join pupils on chained.child_id = pupils.child_id
left join school_lists using (local_authority_code, setting_type_code)
where chained.entry_date < least(coalesce(next_left_date, phase_end_date), phase_end_date)
    and chained.entry_date <= getvariable('as_at')
order by pupils.child_id, chained.entry_date;

insert into world.education_enrolments
select
    local_authority_code,
    row_number() over (order by child_id, entry_date) as enrolment_id,
    person_id,
    setting_urn,
    setting_type_code,
    case
        when setting_type_code = 'early_years' then
            case year_group when -1 then 'N2' when -2 then 'N1' when -3 then 'E2' else 'E1' end
        when year_group = 0 then 'R'
        when year_group between 1 and 14 then cast(year_group as varchar)
        else 'X'
    end as year_group_code,
    entry_date,
    by_now(leaving_date) as leaving_date,
    if(leaving_date <= getvariable('as_at'), leaving_reason_code, null) as leaving_reason_code,
    case when setting_type_code = 'early_years' then
        case
            when draw('unfunded', child_id) < 0.04 then 0
            when draw('hours', child_id) < 0.3 then 30
            else 15
        end
    end as funded_weekly_hours,
    case
        when has_education_health_care_plan then 'E'
        when draw('sen support', child_id) < rate('local_sen_support') then 'K'
        else 'N'
    end as sen_provision_code,
    case
        when draw('young carer at school', child_id) < 0.02 then 'P'
        when draw('young carer at school', child_id) < 0.05 then 'S'
        else 'N'
    end as young_carer_code
from school_spells
order by enrolment_id;

create temp table terms as
select year_ as academic_year, term_code, term_start_date, term_end_date
from range(year(getvariable('detail_from')) , year(getvariable('as_at')) + 1) as years (year_)
cross join lateral (
    values
    ('AUT', make_date(year_ - 1, 9, 4), make_date(year_ - 1, 12, 20)),
    ('SPR', make_date(year_, 1, 6), make_date(year_, 3, 28)),
    ('SUM', make_date(year_, 4, 14), make_date(year_, 7, 22))
) as parts (term_code, term_start_date, term_end_date)
where term_end_date <= getvariable('as_at');

-- How much of school a child misses follows a lognormal distribution, fitted to the published
-- shares of pupils who miss 10 and 50 per cent; most of it is the child's own from year to year.
create temp table pupil_terms as
select
    spells.child_id,
    spells.person_id,
    spells.local_authority_code,
    spells.setting_urn,
    terms.academic_year,
    terms.term_code,
    min(spells.entry_date) as entry_date,
    max(spells.setting_type_code) as setting_type_code,
    any_value(coalesce(child_months.service_status_code, 'none')) as service_status_code,
    cast(sum(ceil(
        (least(spells.leaving_date, terms.term_end_date) - greatest(spells.entry_date, terms.term_start_date)) * 10.0 / 7
    )) as integer) as sessions_possible,
    max(greatest(spells.entry_date, terms.term_start_date)) as from_date,
    max(least(spells.leaving_date, terms.term_end_date)) as until_date,
    any_value(academic_year - 1 - spells.start_year) as year_group
from school_spells as spells
inner join terms
    on spells.entry_date < terms.term_end_date
    and spells.leaving_date > terms.term_start_date
    and terms.academic_year - 1 - spells.start_year between 0 and 11
left join child_months
    on spells.child_id = child_months.child_id
    and child_months.month_start_date = date_trunc('month', terms.term_end_date)
where spells.setting_type_code in ('primary', 'secondary', 'special_school', 'alternative_provision')
    and spells.setting_urn is not null
    -- Only pupils whom a service knew within a year of the school year are matched.
    and exists (
        select 1 from spells as open_spells
        where open_spells.child_id = spells.child_id
            and open_spells.spell_start_date < make_date(terms.academic_year + 1, 9, 1)
            and still(open_spells.spell_end_date) > make_date(terms.academic_year - 1, 9, 1)
    )
group by spells.child_id, spells.person_id, spells.local_authority_code, spells.setting_urn,
    terms.academic_year, terms.term_code
order by spells.child_id, terms.academic_year, terms.term_code, spells.setting_urn;

insert into world.education_attendance
with missing_school as (
    select
        *,
        least(1, exp(
            rate('local_absence_log_median_' || service_status_code)
            + rate('local_absence_log_deviation_' || service_status_code) * (
                sqrt(0.8) * normal('absence', child_id)
                + sqrt(0.2) * normal('absence of the year', concat_ws(' ', child_id, academic_year))
            )
            + 0.25 * normal('absence of the term', concat_ws(' ', child_id, academic_year, term_code))
        )) as absence_rate,
        draw('unauthorised', concat_ws(' ', child_id, academic_year)) as unauthorised_share
    from pupil_terms
),

counted as (
    select *, cast(floor(sessions_possible * absence_rate + draw('odd session', concat_ws(' ', child_id, academic_year, term_code))) as integer)
        as sessions_missed
    from missing_school
)

select
    local_authority_code,
    person_id,
    setting_urn,
    academic_year,
    term_code,
    sessions_possible,
    least(sessions_missed, sessions_possible)
        - cast(floor(least(sessions_missed, sessions_possible) * unauthorised_share) as integer) as sessions_authorised,
    cast(floor(least(sessions_missed, sessions_possible) * unauthorised_share) as integer) as sessions_unauthorised
from counted
order by person_id, setting_urn, academic_year, term_code;

insert into world.education_exclusions
with suspended as (
    select
        *,
        case when year_group >= 7 then 1.0 else 0.15 end * rate('local_suspensions_a_year_' || service_status_code) / 3 as expected,
        concat_ws(' ', child_id, academic_year, term_code) as key
    from pupil_terms
    where setting_type_code <> 'alternative_provision' and until_date > from_date + 5
),

every_exclusion as (
    select
        local_authority_code, person_id, setting_urn,
        from_date + 1 + cast(floor((until_date - from_date - 2) * draw('suspended on', concat_ws(' ', key, n))) as integer) as exclusion_start_date,
        -- Older school systems still write what suspensions were called before 2020.
        case
            when draw('lunchtime', concat_ws(' ', key, n)) < 0.03 then 'LNCH'
            when draw('older name', setting_urn) < 0.15 then 'FIXD'
            else 'SUSP'
        end as exclusion_category_code,
        cast(between_(1, 10, 'lost', concat_ws(' ', key, n)) as double) as sessions_lost,
        concat_ws(' ', key, n) as key
    from suspended
    cross join range(1, 4) as times (n)
    -- One suspension is often followed by another.
    where draw('suspended', key) < expected / 1.6 and (n = 1 or draw('again ' || n, key) < 0.4)
    union all
    select spells.local_authority_code, spells.person_id, spells.setting_urn, spells.leaving_date, 'PERM', null,
        'perm ' || spells.child_id || spells.leaving_date
    from school_spells as spells
    where spells.leaving_reason_code = 'permanent_exclusion'
        and spells.leaving_date between getvariable('detail_from') and getvariable('as_at')
)

select
    local_authority_code,
    row_number() over (order by person_id, exclusion_start_date, key) as exclusion_id,
    person_id,
    setting_urn,
    exclusion_start_date,
    exclusion_category_code,
    one_of('DB|DB|DB|DB|PP|PP|VA|VA|PA|VP|OW|DA|DM|BU|TH|MT|RA|DS|LG|SM', 'reason', key) as exclusion_reason_code,
    sessions_lost
from every_exclusion
order by exclusion_id;

-- Results of the summer, known in the same year; the ability of a child shows at every stage.
insert into world.education_results
with school_years as (
    select
        pupils.*,
        year_ as academic_year,
        year_ - 1 - start_year as year_group,
        normal('ability', child_id) as ability,
        coalesce(child_months.service_status_code, 'none') as service_status_code
    from pupils
    cross join range(year(getvariable('detail_from')), year(getvariable('as_at')) + 1) as years (year_)
    inner join child_months using (child_id)
    where child_months.month_start_date = make_date(year_, 3, 1)
        and make_date(year_, 8, 25) <= least(getvariable('as_at'), last_day_here)
),

marked as (
    select school_years.*, stage_code, measure_code, ability + 0.5 * normal(left(measure_code, 8), child_id) as mark
    from school_years
    inner join (
        values
        (0, 'early_years', 'good_level_of_development'), (1, 'phonics', 'phonics_standard'), (6, 'ks2', 'rwm_expected'),
        (6, 'ks2', 'reading_progress'), (6, 'ks2', 'writing_progress'), (6, 'ks2', 'maths_progress'),
        (11, 'ks4', 'attainment8'), (11, 'ks4', 'progress8'),
        (11, 'ks4', 'english_maths_grade_4'), (11, 'ks4', 'english_maths_grade_5')
    ) as measures (measure_year, stage_code, measure_code) on school_years.year_group = measure_year
    union all
    select school_years.*, 'year_end', 'teacher_progress', draw('teacher', concat_ws(' ', child_id, academic_year))
    from school_years
    where year_group between 1 and 10
),

results as (
    select
        *,
        case measure_code
            when 'rwm_expected'
                then if(draw('ks2', child_id) < rate('local_ks2_expected_' || service_status_code), 'met', 'not_met')
            when 'good_level_of_development'
                then if(draw('gld', child_id) < rate('local_good_level_of_development'), 'met', 'not_met')
            when 'phonics_standard' then if(mark > -0.35, 'met', 'not_met')
            when 'english_maths_grade_4' then if(mark > 1.0, 'met', 'not_met')
            when 'english_maths_grade_5' then if(mark > 1.5, 'met', 'not_met')
            when 'teacher_progress' then case when mark < 0.14 then 'above' when mark < 0.68 then 'expected' else 'below' end
        end as result_code,
        case
            when measure_code = 'attainment8'
                then round(greatest(0, rate('local_attainment8_' || service_status_code) + 12 * mark), 1)
            when measure_code = 'progress8' then round(-1.1 + mark, 2)
            when stage_code = 'ks2' and measure_code <> 'rwm_expected' then round(3 * mark - 1.5, 1)
        end as result_value
    from marked
)

select local_authority_code, person_id, academic_year, stage_code, measure_code, result_code, result_value
from results
union all
select
    pupils.local_authority_code,
    pupils.person_id,
    academic_year(positions.position_date),
    'by_19',
    level_,
    if(draw(level_, pupils.child_id) < if(level_ = 'level_2', 0.52, 0.31), 'met', 'not_met'),
    null
from world.care_leavers as positions
inner join pupils on positions.child_id = pupils.child_id
cross join (values ('level_2'), ('level_3')) as levels (level_)
where positions.age_turned = 19
order by person_id, academic_year, stage_code, measure_code;
