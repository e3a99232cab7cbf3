select
    children.person_id as pers_person_id,
    children.legacy_id as pers_legacy_id,
    case when coalesce(children.upn_known_date <= getvariable('as_known_on'), true)
        then children.upn
    end as pers_upn,
    case
        when children.upn is null then least(children.upn_unknown_code, 'UN5')
        when children.upn_known_date > getvariable('as_known_on')
            then least(children.upn_unknown_before_code, 'UN5')
    end as pers_upn_unknown,
    children.nhs_number as pers_common_child_id,
    'Invented' as pers_forename,
    'Child ' || children.person_id as pers_surname,
    known(children.date_of_birth) as pers_dob,
    children.expected_date_of_birth as pers_expected_dob,
    known(children.date_of_death) as pers_death_date,
    case when known(children.date_of_birth) is null then 'U' else children.sex_code end as pers_sex,
    children.ethnicity_code as pers_ethnicity,
    children.nationality as pers_nationality,
    children.has_education_health_care_plan as pers_send_flag,
    known(children.first_child_date_of_birth) is not null as pers_is_mother
from children_known() as children
order by pers_person_id
