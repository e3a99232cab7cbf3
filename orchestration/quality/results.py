"""What the gates found: as it is, and night by night as it was.

A night that a gate stopped is kept too: it is the one that somebody will ask about.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from orchestration.database import make_described
from orchestration.quality.suites import Severity

RESULTS = "quality.check_results"
HISTORY = "history.check_results"
COLUMNS = {
    "run_id": ("varchar not null", "Run that checked the table"),
    "table_name": ("varchar not null", "Table checked, with its schema"),
    "check_name": ("varchar not null", "What was expected of the table"),
    "severity": (
        "varchar not null",
        "critical: a failure stops publication; warning: a failure is reported",
    ),
    "passed": ("boolean not null", "Whether no row broke the expectation"),
    "rows_checked": (
        "bigint",
        "Rows the expectation was held against; empty in the release where 1 to 5",
    ),
    "unexpected_count": (
        "bigint",
        "Rows that broke it; 1 where the expectation is about the table as a whole; empty in the "
        "release where 1 to 5",
    ),
    "why": ("varchar not null", "Why it is expected"),
}
NIGHT = {"as_at_date": ("date not null", "As-at date of the night that checked it")}
TABLES = {
    RESULTS: (
        "What the gates found when each table was last checked. One row per table and check.",
        COLUMNS,
    ),
    HISTORY: (
        "What the gates found in every night, those that were stopped among them. One row per "
        "as-at date, table and check.",
        NIGHT | COLUMNS,
    ),
}


@dataclass(frozen=True)
class CheckResult:
    """What one expectation found, in counts.

    ``unexpected_count`` is rows; for an expectation about the table as a whole it is 0 or 1.
    """

    table: str
    check_name: str
    severity: Severity
    passed: bool
    rows_checked: int
    unexpected_count: int
    why: str

    @property
    def shuts_gate(self) -> bool:
        """Whether nothing downstream may run."""
        return not self.passed and self.severity == "critical"


class GateShut(Exception):
    """Critical checks failed; the message says which, of which tables, and of how many rows."""


# So many are named where a gate is shut: the first says most, and a mail is to be read.
NAMED = 5


def why_shut(results: Sequence[CheckResult]) -> str:
    """The critical checks that failed, in one line; empty where none did."""
    told = [
        f"{result.table} {result.check_name} ({result.unexpected_count} of "
        f"{result.rows_checked} rows)"
        for result in results
        if result.shuts_gate
    ]
    more = f", and {len(told) - NAMED} more" if len(told) > NAMED else ""
    return f"shut by {', '.join(told[:NAMED])}{more}" if told else ""


def record(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    results: Sequence[CheckResult],
    as_at_date: dt.date,
) -> None:
    """Keep results in place of earlier ones of the same tables, and of the same night in the
    history: a night that is run again is one night."""
    make_described(connection, TABLES)
    if not results:
        return
    rows = [
        (
            run_id,
            result.table,
            result.check_name,
            result.severity,
            result.passed,
            result.rows_checked,
            result.unexpected_count,
            result.why,
        )
        for result in results
    ]
    tables = sorted({result.table for result in results})
    places = ", ".join("?" for _ in COLUMNS)
    connection.begin()
    try:
        connection.execute(f"delete from {RESULTS} where list_contains(?, table_name)", [tables])
        connection.executemany(f"insert into {RESULTS} values ({places})", rows)
        connection.execute(
            f"delete from {HISTORY} where as_at_date = ? and list_contains(?, table_name)",
            [as_at_date, tables],
        )
        connection.execute(
            f"insert into {HISTORY} select ?, * from {RESULTS} where list_contains(?, table_name)",
            [as_at_date, tables],
        )
    except duckdb.Error:
        connection.rollback()
        raise
    connection.commit()
