"""Every feed of a simulated world is read whole, all of them tell of the same lives, faults are
caught where they were put, and the tables made from them count what was lived."""

import datetime as dt
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.check_file import Mark, Report, check
from orchestration.ingest.assets import authority_codes
from orchestration.ingest.landing import Places, survey
from orchestration.ingest.load import load_files
from orchestration.settings import PROJECT
from orchestration.simulate.feeds import FeedOptions, WrittenFile, write_feeds
from orchestration.simulate.local_world import simulate_local
from orchestration.simulate.options import Errors, Options
from orchestration.simulate.run import build_world
from orchestration.simulate.simulation import TRUTH_COUNTS
from tests.factories import a_night, the_contracts

pytestmark = pytest.mark.slow
AS_AT = dt.date(2026, 3, 31)
# Three returns stand on both sides of the change of codes in 2025. A neighbour is there for what is
# published, and sends nothing.
SMALL = Options(
    as_at=AS_AT,
    authorities=2,
    children=4_000,
    years=3,
    scenarios=("care_leavers_improve", "repeat_plans"),
)


@dataclass(frozen=True)
class Simulated:
    """A world, the files that were written from it, and a warehouse that read them."""

    world: duckdb.DuckDBPyConnection
    landing: Path
    files: Mapping[str, WrittenFile]
    warehouse: Path

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.warehouse)) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def world() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        build_world(connection, SMALL)
        simulate_local(connection)
        connection.execute(TRUTH_COUNTS)
        yield connection


@pytest.fixture(scope="module")
def simulated(
    world: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Simulated]:
    landing = tmp_path_factory.mktemp("landing")
    files = write_feeds(world, landing, the_contracts(), FeedOptions(senders=1))
    warehouse = tmp_path_factory.mktemp("warehouse") / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        read(connection, landing)
    yield Simulated(world, landing, {file.name: file for file in files}, warehouse)


def read(
    warehouse: duckdb.DuckDBPyConnection, landing: Path, names: frozenset[str] = frozenset()
) -> None:
    """Load what was landed, or the named files of it."""
    contracts = the_contracts()
    landed = survey(landing, contracts, Places(authority_codes()), AS_AT)
    chosen = [file for file in landed if not names or workbook_of(file.name) in names]
    load_files(warehouse, chosen, a_night(contracts=contracts, as_at_date=AS_AT))


def workbook_of(name: str) -> str:
    """The file that a sheet of a workbook is in; any other file is itself."""
    return name.partition(".xlsx/")[0] + ".xlsx" * (".xlsx/" in name)


def extract_of(query: str) -> str:
    """The extract that a query writes, or a part of."""
    return "__".join(query.split("__")[:2])


def checked(landing: Path, names: Iterable[str], folder: Path) -> Report:
    """What `outcomes check` says of a folder that holds the named files alone."""
    for name in sorted(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(landing / name, folder / name)
    return check(folder, the_contracts(), AS_AT)


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
                written[file.name, extract_of(query)] = rows
    loaded = {
        (workbook_of(str(name)), extract): rows
        for name, extract, rows in simulated.ask(
            "select file_name, extract, rows_loaded from quality.extract_files "
            "where rows_loaded > 0"
        )
    }
    assert loaded == written


def test_the_newest_file_of_every_extract_passes_the_check_without_a_remark(
    simulated: Simulated, tmp_path: Path
):
    newest = {
        extract_of(query): name
        for name, file in sorted(simulated.files.items())
        for query, rows in file.rows.items()
        if rows
    }

    report = checked(simulated.landing, set(newest.values()), tmp_path / "sample")

    remarks = [
        (file.name, finding.mark, finding.where, finding.what)
        for file in report.files
        for finding in file.findings
        if finding.mark is not Mark.KNOW
    ]
    assert (remarks, report.exit_code) == ([], 0)
    told = {count.extract: count for file in report.files for count in file.counts}
    assert set(newest) <= set(told)
    assert sum(count.left_out + count.with_emptied for count in told.values()) == 0


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
            f"from {one[0]} as one inner join {other[0]} as other "
            f"on one.{one[1]} = other.{other[1]}"
        )[0]
        assert (met > 50, differ) == (True, 0), (one, other)


# A few children have a number of their own in one system, and a pupil number that joins them.


def test_the_dataset_and_the_return_hold_the_same_children_in_care(simulated: Simulated):
    in_return, in_dataset, persons = simulated.ask(
        """
        select
            (select list(distinct child) from raw.ssda903__episodes
                where return_year = 2026 and dec is null),
            (select list(distinct clae_person_id)
                from raw.ssd__cla_episodes where clae_cla_episode_ceased_date is null),
            (select list(distinct pers_person_id) from raw.ssd__person)
        """
    )[0]
    assert len(in_return) == len(in_dataset) > 15
    assert set(in_return) - set(in_dataset) - set(persons) == set(in_return) - set(in_dataset)
    assert len(set(in_return) & set(in_dataset)) > 0.9 * len(in_return)


