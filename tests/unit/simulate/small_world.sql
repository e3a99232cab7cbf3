-- A tiny world made by hand: enough children, workers and schools for every local table, and
-- nothing that the simulation of lives would be needed for.
set variable children = 2000;

insert into world.settings values (7, 2024, 2026, '1998-01-01', '2022-04-01', '2023-04-01', '2026-03-31');
insert into world.authorities values
    ('981', 'E06000981', 'Aldershire', 'E12000001', 'North East', 1),
    ('982', 'E06000982', 'Brackenshire', 'E12000001', 'North East', 2);
insert into world.zones
select a.local_authority_code || z.zone, a.local_authority_code, z.zone
from world.authorities as a cross join (values ('North'), ('South')) as z (zone) order by all;
insert into world.small_areas
select 'E019' || lpad(cast(row_number() over (order by zone_code, n) as varchar), 5, '0'),
    local_authority_code, zone_code, n, n, 400000, 300000
from world.zones cross join range(1, 6) as t (n) order by all;
insert into world.services
select a.local_authority_code || '-' || s.code, a.local_authority_code, s.name, s.area, null, date '2015-04-01'
from world.authorities as a
cross join (values ('FOS', 'Fostering', 'foster_care'), ('HOM', 'Homes', 'residential_care'),
    ('SAF', 'Safeguarding', 'child_protection'), ('LCS', 'Leaving care', 'leaving_care')) as s (code, name, area)
order by all;
insert into world.teams
select z.zone_code || '-' || t.type, z.local_authority_code, t.type || ' ' || z.zone_name, t.type,
    z.local_authority_code || '-SAF', z.zone_code
from world.zones as z
cross join (values ('assessment'), ('safeguarding'), ('children_in_care'), ('leaving_care')) as t (type)
order by all;
insert into world.settings_of_care
select row_number() over (order by a.local_authority_code, n), a.local_authority_code, 'SC9990' || n,
    case when n < 3 then 'childrens_home' else 'fostering_agency' end, 'PR1',
    a.local_authority_code || if(n < 3, '-HOM', '-FOS'), 'ZZ1 1AA', n % 3 > 0
from world.authorities as a cross join range(1, 6) as t (n) order by all;
insert into world.schools
select lpad(cast(999000 + row_number() over (order by a.local_authority_code, s.type, n) as varchar), 6, '0'),
    a.local_authority_code, s.type || n, s.type, null
from world.authorities as a
cross join (values ('early_years'), ('primary'), ('secondary'), ('special_school'),
    ('alternative_provision')) as s (type)
