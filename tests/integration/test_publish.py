import hashlib
import json
import os
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.publish import files
from orchestration.publish.files import (
    INTERNAL,
    INTERNAL_FILE,
    MANIFEST_FILE,
    RELEASE,
    RELEASE_FILE,
    CannotPublish,
    Publication,
    publish,
    published_tables,
)
from orchestration.publish.places import POINTER_FILE

FILES = {INTERNAL_FILE: INTERNAL, RELEASE_FILE: RELEASE}


@pytest.fixture(scope="module")
def whole_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every table that is published, each with two rows; what stays inside is beside them."""
    path = tmp_path_factory.mktemp("whole") / "warehouse" / "warehouse.duckdb"
    path.parent.mkdir()
    with duckdb.connect(str(path)) as connection:
        for schema in sorted({table.partition(".")[0] for table in published_tables()}):
            connection.execute(f"create schema {schema}")
        for table in published_tables():
            if table != "quality.check_results":
                connection.execute(
                    f"create table {table} (id integer primary key, name varchar not null, "
                    "is_known boolean check (is_known or not is_known))"
                )
                connection.execute(
                    f"insert into {table} values (2, 'b (of {table})', true), (1, 'a', null)"
                )
                connection.execute(f"comment on column {table}.id is 'The row''s number'")
                connection.execute(f"comment on table {table} is 'What {table} holds'")
        connection.execute(
            """
            create table quality.check_results (
                name varchar, rows_checked bigint, unexpected_count bigint
            );
            insert into quality.check_results values
                ('none', 100, 0), ('one', 100, 1), ('five', 100, 5), ('six', 100, 6),
                ('few rows', 5, 0), ('enough rows', 6, 0), ('no rows', 0, null);
            create schema raw;
            create table raw.secrets as select 'zebedee' as child;
            """
        )
    return path


@pytest.fixture(scope="module")
def publication(whole_warehouse: Path) -> Publication:
    """What is published of it, for tests that only look."""
    return published(whole_warehouse, as_at_date="2026-06-30")


@pytest.fixture
def warehouse(whole_warehouse: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    path = tmp_path / "warehouse" / "warehouse.duckdb"
    path.parent.mkdir()
    shutil.copy(whole_warehouse, path)
    return path


def published(warehouse: Path, **facts: object) -> Publication:
    return publish(warehouse, warehouse.parents[1] / "published", facts)


def with_files_of_yesterday(warehouse: Path) -> Path:
    """The folder of published files, with something in each that no publication makes."""
    folder = warehouse.parents[1] / "published"
    folder.mkdir()
    for name in (*FILES, MANIFEST_FILE):
        (folder / name).write_bytes(f"{name} of yesterday".encode())
    return folder


def asked(file: Path, question: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(question).fetchall()


def rows_by_table(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, in the order they are stored in."""
    with duckdb.connect(str(file), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables()"
        ).fetchall()
        return {
            table: connection.execute(f"select * from {table}").fetchall() for (table,) in tables
        }


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def test_each_file_holds_every_table_of_its_list_and_nothing_else(publication: Publication):
    for name, tables in FILES.items():
        found = asked(
            publication.folder / name,
            "select schema_name || '.' || table_name, estimated_size from duckdb_tables()",
        )
        assert {table for table, _ in found} == set(tables)
        assert dict(publication.row_counts[name]) == {
            table: 7 if table == "quality.check_results" else 2 for table in tables
        }
    assert sorted(contents(publication.folder)) == sorted([*FILES, MANIFEST_FILE, POINTER_FILE])


def test_each_table_has_the_rows_of_the_table_it_is_made_of(publication: Publication):
    for name, tables in FILES.items():
        found = rows_by_table(publication.folder / name)
        for table in set(tables) - {"quality.check_results"}:
            assert found[table] == [(1, "a", None), (2, f"b (of {tables[table]})", True)]


