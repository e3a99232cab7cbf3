select
    invitations.local_authority_code,
    invitations.exported_date,
    invitations.source_system,
    invitations.invitation_id,
    invitations.survey_code,
    invitations.survey_version,
    invitations.questionnaire_type_code,
    invitations.respondent_key,
    invitations.respondent_type_code,
    invitations.person_key,
    identities.child_id,
    invitations.service_status_code,
    invitations.service_code,
    invitations.agency_code,
    invitations.staff_group_code,
    invitations.invited_count,
    invitations.advocate_met_date,
    invitations.views_form_returned_date,
    invitations.invited_date,
    invitations.leaflet_given_date,
    invitations.not_completed_reason_code,
    reasons.code_group as not_completed_group,
    invitations._file_sha256,
    invitations._row_number
from {{ ref('stg_local__survey_invitations') }} as invitations
left join {{ ref('int_identities') }} as identities
    on identities.record_source = 'local'
    and invitations.local_authority_code = identities.local_authority_code
    and invitations.person_key = identities.person_key
left join {{ ref('codes') }} as reasons
    on reasons.code_set = 'survey_not_completed_reason'
    and invitations.not_completed_reason_code = reasons.code
-- An invitation that came in several exports: the newest.
qualify row_number() over (
    partition by invitations.local_authority_code, invitations.invitation_id
    order by
        invitations.exported_date desc nulls last, invitations._file_sha256 asc,
        invitations._row_number desc
) = 1