cross join range(1, 5) as t (n) order by all;
insert into world.households
select n, if(n % 3 = 0, '982', '981'), 'ZZ1 1AA', 'E01900001', if(n % 3 = 0, '982North', '981North'), 3, 1
from range(1, getvariable('children') // 2 + 1) as t (n);
insert into world.children
select if(f % 3 = 0, '982', '981'), n, f, date '2002-01-01' + cast((n * 7919) % 8800 as integer), null, null,
    if(n % 2 = 0, 'F', 'M'), 'WBRI', 'A9' || lpad(cast(n as varchar), 11, '0'), null, null, null, null,
    false, null, null, null, if(n % 2 = 0, n % 90 = 0, null), null, n % 12 = 0,
    cast(100000 + n as varchar), 'L' || n, 'C' || n, 'A' || n, null, null, null,
    date '2002-01-01' + cast((n * 7919) % 8800 as integer)
from (select n, (n + 1) // 2 as f from range(1, getvariable('children') + 1) as t (n)) order by n;
-- Some of those who come into care die.
update world.children set date_of_death = date '2025-02-03'
where child_id % 8 = 2 and date_of_birth between '2008-01-01' and '2012-06-30';
insert into world.disabilities
select child_id, local_authority_code, 'LD' from world.children where child_id % 12 = 0;
insert into world.family_members
select family_id, person_id, local_authority_code, child_id, 'child', sex_code, date_of_birth, date_of_birth, null
from world.children
union all
select family_id, 'P' || family_id * 2 + adult, local_authority_code, null, 'parent', if(adult = 0, 'F', 'M'),
    date '1985-03-01', date '2002-01-01', if(adult = 1 and family_id % 10 = 0, date '2024-05-01', null)
from world.households cross join range(2) as t (adult)
where adult = 0 or family_id % 2 = 0
order by all;
insert into world.referrals
select child_id, child_id, local_authority_code, family_id, begun, '6', 'N1', false,
    if(ended < date '2026-03-31', ended, null), if(ended < date '2026-03-31', 'RC1', null),
    local_authority_code || 'North-assessment', null
from (
    select * exclude (ended), least(ended, date_of_death) as ended from (
    select *, date '2021-06-01' + cast((child_id * 613) % 1500 as integer) as begun,
        date '2021-06-01' + cast((child_id * 613) % 1500 + 120 + (child_id * 31) % 1100 as integer) as ended
    from world.children
    where date_of_birth < date '2021-06-01' + cast((child_id * 613) % 1500 as integer)
        and date_of_birth + interval 18 year > date '2021-06-01' + cast((child_id * 613) % 1500 as integer)
    )
    where begun < coalesce(date_of_death, date '9999-12-31')
)
order by child_id;
insert into world.assessments
select referral_id, child_id, local_authority_code, referral_id, referral_date, null, referral_date + 40, true, false,
    team_id, null
from world.referrals order by 1;
insert into world.assessment_factors
select assessment_id, child_id, local_authority_code, if(child_id % 2 = 0, '3B', '7A') from world.assessments
where child_id % 4 < 2 order by 1;
insert into world.child_in_need_plans
select referral_id, child_id, local_authority_code, referral_id, referral_date + 40, closure_date, team_id, null
from world.referrals where closure_date is null or closure_date > referral_date + 40 order by 1;
insert into world.initial_conferences
select referral_id, child_id, local_authority_code, null, referral_id, referral_date + 15, referral_date + 14, false, true,
    team_id, null
from world.referrals where child_id % 4 = 1 order by 1;
insert into world.protection_plans
select referral_id, child_id, local_authority_code, referral_id, referral_id, referral_date + 14,
    case when least(coalesce(closure_date, date '2030-01-01'), referral_date + 100 + cast((child_id * 13) % 500 as integer))
        <= date '2026-03-31'
    then least(coalesce(closure_date, date '2030-01-01'), referral_date + 100 + cast((child_id * 13) % 500 as integer)) end,
    'NEG', 'NEG', null, 0, false
from world.referrals where child_id % 4 = 1 order by 1;
insert into world.plan_reviews
select protection_plan_id, protection_plan_id, child_id, local_authority_code, plan_start_date + 90, plan_start_date + 85,
    true, true, 'PN1'
from world.protection_plans where plan_start_date + 85 < coalesce(plan_end_date, date '2026-04-01') order by 1;
insert into world.care_periods
select referral_id, child_id, local_authority_code, referral_id, referral_date + 30, closure_date,
    if(closure_date is null, null, 'E8'), 'N1', false, 'ZZ1 1AA', null, null, local_authority_code || '-FOS'
from world.referrals
where child_id % 4 = 2 and (closure_date is null or closure_date > referral_date + 90) and referral_date < '2026-01-01'
order by 1;
insert into world.placements
select p.care_period_id * 2 + n, p.child_id, p.local_authority_code, p.care_period_id,
    if(n = 0, p.period_start_date, p.period_start_date + 60),
    if(n = 0, case when p.period_start_date + 60 <= date '2026-03-31' then p.period_start_date + 60 end, p.period_end_date),
    case when p.child_id % 20 = 2 then 'U1' when p.child_id % 20 = 6 then 'K2' when p.child_id % 20 = 10 then 'P1' else 'U6' end,
    case when p.child_id % 20 = 10 then 'PR0' else 'PR1' end,
    case when p.child_id % 20 = 6 then 1 when p.child_id % 20 in (14, 18) then 4 end, null, null, 5, true,
    p.local_authority_code, 'ZZ1 1AA', p.local_authority_code || if(p.child_id % 20 = 6, '-HOM', '-FOS'), false
from world.care_periods as p cross join range(2) as t (n)
where n = 0 or p.period_start_date + 60 < coalesce(p.period_end_date, date '2026-03-31')
order by 1;
insert into world.care_reviews
select care_period_id, child_id, local_authority_code, care_period_id, period_start_date + 28, period_start_date + 25, false, 'PN1'
from world.care_periods where period_start_date + 28 < '2026-03-31' order by 1;
insert into world.missing_episodes
select care_period_id, child_id, local_authority_code, if(child_id % 8 = 2, 'M', 'A'),
    cast(period_start_date + 40 as timestamp), cast(period_start_date + 42 as timestamp), period_start_date + 40,
    period_start_date + 42, true, true, true
from world.care_periods where period_start_date + 45 < '2026-03-31' and child_id % 3 = 0 order by 1;
insert into world.health_checks
select care_period_id * 10 + k, child_id, local_authority_code, type, period_start_date + after,
    period_start_date + after - 5, 'completed', true
from world.care_periods
cross join (values (0, 'initial', 20), (1, 'review', 200), (2, 'dental', 80), (3, 'developmental', 60)) as t (k, type, after)
where period_start_date + after < coalesce(period_end_date, date '2026-03-31') order by 1;
insert into world.offences
select care_period_id * 10 + k, child_id, local_authority_code, period_start_date + cast(20 + k * 9 as integer),
    period_start_date + cast(50 + k * 9 as integer), 'youth_caution', true
from world.care_periods cross join range(6) as t (k)
where child_id % 5 = 0 and period_start_date + 110 < coalesce(period_end_date, date '2026-03-31') order by 1;
insert into world.leaving_care_spells
select child_id, local_authority_code, cast(date_of_birth + interval 18 year as date), null, 'former_relevant',
    local_authority_code || 'North-leaving_care', null
from world.children
where child_id % 4 = 2 and date_of_birth between '2002-01-01' and '2007-12-31' order by 1;
insert into world.care_leavers
select child_id, local_authority_code, cast(date_of_birth + to_years(cast(age as integer)) as date), age,
    year(date_of_birth + to_years(cast(age as integer)) + interval 9 month), 'YES',
    (['F1', 'F2', 'F4', 'F5', 'G5'])[1 + child_id % 5], 'U1', true
from world.leaving_care_spells join world.children using (child_id, local_authority_code)
cross join range(18, 22) as t (age)
where date_of_birth + to_years(cast(age as integer)) between date '2022-04-01' and date '2026-03-31' order by 1, 3;
insert into world.posts
select 'PO' || row_number() over (order by team_id, k), local_authority_code, team_id,
    (['manager', 'qualified_social_worker', 'qualified_social_worker', 'qualified_social_worker', 'other_fieldwork',
        'personal_adviser', 'residential_childcare', 'business_support'])[n],
    ([3, 5, 5, 4, null, null, null, null])[n], 1, 
    (['social_work_england', 'social_work_england', 'social_work_england', 'social_work_england', 'family_support_award',
        null, 'residential_childcare_diploma', null])[n],
    ([null, null, null, null, 3, null, 3, null])[n], date '2018-04-01', null
from world.teams cross join range(24) as t (k)
cross join lateral (select 1 + k % 8 as n) order by 1;
insert into world.staff
select replace(post_id, 'PO', 'W'), local_authority_code, 'CM' || post_id,
    case when org_role_code is not null then 'SW' || replace(post_id, 'PO', '10') end, 'Nobody', '1980-05-05', 'F', 'WBRI',
    null, null, null, null, null
from world.posts order by 1;
insert into world.workers
select replace(post_id, 'PO', 'W'), local_authority_code, post_id, team_id, staff_group_code, org_role_code,
    if(post_id like '%7', 'agency', 'permanent'), post_id like '%7', 1.0,
    date '2020-01-06' + cast((cast(replace(post_id, 'PO', '') as integer) * 37) % 1500 as integer), null,
    date '2020-01-06' + cast((cast(replace(post_id, 'PO', '') as integer) * 37) % 1500 as integer), null, null, null, null, null,
    first_value(if(staff_group_code = 'manager', replace(post_id, 'PO', 'W'), null) ignore nulls) over (partition by team_id)
from world.posts order by 1;
update world.workers
set role_end_date = date '2025-06-30', employed_to_date = date '2025-06-30', leaving_reason_code = '1',
    leaving_destination_code = '1'
where worker_id like '%6' and staff_group_code <> 'manager';
insert into world.absences
select row_number() over (order by worker_id), worker_id, local_authority_code, date '2024-06-03', date '2024-06-10',
    if(right(worker_id, 1) = '3', 'UNA', 'SIC'), 5
from world.workers where not is_agency_worker and role_start_date < '2024-06-03' and right(worker_id, 1) in ('1', '3', '5') order by 1;
insert into world.allocations
select r.referral_id, r.child_id, r.local_authority_code, r.referral_id, w.worker_id, w.team_id, 'key_social_worker',
    r.referral_date, r.closure_date, 'FCONTA'
from world.referrals as r
join (
    select *, row_number() over (partition by local_authority_code order by worker_id) as place,
        count(*) over (partition by local_authority_code) as size
    from world.workers where staff_group_code = 'qualified_social_worker'
) as w on r.local_authority_code = w.local_authority_code and r.child_id % w.size + 1 = w.place
order by 1;
-- Another worker takes over.
insert into world.allocations
select 1000000 + allocation_id, child_id, local_authority_code, referral_id, line_manager_id, team_id, 'other_worker',
    allocation_start_date + 20, allocation_end_date, 'MANAGE'
from world.allocations join world.workers using (worker_id, local_authority_code, team_id)
where child_id % 2 = 0 and allocation_start_date + 20 < coalesce(allocation_end_date, date '2026-03-31')
    and line_manager_id is not null
order by 1;
insert into world.scenarios values ('intensive_family_support', 'families', '157');
