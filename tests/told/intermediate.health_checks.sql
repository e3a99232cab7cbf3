-- key: record_source, child_id, check_type_code, check_date, due_date, return_year
-- where: record_source <> 'annex_a'
-- The lists have the latest day of what stands here already.
with of_dataset as (
    -- It has no due date; what was not done by a child is told once by kind.
    select distinct on (who.child_id, checks.check_type_code, checks.check_date)
        who.child_id, checks.check_type_code, known(checks.check_date) as check_date,
        checks.check_status_code
    from who
    inner join world.health_checks as checks on who.lived_id = checks.child_id
    where on_day(coalesce(checks.check_date, checks.due_date))
    order by who.child_id, checks.check_type_code, checks.check_date, checks.health_check_id desc
),

-- Whether a child is up to date is told of the latest day alone.
immunised as (
    select who.child_id, 'immunisation' as check_type_code, checks.check_date, checks.is_up_to_date
    from who
    inner join world.health_checks as checks on who.lived_id = checks.child_id
    where checks.check_type_code = 'immunisation'
        and checks.is_up_to_date is not null
        and checks.check_date <= getvariable('as_known_on')
    qualify row_number() over (
        partition by who.child_id order by checks.check_date desc, checks.health_check_id desc
    ) = 1
)

select
    'ssda903' as record_source,
    who.child_id,
    flags.check_type_code,
    cast(null as date) as check_date,
    cast(null as date) as due_date,
    positions.return_year,
    flags.is_up_to_date,
    cast(null as varchar) as check_status_code
from who
inner join world.yearly_positions as positions on who.lived_id = positions.child_id
cross join lateral (
    values
    ('review', positions.is_health_assessment_done),
    ('dental', positions.is_dental_check_done),
    ('immunisation', positions.is_immunisation_up_to_date),
    ('developmental', positions.is_development_check_up_to_date)
) as flags (check_type_code, is_up_to_date)
where flags.is_up_to_date is not null
union all
-- The local extracts tell also of children who were known before the dataset begins.
select
    'local', who.child_id, checks.check_type_code, known(checks.check_date), checks.due_date,
    null, null, checks.check_status_code
from everyone as who
inner join world.health_checks as checks on who.lived_id = checks.child_id
union all
select
    'ssd',
    coalesce(of_dataset.child_id, immunised.child_id),
    coalesce(of_dataset.check_type_code, immunised.check_type_code),
    coalesce(of_dataset.check_date, immunised.check_date),
    null,
    null,
    immunised.is_up_to_date,
    of_dataset.check_status_code
from of_dataset
full outer join immunised
    on of_dataset.child_id = immunised.child_id
    and of_dataset.check_type_code = immunised.check_type_code
    and of_dataset.check_date = immunised.check_date
