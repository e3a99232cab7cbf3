"""Other keys: what was made under the old one opens with it no more, or is gone."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration import audit, erase, report_run
from orchestration.cli import app
from orchestration.database import CannotOpen, is_encrypted, open_database
from orchestration.ingest.erased import (
    PERSON,
    Erased,
    ErasedStand,
    WrongPseudonymKey,
    key_fingerprint,
    write_list,
)
from orchestration.ingest.load import check_key
from orchestration.keys import encrypt_publications, rotate_pseudonym_key
from orchestration.lake import Lake
from orchestration.people import open_warehouse
from orchestration.publish import files
from orchestration.publish.files import INTERNAL_FILE, RELEASE_FILE, publish, roll_back
from orchestration.publish.versions import kept_publications
from orchestration.settings import Settings
from tests.extensions import needs_encryption

OLD, NEW = b"an old key that is long enough to be one", b"a new key, as long as a key has to be"
KEY, OTHER_KEY = "k" * 40, "o" * 40
CHILD, CANARY = "c" * 64, "a word that is easy to find"


@pytest.fixture(autouse=True)
def few_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "INTERNAL", {"measures.rows": "measures.rows"})
    monkeypatch.setattr(files, "RELEASE", {"outcomes.rows": "release.rows"})
    monkeypatch.setattr(files, "SMALL_COUNTS_EMPTIED", {})


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """A warehouse that was made under the old key, and two publications of it."""
    monkeypatch.setenv("OUTCOMES_DATA", str(tmp_path))
    monkeypatch.setenv("OUTCOMES_PSEUDONYM_KEY", OLD.decode())
    monkeypatch.setenv("OUTCOMES_AS_AT", "2026-03-31")
    settings = Settings.from_environment()
    settings.warehouse.parent.mkdir()
    with duckdb.connect(str(settings.warehouse)) as connection:
        for schema in ("history", "quality", "intermediate", "measures", "release"):
            connection.execute(f"create schema {schema}")
        check_key(connection, OLD)
        child = f"select '{CHILD}' as child_id, '{CANARY}' as note from range(500)"
        for table in (
            "history.cohort_snapshot_versions", "intermediate.identities", "measures.rows",
        ):  # fmt: skip
            connection.execute(f"create table {table} as {child}")
        connection.execute("create table history.release_ledger as select 41 as released_count")
        connection.execute("create table release.rows as select 41 as counted")
    for night in ("2026-03-30", "2026-03-31"):
        publish(settings.warehouse, settings.published, {"as_at_date": night})
    yield settings


def holding(folder: Path, word: str) -> list[str]:
    """The files that hold a word, by their names."""
    return [
        file.name for file in folder.rglob("*") if file.is_file() and word.encode() in
        file.read_bytes()
    ]  # fmt: skip


# ---- pseudonyms ----


def test_under_a_new_key_the_old_one_opens_nothing_and_no_old_pseudonym_is_left(
    settings: Settings,
):
    rotation = rotate_pseudonym_key(settings, NEW)

    with duckdb.connect(str(settings.warehouse)) as connection:
        check_key(connection, NEW)
        with pytest.raises(WrongPseudonymKey, match="another OUTCOMES_PSEUDONYM_KEY"):
            check_key(connection, OLD)
        tables = connection.execute("select schema_name || '.' || table_name from duckdb_tables()")
        assert set(tables.fetchall()) == {("history.release_ledger",), ("quality.pseudonym_keys",)}
    assert CHILD.encode() not in settings.warehouse.read_bytes()
    assert kept_publications(settings.published) == []
    assert (rotation.versions_lost, rotation.publications_withdrawn) == (500, 2)


def test_only_who_has_the_old_key_can_change_it(settings: Settings):
    with pytest.raises(WrongPseudonymKey, match="opens nothing"):
        rotate_pseudonym_key(replace(settings, pseudonym_key=NEW), OLD)

    with open_warehouse(settings):
        assert len(kept_publications(settings.published)) == 2


def test_who_was_erased_is_not_forgotten_by_the_way(settings: Settings):
    write_list(settings.erased_list, OLD, [Erased("999", PERSON, CHILD)])

    with pytest.raises(ErasedStand, match="1 numbers"):
        rotate_pseudonym_key(settings, NEW)
    with open_warehouse(settings):
        assert settings.erased_list.exists()

    assert rotate_pseudonym_key(settings, NEW, forget_erased=True).erased_forgotten == 1
    assert not settings.erased_list.exists()


def test_the_command_writes_it_down_and_runs_a_night_under_the_new_key(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    ran: list[Settings] = []
    monkeypatch.setattr(report_run, "run_and_report", lambda given: ran.append(given) or 0)
    new, short = tmp_path / "new.key", tmp_path / "short.key"
    new.write_text(NEW.decode() + "\n")
    short.write_text("short\n")
    command = ["rotate-key", "--why", "a laptop was lost", "--yes", "--new-key-file"]

    refused = CliRunner().invoke(app, [*command, str(short)])
    done = CliRunner().invoke(app, [*command, str(new)])
    # The old key is still what the environment gives.
    again = CliRunner().invoke(app, [*command, str(new)])

    assert (refused.exit_code, done.exit_code, again.exit_code) == (2, 0, 2), done.output
    assert "at least 32" in refused.output and "opens nothing" in again.output
    assert [(one.pseudonym_key, one.as_at_date.isoformat()) for one in ran] == [(NEW, "2026-03-31")]
    (entry,) = audit.read(settings.audit_log)
    assert (entry["what"], entry["why"]) == ("rotate-key", "a laptop was lost")
    assert entry["new_fingerprint"] == key_fingerprint(NEW)
    assert NEW.decode() not in settings.audit_log.read_text()


def test_where_the_night_fails_no_file_with_old_pseudonyms_stays(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(report_run, "run_and_report", lambda _: 1)
    new = tmp_path / "new.key"
    new.write_text(NEW.decode())

    done = CliRunner().invoke(
        app, ["rotate-key", "--why", "a test", "--yes", "--new-key-file", str(new)]
    )

    assert done.exit_code == 1 and "taken away" in done.output
    assert holding(settings.data, CHILD) == []
    assert (settings.published / RELEASE_FILE).exists()


# ---- a lake ----


@dataclass(frozen=True)
class FileAsLake(Lake):
    """A lake as far as its statements go: a DuckDB file in its place, where there is no PostgreSQL.
    ``test_lake_people`` has a true one."""

    def attach(
        self, connection: duckdb.DuckDBPyConnection, name: str, *, read_only: bool = False
    ) -> None:
        how = " (read_only)" if read_only else ""
        connection.execute(f"attach '{self.files}' as {name}{how}")


@pytest.fixture
def of_a_lake(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The same warehouse, with no file where it would be without a lake."""
    monkeypatch.setattr(erase, "take_out_for_good", lambda _: None)
    settings.warehouse.rename(tmp_path / "lake.duckdb")
    return replace(
        settings, lake=FileAsLake("host=db password=hush", "of", tmp_path / "lake.duckdb")
    )


