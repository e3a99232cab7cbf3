"""dbt as three steps, because a gate stops only a later step: tables, then outcomes, then what is
read against baselines, which are frozen behind the gate on the outcomes."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets

from orchestration.resources import WAREHOUSE_POOL, Warehouse
from orchestration.settings import PROJECT, Settings
from orchestration.transform.baselines import FROZEN, freeze_baselines

DBT_PROJECT = PROJECT / "dbt_project"
# What dbt reads; when none of it changed, the manifest of last time still holds.
DBT_INPUTS = ("dbt_project", "models", "seeds")
OUTCOMES = "config.schema:measures config.schema:outcomes config.schema:release"
# The figures that baselines are frozen from, and all that reads a frozen one.
CURVE_POINTS, FIGURES = "outcomes.curve_points", "outcomes.indicator_values"
TARGETS = "intermediate.targets"
CURVES = f"source:{FROZEN}+"
# Unit tests try the SQL on invented rows: `make test` runs them, not the night.
NOT_AT_NIGHT = "resource_type:unit_test"


class DbtProjectDoesNotParse(Exception):
    """dbt cannot read the project; the message is dbt's own."""


class _Translator(DagsterDbtTranslator):
    """Assets are named schema/table, as in the warehouse, and grouped by room."""

    def get_asset_key(self, dbt_resource_props: Any) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["alias"]])

    def get_group_name(self, dbt_resource_props: Any) -> str:
        return str(dbt_resource_props["schema"])


def build_transform(settings: Settings) -> list[dg.AssetsDefinition]:
    """The dbt steps, each waiting for the gate on the tables of the one before; before the third,
    the baselines that are due."""
    manifest = prepared_manifest(settings)
    variables = _variables(settings)

    def build(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        yield from dbt.cli(
            ["build", "--vars", variables, "--exclude", NOT_AT_NIGHT],
            context=context,
            target_path=settings.dbt_target,
        ).stream()

    @dbt_assets(
        manifest=manifest,
        name="build_tables",
        exclude=f"{OUTCOMES} {NOT_AT_NIGHT}",
        dagster_dbt_translator=_Translator(),
        pool=WAREHOUSE_POOL,
    )
    def build_tables(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        yield from build(context, dbt)

    @dbt_assets(
        manifest=manifest,
        name="build_outcomes",
        select=OUTCOMES,
        exclude=f"{CURVES} {NOT_AT_NIGHT}",
        dagster_dbt_translator=_Translator(),
        pool=WAREHOUSE_POOL,
    )
    def build_outcomes(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        yield from build(context, dbt)

    @dg.asset(
        key=FROZEN.split("."),
        description="Forecasts frozen at their baseline dates, kept from night to night.",
        # The figures stand under a gate: what is wrong tonight must not be frozen for good.
        deps=[dg.AssetKey(table.split(".")) for table in (CURVE_POINTS, FIGURES, TARGETS)],
        group_name="history",
        pool=WAREHOUSE_POOL,
    )
    def baseline_forecasts(warehouse: Warehouse) -> dg.MaterializeResult[None]:
        with warehouse.connect() as connection:
            frozen = freeze_baselines(connection, settings.as_at_date)
        return dg.MaterializeResult(
            metadata={
                "frozen at an agreed date": frozen.agreed,
                "frozen on the first night": frozen.first_night,
            }
        )

    @dbt_assets(
        manifest=manifest,
        name="build_curves",
        select=CURVES,
        exclude=NOT_AT_NIGHT,
        dagster_dbt_translator=_Translator(),
        pool=WAREHOUSE_POOL,
    )
    def build_curves(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        yield from build(context, dbt)

    return [build_tables, build_outcomes, baseline_forecasts, build_curves]


def _variables(settings: Settings) -> str:
    return json.dumps({"as_at_date": settings.as_at_date.isoformat()})


def build_dbt(settings: Settings) -> DbtCliResource:
    """The dbt command, in this environment and on this project."""
    return DbtCliResource(
        project_dir=str(DBT_PROJECT),
        profiles_dir=str(DBT_PROJECT),
        target=settings.target,
        dbt_executable=dbt_command(),
    )


def dbt_command() -> str:
    """The dbt that was installed with this Python, whatever else is on the path."""
    beside = Path(sys.executable).parent / "dbt"
    return str(beside) if beside.exists() else "dbt"


def prepared_manifest(settings: Settings) -> Path:
    """dbt's description of the project, made anew when anything it is made of has changed.

    Raises:
        DbtProjectDoesNotParse: dbt found a fault in the project.
    """
    manifest = settings.dbt_target / "manifest.json"
    mark = settings.dbt_target / "manifest.inputs"
    # With the same variables as the steps, so that dbt need not parse the project again for them.
    variables = _variables(settings)
    inputs = f"{_inputs_fingerprint()} {variables}"
    if manifest.exists() and mark.exists() and mark.read_text() == inputs:
        return manifest
    parsed = subprocess.run(
        [
            *(dbt_command(), "--quiet", "--no-use-colors", "parse", "--vars", variables),
            *("--target", settings.target),
            *("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)),
            *("--target-path", str(settings.dbt_target), "--log-path", str(settings.dbt_target)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if parsed.returncode != 0:
        raise DbtProjectDoesNotParse(parsed.stdout + parsed.stderr)
    mark.write_text(inputs)
    return manifest


def _inputs_fingerprint() -> str:
    digest = hashlib.sha256()
    for folder in DBT_INPUTS:
        for file in sorted((PROJECT / folder).rglob("*")):
            if file.suffix in (".sql", ".py", ".yml", ".csv", ".md"):
                digest.update(file.relative_to(PROJECT).as_posix().encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()
