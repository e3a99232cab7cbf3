import datetime as dt
import io
import random
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from orchestration.ingest.landing import (
    LandedFile,
    Places,
    authorities_landed,
    fingerprint,
    survey,
)
from orchestration.ingest.refusals import RefusedFile, refuse_wrong_year
from tests.factories import (
    AS_AT,
    EPISODES,
    HEADER,
    a_census,
    a_child,
    a_column,
    a_contract,
    a_date_column,
    a_landing,
    an_episode,
    an_identifier,
    csv_text,
    episodes,
    header,
    surveyed,
    the_contracts,
)

POPULATION = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,"
    "region_name,old_la_code,new_la_code,la_name,age_group,population_estimate\n"
    "2024,Reporting year,National,E92000001,England,,,,,,Children aged 0 to 17 years,100\n"
)


def recognised(folder: Path, content: str | bytes, name: str = "201/2026/file.csv", **given):
    """The one file of a landing folder."""
    (landed,) = surveyed(folder, {name: content}, **given)
    return landed


def extracts(landed: LandedFile) -> list[str]:
    return [contract.extract for contract in landed.contracts]


# ---- what it is ----


def test_a_file_is_known_by_its_headings_whatever_its_name(tmp_path: Path):
    assert extracts(recognised(tmp_path, episodes(), "201/2026/header.csv")) == [
        "ssda903__episodes"
    ]
    assert extracts(recognised(tmp_path, header(), "201/2026/x1.txt")) == ["ssda903__header"]


def test_headings_are_known_in_any_case_and_with_spaces_around_them(tmp_path: Path):
    written = episodes().replace("CHILD,DECOM", " Child , decom")
    assert extracts(recognised(tmp_path, written)) == ["ssda903__episodes"]


def test_a_file_may_hold_few_of_the_headings_as_long_as_nearly_all_it_holds_are_known(
    tmp_path: Path,
):
    few = csv_text(["CHILD", "DECOM", "RNE", "LS"], ["1", "01/05/2025", "S", "C2"])
    assert extracts(recognised(tmp_path, few, "201/2026/extract.csv")) == ["ssda903__episodes"]


def test_too_few_headings_among_others_are_enough_only_under_the_extracts_own_name(tmp_path: Path):
    headings = ["CHILD", "DECOM", "RNE", "LS", "A", "B", "C", "D"]
    few = csv_text(headings, ["1", "01/05/2025", "S", "C2", *"abcd"])
    assert extracts(recognised(tmp_path, few, "201/2026/la_episodes_2026.csv")) == [
        "ssda903__episodes"
    ]
    assert "No contract knows" in recognised(tmp_path, few, "201/2026/extract.csv").refusal


def test_headings_may_differ_in_marks_and_have_a_note_after_them(tmp_path: Path):
    written = episodes().replace("CHILD,DECOM", "Child.,DECOM (dd/mm/yyyy)")
    assert extracts(recognised(tmp_path, written)) == ["ssda903__episodes"]


def test_of_two_extracts_that_fit_the_one_that_could_be_loaded_is_meant(tmp_path: Path):
    columns = an_identifier(required=True), a_column(), a_date_column()
    contracts = {
        "invented__rows": a_contract(*columns),
        "invented__others": a_contract(
            *columns, a_column("mark", required=True), extract="invented__others"
        ),
    }
    plain, marked = "CHILD,NOTE,DECOM\n", "CHILD,NOTE,DECOM,MARK\n"
    assert extracts(recognised(tmp_path, plain, contracts=contracts)) == ["invented__rows"]
    assert extracts(recognised(tmp_path, marked, contracts=contracts)) == ["invented__others"]


def test_of_two_extracts_with_the_same_headings_the_name_decides(tmp_path: Path):
    columns = an_identifier(), a_column()
    contracts = {
        name: a_contract(*columns, extract=f"invented__{name}", file_patterns=(f"*{name}*",))
        for name in ("visits", "meetings")
    }
    for name in contracts:
        landed = recognised(
            tmp_path, "CHILD,NOTE\n1,x\n", f"201/2026/{name}.csv", contracts=contracts
        )
        assert extracts(landed) == [f"invented__{name}"]


