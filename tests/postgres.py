"""A PostgreSQL of a test alone, for the catalogue of a lake."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from orchestration.lake import EXTENSIONS

# PostgreSQL refuses to be run by root, which tests in a container are.
ACCOUNT = "postgres" if hasattr(os, "getuid") and os.getuid() == 0 else None

# Of a module of tests that make a lake.
needs_a_lake = [
    pytest.mark.skipif(
        any(find_spec(f"duckdb_extension_{name}") is None for name in EXTENSIONS),
        reason="the extra `ducklake` is not installed",
    ),
    pytest.mark.skipif(shutil.which("initdb") is None, reason="there is no PostgreSQL here"),
]


@contextmanager
def a_catalogue(*databases: str) -> Iterator[str]:
    """How libpq is told to reach a server with these databases, gone when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="catalogue"))
    if ACCOUNT:
        shutil.chown(folder, ACCOUNT)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]

    def run(*command: str) -> None:
        subprocess.run(command, user=ACCOUNT, cwd=folder, check=True, capture_output=True)

    run("initdb", "-D", str(folder / "db"), "-A", "trust", "-U", "lake", "-E", "UTF8")
    server = subprocess.Popen(
        ["postgres", "-D", str(folder / "db"), "-p", str(port), "-k", str(folder),
         "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"],
        user=ACCOUNT, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        at = ("-h", "127.0.0.1", "-p", str(port))
        for _ in range(60):
            ready = subprocess.run(["pg_isready", *at, "-t", "5"], check=False, capture_output=True)
            if ready.returncode == 0:
                break
            time.sleep(0.5)
        for database in databases:
            run("createdb", *at, "-U", "lake", database)
        yield f"host=127.0.0.1 port={port} user=lake"
    finally:
        server.terminate()
        server.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)
