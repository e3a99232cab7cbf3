select
    {{ made_key(['child_id', 'visit_type_code', 'visit_date']) }} as visit_id,
    *
from {{ chosen_records('visits') }}
