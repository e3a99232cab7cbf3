-- key: child_id
with known_children as (
    select
        who.child_id,
        known(children.date_of_birth) as date_of_birth,
        children.expected_date_of_birth,
        known(children.date_of_death) as date_of_death,
        case when known(children.date_of_birth) is not null
            then case children.sex_code when 'M' then 'Male' else 'Female' end
        end as sex,
        children.ethnicity_code,
        children.is_unaccompanied_asylum_seeker,
        children.asylum_status_end_date,
        known(children.first_child_date_of_birth) is not null as is_mother,
        children.has_education_health_care_plan
    from who
    inner join world.children on who.lived_id = children.child_id
)

select * from known_children
union all
-- Children of whom the local extracts alone know: those of families, and pupils.
select
    unknown.child_id,
    max(unknown.date_of_birth) as date_of_birth,
    null as expected_date_of_birth,
    null as date_of_death,
    null as sex,
    null as ethnicity_code,
    false as is_unaccompanied_asylum_seeker,
    null as asylum_status_end_date,
    null as is_mother,
    null as has_education_health_care_plan
from (select * from local_children()) as unknown
left join known_children on unknown.child_id = known_children.child_id
where known_children.child_id is null
group by unknown.child_id
