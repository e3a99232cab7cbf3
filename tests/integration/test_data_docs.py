"""Great Expectations' own pages of the gates: one for each suite, with counts and no cell."""

import re
from collections.abc import Iterator

import duckdb
import pytest

from orchestration.quality.suites import UNEXPECTED_ROWS, Expectation, Suite

# Stands for what must never be seen outside the warehouse.
SECRET = "zebedee"


def a_rule(type_: str, name: str, **kwargs: object) -> Expectation:
    return Expectation(type_, kwargs, "critical", f"Why {name}.", name)


SUITE = Suite(
    "raw.episodes",
    (
        a_rule("expect_column_values_to_not_be_null", "child_is_given", column="child"),
        a_rule("expect_column_values_to_be_in_set", "child_is_known", column="child", value_set=[]),
        a_rule(
            UNEXPECTED_ROWS,
            "nobody_is_over_25",
            unexpected_rows_query="select * from {batch} where age > 25",
        ),
    ),
)
OTHER = Suite("cohorts.months", (a_rule(*["expect_column_values_to_not_be_null"] * 2, column="m"),))


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        for schema in ("raw", "cohorts"):
            opened.execute(f"create schema {schema}")
        opened.execute(
            f"create table raw.episodes as select '{SECRET}' || n as child, n as age "
            "from range(24, 29) as rows (n)"
        )
        opened.execute("create table cohorts.months as select 1 as m")
        yield opened


@pytest.fixture(scope="module")
def pages(
    connection: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Every page by its place below the folder, of two gates and one without a suite."""
    from orchestration.quality.data_docs import write_data_docs

    folder = tmp_path_factory.mktemp("docs") / "checks"
    gates = {"gate_one": [SUITE], "gate_two": [OTHER, Suite("raw.others", ())], "gate_three": []}
    write_data_docs(connection, gates, folder)
    return {
        file.relative_to(folder).as_posix(): file.read_text("utf-8")
        for file in folder.rglob("*.html")
    }


def test_every_suite_has_a_page_and_one_for_what_it_found_and_all_lead_on_from_the_first(pages):
    suites = {name for name in pages if name.startswith("expectations/")}
    found = {name for name in pages if name.startswith("validations/")}

    assert suites == {"expectations/raw/episodes.html", "expectations/cohorts/months.html"}
    assert len(found) == 2
    front = pages["index.html"]
    assert set(re.findall('href="([^"]+)"', front)) == found
    assert "<td>3</td><td>2</td>" in front
    assert "<td>1</td><td></td>" in front


def test_a_page_names_the_rules_and_their_counts_and_shows_no_cell(pages):
    (page,) = (text for name, text in pages.items() if name.startswith("validations/raw/"))

    for rule in ("child_is_given", "child_is_known", "nobody_is_over_25"):
        assert rule in page
    assert "100% unexpected" in page
    assert not [name for name, text in pages.items() if SECRET in text]


def test_no_page_asks_another_server_for_anything(pages):
    asked = re.compile(r"<(?:link|script|img|iframe)[^>]*https?:|@import|url\([\"']?https?:")

    assert not [name for name, text in pages.items() if asked.search(text)]


def test_a_check_that_cannot_be_answered_is_no_page_that_quotes_a_cell(connection, tmp_path):
    from orchestration.quality.data_docs import write_data_docs
    from orchestration.quality.validate import UnanswerableExpectation

    cast = "select * from {batch} where cast(child as integer) > 0"
    faulty = Suite("raw.episodes", (a_rule(UNEXPECTED_ROWS, "cast", unexpected_rows_query=cast),))

    with pytest.raises(UnanswerableExpectation) as refused:
        write_data_docs(connection, {"gate_one": [faulty]}, tmp_path / "checks")

    assert SECRET not in str(refused.value)
    assert not list(tmp_path.rglob("*.html"))
