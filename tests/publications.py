"""Publications of a warehouse with three tables, which say of which night they are."""

import json
from pathlib import Path

import duckdb
import pytest

from orchestration.publish import files
from orchestration.publish.files import INTERNAL_FILE, RELEASE_FILE
from orchestration.publish.versions import MANIFEST_FILE

RELEASE = {"reference.codes": "reference.codes", "outcomes.questions": "release.questions"}
INTERNAL = {"reference.codes": "reference.codes", "measures.records": "measures.records"}
TABLES = sorted({*RELEASE.values(), *INTERNAL.values()})


def few_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish these tables, and no others."""
    monkeypatch.setattr(files, "RELEASE", RELEASE)
    monkeypatch.setattr(files, "INTERNAL", INTERNAL)
    monkeypatch.setattr(files, "SMALL_COUNTS_EMPTIED", {})


def a_warehouse(path: Path) -> Path:
    """A warehouse with the tables and no row."""
    path.parent.mkdir(parents=True)
    with duckdb.connect(str(path)) as connection:
        for table in TABLES:
            connection.execute(f"create schema if not exists {table.partition('.')[0]}")
            connection.execute(f"create table {table} (night integer primary key, said varchar)")
    return path


def a_night(
    warehouse: Path, published: Path, night: int, *, newest_kept: int = 7, as_at: str = ""
) -> None:
    """A warehouse that says in every table which night it is, published."""
    with duckdb.connect(str(warehouse)) as connection:
        for table in TABLES:
            connection.execute(f"delete from {table}")
            connection.execute(f"insert into {table} values (?, 'of ' || ?)", [night, night])
    files.publish(
        warehouse, published, {"as_at_date": as_at or f"night {night}"}, newest_kept=newest_kept
    )


def nights_in_place(published: Path) -> dict[str, object]:
    """Which night each thing that people open says it is."""
    with duckdb.connect() as connection:
        said: dict[str, object] = {}
        for name, table in (
            (RELEASE_FILE, "outcomes.questions"),
            (INTERNAL_FILE, "measures.records"),
        ):
            connection.execute(f"attach '{published / name}' as file (read_only)")
            said[name] = connection.execute(f"select night from file.{table}").fetchall()[0][0]
            connection.execute("detach file")
        for parquet in ("release/outcomes/questions", "internal/measures/records"):
            said[parquet] = connection.sql(
                f"select night from read_parquet('{published}/parquet/{parquet}.parquet')"
            ).fetchall()[0][0]
    manifest = json.loads((published / MANIFEST_FILE).read_text("utf-8"))
    said[MANIFEST_FILE] = int(manifest["as_at_date"].split()[1])
    page = published / "site" / "index.html"
    said["site"] = int(page.read_text("utf-8").split()[1]) if page.exists() else None
    return said
