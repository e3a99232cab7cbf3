"""Whole nights, run as a user runs them: the command, in a process of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import duckdb

from orchestration.publish.files import INTERNAL_FILE, RELEASE_FILE
from orchestration.settings import PROJECT

KEY = "a key for tests that nobody keeps secret"
SAMPLES = PROJECT / "data" / "samples"
SAMPLES_AS_AT = "2026-03-31"
# Files from outside, read where they are and never copied; absent from a plain clone.
OUTSIDE = PROJECT.parent / "shared" / "samples"


@dataclass(frozen=True)
class Night:
    """What a night left behind."""

    data: Path
    said: str
    exit_code: int

    @property
    def warehouse(self) -> Path:
        return self.data / "warehouse" / "warehouse.duckdb"

    @property
    def release(self) -> Path:
        return self.data / "published" / RELEASE_FILE

    @property
    def internal(self) -> Path:
        return self.data / "published" / INTERNAL_FILE

    def ask(self, sql: str, *, internal: bool = True) -> list[tuple[object, ...]]:
        """The rows of a query on the published file."""
        with duckdb.connect(str(self.internal if internal else self.release), read_only=True) as db:
            return db.execute(sql).fetchall()


def run_night(
    data: Path, landing: Path, *, authority: str = "", as_at: str = "2026-03-31"
) -> Night:
    """Run `outcomes run` and wait for it."""
    command = [sys.executable, "-m", "orchestration.cli", "run", "--landing", str(landing)]
    command += ["--as-at", as_at, *(["--authority", authority] if authority else [])]
    environment = {**os.environ, "OUTCOMES_DATA": str(data), "OUTCOMES_PSEUDONYM_KEY": KEY}
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    return Night(data, done.stdout + done.stderr, done.returncode)


def steps_of(data: Path) -> dict[str, tuple[float, float]]:
    """When each step of the newest night began and ended, by the clock, in their order."""
    with dg.DagsterInstance.from_config(str(data / "dagster")) as history:
        (run,) = history.get_run_records(limit=1)
        of_run = [
            (record.event_log_entry.step_key, record.event_log_entry.timestamp, kind)
            for kind in (dg.DagsterEventType.STEP_START, dg.DagsterEventType.STEP_SUCCESS)
            for record in history.get_records_for_run(run.dagster_run.run_id, of_type=kind).records
        ]
    began = {step: at for step, at, kind in of_run if kind == dg.DagsterEventType.STEP_START}
    ended = {step: at for step, at, kind in of_run if kind == dg.DagsterEventType.STEP_SUCCESS}
    return {
        step or "": (at, ended[step])
        for step, at in sorted(began.items(), key=lambda found: found[1])
        if step in ended
    }


def contents(file: Path, *, without: tuple[str, ...] = ()) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of a published file, in order; columns of a run's own left out."""
    with duckdb.connect(str(file), read_only=True) as db:
        tables = db.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        left_out = f" exclude ({', '.join(without)})" if without else ""
        return {
            f"{schema}.{table}": db.execute(
                f"select *{left_out if table.startswith('check_') else ''} from {schema}.{table} "
                "order by all"
            ).fetchall()
            for schema, table in sorted(tables)
        }
