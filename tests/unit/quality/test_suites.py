from pathlib import Path

import pytest

from orchestration.contracts import ExtractContract
from orchestration.quality.suites import (
    Expectation,
    InvalidSuite,
    RetiredCode,
    Suite,
    load_retired_codes,
    load_suites,
    merge,
    suite_for,
)

PROJECT = Path(__file__).resolve().parents[3]

NOT_NULL = """
good: {child_id: "'bea'"}
expectations:
  - type: expect_column_values_to_not_be_null
    kwargs: {column: child_id}
    severity: critical
    meta: {why: A row is about a child, broken_by: {child_id: "null"}}
"""


def an_expectation(name: str, **given: object) -> Expectation:
    return Expectation(
        **{
            "type": "expect_column_values_to_not_be_null",
            "kwargs": {"column": "child_id"},
            "severity": "critical",
            "why": "A row is about a child",
            "name": name,
            **given,
        }
    )


def a_contract(**given: object) -> ExtractContract:
    return ExtractContract.model_validate(
        {
            "extract": "ssda903__episodes",
            "family": "ssda903",
            "forms": ("table",),
            "title": "Episodes",
            "description": "Episodes. One row per episode.",
            "source": "Guide to the SSDA903 collection",
            "grain": ["child", "decom"],
            "columns": [
                a_column("child", required=True, handling="pseudonymise", namespace="person"),
                a_column("decom", type="date", required=True),
                a_column("dec", type="date"),
                a_column("place", type="code", codes="placement_type"),
            ],
            **given,
        }
    )


def a_column(name: str, **given: object) -> dict[str, object]:
    return {"name": name, "headers": [name.upper()], "description": name, **given}


def written(folder: Path, text: str, table: str = "cohorts.cohort_snapshots") -> Path:
    (folder / f"{table}.yml").write_text(text, encoding="utf-8")
    return folder


def named(suite: Suite, name: str) -> Expectation:
    return next(expectation for expectation in suite.expectations if expectation.name == name)


def names(suite: Suite) -> list[str]:
    return [expectation.name for expectation in suite.expectations]


def test_a_suite_is_of_the_table_its_file_is_named_for(tmp_path):
    suites = load_suites(written(tmp_path, NOT_NULL))

    assert suites["cohorts.cohort_snapshots"].expectations == (
        an_expectation("child_id_column_values_to_not_be_null"),
    )


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ("severity", NOT_NULL.replace("critical", "serious")),
        ("why", NOT_NULL.replace("why: A row is about a child, ", "")),
        ("why", NOT_NULL.replace("A row is about a child", "' '")),
        ("broken_by", NOT_NULL.replace(', broken_by: {child_id: "null"}', "")),
        ("good", NOT_NULL.replace("good: {child_id: \"'bea'\"}\n", "")),
        ("owner", NOT_NULL + "    owner: someone\n"),
        ("type", NOT_NULL.replace("expect_column", "hope_column")),
        ("expectations", "expectations: []"),
        ("mapping values", "expectations: : :"),
        ("regexp_matches", NOT_NULL.replace("to_not_be_null", "to_match_regex")),
        (
            "needs a name",
            NOT_NULL.replace("expect_column_values_to_not_be_null", "unexpected_rows_expectation"),
        ),
        (
            "{batch}",
            """
good: {child_id: "'bea'"}
expectations:
  - name: nobody_is_lost
    type: unexpected_rows_expectation
    kwargs: {unexpected_rows_query: select 1 from cohorts.cohort_snapshots}
    severity: critical
    meta: {why: Because, broken_by: twice}
""",
        ),
        ("share the name", NOT_NULL + NOT_NULL.partition("expectations:\n")[2]),
    ],
)
def test_a_faulty_suite_is_refused_by_file_and_fault(tmp_path, fault, text):
    with pytest.raises(InvalidSuite) as refusal:
        load_suites(written(tmp_path, text))

    assert "cohorts.cohort_snapshots.yml" in str(refusal.value)
    assert fault in str(refusal.value)


@pytest.mark.parametrize("table", ["cohort_snapshots", "cohorts.Cohort", "a.b.c"])
def test_a_suite_whose_file_does_not_name_a_table_is_refused(tmp_path, table):
    with pytest.raises(InvalidSuite, match=r"schema\.table"):
        load_suites(written(tmp_path, NOT_NULL, table=table))


