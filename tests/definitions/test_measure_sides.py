"""Every line that the definition of a measure draws has a unit row on either side of it.

The rows say themselves who is in the numerator, who is not and who is excluded. Two things no row
can say, so that the unit test says them under ``config.meta``: ``out_of_scope``, whom it gives and
of whom the measure must hold no record; and ``window_edges``, the subject on the last day that
counts (or the first) beside the one a day further.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import yaml

from orchestration.settings import PROJECT

FRAMEWORK = PROJECT / "seeds" / "framework"
MODELS = PROJECT / "models"
# A share of all residents comes counted, with no flag for anybody.
COMES_COUNTED = {"children_in_low_income_families"}
OF_CHILDREN = {"cohort_snapshot", "individual_progress"}
# A definition that looks at some days and no others: "1 to 365 days later", "45 or fewer English
# working days", "the 12 months to the date"; progress pairs are told in the notes.
WINDOW = re.compile(
    r"followed up|\d (?:or fewer )?(?:[a-z]+ ){0,2}days\b|\d+ (?:hours|weeks|months)\b"
    r"|follow-up lies at least",
    re.IGNORECASE,
)
# What ties the rows of one subject together.
SUBJECT_COLUMNS = {"child_id", "person_key", "family_key", "participation_id"}

Row = dict[str, Any]


def rows_of(seed: str) -> list[dict[str, str]]:
    with (FRAMEWORK / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def unit_tests() -> Iterator[dict[str, Any]]:
    for file in sorted(MODELS.rglob("*.yml")):
        described = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
        yield from described.get("unit_tests", [])


def rows_given(test: dict[str, Any]) -> Iterator[tuple[str, Row]]:
    for source in test["given"]:
        if isinstance(source.get("rows"), list):
            yield from ((source["input"], row) for row in source["rows"])


def rows_expected(test: dict[str, Any]) -> Iterator[tuple[str, Row]]:
    """Each expected row with its measure; a test of one measure need not name it in every row."""
    given = {
        row["measure_code"]
        for _, row in rows_given(test)
        if "denominator_flag" not in row and row.get("measure_code")
    }
    expected = test["expect"]["rows"]
    for row in expected if isinstance(expected, list) else []:
        for measure in [row["measure_code"]] if "measure_code" in row else given:
            yield measure, row


def is_about(row: Row, key: str) -> bool:
    # Where one event stands on several sides its key says on which.
    return not {key, f"{key} {row.get('cohort_code')}"}.isdisjoint(row.values())


def rows_about(test: dict[str, Any], key: str) -> list[tuple[str, Row]]:
    """What a test gives of a subject, found by its own key or that of one of its events."""
    subjects = {
        (column, value)
        for _, row in rows_given(test)
        if key in row.values()
        for column, value in row.items()
        if column in SUBJECT_COLUMNS and value is not None
    }
    return [
        (source, row)
        for source, row in rows_given(test)
        if key in row.values() or subjects & row.items()
    ]


def is_next_to(one: Any, other: Any) -> bool:
    if isinstance(one, date) and isinstance(other, date):
        return abs((one - other).days) == 1
    return type(one) is type(other) is int and abs(one - other) == 1


def is_a_day_further(one: Row, other: Row) -> bool:
    """Whether two rows say the same but for the day, whoever they are of."""
    differing = [
        column
        for column in one.keys() | other.keys()
        if not column.startswith("_")
        and not column.endswith(("_id", "_key"))
        and one.get(column) != other.get(column)
    ]
    return bool(differing) and all(
        is_next_to(one.get(column), other.get(column)) for column in differing
    )


def told(test: dict[str, Any], what: str) -> Iterator[tuple[str, Any]]:
    """Whom a test names under its own words for them, by measure."""
    for measure, named in test.get("config", {}).get("meta", {}).get(what, {}).items():
        yield from ((measure, each) for each in named)


@pytest.fixture(scope="module")
def tests() -> list[dict[str, Any]]:
    return list(unit_tests())


@pytest.fixture(scope="module")
def sides(tests) -> dict[str, set[str]]:
    """Which sides of numerator, denominator and window each measure has a row on."""
    found: dict[str, set[str]] = defaultdict(set)
    for test in tests:
        if not test["model"].startswith("measure__"):
            continue
        for measure, row in rows_expected(test):
            if row.get("numerator_flag") == 1:
                found[measure].add("in")
            # Where the unknown count as not achieved they are the other side.
            elif row.get("numerator_flag") == 0 or row.get("missing_code"):
                found[measure].add("out")
            if row.get("denominator_flag") == 0 or row.get("exclusion_code"):
                found[measure].add("excluded")
            else:
                found[measure].add("in_denominator")
    for test in tests:
        for measure, _ in told(test, "out_of_scope"):
            found[measure].add("excluded")
        for measure, _ in told(test, "window_edges"):
            found[measure].add("window")
    return found


@pytest.fixture(scope="module")
def of_children() -> list[dict[str, str]]:
    return [
        row
        for row in rows_of("indicators")
        if row["data_type"] in OF_CHILDREN
        and row["measure_code"]
        and row["measure_code"] not in COMES_COUNTED
    ]


def test_every_share_has_a_unit_row_on_both_sides_of_its_numerator(sides):
    # Answers are one measure, whatever was asked; which answers count comes with the question.
    asked = {row["measure_code"] for row in rows_of("survey_measures")}
    shares = {
        row["measure_code"]
        for row in rows_of("indicators")
        if row["measure_type"] == "proportion" and row["measure_code"]
    }
    one_sided = {
        share for share in shares - asked - COMES_COUNTED if not {"in", "out"} <= sides[share]
    }
    assert one_sided == set()


def test_every_measure_of_children_has_a_unit_row_in_its_denominator_and_one_left_out(
    sides, of_children
):
    one_sided = {
        row["measure_code"]
        for row in of_children
        if not {"in_denominator", "excluded"} <= sides[row["measure_code"]]
    }
    assert one_sided == set()


def test_every_measure_of_children_that_looks_at_some_days_has_unit_rows_at_their_edge(
    sides, of_children
):
    without_edges = {
        row["measure_code"]
        for row in of_children
        if WINDOW.search(
            " ".join(
                row[part]
                for part in ("time_basis", "denominator_population", "numerator", "notes")
                if part != "notes" or "follow-up lies" in row[part]
            )
        )
        and "window" not in sides[row["measure_code"]]
    }
    assert without_edges == set()


def test_whom_a_unit_test_says_to_be_out_of_scope_is_given_and_has_no_record(tests):
    wrong = [
        (test["name"], measure, key)
        for test in tests
        for measure, key in told(test, "out_of_scope")
        if not rows_about(test, key)
        or any(of == measure and is_about(row, key) for of, row in rows_expected(test))
        # Some other subject has to be in scope of what it is left out of.
        or not any(of == measure for of, _ in rows_expected(test))
    ]
    assert wrong == []


def test_the_edges_of_a_window_are_a_day_apart_and_read_differently(tests):
    def records(test: dict[str, Any], measure: str, key: str) -> list[Row]:
        return [
            {
                column: value
                for column, value in row.items()
                if column.startswith("is_") or column.endswith(("_flag", "_code"))
            }
            for of, row in rows_expected(test)
            if is_about(row, key) and (of == measure or "measure_code" not in row)
        ]

    wrong = [
        (test["name"], measure, inside, outside)
        for test in tests
        for measure, (inside, outside) in told(test, "window_edges")
        if not any(
            of_one == of_other and is_a_day_further(one, other)
            for of_one, one in rows_about(test, inside)
            for of_other, other in rows_about(test, outside)
        )
        or records(test, measure, inside) == records(test, measure, outside)
    ]
    assert wrong == []
