"""How models reach the warehouse: our materializations of dbt, in a project of their own."""

import os
import subprocess
from pathlib import Path

import duckdb
import pytest

from orchestration.transform.assets import DBT_PROJECT, dbt_command

PROJECT_FILE = """
name: {name}
profile: small
config-version: 2
model-paths: [models]
seed-paths: [seeds]
macro-paths: ["{macros}"]
flags: {{send_anonymous_usage_stats: false}}
models: {{+persist_docs: {{relation: true, columns: true}}}}
seeds: {{+persist_docs: {{relation: true, columns: true}}}}
"""
PROFILE = """
small:
  target: only
  outputs:
    only: {type: duckdb, path: "{{ env_var('WAREHOUSE_PATH') }}", threads: 1}
"""
DESCRIBED = """
models:
  - name: counted
    description: "What isn't counted"
    columns: [{name: n, description: A number}]
seeds:
  - name: listed
    description: A list
    config: {column_types: {code: varchar, n: integer}}
    columns: [{name: code, description: A code}]
"""
FIRST = {
    "models/counted.sql": """
{{ config(materialized='table', pre_hook='create table if not exists kept (n int)') }}
select 1 as n
""",
    "models/seen.sql": """
{{ config(materialized='view') }}
select n + 1 as n from {{ ref('counted') }}
""",
    "models/made.py": """
def model(dbt, session):
    dbt.config(materialized="table")
    return session.sql("select 7 as n")
""",
    "models/described.yml": DESCRIBED,
    "seeds/listed.csv": 'code,n\n001,5\n"a, ""b""",\n',
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    macros = tmp_path / "macros"
    macros.mkdir()
    file = "materializations.sql"
    (macros / file).write_text((DBT_PROJECT / "macros" / file).read_text("utf-8"), "utf-8")
    (tmp_path / "dbt_project.yml").write_text(
        PROJECT_FILE.format(name="small", macros=macros.as_posix()), "utf-8"
    )
    (tmp_path / "profiles.yml").write_text(PROFILE, "utf-8")
    write(tmp_path, FIRST)
    return tmp_path


def write(project: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text(text, "utf-8")


def build(project: Path) -> str:
    done = subprocess.run(
        [dbt_command(), "--no-use-colors", "build", "--project-dir", str(project)],
        env={
            **os.environ,
            "DBT_PROFILES_DIR": str(project),
            "WAREHOUSE_PATH": str(project / "small.duckdb"),
        },
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def ask(project: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(project / "small.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def relations(project: Path) -> list[tuple[object, ...]]:
    return ask(
        project,
        "select table_name, table_type from information_schema.tables order by table_name",
    )


def test_each_kind_is_made_with_its_comments_its_types_and_its_hook(project: Path):
    said = build(project)

    assert "ERROR=0" in said, said
    assert relations(project) == [
        ("counted", "BASE TABLE"),
        ("kept", "BASE TABLE"),
        ("listed", "BASE TABLE"),
        ("made", "BASE TABLE"),
        ("seen", "VIEW"),
    ]
    assert ask(project, "select n from seen union all select n from made") == [(2,), (7,)]
    # A code keeps its noughts, an empty cell is no value, and what is quoted is one cell.
    assert ask(project, "from listed") == [("001", 5), ('a, "b"', None)]
    assert ask(
        project,
        "select table_name, comment from duckdb_tables() where comment is not null order by all",
    ) == [("counted", "What isn't counted"), ("listed", "A list")]
    assert ask(
        project,
        "select table_name, column_name, comment from duckdb_columns()"
        " where comment is not null and not internal order by all",
    ) == [("counted", "n", "A number"), ("listed", "code", "A code")]


def test_a_model_replaces_what_was_there_of_another_kind(project: Path):
    build(project)
    write(
        project,
        {
            "models/counted.sql": "{{ config(materialized='view') }} select 3 as n",
            "models/seen.sql": "{{ config(materialized='table') }} select 4 as n",
            "seeds/listed.csv": "code,n\n002,6\n",
        },
    )
    (project / "models" / "made.py").unlink()
    write(project, {"models/made.sql": "{{ config(materialized='view') }} select 8 as n"})
    said = build(project)

    assert "ERROR=0" in said, said
    assert relations(project) == [
        ("counted", "VIEW"),
        ("kept", "BASE TABLE"),
        ("listed", "BASE TABLE"),
        ("made", "VIEW"),
        ("seen", "BASE TABLE"),
    ]
    assert ask(project, "select n from counted union all from seen union all from made") == [
        (3,),
        (4,),
        (8,),
    ]
    assert ask(project, "from listed") == [("002", 6)]


def test_a_model_that_fails_leaves_what_was_there(project: Path):
    build(project)
    write(
        project,
        {
            "models/counted.sql": "{{ config(materialized='table') }} select 'x'::int as n",
            "models/described.yml": DESCRIBED.replace("{name: code,", "{name: kode,"),
            "models/made.py": FIRST["models/made.py"].replace("7", "'x'::int"),
            "seeds/listed.csv": "code,n\n002,9\n",
        },
    )
    said = build(project)

    # The seed for a column that is described and is not there, after its rows were read.
    assert "ERROR=3 SKIP=1" in said, said
    assert "kode" in said
    assert ask(project, "select n from counted union all from seen union all from made") == [
        (1,),
        (2,),
        (7,),
    ]
    assert ask(project, "from listed") == [("001", 5), ('a, "b"', None)]


def test_a_seed_without_a_declared_column_says_which(project: Path):
    write(project, {"seeds/listed.csv": "code\n001\n"})
    said = build(project)

    assert "ERROR=1" in said, said
    assert 'Columns with names: "n" do not exist' in said
