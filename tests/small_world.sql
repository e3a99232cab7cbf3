-- A tiny world of the simulator's tables, made without the simulator: two authorities, and in each
-- some children whose journeys follow from their numbers. 31 March 2026 is its last day.
insert into world.settings values
    (1, 2023, 2026, date '1998-04-01', date '2020-04-01', date '2022-04-01', date '2026-03-31');

insert into world.authorities values
    ('981', 'E10000981', 'Alderfordshire (invented)', 'E12000998', 'Invented north', 1),
    ('982', 'E10000982', 'Birchmere (invented)', 'E12000998', 'Invented north', 2);

insert into world.statistical_neighbours values ('981', 1, '982'), ('982', 1, '981');

insert into world.populations
select a.local_authority_code, y, age, sex, 300 + age * 3
from world.authorities as a, range(2020, 2026) as years (y), range(18) as ages (age), (values ('M'), ('F')) as sexes (sex);

insert into world.zones
select local_authority_code || zone, local_authority_code, zone
from world.authorities, (values ('North'), ('South')) as zones (zone);

insert into world.small_areas
select
    'E019' || lpad(cast(row_number() over () as varchar), 5, '0'), local_authority_code, zone_code,
    row_number() over () * 100, 1 + row_number() over () % 10, 400000, 300000
from world.zones, range(3);

insert into world.postcodes
select 'ZZ' || (1 + row_number() over () % 9) || ' ' || (row_number() over () % 9) || 'A' || chr(cast(65 + row_number() over () as integer)),
    small_area_code, local_authority_code, easting, northing
from world.small_areas;

insert into world.services
select local_authority_code || 'S1', local_authority_code, 'Safeguarding', 'safeguarding', null, date '2015-04-01'
from world.authorities;

insert into world.teams
select local_authority_code || '-' || team_type, local_authority_code, team_type, team_type, local_authority_code || 'S1', null
from world.authorities,
    (values ('front_door'), ('assessment'), ('safeguarding'), ('children_in_care'), ('leaving_care'), ('early_help'))
        as types (team_type);

insert into world.settings_of_care
select row_number() over (), local_authority_code, 'SC99900' || row_number() over (), 'fostering_agency', 'PR4', null, 'ZZ1 1AA', true
from world.authorities;

-- ---- staff ----
insert into world.staff
select
    'W' || local_authority_code || lpad(cast(n as varchar), 3, '0'), local_authority_code,
    'P' || local_authority_code || lpad(cast(n as varchar), 3, '0'),
    case when n < 10 then 'SW' || local_authority_code || lpad(cast(n as varchar), 4, '0') end,
    'Worker ' || local_authority_code || ' ' || n, date '1975-01-01' + cast(n * 200 as integer), case when n % 3 = 0 then 'M' else 'F' end,
    'WBRI', '1', 'A university', date '2005-07-01', false, n = 4
from world.authorities, range(12) as numbers (n);

insert into world.posts
select worker_id || 'post', local_authority_code, local_authority_code || '-safeguarding',
    case when registration_number is null then 'family_support' else 'qualified_social_worker' end,
    case when registration_number is null then null else '5' end, 1.0, null, null, date '2015-04-01', null
from world.staff;

insert into world.posts
select local_authority_code || 'vacant', local_authority_code, local_authority_code || '-safeguarding', 'qualified_social_worker', '5', 0.5, null, null, date '2015-04-01', null
from world.authorities;

insert into world.workers
select
    worker_id, local_authority_code, worker_id || 'post', local_authority_code || '-safeguarding',
    case when registration_number is null then 'family_support' else 'qualified_social_worker' end,
    case when registration_number is null then null else '5' end,
    case when worker_id like '%8' then 'agency' else 'permanent' end, worker_id like '%8', 1.0,
    date '2021-10-15' + cast(right(worker_id, 3) as integer) * 150, case when worker_id like '%7' then date '2025-06-15' end,
    date '2021-10-15' + cast(right(worker_id, 3) as integer) * 150, case when worker_id like '%7' then date '2025-06-15' end,
    '1', case when worker_id like '%7' then '1' end, case when worker_id like '%7' then '3' end,
    case when worker_id like '%8' then 26 end, null
from world.staff;

insert into world.absences
select row_number() over (), worker_id, local_authority_code, date '2024-09-25', date '2024-10-09', 'SIC', 10
from world.staff where worker_id like '%3';

