"""A figure is traced to its records, files and lines, and what is not there is explained."""

import duckdb
import pytest

from orchestration.trace import NothingToTrace, as_text, trace


@pytest.fixture
def published() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for schema in ("reference", "outcomes", "measures", "quality"):
        connection.execute(f"create schema {schema}")
    connection.execute(
        """
        create table reference.indicators as
            from (values ('moved_often', 'Children who moved often', 'Children in care',
                'Of these, three or more', 'Settled: on the last day.'))
            as i (indicator_id, indicator, denominator_population, numerator, notes);
        create table outcomes.indicator_values as
            select 'moved_often' as indicator_id, 1 as indicator_version,
                '999' as local_authority_code, '2025-26' as period_id, 'year' as period_type,
                'all' as breakdown, 'percent' as unit, 5 as n_in_scope, 1 as n_excluded,
                4 as n_denominator, 3 as n_known, 1 as n_not_known, 33.333 as value,
                6.1 as lower95, 79.2 as upper95, null as symbol;
        create table outcomes.indicator_availability as
            from (values ('moved_often', '999', 'MEASURED', 'Measured.'),
                ('moved_often', '998', 'FEED_NOT_SUPPLIED', 'It needs ssda903_episodes.'))
            as a (indicator_id, local_authority_code, availability, in_words);
        create table measures.measure_records as
            select 'moved_often' as indicator_id, '999' as local_authority_code,
                '2025-26' as period_id, subject_type, subject_key, subject_key as child_id,
                '' as event_key, null::double as value, denominator_flag, numerator_flag,
                exclusion_code, missing_code, evidence, 'f1' as _file_sha256, _row_number
            from (values ('child', 'wren', 1, 1, null, null, '4 placements', 12),
                ('child', 'rook', 1, 0, null, null, '1 placement', 13),
                ('child', 'kite', 1, 0, null, null, '2 placements', 14),
                ('child', 'ruff', 1, null, null, 'NO_EPISODE', null, 15),
                ('child', 'swan', 0, null, 'SHORT_BREAKS', null, 'V3', 16))
            as r (subject_type, subject_key, denominator_flag, numerator_flag, exclusion_code,
                missing_code, evidence, _row_number);
        -- One file of two extracts is one file.
        create table quality.extract_files as
            from (values ('f1', 'episodes.csv'), ('f1', 'episodes.csv'))
            as f (file_sha256, file_name);
        """
    )
    return connection


def test_each_record_of_a_figure_says_what_became_of_it_and_on_which_line_it_stands(published):
    traced = trace(published, "moved_often", "999", "2025-26", limit=10)

    assert traced.reasons == [
        ("counts", None, 1),
        ("does not count", None, 2),
        ("not known", "NO_EPISODE", 1),
        ("excluded", "SHORT_BREAKS", 1),
    ]
    assert sum(count for *_, count in traced.reasons) == traced.figure["n_in_scope"]
    assert traced.files == [("episodes.csv", 5)]
    told = as_text(traced)
    assert "5 in scope = 1 excluded + 4 in the denominator" in told
    assert "33.3 % (95 % limits 6.1 to 79.2)" in told
    assert "wren; 4 placements; episodes.csv line 12" in told
    assert "swan; short breaks; V3; episodes.csv line 16" in told


def test_no_more_records_are_told_than_asked_for_but_all_are_counted(published):
    traced = trace(published, "moved_often", "999", "2025-26", limit=1)

    assert [record[1] for record in traced.records] == ["wren", "kite", "ruff", "swan"]
    assert ("does not count", None, 2) in traced.reasons


@pytest.mark.parametrize(
    ("indicator", "authority", "period", "said"),
    [
        ("moved_oft", "999", "2025-26", "Did you mean moved_often?"),
        ("moved_often", "997", "2025-26", "997 sent nothing. There are: 998, 999."),
        ("moved_often", "998", "2025-26", "It needs ssda903_episodes."),
        ("moved_often", "999", "2024-25", "There are: 2025-26."),
    ],
)
def test_a_figure_that_is_not_there_says_why_and_what_there_is(
    published, indicator, authority, period, said
):
    with pytest.raises(NothingToTrace, match=said.replace("?", r"\?")):
        trace(published, indicator, authority, period, limit=10)
