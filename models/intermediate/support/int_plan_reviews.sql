with chosen as (
    select * from {{ chosen_records('plan_reviews') }}
),

-- How the child took part, where only the attendance of meetings has it.
attended as (
    select
        local_authority_code,
        child_id,
        activity_date,
        min(participation_code) as participation_code
    from {{ newest_records('local__attendance', 'attendance_id') }}
    where activity_type_code = 'review_conference'
    group by all
)

select
    {{ made_key(['chosen.protection_plan_id', 'chosen.held_or_due_date']) }} as plan_review_id,
    chosen.local_authority_code,
    chosen.protection_plan_id,
    chosen.child_id,
    chosen.plan_start_date,
    chosen.held_or_due_date,
    chosen.review_date,
    chosen.review_due_date,
    chosen.is_plan_continuing,
    chosen.is_quorate,
    coalesce(chosen.participation_code, attended.participation_code) as participation_code,
    chosen.last_return_year,
    chosen.held_by_sources,
    chosen.conflict_count,
    chosen.record_source,
    chosen._file_sha256,
    chosen._row_number
from chosen
left join attended
    on chosen.local_authority_code = attended.local_authority_code
    and chosen.child_id = attended.child_id
    and chosen.review_date = attended.activity_date
