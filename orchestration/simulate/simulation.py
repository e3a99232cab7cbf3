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
from orchestration.simulate.scenarios import read_scenarios

# The pipeline reads below the one and never below the other.
LANDING, TRUTH = "landing", "truth"
TRUTH_FILE = "truth.duckdb"
SPILL = "spill"
MEMORY_LIMIT = "1500MB"
# What the figures must come to, as tables of schema ``counts``.
TRUTH_COUNTS = (Path(__file__).parent / "truth.sql").read_text(encoding="utf-8")

Report = Callable[[str, float], None]


def simulate(
    out: Path, options: Options, contracts: dict[str, ExtractContract], report: Report
) -> list[WrittenFile]:
    """Write ``out/landing`` and ``out/truth/truth.duckdb``; returns the files that were written.

    The world lives in the truth file from the first, so that memory stays small and nothing is
    copied. Raises ``BadOptions`` where a folder is there already or the options cannot be met, and
    ``BadForm`` where a family has no such form, both before anything is made.
    """
    feeds = FeedOptions(
        senders=options.senders,
        forms=dict(form.split("=", 1) for form in options.formats),
        errors=options.errors,
        seed=options.seed,
    )
    read_scenarios(options)
    for folder in (out / LANDING, out / TRUTH):
        if folder.exists() and any(folder.iterdir()):
            raise BadOptions(f"{folder} is not empty: name another folder, or take it away.")
    (out / TRUTH).mkdir(parents=True, exist_ok=True)
    unfinished = out / TRUTH / f"{TRUTH_FILE}.unfinished"
    try:
        written = _simulate(unfinished, out / LANDING, options, feeds, contracts, report)
        unfinished.rename(out / TRUTH / TRUTH_FILE)
    finally:
        # Whatever stopped it, the folder can be used again.
        unfinished.unlink(missing_ok=True)
        shutil.rmtree(out / TRUTH / SPILL, ignore_errors=True)
    report("done", 1.0)
    return written


def _simulate(
    file: Path,
    landing: Path,
    options: Options,
    feeds: FeedOptions,
    contracts: dict[str, ExtractContract],
    report: Report,
) -> list[WrittenFile]:
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"set memory_limit = '{MEMORY_LIMIT}'")
        connection.execute(f"set temp_directory = '{file.parent / SPILL}'")
        build_world(connection, options, report=lambda what, share: report(what, share * 0.4))
        report("surveys, programmes, practice and money", 0.4)
        simulate_local(connection)
        report("truth", 0.55)
        connection.execute(TRUTH_COUNTS)
        written = write_feeds(
            connection,
            landing,
            contracts,
            feeds,
            tell=lambda delivery, share: report(
                f"{delivery.authority or 'published'}: {delivery.family}", 0.6 + share * 0.4
            ),
        )
        connection.execute("checkpoint")
    return written
