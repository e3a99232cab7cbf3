with leavers as (
    select
        staged.local_authority_code,
        identities.child_id,
        staged.return_year,
        make_date(staged.return_year, 3, 31) as year_end,
        staged.contact_code,
        staged.activity_code,
        staged.accommodation_code,
        staged._file_sha256,
        staged._row_number
    from {{ ref('stg_ssda903__oc3') }} as staged
    inner join {{ ref('int_identities') }} as identities
        on staged.local_authority_code = identities.local_authority_code
        and staged.person_key = identities.person_key
        and identities.record_source = 'ssda903'
    qualify row_number() over (
        partition by staged.local_authority_code, identities.child_id, staged.return_year
        order by staged._row_number desc
    ) = 1
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
