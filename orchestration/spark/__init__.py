"""The same models on an Apache Spark cluster, compared with DuckDB's tables.

What belongs here: starting a cluster on this machine, carrying Parquet in and out, the comparison.
What does not: SQL; what the two engines write differently is a macro in ``dbt_project/macros``.
"""
