select indicator_id, local_authority_code, period_id,
    count(*) filter (where list_contains(good, case what
        when 'touch' then contact_code
        when 'activity' then activity_code
        else case when is_suitable then 'suitable' end
    end)), count(*)
from years
inner join world.care_leavers on return_year = reporting_year
inner join (
    values
    ('rees_int_care_leavers_contact_in_touch', 'touch', 19, 21, ['YES']),
    ('rees_int_care_leavers_contact_eet', 'activity', 19, 21,
        ['F1', 'P1', 'F2', 'P2', 'F4', 'P4', 'F5', 'P5']),
    ('pif_1_inc_4', 'activity', 17, 18, ['F1', 'P1', 'F2', 'P2', 'F4', 'P4', 'F5', 'P5'])
) as asked (indicator_id, what, age_from, age_to, good) on age_turned between age_from and age_to
where contact_code not in ('DIED', 'RHOM')
group by all;

select unnest(['dorset_care_leavers_suitable_accommodation',
    'rees_int_care_leavers_contact_suitable_accommodation']), local_authority_code, period_id,
    count(*) filter (where is_suitable), count(*)
from years
inner join world.care_leavers on return_year = reporting_year
where age_turned between 19 and 21 and contact_code not in ('DIED', 'RHOM')
    and left(accommodation_code, 1) not in ('G', 'H', 'R')
group by all;

-- In touch at 18, and every birthday year since, of the returns that were sent.
select 'rees_int_care_leavers_contact_sustained_contact', local_authority_code, period_id,
    count(*) filter (where in_touch_count = 3), count(*)
from (
    select period_id, now.local_authority_code, now.child_id,
        count(*) filter (where before.age_turned > 18) as later_count,
        count(*) filter (where before.age_turned > 18 and before.contact_code = 'YES')
            as in_touch_count,
        bool_or(before.age_turned = 18 and before.contact_code = 'YES') as is_in_touch_at_18
    from years
    inner join world.care_leavers as now
        on now.return_year = reporting_year and now.age_turned = 21 and now.contact_code <> 'DIED'
    inner join world.care_leavers as before
        on now.child_id = before.child_id
        and before.age_turned between 18 and 21
        and before.return_year = reporting_year - 21 + before.age_turned
    inner join world.settings on before.return_year >= first_year
    group by all
)
where is_in_touch_at_18 and later_count = 3
group by all;

-- Under 19, without a home or in one for an emergency: at the birthday of the year, or as things
-- stood at the end for those whose latest contact falls in the year.
select 'pif_1_inc_3', local_authority_code, period_id, count(*) filter (where is_homeless),
    count(is_homeless)
from (
    select period_id, local_authority_code, child_id, bool_or(is_homeless) as is_homeless
    from (
        select period_id, local_authority_code, child_id,
            left(accommodation_code, 1) in ('S', 'V') as is_homeless
        from years
        inner join world.care_leavers on return_year = reporting_year
        where age_turned <= 18 and contact_code not in ('DIED', 'RHOM')
        union all
        select period_id, spells.local_authority_code, child_id,
            nullif(left(accommodation_code, 1), '0') in ('S', 'V')
        from (
            select child_id, local_authority_code from world.leaving_care_spells
            inner join world.settings on true
            where spell_start_date <= as_at and coalesce(spell_end_date > as_at, true)
                and eligibility_code in ('a) Relevant', 'b) Former relevant')
        ) as spells
        inner join (select child_id, date_of_birth from world.children) using (child_id)
        inner join (
            select child_id, max(contact_date) as contact_date
            from world.leaver_contacts, world.settings where contact_date <= as_at
            group by all
        ) using (child_id)
        inner join years on contact_date between first_day and last_day
        left join (
            select child_id, contact_code, accommodation_code
            from world.care_leavers, world.settings where position_date <= as_at
            qualify row_number() over (partition by child_id order by position_date desc) = 1
        ) using (child_id)
        where date_of_birth + interval 19 year > last_day
            and coalesce(contact_code not in ('DIED', 'RHOM'), true)
    )
    group by all
)
group by all;
