"""Every table of the case model held against the lives it was made of, row by row.

What a table should say is told by ``told/<schema>.<table>.sql``, asked of the simulator's truth:
its head names the key, which rows are meant, the told tables it is made of (``told_<table>``) and
what is read of the made one where that is not the columns told; its comments say why something the
lives hold is in no feed. The lived child is found again by the pseudonym of its number in the case
system.

``python -m tests.lived_rows <truth> <warehouse> <key file> [table ...]`` says of each
table how many rows stand in one of the two only, and in how many rows each column differs.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.ingest.conform import MACROS, key_pads
from orchestration.settings import PROJECT

TOLD = Path(__file__).parent / "told"
RECODED = PROJECT / "seeds" / "simulation" / "recoded_codes.csv"
FEEDS = PROJECT / "orchestration" / "simulate" / "feeds.sql"


@dataclass(frozen=True)
class Difference:
    """How far a table is from the lives: rows that stand in one of the two only, and of those in
    both how many differ, by column."""

    table: str
    rows: int
    untold: int
    not_made: int
    unequal: dict[str, int] = field(default_factory=dict)

    @property
    def is_none(self) -> bool:
        return not (self.untold or self.not_made or self.unequal)


def tables() -> list[str]:
    """Every table that is told, as ``schema.table``."""
    return sorted(file.stem for file in TOLD.glob("*.*.sql"))


@contextmanager
def both(truth: Path, warehouse: Path, key: bytes) -> Iterator[duckdb.DuckDBPyConnection]:
    """The truth, with the warehouse beside it as ``made``, and what the told queries may use."""
    inner, outer = key_pads(key)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{truth}' as lived (read_only)")
        connection.execute(f"attach '{warehouse}' as made (read_only)")
        connection.execute("use lived")
        connection.execute(MACROS)
        connection.execute(FEEDS.read_text(encoding="utf-8"))
        connection.execute("set variable inner_key = ?", [inner])
        connection.execute("set variable outer_key = ?", [outer])
        connection.execute(
            "create temp macro pseudonym(namespace, number) as as_pseudonym("
            "getvariable('inner_key'), getvariable('outer_key'), getvariable('authority'), "
            "namespace, upper(cast(number as varchar)))"
        )
        connection.execute(
            "set variable as_known_on = (select as_at from world.settings); "
            "set variable exported_on = (select as_at from world.settings); "
            "set variable returned_from = (select written_from from world.settings); "
            # The nightly dataset and the local extracts look back six years or further.
            "set variable period_start = (select least(written_from, "
            "cast(as_at - interval 6 year as date)) from world.settings)"
        )
        connection.execute(f"create temp table recoded as from read_csv('{RECODED}')")
        connection.execute((TOLD / "words.sql").read_text(encoding="utf-8"))
        yield connection


def look_at(connection: duckdb.DuckDBPyConnection, authority: str) -> None:
    """Tell of one authority from here on: ``everyone`` are the children whom its services ever
    knew, ``who`` are those of them that the nightly dataset tells of."""
    connection.execute("set variable authority = ?", [authority])
    connection.execute(
        "create or replace temp table everyone as select child_id as lived_id, "
        "pseudonym('person', person_id) as child_id from world.children "
        "where local_authority_code = getvariable('authority')"
    )
    connection.execute(
        "create or replace temp table who as select everyone.* from everyone "
        "inner join children_known() as children on everyone.lived_id = children.child_id"
    )


def said_of(told: str, what: str) -> list[str]:
    """What the head of a told query says under a name, or nothing."""
    line = told.partition(f"-- {what}: ")[2].partition("\n")[0]
    return line.split(", ") if line else []


def tell(connection: duckdb.DuckDBPyConnection, table: str, name: str) -> None:
    """Make a table of what is told of one of the warehouse."""
    told = (TOLD / f"{table}.sql").read_text(encoding="utf-8")
    connection.execute(f"create or replace temp table {name} as {told}")


def compare(connection: duckdb.DuckDBPyConnection, table: str) -> Difference:
    """One table of the warehouse against what is told of it, for the authority looked at."""
    told = (TOLD / f"{table}.sql").read_text(encoding="utf-8")
    key = said_of(told, "key")
    only = ", ".join(said_of(told, "where")) or "true"
    for other in said_of(told, "of"):
        tell(connection, other, f"told_{other.partition('.')[2]}")
    tell(connection, table, "told")
    columns = [name for (name, *_) in connection.execute("describe told").fetchall()]
    made = ", ".join(said_of(told, "made") or columns)
    connection.execute(
        f"create or replace temp table made_rows as select {made} from made.{table} "
        f"where local_authority_code = getvariable('authority') and ({only})"
    )
    same = " and ".join(f"told.{name} is not distinct from made_rows.{name}" for name in key)
    rest = [name for name in columns if name not in key]
    unequal = "".join(
        f", count(*) filter (where told.{name} is distinct from made_rows.{name})" for name in rest
    )
    (rows,) = connection.execute("select count(*) from told").fetchone() or (0,)
    (made_count,) = connection.execute("select count(*) from made_rows").fetchone() or (0,)
    matched, *counts = connection.execute(
        f"select count(*){unequal} from told inner join made_rows on {same}"
    ).fetchone() or (0,)
    differ = {name: count for name, count in zip(rest, counts, strict=True) if count}
    return Difference(table, rows, made_count - matched, rows - matched, differ)


def main(truth: Path, warehouse: Path, key: Path, only: list[str]) -> None:
    """Print how every table compares."""
    with both(truth, warehouse, key.read_text(encoding="utf-8").strip().encode()) as connection:
        (authority,) = connection.execute(
            "select min(local_authority_code) from made.intermediate.children"
        ).fetchone() or ("",)
        look_at(connection, authority)
        for table in only or tables():
            found = compare(connection, table)
            print(
                f"{table}: {found.rows} told, {found.not_made} not made, {found.untold} not told, "
                f"{found.unequal or 'all cells equal'}"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:])
