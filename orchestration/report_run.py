"""Run the nightly job here and now, and tell a person what came of it."""

import json
import sys
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from textwrap import indent, wrap
from typing import Any
from uuid import uuid4

import dagster as dg
import duckdb
import typer

from orchestration.alerts import TOLD_TAG, Alert, send
from orchestration.automation import NIGHTLY, PUBLISH_STEP
from orchestration.failures import told_reason
from orchestration.ingest.assets import INGEST_STEP
from orchestration.ingest.load import count_rows
from orchestration.night import PUBLISHED, AnotherNight, note_broken_off, one_night, past_nights
from orchestration.progress_bar import Tell, bar, follow_run
from orchestration.publish.files import INTERNAL_FILE, RELEASE_FILE
from orchestration.publish.places import left_behind, newest
from orchestration.publish.versions import PARQUET
from orchestration.run_history import open_history
from orchestration.settings import Settings

# Tables that other tables look things up in: a table is not empty because of them.
WHO_AND_WHEN = ("children", "identities", "source_coverage")
TRY_NEXT = (
    (
        "How has each headline measure moved?",
        False,
        "select indicator_id, period_id, value, lower95, upper95, n_denominator, symbol\n"
        "from outcomes.indicator_values\n"
        "where breakdown = 'all' and period_type = 'year' order by all",
    ),
    (
        "What may be said of each outcome, and which evidence is silent?",
        False,
        "select outcome_id, period_id, cohort_reading, convergence, overall, silent_data_types\n"
        "from outcomes.triangulated_outcomes where cohort_reading <> 'SIL' order by all",
    ),
    (
        "Which children are behind a figure, and on which line of which file?",
        True,
        "select r.child_id[:12] as child, r.numerator_flag, r.evidence, f.file_name,\n"
        "    r._row_number as line\n"
        "from measures.measure_records as r\n"
        "inner join quality.extract_files as f on r._file_sha256 = f.file_sha256\n"
        "where r.indicator_id = 'rees_child_stability_3plus_placements'\n"
        "    and r.period_type = 'year' and r.numerator_flag = 1 and f.family = 'ssda903'\n"
        "order by r.period_id desc, 1 limit 10",
    ),
)


def run_and_report(settings: Settings, *, verbose: bool = False) -> int:
    """Run the night and print what was read, measured and published; 0 when it was published, 3
    when another night was going on and did not end in time."""
    try:
        with one_night(
            settings.warehouse, settings.as_at_date.isoformat(), settings.wait_minutes, typer.echo
        ):
            exit_code = _run_and_report(settings, verbose)
    except AnotherNight as error:
        typer.echo(str(error), err=True)
        return 3
    _alert(settings)
    return exit_code


def _alert(settings: Settings) -> None:
    """Tell whom it may concern, where the night that has just ended failed."""
    night = past_nights(settings.warehouse.parent)[-1]
    if night.outcome == PUBLISHED and not night.failed_step:
        return
    alert = Alert(
        host=night.host,
        as_at_date=night.as_at_date,
        failed_step=night.failed_step,
        reason=night.reason,
        is_published=night.outcome == PUBLISHED,
    )
    for way in send(alert, settings.alerts):
        typer.echo(f"The alert could not be sent by {way}.", err=True)


def _run_and_report(settings: Settings, verbose: bool) -> int:
    # Imported here: loading every asset takes seconds that `outcomes --help` should not wait for.
    from orchestration.definitions import build_defs

    typer.echo(
        f"Reading {settings.landing}, as at {settings.as_at_date:%d %B %Y}. "
        "This takes some minutes."
    )
    log = settings.data / "last_run.log"
    settings.data.mkdir(parents=True, exist_ok=True)
    # dbt tells every step; a person wants the outcome, and the log when something is wrong.
    with (
        bar(is_shown=not verbose) as tell,
        log.open("w", encoding="utf-8") as quiet,
        redirect_stdout(sys.stdout if verbose else quiet),
        redirect_stderr(sys.stderr if verbose else quiet),
    ):
        tell("start", None)
        result = _run(build_defs(settings), settings, verbose, tell)
    finished = {event.step_key for event in result.all_events if event.is_step_success}
    is_published = PUBLISH_STEP in finished
    if INGEST_STEP in finished:
        with settings.open_to_read() as warehouse:
            _tell_files(warehouse)
            _tell_layouts(warehouse)
            _tell_checks(warehouse)
            if is_published:
                _tell_empty(warehouse, settings.dbt_target / "manifest.json")
                _tell_unmeasured(warehouse)
    if not is_published:
        typer.echo("\nNothing was published: what was published before stays as it was.")
        _tell_failure(result, settings)
        # A night that was interrupted has no step that failed, and is no part of one either.
        note_broken_off(settings.warehouse.parent)
        return 1
    _tell_published(settings)
    if not result.success:
        typer.echo("\nThe report site was not drawn: the one that was there stays as it was.")
        _tell_failure(result, settings)
    return 0


