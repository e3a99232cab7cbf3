"""Gates: suites as blocking asset checks, evaluated together in one step."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

import dagster as dg

from orchestration.quality.conventions import Convention, columns_of, held_to
from orchestration.quality.records import list_broken
from orchestration.quality.results import CheckResult, GateShut, record, why_shut
from orchestration.quality.suites import Suite
from orchestration.quality.years import count_years
from orchestration.resources import WAREHOUSE_POOL, Warehouse

CHECK_NAME = "expectations"


def build_gate(
    name: str,
    suites: Sequence[Suite],
    as_at_date: dt.date,
    conventions: Sequence[Convention] = (),
    year_of: Mapping[str, str] | None = None,
) -> dg.AssetChecksDefinition:
    """Hold the tables of a room to their suites and to the conventions; a failed critical
    expectation shuts the gate.

    One step checks every table that the run is about, because opening Great Expectations takes
    longer than most suites do. The results are kept in ``quality.check_results``, and night by
    night in ``history.check_results``. ``year_of`` is the year of a row, by raw tables that have
    one: their rows are counted by year.
    """

    @dg.multi_asset_check(
        name=name,
        specs=[_spec(suite) for suite in suites],
        can_subset=True,
        pool=WAREHOUSE_POOL,
    )
    def gate(
        context: dg.AssetCheckExecutionContext, warehouse: Warehouse
    ) -> Iterator[dg.AssetCheckResult]:
        # Here, not above: only the step that validates should wait seconds for this import.
        from orchestration.quality.validate import validate_all

        asked = {key.asset_key for key in context.selected_asset_check_keys}
        chosen = [suite for suite in suites if _asset_key(suite) in asked]
        with warehouse.connect() as connection:
            columns = columns_of(connection)
            held = held_to(chosen, conventions, columns)
            results = validate_all(connection, held)
            list_broken(connection, held, results, columns)
            if year_of:
                count_years(connection, year_of, [suite.table for suite in chosen])
            record(connection, context.run.run_id, results, as_at_date)
        for suite in chosen:
            yield _verdict(suite, [result for result in results if result.table == suite.table])
        # Dagster would shut it too, and say of no check why.
        if reason := why_shut(results):
            raise GateShut(reason)

    return gate


def _asset_key(suite: Suite) -> dg.AssetKey:
    return dg.AssetKey([suite.schema, suite.table_name])


def _spec(suite: Suite) -> dg.AssetCheckSpec:
    critical = sum(expectation.severity == "critical" for expectation in suite.expectations)
    return dg.AssetCheckSpec(
        name=CHECK_NAME,
        asset=_asset_key(suite),
        blocking=True,
        description=(
            f"What {suite.table} is held to: the conventions, and {len(suite.expectations)} "
            f"expectations of its own, {critical} of them critical."
        ),
    )


def _verdict(suite: Suite, results: Sequence[CheckResult]) -> dg.AssetCheckResult:
    failed = [result for result in results if not result.passed]
    shut = any(result.shuts_gate for result in failed)
    return dg.AssetCheckResult(
        asset_key=_asset_key(suite),
        check_name=CHECK_NAME,
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR if shut else dg.AssetCheckSeverity.WARN,
        # Counts, never values: more people read run history than may read the data.
        metadata={
            "checks": len(results),
            "critical_failures": sum(result.shuts_gate for result in failed),
            "warnings": sum(not result.shuts_gate for result in failed),
            "failed": dg.MetadataValue.json([asdict(result) for result in failed]),
        },
    )
