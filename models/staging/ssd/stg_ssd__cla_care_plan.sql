select
    local_authority_code,
    exported_date,
    lacp_person_id as person_key,
    lacp_table_id as care_plan_id,
    lacp_cla_care_plan_start_date as plan_start_date,
    lacp_cla_care_plan_end_date as plan_end_date,
    lacp_permanence_plan as permanence_plan_code,
    lacp_remainsup as is_to_remain_with_support,
    lacp_return1m as is_to_return_in_1_month,
    lacp_return6m as is_to_return_in_6_months,
    lacp_returnev as is_to_return_eventually,
    lacp_ltrelfr as is_to_live_with_relatives,
    lacp_ltfost18 as is_to_be_fostered_to_18,
    lacp_resplmt as is_to_live_in_residential_care,
    lacp_suppliv as is_to_live_with_support,
    lacp_adoption as is_to_be_adopted,
    lacp_otherpln as has_other_plan,

    -- The file and line, so that any later row can be found again.
    _file_sha256,
    _row_number
from {{ current_rows('ssd__cla_care_plan') }}
