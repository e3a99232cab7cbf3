select
    {{ made_key(['child_id', 'pre_proceedings_start_date']) }} as pre_proceedings_id,
    *
from {{ chosen_records('pre_proceedings') }}
