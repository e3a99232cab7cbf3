{{ priority_curve_counts_of(ref('priority_curves')) }}