def _run(
    defs: dg.Definitions, settings: Settings, verbose: bool, tell: Tell
) -> dg.ExecuteInProcessResult:
    with open_history(settings) as instance:
        level = "INFO" if verbose else "ERROR"
        job, run_id = defs.resolve_job_def(NIGHTLY), str(uuid4())
        follow_run(instance, run_id, len(job.asset_layer.selected_asset_keys), tell)
        return job.execute_in_process(
            instance=instance,
            run_id=run_id,
            raise_on_error=False,
            tags={TOLD_TAG: "by the command"},
            run_config={"loggers": {"console": {"config": {"log_level": level}}}},
        )


def _tell_files(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        """
        select
            file_name,
            any_value(status),
            any_value(coalesce(local_authority_code, '')),
            any_value(return_year),
            coalesce(sum(rows_read), 0),
            coalesce(sum(rows_loaded), 0),
            coalesce(sum(rows_quarantined), 0),
            coalesce(sum(rows_with_emptied_cells), 0),
            any_value(reason),
            any_value(notes)
        from quality.extract_files group by file_name order by file_name
        """
    ).fetchall()
    loaded = [row for row in rows if row[1] in ("loaded", "superseded")]
    typer.echo(f"\nFiles: {len(loaded)} of {len(rows)} read")
    typer.echo(f"  {'rows read':>10} {'loaded':>8} {'quarant.':>8} {'emptied':>8}  file")
    for name, status, authority, year, read, kept, lost, emptied, _, _ in loaded:
        of = " ".join(str(part) for part in (authority, year or "") if part)
        mark = " (superseded)" if status == "superseded" else ""
        typer.echo(f"  {read:>10,} {kept:>8,} {lost:>8,} {emptied:>8,}  {name} [{of}]{mark}")
    _tell_list("Notes for the sender", _together((row[0], row[9]) for row in loaded))
    _tell_list("Not read", _together((row[0], row[8]) for row in rows if row not in loaded))
    for title, table in (
        ("Quarantined rows, not loaded", "quality.quarantined_rows"),
        ("Emptied cells, in rows that were loaded", "quality.emptied_cells"),
    ):
        faults = warehouse.execute(
            f"""
            select
                extract || coalesce('.' || nullif(column_name, ''), ''),
                reason || ' (' || count(*)
                || ', first ' || min_by(
                    file_name || ' line ' || line_number, row(file_name, line_number)
                ) || ')'
            from {table} group by extract, column_name, reason order by all
            """
        ).fetchall()
        _tell_list(f"{title} (each in {table})", faults)


def _tell_layouts(warehouse: duckdb.DuckDBPyConnection) -> None:
    """What is no longer as in the file before; columns that were never sent are in the table."""
    changed = warehouse.execute(
        """
        select
            extract || '.' || column_name,
            change || ' in ' || file_name || coalesce(' (' || cell_count || ' cells)', '')
            || '. ' || meaning
        from quality.schema_changes where change <> 'missing_column' order by all
        """
    ).fetchall()
    _tell_list("Layouts that changed (each in quality.schema_changes)", changed)