def test_required_columns_must_be_there_and_optional_ones_need_not():
    suite = suite_for(a_contract())

    assert {name for name in names(suite) if name.endswith("_is_given")} == {
        "child_is_given",
        "decom_is_given",
    }
    assert named(suite, "child_is_given").severity == "critical"


def test_the_grain_holds_within_a_file_and_a_break_is_only_a_warning():
    grain = named(suite_for(a_contract()), "one_row_per_child_decom")

    assert '_file_sha256, "child", "decom"' in grain.kwargs["unexpected_rows_query"]
    assert grain.severity == "warning"


def test_a_retired_code_is_looked_for_only_in_the_columns_of_its_code_set():
    retired = [
        RetiredCode("placement_type", "P2", 2025),
        RetiredCode("legal_status", "D1", 2025),
    ]

    suite = suite_for(a_contract(), retired)

    query = named(suite, "place_is_not_retired").kwargs["unexpected_rows_query"]
    year = 'coalesce(return_year, year("decom" + interval 9 month))'
    assert f"\"place\" = 'P2' and {year} >= 2025" in query
    assert "D1" not in query


def test_a_code_list_without_retired_codes_asks_nothing():
    assert "place_is_not_retired" not in names(suite_for(a_contract()))


def test_a_reference_file_has_no_return_year_and_so_no_retired_codes():
    contract = a_contract(is_reference=True)

    suite = suite_for(contract, [RetiredCode("placement_type", "P2", 2025)])

    assert "place_is_not_retired" not in names(suite)


def test_a_start_and_an_end_must_be_in_order():
    order = named(suite_for(a_contract(period_dates=["decom", "dec"])), "dec_not_before_decom")

    assert (order.kwargs["column_A"], order.kwargs["column_B"]) == ("dec", "decom")
    assert order.severity == "warning"


@pytest.mark.parametrize("dates", [[], ["decom"]])
def test_dates_that_are_not_a_start_and_an_end_are_not_compared(dates):
    suite = suite_for(a_contract(period_dates=dates))

    assert not [name for name in names(suite) if "_not_before_" in name]


@pytest.mark.parametrize(
    ("valid_to", "first_return_year"),
    [
        ("2024-03-31", 2025),
        ("2024-04-01", 2026),
        ("2023-10-28", 2025),
    ],
)
def test_a_code_is_retired_in_the_first_return_year_that_starts_after_its_last_day(
    tmp_path, valid_to, first_return_year
):
    seed = tmp_path / "codes.csv"
    seed.write_text(
        "code_set,code,label,code_group,valid_from,valid_to\n"
        f"placement_type,P2,Independent living,,,{valid_to}\n"
        "placement_type,U1,Foster care,,,\n",
        encoding="utf-8",
    )

    assert load_retired_codes(seed) == (RetiredCode("placement_type", "P2", first_return_year),)


def test_a_code_that_came_back_is_not_retired(tmp_path):
    seed = tmp_path / "codes.csv"
    seed.write_text(
        "code_set,code,valid_from,valid_to\nsex,1,,2024-03-31\nsex,1,2025-04-01,\n",
        encoding="utf-8",
    )

    assert load_retired_codes(seed) == ()


@pytest.mark.parametrize("row", ["sex,1,31/03/2024", "sex,1,soon"])
def test_an_unreadable_last_day_names_the_line_of_the_code_list(tmp_path, row):
    seed = tmp_path / "codes.csv"
    seed.write_text(f"code_set,code,valid_to\n{row}\n", encoding="utf-8")

    with pytest.raises(InvalidSuite, match=r"codes\.csv, line 2"):
        load_retired_codes(seed)


def test_what_is_written_by_hand_wins_over_what_a_contract_says():
    made = Suite("raw.a", (an_expectation("child_is_given"), an_expectation("made_only")))
    hand = Suite("raw.a", (an_expectation("child_is_given", severity="warning"),))

    merged = merge(made, hand)

    assert names(merged) == ["made_only", "child_is_given"]
    assert named(merged, "child_is_given").severity == "warning"


def test_suites_of_two_tables_do_not_merge():
    one, other = Suite("raw.a", ()), Suite("raw.b", ())

    with pytest.raises(InvalidSuite, match=r"raw\.a cannot be merged with one of raw\.b"):
        merge(one, other)


def test_every_suite_in_the_project_can_be_read():
    suites = load_suites(PROJECT / "expectations" / "tables")

    assert {"quality.extract_files", "release.indicator_values"} <= suites.keys()
