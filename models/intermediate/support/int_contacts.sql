select
    {{ made_key(['child_id', 'contact_date', 'contact_source_group']) }} as contact_id,
    *
from {{ chosen_records('contacts') }}