def test_comments_and_constraints_survive(publication: Publication):
    for name, tables in FILES.items():
        file = publication.folder / name
        named = "schema_name || '.' || table_name"
        comments = dict(asked(file, f"select {named}, comment from duckdb_tables()"))
        columns = asked(
            file, f"select {named}, list((column_name, comment)) from duckdb_columns() group by all"
        )
        constraints = asked(
            file, f"select {named}, list(constraint_type) from duckdb_constraints() group by all"
        )
        for table in set(tables) - {"quality.check_results"}:
            assert comments[table] == f"What {tables[table]} holds"
            assert set(dict(columns)[table]) == {
                ("id", "The row's number"),
                ("name", None),
                ("is_known", None),
            }
            assert set(dict(constraints)[table]) == {"PRIMARY KEY", "NOT NULL", "CHECK"}


def test_a_handful_of_rows_is_said_to_analysts_and_to_nobody_else(publication: Publication):
    folder = publication.folder
    counted = "select name, rows_checked, unexpected_count from quality.check_results"
    inside = {name: counts for name, *counts in asked(folder / INTERNAL_FILE, counted)}
    outside = {name: counts for name, *counts in asked(folder / RELEASE_FILE, counted)}
    assert (inside["one"], inside["five"], inside["few rows"]) == ([100, 1], [100, 5], [5, 0])
    assert outside == {
        **inside,
        "one": [100, None],
        "five": [100, None],
        "few rows": [None, 0],
    }


def test_nothing_about_a_child_is_in_the_release(publication: Publication):
    folder = publication.folder
    tables = asked(
        folder / RELEASE_FILE, "select schema_name || '.' || table_name from duckdb_tables()"
    )
    private = ("raw.", "staging.", "intermediate.", "cohorts.", "measures.")
    counts = {("cohorts.cohort_counts",)}
    assert not [table for (table,) in set(tables) - counts if table.startswith(private)]
    unsuppressed = {"outcomes.indicator_values", "outcomes.evidence_items", "quality.extract_files"}
    assert unsuppressed.isdisjoint(RELEASE.values())
    for name in FILES:
        assert b"zebedee" not in (folder / name).read_bytes()


def test_the_manifest_has_the_facts_the_hashes_and_the_row_counts(publication: Publication):
    manifest = json.loads((publication.folder / MANIFEST_FILE).read_text("utf-8"))
    assert manifest["as_at_date"] == "2026-06-30"
    for name in FILES:
        told = manifest["files"][name]
        content = (publication.folder / name).read_bytes()
        assert told["sha256"] == hashlib.sha256(content).hexdigest()
        rows = publication.row_counts[name]
        assert told["rows"].keys() == rows.keys()
        assert told["rows"]["reference.frameworks"] == rows["reference.frameworks"] == 2


def test_the_manifest_lies_beside_the_release_and_shows_no_small_number_of_records(
    publication: Publication,
):
    told = json.loads((publication.folder / MANIFEST_FILE).read_text("utf-8"))["files"]
    rows = publication.row_counts[INTERNAL_FILE]
    assert 1 <= rows["cohorts.cohort_snapshots"] <= 5
    assert told[INTERNAL_FILE]["rows"]["cohorts.cohort_snapshots"] is None


def may(path: Path) -> int:
    """Who may do what with a file or folder, whatever the account's own habit is."""
    return path.stat().st_mode & 0o777


def test_published_files_are_for_reading_only(publication: Publication):
    written = [path for path in publication.folder.rglob("*") if path.is_file()]
    assert len(written) > len(RELEASE) + len(INTERNAL)
    assert {may(file) for file in written} == {0o444}


@pytest.mark.skipif(os.name != "posix", reason="Windows has access lists")
def test_the_internal_file_is_for_whom_the_account_lets_in_and_the_release_for_everybody(
    warehouse: Path,
):
    usual = os.umask(0o027)
    try:
        folder = published(warehouse).folder
    finally:
        os.umask(usual)
    assert may(folder / RELEASE_FILE) == 0o444
    assert may(folder / INTERNAL_FILE) == 0o440
    assert {may(path) & 0o007 for path in folder.rglob("parquet/internal")} == {0}


def test_what_does_not_fit_into_memory_is_put_beside_the_warehouse(
    warehouse: Path, monkeypatch: pytest.MonkeyPatch
):
    """DuckDB would put rows of children into the folder that the command was started in."""
    asides = set()
    copied = files._copy

    def copy(connection: duckdb.DuckDBPyConnection, *told: str) -> int:
        asides.add(connection.execute("select current_setting('temp_directory')").fetchall()[0][0])
        return copied(connection, *told)

    monkeypatch.setattr(files, "_copy", copy)
    published(warehouse)

    assert asides == {str(warehouse.parent / "unpacked-aside")}


