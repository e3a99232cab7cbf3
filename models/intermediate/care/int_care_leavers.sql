with birthdays as (
    select
        leavers.*,
        children.date_of_birth as known_date_of_birth,
        -- The birthday of the return's year, which ends on 31 March.
        leavers.return_year - case when month(children.date_of_birth) >= 4 then 1 else 0 end
            as birthday_year
    from {{ newest_records('ssda903__oc3', 'return_year') }} as leavers
    left join {{ ref('int_children') }} as children
        on leavers.local_authority_code = children.local_authority_code
        and leavers.child_id = children.child_id
),

stacked as (
    select
        local_authority_code,
        child_id,
        last_day(make_date(birthday_year, month(known_date_of_birth), 1)) as position_date,
        return_year,
        cast(null as varchar) as eligibility_code,
        contact_code,
        contact_code as contact_codes,
        cast(null as date) as latest_contact_date,
        activity_code,
        left(accommodation_code, 1) as accommodation_code,
        case right(accommodation_code, 1) when '1' then true when '2' then false end
            as is_accommodation_suitable,
        cast(null as date) as pathway_plan_review_date,
        cast(null as varchar) as personal_adviser_key,
        cast(null as varchar) as team_id,
        cast(null as varchar) as worker_key,
        'ssda903' as record_source,
        _file_sha256,
        _row_number
    from birthdays
    union all
    select
        leavers.local_authority_code,
        leavers.child_id,
        leavers.exported_date as position_date,
        cast(null as integer) as return_year,
        leavers.eligibility_code,
        leavers.contact_code,
        leavers.contact_code as contact_codes,
        leavers.latest_contact_date,
        leavers.activity_code,
        leavers.accommodation_code,
        case suitabilities.code_group when '1' then true when '2' then false end
            as is_accommodation_suitable,
        leavers.pathway_plan_review_date,
        leavers.personal_adviser_key,
        leavers.team_id,
        leavers.worker_key,
        'ssd' as record_source,
        leavers._file_sha256,
        leavers._row_number
    from {{ newest_records('ssd__care_leavers', ['exported_date']) }} as leavers
    left join {{ ref('codes') }} as suitabilities
        on suitabilities.code_set = 'annex_a_suitability'
        and leavers.accommodation_suitability_code = suitabilities.code
    union all
    select
        leavers.local_authority_code,
        leavers.child_id,
        leavers.exported_date as position_date,
        cast(null as integer) as return_year,
        leavers.eligibility_code,
        {{ code_of_label('contacts.code_group') }} as contact_code,
        contacts.code_group as contact_codes,
        leavers.latest_contact_date,
        leavers.activity_code,
        accommodations.code_group as accommodation_code,
        case suitabilities.code_group when '1' then true when '2' then false end
            as is_accommodation_suitable,
        leavers.pathway_plan_review_date,
        leavers.personal_adviser_key,
        leavers.team_id,
        leavers.worker_key,
        'annex_a' as record_source,
        leavers._file_sha256,
        leavers._row_number
    from {{ newest_records('annex_a__care_leavers', ['exported_date']) }} as leavers
    left join {{ ref('codes') }} as contacts
        on contacts.code_set = 'annex_a_in_touch' and leavers.contact_code = contacts.code
    left join {{ ref('codes') }} as accommodations
        on accommodations.code_set = 'annex_a_accommodation'
        and leavers.accommodation_code = accommodations.code
    left join {{ ref('codes') }} as suitabilities
        on suitabilities.code_set = 'annex_a_suitability'
        and leavers.suitability_code = suitabilities.code
)

select
    {{ made_key(['stacked.child_id', 'stacked.record_source', 'stacked.position_date',
        'stacked.return_year']) }} as care_leaver_position_id,
    stacked.local_authority_code,
    stacked.child_id,
    stacked.position_date,
    stacked.return_year,
    -- Everybody has one birthday in the year: the age it brought is the age on its last day.
    {{ age_on('children.date_of_birth',
        'coalesce(make_date(stacked.return_year, 3, 31), stacked.position_date)') }} as age_turned,
    stacked.eligibility_code,
    stacked.contact_code,
    contacts.code_group as contact_group,
    stacked.latest_contact_date,
    stacked.activity_code,
    activities.code_group as activity_group,
    stacked.accommodation_code,
    stacked.is_accommodation_suitable,
    case
        when accommodations.code_group = 'no_suitability' then 'no_suitability'
        when stacked.accommodation_code = '0' then 'not_known'
        when stacked.is_accommodation_suitable then 'suitable'
        when not stacked.is_accommodation_suitable then 'unsuitable'
    end as accommodation_group,
    stacked.pathway_plan_review_date,
    stacked.personal_adviser_key,
    stacked.team_id,
    stacked.worker_key,
    stacked.record_source,
    stacked._file_sha256,
    stacked._row_number
from stacked
left join {{ ref('int_children') }} as children
    on stacked.local_authority_code = children.local_authority_code
    and stacked.child_id = children.child_id
-- A label of Annex A stands for codes of one group, whichever of them it is.
left join {{ ref('codes') }} as contacts
    on contacts.code_set = 'oc3_in_touch'
    and split_part(stacked.contact_codes, ',', 1) = contacts.code
left join {{ ref('codes') }} as accommodations
    on accommodations.code_set = 'oc3_accommodation_type'
    and stacked.accommodation_code = accommodations.code
left join {{ ref('codes') }} as activities
    on activities.code_set = 'oc3_activity'
    and stacked.activity_code = activities.code
