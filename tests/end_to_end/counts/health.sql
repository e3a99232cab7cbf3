select unnest(['rees_child_healthy_development_immunisations',
    'rees_child_healthy_development_dental',
    'rees_child_healthy_development_health_assessment']), local_authority_code, period_id,
    unnest([count(*) filter (where is_immunisation_up_to_date),
        count(*) filter (where is_dental_check_done),
        count(*) filter (where is_health_assessment_done)]), count(*)
from in_care_all_year
left join world.yearly_positions as positions using (child_id, local_authority_code)
where positions.return_year = reporting_year
group by all;

select 'rees_child_healthy_development_development_checks_under5', local_authority_code,
    period_id, count(*) filter (where is_development_check_up_to_date), count(*)
from in_care_all_year
left join world.yearly_positions as positions using (child_id, local_authority_code)
where positions.return_year = reporting_year
    and date_of_birth + interval 5 year > last_day
group by all;

select unnest(['rees_child_mental_health_sdq_average', 'rees_child_mental_health_sdq_concern']),
    local_authority_code, period_id,
    unnest([cast(sum(sdq_total_score) as bigint),
        count(*) filter (where sdq_total_score >= 17)]), count(sdq_total_score)
from in_care_all_year
inner join world.yearly_positions as positions using (child_id, local_authority_code)
where positions.return_year = reporting_year
    and date_of_birth + interval 4 year <= last_day and date_of_birth + interval 17 year > last_day
group by all;

select 'pif_1_h_3', local_authority_code, period_id,
    count(*) filter (where is_substance_misuse_identified), count(*)
from in_care_all_year
inner join world.yearly_positions as positions using (child_id, local_authority_code)
where positions.return_year = reporting_year
    and not exists (
        select 1 from world.care_episodes
        where care_episodes.care_period_id = in_care_all_year.care_period_id
            and episode_start_date <= last_day and coalesce(episode_end_date > last_day, true)
            and placement_type_code = 'P1'
    )
group by all;

-- The latest score of the year, and of those 180 to 730 days before it the one nearest to a year.
select 'rees_child_mental_health_sdq_band_improved', local_authority_code, period_id,
    count(*) filter (where latest_score < 14 or before_score >= 17 and latest_score < 17), count(*)
from (
    select period_id, latest.local_authority_code, latest.child_id,
        arg_min(before.sdq_total_score, abs(latest.sdq_date - before.sdq_date - 365))
            as before_score,
        any_value(latest.sdq_total_score) as latest_score
    from (
        select period_id, scores.*
        from years
        inner join world.sdq_scores as scores on sdq_date between first_day and last_day
        where sdq_total_score is not null
        qualify row_number() over (partition by period_id, child_id order by sdq_date desc) = 1
    ) as latest
    inner join world.sdq_scores as before
        on latest.child_id = before.child_id
        and latest.sdq_date - before.sdq_date between 180 and 730
    where before.sdq_total_score is not null
    group by all
)
where before_score >= 14
group by all;
