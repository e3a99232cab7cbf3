select
    local_authority_code,
    exported_date,
    miss_person_id as person_key,
    miss_table_id as missing_episode_id,
    miss_missing_episode_start_date as missing_start_date,
    miss_missing_episode_type as missing_type_code,
    miss_missing_episode_end_date as missing_end_date,
    miss_missing_rhi_offered as is_return_interview_offered,
    miss_missing_rhi_accepted as is_return_interview_accepted,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__missing') }}
