"""The last step of the night: both files and the manifest, after every gate."""

import datetime as dt
import shutil
import subprocess
from importlib.metadata import version

import dagster as dg

from orchestration.database import no_cell_told
from orchestration.lake import forget_snapshots
from orchestration.publish.files import (
    CHECKED,
    ERRORS_BY_TEAM,
    INTERNAL_FILE,
    RELEASE_FILE,
    VERSIONS,
    CannotPublish,
    publish,
    published_tables,
)
from orchestration.publish.history import keep_versions
from orchestration.publish.ledger import (
    LEDGER,
    counts_on_hold,
    record_release,
    restore_ledger,
    take_back,
)
from orchestration.publish.scan import load_allowed
from orchestration.publish.versions import kept_publications
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
            release = record_release(connection, settings.as_at_date)
            held = counts_on_hold(connection)
            files = connection.execute(
                # By the names that may be told: the manifest lies beside the release.
                "select file_name, file_sha256, status from release.extract_files group by all "
                "order by all"
            ).fetchall()
            parameters = connection.execute(
                "select max(parameter_version) from reference.method_parameters"
            ).fetchone()
        try:
            with no_cell_told():
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
        except CannotPublish:
            with warehouse.connect() as connection:
                take_back(connection, release)
            raise
        if settings.lake is not None:
            with warehouse.connect() as connection:
                forget_snapshots(connection, DAYS_A_READER_HAS)
        return dg.MaterializeResult(
            metadata={
                f"rows in {file}": sum(rows.values())
                for file, rows in publication.row_counts.items()
            }
            | {"publication": publication.number}
            | {"counts on hold": held}
            | {"cohort rows new or corrected": kept.added, "cohort rows ended": kept.ended}
        )

    return publish_outcomes


def build_ledger(settings: Settings) -> dg.AssetsDefinition:
    """What releases have said, there before tonight's figures are held against it."""

    @dg.asset(
        key=LEDGER.split("."),
        description="Every count that a release showed or withheld, kept from night to night; from "
        "the last publication where the warehouse was made anew.",
        group_name="history",
        pool=WAREHOUSE_POOL,
    )
    def release_ledger(warehouse: Warehouse) -> dg.MaterializeResult[None]:
        kept = [one.folder for one in kept_publications(settings.published)]
        with warehouse.connect() as connection:
            taken = restore_ledger(
                connection,
                [folder / INTERNAL_FILE for folder in (*kept, settings.published)],
                settings.encryption_key,
            )
        return dg.MaterializeResult(metadata={"rows from the last publication": taken})

    return release_ledger


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
