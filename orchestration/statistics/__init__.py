"""Statistics that SQL has no words for: quantiles, exact tests, forecasts, linear programmes.

Pure functions over numbers; no database, no Dagster. Each says which rule of the methods it is.
"""
