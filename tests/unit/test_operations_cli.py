"""The commands that do what `make` does, wherever there is no make."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from orchestration import develop_cli
from orchestration.cli import app
from orchestration.night import one_night
from orchestration.operations_cli import COUNTY_AS_AT, MADE
from orchestration.settings import PROJECT, Settings

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


def test_every_target_of_make_is_a_command_too():
    targets = set(
        re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE)
    )
    commands = {command.name or command.callback.__name__ for command in app.registered_commands}
    developing = {command.callback.__name__ for command in develop_cli.app.registered_commands}

    # What lists the targets is `outcomes --help`, as of every command.
    assert targets - {"help"} <= commands | developing
    assert {"run", "dev", "clean", "county", "sources", "catalogue"} <= commands
    assert not {"landing", "pseudonym.key"} & set(MADE)


def test_a_tool_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    result = runner.invoke(app, ["develop", "lock"])

    assert result.exit_code == 2
    assert "needs uv" in result.output


def test_a_check_that_fails_ends_the_command_with_its_code(monkeypatch: pytest.MonkeyPatch):
    told: list[tuple[str, ...]] = []

    def run(command: tuple[str, ...], **_: object) -> SimpleNamespace:
        told.append(command)
        return SimpleNamespace(returncode=7)

    monkeypatch.setattr("subprocess.run", run)
    result = runner.invoke(app, ["develop", "check"])

    assert result.exit_code == 7
    assert [command[1:4] for command in told] == [("-m", "ruff", "format")]


def test_a_county_is_simulated_once_with_a_key_of_its_own_and_measured(
    data: Path, monkeypatch: pytest.MonkeyPatch
):
    simulated: list[Path] = []
    measured: list[Settings] = []
    monkeypatch.delenv("OUTCOMES_PSEUDONYM_KEY", raising=False)
    monkeypatch.setenv("OUTCOMES_PSEUDONYM_KEY_FILE", str(data / "another.key"))

    def simulate(folder: Path, *_: object) -> None:
        assert not list(folder.glob("*"))
        (folder / "landing").mkdir(parents=True)
        simulated.append(folder)

    def run(settings: Settings) -> int:
        measured.append(settings)
        return 0

    monkeypatch.setattr("orchestration.simulate.simulation.simulate", simulate)
    monkeypatch.setattr("orchestration.report_run.run_and_report", run)
    (data / "county").mkdir()
    (data / "county" / "broken_off").touch()
    for _ in range(2):
        assert runner.invoke(app, ["county"]).exit_code == 0

    assert simulated == [data / "county"]
    assert [settings.landing for settings in measured] == [data / "county" / "landing"] * 2
    assert measured[0].pseudonym_key == measured[1].pseudonym_key
    assert measured[0].as_at_date.isoformat() == COUNTY_AS_AT