-- ---- children ----
create or replace temp table made as
select
    cast(a.authority_number * 1000000 + n as bigint) as child_id,
    a.local_authority_code,
    n,
    cast(date '2006-01-15' + cast(n * 37 % 7000 as integer) as date) as born,
    case when n % 2 = 0 then 'M' else 'F' end as sex,
    -- The journey: 0 contact only, 1 assessed, 2 in need, 3 protected, 4 in care, 5 in care for long,
    -- 6 adopted, 7 asylum seeker, 8 care leaver, 9 unborn
    n % 10 as journey,
    cast(date '2022-02-10' + cast(n * 29 % 1300 as integer) as date) as referred
from world.authorities as a, range(1, (select children_per_authority + 1 from small_world)) as numbers (n);

update made set born = referred - interval 16 year where journey = 7;
update made set born = date '2005-05-20' + cast(n % 300 as integer) where journey = 8;
update made set born = date '2026-06-01', referred = date '2026-03-01' where journey = 9;
update made set born = referred - interval 1 year where journey = 6;
update made set born = referred - interval 9 year where journey in (0, 1, 2, 3, 4, 5);

insert into world.households
select distinct child_id // 2, local_authority_code, 'ZZ1 1AA', 'E01900001', local_authority_code || 'North', 2, 1.0
from made;

insert into world.residents
select child_id, local_authority_code, child_id // 2, born, null, sex, 'WBRI', null, null from made;

insert into world.children
select
    local_authority_code, child_id, child_id // 2, case when journey <> 9 then born end,
    case when journey = 9 then born end, null, case when journey = 9 then 'U' else sex end,
    case when n % 7 = 0 then 'MWBC' else 'WBRI' end,
    case when journey not in (7, 9) then 'A' || lpad(cast(child_id as varchar), 11, '0') || 'B' end, null,
    case when journey in (7, 9) then 'UN4' end, case when n % 9 = 0 and journey not in (7, 9) then referred + 90 end,
    case when n % 9 = 0 and journey not in (7, 9) then 'UN4' end,
    journey = 7, case when journey = 7 then referred end, case when journey = 7 then born + interval 18 year end,
    case when journey = 7 then 'Sudan' end, case when sex = 'F' then journey = 8 and n % 20 = 18 end,
    case when sex = 'F' and journey = 8 and n % 20 = 18 then date '2023-06-01' end, n % 15 = 0,
    'C' || child_id, 'L' || child_id, 'C' || child_id, 'C' || child_id, null,
    '999' || lpad(cast(child_id % 10000000 as varchar), 7, '0'), null, referred
from made;

insert into world.disabilities select child_id, local_authority_code, 'LD' from made where n % 6 = 0;

insert into world.family_members
select family_id, person_id, local_authority_code, child_id, 'child', sex_code, date_of_birth, first_known_date, null
from world.children
union all
select distinct family_id, 'P' || family_id, local_authority_code, null, 'parent', 'F', date '1985-01-01', date '2015-01-01', null
from world.children;

insert into world.addresses
select child_id, child_id, local_authority_code, 'home', first_known_date, null, 'ZZ1 1AA', 'E01900001' from world.children;

insert into world.mothers
select child_id, local_authority_code, null, first_child_date_of_birth from world.children where is_mother;

-- ---- need ----
insert into world.contacts
select child_id, child_id, local_authority_code, referred, '2A', case when journey = 0 then 'advice_or_no_action' else 'new_referral' end, case when journey <> 0 then child_id end
from made;

insert into world.early_help_episodes
select child_id, child_id, local_authority_code, referred + 20, referred + 140, 'behaviour', 'goals_met', 'Family hub', referred + 30, local_authority_code || '-early_help', 'W' || local_authority_code || '010'
from made where journey = 0 and referred < date '2025-10-01';

insert into world.referrals
select
    child_id, child_id, local_authority_code, child_id // 2, referred, case when n % 5 = 0 then '5D' when n % 5 = 1 then '6' else '2A' end,
    case when journey > 0 or n % 20 = 0 then 'N1' end, journey = 0 and n % 20 <> 0,
    case journey when 0 then referred + 2 when 1 then referred + 40 when 2 then case when referred < date '2025-06-01' then referred + 250 end when 3 then case when referred < date '2025-03-01' then referred + 370 end when 6 then case when referred < date '2024-06-01' then referred + 600 end end,
    case journey when 0 then 'RC8' when 1 then 'RC9' when 2 then case when referred < date '2025-06-01' then 'RC7' end when 3 then case when referred < date '2025-03-01' then 'RC7' end when 6 then case when referred < date '2024-06-01' then 'RC1' end end,
    local_authority_code || '-front_door', 'W' || local_authority_code || '001'
from made;

