"""What no statutory return holds: it hangs together, and holds what every indicator counts."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.contracts import ExtractContract
from orchestration.simulate.feeds import QUERIES, WORDS
from orchestration.simulate.local_world import simulate_local
from orchestration.simulate.store import create_world
from tests.factories import PROJECT, the_codes, the_contracts

SMALL_WORLD = (Path(__file__).parent / "small_world.sql").read_text("utf-8")
AUTHORITIES = ("981", "982")
CONTRACTS = {n: c for n, c in the_contracts().items() if c.family == "local"}


def a_local_world(*more: str, seed: int = 7, threads: int = 2) -> duckdb.DuckDBPyConnection:
    """The small world with its local part, and every local feed of both authorities."""
    connection = duckdb.connect(config={"threads": threads})
    create_world(connection)
    connection.execute(SMALL_WORLD)
    connection.execute(f"update world.settings set seed = {seed}")
    for statement in more:
        connection.execute(statement)
    simulate_local(connection)
    return connection


def with_feeds(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The rows of every local feed, as ``feed.<extract>``."""
    connection.execute(WORDS.read_text("utf-8"))
    connection.execute("create schema feed")
    connection.execute(
        "set variable period_start = date '2022-04-01';"
        "set variable as_known_on = date '2026-03-31';"
        "set variable exported_on = date '2026-03-31'"
    )
    for extract in CONTRACTS:
        query = (QUERIES / f"{extract}.sql").read_text("utf-8")
        for place, authority in enumerate(AUTHORITIES):
            connection.execute(f"set variable authority = '{authority}'")
            into = f"insert into feed.{extract}" if place else f"create table feed.{extract} as"
            connection.execute(f"{into} {query}")
    return connection


@pytest.fixture(scope="module")
def world() -> Iterator[duckdb.DuckDBPyConnection]:
    with with_feeds(a_local_world()) as connection:
        yield connection


def count(world: duckdb.DuckDBPyConnection, query: str) -> int:
    """The one number of a query."""
    found = world.execute(query).fetchone()
    assert found is not None
    return int(found[0])


# ---- it holds what is counted ----


