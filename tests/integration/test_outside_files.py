"""Files that others made, read from beside the project: fake returns and published statistics."""

import csv

import duckdb
import pytest
from lxml import etree

from tests.factories import SHARED, loaded, register, the_contracts, unreconciled

SAMPLES = SHARED / "samples"
pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the samples that others made are not beside the project"
)
POPULATION = "ons_mid-year_population_estimates_2012_to_2024.csv"


def files_of(folder: str, below: str) -> dict[str, bytes]:
    """The samples of one folder by a name below a landing folder."""
    files = sorted((SAMPLES / folder).iterdir())
    return {f"{below}{file.name}": file.read_bytes() for file in files}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """A night with every sample; the looked-after files are of the year their dates show."""
    files = {
        **files_of("ssda903_fake", "201/"),
        **files_of("cin_census_fake", "201/"),
        **files_of("dfe_published", ""),
    }
    return loaded(tmp_path_factory.mktemp("night"), files)


def test_every_row_of_every_sample_is_accounted_for(warehouse):
    assert unreconciled(warehouse) == []
    assert {file["status"] for file in register(warehouse).values()} == {"loaded", "superseded"}


def test_looked_after_files_have_as_many_rows_as_another_reader_counts(warehouse):
    found = register(warehouse)
    for file in sorted((SAMPLES / "ssda903_fake").iterdir()):
        with file.open(encoding="utf-8-sig", newline="") as handle:
            count = sum(1 for row in csv.DictReader(handle) if any(row.values()))
        assert found[f"201/{file.name}"]["rows_read"] == count, file.name
        assert found[f"201/{file.name}"]["columns_extra"] == ""
        assert found[f"201/{file.name}"]["extract"].startswith("ssda903__")


def test_looked_after_files_are_of_one_year_which_they_do_not_name(warehouse):
    found = [f for n, f in register(warehouse).items() if f["family"] == "ssda903"]
    assert len(found) == 10
    assert len({file["return_year"] for file in found}) == 1
    assert {file["return_year_source"] for file in found} == {"inferred"}


def test_codes_that_no_guide_knows_are_emptied_and_listed(warehouse):
    listed = warehouse.execute(
        "select column_name, count(*) from quality.emptied_cells "
        "where extract = 'ssda903__placed_adoption' group by all"
    ).fetchall()
    assert ("reason_placed_ceased", 29) in listed


@pytest.mark.parametrize("year", [2024, 2026])
def test_every_block_of_a_census_has_as_many_rows_as_xpath_counts(warehouse, year):
    file = SAMPLES / "cin_census_fake" / f"CIN_Census_{year}.xml"
    document = etree.parse(str(file))
    rows = dict(
        warehouse.execute(
            "select extract, rows_read from quality.extract_files where file_name = ?",
            [f"201/{file.name}"],
        ).fetchall()
    )
    blocks = [c for c in the_contracts().values() if c.family == "cin_census"]
    assert set(rows) == {contract.extract for contract in blocks}
    for contract in blocks:
        above = "" if contract.path == "Header" else "Children/"
        elements = document.xpath(f"/Message/{above}{contract.path}")
        assert rows[contract.extract] == len(elements), contract.extract
        assert [
            line
            for (line,) in warehouse.execute(
                f"select _row_number from {contract.table} inner join quality.extract_files "
                "on _file_sha256 = file_sha256 and extract = ? where file_name = ? "
                "union select line_number from quality.quarantined_rows "
                "where extract = ? and file_name = ? order by all",
                [contract.extract, f"201/{file.name}"] * 2,
            ).fetchall()
        ] == sorted({element.sourceline for element in elements})


def test_a_census_is_of_its_reference_date_and_what_contradicts_it_is_noted(warehouse):
    censuses = [f for f in register(warehouse).values() if f["family"] == "cin_census"]
    for file in censuses:
        assert file["return_year"] == 2024
        assert "Read as the census of 2024; Year says 2023" in file["notes"]
    # Both say they are of 2024, although one was named for 2026: the later name counts.
    assert sorted(file["status"] for file in censuses) == ["loaded", "superseded"]


def test_the_published_population_of_england_is_reproduced(warehouse):
    (england,) = warehouse.execute(
        "select population_estimate from raw.published__population_estimates "
        "where geographic_level = 'National' and time_period = 2024 "
        "and age_group = 'Children aged 0 to 17 years'"
    ).fetchall()
    assert england == (12_183_016,)
    file = register(warehouse)[POPULATION]
    assert (file["rows_quarantined"], file["columns_missing"]) == (0, "")


def test_every_published_file_is_read_whole(warehouse):
    for file in (SAMPLES / "dfe_published").iterdir():
        with file.open(encoding="utf-8-sig", newline="") as handle:
            count = sum(1 for _ in csv.DictReader(handle))
        read = register(warehouse)[file.name]
        assert (read["rows_loaded"], read["rows_quarantined"]) == (count, 0), file.name
        assert (read["status"], read["columns_extra"]) == ("loaded", ""), file.name


def test_no_child_of_a_sample_is_known_by_number(warehouse):
    with (SAMPLES / "ssda903_fake" / "header.csv").open(newline="") as handle:
        first = next(csv.DictReader(handle))
    for contract in the_contracts().values():
        text = [
            column.name
            for column in contract.columns
            if column.is_stored and column.type in ("text", "code")
        ]
        if not text:
            continue
        for secret in (first["CHILD"], first["UPN"], "DfEX0000001", "A123456789123"):
            found = " or ".join(f'upper("{name}") = upper($secret)' for name in text)
            assert warehouse.execute(
                f"select count(*) from {contract.table} where {found}", {"secret": secret}
            ).fetchone() == (0,)
