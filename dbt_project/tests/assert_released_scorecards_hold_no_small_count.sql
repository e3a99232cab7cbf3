-- Indicators are held to this where they are released; here what only scorecards show.
select
    cards.local_authority_code, cards.subject_kind, cards.subject_code, cards.period_id,
    cards.quadrant, cards.item_kind, cards.item_code
from {{ ref('released_scorecards') }} as cards
cross join {{ ref('method_parameters') }} as small
where small.parameter = 'small_count'
    and cards.item_kind in ('progress', 'places')
    and (
        cards.numerator between 1 and small.value
        or cards.n between 1 and small.value
        or cards.n - cards.numerator between 1 and small.value
    )
