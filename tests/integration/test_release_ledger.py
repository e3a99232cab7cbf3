"""What two releases say of the same children must not differ by a child or by a few."""

import datetime as dt
import importlib.util
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.publish.ledger import (
    LEDGER,
    PUBLISHED_LEDGER,
    record_release,
    restore_ledger,
    take_back,
)
from orchestration.settings import PROJECT
from tests.method_vectors import build_project, copy_project

MODELS = ("release_differences", "cells_to_protect")
MARCH, APRIL, MAY = dt.date(2026, 3, 31), dt.date(2026, 4, 30), dt.date(2026, 5, 31)
CELL = {
    "aspect": "figure", "local_authority_code": "999", "reporting_year": 2025,
    "table_code": "visits", "joined_table": "visits", "cohort_table": None,
    "same_children_table": None, "is_same_figure": False, "programme_code": None,
    "period_id": "2024-25", "period_type": "year",
    "period_end": dt.date(2025, 3, 31), "quarter_id": None, "breakdown": "all",
    "breakdown_value": "all", "count_code": "visits people numerator", "counted": 0.0,
    "largest_small_count": 5, "is_small": False, "is_guarded": False, "stays": False, "most": None,
}  # fmt: skip
TYPES = {"reporting_year": "integer", "period_end": "date", "counted": "double",
         "largest_small_count": "integer", "is_small": "boolean", "is_guarded": "boolean",
         "is_same_figure": "boolean", "stays": "boolean", "most": "double"}  # fmt: skip


class Nights:
    """The models of differencing and of secondary suppression, night after night."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, compiled: Mapping[str, str]) -> None:
        self.connection = connection
        self.compiled = compiled

    def run(self, counts: Mapping[str, int], as_at: dt.date) -> dict[str, float | None]:
        """A night with these counts (all, and by sex); what its release says of each."""
        self.connection.execute("delete from outcomes.disclosure_cells")
        for value, counted in counts.items():
            is_small = 1 <= counted <= 5
            cell = CELL | {
                "breakdown": "all" if value == "all" else "sex", "breakdown_value": value,
                "counted": counted, "is_small": is_small, "is_guarded": is_small,
            }  # fmt: skip
            self.connection.execute(
                f"insert into outcomes.disclosure_cells ({', '.join(cell)}) "
                f"values ({', '.join('?' * len(cell))})",
                list(cell.values()),
            )
        for model, sql in self.compiled.items():
            self.connection.execute(f"create or replace table outcomes.{model} as {sql}")
        withheld = _withheld_cells(self.connection)
        self.connection.register("tonight", withheld)
        self.connection.execute("create or replace table outcomes.withheld_cells as from tonight")
        self.release = record_release(self.connection, as_at)
        hidden = {row["breakdown_value"] for row in withheld.to_pylist()}
        return {value: None if value in hidden else counts[value] for value in counts}

    @property
    def ledger(self) -> list[tuple[Any, ...]]:
        return self.connection.execute(f"select * from {LEDGER} order by all").fetchall()


def _withheld_cells(connection: duckdb.DuckDBPyConnection) -> Any:
    file = PROJECT / "models" / "marts" / "outcomes" / "withheld_cells.py"
    spec = importlib.util.spec_from_file_location("withheld_cells", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    class Dbt:
        @staticmethod
        def config(**_: object) -> None:
            pass

        @staticmethod
        def ref(name: str) -> duckdb.DuckDBPyRelation:
            return connection.table(f"outcomes.{name}")

    return module.model(Dbt, connection)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A warehouse that dbt built with no count in it, and the SQL of the models."""
    folder = tmp_path_factory.mktemp("ledger")
    stand_ins = copy_project(folder, {"marts/outcomes": ("_frozen", *MODELS)})
    columns = ", ".join(f"cast(null as {TYPES.get(name, 'varchar')}) as {name}" for name in CELL)
    makes_ledger = (
        "{{ config(schema='outcomes', materialized='table', "
        "pre_hook='{{ make_release_ledger() }}') }}\n"
    )
    (stand_ins / "disclosure_cells.sql").write_text(f"{makes_ledger}select {columns} where false")
    warehouse = build_project(folder, "2026-03-31", select="+cells_to_protect")
    sql = {}
    for model in MODELS:
        (file,) = (folder / "target" / "compiled").rglob(f"{model}.sql")
        sql[model] = file.read_text("utf-8")
    return warehouse, sql


