"""The commands that look after an installation; each is registered in ``cli``."""

import datetime as dt
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from orchestration.secret import make_key
from orchestration.settings import PROJECT, MissingSetting, Settings

# What runs make, in the data folder.
MADE = ("county", "warehouse", "published", "dagster", "dbt", "spark", "last_run.log")
COUNTY_AS_AT = "2026-03-31"
AsJson = Annotated[bool, typer.Option("--json", help="The same for a machine")]


def status(as_json: AsJson = False) -> None:
    """Say when a night last published, what failed since, which gate is shut and what is stale.

    Ends with 0 where all is well and 1 where somebody has to see to something.
    """
    from orchestration.status import as_text
    from orchestration.status import status as status_of

    found = status_of(
        Settings.data_folder() / "warehouse",
        PROJECT / "seeds" / "case_model" / "feed_freshness.csv",
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


def dev() -> None:
    """Open Dagster's page on this machine (needs one night first)."""
    from orchestration.run_history import prepare_home

    data = Settings.data_folder()
    prepare_home(data / "dagster")
    tools = Path(sys.executable).parent
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(data / "dagster"),
        "PATH": os.pathsep.join((str(tools), os.environ.get("PATH", ""))),
    }
    county = data / "county" / "landing"
    if not os.environ.get("OUTCOMES_LANDING") and county.is_dir():
        environment["OUTCOMES_LANDING"] = str(county)
    dg = shutil.which("dg", path=environment["PATH"])
    if dg is None:
        typer.echo("Dagster's command dg is not beside this Python: install again.", err=True)
        raise typer.Exit(2)
    raise typer.Exit(
        subprocess.run([dg, "dev"], cwd=PROJECT, env=environment, check=False).returncode
    )


def county(
    as_at: Annotated[
        str, typer.Option(help="Last day the figures may know of, yyyy-mm-dd")
    ] = COUNTY_AS_AT,
) -> None:
    """Simulate a county, unless it is there already, and run a night on it."""
    from orchestration.contracts import CONTRACTS, load_contracts
    from orchestration.progress_bar import bar
    from orchestration.report_run import run_and_report
    from orchestration.simulate.options import options_from
    from orchestration.simulate.simulation import simulate

    place = Settings.data_folder() / "county"
    given = {"OUTCOMES_LANDING": str(place / "landing"), "OUTCOMES_AS_AT": as_at}
    settings = Settings.from_environment(given=given | _key_file())
    # Marked when it is whole: one that was broken off is made anew.
    if not (place / "made").exists():
        shutil.rmtree(place, ignore_errors=True)
        with bar() as tell:
            options = options_from("county", {"as_at": COUNTY_AS_AT})
            simulate(place, options, load_contracts(CONTRACTS), tell)
        (place / "made").touch()
    raise typer.Exit(run_and_report(settings))


def _key_file() -> dict[str, str]:
    """Where the pseudonym key is, made where there is none yet: of invented children only."""
    if os.environ.get("OUTCOMES_PSEUDONYM_KEY"):
        return {}
    name = os.environ.get("OUTCOMES_PSEUDONYM_KEY_FILE")
    file = Path(name) if name else Settings.data_folder() / "pseudonym.key"
    if not file.exists():
        typer.echo(make_key(file))
    return {"OUTCOMES_PSEUDONYM_KEY_FILE": str(file)}


def spark(
    folder: Annotated[
        Path | None,
        typer.Option(help="Where the cluster works and its tables are left", show_default="spark"),
    ] = None,
    room: Annotated[
        list[str] | None,
        typer.Option(help="Only this room; those before it as well", show_default="all"),
    ] = None,
) -> None:
    """Build the last night's models on a Spark cluster of this machine and compare every table.

    Needs Java 17 and the optional packages. Ends with 0 where all tables are equal, 1 where any
    differs, 2 where it could not be tried and 3 where there is no Spark here.
    """
    from orchestration.database import CannotOpen
    from orchestration.spark.cluster import ClusterDidNotStart, NoSpark
    from orchestration.spark.compare import KeyIsNotUnique
    from orchestration.spark_run import ROOMS, CannotCompare, DbtFailed, build_and_compare

    wrong = (CannotCompare, CannotOpen, ClusterDidNotStart, DbtFailed, KeyIsNotUnique)
    try:
        settings = Settings.from_environment()
        equal = build_and_compare(settings, folder or settings.data / "spark", room or ROOMS)
    except NoSpark as error:
        typer.echo(f"Skipped. {error}", err=True)
        raise typer.Exit(3) from error
    except (MissingSetting, *wrong) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    raise typer.Exit(0 if equal else 1)


def clean(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
) -> None:
    """Remove the warehouse, the published files, the logs and the simulated county.

    Keys and landed files stay. What a warehouse keeps from night to night goes with it.
    """
    from orchestration.night import is_going_on

    data = Settings.data_folder()
    if is_going_on(data / "warehouse"):
        typer.echo("A night is going on: nothing was removed.", err=True)
        raise typer.Exit(3)
    made = [data / name for name in MADE if (data / name).exists()]
    if not made:
        typer.echo(f"There is nothing to remove in {data}.")
        return
    typer.echo("\n".join(str(path) for path in made))
    if not yes:
        typer.confirm("Remove all of these?", abort=True)
    for path in made:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
