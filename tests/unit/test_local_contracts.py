"""The local extracts, the files kept by hand and the published tables read beside them."""

import csv
import functools
import re
from collections.abc import Iterable
from fnmatch import fnmatch
from itertools import permutations
from typing import Any

import pytest

from orchestration.contracts import ExtractContract
from orchestration.ingest.layouts import Head, Recogniser
from tests.factories import PROJECT, published, the_contracts

FAMILIES = ("local", "reference")
OURS = {name: c for name, c in the_contracts().items() if c.family in FAMILIES}
LOCAL = {name: c for name, c in OURS.items() if c.family == "local"}
EVERY_LOCAL_COLUMN = ("la_code", "extract_date", "source_system")
# The codes of places are names here: an authority is looked up in the seed of geography.
PLACES = {"local_authority_old_code", "local_authority_gss_code"}
# Numbers by which a system knows an event of a person, and which reach the internal file: whoever
# has the system would find the person by them. The layout names them for joining only.
RECORDS = {
    "activity_id": "record",
    "audit_id": "record",
    "incident_id": "record",
    "invitation_id": "record",
    "origin_id": "record",
    "participation_id": "record",
    "post_id": "post",
    "response_id": "record",
}
# What the layout asks for and a row can be used without: a question in words has no positive
# answers, a symbol stands in the place of a number, and a figure may be of no group.
LEFT_OUT = {
    "positive_answer_codes",
    "population_count",
    "low_income_children_count",
    "breakdown",
}


def key_space(identifier: str) -> str:
    """The namespace of a key space; a pupil has the pupil number of the returns."""
    return "upn" if identifier == "pupil" else identifier


def delivered_as(name: str) -> str:
    """The table's own name, which files and sheets are called by."""
    return name.replace("reference__", "ref_").replace("__", "_")


# ---- the layout ----


def tables() -> dict[str, dict[str, Any]]:
    """The tables of the layout by the name of their extract."""
    local = {
        t.replace("local_", "local__", 1): d
        for t, d in published("local_extracts")["tables"].items()
    }
    reference = published("local_extracts")["reference_tables"]
    return local | {t.replace("ref_", "reference__", 1): d for t, d in reference.items()}


def test_every_table_of_the_layout_has_its_contract_and_no_contract_is_without_a_table():
    assert set(tables()) == set(OURS)
    assert len(OURS) == sum(published("local_extracts")["table_count"].values())
    for name, table in tables().items():
        assert tuple(table["primary_key"]) == OURS[name].grain, name


def test_every_column_of_the_layout_is_in_its_contract_with_its_type_and_code_set():
    for name, table in tables().items():
        columns = {column.name: column for column in OURS[name].columns}
        wanted = {column["name"] for column in table["columns"]}
        assert wanted == {
            c for c in columns if c not in EVERY_LOCAL_COLUMN and not c.endswith("_symbol")
        } | (wanted & {"la_code"}), name
        for column in table["columns"]:
            held, code_set = columns[column["name"]], column.get("code_set")
            assert held.headers == (column["name"],)
            if column.get("list") or column["name"] == "positive_answer_codes":
                assert (held.type, held.codes) == ("list", code_set), held.name
            elif code_set in PLACES:
                assert held.type == "text", held.name
            else:
                assert (held.type, held.codes) == (column["type"], code_set), held.name
            is_required = column.get("required", False) and column["name"] not in LEFT_OUT
            assert held.required == is_required, (name, held.name)


def test_people_are_pseudonyms_and_their_words_are_restricted_as_the_layout_says():
    for name, table in tables().items():
        columns = {column.name: column for column in OURS[name].columns}
        for column in table["columns"]:
            held = columns[column["name"]]
            if identifier := column.get("identifier"):
                # A pupil number is kept as a pseudonym: the match comes after the file is read.
                assert held.handling == "pseudonymise", (name, held.name)
                assert held.namespace == key_space(identifier), (name, held.name)
            elif held.name in RECORDS:
                assert held.handling == "pseudonymise", (name, held.name)
                assert held.namespace == RECORDS[held.name], (name, held.name)
            elif column.get("handling") == "free_text_restricted":
                assert held.handling == "restrict", (name, held.name)
                assert OURS[name].has_free_text, name
            else:
                assert held.handling == "keep", (name, held.name)


def test_every_code_set_of_the_layout_has_codes():
    with (PROJECT / "seeds" / "codes" / "codes.csv").open(encoding="utf-8", newline="") as handle:
        seeded = {row["code_set"] for row in csv.DictReader(handle)}
    named = {c["code_set"] for t in tables().values() for c in t["columns"] if "code_set" in c}
    assert named - PLACES <= seeded


# ---- whose it is, and of when ----


@pytest.mark.parametrize("name", sorted(LOCAL))
def test_a_local_table_says_whose_it_is_when_it_was_made_and_where_it_came_from(name):
    contract = LOCAL[name]
    first = contract.columns[:3]
    assert (contract.authority_in, contract.dated_by, contract.sender_in) == EVERY_LOCAL_COLUMN
    assert tuple(column.name for column in first) == EVERY_LOCAL_COLUMN
    # The folder and the name of the file may say it instead.
    assert not any(column.required for column in first)


@pytest.mark.parametrize("name", sorted(set(OURS) - set(LOCAL)))
def test_a_published_table_belongs_to_no_authority_and_knows_no_person(name):
    contract = OURS[name]
    assert contract.is_reference
    assert contract.authority_in is None
    assert {column.handling for column in contract.columns} == {"keep"}


