"""``outcomes simulate``: a world, the feeds written from it, and the truth kept beside them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb

from orchestration.contracts import ExtractContract
from orchestration.simulate.feeds import FeedOptions, WrittenFile, write_feeds
from orchestration.simulate.local_world import simulate_local
from orchestration.simulate.options import BadOptions, Options
from orchestration.simulate.run import build_world

# The pipeline reads below the one and never below the other.
LANDING, TRUTH = "landing", "truth"
TRUTH_FILE = "truth.duckdb"
MEMORY_LIMIT = "1500MB"
# What the figures must come to, as tables of schema ``counts``.
TRUTH_COUNTS = (Path(__file__).parent / "truth.sql").read_text(encoding="utf-8")

Report = Callable[[str, float], None]


def simulate(
    out: Path, options: Options, contracts: dict[str, ExtractContract], report: Report
) -> list[WrittenFile]:
    """Write ``out/landing`` and ``out/truth/truth.duckdb``; returns the files that were written.

    The world lives in the truth file from the first, so that memory stays small and nothing is
    copied. Raises ``BadOptions`` where a folder is there already or the options cannot be met.
    """
    for folder in (out / LANDING, out / TRUTH):
        if folder.exists() and any(folder.iterdir()):
            raise BadOptions(f"{folder} is not empty: name another folder, or take it away.")
    (out / TRUTH).mkdir(parents=True, exist_ok=True)
    unfinished = out / TRUTH / f"{TRUTH_FILE}.unfinished"
    with duckdb.connect(str(unfinished)) as connection:
        connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
        connection.execute(f"set temp_directory = '{out / TRUTH / 'spill'}'")
        build_world(connection, options, report=lambda what, share: report(what, share * 0.4))
        report("surveys, programmes, practice and money", 0.4)
        simulate_local(connection)
        report("truth", 0.55)
        connection.execute(TRUTH_COUNTS)
        report("feeds", 0.6)
        feeds = FeedOptions(
            forms=dict(form.split("=", 1) for form in options.formats),
            errors=options.errors,
            seed=options.seed,
        )
        written = write_feeds(connection, out / LANDING, contracts, feeds)
        connection.execute("checkpoint")
    unfinished.rename(out / TRUTH / TRUTH_FILE)
    shutil.rmtree(out / TRUTH / "spill", ignore_errors=True)
    report("done", 1.0)
    return written
