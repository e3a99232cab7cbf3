import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from orchestration.contracts import ExtractContract, heading_keys
from orchestration.ingest import readers
from orchestration.ingest.landing import LandedFile
from orchestration.ingest.layouts import TableLayout
from orchestration.ingest.readers import TableText, read_table
from tests.factories import (
    EPISODES,
    HEADER,
    a_column,
    a_contract,
    an_episode,
    csv_text,
    episodes,
    surveyed,
)

CELL_OF_SEVERAL_LINES = "a cell runs over several lines, as after a stray quotation mark"
OPEN_QUOTATION = "a quotation mark is opened here and not closed"


# ---- CSV ----


def csv_read(
    folder: Path, content: str | bytes, *, has_free_text: bool = False
) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Line and child of each row of an episodes file, and line and reason of each that is none."""
    (landed,) = surveyed(folder, {"201/2026/episodes.csv": content})
    contract = landed.contracts[0].model_copy(update={"has_free_text": has_free_text})
    text = read_table(landed, contract)
    rows = text.batches.read_all()
    malformed = list(zip(text.malformed.lines, text.malformed.reasons, strict=True))
    return list(
        zip(rows["_row_number"].to_pylist(), rows["child"].to_pylist(), strict=True)
    ), malformed


def some(*children: str, **given: str) -> list[dict[str, str]]:
    return [an_episode(child, **given) for child in children]


def test_every_row_has_its_line(tmp_path: Path):
    assert csv_read(tmp_path, episodes(*some("1", "2"))) == ([(2, "1"), (3, "2")], [])


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_way_and_the_last_not_at_all(tmp_path: Path, ending):
    content = episodes(*some("1", "2")).replace("\n", ending)
    expected = [(2, "1"), (3, "2")], []
    assert csv_read(tmp_path, content) == expected
    assert csv_read(tmp_path, content.removesuffix(ending)) == expected


def test_headings_alone_are_a_file_without_rows(tmp_path: Path):
    headings = ",".join(EPISODES)
    assert csv_read(tmp_path, headings) == ([], [])
    assert csv_read(tmp_path, headings + "\n") == ([], [])


def test_lines_are_counted_from_the_top_of_the_file_under_a_title(tmp_path: Path):
    content = "Return\n\n" + episodes("x", *some("1"), "y")
    rows, malformed = csv_read(tmp_path, content)
    assert rows == [(5, "1")]
    assert [line for line, _ in malformed] == [4, 6]


def test_blank_lines_keep_their_place(tmp_path: Path):
    head, first, second = episodes(*some("1", "2")).splitlines()
    content = "\n".join([head, "", first, "", "", second, ""])
    assert [row for row in csv_read(tmp_path, content)[0] if row[1]] == [(3, "1"), (6, "2")]


@pytest.mark.parametrize("column", ["CHILD", "URN", "HOME_POST", "NOTES"])
def test_a_cell_of_several_lines_moves_the_rows_after_it_whichever_column_it_is_in(
    tmp_path: Path, column
):
    long = {**an_episode("1"), column: "one\ntwo\r\nthree"}
    content = csv_text([*EPISODES, "NOTES"], long, ["x"], *some("2"), long, *some("3"))
    rows, malformed = csv_read(tmp_path, content, has_free_text=True)
    assert [line for line, _ in rows] == [2, 6, 7, 10]
    assert malformed == [(5, "1 cells under 14 headings")]


@pytest.mark.parametrize(
    ("column", "stands"), [("URN", False), ("PL_POST", False), ("NOTES", True)]
)
def test_a_line_end_among_codes_and_dates_is_the_mark_of_a_stray_quotation_mark(
    tmp_path: Path, column, stands
):
    long = {**an_episode("1"), column: "one\ntwo"}
    content = csv_text([*EPISODES, "NOTES"], long, *some("2"))
    rows, malformed = csv_read(tmp_path, content)
    assert rows == ([(2, "1"), (4, "2")] if stands else [(4, "2")])
    assert malformed == ([] if stands else [(line, CELL_OF_SEVERAL_LINES) for line in (2, 3)])


def test_a_cell_under_a_heading_that_two_columns_read_is_counted_once(tmp_path: Path):
    rows = {"CHILD": "1", "UPN": "a\nb"}, {"CHILD": "2"}
    (landed,) = surveyed(tmp_path, {"201/2026/header.csv": csv_text(HEADER, *rows)})
    contract = landed.contracts[0].model_copy(update={"has_free_text": True})
    assert read_table(landed, contract).batches.read_all()["_row_number"].to_pylist() == [
        2,
        4,
    ]


def test_a_row_with_the_wrong_number_of_cells_is_no_row_and_says_both_numbers(tmp_path: Path):
    content = episodes(["1"], *some("2"), ["3"] * 14, ["4"] * 15, *some("5"), ["6"] * 12)
    rows, malformed = csv_read(tmp_path, content)
    assert rows == [(3, "2"), (6, "5")]
    assert malformed == [
        (line, f"{cells} cells under 13 headings")
        for line, cells in [(2, 1), (4, 14), (5, 15), (7, 12)]
    ]


@pytest.mark.parametrize("column", [0, 5, 10, 12])
def test_a_quotation_mark_that_is_never_closed_costs_every_line_after_it_and_says_so(
    tmp_path: Path, column
):
    lines = episodes(*some("1", "2", "3", "4")).splitlines()
    cells = lines[2].split(",")
    cells[column] = f'"{cells[column]}'
    lines[2] = ",".join(cells)
    rows, malformed = csv_read(tmp_path, "\n".join(lines) + "\n")
    assert rows == [(2, "1")]
    assert malformed == [(line, OPEN_QUOTATION) for line in (3, 4, 5)]


def test_a_last_cell_of_several_lines_that_is_closed_is_a_cell(tmp_path: Path):
    for ending in ("", "\n", "\r\n"):
        content = episodes(*some("1", URN="a\nb")).removesuffix("\n") + ending
        assert csv_read(tmp_path, content, has_free_text=True) == ([(2, "1")], [])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16", "utf-16-be"])
def test_text_is_read_in_its_encoding(tmp_path: Path, encoding):
    content = episodes(*some("Zoë"))
    content = "\N{BYTE ORDER MARK}" + content if encoding == "utf-16-be" else content
    assert csv_read(tmp_path, content.encode(encoding)) == ([(2, "Zoë")], [])


def test_lines_are_exact_in_a_file_of_many_blocks(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(readers, "BLOCK_BYTES", 4096)
    content, line, lines, no_rows = [], 2, [], []
    for number in range(1, 600):
        if number % 7 == 0:
            content.append(["x"])
            no_rows.append(line)
        elif number % 5 == 0:
            content.append(an_episode(str(number), PL_POST="a\nb"))
            lines.append((line, str(number)))
            line += 1
        else:
            content.append(an_episode(str(number)))
            lines.append((line, str(number)))
        line += 1
    rows, malformed = csv_read(tmp_path, episodes(*content), has_free_text=True)
    assert rows == lines
    assert [line for line, _ in malformed] == no_rows


def test_what_the_contract_lacks_and_what_it_does_not_know_are_listed(tmp_path: Path):
    headings = [heading for heading in EPISODES if heading != "REC"]
    content = csv_text([*headings, "", "TEST_COLUMN", "_14"], an_episode())
    (landed,) = surveyed(tmp_path, {"201/2026/episodes.csv": content})
    text = read_table(landed, landed.contracts[0])
    assert (text.columns_missing, text.columns_extra) == (("rec",), ("TEST_COLUMN", "_14"))
    assert text.batches.read_all()["rec"].to_pylist() == [None]


def test_a_dropped_column_never_leaves_the_reader(tmp_path: Path):
    address = "addr_person_id,addr_address_json\n1001,12 Dougal Lane\n"
    (landed,) = surveyed(tmp_path, {"201/2026-03-01/ssd_address.csv": address})
    rows = read_table(landed, landed.contracts[0]).batches.read_all()
    assert "addr_address_json" not in rows.column_names
    assert "Dougal" not in str(rows.to_pylist())


def test_a_row_is_no_row_in_a_file_with_and_without_quotation_marks(tmp_path: Path):
    for urn in ("SC1", '"SC1"'):
        rows = episodes(["1"], *some("2", "3"), ["4"] * 15, ["5"] * 15).replace("SC123456", urn)
        found, malformed = csv_read(tmp_path, rows)
        assert found == [(3, "2"), (4, "3")]
        assert [line for line, _ in malformed] == [2, 5, 6]


def test_rows_that_are_none_keep_the_order_of_their_lines(tmp_path: Path):
    long = an_episode("1", URN="a\nb")
    content = episodes(["x"], long, ["x"], long, ["x"], ["x"], *some("2"))
    rows, malformed = csv_read(tmp_path, content)
    assert rows == [(10, "2")]
    assert [line for line, _ in malformed] == list(range(2, 10))


# ---- columns of their own kind ----


def table_of(
    path: Path, contract: ExtractContract, kind: str, headings: list[str], **given: object
) -> TableText:
    """A file read as a contract's, its headings on the first line unless told."""
    layout = {
        "kind": kind,
        "headings": heading_keys(headings),
        "written_headings": tuple(headings),
        "heading_line": 0 if kind == "parquet" else 1,
        **given,
    }
    line_count = path.read_bytes().count(b"\n")
    landed = LandedFile(path, path.name, "", line_count, (contract,), TableLayout(**layout))
    return read_table(landed, contract)


