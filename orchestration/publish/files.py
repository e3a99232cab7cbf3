"""Warehouse → the two files that people open; each is whole or is not there.

The release holds what anyone may see and is made from the list below and nothing else. The
internal file adds unsuppressed figures and pseudonymised records for authorised analysts.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.database import attach, prepare_to_encrypt, put_aside_in, quoted
from orchestration.lake import Lake
from orchestration.publish.ledger import LEDGER, PUBLISHED_LEDGER
from orchestration.publish.parquet import write_parquet
from orchestration.publish.places import INSIDE, UNFINISHED
from orchestration.publish.scan import LARGEST_SMALL_COUNT, findings
from orchestration.publish.versions import (
    MANIFEST_FILE,
    PARQUET,
    Kept,
    forget,
    gather,
    next_number,
    put_back,
    put_in_place,
    sha256,
    sweep,
)

RELEASE_FILE = "csc_outcomes.duckdb"
INTERNAL_FILE = "csc_outcomes_internal.duckdb"
# The newest format that DuckDB clients from 1.2 on can read.
STORAGE_VERSION = "v1.2.0"

# Kept from night to night; every other table is made anew.
VERSIONS = "history.cohort_snapshot_versions"
FROZEN = "history.baseline_forecasts"
# What each file is called among its fellows: a folder of Parquet.
AUDIENCES = {RELEASE_FILE: "release", INTERNAL_FILE: INSIDE}
CHECKED = "history.check_results"
ERRORS_BY_TEAM = "history.errors_by_team"
REFERENCE = (
    "reference.frameworks",
    "reference.outcomes",
    "reference.indicators",
    # Of these a small count may be shown: they count nobody.
    "reference.indicators_not_of_people",
    "reference.outcome_indicators",
    "reference.requirements",
    "reference.requirement_places",
    "reference.local_authorities",
    "reference.periods",
    "reference.codes",
    "reference.age_bands",
    "reference.cohorts",
    "reference.method_parameters",
    "reference.workforce_measures",
    "reference.difference_measures",
    "reference.progress_measures",
)
# Published name: the table of the warehouse it is made of.
RELEASE = {
    **{table: table for table in REFERENCE},
    "cohorts.cohort_counts": "release.cohort_counts",
    "progress.progress_summaries": "release.progress_summaries",
    "workforce.workforce_summaries": "release.workforce_summaries",
    "outcomes.indicator_values": "release.indicator_values",
    "outcomes.indicator_trends": "release.indicator_trends",
    "outcomes.indicator_comparisons": "release.indicator_comparisons",
    "outcomes.indicator_curves": "release.indicator_curves",
    "outcomes.evidence_items": "release.evidence_items",
    "outcomes.triangulated_outcomes": "release.triangulated_outcomes",
    "outcomes.questions": "release.questions",
    "outcomes.scorecards": "release.scorecards",
    "outcomes.indicator_cards": "release.indicator_cards",
    "outcomes.self_evaluations": "release.self_evaluations",
    "outcomes.priority_curves": "release.priority_curves",
    "outcomes.priority_curve_counts": "release.priority_curve_counts",
    # Which feeds are there and who has what part, and no figure.
    "outcomes.indicator_availability": "outcomes.indicator_availability",
    "outcomes.partners": "outcomes.partners",
    "quality.extract_files": "release.extract_files",
    "quality.data_quality_grades": "release.data_quality_grades",
    "quality.check_results": "quality.check_results",
}
INTERNAL = {
    table: table
    for table in (
        *REFERENCE,
        "cohorts.cohort_snapshots",
        "cohorts.cohort_counts",
        "cohorts.cohort_flows",
        "cohorts.child_journeys",
        "progress.child_progress",
        "progress.progress_summaries",
        "workforce.workforce_snapshots",
        "workforce.worker_movements",
        "workforce.workforce_summaries",
        "measures.measured_periods",
        "measures.measure_records",
        "outcomes.indicator_values",
        "outcomes.indicator_differences",
        "outcomes.indicator_trends",
        "outcomes.held_counts",
        "outcomes.rebase_decisions",
        "outcomes.indicator_comparisons",
        "outcomes.indicator_curves",
        "outcomes.evidence_items",
        "outcomes.triangulated_outcomes",
        "outcomes.questions",
        "outcomes.scorecards",
        "outcomes.indicator_cards",
        "outcomes.self_evaluations",
        "outcomes.factor_outcomes",
        "outcomes.programme_frames",
        "outcomes.unit_costs",
        "outcomes.group_gaps",
        "outcomes.indicator_stories",
        "outcomes.indicator_actions",
        "outcomes.priority_curves",
        "outcomes.priority_curve_counts",
        "outcomes.indicator_availability",
        "outcomes.survey_responses",
        "outcomes.survey_questions",
        "outcomes.survey_changes",
        "outcomes.survey_themes",
        "outcomes.partners",
        "quality.extract_files",
        "quality.quarantined_rows",
        "quality.emptied_cells",
        "quality.schema_changes",
        "quality.check_results",
        "quality.data_quality_grades",
        "quality.case_model_sources",
        "quality.records_to_fix",
    )
} | {
    "cohorts.cohort_snapshot_versions": VERSIONS,
    PUBLISHED_LEDGER: LEDGER,
    "outcomes.baseline_forecasts": FROZEN,
    "quality.check_history": CHECKED,
    "quality.errors_by_team": ERRORS_BY_TEAM,
}
# A check that a handful of rows failed says that a handful of children are like that.
SMALL_COUNTS_EMPTIED = {
    "quality.check_results": (
        f"* replace (case when unexpected_count between 1 and {LARGEST_SMALL_COUNT} then null "
        "else unexpected_count end as unexpected_count, case when rows_checked between 1 and "
        f"{LARGEST_SMALL_COUNT} then null else rows_checked end as rows_checked)"
    )
}


class CannotPublish(Exception):
    """Nothing was published and what was there stays; the message says why."""


@dataclass(frozen=True)
class Publication:
    """What was published: its number, rows by table for each file, and where."""

    folder: Path
    number: int
    row_counts: Mapping[str, Mapping[str, int]]


def publish(
    warehouse: Path,
    folder: Path,
    facts: Mapping[str, Any],
    allowed: Mapping[str, Collection[str]] | None = None,
    *,
    key: str | None = None,
    lake: Lake | None = None,
    newest_kept: int = 7,
) -> Publication:
    """Write both files beside their places, look the release over, then put them there together.

    Args:
        warehouse: the working database; no other process may have it open.
        folder: where the published files live.
        facts: what the manifest says besides row counts and file hashes (as-at date, version).
        allowed: the columns that each table of the release may have.
        key: what the warehouse is encrypted with, and the internal file is to be.
        lake: what is published from instead of the working database, where there is one.
        newest_kept: how many publications stay to be put back, this one included.

    Raises:
        CannotPublish: a table is missing, or a stale write-ahead log lies beside a file: DuckDB
            would replay it into the new one; or the release holds what must not leave.
    """
    begin(folder)
    written = {
        name: _write(warehouse, folder / f"{UNFINISHED}{name}", tables, columns, key, lake)
        for name, tables, columns in (
            (INTERNAL_FILE, INTERNAL, {}),
            (RELEASE_FILE, RELEASE, SMALL_COUNTS_EMPTIED),
        )
    }
    return finish(folder, written, facts, allowed, key=key, newest_kept=newest_kept)


def begin(folder: Path) -> None:
    """Make ready the folder that two unfinished files are to be written in.

    Raises:
        CannotPublish: a stale write-ahead log lies beside a file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sweep(folder)
    _refuse_stale_logs(folder)


