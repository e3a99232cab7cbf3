"""A dbt that stays for a night, as its steps see it: each command as if it were a process."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.transform.dbt_process import END, Command, DbtProcess

# It says what it was told, and how it ended, and then waits for the next command.
ANSWERS = f"""
import sys
for line in sys.stdin:
    is_to_die = "die" in line
    # In one write: it may be ended between two.
    print("told " + line.strip() + ("\\nhalf a" if is_to_die else "\\n"), end="", flush=True)
    if is_to_die:
        sys.stdin.readline()
    print({END!r} + ("1" if "fail" in line else "0"), flush=True)
"""


@pytest.fixture
def process() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", ANSWERS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def run(process: subprocess.Popen[bytes], *args: str) -> Command:
    assert process.stdin is not None
    process.stdin.write(" ".join(args).encode() + b"\n")
    process.stdin.flush()
    return Command(process, args)


def test_each_command_has_its_own_lines_and_its_own_end(process: subprocess.Popen[bytes]):
    with run(process, "build", "tables") as first:
        assert list(first) == [b"told build tables\n"]
    with run(process, "build", "fail") as second:
        assert list(second) == [b"told build fail\n"]
    # One whose lines nobody read is read to its end all the same.
    assert (first.wait(), second.wait(), run(process, "build", "curves").wait()) == (0, 1, 0)
    assert first.closed and first.args == ["dbt", "build", "tables"]
    process.kill()


def test_a_dbt_that_is_ended_from_outside_ends_its_command_with_the_signal(
    process: subprocess.Popen[bytes],
):
    command = run(process, "die")
    lines = iter(command)
    assert next(lines) == b"told die\n"
    process.kill()

    assert list(lines) == [b"half a"]
    assert command.wait() == process.returncode != 0


def test_it_ends_at_once_when_its_night_does_whatever_it_is_doing():
    """Killed in the middle of a step, a night was outlived by its dbt, and the next one waited."""
    busy = """
from queue import SimpleQueue
from threading import Thread
import time
from orchestration.transform.dbt_process import _listen
Thread(target=_listen, args=[SimpleQueue()], daemon=True).start()
print("begun", flush=True)
time.sleep(60)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", busy], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None and process.stdout is not None
    assert process.stdout.readline().strip() == b"begun"
    process.stdin.close()

    assert process.wait(20) == 1


# ---- what it says of errors ----

A_PROJECT = {
    "dbt_project.yml": (
        "name: tiny\nprofile: tiny\nmodel-paths: [models]\nmodels: {+materialized: table}\n"
    ),
    "profiles.yml": (
        "tiny:\n  target: here\n  outputs:\n    here: {type: duckdb, path: tiny.duckdb}\n"
    ),
    "models/cast_wrongly.sql": "select cast(written as integer) as number from main.cells",
    "models/said_twice.sql": (
        "{{ config(contract={'enforced': true}) }} select written from main.cells"
    ),
    "models/models.yml": (
        "models:\n  - name: said_twice\n"
        "    constraints: [{type: primary_key, columns: [written]}]\n"
        "    columns: [{name: written, data_type: varchar}]\n"
    ),
}


def test_a_model_that_stumbles_on_a_cell_is_told_with_what_is_wrong_and_without_the_cell(
    tmp_path: Path,
):
    for name, content in A_PROJECT.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    with duckdb.connect(str(tmp_path / "tiny.duckdb")) as connection:
        connection.execute("create table cells as select 'Jane Smith' as written from range(2)")

    process = DbtProcess(tmp_path, "here", tmp_path / "target")
    command = process.run(["build"])
    said = b"".join(command).decode()
    process.close()

    assert command.returncode == 1
    assert "Could not convert string when casting from source column written" in said
    assert "PRIMARY KEY or UNIQUE constraint violation" in said
    assert "Jane" not in said
    written = [path for path in (tmp_path / "target").rglob("*") if path.is_file()]
    assert {"dbt.log", "run_results.json"} <= {path.name for path in written}
    assert [path.name for path in written if b"Jane" in path.read_bytes()] == []
