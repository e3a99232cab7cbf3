"""What no figure needs, planted in landed files and looked for wherever a night writes.

Every identifier becomes one that is found by its form; every cell that the contracts drop or
restrict gets a word that stands nowhere else; so do a column nobody asked for and cells that cannot
be read. Days of birth and pupil numbers are those of the simulated children.
"""

import csv
import datetime as dt
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.contracts import Column, ExtractContract, Handling
from orchestration.ingest.assets import authority_codes
from orchestration.ingest.erased import people_columns
from orchestration.ingest.landing import LandedFile, Places, survey
from orchestration.ingest.layouts import position_of

# Found by their form: ids of people and of their records, words by what the contract says of
# them, and postcodes of the simulated county with those that no directory has.
FORMS = {
    "id": r"ZQ\d{8}",
    "record id": r"ZK\d{8}",
    "dropped": r"Zqxd\d{5}",
    "restricted": r"Zqxr\d{5}",
    "unread": r"Zqxu\d{5}",
    "file name": r"Zqxn\d{5}",
    "postcode": r"Z[QZ]\d{1,2} ?\d[A-Z]{2}",
    "pupil number": r"[A-Z]\d{11}[A-Z\d]",
    "day of birth": r"\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4}",
}
# Of these forms there are others that are nobody's: only those that were planted count.
ONLY_PLANTED = ("pupil number", "day of birth")
ANY_FORM = re.compile("|".join(FORMS.values()), re.IGNORECASE)
# The number that a registration is, and where a team, a service or an indicator is meant.
NOBODYS = ("registration",)
SHORTEST_ID_OF_A_PERSON = 7
SHARED_IDS = (
    *("team_id", "team_parent_id", "service_id", "meeting_id", "role_id"),
    *("indicator_id", "outcome_id"),
)
XML_IDS = re.compile(r"(?<=<LAchildID>)[^<]+")
SHEET_TEXT = re.compile(r"(?<=<t>)[^<]+")


@dataclass
class Planted:
    """What was planted, by kind."""

    found_in: dict[str, set[str]] = field(default_factory=lambda: {kind: set() for kind in FORMS})
    ids: dict[str, str] = field(default_factory=dict)
    record_ids: dict[str, str] = field(default_factory=dict)

    def word(self, kind: str) -> str:
        """A word that was not there before."""
        letter = {"dropped": "d", "restricted": "r", "unread": "u", "file name": "n"}[kind]
        word = f"Zqx{letter}{len(self.found_in[kind]):05}"
        self.found_in[kind].add(word)
        return word

    def id_for(self, written: str) -> str:
        """The planted id of a person, the same in every file."""
        planted = self.ids.setdefault(written, f"ZQ{len(self.ids):08}")
        self.found_in["id"].add(planted)
        return planted

    def in_a_sheet(self, cell: str) -> str:
        """The planted id of a cell that is one: a short number may be a code, or an authority."""
        return self.ids.get(cell, cell) if len(cell) >= SHORTEST_ID_OF_A_PERSON else cell

    def record_id_for(self, written: str) -> str:
        """The planted number of a record, the same in every file."""
        planted = self.record_ids.setdefault(written, f"ZK{len(self.record_ids):08}")
        self.found_in["record id"].add(planted)
        return planted

    def kinds_in(self, told: str) -> set[str]:
        """What of it stands in a text."""
        return {kind for form in set(ANY_FORM.findall(told)) if (kind := self.kind_of(form))}

    def kind_of(self, form: str) -> str | None:
        """The kind of what looks planted; None where it was there before."""
        for kind, pattern in FORMS.items():
            if re.fullmatch(pattern, form, re.IGNORECASE):
                is_planted = kind not in ONLY_PLANTED or form.upper() in self.found_in[kind]
                return kind if is_planted else None
        return None


