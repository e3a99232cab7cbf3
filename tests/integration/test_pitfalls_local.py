"""What is met in local extracts, each shown by the smallest file."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from tests.contract_files import a_book, a_csv, rows_under
from tests.factories import a_night, loaded, register, rows_of, the_contracts, unreconciled

SERVICES, RESPONSES = "local__services", "local__survey_responses"
SAID = {"la_code": "201", "extract_date": "2026-06-15", "source_system": "mosaic"}


def night(folder: Path, files: Mapping[str, str | bytes]) -> duckdb.DuckDBPyConnection:
    """A warehouse after a night with these files, of which every row is accounted for."""
    names = (SERVICES, RESPONSES, "local__staff", "local__incidents", "local__zones")
    contracts = {name: the_contracts()[name] for name in names}
    connection = loaded(folder, files, night=a_night(contracts=contracts))
    assert unreconciled(connection) == []
    return connection


def test_a_table_is_named_for_its_authority_and_day(tmp_path: Path):
    text = a_csv(SERVICES, la_code="201", source_system="mosaic")
    connection = night(tmp_path, {"local_services_201_20260615.csv": text})
    assert rows_of(connection, f"raw.{SERVICES}", "local_authority_code, exported_date") == [
        ("201", dt.date(2026, 6, 15))
    ]


def test_the_day_in_the_rows_counts_for_more_than_the_one_in_the_name(tmp_path: Path):
    text = a_csv(SERVICES, **SAID)
    connection = night(tmp_path, {"local_services_201_20260616.csv": text})
    assert rows_of(connection, f"raw.{SERVICES}", "exported_date") == [(dt.date(2026, 6, 15),)]


def test_a_spreadsheet_with_the_same_headings_is_the_same_table(tmp_path: Path):
    connection = night(
        tmp_path, {"services.xlsx": a_book({"Sheet1": rows_under(SERVICES, **SAID)})}
    )
    assert rows_of(connection, f"raw.{SERVICES}", "local_authority_code, source_system") == [
        ("201", "mosaic")
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_columns_stand_in_any_order_in_either_encoding(tmp_path: Path, encoding):
    head, *rows = rows_under(SERVICES, **SAID)
    text = "\n".join(",".join(reversed(row)) for row in (head, *rows)) + "\n"
    connection = night(tmp_path, {"services.csv": text.encode(encoding)})
    assert register(connection)["services.csv"]["rows_loaded"] == 1


def test_each_sender_replaces_its_own_rows_only(tmp_path: Path):
    def services(day: int, system: str, count: int) -> str:
        rows = [{"service_code": f"{system} {n}"} for n in range(count)]
        given = {"extract_date": f"2026-06-{day}", "source_system": system}
        return a_csv(SERVICES, *rows, **{**SAID, **given})

    connection = night(
        tmp_path,
        {
            "a.csv": services(10, "mosaic", 3),
            "b.csv": services(11, "mosaic", 2),
            "c.csv": services(10, "health", 1),
        },
    )
    found = rows_of(connection, "quality.extract_files", "file_name, status, rows_loaded")
    assert found == [("a.csv", "superseded", 3), ("b.csv", "loaded", 2), ("c.csv", "loaded", 1)]
    # The earlier file is kept as a vintage.
    assert rows_of(connection, f"raw.{SERVICES}", "count(*)") == [(6,)]


def test_a_row_about_another_authority_is_put_aside(tmp_path: Path):
    text = a_csv(SERVICES, {"la_code": "201"}, {"la_code": "202"}, extract_date="2026-06-15")
    connection = night(tmp_path, {"201/services.csv": text})
    assert rows_of(connection, f"raw.{SERVICES}", "local_authority_code") == [("201",)]
    listed = rows_of(connection, "quality.quarantined_rows", "line_number, column_name")
    assert listed == [(3, "la_code")]


@pytest.mark.parametrize(
    ("written", "held"), [("2026-05-02", "2026-05-02"), ("02/05/2026", "2026-05-02")]
)
def test_dates_are_written_in_two_ways(tmp_path: Path, written, held):
    text = a_csv(RESPONSES, {"completed_date": written}, **SAID)
    connection = night(tmp_path, {"survey_responses.csv": text})
    assert str(rows_of(connection, f"raw.{RESPONSES}", "completed_date")[0][0]) == held


def test_yes_and_no_are_letters_or_other_spellings(tmp_path: Path):
    flags = ["Y", "N", "yes", "0", "TRUE", ""]
    rows = [{"response_id": f"{n}", "has_quote_consent": f} for n, f in enumerate(flags)]
    connection = night(tmp_path, {"survey_responses.csv": a_csv(RESPONSES, *rows, **SAID)})
    assert connection.execute(
        f"select has_quote_consent from raw.{RESPONSES} order by _row_number"
    ).fetchall() == [(True,), (False,), (True,), (False,), (True,), (None,)]


def test_a_date_and_time_keeps_its_time(tmp_path: Path):
    name, column = next(
        (name, column.name)
        for name, contract in the_contracts().items()
        for column in contract.columns
        if contract.family == "local" and column.type == "datetime"
    )
    contract = the_contracts()[name]
    text = a_csv(name, {column: "2026-05-02 14:30"}, **SAID)
    night_of_one = a_night(contracts={name: contract})
    connection = loaded(tmp_path, {"table.csv": text}, night=night_of_one)
    assert rows_of(connection, f"raw.{name}", column) == [(dt.datetime(2026, 5, 2, 14, 30),)]  # noqa: DTZ001


def test_values_separated_by_a_stroke_are_a_list(tmp_path: Path):
    name, column = next(
        (name, column)
        for name, contract in the_contracts().items()
        for column in contract.columns
        if contract.family == "local" and column.type == "list" and not column.codes
    )
    contracts = {name: the_contracts()[name]}
    for written, held in (("a|b | c", ["a", "b", "c"]), ("a", ["a"]), ("", None)):
        text = a_csv(name, {column.name: written}, **SAID)
        connection = loaded(tmp_path, {"table.csv": text}, night=a_night(contracts=contracts))
        assert rows_of(connection, f"raw.{name}", column.name) == [(held,)]


def test_words_of_a_person_are_kept_over_several_lines(tmp_path: Path):
    text = a_csv(RESPONSES, {"answer_text": 'I said "no",\nand again; no'}, **SAID)
    connection = night(tmp_path, {"survey_responses.csv": text})
    assert rows_of(connection, f"raw.{RESPONSES}", "answer_text") == [
        ('I said "no",\nand again; no',)
    ]


def test_an_empty_cell_is_missing_and_not_a_no_or_a_nought(tmp_path: Path):
    row = {"has_quote_consent": "", "answer_value": "", "age_years": ""}
    connection = night(tmp_path, {"survey_responses.csv": a_csv(RESPONSES, row, **SAID)})
    columns = "has_quote_consent, answer_value, age_years"
    assert rows_of(connection, f"raw.{RESPONSES}", columns) == [(None, None, None)]


def test_a_person_of_any_table_is_the_same_person(tmp_path: Path):
    columns = [
        (name, column.name)
        for name, contract in the_contracts().items()
        for column in contract.columns
        if contract.family == "local" and column.name in ("child_id", "person_id")
    ]
    names = {name for name, _ in columns}
    contracts = {name: the_contracts()[name] for name in names}
    told = {name: {c: "1001" for n, c in columns if n == name} for name in names}
    files = {f"201/{name}.csv": a_csv(name, cells, **SAID) for name, cells in told.items()}
    connection = loaded(tmp_path, files, night=a_night(contracts=contracts))
    found = {rows_of(connection, f"raw.{name}", column)[0] for name, column in columns}
    assert len(names) > 10
    assert len(found) == 1


def test_a_question_code_of_any_survey_adds_a_row_and_no_column(tmp_path: Path):
    rows = [{"response_id": "1", "question_code": code} for code in ("q_safe", "q_new_in_2027")]
    connection = night(tmp_path, {"survey_responses.csv": a_csv(RESPONSES, *rows, **SAID)})
    assert rows_of(connection, f"raw.{RESPONSES}", "question_code") == [
        ("q_new_in_2027",),
        ("q_safe",),
    ]
    assert rows_of(connection, "quality.emptied_cells") == []
