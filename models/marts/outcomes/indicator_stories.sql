-- The longest period that ends on the day is the point that a note explains.
with points as (
    select
        indicator_id,
        local_authority_code,
        period_id,
        period_end,
        value
    from {{ ref('indicator_values') }}
    where breakdown = 'all'
    qualify row_number() over (
        partition by indicator_id, local_authority_code, period_end
        order by period_start
    ) = 1
)

select
    notes.local_authority_code,
    notes.story_note_id,
    notes.note_type_code,
    notes.indicator_id,
    notes.outcome_id,
    notes.service_code,
    notes.note_date,
    notes.author_role,
    notes.evidence_source_code,
    notes.factor_direction_code,
    notes.period_end_date,
    points.period_id,
    points.value,
    notes.note_text,
    notes.link_text,
    notes._file_sha256,
    notes._row_number
from {{ ref('int_story_notes') }} as notes
left join points
    on notes.local_authority_code = points.local_authority_code
    and notes.indicator_id = points.indicator_id
    and notes.period_end_date = points.period_end
where notes.note_date <= {{ as_at_date() }}
