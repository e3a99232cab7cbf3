"""A lake that cannot be opened says what to do, and never how PostgreSQL is reached."""

from pathlib import Path

import duckdb
import pytest

from orchestration import database
from orchestration.database import CannotOpen
from orchestration.lake import EXTENSIONS, Lake, NoLakeYet, open_warehouse

CATALOGUE = "host=db password=hush"
LAKE = Lake(CATALOGUE, "authority_201", Path("there"))


def opened_after(told: str, monkeypatch: pytest.MonkeyPatch) -> CannotOpen:
    """What is said when DuckDB answers this to the attaching of a lake that is only to be read."""

    class Connection:
        def execute(self, statement: str) -> None:
            if statement.startswith("attach"):
                raise duckdb.IOException(f"{told} (while: {statement})")

        def close(self) -> None:
            pass

    monkeypatch.setattr("orchestration.lake.extension_file", lambda name, remedy: Path(name))
    monkeypatch.setattr("orchestration.lake.duckdb.connect", Connection)
    with pytest.raises(CannotOpen) as raised, open_warehouse(Path(), None, LAKE, read_only=True):
        pass
    return raised.value


def test_a_missing_package_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(database, "find_spec", lambda name: None)
    with (
        pytest.raises(CannotOpen, match=r"duckdb-extension-postgres-scanner .* extra `ducklake`"),
        open_warehouse(Path(), None, LAKE),
    ):
        pass
    assert EXTENSIONS[0] == "postgres_scanner"


@pytest.mark.parametrize(
    ("told", "kind", "said"),
    [
        ("Existing DuckLake does not exist - and creating", NoLakeYet, "run its night"),
        ("DATA_PATH does not match existing data path", CannotOpen, "OUTCOMES_LAKE_DATA"),
        ("Unable to connect to Postgres", CannotOpen, "see that PostgreSQL runs"),
    ],
)
def test_what_duckdb_answers_is_said_in_words_without_the_password(
    told: str, kind: type[CannotOpen], said: str, monkeypatch: pytest.MonkeyPatch
):
    error = opened_after(told, monkeypatch)

    assert type(error) is kind and said in str(error)
    assert "hush" not in str(error)
    assert error.__context__ is None


def test_what_does_not_fit_into_memory_is_put_into_the_folder_of_the_warehouse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(
        Lake,
        "attach",
        lambda _, connection, name, **__: connection.execute("attach ':memory:' as warehouse"),
    )
    with open_warehouse(tmp_path / "warehouse.duckdb", None, LAKE) as connection:
        told = connection.execute("select current_setting('temp_directory')").fetchone()

    assert told == (str(tmp_path / "unpacked-aside"),)
