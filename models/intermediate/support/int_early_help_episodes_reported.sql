with stated as (
    select
        {{ stated_columns('early_help_episodes', 'ssd', [
            'child_id', 'episode_start_date', 'episode_end_date', 'start_reason', 'end_reason',
            'lead_organisation', 'worker_key',
        ]) }}
    from {{ newest_records('ssd__early_help_episodes', 'episode_start_date') }} as newest
    union all
    select
        {{ stated_columns('early_help_episodes', 'annex_a', [
            'child_id', 'episode_start_date', 'assessment_completion_date', 'lead_organisation',
        ]) }}
    from {{ newest_records('annex_a__early_help', 'episode_start_date') }} as newest
)

select * from {{ judged_rows('early_help_episodes', 'stated') }}
