"""What is met in real files of the workforce census, each shown by the smallest file."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from tests.contract_files import a_csv, a_night_of
from tests.factories import loaded, rows_of, unreconciled

WORKER = "raw.csww__worker"


def night(folder: Path, files: Mapping[str, str | bytes]) -> duckdb.DuckDBPyConnection:
    """A warehouse after a night with these files, of which every row is accounted for."""
    connection = loaded(folder, files, night=a_night_of("csww"))
    assert unreconciled(connection) == []
    return connection


def a_worker(number: str = "SW12345", **elements: str) -> str:
    told = {"SWENo": number, "RoleStartDate": "2024-11-01", **elements}
    inside = "".join(f"<{tag}>{text}</{tag}>" for tag, text in told.items())
    return f"<CSWWWorker>{inside}</CSWWWorker>"


def a_census(*workers: str, year: int = 2025, authority: str = "201") -> str:
    return (
        "<Message><Header><CollectionDetails><Collection>CSWW</Collection>"
        f"<Year>{year}</Year><ReferenceDate>{year}-09-30</ReferenceDate></CollectionDetails>"
        f"<Source><LEA>{authority}</LEA></Source></Header>{''.join(workers or (a_worker(),))}"
        "</Message>"
    )


def census(folder: Path, *workers: str) -> duckdb.DuckDBPyConnection:
    return night(folder, {"201/csww.xml": a_census(*workers)})


def faults(connection: duckdb.DuckDBPyConnection) -> list[tuple]:
    return rows_of(connection, "quality.emptied_cells", "column_name") + rows_of(
        connection, "quality.quarantined_rows", "column_name"
    )


@pytest.mark.parametrize(
    "name", ["social_work_workforce_2025.xml", "csww_2025.xml", "201_csww_2025.xml"]
)
def test_a_census_is_of_the_year_to_30_september_under_each_name_it_has(tmp_path: Path, name):
    connection = night(tmp_path, {name: a_census()})
    files = rows_of(connection, "quality.extract_files", "distinct status, return_year, notes")
    assert files == [("loaded", 2025, "")]
    assert rows_of(connection, WORKER, "return_year") == [(2025,)]


def test_workers_also_come_as_a_flat_table_under_the_same_names(tmp_path: Path):
    text = a_csv("csww__worker", {"swe_number": "SW12345", "role_start_date": "2024-11-01"})
    connection = night(
        tmp_path, {"201/csww_2025.csv": text, "202/csww.xml": a_census(authority="202")}
    )
    assert (
        rows_of(connection, WORKER, "role_start_date, return_year")
        == [(dt.date(2024, 11, 1), 2025)] * 2
    )


def test_a_number_of_the_earlier_register_is_the_same_worker(tmp_path: Path):
    then, now = (
        a_csv("csww__worker", {"swe_number": "SW12345", "role_start_date": f"{year}-11-01"})
        for year in (2018, 2024)
    )
    for heading in ("HCPC", "HCPCNo"):
        old = then.replace("SWENo", heading)
        connection = night(tmp_path, {"201/csww_2019.csv": old, "201/csww_2025.csv": now})
        assert rows_of(connection, WORKER, "count(*), count(distinct swe_number)") == [(2, 1)]


def test_the_letters_of_a_number_may_be_small(tmp_path: Path):
    connection = census(tmp_path, a_worker("SW12345"), a_worker("sw12345"), a_worker(" SW12345 "))
    assert rows_of(connection, WORKER, "count(*), count(distinct swe_number)") == [(3, 1)]


def test_a_number_without_letters_or_filled_with_zeros_is_kept(tmp_path: Path):
    connection = census(tmp_path, a_worker("12345"), a_worker("SW0012345"))
    assert rows_of(connection, WORKER, "count(swe_number)") == [(2,)]
    assert faults(connection) == []


def test_one_worker_in_two_posts_is_two_rows(tmp_path: Path):
    connection = census(tmp_path, a_worker(FTE="0.5"), a_worker(FTE="0.4"))
    assert rows_of(connection, WORKER, "count(distinct swe_number), sum(fte)") == [(1, 0.9)]


def test_agency_rows_are_never_made_one(tmp_path: Path):
    connection = census(tmp_path, *[a_worker(AgencyWorker="1")] * 2)
    assert rows_of(connection, WORKER, "count(*), count(distinct worker_row_id)") == [(2, 2)]


def test_unknown_and_not_yet_collected_stay_apart_where_workers_come_from_and_go(tmp_path: Path):
    connection = census(
        tmp_path,
        a_worker(StartOrigin="9"),
        a_worker(StartOrigin="10"),
        a_worker(LeaverDestination="8", RoleEndDate="2025-05-01"),
        a_worker(LeaverDestination="9", RoleEndDate="2025-05-01"),
    )
    found = rows_of(connection, WORKER, "start_origin, leaver_destination")
    assert found == [("10", None), ("9", None), (None, "8"), (None, "9")]
    assert faults(connection) == []


def test_where_workers_qualified_is_kept_in_any_words(tmp_path: Path):
    worker = a_worker().replace(
        "</CSWWWorker>",
        "<QualInst>Univ. of Life; and others</QualInst><QualInst>UoL</QualInst></CSWWWorker>",
    )
    connection = census(tmp_path, a_worker("SW9"), worker)
    assert rows_of(
        connection,
        "raw.csww__worker_qualification_institution",
        "worker_row_id, qualifying_institution",
    ) == [(2, "Univ. of Life; and others"), (2, "UoL")]


def test_a_table_with_an_age_band_in_place_of_the_date_of_birth_is_read(tmp_path: Path):
    text = a_csv("csww__worker", {"swe_number": "SW1"}).replace("PersonBirthDate", "AgeBand")
    connection = night(tmp_path, {"201/csww_2025.csv": text})
    assert rows_of(connection, WORKER, "date_of_birth") == [(None,)]
    ((missing, extra),) = rows_of(
        connection, "quality.extract_files", "columns_missing, columns_extra"
    )
    assert "date_of_birth" in missing
    assert "AgeBand" in extra


@pytest.mark.parametrize(
    ("element", "column", "codes"),
    [("GenderCurrent", "gender", "129"), ("Sex", "gender", "MF"), ("OrgRole", "org_role", "56")],
)
def test_codes_of_old_and_new_years_are_read(tmp_path: Path, element, column, codes):
    connection = census(tmp_path, *[a_worker(**{element: code}) for code in codes])
    assert len(set(rows_of(connection, WORKER, column)) - {(None,)}) == len(codes)
    assert faults(connection) == []


def test_each_block_stands_where_the_schema_puts_it_or_elsewhere(tmp_path: Path):
    vacancies = "<LALevelVacancies><NumberOfVacancies>3.5</NumberOfVacancies></LALevelVacancies>"
    for parts in ((vacancies, a_worker()), (a_worker(), vacancies)):
        connection = census(tmp_path, *parts)
        assert rows_of(connection, "raw.csww__la_level_vacancies", "vacancies_fte") == [(3.5,)]
        assert rows_of(connection, WORKER, "worker_row_id") == [(1,)]