def given_by_the_environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Settings, "from_environment", lambda *_, **__: settings)


def test_a_lake_is_put_under_a_new_key_as_a_file_is(of_a_lake: Settings):
    assert rotate_pseudonym_key(of_a_lake, NEW).versions_lost == 500

    with of_a_lake.open_to_write() as connection:
        check_key(connection, NEW)
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() "
            "where database_name = current_database()"
        )
        assert set(tables.fetchall()) == {("history.release_ledger",), ("quality.pseudonym_keys",)}
    # No file of a warehouse was made beside it.
    assert not of_a_lake.warehouse.exists()


@pytest.mark.parametrize("command", ["rotate-key", "erase"])
def test_a_warehouse_left_from_before_the_lake_is_named_before_anything_is_done(
    command: str, of_a_lake: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    given_by_the_environment(of_a_lake, monkeypatch)
    (tmp_path / "new.key").write_text(NEW.decode())
    of_a_lake.warehouse.write_bytes(b"children")
    given = {
        "rotate-key": ["--new-key-file", str(tmp_path / "new.key")],
        "erase": ["--child-id", CHILD],
    }

    done = CliRunner().invoke(app, [command, "--why", "a test", "--yes", *given[command]])

    assert done.exit_code == 2 and "before there was a lake" in done.output
    with open_warehouse(of_a_lake):
        assert len(kept_publications(of_a_lake.published)) == 2
    assert not of_a_lake.audit_log.exists()


def test_a_lake_is_not_said_to_be_encrypted_or_plain(
    of_a_lake: Settings, monkeypatch: pytest.MonkeyPatch
):
    given_by_the_environment(of_a_lake, monkeypatch)

    done = CliRunner().invoke(app, ["encrypt"])

    assert done.exit_code == 2 and "OUTCOMES_LAKE_CATALOGUE" in done.output
    assert "hush" not in done.output and not of_a_lake.audit_log.exists()
    with open_warehouse(of_a_lake) as warehouse:
        assert warehouse.execute("select count(*) from measures.rows").fetchone() == (500,)


# ---- encryption ----


@needs_encryption
def test_when_encryption_is_switched_on_the_publications_that_are_kept_are_encrypted_too(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    assert holding(settings.published, CANARY)
    monkeypatch.setenv("OUTCOMES_ENCRYPTION_KEY", KEY)

    done = CliRunner().invoke(app, ["encrypt"])

    assert done.exit_code == 0, done.output
    assert holding(settings.data, CANARY) == []
    internals = [*settings.published.rglob(INTERNAL_FILE)]
    assert len(internals) == 3 and all(is_encrypted(file) for file in internals)
    with open_database(settings.published / INTERNAL_FILE, KEY, read_only=True) as internal:
        assert internal.execute("select count(*) from measures.rows").fetchone() == (500,)
    assert not [*settings.published.rglob("parquet/internal")]
    (entry,) = audit.read(settings.audit_log)
    assert (entry["what"], entry["became"], entry["under_the_key"]) == ("encrypt", "encrypted", 2)
    # Its manifest tells the new hash: it can still be put back.
    assert roll_back(settings.published).number == 1
    manifest = json.loads((settings.published / "manifest.json").read_text())
    assert not [name for name in manifest["parquet"] if name.startswith("internal/")]


@needs_encryption
def test_publications_are_put_under_another_key_and_back_into_the_plain(settings: Settings):
    published = settings.published
    encrypt_publications(published, KEY, None)

    # With the wrong old key they stay, closed.
    assert encrypt_publications(published, OTHER_KEY, "w" * 40) == {"under_the_key": 0, "left": 2}
    assert encrypt_publications(published, OTHER_KEY, KEY) == {"under_the_key": 2, "left": 0}
    with pytest.raises(CannotOpen, match="earlier OUTCOMES_ENCRYPTION_KEY"), open_database(
        published / INTERNAL_FILE, KEY, read_only=True
    ):  # fmt: skip
        pass
    # Again is no harm.
    assert encrypt_publications(published, OTHER_KEY, KEY) == {"under_the_key": 2, "left": 0}
    assert encrypt_publications(published, None, OTHER_KEY) == {"under_the_key": 2, "left": 0}
    with duckdb.connect(str(published / INTERNAL_FILE), read_only=True) as internal:
        assert internal.execute("select count(*) from measures.rows").fetchone() == (500,)
