"""Each fault that the simulator puts into files is caught by a named expectation, and at loading:
the first room that can see it."""

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.contracts import ExtractContract
from orchestration.definitions import EXPECTATIONS
from orchestration.ingest.assets import authority_codes
from orchestration.ingest.landing import Places, survey
from orchestration.ingest.load import load_files
from orchestration.quality.conventions import columns_of, held_to, load_conventions
from orchestration.quality.results import CheckResult
from orchestration.quality.suites import Suite, load_retired_codes, load_suites, suite_for
from orchestration.quality.validate import validate_all
from orchestration.settings import PROJECT
from orchestration.simulate import faults
from orchestration.simulate.faults import Consequence, Fault, Kind
from orchestration.simulate.options import Errors
from tests.contract_files import a_file_of, landing_name
from tests.factories import AS_AT, a_night, the_contracts

CELLS, ROWS = "quality.emptied_cells", "quality.quarantined_rows"
REFUSED = ("quality.extract_files", "no_file_is_refused")
# Each kind of fault that costs a cell or a row, and the expectation about emptied cells.
LOST = {
    Kind.UNREADABLE_DATE: "every_date_can_be_read",
    Kind.UNKNOWN_CODE: "every_code_is_in_its_set",
    Kind.UNREADABLE_FLAG: "every_flag_can_be_read",
    Kind.UNREADABLE_NUMBER: "every_number_can_be_read",
}
# Faults of one table or file, and what catches each. In names {extract} and {column} are its own.
CAUGHT = {
    Kind.REQUIRED_CELL_LEFT_OUT: (ROWS, "no_row_lacks_what_it_cannot_stand_without"),
    Kind.RETIRED_CODE: ("raw.{extract}", "{column}_is_not_retired"),
    Kind.ROW_TWICE: ("raw.{extract}", "one_row_per_{grain}"),
    Kind.UNKNOWN_COLUMN: ("quality.schema_changes", "no_heading_is_unknown"),
    Kind.NOTHING_IN_IT: REFUSED,
    Kind.CUT_SHORT: REFUSED,
    Kind.REQUIRED_COLUMN_LEFT_OUT: REFUSED,
}
# Ways of writing that change nothing: read as they were meant, so there is nothing to catch.
READ_THROUGH = {
    Kind.DATE_WITH_TIME,
    Kind.NUMBER_AS_FLOAT,
    Kind.OTHER_CODING_OF_SEX,
    Kind.SPACES_AROUND,
    Kind.BYTE_ORDER_MARK,
    Kind.WINDOWS_1252,
    Kind.UTF_16,
    Kind.BLANK_COLUMNS,
    Kind.TITLE_ABOVE,
    Kind.HEADINGS_IN_SMALL_LETTERS,
    Kind.LINE_ENDS_OF_WINDOWS,
}
# What can be wrong inside a message.
OF_MESSAGES = {*LOST, Kind.REQUIRED_CELL_LEFT_OUT, Kind.RETIRED_CODE}

CODES = PROJECT / "seeds" / "codes" / "codes.csv"
TABLES = ("ssda903", "ssd")
# Where each message lands: the return is there as tables already, so another authority sends it.
MESSAGES = {"cin_census": "201/2026", "csww": "201/2025", "ssda903": "202/2026"}
# One with which every kind is met.
SEED = 4
EVERY_FILE = faults.Profile(files=0, rows=0, whole_files=0, refused_files=1)


@dataclass(frozen=True)
class Caught:
    """The faults of hostile files, and what the first gate found in what was loaded of them."""

    faults: tuple[Fault, ...]
    refused: Mapping[str, str]
    results: Mapping[tuple[str, str], CheckResult]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Caught:
    """A good file of every table of two families, and every message, spoiled, loaded and held to
    the first gate; and the return and the messages a second time, so that nothing can be read."""
    landing = tmp_path_factory.mktemp("landing")
    files: dict[str, list[ExtractContract]] = {}
    unreadable: dict[str, list[ExtractContract]] = {}
    for contract in the_contracts().values():
        if contract.family in TABLES and "table" in contract.forms:
            name = landing_name(contract, "csv")
            files[name] = [contract]
            a_file_of(contract, "csv", landing / name, rows=25)
    for family, folder in MESSAGES.items():
        blocks = [c for c in the_contracts().values() if c.family == family and c.path]
        files[f"{folder}/{family}.xml"] = blocks
        a_file_of(blocks[0], "xml", landing / folder / f"{family}.xml", rows=60)
    for name, contracts in files.items():
        if contracts[0].family == "ssd":
            continue
        again = f"{Path(name).parent}/again/{Path(name).name}"
        unreadable[again] = contracts
        (landing / again).parent.mkdir(exist_ok=True)
        shutil.copyfile(landing / name, landing / again)
    with duckdb.connect() as connection:
        connection.execute("create schema world")
        injected = spoil(connection, landing, files)
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(faults.PROFILES, Errors.HOSTILE, EVERY_FILE)
            injected += spoil(connection, landing, unreadable)
        landed = survey(landing, the_contracts(), Places(authority_codes()), AS_AT)
        load_files(connection, landed, a_night())
        results = validate_all(connection, suites_of(connection, files.values()))
        refused = connection.execute(
            "select file_name, reason from quality.extract_files where status = 'refused'"
        ).fetchall()
    return Caught(tuple(injected), dict(refused), {(r.table, r.check_name): r for r in results})