def test_plans_of_the_census_are_those_of_the_dataset(simulated: Simulated):
    only_in_census = simulated.ask(
        """
        select la_child_id, plan_start_date from raw.cin_census__child_protection_plan
        where la_child_id in (select pers_person_id from raw.ssd__person)
        except
        select cppl_person_id, cppl_cp_plan_start_date from raw.ssd__cp_plans
        """
    )
    assert only_in_census == []


def test_other_forms_hold_the_same_rows(simulated: Simulated, tmp_path: Path):
    options = FeedOptions(
        families=("ssda903", "annex_a", "ssd"),
        forms={"ssda903": "xml", "annex_a": "csv", "ssd": "parquet"},
        senders=1,
    )
    files = write_feeds(simulated.world, tmp_path, the_contracts(), options)
    tables = ("annex_a__children_in_care", "ssd__cin_assessments", "ssda903__episodes")
    chosen = {file.name for file in files if set(file.rows) & set(tables)}
    year = "2026"
    chosen = {name for name in chosen if "ssda903" not in name or year in name}
    # Postcodes are looked up on arrival in the directory that was landed with the rest.
    directory = next(name for name in simulated.files if "ref_postcodes" in name)
    (tmp_path / directory).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / directory).write_bytes((simulated.landing / directory).read_bytes())
    with duckdb.connect() as warehouse:
        read(warehouse, tmp_path, frozenset({*chosen, directory}))
        for table in tables:
            # Everything but the file and the line it came from, and when it was written.
            rows = (
                f"from raw.{table} select * exclude (_file_sha256, _row_number) "
                f"where coalesce(return_year, {year}) = {year} order by all"
            )
            assert warehouse.execute(rows).fetchall() == simulated.ask(rows)


# ---- faults ----


@pytest.mark.parametrize(
    ("errors", "families"),
    [
        (Errors.REALISTIC, tuple(FeedOptions().families)),
        # Every file of it is faulty, so a few speak for all.
        (Errors.HOSTILE, ("cin_census", "ssd")),
    ],
)
def test_exactly_the_recorded_faults_are_caught(
    simulated: Simulated, tmp_path: Path, errors: Errors, families: tuple[str, ...]
):
    options = FeedOptions(families=families, senders=1, errors=errors)
    files = write_feeds(simulated.world, tmp_path, the_contracts(), options)
    recorded = simulated.world.execute(
        "select file_name, extract, line_number, column_name, consequence, kind from world.faults"
    ).fetchall()
    faulty = frozenset(str(fault[0]) for fault in recorded)
    for file in files:
        # What is not named is what it was without faults, which loaded whole. (The other way round
        # does not hold: small letters change no headings that are small already.)
        same = (tmp_path / file.name).read_bytes() == (simulated.landing / file.name).read_bytes()
        assert same or file.name in faulty, file.name
    with duckdb.connect() as warehouse:
        read(warehouse, tmp_path, faulty)
        for table, consequence in (
            ("quarantined_rows", "row_quarantined"),
            ("emptied_cells", "cell_emptied"),
        ):
            caught = warehouse.execute(
                f"select file_name, extract, line_number, column_name from quality.{table}"
            ).fetchall()
            expected = [fault[:4] for fault in recorded if fault[4] == consequence]
            assert Counter(caught) == Counter(expected)
            assert len(expected) > 20
        refused = warehouse.execute(
            "select file_name from quality.extract_files where status = 'refused'"
        ).fetchall()
        expected = [fault[:1] for fault in recorded if fault[4] == "file_refused"]
        assert sorted(refused) == sorted(expected)

    # The command says the same of one file for each kind of fault.
    of_each_kind = {str(fault[5]): str(fault[0]) for fault in recorded}.values()
    report = checked(tmp_path, of_each_kind, tmp_path / "sample")
    assert {workbook_of(file.name) for file in report.files} == set(of_each_kind)
    for mark, consequence in (
        (Mark.LEFT_OUT, "row_quarantined"),
        (Mark.EMPTIED, "cell_emptied"),
        (Mark.REFUSED, "file_refused"),
    ):
        told = Counter(
            {
                file.name: sum(max(f.count, 1) for f in file.findings if f.mark is mark)
                for file in report.files
            }
        )
        expected = Counter(
            fault[0] for fault in recorded if fault[0] in of_each_kind and fault[4] == consequence
        )
        assert +told == expected, consequence


# ---- what the pipeline makes of it ----

DEEP = (
    "cohort_snapshots",
    "int_care_episodes",
    "int_protection_plans",
    "measure__care_leavers",
    "measure__protection_plans",
)


