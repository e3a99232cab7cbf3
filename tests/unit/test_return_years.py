"""What changed from year to year in the returns on children: in a contract or a code list."""

import csv
import datetime as dt
import re

import pytest

from orchestration.contracts import Form
from orchestration.quality.suites import load_retired_codes, suite_for
from tests.factories import PROJECT, the_codes, the_contracts

CODES = PROJECT / "seeds" / "codes" / "codes.csv"


def retired_from() -> dict[tuple[str, str], int]:
    """For each retired code the first return year that may not use it."""
    return {(c.code_set, c.code): c.first_return_year for c in load_retired_codes(CODES)}


def used_from() -> dict[tuple[str, str], int]:
    """For each code that was added the first return year that may use it."""
    with CODES.open(encoding="utf-8", newline="") as handle:
        begun = {
            (row["code_set"], row["code"]): dt.date.fromisoformat(row["valid_from"])
            for row in csv.DictReader(handle)
            if row["valid_from"]
        }
    return {key: day.year + (day.month > 3) for key, day in begun.items()}


# ---- codes ----


@pytest.mark.parametrize(
    ("year", "code_set", "old", "new"),
    [
        (2019, "reason_episode_ceased", ["E43", "E44"], ["E45", "E46", "E47", "E48"]),
        (2019, "reason_place_change", [], ["CUSTOD"]),
        (2022, "oc3_activity", ["F3", "P3"], ["F4", "P4", "F5", "P5"]),
        (2025, "sex_903", ["1", "2"], ["M", "F", "U"]),
        # P2 was valid to 28 October 2023, so the return of 2024 may still hold it.
        (2025, "placement_type", ["H5", "P2"], ["K3"]),
        (2025, "legal_status", ["D1"], []),
        (2026, "placement_type", ["Z1"], ["Z11", "Z12", "Z13", "Z14"]),
        (2021, "assessment_factor", [], ["18B", "18C", "19B", "19C"]),
        (2022, "assessment_factor", [], ["24A"]),
        (2023, "referral_source", [], ["5D"]),
        (2023, "reason_for_closure", [], ["RC9"]),
        # Queried from 2025, not before: they were sent and counted until then.
        (2025, "assessment_factor", ["18A", "19A"], []),
        (2025, "sex_cin", ["0", "1", "2", "9"], ["M", "F", "U"]),
        (2027, "pre_proceedings_outcome", [], ["A"]),
    ],
)
def test_a_code_is_retired_and_added_in_the_year_of_the_guide(year, code_set, old, new):
    assert {code: retired_from().get((code_set, code)) for code in old} == dict.fromkeys(old, year)
    assert {code: used_from().get((code_set, code)) for code in new} == dict.fromkeys(new, year)


def test_no_other_code_of_these_returns_begins_or_ends_unnoticed():
    returns = {
        column.codes
        for contract in the_contracts().values()
        if contract.family in ("ssda903", "cin_census")
        for column in contract.columns
    }
    ended = {key for key in retired_from() if key[0] in returns}
    assert len(ended) == 2 + 2 + 2 + 2 + 1 + 1 + 2 + 4
    # The placement order is from 2005; reasons for a change of worker begin with that file.
    begun = {key for key, year in used_from().items() if key[0] in returns and year > 2018}
    reasons = {key for key in begun if key[0] == "sw_change_reason"}
    assert {used_from()[key] for key in reasons} == {2024}
    assert len(begun - reasons) == 4 + 1 + 4 + 3 + 1 + 4 + 4 + 1 + 1 + 1 + 3 + 1


@pytest.mark.parametrize(
    ("extract", "column", "code", "year"),
    [
        ("ssda903__episodes", "rec", "E43", 2019),
        ("ssda903__episodes", "place", "H5", 2025),
        ("ssda903__episodes", "place", "Z1", 2026),
        ("ssda903__episodes", "ls", "D1", 2025),
        ("ssda903__oc3", "activ", "F3", 2022),
        ("ssda903__header", "sex", "1", 2025),
        ("cin_census__child", "sex", "9", 2025),
        ("cin_census__assessment_factor", "factor_code", "18A", 2025),
    ],
)
def test_a_retired_code_is_warned_of_and_not_refused(extract, column, code, year):
    contract = the_contracts()[extract]
    suite = suite_for(contract, load_retired_codes(CODES))
    warning = next(e for e in suite.expectations if e.name == f"{column}_is_not_retired")
    query = warning.kwargs["unexpected_rows_query"]
    # In a return its year counts, in a system's feed, where the row has a date, the year of that.
    told = rf"\(\"{column}\" = '{code}' and (coalesce\()?return_year\b[^=]*>= {year}\)"
    assert re.search(told, query)
    assert warning.severity == "warning"