def csv_of(path: Path, contract: ExtractContract, content: str) -> TableText:
    path.write_text(content, "utf-8")
    headings = content.partition("\n")[0].split(",")
    return table_of(path, contract, "csv", headings, encoding="utf-8-sig", delimiter=",")


OTHERS = a_contract(
    a_column("place", headers=("Place code",)),
    a_column("secret", handling="drop"),
    a_column("cells", "map", headers=("*",)),
)


def test_headings_nobody_else_knows_come_together_with_nothing_for_a_blank_cell(tmp_path: Path):
    content = (
        "Rate (%),Place code,SECRET,,Sex,Rate (%)\n1.5,E1,hidden,,F,2\n ,E2,hidden,x,,\n,E3,,,M,\n"
    )
    text = csv_of(tmp_path / "rates.csv", OTHERS, content)
    assert text.batches.read_all().to_pylist() == [
        {
            "_row_number": 2,
            "place": "E1",
            "cells": {"Rate (%)": "1.5", "Sex": "F", "Rate (%)#2": "2"},
        },
        {"_row_number": 3, "place": "E2", "cells": None},
        {
            "_row_number": 4,
            "place": "E3",
            "cells": {"Rate (%)": None, "Sex": "M", "Rate (%)#2": None},
        },
    ]
    assert (text.columns_missing, text.columns_extra) == ((), ())


