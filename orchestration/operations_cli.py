"""The commands that look after an installation; each is registered in ``cli``."""

import datetime as dt
from typing import Annotated

import typer

from orchestration.settings import PROJECT, Settings

AsJson = Annotated[bool, typer.Option("--json", help="The same for a machine")]


def status(as_json: AsJson = False) -> None:
    """Say when a night last published, what failed since, which gate is shut and what is stale.

    Ends with 0 where all is well and 1 where somebody has to see to something.
    """
    from orchestration.status import as_text
    from orchestration.status import status as status_of

    found = status_of(
        Settings.data_folder() / "warehouse",
        PROJECT / "expectations" / "freshness.yml",
        dt.datetime.now().astimezone(),
    )
    typer.echo(found.as_json() if as_json else as_text(found))
    raise typer.Exit(found.exit_code)


def doctor(as_json: AsJson = False) -> None:
    """Look an installation over: versions, folders, space, key, clock, landing, published files.

    Changes nothing. Ends with 0 where all is well and 1 where something is wanting.
    """
    from orchestration.doctor import as_json as written
    from orchestration.doctor import as_text, examine

    findings = examine()
    typer.echo(written(findings) if as_json else as_text(findings))
    raise typer.Exit(0 if all(finding.is_well for finding in findings) else 1)