def spoil(
    connection: duckdb.DuckDBPyConnection,
    landing: Path,
    files: Mapping[str, Sequence[ExtractContract]],
) -> list[Fault]:
    return faults.inject_faults(connection, landing, files, Errors.HOSTILE, SEED, CODES)


def suites_of(
    connection: duckdb.DuckDBPyConnection, files: Iterable[Iterable[ExtractContract]]
) -> list[Suite]:
    """What the first gate holds the tables of these files and the register to."""
    retired = load_retired_codes(CODES)
    contracts = {contract.extract: contract for of_file in files for contract in of_file}
    suites = [suite_for(contract, retired) for contract in contracts.values()]
    columns = columns_of(connection)
    written = load_suites(EXPECTATIONS / "tables")
    # What the register itself holds; grades are made of it later.
    suites += [s for t, s in written.items() if t.startswith("quality.") and t in columns]
    return held_to(suites, load_conventions(EXPECTATIONS / "conventions.yml"), columns)


def expected(fault: Fault) -> tuple[str, str]:
    """The table and the check that must catch a fault."""
    if fault.kind in LOST:
        if fault.consequence is Consequence.ROW_QUARANTINED:
            return ROWS, "no_row_is_lost_to_a_cell_that_cannot_be_read"
        return CELLS, LOST[fault.kind]
    table, check = CAUGHT[fault.kind]
    grain = "_".join(the_contracts()[fault.extract].grain) if fault.extract else ""
    return (
        table.format(extract=fault.extract),
        check.format(column=fault.column_name, grain=grain),
    )


def is_read_through(fault: Fault) -> bool:
    # One extract takes every heading that no other column knows.
    if fault.kind is Kind.UNKNOWN_COLUMN and the_contracts()[fault.extract].others:
        return True
    return fault.kind in READ_THROUGH


def test_every_kind_of_fault_is_caught_or_read_through():
    caught = LOST.keys() | CAUGHT.keys()

    assert caught | READ_THROUGH == set(Kind)
    assert not caught & READ_THROUGH
    assert {one.kind for one in faults.CELL_FAULTS if one.is_lost} <= caught


def test_each_fault_is_caught_at_loading_by_the_expectation_that_is_named_for_it(hostile: Caught):
    to_catch = [fault for fault in hostile.faults if not is_read_through(fault)]
    assert {fault.kind for fault in to_catch} == LOST.keys() | CAUGHT.keys()
    assert {f.kind for f in to_catch if f.file_name.endswith(".xml")} >= OF_MESSAGES
    for fault in to_catch:
        check = hostile.results[expected(fault)]
        assert not check.passed, (fault, check)
        assert check.unexpected_count > 0


@pytest.mark.parametrize("table", [CELLS, ROWS, REFUSED[0]])
def test_as_many_are_found_as_were_lost(hostile: Caught, table: str):
    lost = Counter(
        expected(fault) for fault in hostile.faults if fault.consequence is not Consequence.ACCEPTED
    )
    checks = {key: count for key, count in lost.items() if key[0] == table}

    assert checks
    assert {key: hostile.results[key].unexpected_count for key in checks} == checks


def test_a_file_of_which_nothing_can_be_read_is_refused_for_what_was_done_to_it(hostile: Caught):
    said = {
        Kind.NOTHING_IN_IT: ("empty (0 bytes)",),
        Kind.CUT_SHORT: ("broken at line",),
        # What is left may be the headings of no table at all.
        Kind.REQUIRED_COLUMN_LEFT_OUT: ("lacks the column", "No contract knows these headings"),
    }
    done = {f.file_name: f.kind for f in hostile.faults if f.kind in said}

    assert set(done.values()) == set(said)
    assert set(hostile.refused) == set(done)
    for name, kind in done.items():
        assert any(words in hostile.refused[name] for words in said[kind]), (name, kind)
