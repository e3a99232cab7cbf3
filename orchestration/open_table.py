"""A table of counts for anyone to have, made when somebody asks for one (METHODS 3.2, ROUND5).

In the style of NHS hospital data: nothing is 0, 1 to 7 are withheld, and everything else, totals
included, stands to the nearest 5, each cell for itself. As no total is exact, nothing else has to
be withheld, and a table of any columns can be made without looking at others. It must never stand
beside exact figures of the same children: a whole that is known exactly tells what rounding hides.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

LARGEST_WITHHELD, NEAREST = 7, 5
WITHHELD = "[c]"
ALL, NOT_KNOWN = "All", "Not known"
# METHODS 3.4: a table of more than two ways cannot be looked through by anybody.
MOST_WAYS = 2
# A column of so many values is a list of people or days, and no breakdown.
MOST_VALUES = 60
OF_PEOPLE = ("child_id", "worker_id", "subject_key", "person_key")
NO_BREAKDOWN = ("DATE", "TIMESTAMP", "DOUBLE", "FLOAT")


class CannotOpenTable(Exception):
    """No table was made; the message says why, and what to ask instead."""


@dataclass(frozen=True)
class OpenCell:
    """One count of an open table: the value of each way, and what is shown."""

    values: tuple[str, ...]
    count: int | None
    symbol: str | None


def round5(count: str) -> tuple[str, str]:
    """SQL of what is shown of a count, and of its symbol."""
    withheld = f"{count} between 1 and {LARGEST_WITHHELD}"
    return (
        f"case when not ({withheld}) then cast({NEAREST} * floor({count} / {NEAREST} + 0.5) "
        "as bigint) end",
        f"case when {withheld} then '{WITHHELD}' end",
    )


def open_table(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    by: Sequence[str],
    where: str = "true",
) -> list[OpenCell]:
    """How many children (of a table that names none, how many rows) there are by one column or two,
    with every total; a combination that nobody is in has a count of 0.

    Raises:
        CannotOpenTable: there is no such table or column, or it is no breakdown.
    """
    kinds = _columns(connection, table)
    for column in by:
        _check_way(column, kinds)
    if not 1 <= len(by) <= MOST_WAYS or len(set(by)) < len(by):
        raise CannotOpenTable(f"Break down by one column or by {MOST_WAYS}: --by, once for each.")
    ways = [f"coalesce(cast(\"{column}\" as varchar), '{NOT_KNOWN}')" for column in by]
    counted = "count(distinct child_id)" if "child_id" in kinds else "count(*)"
    names = [f"way{number}" for number in range(len(by))]
    said = ", ".join(f"{way} as {name}" for way, name in zip(ways, names, strict=True))
    shown, symbol = round5("coalesce(counts.n, 0)")
    try:
        connection.execute(
            f"create or replace temp table asked as select {said}, "
            f"{'child_id' if 'child_id' in kinds else '1 as child_id'} from {table} where {where}"
        )
    except duckdb.Error as error:
        # What DuckDB says may quote a value.
        raise CannotOpenTable(
            f"The rows of {table} cannot be chosen so ({type(error).__name__}): look at --where."
        ) from None
    for column, name in zip(by, names, strict=True):
        found = connection.execute(f"select count(distinct {name}) from asked").fetchone()
        if found and found[0] > MOST_VALUES:
            raise CannotOpenTable(
                f"{column} has {found[0]} values: no breakdown of more than {MOST_VALUES}."
            )
    cells = connection.execute(
        f"""
        with counts as (
            select {", ".join(f"coalesce({n}, '{ALL}') as {n}" for n in names)}, {counted} as n
            from asked
            group by cube ({", ".join(names)})
        ),

        {", ".join(
            f"{n}_values as (select distinct {n} from asked union all select '{ALL}')"
            for n in names
        )}

        select {", ".join(f"{n}_values.{n}" for n in names)}, {shown}, {symbol}
        from {" cross join ".join(f"{n}_values" for n in names)}
        left join counts on {" and ".join(f"counts.{n} = {n}_values.{n}" for n in names)}
        order by {", ".join(f"{n}_values.{n} = '{ALL}', {n}_values.{n}" for n in names)}
        """
    ).fetchall()  # fmt: skip
    return [OpenCell(tuple(values), count, mark) for *values, count, mark in cells]


def write_open_table(file: Path, by: Sequence[str], cells: Sequence[OpenCell]) -> None:
    """The table as CSV: a column for each way, the count, and its symbol where it is withheld."""
    with file.open("w", encoding="utf-8", newline="") as handle:
        written = csv.writer(handle)
        written.writerow([*by, "count", "symbol"])
        written.writerows([*cell.values, cell.count, cell.symbol] for cell in cells)


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    kinds = dict(
        connection.execute(
            "select column_name, data_type from duckdb_columns() "
            "where schema_name || '.' || table_name = ? and database_name = current_database()",
            [table],
        ).fetchall()
    )
    if not kinds:
        raise CannotOpenTable(
            f"The internal file has no table {table}. Ask it for `show all tables`."
        )
    return kinds


def _check_way(column: str, kinds: dict[str, str]) -> None:
    if column not in kinds:
        raise CannotOpenTable(f"There is no column {column}; there are {', '.join(sorted(kinds))}.")
    if column in OF_PEOPLE or column.startswith("_") or kinds[column] in NO_BREAKDOWN:
        raise CannotOpenTable(f"{column} is of one person or day, or of a file: no breakdown.")
