"""Erase one child: from the landed files to the published tables, and for every night to come.

First the list of the erased is written, so that nothing brings the child back whatever happens
next; then the rows are taken out of the landed files; then the warehouse is begun anew with what it
keeps from night to night, less the child, because a database file keeps the bytes of rows that were
deleted. A night then makes everything else again. What is left is a proof in counts.
"""

import os
import re
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
from lxml import etree

from orchestration.contracts import ExtractContract
from orchestration.database import attach, is_encrypted, open_database, prepare_to_encrypt
from orchestration.ingest.archives import Unpacked
from orchestration.ingest.assets import a_night, landed_files
from orchestration.ingest.conform import text_table, typed_table
from orchestration.ingest.erased import (
    in_order,
    known,
    let_go,
    people_columns,
    pseudonym,
    write_list,
)
from orchestration.ingest.landing import LandedFile, fingerprint, lies_in
from orchestration.ingest.load import Night, prepare_reading, type_rows
from orchestration.ingest.refusals import RefusedFile
from orchestration.ingest.taking_out import (
    CannotTakeOut,
    holds,
    repacked,
    without_lines,
    without_parquet_rows,
    without_records,
    without_sheet_rows,
)
from orchestration.ingest.texts import drop_tables, take_in
from orchestration.lake import Lake, open_warehouse, take_out_for_good
from orchestration.people import Person
from orchestration.settings import Settings

# What the warehouse keeps from night to night; all else is made of the landed files.
KEPT = ("history",)
# A number of fewer signs stands in too many places that are nobody's.
LONG_ENOUGH = 5


@dataclass
class Erasure:
    """What was taken out, in counts: rows by landed file and by table.

    ``by_hand`` are files from which rows could not be taken, with what to do; ``still_written``
    files in which a number of the child stands outside any row that could be read, or in their
    name. ``numbers`` are those numbers.
    """

    files: dict[str, int] = field(default_factory=dict)
    tables: dict[str, int] = field(default_factory=dict)
    by_hand: dict[str, str] = field(default_factory=dict)
    still_written: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list, repr=False)

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to be done by hand."""
        return not self.by_hand and not self.still_written

    @property
    def facts(self) -> dict[str, object]:
        """The proof, which says nothing of who it was."""
        return {
            "rows_by_file": {self._without_numbers(name): n for name, n in self.files.items()},
            "rows_by_table": self.tables,
            "by_hand": sorted(map(self._without_numbers, {*self.by_hand, *self.still_written})),
        }

    def _without_numbers(self, name: str) -> str:
        """A name of a file as the proof may tell it for ever."""
        return _in_a_name(self.numbers).sub("(number)", name) if self.numbers else name


def erase(
    settings: Settings,
    contracts: Mapping[str, ExtractContract],
    person: Person,
    published: Path | None = None,
) -> Erasure:
    """Take every row about a child out of the landed files and the warehouse.

    The published files are as they were until a night has run; ``published`` is the internal one,
    in which is counted what will go.

    Raises:
        WrongPseudonymKey: the list of the erased was made with another key.
    """
    night = a_night(contracts, settings)
    # First of all: from here on no night brings the child back.
    night = replace(night, erased=night.erased | person.erased)
    write_list(settings.erased_list, settings.pseudonym_key, night.erased)
    erasure = Erasure()
    landed = landed_files(contracts, settings)
    with duckdb.connect(config={"temp_directory": ""}) as connection:
        prepare_reading(connection, night)
        found = _rows_about(connection, landed, night, person)
        write_list(settings.erased_list, settings.pseudonym_key, known(connection))
        for source in found.sources(settings.landing):
            _take_out(connection, source, night, erasure, settings.warehouse.parent)
    erasure.numbers = [number for number in found.numbers if len(number) >= LONG_ENOUGH]
    erasure.still_written = _still_written(settings.landing, erasure.numbers, erasure.by_hand)
    _count_tables(settings, person, published, erasure)
    begin_warehouse_anew(settings, person.pseudonyms)
    return erasure


# ---- which rows ----


@dataclass(frozen=True)
class _About:
    """The rows of one file, sheet or member that are about the child, by extract."""

    file: LandedFile
    rows: Mapping[str, Sequence[int]]

    @property
    def row_count(self) -> int:
        return sum(map(len, self.rows.values()))


@dataclass(frozen=True)
class _Source:
    """A landed file as it lies there, and what is about the child in it, by member of a zip file
    (which has no name where it is none)."""

    path: Path
    members: dict[str, list[_About]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Found:
    about: list[_About]
    numbers: list[str]

    def sources(self, landing: Path) -> list[_Source]:
        """What was found, by the files that have to be written again."""
        sources: dict[Path, _Source] = {}
        for about in self.about:
            outer, inside = lies_in(landing, about.file.name)
            path = landing if landing.is_file() else landing / outer
            sheet = about.file.layout.sheet if about.file.layout else ""
            member = inside.removesuffix(sheet).rstrip("/") if sheet else inside
            sources.setdefault(path, _Source(path)).members.setdefault(member, []).append(about)
        return list(sources.values())


def _rows_about(
    connection: duckdb.DuckDBPyConnection,
    landed: Sequence[LandedFile],
    night: Night,
    person: Person,
) -> _Found:
    steps = in_order(night.contracts)
    own = [
        file
        for file in landed
        if file.contracts and file.local_authority_code == person.local_authority_code
    ]
    own.sort(key=lambda file: max(steps[contract.extract] for contract in file.contracts))
    about, numbers = [], set()
    for file in own:
        try:
            rows, written = _let_go(connection, file, night)
        except RefusedFile:
            continue  # Nothing of it is ever loaded; what it holds is looked for by its numbers.
        numbers |= written
        if rows:
            about.append(_About(file, rows))
    return _Found(about, sorted(numbers))


def _let_go(
    connection: duckdb.DuckDBPyConnection, file: LandedFile, night: Night
) -> tuple[dict[str, list[int]], set[str]]:
    """The rows of a file that are about the erased, by extract, and the numbers in them."""
    rows: dict[str, list[int]] = {}
    numbers: set[str] = set()
    for text in take_in(connection, file):
        contract = text.contract
        type_rows(connection, file, contract, night)
        gone = let_go(
            connection, contract, night.contracts, file.local_authority_code, night.pseudonym_key
        )
        if gone:
            rows[contract.extract] = gone
            numbers |= _numbers(connection, contract, gone, file, night)
    drop_tables(connection, file)
    return rows, numbers


def _numbers(
    connection: duckdb.DuckDBPyConnection,
    contract: ExtractContract,
    rows: Sequence[int],
    file: LandedFile,
    night: Night,
) -> set[str]:
    """The numbers of the erased as they are written in these rows, which hold others' as well."""
    erased = {(one.kind, one.pseudonym) for one in night.erased}
    written = set()
    for column in people_columns(contract):
        for (number,) in connection.execute(
            f'select distinct trim("{column.name}") from {text_table(contract)} '
            f'where list_contains(?, _row_number) and "{column.name}" is not null',
            [list(rows)],
        ).fetchall():
            kind = str(column.namespace)
            made = pseudonym(night.pseudonym_key, file.local_authority_code, kind, number)
            if (kind, made) in erased:
                written.add(number)
    return written


