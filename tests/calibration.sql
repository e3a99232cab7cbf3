-- Figures of a simulated world by the definitions of the published ones: all authorities together,
-- all written years that are published by the as-at date. Tables are those of the published feeds.
with residents as (
    select
        cast(time_period as integer) + 1 as return_year,
        population_estimate as population
    from published__population_estimates
    where geographic_level = 'National'
),

referrals as (
    select sums.*, residents.population
    from published__open_statistics__c1_children_in_need_referrals_and_rereferrals as sums
    inner join residents on cast(sums.time_period as integer) = residents.return_year
    where sums.geographic_level = 'National'
),

in_need as (
    select sums.*, residents.population
    from published__open_statistics__b1_children_in_need as sums
    inner join residents on cast(sums.time_period as integer) = residents.return_year
    where sums.geographic_level = 'National'
),

plans_begun as (
    select sums.*, residents.population
    from published__open_statistics__d3_cpps_subsequent_plan as sums
    inner join residents on cast(sums.time_period as integer) = residents.return_year
    where sums.geographic_level = 'National'
),

plans_open as (
    select sums.*, residents.population
    from published__open_statistics__d5_cpps_at31march_by_duration as sums
    inner join residents on cast(sums.time_period as integer) = residents.return_year
    where sums.geographic_level = 'National'
),

stability as (
    select
        case
            when cla_group like 'CLA on%' then 'cla_3_plus_placements'
            when cla_group like 'CLA 2%' then 'cla_3_plus_placements_2y'
            else 'cla_long_term_stability'
        end as measure,
        placement_stability = 'Total children' as is_whole,
        cast(children_count as double) as children_count
    from published__open_statistics__la_cla_placement_stability
    where geographic_level = 'National'
),

activity as (
    select *
    from published__open_statistics__la_care_leavers_activity
    where geographic_level = 'National'
),

homes as (
    select *
    from published__open_statistics__la_care_leavers_accommodation_suitability
    where geographic_level = 'National'
),

workforce as (
    select *
    from published__open_statistics__csww_indicators
    where geographic_level = 'National'
),

measured (measure, above, below, per) as (
    select 'referrals', sum(cast(referral_count as double)), sum(population), 10000 from referrals
    union all
    select 'rereferral_percent', sum(cast(rereferral_count as double)), sum(cast(referral_count as double)), 100
    from referrals
    union all
    select 'referral_nfa_percent', sum(cast(no_further_action_count as double)), sum(cast(referral_count as double)), 100
    from referrals
    union all
    select 'referral_not_in_need_percent', sum(cast(not_in_need_count as double)), sum(cast(referral_count as double)), 100
    from referrals
    union all
    select 'cin_at_31_march', sum(cast("At31_episodes" as double)), sum(population), 10000 from in_need
    union all
    select 'cin_started', sum(cast("Started_episodes" as double)), sum(population), 10000 from in_need
    union all
    select 'cpp_starting', sum(cast("CPP_start" as double)), sum(population), 10000 from plans_begun
    union all
    select 'cpp_repeat_percent', sum(cast("CPP_subsequent" as double)), sum(cast("CPP_start" as double)), 100
    from plans_begun
    union all
    select 'cpp_at_31_march', sum(cast("CPP_At31" as double)), sum(population), 10000 from plans_open
    union all
    select 'cpp_2_years_percent', sum(cast("2_years_or_more" as double)), sum(cast("CPP_At31" as double)), 100
    from plans_open
    union all
    select 'cpp_3_months_or_less_percent', sum(cast("3_months_or_less" as double)), sum(cast("CPP_At31" as double)), 100
    from plans_open
    union all
    select
        case population_type
            when 'Children looked after on 31 March each year' then 'cla_rate'
            when 'Children starting to be looked after each year' then 'cla_starting_rate'
            else 'cla_ceasing_rate'
        end,
        sum(cast(children_count as double)),
        sum(population_estimate),
        10000
    from published__open_statistics__cla_number_and_rate_per_10k_children
    where geographic_level = 'National'
    group by population_type
    union all
    select
        measure,
        sum(children_count) filter (where not is_whole),
        sum(children_count) filter (where is_whole),
        100
    from stability
    group by measure
    union all
    select
        'care_leavers_eet_' || replace(replace(care_leaver_age, ' years', ''), ' to ', '_'),
        sum(cast(care_leaver_count as double))
            filter (where breakdown = 'Total in education, employment or training'),
        sum(cast(care_leaver_count as double)) filter (where breakdown = 'Total'),
        100
    from activity
    group by care_leaver_age
    union all
    select
        'care_leavers_suitable_' || replace(replace(care_leaver_age, ' years', ''), ' to ', '_'),
        sum(cast(care_leaver_count as double))
            filter (where breakdown = 'Accommodation considered suitable'),
        sum(cast(care_leaver_count as double)) filter (where breakdown = 'Suitability total'),
        100
    from homes
    group by care_leaver_age
    union all
    select 'sw_turnover', sum(leavers_fte), sum(inpost_fte), 100 from workforce
    union all
    select 'sw_agency_rate', sum(agency_fte), sum(agency_fte + inpost_fte), 100 from workforce
    union all
    select 'sw_vacancy_rate', sum(vacancy_fte), sum(vacancy_fte + inpost_fte), 100 from workforce
    union all
    select 'sw_absence', sum(working_days_lost_fte), sum(inpost_fte * 253), 100 from workforce
    union all
    select 'sw_caseload', sum(cases), sum(case_holders_fte), 1 from workforce
)

select
    measure,
    per * above / below as simulated
from measured
order by measure
