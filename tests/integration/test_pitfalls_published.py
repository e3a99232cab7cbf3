"""What is met in published files before their figures are read, each shown by the smallest file.

What the figures mean is tested in test_published_figures.py.
"""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from tests.contract_files import a_night_of
from tests.factories import csv_text, loaded, register, rows_of, unreconciled

WHERE = {
    "time_period": "2025",
    "time_identifier": "Reporting year",
    "geographic_level": "Local authority",
    "country_code": "E92000001",
    "country_name": "England",
    "region_code": "E13000001",
    "region_name": "Inner London",
    "old_la_code": "201",
    "new_la_code": "E09000001",
    "la_name": "City of London",
}
FIGURES = "raw.published__open_statistics"


def night(folder: Path, files: Mapping[str, str | bytes]) -> duckdb.DuckDBPyConnection:
    """A warehouse after a night with these files, of which every row is accounted for."""
    connection = loaded(folder, files, night=a_night_of("published"))
    assert unreconciled(connection) == []
    return connection


def figures(**cells: str) -> str:
    row = {**WHERE, **cells}
    return csv_text(list(row), row)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_belongs_to_no_authority_with_a_mark_of_byte_order_or_without(
    tmp_path: Path, encoding
):
    connection = night(tmp_path, {"figures.csv": figures(rate="21").encode(encoding)})
    file = register(connection)["figures.csv"]
    assert (file["status"], file["local_authority_code"]) == ("loaded", "")
    assert rows_of(connection, FIGURES, "time_period") != [(None,)]


@pytest.mark.parametrize(
    "heading", ["Anypoint_episodes", "2_years_or_more", "turnover_rate_fte_%", "at31_episodes"]
)
def test_headings_of_older_files_are_kept_as_they_are_written(tmp_path: Path, heading):
    connection = night(tmp_path, {"figures.csv": figures(**{heading: "1,234"})})
    ((cells,),) = rows_of(connection, FIGURES, "cells")
    assert {key.lower(): value for key, value in cells.items()}[heading.lower()] == "1,234"


@pytest.mark.parametrize(
    "symbol",
    [*"zxcku", "low", ":", ".", "..", "~", "-", "*", "[c]", "[x]", "[z]", "[low]", "[n]"],
)
def test_a_symbol_is_kept_beside_an_empty_value(tmp_path: Path, symbol):
    text = csv_text(
        [*WHERE, "age_group", "population_estimate"],
        {**WHERE, "age_group": "Children aged 0 to 17 years", "population_estimate": symbol},
    )
    connection = night(tmp_path, {"population_estimates.csv": text})
    assert rows_of(
        connection,
        "raw.published__population_estimates",
        "population_estimate, population_estimate_symbol",
    ) == [(None, symbol)]
    assert rows_of(connection, "quality.emptied_cells") == []


def test_codes_keep_their_zeros_and_both_codes_of_authorities_that_answer_together(tmp_path: Path):
    text = figures(old_la_code="940 / 941", new_la_code="E06000061 / E06000062", rate="3")
    connection = night(tmp_path, {"figures.csv": text})
    assert rows_of(connection, FIGURES, "old_la_code, new_la_code") == [
        ("940 / 941", "E06000061 / E06000062")
    ]


def test_an_empty_cell_of_a_geography_may_be_quoted(tmp_path: Path):
    text = figures(old_la_code="@", new_la_code="@", rate="3").replace("@", '""')
    connection = night(tmp_path, {"figures.csv": text})
    assert rows_of(connection, FIGURES, "old_la_code, new_la_code") == [(None, None)]


def test_columns_stand_in_any_order(tmp_path: Path):
    row = dict(reversed({**WHERE, "rate": "3"}.items()))
    connection = night(tmp_path, {"figures.csv": csv_text(list(row), row)})
    assert rows_of(connection, FIGURES, "old_la_code, region_code") == [("201", "E13000001")]


def test_a_blank_figure_is_nothing_and_a_blank_line_no_row(tmp_path: Path):
    row = {**WHERE, "rate": " ", "number": "3"}
    blank = dict.fromkeys(row, "")
    connection = night(tmp_path, {"figures.csv": csv_text(list(row), row, blank)})
    assert rows_of(connection, FIGURES, "cells['rate'], cells['number']") == [(None, "3")]
    assert register(connection)["figures.csv"]["rows_read"] == 1


def test_the_list_of_columns_beside_a_file_is_not_taken_for_figures(tmp_path: Path):
    meta = csv_text(
        ["col_name", "col_type", "label", "indicator_grouping", "indicator_unit", "indicator_dp"],
        ["rate", "Indicator", "Rate", "", "", "0"],
    )
    connection = night(tmp_path, {"figures.csv": figures(rate="3"), "figures.meta.csv": meta})
    found = register(connection)
    assert found["figures.csv"]["status"] == "loaded"
    assert found["figures.meta.csv"]["status"] == "refused"
    assert found["figures.meta.csv"]["reason"]