# ---- out of the landed files ----


def _take_out(
    connection: duckdb.DuckDBPyConnection,
    source: _Source,
    night: Night,
    erasure: Erasure,
    workspace: Path,
) -> None:
    """Write a file again without the rows; it stays as it was where that cannot be done."""
    try:
        changed = {
            member: _without(connection, about, night, workspace)
            for member, about in source.members.items()
        }
        content = changed[""] if "" in changed else repacked(source.path, changed)
    except CannotTakeOut as reason:
        for about in (about for members in source.members.values() for about in members):
            erasure.by_hand[about.file.name] = str(reason)
        return
    _put_in_place(source.path, content)
    for about in (about for members in source.members.values() for about in members):
        erasure.files[about.file.name] = about.row_count


def _without(
    connection: duckdb.DuckDBPyConnection,
    about: Sequence[_About],
    night: Night,
    workspace: Path,
) -> bytes:
    file = about[0].file
    content = file.path.read_bytes()
    layout = file.layout
    if layout is None:
        content = without_records(content, _is_about(file, night))
    else:
        (extract,) = about[0].rows
        rows = set(about[0].rows[extract])
        if layout.kind == "csv":
            content = without_lines(content, layout, rows)
        elif layout.kind == "parquet":
            content = without_parquet_rows(content, rows)
        else:
            sheets: dict[str, Collection[int]] = {
                one.file.layout.sheet: set(*one.rows.values()) for one in about if one.file.layout
            }
            content = without_sheet_rows(content, sheets)
    _look_over(connection, about, content, night, workspace)
    return content


