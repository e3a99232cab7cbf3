"""The small worlds that tests live in: contracts, landed files and the warehouse they become."""

import csv
import datetime as dt
import functools
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.contracts import Column, ExtractContract, load_contracts
from orchestration.ingest.assets import authority_codes
from orchestration.ingest.landing import LandedFile, Places, survey
from orchestration.ingest.load import CodeSets, Night, load_files
from orchestration.yaml_files import read_yaml

PROJECT = Path(__file__).resolve().parents[1]
SHARED = PROJECT.parent / "shared"
KEY = b"a pseudonym key for tests and nothing else"
AS_AT = dt.date(2026, 6, 30)
AUTHORITY = "201"

EPISODES = [
    *("CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER"),
    *("DEC", "REC", "REASON_PLACE_CHANGE", "HOME_POST", "PL_POST", "URN"),
]
HEADER = ["CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"]


# ---- contracts ----


def a_column(name: str = "note", type: str = "text", **given: object) -> Column:
    """A column under the heading of its own name in upper case."""
    told = {"headers": (name.upper(),), "description": f"The {name}", **given}
    return Column.model_validate({"name": name, "type": type, **told})


def a_date_column(name: str = "decom", **given: object) -> Column:
    return a_column(name, "date", **given)


def an_identifier(name: str = "child", namespace: str = "person", **given: object) -> Column:
    return a_column(name, handling="pseudonymise", namespace=namespace, **given)


def a_contract(*columns: Column, **given: object) -> ExtractContract:
    """A CSV extract of an invented return, ``invented__rows`` unless told."""
    columns = columns or (an_identifier(required=True), a_date_column())
    told = {
        "extract": "invented__rows",
        "family": "invented",
        "forms": ("table",),
        "title": "Rows",
        "description": "Rows, one row per row.",
        "source": "Nobody's guide",
        "grain": (columns[0].name,),
        **given,
    }
    return ExtractContract.model_validate({"columns": columns, **told})


def an_xml_contract(*columns: Column, path: str = "Child", **given: object) -> ExtractContract:
    """A block of an invented census, ``invented__child`` unless told."""
    return a_contract(
        *columns, **{"extract": "invented__child", **given}, forms=("xml",), path=path
    )


@functools.cache
def published(spec: str) -> dict[str, Any]:
    """A published layout from beside the project; a test that needs one is skipped without it."""
    file = SHARED / "specs" / f"{spec}.yml"
    if not file.exists():
        pytest.skip(f"the published layout {file.name} is not beside the project")
    return dict(read_yaml(file))


@functools.cache
def the_contracts() -> Mapping[str, ExtractContract]:
    """The project's own contracts."""
    return load_contracts(PROJECT / "expectations" / "extracts")


@functools.cache
def the_codes() -> CodeSets:
    """The project's own code sets."""
    return CodeSets.read(PROJECT / "seeds" / "codes")


# ---- files ----


def csv_text(
    headings: Sequence[str], *rows: Mapping[str, str] | Sequence[str], delimiter: str = ","
) -> str:
    """A CSV file as text; a row given as a mapping is empty where it says nothing."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(headings)
    for row in rows:
        writer.writerow(
            [row.get(heading, "") for heading in headings] if isinstance(row, Mapping) else row
        )
    return text.getvalue()


def an_episode(child: str = "1001", **given: str) -> dict[str, str]:
    """An episode that began on 1 May 2025 and is open."""
    usual = {
        "CHILD": child,
        "DECOM": "01/05/2025",
        "RNE": "S",
        "LS": "C2",
        "CIN": "N1",
        "PLACE": "U1",
        "PLACE_PROVIDER": "PR1",
        "HOME_POST": "ZZ9 1ZZ",
        "PL_POST": "ZZ9 2ZZ",
        "URN": "SC123456",
    }
    return {**usual, **given}


def episodes(*rows: Mapping[str, str] | Sequence[str], delimiter: str = ",") -> str:
    """An episodes file; one episode unless told."""
    return csv_text(EPISODES, *(rows or (an_episode(),)), delimiter=delimiter)


def header(*rows: Mapping[str, str] | Sequence[str]) -> str:
    """A header file; one child unless told."""
    usual = {"CHILD": "1001", "SEX": "F", "DOB": "03/02/2012", "UPN": "A123456789012"}
    return csv_text(HEADER, *(rows or (usual,)))


def a_child(number: str = "1001", inside: str = "", identifiers: str = "") -> str:
    """One child of a census, referred on 6 May 2025 unless ``inside`` says otherwise."""
    details = inside or "<CINdetails><CINreferralDate>2025-05-06</CINreferralDate></CINdetails>"
    return (
        f"<Child>\n<ChildIdentifiers><LAchildID>{number}</LAchildID>{identifiers}"
        f"<PersonBirthDate>2012-02-03</PersonBirthDate></ChildIdentifiers>\n{details}\n</Child>\n"
    )


def a_census(
    *children: str,
    year: str = "2026",
    reference_date: str | None = None,
    authority: str = AUTHORITY,
    written_at: str = "2026-05-01T09:00:00",
    collection: str = "CIN",
    before: str = "",
) -> str:
    """A children in need census; one child unless told."""
    reference_date = f"{year}-03-31" if reference_date is None else reference_date
    return (
        f"{before}<Message>\n<Header>\n<CollectionDetails><Collection>{collection}</Collection>"
        f"<Year>{year}</Year><ReferenceDate>{reference_date}</ReferenceDate></CollectionDetails>\n"
        f"<Source><LEA>{authority}</LEA><SerialNo>001</SerialNo>"
        f"<DateTime>{written_at}</DateTime></Source>\n</Header>\n<Children>\n"
        f"{''.join(children or (a_child(),))}</Children>\n</Message>\n"
    )


def a_landing(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """A landing folder that holds exactly these files, by name below it."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in [path for path in folder.rglob("*") if path.is_file()]:
        if old.relative_to(folder).as_posix() not in files:
            old.unlink()
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return folder


