"""The case model is the one that was specified: its sources, their order, its keys and columns."""

import ast
import csv
from pathlib import Path

import pytest
import yaml

from orchestration.contracts import load_contracts
from orchestration.settings import PROJECT

SPECIFICATION = PROJECT.parent / "shared" / "specs" / "canonical_model.yml"
SEEDS = PROJECT / "seeds"
MACROS = PROJECT / "dbt_project" / "macros" / "case_model"


def _rows(seed: Path) -> list[dict[str, str]]:
    with seed.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.fixture(scope="module")
def specified() -> dict[str, dict]:
    if not SPECIFICATION.is_file():
        pytest.skip("the specification is not beside this clone")
    tables: dict[str, dict] = yaml.safe_load(SPECIFICATION.read_text(encoding="utf-8"))["tables"]
    return tables


@pytest.fixture(scope="module")
def built() -> dict[str, dict]:
    """The tables of the macros: each file returns one literal."""
    tables: dict[str, dict] = {}
    for file in sorted(MACROS.glob("tables_of_*.sql")):
        literal = file.read_text(encoding="utf-8").partition("return(")[2].rpartition(") }}")[0]
        tables |= ast.literal_eval(literal.strip())
    return tables


def test_sources_and_their_order_are_those_of_the_specification(specified):
    held = {
        (
            row["table_name"],
            row["record_source"],
            int(row["closed_year_order"]),
            int(row["open_year_order"]),
            row["rows_all"] == "true",
        )
        for row in _rows(SEEDS / "case_model" / "source_precedence.csv")
    }

    assert held == {
        (
            name,
            source,
            table["precedence"]["closed_year"].index(source) + 1,
            table["precedence"]["open_year"].index(source) + 1,
            table.get("rows") == "all",
        )
        for name, table in specified.items()
        for source in table["sources"]
    }


# What the specification calls otherwise than the table that is built, where the full date or the
# key in the source's own terms is kept up to the case model.
OTHER_NAMES = {
    "birth_month": "date_of_birth",
    "expected_birth_month": "expected_date_of_birth",
    "sex_code": "sex",
    "worker_id": "worker_key",
    "personal_adviser_id": "personal_adviser_key",
    "plan_id": "child_in_need_plan_id",
    "registration_number": "registration_key",
}


def test_a_column_can_be_filled_by_the_sources_that_the_specification_says(specified):
    held: dict[tuple[str, str], set[str]] = {}
    for row in _rows(SEEDS / "case_model" / "column_sources.csv"):
        held.setdefault((row["table_name"], row["column_name"]), set()).add(row["record_source"])

    for name, table in specified.items():
        for column in table["columns"]:
            own = column["name"]
            sources = {s for s in table["sources"] if column.get(s, "not held") != "not held"}
            found = held.get((name, own)) or held.get((name, OTHER_NAMES.get(own, own)))
            assert found is None or found == sources, (name, own)
    assert {name for name, _ in held} == set(specified)


def test_every_source_is_covered_by_an_extract_that_can_be_landed():
    contracts = load_contracts(PROJECT / "expectations" / "extracts")
    landed = {name.replace("__", "_") for name in contracts} | {"cin_census", "csww"}

    for row in _rows(SEEDS / "case_model" / "source_precedence.csv"):
        assert row["source_extract"] in landed
        assert row["source_extract"].startswith(row["record_source"])


def test_a_return_asks_for_a_table_since_the_year_that_its_contract_says():
    contracts = load_contracts(PROJECT / "expectations" / "extracts")

    held = {
        (row["record_source"], int(row["first_return_year"]))
        for row in _rows(SEEDS / "case_model" / "asked_since.csv")
    }

    # Other returns come in a file a table, whose coverage says it.
    assert held == {
        (contract.family, contract.since)
        for contract in contracts.values()
        if contract.family == "cin_census" and contract.since
    }


def test_every_code_that_says_not_known_is_a_code_of_its_list():
    codes = {(row["code_set"], row["code"]) for row in _rows(SEEDS / "codes" / "codes.csv")}

    for row in _rows(SEEDS / "case_model" / "not_stated_codes.csv"):
        assert (row["code_set"], row["code"]) in codes


# Where the key specified would be empty, or one for two things: what is added to it and taken from
# it, and why.
OTHER_KEYS = {
    # A return says where a child lived on the day care began, and not since when.
    "addresses": ({"known_from_date"}, {"address_start_date"}),
    # Annex A has groups of sources, most of which stand for no one code.
    "contacts": ({"contact_source_group"}, {"contact_source_code"}),
    # A period of short breaks may begin on the day that another was entered.
    "care_periods": ({"is_short_breaks_only"}, set()),
    # Annex A has groups of statuses, most of which stand for no one code.
    "legal_statuses": (set(), {"legal_status_code"}),
    # A review that is due or was cancelled has no date of its own.
    "care_reviews": ({"held_or_due_date"}, {"review_date"}),
    # A child may go missing twice in a day.
    "missing_episodes": ({"spell_of_day"}, set()),
    # A review that is due has no date of its own.
    "plan_reviews": ({"held_or_due_date"}, {"review_date"}),
    # Guardianship needs no decision on adoption.
    "adoption_journeys": ({"journey_date"}, {"adoption_decision_date"}),
}


def test_a_table_has_the_natural_key_of_the_specification(specified, built):
    for name, table in built.items():
        added, left_out = OTHER_KEYS.get(name, (set(), set()))
        assert set(table["key"]) == set(specified[name]["natural_key"]) - left_out | added


def test_a_table_prefers_a_source_for_the_columns_the_specification_says(specified, built):
    for name, table in built.items():
        wanted = {c["name"]: c["prefer"] for c in specified[name]["columns"] if "prefer" in c}
        assert table.get("prefer", {}) == wanted


def test_a_table_that_is_built_has_a_model_for_each_of_its_steps(built):
    models = {file.stem for file in (PROJECT / "models" / "intermediate").rglob("*.sql")}

    for name in built:
        assert {f"int_{name}_reported", f"int_{name}"} <= models
