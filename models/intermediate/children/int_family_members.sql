select
    {{ made_key(['family_id', 'person_id', 'joined_date']) }} as family_member_id,
    *
from {{ chosen_records('family_members') }}
