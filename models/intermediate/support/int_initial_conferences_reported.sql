with plan_starts as (
    select
        local_authority_code,
        child_id,
        plan_start_date
    from {{ newest_records('cin_census__child_protection_plan', 'plan_start_date') }}
),

-- A conference of the census stands on the enquiry that led to it, or on the referral where a
-- child with a plan moved in; in the return of its year, and not in a later one that holds the
-- enquiry or referral still.
returned as (
    select
        local_authority_code,
        child_id,
        person_key,
        referral_position,
        initial_conference_date as conference_date,
        conference_target_date,
        enquiry_start_date,
        false as is_transfer_in,
        return_year,
        _file_sha256,
        _row_number
    from {{ newest_records('cin_census__section47',
        ['enquiry_start_date', 'initial_conference_date']) }}
    where initial_conference_date is not null
    qualify row_number() over (
        partition by local_authority_code, child_id, enquiry_start_date
        order by return_year desc, _file_sha256 asc, _row_number desc
    ) = 1
    union all
    select
        local_authority_code,
        child_id,
        person_key,
        referral_position,
        initial_conference_date as conference_date,
        cast(null as date) as conference_target_date,
        cast(null as date) as enquiry_start_date,
        true as is_transfer_in,
        return_year,
        _file_sha256,
        _row_number
    from {{ newest_records('cin_census__cin_episode',
        ['referral_date', 'initial_conference_date']) }}
    where initial_conference_date is not null
    qualify row_number() over (
        partition by local_authority_code, child_id, referral_date
        order by return_year desc, _file_sha256 asc, _row_number desc
    ) = 1
),

once as (
    select
        returned.*,
        plan_starts.child_id is not null as has_led_to_plan
    from returned
    left join plan_starts
        on returned.local_authority_code = plan_starts.local_authority_code
        and returned.child_id = plan_starts.child_id
        and returned.conference_date = plan_starts.plan_start_date
    qualify row_number() over (
        partition by returned.local_authority_code, returned.child_id, returned.conference_date
        order by returned.is_transfer_in asc, returned.return_year desc,
            returned.enquiry_start_date desc nulls last, returned._row_number desc
    ) = 1
),

stated as (
    select
        {{ stated_columns('initial_conferences', 'ssd', [
            'child_id', 'conference_date', 'conference_target_date', 'is_transfer_in', 'team_id',
            'worker_key',
        ], {
            'has_led_to_plan': 'coalesce(newest.has_led_to_plan, newest.has_plan_outcome)',
            'section_47_enquiry_id':
                key_of_named('ssd__s47_enquiry', 'section_47_enquiry_id', 'enquiry_start_date'),
            'referral_id': referral_of_row('ssd'),
        }) }}
    from {{ newest_records('ssd__initial_cp_conference', 'conference_date') }} as newest
    -- One that is planned has not been held.
    where newest.conference_date is not null
    union all
    select
        {{ stated_columns('initial_conferences', 'cin_census', [
            'child_id', 'conference_date', 'conference_target_date', 'is_transfer_in',
            'has_led_to_plan',
        ], {
            'section_47_enquiry_id':
                hash_text("newest.child_id || '|' || cast(newest.enquiry_start_date as varchar)"),
            'referral_id': referral_of_row('cin_census'),
        }) }}
    from once as newest
    union all
    select
        {{ stated_columns('initial_conferences', 'annex_a', [
            'child_id', 'conference_date', 'team_id', 'worker_key',
        ], {
            'has_led_to_plan': annex_a_yes('newest.led_to_plan_code'),
            'section_47_enquiry_id':
                hash_text("newest.child_id || '|' || cast(newest.enquiry_start_date as varchar)"),
        }) }}
    from {{ newest_records('annex_a__section_47', 'conference_date') }} as newest
    where newest.conference_date is not null
)

select * from {{ judged_rows('initial_conferences', 'stated') }}
