-- What the safeguarding board did in a year, who was asked to its meetings and training, and how it
-- sees itself.

create temp table board_years as
select year_ as board_year, make_date(year_ - 1, 4, 1) as year_start_date
from range(return_year(getvariable('detail_from')), return_year(getvariable('as_at')) + 1) as years (year_);

create temp table activities as
with planned as (
    select
        list.*,
        authorities.local_authority_code,
        years.board_year,
        n,
        concat_ws(' ', authorities.local_authority_code, list.activity_type_code, list.group_code, list.title_text,
            list.activity_status_code, years.board_year, n) as key,
        -- Spread over the year, on days of the working week.
        years.year_start_date + cast(floor((n - 0.5) * 365 / list.yearly_count) as integer) as about_date
    from local_board_activity as list
    cross join world.authorities as authorities
    cross join board_years as years
    cross join lateral (select unnest(range(1, list.yearly_count + 1)) as n)
),

dated as (
    select *, about_date + between_(-4, 4, 'activity', key) as any_date from planned
)

select
    *,
    any_date - cast(greatest(0, isodow(any_date) - 5) as integer) as activity_date
from dated;

insert into world.board_activities
select
    local_authority_code,
    'B' || cast(row_number() over (order by local_authority_code, activity_date, key) as varchar) as activity_id,
    activity_type_code,
    group_code,
    title_text,
    case when activity_type_code = 'commissioning_decision'
        then local_authority_code || '-' || one_of('YCS|SB|PAR|RSL|MEN|CMH', 'service', key) end as service_code,
    activity_date,
    case when months_to_complete is not null
        then by_now(activity_date + cast(months_to_complete * 30 * (0.8 + 0.4 * draw('completed', key)) as integer)) end as completed_date,
    case
        when activity_status_code = 'completed' and (months_to_complete is null
            or activity_date + cast(months_to_complete * 30 * (0.8 + 0.4 * draw('completed', key)) as integer) > getvariable('as_at'))
            then 'under_way'
        else activity_status_code
    end as activity_status_code,
    case
        when quality_good_share is null then null
        when activity_type_code = 'serious_case_review'
            and activity_date + cast(months_to_complete * 30 * (0.8 + 0.4 * draw('completed', key)) as integer) > getvariable('as_at') then null
        when draw('quality', key) < quality_good_share then one_of('outstanding|good|good|good', 'grade', key)
        else one_of('requires_improvement|requires_improvement|inadequate', 'grade', key)
    end as quality_grade_code
from activities
where activity_date <= getvariable('as_at') or activity_status_code = 'planned'
order by activity_id;

-- Planned activities lie ahead; the rest is past.
delete from world.board_activities where activity_date > getvariable('as_at') and activity_status_code <> 'planned';

create temp table held_activities as
select activities.*, list.invited, list.attended_share
from world.board_activities as activities
inner join local_board_activity as list
    on activities.activity_type_code = list.activity_type_code
    and activities.group_code = list.group_code
    and activities.title_text is not distinct from list.title_text
where activities.activity_status_code in ('held', 'delivered') and list.invited is not null;

create temp table seats as
-- One seat for each agency at the board's table; fewer in a sub-group.
select
    activities.activity_id, activities.activity_type_code, activities.activity_date, activities.local_authority_code,
    'agency' as attendee_type_code, null as attendee_id, agencies.agency_code,
    activities.attended_share + agencies.attendance_shift as attended_share, null as child_id, true as is_invited
from held_activities as activities
inner join local_board_agencies as agencies
    on activities.activity_type_code = 'lscb_meeting'
    or agencies.agency_code = 'childrens_social_care'
    or draw('member of ' || activities.group_code, concat_ws(' ', activities.local_authority_code, agencies.agency_code)) < 0.45
where activities.invited = 'agencies'
union all
-- Places on training: own staff by number, people of other agencies by theirs.
select
    activities.activity_id, activities.activity_type_code, activities.activity_date, activities.local_authority_code,
    'worker',
    agencies.agency_code || '-' || between_(1, 60, 'trainee', concat_ws(' ', activities.activity_id, agencies.agency_code, n)),
    agencies.agency_code, activities.attended_share + agencies.attendance_shift, null, true
from held_activities as activities
cross join local_board_agencies as agencies
cross join lateral (select unnest(range(1, agencies.sends_to_training + 1)) as n)
where activities.invited = 'workers' and agencies.agency_code <> 'childrens_social_care'
union all
select
    activities.activity_id, activities.activity_type_code, activities.activity_date, activities.local_authority_code,
    'worker', staff_months.worker_id, 'childrens_social_care', activities.attended_share + agencies.attendance_shift, null, true
