-- Action for Children's Intensive Family Support: 157 families, with the baselines and effects that
-- the register gives (seeds/simulation/local_intensive_family_support.csv). Switched on by the
-- scenario of that name; families of up to six authorities, known to the provider alone.

create or replace temp macro figure(indicator) as (
    (select numerator from local_intensive_family_support where indicator_id = indicator)
);
create or replace temp macro out_of(indicator) as (
    (select denominator from local_intensive_family_support where indicator_id = indicator)
);

create temp table ifs_families as
with numbered as (
    select n
    from range(1, 1000) as families (n)
    where n <= figure('afc_ifs_families_supported')
        and exists (select 1 from world.scenarios where scenario = 'intensive_family_support')
),

ranked as (
    select
        n,
        row_number() over (order by draw('ifs size', n)) as by_size,
        row_number() over (order by draw('ifs adults', n)) as by_adults,
        row_number() over (order by draw('ifs model', n)) as by_model,
        row_number() over (order by draw('ifs tenancy', n)) as by_tenancy,
        row_number() over (order by draw('ifs vulnerable', n)) as by_vulnerable,
        row_number() over (order by draw('ifs violence', n)) as by_violence,
        row_number() over (order by draw('ifs school', n)) as by_school,
        row_number() over (order by draw('ifs outcome', n)) as by_outcome,
        row_number() over (order by draw('ifs feelings', n)) as by_feelings
    from numbered
),

-- How many families have so many children: 484 in all.
sizes as (
    select
        child_count,
        coalesce(sum(family_count) over (order by child_count rows between unbounded preceding and 1 preceding), 0) as from_rank,
        sum(family_count) over (order by child_count) as to_rank
    from (values (1, 18), (2, 38), (3, 47), (4, 29), (5, 17), (6, 8)) as counts (child_count, family_count)
),

places as (
    select local_authority_code, row_number() over (order by authority_number) - 1 as place,
        least(6, count(*) over ()) as place_count
    from world.authorities
)

select
    ranked.*,
    9000000000 + ranked.n as family_id,
    places.local_authority_code,
    places.local_authority_code || '-IFS' as service_code,
    sizes.child_count,
    if(by_adults <= figure('afc_ifs_adults_supported') - figure('afc_ifs_families_supported'), 2, 1) as adult_count,
    case
        when by_model <= figure('afc_ifs_families_residential') then 'residential_unit'
        when by_model <= figure('afc_ifs_families_residential') + 30 then 'managed_tenancy'
        else 'existing_tenancy'
    end as delivery_model_code,
    case
        when by_tenancy <= figure('afc_ifs_baseline_evicted') then 'evicted'
        when by_tenancy <= figure('afc_ifs_baseline_evicted') + figure('afc_ifs_baseline_homeless_risk') then 'at_risk_of_eviction'
        else 'warnings_only'
    end as tenancy_before,
    case
        when by_outcome <= figure('afc_ifs_tenancy_stable') then 'stable'
        when by_outcome <= figure('afc_ifs_no_tenancy_risk') then 'no_risk_from_asb'
        else one_of('at_risk_of_eviction|warnings_only|evicted', 'ifs tenancy after', ranked.n)
    end as tenancy_after,
    case
        when by_outcome <= figure('afc_ifs_no_tenancy_risk') then one_of('ceased|significantly_reduced', 'ifs asb', ranked.n)
        else one_of('present|reduced', 'ifs asb', ranked.n)
    end as asb_after,
    by_vulnerable <= figure('afc_ifs_baseline_vulnerable_child') as has_vulnerable_child,
    by_violence <= figure('afc_ifs_baseline_violence') as has_violence,
    by_school <= figure('afc_ifs_baseline_school_problems') as has_school_problem,
    by_school <= figure('afc_ifs_attendance_improved') as attends_more,
    by_feelings <= figure('afc_ifs_mental_health_improved') as feels_better,
    by_school <= out_of('afc_ifs_no_longer_excluded') as has_excluded_child,
    -- The first half of those who had been are excluded again.
    by_school <= out_of('afc_ifs_no_longer_excluded') - figure('afc_ifs_no_longer_excluded') as is_excluded_again,
    -- All have started early enough to be closed, at least 190 days later.
    start_from + cast(floor(draw('ifs start', ranked.n) * (getvariable('as_at') - 330 - start_from)) as integer) as start_date
from ranked
inner join sizes on ranked.by_size > sizes.from_rank and ranked.by_size <= sizes.to_rank
inner join places on places.place = (ranked.n - 1) % places.place_count
cross join (select least(written_from, as_at - 340) as start_from from world.settings)
order by ranked.n;

create temp table ifs_dated as
select *, start_date + between_(195, 300, 'ifs length', n) as end_date, row_number() over (order by n)
    + (select coalesce(max(participation_id), 0) from world.programme_participation) as participation_id
