"""What a table must look like: a suite for each, from a contract or from ``expectations/tables``.

A suite says what is expected, how much it matters and why; it does not know how it is checked.
``critical`` shuts the gate, ``warning`` is reported and lets the night go on.
"""

import csv
import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from orchestration.contracts import ExtractContract, Identifier
from orchestration.yaml_files import read_yaml

Severity = Literal["critical", "warning"]

# The one expectation that takes a query: the rows it returns are the ones that should not exist.
UNEXPECTED_ROWS = "unexpected_rows_expectation"
# What a table without rows cannot break; a query returns rows of the table that it is about.
ABOUT_ROWS = re.compile(rf"{UNEXPECTED_ROWS}|expect_column_(values|pair_values)_")
TABLE_NAME = re.compile(r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")


class InvalidSuite(Exception):
    """A suite, or the code list behind one, cannot be read; the message names file and fault."""


# What to do about a record where a rule says nothing more of it.
AT_ITS_SOURCE = "Correct it where it is recorded, and export again."


@dataclass(frozen=True)
class Expectation:
    """One promise about a table: ``type`` and ``kwargs`` are those of Great Expectations.

    ``remedy`` is what to do about a record that breaks it.
    """

    type: str
    kwargs: Mapping[str, Any]
    severity: Severity
    why: str
    name: str
    remedy: str = AT_ITS_SOURCE


@dataclass(frozen=True)
class Suite:
    """All promises about one table, ``schema.table``; their names differ from one another.

    ``is_about_rows`` says that every one of them is kept by a table without rows. Most feeds are
    empty in most authorities, and Great Expectations takes as long over an empty table as a full.
    """

    table: str
    expectations: tuple[Expectation, ...]
    is_about_rows: bool = False

    def __post_init__(self) -> None:
        if not TABLE_NAME.match(self.table):
            raise InvalidSuite(f"{self.table}: a table is named schema.table, in lower case")
        names = [expectation.name for expectation in self.expectations]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InvalidSuite(f"{self.table}: two expectations share the name {', '.join(twice)}")

    @property
    def schema(self) -> str:
        """The room the table is in."""
        return self.table.partition(".")[0]

    @property
    def table_name(self) -> str:
        """The table without its room."""
        return self.table.partition(".")[2]


@dataclass(frozen=True)
class RetiredCode:
    """A code that no return may use from ``first_return_year`` (the year it ends in) onwards."""

    code_set: str
    code: str
    first_return_year: int


# A row as its columns, each with its value in SQL: ``date '2025-03-31'``, ``'wren'``, 5.
Row = Mapping[str, str | int | float]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Meta(BaseModel):
    """Why a rule is there, what to do about a record that breaks it, and an example that does.

    ``broken_by`` is what to change in the file's good row to break the rule; ``twice`` is the good
    row a second time.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    why: Words
    remedy: str = AT_ITS_SOURCE
    broken_by: Row | Literal["twice"]


class Entry(BaseModel):
    """One rule as it is written down."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str = Field(pattern=rf"^(expect_[a-z_]+|{UNEXPECTED_ROWS})$")
    kwargs: dict[str, Any] = {}
    severity: Severity
    meta: Meta
    name: Identifier | None = None

    @model_validator(mode="after")
    def _can_be_checked(self) -> "Entry":
        if "regex" in self.type:
            raise ValueError(
                f"{self.type} does not work inside DuckDB: "
                f"use {UNEXPECTED_ROWS} with regexp_matches"
            )
        if self.type == UNEXPECTED_ROWS:
            if not self.name:
                raise ValueError(f"an {UNEXPECTED_ROWS} needs a name that says what it forbids")
            if "{batch}" not in str(self.kwargs.get("unexpected_rows_query", "")):
                raise ValueError(f"{self.name}: the query must read the table as {{batch}}")
        return self

    def as_expectation(self) -> Expectation:
        return Expectation(
            type=self.type,
            kwargs=self.kwargs,
            severity=self.severity,
            why=self.meta.why,
            name=self.name or _default_name(self.type, self.kwargs),
            remedy=self.meta.remedy,
        )


class SuiteFile(BaseModel):
    """A suite as it is written down, with a row that breaks none of its rules and, where rules
    look into other tables, the rows that are there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    good: Row = Field(min_length=1)
    beside: Mapping[str, tuple[Row, ...]] = {}
    expectations: tuple[Entry, ...] = Field(min_length=1)


def load_suites(folder: Path) -> dict[str, Suite]:
    """Every suite of a folder by the name of its table, in alphabetical order.

    A file is named for its table, ``schema.table.yml``. In a query the table is ``{batch}``, and
    any other brace is doubled, as in ``regexp_matches(code, '^[A-Z]{{2}}$')``.

    Raises:
        InvalidSuite: a file is not valid YAML, breaks a rule above or is not named for a table.
    """
    suites: dict[str, Suite] = {}
    for file in sorted(folder.glob("*.yml")):
        try:
            written = SuiteFile.model_validate(read_yaml(file))
            expectations = tuple(entry.as_expectation() for entry in written.expectations)
            suite = Suite(
                file.stem,
                expectations,
                is_about_rows=all(ABOUT_ROWS.match(one.type) for one in expectations),
            )
        except (ValueError, yaml.YAMLError, InvalidSuite) as error:
            raise InvalidSuite(f"{file.name}: {error}") from error
        suites[suite.table] = suite
    return suites


def load_retired_codes(seed: Path) -> tuple[RetiredCode, ...]:
    """The codes of the code list that are no longer in use, read from its seed.

    A code is retired in the first return year (1 April to 31 March) that starts after its
    ``valid_to``. A code with several spans is retired by the last of them.

    Raises:
        InvalidSuite: a column is missing or a date does not read yyyy-mm-dd.
    """
    last_days: dict[tuple[str, str], dt.date] = {}
    with seed.open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            try:
                written = row["valid_to"]
                last_day = dt.date.fromisoformat(written) if written else dt.date.max
                key = (row["code_set"], row["code"])
            except (KeyError, ValueError) as error:
                raise InvalidSuite(f"{seed.name}, line {line}: {error}") from error
            last_days[key] = max(last_day, last_days.get(key, dt.date.min))
    return tuple(
        RetiredCode(code_set, code, _first_return_year_after(last_day))
        for (code_set, code), last_day in last_days.items()
        if last_day != dt.date.max
    )


def suite_for(contract: ExtractContract, retired: Sequence[RetiredCode] = ()) -> Suite:
    """What an ingest contract promises about its raw table.

    Only what loading cannot settle by itself: raw is faithful to its files, so lines that break
    the grain or a code's years are reported here and dealt with by the models.
    """
    expectations = [
        Expectation(
            type="expect_column_values_to_not_be_null",
            kwargs={"column": column.name},
            severity="critical",
            why=f"A row without {column.name} belongs in quarantine; here it means loading failed.",
            name=f"{column.name}_is_given",
        )
        for column in contract.columns
        if column.required and column.is_stored
    ]
    expectations.append(_one_row_per_grain(contract))
    if not contract.is_reference:
        expectations.extend(_no_retired_codes(contract, retired))
    expectations.extend(_end_not_before_start(contract))
    return Suite(contract.table, tuple(expectations), is_about_rows=True)


def merge(made: Suite, written: Suite) -> Suite:
    """One suite of two for the same table; where a name is in both, ``written`` is kept.

    Raises:
        InvalidSuite: the suites are about different tables.
    """
    if made.table != written.table:
        raise InvalidSuite(f"a suite of {made.table} cannot be merged with one of {written.table}")
    kept = {expectation.name for expectation in written.expectations}
    others = tuple(expectation for expectation in made.expectations if expectation.name not in kept)
    return Suite(
        made.table, others + written.expectations, made.is_about_rows and written.is_about_rows
    )


def _one_row_per_grain(contract: ExtractContract) -> Expectation:
    # Within one file: the next return repeats children, and a newer file supersedes an older one.
    grain = ", ".join(f'"{column}"' for column in contract.grain)
    return Expectation(
        type=UNEXPECTED_ROWS,
        kwargs={
            "unexpected_rows_query": (
                "select * from {batch} "
                f"qualify count(*) over (partition by _file_sha256, {grain}) > 1"
            )
        },
        severity="warning",
        why=(
            f"{contract.title}: a file should hold one row per {', '.join(contract.grain)}. Raw "
            "keeps every line as it came; which of them counts is settled later."
        ),
        name=f"one_row_per_{'_'.join(contract.grain)}",
        remedy="Find out why it is exported twice, and take the wrong row out at its source.",
    )


def _no_retired_codes(
    contract: ExtractContract, retired: Sequence[RetiredCode]
) -> list[Expectation]:
    year = year_of_row(contract)
    expectations = []
    for column in contract.columns:
        codes = [code for code in retired if column.is_stored and code.code_set == column.codes]
        if codes:
            held = 'list_contains("{}", {})' if column.type == "list" else '"{}" = {}'
            conditions = " or ".join(
                f"({held.format(column.name, _literal(code.code))} "
                f"and {year} >= {code.first_return_year})"
                for code in codes
            )
            expectations.append(
                Expectation(
                    type=UNEXPECTED_ROWS,
                    kwargs={"unexpected_rows_query": f"select * from {{batch}} where {conditions}"},
                    severity="warning",
                    why=(
                        f"{column.name} holds a code of {column.codes} that was retired before "
                        "the return's or the record's year began. Unknown codes are emptied on "
                        "arrival; a retired one is kept, because it still says something, but the "
                        "export is out of date."
                    ),
                    name=f"{column.name}_is_not_retired",
                    remedy=(
                        "Ask your supplier for this year's codes, or correct the code where it is "
                        "recorded."
                    ),
                )
            )
    return expectations


def year_of_row(contract: ExtractContract) -> str:
    """In SQL, the year ending 31 March that a row is judged by: that of its return; in a system
    that is read as it stands, that of the record's first day. Without one it is not judged."""
    days = [
        column.name
        for column in contract.columns
        if column.type == "date"
        and column.is_stored
        and (column.required or column.name in (*contract.grain, *contract.period_dates))
        and not re.search("dob|birth", column.name)
    ]
    if not days:
        return "return_year"
    return f'coalesce(return_year, year("{days[0]}" + interval 9 month))'


def _end_not_before_start(contract: ExtractContract) -> list[Expectation]:
    if len(contract.period_dates) != 2:
        return []
    start, end = contract.period_dates
    return [
        Expectation(
            type="expect_column_pair_values_a_to_be_greater_than_b",
            kwargs={
                "column_A": end,
                "column_B": start,
                "or_equal": True,
                "ignore_row_if": "either_value_is_missing",
            },
            severity="warning",
            why=f"{contract.title}: {end} should not come before {start}.",
            name=f"{end}_not_before_{start}",
            remedy="Correct one of the two dates where they are recorded.",
        )
    ]


def _default_name(type_: str, kwargs: Mapping[str, Any]) -> str:
    columns = [kwargs[key] for key in ("column", "column_A", "column_B") if key in kwargs]
    columns.extend(kwargs.get("column_list", ()))
    return "_".join([*map(str, columns), type_.removeprefix("expect_")])


def _first_return_year_after(last_day: dt.date) -> int:
    starts_same_year = last_day < dt.date(last_day.year, 4, 1)
    return last_day.year + (1 if starts_same_year else 2)


def _literal(text: str) -> str:
    """Text as an SQL literal inside a query in which braces have a meaning."""
    return "'" + text.replace("'", "''").replace("{", "{{").replace("}", "}}") + "'"
