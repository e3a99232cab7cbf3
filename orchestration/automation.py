"""When things run: the nightly job and its schedule."""

import dagster as dg

NIGHTLY = "nightly"


def build_automation() -> dg.Definitions:
    """The nightly job, and a schedule that stays stopped until somebody switches it on.

    Everything runs in one process: DuckDB lets one process write, so side by side gains nothing.
    """
    job = dg.define_asset_job(
        NIGHTLY,
        selection=dg.AssetSelection.all(),
        executor_def=dg.in_process_executor,
        description="From the landing folder to the published files, through every gate.",
    )
    schedule = dg.ScheduleDefinition(
        name="every_night",
        job=job,
        cron_schedule="0 2 * * *",
        execution_timezone="Europe/London",
    )
    return dg.Definitions(jobs=[job], schedules=[schedule])
