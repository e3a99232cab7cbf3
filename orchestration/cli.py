"""``outcomes``: a thin face on the functions that Dagster calls."""

import secrets
import shutil
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from orchestration import report_run
from orchestration.contracts import load_contracts
from orchestration.settings import PROJECT, MissingSetting, Settings
from orchestration.sources import write_sources

app = typer.Typer(
    help="Did we make a difference for children? From extracts to triangulated outcome measures.",
    no_args_is_help=True,
    add_completion=False,
)


@app.command()
def run(
    landing: Annotated[Path | None, typer.Option(help="Folder of extracts to measure")] = None,
    authority: Annotated[
        str | None,
        typer.Option(help="Code for files that neither lie in an authority's folder nor name one"),
    ] = None,
    as_at: Annotated[
        str | None, typer.Option(help="Last day the figures may know of, yyyy-mm-dd")
    ] = None,
    verbose: Annotated[bool, typer.Option(help="Show every line of Dagster's log")] = False,
) -> None:
    """Run the nightly job once and say what came of it."""
    given = {
        "OUTCOMES_LANDING": str(landing) if landing else "",
        "OUTCOMES_AUTHORITY": authority or "",
        "OUTCOMES_AS_AT": as_at or "",
    }
    try:
        settings = Settings.from_environment(given={k: v for k, v in given.items() if v})
    except MissingSetting as error:
        typer.echo(f"Cannot start. {error}", err=True)
        raise typer.Exit(2) from error
    raise typer.Exit(report_run.run_and_report(settings, verbose=verbose))


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="A query on the published tables")],
    internal: Annotated[bool, typer.Option(help="Use the internal file")] = False,
) -> None:
    """Ask the published file a question in SQL."""
    from orchestration.publish.files import INTERNAL_FILE, RELEASE_FILE

    data = Settings.data_folder()
    file = data / "published" / (INTERNAL_FILE if internal else RELEASE_FILE)
    if not file.exists():
        typer.echo(f"Nothing is published yet: there is no {file}. Run `make run` first.", err=True)
        raise typer.Exit(2)
    width = shutil.get_terminal_size((200, 50)).columns
    with duckdb.connect(str(file), read_only=True) as connection:
        try:
            connection.sql(sql).show(max_rows=200, max_width=width)
        except duckdb.Error as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from error


@app.command("make-key")
def make_key(
    file: Annotated[Path, typer.Argument(help="Where to keep the key; never in git")],
) -> None:
    """Make a pseudonym key, unless the file is there already."""
    if file.exists():
        typer.echo(f"{file} is there already and stays as it is: a new key makes new pseudonyms.")
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(secrets.token_hex(32) + "\n", encoding="utf-8")
    typer.echo(
        f"Made a pseudonym key in {file}. Keep it safe and secret: whoever has it can find a child "
        "by a known number, and with another key every child gets another pseudonym."
    )


@app.command()
def sources() -> None:
    """Write models/staging/_sources.yml from the contracts."""
    write_sources(load_contracts(PROJECT / "expectations" / "extracts"))


if __name__ == "__main__":
    app()
