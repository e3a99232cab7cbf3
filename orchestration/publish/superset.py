"""The dashboard for Apache Superset, made ready for the release file of this place."""

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from orchestration.settings import PROJECT

BUNDLE = PROJECT / "docs" / "superset" / "csc_outcomes"
# What stands in the bundle as it is in git.
ANYWHERE = "duckdb:////data/published/csc_outcomes.duckdb"


def write_bundle(release_file: Path, out: Path) -> None:
    """A zip that an empty Superset imports: database, datasets, charts and dashboard.

    Args:
        release_file: where Superset will find the file, which it opens read-only.
        out: the zip to write.
    """
    with ZipFile(out, "w", ZIP_DEFLATED) as bundle:
        for file in sorted(BUNDLE.rglob("*.yaml")):
            text = file.read_text(encoding="utf-8")
            text = text.replace(ANYWHERE, f"duckdb:///{release_file.as_posix()}")
            bundle.writestr(f"{BUNDLE.name}/{file.relative_to(BUNDLE).as_posix()}", text)
