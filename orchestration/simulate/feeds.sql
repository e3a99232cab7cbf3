-- What every feed query may use: the delivery it is for, as variables, and a few words of its own.

set variable authority = cast(null as varchar);       -- whose it is; null for published figures
set variable year = cast(null as integer);            -- return year, by the year it ends in
set variable period_start = cast(null as date);       -- first day of the year, or of the export
set variable as_known_on = cast(null as date);        -- last day that the delivery knows of
set variable exported_on = cast(null as date);        -- day it was made
set variable last_30_september = cast(null as date);  -- latest day of the workforce census
set variable recoded = map(cast([] as varchar[]), cast([] as varchar[]));
set variable listed = map(cast([] as varchar[]), cast([] as varchar[]));

-- A day that was not known yet is left out.
create or replace temp macro known(day) as
    case when day <= getvariable('as_known_on') then day end;

-- Whether something that began and may have ended (half-open) touches the delivery's period.
create or replace temp macro in_period(start_day, end_day) as
    start_day <= getvariable('as_known_on')
    and (end_day is null or end_day >= getvariable('period_start'));

-- Whether something that began is still going on on the last day known of.
create or replace temp macro is_open(start_day, end_day) as
    start_day <= getvariable('as_known_on')
    and (end_day is null or end_day > getvariable('as_known_on'));

create or replace temp macro on_day(day) as
    day between getvariable('period_start') and getvariable('as_known_on');

create or replace temp macro age_on(birth, day) as
    year(day) - year(birth)
    - cast(month(day) * 100 + day(day) < month(birth) * 100 + day(birth) as integer);

-- A code as the return of the year spells it (seeds/simulation/recoded_codes.csv).
create or replace temp macro as_coded(code_set, code) as
    coalesce(getvariable('recoded')[code_set || ' ' || code], code);

-- A statutory code as the inspection lists spell it (the groups of their code sets).
create or replace temp macro as_listed(code_set, code) as
    coalesce(getvariable('listed')[code_set || ' ' || code], code);

create or replace temp macro yes_no(answer) as
    case when answer then 'a) Yes' when not answer then 'b) No' end;

-- The children of a whole export: whoever was known to services within its period.
create or replace temp macro children_known() as table
    select children.*
    from world.children
    where
        children.local_authority_code = getvariable('authority')
        and children.child_id in (
            select child_id from world.contacts where on_day(contact_date)
            union all
            select child_id from world.referrals where in_period(referral_date, closure_date)
            union all
            select child_id from world.early_help_episodes
            where in_period(episode_start_date, episode_end_date)
            union all
            select child_id from world.care_periods
            where in_period(period_start_date, period_end_date)
            union all
            select child_id from world.leaving_care_spells
            where in_period(spell_start_date, spell_end_date)
        );

-- ---- the inspection lists, whose windows are months before the day they are made ----

create or replace temp macro within_months(months, day) as
    day between getvariable('as_known_on') - to_months(months) and getvariable('as_known_on');

create or replace temp macro touches_months(months, start_day, end_day) as
    start_day <= getvariable('as_known_on')
    and (end_day is null or end_day >= getvariable('as_known_on') - to_months(months));

-- What every list says of a child.
create or replace temp macro listed_children() as table
    select
        children.child_id as child_key,
        children.inspection_number as child_id,
        as_listed('annex_a_gender', children.sex_code) as sex,
        as_listed('annex_a_ethnicity', children.ethnicity_code) as ethnicity,
        known(children.date_of_birth) as date_of_birth,
        case when children.date_of_birth <= getvariable('as_known_on')
            then age_on(children.date_of_birth, getvariable('as_known_on'))
        end as age_years,
        yes_no(children.child_id in (select disabled.child_id from world.disabilities as disabled))
            as disability
    from world.children
    where children.local_authority_code = getvariable('authority');

-- The team and the worker, by name, who hold the case.
create or replace temp macro holders() as table
    select
        allocations.child_id as child_key,
        teams.team_name as allocated_team,
        staff.worker_name as allocated_worker
    from world.allocations
    left join world.teams on allocations.team_id = teams.team_id
    left join world.staff on allocations.worker_id = staff.worker_id
    where
        allocations.local_authority_code = getvariable('authority')
        and allocations.allocation_role_code in ('key_social_worker', 'other_worker')
        and is_open(allocations.allocation_start_date, allocations.allocation_end_date)
    qualify
        row_number() over (
            partition by allocations.child_id
            order by allocations.allocation_start_date desc, allocations.allocation_id desc
        ) = 1;

-- ---- published figures ----

-- Each authority three times: as itself, as part of its region, and as part of the country, which
-- is the invented authorities together.
create or replace temp macro published_areas() as table
    select
        local_authority_code,
        levels.geographic_level,
        'E92000001' as country_code,
        'England' as country_name,
        case when levels.geographic_level <> 'National' then region_code end as region_code,
        case when levels.geographic_level <> 'National' then region_name end as region_name,
        case when levels.geographic_level = 'Local authority' then local_authority_code end
            as old_la_code,
        case when levels.geographic_level = 'Local authority' then gss_code end as new_la_code,
        case when levels.geographic_level = 'Local authority' then local_authority_name end
            as la_name
    from world.authorities,
        (values ('National'), ('Regional'), ('Local authority')) as levels (geographic_level);

-- The years whose figures were out by the as-at date: returns in the November after, the workforce
-- census in the February after.
create or replace temp macro published_years(out_after) as table
    select cast(years.return_year as integer) as return_year
    from world.settings, generate_series(first_year, last_year) as years (return_year)
    where make_date(cast(years.return_year as integer), 3, 31) + out_after <= as_at;

-- A number that might tell of a child is printed as c.
create or replace temp macro shown(number_of, geographic_level) as
    case
        when geographic_level = 'Local authority' and number_of between 1 and 5 then 'c'
        else cast(number_of as varchar)
    end;

create or replace temp macro shown_share(number_of, whole, per, places, geographic_level) as
    case
        when whole = 0 then 'z'
        when geographic_level = 'Local authority' and number_of between 1 and 5 then 'c'
        when places = 0
            then cast(cast(round(cast(per * number_of as double) / whole) as bigint) as varchar)
        else cast(round(cast(per * number_of as double) / whole, places) as varchar)
    end;

create or replace temp macro children_aged_0_to_17() as table
    select local_authority_code, mid_year, sum(population_count) as population
    from world.populations
    group by local_authority_code, mid_year;

-- A percentage of the workforce, which is never withheld; z where there is nothing to divide by.
create or replace temp macro percent_of(number_of, whole) as
    coalesce(cast(round(100 * number_of / nullif(whole, 0), 1) as varchar), 'z');