def test_headings_that_mark_an_extract_must_all_be_there(tmp_path: Path):
    assert extracts(recognised(tmp_path, POPULATION)) == ["published__population_estimates"]
    other = POPULATION.replace("population_estimate", "looked_after_children")
    assert extracts(recognised(tmp_path, other)) == ["published__open_statistics"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"", "empty (0 bytes)"),
        ("a.csv", b'\r\n , ,\r\n""\r\n', "nothing but blanks"),
        ("a.csv", b"\n\n\n", "nothing but blanks"),
        ("a.csv", b"\xef\xbb\xbf", "nothing but blanks"),
        ("a.csv", b"NAME,AGE\nx,1\n", "No contract knows"),
        ("a.csv", b"just a note", "No contract knows"),
        ("a.csv", random.Random(1).randbytes(500), ""),
        ("a.xlsx", b"PK", "ending «.xlsx» are not read"),
        ("a", b"CHILD,DOB", "in no extension are not read"),
    ],
)
def test_what_is_not_an_extract_is_refused_with_the_reason(tmp_path: Path, name, content, reason):
    landed = recognised(tmp_path, content, f"201/2026/{name}")
    assert landed.refusal and reason in landed.refusal
    assert landed.contracts == ()


def test_a_file_without_a_column_that_every_row_needs_is_refused_by_the_columns_name(
    tmp_path: Path,
):
    without = [heading for heading in EPISODES if heading != "DECOM"]
    refusal = recognised(tmp_path, csv_text(without, an_episode())).refusal
    assert "Read as ssda903__episodes, it lacks the column DECOM" in refusal
    without = [heading for heading in EPISODES if heading != "URN"]
    assert not recognised(tmp_path, csv_text(without, an_episode())).refusal


def test_hidden_files_and_folders_are_nobodys_extract(tmp_path: Path):
    landed = surveyed(tmp_path, {".DS_Store": b"x", ".old/episodes.csv": episodes()})
    assert landed == []


def test_a_missing_landing_folder_is_said_with_its_remedy(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match="Make it, or name another"):
        survey(tmp_path / "nowhere", {}, Places(frozenset()), dt.date(2026, 6, 30))


# ---- how it is written ----


@pytest.mark.parametrize("above", [0, 1, 3, 19])
def test_headings_are_found_under_lines_of_title(tmp_path: Path, above):
    landed = recognised(tmp_path, "Looked after return\n" * above + episodes())
    assert landed.layout.heading_line == above + 1


def test_headings_further_down_than_anyone_puts_a_title_are_not_looked_for(tmp_path: Path):
    assert recognised(tmp_path, "Notes\n" * 20 + episodes()).refusal


def test_a_title_that_runs_over_two_lines_in_one_cell_is_two_lines(tmp_path: Path):
    landed = recognised(tmp_path, '"Looked after\nreturn",,\n' + episodes())
    assert landed.layout.heading_line == 3


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found(tmp_path: Path, delimiter):
    landed = recognised(tmp_path, episodes(delimiter=delimiter))
    assert (extracts(landed), landed.layout.delimiter) == (["ssda903__episodes"], delimiter)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1252", "cp1252"),
        ("utf-16", "utf-16"),
    ],
)
def test_the_encoding_is_found(tmp_path: Path, written, read):
    landed = recognised(tmp_path, episodes(an_episode(URN="Zoë’s")).encode(written))
    assert (extracts(landed), landed.layout.encoding) == (["ssda903__episodes"], read)


@pytest.mark.parametrize(
    "content", [episodes().encode("utf-16")[:-1], episodes().encode() + b"\x81\x8d"]
)
def test_text_in_no_known_encoding_is_refused(tmp_path: Path, content):
    assert "neither whole UTF-8" in recognised(tmp_path, content).refusal


def test_lines_are_counted_however_they_end(tmp_path: Path):
    for ending in ("\n", "\r\n", "\r"):
        (tmp_path / "file.csv").write_bytes(episodes().replace("\n", ending).encode())
        assert fingerprint(tmp_path / "file.csv")[1] == 2


# ---- whose it is ----


def test_the_authority_is_that_of_the_folder_else_the_one_inside_else_the_one_given(
    tmp_path: Path,
):
    def whose(content, name, authority=None):
        landed = recognised(tmp_path, content, name, authority=authority)
        return landed.local_authority_code or landed.refusal

    assert whose(episodes(), "202/2026/episodes.csv", authority="201") == "202"
    assert whose(episodes(), "2026/episodes.csv", authority="201") == "201"
    assert whose(a_census(authority="203"), "cin_2026.xml", authority="201") == "203"
    assert whose(a_census(authority=""), "cin_2026.xml", authority="201") == "201"
    assert whose(a_census(authority="202"), "202/cin_2026.xml") == "202"