from ifs_families;

create temp table ifs_children as
with everyone as (
    select
        families.*,
        child_number,
        'V' || cast(families.n * 10 + child_number as varchar) as person_id,
        -- The first child goes to school; all are under 18 when help begins.
        start_date - cast(floor(365.25 * if(child_number = 1, 6 + 8 * draw('ifs age', families.n),
            16 * draw('ifs age', concat_ws(' ', families.n, child_number)))) as integer) - 30 as date_of_birth
    from ifs_dated as families
    cross join lateral (select unnest(range(1, child_count + 1)) as child_number)
)

select *, row_number() over (order by draw('ifs care risk', person_id)) as by_care_risk
from everyone
order by n, child_number;

insert into world.service_register
select
    services.local_authority_code, services.service_code, list.service_name, list.programme_code, list.service_area_code, list.provider_code,
    list.provider_sector_code, list.service_line_code, list.purpose_text, true, list.place_count, getvariable('detail_from'), null
from (select distinct local_authority_code, service_code from ifs_dated) as services
cross join local_services as list
where list.programme_code = 'intensive_family_support'
order by services.service_code;

insert into world.programme_participation
select
    local_authority_code, participation_id, service_code, family_id, null, null, null, delivery_model_code,
    one_of('4|4|4|6|5D|2A', 'ifs referred', n), start_date - 30, start_date - 12, start_date, end_date, 'completed', 40, between_(24, 40, 'ifs sessions', n)
from ifs_dated
order by participation_id;

insert into world.programme_family_members
select local_authority_code, family_id, person_id, 'child' as member_role_code, date_of_birth, date_of_birth as joined_date, null as left_date
from ifs_children
union all
select
    local_authority_code, family_id, 'V' || cast(n * 10 + 6 + adult as varchar), if(adult = 1, 'parent', one_of('parent|carer|other_adult', 'ifs adult', n)),
    start_date - between_(8500, 16000, 'ifs adult age', concat_ws(' ', n, adult)), start_date - 5200, null
from ifs_dated
cross join lateral (select unnest(range(1, adult_count + 1)) as adult)
order by family_id, person_id, joined_date;

-- ---- baselines and what the closing review found ----

create temp table ifs_reviews as
with states as (
    select n, null as person_id, 'tenancy_status' as measure_code, tenancy_before as before_code, tenancy_after as after_code from ifs_dated
    union all
    select n, null, 'asb_status', 'present', asb_after from ifs_dated
    union all
    select n, null, 'home_violence_history', if(has_violence, 'yes', 'no'), null from ifs_dated
    union all
    select n, person_id, 'care_entry_risk',
        if(by_care_risk <= figure('afc_ifs_baseline_care_risk'), one_of('high|medium|medium', 'ifs risk', person_id), 'low'), null
    from ifs_children
    union all
    select n, person_id, 'vulnerable_child',
        if(has_vulnerable_child and (child_number = 1 or draw('ifs vulnerable too', person_id) < 0.35), 'yes', 'no'), null
    from ifs_children
    union all
    select n, person_id, 'school_problem',
        case
            when not has_school_problem then 'no'
            when child_number = 1 then 'attendance'
            when child_number = 2 and has_excluded_child and date_of_birth < start_date - 2600 then 'exclusion'
            else one_of('no|no|behaviour|other', 'ifs school problem', person_id)
        end, null
    from ifs_children
    where age_on(date_of_birth, start_date) between 5 and 15
),

scores as (
    select n, person_id, 'ifs_attendance_five' as measure_code,
        between_(1, 3, 'ifs attendance', person_id) as before_score,
        if(attends_more, 2, between_(0, 1, 'ifs attends', person_id)) as change
    from ifs_children
    where has_school_problem and child_number = 1
    union all
    -- Where no family fares better as a whole, nobody fares better, or one does worse.
    select n, person_id, 'ifs_mental_health_five', between_(2, 4, 'ifs feelings', person_id),
        case when feels_better and child_number = 1 then 1 when feels_better then between_(0, 1, 'ifs feels', person_id)
            else -between_(0, 1, 'ifs feels', person_id) end
    from ifs_children
    where age_on(date_of_birth, start_date) >= 3
    union all
    select n, person_id, 'ifs_behaviour_five', between_(1, 4, 'ifs behaviour', person_id), if(draw('ifs behaves', person_id) < 0.6, 1, 0)
    from ifs_children
    where age_on(date_of_birth, start_date) >= 3
)

select n, person_id, measure_code, 'baseline' as review_type_code, before_code as result_code, null as score from states
union all
select n, person_id, measure_code, 'closing', after_code, null from states where after_code is not null
union all
select n, person_id, measure_code, 'baseline', null, before_score from scores
union all
select n, person_id, measure_code, 'closing', null, before_score + change from scores;

