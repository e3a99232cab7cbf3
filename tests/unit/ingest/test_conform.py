import datetime as dt
import functools
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pytest

from orchestration.contracts import Column
from orchestration.ingest.conform import (
    MACROS,
    comment_table,
    conform,
    create_table,
    key_pads,
    quoted,
    text_table,
    typed_table,
)
from tests.factories import (
    AUTHORITY,
    KEY,
    a_column,
    a_contract,
    a_date_column,
    an_identifier,
    the_codes,
)

SECRET = "Zebedee"


@dataclass
class Stored:
    """What became of rows: those accepted, without place and file, and each fault."""

    rows: list[tuple[object, ...]]
    quarantined: list[tuple[int, str, str]]
    emptied: list[tuple[int, str, str]]
    blank_count: int


@functools.cache
def a_database() -> duckdb.DuckDBPyConnection:
    """One for all tests: to open another takes longer than to conform a few rows."""
    connection = duckdb.connect()
    connection.execute(MACROS)
    the_codes().make_known(connection)
    connection.execute(
        "create temp table known_postcodes "
        "(spelling varchar, lies_in varchar, easting bigint, northing bigint)"
    )
    return connection


def conformed(
    columns: Sequence[Column],
    *rows: Sequence[str | None],
    authority: str = AUTHORITY,
    key: bytes = KEY,
    **given: object,
) -> Stored:
    """Rows of text as a contract of these columns has them; the first row is row 1."""
    contract = a_contract(*columns, **given)
    stored = [column for column in columns if column.is_stored]
    statements = conform(contract)
    connection = a_database()
    connection.execute("drop schema if exists raw cascade; create schema raw")
    connection.execute(create_table(contract))
    listed = ", ".join(f'"{column.name}" varchar' for column in stored)
    text = text_table(contract)
    connection.execute(f"create or replace temp table {text} (_row_number bigint, {listed})")
    marks = ", ".join("?" * (len(stored) + 1))
    for number, row in enumerate(rows, 1):
        connection.execute(f"insert into {text} values ({marks})", [number, *row])
    inner, outer = key_pads(key)
    keys = {"inner_key": inner, "outer_key": outer} if statements.takes_key else {}
    if statements.takes_key or statements.takes_authority:
        keys["authority"] = authority
    connection.execute(statements.type_rows, keys)
    known = {"authority": authority, "file_sha256": "f"}
    dated = {"return_year": 2026, "exported_date": None}
    connection.execute(statements.accept_rows, {**known, **dated})
    names = ", ".join(f'"{column.name}"' for column in stored)
    listing = {**known, "file_name": "f.csv", "extract": contract.extract}

    def faults(statement: str) -> list[tuple[int, str, str]]:
        found = connection.execute(statement, listing).fetchall()
        return sorted(row[4:] for row in found)

    (blank,) = connection.execute(
        f"select count(*) from {typed_table(contract)} where _is_blank"
    ).fetchone()
    return Stored(
        connection.execute(f"select {names} from {contract.table} order by _row_number").fetchall(),
        faults(statements.quarantine_rows),
        faults(statements.empty_cells),
        blank,
    )


def value_of(column: Column, written: str | None) -> object:
    """One cell as it is stored; an unread one must be reported, once, as emptied."""
    stored = conformed((a_column("beside"), column), ("x", written))
    ((_, value),) = stored.rows
    is_unread = value is None and (written or "").strip() != ""
    assert len(stored.emptied) == is_unread
    assert all(SECRET not in reason for _, _, reason in stored.emptied)
    return value


# ---- dates ----


