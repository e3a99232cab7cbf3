"""Hold tables to their suites, inside DuckDB: with its pages (data_docs) the only home of Great
Expectations.

Importing Great Expectations takes seconds, so this module is imported by the step that validates
and by nothing else. Expectations run as SQL where the data is; what comes back is counts. No
value of a row leaves this module, neither in a result nor in an error nor in a log line.
"""

import logging
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeAlias

import duckdb
import great_expectations as gx
import sqlalchemy as sa
from duckdb_sqlalchemy import ConnectionWrapper
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.data_context.data_context.abstract_data_context import (
    AbstractDataContext,
)
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.exceptions.exceptions import GreatExpectationsError
from great_expectations.execution_engine.sqlalchemy_execution_engine import (
    SqlAlchemyExecutionEngine,
)
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from sqlalchemy.pool import StaticPool

from orchestration.database import cursor_of
from orchestration.quality.broken_rows import any_broken, broken_rows
from orchestration.quality.results import CheckResult
from orchestration.quality.suites import UNEXPECTED_ROWS, Expectation, Suite

# Nothing but counts: no sample of unexpected values is asked for, so none can be passed on.
COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}

# How many tables are held to their promises as one: where all are kept, one answer does.
HELD_TOGETHER = 16

# Faults whose text is about a query or a column, never about a row. Every other message may quote
# a cell (a failed cast does), so only its kind is passed on.
SPEAKABLE_FAULT = re.compile(
    r"\(_duckdb\.(?:Binder|Catalog|Parser)Exception\) [^\n]*"
    r"|The column \"[^\"]*\" in BatchData does not exist"
    r"|[A-Za-z ]+ (?:is not supported for dialect|cannot be computed on column of type) \w+"
)
FAULT_KIND = re.compile(r"_duckdb\.(\w+)")


class CannotValidate(Exception):
    """A table could not be held to its suite, which is never a pass; the message says why."""


class MissingTable(CannotValidate):
    """A suite is about a table that is not there, or that cannot be read."""


class UnanswerableExpectation(CannotValidate):
    """An expectation could not be evaluated; the message names table and check."""


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """Great Expectations' SQL engine on a single connection.

    It keeps one only for dialects it knows. With any other it closes the connection before it
    reads the result, which DuckDB does not survive.
    """

    @contextmanager
    def get_connection(self) -> Iterator[sa.Connection]:
        """The one connection, opened at first use."""
        if self._connection is None:
            self._connection = self.engine.connect()
        yield self._connection


# Named outside the class below, in which ``type`` is a field.
EngineClass: TypeAlias = type[DuckDBExecutionEngine]


class DuckDBRoom(SQLDatasource):
    """One schema of a DuckDB database as a data source, with the schema's name as its own."""

    # The type is also how Great Expectations names the method that adds one.
    type: Literal["duckdb_room"] = "duckdb_room"  # type: ignore[assignment]

    @property
    def execution_engine_type(self) -> EngineClass:
        """The engine that expectations are evaluated on."""
        return DuckDBExecutionEngine

    @property
    def schema_(self) -> str:
        """The schema in which tables are looked up."""
        return self.name


def validate(database: Path | duckdb.DuckDBPyConnection, suite: Suite) -> list[CheckResult]:
    """One table held to its suite; otherwise as :func:`validate_all`."""
    return validate_all(database, [suite])


def validate_all(
    database: Path | duckdb.DuckDBPyConnection, suites: Sequence[Suite]
) -> list[CheckResult]:
    """Every table held to its suite: one result per expectation, in the order of the suites.

    Args:
        database: a database file, which is opened read-only and closed again, or an open
            connection, whose uncommitted changes are not seen.
        suites: at most one suite per table.

    Raises:
        MissingTable: a table is not in the database.
        UnanswerableExpectation: an expectation is unknown, names a column that is not there, or
            failed while it was evaluated.
        CannotValidate: there is no such file.
    """
    if isinstance(database, Path):
        if not database.is_file():
            raise CannotValidate(f"there is no database {database}")
        with duckdb.connect(str(database), read_only=True) as connection:
            return validate_all(connection, suites)
    row_counts = {suite.table: _count_rows(database, suite) for suite in suites}
    schemas = {suite.schema for suite in suites}
    with silence(), open_rooms(database, schemas, new_context()) as rooms:
        asked = [suite for suite in suites if row_counts[suite.table] or not suite.is_about_rows]
        broken = {
            table
            for first in range(0, len(asked), HELD_TOGETHER)
            for table in _broken(rooms, asked[first : first + HELD_TOGETHER])
        }
        return [
            result
            for suite in suites
            for result in _results(rooms, suite, row_counts[suite.table], suite.table in broken)
        ]


