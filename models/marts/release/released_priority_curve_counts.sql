{{ priority_curve_counts_of(ref('released_priority_curves')) }}
