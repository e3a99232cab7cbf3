"""Every feed of a simulated world is read whole, and all of them tell of the same lives."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.ingest.assets import authority_codes
from orchestration.ingest.landing import Places, survey
from orchestration.ingest.load import load_files
from orchestration.simulate.feeds import FeedOptions, WrittenFile, write_feeds
from orchestration.simulate.local_world import simulate_local
from orchestration.simulate.options import Options
from orchestration.simulate.run import build_world
from tests.factories import a_night, the_contracts

AS_AT = dt.date(2026, 3, 31)
# Four returns stand on both sides of the changes of codes in 2024 and 2025.
SMALL = Options(as_at=AS_AT, authorities=2, children=1_000, years=4)


@dataclass(frozen=True)
class Simulated:
    """A world, the files that were written from it, and a warehouse that read them."""

    world: duckdb.DuckDBPyConnection
    landing: Path
    files: Mapping[str, WrittenFile]
    warehouse: duckdb.DuckDBPyConnection

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        return self.warehouse.execute(sql).fetchall()


@pytest.fixture(scope="module")
def world() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        build_world(connection, SMALL)
        simulate_local(connection)
        yield connection


@pytest.fixture(scope="module")
def simulated(
    world: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Simulated]:
    landing = tmp_path_factory.mktemp("landing")
    files = write_feeds(world, landing, the_contracts())
    with duckdb.connect() as warehouse:
        read(warehouse, landing)
        yield Simulated(world, landing, {file.name: file for file in files}, warehouse)


def read(warehouse: duckdb.DuckDBPyConnection, landing: Path) -> None:
    contracts = the_contracts()
    landed = survey(landing, contracts, Places(authority_codes()), AS_AT)
    load_files(warehouse, landed, a_night(contracts=contracts, as_at_date=AS_AT))


def test_every_file_is_known_and_every_row_of_it_loads_with_every_cell(simulated: Simulated):
    wrong = simulated.ask(
        "select file_name, extract, status, reason, rows_quarantined, rows_with_emptied_cells, "
        "columns_extra from quality.extract_files where status <> 'loaded' "
        "or rows_quarantined > 0 or rows_with_emptied_cells > 0 or columns_extra <> ''"
    )
    assert wrong == []


def test_every_row_that_was_written_is_loaded(simulated: Simulated):
    written: dict[tuple[str, str], int] = {}
    for file in simulated.files.values():
        for query, rows in file.rows.items():
            if rows:
                written[file.name, "__".join(query.split("__")[:2])] = rows
    loaded = {
        # A sheet of a workbook is landed under the name of the workbook.
        (str(name).partition(".xlsx/")[0] + ".xlsx" * (".xlsx/" in str(name)), extract): rows
        for name, extract, rows in simulated.ask(
            "select file_name, extract, rows_loaded from quality.extract_files "
            "where rows_loaded > 0"
        )
    }
    assert loaded == written


def test_every_extract_has_its_feed(simulated: Simulated):
    told = {extract for (extract,) in simulated.ask("select extract from quality.extract_files")}
    missing = {
        extract
        for extract, contract in the_contracts().items()
        # Blocks that come with a later return than the world has.
        if extract not in told and (contract.since or 0) <= AS_AT.year
    }
    assert missing == set()


def test_no_return_knows_what_happened_after_its_year(simulated: Simulated):
    assert simulated.ask(
        "select count(*) from raw.ssda903__episodes "
        "where greatest(decom, dec) > make_date(return_year, 3, 31)"
    ) == [(0,)]
    assert simulated.ask(
        "select count(*) from raw.cin_census__cin_episode "
        "where greatest(referral_date, closure_date) > make_date(return_year, 3, 31)"
    ) == [(0,)]
    assert simulated.ask(
        "select count(*) from raw.csww__worker "
        "where greatest(role_start_date, role_end_date) > make_date(return_year, 9, 30)"
    ) == [(0,)]


def test_an_open_episode_comes_back_in_the_next_return(simulated: Simulated):
    open_ones = """
        from raw.ssda903__episodes as earlier
        left join raw.ssda903__episodes as later
            on earlier.local_authority_code = later.local_authority_code
            and earlier.child = later.child and earlier.decom = later.decom
            and later.return_year = earlier.return_year + 1
        where earlier.dec is null and earlier.return_year < 2026
    """
    assert simulated.ask(f"select count(*) > 20 {open_ones}") == [(True,)]
    assert simulated.ask(f"select count(*) {open_ones} and later.child is null") == [(0,)]
    assert simulated.ask(f"select count(*) > 5 {open_ones} and later.dec is not null") == [(True,)]


def test_codes_are_those_of_the_year_of_the_return(simulated: Simulated):
    used = simulated.ask(
        "select distinct return_year, place from raw.ssda903__episodes where place in ('H5', 'K3')"
    )
    assert {place for year, place in used if year <= 2024} == {"H5"}
    assert {place for year, place in used if year >= 2025} == {"K3"}
    header = next(n for n in simulated.files if n.endswith("ssda903_2024/header.csv"))
    assert {line.split(",")[1] for line in lines_of(simulated.landing / header)} == {"1", "2"}
    header = next(n for n in simulated.files if n.endswith("ssda903_2025/header.csv"))
    assert {line.split(",")[1] for line in lines_of(simulated.landing / header)} == {"M", "F"}


def lines_of(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines()[1:]


def test_a_child_was_born_on_one_day_whichever_system_says_so(simulated: Simulated):
    census = "raw.cin_census__child", "la_child_id", "date_of_birth"
    dataset = "raw.ssd__person", "pers_person_id", "pers_dob"
    for one, other in (
        (("raw.ssda903__header", "child", "dob"), census),
        (dataset, census),
        (("raw.annex_a__children_in_need", "child_id", "date_of_birth"), dataset),
    ):
        met, differ = simulated.ask(
            f"select count(*), count(*) filter (one.{one[2]} <> other.{other[2]}) "
            f"from {one[0]} as one inner join {other[0]} as other on one.{one[1]} = other.{other[1]}"
        )[0]
        assert (met > 50, differ) == (True, 0), (one, other)


def test_the_dataset_and_the_return_hold_the_same_children_in_care(simulated: Simulated):
    in_return, in_dataset = simulated.ask(
        """
        select
            (select list(distinct child order by child) from raw.ssda903__episodes
                where return_year = 2026 and dec is null),
            (select list(distinct clae_person_id order by clae_person_id)
                from raw.ssd__cla_episodes where clae_cla_episode_ceased_date is null)
        """
    )[0]
    assert in_return == in_dataset


def test_plans_of_the_census_are_those_of_the_dataset(simulated: Simulated):
    only_in_census = simulated.ask(
        """
        select la_child_id, plan_start_date from raw.cin_census__child_protection_plan
        except
        select cppl_person_id, cppl_cp_plan_start_date from raw.ssd__cp_plans
        """
    )
    assert only_in_census == []


@pytest.mark.parametrize("forms", [{}, {"ssda903": "xml", "annex_a": "csv", "ssd": "parquet"}])
def test_the_same_world_gives_the_same_bytes(
    world: duckdb.DuckDBPyConnection, tmp_path: Path, forms: dict[str, str]
):
    options = FeedOptions(families=("ssda903", "cin_census", "annex_a", "ssd"), forms=forms)
    hashes = []
    for folder in ("once", "again"):
        write_feeds(world, tmp_path / folder, the_contracts(), options)
        hashes.append(
            {
                file.relative_to(tmp_path / folder).as_posix(): hashlib.sha256(
                    file.read_bytes()
                ).hexdigest()
                for file in sorted((tmp_path / folder).rglob("*.*"))
            }
        )
    assert len(hashes[0]) > 10
    assert hashes[0] == hashes[1]


def test_other_forms_hold_the_same_rows(simulated: Simulated, tmp_path: Path):
    options = FeedOptions(
        families=("ssda903", "annex_a", "ssd"),
        forms={"ssda903": "xml", "annex_a": "csv", "ssd": "parquet"},
    )
    write_feeds(simulated.world, tmp_path, the_contracts(), options)
    counts = "select count(*), count(distinct child) from raw.ssda903__episodes"
    with duckdb.connect() as warehouse:
        read(warehouse, tmp_path)
        assert warehouse.execute(counts).fetchall() == simulated.ask(counts)
        for table in ("raw.annex_a__children_in_care", "raw.ssd__cin_assessments"):
            # Everything but the file and the line it came from.
            rows = f"from {table} select * exclude (_file_sha256, _row_number) order by all"
            assert warehouse.execute(rows).fetchall() == simulated.ask(rows)
