"""An expectation about rows as the query for the rows that break it.

Great Expectations decides whether a promise is kept. This says which rows those are: to ask about
many promises at once, and to list the records that somebody has to put right.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from orchestration.database import quoted
from orchestration.quality.suites import UNEXPECTED_ROWS, Expectation

# Where a null keeps every promise but the one to be there, as with Great Expectations.
CONDITIONS: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {
    "expect_column_values_to_not_be_null": lambda given: f'"{given["column"]}" is null',
    "expect_column_values_to_be_between": lambda given: _outside(given),
    "expect_column_values_to_be_in_set": lambda given: (
        f'"{given["column"]}" not in ({", ".join(map(_literal, given["value_set"]))})'
    ),
    "expect_column_pair_values_a_to_be_greater_than_b": lambda given: _not_after(given),
}


def broken_rows(expectation: Expectation) -> str | None:
    """The query for the rows that break it, which reads the table as ``{batch}``; None where it is
    about the table as a whole or of a kind that is not known here."""
    if expectation.type == UNEXPECTED_ROWS:
        return str(expectation.kwargs["unexpected_rows_query"])
    condition = CONDITIONS.get(expectation.type)
    written = condition(expectation.kwargs) if condition else None
    return f"select * from {{batch}} where {_doubled(written)}" if written else None


def any_broken(queries: Sequence[str]) -> str:
    """One query that has a row for every row that breaks any of several promises."""
    return " union all ".join(f"select 1 as broken from (\n{query}\n) as rows" for query in queries)


def _outside(given: Mapping[str, Any]) -> str | None:
    if given.keys() - {"column", "min_value", "max_value"}:
        return None
    sides = [
        f'"{given["column"]}" {sign} {_literal(given[name])}'
        for name, sign in (("min_value", "<"), ("max_value", ">"))
        if given.get(name) is not None
    ]
    return " or ".join(sides) or None


def _not_after(given: Mapping[str, Any]) -> str | None:
    known = {"column_A", "column_B", "or_equal", "ignore_row_if"}
    if given.keys() - known or given.get("ignore_row_if") != "either_value_is_missing":
        return None
    sign = "<" if given.get("or_equal") else "<="
    return f'"{given["column_A"]}" {sign} "{given["column_B"]}"'


def _literal(value: Any) -> str:
    if isinstance(value, dt.date):
        return f"date '{value.isoformat()}'"
    if isinstance(value, str):
        return quoted(value)
    return str(value)


def _doubled(condition: str) -> str:
    """Braces have a meaning in a query."""
    return condition.replace("{", "{{").replace("}", "}}")
