"""The commands that do what `make` does, wherever there is no make."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.night import one_night
from orchestration.operations_cli import MADE

runner = CliRunner()


@pytest.fixture(autouse=True)
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("OUTCOMES_DATA", str(tmp_path))
    for name in ("warehouse", "published", "landing"):
        (tmp_path / name).mkdir()
    for name in ("last_run.log", "pseudonym.key"):
        (tmp_path / name).touch()
    return tmp_path


def test_what_runs_made_is_removed_and_keys_and_landed_files_stay(data: Path):
    result = runner.invoke(app, ["clean", "--yes"])

    assert result.exit_code == 0, result.output
    assert {path.name for path in data.iterdir()} == {"landing", "pseudonym.key"}
    assert "nothing to remove" in runner.invoke(app, ["clean", "--yes"]).output


def test_it_asks_first_and_takes_no_for_an_answer(data: Path):
    before = sorted(data.iterdir())
    result = runner.invoke(app, ["clean"], input="n\n")

    assert result.exit_code == 1
    assert sorted(data.iterdir()) == before


def test_nothing_is_removed_while_a_night_is_going_on(data: Path):
    with one_night(data / "warehouse" / "warehouse.duckdb", "2026-03-31"):
        result = runner.invoke(app, ["clean", "--yes"])

    assert result.exit_code == 3
    assert (data / "published").is_dir()


def test_every_target_for_users_of_make_is_a_command_too():
    targets = {"run", "dev", "clean", "sources", "catalogue"}
    told = runner.invoke(app, ["--help"]).output

    assert all(f" {target} " in told for target in targets)
    assert not {"landing", "pseudonym.key"} & set(MADE)
