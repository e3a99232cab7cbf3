"""The report site: the step after publication, which it cannot stop."""

from collections.abc import Callable
from pathlib import Path

import dagster as dg


def build_report(release_file: Callable[[], Path], folder: Path) -> dg.AssetsDefinition:
    """The report site, drawn from wherever the step before has put the release file.

    A failure of this step stops nothing: the site of the last night stays as it was.
    """

    @dg.asset(
        key=["published", "site"],
        description="Pages that open from disk, drawn from the release file and nothing else.",
        deps=[dg.AssetKey(["published", "csc_outcomes"])],
        group_name="published",
    )
    def draw_report_site() -> dg.MaterializeResult[None]:
        # Imported here: what draws charts takes a second that nothing else should wait for.
        from orchestration.report.site import draw_site

        drawn = draw_site(release_file(), folder)
        return dg.MaterializeResult(metadata={"pages": drawn.pages, "charts": drawn.charts})

    return draw_report_site
