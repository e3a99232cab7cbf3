"""What is done about people where the warehouse is a lake: its files and catalogue forget too."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.erase import begin_lake_anew
from orchestration.ingest.erased import WrongPseudonymKey
from orchestration.ingest.load import check_key
from orchestration.keys import rotate_pseudonym_key
from orchestration.lake import Lake
from orchestration.people import by_pseudonym, open_warehouse
from orchestration.settings import Settings
from tests.factories import AS_AT
from tests.postgres import a_catalogue, needs_a_lake

pytestmark = needs_a_lake

OLD, NEW = b"an old key that is long enough to be one", b"a new key, as long as a key has to be"
# The least and the greatest of their columns, which a catalogue tells of each.
GONE, STAYS, ALSO_GONE = "a" * 64, "b" * 64, "c" * 64


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with a_catalogue("lakes") as reached:
        yield f"{reached} dbname=lakes"


@pytest.fixture
def settings(tmp_path: Path, server: str, request: pytest.FixtureRequest) -> Settings:
    """A lake that was made under the old key: large tables in files, small ones in the catalogue,
    and one that a later night replaced."""
    name = f"of_{abs(hash(request.node.name))}"
    lake = Lake(server, name, tmp_path / "lake")
    lake.files.mkdir()
    settings = Settings(tmp_path / "landing", tmp_path, AS_AT, None, OLD, lake=lake)
    with settings.open_to_write() as connection:
        for schema in ("history", "quality", "intermediate", "measures"):
            connection.execute(f"create schema {schema}")
        check_key(connection, OLD)
        children = " union all ".join(
            f"select '999' as local_authority_code, 'ssd' as record_source, '{child}' as "
            f"person_key, '{child}' as child_id from range({{count}})"
            for child in (GONE, STAYS, ALSO_GONE)
        )
        for table, count in (
            ("history.cohort_snapshot_versions", 2000),
            ("history.small_versions", 2),
            ("intermediate.identities", 1),
            ("measures.rows", 2000),
        ):
            connection.execute(f"create table {table} as {children.format(count=count)}")
        connection.execute("create or replace table measures.rows as from measures.rows")
        connection.execute("create view measures.seen as from measures.rows")
        connection.execute(
            "create table intermediate.other_numbers (local_authority_code varchar, record_source "
            "varchar, person_key varchar, number_type varchar, number_key varchar)"
        )
        connection.execute("create table history.release_ledger as select 41 as released_count")
    return settings


def holding(settings: Settings, word: str) -> list[str]:
    """Where a word stands: files of the lake, by their names, and tables of its catalogue."""
    assert settings.lake is not None
    found = [
        file.name for file in settings.lake.files.rglob("*")
        if file.is_file() and word.encode() in file.read_bytes()
    ]  # fmt: skip
    dumped = subprocess.run(
        ["pg_dump", "-d", settings.lake.catalogue, "-n", settings.lake.schema, "--inserts"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    # Rows that are kept in the catalogue are bytes there.
    written = (word, word.encode().hex())
    return found + [
        line[:80] for line in dumped.splitlines() if any(form in line for form in written)
    ]


def children(settings: Settings, table: str) -> set[str]:
    with settings.open_to_read() as connection:
        return {
            child for (child,) in connection.execute(f"select child_id from {table}").fetchall()
        }


def test_a_child_who_is_erased_is_in_no_file_of_a_lake_and_not_in_its_catalogue(
    settings: Settings,
):
    # In files, in rows and in the least value of a column.
    before = "\n".join(holding(settings, GONE))
    assert all(place in before for place in (".parquet", "inlined_data", "column_stats"))
    assert settings.lake is not None

    begin_lake_anew(settings.lake, [GONE, ALSO_GONE])

    assert holding(settings, GONE) == [] and holding(settings, ALSO_GONE) == []
    for table in ("history.cohort_snapshot_versions", "history.small_versions"):
        assert children(settings, table) == {STAYS}
    with settings.open_to_write() as connection:
        check_key(connection, OLD)


def test_under_a_new_key_the_old_one_opens_nothing_of_a_lake_and_no_old_pseudonym_is_left(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("orchestration.keys.OF_PEOPLE",
                        ("history.cohort_snapshot_versions", "history.small_versions"))  # fmt: skip

    rotation = rotate_pseudonym_key(settings, NEW)

    assert rotation.versions_lost == 6000
    with settings.open_to_write() as connection:
        check_key(connection, NEW)
        with pytest.raises(WrongPseudonymKey, match="another OUTCOMES_PSEUDONYM_KEY"):
            check_key(connection, OLD)
        tables = connection.execute("select schema_name || '.' || table_name from duckdb_tables() "
                                    "where database_name = current_database()")  # fmt: skip
        assert set(tables.fetchall()) == {("history.release_ledger",), ("quality.pseudonym_keys",)}
    assert not settings.warehouse.exists()
    for child in (GONE, STAYS, ALSO_GONE):
        assert holding(settings, child) == []


def test_a_child_is_found_in_a_lake_by_whoever_has_the_key_it_was_made_with(settings: Settings):
    with open_warehouse(settings) as warehouse:
        assert by_pseudonym(warehouse, GONE).keys == {("ssd", GONE)}
    with pytest.raises(WrongPseudonymKey, match="opens nothing"), open_warehouse(
        replace(settings, pseudonym_key=NEW)
    ):  # fmt: skip
        pass
