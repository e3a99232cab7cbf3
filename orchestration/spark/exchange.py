"""Parquet between DuckDB and a Spark cluster: what models read and do not make themselves."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from orchestration.database import quoted
from orchestration.spark.cluster import LOOPBACK, Cluster
from orchestration.spark.sessions import session_that_may_not_close
from orchestration.statistics.linked_figures import Count, withheld_table

CELLS, WITHHELD = "outcomes.cells_to_protect", "outcomes.withheld_cells"
# What DuckDB calls otherwise than Spark; a timestamp has no zone.
SPARK_TYPES = {
    "VARCHAR": "string",
    "TIMESTAMP": "timestamp_ntz",
    "VARCHAR[]": "array<string>",
    "MAP(VARCHAR, VARCHAR)": "map<string, string>",
}


def carry_out(
    connection: duckdb.DuckDBPyConnection, tables: Iterable[str], folder: Path
) -> dict[str, Path]:
    """Tables of a DuckDB connection, by ``schema.table``, as a folder of Parquet each."""
    carried = {}
    for table in tables:
        place = folder / table
        place.mkdir(parents=True, exist_ok=True)
        connection.execute(
            f"copy {table} to {quoted(str(place / 'rows.parquet'))} (format parquet)"
        )
        carried[table] = place
    return carried


def register(cluster: Cluster, folders: dict[str, Path]) -> None:
    """Let the cluster know folders of Parquet as tables, by ``schema.table``."""
    schemas = sorted({table.partition(".")[0] for table in folders})
    statements = [f"create schema if not exists {schema}" for schema in schemas]
    with duckdb.connect() as connection:
        for table, folder in folders.items():
            statements += [
                f"drop table if exists {table}",
                f"create table {table} ({_columns(connection, folder)}) using parquet "
                f"location {quoted(str(folder))}",
            ]
    _execute(cluster, statements)


def _columns(connection: duckdb.DuckDBPyConnection, folder: Path) -> str:
    """Names and types as Spark writes them: said, because it would start a job to find them out."""
    described = connection.execute(
        f"describe select * from read_parquet({quoted(str(folder / '*.parquet'))})"
    ).fetchall()
    return ", ".join(f"`{name}` {SPARK_TYPES.get(kind, kind)}" for name, kind, *_ in described)


def choose_withheld(cluster: Cluster, folder: Path) -> dict[str, Path]:
    """Secondary suppression, which is Python: from the cells the cluster made to a folder of
    Parquet for it to read."""
    cells = quoted(str(cluster.folder(*CELLS.split(".")) / "*.parquet"))
    with duckdb.connect() as connection:
        counts = connection.execute(
            f"select {', '.join(Count._fields)} from read_parquet({cells})"
        ).fetchall()
    place = folder / WITHHELD
    place.mkdir(parents=True, exist_ok=True)
    pq.write_table(withheld_table(counts), place / "rows.parquet")
    return {WITHHELD: place}


def _execute(cluster: Cluster, statements: Iterable[str]) -> None:
    from pyhive import hive

    connection: Any = hive.connect(host=LOOPBACK, port=cluster.port)
    try:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
    finally:
        with session_that_may_not_close():
            connection.close()
