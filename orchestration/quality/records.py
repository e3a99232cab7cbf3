"""The records that somebody has to put right: which line of which file, of which child and team,
what is wrong with it, and what to do.

A child is a pseudonym here, as everywhere: who has the key finds the case. No cell is in any list.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

import duckdb

from orchestration.contracts import ExtractContract
from orchestration.database import make_described
from orchestration.ingest.erased import PERSON, people_columns
from orchestration.quality.broken_rows import broken_rows
from orchestration.quality.results import CheckResult
from orchestration.quality.suites import Expectation, Suite

# Written by the gates, and made with the register because it forgets what is no longer landed.
BROKEN = "quality.broken_promises"
RECORDS = "quality.records_to_fix"
TREND = "history.errors_by_team"
PROVENANCE = ("_file_sha256", "_row_number")
# What an extract, a column and a reason of the register come to, in words.
Remedy = Callable[[str, str, str], str]

RECORDS_COLUMNS = {
    "local_authority_code": ("varchar", "Authority the record is of"),
    "team_id": ("varchar", "Team that holds the case on the as-at date; empty where none is known"),
    "child_id": (
        "varchar",
        "Pseudonym of the child, found again with the key alone; empty where the record names none",
    ),
    "table_name": ("varchar", "Table in which it shows, with its schema"),
    "check_name": ("varchar", "Rule that it breaks"),
    "severity": ("varchar", "critical stops publication; warning is reported"),
    "file_name": ("varchar", "File below the landing folder"),
    "line_number": ("bigint", "Line of the file the record begins on"),
    "column_name": ("varchar", "Field at fault, where the rule is about one"),
    "what_is_wrong": ("varchar", "Why it matters, never what was written"),
    "what_to_do": ("varchar", "Remedy, for whoever keeps the record"),
}
TREND_COLUMNS = {
    "as_at_date": ("date", "As-at date of the night"),
    "local_authority_code": ("varchar", "Authority"),
    "team_id": ("varchar", "Team that held the cases on that day; empty where none is known"),
    "table_name": ("varchar", "Table in which the errors show"),
    "check_name": ("varchar", "Rule that was broken"),
    "record_count": ("bigint", "Records that broke it"),
}
TABLES = {
    RECORDS: (
        "Records to put right, of the files that count: cells that were emptied, rows that were "
        "left out, and rows that break a rule. One row per table, rule, file, line and field.",
        RECORDS_COLUMNS,
    ),
    TREND: (
        "Records to put right night by night. One row per as-at date, authority, team, table and "
        "rule.",
        TREND_COLUMNS,
    ),
}
# The team of the worker who holds the case; where two do, of the one who took it last.
TEAMS = """
    select local_authority_code, child_id, max_by(team_id, allocation_start_date) as team_id
    from intermediate.allocations
    where
        team_id is not null
        and allocation_start_date <= $as_at
        and (allocation_end_date is null or allocation_end_date > $as_at)
    group by all
