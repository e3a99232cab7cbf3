"""How a table is written, and which extract its headings are of.

A table is a CSV file, a sheet of a workbook or a Parquet file. Headings are compared by their keys
(``contracts.heading_key``), and known by what they say before what the file is called.
"""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from orchestration.contracts import (
    Column,
    ExtractContract,
    Form,
    heading_key,
    heading_keys,
    without_note,
)
from orchestration.ingest.refusals import RefusedFile

HEAD_BYTES = 65_536
CHUNK_BYTES = 1 << 20
# Titles and notes above the headings are met in spreadsheets, also where they are saved as CSV.
ROWS_SEARCHED_FOR_HEADINGS = 20
# Below both shares, of its headings or of the file's, a contract is not known from content alone.
SHARE_OF_CONTRACT = 0.6
SHARE_OF_FILE = 0.8
DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class TableLayout:
    """How a table is written: its form, its headings and the line they stand on.

    ``headings`` are keys, ``written_headings`` the same as the file has them. A Parquet file has
    no line of headings: ``heading_line`` is 0 and its first row is row 1.
    """

    kind: Literal["csv", "xlsx", "parquet"]
    headings: tuple[str, ...]
    written_headings: tuple[str, ...]
    heading_line: int
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""


@dataclass(frozen=True)
class Recognised:
    """The extract a table is of, how it is written, and its first rows as text."""

    contract: ExtractContract
    layout: TableLayout
    first_rows: tuple[tuple[str, ...], ...]

    def value_of(self, column_name: str | None) -> str:
        """The first filled cell of a column; empty where the file does not have the column."""
        column = next((c for c in self.contract.columns if c.name == column_name), None)
        position = position_of(self.layout, column.headers) if column else None
        if position is None:
            return ""
        cells = (row[position].strip() for row in self.first_rows if position < len(row))
        return next((cell for cell in cells if cell), "")


def position_of(layout: TableLayout, headers: Iterable[str]) -> int | None:
    """Where a column stands; a heading with a bracketed note is looked at only if none is exact."""
    wanted = {heading_key(header) for header in headers} - {""}
    for i, key in enumerate(layout.headings):
        if key in wanted:
            return i
    for i, written in enumerate(layout.written_headings):
        if heading_key(without_note(written)) in wanted:
            return i
    return None


def unknown_headings(layout: TableLayout, contract: ExtractContract) -> tuple[int, ...]:
    """Where the headings stand that no column of the contract takes; blank ones are none."""
    taken = {position_of(layout, column.headers) for column in contract.columns}
    return tuple(i for i, key in enumerate(layout.headings) if key and i not in taken)


# ---- the first rows of each kind of file ----


@dataclass(frozen=True)
class Head:
    """The first rows of a table, each with its line, under one reading of the file."""

    kind: Literal["csv", "xlsx", "parquet"]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""


def refuse_run_on_headings(layout: TableLayout, contract: ExtractContract) -> None:
    """Nothing, where a heading of two lines is one that the contract knows.

    Any other holds rows: a quotation mark among the headings has swallowed the lines after it.

    Raises:
        RefusedFile: there is such a heading.
    """
    known = contract.headings
    for key, written in zip(layout.headings, layout.written_headings, strict=True):
        runs_on = "\n" in written or "\r" in written
        if runs_on and key not in known and heading_key(without_note(written)) not in known:
            raise RefusedFile(
                f"A quotation mark among the headings, on line {layout.heading_line} or above it, "
                "is opened and not closed: the rows after it cannot be told apart. Export it again."
            )


def csv_heads(path: Path) -> list[Head]:
    """A text file's first rows, once for each separator it might have.

    Raises:
        RefusedFile: it is not text, or nothing but blanks.
    """
    encoding = encoding_of(path)
    with path.open("r", encoding=encoding, newline="") as handle:
        head = handle.read(HEAD_BYTES)
    if not head.strip(' \t\r\n,;|"\0'):
        raise RefusedFile("The file holds nothing but blanks. Export it again.")
    if head.count("\0") * 10 > len(head):
        # As UTF-16 and UTF-32 look where no mark at their beginning says so.
        raise RefusedFile(
            "The file is in an encoding that it does not say. Export it again as UTF-8 CSV."
        )
    return [
        Head("csv", tuple(_csv_rows(head, delimiter)), encoding, delimiter)
        for delimiter in DELIMITERS
    ]


