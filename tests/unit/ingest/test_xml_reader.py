from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from orchestration.contracts import ExtractContract, InvalidContract
from orchestration.ingest import xml_reader
from orchestration.ingest.landing import LandedFile
from orchestration.ingest.refusals import RefusedFile
from orchestration.ingest.xml_reader import read_xml
from tests.factories import (
    a_census,
    a_child,
    a_column,
    an_identifier,
    an_xml_contract,
    surveyed,
)


@pytest.fixture(params=["cut between its records", "whole"], autouse=True)
def way(request, monkeypatch) -> str:
    """A file is cut where that is safe, and read whole where it is not: with the same rows."""
    if request.param == "whole":
        monkeypatch.setattr(xml_reader, "_ends_of_records", lambda *_: [])
    else:
        monkeypatch.setattr(xml_reader, "PIECE_BYTES", 1_500)
    return request.param


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
    assert unknown == {"Child/ChildIdentifiers/Nickname": 1}


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
    monkeypatch.setattr(xml_reader, "TEXT_BYTES", 300)
    blocks, _ = census_read(tmp_path, a_census(*[a_child(str(n), PLANS) for n in range(10)]))
    assert told(blocks["child"], "la_child_id") == [(str(n),) for n in range(10)]
    assert len(blocks["cpp_review"]) == 40


def test_xml_that_breaks_among_the_children_is_refused_by_its_line(tmp_path: Path):
    census = a_census(a_child("A"), a_child("B"))
    with pytest.raises(RefusedFile, match=r"broken at line \d+") as refused:
        census_read(tmp_path, census[: census.index("B<")])
    assert "LAchildID" not in str(refused.value)


def test_a_file_that_declares_a_document_type_is_refused_and_nothing_is_fetched(tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("fetched")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 30))
    for inside, used in (
        (f'[<!ENTITY e SYSTEM "{secret.as_uri()}">]', "&e;"),
        ('[<!ENTITY i "inside">]', "&i;"),
        (f'[<!ENTITY l0 "ha">{laughs}]', "&l29;"),
        (f'SYSTEM "{secret.as_uri()}"', "A"),
    ):
        census = a_census(a_child(used), before=f"<!DOCTYPE Message {inside}>")
        with pytest.raises(RefusedFile) as refused:
            message_read(tmp_path, census, an_xml_contract(a_column(headers=("X",))))
        assert "document type" in str(refused.value) or "broken at line" in str(refused.value)
        assert "fetched" not in str(refused.value)


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
        recognised_by=("CIN",),
    )
    census = a_census("<Child><Who><Number>7</Number></Who></Child>")
    blocks, _ = census_read(tmp_path, census, {"cin_census__child": child})
    assert told(blocks["child"], "la_child_id") == [("7",)]


def test_a_census_without_a_declared_encoding_is_read_as_utf_8_or_windows_1252(tmp_path: Path):
    census = a_census(a_child("Zo\N{LATIN SMALL LETTER E WITH DIAERESIS}"))
    for encoding, said in (("utf-8", None), ("cp1252", "windows-1252")):
        content = census.partition("?>")[2].lstrip() if census.startswith("<?xml") else census
        (landed,) = surveyed(tmp_path / encoding, {"201/cin_2026.xml": content.encode(encoding)})
        assert landed.xml_encoding == said
        found: dict[str, pa.RecordBatch] = {}
        read_xml(landed, landed.contracts, lambda c, batch, to=found: to.update({c.extract: batch}))
        assert found["cin_census__child"]["la_child_id"].to_pylist() == ["Zoë"]


# ---- messages of other families ----


def message_read(
    folder: Path, message: str | bytes, *contracts: ExtractContract
) -> tuple[dict[str, list[dict[str, object]]], dict[str, int]]:
    """The rows of each block by its name, and the elements that no contract knows."""
    path = folder / "message.xml"
    path.write_bytes(message.encode() if isinstance(message, str) else message)
    blocks: dict[str, list[dict[str, object]]] = {}

    def write(contract: ExtractContract, batch: pa.RecordBatch) -> None:
        rows = [{**row, "line": row.pop("_row_number")} for row in batch.to_pylist()]
        blocks.setdefault(contract.extract.partition("__")[2], []).extend(rows)

    return blocks, read_xml(LandedFile(path, path.name, "", 0, contracts), contracts, write)


def a_block(name: str, path: str, *columns: object, **given: object) -> ExtractContract:
    return an_xml_contract(*columns, extract=f"invented__{name}", path=path, **given)


