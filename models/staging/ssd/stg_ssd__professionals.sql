select
    local_authority_code,
    exported_date,
    prof_professional_id as worker_key,
    prof_staff_id as staff_key,
    prof_social_worker_registration_no as registration_key,
    prof_professional_job_title as job_title,
    prof_professional_caseload as case_count,
    prof_professional_department as department,
    prof_full_time_equivalency as fte,
    prof_agency_worker_flag as is_agency_worker,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__professionals') }}