def _csv_rows(head: str, delimiter: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    rows = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    try:
        for _, row in zip(range(2 * ROWS_SEARCHED_FOR_HEADINGS), rows, strict=False):
            yield rows.line_num, tuple(row)
    except csv.Error:
        return  # It may not be a table at all.


def sheet_heads(path: Path) -> list[Head]:
    """The first rows of each sheet of a workbook that has any; hidden sheets too.

    A sheet whose name begins with an underscore is its maker's own, as the code lists are in our
    templates.

    Raises:
        RefusedFile: the workbook cannot be opened.
    """
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        names = [name for name in workbook.sheet_names if not name.startswith("_")]
        sheets = [_first_cells(workbook, name) for name in names]
    except CalamineError as error:
        raise RefusedFile(
            "The workbook cannot be opened: it is damaged or locked with a password. Save it again "
            "without a password."
        ) from error
    heads = [
        Head("xlsx", tuple(_sheet_rows(rows)), sheet=name)
        for name, rows in zip(names, sheets, strict=True)
    ]
    return [head for head in heads if any(any(cells) for _, cells in head.rows)]


def _first_cells(workbook: CalamineWorkbook, sheet: str) -> list[list[object]]:
    rows = workbook.get_sheet_by_name(sheet).to_python(
        skip_empty_area=False, nrows=2 * ROWS_SEARCHED_FOR_HEADINGS
    )
    return [list(row) for row in rows]


def _sheet_rows(rows: Sequence[Sequence[object]]) -> Iterator[tuple[int, tuple[str, ...]]]:
    for line, row in enumerate(rows, start=1):
        yield line, tuple(_plain(cell) for cell in row)


def _plain(cell: object) -> str:
    """A spreadsheet's number for a code, such as 301.0, as people read it."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def parquet_head(path: Path) -> Head:
    """The headings of a Parquet file and its first rows.

    Raises:
        RefusedFile: the file is damaged.
    """
    try:
        file = pq.ParquetFile(path)
        names = tuple(file.schema_arrow.names)
        first = next(file.iter_batches(batch_size=ROWS_SEARCHED_FOR_HEADINGS), None)
    except (pa.ArrowInvalid, OSError) as error:
        raise RefusedFile("The Parquet file is damaged or cut short. Export it again.") from error
    rows = zip(*(_texts(column) for column in first.columns), strict=True) if first else ()
    return Head("parquet", ((0, names), *enumerate(rows, start=1)))


def _texts(column: pa.Array) -> list[str]:
    """Cells as text; those that have none, such as lists, are empty here."""
    try:
        return [cell or "" for cell in column.cast(pa.string()).to_pylist()]
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, UnicodeDecodeError):
        return [""] * len(column)


def encoding_of(path: Path) -> str:
    """utf-16 or utf-8 by its mark, else utf-8 where every byte fits, else windows-1252."""
    with path.open("rb") as handle:
        start = handle.read(4)
    is_utf_16 = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_utf_16 else ("utf-8-sig", "cp1252"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as handle:
                while chunk := handle.read(CHUNK_BYTES):
                    decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeError:
            continue
        return encoding
    raise RefusedFile(
        "The file is neither whole UTF-8, UTF-16 nor Windows-1252 text. Export it again as "
        "UTF-8 CSV."
    )


# ---- which extract it is ----


class Recogniser:
    """The contracts that tables are held against."""

    def __init__(self, contracts: Mapping[str, ExtractContract]) -> None:
        self._known = [_Known(c) for c in contracts.values() if Form.TABLE in c.forms]
        self._keys = frozenset(key for known in self._known for key in known.keys)

    def recognise(self, heads: Iterable[Head], names: Sequence[str]) -> Recognised:
        """The contract whose headings a table has, and where they stand.

        Args:
            heads: the table's first rows, under each reading of the file.
            names: what the table is called: its file, its sheet.

        Raises:
            RefusedFile: no contract knows its headings, or the one that does misses a column.
        """
        found = [match for head in heads for match in self._matches(head, names)]
        # Where two extracts share most headings, the one that could be loaded is meant.
        best = max(
            found,
            key=lambda match: (not match.missing, match.score, match.shared),
            default=None,
        )
        if best is None:
            raise RefusedFile(
                "No contract knows these headings. If the file is an extract of another kind, it "
                "is not read yet; if it should be known, compare its first line with the contract "
                "in expectations/extracts."
            )
        if best.missing:
            raise RefusedFile(
                f"Read as {best.known.contract.extract}, it lacks the column "
                f"{', '.join(best.missing)}, without which no row can be loaded. Export the file "
                "again with that column."
            )
        head, at = best.head, best.row
        line, written = head.rows[at]
        layout = TableLayout(
            head.kind,
            heading_keys(written),
            tuple(cell.strip() for cell in written),
            line,
            head.encoding,
            head.delimiter,
            head.sheet,
        )
        refuse_run_on_headings(layout, best.known.contract)
        return Recognised(
            best.known.contract, layout, tuple(cells for _, cells in head.rows[at + 1 :])
        )

    def _matches(self, head: Head, names: Sequence[str]) -> Iterator["_Match"]:
        for at, (_, written) in enumerate(head.rows[:ROWS_SEARCHED_FOR_HEADINGS]):
            keys = set(heading_keys(written)) - {""}
            bare = {heading_key(without_note(heading)) for heading in written} - {""}
            if len((keys | bare) & self._keys) < 2:
                continue
            for known in self._known:
                match = known.match(head, at, keys, bare, names)
                if match is not None:
                    yield match


@dataclass(frozen=True)
class _Match:
    known: "_Known"
    head: Head
    row: int
    shared: int
    score: float
    missing: tuple[str, ...]


class _Known:
    """A contract, with the keys of its headings worked out once."""

    def __init__(self, contract: ExtractContract) -> None:
        self.contract = contract
        self.groups = frozenset(c.heading_keys for c in contract.columns if c.heading_keys)
        self.keys = frozenset(key for group in self.groups for key in group)
        self.marks = frozenset(heading_key(heading) for heading in contract.recognised_by)
        self.required: tuple[tuple[Column, frozenset[str]], ...] = tuple(
            (column, column.heading_keys) for column in contract.required_columns
        )

    def match(
        self, head: Head, at: int, keys: set[str], bare: set[str], names: Sequence[str]
    ) -> _Match | None:
        """How well headings fit, where they do."""
        if not self.marks <= keys | bare:
            return None
        shared = sum(bool(group & keys) or bool(group & bare) for group in self.groups)
        if shared < 2:
            return None
        of_contract, of_file = shared / len(self.groups), min(1.0, shared / len(keys))
        is_named = any(
            fnmatch(name.lower(), pattern)
            for name in names
            for pattern in self.contract.file_patterns
        )
        if not is_named and of_contract < SHARE_OF_CONTRACT and of_file < SHARE_OF_FILE:
            return None
        score = 2 * of_contract * of_file / (of_contract + of_file) + (0.05 if is_named else 0)
        missing = tuple(
            " or ".join(column.headers)
            for column, group in self.required
            if not group & keys and not group & bare
        )
        return _Match(self, head, at, shared, score, missing)
