"""What a machine does to a night: yesterday's publication stays whole, the error names the remedy,
and the next night is good."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.database import CannotOpen
from orchestration.failures import reason_of
from orchestration.publish.versions import kept_publications
from tests.factories import (
    AUTHORITY,
    a_census,
    a_child,
    an_episode,
    episodes,
    everything,
    loaded,
    the_contracts,
)
from tests.factories import a_night as a_night_of
from tests.publications import a_night, a_warehouse, few_tables, nights_in_place

MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    few_tables(monkeypatch)


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    return a_warehouse(tmp_path / "warehouse" / "warehouse.duckdb")


def mount(*args: str) -> None:
    """Mount, where this machine lets this account."""
    command = shutil.which("mount")
    if command is None or subprocess.run([command, *args], capture_output=True).returncode != 0:
        pytest.skip("this account may not mount")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of 24 megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder))
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_disk_that_is_full_leaves_what_is_published_and_says_what_to_do(
    warehouse: Path, disk: Path
):
    published = disk / "published"
    a_night(warehouse, published, 1)
    ballast = disk / "ballast"
    with ballast.open("wb") as handle, pytest.raises(OSError, match="No space"):
        while True:
            handle.write(os.urandom(MEGABYTE))
            handle.flush()
    with pytest.raises((OSError, duckdb.Error, CannotOpen)) as failed:
        a_night(warehouse, published, 2)

    assert "no room left" in reason_of(failed.value)
    assert set(nights_in_place(published).values()) == {1, None}
    ballast.unlink()
    a_night(warehouse, published, 2)
    assert set(nights_in_place(published).values()) == {2, None}
    assert not list(published.rglob(".unfinished-*"))


def test_a_file_that_may_not_grow_is_told_as_a_full_disk(warehouse: Path, tmp_path: Path):
    """By a limit of the process, for accounts that may not mount."""
    resource = pytest.importorskip("resource")
    published = tmp_path / "published"
    a_night(warehouse, published, 1)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, limits[1]))
    try:
        with pytest.raises((OSError, duckdb.Error, CannotOpen)) as failed:
            a_night(warehouse, published, 2)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert "no room left" in reason_of(failed.value)
    assert set(nights_in_place(published).values()) == {1, None}
    a_night(warehouse, published, 3)
    assert set(nights_in_place(published).values()) == {3, None}


def test_a_folder_for_reading_only_is_told_and_the_next_night_publishes(
    warehouse: Path, tmp_path: Path
):
    published = tmp_path / "published"
    a_night(warehouse, published, 1)
    lift = _for_reading_only(published)
    try:
        with pytest.raises((OSError, duckdb.Error, CannotOpen)) as failed:
            a_night(warehouse, published, 2)
        assert "cannot be written to" in reason_of(failed.value)
        assert set(nights_in_place(published).values()) == {1, None}
    finally:
        lift()
    a_night(warehouse, published, 2)
    assert set(nights_in_place(published).values()) == {2, None}


def _for_reading_only(folder: Path):
    """Nobody may write there; what takes that back. Bits stop everybody but root."""
    if os.name == "posix" and os.geteuid() == 0:
        mount("--bind", str(folder), str(folder))
        mount("-o", "remount,bind,ro", str(folder))
        return lambda: subprocess.run(["umount", "--lazy", str(folder)], check=True)
    folder.chmod(0o555)
    return lambda: folder.chmod(0o755)


def test_a_warehouse_that_somebody_has_open_begins_no_night_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    data = tmp_path / "data"
    warehouse = a_warehouse(data / "warehouse" / "warehouse.duckdb")
    a_night(warehouse, data / "published", 1)
    monkeypatch.setenv("OUTCOMES_DATA", str(data))
    monkeypatch.setenv("OUTCOMES_PSEUDONYM_KEY", "a key for tests that nobody keeps secret")
    holding = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    other = subprocess.Popen(
        [sys.executable, "-c", holding, str(warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert other.stdout is not None and other.stdout.readline()
    try:
        refused = CliRunner().invoke(app, ["run", "--landing", str(tmp_path), "--wait", "0"])
    finally:
        other.communicate(b"\n")

    assert refused.exit_code == 3
    assert "End it, then run again" in " ".join(refused.output.split())
    assert set(nights_in_place(data / "published").values()) == {1, None}
    a_night(warehouse, data / "published", 2)
    assert set(nights_in_place(data / "published").values()) == {2, None}


def test_after_files_that_were_half_copied_the_whole_ones_are_read_as_if_nothing_had_been(
    tmp_path: Path,
):
    """Night after night a little more of them has come, and then all of it."""
    numbers = [str(number) for number in range(1001, 1041)]
    landing = {
        f"{AUTHORITY}/2026/episodes.csv": episodes(*map(an_episode, numbers)),
        f"{AUTHORITY}/2026/cin_census.xml": a_census(*map(a_child, numbers)),
    }
    families = ("ssda903", "cin_census")
    night = a_night_of(contracts={n: c for n, c in the_contracts().items() if c.family in families})
    undisturbed = everything(loaded(tmp_path / "whole", landing, night=night))
    connection = duckdb.connect()
    for part in (0.1, 0.999):
        cut = {name: text[: int(len(text) * part)] for name, text in landing.items()}
        loaded(tmp_path / "cut", cut, connection, night)
    whole = everything(loaded(tmp_path / "cut", landing, connection, night))

    assert whole == undisturbed
    read = sum(len(rows) for table, rows in undisturbed.items() if table.startswith("raw."))
    assert read >= 2 * len(numbers)


def test_a_clock_that_is_set_back_puts_no_earlier_night_in_front(warehouse: Path, tmp_path: Path):
    """Publications are counted, and not told apart by when a clock says they were made."""
    published = tmp_path / "published"
    for night in (1, 2):
        a_night(warehouse, published, night)
    for file in (published, *published.rglob("*")):
        # As if the clock had been a day ahead until now.
        os.utime(file, ns=(file.stat().st_mtime_ns + 86_400_000_000_000,) * 2)
    a_night(warehouse, published, 3, newest_kept=2)

    assert set(nights_in_place(published).values()) == {3, None}
    assert [(kept.number, kept.is_in_place) for kept in kept_publications(published)] == [
        (3, True),
        (2, False),
    ]