def plant(landing: Path, contracts: Mapping[str, ExtractContract], as_at: dt.date) -> Planted:
    """Plant in every extract of people below a folder, in place; the forms stay as they were."""
    planted = Planted()
    landed = survey(landing, contracts, Places(authority_codes()), as_at)
    tables = [file for file in landed if _is_of_people(file) and file.path.suffix == ".csv"]
    other_days: set[str] = set()
    for file in tables:
        other_days |= _plant_in_csv(file, planted)
    for path in {file.path for file in landed if file.path.suffix == ".xml"}:
        _rewrite(path, lambda text: XML_IDS.sub(lambda id_: planted.id_for(id_[0]), text))
    for path in {file.path for file in landed if file.path.suffix == ".xlsx"}:
        _rewrite_workbook(
            path,
            lambda text: SHEET_TEXT.sub(lambda cell: planted.in_a_sheet(cell[0]), text),
        )
    # A day on which something else happened as well is no proof of anything.
    planted.found_in["day of birth"] -= other_days
    for folder in sorted(path for path in landing.iterdir() if path.name.isdecimal()):
        _plant_in_names(folder, planted)
    return planted


def _plant_in_names(folder: Path, planted: Planted) -> None:
    """A word in the name of every file of an authority: in a folder around all that it sent, in
    files that nobody can read, and in one that is sent twice."""
    sent = sorted(folder.iterdir())
    around = folder / f"about {planted.word('file name')}"
    around.mkdir()
    for path in sent:
        path.rename(around / path.name)
    for ending in (".csv", ".docx", f".{planted.word('file name')}"):
        stray = around / f"{planted.word('file name')} referral{ending}"
        stray.write_text("who,what\nsomebody,something\n", encoding="utf-8")
    twice = max(sorted(around.rglob("*.csv")), key=lambda path: path.stat().st_size)
    copied = twice.with_name(f"{twice.stem} {planted.word('file name')}.csv")
    copied.write_bytes(twice.read_bytes())


def _is_of_people(file: LandedFile) -> bool:
    return bool(file.contracts) and not file.contracts[0].is_reference


def _plant_in_csv(file: LandedFile, planted: Planted) -> set[str]:
    """Plant in one table; every day in it that is nobody's day of birth."""
    contract, layout = file.contracts[0], file.layout
    assert layout is not None
    with file.path.open(encoding="utf-8", newline="") as handle:
        headings, *rows = csv.reader(handle, delimiter=layout.delimiter)
    other_days: set[str] = set()
    shared = [header for column in contract.columns for header in column.headers]
    for column in contract.columns:
        at = position_of(layout, column.headers)
        if at is None or column.type == "map":
            continue
        if column.json_key or any(shared.count(header) > 1 for header in column.headers):
            continue
        for row in rows:
            row[at] = _planted_cell(row[at], column, contract, planted)
        if column.type in ("date", "datetime") and not _is_day_of_birth(column):
            other_days |= {form for row in rows for form in _both_forms(row[at])}
    if len(rows) > 20:
        _make_unreadable(rows[-2:], contract, layout_positions(file), planted)
    headings.append("Worker notes")
    for row in rows:
        row.append(planted.word("unread"))
    with file.path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, delimiter=layout.delimiter).writerows([headings, *rows])
    return other_days


def layout_positions(file: LandedFile) -> dict[str, int]:
    """Where each column of a table stands."""
    assert file.layout is not None
    at = {c.name: position_of(file.layout, c.headers) for c in file.contracts[0].columns}
    return {name: position for name, position in at.items() if position is not None}


def _planted_cell(cell: str, column: Column, contract: ExtractContract, planted: Planted) -> str:
    if column.handling is Handling.DROP and column.type == "text":
        return planted.word("dropped")
    if column.handling is Handling.RESTRICT and column.type == "text":
        return planted.word("restricted")
    if not cell:
        return cell
    if _is_day_of_birth(column):
        planted.found_in["day of birth"] |= set(_both_forms(cell))
        return cell
    if column.handling is Handling.PSEUDONYMISE and column.namespace == "upn":
        planted.found_in["pupil number"].add(cell)
        return cell
    if column.handling is Handling.PSEUDONYMISE and column.namespace not in NOBODYS:
        return planted.id_for(cell)
    if column.handling is Handling.LOCATE:
        planted.found_in["postcode"].add(cell)
        # Every second one is in no directory, and cannot be read.
        return cell if len(planted.found_in["postcode"]) % 2 else f"ZQ{cell[2:]}"
    if _is_id_of_a_record(column, contract):
        return planted.record_id_for(cell)
    return cell


