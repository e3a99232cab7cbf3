"""One night at a time, and a line about each: when, as at what day, and how it ended.

The lock is the operating system's, on Linux and Windows alike: it goes with the process that holds
it, however that ends, so there is no stale one. Beside it stands who holds it. A night that was
killed leaves that behind, and the next one finds it and writes down that it was broken off.
"""

import datetime as dt
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock, Timeout

from orchestration.database import CannotOpen, open_database
from orchestration.secret import private_folder
from orchestration.settings import Settings

LOCK_FILE = "night.lock"
RUNNING_FILE = "night_running.json"
NIGHTS_FILE = "nights.jsonl"
PUBLISHED, FAILED, BROKEN_OFF, RUNNING = "published", "failed", "broken off", "running"
# Some tables made anew from Dagster's page: nothing failed, and nothing was to be published.
PART = "part of a night"
SECONDS_BETWEEN_LOOKS = 1.0


class AnotherNight(Exception):
    """Another night has not ended; the message says which, and what to do."""


@dataclass(frozen=True)
class Night:
    """What is known of one night. Times are of this machine, with their distance from UTC;
    ``last_step`` is the newest one that was done."""

    started_at: str
    as_at_date: str
    process: int
    host: str
    outcome: str = RUNNING
    ended_at: str = ""
    seconds: float = 0.0
    last_step: str = ""
    failed_step: str = ""
    reason: str = ""

    @property
    def who(self) -> str:
        """Said to whoever comes second."""
        return f"started {self.started_at} by process {self.process} on {self.host}"


@contextmanager
def one_night(
    warehouse: Path,
    as_at_date: str,
    wait_minutes: float = 0,
    say: Callable[[str], None] = lambda _: None,
) -> Iterator[None]:
    """Hold the warehouse for one night, and write down how the night ended.

    A block inside another of the same process and warehouse is part of the same night.

    Raises:
        AnotherNight: the warehouse is held by another process and was not given up in time.
    """
    folder = warehouse.parent
    deadline = time.monotonic() + wait_minutes * 60
    with held(folder, wait_minutes, say):
        if running(folder):
            yield
            return
        _wait_for_warehouse(warehouse, deadline, say)
        began = time.monotonic()
        night = Night(_now(), as_at_date, os.getpid(), socket.gethostname())
        _write(folder, night)
        fell = True
        try:
            yield
            fell = False
        finally:
            night = running(folder) or night
            outcome = night.outcome
            if outcome == RUNNING:
                outcome = FAILED if fell or night.failed_step else PART
            # Not by the wall's clock, which may be set in the night.
            seconds = round(time.monotonic() - began, 1)
            _end(folder, replace(night, outcome=outcome, ended_at=_now(), seconds=seconds))


@contextmanager
def held(
    folder: Path, wait_minutes: float = 0, say: Callable[[str], None] = lambda _: None
) -> Iterator[None]:
    """Hold the night's lock, so that no night begins meanwhile but one inside this block: for
    whoever changes what a night reads or publishes.

    Raises:
        AnotherNight: another process holds it and did not give it up in time.
    """
    private_folder(folder)
    lock = FileLock(folder / LOCK_FILE, is_singleton=True, thread_local=False)
    if lock.is_locked:
        yield
        return
    _acquire(lock, folder, wait_minutes, say)
    try:
        _settle(folder)
        yield
    finally:
        lock.release()


def note_published(folder: Path) -> None:
    """Write down that the night that is going on has published."""
    _amend(folder, outcome=PUBLISHED)


def note_broken_off(folder: Path) -> None:
    """Write down that the night that is going on ends early, where no step of it has failed."""
    night = running(folder)
    if night and not night.failed_step:
        _amend(folder, outcome=BROKEN_OFF)


def note_step(folder: Path, step: str) -> None:
    """Write down that a step of the night that is going on is done."""
    _amend(folder, last_step=step)


def note_failed_step(folder: Path, step: str, reason: str) -> None:
    """Write down the step at which the night failed; the first one counts."""
    night = running(folder)
    if night and not night.failed_step:
        _amend(folder, failed_step=step, reason=reason)


def running(folder: Path) -> Night | None:
    """The night that has begun and was not seen to end."""
    try:
        return Night(**json.loads((folder / RUNNING_FILE).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def is_going_on(folder: Path) -> bool:
    """Whether some process holds the lock."""
    if not (folder / LOCK_FILE).exists():
        return False
    lock = FileLock(folder / LOCK_FILE, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def past_nights(folder: Path) -> list[Night]:
    """Every night that ended, the oldest first; a line that was cut short is passed over."""
    try:
        lines = (folder / NIGHTS_FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    nights = []
    for line in lines:
        try:
            nights.append(Night(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return nights


def _acquire(lock: FileLock, folder: Path, wait_minutes: float, say: Callable[[str], None]) -> None:
    try:
        lock.acquire(timeout=0)
        return
    except Timeout:
        other = running(folder)
        who = other.who if other else "or a command that erases, encrypts, removes or puts back"
    if wait_minutes > 0:
        say(f"Another night is going on ({who}). Waiting for it, {wait_minutes:g} minutes at most.")
        try:
            lock.acquire(timeout=wait_minutes * 60)
            return
        except Timeout:
            pass
    raise AnotherNight(
        f"Another night is going on, {who}, and this one was not begun. Run it again when that one "
        "has ended, or let it wait with --wait."
    )


def _wait_for_warehouse(warehouse: Path, deadline: float, say: Callable[[str], None]) -> None:
    """A curious person, or a tool that somebody left running, may have it open."""
    said = False
    while warehouse.exists():
        try:
            with open_database(warehouse, Settings.exported_key()):
                return
        except (duckdb.IOException, CannotOpen) as error:
            if not any(word in str(error).lower() for word in ("lock", "being used", "process")):
                # Whatever it is, the first step that opens it says so.
                return
            if time.monotonic() >= deadline:
                raise AnotherNight(
                    f"Another process has {warehouse} open, and only one can. End it, then run "
                    "again; what was published serves every question."
                ) from error
        if not said:
            say("Another process has the warehouse open. Waiting for it.")
            said = True
        time.sleep(SECONDS_BETWEEN_LOOKS)


def as_left(night: Night) -> Night:
    """A night that was not seen to end, as what it had come to by then."""
    return night if night.outcome == PUBLISHED else replace(night, outcome=BROKEN_OFF)


def _settle(folder: Path) -> None:
    """Write down a night that never came to its end; whoever holds the lock may."""
    left = running(folder)
    if left:
        _end(folder, as_left(left))


def _end(folder: Path, night: Night) -> None:
    file = folder / NIGHTS_FILE
    # A line that a crash cut short must not swallow the next one.
    is_cut = file.exists() and file.stat().st_size > 0 and not file.read_bytes().endswith(b"\n")
    with file.open("a", encoding="utf-8") as handle:
        handle.write(("\n" if is_cut else "") + json.dumps(asdict(night)) + "\n")
    (folder / RUNNING_FILE).unlink(missing_ok=True)


def _amend(folder: Path, **changes: Any) -> None:
    night = running(folder)
    if night:
        _write(folder, replace(night, **changes))


def _write(folder: Path, night: Night) -> None:
    unfinished = folder / f".unfinished-{RUNNING_FILE}"
    unfinished.write_text(json.dumps(asdict(night)), encoding="utf-8")
    unfinished.replace(folder / RUNNING_FILE)


def _now() -> str:
    return dt.datetime.now().astimezone().isoformat(timespec="seconds")
