"""The invented sample, from landing folder to published files."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
import yaml
from lxml import etree

from orchestration.publish.superset import BUNDLE
from orchestration.report_run import TRY_NEXT
from orchestration.settings import PROJECT
from tests.cookbook import COOKBOOK, recipes
from tests.end_to_end.nights import SAMPLES, SAMPLES_AS_AT, Night, contents, run_night

HERE = Path(__file__).parent
IDENTIFIERS = {"CHILD", "UPN", "LAchildID", "FormerUPN", "HOME_POST", "PL_POST", "SW_ID"}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    night = run_night(tmp_path_factory.mktemp("sample"), SAMPLES, as_at=SAMPLES_AS_AT)
    assert night.exit_code == 0, night.said
    return night


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_figures_equal_what_was_counted_from_the_invented_lives(night):
    published = {
        (measure_code, period): (numerator, known)
        for measure_code, period, numerator, known in night.ask(
            """
            select measure_code, period_id, indicator_values.numerator, n_known
            from outcomes.indicator_values
            inner join reference.indicators using (indicator_id)
            where breakdown = 'all' and indicators.measure_type <> 'rate'
            """
        )
    }

    for row in _rows(HERE / "sample_truth.csv"):
        numerator, known = published[row["indicator"], row["period"]]
        assert numerator == float(row["numerator"]), row
        if row["denominator"]:
            assert known == int(row["denominator"]), row


def test_values_and_limits_are_the_expected_ones(night):
    """After a change on purpose, say in the commit which figure moved, how far and why."""
    found = night.ask(
        """
        select
            indicator_id, period_id, format('{:.4f}', value), format('{:.4f}', lower95),
            format('{:.4f}', upper95), n_denominator, n_known, coalesce(symbol, '')
        from outcomes.indicator_values
        where breakdown = 'all' and period_type = 'year' order by all
        """
    )

    expected = [tuple(row.values()) for row in _rows(HERE / "expected_values.csv")]
    assert [tuple("" if cell is None else str(cell) for cell in row) for row in found] == expected


def test_every_row_of_every_file_is_loaded_or_quarantined(night):
    files = night.ask(
        "select file_name, rows_read, rows_loaded, rows_quarantined from quality.extract_files "
        "where status <> 'refused'"
    )

    assert len(files) > 30
    for name, read, loaded, quarantined in files:
        assert read == loaded + quarantined, name


def test_the_deliberate_faults_are_found_on_their_lines(night):
    page = (SAMPLES.parents[1] / "docs" / "sample_extracts.md").read_text("utf-8")
    recorded = {
        (name, int(line))
        for name, line in re.findall(r"^\| `([^`]+)` \| (\d+) \|", page, flags=re.MULTILINE)
    }

    found = set(
        night.ask(
            "select file_name, line_number from quality.quarantined_rows "
            "union select file_name, line_number from quality.emptied_cells"
        )
    )

    assert found == recorded


def test_a_file_that_no_contract_knows_is_listed_with_the_reason(night):
    assert night.ask(
        "select status from quality.extract_files where file_name = '999/notes_from_the_team.csv' "
        "and reason like 'No contract knows%'"
    ) == [("refused",)]
    assert "notes_from_the_team.csv" in night.said


def test_a_figure_is_the_sum_of_its_records_and_each_has_its_file_and_line(night):
    disagreeing = night.ask(
        """
        with summed as (
            select
                indicator_id, local_authority_code, period_id,
                sum(numerator_flag) as numerator, sum(denominator_flag) as denominator
            from measures.measure_records group by all
        )

        select indicator_id, period_id
        from outcomes.indicator_values as published
        inner join reference.indicators as indicators using (indicator_id)
        left join summed using (indicator_id, local_authority_code, period_id)
        where published.breakdown = 'all' and indicators.measure_type in ('proportion', 'count')
            and published.n_known > 0
            and (published.numerator, published.n_denominator)
            is distinct from (summed.numerator, summed.denominator)
        """
    )
    without_file = night.ask(
        """
        select count(*) from measures.measure_records as records
        anti join quality.extract_files as files on records._file_sha256 = files.file_sha256
        """
    )

    assert disagreeing == []
    assert without_file == [(0,)]


def test_the_line_of_a_record_is_the_line_of_the_file(night):
    """The children with three placements or more: their line holds an episode open on the day."""
    lines = night.ask(
        """
        select distinct files.file_name, records._row_number
        from measures.measure_records as records
        inner join quality.extract_files as files
            on records._file_sha256 = files.file_sha256 and files.extract = 'ssda903__episodes'
        where records.indicator_id = 'rees_child_stability_3plus_placements'
            and records.period_id = '2025-26' and records.numerator_flag = 1
        """
    )

    assert len(lines) == 40
    for name, line in lines:
        text = (SAMPLES / str(name)).read_text("utf-8").splitlines()
        header, row = text[0].split(","), text[int(str(line)) - 1].split(",")
        assert row[header.index("DEC")] == ""


def test_what_to_try_next_works(night):
    for _, is_internal, sql in TRY_NEXT:
        assert night.ask(sql, internal=is_internal)


def test_every_published_table_and_column_says_what_it_is(night):
    for file in (night.release, night.internal):
        with duckdb.connect(str(file), read_only=True) as db:
            silent = db.execute(
                "select schema_name || '.' || table_name from duckdb_tables() "
                "where comment is null union all "
                "select table_name || '.' || column_name from duckdb_columns() "
                "where not internal and comment is null"
            ).fetchall()
        assert silent == [], file.name


def test_an_outcome_is_judged_only_where_two_kinds_of_evidence_speak(night):
    readings = night.ask(
        """
        select
            (cohort_reading <> 'SIL')::integer + (progress_reading <> 'SIL')::integer
            + (organisation_reading <> 'SIL')::integer + (views_reading <> 'SIL')::integer,
            convergence, overall, count(distinct outcome_id)
        from outcomes.triangulated_outcomes where period_id = '2025-26' group by all
        """
    )
    (outcomes,) = night.ask("select count(*) from reference.outcomes")

    unjudged = {
        0: {("NO_EVIDENCE", "NO_JUDGEMENT")},
        1: {("NOT_TRIANGULATED", "NO_JUDGEMENT")},
    }
    for kinds, convergence, overall, _ in readings:
        if kinds in unjudged:
            assert (convergence, overall) in unjudged[kinds]
        else:
            assert overall != "NO_JUDGEMENT" and convergence != "NOT_TRIANGULATED"
    assert {kinds for kinds, *_ in readings} == {0, 1, 2}
    assert sum(int(str(count)) for *_, count in readings) == outcomes[0]


def test_one_query_says_why_the_strength_of_an_outcome_is_weak(night):
    """The query of docs/quality.md, on both files."""
    page = (PROJECT / "docs" / "quality.md").read_text("utf-8")
    chosen = "where items.period_id = '2025-26' and items.strength in ('WEAK', 'NONE')"
    (query,) = (sql for sql in re.findall(r"```sql\n(.*?)```", page, re.S) if chosen in sql)

    # Of every item: the sample has few weak ones.
    for internal in (True, False):
        found = night.ask(
            query.replace(chosen, "where items.strength is not null"), internal=internal
        )
        assert found
        for *_, strength, number, coverage, age, quality, sources in found:
            scores = [number, coverage, age, quality]
            if None not in scores:
                assert (min(scores) == 0) == (strength == "NONE")
                assert strength != "WEAK" or sum(scores) < 7
            assert re.search(r"\w+ \([^)]+\) [A-D]: \w", sources)


def test_each_fault_of_the_sample_is_listed_for_those_who_fix_records(night):
    listed = night.ask(
        "select file_name, line_number, check_name from quality.records_to_fix "
        "where what_is_wrong <> '' and what_to_do <> ''"
    )
    faults = night.ask(
        "select file_name, line_number, 'row_left_out' from quality.quarantined_rows "
        "union select file_name, line_number, 'cell_emptied' from quality.emptied_cells"
    )

    assert faults
    assert set(faults) <= set(listed)
    counted = night.ask("select sum(record_count) from quality.errors_by_team")
    assert counted == [(len(night.ask("select 1 from quality.records_to_fix")),)]


def test_the_release_shows_no_small_number(night):
    small = night.ask(
        """
        select indicator_id, period_id, breakdown_value
        from outcomes.indicator_values inner join reference.indicators using (indicator_id)
        where indicator_values.numerator between 1 and 5 or n_excluded between 1 and 5
            or n_not_known between 1 and 5
            or (indicators.measure_type <> 'rate' and n_denominator between 1 and 5)
            or (
                indicators.measure_type = 'proportion'
                and n_denominator - indicator_values.numerator between 1 and 5
            )
        """,
        internal=False,
    )

    assert small == []


def test_the_release_holds_no_record_of_a_child(night):
    with duckdb.connect(str(night.release), read_only=True) as db:
        columns = {
            name for (name,) in db.execute("select column_name from duckdb_columns()").fetchall()
        }

    assert not columns & {"child_id", "subject_key", "_row_number", "line_number", "person_key"}


def test_no_identifier_reaches_a_published_file_or_a_log(night):
    identifiers = set(_identifiers())
    assert len(identifiers) > 1000
    told = [
        file
        for folder in ("dagster", "dbt")
        for file in (night.data / folder).rglob("*")
        if file.is_file()
    ]

    for file in (night.release, night.internal):
        assert not identifiers & _words_of(file), file.name
    # Numbers of a few digits stand in any log; pupil numbers, postcodes and names do not.
    telling = {word for word in identifiers if not word.isdecimal()}
    pages = list((night.data / "published" / "site").rglob("*.html"))
    assert pages
    for file in [*told, *pages, night.data / "last_run.log"]:
        words = set(re.findall(r"[A-Z0-9]{6,}", file.read_bytes().decode("latin-1")))
        assert not telling & words, file.name


def test_the_night_draws_the_report_site_and_says_where_it_is(night):
    front = night.data / "published" / "site" / "index.html"

    assert "Did we make a difference for children?" in front.read_text("utf-8")
    assert str(front) in night.said


def _identifiers() -> Iterator[str]:
    for file in (SAMPLES / "999").rglob("*.csv"):
        for row in _rows(file):
            for name in IDENTIFIERS & set(row):
                if len(row[name] or "") > 4:
                    yield row[name].replace(" ", "")
                    yield row[name]
    for file in (SAMPLES / "999").glob("*.xml"):
        for element in etree.parse(str(file)).iter(*IDENTIFIERS):
            yield element.text or "-"


def _words_of(file: Path) -> set[str]:
    """Every text that stands in any cell of a published file."""
    words: set[str] = set()
    with duckdb.connect(str(file), read_only=True) as db:
        for schema, table, column in db.execute(
            "select schema_name, table_name, column_name from duckdb_columns() "
            "where not internal and data_type = 'VARCHAR'"
        ).fetchall():
            cells = db.execute(f'select distinct "{column}" from {schema}.{table}').fetchall()
            words |= {cell for (cell,) in cells if cell}
    return words


def test_no_date_of_birth_is_published(night):
    """Full dates of birth stop at intermediate.children; marts carry ages."""
    born = {
        _date(row["DOB"])
        for file in (SAMPLES / "999").rglob("header.csv")
        for row in _rows(file)
        if row["DOB"]
    }
    with duckdb.connect(str(night.internal), read_only=True) as db:
        columns = db.execute(
            "select schema_name, table_name, column_name from duckdb_columns() "
            "where not internal and data_type = 'DATE'"
        ).fetchall()
        assert not [name for _, _, name in columns if "birth" in name]
        for schema, table, column in columns:
            dates = {
                str(day)
                for (day,) in db.execute(f"select {column} from {schema}.{table}").fetchall()
            }
            assert len(dates & born) < len(born) / 2, (table, column)


def _date(written: str) -> str:
    day, month, year = written.split("/")
    return f"{year}-{month}-{day}"


@pytest.mark.slow
def test_the_same_files_again_change_no_figure_and_add_no_row(night):
    before = {file: contents(file, without=("run_id",)) for file in (night.release, night.internal)}

    again = run_night(night.data, SAMPLES, as_at=SAMPLES_AS_AT)

    assert again.exit_code == 0, again.said
    for file, tables in before.items():
        assert contents(file, without=("run_id",)) == tables


def test_a_night_that_fails_leaves_yesterdays_files_as_they_were(night):
    before = night.release.read_bytes(), night.internal.read_bytes()

    failed = run_night(night.data, night.data / "no such folder")

    assert failed.exit_code == 1
    assert "There is no landing folder" in failed.said
    assert (night.release.read_bytes(), night.internal.read_bytes()) == before


# The sample has no surveys, staff list, programmes, priorities or published statistics.
NOTHING_TO_SAY_OF_THE_SAMPLE = {6, 7, 11, 15, 26, 27, 28, 29, 31, 33, 35, 36, 38, 42, 46, 48}


def test_each_question_of_the_cookbook_has_its_number_its_query_and_its_reading():
    found = recipes()
    assert len(found) >= 30
    assert [recipe.number for recipe in found] == list(range(1, len(found) + 1))
    assert COOKBOOK.read_text("utf-8").count("```sql") == len(found)


def test_every_query_of_the_cookbook_runs_and_has_an_answer(night):
    for recipe in recipes():
        rows = night.ask(recipe.sql, internal=recipe.is_internal)
        assert rows or recipe.number in NOTHING_TO_SAY_OF_THE_SAMPLE, recipe.question


def test_every_dataset_of_the_superset_dashboard_has_rows_in_the_columns_it_names(night):
    files = sorted((BUNDLE / "datasets").rglob("*.yaml"))
    assert files
    for file in files:
        dataset = yaml.safe_load(file.read_text("utf-8"))
        named = ", ".join(column["column_name"] for column in dataset["columns"])
        assert night.ask(f"select {named} from ({dataset['sql']})", internal=False), file.stem
