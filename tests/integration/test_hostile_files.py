"""Files made to do harm, or that would: each is refused with its reason, and the night goes on."""

import io
import json
import socket
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest

from tests.contract_files import a_book, a_csv, rows_under
from tests.factories import (
    a_census,
    a_child,
    a_night,
    everything,
    loaded,
    rows_of,
    the_contracts,
    unreconciled,
)

NAMES = (
    *("ssda903__header", "cin_census__header", "cin_census__child", "cin_census__cin_episode"),
    *("local__survey_responses", "ssd__person", "ssd__cin_assessments", "annex_a__contacts"),
)
GOOD = "202/2026/a good file.csv"
SECRET = "Zebedee of the secret file"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a file made the project use the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def night(folder: Path, files: Mapping[str, str | bytes]) -> duckdb.DuckDBPyConnection:
    """A night with these files and a good one, which must always be loaded."""
    contracts = {name: the_contracts()[name] for name in NAMES}
    good = a_csv("ssda903__header", {"child": "1001"})
    connection = loaded(folder, {GOOD: good, **files}, night=a_night(contracts=contracts))
    assert unreconciled(connection) == []
    assert became(connection)[GOOD] == ("loaded", "", 1)
    assert SECRET not in str(everything(connection))
    return connection


def became(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str, int | None]]:
    """Status, reason and rows of each file; of a census, those of one of its blocks."""
    found = rows_of(connection, "quality.extract_files", "file_name, status, reason, rows_loaded")
    return {str(name): tuple(told) for name, *told in found}


def refused(folder: Path, name: str, content: str | bytes) -> str:
    """Why a file was refused."""
    found = became(night(folder, {name: content}))
    (told,) = [told for landed, told in found.items() if landed.startswith(name)]
    assert told[0] == "refused"
    assert told[1]
    return told[1]


# ---- cells ----


def long_notes(megabytes: int) -> str:
    said = {"la_code": "201", "extract_date": "2026-06-15"}
    return a_csv(
        "local__survey_responses",
        {"response_id": "1", "answer_text": "x" * (megabytes << 20)},
        {"response_id": "2"},
        **said,
    )


def test_a_cell_of_10_megabytes_is_a_cell(tmp_path: Path):
    connection = night(tmp_path, {"responses.csv": long_notes(10)})
    assert rows_of(connection, "raw.local__survey_responses", "length(answer_text)") == [
        (10 << 20,),
        (None,),
    ]


def test_a_cell_longer_than_is_read_costs_its_file_at_most_and_says_so(tmp_path: Path):
    connection = night(tmp_path, {"responses.csv": long_notes(17)})
    status, reason, rows = became(connection)["responses.csv"]
    assert (status, rows) == ("loaded", 2) or (status == "refused" and reason)


@pytest.mark.parametrize("megabytes", [9, 11])
def test_a_long_element_is_read_or_its_file_is_refused(tmp_path: Path, megabytes):
    stray = f"<Note>{'x' * (megabytes << 20)}</Note>"
    connection = night(tmp_path, {"cin.xml": a_census(a_child("1001", stray))})
    found = rows_of(connection, "quality.extract_files", "distinct file_name, status")
    assert ("cin.xml", "loaded" if megabytes == 9 else "refused") in found


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1"])
def test_a_formula_is_text_and_is_never_worked_out(tmp_path: Path, cell):
    said = {"la_code": "201", "extract_date": "2026-06-15"}
    row = {"response_id": "1", "answer_text": cell, "answer_value": cell, "age_years": cell}
    sheet = rows_under("local__survey_responses", row, **said)
    files = {
        "responses.csv": a_csv("local__survey_responses", row, **said),
        # As a string of a workbook, and as the formula itself.
        "text.xlsx": a_book({"s": sheet}, strings_to_formulas=False),
        "formula.xlsx": a_book({"s": sheet}, strings_to_formulas=True),
    }
    for name, content in files.items():
        connection = night(tmp_path, {name: content})
        ((text, value, age),) = rows_of(
            connection, "raw.local__survey_responses", "answer_text, answer_value, age_years"
        )
        assert (value, age) == (None, None) or name == "formula.xlsx"
        assert text == cell.strip() or name == "formula.xlsx"


def test_json_nested_deeply_empties_its_cell_and_stops_nobody(tmp_path: Path):
    column = next(c for c in the_contracts()["ssd__cin_assessments"].columns if c.json_key)
    for depth in (500, 50_000):
        for cell in ("[" * depth, '{"a":' * depth, "{" + '"a":[' * depth + "]" * depth + "}"):
            text = a_csv("ssd__cin_assessments", {column.name: cell})
            connection = night(tmp_path, {"201/ssd_cin_assessments.csv": text})
            assert rows_of(connection, "raw.ssd__cin_assessments", "count(*)") == [(1,)]


