{{ indicator_cards_of(
    ref('indicator_values'), ref('indicator_trends'), ref('indicator_curves'),
    ref('triangulated_outcomes'), ref('questions')
) }}