insert into world.assessments
select child_id, child_id, local_authority_code, child_id, referred + 1, referred + 11,
    case when referred + 40 <= date '2026-03-31' then referred + 40 end, case when referred + 40 <= date '2026-03-31' then true end,
    case when referred + 40 <= date '2026-03-31' then journey = 1 end, local_authority_code || '-assessment', 'W' || local_authority_code || '002'
from made where journey > 0;

insert into world.assessment_factors
select assessment_id, child_id, local_authority_code, factor_code
from world.assessments, (values ('3B'), ('18C'), ('24A')) as factors (factor_code)
where assessment_authorised_date is not null;

insert into world.child_in_need_plans
select child_id, child_id, local_authority_code, child_id, referred + 45, case when referred < date '2025-06-01' then referred + 250 end, local_authority_code || '-safeguarding', 'W' || local_authority_code || '003'
from made where journey = 2 and referred + 45 <= date '2026-03-31';

insert into world.section_47_enquiries
select child_id, child_id, local_authority_code, child_id, referred + 3, referred + 12, n % 20 = 2, n % 20 = 2, referred + 24,
    case when journey = 3 then referred + 20 end, local_authority_code || '-assessment', 'W' || local_authority_code || '002'
from made where journey in (2, 3) and referred + 40 <= date '2026-03-31';

insert into world.initial_conferences
select child_id, child_id, local_authority_code, child_id, child_id, referred + 24, referred + 20, false, true, local_authority_code || '-safeguarding', 'W' || local_authority_code || '003'
from made where journey = 3 and referred + 40 <= date '2026-03-31';

insert into world.protection_plans
select child_id, child_id, local_authority_code, child_id, child_id, referred + 20, case when referred < date '2025-03-01' then referred + 365 end,
    'NEG', case when n % 20 = 3 then 'EMO' else 'NEG' end, case when n % 20 = 3 then referred + 110 end, n % 3, false
from made where journey = 3 and referred + 110 <= date '2026-03-31';

insert into world.plan_reviews
select child_id, child_id, child_id, local_authority_code, referred + 112, referred + 110, true, true, 'PN1'
from made where journey = 3 and referred + 110 <= date '2026-03-31';

insert into world.pre_proceedings
select child_id, child_id, local_authority_code, child_id // 2, child_id, referred + 60, referred + 62, referred + 75, 1, true, false, null, null, null, null
from made where n % 20 = 3 and referred + 110 <= date '2026-03-31';

insert into world.visits
select row_number() over (), child_id, local_authority_code, case when journey = 3 then 'protection_plan' when journey = 2 then 'child_in_need' else 'looked_after' end,
    referred + cast(30 + 20 * v as integer), true, true, case when journey in (2, 3) then true end, case when journey = 3 then child_id end, case when journey > 3 then child_id end
from made, range(4) as visits (v) where journey between 2 and 7 and referred + 110 <= date '2026-03-31';

-- ---- care ----
insert into world.care_periods
select child_id, child_id, local_authority_code, child_id, referred + 10,
    case when journey = 4 and referred < date '2025-03-01' then referred + 300 when journey = 6 and referred < date '2024-06-01' then referred + 590 when journey = 8 then born + interval 18 year end,
    case when journey = 4 and referred < date '2025-03-01' then 'E4A' when journey = 6 and referred < date '2024-06-01' then 'E11' when journey = 8 then 'E5' end,
    'N1', false, case when journey <> 7 then 'ZZ1 1AA' end, 'Long-term fostering', referred + 60, null
from made where journey between 4 and 8 and referred + 60 <= date '2026-03-31';
update world.care_periods set period_start_date = period_end_date - 400 where period_end_reason_code = 'E5';

insert into world.care_episodes
select child_id * 2, child_id, local_authority_code, care_period_id, referral_id, period_start_date, 'S', 'V2', 'N1', case when child_id % 10 = 7 then 'H5' else 'U6' end, 'PR4', period_start_date + 45, 'X1', 'CARPL',
    home_postcode, 'ZZ1 1AA', 'SC999001', local_authority_code, true, 4.2, child_id * 2
from world.care_periods
union all
select child_id * 2 + 1, child_id, local_authority_code, care_period_id, referral_id, period_start_date + 45, case when child_id % 10 = 7 then 'P' else 'B' end, case when child_id % 10 = 7 then 'V2' else 'C1' end, 'N1', case when child_id % 10 = 7 then 'H5' when child_id % 10 = 8 then 'K2' else 'U4' end, 'PR1', period_end_date, period_end_reason_code, null,
    home_postcode, 'ZZ1 1AA', 'SC999001', local_authority_code, true, 4.2, child_id * 2 + 1
from world.care_periods where period_start_date + 45 <= date '2026-03-31';