def new_context() -> AbstractDataContext:
    """A context in memory, without progress bars and without reporting home."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    context.enable_analytics(False)
    return context


@contextmanager
def open_rooms(
    connection: duckdb.DuckDBPyConnection,
    schemas: Collection[str],
    context: AbstractDataContext,
) -> Iterator[dict[str, DuckDBRoom]]:
    """A data source for each schema, all on cursors of one connection and closed at the end."""
    cursors: list[duckdb.DuckDBPyConnection] = []

    def open_cursor() -> ConnectionWrapper:
        cursors.append(cursor_of(connection))
        return ConnectionWrapper(cursors[-1])

    rooms: dict[str, DuckDBRoom] = {}
    try:
        for schema in schemas:
            rooms[schema] = context.data_sources.add_duckdb_room(
                name=schema,
                connection_string="duckdb://",
                kwargs={
                    "creator": open_cursor,
                    "poolclass": StaticPool,
                    # A query that fails must not abort a transaction that others run in.
                    "isolation_level": "AUTOCOMMIT",
                },
            )
        yield rooms
    finally:
        for room in rooms.values():
            room.get_execution_engine().close()
        # One cursor left open would keep the file locked.
        for cursor in cursors:
            cursor.close()


@contextmanager
def silence() -> Iterator[None]:
    """No log line of Great Expectations: its errors repeat DuckDB's, which may quote a cell."""
    # Not by level: some of its loggers set their own.
    logger = logging.getLogger("great_expectations")
    propagated, silent = logger.propagate, logging.NullHandler()
    logger.addHandler(silent)
    logger.propagate = False
    try:
        yield
    finally:
        logger.propagate = propagated
        logger.removeHandler(silent)


def _broken(rooms: Mapping[str, DuckDBRoom], suites: Sequence[Suite]) -> set[str]:
    """The tables with a row that breaks a promise, or a promise that cannot be answered.

    An expectation costs Great Expectations more than it costs the database. So the promises of
    many tables are held as one, and only where that one is broken in halves, down to a table.
    """
    queries = [
        f"with batch as (select * from {suite.table})\n{_counting(query, 'batch')}"
        for suite in suites
        for expectation in suite.expectations
        if (query := broken_rows(expectation))
    ]
    if not queries:
        return set()
    together = Expectation(
        type=UNEXPECTED_ROWS,
        kwargs={"unexpected_rows_query": any_broken(queries)},
        severity="critical",
        why="No row breaks any promise.",
        name="every_promise_about_rows_is_kept",
    )
    found = _outcomes(rooms, suites[0].table, [together])[together.name]
    if found["success"] and not fault_in(found.get("exception_info") or {}):
        return set()
    if len(suites) == 1:
        return {suites[0].table}
    half = len(suites) // 2
    return _broken(rooms, suites[:half]) | _broken(rooms, suites[half:])


def _results(
    rooms: Mapping[str, DuckDBRoom], suite: Suite, row_count: int, is_broken: bool
) -> list[CheckResult]:
    """The result of each expectation: asked one by one of a table with a broken promise, else only
    where it is about the table as a whole."""
    asked = [
        expectation
        for expectation in suite.expectations
        if is_broken or not ((row_count == 0 and suite.is_about_rows) or broken_rows(expectation))
    ]
    found = _outcomes(rooms, suite.table, asked)
    return [
        _result(suite.table, one, found[one.name], row_count)
        if one.name in found
        else CheckResult(suite.table, one.name, one.severity, True, row_count, 0, one.why)
        for one in suite.expectations
    ]


def _outcomes(
    rooms: Mapping[str, DuckDBRoom], table: str, expectations: Sequence[Expectation]
) -> dict[str, Mapping[str, Any]]:
    """What Great Expectations found, by the name of the expectation."""
    if not expectations:
        return {}
    outcomes = (
        whole_table(rooms, table)
        .get_batch()
        .validate(as_gx_suite(table, expectations), result_format=COUNTS_ONLY)
    )
    described: list[Any] = [outcome.to_json_dict() for outcome in outcomes.results]
    return {outcome["expectation_config"]["description"]: outcome for outcome in described}


