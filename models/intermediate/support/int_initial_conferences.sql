select
    {{ made_key(['child_id', 'conference_date']) }} as conference_id,
    *
from {{ chosen_records('initial_conferences') }}
