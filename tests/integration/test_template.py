"""Templates: empty as they are they are recognised, and filled in they load."""

import csv
from pathlib import Path

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.contracts import ExtractContract, Form
from orchestration.describe import find, is_path, read_code_lists
from orchestration.ingest.layouts import Recogniser, csv_heads, sheet_heads
from orchestration.template import (
    CODES,
    READ_ME,
    SHEET_NAME_LENGTH,
    NoTemplate,
    headings_of,
    sheet_names,
    write_template,
)
from tests.contract_files import a_file_of, a_night_of, landing_name
from tests.factories import (
    a_column,
    a_contract,
    csv_text,
    loaded,
    register,
    the_contracts,
)

runner = CliRunner()
TABLES = {name: c for name, c in the_contracts().items() if Form.TABLE in c.forms}
FAMILIES = sorted({contract.family for contract in TABLES.values()})


@pytest.fixture(scope="module")
def known() -> Recogniser:
    return Recogniser(the_contracts())


def tables_of(family: str) -> list[ExtractContract]:
    return [contract for contract in TABLES.values() if contract.family == family]


def headings_in(sheet: list[list[object]]) -> list[str]:
    return [str(cell) for cell in sheet[0]]


# ---- what is in it ----


@pytest.mark.parametrize("extract", sorted(TABLES))
def test_a_column_file_is_recognised_as_the_extract_it_is_for(
    tmp_path: Path, known: Recogniser, extract: str
):
    file = tmp_path / f"{extract}.csv"
    write_template([TABLES[extract]], file, {})

    found = known.recognise(csv_heads(file), [file.name])
    assert found.contract is TABLES[extract]
    assert len(found.layout.headings) == len(set(found.layout.headings))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_workbook_has_a_sheet_for_every_list_of_a_family_and_each_is_recognised(
    tmp_path: Path, known: Recogniser, family: str
):
    file = tmp_path / f"{family}.xlsx"
    written = write_template(find(the_contracts(), family), file, read_code_lists())
    found = [known.recognise([head], [head.sheet]).contract for head in sheet_heads(file)]

    assert written == tables_of(family)
    assert found == written


@pytest.mark.parametrize("family", FAMILIES)
def test_an_empty_template_loads_as_no_rows_at_all(tmp_path: Path, family: str):
    files = {}
    for contract in tables_of(family):
        file = tmp_path / "template.csv"
        write_template([contract], file, {})
        place = Path(landing_name(contract, "csv")).parent / f"{contract.extract}.csv"
        files[place.as_posix()] = file.read_bytes()
    night = register(loaded(tmp_path, files, night=a_night_of(family)))

    assert {(row["status"], row["rows_read"]) for row in night.values()} == {("loaded", 0)}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_template_that_is_filled_in_loads_every_row(tmp_path: Path, family: str):
    files = {}
    for contract in tables_of(family):
        place = landing_name(contract, "csv")
        filled = a_file_of(contract, "csv", tmp_path / "filled.csv", rows=3)
        with filled.open(encoding="utf-8-sig", newline="") as handle:
            rows = list(csv.DictReader(handle))
        template = tmp_path / "template.csv"
        write_template([contract], template, {})
        with template.open(encoding="utf-8-sig", newline="") as handle:
            headings = next(csv.reader(handle))
        by_place = Path(place).parent / f"{contract.extract}.csv"
        files[by_place.as_posix()] = csv_text(headings, *rows).encode("utf-8-sig")
    night = register(loaded(tmp_path, files, night=a_night_of(family)))

    faults = {
        name: row["reason"]
        for name, row in night.items()
        if (row["rows_loaded"], row["rows_with_emptied_cells"]) != (3, 0)
    }
    assert faults == {}


def test_a_workbook_that_is_filled_in_loads_every_row_of_every_sheet(tmp_path: Path):
    contracts = tables_of("annex_a")
    template = tmp_path / "annex_a.xlsx"
    write_template(contracts, template, read_code_lists())
    opened = CalamineWorkbook.from_path(str(template))
    filled = tmp_path / "filled.xlsx"
    with xlsxwriter.Workbook(str(filled)) as workbook:
        for contract, name in zip(contracts, sheet_names(contracts), strict=True):
            headings = headings_in(opened.get_sheet_by_name(name).to_python())
            with a_file_of(contract, "csv", tmp_path / "rows.csv", rows=3).open(
                encoding="utf-8-sig", newline=""
            ) as handle:
                rows = list(csv.DictReader(handle))
            sheet = workbook.add_worksheet(name)
            sheet.write_row(0, 0, headings)
            for line, row in enumerate(rows, start=1):
                sheet.write_row(line, 0, [row.get(heading, "") for heading in headings])
        workbook.add_worksheet(CODES).write_row(0, 0, ["annex_a_gender", "meaning"])
    files = {"201/2026-05/annex_a.xlsx": filled.read_bytes()}
    night = register(loaded(tmp_path, files, night=a_night_of("annex_a")))

    assert {row["extract"] for row in night.values()} == {c.extract for c in contracts}
    assert {row["rows_loaded"] for row in night.values()} == {3}
    assert {row["rows_with_emptied_cells"] for row in night.values()} == {0}


