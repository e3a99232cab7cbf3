with leavers as (
    select
        *,
        make_date(return_year, 3, 31) as year_end
    from {{ newest_records('ssda903__oc3', 'return_year') }}
)

select
    leavers.local_authority_code,
    leavers.child_id,
    leavers.return_year,
    -- Everybody has one birthday in the year: the age it brought is the age on its last day.
    {{ age_on('children.date_of_birth', 'leavers.year_end') }} as age_turned,
    leavers.contact_code,
    contacts.code_group as contact_group,
    leavers.activity_code,
    leavers.accommodation_code,
    accommodations.code_group as accommodation_group,
    'ssda903' as record_source,
    leavers._file_sha256,
    leavers._row_number
from leavers
left join {{ ref('int_children') }} as children
    on leavers.local_authority_code = children.local_authority_code
    and leavers.child_id = children.child_id
left join {{ ref('codes') }} as contacts
    on contacts.code_set = 'oc3_in_touch' and leavers.contact_code = contacts.code
left join {{ ref('codes') }} as accommodations
    on accommodations.code_set = 'oc3_accommodation'
    and leavers.accommodation_code = accommodations.code
