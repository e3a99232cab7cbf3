"""One table as two engines made it, row by row of its key, inside DuckDB."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.database import quoted

# Sums of doubles differ in their last digits with the order they are added in.
TOLERANCE = 1e-9
FRACTIONS = ("DOUBLE", "FLOAT", "DECIMAL")
# Whole numbers of different widths, and texts, are of one kind.
KINDS = {
    "TINYINT": "whole number", "SMALLINT": "whole number", "INTEGER": "whole number",
    "BIGINT": "whole number", "HUGEINT": "whole number", "FLOAT": "fraction", "DOUBLE": "fraction",
}  # fmt: skip
# A pseudonym is not written out whole: enough of it to find the row by.
WRITTEN_OUT = 12
# Of rows without a key.
TIMES = "how often it is there"


@dataclass(frozen=True)
class Difference:
    """What two tables do not agree on: in a column of the rows they both have, in the rows they
    have (``column`` says which has it alone), or in the columns themselves (``key`` is empty)."""

    table: str
    column: str
    key: str = ""
    rows: int = 1

    def __str__(self) -> str:
        where = f" at {self.key}" if self.key else ""
        more = f" (and {self.rows - 1} more rows)" if self.rows > 1 else ""
        return f"{self.table}: {self.column}{where}{more}"


@dataclass(frozen=True)
class Compared:
    """A table that was compared: its rows, and the differences, of which there should be none."""

    table: str
    rows: int
    differences: tuple[Difference, ...]


class KeyIsNotUnique(Exception):
    """Two rows of a table have one key, so that rows cannot be told apart."""


def compare(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    ours: str,
    theirs: Path,
    key: Sequence[str] | None = None,
) -> Compared:
    """Hold a folder of Parquet against a table of the connection, ``ours``.

    ``key`` are the columns that name a row; without it a row is named by all that it holds. Texts,
    dates and whole numbers must be the same; fractions lie within 1e-9, or within that part of
    themselves where they are larger than 1. A column that is there on one side only, or of another
    kind, is a difference.

    Raises:
        KeyIsNotUnique: on either side.
    """
    other = f"read_parquet({quoted(str(theirs / '*.parquet'))})"
    kinds, other_kinds = _kinds(connection, ours), _kinds(connection, other)
    differences = [
        Difference(table, f"{name} is {kinds.get(name, 'not')} in DuckDB and "
                   f"{other_kinds.get(name, 'not')} in Spark")
        for name in dict.fromkeys((*kinds, *other_kinds))
        if kinds.get(name) != other_kinds.get(name)
    ]  # fmt: skip
    shared = [name for name in kinds if kinds[name] == other_kinds.get(name)]
    keys = [name for name in (key if key is not None else shared) if name in shared]
    values = [name for name in shared if name not in keys]
    found = connection.execute(f"select count(*) from {ours}").fetchall()[0][0]
    if not keys:
        return Compared(table, found, tuple(differences))
    if key is not None:
        _one_row_per(connection, table, ours, keys)
        _one_row_per(connection, table, other, keys)
    listed = ", ".join(f'"{name}"' for name in keys)
    columns = ", ".join(f'"{name}"' for name in (*keys, *values))
    counted = "" if key is not None else f', count(*) as "{TIMES}"'
    grouped = "" if key is not None else f" group by {listed}"
    sides = [
        f"(select true as _there, {columns}{counted} from {side}{grouped})"
        for side in (ours, other)
    ]
    joined = f"{sides[0]} as a full join {sides[1]} as b on " + " and ".join(
        f'a."{name}" is not distinct from b."{name}"' for name in keys
    )
    tests = {
        "is in DuckDB alone": "b._there is null",
        "is in Spark alone": "a._there is null",
        **{
            name: f"a._there and b._there and {_differs(name, kinds.get(name, ''))}"
            for name in (values if key is not None else [TIMES])
        },
    }
    shown = " || ', ' || ".join(
        f'\'{name}=\' || coalesce(left(cast(coalesce(a."{name}", b."{name}") as varchar), '
        f"{WRITTEN_OUT if _is_pseudonym(name) else 200}), 'nothing')"
        for name in keys
    )
    for column, test in tests.items():
        rows = connection.execute(
            f"select {shown}, count(*) over () from {joined} where {test} order by 1 limit 1"
        ).fetchall()
        if rows:
            differences.append(Difference(table, column, str(rows[0][0]), int(rows[0][1])))
    return Compared(table, found, tuple(differences))


def _kinds(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    described = connection.execute(f"describe select * from {relation}").fetchall()
    return {
        name: KINDS.get(kind, "fraction" if kind.startswith("DECIMAL") else str(kind).lower())
        for name, kind, *_ in described
    }


def _differs(name: str, kind: str) -> str:
    ours, theirs = f'a."{name}"', f'b."{name}"'
    if kind != "fraction":
        return f"{ours} is distinct from {theirs}"
    return (
        f"case when {ours} is null or {theirs} is null or isnan({ours}) or isnan({theirs}) "
        f"or isinf({ours}) or isinf({theirs}) then {ours} is distinct from {theirs} "
        f"else abs({ours} - {theirs}) > {TOLERANCE} * greatest(1, abs({ours})) end"
    )


def _one_row_per(
    connection: duckdb.DuckDBPyConnection, table: str, relation: str, keys: Sequence[str]
) -> None:
    listed = ", ".join(f'"{name}"' for name in keys)
    twice = connection.execute(
        f"select count(*) from (select 1 from {relation} group by {listed} having count(*) > 1)"
    ).fetchall()[0][0]
    if twice:
        raise KeyIsNotUnique(f"{table}: {twice} keys ({', '.join(keys)}) stand for several rows.")


def _is_pseudonym(name: str) -> bool:
    return name.endswith(("_id", "_key")) and name not in (
        "period_id",
        "indicator_id",
        "outcome_id",
    )
