"""The contracts of the Standard Safeguarding Dataset, held against the published field list."""

from typing import Any

import pytest

from orchestration.contracts import Covers, ExtractContract, Handling
from tests.factories import PROJECT, csv_text, loaded, published, rows_of, the_contracts

SSD = {name: c for name, c in the_contracts().items() if c.family == "ssd"}
# A supplier writes words of its own in these, so the code set of the standard cannot hold them.
WIDER_THAN_THEIR_CODES = {"lega_legal_status"}


@pytest.fixture(scope="module")
def standard() -> dict[str, Any]:
    """The published tables with their fields."""
    return published("ssd")


def contract_of(table: str) -> ExtractContract:
    return SSD[f"ssd__{table.removeprefix('ssd_')}"]


# ---- against the standard ----


def test_every_table_and_field_of_the_standard_is_in_a_contract(standard):
    assert {f"ssd__{table.removeprefix('ssd_')}" for table in standard["tables"]} == set(SSD)
    for table, described in standard["tables"].items():
        known = {header for column in contract_of(table).columns for header in column.headers}
        assert {field["name"] for field in described["fields"]} <= known, table


def test_a_field_with_a_code_set_is_drawn_from_it(standard):
    for table, described in standard["tables"].items():
        for field in described["fields"]:
            if "code_set" not in field or field["name"] in WIDER_THAN_THEIR_CODES:
                continue
            (column,) = (c for c in contract_of(table).columns if field["name"] in c.headers)
            drawn_from = "boolean_flag" if column.type == "boolean" else column.codes
            assert drawn_from == field["code_set"], field["name"]


def test_dates_and_numbers_of_the_standard_are_typed(standard):
    kinds = {"date": {"date", "datetime"}, "datetime": {"datetime"}}
    kinds |= {"integer": {"integer"}, "decimal": {"decimal"}, "boolean": {"boolean"}}
    for table, described in standard["tables"].items():
        for field in described["fields"]:
            columns = [c for c in contract_of(table).columns if field["name"] in c.headers]
            if field["type"] in kinds:
                assert {c.type for c in columns} <= kinds[field["type"]], field["name"]


def test_a_key_of_a_person_is_the_same_pseudonym_in_every_table(standard):
    """What leads to a person or a worker does so through any number of tables."""
    namespaces = {"person_id": "person", "professional_id": "worker"}
    for table, described in standard["tables"].items():
        for field in described["fields"]:
            ending = next((e for e in namespaces if field.get("references", "").endswith(e)), None)
            if ending:
                (column,) = (c for c in contract_of(table).columns if field["name"] in c.headers)
                assert column.namespace == namespaces[ending], field["name"]


def test_a_row_identifier_is_the_grain_or_the_person_is(standard):
    for table, described in standard["tables"].items():
        keys = {field["name"] for field in described["fields"] if field.get("key") == "PK"}
        assert set(contract_of(table).grain) <= keys | {"clea_person_id"}, table


# ---- by themselves ----


@pytest.mark.parametrize("name", sorted(SSD))
def test_a_table_replaces_the_one_before_and_placeholders_are_empty(name):
    contract = SSD[name]
    assert contract.covers is Covers.EVERYTHING
    # The published scripts fill what they cannot with words; -1 is one system's key of no row.
    assert {"PLACEHOLDER_DATA", "SSD_PH", "-1"} <= set(contract.means_empty)
    assert contract.file_patterns == (f"*ssd_{name.removeprefix('ssd__')}*",)


@pytest.mark.parametrize("name", sorted(SSD))
def test_every_stored_column_is_staged(name):
    model = (PROJECT / "models" / "staging" / "ssd" / f"stg_{name}.sql").read_text("utf-8")
    staged = {line.split()[0].rstrip(",") for line in model.splitlines() if line.startswith("   ")}
    assert {column.name for column in SSD[name].columns if column.is_stored} <= staged
    assert not {column.name for column in SSD[name].columns if not column.is_stored} & staged


def test_names_addresses_and_what_was_sent_are_never_stored():
    dropped = {c.name for k in SSD.values() for c in k.columns if c.handling is Handling.DROP}
    for table, columns in {
        "person": {"pers_forename", "pers_surname", "pers_common_child_id"},
        "address": {"addr_address_json"},
        "professionals": {"prof_professional_name"},
        "cla_convictions": {"clac_cla_conviction_offence"},
        "api_data_staging": {"json_payload", "api_response"},
        "contacts": {"cont_comments"},
    }.items():
        assert columns <= dropped, table


# ---- outcomes, which are one cell of JSON ----


CONTACT = {
    "cont_contact_id": "C1",
    "cont_person_id": "1001",
    "cont_contact_date": "2025-05-01 00:00:00.000",
    "cont_contact_source_code": "6",
    "cont_contact_source_desc": "Police",
}


def the_contact_with(tmp_path, outcome: str, columns: str) -> tuple[object, ...]:
    row = {**CONTACT, "cont_contact_outcome_json": outcome}
    files = {"331/ssd_contacts.csv": csv_text(list(row), row)}
    (read,) = rows_of(loaded(tmp_path, files), "raw.ssd__contacts", columns)
    return read


@pytest.mark.parametrize(
    "outcome",
    [
        '{"NFA_FLAG": "Y", "ADVICE_FLAG": "N", "NUMBER_OF_OUTCOMES": 1, "COMMENTS": "words"}',
        '{"OUTCOME_NFA_FLAG": "Y", "OUTCOME_ADVICE_FLAG": "N", "TOTAL_NO_OF_OUTCOMES": "1"}',
    ],
)
def test_the_flags_of_an_outcome_are_read_under_either_of_their_names(tmp_path, outcome):
    columns = "cont_nfa_flag, cont_advice_flag, cont_missing_flag, cont_total_no_of_outcomes"
    assert the_contact_with(tmp_path, outcome, columns) == (True, False, None, 1)


def test_an_outcome_in_words_is_kept_as_words_and_is_no_fault(tmp_path):
    columns = "cont_contact_outcome_text, cont_nfa_flag"
    assert the_contact_with(tmp_path, "No further action", columns) == ("No further action", None)


def test_a_broken_object_is_neither_words_nor_a_flag_and_is_reported(tmp_path):
    row = {**CONTACT, "cont_contact_outcome_json": '{"NFA_FLAG": "Y", "COMM'}
    night = loaded(tmp_path, {"331/ssd_contacts.csv": csv_text(list(row), row)})
    columns = "cont_contact_outcome_text, cont_nfa_flag"
    assert rows_of(night, "raw.ssd__contacts", columns) == [(None, None)]
    emptied = {name for (name,) in rows_of(night, "quality.emptied_cells", "column_name")}
    assert "cont_nfa_flag" in emptied


@pytest.mark.parametrize(
    "factors", ['["2B", "4B"]', "2B|4B", '{"2B": "Yes", "4B": "yes", "1A": "No"}']
)
def test_factors_are_a_list_or_an_object_of_answers(tmp_path, factors):
    row = {
        "cinf_table_id": "F1",
        "cinf_assessment_id": "A1",
        "cinf_assessment_factors_json": factors,
    }
    files = {"331/ssd_assessment_factors.csv": csv_text(list(row), row)}
    night = loaded(tmp_path, files)
    assert rows_of(night, "raw.ssd__assessment_factors", "cinf_assessment_factors_json") == [
        (["2B", "4B"],)
    ]