LOOKED_AFTER = (
    a_block(
        "header",
        "CHILD/HEADER",
        an_identifier("child", headers=("CHILDID",)),
        a_column("sex"),
    ),
    a_block(
        "adoption",
        "CHILD/HEADER",
        a_column("child", headers=("CHILDID",)),
        a_column("day", headers=("DATE_INT",)),
        a_column("match", headers=("DATE_MATCH",)),
        present_if=("day", "match"),
    ),
    a_block(
        "episodes",
        "CHILD/EPISODE",
        a_column("child", headers=("CHILD", "../HEADER/CHILDID")),
        a_column("began", headers=("DECOM", "Date of Decision (start)")),
    ),
    a_block(
        "reviews",
        "CHILD/HEADER/AREVIEW",
        a_column("child", headers=("../CHILDID",)),
        a_column("born", headers=("../../HEADER/DOB",)),
        a_column("day", headers=("REVIEW",)),
    ),
)
RETURN = """<EXPSSDA903><CHILD>
<EPISODE><DECOM>01/04/2025</DECOM></EPISODE>
<HEADER><AREVIEW><REVIEW>02/05/2025</REVIEW></AREVIEW><DOB>03/02/2012</DOB>
<DATE_MATCH>04/06/2025</DATE_MATCH><CHILDID>1</CHILDID><SEX>F</SEX>
<AREVIEW><REVIEW>02/11/2025</REVIEW></AREVIEW></HEADER>
<EPISODE><DECOM>01/09/2025</DECOM></EPISODE>
</CHILD>
<CHILD><HEADER><CHILDID>2</CHILDID></HEADER><EPISODE><DECOM>05/06/2025</DECOM></EPISODE></CHILD>
</EXPSSDA903>
"""


def test_a_row_knows_what_the_elements_around_and_beside_it_say_wherever_they_stand(
    tmp_path: Path,
):
    blocks, unknown = message_read(tmp_path, RETURN, *LOOKED_AFTER)
    assert told(blocks["episodes"], "child", "began", "line") == [
        ("1", "01/04/2025", 2),
        ("1", "01/09/2025", 6),
        ("2", "05/06/2025", 8),
    ]
    assert told(blocks["reviews"], "child", "born", "day", "line") == [
        ("1", "03/02/2012", "02/05/2025", 3),
        ("1", "03/02/2012", "02/11/2025", 5),
    ]
    assert unknown == {}


def test_extracts_that_share_an_element_each_take_the_rows_that_are_theirs(tmp_path: Path):
    blocks, _ = message_read(tmp_path, RETURN, *LOOKED_AFTER)
    assert told(blocks["header"], "child", "sex") == [("1", "F"), ("2", None)]
    assert told(blocks["adoption"], "child", "day", "match") == [("1", None, "04/06/2025")]


WORKFORCE = (
    a_block("header", "Header", a_column("la_code", headers=("Source/LEA",))),
    a_block("vacancies", "LALevelVacancies", a_column("count", headers=("NumberOfVacancies",))),
    a_block(
        "worker",
        "CSWWWorker",
        a_column("number", "integer", headers=(), position_of="worker"),
        an_identifier("swe", headers=("SWENo",), required=True),
        a_column("secret", headers=("NINumber",), handling="drop"),
        grain=("number",),
    ),
    a_block(
        "qualification",
        "CSWWWorker/QualInst",
        a_column("number", "integer", headers=(), position_of="worker"),
        an_identifier("swe", headers=("SWENo",), parent="worker"),
        a_column("institution", headers=(".",)),
    ),
)


def a_workforce(*workers: str) -> str:
    return (
        "<Message>\n<Header><Source><LEA>201</LEA></Source></Header>\n"
        "<LALevelVacancies><NumberOfVacancies>3.5</NumberOfVacancies></LALevelVacancies>\n"
        + "".join(f"<CSWWWorker>{worker}</CSWWWorker>\n" for worker in workers)
        + "</Message>\n"
    )