@pytest.mark.parametrize("table", ["release.questions", "quality.check_results"])
def test_where_a_table_is_missing_nothing_is_published_and_yesterdays_files_stay(
    warehouse: Path, table
):
    folder = with_files_of_yesterday(warehouse)
    yesterday = contents(folder)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(f"drop table {table}")
    with pytest.raises(CannotPublish, match=f"no table {table}"):
        published(warehouse)
    today = contents(folder)
    assert {name: today[name] for name in yesterday} == yesterday
    assert all(name.startswith(".unfinished-") for name in set(today) - set(yesterday))


def test_the_first_night_without_a_table_publishes_nothing_at_all(warehouse: Path):
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("drop table cohorts.cohort_snapshots")
    with pytest.raises(CannotPublish):
        published(warehouse)
    folder = warehouse.parents[1] / "published"
    assert not [file for file in folder.iterdir() if not file.name.startswith(".unfinished-")]


def test_a_view_is_not_taken_for_a_table(warehouse: Path):
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("drop table release.questions")
        connection.execute("create view release.questions as select 1 as id")
    with pytest.raises(CannotPublish, match=r"no table release\.questions"):
        published(warehouse)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_write_ahead_log_beside_a_published_file_stops_the_next_publication(
    whole_warehouse: Path, tmp_path: Path, name
):
    folder = with_files_of_yesterday(tmp_path / "warehouse" / "warehouse.duckdb")
    (folder / f"{name}.wal").write_bytes(b"somebody wrote")
    before = contents(folder)
    with pytest.raises(CannotPublish, match=f"{name}.wal lies beside"):
        publish(whole_warehouse, folder, {})
    assert contents(folder) == before


def test_what_an_interrupted_publication_left_is_swept_away(warehouse: Path):
    folder = warehouse.parents[1] / "published"
    folder.mkdir()
    for name in (*FILES, f"{RELEASE_FILE}.wal", MANIFEST_FILE):
        (folder / f".unfinished-{name}").write_bytes(b"half a file")
    assert sorted(contents(published(warehouse).folder)) == sorted(
        [*FILES, MANIFEST_FILE, POINTER_FILE]
    )


def test_whoever_reads_the_file_of_yesterday_goes_on_reading_it(warehouse: Path):
    folder = published(warehouse).folder
    question = "select count(*) from reference.codes"
    with duckdb.connect(str(folder / RELEASE_FILE), read_only=True) as reader:
        with (folder / INTERNAL_FILE).open("rb") as copying:
            start = copying.read(10)
            assert reader.execute(question).fetchall() == [(2,)]
            with duckdb.connect(str(warehouse)) as connection:
                connection.execute("insert into reference.codes values (3, 'c', null)")
            before = (folder / INTERNAL_FILE).stat().st_ino
            published(warehouse)
            assert (folder / INTERNAL_FILE).stat().st_ino != before
            assert len(start + copying.read()) > 10_000
        assert reader.execute(question).fetchall() == [(2,)]
    assert asked(folder / RELEASE_FILE, question) == [(3,)]


def test_the_same_warehouse_twice_gives_the_same_rows_in_the_same_order(warehouse: Path):
    folder = published(warehouse).folder
    first = [rows_by_table(folder / name) for name in FILES]
    with duckdb.connect(str(warehouse)) as connection:
        # The same rows, written in another order.
        connection.execute("create temp table kept as select * from reference.codes")
        connection.execute("delete from reference.codes")
        connection.execute("insert into reference.codes select * from kept order by id")
    published(warehouse)
    assert [rows_by_table(folder / name) for name in FILES] == first


def test_a_folder_with_a_quotation_mark_in_its_name_is_a_folder(warehouse: Path):
    publication = publish(warehouse, warehouse.parents[1] / "children's", {})
    assert asked(publication.folder / RELEASE_FILE, "select count(*) from reference.codes") == [
        (2,)
    ]
