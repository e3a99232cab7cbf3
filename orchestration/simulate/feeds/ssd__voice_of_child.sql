-- Reserved by the model: a row for each child, and nothing in it.
select
    children.child_id as voch_table_id,
    children.person_id as voch_person_id,
    'PLACEHOLDER_DATA' as voch_explained_worries,
    'PLACEHOLDER_DATA' as voch_story_help_understand,
    'PLACEHOLDER_DATA' as voch_agree_worker,
    'PLACEHOLDER_DATA' as voch_plan_safe,
    'PLACEHOLDER_DATA' as voch_tablet_help_explain
from children_known() as children
order by voch_table_id
