"""What DuckDB says when it stumbles on a cell, as it may be kept in logs and run history."""

from pathlib import Path
from traceback import format_exception

import duckdb
import pytest

from orchestration.database import no_cell_told
from orchestration.resources import Warehouse

CELL = "Jane Smith"


def told(statement: str) -> tuple[duckdb.Error, str]:
    """An error of a statement on a table with one cell, and all that a log would keep of it."""
    with duckdb.connect() as connection:
        connection.execute("create table t (cell varchar primary key, needed varchar not null)")
        connection.execute(f"insert into t values ('{CELL}', '-')")
        with pytest.raises(duckdb.Error) as raised, no_cell_told():
            connection.execute(statement).fetchall()
    return raised.value, "".join(format_exception(raised.value))


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("insert into t values ('Jane Smith', '-')", "Constraint Error: Duplicate key"),
        ("select cast(cell as integer) from t", "string when casting from source column cell"),
        ("select cast(cell as date) from t", "invalid date field format"),
        ("select cell::json from t", "Conversion Error: Malformed JSON at byte"),
        ("select strptime(cell, '%Y') from t", "Invalid Input Error: Could not parse string"),
        ("select regexp_matches('a', cell || '(') from t", "Invalid Input Error: missing"),
        (
            "select 2147483647::integer + length(cell)::integer from t",
            "Overflow in addition of INT",
        ),
    ],
)
def test_an_error_about_a_value_says_what_is_wrong_and_not_the_value(statement: str, said: str):
    error, everything = told(statement)

    assert said in str(error) and "may quote a cell" in str(error)
    assert CELL not in everything.replace(statement, "") and "(10" not in everything


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("insert into t values ('x', null)", "NOT NULL constraint failed: t.needed"),
        ("select nothing from t", 'Referenced column "nothing" not found'),
        ("from nowhere", "Table with name nowhere does not exist"),
    ],
)
def test_an_error_about_a_statement_is_told_as_it_is(statement: str, said: str):
    assert said in str(told(statement)[0])


def test_what_a_step_does_with_the_warehouse_is_told_without_cells(tmp_path: Path):
    with (
        pytest.raises(duckdb.ConversionException) as raised,
        Warehouse(path=str(tmp_path / "warehouse.duckdb")).connect() as connection,
    ):
        connection.execute("create table t as select 'Jane' || ' Smith' as cell")
        connection.execute("select cell::integer from t").fetchall()

    assert CELL not in "".join(format_exception(raised.value))
