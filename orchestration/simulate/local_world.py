"""The part of the world that no statutory return holds, made from the lives that are there.

Surveys and those who did not answer, progress and programmes, education, support, incidents,
practice, the board, money and the tables kept by hand. Each stage is one SQL file of ``local``;
what is asked, measured, offered and counted, and how often, are the lists of ``seeds/simulation``.
"""

import zlib
from pathlib import Path

import duckdb
import numpy as np

from orchestration.simulate.rates import SEEDS

STAGES = Path(__file__).parent / "local"
# In the order of the story: a stage may look at what the ones before it made.
ORDER = (
    "base",
    "services",
    "education",
    "progress",
    "board",
    "surveys",
    "care",
    "practice",
    "money",
    "steering",
    "intensive_family_support",
    "truth",
)
LISTS = (
    "actions",
    "audit_questions",
    "board_activity",
    "board_agencies",
    "incidents",
    "intensive_family_support",
    "milestones",
    "partners",
    "progress_measures",
    "self_evaluation",
    "services",
    "spend",
    "staff_credentials",
    "story_notes",
    "support_needs",
    "survey_questions",
    "surveys",
    "targets",
)


def simulate_local(connection: duckdb.DuckDBPyConnection, seeds: Path = SEEDS) -> None:
    """Fill the local tables of a world whose children, services and workers are there.

    The same world with the same seed gives the same rows, in the order of their primary keys.

    Args:
        connection: the database that holds schema ``world`` (``world.sql``, ``world_local.sql``).
        seeds: where the lists are.
    """
    seed, detail_from, as_at = _settings(connection)
    dice = np.random.SeedSequence(entropy=seed, spawn_key=[zlib.crc32(b"local")])
    connection.execute(f"set variable local_seed = {dice.generate_state(1)[0]}")
    connection.execute(f"set variable detail_from = date '{detail_from}'")
    connection.execute(f"set variable as_at = date '{as_at}'")
    connection.execute(
        f"insert into world.rates select * from read_csv('{seeds / 'local_rates.csv'}', types = "
        "{'rate': 'varchar', 'value': 'double', 'unit': 'varchar', 'source': 'varchar', "
        "'year': 'varchar'})"
    )
    for name in LISTS:
        connection.execute(
            f"create or replace temp table local_{name} as "
            f"from read_csv('{seeds / f'local_{name}.csv'}', "
            "auto_type_candidates = ['integer', 'double', 'varchar'])"
        )
    for stage in ("tools", *ORDER):
        connection.execute((STAGES / f"{stage}.sql").read_text(encoding="utf-8"))


def _settings(connection: duckdb.DuckDBPyConnection) -> tuple[int, object, object]:
    row = connection.execute("select seed, detail_from, as_at from world.settings").fetchone()
    if row is None:
        raise ValueError("the world has no settings")
    seed, detail_from, as_at = row
    return int(seed), detail_from, as_at
