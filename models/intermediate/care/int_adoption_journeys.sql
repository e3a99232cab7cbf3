select
    {{ made_key(['child_id', 'journey_date']) }} as adoption_journey_id,
    *
from {{ chosen_records('adoption_journeys') }}
