"""Each fault that the simulator puts into files is caught by a named expectation, and at loading:
the first room that can see it."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pytest

from orchestration.definitions import EXPECTATIONS
from orchestration.ingest.assets import authority_codes
from orchestration.ingest.landing import Places, survey
from orchestration.ingest.load import load_files
from orchestration.quality.conventions import columns_of, load_conventions, with_conventions
from orchestration.quality.results import CheckResult
from orchestration.quality.suites import load_retired_codes, load_suites, suite_for
from orchestration.quality.validate import validate_all
from orchestration.settings import PROJECT
from orchestration.simulate import faults
from orchestration.simulate.faults import Consequence, Fault
from orchestration.simulate.options import Errors
from tests.contract_files import a_file_of, landing_name
from tests.factories import AS_AT, a_night, the_contracts

CELLS, ROWS = "quality.emptied_cells", "quality.quarantined_rows"
REFUSED = ("quality.extract_files", "no_file_is_refused")
# Each kind of fault that costs a cell or a row, and the expectation about emptied cells.
LOST = {
    "unreadable_date": "every_date_can_be_read",
    "unknown_code": "every_code_is_in_its_set",
    "unreadable_flag": "every_flag_can_be_read",
    "unreadable_number": "every_number_can_be_read",
}
# Faults of one table or file, and what catches each. In names {extract} and {column} are its own.
CAUGHT = {
    "required_cell_left_out": (ROWS, "no_row_lacks_what_it_cannot_stand_without"),
    "retired_code": ("raw.{extract}", "{column}_is_not_retired"),
    "row_twice": ("raw.{extract}", "one_row_per_{grain}"),
    "unknown_column": ("quality.schema_changes", "no_heading_is_unknown"),
    "nothing_in_it": REFUSED,
    "cut_short": REFUSED,
    "required_column_left_out": REFUSED,
}
# Ways of writing that change nothing: read as they were meant, so there is nothing to catch.
READ_THROUGH = {
    "date_with_time",
    "number_as_float",
    "other_coding_of_sex",
    "spaces_around",
    "byte_order_mark",
    "windows_1252",
    "utf_16",
    "blank_columns",
    "title_above",
    "headings_in_small_letters",
    "line_ends_of_windows",
}

CODES = PROJECT / "seeds" / "codes" / "codes.csv"
FAMILIES = ("ssda903", "ssd")
# One with which every kind is met.
SEED = 4


@dataclass(frozen=True)
class Caught:
    """The faults of hostile files, and what the first gate found in what was loaded of them."""

    faults: tuple[Fault, ...]
    results: Mapping[tuple[str, str], CheckResult]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Caught:
    """A good file of every table of two families, spoiled, loaded and held to the first gate."""
    contracts = {
        name: contract
        for name, contract in the_contracts().items()
        if contract.family in FAMILIES and "table" in contract.forms
    }
    folder = tmp_path_factory.mktemp("landing")
    names = {landing_name(contract, "csv"): contract for contract in contracts.values()}
    for name, contract in names.items():
        a_file_of(contract, "csv", folder / "landing" / name, rows=25)
    with duckdb.connect() as connection:
        connection.execute("create schema world")
        injected = faults.inject_faults(
            connection,
            folder / "landing",
            {name: [contract] for name, contract in names.items()},
            Errors.HOSTILE,
            SEED,
            CODES,
        )
        places = Places(authority_codes())
        landed = survey(folder / "landing", the_contracts(), places, AS_AT)
        load_files(connection, landed, a_night())
        retired = load_retired_codes(CODES)
        suites = [suite_for(contract, retired) for contract in contracts.values()]
        columns = columns_of(connection)
        written = load_suites(EXPECTATIONS / "tables")
        # What the register itself holds; grades are made of it later.
        suites += [s for t, s in written.items() if t.startswith("quality.") and t in columns]
        conventions = load_conventions(EXPECTATIONS / "conventions.yml")
        held = [with_conventions(suite, conventions, columns[suite.table]) for suite in suites]
        results = validate_all(connection, held)
    return Caught(tuple(injected), {(r.table, r.check_name): r for r in results})


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
    if fault.kind == "unknown_column" and the_contracts()[fault.extract].others:
        return True
    return fault.kind in READ_THROUGH


def test_every_kind_of_fault_is_caught_or_read_through():
    cells = {kind.name for kind in faults.CELL_KINDS}

    assert cells <= LOST.keys() | CAUGHT.keys() | READ_THROUGH
    assert {kind.name for kind in faults.CELL_KINDS if kind.is_lost} <= LOST.keys() | CAUGHT.keys()


def test_each_fault_is_caught_at_loading_by_the_expectation_that_is_named_for_it(hostile: Caught):
    to_catch = [fault for fault in hostile.faults if not is_read_through(fault)]
    # Of tables; a message that is cut short is refused as an empty file is.
    assert {fault.kind for fault in to_catch} == LOST.keys() | CAUGHT.keys() - {"cut_short"}
    for fault in to_catch:
        check = hostile.results[expected(fault)]
        assert not check.passed, (fault, check)
        assert check.unexpected_count > 0
