select
    {{ made_key(['enrolments.local_authority_code', 'enrolments.enrolment_id']) }}
        as enrolment_id,
    enrolments.local_authority_code,
    enrolments.child_id,
    enrolments.setting_urn,
    enrolments.setting_type_code,
    settings.code_group as setting_group,
    enrolments.year_group_code,
    year_groups.code_group as year_group_stage,
    enrolments.entry_date,
    enrolments.leaving_date,
    coalesce(enrolments.funded_weekly_hours > 0, false) as is_funded,
    enrolments.exported_date,
    enrolments._file_sha256,
    enrolments._row_number
from {{ newest_records('local__education_enrolments', ['enrolment_id']) }} as enrolments
left join {{ ref('codes') }} as settings
    on settings.code_set = 'education_setting'
    and enrolments.setting_type_code = settings.code
left join {{ ref('codes') }} as year_groups
    on year_groups.code_set = 'year_group'
    and enrolments.year_group_code = year_groups.code
