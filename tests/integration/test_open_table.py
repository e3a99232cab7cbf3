"""A table that somebody asks for shows no count of a few, whatever it is a count of."""

import csv
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration import audit
from orchestration.cli import app
from orchestration.open_table import CannotOpenTable, OpenCell, open_table
from orchestration.publish.files import INTERNAL_FILE
from tests.method_vectors import each_of

TABLE = "cohorts.cohort_snapshots"


def a_file(*children: tuple[str, str, int], file: str = ":memory:") -> duckdb.DuckDBPyConnection:
    """Children in care: so many of each sex and zone, each with two rows."""
    connection = duckdb.connect(file)
    connection.execute("create schema cohorts")
    connection.execute(
        f"create table {TABLE} (child_id varchar, sex varchar, zone varchar, start_date date)"
    )
    for sex, zone, count in children:
        connection.execute(
            f"insert into {TABLE} select concat_ws('/', $sex, $zone, n), nullif($sex, ''), $zone, "
            "current_date from range($count) as children (n), range(2)",
            {"sex": sex, "zone": zone, "count": count},
        )
    return connection


@each_of("rounding")
def test_a_count_is_withheld_or_rounded_as_published(case):
    (cell,) = [
        one for one in open_table(a_file(("F", "N", int(case["count"]))), TABLE, ["sex"])
        if one.values == ("All",)
    ]  # fmt: skip

    shown = cell.symbol if cell.count is None else str(cell.count)
    assert shown == case["round5_display"]


@pytest.mark.parametrize(
    ("count", "shown", "symbol"),
    [(0, 0, None), (1, None, "[c]"), (7, None, "[c]"), (8, 10, None), (12, 10, None),
     (13, 15, None), (102, 100, None)],
)  # fmt: skip
def test_both_sides_of_what_is_withheld_and_of_what_is_rounded_up(count, shown, symbol):
    cells = open_table(a_file(("F", "N", count)), TABLE, ["sex"])

    assert cells[-1] == OpenCell(("All",), shown, symbol)


def test_every_total_is_rounded_by_itself_and_who_is_in_no_cell_is_nobody():
    cells = open_table(
        a_file(("F", "N", 12), ("F", "S", 12), ("M", "N", 3), ("", "N", 9)), TABLE, ["sex", "zone"]
    )

    shown = {cell.values: cell.symbol or cell.count for cell in cells}
    assert shown == {
        ("F", "N"): 10, ("F", "S"): 10, ("F", "All"): 25,
        ("M", "N"): "[c]", ("M", "S"): 0, ("M", "All"): "[c]",
        ("Not known", "N"): 10, ("Not known", "S"): 0, ("Not known", "All"): 10,
        ("All", "N"): 25, ("All", "S"): 10, ("All", "All"): 35,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("table", "by", "where", "why"),
    [
        (TABLE, ["child_id"], "true", "no breakdown"),
        (TABLE, ["start_date"], "true", "no breakdown"),
        (TABLE, ["zone"], "true", "61 values"),
        (TABLE, ["colour"], "true", "no column colour"),
        (TABLE, ["sex", "sex"], "true", "Break down by"),
        (TABLE, ["sex"], "nobody = 1", "look at --where"),
        ("raw.people", ["sex"], "true", "no table raw.people"),
    ],
)
def test_what_is_no_breakdown_makes_no_table(table, by, where, why):
    connection = a_file(*(("F", f"zone {number}", 1) for number in range(61)))

    with pytest.raises(CannotOpenTable, match=why):
        open_table(connection, table, by, where)


def test_the_command_writes_the_table_and_who_asked_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OUTCOMES_DATA", str(tmp_path))
    (tmp_path / "published").mkdir()
    a_file(("F", "N", 12), ("M", "N", 3), file=str(tmp_path / "published" / INTERNAL_FILE)).close()
    to = tmp_path / "table.csv"
    command = ["open-table", TABLE, "--to", str(to), "--why", "a member asked", "--by"]

    refused = CliRunner().invoke(app, [*command, "child_id"])
    done = CliRunner().invoke(app, [*command, "sex", "--where", "zone = 'N'"])

    assert (refused.exit_code, done.exit_code) == (2, 0), done.output
    with to.open(newline="") as handle:
        assert list(csv.reader(handle)) == [
            ["sex", "count", "symbol"], ["F", "10", ""], ["M", "", "[c]"], ["All", "15", ""],
        ]  # fmt: skip
    (entry,) = audit.read(tmp_path / "audit.log")
    assert (entry["what"], entry["by"], entry["why"]) == ("open-table", ["sex"], "a member asked")
