select
    {{ made_key(['child_id', 'previous_permanence_code', 'order_date_text']) }}
        as previous_permanence_id,
    *
from {{ chosen_records('previous_permanence') }}
