with ended as (
    select *
    from {{ ended_spells('protection_plans', {
        'cin_census': 'cin_census',
        'ssd': 'ssd_cp_plans',
        'annex_a': 'annex_a_child_protection',
    }) }}
),

-- The conference that the plan names, else the one held on the day it starts.
conferred as (
    select
        ended.*,
        coalesce(named.conference_id, that_day.conference_id) as held_conference_id
    from ended
    left join {{ ref('int_initial_conferences') }} as named
        on ended.local_authority_code = named.local_authority_code
        and ended.child_id = named.child_id
        and ended.conference_id = named.conference_id
    left join {{ ref('int_initial_conferences') }} as that_day
        on ended.local_authority_code = that_day.local_authority_code
        and ended.child_id = that_day.child_id
        and ended.plan_start_date = that_day.conference_date
)

select
    {{ made_key(['child_id', 'plan_start_date']) }} as protection_plan_id,
    local_authority_code,
    child_id,
    referral_id,
    held_conference_id as conference_id,
    plan_start_date,
    closed_date as plan_end_date,
    is_end_inferred,
    has_reversed_dates,
    {{ overlaps_earlier('plan_start_date', 'closed_date') }} as has_overlap,
    initial_abuse_category_code,
    latest_abuse_category_code,
    -- Where nobody counted them: those that are held here, and so at least as many.
    coalesce(
        previous_plan_count,
        count(*) over (
            partition by local_authority_code, child_id
            order by plan_start_date
            rows between unbounded preceding and 1 preceding
        )
    ) as previous_plan_count,
    is_other_authority_plan,
    last_return_year,
    held_by_sources,
    conflict_count,
    record_source,
    _file_sha256,
    _row_number
from conferred
