-- key: child_id, is_short_breaks_only, period_start_date
select
    who.child_id,
    periods.is_short_breaks_only,
    periods.period_start_date,
    periods.period_end_date,
    periods.period_end_reason_code,
    periods.last_reviewing_officer_contact_date,
    -- Nobody plans where a child on short breaks is to live.
    case when not periods.is_short_breaks_only
        then as_listed('annex_a_permanence_plan', periods.permanence_plan)
    end as permanence_plan
from who
inner join world.care_periods as periods on who.lived_id = periods.child_id
