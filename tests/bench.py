"""What a night costs, from the landing folder to the report site, as authorities are added.

    python -m tests.bench [--authorities 1 3 6] [--children 12000] [--years 6] [--folder data/bench]

For each number of authorities an invented world is made (once: it stays in the folder), and three
nights are run on it as a user runs them: the first, one on the same files, and one on which a
single file of one authority has changed. Of each step the seconds by the clock and the most memory
that the night's processes held together; of the whole night the processor seconds too, which a
busy machine does not stretch. Beside them, in the same run, the least that anybody has to do with
the same files: every cell read once as text, by DuckDB alone and by lxml alone. Before all that a
night on a folder with next to nothing in it: what every night costs. A region is 33 authorities,
England 153.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.settings import PROJECT
from tests.benchmark import MEGABYTE, read_plainly
from tests.end_to_end.nights import KEY, steps_of
from tests.factories import header

AS_AT = "2026-03-31"
SECONDS_BETWEEN_LOOKS = 0.2
PROCESSES = Path("/proc")
RECORDS = ("Child", "CSWWWorker", "CHILD")


@dataclass
class Cost:
    """How a night ended, its seconds by the clock and of the processor, and of each step the
    seconds and the most megabytes."""

    exit_code: int
    seconds: float
    processor: float
    steps: dict[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def most_memory(self) -> float:
        """Megabytes that the processes of the night held together, at the worst moment."""
        return max((megabytes for _, megabytes in self.steps.values()), default=0)


def main(told: list[str]) -> int:
    """Print the tables; 1 where a night did not publish."""
    asked = _arguments(told)
    asked.folder.mkdir(parents=True, exist_ok=True)
    failed = 0
    with tempfile.TemporaryDirectory(dir=asked.folder) as scratch:
        nothing = Path(scratch) / "landing" / "201" / "2026"
        nothing.mkdir(parents=True)
        (nothing / "header.csv").write_text(header(), encoding="utf-8")
        first = night(Path(scratch) / "data", nothing.parents[1])
        again = night(Path(scratch) / "data", nothing.parents[1])
        failed += _tell("a file of one line", {"first": first, "again": again})
    for number in asked.authorities:
        world = _world(asked.folder, number, asked.children, asked.years)
        landing = world / "landing"
        size = sum(file.stat().st_size for file in landing.rglob("*") if file.is_file())
        with tempfile.TemporaryDirectory(dir=asked.folder) as scratch:
            data = Path(scratch)
            costs = {"first": night(data, landing), "same files": night(data, landing)}
            with _one_file_changed(landing):
                costs["one changed"] = night(data, landing)
            title = (
                f"{number} authorities, the first of {asked.children:,} children, {asked.years} "
                f"years: {size / MEGABYTE:,.0f} MB"
            )
            failed += _tell(title, costs)
            plain, processor = floor(landing, data / "plain.duckdb")
            print(f"  every cell read once as text: {plain:.1f} s, processor {processor:.1f} s\n")
    return 1 if failed else 0


def night(data: Path, landing: Path) -> Cost:
    """Run `outcomes run` and watch it."""
    command = [sys.executable, "-m", "orchestration.cli", "run", "--landing", str(landing)]
    environment = {**os.environ, "OUTCOMES_DATA": str(data), "OUTCOMES_PSEUDONYM_KEY": KEY}
    # As `make run` does: else every process of the night compiles its libraries anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before, began = os.times(), time.monotonic()
    process = subprocess.Popen(
        [*command, "--as-at", AS_AT],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    seen: list[tuple[float, float]] = []
    watch = threading.Thread(target=_watch, args=(process, seen))
    watch.start()
    exit_code = process.wait()
    watch.join()
    after = os.times()
    steps = {
        step: (
            ended - started,
            max((held for at, held in seen if started <= at <= ended), default=0.0),
        )
        for step, (started, ended) in steps_of(data).items()
    }
    used = after.children_user + after.children_system
    return Cost(
        exit_code,
        time.monotonic() - began,
        used - before.children_user - before.children_system,
        steps,
    )


def floor(landing: Path, database: Path) -> tuple[float, float]:
    """Every landed file read as text and no more: seconds by the clock and of the processor."""
    before, began = os.times(), time.monotonic()
    for file in sorted(path for path in landing.rglob("*") if path.is_file()):
        form = file.suffix.lower().lstrip(".")
        if form in ("csv", "parquet", "xlsx", "xml"):
            read_plainly(file, form, _record_of(file) if form == "xml" else "", database)
    after = os.times()
    return time.monotonic() - began, after.user + after.system - before.user - before.system


def _arguments(told: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--authorities", type=int, nargs="*", default=[1, 3, 6])
    parser.add_argument("--children", type=int, default=12_000, help="living in the first of them")
    parser.add_argument("--years", type=int, default=6)
    parser.add_argument("--folder", type=Path, default=PROJECT / "data" / "bench")
    return parser.parse_args(told)


def _world(folder: Path, authorities: int, children: int, years: int) -> Path:
    """An invented world, made once; one that was broken off is made anew."""
    world = folder / f"{authorities}-{children}-{years}"
    if not (world / "made").exists():
        shutil.rmtree(world, ignore_errors=True)
        command = [sys.executable, "-m", "orchestration.cli", "simulate", str(world)]
        command += ["--authorities", str(authorities), "--children", str(children)]
        command += ["--years", str(years), "--as-at", AS_AT]
        subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL)
        (world / "made").touch()
    return world


class _one_file_changed:
    """The largest CSV file of the first authority without its last line, until the block ends."""

    def __init__(self, landing: Path) -> None:
        first = min(folder for folder in landing.iterdir() if folder.is_dir())
        self.file = max(first.rglob("*.csv"), key=lambda file: file.stat().st_size)
        self.content = self.file.read_bytes()

    def __enter__(self) -> None:
        self.file.write_bytes(b"".join(self.content.splitlines(keepends=True)[:-1]))

    def __exit__(self, *_: object) -> None:
        self.file.write_bytes(self.content)


def _record_of(file: Path) -> str:
    """The element that holds one person in a file of XML."""
    with file.open("rb") as handle:
        head = handle.read(64 * 1024).decode("utf-8", errors="replace")
    return next((record for record in RECORDS if f"<{record}>" in head), "")


def _watch(process: "subprocess.Popen[bytes]", seen: list[tuple[float, float]]) -> None:
    while process.poll() is None:
        seen.append((time.time(), sum(_resident(process.pid))))
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _resident(top: int) -> Iterator[float]:
    """Megabytes held by a process and by each that it has started; nothing where the system does
    not tell in Linux's way."""
    children: dict[int, list[int]] = {}
    held: dict[int, float] = {}
    for folder in PROCESSES.glob("[0-9]*"):
        try:
            told = (folder / "stat").read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue  # It has ended meanwhile.
        children.setdefault(int(told[1]), []).append(int(folder.name))
        held[int(folder.name)] = int(told[21]) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE
    waiting = [top]
    while waiting:
        process = waiting.pop()
        waiting += children.get(process, [])
        yield held.get(process, 0.0)


def _tell(title: str, costs: dict[str, Cost]) -> int:
    """Print the nights beside each other; how many did not publish."""
    print(title)
    print(f"  {'':22}" + "".join(f"{name:>20}" for name in costs))
    for step in next(iter(costs.values())).steps:
        cells = [cost.steps.get(step) for cost in costs.values()]
        print(
            f"  {step:22}"
            + "".join(f"{f'{c[0]:.1f} s {c[1]:,.0f} MB' if c else 'none':>20}" for c in cells)
        )
    for what, said in (
        (
            "the whole",
            [f"{cost.seconds:.1f} s {cost.most_memory:,.0f} MB" for cost in costs.values()],
        ),
        ("processor", [f"{cost.processor:.1f} s" for cost in costs.values()]),
        ("ended with", [str(cost.exit_code) for cost in costs.values()]),
    ):
        print(f"  {what:22}" + "".join(f"{cell:>20}" for cell in said), flush=True)
    return sum(cost.exit_code != 0 for cost in costs.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
