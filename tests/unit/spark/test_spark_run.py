"""What is built on Spark and what is told of it, without Spark."""

import pytest

from orchestration import spark_run
from orchestration.settings import Settings
from orchestration.spark import cluster
from orchestration.spark.compare import Compared, Difference
from orchestration.spark_run import CannotCompare, build_and_compare, dbt_tables, report

VALUES = "outcomes.indicator_values"


def a_model(alias, materialized="table", resource_type="model", depends_on=()):
    return {
        "schema": "outcomes",
        "alias": alias,
        "resource_type": resource_type,
        "config": {"materialized": materialized},
        "depends_on": {"nodes": list(depends_on)},
    }


MANIFEST = {
    "nodes": {
        "model.p.values": a_model("indicator_values", depends_on=["source.p.raw.plans"]),
        "model.p.chosen": a_model("chosen", materialized="ephemeral"),
        "seed.p.codes": a_model("codes", materialized="seed", resource_type="seed"),
        "test.p.one_row": {
            **a_model("one_row", materialized="test", resource_type="test"),
            "attached_node": "model.p.values",
            "depends_on": {"nodes": ["source.p.raw.unread"]},
            "test_metadata": {
                "name": "one_row_per",
                "kwargs": {"columns": ["indicator_id", "period_id"]},
            },
        },
    },
    "sources": {
        "source.p.raw.plans": {"source_name": "raw", "name": "plans"},
        "source.p.raw.unread": {"source_name": "raw", "name": "unread"},
    },
}


def test_a_table_is_compared_by_the_key_that_its_own_test_says():
    assert [(table.name, table.kind, table.key) for table in dbt_tables(MANIFEST)] == [
        ("outcomes.codes", "seed", None),
        (VALUES, "table", ("indicator_id", "period_id")),
    ]


def test_only_sources_that_models_read_are_carried():
    assert spark_run.sources_read(MANIFEST) == ["raw.plans"]


def test_equal_tables_are_told_and_those_that_stay_with_duckdb_are_named(capsys):
    assert report([Compared(VALUES, 1200, ()), Compared("intermediate.plans", 3, ())])

    said = capsys.readouterr().out
    assert "2 tables made on Spark compared with DuckDB's; 1 of them are published" in said
    assert "1,200 rows" in said
    assert "quality.records_to_fix" in said
    assert "All tables are equal" in said


def test_a_difference_is_an_error_with_table_column_and_key(capsys):
    difference = Difference(VALUES, "value", "indicator_id=csc_1, period_id=2025-26", rows=3)

    assert not report([Compared(VALUES, 1200, (difference,))])

    told = capsys.readouterr()
    assert (
        "Differs: outcomes.indicator_values: value at indicator_id=csc_1, period_id=2025-26 "
        "(and 2 more rows)"
    ) in told.err
    assert "equal" not in told.out


def test_without_a_published_night_nothing_is_started(tmp_path):
    settings = Settings.from_environment(
        {"OUTCOMES_DATA": str(tmp_path), "OUTCOMES_PSEUDONYM_KEY": "k" * 40}
    )

    with pytest.raises(CannotCompare, match="make run"):
        build_and_compare(settings, tmp_path / "spark")

    assert not (tmp_path / "spark").exists()


def test_a_room_that_is_not_there_is_refused(tmp_path):
    settings = Settings.from_environment(
        {"OUTCOMES_DATA": str(tmp_path), "OUTCOMES_PSEUDONYM_KEY": "k" * 40}
    )

    with pytest.raises(CannotCompare, match=r"No such room: attic\. staging, intermediate"):
        build_and_compare(settings, tmp_path / "spark", ["staging", "attic"])


def test_where_the_optional_packages_are_missing_the_reason_says_so(monkeypatch):
    monkeypatch.setattr(cluster, "find_spec", lambda name: None)

    with pytest.raises(cluster.NoSpark, match=r"csc-outcomes\[spark\]"):
        cluster.spark_home()
