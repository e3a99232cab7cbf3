"""The one place where everything meets."""

from collections.abc import Iterable, Mapping
from functools import partial

import dagster as dg

from orchestration.automation import build_automation
from orchestration.check_file import what_to_do
from orchestration.contracts import CONTRACTS, ExtractContract, load_contracts
from orchestration.database import install_extension
from orchestration.describe import read_code_lists
from orchestration.ingest.assets import build_ingest
from orchestration.lake import install_extensions
from orchestration.publish.assets import build_ledger, build_publish
from orchestration.publish.files import RELEASE_FILE
from orchestration.publish.places import newest
from orchestration.quality.assets import build_records
from orchestration.quality.checks import build_gate
from orchestration.quality.conventions import load_conventions
from orchestration.quality.records import Remedy
from orchestration.quality.suites import (
    Suite,
    load_retired_codes,
    load_suites,
    merge,
    suite_for,
    year_of_row,
)
from orchestration.report.assets import build_report
from orchestration.resources import Warehouse
from orchestration.settings import PROJECT, Settings
from orchestration.transform.assets import (
    build_dbt,
    build_transform,
    prepared_manifest,
    tables_made,
)

EXPECTATIONS = PROJECT / "expectations"
# Each gate stands between two steps and looks at what the first has made.
GATES = {
    "gate_on_extracts": ("raw", "quality"),
    "gate_on_tables": ("intermediate", "cohorts", "progress", "workforce"),
    "gate_on_outcomes": ("measures", "outcomes", "release"),
    # What is read against frozen baselines, which themselves wait for the gate before.
    "gate_on_curves": (),
}


def build_defs(settings: Settings) -> dg.Definitions:
    """The code location for one set of settings: assets, gates, job and schedule."""
    settings.export()
    if settings.encryption_key is not None:
        install_extension(settings.extensions)
    if settings.lake is not None:
        install_extensions(settings.extensions)
    contracts = load_contracts(CONTRACTS)
    manifest = prepared_manifest(settings)
    tables = tables_made(manifest)
    gates = suites_by_gate(contracts, tables)
    suites = [suite for of_gate in gates.values() for suite in of_gate]
    conventions = load_conventions(EXPECTATIONS / "conventions.yml")
    year_of = {c.table: year_of_row(c) for c in contracts.values() if not c.is_reference}
    pipeline = dg.Definitions(
        assets=[
            build_ingest(contracts, settings),
            *build_transform(settings, manifest),
            build_records(contracts, suites, conventions, _remedy(contracts), settings),
            build_ledger(settings),
            build_publish(settings),
            build_report(partial(newest, settings.published, RELEASE_FILE), settings.site),
        ],
        asset_checks=[
            build_gate(
                gate,
                of_gate,
                settings.as_at_date,
                conventions,
                year_of if gate == "gate_on_extracts" else None,
            )
            for gate, of_gate in gates.items()
        ],
        resources={
            "warehouse": Warehouse(
                path=str(settings.warehouse),
                as_at_date=settings.as_at_date.isoformat(),
                wait_minutes=settings.wait_minutes,
            ),
            "dbt": build_dbt(settings),
        },
    )
    automation = build_automation(
        settings.landing,
        settings.warehouse.parent,
        settings.as_at_date.isoformat(),
        settings.alerts,
    )
    return dg.Definitions.merge(pipeline, automation)


def suites_by_gate(
    contracts: Mapping[str, ExtractContract], tables: Mapping[str, bool]
) -> dict[str, list[Suite]]:
    """What each gate holds its tables to, but for the conventions, which need to know the columns.

    Args:
        contracts: every extract by its name.
        tables: the tables that dbt makes, as ``tables_made`` has them.
    """
    suites = _suites(contracts, tables)
    return {gate: [one for one in suites if _gate_of(one, tables) == gate] for gate in GATES}


def _remedy(contracts: Mapping[str, ExtractContract]) -> Remedy:
    """What to do about a cell or a row that could not be read, as `outcomes check` says it."""
    codes = read_code_lists()

    def remedy(extract: str, column_name: str, reason: str) -> str:
        contract = contracts[extract]
        column = next((one for one in contract.columns if one.name == column_name), None)
        return what_to_do(contract, column, reason, codes)

    return remedy


def _gate_of(suite: Suite, tables: Mapping[str, bool]) -> str:
    if tables.get(suite.table):
        return "gate_on_curves"
    if suite.schema == "quality" and suite.table in tables:
        # Made of the register and of the tables.
        return "gate_on_tables"
    return next(gate for gate, rooms in GATES.items() if suite.schema in rooms)


def _suites(contracts: Mapping[str, ExtractContract], tables: Iterable[str]) -> list[Suite]:
    """Every table's expectations: those of its contract, then those written by hand. A table with
    neither is held to the conventions, which its gate adds when it knows the columns."""
    retired = load_retired_codes(PROJECT / "seeds" / "codes" / "codes.csv")
    suites = {contract.table: suite_for(contract, retired) for contract in contracts.values()}
    guarded = {room for rooms in GATES.values() for room in rooms}
    for table in tables:
        if table.partition(".")[0] in guarded:
            suites[table] = Suite(table, (), is_about_rows=True)
    for table, written in load_suites(EXPECTATIONS / "tables").items():
        suites[table] = merge(suites[table], written) if table in suites else written
    return list(suites.values())


@dg.definitions
def defs() -> dg.Definitions:
    """What Dagster loads, with settings from the environment."""
    return build_defs(Settings.from_environment())
