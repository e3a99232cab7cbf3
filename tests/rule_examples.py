"""The rules of ``expectations/`` with their examples, as tables to hold them against."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.quality.conventions import load_conventions
from orchestration.quality.suites import Entry, Row, Suite, SuiteFile
from orchestration.settings import PROJECT

TABLES = PROJECT / "expectations" / "tables"
CONVENTIONS = PROJECT / "expectations" / "conventions.yml"
# Where an example stands, whatever table its rule is of: no rule may name its own table.
ROOM = "examples"


def suite_files() -> dict[str, SuiteFile]:
    """Every suite that is written by hand, by its table."""
    return {
        file.stem: SuiteFile.model_validate(yaml.safe_load(file.read_text("utf-8")))
        for file in sorted(TABLES.glob("*.yml"))
    }


def examples() -> Iterator[tuple[str, SuiteFile]]:
    """Every suite, and every convention as a suite for the columns of its own good row."""
    yield from suite_files().items()
    for number, convention in enumerate(load_conventions(CONVENTIONS)):
        (expected, *_) = convention.for_columns(convention.good)
        entry = Entry.model_validate(
            {**convention.rule, "name": expected.name, "kwargs": expected.kwargs}
        )
        yield (
            f"conventions.number_{number}",
            SuiteFile(good=convention.good, beside=convention.beside, expectations=(entry,)),
        )


def make_table(connection: duckdb.DuckDBPyConnection, table: str, *rows: Row) -> None:
    """A table of these rows, in place of what was there."""
    connection.execute(f"create schema if not exists {table.partition('.')[0]}")
    first, *others = (
        "select " + ", ".join(f'{value} as "{column}"' for column, value in row.items())
        for row in rows
    )
    connection.execute(f"create or replace table {table} as {first}")
    for other in others:
        connection.execute(f"insert into {table} by name {other}")


def prepare(
    connection: duckdb.DuckDBPyConnection, table: str, written: SuiteFile
) -> tuple[Suite, Sequence[tuple[str, Suite]]]:
    """The whole suite on a table of the good row, and each rule alone, by its name, on a table of
    the example that breaks it."""
    for other, rows in written.beside.items():
        make_table(connection, other, *rows)
    stem = f"{ROOM}.{table.replace('.', '_')}"
    expectations = tuple(entry.as_expectation() for entry in written.expectations)
    make_table(connection, stem, written.good)
    broken = []
    for number, (entry, expectation) in enumerate(
        zip(written.expectations, expectations, strict=True)
    ):
        change: Mapping[str, Any] | str = entry.meta.broken_by
        rows = (
            (written.good, written.good)
            if isinstance(change, str)
            else ({**written.good, **change},)
        )
        make_table(connection, f"{stem}_{number}", *rows)
        broken.append((expectation.name, Suite(f"{stem}_{number}", (expectation,))))
    return replace(Suite(stem, expectations), is_about_rows=False), broken


def catalogue(path: Path) -> None:
    """A catalogue of two shares and a rate, in a database file."""
    with duckdb.connect(str(path)) as connection:
        make_table(
            connection,
            "reference.indicators",
            *(
                {
                    "indicator_id": f"'{name}'",
                    "measure_type": f"'{kind}'",
                    "unknown_policy": f"'{policy}'",
                }
                for name, kind, policy in (
                    ("share", "proportion", "EXCLUDE_AND_REPORT"),
                    ("told", "proportion", "COUNT_AS_NOT_ACHIEVED"),
                    ("rate", "rate", "EXCLUDE_AND_REPORT"),
                )
            ),
        )
        make_table(connection, "reference.indicators_not_of_people", {"indicator_id": "'meetings'"})