def test_a_file_that_nothing_says_whose_it_is_is_refused(tmp_path: Path):
    for name, content in [("episodes_2026.csv", episodes()), ("cin.xml", a_census(authority=""))]:
        assert "Nothing says whose it is" in recognised(tmp_path, content, name).refusal


def test_a_folder_named_like_an_authority_that_does_not_exist_is_not_somebody_elses(tmp_path: Path):
    refusal = recognised(tmp_path, episodes(), "998/2026/episodes.csv", authority="201").refusal
    assert "names authority «998»" in refusal


def test_a_census_in_the_folder_of_another_authority_is_refused(tmp_path: Path):
    refusal = recognised(tmp_path, a_census(authority="202"), "201/cin.xml").refusal
    assert "folder of authority 201 but says inside that it is of «202»" in refusal


def test_an_authority_that_does_not_exist_is_refused(tmp_path: Path):
    inside = recognised(tmp_path, a_census(authority="000"), "cin.xml").refusal
    given = recognised(tmp_path, episodes(), "2026/episodes.csv", authority="000").refusal
    assert "names authority «000»" in inside
    assert inside == given


def test_published_figures_are_of_every_authority_and_need_none(tmp_path: Path):
    landed = recognised(tmp_path, POPULATION, "population.csv")
    assert (landed.refusal, landed.local_authority_code, landed.return_year) == ("", "", None)


def test_a_night_of_one_authority_sees_its_own_files_and_what_is_nobodys_own(tmp_path: Path):
    landing = a_landing(
        tmp_path / "landing",
        {
            "201/2026/episodes.csv": episodes(),
            "202/2026/header.csv": header(),
            "population.csv": POPULATION,
            "of_201_cin_2026.xml": a_census(authority="201"),
            "of_202_cin_2026.xml": a_census(authority="202"),
            "nobody_knows.csv": "a,b\n1,2\n",
        },
    )

    def seen(code: str) -> list[str]:
        places = Places(frozenset({"201", "202"}))
        landed = survey(landing, the_contracts(), places, AS_AT, tmp_path, code)
        return [file.name for file in landed]

    of_nobody = ["nobody_knows.csv", "population.csv"]
    assert sorted(seen("201")) == sorted(
        ["201/2026/episodes.csv", "of_201_cin_2026.xml", *of_nobody]
    )
    assert sorted(seen("202")) == sorted(["202/2026/header.csv", "of_202_cin_2026.xml", *of_nobody])


def test_the_folder_of_another_authority_is_not_even_opened(tmp_path: Path):
    landing = a_landing(tmp_path / "landing", {"201/2026/episodes.csv": episodes()})
    (landing / "202").mkdir()
    (landing / "202" / "large.csv").write_bytes(b"")
    opened = []

    def watched(path: Path) -> tuple[str, int]:
        opened.append(path.name)
        return fingerprint(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("orchestration.ingest.landing.fingerprint", watched)
        survey(landing, the_contracts(), Places(frozenset({"201"})), AS_AT, tmp_path, "201")

    assert opened == ["episodes.csv"]


def test_the_authorities_that_landed_something_are_known_by_their_folders(tmp_path: Path):
    landing = a_landing(
        tmp_path / "landing",
        {"202/2026/episodes.csv": episodes(), "201/a.csv": "", "population.csv": POPULATION},
    )
    (landing / "203").mkdir()

    assert authorities_landed(landing) == ["201", "202"]


# ---- of which year it is ----


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("2026/episodes.csv", 2026),
        ("episodes_2026.csv", 2026),
        ("2025-26/episodes.csv", 2026),
        ("2025_26/episodes.csv", 2026),
        ("2025_2026/episodes.csv", 2026),
        ("2025 2026/episodes.csv", 2026),
        ("202526/episodes.csv", 2026),
        ("SSDA903_2026_episodes.csv", 2026),
        # The file's own name comes before its folder's, and of two years only neighbours are one.
        ("2024/episodes_2025.csv", 2025),
        ("2023-25/episodes.csv", 2023),
        ("episodes.csv", None),
        ("ssda903/episodes.csv", None),
        ("20260331/episodes.csv", None),
        ("120261/episodes.csv", None),
        ("1999/episodes.csv", None),
    ],
)
def test_the_year_of_a_looked_after_file_is_read_from_its_name(tmp_path: Path, name, year):
    landed = recognised(tmp_path, episodes(), f"201/{name}")
    assert landed.refusal == ""
    assert (landed.return_year, landed.return_year_source) == (year, "name" if year else "")