@pytest.mark.parametrize(
    "written",
    [
        "01/03/2025",
        "1/3/2025",
        "01-03-2025",
        "01.03.2025",
        "2025-03-01",
        "2025-3-1",
        "01/03/25",
        "1/3/25",
        "01-Mar-2025",
        "1 mar 2025",
        "01-MAR-2025",
        "01/03/2025 00:00:00",
        "01/03/2025 00:00",
        "2025-03-01T00:00:00",
        "2025-03-01 00:00:00.000",
        "2025-03-01T09:30:00",
        "2025-03-01T00:00:00Z",
        "2025-03-01 00:00:00+01:00",
        "01/03/2025 2:35 pm",
        "45717",
        "45717.0",
        "  01/03/2025\t",
        "\N{NO-BREAK SPACE}01/03/2025\N{NO-BREAK SPACE}",
        "\N{ZERO WIDTH NO-BREAK SPACE}01/03/2025",
    ],
)
def test_a_date_is_read_in_each_form_that_it_is_met_in(written):
    assert value_of(a_date_column(), written) == dt.date(2025, 3, 1)


@pytest.mark.parametrize(
    "written",
    [
        "31/02/2025",
        "29/02/2025",
        "soon",
        "99/99/9999",
        "03/15/2025",
        "31/12/1899",
        "1899-12-31",
        "01/01/2101",
        "01/01/0000",
        "01/03/2025 zz",
        "zz/03/2025",
        "2025",
        "19999",
        "70000",
        "1e400",
        SECRET,
    ],
)
def test_an_unreadable_date_is_emptied_and_reported_without_its_text(written):
    stored = conformed((a_column(), a_date_column()), ("a", "01/03/2025"), ("b", written))

    assert stored.rows == [("a", dt.date(2025, 3, 1)), ("b", None)]
    assert stored.emptied == [
        (2, "decom", "not a date (dd/mm/yyyy or yyyy-mm-dd) between 1900 and 2100")
    ]
    assert stored.quarantined == []


def test_the_first_and_last_days_that_are_believed():
    assert value_of(a_date_column(), "01/01/1900") == dt.date(1900, 1, 1)
    assert value_of(a_date_column(), "31/12/2100") == dt.date(2100, 12, 31)
    assert value_of(a_date_column(), "29/02/2024") == dt.date(2024, 2, 29)


def test_a_date_and_time_keeps_its_time():
    column, written = a_column("made", "datetime"), "2026-05-01T09:30:00"
    assert value_of(column, written) == dt.datetime.fromisoformat(written)
    assert value_of(column, "soon") is None


# ---- numbers ----


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12", 12),
        ("12.0", 12),
        ("1,234", 1234),
        ("+7", 7),
        ("-3", -3),
        ("007", 7),
        (" 5 ", 5),
        ("12.5", None),
        ("twelve", None),
        ("1e3", None),
        ("0x10", None),
        ("--1", None),
        # Larger than any column can hold: a fault, and never an error.
        ("9" * 24, None),
        ("9" * 400, None),
    ],
)
def test_a_whole_number_is_read_in_each_form_that_it_is_met_in(written, value):
    assert value_of(a_column("score", "integer"), written) == value


@pytest.mark.parametrize(("written", "value"), [("12.5", 12.5), (".5", 0.5), ("9" * 400, None)])
def test_a_decimal_number_keeps_its_fraction(written, value):
    assert value_of(a_column("rate", "decimal"), written) == value


@pytest.mark.parametrize(
    ("written", "value"), [("0", 0), ("40", 40), ("-1", None), ("41", None), ("40.5", None)]
)
def test_a_number_outside_its_bounds_is_emptied(written, value):
    assert value_of(a_column("score", "integer", minimum=0, maximum=40), written) == value


def test_the_bounds_are_said():
    score = a_column("score", "integer", minimum=0, maximum=40)
    (fault,) = conformed((a_column(), score), ("a", "41")).emptied
    assert fault == (1, "score", "not a number from 0 to 40")


# ---- codes ----


@pytest.mark.parametrize(
    ("codes", "written", "kept"),
    [
        ("sex_903", "1", "1"),
        ("sex_903", "1.0", "1"),
        ("sex_903", " f ", "F"),
        ("category_of_need", "n8", "N8"),
        ("ethnicity", "wbri", "WBRI"),
        ("category_of_need", "N99", None),
        ("sex_903", "01", None),
        ("sex_903", "F'); drop table raw.x; --", None),
    ],
)
def test_a_code_is_kept_as_its_set_spells_it(codes, written, kept):
    assert value_of(a_column(type="code", codes=codes), written) == kept