from held_activities as activities
inner join local_board_agencies as agencies on agencies.agency_code = 'childrens_social_care'
inner join staff_months
    on activities.local_authority_code = staff_months.local_authority_code
    and staff_months.month_start_date = date_trunc('month', activities.activity_date)
    and staff_months.staff_group_code <> 'business_support'
where activities.invited = 'workers'
qualify row_number() over (
    partition by activities.activity_id order by draw('booked', concat_ws(' ', activities.activity_id, staff_months.worker_id))
) <= agencies.sends_to_training
union all
-- Practitioners who come to the yearly workshop, or write.
select
    activities.activity_id, activities.activity_type_code, activities.activity_date, activities.local_authority_code,
    'practitioner', agencies.agency_code || '-' || cast(n as varchar), agencies.agency_code, activities.attended_share, null, true
from held_activities as activities
cross join local_board_agencies as agencies
cross join range(1, 5) as numbers (n)
where activities.invited = 'practitioners'
union all
-- Those a commissioning decision is for.
select
    activities.activity_id, activities.activity_type_code, activities.activity_date, activities.local_authority_code,
    attendee_type_code, null, null, activities.attended_share * share, null, true
from held_activities as activities
cross join (values ('child', 0.8), ('parent_carer', 0.9), ('community', 0.5)) as involved (attendee_type_code, share)
where activities.invited = 'families'
    or (activities.invited = 'community' and attendee_type_code = 'community');

insert into world.meeting_attendance
with board_seats as (
    -- Nobody sits on two seats of one meeting.
    select distinct
        *,
        draw('attends', concat_ws(' ', activity_id, agency_code, attendee_id, attendee_type_code)) < attended_share as has_attended,
        concat_ws(' ', activity_id, agency_code, attendee_id, attendee_type_code) as key
    from seats
),

-- Conferences and reviews: agencies, the social work report, the child and the parents.
meetings as (
    select 'ICPC' || conference_id as activity_id, 'initial_conference' as activity_type_code, conference_date as activity_date,
        child_id, null as participation_code
    from world.initial_conferences
    union all
    select 'RCPC' || plan_review_id, 'review_conference', review_date, child_id, participation_code from world.plan_reviews
    union all
    select 'LAR' || care_review_id, 'looked_after_review', review_date, child_id, participation_code
    from world.care_reviews where review_date is not null
),

known_meetings as (
    select meetings.*, people.local_authority_code, people.family_id, age_on(people.date_of_birth, meetings.activity_date) as age_years
    from meetings
    inner join people on meetings.child_id = people.child_id
    where meetings.activity_date between getvariable('detail_from') and getvariable('as_at')
),

case_seats as (
    select
        meetings.*, 'agency' as attendee_type_code, agencies.agency_code,
        case when agencies.agency_code = 'childrens_social_care' then 0.99
            else rate('local_conference_attendance') + agencies.attendance_shift end as attended_share,
        agencies.agency_code = 'childrens_social_care' as is_reporting_on_time
    from known_meetings as meetings
    inner join local_board_agencies as agencies
        on agencies.agency_code = 'childrens_social_care'
        or (
            meetings.activity_type_code <> 'looked_after_review'
            and (
                agencies.agency_code in ('police', 'community_health')
                or (agencies.agency_code = 'school' and meetings.age_years >= 4)
                or (
                    agencies.agency_code in ('general_practice', 'adult_mental_health', 'probation', 'housing', 'voluntary')
                    and draw('asked ' || agencies.agency_code, meetings.child_id) < 0.3
                )
            )
        )
        or (meetings.activity_type_code = 'looked_after_review' and agencies.agency_code in ('school', 'community_health')
            and meetings.age_years between 4 and 16)
    union all
    select *, 'child', null,
        case when participation_code in ('PN1', 'PN2', 'PN3', 'PN4') then 1.0 when participation_code is null then 0.25 else 0 end, false
    from known_meetings
    where age_years >= 4
    union all
    select *, 'parent_carer', null, 0.78, false
    from known_meetings
    where activity_type_code <> 'looked_after_review'
),

attended_cases as (
    select
        *,
        concat_ws(' ', activity_id, agency_code, attendee_type_code) as key,
        draw('comes', concat_ws(' ', activity_id, agency_code, attendee_type_code)) < attended_share as has_attended
    from case_seats
),

