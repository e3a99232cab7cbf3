"""A published file once more as Parquet, for tools that cannot open DuckDB's own."""

from pathlib import Path

import duckdb


def write_parquet(file: Path, folder: Path) -> list[Path]:
    """Every table as ``<folder>/<schema>/<table>.parquet``, with the rows in the file's order.

    Args:
        file: a finished file that is not in its place yet; nobody else has it open.
        folder: is made.
    """
    with duckdb.connect(str(file), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() order by all"
        ).fetchall()
        written = []
        for schema, table in tables:
            place = folder / schema / f"{table}.parquet"
            place.parent.mkdir(parents=True, exist_ok=True)
            connection.table(f"{schema}.{table}").write_parquet(str(place), compression="zstd")
            written.append(place)
    return written
