select
    local_authority_code,
    exported_date,
    source_system,
    participation_id,
    service_code,
    family_id as family_key,
    person_id as person_key,
    child_id as child_key,
    worker_id as worker_key,
    delivery_model_code,
    referral_source_code,
    referral_date,
    offered_date,
    start_date,
    end_date,
    end_reason_code,
    sessions_offered_count,
    sessions_attended_count,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('local__programme_participation') }}
