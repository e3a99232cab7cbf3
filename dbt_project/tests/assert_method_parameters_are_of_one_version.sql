-- Every computed row names one version of the thresholds; it would not be the one it was made with.
select min(parameter_version) as first_version, max(parameter_version) as last_version
from {{ ref('method_parameters') }}
having min(parameter_version) <> max(parameter_version)
