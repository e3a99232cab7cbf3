"""dbt as three steps, because a gate stops only a later step: tables, then outcomes, then what is
read against baselines, which are frozen behind the gate on the outcomes."""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import dagster as dg
import duckdb
import packaging.version
from dagster_dbt import DagsterDbtTranslator, DbtCliInvocation, dbt_assets
from dagster_dbt.asset_utils import get_updated_cli_invocation_params_for_context
from pydantic import PrivateAttr

from orchestration.resources import WAREHOUSE_POOL, Warehouse
from orchestration.settings import PROJECT, Settings
from orchestration.transform.baselines import FROZEN, freeze_baselines
from orchestration.transform.dbt_process import DbtProcess

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


class Dbt(dg.ConfigurableResource):  # type: ignore[type-arg]
    """dbt for one night: see ``dbt_process``.

    Dagster's own resource would start it for each step, and before that ask it for its version and
    read all macros, for a handle that only the fetching of columns and row counts needs.
    """

    target: str
    target_path: str
    _process: DbtProcess = PrivateAttr()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Dbt"]:
        """dbt, from the first step on, so that it reads its project while files are read."""
        self._process = DbtProcess(DBT_PROJECT, self.target, Path(self.target_path))
        try:
            yield self
        finally:
            self._process.close()

    def build(self, context: dg.AssetExecutionContext) -> Iterator[Any]:
        """Build the models of a step and tell Dagster of each as it is done."""
        chosen = get_updated_cli_invocation_params_for_context(
            context=context,
            manifest={},
            dagster_dbt_translator=_Translator(),
            runtime_excludes=[NOT_AT_NIGHT],
        )
        # The manifest is there already, and writing it twice takes as long as starting.
        args = ["build", "--no-write-json", *chosen.selection_args]
        if chosen.indirect_selection:
            args += ["--indirect-selection", chosen.indirect_selection]
        invocation = DbtCliInvocation(
            process=cast("subprocess.Popen[bytes]", self._process.run(args)),
            manifest=chosen.manifest,
            dagster_dbt_translator=chosen.dagster_dbt_translator,
            project_dir=DBT_PROJECT,
            target_path=Path(self.target_path),
            raise_on_error=True,
            cli_version=packaging.version.parse(version("dbt-core")),
            context=context,
        )
        yield from invocation.stream()


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


def build_transform(settings: Settings, manifest: Path) -> list[dg.AssetsDefinition]:
    """The dbt steps of a prepared manifest, each waiting for the gate on the tables of the one
    before; before the third, the baselines that are due."""

    def build(context: dg.AssetExecutionContext, dbt: Dbt, warehouse: Warehouse) -> Iterator[Any]:
        yield from dbt.build(context)
        with warehouse.connect() as connection:
            yield from rows_held(connection, context.selected_asset_keys)

    @dbt_assets(
        manifest=manifest,
        name="build_tables",
        exclude=f"{OUTCOMES} {NOT_AT_NIGHT}",
        dagster_dbt_translator=_Translator(),
        pool=WAREHOUSE_POOL,
    )
    def build_tables(
        context: dg.AssetExecutionContext, dbt: Dbt, warehouse: Warehouse
    ) -> Iterator[Any]:
        yield from build(context, dbt, warehouse)

    @dbt_assets(
        manifest=manifest,
        name="build_outcomes",
        select=OUTCOMES,
        exclude=f"{CURVES} {NOT_AT_NIGHT}",
        dagster_dbt_translator=_Translator(),
        pool=WAREHOUSE_POOL,
    )
    def build_outcomes(
        context: dg.AssetExecutionContext, dbt: Dbt, warehouse: Warehouse
    ) -> Iterator[Any]:
        yield from build(context, dbt, warehouse)

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
    def build_curves(
        context: dg.AssetExecutionContext, dbt: Dbt, warehouse: Warehouse
    ) -> Iterator[Any]:
        yield from build(context, dbt, warehouse)

    return [build_tables, build_outcomes, baseline_forecasts, build_curves]


def rows_held(
    connection: duckdb.DuckDBPyConnection, keys: Collection[dg.AssetKey]
) -> Iterator[dg.AssetObservation]:
    """How many rows each table of some assets has, in the order of their names; of a view nothing
    is told, because counting would be making it."""
    tables = {
        table: dg.AssetKey(list(table))
        for table in connection.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = current_database() order by all"
        ).fetchall()
    }
    for (schema, name), key in tables.items():
        if key in keys:
            rows = connection.execute(f'select count(*) from "{schema}"."{name}"').fetchall()
            yield dg.AssetObservation(key, metadata={"dagster/row_count": rows[0][0]})


def build_dbt(settings: Settings) -> Dbt:
    """dbt on the warehouse of these settings."""
    return Dbt(target=settings.dbt_profile, target_path=str(settings.dbt_target))


def dbt_command() -> str:
    """The dbt that was installed with this Python, whatever else is on the path."""
    # Asked for by its name alone, because on Windows it ends in .exe.
    return shutil.which("dbt", path=str(Path(sys.executable).parent)) or "dbt"


def prepared_manifest(settings: Settings) -> Path:
    """dbt's description of the project, made anew when anything it is made of has changed.

    Raises:
        DbtProjectDoesNotParse: dbt found a fault in the project.
    """
    manifest = settings.dbt_target / "manifest.json"
    mark = settings.dbt_target / "manifest.inputs"
    inputs = f"{_inputs_fingerprint()} {settings.dbt_profile}"
    if manifest.exists() and mark.exists() and mark.read_text("utf-8") == inputs:
        return manifest
    parsed = subprocess.run(
        [
            *(dbt_command(), "--quiet", "--no-use-colors", "parse"),
            *("--target", settings.dbt_profile),
            *("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)),
            *("--target-path", str(settings.dbt_target), "--log-path", str(settings.dbt_target)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if parsed.returncode != 0:
        raise DbtProjectDoesNotParse(parsed.stdout + parsed.stderr)
    mark.write_text(inputs, "utf-8")
    return manifest


def tables_made(prepared: Path) -> dict[str, bool]:
    """Every table that dbt makes by a prepared manifest as ``schema.table``, and whether it is read
    against a baseline and so made by the last of the steps. Views and seeds apart."""
    manifest = json.loads(prepared.read_text("utf-8"))
    after_baselines = {
        key
        for key, source in manifest["sources"].items()
        if f"{source['source_name']}.{source['name']}" == FROZEN
    }
    waiting = list(after_baselines)
    while waiting:
        for child in manifest["child_map"][waiting.pop()]:
            if child not in after_baselines:
                after_baselines.add(child)
                waiting.append(child)
    return {
        f"{node['schema']}.{node['alias']}": key in after_baselines
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["config"]["materialized"] == "table"
    }


def _inputs_fingerprint() -> str:
    digest = hashlib.sha256()
    for folder in DBT_INPUTS:
        for file in sorted((PROJECT / folder).rglob("*")):
            if file.suffix in (".sql", ".py", ".yml", ".csv", ".md"):
                digest.update(file.relative_to(PROJECT).as_posix().encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()
