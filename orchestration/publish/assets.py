"""The last step of the night: both files and the manifest, after every gate."""

import datetime as dt
import shutil
import subprocess
from importlib.metadata import version

import dagster as dg

from orchestration.lake import forget_snapshots
from orchestration.publish.files import (
    CHECKED,
    ERRORS_BY_TEAM,
    INTERNAL_FILE,
    RELEASE_FILE,
    VERSIONS,
    publish,
    published_tables,
)
from orchestration.publish.history import keep_versions
from orchestration.publish.scan import load_allowed
from orchestration.resources import WAREHOUSE_POOL, Warehouse
from orchestration.settings import PROJECT, Settings

# How long what a night has replaced can be read on, in a lake.
DAYS_A_READER_HAS = 1


def build_publish(settings: Settings) -> dg.AssetsDefinition:
    """The published files, which stay as they were if any table before them failed its gate."""

    @dg.asset(
        key=["published", "csc_outcomes"],
        description=f"{RELEASE_FILE}, {INTERNAL_FILE} and manifest.json in data/published.",
        deps=[
            dg.AssetKey(table.split("."))
            for table in published_tables()
            # Two are written by the gates, one with the records to fix, the last by this step.
            if table not in ("quality.check_results", CHECKED, ERRORS_BY_TEAM, VERSIONS)
        ],
        group_name="published",
        pool=WAREHOUSE_POOL,
    )
    def publish_outcomes(warehouse: Warehouse) -> dg.MaterializeResult[None]:
        with warehouse.connect() as connection:
            kept = keep_versions(connection, settings.as_at_date)
            files = connection.execute(
                "select file_name, file_sha256, status from quality.extract_files group by all "
                "order by all"
            ).fetchall()
            parameters = connection.execute(
                "select max(parameter_version) from reference.method_parameters"
            ).fetchone()
        publication = publish(
            settings.warehouse,
            settings.published,
            {
                "as_at_date": settings.as_at_date.isoformat(),
                "code_version": _code_version(),
                "published_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
                "parameter_version": parameters[0] if parameters else None,
                "landed_files": [
                    {"file_name": name, "sha256": sha256, "status": status}
                    for name, sha256, status in files
                ],
            },
            load_allowed(PROJECT / "expectations" / "release.yml"),
            key=settings.encryption_key,
            lake=settings.lake,
            newest_kept=settings.kept_publications,
        )
        if settings.lake is not None:
            with warehouse.connect() as connection:
                forget_snapshots(connection, DAYS_A_READER_HAS)
        return dg.MaterializeResult(
            metadata={
                f"rows in {file}": sum(rows.values())
                for file, rows in publication.row_counts.items()
            }
            | {"publication": publication.number}
            | {"cohort rows new or corrected": kept.added, "cohort rows ended": kept.ended}
        )

    return publish_outcomes


def _code_version() -> str:
    """The version, with the commit where the project lies in git, and whether it was changed."""
    released = version("csc-outcomes")
    git = shutil.which("git")
    if git is None or not (PROJECT / ".git").exists():
        return released
    described = subprocess.run(
        [git, "describe", "--always", "--dirty"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    commit = described.stdout.strip()
    return f"{released}+{commit}" if commit else released
