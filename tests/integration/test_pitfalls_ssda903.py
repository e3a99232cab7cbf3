"""What is met in real files of the looked-after return, each shown by the smallest file."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from tests.contract_files import a_csv, a_night_of
from tests.factories import loaded, register, rows_of, the_contracts, unreconciled

EPISODES, HEADER = "raw.ssda903__episodes", "raw.ssda903__header"


def night(folder: Path, files: Mapping[str, str | bytes]) -> duckdb.DuckDBPyConnection:
    """A warehouse after a night with these files, of which every row is accounted for."""
    connection = loaded(folder, files, night=a_night_of("ssda903"))
    assert unreconciled(connection) == []
    return connection


def one(folder: Path, extract: str, text: str, columns: str, year: int = 2026) -> tuple:
    """What the only row of a file holds, and how many of its cells were emptied."""
    connection = night(folder, {f"201/{year}/{extract}.csv": text})
    ((row),) = rows_of(connection, f"raw.ssda903__{extract}", columns)
    return (*row, len(rows_of(connection, "quality.emptied_cells")))


def status(connection: duckdb.DuckDBPyConnection, name: str) -> tuple[object, object, object]:
    file = register(connection)[name]
    return file["status"], file["rows_loaded"], file["rows_quarantined"]


# ---- the file ----


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_the_first_heading_is_child_in_whatever_encoding(tmp_path: Path, encoding):
    text = a_csv("ssda903__episodes", {"child": "1001", "urn": "São’s"}).encode(encoding)
    connection = night(tmp_path, {"201/2026/episodes.csv": text})
    assert rows_of(connection, EPISODES, "child is not null, urn") == [(True, "São’s")]


def test_a_module_is_known_by_its_columns_whatever_the_name_of_its_file(tmp_path: Path):
    modules = [
        name
        for name, contract in the_contracts().items()
        if contract.family == "ssda903" and (contract.since or 0) <= 2026
    ]
    files = {f"201/2026/export_{n}.csv": a_csv(name) for n, name in enumerate(modules)}
    found = register(night(tmp_path, files))
    assert [found[name]["extract"] for name in files] == modules


def test_modules_load_in_any_order(tmp_path: Path):
    rows = {"ssda903__header": {"child": "1001"}, "ssda903__episodes": {"child": "1001"}}
    texts = [a_csv(extract, row) for extract, row in rows.items()]
    for names in (("a", "b"), ("b", "a")):
        files = {f"201/2026/{n}.csv": text for n, text in zip(names, texts, strict=True)}
        connection = night(tmp_path, files)
        assert rows_of(connection, HEADER, "child") == rows_of(connection, EPISODES, "child")


@pytest.mark.parametrize("name", ["episodes_2025_26.csv", "2025-26/episodes.csv", "2026/e.csv"])
def test_of_the_two_years_in_a_name_the_return_is_of_the_later(tmp_path: Path, name):
    connection = night(tmp_path, {f"201/{name}": a_csv("ssda903__episodes")})
    assert rows_of(connection, EPISODES, "return_year") == [(2026,)]


def test_a_cell_of_spaces_is_an_empty_one(tmp_path: Path):
    text = a_csv("ssda903__episodes", {"dec": "   ", "rec": "  ", "ls": "\t"})
    assert one(tmp_path, "episodes", text, "dec, rec, ls") == (None, None, None, 0)


def test_trailing_blank_columns_and_rows_of_a_spreadsheet_are_nothing(tmp_path: Path):
    line, *rows = a_csv("ssda903__episodes", {"child": "1001"}, {"child": "1002"}).splitlines()
    blank = "," * (line.count(",") + 3)
    text = "\n".join([f"{line},Unnamed: 13,_14,", *(f"{row},,," for row in rows), blank, blank, ""])
    connection = night(tmp_path, {"201/2026/episodes.csv": text})
    assert status(connection, "201/2026/episodes.csv") == ("loaded", 2, 0)
    assert register(connection)["201/2026/episodes.csv"]["rows_blank"] == 2


def test_columns_that_suppliers_add_are_left_out_and_listed(tmp_path: Path):
    line, row = a_csv("ssda903__episodes").splitlines()
    text = f"LA,{line},YEAR,TEST_COLUMN\n201,{row},2026,x\n"
    connection = night(tmp_path, {"201/2026/episodes.csv": text})
    assert status(connection, "201/2026/episodes.csv") == ("loaded", 1, 0)
    extra = str(register(connection)["201/2026/episodes.csv"]["columns_extra"])
    assert set(extra.split(", ")) == {"LA", "YEAR", "TEST_COLUMN"}


# ---- cells ----


def test_a_child_that_became_a_number_on_the_way_is_the_same_child(tmp_path: Path):
    text = a_csv("ssda903__episodes", *({"child": c} for c in ("1001", "1001.0", " 1001 ")))
    connection = night(tmp_path, {"201/2026/episodes.csv": text})
    assert rows_of(connection, EPISODES, "count(*), count(distinct child)") == [(3, 1)]


def test_leading_zeros_belong_to_a_child(tmp_path: Path):
    text = a_csv("ssda903__episodes", {"child": "0012"}, {"child": "12"})
    connection = night(tmp_path, {"201/2026/episodes.csv": text})
    assert rows_of(connection, EPISODES, "count(distinct child)") == [(2,)]


def test_codes_in_lower_case_or_with_spaces_are_codes(tmp_path: Path):
    text = a_csv("ssda903__episodes", {"ls": "c2 ", "place": " u1", "rec": "e4a", "rne": " s "})
    codes = one(tmp_path, "episodes", text, "ls, place, rec, rne")
    assert codes == ("C2", "U1", "E4A", "S", 0)


@pytest.mark.parametrize(
    "written",
    [
        *("03/04/2025", "3/4/25", "2025-04-03", "03-Apr-2025", "03-04-2025", "03.04.2025"),
        *("03/04/2025 00:00:00", "2025-04-03 00:00:00", "2025-04-03T00:00:00", "45750", "45750.0"),
    ],
)
def test_the_day_comes_first_in_a_date_however_it_is_written(tmp_path: Path, written):
    text = a_csv("ssda903__episodes", {"decom": written})
    assert one(tmp_path, "episodes", text, "decom") == (dt.date(2025, 4, 3), 0)


def test_no_postcode_is_stored_with_its_space_or_without(tmp_path: Path):
    text = a_csv(
        "ssda903__episodes",
        {"home_post": "ZZ99 3VZ", "pl_post": "ZZ993VZ"},
    )
    connection = night(tmp_path, {"201/2026/episodes.csv": text})
    stored = str(rows_of(connection, EPISODES))
    assert "ZZ99" not in stored and "3VZ" not in stored


@pytest.mark.parametrize("written", ["0", "0.0", "00"])
def test_an_activity_of_nought_is_a_code_and_no_number(tmp_path: Path, written):
    text = a_csv("ssda903__oc3", {"activ": written, "accom": written})
    expected = ("0", "0", 0) if written != "00" else (None, None, 2)
    assert one(tmp_path, "oc3", text, "activ, accom") == expected


@pytest.mark.parametrize("written", ["01", "B"])
def test_accommodation_of_test_data_is_emptied_and_listed(tmp_path: Path, written):
    assert one(tmp_path, "oc3", a_csv("ssda903__oc3", {"accom": written}), "accom") == (None, 1)


def test_a_score_and_its_reason_may_both_be_blank(tmp_path: Path):
    text = a_csv("ssda903__oc2", {"sdq_score": "", "sdq_reason": ""})
    assert one(tmp_path, "oc2", text, "sdq_score, sdq_reason") == (None, None, 0)


def test_a_flag_of_nought_is_no_and_a_blank_one_is_not_known(tmp_path: Path):
    # Some systems export it for every child with 0 throughout: who is in it is a later question.
    text = a_csv("ssda903__oc2", {"convicted": "0", "teeth_check": "1", "immunisations": ""})
    flags = one(tmp_path, "oc2", text, "convicted, teeth_check, immunisations")
    assert flags == (False, True, None, 0)


def test_whether_a_boy_is_a_mother_is_left_blank(tmp_path: Path):
    text = a_csv("ssda903__header", {"sex": "M", "mother": ""})
    assert one(tmp_path, "header", text, "sex, mother") == ("M", None, 0)


def test_the_reason_for_a_move_stays_with_the_episode_that_ends(tmp_path: Path):
    text = a_csv(
        "ssda903__episodes",
        {"decom": "01/05/2025", "dec": "01/06/2025", "rec": "X1", "reason_place_change": "CARPL"},
        {"decom": "01/06/2025", "rne": "P"},
        child="1001",
    )
    connection = night(tmp_path, {"201/2026/episodes.csv": text})
    assert rows_of(connection, EPISODES, "decom, reason_place_change") == [
        (dt.date(2025, 5, 1), "CARPL"),
        (dt.date(2025, 6, 1), None),
    ]


def test_a_new_address_with_the_same_carer_stays_apart_from_a_new_carer(tmp_path: Path):
    rows = ({"rne": code, "decom": f"0{n}/05/2025"} for n, code in enumerate("PTU", 1))
    connection = night(
        tmp_path, {"201/2026/episodes.csv": a_csv("ssda903__episodes", *rows, child="1001")}
    )
    assert rows_of(connection, EPISODES, "rne") == [("P",), ("T",), ("U",)]


# ---- years and authorities ----


def test_an_episode_restated_by_a_later_return_is_kept_as_each_year_told_it(tmp_path: Path):
    first = a_csv("ssda903__episodes", {"child": "1001", "decom": "01/05/2024"})
    then = a_csv("ssda903__episodes", {"child": "1001", "decom": "01/05/2024", "dec": "02/06/2025"})
    connection = night(tmp_path, {"201/2025/episodes.csv": first, "201/2026/episodes.csv": then})
    told = rows_of(connection, EPISODES, "return_year, child, decom, dec")
    assert [row[0] for row in told] == [2025, 2026]
    assert told[0][1:3] == told[1][1:3]
    assert [row[3] for row in told] == [None, dt.date(2025, 6, 2)]


def test_an_episode_that_a_later_return_forgot_is_still_there_without_an_end(tmp_path: Path):
    gone = {"child": "1001", "decom": "01/05/2024"}
    stays = {"child": "1002", "decom": "01/06/2024"}
    connection = night(
        tmp_path,
        {
            "201/2025/episodes.csv": a_csv("ssda903__episodes", gone, stays),
            "201/2026/episodes.csv": a_csv("ssda903__episodes", stays),
        },
    )
    told = rows_of(connection, f"{EPISODES} group by decom", "decom, count(*), count(dec)")
    assert told == [(dt.date(2024, 5, 1), 1, 0), (dt.date(2024, 6, 1), 2, 0)]


def test_a_number_is_of_one_child_within_an_authority_only(tmp_path: Path):
    text = a_csv("ssda903__header", {"child": "1001"})
    connection = night(tmp_path, {"201/2026/h.csv": text, "202/2026/h.csv": text})
    told = rows_of(connection, HEADER, "local_authority_code, child")
    assert [code for code, _ in told] == ["201", "202"]
    assert told[0][1] != told[1][1]


def test_a_child_taken_over_by_another_authority_is_in_both(tmp_path: Path):
    left = a_csv(
        "ssda903__episodes",
        {"child": "1001", "decom": "01/05/2025", "dec": "01/06/2025", "rec": "E3"},
    )
    came = a_csv("ssda903__episodes", {"child": "77", "decom": "01/06/2025", "rne": "S"})
    connection = night(tmp_path, {"201/2026/e.csv": left, "202/2026/e.csv": came})
    assert rows_of(connection, EPISODES, "local_authority_code, rec") == [
        ("201", "E3"),
        ("202", None),
    ]


@pytest.mark.parametrize(
    ("year", "extract", "column", "codes"),
    [
        (2018, "episodes", "rec", ["E43", "E44"]),
        (2019, "episodes", "rec", ["E45", "E46", "E47", "E48"]),
        (2019, "episodes", "reason_place_change", ["CUSTOD"]),
        (2021, "oc3", "activ", ["F3", "P3"]),
        (2022, "oc3", "activ", ["F4", "P4", "F5", "P5"]),
        (2023, "episodes", "place", ["P2", "H5"]),
        (2024, "episodes", "ls", ["D1"]),
        (2024, "header", "sex", ["1", "2"]),
        (2024, "uasc", "sex", ["1", "2"]),
        (2025, "episodes", "place", ["K3"]),
        (2025, "header", "sex", ["M", "F", "U"]),
        (2025, "uasc", "sex", ["M", "F", "U"]),
        (2026, "episodes", "place", ["Z1", "Z11", "Z12", "Z13", "Z14"]),
        # Late and re-exported years mix old codes and new.
        (2026, "header", "sex", ["1", "2"]),
    ],
)
def test_the_codes_of_every_year_are_kept_as_they_were_sent(
    tmp_path: Path, year, extract, column, codes
):
    spring = {"decom": f"01/05/{year - 1}"} if extract == "episodes" else {}
    rows = [{"child": f"{n}", column: code, **spring} for n, code in enumerate(codes)]
    text = a_csv(f"ssda903__{extract}", *rows)
    connection = night(tmp_path, {f"201/{year}/{extract}.csv": text})
    stored = rows_of(connection, f"raw.ssda903__{extract}", f'"{column}"')
    assert sorted(stored) == sorted((code,) for code in codes)
    assert rows_of(connection, "quality.emptied_cells") == []


@pytest.mark.parametrize(
    ("extract", "first_day", "before", "since"),
    [
        ("sw_episodes", {"sw_decom": "01/05/2022"}, 2023, 2024),
        ("dolo", {}, 2026, 2027),
    ],
)
def test_a_module_is_read_from_the_year_it_began(tmp_path: Path, extract, first_day, before, since):
    text = a_csv(f"ssda903__{extract}", first_day)
    for year, expected in ((before, "refused"), (since, "loaded")):
        name = f"201/{year}/{extract}.csv"
        assert register(night(tmp_path, {name: text}))[name]["status"] == expected


def test_why_a_worker_took_over_may_be_blank(tmp_path: Path):
    text = a_csv("ssda903__sw_episodes", {"sw_decom": "01/02/2023", "sw_reason": ""})
    assert one(tmp_path, "sw_episodes", text, "sw_reason", 2024) == (None, 0)


# ---- the return as XML ----

XML = """<EXPSSDA903>
<CHILD><HEADER>
<CHILDID>1001</CHILDID><SEX>F</SEX><DOB>2012-02-03</DOB><ETHNIC>WBRI</ETHNIC>
<UPN>A123456789012</UPN><MOTHER/><UASC>1</UASC><DUC>2026-02-03</DUC>
<DATE_INT>2025-06-01</DATE_INT><DATE_MATCH/><FOSTER_CARE>0</FOSTER_CARE>
<IN_TOUCH>YES</IN_TOUCH><ACTIV>F1</ACTIV><ACCOM>B1</ACCOM>
<AREVIEW><REVIEW>2025-06-02</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW>
<AREVIEW><REVIEW>2025-09-02</REVIEW><REVIEW_CODE>PN2</REVIEW_CODE></AREVIEW>
</HEADER>
<EPISODE><DECOM>2025-05-01</DECOM><RNE>S</RNE><PL>U1</PL><DEC/><REC/></EPISODE>
<EPISODE><DECOM>2025-06-01</DECOM><RNE>P</RNE><PL>U2</PL></EPISODE>
</CHILD>
<CHILD><HEADER><CHILDID>1002</CHILDID><SEX>M</SEX><DOB>2013-02-03</DOB></HEADER>
<EPISODE><DECOM>2025-07-01</DECOM><RNE>S</RNE><PL>K2</PL></EPISODE></CHILD>
</EXPSSDA903>
"""


@pytest.fixture
def message(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    return night(tmp_path, {"201/2026/ssda903.xml": XML})


def test_elements_that_repeat_are_rows_and_know_their_child(message):
    rows = rows_of(
        message,
        f"{EPISODES} as episodes inner join {HEADER} as header on episodes.child = header.child",
        "header.sex, episodes.decom, episodes.place",
    )
    assert rows == [
        ("F", dt.date(2025, 5, 1), "U1"),
        ("F", dt.date(2025, 6, 1), "U2"),
        ("M", dt.date(2025, 7, 1), "K2"),
    ]
    assert rows_of(message, "raw.ssda903__reviews", "review, review_code") == [
        (dt.date(2025, 6, 2), "PN1"),
        (dt.date(2025, 9, 2), "PN2"),
    ]


@pytest.mark.parametrize(
    ("extract", "columns", "held"),
    [
        ("uasc", "duc", dt.date(2026, 2, 3)),
        ("ad1", "date_int", dt.date(2025, 6, 1)),
        ("oc3", "activ", "F1"),
    ],
)
def test_what_is_flat_in_the_header_is_a_row_only_where_it_is_filled(
    message, extract, columns, held
):
    assert rows_of(message, f"raw.ssda903__{extract}", columns) == [(held,)]


def test_an_empty_tag_is_an_empty_cell(message):
    assert rows_of(message, HEADER, "sex, mother") == [("F", None), ("M", None)]
    assert rows_of(message, "quality.emptied_cells") == []
    assert rows_of(message, "quality.quarantined_rows") == []


def test_a_child_is_the_same_in_both_forms_of_the_return(tmp_path: Path):
    table = a_csv("ssda903__header", {"child": "1001"})
    connection = night(tmp_path, {"201/2025/header.csv": table, "201/2026/ssda903.xml": XML})
    ((child,),) = rows_of(connection, f"{HEADER} where return_year = 2025", "child")
    assert (child,) in rows_of(connection, f"{HEADER} where return_year = 2026", "child")
