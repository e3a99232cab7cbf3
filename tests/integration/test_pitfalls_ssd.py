"""What is met in tables of the Standard Safeguarding Dataset, each shown by the smallest file."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pa_parquet
import pytest

from tests.contract_files import a_csv
from tests.factories import a_night, loaded, register, rows_of, the_contracts, unreconciled


def night(
    folder: Path, files: Mapping[str, str | bytes], *extracts: str
) -> duckdb.DuckDBPyConnection:
    """A warehouse after a night with these files, of which every row is accounted for."""
    contracts = {f"ssd__{name}": the_contracts()[f"ssd__{name}"] for name in extracts}
    connection = loaded(folder, files, night=a_night(contracts=contracts))
    assert unreconciled(connection) == []
    return connection


def cells(folder: Path, extract: str, columns: str, *rows: Mapping[str, str]) -> list[tuple]:
    """What the rows of a table hold in the order of the file, no cell of which was emptied."""
    connection = night(folder, {f"201/ssd_{extract}.csv": a_csv(f"ssd__{extract}", *rows)}, extract)
    assert rows_of(connection, "quality.emptied_cells") == []
    return connection.execute(
        f"select {columns} from raw.ssd__{extract} order by _row_number"
    ).fetchall()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_is_read_in_the_encodings_of_its_tools(tmp_path: Path, encoding):
    text = a_csv("ssd__person", {"pers_person_id": "1001", "pers_nationality": "Côte d’Ivoire"})
    connection = night(tmp_path, {"201/ssd_person.csv": text.encode(encoding)}, "person")
    assert rows_of(connection, "raw.ssd__person", "pers_nationality") == [("Côte d’Ivoire",)]


def test_a_table_comes_as_parquet_too(tmp_path: Path):
    file = tmp_path / "ssd_person.parquet"
    born = dt.datetime(2012, 2, 3)  # noqa: DTZ001
    told = {"pers_person_id": [1001], "pers_dob": [born], "pers_sex": ["F"], "pers_gender": [None]}
    pa_parquet.write_table(pa.table(told), file)
    connection = night(tmp_path, {"201/ssd_person.parquet": file.read_bytes()}, "person")
    assert rows_of(connection, "raw.ssd__person", "pers_dob, pers_sex") == [
        (dt.date(2012, 2, 3), "F")
    ]
    as_text = a_csv("ssd__person", {"pers_person_id": "1001"})
    again = night(tmp_path / "csv", {"201/ssd_person.csv": as_text}, "person")
    assert rows_of(connection, "raw.ssd__person", "pers_person_id") == rows_of(
        again, "raw.ssd__person", "pers_person_id"
    )


def test_a_time_of_midnight_is_a_date(tmp_path: Path):
    written = ["2012-02-03", "2012-02-03 00:00:00", "2012-02-03 00:00:00.000", "03/02/2012"]
    rows = [{"pers_person_id": f"{n}", "pers_dob": day} for n, day in enumerate(written)]
    assert cells(tmp_path, "person", "pers_dob", *rows) == [(dt.date(2012, 2, 3),)] * 4


def test_a_placeholder_is_nothing(tmp_path: Path):
    row = {"pers_person_id": "1001", "pers_nationality": "PLACEHOLDER_DATA"}
    row |= {"pers_dob": "PLACEHOLDER_DATA", "pers_sex": " placeholder_data "}
    found = cells(tmp_path, "person", "pers_nationality, pers_dob, pers_sex", row)
    assert found == [(None, None, None)]


def test_an_empty_table_is_taken_and_has_no_rows(tmp_path: Path):
    head = a_csv("ssd__person").splitlines(keepends=True)[0]
    connection = night(tmp_path, {"201/ssd_person.csv": head}, "person")
    file = register(connection)["201/ssd_person.csv"]
    # Later models read a table without rows as not supplied.
    assert (file["status"], file["rows_read"]) == ("loaded", 0)


def test_a_distance_of_999_9_is_not_known(tmp_path: Path):
    distances = ["999.9", "12.5", "0", ""]
    rows = [
        {"clap_cla_placement_id": f"{n}", "clap_cla_placement_distance": d}
        for n, d in enumerate(distances)
    ]
    found = cells(tmp_path, "cla_placement", "clap_cla_placement_distance", *rows)
    assert found == [(None,), (12.5,), (0.0,), (None,)]


def test_a_part_known_date_is_kept_as_it_was_written(tmp_path: Path):
    (extract, column) = next(
        (name.removeprefix("ssd__"), column.name)
        for name, contract in the_contracts().items()
        for column in contract.columns
        if column.name == "lapp_previous_permanence_order_date"
    )
    for written in ("zz/05/2019", "zz/zz/zzzz", "03/05/2019"):
        assert cells(tmp_path, extract, column, {column: written}) == [(written,)]


def test_the_category_of_a_plan_may_be_words(tmp_path: Path):
    words = ["Neglect", "Physical abuse", "NEG", "Emotional Abuse", "Sexual abuse"]
    rows = [
        {"cppl_cp_plan_id": f"{n}", "cppl_cp_plan_initial_category": w} for n, w in enumerate(words)
    ]
    found = cells(tmp_path, "cp_plans", "cppl_cp_plan_initial_category", *rows)
    assert found == [("NEG",), ("PHY",), ("NEG",), ("EMO",), ("SAB",)]


def test_a_legal_status_of_no_return_is_kept_as_it_was_written(tmp_path: Path):
    rows = [
        {"lega_legal_status_id": f"{n}", "lega_legal_status": status}
        for n, status in enumerate(["C2", "Supervision order", "C2 - Full care order"])
    ]
    found = cells(tmp_path, "legal_status", "lega_legal_status", *rows)
    assert found == [("C2",), ("Supervision order",), ("C2 - Full care order",)]


def test_yes_and_no_are_letters_and_bits(tmp_path: Path):
    rows = [
        {"cppl_cp_plan_id": f"{n}", "cppl_cp_plan_ola": flag}
        for n, flag in enumerate(["Y", "N", "1", "0", "true", ""])
    ]
    found = cells(tmp_path, "cp_plans", "cppl_cp_plan_ola", *rows)
    assert found == [(True,), (False,), (True,), (False,), (True,), (None,)]


def test_an_absent_key_of_an_object_is_not_recorded(tmp_path: Path):
    plan = '{"REMAINSUP":"Y","ADOPTION":"N"}'
    found = cells(
        tmp_path,
        "cla_care_plan",
        "lacp_remainsup, lacp_adoption, lacp_suppliv",
        # Any of the columns that take a key of it names the cell.
        {"lacp_table_id": "1", "lacp_remainsup": plan},
    )
    assert found == [(True, False, None)]


def test_a_person_has_the_key_of_the_returns_where_the_number_is_the_same(tmp_path: Path):
    contracts = {name: the_contracts()[name] for name in ("ssd__person", "ssda903__header")}
    connection = loaded(
        tmp_path,
        {
            "201/ssd_person.csv": a_csv("ssd__person", {"pers_person_id": "1001"}),
            "201/2026/header.csv": a_csv("ssda903__header", {"child": "1001"}),
        },
        night=a_night(contracts=contracts),
    )
    assert rows_of(connection, "raw.ssd__person", "pers_person_id") == rows_of(
        connection, "raw.ssda903__header", "child"
    )


def test_a_registration_number_has_one_key_however_it_is_written(tmp_path: Path):
    written = ["SW12345", "sw 012345", "0000012345", "12345"]
    rows = [
        {"prof_professional_id": f"{n}", "prof_social_worker_registration_no": number}
        for n, number in enumerate(written)
    ]
    keys = cells(tmp_path, "professionals", "prof_social_worker_registration_no", *rows)
    assert len(keys) == len(written)
    assert len(set(keys)) == 1


def test_a_key_that_repeats_costs_no_row(tmp_path: Path):
    rows = [{"fami_table_id": str(n), "fami_family_id": "9"} for n in range(2)]
    found = cells(tmp_path, "family", "fami_family_id", *rows)
    assert len(found) == 2 and len(set(found)) == 1


def test_a_caseload_is_what_was_held_on_one_day(tmp_path: Path):
    rows = [
        {"prof_professional_id": f"{n}", "prof_professional_caseload": c}
        for n, c in enumerate(["0", "17", "", "17.0"])
    ]
    found = cells(tmp_path, "professionals", "prof_professional_caseload", *rows)
    assert found == [(0,), (17,), (None,), (17,)]


def test_a_reload_replaces_the_table_of_the_night_before(tmp_path: Path):
    first = a_csv("ssd__person", {"pers_person_id": "1"}, {"pers_person_id": "2"})
    then = a_csv("ssd__person", {"pers_person_id": "1"})
    connection = night(
        tmp_path,
        {"201/2026-06-01/ssd_person.csv": first, "201/2026-06-02/ssd_person.csv": then},
        "person",
    )
    found = rows_of(connection, "quality.extract_files", "file_name, status")
    assert [status for _, status in found] == ["superseded", "loaded"]


def test_no_name_or_address_is_stored(tmp_path: Path):
    row = {"addr_address_postcode": "ZZ99 3VZ", "addr_address_json": '{"STREET":"Dougal Lane"}'}
    found = str(cells(tmp_path, "address", "*", row))
    assert "ZZ99" not in found and "Dougal" not in found
