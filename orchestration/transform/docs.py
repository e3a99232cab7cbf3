"""The data dictionary: every table, column, test and the way between them, as files to open."""

import subprocess
from pathlib import Path
from shutil import copyfile

import duckdb

from orchestration.settings import PROJECT, Settings
from orchestration.transform.assets import DBT_PROJECT, dbt_command

DICTIONARY = "index.html"
LINEAGE = "outcome_to_feed.csv"
FRAMEWORK = PROJECT / "seeds" / "framework"


class CannotDescribe(Exception):
    """No dictionary was written; the message is dbt's own, or says what to do."""


def write_docs(settings: Settings, folder: Path) -> tuple[Path, Path]:
    """Write dbt's documentation as one page, and the way from each outcome to the feeds behind it.

    Args:
        settings: where the warehouse is; no other process may have it open.
        folder: where the two files are to lie.

    Raises:
        CannotDescribe: there is no warehouse yet, or dbt failed.
    """
    if not settings.has_warehouse:
        raise CannotDescribe("There is no warehouse to describe yet. Run `make run` first.")
    settings.export()
    # Beside what the night uses: its manifest must stay as it is.
    target = settings.dbt_target / "docs"
    made = subprocess.run(
        [
            *(dbt_command(), "--quiet", "--no-use-colors", "docs", "generate", "--static"),
            *("--target", settings.dbt_profile),
            *("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)),
            *("--target-path", str(target), "--log-path", str(target)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        raise CannotDescribe(made.stdout + made.stderr)
    folder.mkdir(parents=True, exist_ok=True)
    copyfile(target / "static_index.html", folder / DICTIONARY)
    write_lineage(folder / LINEAGE)
    return folder / DICTIONARY, folder / LINEAGE


def write_lineage(file: Path) -> None:
    """One row per outcome, kind of evidence, indicator that speaks for it, and feed it needs."""
    with duckdb.connect() as connection:
        for table in ("outcomes", "outcome_indicators", "indicators"):
            connection.read_csv(str(FRAMEWORK / f"{table}.csv"), all_varchar=True).create(table)
        connection.sql(
            """
            select
                outcomes.framework, outcomes.outcome_id, outcomes.outcome, chosen.data_type,
                indicators.indicator_id, indicators.indicator, indicators.measure_code,
                unnest(string_split(indicators.source_extracts, ';')) as feed
            from outcomes
            inner join outcome_indicators as chosen using (outcome_id)
            inner join indicators using (indicator_id)
            order by all
            """
        ).write_csv(str(file), header=True)
