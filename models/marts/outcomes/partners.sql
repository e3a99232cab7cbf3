select
    partners.local_authority_code,
    partners.partner_role_id,
    partners.agency_code,
    partners.role_text,
    partners.outcome_id,
    partners.indicator_id,
    partners.service_code,
    services.programme_code,
    partners.start_date,
    partners.end_date,
    {{ open_on(
        'partners.start_date', 'partners.end_date',
        as_at_date()
    ) }} as is_played
from {{ ref('int_partners') }} as partners
left join {{ ref('int_services') }} as services
    on partners.local_authority_code = services.local_authority_code
    and partners.service_code = services.service_code
