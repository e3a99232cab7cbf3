from pathlib import Path

import pytest

from orchestration.quality.conventions import load_conventions, with_conventions
from orchestration.quality.suites import Expectation, InvalidSuite, Suite

DATES = """
conventions:
  - tables: [intermediate.*, cohorts.*]
    except_tables: [intermediate.workers]
    columns: ["*_start_date", "*_end_date"]
    rule:
      name: "{second}_not_before_{first}"
      type: expect_column_pair_values_a_to_be_greater_than_b
      kwargs: {column_A: "{second}", column_B: "{first}", ignore_row_if: either_value_is_missing}
      severity: warning
      meta: {why: Time goes on, broken_by: {a_end_date: "date '2024-01-01'"}}
    good: {a_start_date: "date '2024-01-02'", a_end_date: "date '2024-01-02'"}
"""
COLUMNS = ["plan_start_date", "plan_end_date", "visit_start_date", "other_end_date"]


def names(folder: Path, table: str, *own: Expectation) -> list[str]:
    file = folder / "conventions.yml"
    file.write_text(DATES, encoding="utf-8")
    suite = with_conventions(Suite(table, own), load_conventions(file), COLUMNS)
    return [expectation.name for expectation in suite.expectations]


def test_two_columns_of_one_stem_are_compared_and_a_column_alone_is_not(tmp_path):
    assert names(tmp_path, "cohorts.a") == ["plan_end_date_not_before_plan_start_date"]


@pytest.mark.parametrize("table", ["intermediate.workers", "raw.plans"])
def test_a_table_outside_the_patterns_is_left_alone(tmp_path, table):
    assert names(tmp_path, table) == []


def test_what_a_table_says_of_itself_wins_over_a_convention(tmp_path):
    own = Expectation("t", {}, "critical", "Why", "plan_end_date_not_before_plan_start_date")

    assert names(tmp_path, "cohorts.a", own) == [own.name]


def test_a_convention_whose_example_has_none_of_its_columns_is_refused(tmp_path):
    file = tmp_path / "conventions.yml"
    file.write_text(DATES.replace("a_start_date:", "b_date:"), encoding="utf-8")

    with pytest.raises(InvalidSuite, match="none of its columns"):
        load_conventions(file)
