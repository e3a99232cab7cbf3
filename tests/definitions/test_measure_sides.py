"""Every share of the catalogue has a unit row that counts and one that does not."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from orchestration.settings import PROJECT

FRAMEWORK = PROJECT / "seeds" / "framework"
MEASURES = PROJECT / "models" / "marts" / "measures"
# A share of all residents comes counted, with no flag for anybody.
COMES_COUNTED = {"children_in_low_income_families"}


def rows_of(seed: str) -> list[dict[str, str]]:
    with (FRAMEWORK / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def unit_tests() -> Iterator[dict[str, Any]]:
    for file in sorted(MEASURES.glob("measure__*.yml")):
        described = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
        yield from described.get("unit_tests", [])


def rows_expected() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each expected row with its measure; a test of one measure need not name it in every row."""
    for test in unit_tests():
        given = {
            row["measure_code"]
            for source in test["given"]
            if isinstance(source.get("rows"), list)
            for row in source["rows"]
            if "denominator_flag" not in row and row.get("measure_code")
        }
        expected = test["expect"]["rows"]
        for row in expected if isinstance(expected, list) else []:
            for measure in [row["measure_code"]] if "measure_code" in row else given:
                yield measure, row


@pytest.fixture(scope="module")
def sides() -> dict[str, set[str]]:
    """Which sides of its numerator each measure has a row on."""
    found: dict[str, set[str]] = defaultdict(set)
    for measure, row in rows_expected():
        if row.get("numerator_flag") == 1:
            found[measure].add("in")
        # Where the unknown count as not achieved they are the other side.
        elif row.get("numerator_flag") == 0 or row.get("missing_code"):
            found[measure].add("out")
    return found


def test_every_share_has_a_unit_row_on_both_sides_of_its_numerator(sides):
    # Answers are one measure, whatever was asked; which answers count comes with the question.
    asked = {row["measure_code"] for row in rows_of("survey_measures")}
    shares = {
        row["measure_code"]
        for row in rows_of("indicators")
        if row["measure_type"] == "proportion" and row["measure_code"]
    }
    one_sided = {share for share in shares - asked - COMES_COUNTED if sides[share] != {"in", "out"}}
    assert one_sided == set()
