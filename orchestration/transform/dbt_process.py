"""One dbt for a night: a process that stays, and reads the project once for all the steps.

dbt takes seconds to start, most of them to import itself and to read its project again. As a
process of its own it may be ended by the machine without taking the night with it, and what it says
of each model comes line by line, as from the command. Between two commands it holds no database,
and it ends when the night does, however that ends.

This file is both sides: what the night talks to, and (``python -m``) what it starts.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Any

from orchestration.database import no_cell_told
from orchestration.settings import PROJECT

# The line by which a command ends; dbt's own lines are JSON or text of people.
END = "\x04 ended with "


class DbtProcess:
    """A dbt that is told one command after another; it begins to read the project at once."""

    def __init__(self, project: Path, target: str, target_path: Path) -> None:
        paths = (str(PROJECT), os.environ.get("PYTHONPATH", ""))
        self.process = subprocess.Popen(
            # Nothing of the folder that it works in is taken for a module.
            [sys.executable, "-P", "-m", __name__, "--target", target],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=project,
            env={
                **os.environ,
                # Models in Python import the project, and so does this one, wherever it lies.
                "PYTHONPATH": os.pathsep.join(path for path in paths if path),
                "PYTHONUNBUFFERED": "1",
                "PYTHONUTF8": "1",
                "DBT_LOG_FORMAT": "json",
                "DBT_PROJECT_DIR": str(project),
                "DBT_PROFILES_DIR": str(project),
                "DBT_TARGET_PATH": str(target_path),
                "DBT_LOG_PATH": str(target_path),
                "DAGSTER_DBT_CLI": "true",
            },
        )

    def run(self, args: Sequence[str]) -> "Command":
        """A command of dbt, that is begun: its lines are still to be read."""
        assert self.process.stdin is not None
        # Where it is dead by now the command ends with what it died of.
        with suppress(BrokenPipeError):
            self.process.stdin.write(json.dumps(list(args)).encode() + b"\n")
            self.process.stdin.flush()
        return Command(self.process, args)

    def close(self) -> None:
        """End it, whatever it is doing."""
        self.process.kill()
        self.process.communicate()


class Command:
    """One command, as if it were a process of its own: what ``subprocess.Popen`` has of it."""

    def __init__(self, process: subprocess.Popen[bytes], args: Sequence[str]) -> None:
        self.args = ["dbt", *args]
        self.returncode: int | None = None
        self.stdout = self
        self.closed = False
        self._process = process

    def __iter__(self) -> Iterator[bytes]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if not line.strip():
                continue
            if line.startswith(END.encode()):
                self.returncode = int(line.removeprefix(END.encode()))
                return
            yield line
        # It ended without saying so: it was killed, or could not start.
        self.returncode = self._process.wait() or 1

    def __enter__(self) -> "Command":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.closed = True

    def wait(self, timeout: float | None = None) -> int:
        """With what the command ended; it is read to its end first."""
        if self.returncode is None:
            for _ in self:
                pass
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Interrupt dbt."""
        self._process.send_signal(number)


def _listen(commands: "SimpleQueue[str]") -> None:
    """Take commands in; end where nobody is left to give one. A night that was killed would else be
    outlived by the step that it was at, and the next night wait for the warehouse."""
    for line in sys.stdin:
        commands.put(line)
    os._exit(1)


def tell_no_cell() -> None:
    """Have dbt tell errors of DuckDB without the cell that each stumbled on: they go to its log,
    to the log of the run and to Dagster."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    handled = DuckDBConnectionManager.exception_handler

    @contextmanager
    def exception_handler(
        self: DuckDBConnectionManager, sql: str, connection_name: str = "master"
    ) -> Iterator[None]:
        with handled(self, sql, connection_name), no_cell_told():
            yield

    DuckDBConnectionManager.exception_handler = exception_handler  # type: ignore[method-assign]


def tell_no_step() -> None:
    """Have dbt make nothing of what it would tell of each of its steps for whoever mends dbt: it
    renders thousands of such events before each is dropped by the level of its log."""
    from dbt_common.events.base_types import BaseEvent, EventLevel
    from dbt_common.events.event_manager import EventManager

    fired = EventManager.fire_event

    def fire_event(
        self: EventManager, e: BaseEvent, level: EventLevel | None = None, *args: Any, **named: Any
    ) -> None:
        if (level or e.level_tag()) not in (EventLevel.DEBUG, EventLevel.TEST):
            fired(self, e, level, *args, **named)

    EventManager.fire_event = fire_event  # type: ignore[method-assign]


def _serve(target: list[str]) -> None:
    """Run the commands of standard input, a JSON list a line."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner, dbtRunnerResult
    from dbt.contracts.graph.manifest import Manifest

    def ended_with(result: dbtRunnerResult) -> int:
        if result.success:
            return 0
        return 1 if result.exception is None else 2

    def let_go() -> None:
        """dbt leaves its connection open, because its process ends as a rule."""
        environment = DuckDBConnectionManager._ENV
        if environment is not None:
            environment.close()
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]

    tell_no_cell()
    tell_no_step()
    read = dbtRunner().invoke(["parse", "--no-write-json", *target])
    # Of a project that it cannot read each command says so itself.
    dbt = dbtRunner(manifest=read.result if isinstance(read.result, Manifest) else None)
    commands: SimpleQueue[str] = SimpleQueue()
    Thread(target=_listen, args=[commands], daemon=True).start()
    while True:
        result = dbt.invoke([*json.loads(commands.get()), *target])
        let_go()
        print(f"\n{END}{ended_with(result)}", flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _serve(sys.argv[1:])