def _is_about(file: LandedFile, night: Night) -> Callable[[etree._Element], bool]:
    """Whether a record of an XML message is about one of the erased."""
    places = {
        (header.rpartition("/")[2], str(column.namespace))
        for contract in file.contracts
        for column in people_columns(contract)
        for header in column.headers
    }
    family = file.family
    erased = {
        (one.kind, one.pseudonym)
        for one in night.erased
        if one.local_authority_code == file.local_authority_code
        and family not in one.not_in.split()
    }

    def is_about(record: etree._Element) -> bool:
        return any(
            (kind, pseudonym(night.pseudonym_key, file.local_authority_code, kind, found.text))
            in erased
            for tag, kind in places
            for found in record.iter(f"{{*}}{tag}")
            if found.text
        )

    return is_about


def _look_over(
    connection: duckdb.DuckDBPyConnection,
    about: Sequence[_About],
    content: bytes,
    night: Night,
    workspace: Path,
) -> None:
    """Read what was written: the rows are gone, and no other one with them.

    Raises:
        CannotTakeOut: it is not so.
    """
    beside = Unpacked(workspace)
    written = beside.path / f"written{about[0].file.path.suffix}"
    written.write_bytes(content)
    sha256, line_count = fingerprint(written)
    for one in about:
        new = replace(one.file, path=written, sha256=sha256, line_count=line_count, unpacked=beside)
        before = _row_counts(connection, one.file, night)
        after = _row_counts(connection, new, night)
        left, _ = _let_go(connection, new, night)
        for extract, count in before.items():
            if left or after[extract] != count - len(one.rows.get(extract, ())):
                raise CannotTakeOut(
                    "Its rows could not be taken out without others. Take them out by hand; until "
                    "then they are let go each time it is read."
                )


def _row_counts(
    connection: duckdb.DuckDBPyConnection, file: LandedFile, night: Night
) -> dict[str, int]:
    counts = {}
    for text in take_in(connection, file):
        type_rows(connection, file, text.contract, night)
        row = connection.execute(
            f"select count(*) from {typed_table(text.contract)} where not _is_blank"
        ).fetchone()
        counts[text.contract.extract] = int(row[0]) if row else 0
    drop_tables(connection, file)
    return counts


def _put_in_place(path: Path, content: bytes) -> None:
    # Hidden, so that a night that begins now does not read it.
    unfinished = path.with_name(f".{path.name}.unfinished")
    with unfinished.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    unfinished.chmod(path.stat().st_mode)
    unfinished.replace(path)


def _still_written(landing: Path, numbers: Sequence[str], by_hand: Mapping[str, str]) -> list[str]:
    """The landed files in which a number of the child stands, whatever else they are, or in whose
    name one does."""
    files = [landing] if landing.is_file() else sorted(landing.rglob("*"))
    names = {path: path.name if landing.is_file() else path.relative_to(landing).as_posix()
             for path in files if path.is_file()}  # fmt: skip
    return [
        name
        for path, name in names.items()
        # What is to be done by hand is said already, sheet by sheet.
        if not any(listed == name or listed.startswith(f"{name}/") for listed in by_hand)
        and (
            any(holds(part, numbers) for part in _parts(path))
            or (numbers and _in_a_name(numbers).search(name))
        )
    ]


def _in_a_name(numbers: Sequence[str]) -> re.Pattern[str]:
    """One of these numbers in the name of a file, by itself and not in a longer one."""
    any_of = "|".join(map(re.escape, numbers))
    return re.compile(rf"(?<![A-Z\d])(?:{any_of})(?![A-Z\d])", re.IGNORECASE)


def _parts(path: Path) -> list[bytes]:
    """A file's bytes, unpacked where it is an archive or a workbook."""
    try:
        with zipfile.ZipFile(path) as opened:
            return [opened.read(info) for info in opened.infolist() if not info.flag_bits & 0x1]
    except (zipfile.BadZipFile, NotImplementedError):
        return [path.read_bytes()]


# ---- out of the databases ----


def _count_tables(
    settings: Settings,
    person: Person,
    published: Path | None,
    erasure: Erasure,
) -> None:
    for file, mark in ((settings.warehouse, ""), (published, "published ")):
        lake = settings.lake if file == settings.warehouse else None
        if lake is not None or (file is not None and file.exists()):
            key = settings.encryption_key if file and is_encrypted(file) else None
            with open_warehouse(file or Path(), key, lake, read_only=True) as connection:
                counts = rows_about(connection, person.pseudonyms)
            erasure.tables |= {f"{mark}{table}": count for table, count in counts.items()}


def rows_about(connection: duckdb.DuckDBPyConnection, pseudonyms: Sequence[str]) -> dict[str, int]:
    """How many rows of each table name one of these pseudonyms, in whatever column."""
    counts = {}
    for table, condition in _conditions(connection).items():
        row = connection.execute(
            f"select count(*) from {table} where {condition}", {"gone": list(pseudonyms)}
        ).fetchone()
        if row and row[0]:
            counts[table.replace('"', "")] = int(row[0])
    return counts


