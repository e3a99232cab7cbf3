"""What was said stays said: each count that a release showed or withheld, from night to night.

The models hold tonight's counts against it (METHODS 3.5). A release that is put back, or a night
that is run again, is one that was published: nothing is ever taken out.
"""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import duckdb

from orchestration.database import attach, is_encrypted

LEDGER = "history.release_ledger"
PUBLISHED_LEDGER = "outcomes.release_ledger"
CELL = (
    "aspect",
    "local_authority_code",
    "population_id",
    "period_id",
    "breakdown",
    "breakdown_value",
)
SAME_CELL = " and ".join(f"latest.{column} = tonight.{column}" for column in CELL)
RECORD = f"""
    insert into {LEDGER} by name
    with withheld as (
        select distinct
            -- Why, and how many were not due, go with how many are not known.
            unnest(
                case when aspect = 'unknown' then [aspect, 'reason', 'not_due'] else [aspect] end
            ) as aspect,
            local_authority_code, table_code, period_id, breakdown, breakdown_value
        from outcomes.withheld_cells
    ),

    tonight as (
        select
            {", ".join(f"counts.{column}" for column in CELL)},
            max(counts.counted) as counted,
            max(case
                when counts.table_code like 'cohort_counts %' then 'cohorts.cohort_counts'
                when counts.table_code like 'progress_summaries %'
                    then 'progress.progress_summaries'
                when counts.table_code like 'workforce_summaries %'
                    then 'workforce.workforce_summaries'
                when counts.table_code = 'places' then 'outcomes.scorecards'
                else 'outcomes.indicator_values'
            end) as table_name,
            bool_or(own.aspect is not null or whole.aspect is not null) as is_withheld
        from outcomes.release_differences as counts
        left join withheld as own
            using (aspect, local_authority_code, table_code, period_id, breakdown, breakdown_value)
        -- The numbers beside a figure go with it.
        left join withheld as whole
            on whole.aspect = 'figure'
            and whole.local_authority_code = counts.local_authority_code
            and whole.table_code = counts.table_code
            and whole.period_id = counts.period_id
            and whole.breakdown = counts.breakdown
            and whole.breakdown_value = counts.breakdown_value
        group by all
    ),

    latest as (
        select * from {LEDGER}
        qualify row_number() over (partition by {", ".join(CELL)} order by release_number desc) = 1
    )

    select
        $number as release_number,
        $as_at as release_date,
        tonight.* exclude (is_withheld),
        case when not is_withheld then tonight.counted end as released_count,
        case when is_withheld then '[c]' end as symbol
    from tonight
    left join latest on {SAME_CELL}
    where latest.counted is null
        or latest.counted <> tonight.counted
        or (latest.symbol is not null) <> tonight.is_withheld
    order by all
"""


def record_release(connection: duckdb.DuckDBPyConnection, as_at_date: dt.date) -> int:
    """Add what tonight's release says of each count and the last one did not; its number.

    Call it before the files are written, so that the ledger is in them; a kill in between leaves
    in it what was not published, and a few counts on hold for nothing.
    """
    last = connection.execute(f"select max(release_number) from {LEDGER}").fetchone()
    number = 1 + (last[0] or 0 if last else 0)
    connection.execute(RECORD, {"number": number, "as_at": as_at_date})
    return number


def take_back(connection: duckdb.DuckDBPyConnection, number: int) -> None:
    """A release that was refused has said nothing."""
    connection.execute(f"delete from {LEDGER} where release_number >= ?", [number])


def restore_ledger(
    connection: duckdb.DuckDBPyConnection, published: Iterable[Path], key: str | None
) -> int:
    """Where the warehouse has no ledger, or an empty one, take that of the first internal file that
    has one; how many rows were taken.

    Raises:
        CannotOpen: the file is encrypted, and with another key.
    """
    if _has(connection, None, LEDGER):
        if connection.execute(f"select 1 from {LEDGER} limit 1").fetchone():
            return 0
        connection.execute(f"drop table {LEDGER}")
    for file in published:
        if not file.exists():
            continue
        attach(connection, file, "earlier", key if is_encrypted(file) else None, read_only=True)
        try:
            if not _has(connection, "earlier", PUBLISHED_LEDGER):
                continue
            connection.execute(f"create schema if not exists {LEDGER.partition('.')[0]}")
            taken = connection.execute(
                f"create table {LEDGER} as select * from earlier.{PUBLISHED_LEDGER}"
            ).fetchone()
            return int(taken[0]) if taken else 0
        finally:
            connection.execute("detach earlier")
    return 0


def counts_on_hold(connection: duckdb.DuckDBPyConnection) -> int:
    """How many counts tonight's release keeps back for what earlier ones said."""
    found = connection.execute("select count(*) from outcomes.held_counts").fetchone()
    return int(found[0]) if found else 0


def _has(connection: duckdb.DuckDBPyConnection, database: str | None, table: str) -> bool:
    found = connection.execute(
        "select count(*) from duckdb_tables() where schema_name || '.' || table_name = ? "
        "and database_name = coalesce(?, current_database())",
        [table, database],
    ).fetchone()
    return bool(found and found[0])