@pytest.fixture
def nights(compiled: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[Nights]:
    warehouse, sql = compiled
    own = tmp_path / warehouse.name
    own.write_bytes(warehouse.read_bytes())
    with duckdb.connect(str(own)) as connection:
        yield Nights(connection, sql)


def test_a_count_that_moves_by_a_few_is_held_until_it_has_moved_further(nights: Nights):
    assert nights.run({"all": 41}, MARCH) == {"all": 41}
    assert nights.run({"all": 44}, APRIL) == {"all": None}
    # Asked anew, against the last that anybody saw.
    assert nights.run({"all": 46}, MAY) == {"all": None}
    assert nights.run({"all": 47}, MAY) == {"all": 47}


def test_a_count_that_moves_by_more_or_not_at_all_is_released(nights: Nights):
    nights.run({"all": 90, "F": 41, "M": 49}, MARCH)

    assert nights.run({"all": 96, "F": 47, "M": 49}, APRIL) == {"all": 96, "F": 47, "M": 49}
    assert nights.run({"all": 96, "F": 47, "M": 49}, MAY) == {"all": 96, "F": 47, "M": 49}


def test_what_is_held_cannot_be_worked_out_from_what_is_shown(nights: Nights):
    nights.run({"all": 90, "F": 41, "M": 49}, MARCH)

    # Three more girls and nine more boys: the whole less the boys would tell of the girls.
    shown = nights.run({"all": 102, "F": 44, "M": 58}, APRIL)

    assert shown["F"] is None and None in (shown["all"], shown["M"])


def test_the_same_night_again_says_the_same_and_adds_nothing_to_the_ledger(nights: Nights):
    nights.run({"all": 90, "F": 41, "M": 49}, MARCH)
    first = nights.run({"all": 93, "F": 41, "M": 52}, APRIL)
    told = nights.ledger

    assert nights.run({"all": 93, "F": 41, "M": 52}, APRIL) == first
    assert nights.ledger == told
    # A night that looks back finds what was published, and holds none of it.
    assert nights.run({"all": 90, "F": 41, "M": 49}, MARCH)["all"] == 90


def test_what_guarded_a_small_count_is_not_shown_as_it_was_while_that_is_hidden(nights: Nights):
    first = nights.run({"all": 80, "a": 3, "b": 12, "c": 30, "d": 35}, MARCH)
    assert [value for value, shown in first.items() if shown is None] == ["a", "b"]

    # Now the third would be the smallest to hide: but the second, shown, would tell of the first.
    second = nights.run({"all": 61, "a": 3, "b": 12, "c": 11, "d": 35}, APRIL)

    assert second["a"] is None and second["b"] is None
    # Once nothing is small, nothing is withheld for it.
    assert None not in nights.run({"all": 100, "a": 23, "b": 12, "c": 30, "d": 35}, MAY).values()


def test_what_was_published_hides_nothing(nights: Nights):
    nights.run({"all": 65, "a": 20, "b": 10, "c": 35}, MARCH)

    # The smallest that could guard the first is the second, which everybody has from March.
    shown = nights.run({"all": 48, "a": 3, "b": 10, "c": 35}, APRIL)

    assert shown == {"all": None, "a": None, "b": 10, "c": 35}


def test_a_release_that_was_refused_has_said_nothing(nights: Nights):
    nights.run({"all": 41}, MARCH)
    told = nights.ledger
    nights.run({"all": 50}, APRIL)

    take_back(nights.connection, nights.release)

    assert nights.ledger == told


def test_a_warehouse_made_anew_takes_the_ledger_of_the_last_publication(
    nights: Nights, tmp_path: Path
):
    nights.run({"all": 41}, MARCH)
    told = nights.ledger
    internal = tmp_path / "internal.duckdb"
    nights.connection.execute(f"attach '{internal}' as internal")
    nights.connection.execute("create schema internal.outcomes")
    nights.connection.execute(f"create table internal.{PUBLISHED_LEDGER} as from {LEDGER}")
    nights.connection.execute("detach internal")

    assert restore_ledger(nights.connection, [internal], None) == 0
    nights.connection.execute(f"delete from {LEDGER}")
    assert restore_ledger(nights.connection, [tmp_path / "none", internal], None) == len(told)
    assert nights.ledger == told
    assert nights.run({"all": 44}, APRIL) == {"all": None}
    nights.connection.execute(f"drop table {LEDGER}")
    assert restore_ledger(nights.connection, [internal], None) == len(told)