def local_fields() -> Iterator[tuple[str, str, str, str]]:
    """Indicator, extract, column and what must be there: a value, or empty for any."""
    with (PROJECT / "seeds" / "framework" / "indicators.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for source in row["source_fields"].split("; "):
                table, _, fields = source.partition(": ")
                if not table.startswith("local_"):
                    continue
                extract = table.replace("local_", "local__", 1)
                for field in fields.split(", "):
                    name, _, values = field.partition("=")
                    for value in values.split("|"):
                        yield row["indicator_id"], extract, name, value


def test_every_field_and_code_an_indicator_counts_is_in_the_simulated_data(
    world: duckdb.DuckDBPyConnection,
) -> None:
    fields = list(local_fields())
    lacking = {
        (extract, name, value)
        for _, extract, name, value in fields
        if not count(
            world,
            f'select count(*) from feed.{extract} where "{name}" is not null'
            + (f" and cast(\"{name}\" as varchar) = '{value}'" if value else ""),
        )
    }
    assert len(fields) > 900
    assert lacking == set()


def test_every_code_an_indicator_is_worded_with_is_in_the_simulated_data(
    world: duckdb.DuckDBPyConnection,
) -> None:
    codes = the_codes().sets
    worded = re.compile(r"[a-z]+(?:_[a-z0-9]+)+|\b[A-Z]{3,4}\b")
    text = {
        row["indicator_id"]: set(
            worded.findall(f"{row['denominator_population']} {row['numerator']} {row['notes']}")
        )
        for row in indicators()
    }
    lacking = set()
    for indicator, extract, name, _ in local_fields():
        column = next(c for c in CONTRACTS[extract].columns if c.name == name)
        for value in text[indicator] & set(codes.get(column.codes or "", {}).values()):
            if not count(
                world, f"select count(*) from feed.{extract} where \"{name}\" = '{value}'"
            ):
                lacking.add((indicator, extract, name, value))
    assert lacking == set()


def indicators() -> list[dict[str, str]]:
    with (PROJECT / "seeds" / "framework" / "indicators.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


# What nobody answers on another scale, scales and services that are all in use, and what only
# spend by service or audits of one would fill.
NEVER_FILLED = {
    "local__survey_responses": {"answer_value"},
    "local__survey_questions": {"valid_to_date"},
    "local__progress_measures": {"valid_to_date"},
    "local__services": {"end_date"},
    "local__audits": {"service_code"},
    "local__spend": {"service_code"},
}
# What the world made by hand leaves out and the simulation of lives has.
FIXTURE_LACKS = {
    "local__posts": {"end_date"},
    "local__placement_costs": {"provider_code"},
    "local__placement_details": {"ofsted_urn", "sibling_group_id", "sibling_plan_code"},
}


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=list(CONTRACTS))
def test_every_column_of_a_local_extract_is_filled_somewhere(
    world: duckdb.DuckDBPyConnection, contract: ExtractContract
) -> None:
    counts = ", ".join(f'count("{column.name}")' for column in contract.columns)
    filled = world.execute(f"select {counts} from feed.{contract.extract}").fetchone()
    assert filled is not None
    empty = {column.name for column, n in zip(contract.columns, filled, strict=True) if n == 0}
    expected = NEVER_FILLED.get(contract.extract, set()) | FIXTURE_LACKS.get(
        contract.extract, set()
    )
    assert empty == expected


# ---- it hangs together: each query returns the rows that break its sentence ----

RULES = (Path(__file__).parent / "local_rules.sql").read_text("utf-8")
SENTENCES = {
    rule.splitlines()[0].removeprefix("-- "): rule
    for rule in RULES.split("\n\n")
    if not rule.startswith("-- What must")
}


@pytest.mark.parametrize("rule", SENTENCES)
def test_every_local_world_holds_that(world: duckdb.DuckDBPyConnection, rule: str) -> None:
    assert world.execute(SENTENCES[rule]).fetchall() == []


# ---- the truth is what is written ----


def test_the_truth_of_surveys_is_what_the_feeds_hold(world: duckdb.DuckDBPyConnection) -> None:
    written = world.execute(
        """
        select responses.la_code, survey_code, questionnaire_type_code,
            responses.respondent_type_code, question_code, year(completed_date + interval 9 month),
            count(*), count(*) filter (where answer_code <> '9'),
            count(*) filter (where list_contains(
                str_split(questions.positive_answer_codes, '|'), answer_code))
        from feed.local__survey_responses as responses
        inner join feed.local__survey_questions as questions
            using (la_code, survey_code, survey_version, question_code)
        where questions.response_scale_code <> 'free_text'
        group by all order by all
        """
    ).fetchall()
    told = world.execute(
        """
        select local_authority_code, survey_code, questionnaire_type_code, respondent_type_code,
            question_code, return_year, answered_count, valid_count, positive_count
        from world.truth_questions order by all
        """
    ).fetchall()
    # An interviewer may write down in April what was said in March.
    differ = {row[:6] for row in set(written) ^ set(told)}
    assert len(told) > 500
    assert {row for row in differ if row[3] != "interviewer"} == set()
    asked = "sum(invited_count) filter (where invited_date is not null)"
    invited = count(world, f"select {asked} from feed.local__survey_invitations")
    assert invited == count(world, "select sum(invited_count) from world.truth_surveys")
    answered = "select count(distinct response_id) from feed.local__survey_responses"
    assert count(world, answered) <= count(
        world, "select sum(responded_count) from world.truth_surveys"
    )


def test_the_truth_of_progress_is_what_first_and_last_review_show(
    world: duckdb.DuckDBPyConnection,
) -> None:
    # Five-point scales that follow a programme: one course a place.
    shown = world.execute(
        """
        with pairs as (
            select measure_code, participation_id, item_number,
                min_by(score, review_date) filter (where review_type_code = 'baseline') as first,
                max_by(score, review_date) filter (where review_type_code <> 'baseline') as last
            from feed.local__progress_reviews
            where measure_code in ('family_five', 'parenting_five', 'resilience_five')
            group by all
        )
        select measure_code, count(*) filter (where last > first),
            count(*) filter (where last = first), count(*) filter (where last < first),
            count(*) filter (where last is null)
        from pairs group by all order by all
        """
    ).fetchall()
    told = world.execute(
        """
        select measure_code, sum(better_count), sum(same_count), sum(worse_count),
            sum(not_known_count)
        from world.truth_progress
        where measure_code in ('family_five', 'parenting_five', 'resilience_five')
        group by all order by all
        """
    ).fetchall()
    assert shown == told
    assert all(min(better, same, unknown) > 0 for _, better, same, _, unknown in told)


# ---- scenarios ----

IFS = (Path(__file__).parent / "intensive_family_support.sql").read_text("utf-8")


def test_intensive_family_support_gives_the_figures_of_the_register(
    world: duckdb.DuckDBPyConnection,
) -> None:
    measured = world.execute(IFS).fetchall()
    told = world.execute(
        "select indicator_id, numerator_count, denominator_count from world.truth_scenarios"
    ).fetchall()
    assert sorted(measured) == sorted(told)
    seed = {row["indicator_id"]: row["target_or_band"] for row in indicators()}
    for indicator, numerator, denominator in measured:
        value = numerator if denominator is None else f"{round(100 * numerator / denominator)}%"
        if indicator in seed:
            assert seed[indicator].split()[-1] == str(value), indicator


def test_children_in_care_say_less_good_from_the_month_the_scenario_names(
    world: duckdb.DuckDBPyConnection,
) -> None:
    scenario = (
        "insert into world.scenarios values ('numbers_up_views_down', 'authority', '1'), "
        "('numbers_up_views_down', 'from_date', '2024-09-01'), "
        "('numbers_up_views_down', 'positive_answers', '0.5')"
    )
    share = (
        "select cast(1000 * avg(cast(answer_code in ('4', '5') as integer)) as integer) "
        "from world.survey_responses where local_authority_code = '{}' and answer_code <> '9' "
        "and respondent_type_code = 'child' and service_status_code = '{}' "
        "and survey_code = 'children_views' and completed_date {} date '2024-09-01'"
    )
    with a_local_world(scenario) as after:
        for authority, status, when, ratio in (
            ("981", "looked_after", ">=", 0.5),
            ("981", "looked_after", "<", 1),
            ("981", "child_in_need", ">=", 1),
            ("982", "looked_after", ">=", 1),
        ):
            query = share.format(authority, status, when)
            assert count(after, query) / count(world, query) == pytest.approx(ratio, abs=0.12)


def test_the_board_finds_nine_in_ten_of_its_standards_at_band_two_or_above(
    world: duckdb.DuckDBPyConnection,
) -> None:
    shares = world.execute(
        "select distinct count(*) filter (where grade >= 2) / count(*) "
        "from feed.local__self_evaluation where instrument_code = 'sait' "
        "and rater_code = 'board' and is_applicable group by la_code, assessment_date"
    ).fetchall()
    assert shares == [(0.9,)]


# ---- the same seed, the same rows ----


def test_the_same_seed_gives_the_same_rows_on_any_number_of_threads(
    world: duckdb.DuckDBPyConnection,
) -> None:
    with a_local_world(threads=1) as other:
        for table in local_tables(world):
            rows = "string_agg(cast(t as varchar), '|' order by rowid)"
            query = f"select md5({rows}) from world.{table} as t"
            assert world.execute(query).fetchall() == other.execute(query).fetchall(), table


@pytest.fixture(scope="module")
def another_world() -> Iterator[duckdb.DuckDBPyConnection]:
    with a_local_world("delete from world.scenarios", seed=8) as connection:
        yield connection


def test_another_seed_gives_other_answers(
    world: duckdb.DuckDBPyConnection, another_world: duckdb.DuckDBPyConnection
) -> None:
    query = (
        "select response_id, question_code, answer_code from world.survey_responses order by all"
    )
    assert world.execute(query).fetchall() != another_world.execute(query).fetchall()


def test_without_the_scenario_no_family_is_in_intensive_family_support(
    another_world: duckdb.DuckDBPyConnection,
) -> None:
    assert count(another_world, "select count(*) from world.programme_family_members") == 0
    assert count(another_world, "select count(*) from world.truth_scenarios") == 0


def local_tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Every table of ``world_local.sql``."""
    schema = (PROJECT / "orchestration" / "simulate" / "world_local.sql").read_text("utf-8")
    return re.findall(r"create table world\.(\w+)", schema)
