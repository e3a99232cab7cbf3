-- No count of 1 to 5 of children stands in a released row, or follows by subtracting one of its
-- columns from another.
with released as (
    select
        released.*,
        small.value as small_count
    from {{ ref('released_progress_summaries') }} as released
    inner join {{ ref('method_parameters') }} as small on small.parameter = 'small_count'
),

counts as (
    {%- for expression in ['n_in_scope', 'n_not_due', 'n_eligible', 'n_known', 'n_better', 'n_same',
        'n_worse', 'n_mixed', 'n_too_soon', 'n_no_baseline', 'n_not_known', 'n_maintained_good',
        'n_better_retest', 'n_known - n_better', 'n_eligible - n_known', 'n_in_scope - n_eligible',
        'n_in_scope - n_known', 'n_same - n_maintained_good', 'n_better - n_better_retest',
        'n_known - n_better - n_same', 'n_known - n_better - n_worse', 'n_known - n_added_value'] %}
    select
        local_authority_code, period_id, domain_code, measure_code, breakdown, breakdown_value,
        '{{ expression }}' as reckoned, {{ expression }} as small_figure, small_count
    from released
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from counts
where small_figure between 1 and small_count
