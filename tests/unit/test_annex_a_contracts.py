"""The inspection lists: every list and heading has its column, and every wording its code."""

import re
from fnmatch import fnmatch

import pytest

from orchestration.contracts import Covers, ExtractContract, Form, heading_key, without_note
from tests.factories import published, the_codes, the_contracts

LISTS = {name: c for name, c in the_contracts().items() if c.family == "annex_a"}
NUMBERS = {
    "contacts": 1,
    "early_help": 2,
    "referrals": 3,
    "assessments": 4,
    "section_47": 5,
    "children_in_need": 6,
    "child_protection": 7,
    "children_in_care": 8,
    "care_leavers": 9,
    "adoption": 10,
    "adopters": 11,
}


def contract_of(name: str) -> ExtractContract:
    return LISTS[f"annex_a__{name}"]


def read_as(code_set: str, written: str) -> str | None:
    return the_codes().sets[code_set].get(written.upper())


# ---- the lists ----


def test_every_list_and_column_has_its_contract():
    assert {f"annex_a__{one['table']}" for one in published("annex_a")["sheets"].values()} == set(
        LISTS
    )
    for one in published("annex_a")["sheets"].values():
        contract = contract_of(one["table"])
        assert [c["column"] for c in one["columns"]] == [c.name for c in contract.columns]
        assert tuple(one["natural_key"]) == contract.grain
        codes = {c["column"]: c.get("code_set") for c in one["columns"]}
        assert codes == {c.name: c.codes for c in contract.columns}, one["table"]


def test_every_heading_is_known_by_its_words_with_and_without_its_note():
    for one in published("annex_a")["sheets"].values():
        columns = {column.name: column for column in contract_of(one["table"]).columns}
        for column in one["columns"]:
            for heading in (column["heading"], *column.get("heading_aliases", ())):
                written = {heading_key(heading), heading_key(without_note(heading))}
                assert written & columns[column["column"]].heading_keys, heading


def test_no_two_columns_of_a_list_share_a_heading():
    for contract in LISTS.values():
        keys = [key for column in contract.columns for key in column.heading_keys]
        assert len(keys) == len(set(keys)), contract.extract


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("called", ["list {}", "list_{}", "list{}", "list {}.csv", "list_{} jan"])
def test_a_list_is_known_by_its_number_and_list_1_is_not_list_10(name, called):
    for other, number in NUMBERS.items():
        patterns = contract_of(name).file_patterns
        is_taken = any(fnmatch(called.format(number), pattern) for pattern in patterns)
        assert is_taken == (other == name), other


def test_lists_are_as_at_a_month_and_stand_in_tables():
    for contract in LISTS.values():
        assert contract.covers is Covers.MONTH
        assert contract.forms == (Form.TABLE,)


def test_a_list_can_be_used_without_all_but_the_person_and_the_day_of_the_event():
    required = {
        name: [column.name for column in contract_of(name).columns if column.required]
        for name in NUMBERS
    }
    assert required["contacts"] == ["child_id", "date_of_contact"]
    assert required["children_in_care"] == ["child_id", "date_started_to_be_looked_after"]
    # Lists of people, and of events of which any may stand alone.
    assert required["section_47"] == required["adoption"] == ["child_id"]
    assert required["adopters"] == ["adopter_id"]
    assert all(len(columns) <= 2 for columns in required.values())


def test_names_of_workers_and_numbers_of_people_are_never_kept():
    for contract in LISTS.values():
        namespaces = {c.name: c.namespace for c in contract.columns if c.namespace}
        for column in contract.columns:
            if re.search(r"_id$|worker|advis", column.name):
                assert column.name in namespaces, f"{contract.extract}: {column.name}"
        assert namespaces.get("allocated_worker", "worker") == "worker"
        assert namespaces.get("child_id", "person") == "person"
        # An adopter's number may be that of a child.
        assert namespaces.get("adopter_id", "adopter") == "adopter"


def test_an_end_that_cannot_be_read_is_not_taken_for_a_case_still_open():
    guards = {c.name for contract in LISTS.values() for c in contract.columns if c.guards_row}
    assert guards >= {
        "child_protection_plan_end_date",
        "cin_closure_date",
        "date_ceased_to_be_looked_after",
    }


