-- key: record_source, child_id, position_date
with positions as (
    select
        who.child_id,
        children.date_of_birth,
        leavers.position_date,
        leavers.return_year,
        leavers.age_turned,
        leavers.contact_code,
        leavers.activity_code,
        leavers.accommodation_code[1] as accommodation_code,
        -- Where a suitable home cannot be (gone abroad, in custody) the recorded digit stands.
        case leavers.accommodation_code[2] when '1' then true when '2' then false end
            as is_accommodation_suitable
    from who
    inner join world.care_leavers as leavers on who.lived_id = leavers.child_id
    inner join world.children on leavers.child_id = children.child_id
),

-- Whoever has a right to support on the day of the export, as their last birthday left them.
entitled as (
    select who.child_id, as_listed('annex_a_care_leaver_eligibility', spells.eligibility_code)
        as eligibility_code,
        spells.team_id
    from who
    inner join world.leaving_care_spells as spells on who.lived_id = spells.child_id
    where is_open(spells.spell_start_date, spells.spell_end_date)
    qualify row_number() over (
        partition by who.child_id order by spells.spell_start_date desc
    ) = 1
)

select
    'ssda903' as record_source,
    child_id,
    last_day(position_date) as position_date,
    return_year,
    age_turned,
    contact_code,
    as_of_year('oc3_activity', activity_code, return_year) as activity_code,
    accommodation_code,
    is_accommodation_suitable,
    cast(null as varchar) as eligibility_code
from positions
where is_returned(position_date) and (age_turned <= 21 or return_year >= 2023)
union all
select
    sources.record_source,
    entitled.child_id,
    getvariable('exported_on'),
    null,
    age_on(children.date_of_birth, getvariable('exported_on')),
    -- Every other label of the lists stands for several codes.
    case when sources.record_source = 'ssd' or latest.contact_code = 'YES'
        then latest.contact_code
    end,
    latest.activity_code,
    nullif(latest.accommodation_code, '0'),
    latest.is_accommodation_suitable,
    entitled.eligibility_code
from entitled
inner join who on entitled.child_id = who.child_id
inner join world.children on who.lived_id = children.child_id
cross join (values ('ssd'), ('annex_a')) as sources (record_source)
left join (
    select * from positions
    qualify row_number() over (partition by child_id order by position_date desc) = 1
) as latest on entitled.child_id = latest.child_id
