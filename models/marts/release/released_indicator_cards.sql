{{ indicator_cards_of(
    ref('released_indicator_values'), ref('released_indicator_trends'),
    ref('released_indicator_curves'), ref('released_triangulated_outcomes'),
    ref('released_questions')
) }}
