select
    local_authority_code,
    exported_date,
    link_person_id as person_key,
    link_table_id as linked_identifier_id,
    link_identifier_type as identifier_type,
    link_identifier_value as identifier_key,
    link_upn as upn_key,
    link_valid_from_date as valid_from_date,
    link_valid_to_date as valid_to_date,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__linked_identifiers') }}
