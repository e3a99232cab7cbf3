"""Dagster's view of the nights of many authorities: a partition for each, and one publication.

A code location of its own beside that of a single night. Two ways in, by the same functions:

- the asset `authorities/night` has a partition for each authority: Dagster's page shows whose night
  is missing, and a backfill runs those, each as a run of its own, by whatever launches runs;
- the job `every_authority` runs all of them as steps of one run, by whatever executes steps.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from orchestration.authority_nights import (
    Ended,
    authorities_to_run,
    publish_authorities,
    run_night_of,
)
from orchestration.ingest.landing import authorities_landed
from orchestration.publish.files import RELEASE_FILE
from orchestration.publish.places import newest
from orchestration.settings import Settings

NIGHT = dg.AssetKey(["authorities", "night"])
PUBLICATION = dg.AssetKey(["authorities", "published"])
EVERY_AUTHORITY = "every_authority"
SIDE_BY_SIDE = 2
RETRIES, SECONDS_BEFORE_RETRY = 1, 60


@dg.op(out=dg.DynamicOut(str), config_schema={"authorities": dg.Field([str], default_value=[])})
def landed(context: dg.OpExecutionContext) -> Iterator[dg.DynamicOutput[str]]:
    """Each authority that has landed something, or those that are asked for; with the night's
    as-at date, so that a run which goes past midnight is of one day."""
    settings = Settings.from_environment()
    for code in context.op_config["authorities"] or authorities_to_run(settings):
        yield dg.DynamicOutput(f"{code} {settings.as_at_date.isoformat()}", mapping_key=code)


@dg.op
def night(context: dg.OpExecutionContext, whose: str) -> str:
    """The night of one authority. One that did not publish is told at the end and stops nobody:
    what the authority published before stands."""
    code, day = whose.split()
    settings = Settings.from_environment()
    ended = run_night_of(code, dt.date.fromisoformat(day), settings.landing)
    if ended.is_worth_another_try and context.retry_number < RETRIES:
        raise dg.RetryRequested(RETRIES, SECONDS_BEFORE_RETRY)
    context.log.info(str(ended))
    if ended.is_published:
        context.log_event(dg.AssetMaterialization(NIGHT, partition=code, metadata=_told(ended)))
        return ""
    return f"{ended}; what it said is in {ended.said}"


@dg.op
def publication(
    failed: list[str],
) -> Iterator[dg.AssetMaterialization | dg.Output[None]]:
    """What the authorities have published, as one.

    Raises:
        Failure: a night did not publish; the others', and its earlier one, are published all the
            same.
    """
    # Told at once: what is only logged is lost with a step that fails.
    yield dg.AssetMaterialization(PUBLICATION, metadata=_publish())
    told = [one for one in failed if one]
    if told:
        raise dg.Failure("Published, with what stood before for: " + ". ".join(sorted(told)))
    yield dg.Output(None)


@dg.job(
    name=EVERY_AUTHORITY,
    # As so many unless a run says otherwise: what is configured as a plain value no run can change.
    executor_def=dg.multiprocess_executor.configured(
        lambda given: given,
        config_schema={"max_concurrent": dg.Field(int, default_value=SIDE_BY_SIDE)},
    ),
    description="Every authority's night, side by side, and their publications as one.",
)
def every_authority() -> None:
    """The nights as steps of one run."""
    publication(landed().map(night).collect())


def build_authority_defs(landing: Path) -> dg.Definitions:
    """The code location: partitions by the authorities that have a folder now; who lands for the
    first time is seen when it is loaded again."""
    partitions = dg.StaticPartitionsDefinition(
        authorities_landed(landing) if landing.is_dir() else []
    )

    @dg.asset(
        key=NIGHT,
        partitions_def=partitions,
        description="One authority's night, in a process and a data folder of its own.",
        group_name="authorities",
    )
    def authority_night(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        settings = Settings.from_environment()
        ended = run_night_of(context.partition_key, settings.as_at_date, settings.landing)
        if ended.is_worth_another_try:
            raise dg.RetryRequested(RETRIES, SECONDS_BEFORE_RETRY)
        if not ended.is_published:
            raise dg.Failure(f"{ended}. What it said is in {ended.said}.", allow_retries=False)
        return dg.MaterializeResult(metadata=_told(ended))

    @dg.asset(
        key=PUBLICATION,
        deps=[authority_night],
        description="What the authorities have published, tonight or before, as one.",
        group_name="authorities",
    )
    def authorities_published() -> dg.MaterializeResult[None]:
        return dg.MaterializeResult(metadata=_publish())

    schedule = dg.ScheduleDefinition(
        name="every_authority_every_night",
        job=every_authority,
        cron_schedule="0 2 * * *",
        execution_timezone="Europe/London",
    )
    return dg.Definitions(
        assets=[authority_night, authorities_published],
        jobs=[every_authority],
        schedules=[schedule],
    )


def _publish() -> dict[str, int]:
    # Imported here: what draws charts takes a second that nothing else should wait for.
    from orchestration.report.site import draw_site

    settings = Settings.from_environment()
    published = publish_authorities(settings)
    drawn = draw_site(newest(settings.published, RELEASE_FILE), settings.site)
    rows = {f"rows in {file}": sum(rows.values()) for file, rows in published.row_counts.items()}
    return rows | {"publication": published.number, "pages": drawn.pages}


def _told(ended: Ended) -> dict[str, str]:
    return {"what it said": str(ended.said)}


@dg.definitions
def defs() -> dg.Definitions:
    """What Dagster loads, with settings from the environment."""
    return build_authority_defs(Settings.from_environment().landing)
