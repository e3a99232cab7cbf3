with ended as (
    select * from {{ ended_spells('early_help_episodes', {'ssd': 'ssd_early_help_episodes'}) }}
)

select
    {{ made_key(['child_id', 'episode_start_date']) }} as early_help_episode_id,
    local_authority_code,
    child_id,
    episode_start_date,
    closed_date as episode_end_date,
    -- A list has assessments; until when the help went on it does not know.
    held_by_sources <> 'annex_a' as is_spell_held,
    assessment_completion_date,
    start_reason,
    end_reason,
    lead_organisation,
    worker_key,
    has_reversed_dates,
    {{ overlaps_earlier('episode_start_date',
        "case when held_by_sources = 'annex_a' then episode_start_date else closed_date end") }}
        as has_overlap,
    held_by_sources,
    conflict_count,
    record_source,
    _file_sha256,
    _row_number
from ended