@pytest.fixture(scope="module")
def counted(simulated: Simulated, tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """The same, with cohorts, episodes, plans and what is measured of them made from the raw
    tables."""
    target = tmp_path_factory.mktemp("dbt")
    dbt = (
        str(Path(sys.executable).with_name("dbt")),
        "--no-use-colors",
        "run",
        "--project-dir=dbt_project",
        "--profiles-dir=dbt_project",
        f"--target-path={target}",
        f"--log-path={target}",
        f"--vars={{as_at_date: '{AS_AT}'}}",
        "--select",
    )
    environment = {**os.environ, "WAREHOUSE_PATH": str(simulated.warehouse)}
    seeds = [*dbt, *(f"+{model},resource_type:seed" for model in DEEP)]
    seeds[2] = "seed"
    for command in (seeds, [*dbt, *(f"+{model}" for model in DEEP)]):
        done = subprocess.run(
            command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
    return simulated


def of_the_truth(simulated: Simulated, sql: str) -> list[tuple[object, ...]]:
    return simulated.world.execute(sql).fetchall()


def test_every_cohort_has_as_many_children_every_month_as_lived_it(counted: Simulated):
    made = counted.ask(
        """
        select cohort_code, period_id, count(distinct child_id) from cohorts.cohort_snapshots
        where cohort_code in (
            'child_in_need', 'protection_plan', 'in_care', 'short_breaks', 'care_leaver')
            and period_end >= date '2023-04-01'
        group by all order by all
        """
    )
    told = of_the_truth(
        counted,
        "select cohort_code, period_id, child_count from counts.cohorts "
        "where local_authority_code = '981' and child_count > 0 order by all",
    )
    assert len(told) > 100
    assert made == told


def test_as_many_care_episodes_and_plans_begin_every_year_as_were_lived(counted: Simulated):
    for event, table, begins in (
        (
            "care_episode_started",
            "intermediate.care_episodes where not is_short_break",
            "episode_start_date",
        ),
        (
            "protection_plan_started",
            "intermediate.protection_plans where true",
            "plan_start_date",
        ),
    ):
        made = counted.ask(
            f"select year({begins} + interval 9 month) as reporting_year, count(*) from {table} "
            f"and {begins} >= date '2023-04-01' group by all order by all"
        )
        told = of_the_truth(
            counted,
            "select reporting_year, event_count from counts.events inner join counts.periods "
            "using (period_id) where period_type = 'year' and local_authority_code = '981' "
            f"and event = '{event}' order by all",
        )
        assert len(told) == 3
        assert made == told


def test_as_many_answers_are_loaded_as_were_given(simulated: Simulated):
    loaded = simulated.ask(
        """
        select survey_code, responses.respondent_type_code, question_code, count(*)
        from raw.local__survey_responses as responses
        inner join raw.local__survey_questions as questions
            using (survey_code, survey_version, question_code)
        where questions.response_scale_code <> 'free_text'
            and responses.respondent_type_code <> 'interviewer'
        group by all order by all
        """
    )
    told = of_the_truth(
        simulated,
        """
        select survey_code, respondent_type_code, question_code, sum(answered_count)
        from world.truth_questions
        where local_authority_code = '981' and respondent_type_code <> 'interviewer'
        group by all having sum(answered_count) > 0 order by all
        """,
    )
    assert len(told) > 80
    assert loaded == told


def shares_measured(counted: Simulated, measure: str) -> list[tuple[int, int]]:
    """How many count and of how many, in each of the three years."""
    found = counted.ask(
        "select count(*) filter (where numerator_flag = 1), count(*) "
        "from (from measures.measure__care_leavers select measure_code, period_id, "
        "numerator_flag, exclusion_code union all from measures.measure__protection_plans "
        "select measure_code, period_id, numerator_flag, exclusion_code) "
        "inner join reference.periods using (period_id) "
        f"where measure_code = '{measure}' and period_type = 'year' and exclusion_code is null "
        "and period_start >= date '2023-04-01' group by period_id order by period_id"
    )
    return [(int(str(n)), int(str(of))) for n, of in found]


def test_the_measure_of_care_leavers_homes_goes_from_72_to_90_per_cent(counted: Simulated):
    told = of_the_truth(
        counted,
        "select in_suitable_accommodation, with_suitability from counts.care_leavers "
        "where local_authority_code = '981' and age_group = '19 to 21' order by return_year",
    )

    made = shares_measured(counted, "care_leavers_suitable_accommodation")

    assert made == told
    # As near as whole people allow.
    for (suitable, of), share in zip(made, (0.72, 0.72, 0.90), strict=True):
        assert abs(suitable - share * of) <= 0.5


def test_the_measure_of_repeat_plans_goes_from_10_to_15_per_cent(counted: Simulated):
    told = of_the_truth(
        counted,
        """
        select
            sum(event_count) filter (where event = 'repeat_protection_plan_started'),
            sum(event_count) filter (where event = 'protection_plan_started')
        from counts.events
        inner join counts.periods using (period_id)
        where period_type = 'year' and local_authority_code = '981'
        group by period_id order by period_id
        """,
    )

    made = shares_measured(counted, "plan_starts_repeat")

    assert made == told
    # As near as whole plans allow.
    for (again, of), share in zip(made, (0.10, 0.125, 0.15), strict=True):
        assert abs(again - share * of) <= 1