def test_columns_of_columns_in_parquet_are_text_at_most(tmp_path: Path):
    file = tmp_path / "nested.parquet"
    inner: object = "x"
    for _ in range(60):
        inner = {"a": [inner]}
    told = {"pers_person_id": ["1"], "pers_dob": ["2012-02-03"], "pers_nationality": [inner]}
    pa_parquet.write_table(pa.table(told), file)
    found = became(night(tmp_path, {"201/ssd_person.parquet": file.read_bytes()}))
    status, reason, rows = found["201/ssd_person.parquet"]
    assert (status, rows) == ("loaded", 1) or (status == "refused" and reason)


# ---- XML ----

LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "ha ha ha ha">'
    for n in range(10)
)


@pytest.mark.parametrize(
    "declared",
    [
        LAUGHS,
        '<!ENTITY l9 SYSTEM "{secret}">',
        '<!ENTITY l9 SYSTEM "http://localhost:9/secret">',
        '<!ENTITY % p SYSTEM "http://localhost:9/secret.dtd"> %p; <!ENTITY l9 "x">',
        '<!ENTITY l9 "Zebedee of the secret file">',
    ],
)
@pytest.mark.parametrize("place", ["child", "header"])
def test_an_entity_is_neither_expanded_nor_fetched(tmp_path: Path, declared, place):
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    text = a_census(
        a_child("&l9;" if place == "child" else "1001"),
        before=f"<!DOCTYPE Message [{declared.format(secret=secret.as_uri())}]>\n"
        if "{secret}" in declared
        else f"<!DOCTYPE Message [{declared}]>\n",
        written_at="&l9;" if place == "header" else "2026-05-01T09:00:00",
    )
    assert SECRET not in refused(tmp_path, "201/2026/cin.xml", text)


def test_a_document_type_elsewhere_is_not_fetched(tmp_path: Path):
    text = a_census(before='<!DOCTYPE Message SYSTEM "http://localhost:9/message.dtd">\n')
    assert refused(tmp_path, "201/2026/cin.xml", text)