"""


def list_broken(
    connection: duckdb.DuckDBPyConnection,
    suites: Sequence[Suite],
    results: Sequence[CheckResult],
    columns: Mapping[str, Sequence[str]],
) -> None:
    """Write file and line of each row that breaks a promise to ``quality.broken_promises``, in
    place of what was written of the same tables."""
    expectations = _by_check(suites)
    connection.execute(
        f"delete from {BROKEN} where list_contains(?, table_name)",
        [[suite.table for suite in suites]],
    )
    for result in results:
        query = broken_rows(expectations[result.table, result.check_name])
        if result.passed or not query or not set(PROVENANCE) <= set(columns[result.table]):
            continue
        rows = f"(with batch as (select * from {result.table}) {query.format(batch='batch')})"
        told = {row[0] for row in connection.execute(f"describe select * from {rows}").fetchall()}
        if not set(PROVENANCE) <= told:
            continue
        connection.execute(
            f"""
            insert into {BROKEN}
            select distinct
                files.file_sha256, files.file_name, files.local_authority_code, broken._row_number,
                $table_name, $check_name, $severity
            from {rows} as broken
            inner join quality.extract_files as files
                on broken._file_sha256 = files.file_sha256 and files.status = 'loaded'
            order by all
            """,
            {
                "table_name": result.table,
                "check_name": result.check_name,
                "severity": result.severity,
            },
        )


def list_records(
    connection: duckdb.DuckDBPyConnection,
    contracts: Mapping[str, ExtractContract],
    suites: Sequence[Suite],
    remedy: Remedy,
    as_at_date: dt.date,
) -> int:
    """Make ``quality.records_to_fix`` anew and add the night to ``history.errors_by_team``; how
    many records there are.

    Args:
        connection: a warehouse in which identities and allocations are made.
        contracts: every extract by its name.
        suites: what tables are held to, for the words.
        remedy: what to do about a cell or row that could not be read.
        as_at_date: the day on which a team holds a case.
    """
    make_described(connection, TABLES)
    _make_words_known(connection, suites, remedy)
    connection.execute(f"delete from {RECORDS}")
    for table in _tables_at_fault(connection):
        connection.execute(
            f"""
            insert into {RECORDS} by name
            select
                faults.local_authority_code,
                teams.team_id,
                whose.child_id,
                faults.table_name,
                faults.check_name,
                faults.severity,
                faults.file_name,
                faults.line_number,
                faults.column_name,
                faults.what_is_wrong,
                faults.what_to_do
            from faults
            left join ({_whose(connection, table, contracts)}) as whose
                on faults.file_sha256 = whose._file_sha256
                and faults.line_number = whose._row_number
            left join ({TEAMS}) as teams
                on faults.local_authority_code = teams.local_authority_code
                and whose.child_id = teams.child_id
            where faults.table_name = $table_name
            order by all
            """,
            {"as_at": as_at_date, "table_name": table},
        )
    connection.execute(f"delete from {TREND} where as_at_date = ?", [as_at_date])
    connection.execute(
        f"""
        insert into {TREND}
        select ?, local_authority_code, team_id, table_name, check_name, count(*)
        from {RECORDS} group by all order by all
        """,
        [as_at_date],
    )
    connection.execute("drop table faults")
    counted = connection.execute(f"select count(*) from {RECORDS}").fetchone()
    return int(counted[0]) if counted else 0


def _make_words_known(
    connection: duckdb.DuckDBPyConnection, suites: Sequence[Suite], remedy: Remedy
) -> None:
    """Every fault of a file that counts, with its words, in ``temp.faults``."""
    connection.execute(
        f"""
        create or replace temp table faults as
        select
            file_sha256, file_name, local_authority_code, line_number, table_name, check_name,
            severity, '' as column_name, '' as what_is_wrong, '' as what_to_do
        from {BROKEN}
        -- Measures are made, and held to their rules, after this list.
        where table_name not like 'measures.%'
        """
    )
    expectations = _by_check(suites)
    broken = connection.execute("select distinct table_name, check_name from faults").fetchall()
    for table, check in broken:
        expectation = expectations.get((table, check))
        if expectation is None:
            # A rule, or a table, that is no more.
            connection.execute(
                "delete from faults where table_name = ? and check_name = ?", [table, check]
            )
            continue
        connection.execute(
            "update faults set column_name = ?, what_is_wrong = ?, what_to_do = ? "
            "where table_name = ? and check_name = ?",
            [
                str(expectation.kwargs.get("column", "")),
                expectation.why,
                expectation.remedy,
                table,
                check,
            ],
        )
    for table, check in (
        ("quality.emptied_cells", "cell_emptied"),
        ("quality.quarantined_rows", "row_left_out"),
    ):
        connection.execute(
            f"""
            insert into faults
            select
                listed.file_sha256, listed.file_name, listed.local_authority_code,
                listed.line_number, 'raw.' || listed.extract, '{check}', 'warning',
                listed.column_name, listed.reason, ''
            from {table} as listed
            where
                listed.file_sha256 in (
                    select file_sha256 from quality.extract_files where status = 'loaded'
                )
            """
        )
    for table, column, reason in connection.execute(
        "select distinct table_name, column_name, what_is_wrong from faults "
        "where check_name in ('cell_emptied', 'row_left_out') order by all"
    ).fetchall():
        connection.execute(
            "update faults set what_to_do = ? where table_name = ? and column_name = ? "
            "and what_is_wrong = ?",
            [remedy(table.removeprefix("raw."), column, reason), table, column, reason],
        )


def _by_check(suites: Sequence[Suite]) -> dict[tuple[str, str], Expectation]:
    """What is expected, by table and name of the check."""
    return {
        (suite.table, expectation.name): expectation
        for suite in suites
        for expectation in suite.expectations
    }


def _tables_at_fault(connection: duckdb.DuckDBPyConnection) -> list[str]:
    found = connection.execute("select distinct table_name from faults order by all").fetchall()
    return [str(table) for (table,) in found]


def _whose(
    connection: duckdb.DuckDBPyConnection, table: str, contracts: Mapping[str, ExtractContract]
) -> str:
    """A query for the child of each row of a table, by file and line."""
    schema, _, name = table.partition(".")
    if schema == "raw" and name in contracts:
        contract = contracts[name]
        person = _person_of(contract)
        if person:
            return f"""
                select rows_of._file_sha256, rows_of._row_number, identities.child_id
                from {table} as rows_of
                inner join intermediate.identities as identities
                    on rows_of.local_authority_code = identities.local_authority_code
                    and rows_of."{person}" = identities.person_key
                    and identities.record_source = '{contract.family}'
            """
    else:
        found = connection.execute(
            "select count(*) from duckdb_columns() where schema_name = ? and table_name = ? "
            "and column_name = 'child_id'",
            [schema, name],
        ).fetchone()
        if found and found[0]:
            return f"select distinct _file_sha256, _row_number, child_id from {table}"
    return (
        "select null::varchar as _file_sha256, null::bigint as _row_number, "
        "null::varchar as child_id where false"
    )


def _person_of(contract: ExtractContract) -> str | None:
    """The column that says whose a row is, where one does."""
    named = [column.name for column in people_columns(contract) if column.namespace == PERSON]
    return next((name for name in named if name in contract.grain), next(iter(named), None))