def test_without_such_a_heading_there_is_nothing(tmp_path: Path):
    text = csv_of(tmp_path / "rates.csv", OTHERS, "Place code,SECRET\nE1,x\nE2,\n")
    assert text.batches.read_all()["cells"].to_pylist() == [None, None]


def test_such_cells_are_exact_in_a_file_of_many_blocks(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(readers, "BLOCK_BYTES", 512)
    lines = [f"{n},E{n},{'' if n % 3 else 'x'}" for n in range(500)]
    text = csv_of(tmp_path / "r.csv", OTHERS, "\n".join(["A,Place code,B", *lines]) + "\n")
    cells = text.batches.read_all()["cells"].to_pylist()
    assert cells == [{"A": str(n), "B": None if n % 3 else "x"} for n in range(500)]


def test_columns_that_share_a_cell_of_json_each_get_the_whole_of_it(tmp_path: Path):
    contract = a_contract(
        a_column("one", headers=("OUTCOME",), json_key="A"),
        a_column("two", headers=("OUTCOME",), json_key="B"),
    )
    content = 'OUTCOME\n"{""A"": ""Y"", ""B"": ""N""}"\n'
    text = csv_of(tmp_path / "outcomes.csv", contract, content)
    (row,) = text.batches.read_all().to_pylist()
    assert row["one"] == row["two"] == '{"A": "Y", "B": "N"}'


def test_a_position_in_a_message_is_not_missing_from_a_table(tmp_path: Path):
    contract = a_contract(a_column("name"), a_column("number", headers=(), position_of="rows"))
    text = csv_of(tmp_path / "rows.csv", contract, "NAME\nA\n")
    assert text.columns_missing == ()
    assert text.batches.read_all()["number"].to_pylist() == [None]


# ---- sheets ----

THREE = a_contract(*(a_column(name) for name in ("id", "day", "note")))


def a_sheet(path: Path, cells: dict[str, object], sheet: str = "List 1") -> Path:
    """A workbook of one sheet with these cells, by where they stand (B4)."""
    with xlsxwriter.Workbook(path) as workbook:
        page = workbook.add_worksheet(sheet)
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        for place, cell in cells.items():
            if isinstance(cell, dt.date):
                page.write_datetime(place, cell, day)
            elif isinstance(cell, str) and cell.startswith("#"):
                page.write_formula(place, "=NA()", value=cell)
            else:
                page.write(place, cell)
    return path


def sheet_of(path: Path, headings: list[str], line: int, sheet: str = "List 1") -> TableText:
    return table_of(path, THREE, "xlsx", headings, heading_line=line, sheet=sheet)


def test_cells_of_a_sheet_are_read_as_people_see_them(tmp_path: Path):
    cells = {"A1": "ID", "B1": "Day", "C1": "Note"}
    cells |= {"A2": 1001, "B2": dt.datetime(2025, 4, 1), "C2": "two\nlines"}  # noqa: DTZ001
    cells |= {"A3": 1.25, "B3": dt.datetime(2025, 4, 1, 13, 5), "C3": True}  # noqa: DTZ001
    cells |= {"A4": 1e20, "B4": 0.00000001, "C4": "#N/A"}
    text = sheet_of(a_sheet(tmp_path / "a.xlsx", cells), ["ID", "Day", "Note"], 1)
    assert [tuple(row.values()) for row in text.batches.read_all().to_pylist()] == [
        (2, "1001", "2025-04-01", "two\nlines"),
        (3, "1.25", "2025-04-01 13:05:00", "TRUE"),
        (4, "100000000000000000000", "0.00000001", ""),
    ]


def test_rows_and_headings_keep_their_place_in_a_sheet_that_begins_lower_and_further_right(
    tmp_path: Path,
):
    cells = {"C4": "ID", "D4": "Day", "F4": "Note", "C5": "1", "F5": "a", "D8": "2025-04-01"}
    text = sheet_of(a_sheet(tmp_path / "a.xlsx", cells), ["", "", "ID", "Day", "", "Note"], line=4)
    rows = text.batches.read_all().to_pylist()
    assert rows[0] == {"_row_number": 5, "id": "1", "day": "", "note": "a"}
    assert rows[3] == {"_row_number": 8, "id": "", "day": "2025-04-01", "note": ""}


def test_a_cell_beyond_the_headings_of_a_sheet_is_the_mark_of_a_row_that_slipped(tmp_path: Path):
    cells = {"A1": "ID", "B1": "Day", "C1": "Note", "A2": "1", "B3": "2", "E3": "x", "A4": "3"}
    text = sheet_of(a_sheet(tmp_path / "a.xlsx", cells), ["ID", "Day", "Note", "", ""], 1)
    assert text.batches.read_all()["_row_number"].to_pylist() == [2, 4]
    assert (text.malformed.lines, text.malformed.reasons) == ([3], ["5 cells under 3 headings"])


def test_a_merged_cell_is_in_the_first_of_its_rows(tmp_path: Path):
    path = tmp_path / "merged.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        page = workbook.add_worksheet("List 1")
        page.write_row("A1", ["ID", "Day", "Note"])
        page.merge_range("A2:A3", "1")
        page.write_column("B2", ["x", "y"])
    text = sheet_of(path, ["ID", "Day", "Note"], 1)
    assert text.batches.read_all()["id"].to_pylist() == ["1", ""]


def test_no_row_of_a_long_sheet_is_lost_between_batches(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(readers, "BATCH_ROWS", 7)
    cells = {"A1": "ID", **{f"A{n}": str(n) for n in range(2, 50)}}
    text = sheet_of(a_sheet(tmp_path / "a.xlsx", cells), ["ID"], 1)
    rows = text.batches.read_all()
    assert rows["_row_number"].to_pylist() == [int(n) for n in rows["id"].to_pylist()]
    assert text.columns_missing == ("day", "note")


def test_a_sheet_of_headings_alone_has_no_rows(tmp_path: Path):
    text = sheet_of(a_sheet(tmp_path / "a.xlsx", {"A1": "ID"}), ["ID"], 1)
    assert text.batches.read_all().num_rows == 0


# ---- Parquet ----


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (pa.array([1, None, 123456789012345678]), ["1", None, "123456789012345678"]),
        (pa.array([1.0, 2.5, float("nan"), None]), ["1", "2.5", None, None]),
        (pa.array([1e20, 1e-9]), ["100000000000000000000", "0.000000001"]),
        (pa.array([Decimal("12.50")]), ["12.50"]),
        (pa.array([True, False]), ["true", "false"]),
        (pa.array([dt.date(2025, 4, 1)]), ["2025-04-01"]),
        (
            pa.array([dt.datetime(2025, 4, 1), dt.datetime(2025, 4, 1, 13, 5)]),  # noqa: DTZ001
            ["2025-04-01", "2025-04-01 13:05:00"],
        ),
        (
            pa.array([dt.datetime(2025, 3, 31, 23)], pa.timestamp("us", "Europe/London")),  # noqa: DTZ001
            ["2025-04-01"],
        ),
        (pa.array(["a", "", None]).dictionary_encode(), ["a", "", None]),
        (pa.array([None, None], pa.null()), [None, None]),
        (pa.array(["a"], pa.large_string()), ["a"]),
    ],
)
def test_every_type_of_a_parquet_file_is_read_as_text(tmp_path: Path, cells, expected):
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"NOTE": cells}), path)
    text = table_of(path, a_contract(a_column()), "parquet", ["NOTE"])
    rows = text.batches.read_all()
    assert rows["note"].to_pylist() == expected
    assert rows["_row_number"].to_pylist() == list(range(1, len(expected) + 1))


def test_nested_columns_of_a_parquet_file_are_json(tmp_path: Path):
    path = tmp_path / "rows.parquet"
    cells = {
        "A": pa.array([["1A", "2B"], None]),
        "B": pa.array([{"OUTCOME": "Y"}, None]),
        "C": pa.array([[("k", "v")], None], pa.map_(pa.string(), pa.string())),
    }
    pq.write_table(pa.table(cells), path)
    contract = a_contract(*(a_column(name) for name in "abc"))
    rows = table_of(path, contract, "parquet", ["A", "B", "C"]).batches.read_all().to_pylist()
    assert [json.loads(rows[0][name]) for name in "abc"] == [
        ["1A", "2B"],
        {"OUTCOME": "Y"},
        {"k": "v"},
    ]
    assert [rows[1][name] for name in "abc"] == [None] * 3


def test_rows_of_a_parquet_file_are_numbered_on_from_batch_to_batch(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(readers, "BATCH_ROWS", 3)
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"NOTE": [str(n) for n in range(1, 11)]}), path)
    rows = table_of(path, a_contract(a_column()), "parquet", ["NOTE"]).batches.read_all()
    assert rows["_row_number"].to_pylist() == [int(n) for n in rows["note"].to_pylist()]
