"""Encrypted at rest: warehouse and internal file open with their key and with nothing else."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration import database
from orchestration.cli import app
from orchestration.database import (
    CannotOpen,
    cursor_of,
    extension_file,
    is_encrypted,
    open_database,
)
from orchestration.erase import begin_anew
from orchestration.publish import files
from orchestration.publish.files import INTERNAL_FILE, RELEASE_FILE, publish
from orchestration.settings import EXPORTED_KEY, MissingSetting, Settings
from tests.extensions import needs_encryption

KEY, OTHER_KEY = "k" * 40, "o" * 40
CANARY = "a word that is easy to find"


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """An encrypted warehouse with a table that is kept from night to night, and one that is not."""
    file = tmp_path / "warehouse" / "warehouse.duckdb"
    file.parent.mkdir()
    with open_database(file, KEY) as connection:
        connection.execute("create schema history")
        connection.execute("create schema quality")
        connection.execute("create schema raw")
        connection.execute(
            f"create table history.kept as select '{CANARY}' as note from range(1000)"
        )
        connection.execute("create table quality.pseudonym_keys as select 'mark' as fingerprint")
        connection.execute("create table raw.rows as select 1 as number")
    return file


@needs_encryption
def test_no_byte_of_an_encrypted_file_tells_what_is_in_it(warehouse: Path):
    assert is_encrypted(warehouse)
    assert CANARY.encode() not in warehouse.read_bytes()
    with open_database(warehouse, KEY, read_only=True) as connection:
        assert connection.execute("select count(*) from history.kept").fetchone() == (1000,)
        assert connection.execute("select current_database()").fetchone() == ("warehouse",)


@needs_encryption
def test_the_wrong_key_and_no_key_open_nothing_and_say_what_to_do(warehouse: Path):
    with (
        pytest.raises(CannotOpen, match="earlier OUTCOMES_ENCRYPTION_KEY") as wrong,
        open_database(warehouse, OTHER_KEY, read_only=True),
    ):
        pass
    with (
        pytest.raises(CannotOpen, match=r"is encrypted\. Give its key"),
        open_database(warehouse, None, read_only=True),
    ):
        pass
    # Nor does the error, or what it came from, tell the key that was tried.
    assert OTHER_KEY not in str(wrong.value) and wrong.value.__context__ is None


@needs_encryption
def test_a_key_for_a_plain_file_is_refused_until_the_file_is_encrypted(tmp_path: Path):
    file = tmp_path / "warehouse.duckdb"
    with open_database(file) as connection:
        connection.execute("create schema history")
        connection.execute(f"create table history.kept as select '{CANARY}' as note")
    with pytest.raises(CannotOpen, match="outcomes encrypt"), open_database(file, KEY):
        pass

    begin_anew(file, KEY)

    assert is_encrypted(file) and CANARY.encode() not in file.read_bytes()
    with open_database(file, KEY) as connection:
        assert connection.execute("select note from history.kept").fetchone() == (CANARY,)


@needs_encryption
def test_a_warehouse_is_put_under_another_key_with_what_it_keeps(warehouse: Path):
    begin_anew(warehouse, OTHER_KEY, old_key=KEY)

    with open_database(warehouse, OTHER_KEY) as connection:
        tables = connection.execute(
            "select table_name from duckdb_tables() order by all"
        ).fetchall()
    assert tables == [("kept",), ("pseudonym_keys",)]
    begin_anew(warehouse, None, old_key=OTHER_KEY)
    assert not is_encrypted(warehouse)


@needs_encryption
def test_the_gates_look_at_the_encrypted_warehouse_and_not_at_memory(warehouse: Path):
    with open_database(warehouse, KEY) as connection, cursor_of(connection) as cursor:
        assert cursor.execute("select number from raw.rows").fetchone() == (1,)


@needs_encryption
def test_the_internal_file_is_encrypted_and_the_release_is_for_anyone(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(files, "INTERNAL", {"quality.rows": "raw.rows"})
    monkeypatch.setattr(files, "RELEASE", {"quality.rows": "raw.rows"})
    monkeypatch.setattr(files, "SMALL_COUNTS_EMPTIED", {})
    folder = tmp_path / "published"

    publish(warehouse, folder, {}, key=KEY)

    assert is_encrypted(folder / INTERNAL_FILE) and not is_encrypted(folder / RELEASE_FILE)
    with duckdb.connect(str(folder / RELEASE_FILE), read_only=True) as release:
        assert release.execute("select number from quality.rows").fetchone() == (1,)
    with open_database(folder / INTERNAL_FILE, KEY, read_only=True) as internal:
        assert internal.execute("select number from quality.rows").fetchone() == (1,)


@pytest.fixture
def published(warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An internal file that the commands look for."""
    file = tmp_path / "published" / INTERNAL_FILE
    file.parent.mkdir()
    with open_database(file, KEY) as connection:
        connection.execute("create table figures as select 42 as value")
    monkeypatch.setenv("OUTCOMES_DATA", str(tmp_path))
    yield file


@needs_encryption
def test_a_query_opens_the_internal_file_with_the_key_and_not_without(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    question = ["query", "--internal", "select value from figures"]
    refused = CliRunner().invoke(app, question)
    monkeypatch.setenv("OUTCOMES_ENCRYPTION_KEY", OTHER_KEY)
    mistaken = CliRunner().invoke(app, question)
    key_file = tmp_path / "encryption.key"
    key_file.write_text(KEY + "\n")
    monkeypatch.delenv("OUTCOMES_ENCRYPTION_KEY")
    monkeypatch.setenv("OUTCOMES_ENCRYPTION_KEY_FILE", str(key_file))
    answered = CliRunner().invoke(app, question)

    assert (refused.exit_code, mistaken.exit_code, answered.exit_code) == (2, 2, 0)
    assert "Give its key" in refused.output and "earlier" in mistaken.output
    assert "42" in answered.output


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(database, "find_spec", lambda name: None)
    with pytest.raises(CannotOpen, match="duckdb-extension-httpfs"):
        extension_file()


def test_a_key_that_is_short_or_whose_file_is_not_there_starts_nothing(tmp_path: Path):
    given = {"OUTCOMES_PSEUDONYM_KEY": "p" * 40, "OUTCOMES_DATA": str(tmp_path)}
    for wrong in (
        {"OUTCOMES_ENCRYPTION_KEY": "short"},
        {"OUTCOMES_ENCRYPTION_KEY_FILE": str(tmp_path / "no.key")},
    ):
        with pytest.raises(MissingSetting, match="OUTCOMES_ENCRYPTION_KEY"):
            Settings.from_environment({**given, **wrong})
    assert Settings.from_environment(given).encryption_key is None


def test_a_key_is_in_no_text_of_the_settings_and_leaves_the_environment_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv(EXPORTED_KEY, raising=False)
    given = {"OUTCOMES_PSEUDONYM_KEY": "p" * 40, "OUTCOMES_DATA": str(tmp_path)}
    with_key = Settings.from_environment({**given, "OUTCOMES_ENCRYPTION_KEY": KEY})
    assert KEY not in repr(with_key) and with_key.dbt_profile == "encrypted"

    with_key.export()
    assert Settings.exported_key() == KEY
    Settings.from_environment(given).export()
    assert Settings.exported_key() is None