def finish(
    folder: Path,
    written: Mapping[str, Mapping[str, int]],
    facts: Mapping[str, Any],
    allowed: Mapping[str, Collection[str]] | None,
    *,
    key: str | None,
    newest_kept: int,
) -> Publication:
    """Look the release over and put both unfinished files in their places, with Parquet and the
    manifest; ``written`` is how many rows each table of each has.

    Raises:
        CannotPublish: the release holds what must not leave.
    """
    _look_over(folder / f"{UNFINISHED}{RELEASE_FILE}", allowed)
    number = next_number(folder)
    manifest = {
        **facts,
        "publication": number,
        "files": {
            name: {"sha256": sha256(folder / f"{UNFINISHED}{name}"), "rows": _without_small(rows)}
            for name, rows in written.items()
        },
        # Parquet has no key: where the internal file is encrypted, only the release is written so.
        "parquet": _write_parquet(folder, list(written) if key is None else [RELEASE_FILE]),
    }
    unfinished = folder / f"{UNFINISHED}{MANIFEST_FILE}"
    unfinished.write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    finished = (*written, PARQUET, MANIFEST_FILE)
    kept = gather(folder, number, {name: folder / f"{UNFINISHED}{name}" for name in finished})
    put_in_place(folder, kept)
    forget(folder, newest_kept)
    return Publication(folder, number, written)


