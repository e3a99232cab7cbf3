"""What is met in real workbooks of the inspection lists, each shown by the smallest file."""

import datetime as dt
import io
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from tests.contract_files import a_book, a_csv, a_night_of, landing_name, rows_under
from tests.factories import loaded, register, rows_of, the_contracts, unreconciled

BOOK = "201/Annex_A_2026_May.xlsx"
CARE = "raw.annex_a__children_in_care"


def night(folder: Path, files: Mapping[str, str | bytes]) -> duckdb.DuckDBPyConnection:
    """A warehouse after a night with these files, of which every row is accounted for."""
    connection = loaded(folder, files, night=a_night_of("annex_a"))
    assert unreconciled(connection) == []
    return connection


def one(folder: Path, extract: str, cells: Mapping[str, str], columns: str) -> tuple:
    """What the only row of a list holds, and how many of its cells were emptied."""
    name = landing_name(the_contracts()[f"annex_a__{extract}"], "csv")
    connection = night(folder, {name: a_csv(f"annex_a__{extract}", cells)})
    (row,) = rows_of(connection, f"raw.annex_a__{extract}", columns)
    return (*row, len(rows_of(connection, "quality.emptied_cells")))


# ---- the workbook ----


def test_a_workbook_has_a_list_on_each_sheet_also_hidden_protected_or_with_spaces(tmp_path: Path):
    sheets = {
        "List 1 ": rows_under("annex_a__contacts", {"child_id": "1001"}),
        "List_8": rows_under("annex_a__children_in_care", {"child_id": "1001"}),
        "List10": rows_under("annex_a__adoption", {"child_id": "1001"}),
    }
    connection = night(tmp_path, {BOOK: a_book(sheets, hidden=["List_8"])})
    found = rows_of(connection, "quality.extract_files", "extract, rows_loaded, status")
    assert found == [
        ("annex_a__adoption", 1, "loaded"),
        ("annex_a__children_in_care", 1, "loaded"),
        ("annex_a__contacts", 1, "loaded"),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Annex_A_2026_May.xlsx",
        "AnnexA_201_2026-05-31.xlsx",
        "AnnexA_201_20260531.xlsx",
        "2026-05/Annex A.xlsx",
    ],
)
def test_a_workbook_is_as_at_the_month_its_name_says(tmp_path: Path, name):
    rows = rows_under("annex_a__contacts")
    connection = night(tmp_path, {f"201/{name}": a_book({"List 1": rows})})
    assert rows_of(connection, "quality.extract_files", "status, period") == [("loaded", "2026-05")]


def test_headings_stand_below_titles_and_above_totals(tmp_path: Path):
    rows = [
        ["Annex A: children in care"],
        [],
        ["Prepared in May 2026"],
        *rows_under("annex_a__children_in_care", {"child_id": "1001"}, {"child_id": "1002"}),
        ["Total", "", "", "", 2],
        [],
    ]
    connection = night(tmp_path, {BOOK: a_book({"List 8": rows})})
    assert rows_of(connection, CARE, "_row_number") == [(5,), (6,)]
    # The row of totals is no child; it is listed, not lost.
    assert rows_of(connection, "quality.quarantined_rows", "distinct line_number") == [(7,)]


def test_a_list_is_known_by_its_headings_however_they_are_written(tmp_path: Path):
    rows = [
        ["CHILD UNIQUE ID (LAchildID)", "sex", "Date of birth\n(dd/mm/yyyy)", "Date of  Contact:"],
        ["1001", "Male", "03/02/2012", "02/05/2026"],
    ]
    connection = night(tmp_path, {BOOK: a_book({"List 1": rows})})
    assert rows_of(connection, "raw.annex_a__contacts", "sex, date_of_birth, date_of_contact") == [
        ("a) Male", dt.date(2012, 2, 3), dt.date(2026, 5, 2))
    ]


def test_a_heading_that_ends_in_a_question_mark_may_lack_it(tmp_path: Path):
    for ending in ("?", "", " ?"):
        rows = [
            ["Child Unique ID", "Date of referral", f"Referral NFA{ending}"],
            ["1001", "02/05/2026", "Yes"],
        ]
        connection = night(tmp_path, {BOOK: a_book({"List 3": rows})})
        assert rows_of(connection, "raw.annex_a__referrals", "referral_no_further_action") == [
            ("a) Yes",)
        ]


def test_headings_nobody_knows_are_listed(tmp_path: Path):
    head, *rows = rows_under("annex_a__contacts")
    sheet = [[*head, "Our own flag"], *([*row, "x"] for row in rows)]
    connection = night(tmp_path, {BOOK: a_book({"List 1": sheet})})
    (file,) = register(connection).values()
    assert "flag" in str(file["columns_extra"]).lower()


def test_true_spreadsheet_dates_and_written_ones_are_the_same_day(tmp_path: Path):
    day = dt.datetime(2026, 5, 2)  # noqa: DTZ001
    head = ["Child Unique ID", "Gender", "Date of Contact", "Contact Source"]
    rows = [head, ["1001", "", day, ""], ["1002", "", "02/05/2026", ""], ["1003", "", 46144, ""]]
    connection = night(tmp_path, {BOOK: a_book({"List 1": rows})})
    assert (
        rows_of(connection, "raw.annex_a__contacts", "date_of_contact")
        == [(dt.date(2026, 5, 2),)] * 3
    )


