"""The register: every landed file and what became of it, and every row and cell at fault."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from orchestration.database import make_described
from orchestration.ingest.landing import LandedFile
from orchestration.ingest.texts import ExtractText

# Words, with the signs that headings and paths of elements have; no long number, which would be
# somebody's.
LIKE_A_HEADING = re.compile(r"(?!.*\d{5})\d?[^\W\d][\w %()/&'?#.,:-]*")
EXTRACT_FILES = {
    "file_sha256": ("varchar", "SHA-256 of the file: by this it is known, whatever its name"),
    "file_name": ("varchar", "Name of the file below the landing folder"),
    "family": ("varchar", "Return or feed the file belongs to; empty where it was refused"),
    "extract": ("varchar", "Extract the rows were loaded as; empty where the file was refused"),
    "local_authority_code": ("varchar", "Authority the file is of; empty for published figures"),
    "return_year": ("integer", "Year of the return, by the calendar year it ends in"),
    "return_year_source": (
        "varchar",
        "Where the year or month comes from: content, name, inferred",
    ),
    "exported_date": ("date", "Day the file was made, as its content or its name says"),
    "source_system": ("varchar", "System it came from, where several send the same extract"),
    "period": ("varchar", "What it covers: a year, a month or everything; empty for reference"),
    "status": ("varchar", "loaded, superseded, duplicate or refused"),
    "reason": ("varchar", "Why a file was refused, or what it is a duplicate of, and what to do"),
    "notes": ("varchar", "What the sender should know about a file that was loaded"),
    "rows_read": ("bigint", "Rows found in the file; always loaded plus quarantined"),
    "rows_loaded": ("bigint", "Rows in the raw table"),
    "rows_quarantined": ("bigint", "Rows left out, each listed in quality.quarantined_rows"),
    "rows_erased": (
        "bigint",
        "Rows about somebody who was erased: let go unread, and counted nowhere else",
    ),
    "rows_blank": ("bigint", "Lines with no content at all, which are no rows"),
    "rows_with_emptied_cells": ("bigint", "Loaded rows with a cell that could not be read"),
    "columns_missing": ("varchar", "Columns of the contract that the file does not have"),
    "columns_extra": ("varchar", "Headings or elements that the contract does not know"),
    "written_at": ("varchar", "When the sending system says it made the file"),
    "superseded_by": ("varchar", "SHA-256 of the newer file of the same extract and period"),
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
BROKEN_PROMISES = {
    "file_sha256": ("varchar", "SHA-256 of the file"),
    "file_name": ("varchar", "Name of the file below the landing folder"),
    "local_authority_code": ("varchar", "Authority the file is of"),
    "line_number": ("bigint", "Line of the file the row begins on"),
    "table_name": ("varchar", "Table in which it shows, with its schema"),
    "check_name": ("varchar", "Rule that the row breaks"),
    "severity": ("varchar", "critical or warning"),
}
ROWS_BY_YEAR = {
    "file_sha256": ("varchar", "SHA-256 of the file"),
    "file_name": ("varchar", "Name of the file below the landing folder"),
    "extract": ("varchar", "Extract the file was read as"),
    "local_authority_code": ("varchar", "Authority the file is of"),
    "reporting_year": ("integer", "Year ending 31 March that the records began in"),
    "row_count": ("bigint", "Rows of the year"),
    "emptied_row_count": ("bigint", "Rows of them of which a cell was emptied"),
    "broken_row_count": ("bigint", "Rows of them that break a rule of the first gate"),
}
FILE_COLUMNS = {
    "file_sha256": ("varchar", "SHA-256 of the file"),
    "file_name": ("varchar", "Name of the file below the landing folder"),
    "extract": ("varchar", "Extract the file was read as"),
    "local_authority_code": ("varchar", "Authority the file is of"),
    "column_name": ("varchar", "Column of the contract; empty for a heading it does not know"),
    "heading": ("varchar", "Heading or element as the file has it, where no column takes it"),
    "state": ("varchar", "read, missing or unknown"),
    "cells_filled": ("bigint", "Loaded and quarantined rows that have a value"),
    "cells_not_in_code_set": ("bigint", "Cells that hold something that is not in the code set"),
}
SCHEMA_CHANGES = {
    "file_sha256": ("varchar", "SHA-256 of the file"),
    "file_name": ("varchar", "File in which the change is met"),
    "extract": ("varchar", "Extract the file was read as"),
    "local_authority_code": ("varchar", "Authority the file is of"),
    "change": (
        "varchar",
        "new_column (not in the contract, not read), lost_column, emptied_column (there, but never "
        "filled any more), missing_column (never sent) or codes_changed",
    ),
    "column_name": ("varchar", "Column of the contract, or the heading that it does not know"),
    "compared_with": ("varchar", "The file before it; empty for the first, held to the contract"),
    "cell_count": ("bigint", "Cells concerned, where cells are"),
    "meaning": ("varchar", "What it means for the figures, and what to do"),
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
    # Filled by the gates.
    "quality.broken_promises": (
        "Rows of files that count which break a rule of a gate. "
        "One row per table, rule, file and line.",
        BROKEN_PROMISES,
    ),
    "quality.rows_by_year": (
        "Rows of files that count by the year their records began in, of systems that are sent "
        "whole and whose records have a first day. One row per file, extract and year.",
        ROWS_BY_YEAR,
    ),
    "quality.file_columns": (
        "Every column and heading of every loaded file: read, missing or unknown. "
        "One row per file, extract and column or heading.",
        FILE_COLUMNS,
    ),
    "quality.schema_changes": (
        "Where the layout of an extract is no longer that of the file before, or not that of the "
        "contract. One row per file, extract, column and change.",
        SCHEMA_CHANGES,
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
    """Make the tables of the register where they are not there yet.

    A warehouse of an earlier version, whose register has other columns, is emptied: the landing
    folder is the truth, and every file is read again.
    """
    connection.execute("create schema if not exists quality")
    _empty_if_older(connection)
    make_described(connection, TABLES)


def _empty_if_older(connection: duckdb.DuckDBPyConnection) -> None:
    there: dict[str, list[str]] = {}
    for schema, table, column in connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() "
        "where schema_name in ('raw', 'quality') order by table_oid, column_index"
    ).fetchall():
        there.setdefault(f"{schema}.{table}", []).append(column)
    if any(
        there.get(table, list(columns)) != list(columns) for table, (_, columns) in TABLES.items()
    ):
        for table in there:
            if table in TABLES or table.startswith("raw."):
                connection.execute(f"drop table {table}")


def _register(connection: duckdb.DuckDBPyConnection, row: Mapping[str, object]) -> None:
    listed = ", ".join(row)
    marks = ", ".join(f"${name}" for name in row)
    connection.execute(f"insert into quality.extract_files ({listed}) values ({marks})", dict(row))


def register_loaded(
    connection: duckdb.DuckDBPyConnection,
    file: LandedFile,
    text: ExtractText,
    fingerprint: str,
    counts: Counts,
    lost: int,
    erased: int = 0,
) -> None:
    """Record a file as loaded; ``lost`` are the lines that could not be taken apart into cells,
    ``erased`` the rows that were let go."""
    _register(
        connection,
        {
            "file_sha256": file.sha256,
            "file_name": file.name,
            "family": text.contract.family,
            "extract": text.contract.extract,
            "local_authority_code": file.local_authority_code,
            "return_year": file.return_year,
            "return_year_source": file.return_year_source,
            "exported_date": file.exported_date,
            "source_system": file.sender,
            "period": file.period,
            "status": "loaded",
            "reason": "",
            "notes": " ".join(file.notes),
            "rows_read": counts.read + lost,
            "rows_loaded": counts.loaded,
            "rows_quarantined": counts.quarantined + lost,
            "rows_erased": erased,
            "rows_blank": counts.blank,
            "rows_with_emptied_cells": counts.with_emptied_cells,
            "columns_missing": ", ".join(text.columns_missing),
            "columns_extra": ", ".join(told_headings(text)[:20]),
            "written_at": file.written_at,
            "contract_fingerprint": fingerprint,
        },
    )


def told_headings(text: ExtractText) -> list[str]:
    """The headings that no column takes, as they may be told: one that does not look like a
    heading may be a cell that has slipped among them."""
    return [
        heading if LIKE_A_HEADING.fullmatch(heading) else f"(unknown {number})"
        for number, heading in enumerate((h[:80] for h in text.headings_unknown), start=1)
    ]


def register_columns(
    connection: duckdb.DuckDBPyConnection, file: LandedFile, text: ExtractText, typed: str
) -> None:
    """Record which columns of the contract a file has and fills, and the headings nobody knows.

    Args:
        connection: the warehouse, with the typed rows.
        file: the file.
        text: what was read of the extract.
        typed: the table of its typed rows.
    """
    stored = [column for column in text.contract.columns if column.is_stored]
    filled = ", ".join(f'count("{column.name}")' for column in stored)
    counts = connection.execute(f"select {filled} from {typed}").fetchone() or ()
    unread = dict(
        connection.execute(
            "select fault.column_name, count(*) from (select unnest(_faults) as fault "
            f"from {typed}) where contains(fault.reason, 'in the code set') group by all"
        ).fetchall()
    )
    rows: list[tuple[str, str, str, int, int]] = [
        (
            column.name,
            "",
            "missing" if column.name in text.columns_missing else "read",
            int(count),
            int(unread.get(column.name, 0)),
        )
        for column, count in zip(stored, counts, strict=True)
    ]
    rows += [("", heading, "unknown", 0, 0) for heading in told_headings(text)]
    names = ("column_name", "heading", "state", "cells_filled", "cells_not_in_code_set")
    listed = pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))
    connection.register("listed_columns", listed)
    connection.execute(
        "insert into quality.file_columns select $file_sha256, $file_name, $extract, $authority, * "
        "from listed_columns",
        {
            "file_sha256": file.sha256,
            "file_name": file.name,
            "extract": text.contract.extract,
            "authority": file.local_authority_code,
        },
    )
    connection.unregister("listed_columns")


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
    """Of several files of one extract, authority, sender and period the newest counts.

    Newest is what the file says of itself, else the later name: a file's own time stamp changes
    with every copy, and the same files must always give the same figures, in whatever order they
    came. Published figures are settled row by row instead: files about different areas stand side
    by side.
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
        where status in ('loaded', 'superseded') and period <> ''
        window latest as (
            partition by extract, local_authority_code, source_system, period
            order by exported_date desc nulls last, written_at desc, file_name desc
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


def list_schema_changes(connection: duckdb.DuckDBPyConnection) -> None:
    """List where each file's layout differs from that of the file before it, or from its contract.

    Files of one extract, authority and sender follow one another by what they cover and when they
    were made, not by when they were landed: a late file is held to the one before it.
    """
    connection.execute("delete from quality.schema_changes")
    connection.execute(
        """
        create or replace temp table changes as
        with files as (
            select
                file_name,
                extract,
                lag(file_name) over in_order as before_name,
                lag(rows_loaded) over in_order as rows_before,
                rows_loaded
            from quality.extract_files
            where status in ('loaded', 'superseded')
            window in_order as (
                partition by extract, local_authority_code, source_system
                order by period, exported_date nulls first, written_at, file_name
            )
        ),

        compared as (
            select
                columns.*,
                coalesce(files.before_name, '') as compared_with,
                before.state as state_before,
                before.cells_filled as cells_filled_before,
                files.rows_before,
                files.rows_loaded
            from quality.file_columns as columns
            inner join files using (file_name, extract)
            left join quality.file_columns as before
                on files.before_name = before.file_name
                and columns.extract = before.extract
                and columns.column_name = before.column_name
                and columns.heading = before.heading
        ),

        changes as (
            select
                *,
                case
                    when state = 'unknown' and state_before is null then 'new_column'
                    when state = 'missing' and state_before = 'read' then 'lost_column'
                    when state = 'missing' and compared_with = '' then 'missing_column'
                    -- A few are typing errors, which quality.emptied_cells lists.
                    when cells_not_in_code_set * 20 > cells_filled + cells_not_in_code_set
                        then 'codes_changed'
                    -- A column that was rarely filled may well be empty once.
                    when state = 'read' and cells_filled = 0 and rows_loaded > 0
                        and cells_filled_before * 20 > rows_before then 'emptied_column'
                end as change
            from compared
        )

        select
            file_sha256,
            file_name,
            extract,
            local_authority_code,
            change,
            column_name || heading as column_name,
            compared_with,
            case change
                when 'codes_changed' then cells_not_in_code_set
                when 'emptied_column' then cells_filled_before
            end as cell_count,
            case change
                when 'new_column' then 'Not read: no figure uses it. Where it holds something that '
                    || 'should be used, add it to the contract.'
                when 'lost_column' then 'It was sent before. Figures that need it are not known '
                    || 'from this file on: ask for it to be exported again.'
                when 'missing_column' then 'Never sent. Figures that need it are not known.'
                when 'emptied_column' then 'It was filled before and is not any more. Ask what '
                    || 'changed in the export.'
                when 'codes_changed' then 'These cells were emptied. Where the system has new '
                    || 'codes, add them to seeds/codes; where it spells them in another way, to '
                    || 'seeds/codes/spellings.csv.'
            end as meaning
        from changes
        where change is not null
        """
    )
    connection.execute("insert into quality.schema_changes select * from temp.changes")
    connection.execute("drop table temp.changes")