insert into world.progress_reviews
select
    families.local_authority_code,
    (select coalesce(max(progress_review_id), 0) from world.progress_reviews)
        + row_number() over (order by families.n, reviews.person_id, reviews.measure_code, reviews.review_type_code) as progress_review_id,
    reviews.person_id,
    families.family_id,
    families.participation_id,
    families.service_code,
    reviews.measure_code,
    1,
    null,
    reviews.review_type_code,
    if(reviews.review_type_code = 'baseline', families.start_date, families.end_date),
    'worker',
    null,
    reviews.score,
    reviews.result_code,
    if(reviews.review_type_code = 'baseline' and reviews.score is not null, 'improve', null),
    null,
    null,
    null
from ifs_reviews as reviews
inner join ifs_dated as families on reviews.n = families.n
order by progress_review_id;

-- ---- school ----

insert into world.education_enrolments
select
    children.local_authority_code,
    (select coalesce(max(enrolment_id), 0) from world.education_enrolments) + row_number() over (order by children.person_id),
    children.person_id,
    one_in(school_lists.urns, 'ifs school', children.person_id),
    school_lists.setting_type_code,
    case when age_on(children.date_of_birth, make_date(academic_year(children.start_date) - 2, 9, 1)) <= 4 then 'R'
        else cast(age_on(children.date_of_birth, make_date(academic_year(children.start_date) - 2, 9, 1)) - 4 as varchar) end,
    make_date(academic_year(children.start_date) - 2, 9, 1),
    null,
    null,
    null,
    'N',
    'N'
from ifs_children as children
inner join school_lists
    on children.local_authority_code = school_lists.local_authority_code
    and school_lists.setting_type_code = if(age_on(children.date_of_birth, children.start_date) >= 11, 'secondary', 'primary')
where age_on(children.date_of_birth, children.start_date) between 6 and 15
order by children.person_id;

insert into world.education_exclusions
with excluded as (
    select local_authority_code, person_id, start_date - between_(20, 330, 'ifs excluded', person_id) as exclusion_start_date
    from ifs_children
    where has_excluded_child and child_number = 1
    union all
    select local_authority_code, person_id, end_date - between_(5, 75, 'ifs again', person_id)
    from ifs_children
    where is_excluded_again and child_number = 1
)

select
    excluded.local_authority_code,
    (select coalesce(max(exclusion_id), 0) from world.education_exclusions) + row_number() over (order by person_id, exclusion_start_date),
    excluded.person_id,
    enrolments.setting_urn,
    excluded.exclusion_start_date,
    'SUSP',
    one_of('DB|DB|PP|VA', 'ifs reason', concat_ws(' ', person_id, exclusion_start_date)),
    between_(2, 10, 'ifs lost', concat_ws(' ', person_id, exclusion_start_date))
from excluded
inner join (select person_id, any_value(setting_urn) as setting_urn from world.education_enrolments group by person_id) as enrolments
    using (person_id)
order by person_id, exclusion_start_date;

-- ---- violence at home and complaints ----

insert into world.incidents
with happened as (
    select local_authority_code, n, family_id, 'home_violence' as incident_type_code, start_date - between_(10, 700, 'ifs violence', n) as incident_date
    from ifs_dated
    where has_violence
    union all
    select local_authority_code, n, family_id, 'home_violence', end_date - between_(3, 180, 'ifs violence again', n)
    from ifs_dated
    where has_violence and draw('ifs violence again', n) < 0.3
    union all
    select local_authority_code, n, family_id, 'asb_complaint', start_date - between_(1, 182, 'ifs complaint', concat_ws(' ', n, c))
    from ifs_dated
    cross join range(1, 6) as complaints (c)
    where draw('ifs complains', concat_ws(' ', n, c)) < 0.55
    union all
    select local_authority_code, n, family_id, 'asb_complaint', end_date - between_(1, 182, 'ifs complaint after', concat_ws(' ', n, c))
    from ifs_dated
    cross join range(1, 6) as complaints (c)
    where draw('ifs complains after', concat_ws(' ', n, c)) < if(asb_after = 'ceased', 0, if(asb_after = 'present', 0.55, 0.15))
)

select
    local_authority_code,
    'V' || cast(row_number() over (order by n, incident_date, incident_type_code) as varchar) as incident_id,
    1,
    incident_type_code,
    null,
    family_id,
    null,
    incident_date,
    null,
    null,
    if(incident_type_code = 'home_violence', 'home', 'community'),
    if(incident_type_code = 'home_violence', 'police', 'housing'),
    null,
    null
from happened
order by incident_id;

insert into world.truth_scenarios
select 'intensive_family_support', indicator_id, numerator, denominator
from local_intensive_family_support
where exists (select 1 from ifs_dated)
order by indicator_id;
