with chosen as (
    select * from {{ chosen_records('care_reviews') }}
)

select
    {{ made_key(['chosen.child_id', 'chosen.held_or_due_date']) }} as care_review_id,
    chosen.*,
    periods.care_period_id
from chosen
left join {{ ref('int_care_periods') }} as periods
    on chosen.local_authority_code = periods.local_authority_code
    and chosen.child_id = periods.child_id
    and not periods.is_short_breaks_only
    and {{ open_on('periods.period_start_date', 'periods.period_end_date',
        'chosen.held_or_due_date') }}
qualify row_number() over (
    partition by chosen.local_authority_code, chosen.child_id, chosen.held_or_due_date
    order by periods.period_start_date desc nulls last
) = 1