def test_an_empty_workbook_loads_as_no_rows_at_all(tmp_path: Path):
    template = tmp_path / "annex_a.xlsx"
    write_template(tables_of("annex_a"), template, read_code_lists())
    files = {"201/2026-05/annex_a.xlsx": template.read_bytes()}
    night = register(loaded(tmp_path, files, night=a_night_of("annex_a")))

    assert len(night) == len(tables_of("annex_a"))
    assert {(row["status"], row["rows_read"]) for row in night.values()} == {("loaded", 0)}


# ---- headings ----


def test_headings_are_written_as_people_write_them_and_never_as_elements():
    for contract in TABLES.values():
        written = [heading.written for heading in headings_of(contract)]
        assert not any(is_path(heading) or heading == "*" for heading in written)


def test_a_heading_that_stands_twice_in_the_return_stands_twice_in_the_template():
    contract = a_contract(
        a_column("child"),
        a_column("first", headers=("DATE",)),
        a_column("second", headers=("DATE#2",)),
    )

    assert [heading.written for heading in headings_of(contract)] == ["CHILD", "DATE", "DATE"]


def test_columns_that_share_a_json_cell_have_one_heading_that_names_their_keys():
    contract = a_contract(
        a_column("child"),
        *(a_column(f"is_{key}", headers=("OUTCOME",), json_key=key) for key in ("a", "b")),
    )
    heading = headings_of(contract)[1]

    assert len(headings_of(contract)) == 2
    assert heading.holds == "a JSON object with the keys a, b"


def test_what_is_never_stored_may_be_left_empty():
    contract = a_contract(a_column("child"), a_column("name", handling="drop"))

    assert "leave it empty" in headings_of(contract)[1].rules


def test_sheet_names_fit_excel_and_differ():
    contracts = [
        a_contract(extract=f"invented__{'a_very_long_name_' * 3}{number}") for number in range(12)
    ]
    names = sheet_names(contracts)

    assert len(set(names)) == len(names)
    assert max(len(name) for name in names) <= SHEET_NAME_LENGTH


# ---- help for who fills it in ----


def test_the_workbook_brings_its_code_lists_with_their_meaning(tmp_path: Path):
    file = tmp_path / "template.xlsx"
    write_template([TABLES["ssda903__episodes"]], file, read_code_lists())
    opened = CalamineWorkbook.from_path(str(file))
    codes = opened.get_sheet_by_name(CODES).to_python()
    told = [cell for row in opened.get_sheet_by_name(READ_ME).to_python() for cell in row]

    place = codes[0].index("legal_status")
    assert ["C2", "Full care order"] in [row[place : place + 2] for row in codes]
    assert "Legal status" in told


def test_a_code_that_is_no_longer_in_use_is_listed_last_and_not_offered(tmp_path: Path):
    file = tmp_path / "template.xlsx"
    write_template([TABLES["ssda903__episodes"]], file, read_code_lists())
    codes = CalamineWorkbook.from_path(str(file)).get_sheet_by_name(CODES).to_python()
    place = codes[0].index("placement_type")
    listed = [row[place : place + 2] for row in codes[1:] if row[place]]
    retired = ["until" in str(meaning) for _, meaning in listed]

    assert any(retired)
    assert retired == sorted(retired)


# ---- the command ----


def test_an_extract_that_only_a_system_writes_has_no_template(tmp_path: Path):
    contract = the_contracts()["cin_census__child"]

    with pytest.raises(NoTemplate, match="XML"):
        write_template([contract], tmp_path / "child.xlsx", {})


def test_a_family_does_not_fit_a_csv_file(tmp_path: Path):
    with pytest.raises(NoTemplate, match="workbook"):
        write_template(find(the_contracts(), "annex_a"), tmp_path / "annex_a.csv", {})


def test_the_command_writes_what_its_options_say_and_nothing_over_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    usual = runner.invoke(app, ["template", "annex_a"])
    as_csv = runner.invoke(app, ["template", "ssda903__episodes", "--format", "csv"])
    named = runner.invoke(app, ["template", "ssda903__header", "--out", "mine.csv"])
    again = runner.invoke(app, ["template", "annex_a"])
    unclear = runner.invoke(app, ["template", "annex_a", "--out", "list.doc"])
    unknown = runner.invoke(app, ["template", "weather"])

    assert [r.exit_code for r in (usual, as_csv, named)] == [0, 0, 0]
    assert [r.exit_code for r in (again, unclear, unknown)] == [2, 2, 2]
    assert {path.name for path in tmp_path.iterdir()} == {
        *("annex_a.xlsx", "ssda903__episodes.csv", "mine.csv")
    }
