select
    {{ made_key(['child_id', 'known_from_date']) }} as address_id,
    *
from {{ chosen_records('addresses') }}
