-- What every feed query may use: the delivery as variables, and a few words of its own.
--   getvariable('authority')      whose delivery it is; null for published figures
--   getvariable('year')           return year, by the calendar year it ends in
--   getvariable('period_start')   first day of the return's year, or of the whole export
--   getvariable('as_known_on')    last day the delivery knows of: 31 March, 30 September, as-at date
--   getvariable('exported_on')    day it was made

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
    getvariable('listed')[code_set || ' ' || code];

create or replace temp macro yes_no(answer) as
    case when answer then 'a) Yes' when not answer then 'b) No' end;