insert into world.placements
select placement_id, child_id, local_authority_code, care_period_id, episode_start_date, episode_end_date, placement_type_code, placement_provider_code, null, ofsted_urn, placement_change_reason_code, placement_distance_miles, is_inside_authority, placement_local_authority_code, placement_postcode, null, false
from world.care_episodes order by 1;

insert into world.legal_statuses
select care_episode_id, child_id, local_authority_code, care_period_id, legal_status_code, episode_start_date, episode_end_date from world.care_episodes order by 1;

insert into world.care_reviews
select child_id, child_id, local_authority_code, care_period_id, period_start_date + 20, period_start_date + 19, false, 'PN1'
from world.care_periods;

insert into world.missing_episodes
select child_id, child_id, local_authority_code, 'M', cast(period_start_date + 50 as timestamp) + interval 20 hour, cast(period_start_date + 51 as timestamp) + interval 6 hour, period_start_date + 50, period_start_date + 51, true, false, true
from world.care_periods where child_id % 20 in (4, 8) and period_start_date + 51 <= date '2026-03-31';

insert into world.health_checks
select child_id, child_id, local_authority_code, 'initial', period_start_date + 28, period_start_date + 25, 'completed', null from world.care_periods;
insert into world.health_checks
select child_id + 10000000, child_id, local_authority_code, 'immunisation', period_start_date + 40, period_start_date + 40, 'completed', true from world.care_periods;

insert into world.sdq_scores
select child_id, child_id, local_authority_code, period_start_date + 40, 14, 3, 4, 4, 3, 3, null, 'parent_carer', 'baseline' from world.care_periods;

insert into world.yearly_positions
select child_id, local_authority_code, y, 14, null, false, null, true, true, true, false, null, null
from world.care_periods, range(2023, 2027) as years (y)
where period_start_date <= make_date(y - 1, 3, 31) and coalesce(period_end_date, date '2030-01-01') > make_date(y, 3, 31);

insert into world.offences
select child_id, child_id, local_authority_code, period_start_date + 48, period_start_date + 50, 'cautioned', true from world.care_periods where child_id % 30 = 4;

insert into world.substance_misuse
select child_id, child_id, local_authority_code, period_start_date + 48, 'cannabis', true, true, true from world.care_periods where child_id % 30 = 4;

insert into world.adoption_journeys
select child_id, child_id, local_authority_code, care_period_id, child_id // 2, period_start_date + 40, null, null, null, null, null, null, period_end_date, case when period_end_date is not null then 'adoption' end,
    case when period_end_date is not null then false end, case when period_end_date is not null then 2 end, case when period_end_date is not null then 'MF' end, case when period_end_date is not null then 'L11' end, 1, 0, null
from world.care_periods where child_id % 10 = 6;

insert into world.adopters
select child_id, local_authority_code, 'F', 'WBRI', false, false, date '2025-06-01', date '2025-07-01', date '2025-09-01', null, null, null, null, null, null, null, null, date '2025-11-01', 'Withdrew'
from world.adoption_journeys;

insert into world.previous_permanence
select child_id, local_authority_code, care_period_id, period_start_date, 'Z1', null, null from world.care_periods order by care_period_id;

insert into world.care_leavers
select child_id, local_authority_code, cast(born + interval (a) year as date), a, year(born + interval (a) year) + cast(month(born + interval (a) year) > 3 as integer),
    'YES', case when (n + a) % 3 = 0 then 'F5' else 'G5' end, 'U1', true
from made, range(18, 22) as ages (a)
where journey = 8 and born + interval (a) year between date '2022-04-01' and date '2026-03-31'
order by 1, 3;

insert into world.leaving_care_spells
select child_id, local_authority_code, cast(born + interval 18 year as date), null, 'b) Former relevant', local_authority_code || '-leaving_care', 'W' || local_authority_code || '011'
from made where journey = 8;

insert into world.pathway_plan_reviews select child_id, local_authority_code, date '2025-11-01' from made where journey = 8;
insert into world.leaver_contacts select child_id, local_authority_code, date '2026-02-01' from made where journey = 8;

insert into world.allocations
select row_number() over (order by child_id), child_id, local_authority_code, child_id, 'W' || local_authority_code || '00' || (n % 6), local_authority_code || '-safeguarding', 'key_social_worker',
    referred, referrals.closure_date, case when referred >= date '2023-04-01' then 'FCONTA' end
from made inner join world.referrals using (child_id, local_authority_code) where journey > 0;

insert into world.education_health_care_plans
select child_id, child_id, local_authority_code, referred, referred + 40, referred + 100, referred + 140, null, null, 'ASD' from made where n % 15 = 0 and referred + 140 <= date '2026-03-31';
