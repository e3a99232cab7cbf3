"""The workforce census: every element has its column, in each of the years."""

from orchestration.contracts import Form
from tests.factories import published, the_codes, the_contracts

BLOCKS = {
    name.partition("__")[2]: contract
    for name, contract in the_contracts().items()
    if contract.family == "csww"
}


def test_every_block_and_element_has_its_contract():
    for name, block in published("csww")["tables"].items():
        contract = BLOCKS[name]
        assert contract.path == block["xpath"].removeprefix("/Message/")
        columns = {column.name: column for column in contract.columns}
        for told in block["columns"]:
            known = {header.upper() for header in columns[told["column"]].headers}
            assert told["element"].upper() in known, told["element"]
            if told.get("code_set") not in (None, "boolean_flag"):
                assert columns[told["column"]].codes == told["code_set"]


def test_what_a_worker_has_several_of_is_a_row_each():
    for name, columns in published("csww")["child_tables"].items():
        contract = BLOCKS[name]
        assert [column.name for column in contract.columns] == columns
        assert str(contract.path).startswith("CSWWWorker/")
        assert contract.columns[0].position_of == "worker"


def test_the_year_ends_in_september_and_workers_also_come_as_a_table():
    assert {contract.year_ends_in for contract in BLOCKS.values()} == {9}
    assert {name for name, c in BLOCKS.items() if Form.TABLE in c.forms} == {"worker"}


def test_a_registration_number_is_hashed_as_the_number_of_a_social_worker_is_in_other_returns():
    numbers = {
        extract: next(c for c in the_contracts()[extract].columns if c.name == name)
        for extract, name in [("csww__worker", "swe_number"), ("ssda903__sw_episodes", "sw_id")]
    }
    assert {column.namespace for column in numbers.values()} == {"registration"}


def test_sex_is_read_in_the_numbers_of_old_years_and_in_the_letters_of_new_ones():
    column = next(c for c in BLOCKS["worker"].columns if c.name == "gender")
    assert set(column.headers) == {"GenderCurrent", "Sex"}
    codes = the_codes().sets["gender_csww"]
    assert (codes["M"], codes["F"]) == (codes["1"], codes["2"])


def test_pay_is_never_kept():
    dropped = {column.name for column in BLOCKS["worker"].columns if not column.is_stored}
    assert dropped == {"base_salary", "recruitment_retention_payments", "other_payments"}