# ---- nights ----


def a_night(**given: object) -> Night:
    """What a load needs to know, with the project's contracts and codes."""
    return replace(Night(the_contracts(), the_codes(), KEY, AS_AT), **given)


def surveyed(
    folder: Path,
    files: Mapping[str, str | bytes],
    authority: str | None = None,
    as_at: dt.date = AS_AT,
    contracts: Mapping[str, ExtractContract] | None = None,
) -> list[LandedFile]:
    """The files of a landing folder as they are recognised."""
    places = Places(authority_codes(), authority)
    return survey(a_landing(folder / "landing", files), contracts or the_contracts(), places, as_at)


def loaded(
    folder: Path,
    files: Mapping[str, str | bytes],
    connection: duckdb.DuckDBPyConnection | None = None,
    night: Night | None = None,
    authority: str | None = None,
) -> duckdb.DuckDBPyConnection:
    """A warehouse after a night with these files: in memory, or the one of the night before."""
    connection, night = connection or duckdb.connect(), night or a_night()
    landed = surveyed(folder, files, authority, night.as_at_date, night.contracts)
    load_files(connection, landed, night)
    return connection


# ---- what came of it ----


def rows_of(
    connection: duckdb.DuckDBPyConnection, table: str, columns: str = "*"
) -> list[tuple[object, ...]]:
    """Rows in an order of their own."""
    return connection.execute(f"select {columns} from {table} order by all").fetchall()


def everything(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table that is kept."""
    tables = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where not temporary"
    ).fetchall()
    return {table: rows_of(connection, table) for (table,) in tables}


def register(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, object]]:
    """What became of each file, by its name; of a census, its row for the children."""
    found = connection.execute(
        "select * from quality.extract_files where family <> 'cin_census' or extract in "
        "('', 'cin_census__child')"
    )
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {str(row["file_name"]): row for row in rows}


def unreconciled(connection: duckdb.DuckDBPyConnection) -> Iterable[tuple[object, ...]]:
    """Files whose rows read are not the rows loaded and quarantined, or not those in the tables."""
    raw = " union all by name ".join(
        f"select '{name}' as extract, _file_sha256 as file_sha256, local_authority_code "
        f"from raw.{name}"
        for (name,) in connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'raw'"
        ).fetchall()
    )
    return connection.execute(
        f"""
        with stored as (
            select extract, file_sha256, local_authority_code, count(*) as row_count
            from ({raw}) group by all
        ),

        listed as (
            select extract, file_name, count(distinct line_number) as row_count
            from quality.quarantined_rows group by all
        )

        select files.file_name, files.extract
        from quality.extract_files as files
        left join stored using (extract, file_sha256, local_authority_code)
        left join listed
            on files.extract = listed.extract and files.file_name = listed.file_name
        where files.status in ('loaded', 'superseded') and (
            files.rows_read <> files.rows_loaded + files.rows_quarantined
            or files.rows_loaded <> coalesce(stored.row_count, 0)
            or files.rows_quarantined <> coalesce(listed.row_count, 0)
        )
        """
    ).fetchall()