@pytest.mark.parametrize(
    ("said", "reference", "name", "year", "note"),
    [
        ("2026", "2026-03-31", "cin_2026.xml", 2026, ""),
        ("2025", "2026-03-31", "cin.xml", 2026, "Read as the census of 2026; Year says 2025."),
        ("2026", "", "cin.xml", 2026, ""),
        ("2026", "31 March", "cin.xml", 2026, ""),
        ("", "2026-03-31", "cin.xml", 2026, ""),
        ("", "", "cin_2026.xml", 2026, ""),
        (
            "2023",
            "2024-03-31",
            "cin_2026.xml",
            2024,
            "Read as the census of 2024; Year says 2023 and file name says 2026.",
        ),
        # Nothing that no calendar has is taken for a year.
        ("99999", "0001-03-31", "cin_2026.xml", 2026, ""),
    ],
)
def test_the_census_year_is_that_of_its_reference_date_and_contradictions_are_noted(
    tmp_path: Path, said, reference, name, year, note
):
    landed = recognised(tmp_path, a_census(year=said, reference_date=reference), f"201/{name}")
    assert (landed.return_year, landed.return_year_source) == (year, "content")
    assert " ".join(landed.notes) == note


@pytest.mark.parametrize(("said", "reference"), [("", ""), ("26", "soon"), ("99999", "0001-03-31")])
def test_a_census_of_no_year_is_refused(tmp_path: Path, said, reference):
    census = a_census(year=said, reference_date=reference)
    assert "says which census year" in recognised(tmp_path, census, "201/cin.xml").refusal


def test_a_year_is_read_from_the_day_it_begins(tmp_path: Path):
    for content, name in [(episodes(), "201/2026/e.csv"), (a_census(), "201/cin.xml")]:
        assert not recognised(tmp_path, content, name, as_at=dt.date(2025, 4, 1)).refusal
        refusal = recognised(tmp_path, content, name, as_at=dt.date(2025, 3, 31)).refusal
        assert "which had not begun on the as-at date 2025-03-31" in refusal


def test_a_year_before_the_contracts_first_is_refused(tmp_path: Path):
    assert not recognised(tmp_path, header(), "201/2018/header.csv").refusal
    refusal = recognised(tmp_path, header(), "201/2017/header.csv").refusal
    assert "It is of 2017, and ssda903__header is read from 2018 on" in refusal


@pytest.mark.parametrize(
    ("dated", "inside", "after", "is_refused"),
    [
        (0, 0, 0, False),
        (4, 0, 0, False),  # a few old spells, still open
        (5, 0, 0, True),
        (5, 1, 0, False),
        (10, 4, 5, False),
        (10, 4, 6, True),
        (1, 0, 1, True),
    ],
)
def test_the_dates_of_a_file_must_fit_the_year_it_says(dated, inside, after, is_refused):
    if not is_refused:
        refuse_wrong_year(2026, "31 March", dated, inside, after)
        return
    with pytest.raises(RefusedFile, match=f"of {dated} rows with dates {inside} have one"):
        refuse_wrong_year(2026, "31 March", dated, inside, after)


# ---- XML ----


def test_a_census_has_all_its_blocks(tmp_path: Path):
    landed = recognised(tmp_path, a_census(), "201/cin.xml")
    assert len(landed.contracts) == 11
    assert (landed.family, landed.written_at) == ("cin_census", "2026-05-01T09:00:00")


@pytest.mark.parametrize("before", ["", '<?xml version="1.0" encoding="UTF-8"?>\n', "<!-- a -->"])
def test_a_census_begins_with_or_without_a_declaration(tmp_path: Path, before):
    assert not recognised(tmp_path, a_census(before=before), "201/cin.xml").refusal


def test_broken_xml_is_refused_with_its_line_and_nothing_of_what_stands_there(tmp_path: Path):
    broken = a_census().replace("</LEA>", "</SECRET>")
    refusal = recognised(tmp_path, broken, "201/cin.xml").refusal
    assert "broken at line 4:" in refusal
    assert "SECRET" not in refusal
    assert "LEA" not in refusal


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (a_census(collection="SWF"), "«SWF»"),
        (a_census(collection=""), "«Message»"),
        ("<Message><Header/></Message>", "«Message»"),
        ("<EXPSSDA903><PUPIL/></EXPSSDA903>", "«EXPSSDA903»"),
        # Not a message at all, although it holds the right elements.
        (
            "<!-- --><Header><Collection>CIN</Collection><Year>2026</Year><LEA>201</LEA></Header>",
            "«Header»",
        ),
    ],
)
def test_xml_of_another_kind_is_refused(tmp_path: Path, content, said):
    refusal = recognised(tmp_path, content, "201/cin.xml").refusal
    assert f"The XML says it is {said}, which no contract knows" in refusal


