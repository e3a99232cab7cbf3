select
    local_authority_code,
    exported_date,
    voch_person_id as person_key,
    voch_table_id as voice_id,
    voch_explained_worries as worries_explained,
    voch_story_help_understand as story_helped,
    voch_agree_worker as agrees_with_worker,
    voch_plan_safe as plan_understood,
    voch_tablet_help_explain as drawing_helped,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__voice_of_child') }}