def roll_back(folder: Path, number: int | None = None) -> Kept:
    """Put an earlier publication back: files, Parquet, manifest, and its site where one was kept.

    Raises:
        CannotPublish: a stale write-ahead log lies beside a file.
        CannotPutBack: there is no such publication, or it is not what was published then.
    """
    _refuse_stale_logs(folder)
    return put_back(folder, number)


def _write_parquet(folder: Path, names: Collection[str]) -> dict[str, str]:
    """Each finished file as Parquet beside it; the hash of every table's."""
    place = folder / f"{UNFINISHED}{PARQUET}"
    return {
        written.relative_to(place).as_posix(): sha256(written)
        for name in names
        for written in write_parquet(folder / f"{UNFINISHED}{name}", place / AUDIENCES[name])
    }


def _look_over(release: Path, allowed: Mapping[str, Collection[str]] | None) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(str(release))} as release (read_only)")
        found = findings(connection, "release", allowed)
    if found:
        release.unlink()
        raise CannotPublish(
            "The release holds what must not leave, and was not published: "
            + "; ".join(str(finding) for finding in found)
        )


def _without_small(rows: Mapping[str, int]) -> dict[str, int | None]:
    """Row counts that may lie beside the release: a table of 1 to 5 records is as telling as a
    count of 1 to 5."""
    return {
        table: None if 1 <= count <= LARGEST_SMALL_COUNT and table not in REFERENCE else count
        for table, count in rows.items()
    }


def _refuse_stale_logs(folder: Path) -> None:
    for name in (RELEASE_FILE, INTERNAL_FILE):
        log = folder / f"{name}.wal"
        if log.exists():
            raise CannotPublish(
                f"{log.name} lies beside the published file: somebody wrote to it. Move it away, "
                "and open published files read-only."
            )


def _write(
    warehouse: Path,
    file: Path,
    tables: Mapping[str, str],
    columns: Mapping[str, str],
    key: str | None,
    lake: Lake | None,
) -> dict[str, int]:
    connection = duckdb.connect()
    put_aside_in(connection, warehouse.parent)
    # The release is for anyone.
    own_key = key if file.name.endswith(INTERNAL_FILE) else None
    try:
        if key is not None:
            prepare_to_encrypt(connection, warehouse.parent)
        if lake is not None:
            lake.attach(connection, "warehouse", read_only=True)
        else:
            attach(connection, warehouse, "warehouse", key, read_only=True)
        attach(connection, file, "published", own_key, plain_version=STORAGE_VERSION)
        # Together, because a commit goes to the disk, and a comment on each column is one more.
        connection.begin()
        counts = {
            published: _copy(connection, source, published, columns.get(published, "*"))
            for published, source in tables.items()
        }
        connection.commit()
        connection.execute("force checkpoint published")
        connection.execute("detach published")
    except duckdb.CatalogException as error:
        raise CannotPublish(f"A table to publish is missing: {error}") from error
    finally:
        connection.close()
    return counts


def _copy(connection: duckdb.DuckDBPyConnection, source: str, published: str, columns: str) -> int:
    """One table of the warehouse in the published file; how many rows it has."""
    make_alike(connection, f"published.{published}", f"warehouse.{source}")
    inserted = connection.execute(
        f"insert into published.{published} select {columns} from warehouse.{source} order by all"
    ).fetchone()
    return int(inserted[0]) if inserted else 0


def make_alike(connection: duckdb.DuckDBPyConnection, table: str, source: str) -> None:
    """An empty table with the columns, constraints and comments of another; both are named as
    ``database.schema.table``, and a schema that is not there yet is made.

    Made from its own definition rather than from a query, so that contracts survive. Views would
    point at a catalogue that the reader does not have.

    Raises:
        CannotPublish: the source is not there.
    """
    named = source.split(".")
    found = connection.execute(
        "select sql, comment from duckdb_tables() "
        "where database_name = ? and schema_name = ? and table_name = ?",
        named,
    ).fetchone()
    if found is None:
        database, _, missing = source.partition(".")
        raise CannotPublish(f"The {database} has no table {missing}.")
    definition, comment = found
    connection.execute(f"create schema if not exists {table.rpartition('.')[0]}")
    connection.execute(f"create table {table} ({definition.partition('(')[2]}")
    connection.execute(f"comment on table {table} is {quoted(comment)}")
    for column, meaning in connection.execute(
        "select column_name, comment from duckdb_columns() "
        "where database_name = ? and schema_name = ? and table_name = ?",
        named,
    ).fetchall():
        connection.execute(f'comment on column {table}."{column}" is {quoted(meaning)}')


def published_tables() -> Sequence[str]:
    """Every table of the warehouse that a publication reads."""
    return sorted({*RELEASE.values(), *INTERNAL.values()})
