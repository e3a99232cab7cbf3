-- What every stage draws and counts with.
--
-- A draw depends on the seed, the name of what is decided and the one it is decided for, and on
-- nothing else: neither on the order of rows nor on the number of threads.

create or replace temp macro draw(what, key) as (
    (hash(concat_ws('|', getvariable('local_seed'), what, key)) >> 11) / 9007199254740992.0
);

-- A standard normal deviate (Box and Muller).
create or replace temp macro normal(what, key) as (
    sqrt(-2 * ln(1 - draw(what, key))) * cos(2 * pi() * draw(what || ' angle', key))
);

-- Whole days, waiting about so many on average.
create or replace temp macro wait(mean, what, key) as (
    1 + cast(floor(-mean * ln(1 - draw(what, key))) as integer)
);

-- A whole number, both ends included.
create or replace temp macro between_(low, high, what, key) as (
    cast(low + floor(draw(what, key) * (high - low + 1)) as integer)
);

-- One of the values of a text that holds them separated by |, or of a list.
create or replace temp macro one_in(values_, what, key) as (
    values_[1 + cast(floor(draw(what, key) * len(values_)) as integer)]
);
create or replace temp macro one_of(text_, what, key) as one_in(str_split(text_, '|'), what, key);

create or replace temp macro rate(name) as (
    (select value from world.rates where rates.rate = name)
);

create or replace temp macro age_on(born, on_day) as date_sub('year', born, on_day);
create or replace temp macro birthday(born, years_) as cast(born + to_years(years_) as date);
create or replace temp macro return_year(on_day) as year(on_day + interval 9 month);
create or replace temp macro academic_year(on_day) as year(on_day + interval 4 month);

-- A day that has not come yet is not known.
create or replace temp macro by_now(on_day) as (
    case when on_day <= getvariable('as_at') then on_day end
);
create or replace temp macro still(on_day) as coalesce(on_day, getvariable('as_at') + 1);

-- First day of the school term after a birthday, when funded early education begins.
create or replace temp macro term_after(on_day) as (
    case
        when month(on_day) <= 3 then make_date(year(on_day), 4, 1)
        when month(on_day) <= 8 then make_date(year(on_day), 9, 1)
        else make_date(year(on_day) + 1, 1, 1)
    end
);
