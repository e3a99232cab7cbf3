"""The tables made of a simulated world are the lives that it holds, row by row; and with any one
feed withheld they are still made, and say what is missing."""

import datetime as dt
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.ingest.assets import authority_codes
from orchestration.ingest.landing import Places, survey
from orchestration.ingest.load import load_files
from orchestration.settings import PROJECT
from orchestration.simulate.options import Options
from orchestration.simulate.simulation import LANDING, TRUTH, TRUTH_FILE, simulate
from tests.factories import KEY, a_night, the_contracts
from tests.lived_rows import both, compare, look_at, tables

pytestmark = pytest.mark.slow
AS_AT = dt.date(2026, 3, 31)
# Two authorities that both send, because families move from one to the other; three returns, so
# that much was lived before the first.
WORLD = Options(as_at=AS_AT, authorities=2, children=2_000, years=3)
MEASURED = "config.schema:measures config.schema:outcomes config.schema:release"


@dataclass(frozen=True)
class County:
    """A world that was simulated: what it holds, and the files that tell of it."""

    folder: Path

    @property
    def truth(self) -> Path:
        return self.folder / TRUTH / TRUTH_FILE

    @property
    def landing(self) -> Path:
        return self.folder / LANDING


def load(county: County, warehouse: Path, without: str = "") -> None:
    """Load what was landed, but for the files of one family."""
    contracts = the_contracts()
    landed = survey(county.landing, contracts, Places(authority_codes()), AS_AT)
    chosen = [
        file for file in landed if all(contract.family != without for contract in file.contracts)
    ]
    assert not without or len(chosen) < len(landed)
    with duckdb.connect(str(warehouse)) as connection:
        load_files(connection, chosen, a_night(contracts=contracts, as_at_date=AS_AT))


def dbt(warehouse: Path, target: Path, *arguments: str) -> None:
    """Run a dbt command on a warehouse."""
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("dbt")),
            "--no-use-colors",
            *arguments,
            "--project-dir=dbt_project",
            "--profiles-dir=dbt_project",
            f"--target-path={target}",
            f"--log-path={target}",
        ],
        cwd=PROJECT,
        env={**os.environ, "WAREHOUSE_PATH": str(warehouse), "AS_AT_DATE": str(AS_AT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where dbt keeps what it has read of the project: it is read once for all of them."""
    return tmp_path_factory.mktemp("dbt")


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    folder = tmp_path_factory.mktemp("county")
    simulate(folder, WORLD, dict(the_contracts()), lambda _what, _share: None)
    return County(folder)


@pytest.fixture(scope="module")
def seeded(target: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse that holds the seeds and nothing else."""
    warehouse = tmp_path_factory.mktemp("seeded") / "warehouse.duckdb"
    dbt(warehouse, target, "seed")
    return warehouse


def build(county: County, seeded: Path, folder: Path, target: Path, without: str = "") -> Path:
    """A warehouse with every table up to those that measures are made of."""
    warehouse = folder / "warehouse.duckdb"
    shutil.copy(seeded, warehouse)
    load(county, warehouse, without)
    dbt(warehouse, target, "run", "--exclude", MEASURED)
    return warehouse


@pytest.fixture(scope="module")
def whole(
    county: County, seeded: Path, target: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    return build(county, seeded, tmp_path_factory.mktemp("whole"), target)


@pytest.fixture(scope="module")
def beside(county: County, whole: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with both(county.truth, whole, KEY) as connection:
        yield connection


AUTHORITIES = ("981", "982")


@pytest.mark.parametrize("authority", AUTHORITIES)
@pytest.mark.parametrize("table", tables())
def test_a_table_is_the_lives_row_by_row(
    beside: duckdb.DuckDBPyConnection, table: str, authority: str
):
    look_at(beside, authority)

    found = compare(beside, table)

    assert found.rows > 0
    assert found.is_none, found


@pytest.mark.parametrize("authority", AUTHORITIES)
def test_every_number_of_a_child_leads_to_that_child(
    beside: duckdb.DuckDBPyConnection, authority: str
):
    look_at(beside, authority)

    told, astray = beside.execute(
        """
        with numbers as (
            select everyone.child_id, sources.record_source, pseudonym('person', sources.number)
                as person_key
            from everyone
            inner join world.children on everyone.lived_id = children.child_id
            cross join lateral (
                values ('ssd', person_id), ('local', person_id), ('ssda903', looked_after_number),
                    ('cin_census', census_number), ('annex_a', inspection_number)
            ) as sources (record_source, number)
        )

        select count(*), count(*) filter (where identities.child_id <> numbers.child_id)
        from made.intermediate.identities
        inner join numbers using (record_source, person_key)
        where identities.local_authority_code = getvariable('authority')
        """
    ).fetchone() or (0, 0)

    assert told > 1_000
    assert astray == 0


# ---- with one feed withheld ----

TABLES = (
    "select schema_name || '.' || table_name, estimated_size from duckdb_tables() "
    "where schema_name in ('intermediate', 'cohorts', 'progress', 'workforce', 'quality')"
)
FEEDS = ("ssd", "ssda903", "cin_census", "annex_a", "csww", "local")


@pytest.fixture(scope="module", params=FEEDS)
def withheld(
    request: pytest.FixtureRequest,
    county: County,
    seeded: Path,
    target: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[str, Path]:
    """A feed, and a warehouse that was made without it."""
    feed = str(request.param)
    return feed, build(county, seeded, tmp_path_factory.mktemp(feed), target, without=feed)


def asked(warehouse: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_without_a_feed_every_table_is_made_and_says_what_is_missing(
    withheld: tuple[str, Path], whole: Path
):
    feed, warehouse = withheld
    missing = asked(
        warehouse,
        "select distinct table_name, column_name from quality.case_model_sources "
        f"where list_contains(string_split(missing_sources, ';'), '{feed}')",
    )
    able = asked(
        warehouse,
        "select table_name, column_name from reference.column_sources "
        f"where record_source = '{feed}'",
    )
    assert able
    assert sorted(missing) == sorted(able)
    # With every feed there, nothing is missing where all of them have rows.
    assert asked(
        whole,
        "select count(*) from quality.case_model_sources "
        "where supply_code <> 'whole' and local_authority_code = '981'",
    ) == [(0,)]

    made = dict(asked(warehouse, TABLES))
    assert set(made) == set(dict(asked(whole, TABLES)))
    # What another source holds as well is told by that one, and nothing stands for the missing.
    for table in ("cohorts.cohort_snapshots", "cohorts.cohort_counts", "cohorts.child_journeys",
                  "progress.child_progress", "workforce.workforce_snapshots"):  # fmt: skip
        assert made[table] > 0, table
    assert asked(
        warehouse,
        f"select count(*) from intermediate.children where record_source = '{feed}'",
    ) == [(0,)]