def _together(files: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Files that have the same thing said of them, named together."""
    said: dict[str, list[str]] = {}
    for name, text in files:
        if text:
            said.setdefault(text, []).append(name)
    return [(", ".join(names), text) for text, names in said.items()]


def _tell_checks(warehouse: duckdb.DuckDBPyConnection) -> None:
    try:
        failed = warehouse.execute(
            "select table_name || ' ' || check_name, severity || ': ' || unexpected_count "
            "|| ' rows. ' || why from quality.check_results where not passed order by all"
        ).fetchall()
    except duckdb.CatalogException:
        return  # The night stopped before the first gate.
    _tell_list("Checks not met (warnings report, critical ones shut a gate)", failed)


def _tell_empty(warehouse: duckdb.DuckDBPyConnection, manifest: Path) -> None:
    """Empty tables of the case model, and why: what they are made of is empty too, or has nothing
    that belongs in them."""
    graph = json.loads(manifest.read_text(encoding="utf-8"))
    rows = {
        (schema, table): count_rows(warehouse, f'{schema}."{table}"')
        for schema, table in warehouse.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where not internal and database_name = current_database()"
        ).fetchall()
    }
    reasons = [
        (".".join(_room(node)), _why_empty(key, graph, rows))
        for key, node in graph["nodes"].items()
        if _room(node)[0] in ("intermediate", "cohorts") and rows.get(_room(node)) == 0
    ]
    _tell_list("Empty tables, and why", _together(sorted(reasons)))


def _why_empty(key: str, graph: dict[str, Any], rows: dict[tuple[str, str], int]) -> str:
    empty, others = set(), set()
    waiting = [key]
    while waiting:
        for parent in graph["parent_map"].get(waiting.pop(), []):
            node = graph["sources"].get(parent) or graph["nodes"][parent]
            room = _room(node)
            if room[0] == "raw":
                empty |= {room[1]} if rows.get(room) == 0 else set()
            elif rows.get(room, 0) == 0:  # empty itself, or a view on what is
                waiting.append(parent)
            elif room[0] == "intermediate" and room[1] not in WHO_AND_WHEN:
                others.add(".".join(room))
    reasons = []
    if empty:
        reasons.append(f"no rows in {', '.join(sorted(empty))}")
    if others:
        reasons.append(f"nothing in {', '.join(sorted(others))} belongs in it")
    return "; ".join(reasons)


def _room(node: dict[str, Any]) -> tuple[str, str]:
    return node["schema"], node.get("alias") or node["name"]


def _tell_unmeasured(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = warehouse.execute(
        """
        select
            replace(indicators.source_extracts, ';', ', ') as sources,
            count(*) || case when count(*) = 1 then ' indicator' else ' indicators' end as wanting
        from reference.indicators as indicators
        left join measures.measured_periods as periods using (indicator_id)
        where indicators.measure_code is not null and periods.indicator_id is null
        group by indicators.source_extracts
        order by count(*) desc, sources asc
        """
    ).fetchall()
    _tell_list(
        "Not measured, because no authority and year has all of (outcomes.indicator_availability "
        "says which)",
        rows,
    )


def _tell_failure(result: dg.ExecuteInProcessResult, settings: Settings) -> None:
    for event in result.all_events:
        if event.is_step_failure:
            typer.echo(f"  {event.step_key}: {told_reason(event.step_failure_data.error)}")
    typer.echo(f"  What each step said is in {settings.data / 'last_run.log'}.")


def _tell_published(settings: Settings) -> None:
    typer.echo("\nPublished")
    release, internal = (newest(settings.published, name) for name in (RELEASE_FILE, INTERNAL_FILE))
    typer.echo(f"  {release}   for anyone: small numbers withheld")
    typer.echo(
        f"  {internal}   for authorised analysts: pseudonymised records and unsuppressed figures"
    )
    for path in left_behind(settings.published, (RELEASE_FILE, INTERNAL_FILE, PARQUET)):
        typer.echo(f"  {path.name} is of an earlier night: it was in use and could not be replaced")
    front = settings.site / "index.html"
    if front.exists():
        typer.echo(f"  {front}   the report site: open it in a browser")
    typer.echo("\nTry next")
    for question, is_internal, sql in TRY_NEXT:
        typer.echo(f"  {question}")
        flag = " --internal" if is_internal else ""
        typer.echo(indent(f'outcomes query{flag} "{sql}"', "    "))


def _tell_list(title: str, lines: Iterable[tuple[str, str]]) -> None:
    lines = list(lines)
    if lines:
        typer.echo(f"\n{title}")
    for name, text in lines:
        typer.echo(
            "\n".join(wrap(f"{name}: {text}", 110, initial_indent="  ", subsequent_indent="    "))
        )