def test_workers_stand_below_the_root_and_are_numbered_through_the_file(
    tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(xml_reader, "TEXT_BYTES", 300)
    workers = [
        f"<QualInst>A{n}</QualInst><SWENo>SW{n}</SWENo><NINumber>x</NINumber>"
        f"<QualInst>B{n}</QualInst>"
        for n in range(1, 101)
    ]
    blocks, unknown = message_read(tmp_path, a_workforce(*workers), *WORKFORCE)
    assert told(blocks["header"], "la_code") == [("201",)]
    assert told(blocks["vacancies"], "count", "line") == [("3.5", 3)]
    assert told(blocks["worker"], "number", "swe", "secret", "line") == [
        (str(n), f"SW{n}", None, 3 + n) for n in range(1, 101)
    ]
    assert told(blocks["qualification"], "number", "swe", "institution") == [
        (str(n), f"SW{n}", f"{letter}{n}") for n in range(1, 101) for letter in "AB"
    ]
    assert unknown == {}


def test_the_order_of_blocks_does_not_matter(tmp_path: Path):
    workers = [f"<SWENo>SW{n}</SWENo>" for n in range(40)]
    message = a_workforce(*workers)
    lines = message.splitlines()
    moved = "\n".join([lines[0], *lines[3:-1], lines[2], lines[1], lines[-1]]) + "\n"
    before, _ = message_read(tmp_path, message, *WORKFORCE)
    after, _ = message_read(tmp_path, moved, *WORKFORCE)
    assert told(after["worker"], "swe") == told(before["worker"], "swe")
    assert told(after["vacancies"], "count", "line") == [("3.5", 42)]
    assert told(after["header"], "la_code", "line") == [("201", 43)]


def test_cells_marked_as_plain_characters_are_read(tmp_path: Path):
    message = a_workforce("<SWENo><![CDATA[SW<1>&]]></SWENo>", "<SWENo>A &amp; &#66;</SWENo>")
    blocks, _ = message_read(tmp_path, message, *WORKFORCE)
    assert told(blocks["worker"], "swe") == [("SW<1>&",), ("A & B",)]


def test_records_in_comments_are_none_and_move_no_line(tmp_path: Path):
    worker = "<CSWWWorker><SWENo>SW9</SWENo></CSWWWorker>"
    for comment in (
        f"<!-- {worker} -->",
        "<!-- <CSWWWorker> -->",
        "<!-- </CSWWWorker> -->",
        "<?x <CSWWWorker>?>",
    ):
        lines = a_workforce("<SWENo>SW1</SWENo>", "<SWENo>SW2</SWENo>").splitlines()
        for place in range(1, len(lines)):
            message = "\n".join([*lines[:place], comment, *lines[place:]])
            blocks, unknown = message_read(tmp_path, message, *WORKFORCE)
            assert told(blocks["worker"], "swe", "line") == [
                ("SW1", 4 + (place <= 3)),
                ("SW2", 5 + (place <= 4)),
            ]
            assert unknown == {}


def test_elements_nobody_knows_are_counted_by_their_path_and_their_inside_is_nobodys(
    tmp_path: Path,
):
    message = (
        "<Message><Extra><CSWWWorker><SWENo>x</SWENo></CSWWWorker></Extra>"
        "<CSWWWorker><Nickname>B</Nickname><SWENo>1</SWENo></CSWWWorker><Extra/>"
        "<CSWWWorker><Deep><SWENo>x</SWENo></Deep><Nickname/></CSWWWorker><Extra/></Message>"
    )
    blocks, unknown = message_read(tmp_path, message, *WORKFORCE)
    assert told(blocks["worker"], "swe") == [("1",), (None,)]
    assert unknown == {"CSWWWorker/Nickname": 2, "CSWWWorker/Deep": 1, "Extra": 3}


def test_records_may_lie_in_several_groups(tmp_path: Path):
    first, second = a_child("A", PLANS), a_child("B", PLANS)
    census = a_census(first + "</Children>\n<Children>" + second)
    blocks, unknown = census_read(tmp_path, census)
    assert told(blocks["child"], "la_child_id") == [("A",), ("B",)]
    assert unknown == {}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252", "iso-8859-1"])
def test_a_message_is_read_in_the_encoding_it_declares(tmp_path: Path, encoding):
    declared = {"utf-8-sig": "utf-8", "cp1252": "windows-1252"}.get(encoding, encoding)
    message = f'<?xml version="1.0" encoding="{declared}"?>\n' + a_workforce(
        *["<SWENo>Zoë</SWENo>"] * 60
    )
    blocks, _ = message_read(tmp_path, message.encode(encoding), *WORKFORCE)
    assert told(blocks["worker"], "swe", "line")[-1] == ("Zoë", 64)
    assert len(blocks["worker"]) == 60


def test_a_record_of_very_many_lines_keeps_the_lines_after_it(tmp_path: Path):
    long = "<SWENo>1</SWENo>" + "\n" * 70_000
    blocks, _ = message_read(tmp_path, a_workforce(long, "\n<QualInst>B</QualInst>"), *WORKFORCE)
    assert told(blocks["worker"], "line") == [(4,), (70_005,)]
    assert told(blocks["qualification"], "line") == [(70_006,)]


@pytest.mark.parametrize(
    ("whole", "broken"),
    [
        ("<SWENo>99</SWENo>", "<SWENo>99</SWE>"),
        ("<SWENo>1</SWENo>", "<SWENo>1</SWE>"),
        ("</Header>", "</Heading>"),
        ("</Message>", "</Massage>"),
    ],
)
def test_broken_xml_is_refused_by_the_line_of_the_file_it_breaks_at(tmp_path: Path, whole, broken):
    message = a_workforce(*[f"\n<SWENo>{n}</SWENo>" for n in range(1, 101)])
    line = message[: message.index(whole)].count("\n") + 1
    with pytest.raises(RefusedFile, match=f"broken at line {line}:"):
        message_read(tmp_path, message.replace(whole, broken), *WORKFORCE)


def test_a_message_cut_short_at_any_place_is_refused_or_broken_and_never_crashes(tmp_path: Path):
    message = a_workforce(*[f"<SWENo>{n}</SWENo>" for n in range(20)])
    for end in range(1, len(message.rstrip()), 7):
        with pytest.raises(RefusedFile, match="broken at line"):
            message_read(tmp_path, message[:end], *WORKFORCE)


def test_a_column_of_a_block_that_is_not_around_its_row_is_a_fault_of_the_contract(
    tmp_path: Path,
):
    for column in (
        a_column("n", headers=(), position_of="nowhere"),
        a_column("n", headers=("A",), parent="nowhere"),
        a_column("n", headers=("../../A",)),
    ):
        with pytest.raises(InvalidContract):
            message_read(tmp_path, RETURN, a_block("rows", "CHILD", column))


def test_markup_that_is_not_plain_gives_the_same_rows(tmp_path: Path):
    workers = [f"\n<QualInst>A{n}</QualInst><SWENo>SW{n}</SWENo>" for n in range(1, 101)]
    plain = a_workforce(*workers)
    expected = message_read(tmp_path, plain, *WORKFORCE)
    for written, instead in (
        ("<SWENo>SW50<", '<SWENo note="a > b">SW50<'),
        ("<CSWWWorker>\n<QualInst>A50", "<CSWWWorker\n x='1'><QualInst>A50"),
        ("<SWENo>SW50</SWENo>", "<SWENo>SW50</SWENo><NINumber/>"),
        ("<SWENo>SW50</SWENo>", "<SWENo>SW50</SWENo ><NINumber >a > b = c</NINumber >"),
        ("<SWENo>SW50<", "<SWENo>SW&#53;0<"),
        ("\n", "\r\n"),
    ):
        read, unknown = message_read(tmp_path, plain.replace(written, instead), *WORKFORCE)
        assert told(read["worker"], "number", "swe") == told(expected[0]["worker"], "number", "swe")
        assert told(read["qualification"], "number", "institution") == told(
            expected[0]["qualification"], "number", "institution"
        )
        assert unknown == {}
        if "x=" not in instead:  # A tag of two lines is on the line it ends on.
            assert told(read["worker"], "line") == told(expected[0]["worker"], "line")


def test_a_name_with_a_prefix_that_nothing_declares_is_refused(tmp_path: Path):
    message = a_workforce("<SWENo>1</SWENo>", "<hr:SWENo>2</hr:SWENo>")
    with pytest.raises(RefusedFile, match="broken at line 5:"):
        message_read(tmp_path, message, *WORKFORCE)


def test_a_cell_longer_than_the_parser_takes_is_refused(tmp_path: Path):
    message = a_workforce("<SWENo>1</SWENo>", f"<SWENo>{'x' * 10_100_000}</SWENo>")
    with pytest.raises(RefusedFile, match="broken at line 5:"):
        message_read(tmp_path, message, *WORKFORCE)


def test_text_and_elements_in_a_cell_are_told_apart(tmp_path: Path):
    worker = "<SWENo>1<b>2</b>3</SWENo><QualInst>\n<c/>A</QualInst><SWENo> </SWENo>"
    blocks, unknown = message_read(tmp_path, a_workforce(worker), *WORKFORCE)
    assert told(blocks["worker"], "swe") == [("1",)]
    assert told(blocks["qualification"], "institution") == [(None,)]
    assert unknown == {}