@pytest.mark.parametrize("name", sorted(OURS))
def test_an_end_that_cannot_be_read_is_never_taken_for_still_open(name):
    endings = ("end_date", "to_date", "left_date", "leaving_date", "closed_date", "ended_at")
    for column in OURS[name].columns:
        # The end of the period that a note is about ends nothing.
        if column.name.endswith(endings) and column.name != "period_end_date":
            assert column.required or column.guards_row, column.name


# ---- one table is never taken for another ----


@functools.cache
def recogniser() -> Recogniser:
    """With every contract of the project, as on any night."""
    return Recogniser(the_contracts())


def taken_for(headings: Iterable[str], name: str) -> str:
    """The extract that a file with these headings and this name is read as."""
    head = Head("csv", ((1, tuple(headings)),))
    return recogniser().recognise([head], [name]).contract.extract


def headings(contract: ExtractContract, only_needed: bool = False) -> tuple[str, ...]:
    """One heading a column, in the order of the contract: all, or those a file must have."""
    needed = {column.headers[0] for column in contract.required_columns}
    needed.update(contract.recognised_by)
    every = dict.fromkeys(column.headers[0] for column in contract.columns)
    return tuple(heading for heading in every if heading in needed or not only_needed)


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_table_with_all_its_columns_is_known_whatever_it_is_called(name):
    assert taken_for(headings(OURS[name]), "export (3).csv") == name
    if name in LOCAL:
        own = [heading for heading in headings(OURS[name]) if heading not in EVERY_LOCAL_COLUMN]
        assert taken_for(own, "export (3).csv") == name


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_table_with_only_the_columns_it_needs_is_known_whatever_it_is_called(name):
    needed = headings(OURS[name], only_needed=True)
    assert taken_for(needed, f"{delivered_as(name)}_201_20260630.csv") == name
    assert taken_for(needed, "export (3).csv") == name


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_table_is_known_with_each_of_its_optional_columns_left_out(name):
    contract = OURS[name]
    optional = set(headings(contract)) - set(headings(contract, only_needed=True))
    for left_out in sorted(optional):
        kept = [heading for heading in headings(contract) if heading != left_out]
        assert taken_for(kept, "export (3).csv") == name, left_out


@pytest.mark.parametrize("name", sorted(OURS))
def test_what_a_table_says_counts_for_more_than_the_name_of_another(name):
    contract = OURS[name]
    for other in OURS:
        called = f"{delivered_as(other)}_201_20260630.csv"
        assert taken_for(headings(contract), called) == name, other
        assert taken_for(headings(contract, only_needed=True), called) == name, other


def test_no_two_tables_can_both_be_read_from_the_columns_that_one_of_them_needs():
    for one, other in permutations(OURS.values(), 2):
        needed = set(headings(one, only_needed=True))
        assert not set(other.recognised_by) <= needed, (one.extract, other.extract)


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_table_is_recognised_by_columns_it_cannot_do_without(name):
    # By a number that may hold a symbol in its place: the column is there all the same.
    always = {c.name for c in OURS[name].columns if c.required or c.name in LEFT_OUT}
    assert set(OURS[name].recognised_by) <= always


@pytest.mark.parametrize("suffix", ["", ".csv", "_201_20260630.csv", " 201.xlsx", "-june.parquet"])
def test_the_name_of_a_file_is_the_name_of_one_table_only(suffix):
    for name in OURS:
        called = f"{delivered_as(name)}{suffix}".lower()
        named = [
            c.extract for c in OURS.values() if any(fnmatch(called, p) for p in c.file_patterns)
        ]
        assert named == [name]


# ---- symbols ----


@pytest.mark.parametrize(
    ("cell", "is_number"),
    [("12", True), ("1,204", True), ("-0.21", True), (".5", True), ("+3", True)]
    + [(symbol, False) for symbol in ("c", "x", "[low]", ":", ".", "..", "~", "-", "*", "(5)")],
)
def test_a_cell_of_published_figures_is_a_number_or_a_symbol_and_never_lost(cell, is_number):
    columns = {column.name: column for column in OURS["reference__benchmark"].columns}
    number, symbol = columns["value"].takes, columns["value_symbol"].takes
    assert bool(re.fullmatch(number, cell)) is is_number
    assert bool(re.fullmatch(symbol, cell)) is not is_number


# ---- staging ----


@pytest.mark.parametrize("name", sorted(OURS))
def test_staging_renames_every_column_and_calls_a_pseudonym_a_key(name):
    contract = OURS[name]
    sql = (PROJECT / "models" / "staging" / contract.family / f"stg_{name}.sql").read_text("utf-8")
    selected = re.search(r"select\n(.*?)\n\n", sql, re.DOTALL)
    renamed = {
        source: new or source
        for source, new in re.findall(r"^    (\w+)(?: as (\w+))?,$", selected[1], re.MULTILINE)
    }
    # Raw has the authority and the day of every file, whether or not a column says them.
    said = {"la_code": "local_authority_code", "extract_date": "exported_date"}
    for column in contract.columns:
        source = said.get(column.name, column.name) if name in LOCAL else column.name
        assert source in renamed, column.name
        # A key is a person's or a family's; the number of an event is its id, pseudonym or not.
        is_key = column.handling == "pseudonymise" and column.name not in RECORDS
        assert renamed[source].endswith("_key") == is_key
    assert len(set(renamed.values())) == len(renamed)
