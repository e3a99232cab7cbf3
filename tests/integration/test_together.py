"""Publications of several authorities put together: nothing is counted, lost or mixed."""

import json
from pathlib import Path

import duckdb
import pytest

from orchestration.publish.files import INTERNAL_FILE, RELEASE_FILE, CannotPublish
from orchestration.publish.together import publish_together

FACTS = {
    "as_at_date": "2026-03-31",
    "code_version": "1",
    "parameter_version": "7",
    "published_at": "2026-04-01T02:00:00+00:00",
    "publication": 3,
    "landed_files": [{"file_name": "population.csv", "sha256": "p", "status": "loaded"}],
}


def a_publication(folder: Path, code: str, *, rows: str = "", **facts: object) -> Path:
    """What an authority has published: a figure of its own, and one of the country."""
    folder.mkdir()
    for name in (INTERNAL_FILE, RELEASE_FILE):
        with duckdb.connect(str(folder / name)) as connection:
            connection.execute(
                f"""
                create schema reference;
                create schema outcomes;
                create table reference.periods (period_id varchar primary key);
                insert into reference.periods values ('2025-26');
                create table outcomes.indicator_values (
                    local_authority_code varchar not null, value double,
                    primary key (local_authority_code)
                );
                comment on table outcomes.indicator_values is 'Figures';
                comment on column outcomes.indicator_values.value is 'The figure';
                insert into outcomes.indicator_values values ('{code}', 0.25), ('eng', 0.5) {rows};
                """
            )
    (folder / "manifest.json").write_text(json.dumps({**FACTS, **facts}))
    return folder


def figures(file: Path) -> list[tuple[str, float]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute("from outcomes.indicator_values order by all").fetchall()


def test_rows_of_each_stand_together_and_those_of_the_country_once(tmp_path: Path):
    published = publish_together(
        {code: a_publication(tmp_path / code, code) for code in ("201", "202")},
        tmp_path / "published",
    )

    for name in (INTERNAL_FILE, RELEASE_FILE):
        assert figures(published.folder / name) == [("201", 0.25), ("202", 0.25), ("eng", 0.5)]
        assert published.row_counts[name] == {
            "outcomes.indicator_values": 3,
            "reference.periods": 1,
        }
    with duckdb.connect(str(published.folder / RELEASE_FILE), read_only=True) as connection:
        said = connection.execute(
            "select comment from duckdb_columns() where column_name = 'value'"
        ).fetchall()
        keys = connection.execute("select constraint_type from duckdb_constraints()").fetchall()
    assert said == [("The figure",)]
    assert ("PRIMARY KEY",) in keys


def test_a_file_that_was_in_use_is_read_under_the_name_it_was_published_by(tmp_path: Path):
    place = a_publication(tmp_path / "201", "201", rows=", ('w06', 0.75)")
    (place / RELEASE_FILE).rename(place / "csc_outcomes_2026-03-31_0003.duckdb")
    (place / "newest.json").write_text(
        json.dumps({RELEASE_FILE: "csc_outcomes_2026-03-31_0003.duckdb"})
    )
    # What somebody had open is still there, and is of an earlier night.
    with duckdb.connect(str(place / RELEASE_FILE)) as connection:
        connection.execute("create schema outcomes")

    published = publish_together({"201": place}, tmp_path / "published")

    assert figures(published.folder / RELEASE_FILE) == figures(published.folder / INTERNAL_FILE)


def test_the_manifest_says_what_stands_of_whom(tmp_path: Path):
    earlier = {"as_at_date": "2026-03-30", "published_at": "2026-03-31T02:00:00+00:00"}
    folder = publish_together(
        {
            "201": a_publication(tmp_path / "201", "201", **earlier),
            "202": a_publication(tmp_path / "202", "202"),
        },
        tmp_path / "published",
    ).folder
    manifest = json.loads((folder / "manifest.json").read_text())

    assert manifest["as_at_date"] == "2026-03-31"
    assert manifest["authorities"]["201"] == {**earlier, "publication": 3}
    assert len(manifest["landed_files"]) == 1
    assert manifest["publication"] == 1


@pytest.mark.parametrize("name", ["code_version", "parameter_version"])
def test_figures_of_two_sets_of_definitions_are_not_put_together(tmp_path: Path, name: str):
    publications = {
        "201": a_publication(tmp_path / "201", "201", **{name: "another"}),
        "202": a_publication(tmp_path / "202", "202"),
    }
    with pytest.raises(CannotPublish, match=f"differ in {name} .201 another, 202"):
        publish_together(publications, tmp_path / "published")


def test_two_that_say_different_things_of_one_row_stop_the_publication(tmp_path: Path):
    published = tmp_path / "published"
    publications = {
        code: a_publication(tmp_path / code, code, rows=f", ('eng_{code}', 1)")
        for code in ("201", "202")
    }
    publish_together(publications, published)
    before = figures(published / RELEASE_FILE)
    publications["203"] = a_publication(tmp_path / "203", "203", rows=", ('eng_201', 2)")

    with pytest.raises(CannotPublish, match="different things of the same row"):
        publish_together(publications, published)
    assert figures(published / RELEASE_FILE) == before


def test_nobody_has_published(tmp_path: Path):
    with pytest.raises(CannotPublish, match="run their nights first"):
        publish_together({"201": tmp_path / "201"}, tmp_path / "published")
