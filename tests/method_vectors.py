"""The published test vectors of METHODS, and a copy of the project whose models answer them."""

import csv
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

PROJECT = Path(__file__).resolve().parents[1]
VECTORS = PROJECT.parent / "shared" / "methods_vectors"

needs_vectors = pytest.mark.skipif(
    not VECTORS.is_dir(), reason="the test vectors of METHODS lie outside this repository"
)


def rows_of(table: str) -> list[dict[str, str]]:
    """The rows of one file of vectors, as text; none where the vectors are absent."""
    if not VECTORS.is_dir():
        return []
    with (VECTORS / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str) -> float | None:
    """A cell as a number; an empty one is null."""
    return float(text) if text else None


def numbers(text: str) -> list[float | None]:
    """The numbers of a cell that lists several."""
    return [number(part) for part in text.split("|")] if text else []


def case_id(row: dict[str, str]) -> str:
    """What a case is called."""
    return row.get("case_id") or "-".join(list(row.values())[:2])


def each_of(table: str) -> pytest.MarkDecorator:
    """A test for each row of a file of vectors."""
    return pytest.mark.parametrize("case", rows_of(table), ids=case_id)


def agrees(answer: object, expected: float | None, within: float = 1e-6) -> bool:
    """Whether an answer is the one expected, as the vectors ask to be compared."""
    if expected is None or answer is None:
        return expected is None and answer is None
    if math.isinf(expected):
        return answer == expected
    return isinstance(answer, int | float) and abs(answer - expected) <= within


def one(answers: duckdb.DuckDBPyConnection, table: str, **keys: object) -> dict[str, Any]:
    """The one row of a table with these keys."""
    where = " and ".join(f"{name} = ?" for name in keys)
    found = answers.execute(f"select * from {table} where {where}", list(keys.values()))
    names = [column[0] for column in found.description]
    rows = found.fetchall()
    assert len(rows) == 1, f"{len(rows)} rows of {table} for {keys}"
    return dict(zip(names, rows[0], strict=True))


def copy_project(folder: Path, models: Mapping[str, Sequence[str]]) -> Path:
    """A copy of the project with some of its models, by their folder below ``models``.

    The project's own tests are left out: they speak of models that are not here. What stands in
    for the others goes into the folder that is returned.
    """
    shutil.copytree(
        PROJECT / "dbt_project",
        folder / "dbt_project",
        ignore=shutil.ignore_patterns("tests", "target", "logs"),
    )
    shutil.copytree(PROJECT / "seeds", folder / "seeds")
    for room, names in models.items():
        (folder / "models" / room).mkdir(parents=True)
        for name in names:
            for file in (PROJECT / "models" / room).glob(f"{name}.*"):
                shutil.copy(file, folder / "models" / room)
    stand_ins = folder / "models" / "stand_ins"
    stand_ins.mkdir(parents=True)
    return stand_ins


def build_project(folder: Path, as_at: str, *, select: str = "*") -> Path:
    """Build the copied project without its tests; the warehouse that came of it."""
    warehouse = folder / "warehouse.duckdb"
    run = subprocess.run(
        [
            str(Path(sys.executable).with_name("dbt")),
            *("build", "--exclude-resource-type", "test", "unit_test"),
            *("--select", select),
            *("--project-dir", str(folder / "dbt_project")),
            *("--profiles-dir", str(folder / "dbt_project")),
            *("--vars", f"{{as_at_date: '{as_at}'}}"),
        ],
        env={
            **os.environ,
            "WAREHOUSE_PATH": str(warehouse),
            "DBT_TARGET_PATH": str(folder / "target"),
            "DBT_LOG_PATH": str(folder / "logs"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-5000:]
    return warehouse
