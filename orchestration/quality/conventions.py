"""Rules by the name of a column: what holds wherever a table has one of that name.

The same thing has the same name everywhere, so one entry of ``expectations/conventions.yml`` is
held against every table that has the column, and a new table comes under it by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import duckdb
import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestration.quality.suites import Entry, Expectation, InvalidSuite, Row, Suite, merge
from orchestration.yaml_files import read_yaml


class Convention(BaseModel):
    """One rule for every table and column of a pattern.

    ``tables`` are patterns of ``schema.table``; ``columns`` one pattern, or two that a table's
    columns meet with the same text in place of ``*``, as in ``*_start_date`` and ``*_end_date``.
    In the rule ``{column}`` stands for the column, of two ``{first}`` and ``{second}``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    tables: tuple[str, ...] = Field(min_length=1)
    except_tables: tuple[str, ...] = ()
    columns: tuple[str, ...] = Field(min_length=1, max_length=2)
    except_columns: tuple[str, ...] = ()
    rule: dict[str, Any]
    good: Row = Field(min_length=1)
    beside: Mapping[str, tuple[Row, ...]] = {}

    @model_validator(mode="after")
    def _can_be_checked(self) -> "Convention":
        if not self.for_columns(self.good):
            raise ValueError(f"{self.rule.get('name')}: its good row has none of its columns")
        return self

    def for_table(self, table: str, columns: Iterable[str]) -> list[Expectation]:
        """What it expects of a table, once for each column or pair of columns that it is about."""
        if not _meets(table, self.tables) or _meets(table, self.except_tables):
            return []
        return self.for_columns(columns)

    def for_columns(self, columns: Iterable[str]) -> list[Expectation]:
        """What it expects of a table with these columns, whatever its name is."""
        return [
            Entry.model_validate(_filled(self.rule, named)).as_expectation()
            for named in self._met(list(columns))
        ]

    def _met(self, columns: Sequence[str]) -> list[dict[str, str]]:
        first, *others = self.columns
        chosen = [
            column
            for column in columns
            if fnmatchcase(column, first) and not _meets(column, self.except_columns)
        ]
        if not others:
            return [{"{column}": column} for column in chosen]
        before, _, after = first.partition("*")
        pairs = [
            (column, others[0].replace("*", column.removeprefix(before).removesuffix(after)))
            for column in chosen
        ]
        return [{"{first}": one, "{second}": other} for one, other in pairs if other in columns]


class _Conventions(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    conventions: tuple[Convention, ...]


def load_conventions(file: Path) -> tuple[Convention, ...]:
    """The conventions of a file, in its order.

    Raises:
        InvalidSuite: the file is not valid YAML, or one of them breaks a rule above.
    """
    try:
        return _Conventions.model_validate(read_yaml(file)).conventions
    except (ValueError, yaml.YAMLError) as error:
        raise InvalidSuite(f"{file.name}: {error}") from error


def with_conventions(
    suite: Suite, conventions: Sequence[Convention], columns: Sequence[str]
) -> Suite:
    """The suite, and what the conventions expect of a table with these columns; where a name is in
    both, that of the suite is kept."""
    expected = [
        expectation
        for convention in conventions
        for expectation in convention.for_table(suite.table, columns)
    ]
    return merge(Suite(suite.table, tuple(expected), suite.is_about_rows), suite)


def held_to(
    suites: Iterable[Suite],
    conventions: Sequence[Convention],
    columns: Mapping[str, Sequence[str]],
) -> list[Suite]:
    """Suites with the conventions, by the columns of every table."""
    return [with_conventions(suite, conventions, columns.get(suite.table, [])) for suite in suites]


def columns_of(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The columns of every table and view, in their order, by ``schema.table``."""
    columns: dict[str, list[str]] = {}
    for table, column in connection.execute(
        "select schema_name || '.' || table_name, column_name from duckdb_columns() "
        "where database_name = current_database() and not internal order by 1, column_index"
    ).fetchall():
        columns.setdefault(table, []).append(column)
    return columns


def _meets(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _filled(part: Any, named: Mapping[str, str]) -> Any:
    """A rule with the names of columns in their places; other braces stay."""
    if isinstance(part, str):
        for place, name in named.items():
            part = part.replace(place, name)
        return part
    if isinstance(part, dict):
        return {_filled(key, named): _filled(value, named) for key, value in part.items()}
    if isinstance(part, list):
        return [_filled(one, named) for one in part]
    return part
