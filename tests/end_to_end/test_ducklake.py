"""Two authorities' nights on one DuckLake catalogue: written at once, they leave the same figures
as one after the other, and whoever reads meanwhile reads on.

Skipped where PostgreSQL or the extensions of DuckDB (the extra `ducklake`) are missing.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.database import CannotOpen
from orchestration.lake import Lake, install_extensions, open_warehouse
from orchestration.settings import PROJECT
from tests.end_to_end.nights import KEY

pytestmark = pytest.mark.slow
AUTHORITIES = ("981", "982")
ROOMS = ("raw", "intermediate", "cohorts", "reference")


def _tool(name: str) -> str:
    """A command of PostgreSQL, which its packages leave off the path."""
    newest_first = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = shutil.which(name) or next(map(str, newest_first), None)
    if found is None:
        pytest.skip(f"PostgreSQL is not installed here: there is no {name}")
    return found


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL of the test's own, on this machine only; how it is reached."""
    try:
        install_extensions(tmp_path_factory.mktemp("extensions"))
    except CannotOpen as missing:
        pytest.skip(str(missing))
    initdb, control = _tool("initdb"), _tool("pg_ctl")
    # Not below pytest's own folder, where another user may not look.
    place = Path(tempfile.mkdtemp(prefix="ducklake-catalogue-"))
    whose: dict[str, str | int] = {}
    if os.getuid() == 0:  # PostgreSQL refuses to run as root.
        whose = {"user": "nobody", "group": "nogroup"}
        shutil.chown(place, "nobody", "nogroup")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(*command: str) -> None:
        subprocess.run(command, check=True, cwd=place, stdout=subprocess.DEVNULL, **whose)

    data = str(place / "data")
    run(initdb, "-D", data, "-A", "trust", "-U", "lake", "--no-sync", "-E", "UTF8")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={place}"
    run(control, "-D", data, "-l", str(place / "log"), "-o", options, "-w", "start")
    try:
        yield f"host=127.0.0.1 port={port} user=lake dbname=postgres"
    finally:
        run(control, "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(place)


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two small invented authorities, with the feeds that cohorts are made of."""
    folder = tmp_path_factory.mktemp("two")
    options = ["--authorities", "2", "--children", "200", "--years", "1"]
    command = [sys.executable, "-m", "orchestration.cli", "simulate", str(folder), *options]
    subprocess.run(command, check=True, cwd=PROJECT, stdout=subprocess.DEVNULL)
    for left_out in folder.glob("landing/*/local_*"):
        shutil.rmtree(left_out)
    return folder / "landing"


class Nights:
    """A set of lakes, one for each authority, in a database of the catalogue's own."""

    def __init__(self, data: Path, landing: Path, catalogue: str) -> None:
        self.data, self.landing, self.catalogue = data, landing, catalogue

    def lake(self, authority: str) -> Lake:
        schema = f"authority_{authority}"
        return Lake(self.catalogue, schema, self.data / "lake" / schema)

    def begin(self, authority: str) -> "subprocess.Popen[bytes]":
        """Start the part of a night of one authority."""
        environment = {
            "OUTCOMES_DATA": str(self.data),
            "OUTCOMES_LANDING": str(self.landing),
            "OUTCOMES_PSEUDONYM_KEY": KEY,
            "OUTCOMES_AS_AT": "2026-03-31",
            "OUTCOMES_ONLY_AUTHORITY": authority,
            "OUTCOMES_LAKE_CATALOGUE": self.catalogue,
        }
        command = [sys.executable, "-m", "tests.end_to_end.lake_nights"]
        return subprocess.Popen(command, cwd=PROJECT, env={**os.environ, **environment})

    def tables(self, authority: str) -> dict[str, list[tuple[object, ...]]]:
        """Every row that the night has left, by table, in order."""
        with open_warehouse(Path(), None, self.lake(authority), read_only=True) as lake:
            names = lake.execute(
                "select schema_name || '.' || table_name from duckdb_tables() where "
                "database_name = current_database() and list_contains(?, schema_name)",
                [list(ROOMS)],
            ).fetchall()
            return {name: lake.execute(f"from {name} order by all").fetchall() for (name,) in names}


def test_nights_at_once_leave_what_nights_one_after_the_other_leave(
    catalogue: str, landing: Path, tmp_path: Path
):
    def nights(name: str) -> Nights:
        database = f"{catalogue} dbname={name}"
        with_tool = ["-h", "127.0.0.1", "-U", "lake", name]
        port = catalogue.split("port=")[1].split()[0]
        subprocess.run([_tool("createdb"), "-p", port, *with_tool], check=True)
        return Nights(tmp_path / name, landing, database)

    apart, at_once = nights("apart"), nights("at_once")
    assert [apart.begin(authority).wait() for authority in AUTHORITIES] == [0, 0]

    begun = [at_once.begin(authority) for authority in AUTHORITIES]
    read: list[int] = []
    stop = threading.Event()

    def read_on() -> None:
        """What stands of the nights one after the other is read while the catalogue is written."""
        while not stop.wait(0.5):
            with open_warehouse(Path(), None, apart.lake("981"), read_only=True) as lake:
                counted = lake.execute("select count(*) from cohorts.cohort_counts").fetchone()
                read.append(counted[0] if counted else 0)

    reader = threading.Thread(target=read_on)
    reader.start()
    try:
        assert [night.wait() for night in begun] == [0, 0]
    finally:
        stop.set()
        reader.join()

    assert len(set(read)) == 1 and read[0] > 0
    for authority in AUTHORITIES:
        left, other = at_once.tables(authority), apart.tables(authority)
        assert left.keys() == other.keys()
        assert len(left["cohorts.cohort_counts"]) > 100
        assert [table for table in left if left[table] != other[table]] == []
    assert (
        at_once.tables("981")["cohorts.cohort_counts"]
        != at_once.tables("982")["cohorts.cohort_counts"]
    )