contributions as (
    select
        people.local_authority_code, 'A' || assessments.assessment_id as activity_id, people.child_id,
        assessments.assessment_start_date as activity_date,
        assessments.assessment_start_date + 25 as report_due_date,
        case when draw('contribution', assessments.assessment_id) < rate('local_assessment_contribution_on_time')
            then assessments.assessment_start_date + between_(8, 25, 'contribution day', assessments.assessment_id)
            else assessments.assessment_start_date + between_(26, 55, 'contribution day', assessments.assessment_id)
        end as report_received_date
    from world.assessments as assessments
    inner join people on assessments.child_id = people.child_id
    where assessments.assessment_start_date between getvariable('detail_from') and getvariable('as_at')
        and draw('integrated', assessments.assessment_id) < 0.2
),

every_seat as (
    select
        local_authority_code, activity_id, activity_type_code, activity_date, child_id, attendee_type_code, attendee_id, agency_code,
        is_invited, has_attended, null as participation_code, null as has_advocate, null as report_due_date,
        case when not has_attended and attendee_type_code in ('practitioner', 'community', 'parent_carer', 'child')
            and draw('writes', key) < 0.4 then by_now(activity_date + 5) end as report_received_date, key
    from board_seats
    union all
    select
        local_authority_code, activity_id, activity_type_code, activity_date, child_id, attendee_type_code, null, agency_code,
        true, has_attended, if(attendee_type_code = 'child', participation_code, null),
        case when attendee_type_code in ('child', 'parent_carer') then draw('advocate there', key) < 0.3 end,
        case when agency_code is not null then activity_date - 3 end,
        case
            when is_reporting_on_time then by_now(
                activity_date - 3 + if(draw('report', key) < rate('local_report_on_time'), -between_(0, 6, 'early', key), between_(1, 9, 'late', key)))
            when agency_code is not null and (has_attended or draw('report instead', key) < rate('local_conference_report'))
                then by_now(activity_date - between_(0, 6, 'early', key))
        end, key
    from attended_cases
    union all
    select
        local_authority_code, activity_id, 'integrated_assessment', activity_date, child_id, 'agency', null, 'childrens_social_care',
        true, false, null, null, report_due_date, by_now(report_received_date), activity_id
    from contributions
)

select
    local_authority_code,
    row_number() over (order by local_authority_code, activity_date, key, attendee_type_code) as attendance_id,
    activity_id,
    activity_type_code,
    activity_date,
    child_id,
    attendee_type_code,
    attendee_id,
    agency_code,
    is_invited,
    has_attended,
    participation_code,
    has_advocate,
    report_due_date,
    report_received_date
from every_seat
order by attendance_id;

-- Every year in March, standard by standard; where a standard falls short it is another one each year.
insert into world.self_evaluation
with standards as (
    select
        list.*,
        authorities.local_authority_code,
        years.year_start_date + 340 as assessment_date,
        concat_ws(' ', instrument_code, area_number, vision_heading_code, 'standard', n) as standard_code,
        n,
        row_number() over (
            partition by authorities.local_authority_code, instrument_code, area_number, vision_heading_code, rater_code, years.board_year
            order by draw('short', concat_ws(' ', authorities.local_authority_code, instrument_code, area_number, vision_heading_code, years.board_year, n))
        ) as place
    from local_self_evaluation as list
    cross join world.authorities as authorities
    cross join board_years as years
    cross join lateral (select unnest(range(1, list.standards + 1)) as n)
)

select
    local_authority_code,
    instrument_code,
    replace(standard_code, ' ', '-'),
    area_number,
    vision_heading_code,
    assessment_date,
    rater_code,
    place <= standards - not_applicable_count as is_applicable,
    case
        when place > standards - not_applicable_count then null
        when place <= good_count then least(if(instrument_code = 'sait', 4, 6),
            good_grade - if(instrument_code = 'sait' and draw('band two', concat_ws(' ', local_authority_code, standard_code, assessment_date)) < 0.5
                and good_grade > 2, 1, 0))
        else other_grade
    end as grade,
    'Shown by the year''s audits and by what children said.' as evidence_text,
    case rater_code when 'board' then 'Board manager' when 'practitioners' then 'Practitioner forum'
        when 'authority' then 'Head of quality' when 'peer' then 'Peer reviewer' else 'Lead inspector' end as author_role
from standards
where assessment_date <= getvariable('as_at')
order by local_authority_code, instrument_code, replace(standard_code, ' ', '-'), rater_code, assessment_date;