def test_a_file_that_includes_another_does_not_read_it(tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    include = (
        f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" '
        'parse="text"/>'
    )
    night(tmp_path, {"201/2026/cin.xml": a_census(a_child("1001", include))})


@pytest.mark.parametrize("depth", [200, 1_000, 100_000])
def test_elements_nested_deeply_stop_nobody(tmp_path: Path, depth):
    stray = "<a>" * depth + "</a>" * depth
    found = became(night(tmp_path, {"201/2026/cin.xml": a_census(a_child("1001", stray))}))
    status, reason, _ = found["201/2026/cin.xml"]
    assert status == "loaded" or reason


def test_a_workbook_with_an_entity_inside_shows_nothing_of_it(tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    book = io.BytesIO(a_book({"List 1": rows_under("annex_a__contacts", {"child_id": "1001"})}))
    changed = io.BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(changed, "w") as new:
        for member in old.namelist():
            text = old.read(member)
            if member.endswith("sharedStrings.xml"):
                declared = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'.encode()
                text = text.replace(b"?>", b"?>" + declared, 1).replace(b">1001<", b">&e;<")
            new.writestr(member, text)
    night(tmp_path, {"201/Annex_A_2026_May.xlsx": changed.getvalue()})


# ---- zip files ----


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return content.getvalue()


HEADER = a_csv("ssda903__header", {"child": "1002"})


def test_the_members_of_a_delivery_are_loaded_each_as_what_it_is(tmp_path: Path):
    answers = a_csv("local__survey_responses", la_code="201", extract_date="2026-06-15")
    delivery = zipped(
        {
            "2026/header.csv": HEADER,
            "cin/2026.xml": a_census(),
            "local/survey_responses.csv": answers,
            "Annex_A_2026_May.xlsx": a_book({"List 1": rows_under("annex_a__contacts")}),
            "__MACOSX/._header.csv": b"\0\5\26\7",
            "read me.pdf": b"%PDF-1.7",
        }
    )
    found = became(night(tmp_path, {"201/delivery.zip": delivery}))
    told = {name.removeprefix("201/delivery.zip/"): t[0] for name, t in found.items()}
    assert told == {
        GOOD: "loaded",
        "2026/header.csv": "loaded",
        "cin/2026.xml": "loaded",
        "local/survey_responses.csv": "loaded",
        "Annex_A_2026_May.xlsx/List 1": "loaded",
        "read me.pdf": "refused",
    }


@pytest.mark.parametrize(
    "name",
    [
        *("../header.csv", "a/../../header.csv", "/tmp/header.csv", "..\\header.csv"),
        *("C:\\header.csv", "C:/header.csv", "\\\\server\\share\\header.csv"),
    ],
)
def test_a_name_that_leads_out_of_the_archive_is_followed_nowhere(tmp_path: Path, name):
    before = sorted(path.name for path in tmp_path.rglob("*"))
    assert "leads out" in refused(tmp_path, "201/2026/d.zip", zipped({name: HEADER}))
    landed = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
    assert (before, landed) == ([], sorted([Path(GOOD).name, "d.zip"]))
    assert not (tmp_path.parent / "header.csv").exists()
    assert not Path("/tmp/header.csv").exists()


def test_an_archive_that_would_fill_the_disk_is_not_unpacked(tmp_path: Path):
    bomb = zipped({"2026/header.csv": bytes(300 << 20)})
    assert len(bomb) < 1 << 20
    assert "unpack" in refused(tmp_path, "201/2026/bomb.zip", bomb)


def test_an_archive_that_understates_its_size_is_not_believed(tmp_path: Path):
    content = bytearray(zipped({"header.csv": HEADER + "," * 100_000}))
    size = len(HEADER) + 100_000
    # The size stands in the local header and in the directory.
    lied = bytes(content).replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert refused(tmp_path, "201/2026/lie.zip", lied)


def test_an_archive_of_very_many_files_is_not_unpacked(tmp_path: Path):
    many = zipped({f"{n}.csv": "" for n in range(5_000)})
    assert "files" in refused(tmp_path, "201/2026/many.zip", many)


def test_an_archive_in_an_archive_is_refused(tmp_path: Path):
    nested = zipped({"inner.zip": zipped({"header.csv": HEADER})})
    assert "another zip" in refused(tmp_path, "201/2026/nested.zip", nested)


def test_an_archive_in_an_archive_under_another_name_is_not_opened_for_ever(tmp_path: Path):
    inner = zipped({"header.csv": HEADER})
    for _ in range(20):
        inner = zipped({"header.csv": inner})
    found = became(night(tmp_path, {"201/2026/nested.zip": inner}))
    assert {told[0] for name, told in found.items() if name != GOOD} == {"refused"}


def test_a_locked_archive_is_refused(tmp_path: Path):
    locked = bytearray(zipped({"header.csv": HEADER}))
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        locked[locked.index(mark) + at] |= 1
    assert "password" in refused(tmp_path, "201/2026/locked.zip", bytes(locked))


def test_two_members_of_one_name_are_not_chosen_between(tmp_path: Path):
    content = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(content, "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("header.csv", HEADER)
        archive.writestr("header.csv", HEADER.replace("1002", "1003"))
    assert "same name" in refused(tmp_path, "201/2026/twice.zip", content.getvalue())


def test_a_link_in_an_archive_leads_nowhere(tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        link = zipfile.ZipInfo("header.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, str(secret))
    assert "link" in refused(tmp_path, "201/2026/link.zip", content.getvalue())


@pytest.mark.parametrize("cut", [30, 200, -30])
def test_an_archive_cut_short_is_refused(tmp_path: Path, cut):
    text = HEADER + "".join(f"{n * n},F\n" for n in range(500))
    assert refused(tmp_path, "201/2026/cut.zip", zipped({"header.csv": text})[:cut])


def test_an_empty_archive_is_said_to_be_empty(tmp_path: Path):
    found = became(night(tmp_path, {"201/2026/empty.zip": zipped({})}))
    assert any(name.startswith("201/2026/empty.zip") for name in found)


def test_a_zip_file_under_the_name_of_a_table_is_read_as_what_it_is(tmp_path: Path):
    found = became(night(tmp_path, {"201/2026/header.csv": zipped({"header.csv": HEADER})}))
    assert found["201/2026/header.csv/header.csv"] == ("loaded", "", 1)


def test_a_workbook_that_would_fill_the_memory_is_not_opened(tmp_path: Path):
    book = io.BytesIO(a_book({"List 1": rows_under("annex_a__contacts")}))
    with zipfile.ZipFile(book, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", bytes(300 << 20))
    assert "unpack" in refused(tmp_path, "201/Annex_A_2026_May.xlsx", book.getvalue())


def test_nothing_unpacked_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    workspace = tmp_path / "temporary"
    workspace.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(workspace))
    night(tmp_path / "night", {"201/2026/d.zip": zipped({"header.csv": HEADER})})
    assert list(workspace.rglob("*.csv")) == []


def test_a_path_in_a_json_cell_is_only_text(tmp_path: Path):
    column = next(c for c in the_contracts()["ssd__cin_assessments"].columns if c.json_key)
    cell = json.dumps({"$ref": "file:///etc/passwd", str(column.json_key).split("|")[0]: "Y"})
    text = a_csv("ssd__cin_assessments", {column.name: cell})
    connection = night(tmp_path, {"201/ssd_cin_assessments.csv": text})
    assert rows_of(connection, "raw.ssd__cin_assessments", column.name) == [(True,)]
