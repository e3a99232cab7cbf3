-- METHODS 10.5 reads two indicators as one; it has no reading for three.
select outcome_id, data_type, pair_code, count(*) as member_count
from {{ ref('outcome_indicators') }}
where pair_code is not null
group by outcome_id, data_type, pair_code
having count(*) > 2
