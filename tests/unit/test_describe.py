"""What ``outcomes contracts`` tells the person who lands a file."""

import csv
import io

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.describe import (
    WIDTH,
    Code,
    UnknownExtract,
    data_dictionary,
    describe_extract,
    find,
    heading,
    list_extracts,
    read_code_lists,
)
from tests.factories import a_column, a_contract, an_identifier, the_contracts

runner = CliRunner()


def test_every_extract_is_listed_in_lines_that_fit_a_terminal():
    listed = list_extracts(the_contracts().values())

    assert all(f"  {name}: " in listed for name in the_contracts())
    assert max(len(line) for line in listed.splitlines()) <= WIDTH


@pytest.mark.parametrize("extract", sorted(the_contracts()))
def test_a_description_names_every_heading_and_fits_a_terminal(extract: str):
    contract = the_contracts()[extract]
    told = describe_extract(contract, read_code_lists())

    assert max(len(line) for line in told.splitlines()) <= WIDTH
    written = " ".join(told.split())
    for column in contract.columns:
        assert all(header.partition("#")[0] in written for header in column.headers)


def test_a_column_says_what_happens_to_what_it_holds():
    contract = a_contract(
        an_identifier("child", required=True),
        a_column("name", handling="drop"),
        a_column("views", handling="restrict"),
    )
    told = describe_extract(contract, {})

    assert "CHILD: text; required; replaced by a pseudonym on arrival" in told
    assert "NAME: text; never stored" in told
    assert "VIEWS: text; stays in the warehouse, never published" in told


def test_a_code_says_what_it_means_and_when_it_was_in_use():
    contract = a_contract(a_column("place", "code", codes="places"))
    codes = {"places": [Code("Z1", "Other", "", "2025-03-31"), Code("Z11", "New", "2025-04-01")]}
    told = describe_extract(contract, codes)

    assert "Z1   Other (until 2025-03-31)" in told
    assert "Z11  New (from 2025-04-01)" in told


def test_a_heading_that_stands_twice_is_written_without_its_number():
    assert heading(a_column("second", headers=("DATE#2",))) == "DATE"


def test_a_heading_is_never_the_path_of_an_element():
    assert heading(a_column("child", headers=("../CHILDID", "CHILD"))) == "CHILD"


def test_a_family_stands_for_all_of_its_extracts():
    assert {contract.family for contract in find(the_contracts(), "ssda903")} == {"ssda903"}


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one():
    with pytest.raises(UnknownExtract, match="ssda903__episodes"):
        find(the_contracts(), "episodes")
    with pytest.raises(UnknownExtract, match="ssda903__episodes"):
        find(the_contracts(), "ssda903_episodes")


def test_the_data_dictionary_has_a_row_for_every_column():
    contracts = the_contracts().values()
    rows = list(csv.DictReader(io.StringIO(data_dictionary(contracts))))

    assert len(rows) == sum(len(contract.columns) for contract in contracts)
    assert {row["handling"] for row in rows} <= {
        "keep",
        "pseudonymise",
        "restrict",
        "locate",
        "drop",
    }


def test_the_command_lists_describes_and_says_what_it_does_not_know():
    listed = runner.invoke(app, ["contracts"])
    one = runner.invoke(app, ["contracts", "ssda903__episodes"])
    machine = runner.invoke(app, ["contracts", "ssda903__episodes", "--csv"])
    unknown = runner.invoke(app, ["contracts", "weather"])

    assert (listed.exit_code, one.exit_code, machine.exit_code) == (0, 0, 0)
    assert "ssda903__episodes" in listed.output
    assert "Codes of legal_status" in one.output
    assert machine.output.startswith("extract,column,")
    assert unknown.exit_code == 2
