"""What was published stays as it was: each child's place in a cohort, version by version.

A later correction does not overwrite the month end it corrects. The version that was published
keeps the days on which it was the newest one, so that a figure that somebody quoted can still be
found in the records it was made of.
"""

import datetime as dt
from dataclasses import dataclass

import duckdb

from orchestration.database import quoted
from orchestration.publish.files import VERSIONS

SNAPSHOTS = "cohorts.cohort_snapshots"
KEY = ("cohort_code", "local_authority_code", "period_id", "child_id")
# Another file that says the same is no correction.
PROVENANCE = ("record_source", "_file_sha256", "_row_number")
MEANING = (
    "Every version of cohorts.cohort_snapshots that was ever published: a later correction makes "
    "a new version and ends the earlier one, which stays. As it was published on day d: "
    "known_from <= d and (known_until is null or known_until > d). One row per cohort, authority, "
    "month, child and version."
)
ADDED = {
    "version_number": "1 for what was published first, 2 for the first correction, and so on",
    "known_from": "As-at date of the night that first published this version",
    "known_until": "As-at date of the night that no longer held it; empty for what is held now",
}


@dataclass(frozen=True)
class Kept:
    """Rows of one night: new to the history, and ended because they changed or went."""

    added: int
    ended: int


def keep_versions(connection: duckdb.DuckDBPyConnection, as_at_date: dt.date) -> Kept:
    """Add tonight's cohort snapshots to the versions that are kept; call it when every gate has
    let the night pass.

    The same night twice leaves the same versions. A night of an earlier as-at date than the latest
    one kept looks back and changes nothing.
    """
    connection.begin()
    try:
        kept = _keep(connection, as_at_date)
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
    return kept


def _keep(connection: duckdb.DuckDBPyConnection, as_at_date: dt.date) -> Kept:
    columns = _columns(connection, SNAPSHOTS)
    _prepare(connection, columns)
    latest = connection.execute(f"select max(known_from) from {VERSIONS}").fetchone()
    if latest and latest[0] and latest[0] > as_at_date:
        return Kept(0, 0)
    # A night that is run again starts from where it started the first time.
    connection.execute(f"delete from {VERSIONS} where known_from = ?", [as_at_date])
    connection.execute(
        f"update {VERSIONS} set known_until = null where known_until = ?", [as_at_date]
    )
    compared = [name for name in columns if name not in (*KEY, *PROVENANCE)]
    same_key = " and ".join(f"kept.{name} = tonight.{name}" for name in KEY)
    same_facts = " and ".join(
        f"kept.{name} is not distinct from tonight.{name}" for name in compared
    )
    ended = connection.execute(
        f"update {VERSIONS} as kept set known_until = $as_at where known_until is null and not "
        f"exists (select 1 from {SNAPSHOTS} as tonight where {same_key} and {same_facts})",
        {"as_at": as_at_date},
    ).fetchone()
    listed = ", ".join(columns)
    added = connection.execute(
        f"""
        insert into {VERSIONS} ({listed}, {", ".join(ADDED)})
        select {", ".join(f"tonight.{name}" for name in columns)},
            coalesce(max(kept.version_number), 0) + 1, $as_at, null
        from {SNAPSHOTS} as tonight
        left join {VERSIONS} as kept on {same_key}
        group by all
        having count(kept.known_from) = count(kept.known_until)
        order by all
        """,
        {"as_at": as_at_date},
    ).fetchone()
    return Kept(added=int(added[0]) if added else 0, ended=int(ended[0]) if ended else 0)


def _prepare(connection: duckdb.DuckDBPyConnection, columns: dict[str, str]) -> None:
    """The table, with the columns that the snapshots have today: those that are new are empty in
    earlier versions, those that went stay."""
    connection.execute(f"create schema if not exists {VERSIONS.split('.')[0]}")
    connection.execute(
        f"create table if not exists {VERSIONS} (version_number integer not null, "
        "known_from date not null, known_until date)"
    )
    held = _columns(connection, VERSIONS)
    for column, kind in columns.items():
        if column not in held:
            connection.execute(f'alter table {VERSIONS} add column "{column}" {kind}')
    connection.execute(f"comment on table {VERSIONS} is {quoted(MEANING)}")
    meanings = dict(
        connection.execute(
            "select column_name, comment from duckdb_columns() "
            "where schema_name || '.' || table_name = ? and database_name = current_database()",
            [SNAPSHOTS],
        ).fetchall()
    )
    for column, meaning in {**meanings, **ADDED}.items():
        connection.execute(f'comment on column {VERSIONS}."{column}" is {quoted(meaning)}')


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    return dict(
        connection.execute(
            "select column_name, data_type from duckdb_columns() where schema_name || '.' || "
            "table_name = ? and database_name = current_database() order by column_index",
            [table],
        ).fetchall()
    )
