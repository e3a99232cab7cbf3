"""The commands about many authorities; each is registered in ``cli``."""

import os
from pathlib import Path
from typing import Annotated

import typer

from orchestration.settings import MissingSetting, Settings


def run_each(
    landing: Annotated[
        Path | None, typer.Option(help="Folder with a folder of extracts for each authority")
    ] = None,
    authorities: Annotated[
        str | None, typer.Option(help="Codes parted by commas", show_default="all that landed")
    ] = None,
    as_at: Annotated[
        str | None, typer.Option(help="Last day the figures may know of, yyyy-mm-dd")
    ] = None,
    at_once: Annotated[int, typer.Option(min=1, help="Nights that go on at the same time")] = 2,
) -> None:
    """Run a night for each authority, side by side, and publish them together.

    Each has a data folder of its own, data/authorities/<code>; the one publication is in
    data/published. Ends with 0 where every night has published and 1 where one has not: then what
    that authority published before stands.
    """
    import dagster as dg

    from orchestration.authority_defs import every_authority
    from orchestration.authority_nights import NothingLanded, authorities_to_run, publications
    from orchestration.run_history import prepare_home

    given = {
        "OUTCOMES_LANDING": str(landing.resolve()) if landing else "",
        "OUTCOMES_AS_AT": as_at or "",
    }
    # The steps are processes of their own, and are told by the environment.
    os.environ.update({name: value for name, value in given.items() if value})
    os.environ.pop("OUTCOMES_ONLY_AUTHORITY", None)
    try:
        settings = Settings.from_environment()
        codes = authorities.split(",") if authorities else authorities_to_run(settings)
    except (MissingSetting, NothingLanded) as error:
        typer.echo(f"Cannot start. {error}", err=True)
        raise typer.Exit(2) from error
    typer.echo(f"{len(codes)} nights, {at_once} at a time: {', '.join(codes)}")
    prepare_home(settings.dagster_home)
    with (
        dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance,
        dg.execute_job(
            dg.reconstructable(every_authority),
            instance,
            run_config={
                "ops": {"landed": {"config": {"authorities": codes}}},
                "execution": {"config": {"max_concurrent": at_once}},
                "loggers": {"console": {"config": {"log_level": "ERROR"}}},
            },
        ) as result,
    ):
        ended = result.success
    published = publications(settings.data)
    for code in codes:
        data = Settings.data_folder({**os.environ, "OUTCOMES_ONLY_AUTHORITY": code})
        typer.echo(
            f"  {code}   {'published in' if code in published else 'never published:'} {data}"
        )
    typer.echo(f"Together in {settings.published}." if published else "Nothing was published.")
    raise typer.Exit(0 if ended else 1)