def test_an_unknown_code_is_reported_by_the_name_of_its_set():
    column = a_column("need", "code", codes="category_of_need")
    (fault,) = conformed((a_column(), column), ("a", SECRET)).emptied
    assert fault == (1, "need", "not in the code set category_of_need")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *[(yes, True) for yes in ("1", "1.0", "true", "TRUE", "Y", "yes")],
        *[(no, False) for no in ("0", "0.0", "false", "n", "No")],
        *[(neither, None) for neither in ("2", "maybe", "T", "-")],
    ],
)
def test_a_yes_or_no_is_read_in_each_form(written, value):
    assert value_of(a_column(type="boolean"), written) is value


# ---- one heading, two facts ----


UPN = (
    a_column("beside"),
    an_identifier("upn", "upn", headers=("UPN",), takes=".{5,}", pattern="[A-Z][0-9]{11}[0-9A-Z]"),
    a_column("upn_unknown", "code", headers=("UPN",), takes=".{1,4}", codes="upn_unknown_903"),
)


def test_under_one_heading_stands_a_pupil_number_or_the_reason_why_there_is_none():
    rows = [("x", cell, cell) for cell in ("A123456789012", "a12345678901b", "UN2", "un2", "")]
    stored = conformed(UPN, *rows)
    assert [(upn is not None, unknown) for _, upn, unknown in stored.rows] == [
        (True, None),
        (True, None),
        (False, "UN2"),
        (False, "UN2"),
        (False, None),
    ]
    assert stored.emptied == []


def test_what_is_neither_a_pupil_number_nor_a_reason_is_reported_once():
    stored = conformed(UPN, *[("x", cell, cell) for cell in ("123456789012A", "UN9")])
    assert stored.rows == [("x", None, None)] * 2
    assert stored.emptied == [
        (1, "upn", "not of the form of upn"),
        (2, "upn_unknown", "not in the code set upn_unknown_903"),
    ]


# ---- pseudonyms ----


def pseudonym_of(written: str, namespace: str = "person", **given) -> object:
    ((pseudonym,),) = conformed((an_identifier(namespace=namespace),), (written,), **given).rows
    return pseudonym


@pytest.mark.parametrize("key", [KEY, b"k" * 64, b"a key that is longer than a block " * 5])
def test_a_pseudonym_is_an_hmac_of_authority_namespace_and_identifier(key):
    told = hmac.new(key, b"201|person|AB12", hashlib.sha256).hexdigest()
    assert pseudonym_of("AB12", key=key) == told


@pytest.mark.parametrize("written", ["ab12", " AB12 ", "AB12.0", "\N{NO-BREAK SPACE}Ab12\t"])
def test_a_child_keeps_one_pseudonym_however_the_number_is_written(written):
    assert pseudonym_of(written) == pseudonym_of("AB12")


@pytest.mark.parametrize("written", ["0AB12", "AB 12", "AB120", "AB12.5", "AB-12"])
def test_another_number_is_another_child_leading_zeros_included(written):
    assert pseudonym_of(written) != pseudonym_of("AB12")


def test_a_pseudonym_is_of_one_authority_one_kind_of_number_and_one_key():
    assert (
        len(
            {
                pseudonym_of("AB12"),
                pseudonym_of("AB12", authority="202"),
                pseudonym_of("AB12", namespace="upn"),
                pseudonym_of("AB12", key=b"another key, just as secret as the first"),
            }
        )
        == 4
    )


# ---- rows that cannot stand ----