def test_windows_that_move_are_kept_apart_by_the_month_of_their_run(tmp_path: Path):
    rows = rows_under("annex_a__contacts", {"child_id": "1001"})
    book = a_book({"List 1": rows})
    then = a_book({"List 1": [*rows, *rows_under("annex_a__contacts", {"child_id": "2"})[1:]]})
    connection = night(
        tmp_path, {"201/Annex_A_2026_Apr.xlsx": book, "201/Annex_A_2026_May.xlsx": then}
    )
    found = rows_of(connection, "quality.extract_files", "period, status, rows_loaded")
    assert found == [("2026-04", "loaded", 1), ("2026-05", "loaded", 2)]
    assert rows_of(connection, "raw.annex_a__contacts", "count(distinct exported_date)") == [(2,)]


# ---- cells ----


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("a) WBRI", "a) WBRI"),
        ("WBRI", "a) WBRI"),
        ("White British", "a) WBRI"),
        ("white british ", "a) WBRI"),
    ],
)
def test_one_ethnicity_has_many_spellings(tmp_path: Path, written, code):
    held, emptied = one(tmp_path, "contacts", {"ethnicity": written}, "ethnicity")
    assert (held, emptied) == (code, 0)


def test_an_ethnicity_nobody_knows_is_emptied_and_listed(tmp_path: Path):
    assert one(tmp_path, "contacts", {"ethnicity": "Dougal"}, "ethnicity") == (None, 1)


def test_the_ethnicity_chinese_is_in_its_own_code(tmp_path: Path):
    # The lists put it under other, national statistics under Asian: the code leaves both open.
    found = {
        one(tmp_path, "contacts", {"ethnicity": written}, "ethnicity")
        for written in ("CHNE", "Chinese")
    }
    assert len(found) == 1
    assert "CHNE" in str(found)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        *(("a) Yes", "a) Yes"), ("Yes", "a) Yes"), ("Y", "a) Yes"), ("1", "a) Yes")),
        *(("TRUE", "a) Yes"), ("b) No", "b) No"), ("N", "b) No"), ("0", "b) No")),
        *(("false", "b) No"), ("no", "b) No"), ("1.0", "a) Yes")),
    ],
)
def test_yes_and_no_have_many_forms(tmp_path: Path, written, code):
    cells = {"referral_no_further_action": written}
    assert one(tmp_path, "referrals", cells, "referral_no_further_action") == (code, 0)


@pytest.mark.parametrize(("written", "code"), [("LD", "a) Yes"), ("NONE", "b) No")])
def test_a_disability_may_be_a_code_of_the_return(tmp_path: Path, written, code):
    assert one(tmp_path, "children_in_care", {"disability": written}, "disability") == (code, 0)


@pytest.mark.parametrize(
    ("written", "held"), [("", None), ("7", 7.0), ("7.5", 7.5), ("0", 0.0), ("n/a", None)]
)
def test_an_age_may_be_blank_or_have_decimals(tmp_path: Path, written, held):
    assert one(tmp_path, "contacts", {"age_years": written}, "age_years") == (held, 0)


@pytest.mark.parametrize(("written", "held"), [("0", 0), ("", None), ("n/a", None), ("3", 3)])
def test_a_number_that_is_blank_or_does_not_apply_is_not_nought(tmp_path: Path, written, held):
    column = "number_of_previous_child_protection_plans"
    assert one(tmp_path, "child_protection", {column: written}, column) == (held, 0)


def test_the_authority_of_a_placement_is_whatever_was_written(tmp_path: Path):
    for written in ("Not recorded", "Avon", "301"):
        cells = {"la_of_placement": written}
        assert one(tmp_path, "children_in_care", cells, "la_of_placement") == (written, 0)


def test_the_name_of_a_worker_is_nowhere(tmp_path: Path):
    cells = {"allocated_worker": "Zebedee Dougal"}
    held, emptied = one(tmp_path, "referrals", cells, "allocated_worker")
    assert len(held) == 64 and emptied == 0


def test_a_cell_of_two_dates_costs_no_row_and_is_never_lost_unsaid(tmp_path: Path):
    cells = {"date_of_last_social_work_visit": "02/05/2026\n09/05/2026"}
    held, emptied = one(tmp_path, "children_in_care", cells, "date_of_last_social_work_visit")
    assert held is not None or emptied == 1


def test_a_child_is_the_same_in_every_list(tmp_path: Path):
    lists = ("children_in_need", "child_protection", "children_in_care", "care_leavers")
    files = {
        landing_name(the_contracts()[f"annex_a__{name}"], "csv"): a_csv(
            f"annex_a__{name}", {"child_id": "1001"}
        )
        for name in lists
    }
    connection = night(tmp_path, files)
    keys = {rows_of(connection, f"raw.annex_a__{name}", "child_id")[0] for name in lists}
    assert len(keys) == 1


def test_a_child_who_left_and_came_back_is_on_the_list_of_care_twice(tmp_path: Path):
    text = a_csv(
        "annex_a__children_in_care",
        {
            "date_started_to_be_looked_after": "01/07/2025",
            "date_ceased_to_be_looked_after": "01/09/2025",
        },
        {"date_started_to_be_looked_after": "01/02/2026"},
        child_id="1001",
    )
    connection = night(tmp_path, {"201/2026-05/list 8.csv": text})
    found = rows_of(connection, CARE, "count(*), count(distinct child_id)")
    assert found == [(2, 1)]


def test_merged_cells_leave_the_columns_where_they_are(tmp_path: Path):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("List 1")
        sheet.merge_range(0, 0, 0, 5, "Contacts in six months")
        for line, row in enumerate(rows_under("annex_a__contacts", {"child_id": "1001"}), 1):
            sheet.write_row(line, 0, row)
        sheet.merge_range(3, 0, 3, 3, "Total 1")
    connection = night(tmp_path, {BOOK: content.getvalue()})
    assert rows_of(connection, "raw.annex_a__contacts", "_row_number") == [(3,)]
    assert rows_of(connection, "quality.quarantined_rows", "distinct line_number") == [(4,)]