def whole_table(rooms: Mapping[str, DuckDBRoom], table: str) -> BatchDefinition[Any]:
    """A table as one batch."""
    schema, _, name = table.partition(".")
    room = rooms[schema]
    if table not in room.get_asset_names():
        asset = room.add_table_asset(name=table, table_name=name)
        asset.add_batch_definition_whole_table("whole")
    whole: BatchDefinition[Any] = room.get_asset(table).get_batch_definition("whole")
    return whole


def as_gx_suite(table: str, expectations: Iterable[Expectation]) -> gx.ExpectationSuite:
    """A suite of Great Expectations with these expectations, each under its name and with why.

    Raises:
        UnanswerableExpectation: one of them is of no type that it knows.
    """
    suite = gx.ExpectationSuite(name=table)
    for expectation in expectations:
        suite.add_expectation(_as_gx(table, expectation))
    return suite


def _count_rows(connection: duckdb.DuckDBPyConnection, suite: Suite) -> int:
    kind = None
    try:
        with cursor_of(connection) as cursor:
            row = cursor.execute(f"select count(*) from {suite.table}").fetchone()
    except duckdb.CatalogException:
        kind = "is not in the database"
    except duckdb.Error as error:
        kind = f"cannot be read ({type(error).__name__})"
    # Outside the handler: the message of a chained error could hold a cell.
    if kind:
        raise MissingTable(f"{suite.table} {kind}; build it before it is checked")
    assert row is not None
    return int(row[0])


def _as_gx(table: str, expectation: Expectation) -> Any:
    kwargs = dict(expectation.kwargs)
    if expectation.type == UNEXPECTED_ROWS:
        # The table is an alias or none, depending on whether the query joins: so it gets a name.
        query = _counting(kwargs["unexpected_rows_query"], "batch")
        kwargs["unexpected_rows_query"] = f"with batch as (select * from {{batch}})\n{query}"
    # The name as description, because a suite drops what differs from another only in meta.
    configuration = ExpectationConfiguration(
        type=expectation.type,
        kwargs=kwargs,
        description=expectation.name,
        notes=expectation.why,
    )
    try:
        return configuration.to_domain_obj()
    except (GreatExpectationsError, ValueError, TypeError) as error:
        raise UnanswerableExpectation(f"{table}, {expectation.name}: {error}") from error


def _counting(query: str, table: str) -> str:
    """The query made to return its rows' number and no column of theirs.

    Great Expectations fetches the first 200 rows whatever the result format.
    """
    named = query.replace("{batch}", table)
    return f"select 1 as unexpected from (\n{named}\n) as unexpected_rows"


def _result(
    table: str, expectation: Expectation, found: Mapping[str, Any], row_count: int
) -> CheckResult:
    fault = fault_in(found.get("exception_info") or {})
    if fault:
        raise UnanswerableExpectation(f"{table}, {expectation.name}: {fault}")
    counts = found["result"]
    passed = bool(found["success"])
    # An empty table has no such count, nor has an expectation about a table as a whole, whose
    # observed value (a maximum, say) stays here.
    unexpected = counts.get("unexpected_count")
    if expectation.type == UNEXPECTED_ROWS:
        unexpected = counts["observed_value"]
    elif unexpected is None:
        unexpected = 0 if passed else 1
    return CheckResult(
        table=table,
        check_name=expectation.name,
        severity=expectation.severity,
        passed=passed,
        rows_checked=int(counts.get("element_count", row_count)),
        unexpected_count=int(unexpected),
        why=expectation.why,
    )


def fault_in(exception_info: Mapping[str, Any]) -> str | None:
    """What went wrong, in words that hold nothing of a row; None when nothing did."""
    # Either one fault, or one for each metric that the expectation needs.
    faults = [exception_info, *exception_info.values()]
    messages = [
        str(fault.get("exception_message"))
        for fault in faults
        if isinstance(fault, Mapping) and fault.get("raised_exception")
    ]
    if not messages:
        return None
    for message in messages:
        if speakable := SPEAKABLE_FAULT.search(message):
            return speakable.group()
    kinds = {kind for message in messages for kind in FAULT_KIND.findall(message)}
    return f"could not be evaluated ({', '.join(sorted(kinds)) or 'unknown fault'})"
