import csv
from pathlib import Path

import pytest
from pydantic import ValidationError

from orchestration.contracts import InvalidContract, heading_key, load_contracts
from tests.factories import (
    PROJECT,
    a_column,
    a_contract,
    a_date_column,
    an_identifier,
    an_xml_contract,
    published,
    the_contracts,
)

WHOLE = """
extract: invented__rows
family: invented
forms: [table]
title: Rows
description: Rows, one row per row.
source: Nobody's guide
grain: [note]
columns:
  - {name: note, headers: [NOTE], description: A note}
"""


# ---- a column ----


def test_a_code_column_names_the_code_set_it_is_drawn_from():
    assert a_column(type="code", codes="sex_903").codes == "sex_903"
    with pytest.raises(ValidationError, match="needs the code set"):
        a_column(type="code")


def test_an_identifier_is_pseudonymised_within_a_namespace():
    assert an_identifier(namespace="upn").namespace == "upn"
    with pytest.raises(ValidationError, match="namespace go together"):
        a_column(handling="pseudonymise")
    with pytest.raises(ValidationError, match="namespace go together"):
        a_column(namespace="person")


def test_a_column_stands_under_a_heading_or_counts_the_position_of_a_block():
    assert a_column(headers=("NOTE",)).headers
    assert a_column(headers=(), position_of="assessment").position_of
    with pytest.raises(ValidationError, match="no heading or element"):
        a_column(headers=())


@pytest.mark.parametrize(
    "given", [{"name": "Child"}, {"name": "1st"}, {"name": 'a"b'}, {"type": "money"}, {"unit": "x"}]
)
def test_a_column_with_a_name_type_or_key_that_nobody_knows_is_refused(given):
    with pytest.raises(ValidationError):
        a_column(**{"name": "note", **given})


def test_a_dropped_column_has_no_place_in_the_raw_table():
    assert not a_column(handling="drop").is_stored
    assert a_column(handling="keep").is_stored
    assert an_identifier().is_stored


# ---- a contract ----


def test_the_grain_and_the_dates_of_the_year_are_columns_of_the_extract():
    columns = an_identifier(), a_date_column()
    contract = a_contract(*columns, grain=("child", "decom"), period_dates=("decom",))
    assert contract.grain == ("child", "decom")
    with pytest.raises(ValidationError, match="unknown columns"):
        a_contract(*columns, grain=("child", "dec"))
    with pytest.raises(ValidationError, match="unknown columns"):
        a_contract(*columns, period_dates=("dec",))


def test_two_columns_of_an_extract_never_share_a_name_but_may_share_a_heading():
    upn = an_identifier("upn", "upn"), a_column("upn_unknown", headers=("UPN",))
    assert a_contract(*upn).headings == {"UPN"}
    with pytest.raises(ValidationError, match="same name"):
        a_contract(a_column(), a_column())


def test_an_xml_extract_says_which_element_makes_a_row():
    assert an_xml_contract(path="Child/CINdetails").path == "Child/CINdetails"
    with pytest.raises(ValidationError, match="has the path of the element"):
        a_contract(forms=("xml",))


def test_headings_are_known_by_their_keys_and_required_ones_must_stand_in_the_file():
    contract = a_contract(
        an_identifier(headers=("Child", "Person ID"), required=True),
        a_column(),
        a_column("position", headers=(), position_of="assessment", required=True),
    )
    assert contract.headings == {"CHILD", "PERSONID", "NOTE"}
    assert [column.name for column in contract.required_columns] == ["child"]
    assert contract.table == "raw.invented__rows"


# ---- a folder of contracts ----


def test_contracts_are_read_by_the_name_of_their_extract(tmp_path: Path):
    (tmp_path / "invented__rows.yml").write_text(WHOLE, "utf-8")
    assert list(load_contracts(tmp_path)) == ["invented__rows"]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("another__name.yml", WHOLE),
        ("invented__rows.yml", WHOLE.replace("forms: [table]", "format: xlsx")),
        ("invented__rows.yml", WHOLE + "surprise: true\n"),
        ("invented__rows.yml", "extract: [unclosed"),
        ("invented__rows.yml", ""),
    ],
)
def test_a_faulty_contract_is_refused_by_the_name_of_its_file(tmp_path: Path, file, text):
    (tmp_path / file).write_text(text, "utf-8")
    with pytest.raises(InvalidContract, match=file):
        load_contracts(tmp_path)


# ---- the project's own contracts ----


def test_every_extract_has_its_contract():
    files = (PROJECT / "expectations" / "extracts").glob("*.yml")
    assert set(the_contracts()) == {file.stem for file in files}
    assert all(name.startswith(f"{c.family}__") for name, c in the_contracts().items())


def test_every_code_set_that_a_contract_names_has_codes():
    with (PROJECT / "seeds" / "codes" / "codes.csv").open(encoding="utf-8", newline="") as handle:
        known = {row["code_set"] for row in csv.DictReader(handle)}
    named = {
        column.codes
        for contract in the_contracts().values()
        for column in contract.columns
        if column.codes
    }
    assert named <= known
    assert "boolean_flag" in known


@pytest.mark.parametrize("name", sorted(the_contracts()))
def test_every_row_about_a_child_needs_the_child_and_never_keeps_a_raw_number_or_address(name):
    contract = the_contracts()[name]
    columns = {column.name: column for column in contract.columns}
    identifiers = {"child", "la_child_id"} & set(columns)
    assert all(columns[key].required for key in identifiers)
    assert all(columns[key].handling == "pseudonymise" for key in identifiers)
    for column in contract.columns:
        if "upn" in column.name and column.type == "text":
            assert column.handling == "pseudonymise"
        # A published postcode is nobody's address.
        if {"HOMEPOST", "PLPOST"} & column.heading_keys or (
            any("POSTCODE" in key for key in column.heading_keys) and not contract.is_reference
        ):
            assert column.handling == "locate"


@pytest.mark.parametrize("name", sorted(the_contracts()))
def test_the_dates_that_place_a_row_in_a_year_are_dates(name):
    contract = the_contracts()[name]
    types = {column.name: column.type for column in contract.columns}
    assert {types[name] for name in contract.period_dates} <= {"date"}
    assert contract.grain


def test_every_file_and_column_of_the_looked_after_return_has_its_contract():
    for name, file in published("ssda903")["files"].items():
        contract = the_contracts()[f"ssda903__{name}"]
        headings = {heading_key(column["name"]) for column in file["columns"]}
        assert headings <= contract.headings, name
        assert {key.lower() for key in file["primary_key"]} == set(contract.grain), name


def test_every_block_and_element_of_the_census_has_its_contract():
    for name, block in published("cin_census")["tables"].items():
        contract = the_contracts()[f"cin_census__{name}"]
        known = {header for column in contract.columns for header in column.headers}
        elements = {column.get("element", ".") for column in block["columns"]} - {"."}
        # What the guide reaches for in the elements around a row, the contract has from a parent.
        assert {element.lstrip("./") for element in elements} <= known, name
        assert {c["column"] for c in block["columns"]} == {c.name for c in contract.columns}, name
        assert contract.path == block["xpath"].removeprefix("/Message/").removeprefix("Children/")
        assert set(block["primary_key"]) == set(contract.grain), name
