"""The publications of several authorities as one: the same two files, of the same tables.

Each authority's own night has held its release to disclosure control; here rows are put together
and nothing is counted, so nothing new can be learnt from them.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from orchestration.database import attach, is_encrypted, prepare_to_encrypt, put_aside_in
from orchestration.publish.files import (
    INTERNAL_FILE,
    RELEASE_FILE,
    STORAGE_VERSION,
    CannotPublish,
    Publication,
    begin,
    finish,
    make_alike,
)
from orchestration.publish.places import UNFINISHED, newest
from orchestration.publish.versions import MANIFEST_FILE

SAME_FOR_ALL = "reference"
# One publication is of one set of definitions.
MUST_AGREE = ("parameter_version", "code_version")


def publish_together(
    publications: Mapping[str, Path],
    folder: Path,
    allowed: Mapping[str, Any] | None = None,
    *,
    key: str | None = None,
    newest_kept: int = 7,
) -> Publication:
    """Publish what lies in these folders as one, in another; by authority, each as it stands.

    Args:
        publications: the published folder of each authority, by its code.
        folder: where the one publication is to live.
        allowed: the columns that each table of the release may have.
        key: what the internal files are encrypted with, and the one is to be.
        newest_kept: how many publications stay to be put back, this one included.

    Raises:
        CannotPublish: there are none, or two were made with different versions of the project; or
            what is put together must not be published.
    """
    manifests = {
        code: json.loads((place / MANIFEST_FILE).read_text(encoding="utf-8"))
        for code, place in sorted(publications.items())
        if (place / MANIFEST_FILE).exists()
    }
    if not manifests:
        raise CannotPublish("No authority has published anything yet: run their nights first.")
    for name in MUST_AGREE:
        if len({manifest[name] for manifest in manifests.values()}) > 1:
            said = ", ".join(f"{code} {manifest[name]}" for code, manifest in manifests.items())
            raise CannotPublish(
                f"The authorities' publications differ in {name} ({said}). Run the nights of those "
                "that are behind: figures of two sets of definitions do not belong together."
            )
    begin(folder)
    latest = max(manifests, key=lambda code: str(manifests[code]["published_at"]))
    in_order = [latest, *(code for code in manifests if code != latest)]
    written = {
        name: _write([newest(publications[code], name) for code in in_order], folder, name, key)
        for name in (INTERNAL_FILE, RELEASE_FILE)
    }
    facts = {
        "as_at_date": max(manifest["as_at_date"] for manifest in manifests.values()),
        "code_version": manifests[latest]["code_version"],
        "parameter_version": manifests[latest]["parameter_version"],
        "published_at": manifests[latest]["published_at"],
        "landed_files": [
            dict(row)
            for row in sorted(
                {
                    tuple(sorted(file.items()))
                    for manifest in manifests.values()
                    for file in manifest["landed_files"]
                }
            )
        ],
        "authorities": {
            code: {name: manifest[name] for name in ("as_at_date", "published_at", "publication")}
            for code, manifest in manifests.items()
        },
    }
    return finish(folder, written, facts, allowed, key=key, newest_kept=newest_kept)


def _write(files: list[Path], folder: Path, name: str, key: str | None) -> dict[str, int]:
    """One file of the rows of many; how many rows each table has. The first says what there is."""
    own_key = key if name == INTERNAL_FILE else None
    with duckdb.connect() as connection:
        put_aside_in(connection, folder / f"{UNFINISHED}aside")
        if own_key is not None:
            prepare_to_encrypt(connection, folder)
        for number, file in enumerate(files):
            file_key = own_key if is_encrypted(file) else None
            attach(connection, file, f"of_{number}", file_key, read_only=True)
        unfinished = folder / f"{UNFINISHED}{name}"
        attach(connection, unfinished, "together", own_key, plain_version=STORAGE_VERSION)
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = 'of_0' order by all"
        ).fetchall()
        counts = {
            f"{schema}.{table}": _copy(
                connection, f"{schema}.{table}", 1 if schema == SAME_FOR_ALL else len(files)
            )
            for schema, table in tables
        }
        connection.execute("force checkpoint together")
        connection.execute("detach together")
    return counts


def _copy(connection: duckdb.DuckDBPyConnection, table: str, files: int) -> int:
    """A table of the rows of the first so many files; what several have, as published figures of
    the country, stands once."""
    make_alike(connection, f"together.{table}", f"of_0.{table}")
    rows = " union by name ".join(f"select * from of_{number}.{table}" for number in range(files))
    # Without `distinct` where there is but one: a table may hold equal rows.
    rows = rows if files > 1 else f"select * from of_0.{table}"
    try:
        inserted = connection.execute(
            f"insert into together.{table} by name from ({rows}) order by all"
        ).fetchone()
    except duckdb.ConstraintException:
        raise CannotPublish(
            f"Two authorities' publications say different things of the same row of {table}. Run "
            "both nights again."
        ) from None  # Its own words quote the row.
    return int(inserted[0]) if inserted else 0
