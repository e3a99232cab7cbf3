select
    {{ made_key(['child_id', 'enquiry_start_date']) }} as section_47_enquiry_id,
    *
from {{ chosen_records('section_47_enquiries') }}
