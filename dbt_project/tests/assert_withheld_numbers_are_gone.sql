-- Physically absent, not merely marked: nothing of a withheld cell is left but its place.
select indicator_id, local_authority_code, period_id, breakdown, breakdown_value
from {{ ref('released_indicator_values') }}
where symbol = '[c]'
    and coalesce(
        n_in_scope, n_excluded, n_denominator, n_known, n_not_known, numerator, value, lower95,
        upper95, lower998, upper998, skewed_median, n_eff, coverage, source_count
    ) is not null
