select
    {{ made_key(['child_id', 'assessment_start_date']) }} as assessment_id,
    *,
    coalesce(assessment_authorised_date < assessment_start_date, false) as has_reversed_dates
from {{ chosen_records('assessments') }}