@pytest.mark.parametrize("written", [None, "", "   "])
def test_a_row_without_what_every_row_needs_goes_to_quarantine_as_empty(written):
    columns = a_date_column(required=True), a_column()
    stored = conformed(columns, ("01/03/2025", "kept"), (written, "lost"))
    assert stored.rows == [(dt.date(2025, 3, 1), "kept")]
    assert stored.quarantined == [(2, "decom", "empty, and no row can stand without it")]


def test_a_row_goes_to_quarantine_as_unread_where_what_it_needs_cannot_be_read():
    stored = conformed((a_date_column(required=True), a_column()), ("soon", "lost"))
    assert stored.rows == []
    ((_, column, reason),) = stored.quarantined
    assert column == "decom"
    assert reason.startswith("not a date")


def test_an_end_date_that_cannot_be_read_never_makes_a_spell_look_open():
    columns = a_date_column(), a_date_column("dec", guards_row=True)
    stored = conformed(columns, ("01/03/2025", ""), ("01/03/2025", "soon"))
    assert stored.rows == [(dt.date(2025, 3, 1), None)]
    assert [fault[:2] for fault in stored.quarantined] == [(2, "dec")]


def test_every_fault_of_a_row_is_listed_and_none_of_a_quarantined_row_as_emptied():
    columns = (
        an_identifier(required=True),
        a_date_column(guards_row=True),
        a_column("score", "integer"),
    )
    stored = conformed(columns, ("", "soon", "x"), ("1", "", "x"))
    assert [fault[:2] for fault in stored.quarantined] == [(1, "child"), (1, "decom")]
    assert [fault[:2] for fault in stored.emptied] == [(2, "score")]


def test_a_row_without_any_content_is_blank_and_no_fault():
    columns = an_identifier(required=True), a_column()
    stored = conformed(columns, ("", None), (" ", "\t"), ("1", ""))
    assert (len(stored.rows), stored.blank_count, stored.quarantined) == (1, 2, [])


def test_a_fault_never_carries_the_text_of_the_cell():
    columns = (
        a_date_column(guards_row=True),
        a_column("need", "code", codes="category_of_need"),
        a_column("flag", "boolean"),
        a_column("score", "integer"),
        a_column("rate", "decimal", minimum=0),
        a_column("made", "datetime"),
        an_identifier("upn", "upn", pattern="[A-Z][0-9]{12}"),
    )
    for first in ("01/03/2025", SECRET):
        stored = conformed(columns, (first, *[SECRET] * 6))
        faults = stored.quarantined + stored.emptied
        assert faults
        assert SECRET not in str(faults)


# ---- postcodes ----


@pytest.fixture
def the_directory():
    """A directory of one postcode, for one test."""
    a_database().execute(
        "insert into known_postcodes values ('ZZ993VZ', 'E01000001', 400000, 300000)"
    )
    yield
    a_database().execute("delete from known_postcodes")


def test_a_postcode_becomes_its_small_area_however_it_is_spaced(the_directory):
    columns = (a_column("home", handling="locate"),)
    found = conformed(columns, ("ZZ99 3VZ",), ("zz993vz",), (" ZZ 99 3VZ ",), (None,))
    assert found.rows == [("E01000001",), ("E01000001",), ("E01000001",)]
    assert found.emptied == []


def test_a_postcode_that_the_directory_does_not_hold_is_emptied_and_told(the_directory):
    columns = (a_column("home", handling="locate"), a_date_column())
    found = conformed(columns, ("ZZ99 3VY", "01/05/2025"))
    assert [row[0] for row in found.rows] == [None]
    assert found.emptied == [
        (1, "home", "a postcode that the landed directory of postcodes does not hold")
    ]


