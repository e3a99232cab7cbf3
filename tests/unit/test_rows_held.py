"""How many rows a table has is told of the tables of a step, and of nothing else."""

import dagster as dg
import duckdb

from orchestration.transform.assets import rows_held


def test_rows_are_told_of_the_tables_of_a_step_alone():
    with duckdb.connect() as connection:
        connection.execute("create schema cohorts")
        connection.execute("create table cohorts.counts as from range(3)")
        connection.execute("create table cohorts.empty as from range(0)")
        connection.execute("create table cohorts.of_another_step as from range(5)")
        connection.execute("create view cohorts.looked_through as from cohorts.counts")
        keys = {dg.AssetKey(["cohorts", name]) for name in ("counts", "empty", "looked_through")}

        told = list(rows_held(connection, keys))

    assert [(one.asset_key.path, one.metadata["dagster/row_count"].value) for one in told] == [
        (["cohorts", "counts"], 3),
        (["cohorts", "empty"], 0),
    ]