def test_ages_may_have_decimals():
    ages = [c for contract in LISTS.values() for c in contract.columns if c.name == "age_years"]
    assert len(ages) == 10
    assert {age.type for age in ages} == {"decimal"}


# ---- what is written in them ----


@pytest.mark.parametrize(
    ("code_set", "written", "code"),
    [
        ("annex_a_gender", "a) Male", "a) Male"),
        ("annex_a_gender", "M", "a) Male"),
        ("annex_a_gender", "2", "b) Female"),
        ("annex_a_gender", "U", "c) Not stated/recorded"),
        ("annex_a_ethnicity", "WBRI", "a) WBRI"),
        ("annex_a_ethnicity", "White British", "a) WBRI"),
        ("annex_a_ethnicity", "WBRI - White British", "a) WBRI"),
        ("annex_a_ethnicity", "Gypsy/Roma", "e) WROM"),
        ("annex_a_ethnicity", "Refused or declared not stated", "s) REFU"),
        ("annex_a_yes_no", "y", "a) Yes"),
        ("annex_a_yes_no", "FALSE", "b) No"),
        ("annex_a_yes_no", "MOB", "a) Yes"),
        ("annex_a_yes_no", "NONE", "b) No"),
        ("annex_a_contact_source", "3B", "d) Health Services"),
        ("annex_a_contact_source", "GP", "d) Health Services"),
        ("annex_a_primary_need", "N1", "a) Abuse or neglect"),
        ("annex_a_cin_closure", "RC9", "h) Child not in need after assessment"),
        ("annex_a_case_status", "LAC", "a) Looked after child"),
        ("annex_a_abuse_category", "EMO", "d) Emotional Abuse"),
        ("annex_a_legal_status", "V4", "e) Accommodated under S20"),
        ("annex_a_legal_status", "c) Freed for adoption", "c) Freed for  Adoption"),
        ("annex_a_placement_type", "K3", "f) Residential accommodation"),
        ("annex_a_placement_type", "h) Children's Homes", "h) Children’s Homes"),
        ("annex_a_placement_provider", "PR5", "c) Other"),
        ("annex_a_placement_location", "Out", "b) Out"),
        ("annex_a_ceased_reason", "E44", "g) Special Guardianship Orders"),
        ("annex_a_in_touch", "RHOM", "d) Exclude"),
        ("annex_a_accommodation", "U1", "k) Independent living"),
        ("annex_a_suitability", "2", "b) Not suitable"),
        ("oc3_activity", "F4 - Full time, apprenticeship", "F4"),
        ("annex_a_adoption_reversal", "RD2", "b) Court did not make a PO"),
    ],
)
def test_codes_labels_and_codes_of_the_returns_are_all_understood(code_set, written, code):
    assert read_as(code_set, written) == code


@pytest.mark.parametrize(
    ("code_set", "statutory", "of_no_list"),
    [
        ("annex_a_contact_source", "referral_source", set()),
        ("annex_a_primary_need", "primary_need_cin", set()),
        ("annex_a_cin_closure", "reason_for_closure", set()),
        ("annex_a_abuse_category", "category_of_abuse", set()),
        ("annex_a_ethnicity", "ethnicity", set()),
        ("annex_a_legal_status", "legal_status", set()),
        ("annex_a_placement_type", "placement_type", set()),
        ("annex_a_placement_provider", "placement_provider", set()),
        # The episode goes on, so care has not ceased.
        ("annex_a_ceased_reason", "reason_episode_ceased", {"X1"}),
        ("annex_a_in_touch", "oc3_in_touch", set()),
        # With a digit for whether it is suitable; 0 is for those it is not asked of.
        ("annex_a_accommodation", "oc3_accommodation", {"0"}),
        ("annex_a_adoption_reversal", "adoption_decision_reversed_reason", set()),
        ("annex_a_yes_no", "disability", set()),
    ],
)
def test_every_code_of_the_returns_has_its_place_in_the_lists(code_set, statutory, of_no_list):
    codes = set(the_codes().sets[statutory].values())
    assert {code for code in codes if read_as(code_set, code) is None} == of_no_list
