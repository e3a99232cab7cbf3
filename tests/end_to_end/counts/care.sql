select unnest(['dorset_children_in_care_number', 'dorset_children_in_care_rate']),
    local_authority_code, period_id, count(distinct child_id), null
from in_care group by all;

select 'rees_int_identify_cin_cin_rate', local_authority_code, period_id,
    count(distinct child_id), null
from in_need group by all;

select 'rees_int_identify_not_safe_home_care_entry_rate', local_authority_code, period_id,
    count(distinct child_id), null
from years
inner join care on period_start_date between first_day and last_day
group by all;

-- The first start of the year, by its first episode.
select 'rees_int_identify_not_safe_home_emergency_entry', local_authority_code, period_id,
    count(*) filter (where legal_status_code in ('L1', 'L2')), count(*)
from (
    select period_id, local_authority_code, child_id, arg_min(care_period_id, period_start_date)
        as care_period_id
    from years
    inner join care on period_start_date between first_day and last_day
    group by all
)
inner join (
    select care_period_id, arg_min(legal_status_code, episode_start_date) as legal_status_code
    from world.care_episodes group by all
) using (care_period_id)
group by all;

-- The last end of the year, of those under 18.
select 'rees_child_stability_permanence_exit', local_authority_code, period_id,
    count(*) filter (where period_end_reason_code in (
        'E11', 'E12', 'E13', 'E41', 'E43', 'E44', 'E45', 'E46', 'E47', 'E48', 'E4A'
    )), count(*)
from (
    select period_id, local_authority_code, child_id,
        max(period_end_date) as period_end_date,
        arg_max(period_end_reason_code, period_end_date) as period_end_reason_code,
        any_value(date_of_birth) as date_of_birth
    from years
    inner join care on period_end_date between first_day and last_day
    group by all
)
where period_end_reason_code not in ('E2', 'E3')
    and date_of_birth + interval 18 year > period_end_date
group by all;

select 'rees_child_stability_3plus_placements', local_authority_code, period_id,
    count(*) filter (where placement_count >= 3), count(*)
from (
    select in_care.*, (
        select count(*) from world.placements
        where placements.care_period_id = in_care.care_period_id
            and placement_start_date <= last_day
            and coalesce(placement_end_date > first_day, true)
    ) as placement_count
    from in_care
)
group by all;

-- Away from home on the day, in this period of care.
select 'pif_1_n_1', local_authority_code, period_id,
    count(*) filter (where placement_count >= 3), count(*)
from (
    select in_care.*, (
        select count(*) from world.placements
        where placements.care_period_id = in_care.care_period_id
            and placement_start_date <= last_day
    ) as placement_count
    from in_care
    where not exists (
        select 1 from world.care_episodes
        where care_episodes.care_period_id = in_care.care_period_id
            and episode_start_date <= last_day and coalesce(episode_end_date > last_day, true)
            and placement_type_code = 'P1'
    )
)
group by all;

-- Under 16 and in care for 913 days: in one placement for 730, or in one for adoption that makes 730
-- with the one before it.
select 'rees_child_stability_long_term', local_authority_code, period_id,
    count(*) filter (where last_day - case
        when is_adoptive then previous_start_date else placement_start_date
    end >= 730), count(*)
from in_care
inner join (
    select
        care_period_id, placement_start_date, placement_end_date, is_adoptive,
        lag(placement_start_date, 1, placement_start_date) over (
            partition by care_period_id order by placement_start_date
        ) as previous_start_date
    from world.placements
) as lived_in
    on in_care.care_period_id = lived_in.care_period_id
    and placement_start_date <= last_day and coalesce(placement_end_date > last_day, true)
where date_of_birth + interval 16 year > last_day
    and last_day - period_start_date >= 913
group by all;

select 'rees_child_safe_cla_missing', local_authority_code, period_id,
    count(*) filter (where exists (
        select 1 from world.missing_episodes
        where missing_episodes.child_id = lived.child_id and missing_type_code = 'M' and is_in_care
            and missing_start_date <= last_day
            and coalesce(missing_end_date >= first_day, true)
    )), count(*)
from (
    select distinct period_id, first_day, last_day, local_authority_code, child_id
    from years
    inner join care
        on period_start_date <= last_day
        and coalesce(period_end_date > first_day, true)
        and date_of_birth + interval 18 year > first_day
) as lived
-- A return without a row says nothing.
where exists (
    select 1 from world.missing_episodes as told
    where told.local_authority_code = lived.local_authority_code and told.is_in_care
        and told.missing_start_date <= last_day
        and coalesce(told.missing_end_date >= first_day, true)
)
group by all;

-- From the first day of care to the first in the adoptive placement, or with the carers who went on
-- to adopt.
select 'rees_child_stability_adoption_days', ended.local_authority_code, period_id,
    sum(moved_in_date - period_start_date), count(*)
from years
inner join care as ended on period_end_date between first_day and last_day
inner join (
    select care_period_id, coalesce(
        arg_max(placement_start_date, placement_start_date) filter (where not is_by_carer),
        arg_max(carer_start_date, placement_start_date)
    ) as moved_in_date
    from (
        select lived_in.*, coalesce(is_adopted_by_former_carer, false) as is_by_carer,
            min(placement_start_date) over (partition by lived_in.care_period_id, setting_id)
                as carer_start_date
        from world.placements as lived_in
        left join (
            select care_period_id, is_adopted_by_former_carer from world.adoption_journeys
        ) using (care_period_id)
    )
    where placement_type_code in ('A3', 'A4', 'A5', 'A6') or is_adoptive
    group by all
) using (care_period_id)
where period_end_reason_code in ('E11', 'E12')
group by all;
