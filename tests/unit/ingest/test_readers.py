from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from orchestration.contracts import ExtractContract
from orchestration.ingest import readers
from orchestration.ingest.landing import RefusedFile
from orchestration.ingest.readers import read_csv, read_xml
from tests.factories import (
    EPISODES,
    HEADER,
    a_census,
    a_child,
    an_episode,
    an_identifier,
    an_xml_contract,
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
    text = read_csv(landed, contract)
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
    assert read_csv(landed, contract).batches.read_all()["_row_number"].to_pylist() == [
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
    text = read_csv(landed, landed.contracts[0])
    assert (text.columns_missing, text.columns_extra) == (("rec",), ("TEST_COLUMN", "_14"))
    assert text.batches.read_all()["rec"].to_pylist() == [None]


def test_a_dropped_column_never_leaves_the_reader(tmp_path: Path):
    (landed,) = surveyed(tmp_path, {"201/2026/episodes.csv": episodes()})
    rows = read_csv(landed, landed.contracts[0]).batches.read_all()
    assert {"home_post", "pl_post"} & set(rows.column_names) == set()
    assert "ZZ9" not in str(rows.to_pylist())


# ---- XML ----


def test_a_census_without_a_declared_encoding_is_read_as_utf_8_or_windows_1252(tmp_path: Path):
    census = a_census(a_child("Zo\N{LATIN SMALL LETTER E WITH DIAERESIS}"))
    for encoding, said in (("utf-8", None), ("cp1252", "windows-1252")):
        content = census.partition("?>")[2].lstrip() if census.startswith("<?xml") else census
        (landed,) = surveyed(tmp_path / encoding, {"201/cin_2026.xml": content.encode(encoding)})
        assert landed.xml_encoding == said
        found: dict[str, pa.RecordBatch] = {}
        read_xml(landed, landed.contracts, lambda c, batch, to=found: to.update({c.extract: batch}))
        assert found["cin_census__child"]["la_child_id"].to_pylist() == ["Zoë"]


def census_read(
    folder: Path,
    census: str | bytes,
    contracts: Mapping[str, ExtractContract] | None = None,
) -> tuple[dict[str, list[dict[str, object]]], dict[str, int]]:
    """The rows of each block by its name, and the elements that no contract knows."""
    (landed,) = surveyed(folder, {"201/cin.xml": census}, contracts=contracts)
    assert not landed.refusal, landed.refusal
    blocks: dict[str, list[dict[str, object]]] = {}

    def write(contract: ExtractContract, batch: pa.RecordBatch) -> None:
        blocks.setdefault(contract.extract.partition("__")[2], []).extend(batch.to_pylist())

    return blocks, read_xml(landed, landed.contracts, write)


def told(rows: list[dict[str, object]], *names: str) -> list[tuple[object, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


PLANS = """<CINdetails>
<CINreferralDate>2025-05-06</CINreferralDate>
<ChildProtectionPlans><CPPstartDate>2025-06-01</CPPstartDate>
  <Reviews><CPPreviewDate>2025-07-01</CPPreviewDate><CPPreviewDate>2025-10-01</CPPreviewDate>
  <CPPreviewDate>2026-01-01</CPPreviewDate></Reviews></ChildProtectionPlans>
<ChildProtectionPlans><CPPstartDate>2026-02-01</CPPstartDate>
  <Reviews><CPPreviewDate>2026-03-01</CPPreviewDate></Reviews></ChildProtectionPlans>
</CINdetails>
"""


def test_positions_are_counted_within_the_block_around_and_all_reviews_are_read(tmp_path: Path):
    blocks, _ = census_read(tmp_path, a_census(a_child("A", PLANS * 2), a_child("B", PLANS)))
    place = ("la_child_id", "cin_details_id", "cpp_id")
    assert told(blocks["cin_episode"], *place[:2]) == [("A", "1"), ("A", "2"), ("B", "1")]
    plans = [(c, d, p) for c, d in (("A", "1"), ("A", "2"), ("B", "1")) for p in ("1", "2")]
    assert told(blocks["child_protection_plan"], *place) == plans
    assert told(blocks["cpp_review"], *place, "review_date")[:4] == [
        ("A", "1", "1", "2025-07-01"),
        ("A", "1", "1", "2025-10-01"),
        ("A", "1", "1", "2026-01-01"),
        ("A", "1", "2", "2026-03-01"),
    ]
    assert len(blocks["cpp_review"]) == 12


def test_rows_know_their_child_even_where_the_child_is_named_last(tmp_path: Path):
    child = (
        "<Child><CINdetails><Assessments><FactorsIdentifiedAtAssessment>"
        "<AssessmentFactors>1A</AssessmentFactors></FactorsIdentifiedAtAssessment>"
        "<AssessmentActualStartDate>2025-06-01</AssessmentActualStartDate></Assessments>"
        "<CINreferralDate>2025-05-06</CINreferralDate></CINdetails>"
        "<ChildCharacteristics><Disabilities><Disability>HEAR</Disability></Disabilities>"
        "<Ethnicity>WBRI</Ethnicity></ChildCharacteristics>"
        "<ChildIdentifiers><Sex>F</Sex><LAchildID>A</LAchildID></ChildIdentifiers></Child>"
    )
    blocks, unknown = census_read(tmp_path, a_census(child))
    assert told(blocks["child"], "la_child_id", "sex", "ethnicity") == [("A", "F", "WBRI")]
    assert told(blocks["cin_episode"], "la_child_id", "referral_date") == [("A", "2025-05-06")]
    assert told(blocks["assessment"], "la_child_id", "assessment_start_date") == [
        ("A", "2025-06-01")
    ]
    assert told(blocks["assessment_factor"], "la_child_id", "assessment_id", "factor_code") == [
        ("A", "1", "1A")
    ]
    assert told(blocks["disability"], "la_child_id", "disability_code") == [("A", "HEAR")]
    assert unknown == {}


def test_a_conference_of_the_episode_is_not_that_of_its_enquiry(tmp_path: Path):
    both = (
        "<CINdetails><CINreferralDate>2025-05-06</CINreferralDate>"
        "<Section47><S47ActualStartDate>2025-05-07</S47ActualStartDate>"
        "<DateOfInitialCPC>2025-06-17</DateOfInitialCPC></Section47>"
        "<DateOfInitialCPC>2025-12-06</DateOfInitialCPC></CINdetails>"
    )
    only_the_enquirys = both.replace("<DateOfInitialCPC>2025-12-06</DateOfInitialCPC>", "")
    blocks, _ = census_read(tmp_path, a_census(a_child("A", both), a_child("B", only_the_enquirys)))
    assert told(blocks["cin_episode"], "initial_conference_date") == [("2025-12-06",), (None,)]
    assert told(blocks["section47"], "initial_conference_date") == [("2025-06-17",)] * 2


def test_stray_text_comments_and_instructions_are_nobodys_value(tmp_path: Path):
    stray = "stray<UPNunknown>UN3</UPNunknown>PersonBirthDate<!-- <Sex>M</Sex> --><?x y?>"
    child = a_child("<!-- before -->A<!-- after -->", identifiers=stray)
    blocks, unknown = census_read(tmp_path, a_census(child))
    assert told(blocks["child"], "la_child_id", "upn_unknown", "date_of_birth", "sex") == [
        ("A", "UN3", "2012-02-03", None)
    ]
    assert unknown == {}


def test_sex_stands_under_its_old_name_or_its_new_one(tmp_path: Path):
    children = [
        a_child(tag, identifiers=f"<{tag}>1</{tag}>") for tag in ("GenderCurrent", "Sex")
    ] + [a_child("both", identifiers="<GenderCurrent>1</GenderCurrent><Sex/>")]
    blocks, _ = census_read(tmp_path, a_census(*children))
    assert told(blocks["child"], "sex") == [("1",)] * 3


def test_empty_elements_hold_nothing_and_make_no_more_rows_than_they_are(tmp_path: Path):
    child = a_child(
        "A",
        "<ChildCharacteristics><Disabilities/></ChildCharacteristics>"
        "<CINdetails><CINreferralDate/><Assessments><FactorsIdentifiedAtAssessment/>"
        "</Assessments><CINclosureDate>  </CINclosureDate></CINdetails>",
    )
    blocks, _ = census_read(tmp_path, a_census(child))
    assert told(blocks["cin_episode"], "referral_date", "closure_date") == [(None, None)]
    assert told(blocks["assessment"], "la_child_id", "assessment_start_date") == [("A", None)]
    assert blocks["assessment_factor"] == blocks["disability"] == []


def test_the_header_is_one_row_and_elements_nobody_knows_are_counted(tmp_path: Path):
    blocks, unknown = census_read(tmp_path, a_census(a_child(identifiers="<Nickname>B</Nickname>")))
    assert told(blocks["header"], "year", "la_code", "serial_no") == [("2026", "201", "001")]
    assert unknown == {"Nickname": 1}


def test_each_element_has_its_line_also_where_files_are_long(tmp_path: Path):
    padding = "\n" * 3_000
    children = [a_child(str(number), PLANS) + padding for number in range(30)]
    census = a_census(*children)
    lines = census.splitlines()
    blocks, _ = census_read(tmp_path, census)
    for block, element in [
        ("child", "<Child>"),
        ("cin_episode", "<CINdetails>"),
        ("child_protection_plan", "<ChildProtectionPlans>"),
    ]:
        expected = [number for number, line in enumerate(lines, 1) if line.startswith(element)]
        assert [row["_row_number"] for row in blocks[block]] == expected
    assert blocks["child"][-1]["_row_number"] > 65_535


def test_rows_come_in_batches_and_none_is_lost_between_them(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(readers, "XML_BATCH_ROWS", 3)
    blocks, _ = census_read(tmp_path, a_census(*[a_child(str(n), PLANS) for n in range(10)]))
    assert told(blocks["child"], "la_child_id") == [(str(n),) for n in range(10)]
    assert len(blocks["cpp_review"]) == 40


def test_xml_that_breaks_among_the_children_is_refused_by_its_line(tmp_path: Path):
    census = a_census(a_child("A"), a_child("B"))
    with pytest.raises(RefusedFile, match=r"broken at line \d+") as refused:
        census_read(tmp_path, census[: census.index("B<")])
    assert "LAchildID" not in str(refused.value)


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("fetched")
    document = f'<!DOCTYPE Message [<!ENTITY e SYSTEM "{secret.as_uri()}"><!ENTITY i "inside">]>'
    census = a_census(a_child("&e;"), a_child("&i;"), a_child("C"), before=document)
    blocks, _ = census_read(tmp_path, census)
    assert told(blocks["child"], "la_child_id") == [(None,), (None,), ("C",)]


def test_entities_that_would_fill_the_memory_are_refused_or_left_alone(tmp_path: Path):
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 30))
    document = f'<!DOCTYPE Message [<!ENTITY l0 "ha">{laughs}]>'
    with pytest.raises(RefusedFile, match="broken at line"):
        census_read(tmp_path, a_census(a_child("&l29;"), before=document))


@pytest.mark.parametrize("ending", ["\n", ""])
def test_a_census_on_a_single_line_is_whole(tmp_path: Path, ending):
    census = a_census(a_child("A", PLANS), a_child("B")).replace("\n", "") + ending
    blocks, _ = census_read(tmp_path, census)
    assert told(blocks["child"], "la_child_id", "_row_number") == [("A", 1), ("B", 1)]
    assert len(blocks["cpp_review"]) == 4


def test_a_block_of_another_census_needs_only_its_contract(tmp_path: Path):
    child = an_xml_contract(
        an_identifier("la_child_id", headers=("Who/Number",)),
        extract="cin_census__child",
        family="cin_census",
    )
    census = a_census("<Child><Who><Number>7</Number></Who></Child>")
    blocks, _ = census_read(tmp_path, census, {"cin_census__child": child})
    assert told(blocks["child"], "la_child_id") == [("7",)]