def test_miles_stand_as_written_else_as_the_crow_flies_between_two_known_postcodes(the_directory):
    # 12 and 16 miles of 1609.344 metres: 20 in a straight line.
    a_database().execute(
        "insert into known_postcodes values ('ZZ11AA', 'E01000002', 419312.128, 325749.504)"
    )
    columns = (
        a_column("home", handling="locate"),
        a_column("lives", handling="locate"),
        a_column("miles", type="decimal", minimum=0, between=("home", "lives")),
    )
    found = conformed(
        columns,
        ("ZZ99 3VZ", "zz1 1aa", None),
        ("ZZ99 3VZ", "ZZ1 1AA", "3.5"),
        ("ZZ99 3VZ", "ZZ99 3VZ", None),
        ("ZZ99 3VZ", "ZZ9 9ZZ", None),
        (None, "ZZ1 1AA", None),
        ("ZZ99 3VZ", "ZZ1 1AA", "far"),
    )
    assert [row[2] for row in found.rows] == [20.0, 3.5, 0.0, None, None, 20.0]
    assert (6, "miles", "not a number from 0 to 1e+15") in found.emptied


def test_a_distance_is_between_postcodes():
    with pytest.raises(ValueError, match="located"):
        a_contract(a_column("home"), a_column("miles", type="decimal", between=("home", "home")))


def test_without_a_directory_a_postcode_is_neither_kept_nor_a_fault():
    columns = (a_column("home", handling="locate"), a_date_column())
    found = conformed(columns, ("ZZ99 3VZ", "01/05/2025"))
    assert [row[0] for row in found.rows] == [None]
    assert found.emptied == []


# ---- the raw table ----


def test_the_raw_table_holds_pseudonyms_as_text_and_dropped_columns_not_at_all():
    columns = (
        an_identifier("child", type="integer"),
        a_column("post", handling="drop"),
        a_date_column(),
    )
    made = create_table(a_contract(*columns))
    assert '"child" varchar' in made
    assert '"decom" date' in made
    assert "post" not in made


def test_descriptions_become_comments_whatever_marks_they_hold():
    contract = a_contract(a_column(description="The child's note"), description="Children's rows")
    with duckdb.connect() as connection:
        connection.execute("create schema raw")
        connection.execute(create_table(contract))
        for comment in comment_table(contract):
            connection.execute(comment)
        assert connection.execute("select comment from duckdb_tables()").fetchall() == [
            ("Children's rows",)
        ]
        assert ("The child's note",) in connection.execute(
            "select comment from duckdb_columns() where schema_name = 'raw'"
        ).fetchall()
    assert quoted("O'Brien") == "'O''Brien'"


# ---- cells that hold more than one thing ----


def a_list(**given: object) -> Column:
    return a_column("factors", "list", **given)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a|b", ["a", "b"]),
        (" a | |b|", ["a", "b"]),
        ('["a", "b"]', ["a", "b"]),
        ("[]", []),
        ("a", ["a"]),
    ],
)
def test_a_cell_of_several_values_is_a_list(written, kept):
    assert value_of(a_list(), written) == kept


def test_values_of_a_list_that_no_code_set_knows_are_left_out_and_reported():
    stored = conformed((a_list(codes="sex_903"),), ("f|x|M",), ("F",), ("",))
    assert stored.rows == [(["F", "M"],), (["F"],)]
    assert stored.emptied == [
        (1, "factors", "holds a value that is not in the code set sex_903"),
    ]


def test_a_key_of_a_json_cell_is_a_column_of_its_own():
    keys = [
        a_column(key.lower(), "boolean", headers=("OUTCOME",), json_key=key)
        for key in ("NFA", "OUTCOME_CP")
    ]
    text = '{"NFA": "Y", "OUTCOME_CP": "N"}'
    assert conformed(keys, (text, text), ('{"NFA": 1}', '{"NFA": 1}')).rows == [
        (True, False),
        (True, None),
    ]


def test_a_key_is_found_under_each_name_it_has_had():
    stored = conformed(
        (a_column(json_key="NFA|OUTCOME_NFA"),), ('{"OUTCOME_NFA": "x"}',), ('{"NFA": "y"}',)
    )
    assert stored.rows == [("x",), ("y",)]


