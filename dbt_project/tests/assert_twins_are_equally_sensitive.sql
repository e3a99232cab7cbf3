-- Indicators of the same records must be withheld up to the same count, and treat the unknown
-- alike: the one with the lower bar, or with the unknown still in n, would tell the other.
select indicators.measure_code
from {{ ref('indicators') }} as indicators
left join {{ ref('sensitive_indicators') }} as sensitive
    on indicators.indicator_id = sensitive.indicator_id
where indicators.measure_code is not null
group by indicators.measure_code
having count(distinct indicators.unknown_policy) > 1
    or count(sensitive.indicator_id) not in (0, count(*))
