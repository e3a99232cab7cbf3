"""Of a system that is sent whole every time, how many rows are of each year and how many of those
are not whole: a year in which much was left empty has another grade than the one after it."""

from collections.abc import Iterable, Mapping

import duckdb

# Written by the first gate, and made with the register because it forgets what is no longer landed.
YEARS = "quality.rows_by_year"


def count_years(
    connection: duckdb.DuckDBPyConnection, year_of: Mapping[str, str], tables: Iterable[str]
) -> None:
    """Write ``quality.rows_by_year`` anew for the tables that are asked for.

    Args:
        connection: a warehouse in which ``quality.broken_promises`` of these tables are known.
        year_of: the year of a row in SQL, by the raw tables whose rows have one.
        tables: the tables that were checked.
    """
    asked = [table for table in tables if table in year_of]
    extracts = [table.removeprefix("raw.") for table in asked]
    connection.execute(f"delete from {YEARS} where list_contains(?, extract)", [extracts])
    connection.execute(
        """
        create or replace temp table lines_at_fault as
        select
            file_sha256, extract, line_number,
            bool_or(is_emptied) as is_emptied, bool_or(is_broken) as is_broken
        from (
            select file_sha256, extract, line_number, true as is_emptied, false as is_broken
            from quality.emptied_cells
            union all
            select file_sha256, table_name[5:], line_number, false, true
            from quality.broken_promises where table_name like 'raw.%'
        )
        group by all
        """
    )
    for table, extract in zip(asked, extracts, strict=True):
        connection.execute(
            f"""
            insert into {YEARS}
            select
                files.file_sha256, files.file_name, files.extract, files.local_authority_code,
                held.reporting_year,
                count(*),
                count(*) filter (where lines.is_emptied),
                count(*) filter (where lines.is_broken)
            from (
                select _file_sha256, _row_number, {year_of[table]} as reporting_year from {table}
            ) as held
            inner join quality.extract_files as files
                on held._file_sha256 = files.file_sha256
                and files.extract = $extract
                and files.status = 'loaded'
                and files.return_year is null
            left join lines_at_fault as lines
                on held._file_sha256 = lines.file_sha256
                and held._row_number = lines.line_number
                and lines.extract = $extract
            where held.reporting_year is not null
            group by all
            order by all
            """,
            {"extract": extract},
        )
    connection.execute("drop table temp.lines_at_fault")
