-- key: family_id, person_id, joined_date
-- where: record_source = 'local'
-- The dataset and the lists have families of their own, whose numbers nobody shares.
select
    pseudonym('family', family_id) as family_id,
    pseudonym('person', person_id) as person_id,
    joined_date,
    known(left_date) as left_date,
    member_role_code,
    date_trunc('month', date_of_birth) as birth_month
from local_family_members()
