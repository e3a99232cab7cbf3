"""A bar on the terminal for what takes longer than two seconds."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dagster as dg

# What is being done, and which share of the whole is done; no share where it cannot be told.
Tell = Callable[[str, float | None], None]


@contextmanager
def bar(*, is_shown: bool = True) -> Iterator[Tell]:
    """Something to tell as the work goes on; silent where nobody watches, as in a log or a pipe.

    It stands on the error stream of the moment it is opened, so that what the work prints may go
    elsewhere meanwhile.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    console = Console(file=sys.stderr)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        disable=not (is_shown and console.is_terminal),
    ) as progress:
        task = progress.add_task("start", total=None)

        def tell(what: str, share: float | None = None) -> None:
            total = None if share is None else 1.0
            progress.update(task, description=what, total=total, completed=share or 0.0)

        yield tell


def follow_run(instance: dg.DagsterInstance, run_id: str, assets: int, tell: Tell) -> None:
    """Tell the steps of a run as they start, and what share of its assets is made."""
    step, made = "start", 0

    def heard(entry: dg.EventLogEntry) -> None:
        nonlocal step, made
        kind = entry.dagster_event.event_type if entry.dagster_event else None
        if kind == dg.DagsterEventType.STEP_START:
            step = (entry.step_key or "").replace("__", ".").replace("_", " ")
        elif kind == dg.DagsterEventType.ASSET_MATERIALIZATION:
            made += 1
        else:
            return
        tell(step, min(made / assets, 1.0))

    instance.add_event_listener(run_id, heard)