def _is_day_of_birth(column: Column) -> bool:
    return column.type == "date" and bool({"dob", "birth"} & set(column.name.split("_")))


def _is_id_of_a_record(column: Column, contract: ExtractContract) -> bool:
    """A number by which the case system knows a referral, a visit: whoever has the system finds
    the child by it."""
    return (
        (contract.family == "ssd" or bool(people_columns(contract)))
        and column.handling is Handling.KEEP
        and column.type == "text"
        and column.name.endswith("_id")
        and not column.name.endswith(SHARED_IDS)
    )


def _both_forms(cell: str) -> Iterator[str]:
    """A day as databases and as people write it; nothing for what is no day."""
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            day = dt.datetime.strptime(cell[:10], pattern).replace(tzinfo=dt.UTC)
        except ValueError:
            continue
        # The first and the last day of a month are those of a period as well.
        if day.day not in (1, 28, 29, 30, 31):
            yield from (f"{day:%Y-%m-%d}", f"{day:%d/%m/%Y}")


def _make_unreadable(
    rows: Iterable[list[str]],
    contract: ExtractContract,
    positions: Mapping[str, int],
    planted: Planted,
) -> None:
    """A word in a day, a code and a number of each row, where a typing error would be."""
    of_the_file = {contract.authority_in, contract.dated_by, contract.sender_in}
    for row in rows:
        for kind in ("date", "code", "integer", "boolean"):
            columns = [c for c in contract.columns if c.type == kind and c.name in positions]
            for column in [c for c in columns if c.name not in of_the_file and not c.json_key][-1:]:
                row[positions[column.name]] = planted.word("unread")


def _rewrite(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text("utf-8")), encoding="utf-8")


def _rewrite_workbook(path: Path, change: Callable[[str], str]) -> None:
    with zipfile.ZipFile(path) as opened:
        members = {info: opened.read(info) for info in opened.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        for info, content in members.items():
            is_sheet = info.filename.startswith("xl/worksheets/")
            written.writestr(info, change(content.decode()) if is_sheet else content)


# ---- looking for them ----


def search_bytes(paths: Iterable[Path], planted: Planted) -> dict[str, set[str]]:
    """What stands in files as it is written, byte by byte."""
    found = {str(path): planted.kinds_in(path.read_bytes().decode("latin-1")) for path in paths}
    return {place: kinds for place, kinds in found.items() if kinds}


def search_database(connection: duckdb.DuckDBPyConnection, planted: Planted) -> dict[str, set[str]]:
    """What stands in the values of a DuckDB or SQLite database: table.column: kinds. Values are
    compressed on disk, so that a look at the bytes says little."""
    columns: dict[str, list[str]] = {}
    for table, column in connection.execute(
        "select '\"' || schema_name || '\".\"' || table_name || '\"', column_name "
        "from duckdb_columns() where not internal and database_name = current_database() "
        "order by all"
    ).fetchall():
        columns.setdefault(table, []).append(column)
    found: dict[str, set[str]] = {}
    for table, names in columns.items():
        if not kinds_in_rows(connection, table, planted):
            continue
        for name in names:
            if kinds := _kinds(connection, f'cast("{name}" as varchar) from {table}', planted):
                found[f"{table}.{name}".replace('"', "")] = kinds
    return found


def kinds_in_rows(connection: duckdb.DuckDBPyConnection, table: str, planted: Planted) -> set[str]:
    """What stands anywhere in the rows of a table, or of what can be read like one."""
    return _kinds(connection, f"cast(place as varchar) from {table} as place", planted)


def _kinds(connection: duckdb.DuckDBPyConnection, told: str, planted: Planted) -> set[str]:
    forms = connection.execute(
        f"select distinct unnest(regexp_extract_all(told, ?, 0, 'i')) from (select {told}) "
        "as places (told)",
        [ANY_FORM.pattern],
    ).fetchall()
    return {kind for (form,) in forms if (kind := planted.kind_of(form))}
