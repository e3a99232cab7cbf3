"""Two engines' tables held against each other: here DuckDB makes both and one is changed."""

import duckdb
import pytest

from orchestration.spark.compare import KeyIsNotUnique, compare

KEY = ("indicator_id", "period_id")


@pytest.fixture
def warehouse():
    with duckdb.connect() as connection:
        connection.execute(
            "create table figures as select * replace (cast(value as double) as value) from (values"
            " ('csc_1', '2025-26', 12, 48.123456789, date '2026-03-31', null),"
            " ('csc_1', '2024-25', 9, 45.0, date '2025-03-31', '[c]'),"
            " ('csc_2', '2025-26', null, null, date '2026-03-31', '[x]')"
            ") as figures (indicator_id, period_id, numerator, value, period_end, symbol)"
        )
        yield connection


def spark_made(connection, folder, select="select * from figures"):
    """What the other engine wrote of the table."""
    connection.execute(f"copy ({select}) to '{folder / 'part-0.parquet'}' (format parquet)")
    return folder


def differences(connection, folder, key=KEY):
    return [str(each) for each in compare(connection, "f.t", "figures", folder, key).differences]


def test_the_same_rows_in_another_order_and_other_widths_of_number_are_equal(warehouse, tmp_path):
    theirs = spark_made(
        warehouse,
        tmp_path,
        "select * replace (cast(numerator as bigint) as numerator, value + 1e-12 as value) "
        "from figures order by period_id, indicator_id desc",
    )

    compared = compare(warehouse, "f.t", "figures", theirs, KEY)

    assert compared.rows == 3
    assert compared.differences == ()


@pytest.mark.parametrize(
    ("column", "planted"),
    [
        ("numerator", "numerator + 1"),
        ("value", "value + 2e-7"),
        ("value", "case when value < 46 then null else value end"),
        ("symbol", "coalesce(symbol, '')"),
        ("symbol", "nullif(symbol, '[c]')"),
        ("period_end", "cast(period_end + interval 1 day as date)"),
    ],
)
def test_a_planted_difference_names_table_key_and_column(warehouse, tmp_path, column, planted):
    theirs = spark_made(
        warehouse,
        tmp_path,
        f"select * replace (case when indicator_id = 'csc_1' then {planted} else {column} end "
        f"as {column}) from figures",
    )

    found = differences(warehouse, theirs)

    assert len(found) == 1
    assert found[0].startswith(f"f.t: {column} at indicator_id=csc_1, period_id=202")


def test_a_row_that_one_engine_has_alone_is_a_difference_on_either_side(warehouse, tmp_path):
    theirs = spark_made(
        warehouse, tmp_path, "select * replace ('csc_3' as indicator_id) from figures limit 1"
    )

    assert differences(warehouse, theirs) == [
        "f.t: is in DuckDB alone at indicator_id=csc_1, period_id=2024-25 (and 2 more rows)",
        "f.t: is in Spark alone at indicator_id=csc_3, period_id=2025-26",
    ]


def test_a_table_without_a_key_is_compared_by_whole_rows_and_how_often_they_are_there(
    warehouse, tmp_path
):
    twice = "select * from figures union all from figures where numerator = 9"
    theirs = spark_made(warehouse, tmp_path, twice)

    (found,) = differences(warehouse, theirs, key=None)

    assert found.startswith("f.t: how often it is there at indicator_id=csc_1, period_id=2024-25")


@pytest.mark.parametrize(
    ("select", "said"),
    [
        ("select * exclude (symbol) from figures", "symbol is varchar in DuckDB and not in Spark"),
        ("select *, 1 as n from figures", "n is not in DuckDB and whole number in Spark"),
        (
            "select * replace (cast(numerator as varchar) as numerator) from figures",
            "numerator is whole number in DuckDB and varchar in Spark",
        ),
    ],
)
def test_a_column_that_is_missing_or_of_another_kind_is_a_difference(
    warehouse, tmp_path, select, said
):
    assert differences(warehouse, spark_made(warehouse, tmp_path, select)) == [f"f.t: {said}"]


def test_two_rows_of_one_key_are_refused(warehouse, tmp_path):
    theirs = spark_made(warehouse, tmp_path, "select * from figures union all from figures")

    with pytest.raises(KeyIsNotUnique, match="3 keys"):
        differences(warehouse, theirs)


def test_a_pseudonym_in_a_key_is_not_written_out(warehouse, tmp_path):
    child = "0123456789abcdef" * 4
    warehouse.execute(f"create table children as select '{child}' as child_id, 1 as place")
    theirs = spark_made(warehouse, tmp_path, "select child_id, 2 as place from children")

    (found,) = compare(warehouse, "c.t", "children", theirs, ("child_id",)).differences

    assert str(found) == "c.t: place at child_id=0123456789ab"
