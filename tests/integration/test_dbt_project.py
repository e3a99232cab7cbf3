"""dbt alone: every model builds and every unit test holds, on a warehouse without a single file."""

import csv
import datetime as dt
import os
import subprocess
from pathlib import Path

import duckdb
import pytest

from orchestration.contracts import load_contracts
from orchestration.ingest.load import CodeSets, Night, load_files
from orchestration.settings import PROJECT
from orchestration.transform.assets import DBT_PROJECT, dbt_command


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The warehouse, and what dbt said: seeds, models and unit tests in one run.

    Data tests hold of tables without a row whatever they ask: the sample night runs them.
    """
    folder = tmp_path_factory.mktemp("dbt")
    warehouse = folder / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        load_files(
            connection,
            [],
            Night(
                contracts=load_contracts(PROJECT / "expectations" / "extracts"),
                codes=CodeSets.read(PROJECT / "seeds" / "codes"),
                pseudonym_key=b"a key for tests that nobody keeps",
                as_at_date=dt.date(2026, 3, 31),
            ),
        )
    done = subprocess.run(
        [
            *(dbt_command(), "--no-use-colors", "build"),
            *("--exclude", "resource_type:test"),
            *("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)),
            *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
        ],
        env={**os.environ, "WAREHOUSE_PATH": str(warehouse)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    return warehouse, done.stdout


def test_every_unit_test_holds(built):
    _, said = built

    assert said.count("unit_test") >= 50
    assert "ERROR=0" in said


def test_without_a_file_nothing_is_measured_and_nothing_is_zero(built):
    warehouse, _ = built
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for table in ("cohorts.cohort_snapshots", "outcomes.indicator_values"):
            assert connection.execute(f"select count(*) from {table}").fetchone() == (0,)


def test_the_catalogue_is_the_register(built):
    """Every outcome, indicator and requirement of the five frameworks, word for word but notes."""
    register = PROJECT.parent / "shared" / "framework"
    if not register.is_dir():
        pytest.skip("the register is not beside this clone")
    warehouse, _ = built
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        for table in ("outcomes", "indicators", "requirements"):
            with (register / f"{table}.csv").open(encoding="utf-8", newline="") as handle:
                wanted = list(csv.DictReader(handle))
            columns = [name for name in wanted[0] if name != "notes"]
            listed = ", ".join(f"coalesce(cast(\"{name}\" as varchar), '')" for name in columns)
            held = connection.execute(f"select {listed} from reference.{table}").fetchall()
            assert sorted(held) == sorted(tuple(row[name] for name in columns) for row in wanted)
