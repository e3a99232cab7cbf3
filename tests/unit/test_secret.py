"""Folders with what is about children are their owner's, and of those whom the owner let in."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.ingest.archives import sweep
from orchestration.night import held
from orchestration.run_history import prepare_home
from orchestration.secret import private_folder
from orchestration.settings import Settings
from tests.factories import AS_AT, KEY


@pytest.fixture(autouse=True)
def the_usual_habit() -> Iterator[None]:
    """Others may read what an account makes, unless it says otherwise."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def may(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_folder_is_for_its_owner_alone_and_an_older_one_is_closed_to_others(tmp_path: Path):
    private_folder(tmp_path / "new")
    for name, before, after in (("open", 0o755, 0o750), ("group", 0o2770, 0o2770)):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(before)
        private_folder(tmp_path / name)
        assert may(tmp_path / name) == after

    assert may(tmp_path / "new") == 0o700


def test_a_folder_of_another_account_stays_as_it_is_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "volume").mkdir(mode=0o755)

    def refused(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "chmod", refused)
    private_folder(tmp_path / "volume")


def test_the_folders_of_a_night_that_hold_records_or_tell_of_them_are_closed_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("WAREHOUSE_PATH", "AS_AT_DATE", "DUCKDB_EXTENSIONS"):
        monkeypatch.setenv(name, "")
    settings = Settings(tmp_path / "landing", tmp_path / "data", AS_AT, None, KEY)
    with held(settings.warehouse.parent):
        settings.export()
    prepare_home(settings.dagster_home)

    for folder in (settings.warehouse.parent, settings.dbt_target, settings.dagster_home):
        assert may(folder) == 0o700
    # The published files lie in it.
    assert may(settings.data) & 0o005 == 0o005


@pytest.mark.parametrize(
    "left", ["unpacked-aside", "unpacked-1", "warehouse.duckdb.tmp", "warehouse.duckdb.aside"]
)
def test_what_a_killed_night_put_aside_is_swept(left: str, tmp_path: Path):
    (tmp_path / left).mkdir()
    (tmp_path / left / "duckdb_temp_storage_DEFAULT-0.tmp").write_text("Jane Smith")
    (tmp_path / "warehouse.duckdb").write_text("stays")

    sweep(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["warehouse.duckdb"]
