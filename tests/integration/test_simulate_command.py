"""The command as a user gives it: the same seed the same bytes, and no half-made folder."""

import hashlib
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app

SMALL = ("--authorities", "2", "--senders", "1", "--children", "600", "--years", "1",
         "--errors", "realistic", "--scenario", "step_change:from_date=m4", "--formats",
         "ssda903=xml")  # fmt: skip


def simulated(out: Path, *more: str) -> tuple[int, str]:
    """What the command ends with and says."""
    done = CliRunner().invoke(app, ["simulate", str(out), *SMALL, *more])
    return done.exit_code, done.output


def hashes(out: Path) -> dict[str, str]:
    files = sorted(path for path in (out / "landing").rglob("*") if path.is_file())
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def truth(out: Path) -> dict[str, str]:
    """A fingerprint of every table of the truth, row order included."""
    with duckdb.connect(str(out / "truth" / "truth.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() order by 1"
        ).fetchall()
        rows = "md5(coalesce(string_agg(cast(t as varchar), '|' order by rowid), ''))"
        found = {}
        for (table,) in tables:
            ((found[table],),) = connection.execute(f"select {rows} from {table} as t").fetchall()
        return found


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for folder, seed in (("once", "5"), ("again", "5"), ("other", "6")):
        assert simulated(tmp_path / folder, "--seed", seed)[0] == 0

    once = hashes(tmp_path / "once")
    assert len(once) > 70
    assert once == hashes(tmp_path / "again")
    assert once != hashes(tmp_path / "other")
    assert truth(tmp_path / "once") == truth(tmp_path / "again")
    assert (
        truth(tmp_path / "once")["world.referrals"] != truth(tmp_path / "other")["world.referrals"]
    )
    faults = truth(tmp_path / "once")["world.faults"]
    assert faults != hashlib.md5(b"").hexdigest()
    # Nothing but the two folders, and nothing unfinished in them.
    assert sorted(path.name for path in (tmp_path / "once").iterdir()) == ["landing", "truth"]
    assert [path.name for path in (tmp_path / "once" / "truth").iterdir()] == ["truth.duckdb"]

    # A folder with something in it stays as it is.
    code, said = simulated(tmp_path / "once", "--seed", "7")
    assert (code, hashes(tmp_path / "once")) == (2, once)
    assert "not empty" in said


@pytest.mark.slow
def test_a_year_before_the_first_return_of_a_family_is_written_without_it(tmp_path: Path) -> None:
    code, said = simulated(tmp_path / "out", "--as-at", "2017-03-31")

    assert code == 0, said
    written = {path.name for path in (tmp_path / "out" / "landing" / "981").iterdir()}
    assert "cin_census_2017.xml" in written
    assert "ssda903_2017.xml" not in written


def test_what_cannot_be_made_is_said_and_leaves_no_file(tmp_path: Path) -> None:
    code, said = simulated(tmp_path / "out", "--scenario", "nobody_knows")

    assert code == 2
    assert "There is no scenario nobody_knows" in said
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
