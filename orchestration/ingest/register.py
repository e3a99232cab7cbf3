"""The register: every landed file and what became of it, and every row and cell at fault."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from orchestration.contracts import ExtractContract
from orchestration.ingest.landing import LandedFile

EXTRACT_FILES = {
    "file_sha256": ("varchar", "SHA-256 of the file: by this it is known, whatever its name"),
    "file_name": ("varchar", "Name of the file below the landing folder"),
    "family": ("varchar", "Return or feed the file belongs to; empty where it was refused"),
    "extract": ("varchar", "Extract the rows were loaded as; empty where the file was refused"),
    "local_authority_code": ("varchar", "Authority the file is of; empty for published figures"),
    "return_year": ("integer", "Year ending 31 March that the file covers"),
    "return_year_source": ("varchar", "Where the year comes from: content, name or inferred"),
    "status": ("varchar", "loaded, superseded, duplicate or refused"),
    "reason": ("varchar", "Why a file was refused, or what it is a duplicate of, and what to do"),
    "notes": ("varchar", "What the sender should know about a file that was loaded"),
    "rows_read": ("bigint", "Rows found in the file; always loaded plus quarantined"),
    "rows_loaded": ("bigint", "Rows in the raw table"),
    "rows_quarantined": ("bigint", "Rows left out, each listed in quality.quarantined_rows"),
    "rows_blank": ("bigint", "Lines with no content at all, which are no rows"),
    "rows_with_emptied_cells": ("bigint", "Loaded rows with a cell that could not be read"),
    "columns_missing": ("varchar", "Columns of the contract that the file does not have"),
    "columns_extra": ("varchar", "Headings or elements that the contract does not know"),
    "written_at": ("varchar", "When the sending system says it made the file"),
    "superseded_by": ("varchar", "SHA-256 of the newer file of the same extract and year"),
    "contract_fingerprint": ("varchar", "Version of contract, codes and reader it was read with"),
}
FAULTS = {
    "file_sha256": ("varchar", "SHA-256 of the file"),
    "file_name": ("varchar", "Name of the file below the landing folder"),
    "extract": ("varchar", "Extract the row was read as"),
    "local_authority_code": ("varchar", "Authority the file is of"),
    "line_number": ("bigint", "Line of the file the row begins on"),
    "column_name": ("varchar", "Column at fault; empty where the row as a whole is"),
    "reason": ("varchar", "What is wrong, never what was written"),
}
TABLES = {
    "quality.extract_files": (
        "Every file of the landing folder and what became of it: rows read are rows loaded plus "
        "rows quarantined. One row per file and extract (a census holds one extract per block).",
        EXTRACT_FILES,
    ),
    "quality.quarantined_rows": (
        "Rows that were not loaded. One row per file, line and fault.",
        FAULTS,
    ),
    "quality.emptied_cells": (
        "Cells that could not be read and were emptied in rows that were loaded. "
        "One row per file, line and column.",
        FAULTS,
    ),
}


@dataclass(frozen=True)
class Counts:
    """What became of the rows of one file and extract."""

    read: int
    loaded: int
    quarantined: int
    blank: int
    with_emptied_cells: int
    dated: int
    inside_year: int
    after_year: int


def prepare_register(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of the register where they are not there yet."""
    connection.execute("create schema if not exists quality")
    for table, (description, columns) in TABLES.items():
        listed = ", ".join(f"{name} {kind}" for name, (kind, _) in columns.items())
        connection.execute(f"create table if not exists {table} ({listed})")
        connection.execute(f"comment on table {table} is '{description}'")
        for name, (_, meaning) in columns.items():
            connection.execute(f"comment on column {table}.{name} is '{meaning}'")


def _register(connection: duckdb.DuckDBPyConnection, row: Mapping[str, object]) -> None:
    listed = ", ".join(row)
    marks = ", ".join(f"${name}" for name in row)
    connection.execute(f"insert into quality.extract_files ({listed}) values ({marks})", dict(row))


def register_loaded(
    connection: duckdb.DuckDBPyConnection,
    file: LandedFile,
    contract: ExtractContract,
    fingerprint: str,
    counts: Counts,
    lost: int,
    columns_missing: str,
    columns_extra: str,
) -> None:
    """Record a file as loaded; ``lost`` are the lines that could not be taken apart into cells."""
    _register(
        connection,
        {
            "file_sha256": file.sha256,
            "file_name": file.name,
            "family": contract.family,
            "extract": contract.extract,
            "local_authority_code": file.local_authority_code,
            "return_year": file.return_year,
            "return_year_source": file.return_year_source,
            "status": "loaded",
            "reason": "",
            "notes": " ".join(file.notes),
            "rows_read": counts.read + lost,
            "rows_loaded": counts.loaded,
            "rows_quarantined": counts.quarantined + lost,
            "rows_blank": counts.blank,
            "rows_with_emptied_cells": counts.with_emptied_cells,
            "columns_missing": columns_missing,
            "columns_extra": columns_extra,
            "written_at": file.written_at,
            "contract_fingerprint": fingerprint,
        },
    )


def register_refused(connection: duckdb.DuckDBPyConnection, file: LandedFile, reason: str) -> None:
    """Record a file that was not read, and why."""
    _register(
        connection,
        {
            "file_sha256": file.sha256,
            "file_name": file.name,
            "family": file.family,
            "extract": "",
            "local_authority_code": file.local_authority_code,
            "return_year_source": "",
            "status": "duplicate" if file.is_duplicate else "refused",
            "reason": reason,
            "notes": "",
        },
    )


def mark_superseded(connection: duckdb.DuckDBPyConnection) -> None:
    """Of several files of one extract, authority and year the newest counts.

    Newest is what the sending system says, else the later name: a file's own time stamp changes
    with every copy, and the same files must always give the same figures. Published figures are
    settled row by row instead: files about different areas stand side by side.
    """
    connection.execute(
        """
        create or replace temp table newest as
        select
            file_name,
            extract,
            first_value(file_sha256) over latest as newest_sha256,
            first_value(file_name) over latest as newest_name
        from quality.extract_files
        where status in ('loaded', 'superseded') and return_year is not null
        window latest as (
            partition by extract, local_authority_code, return_year
            order by written_at desc, file_name desc
        )
        """
    )
    connection.execute(
        """
        update quality.extract_files as files
        set
            status = case when newest_name = files.file_name then 'loaded' else 'superseded' end,
            superseded_by = case when newest_name <> files.file_name then newest_sha256 end
        from newest
        where files.file_name = newest.file_name and files.extract = newest.extract
            and files.status in ('loaded', 'superseded')
        """
    )
    connection.execute("drop table temp.newest")