def test_words_beside_json_belong_to_the_column_that_takes_them():
    headers = ("OUTCOME",)
    words = a_column("words", headers=headers, takes="(?s)[^{].*")
    flag = a_column("flag", "boolean", headers=headers, json_key="NFA")
    stored = conformed((words, flag), ("none",) * 2, ('{"NFA": "Y"}',) * 2, ("{broken",) * 2)
    assert stored.rows == [("none", None), (None, True), (None, None)]
    assert (stored.blank_count, stored.emptied) == (
        0,
        [(3, "flag", "not a yes or no (0, 1, true, false)")],
    )


@pytest.mark.parametrize("written", ["{broken", "[1]", "plain", '{"NOTE": {"a": 1}'])
def test_a_cell_that_should_be_json_and_is_not_is_reported(written):
    beside = a_column("beside")
    stored = conformed((beside, a_column(json_key="NOTE")), ("x", written))
    assert stored.rows == [("x", None)]
    assert stored.emptied == [(1, "note", "not a JSON object")]


def test_words_that_stand_for_nothing_are_empty():
    stored = conformed(
        (a_column(), a_date_column()),
        ("PLACEHOLDER_DATA", " placeholder_data "),
        ("kept", ""),
        means_empty=("PLACEHOLDER_DATA",),
    )
    assert stored.rows == [("kept", None)]
    assert (stored.blank_count, stored.emptied) == (1, [])


@pytest.mark.parametrize("written", ["CHILD", "child", "Total", "GRAND TOTAL"])
def test_headings_in_the_middle_and_totals_at_the_foot_are_no_records(written):
    stored = conformed((an_identifier(required=True), a_column()), (written, "7"), ("7", "7"))
    assert len(stored.rows) == 1
    assert stored.quarantined == [(1, "child", "a heading or a total, not a record")]


def test_a_row_says_whose_it_is_and_stands_only_with_its_own_authority():
    columns = a_column("la_code"), a_column()
    stored = conformed(
        columns,
        (AUTHORITY, "a"),
        (f"{AUTHORITY}.0", "b"),
        ("", "c"),
        ("202", "d"),
        authority_in="la_code",
    )
    assert [note for _, note in stored.rows] == ["a", "b", "c"]
    assert stored.quarantined == [(4, "la_code", "names another authority")]


def test_of_two_dates_in_a_cell_the_one_that_counts_is_kept_and_the_other_reported():
    columns = a_date_column("seen", several="latest"), a_date_column("begun", several="earliest")
    two = "01/03/2026\n05/02/2026"
    stored = conformed(columns, (two, two), ("01/03/2026", "05/02/2026"))
    assert stored.rows == [(dt.date(2026, 3, 1), dt.date(2026, 2, 5))] * 2
    assert [fault[:2] for fault in stored.emptied] == [(1, "begun"), (1, "seen")]


def test_two_lines_that_are_not_both_dates_are_no_date():
    stored = conformed((a_column(), a_date_column(several="latest")), ("x", "01/03/2026\nsoon"))
    assert stored.rows == [("x", None)]


def test_two_dates_in_a_cell_do_not_cost_the_row():
    seen = a_date_column("seen", several="latest", required=True)
    ended = a_date_column("ended", several="latest", guards_row=True)
    two = "01/03/2026\n05/02/2026"
    assert len(conformed((seen, ended), (two, two)).rows) == 1


def test_what_is_written_around_an_identifier_does_not_make_another():
    number = an_identifier(namespace="registration", ignores=r"^\s*(SW)?\s*0*|\s")
    stored = conformed(
        (number,), ("SW12345",), ("12345",), ("sw0012345",), ("SW 12345",), ("54321",)
    )
    assert len({key for (key,) in stored.rows}) == 2


@pytest.mark.parametrize("written", ["C2", "c2 - Full care order", "C2: Full care order"])
def test_a_code_may_have_its_label_after_it(written):
    assert value_of(a_column(type="code", codes="legal_status"), written) == "C2"


def test_a_label_after_nothing_known_is_not_read_as_a_code():
    assert value_of(a_column(type="code", codes="legal_status"), "ZZ - Full care order") is None