def test_codes_of_every_year_are_read_in_every_year():
    """A late or restated return mixes years; no code is emptied for its year alone."""
    codes = the_codes().sets
    assert {"E43", "E45"} <= set(codes["reason_episode_ceased"])
    assert {"Z1", "Z14", "H5", "K3", "P2"} <= set(codes["placement_type"])
    assert {"1", "2", "M", "F", "U"} <= set(codes["sex_903"])
    assert {"0", "1", "2", "9", "M", "F", "U"} <= set(codes["sex_cin"])


# ---- files, blocks and columns ----


@pytest.mark.parametrize(
    ("extract", "year"),
    [
        *(
            (f"ssda903__{name}", 2018)
            for name in (
                *("header", "episodes", "reviews", "uasc", "oc2"),
                *("oc3", "ad1", "placed_adoption", "prev_perm", "missing"),
            )
        ),
        ("ssda903__sw_episodes", 2024),
        ("ssda903__dolo", 2027),
        ("cin_census__cin_plan", 2022),
        ("cin_census__pre_proceedings", 2027),
        ("cin_census__child", None),
    ],
)
def test_a_file_or_block_is_read_from_the_year_it_was_first_asked_for(extract, year):
    assert the_contracts()[extract].since == year


def columns(extract: str) -> dict[str, set[str]]:
    return {column.name: set(column.headers) for column in the_contracts()[extract].columns}


def test_sex_is_read_from_the_element_of_old_years_and_of_new_ones():
    child = columns("cin_census__child")
    assert child["sex"] == {"ChildIdentifiers/GenderCurrent", "ChildIdentifiers/Sex"}


def test_a_change_of_worker_needs_no_reason_because_old_spells_have_none():
    spells = {column.name: column for column in the_contracts()["ssda903__sw_episodes"].columns}
    assert not spells["sw_reason"].required


# ---- the looked-after return as XML ----


def test_ten_files_of_the_looked_after_return_also_come_as_blocks_of_one_message():
    paths = {
        name.partition("__")[2]: contract.path
        for name, contract in the_contracts().items()
        if contract.family == "ssda903" and Form.XML in contract.forms
    }
    assert paths == {
        "header": "CHILD/HEADER",
        "episodes": "CHILD/EPISODE",
        "reviews": "CHILD/HEADER/AREVIEW",
        "missing": "CHILD/HEADER/AMISSING",
        "placed_adoption": "CHILD/HEADER/AD_PLACED",
        "prev_perm": "CHILD/HEADER/PERMANENCE",
        "oc2": "CHILD/HEADER/OC2",
        "uasc": "CHILD/HEADER",
        "ad1": "CHILD/HEADER",
        "oc3": "CHILD/HEADER",
    }
    # No public schema says what the blocks of the two youngest files are called.
    for name in ("sw_episodes", "dolo"):
        assert the_contracts()[f"ssda903__{name}"].forms == (Form.TABLE,)


def test_the_message_has_names_of_its_own_for_the_child_and_the_placement():
    assert columns("ssda903__episodes")["place"] == {"PLACE", "PL"}
    assert "../HEADER/CHILDID" in columns("ssda903__episodes")["child"]
    assert "CHILDID" in columns("ssda903__header")["child"]
    assert {"../DOB", "DOB"} == columns("ssda903__reviews")["dob"]


def test_files_that_are_flat_in_the_header_of_a_child_make_a_row_only_where_they_are_filled():
    for name in ("uasc", "ad1", "oc3"):
        assert the_contracts()[f"ssda903__{name}"].present_if, name
    assert not the_contracts()["ssda903__header"].present_if