def test_a_return_without_a_header_is_known_by_its_records(tmp_path: Path):
    content = "<EXPSSDA903><CHILD><HEADER/></CHILD></EXPSSDA903>"
    landed = recognised(tmp_path, content, "201/2025-26/return.xml")
    assert (landed.family, landed.return_year) == ("ssda903", 2026)


def test_xml_in_an_encoding_nobody_knows_is_broken(tmp_path: Path):
    unknown = '<?xml version="1.0" encoding="klingon"?>' + a_census()
    assert "broken at line 1" in recognised(tmp_path, unknown, "201/a.xml").refusal


def test_a_file_that_declares_a_document_type_is_refused_before_any_entity_is_looked_at(
    tmp_path: Path,
):
    secret = tmp_path / "secret.txt"
    secret.write_text("201")
    document = f'<!DOCTYPE Message [<!ENTITY e SYSTEM "{secret.as_uri()}"><!ENTITY i "201">]>'
    for entity in ("&e;", "&i;"):
        landed = recognised(tmp_path, a_census(authority=entity, before=document), "cin.xml")
        assert "declares a document type" in landed.refusal


# ---- what a file is, whatever it is called ----


def test_the_content_decides_and_not_the_ending(tmp_path: Path):
    assert extracts(recognised(tmp_path, episodes(), "201/2026/a.xml")) == ["ssda903__episodes"]
    assert recognised(tmp_path, a_census(), "201/a.csv").family == "cin_census"


# ---- for anybody's file ----


def test_a_refusal_never_quotes_the_file(tmp_path: Path):
    secret = "Zebedee"
    files = {
        "a.csv": csv_text([secret, "DOB"], [secret, "x"]),
        "b.csv": csv_text([h for h in HEADER if h != "CHILD"], {"DOB": secret}),
        "c.xml": a_census(a_child(secret)).replace("</LAchildID>", ""),
        "d.xml": a_census(authority=f"A name: {secret}"),
        "e.xml": a_census(collection=f"A name of {secret}"),
    }
    for landed in surveyed(tmp_path, {f"201/2026/{name}": text for name, text in files.items()}):
        assert landed.name.endswith("c.xml") or landed.refusal, landed.name
        assert secret not in landed.refusal


# ---- workbooks and Parquet files ----


def a_workbook(sheets: dict[str, list[list[object]]], hidden: tuple[str, ...] = ()) -> bytes:
    """An Excel workbook with these rows on its sheets."""
    file = io.BytesIO()
    workbook = xlsxwriter.Workbook(file, {"in_memory": True})
    for name, rows in sheets.items():
        sheet = workbook.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if name in hidden:
            sheet.hide()
    workbook.close()
    return file.getvalue()


ROWS = [EPISODES, list(an_episode().values())]


def test_each_sheet_of_a_workbook_is_landed_under_its_own_name(tmp_path: Path):
    children = [HEADER, ["1001", "F", "03/02/2012", "WBRI", "UN1", "", ""]]
    content = a_workbook({"Front": [["Return"]], "Ep": ROWS, "Ch": children, "_codes": ROWS})
    landed = surveyed(tmp_path, {"201/2026/return.xlsx": content})
    assert [(file.name, extracts(file)) for file in landed] == [
        ("201/2026/return.xlsx/Front", []),
        ("201/2026/return.xlsx/Ep", ["ssda903__episodes"]),
        ("201/2026/return.xlsx/Ch", ["ssda903__header"]),
    ]
    assert {file.return_year for file in landed[1:]} == {2026}
    assert len({file.sha256 for file in landed}) == 1


def test_hidden_sheets_and_titles_above_the_headings_are_read(tmp_path: Path):
    content = a_workbook({"Front": [["x"]], "Ep": [["Episodes 2026"], [], *ROWS]}, ("Ep",))
    _, landed = surveyed(tmp_path, {"201/2026/return.xlsx": content})
    assert landed.layout is not None
    assert (extracts(landed), landed.layout.heading_line) == (["ssda903__episodes"], 3)


