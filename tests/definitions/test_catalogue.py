"""The catalogue of indicators and the families of measures name the same measures.

A measure that no family yields would be read as none where its returns are loaded; one that the
catalogue does not name would be counted and then dropped. What a family yields is what its unit
tests expect of it, because those run its SQL and a row too many fails them; only where one rule
holds of every row of a seed, it is the measures that the seed names.
"""

import csv
import re
from pathlib import Path

import yaml

from orchestration.catalogue import CATALOGUE_FILE, catalogue_page

PROJECT = Path(__file__).parents[2]
MEASURES = PROJECT / "models" / "marts" / "measures"
TYPES = {"count", "rate", "proportion", "mean", "median", "ratio", "difference"}
# Questions of surveys differ in whom they are put to, answers of a return in whom they are of; the
# unit test tries each of those limits.
ONE_RULE = {
    "measure__survey_answers": "survey_measures",
    "measure__health_in_care": "health_in_care_measures",
}


def measured_indicators() -> list[dict[str, str]]:
    """Rows of the catalogue that a measure is computed for."""
    with (PROJECT / "seeds" / "framework" / "indicators.csv").open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["measure_code"]]


def measures_of_seed(seed: str) -> set[str]:
    """Measure codes that a seed names."""
    with (PROJECT / "seeds" / "framework" / f"{seed}.csv").open(encoding="utf-8") as file:
        return {row["measure_code"] for row in csv.DictReader(file)}


def yielded_by_family() -> dict[str, set[str]]:
    """Measure codes that the unit tests of each family expect, by the name of its model."""
    yielded = {family: measures_of_seed(seed) for family, seed in ONE_RULE.items()}
    for sql in MEASURES.glob("measure__*.sql"):
        if sql.stem in ONE_RULE:
            continue
        described = yaml.safe_load(sql.with_suffix(".yml").read_text(encoding="utf-8"))
        yielded[sql.stem] = {
            row["measure_code"]
            for unit_test in described.get("unit_tests", [])
            for row in unit_test["expect"]["rows"]
        }
    return yielded


def test_the_catalogue_names_every_measure_that_a_family_yields_and_no_other() -> None:
    in_catalogue = {row["measure_code"] for row in measured_indicators()}

    assert set().union(*yielded_by_family().values()) == in_catalogue


def test_a_measure_is_yielded_by_one_family() -> None:
    codes = [code for family in yielded_by_family().values() for code in family]

    assert sorted(codes) == sorted(set(codes))


def test_the_records_are_made_of_every_family() -> None:
    sql = (MEASURES / "measure_records.sql").read_text(encoding="utf-8")
    loop = re.search(r"for family in \[(.*?)\]", sql, flags=re.DOTALL)
    assert loop is not None

    read = {f"measure__{name}" for name in re.findall(r"'(\w+)'", loop.group(1))}

    assert read == yielded_by_family().keys()


def test_a_measured_indicator_says_how_it_is_read() -> None:
    for row in measured_indicators():
        where = row["indicator_id"]
        assert row["measure_type"] in TYPES, where
        assert set(row["period_types"].split(";")) <= {"month", "quarter", "year"}, where
        assert row["unknown_policy"] in {"EXCLUDE_AND_REPORT", "COUNT_AS_NOT_ACHIEVED"}, where
        assert row["source_extracts"], where


def test_a_rate_is_measured_only_where_its_population_is_loaded() -> None:
    for row in measured_indicators():
        if row["measure_type"] == "rate":
            assert "ref_population" in row["source_extracts"].split(";"), row["indicator_id"]


def test_the_page_of_the_catalogue_is_made_of_the_seeds_as_they_are() -> None:
    assert CATALOGUE_FILE.read_text(encoding="utf-8") == catalogue_page(), "run `make catalogue`"
