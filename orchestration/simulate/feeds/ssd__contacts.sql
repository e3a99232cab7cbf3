select
    contacts.contact_id as cont_contact_id,
    children.person_id as cont_person_id,
    contacts.contact_date as cont_contact_date,
    contacts.contact_source_code as cont_contact_source_code,
    contacts.contact_outcome = 'new_referral' as cont_new_referral_flag,
    contacts.contact_outcome = 'information_on_open_case' as cont_existing_referral_flag,
    contacts.contact_outcome = 'advice_or_no_action' as cont_nfa_flag,
    contacts.contact_outcome = 'early_help' as cont_other_outcomes_exist_flag,
    1 as cont_total_no_of_outcomes
from world.contacts
inner join children_known() as children on contacts.child_id = children.child_id
where on_day(contacts.contact_date)
order by cont_contact_id