def test_two_sheets_of_one_extract_are_not_both_read(tmp_path: Path):
    content = a_workbook({"One": ROWS, "Two": ROWS})
    one, two = surveyed(tmp_path, {"201/2026/return.xlsx": content})
    assert not one.refusal
    assert "so is the sheet «One»" in two.refusal


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (a_workbook({"Empty": []}), "nothing but blanks"),
        (b"PK\x03\x04" + b"x" * 50, "damaged or locked"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 50, "damaged or locked"),
        (a_workbook({"Ep": ROWS})[:-60], "damaged or locked"),
        (b"PAR1" + b"x" * 50, "Parquet file is damaged"),
    ],
)
def test_a_damaged_workbook_or_parquet_file_is_refused(tmp_path: Path, content, reason):
    (landed,) = surveyed(tmp_path, {"201/2026/return.xlsx": content})
    assert reason in landed.refusal


def test_a_parquet_file_is_known_by_its_columns(tmp_path: Path):
    table = pa.table({name: [value] for name, value in zip(*ROWS, strict=False)})
    file = io.BytesIO()
    pq.write_table(table, file)
    landed = recognised(tmp_path, file.getvalue(), "201/2026/a.csv")
    assert landed.layout is not None
    assert (extracts(landed), landed.layout.kind) == (["ssda903__episodes"], "parquet")


# ---- systems that are exported whole ----

SERVICES = "la_code,extract_date,source_system,service_code,service_name,service_area_code\n"


def a_local_file(folder: Path, rows: str, name: str = "local_services.csv") -> LandedFile:
    return recognised(folder, SERVICES + rows, name)


def test_our_own_extracts_say_whose_they_are_of_when_and_from_where(tmp_path: Path):
    landed = a_local_file(tmp_path, "201,2026-04-02,hub,S1,Help,family_support\n")
    assert extracts(landed) == ["local__services"]
    assert landed.local_authority_code == "201"
    assert landed.exported_date == dt.date(2026, 4, 2)
    assert (landed.sender, landed.period, landed.return_year) == ("hub", "everything", None)


def test_rows_of_another_authority_than_the_folders_refuse_the_file(tmp_path: Path):
    landed = a_local_file(tmp_path, "202,2026-04-02,hub,S1,Help,x\n", "201/local_services.csv")
    assert "Move it to the right folder" in landed.refusal


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("local_services_201_20260402.csv", dt.date(2026, 4, 2)),
        ("local_services_2026-04-02.csv", dt.date(2026, 4, 2)),
        ("02.04.2026/local_services.csv", dt.date(2026, 4, 2)),
        ("2026_Mar/local_services.csv", dt.date(2026, 3, 31)),
        ("March 2026/local_services.csv", dt.date(2026, 3, 31)),
        ("2026-02/local_services.csv", dt.date(2026, 2, 28)),
        ("local_services_20261302.csv", None),
        ("local_services_20260231.csv", None),
        ("local_services.csv", None),
    ],
)
def test_the_day_of_an_export_is_read_from_names_where_no_column_gives_it(
    tmp_path: Path, name, day
):
    assert a_local_file(tmp_path, "201,,hub,S1,Help,x\n", name).exported_date == day


# ---- what may be told of it ----


def test_a_cell_where_the_authority_should_be_is_told_only_if_it_looks_like_one(tmp_path: Path):
    for told, is_told in (("998", True), ("Jane Smith", False), ("70010001", False)):
        for name in ("cin.xml", "201/cin.xml"):
            refusal = recognised(tmp_path, a_census(authority=told), name).refusal
            assert (told in refusal) is is_told, refusal
            assert is_told or "something that is no code" in refusal


def test_the_words_of_a_sender_are_marked_in_every_refusal_for_the_release_to_leave_out(
    tmp_path: Path,
):
    files = {
        "201/Jane Smith.Smith": "a,b",
        "201/Jane Smith.csv": "a,b",
        "201/about.xml": a_census(collection="Smith"),
        "201/2026/return.xlsx": a_workbook({"Smith": ROWS, "Jane Smith": ROWS}),
        "201/Jane Smith.zip": b"PK\x03\x04",
    }
    refusals = [file.refusal for file in surveyed(tmp_path, files) if file.refusal]

    assert len(refusals) == 5
    assert sum("smith" in refusal.lower() for refusal in refusals) == 3
    for refusal in refusals:
        assert "smith" not in re.sub("«[^»]*»", "", refusal).lower(), refusal
