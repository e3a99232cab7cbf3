"""The one place where everything meets."""

from collections.abc import Mapping

import dagster as dg

from orchestration.automation import build_automation
from orchestration.contracts import ExtractContract, load_contracts
from orchestration.database import install_extension
from orchestration.ingest.assets import build_ingest
from orchestration.publish.assets import build_publish
from orchestration.publish.files import RELEASE_FILE
from orchestration.quality.checks import build_gate
from orchestration.quality.suites import Suite, load_retired_codes, load_suites, merge, suite_for
from orchestration.report.assets import build_report
from orchestration.resources import Warehouse
from orchestration.settings import PROJECT, Settings
from orchestration.transform.assets import build_dbt, build_transform

EXPECTATIONS = PROJECT / "expectations"
# Each gate stands between two steps and looks at what the first has made.
GATES = {
    "gate_on_extracts": ("raw", "quality"),
    "gate_on_tables": ("intermediate", "cohorts", "progress", "workforce"),
    "gate_on_outcomes": ("measures", "outcomes", "release"),
}


def build_defs(settings: Settings) -> dg.Definitions:
    """The code location for one set of settings: assets, gates, job and schedule."""
    settings.export()
    if settings.encryption_key is not None:
        install_extension(settings.extensions)
    contracts = load_contracts(EXPECTATIONS / "extracts")
    suites = _suites(contracts)
    pipeline = dg.Definitions(
        assets=[
            build_ingest(contracts, settings),
            *build_transform(settings),
            build_publish(settings),
            build_report(settings.published / RELEASE_FILE, settings.site),
        ],
        asset_checks=[
            build_gate(gate, [suite for suite in suites if suite.schema in rooms])
            for gate, rooms in GATES.items()
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


def _suites(contracts: Mapping[str, ExtractContract]) -> list[Suite]:
    """Every table's expectations: those of its contract, then those written by hand."""
    retired = load_retired_codes(PROJECT / "seeds" / "codes" / "codes.csv")
    suites = {contract.table: suite_for(contract, retired) for contract in contracts.values()}
    for table, written in load_suites(EXPECTATIONS / "tables").items():
        suites[table] = merge(suites[table], written) if table in suites else written
    return list(suites.values())


@dg.definitions
def defs() -> dg.Definitions:
    """What Dagster loads, with settings from the environment."""
    return build_defs(Settings.from_environment())
