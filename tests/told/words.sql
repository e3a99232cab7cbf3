-- What every told query may use, beside the words of the feeds.

-- Whether a day lies in a year of which a return was written; before, the nightly dataset alone tells.
create or replace temp macro is_returned(day) as day >= getvariable('returned_from');

-- The 31 March that ends the year a day lies in.
create or replace temp macro year_end(day) as
    make_date(year(day) + case when month(day) >= 4 then 1 else 0 end, 3, 31);

-- The days of the workforce censuses that were written.
create or replace temp macro census_days() as table
    select make_date(cast(census_year as integer), 9, 30) as on_day
    from world.settings, generate_series(year(written_from), year(as_at)) as years (census_year)
    where make_date(cast(census_year as integer), 9, 30) between written_from and as_at;

create or replace temp macro local_family_members() as table
    select family_id, person_id, member_role_code, date_of_birth, joined_date, left_date
    from world.family_members
    where local_authority_code = getvariable('authority')
    union
    select family_id, person_id, member_role_code, date_of_birth, joined_date, left_date
    from world.programme_family_members
    where local_authority_code = getvariable('authority');

-- Children whom the local extracts name: pupils say no date of birth.
create or replace temp macro local_children() as table
    select pseudonym('person', person_id) as child_id, date_of_birth
    from local_family_members()
    where member_role_code = 'child'
    union
    select pseudonym('person', person_id), null from world.education_enrolments
    where local_authority_code = getvariable('authority')
    union
    select pseudonym('person', person_id), null from world.education_attendance
    where local_authority_code = getvariable('authority')
    union
    select pseudonym('person', person_id), null from world.education_results
    where local_authority_code = getvariable('authority');

-- A code as the return of a year spells it.
create or replace temp macro as_of_year(list_of_codes, a_code, in_year) as coalesce(
    (
        select min(recoded.written_as) from recoded
        where recoded.code_set = list_of_codes and recoded.code = a_code
            and coalesce(in_year >= recoded.first_year, true)
            and coalesce(in_year <= recoded.last_year, true)
    ),
    a_code
);

-- The last return that holds what ended on a day; of what goes on, or ended before the first, the
-- dataset of today tells.
create or replace temp macro last_year_of(end_date) as year(year_end(
    case when coalesce(is_returned(end_date), false) then end_date
        else getvariable('as_known_on') end
));
