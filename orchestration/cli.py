"""``outcomes``: a thin face on the functions that Dagster calls."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from orchestration import (
    authorities_cli,
    describe,
    develop_cli,
    operations_cli,
    privacy_cli,
    secret,
)
from orchestration.contracts import CONTRACTS, load_contracts
from orchestration.database import CannotOpen, is_encrypted, open_database
from orchestration.privacy_cli import told_without_trace
from orchestration.settings import MissingSetting, Settings
from orchestration.sources import write_sources

app = typer.Typer(
    help="Did we make a difference for children? From extracts to triangulated outcome measures.",
    no_args_is_help=True,
    add_completion=False,
)
app.command()(operations_cli.status)
app.command()(operations_cli.doctor)
app.command()(operations_cli.dev)
app.command()(operations_cli.county)
app.command()(operations_cli.clean)
app.add_typer(develop_cli.app, name="develop")
app.command("run-each")(authorities_cli.run_each)
app.command()(operations_cli.spark)


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
    only: Annotated[
        str | None,
        typer.Option(help="Code of the one authority to run, in a data folder of its own"),
    ] = None,
    wait: Annotated[
        float | None,
        typer.Option(
            min=0, help="Minutes to wait where another night is going on", show_default="120"
        ),
    ] = None,
    verbose: Annotated[bool, typer.Option(help="Show every line of Dagster's log")] = False,
) -> None:
    """Run the nightly job once and say what came of it."""
    # Imported here, as further down: other commands should not wait for what one of them needs.
    from orchestration.report_run import run_and_report

    given = {
        "OUTCOMES_LANDING": str(landing) if landing else "",
        "OUTCOMES_AUTHORITY": authority or "",
        "OUTCOMES_AS_AT": as_at or "",
        "OUTCOMES_ONLY_AUTHORITY": only or "",
        "OUTCOMES_WAIT": "" if wait is None else f"{wait:g}",
    }
    try:
        settings = Settings.from_environment(given={k: v for k, v in given.items() if v})
        raise typer.Exit(run_and_report(settings, verbose=verbose))
    except (MissingSetting, CannotOpen) as error:
        typer.echo(f"Cannot start. {error}", err=True)
        raise typer.Exit(2) from error


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A file, or a folder exported together")],
    authority: Annotated[
        str | None, typer.Option(help="Whose it is, where neither its folder nor it says so")
    ] = None,
    as_at: Annotated[
        str | None, typer.Option(help="Last day the figures may know of, yyyy-mm-dd")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write the report as a web page too")] = None,
) -> None:
    """Say what would become of a file, without loading anything.

    Ends with 0 where everything loads, 1 where something needs attention, 2 where it cannot be
    read.
    """
    from orchestration.check_file import as_page, as_text, check
    from orchestration.progress_bar import bar

    given = {"OUTCOMES_AUTHORITY": authority or "", "OUTCOMES_AS_AT": as_at or ""}
    try:
        settings = Settings.from_environment(
            # Nothing is kept, so neither is the key.
            given={k: v for k, v in given.items() if v}
            | {"OUTCOMES_PSEUDONYM_KEY": secrets.token_hex(32)}
        )
        with bar() as tell:
            tell(f"Reading {file.name}", None)
            report = check(
                file,
                load_contracts(CONTRACTS),
                settings.as_at_date,
                authority=settings.authority_code,
                landing=settings.landing,
            )
    except (MissingSetting, FileNotFoundError) as error:
        typer.echo(f"Cannot check. {error}", err=True)
        raise typer.Exit(2) from error
    typer.echo(as_text(report))
    if html:
        html.write_text(as_page(report), encoding="utf-8")
        typer.echo(f"The same as a page: {html}")
    raise typer.Exit(report.exit_code)


@app.command()
def contracts(
    name: Annotated[str | None, typer.Argument(help="An extract, or a family of them")] = None,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="One row per column, for a machine")
    ] = False,
) -> None:
    """List the extracts that can be landed, or describe one."""
    known = load_contracts(CONTRACTS)
    try:
        chosen = describe.find(known, name) if name else list(known.values())
    except describe.UnknownExtract as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    if as_csv:
        typer.echo(describe.data_dictionary(chosen), nl=False)
    elif name in known:
        typer.echo(describe.describe_extract(chosen[0], describe.read_code_lists()))
    else:
        typer.echo(describe.list_extracts(chosen))
        typer.echo("\n`outcomes contracts <name>` describes one, column by column.")


class TemplateFormat(StrEnum):
    """What a template is written as."""

    XLSX = "xlsx"
    CSV = "csv"


@app.command()
def template(
    name: Annotated[str, typer.Argument(help="An extract, or a family for all of its lists")],
    format: Annotated[
        TemplateFormat | None, typer.Option(help="xlsx unless the name of --out says otherwise")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write it; <name>.xlsx here")] = None,
) -> None:
    """Write an empty file with the headings of an extract, to be filled in."""
    from orchestration.template import NoTemplate, write_template

    ending = format or (out.suffix.lower().lstrip(".") if out else "") or TemplateFormat.XLSX
    file = out or Path(f"{name}.{ending}")
    try:
        if ending not in list(TemplateFormat) or file.suffix.lower() != f".{ending}":
            raise NoTemplate("A template is written as .xlsx or .csv, as the file's name says.")
        if file.exists():
            raise NoTemplate(f"{file} is there already and stays as it is: name another.")
        chosen = describe.find(load_contracts(CONTRACTS), name)
        written = write_template(chosen, file, describe.read_code_lists())
    except (NoTemplate, describe.UnknownExtract) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    typer.echo(f"Wrote {file}: {', '.join(contract.extract for contract in written)}.")


@app.command()
def simulate(
    out: Annotated[Path, typer.Argument(help="Folder to write landing/ and truth/ in")],
    preset: Annotated[
        str | None,
        typer.Option(help="county: one that sends everything, with three neighbours; region: four"),
    ] = None,
    authorities: Annotated[
        int | None, typer.Option(help="How many invented authorities", show_default="4")
    ] = None,
    senders: Annotated[
        int | None,
        typer.Option(
            help="How many of them send extracts; the others are in published figures alone",
            show_default="all",
        ),
    ] = None,
    children: Annotated[
        int | None,
        typer.Option(
            help="Children who live in the first; the others are of other sizes",
            show_default="12000",
        ),
    ] = None,
    years: Annotated[
        int | None, typer.Option(help="Reporting years that are written", show_default="6")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Another seed, other lives", show_default="1")
    ] = None,
    as_at: Annotated[
        str | None,
        typer.Option(help="Last day of the world, yyyy-mm-dd", show_default="2026-03-31"),
    ] = None,
    formats: Annotated[
        list[str] | None,
        typer.Option(help="family=form where it is not the usual one, as in ssda903=xml"),
    ] = None,
    errors: Annotated[
        str | None,
        typer.Option(help="Faults of files: none, realistic or hostile", show_default="none"),
    ] = None,
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            help="One to switch on, as in step_change or step_change:factor=2; any number of times"
        ),
    ] = None,
) -> None:
    """Make an invented county: extracts in every real format, and the truth beside them."""
    from orchestration.progress_bar import bar
    from orchestration.simulate.feeds import BadForm
    from orchestration.simulate.options import BadOptions, options_from
    from orchestration.simulate.simulation import simulate as simulate_all

    given = {
        "authorities": authorities,
        "senders": senders,
        "children": children,
        "years": years,
        "seed": seed,
        "as_at": as_at,
        "formats": tuple(formats or ()),
        "errors": errors,
        "scenarios": tuple(scenario or ()),
    }
    try:
        options = options_from(preset, given)
        with bar() as tell:
            written = simulate_all(out, options, load_contracts(CONTRACTS), tell)
    except (BadOptions, BadForm) as error:
        typer.echo(f"Cannot simulate. {error}", err=True)
        raise typer.Exit(2) from error
    typer.echo(f"Wrote {len(written)} files below {out / 'landing'}.")
    typer.echo(f"The truth, which the pipeline never reads, is in {out / 'truth'}.")
    typer.echo(f"Measure them: outcomes run --landing {out / 'landing'} --as-at {options.as_at}")


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="A query on the published tables")],
    internal: Annotated[bool, typer.Option(help="Use the internal file")] = False,
) -> None:
    """Ask the published file a question in SQL."""
    width = shutil.get_terminal_size((200, 50)).columns
    with _open_published(internal=internal) as published:
        try:
            published.sql(sql).show(max_rows=200, max_width=width)
        except duckdb.Error as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(1) from error


@app.command()
def trace(
    indicator: Annotated[str, typer.Argument(help="Indicator of reference.indicators")],
    authority: Annotated[str, typer.Argument(help="Three-digit code")],
    period: Annotated[str, typer.Argument(help="As in 2025-26, 2025-26-Q1 or 2025-04")],
    limit: Annotated[int, typer.Option(min=0, help="How many records of each kind to list")] = 10,
) -> None:
    """Say what a figure is made of: its records, files and lines, and why the others are out.

    Reads the internal file: pseudonyms and unsuppressed counts, for authorised analysts.
    """
    from orchestration.trace import NothingToTrace, as_text
    from orchestration.trace import trace as trace_figure

    with _open_published(internal=True) as published:
        try:
            typer.echo(as_text(trace_figure(published, indicator, authority, period, limit)))
        except NothingToTrace as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(2) from error


@app.command()
def report(
    out: Annotated[
        Path | None, typer.Option(help="Folder of the site", show_default="data/published/site")
    ] = None,
) -> None:
    """Draw the report site again from the published file that anyone may see."""
    from orchestration.night import AnotherNight, held
    from orchestration.progress_bar import bar
    from orchestration.publish.files import RELEASE_FILE
    from orchestration.publish.places import newest
    from orchestration.report.site import CannotDraw, draw_site

    data = Settings.data_folder()
    published = data / "published"
    try:
        with nullcontext() if out else held(data / "warehouse"), bar() as tell:
            drawn = draw_site(newest(published, RELEASE_FILE), out or published / "site", tell)
    except AnotherNight as error:
        typer.echo(f"{error} Or draw it in a folder of its own, with --out.", err=True)
        raise typer.Exit(3) from error
    except CannotDraw as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    typer.echo(f"Drew {drawn.pages} pages and {drawn.charts} charts. Open {drawn.front}.")


@app.command()
def publish(
    number: Annotated[
        int | None,
        typer.Argument(help="Which publication to put back", show_default="the one before"),
    ] = None,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Put an earlier publication back")
    ] = False,
) -> None:
    """List the publications that are kept, or put an earlier one back.

    Files, Parquet, manifest and report site go back together. The warehouse stays as it is, and
    the next night publishes as always. Ends with 3 while a night is going on.
    """
    from orchestration.night import AnotherNight, held
    from orchestration.publish.files import CannotPublish, roll_back
    from orchestration.publish.versions import CannotPutBack, kept_publications

    data = Settings.data_folder()
    published = data / "published"
    if not rollback:
        if number is not None:
            typer.echo(f"Nothing was changed. To put it back: outcomes publish --rollback {number}")
            raise typer.Exit(2)
        kept = kept_publications(published)
        for one in kept:
            of = f"as at {one.manifest.get('as_at_date')}, {one.manifest.get('published_at')}"
            typer.echo(f"{one.number:>6}  {of}{'  in place' if one.is_in_place else ''}")
        if not kept:
            typer.echo("No publication is kept yet. Run `make run` first.")
        return
    try:
        with held(data / "warehouse"):
            put_back = roll_back(published, number)
            typer.echo(
                f"Publication {put_back.number} is in place again, as at "
                f"{put_back.manifest.get('as_at_date')}."
            )
            if not put_back.has_site:
                # A site that cannot be drawn stops no publication, be it a new or an earlier one.
                with suppress(typer.Exit):
                    report()
    except AnotherNight as error:
        typer.echo(f"{error} Nothing was put back.", err=True)
        raise typer.Exit(3) from error
    except (CannotPublish, CannotPutBack) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


@app.command()
def docs(
    out: Annotated[
        Path | None, typer.Option(help="Folder to write in", show_default="data/docs")
    ] = None,
    checks: Annotated[
        bool,
        typer.Option("--checks", help="Run every check again and write Great Expectations' pages"),
    ] = False,
) -> None:
    """Write the data dictionary: every table, column and test, and what is made of what.

    It opens the warehouse, so it cannot run while a night does.
    """
    from orchestration.progress_bar import bar
    from orchestration.transform.docs import CannotDescribe, write_docs

    settings = Settings.from_environment(given={"OUTCOMES_PSEUDONYM_KEY": secrets.token_hex(32)})
    folder = out or settings.data / "docs"
    try:
        with bar() as tell:
            tell("describing tables", None)
            dictionary, lineage = write_docs(settings, folder)
            if checks:
                from orchestration.check_docs import write_check_docs

                tell("running every check", None)
                write_check_docs(settings, folder / "checks")
    except CannotDescribe as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    typer.echo(f"Wrote {dictionary}, to open in a browser, and {lineage}.")
    if checks:
        typer.echo(f"What each gate found: {folder / 'checks' / 'index.html'}.")


@app.command()
def superset(
    out: Annotated[Path, typer.Argument(help="Zip to write")] = Path("csc_outcomes_superset.zip"),
    file: Annotated[
        Path | None,
        typer.Option(
            help="Release file, where Superset sees it",
            show_default="data/published/csc_outcomes.duckdb",
        ),
    ] = None,
) -> None:
    """Write a dashboard on the release file for Apache Superset to import."""
    from orchestration.publish.files import RELEASE_FILE
    from orchestration.publish.superset import write_bundle

    write_bundle(file or Settings.data_folder() / "published" / RELEASE_FILE, out)
    typer.echo(f"Wrote {out}. Import it: superset import-dashboards -p {out} -u admin")


@app.command("make-key")
def make_key(
    file: Annotated[Path, typer.Argument(help="Where to keep the key; never in git")],
) -> None:
    """Make a pseudonym key, unless the file is there already."""
    if file.exists():
        typer.echo(f"{file} is there already and stays as it is: a new key makes new pseudonyms.")
        return
    typer.echo(secret.make_key(file))


@app.command()
def sources() -> None:
    """Write models/staging/_sources.yml from the contracts."""
    write_sources(load_contracts(CONTRACTS))


@app.command()
def catalogue() -> None:
    """Write docs/catalogue.md and docs/requirements.md from the seeds of the frameworks."""
    from orchestration.catalogue import write_catalogue
    from orchestration.requirements import write_requirements

    write_catalogue()
    write_requirements()


app.command()(privacy_cli.reidentify)
app.command()(privacy_cli.erase)
app.command()(privacy_cli.retention)
app.command("audit")(privacy_cli.show_audit)
app.command()(privacy_cli.encrypt)
app.command()(privacy_cli.rotate_key)
app.command()(privacy_cli.open_table)


@contextmanager
def _open_published(*, internal: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    """The file that was published last, read-only; ends the command where there is none, or where
    its key is not given."""
    from orchestration.publish.files import INTERNAL_FILE, RELEASE_FILE
    from orchestration.publish.places import newest

    name = INTERNAL_FILE if internal else RELEASE_FILE
    file = newest(Settings.data_folder() / "published", name)
    if not file.exists():
        typer.echo(f"Nothing is published yet: there is no {file}. Run `make run` first.", err=True)
        raise typer.Exit(2)
    with told_without_trace():
        key = Settings.encryption_key_of() if is_encrypted(file) else None
    with told_without_trace(), open_database(file, key, read_only=True) as published:
        yield published


if __name__ == "__main__":
    app()