def _conditions(connection: duckdb.DuckDBPyConnection, schema: str = "%") -> dict[str, str]:
    columns: dict[str, list[str]] = {}
    for table, column in connection.execute(
        """
        select '"' || schema_name || '"."' || table_name || '"', column_name
        from duckdb_columns()
        inner join duckdb_tables() using (database_name, schema_name, table_name)
        where data_type = 'VARCHAR' and database_name = current_database() and schema_name like ?
        order by all
        """,
        [schema],
    ).fetchall():
        columns.setdefault(table, []).append(column)
    return {
        table: " or ".join(f'coalesce(list_contains($gone, "{name}"), false)' for name in names)
        for table, names in columns.items()
    }


def begin_warehouse_anew(
    settings: Settings, pseudonyms: Sequence[str] = (), *, left_out: Collection[str] = ()
) -> None:
    """The warehouse of the settings, whichever it is, as ``begin_anew`` leaves one."""
    if settings.lake is not None:
        begin_lake_anew(settings.lake, pseudonyms, left_out=left_out)
    else:
        begin_anew(settings.warehouse, settings.encryption_key, pseudonyms, left_out=left_out)


def begin_anew(
    warehouse: Path,
    key: str | None,
    pseudonyms: Sequence[str] = (),
    *,
    old_key: str | None = None,
    left_out: Collection[str] = (),
) -> None:
    """A warehouse with the fingerprint of the pseudonym key and what is kept from night to night,
    less the rows that name one of these pseudonyms and the tables ``left_out``; in the place of the
    one there was.

    ``key`` is what it is encrypted with from now on, ``old_key`` before, where that was another.
    """
    if not warehouse.exists():
        return
    unfinished = warehouse.with_name("unpacked-warehouse.duckdb")
    unfinished.unlink(missing_ok=True)
    old_key = (old_key or key) if is_encrypted(warehouse) else None
    with open_database(warehouse, old_key) as connection:
        if key is not None:
            prepare_to_encrypt(connection, warehouse.parent)
        attach(connection, unfinished, "anew", key)
        here = connection.execute("select current_database()").fetchone()
        assert here is not None
        for schema, name, sql in connection.execute(
            "select schema_name, table_name, sql from duckdb_tables() "
            "where database_name = current_database() and (list_contains(?, schema_name) "
            "or schema_name || '.' || table_name = 'quality.pseudonym_keys') "
            "and not list_contains(?, schema_name || '.' || table_name) order by all",
            [list(KEPT), list(left_out)],
        ).fetchall():
            connection.execute(f"create schema if not exists anew.{schema}")
            connection.execute(sql.replace(f"TABLE {schema}.", f"TABLE anew.{schema}.", 1))
            condition = _conditions(connection, schema).get(f'"{schema}"."{name}"', "false")
            connection.execute(
                f'insert into anew.{schema}."{name}" select * from "{here[0]}".{schema}."{name}" '
                f"where not ({condition})",
                {"gone": list(pseudonyms)} if "$gone" in condition else {},
            )
        connection.execute("force checkpoint anew")
        connection.execute("detach anew")
    for log in warehouse.parent.glob(f"{warehouse.name}.wal"):
        log.unlink()
    unfinished.replace(warehouse)


def begin_lake_anew(
    lake: Lake, pseudonyms: Sequence[str] = (), *, left_out: Collection[str] = ()
) -> None:
    """A lake with the fingerprint of the pseudonym key and what is kept from night to night, less
    the rows that name one of these pseudonyms and the tables ``left_out``; nothing is left of the
    others, in no snapshot."""
    with open_warehouse(Path(), None, lake) as connection:
        connection.execute("begin")
        for kind in ("view", "table"):
            for schema, name in connection.execute(
                f"select schema_name, {kind}_name from duckdb_{kind}s() where database_name = "
                f"current_database() and not internal and (not list_contains(?, schema_name) "
                f"or list_contains(?, schema_name || '.' || {kind}_name)) "
                f"and schema_name || '.' || {kind}_name <> 'quality.pseudonym_keys'",
                [list(KEPT), list(left_out)],
            ).fetchall():
                connection.execute(f'drop {kind} "{schema}"."{name}"')
        for schema in KEPT:
            for table, condition in _conditions(connection, schema).items():
                connection.execute(
                    f"delete from {table} where {condition}", {"gone": list(pseudonyms)}
                )
        connection.execute("commit")
        take_out_for_good(connection)
