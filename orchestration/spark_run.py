"""Build a night's models on Spark, hold every table against DuckDB's and say what differs."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from orchestration.publish.files import INTERNAL, RELEASE
from orchestration.publish.versions import MANIFEST_FILE
from orchestration.settings import PROJECT, Settings
from orchestration.spark.cluster import Cluster, running_cluster
from orchestration.spark.compare import Compared, compare
from orchestration.spark.exchange import WITHHELD, carry_out, choose_withheld, register
from orchestration.transform.assets import DBT_PROJECT

# The one model in Python: it runs between two steps of dbt, outside the cluster.
PYTHON_MODEL = WITHHELD.rpartition(".")[2]
LAST_WORDS = 6000
# In the order that they are walked through; the release is made of withheld cells, and so is last.
ROOMS = (
    *("staging", "intermediate", "cohorts", "progress", "workforce", "measures", "quality"),
    *("outcomes", "release"),
)
LAST_ROOM = ROOMS[-1]


class CannotCompare(Exception):
    """There is no night to compare with; the message says what to do."""


class DbtFailed(Exception):
    """A model does not build on Spark; the message holds the last that dbt said."""


@dataclass(frozen=True)
class Table:
    """A table of dbt: what makes it, and which columns name its rows."""

    name: str
    kind: str
    key: tuple[str, ...] | None

    @property
    def room(self) -> str:
        """The schema it stands in."""
        return self.name.partition(".")[0]


def build_and_compare(settings: Settings, folder: Path, rooms: Collection[str] = ROOMS) -> bool:
    """Build the models of some rooms on a cluster of this machine; whether all their tables are
    equal to DuckDB's.

    The cluster reads what the last night has loaded and frozen, and the seeds; it makes all that
    dbt makes in these rooms, which have to be there from the first on. Its tables are left in the
    folder.

    Raises:
        CannotCompare: no night was published yet, or there is no such room.
        NoSpark, ClusterDidNotStart, DbtFailed, KeyIsNotUnique, CannotOpen.
    """
    if unknown := set(rooms) - set(ROOMS):
        raise CannotCompare(f"No such room: {', '.join(sorted(unknown))}. {', '.join(ROOMS)}.")
    published = settings.published / MANIFEST_FILE
    if not (settings.has_warehouse and published.exists()):
        raise CannotCompare("There is no published night to compare with: `make run` first.")
    as_at = json.loads(published.read_text("utf-8"))["as_at_date"]
    # What an earlier comparison left would be taken for tables of this one.
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with running_cluster(folder / "cluster") as cluster:
        _dbt(cluster, folder, as_at, "parse")
        manifest = json.loads((folder / "dbt" / "manifest.json").read_text("utf-8"))
        tables = dbt_tables(manifest)
        read = [*sources_read(manifest), *(table.name for table in tables if table.kind == "seed")]
        with settings.open_to_read() as connection:
            register(cluster, carry_out(connection, read, folder / "exchange"))
        typer.echo(f"{len(read)} tables carried to the cluster: sources and seeds")
        chosen = [f"config.schema:{room}" for room in rooms]
        run = ("run", "--select", *chosen, "--exclude")
        _dbt(cluster, folder, as_at, *run, f"{PYTHON_MODEL}+")
        if LAST_ROOM in rooms:
            register(cluster, choose_withheld(cluster, folder / "exchange"))
            _dbt(
                cluster,
                folder,
                as_at,
                "run",
                "--select",
                f"{PYTHON_MODEL}+",
                "--exclude",
                PYTHON_MODEL,
            )
    with settings.open_to_read() as connection:
        return report(
            compare(
                connection,
                table.name,
                table.name,
                cluster.folder(*table.name.split(".")),
                table.key,
            )
            for table in tables
            if table.kind == "table" and table.name != WITHHELD and table.room in rooms
        )


def report(compared: Iterable[Compared]) -> bool:
    """Tell what was compared and what differs; whether nothing does."""
    published = {*RELEASE.values(), *INTERNAL.values()}
    done = list(compared)
    shown = [each for each in done if each.table in published]
    typer.echo(
        f"{len(done)} tables made on Spark compared with DuckDB's; {len(shown)} of them are "
        f"published, with {sum(each.rows for each in shown):,} rows"
    )
    elsewhere = sorted(published - {each.table for each in done})
    typer.echo("Published and not made on Spark: " + ", ".join(elsewhere))
    differences = [difference for each in done for difference in each.differences]
    for difference in differences:
        typer.echo(f"Differs: {difference}", err=True)
    typer.echo(f"{len(differences)} differences" if differences else "All tables are equal")
    return not differences


def sources_read(manifest: Mapping[str, Any]) -> list[str]:
    """The tables that models read and dbt does not make, by ``schema.table``."""
    read = {
        parent
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        for parent in node["depends_on"]["nodes"]
    }
    return sorted(
        f"{source['source_name']}.{source['name']}"
        for name, source in manifest["sources"].items()
        if name in read
    )


def dbt_tables(manifest: Mapping[str, Any]) -> list[Table]:
    """Seeds and tables of dbt in the order of their names, each with the key that its own test of
    one row per key says."""
    keys = {
        node["attached_node"]: tuple(node["test_metadata"]["kwargs"]["columns"])
        for node in manifest["nodes"].values()
        if (node.get("test_metadata") or {}).get("name") == "one_row_per"
    }
    return sorted(
        (
            Table(
                f"{node['schema']}.{node['alias']}", node["config"]["materialized"], keys.get(name)
            )
            for name, node in manifest["nodes"].items()
            if node["resource_type"] in ("model", "seed")
            and node["config"]["materialized"] in ("seed", "table")
        ),
        key=lambda table: table.name,
    )


def _dbt(cluster: Cluster, folder: Path, as_at: str, *command: str) -> None:
    """One dbt command on the cluster, and how long it took."""
    began = time.monotonic()
    done = subprocess.run(
        [
            *(sys.executable, "-m", "orchestration.spark.dbt", "--no-use-colors"),
            # Nothing is there yet that it would have to look for.
            *(*command, "--no-populate-cache", "--target", "spark"),
            *("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)),
            *("--target-path", str(folder / "dbt"), "--log-path", str(folder / "dbt")),
        ],
        cwd=PROJECT,
        env={
            **os.environ,
            "SPARK_THRIFT_PORT": str(cluster.port),
            "AS_AT_DATE": as_at,
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise DbtFailed(f"dbt {command[0]} failed on Spark. {done.stdout[-LAST_WORDS:]}")
    typer.echo(f"dbt {' '.join(command)}: {time.monotonic() - began:.0f} s")
