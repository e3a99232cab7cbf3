"""Tables to Arrow batches of text: nothing is interpreted, every row keeps its place in the file.

A table is a CSV file, a sheet of a workbook or a Parquet file. Each gives batches whose columns are
``_row_number``, the line of the file or row of the sheet that the row begins on, and the names the
contract stores.
"""

import datetime as dt
import json
import mmap
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial, reduce
from itertools import islice

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from python_calamine import CalamineError, CalamineWorkbook

from orchestration.contracts import ExtractContract
from orchestration.ingest.landing import LandedFile
from orchestration.ingest.layouts import TableLayout, position_of, unknown_headings
from orchestration.ingest.refusals import RefusedFile

# A cell may be long (10 MB is met in notes fields), and a cell has to fit in a block.
BLOCK_BYTES = 16 << 20
BATCH_ROWS = 50_000
OPEN_QUOTATION = "a quotation mark is opened here and not closed"
CELL_OF_SEVERAL_LINES = "a cell runs over several lines, as after a stray quotation mark"

Counts = npt.NDArray[np.int64]


@dataclass
class MalformedRows:
    """Rows whose cells cannot be told apart, line by line: every line they take, and why."""

    lines: list[int] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def add(self, line: int, line_count: int, reason: str) -> None:
        """One row that begins on a line and takes so many."""
        self.lines += range(line, line + line_count)
        self.reasons += [reason] * line_count


@dataclass(frozen=True)
class TableText:
    """A table as text: a reader of its columns, and the rows that are no rows.

    ``malformed`` fills as the batches are read.
    """

    batches: pa.RecordBatchReader
    malformed: MalformedRows
    columns_missing: tuple[str, ...]
    columns_extra: tuple[str, ...]


def read_table(landed: LandedFile, contract: ExtractContract) -> TableText:
    """The columns a contract stores, all text, in the order of the file.

    The column of type map, where there is one, holds every heading no other column knows.

    Raises:
        RefusedFile: a workbook cannot be opened.
    """
    layout = landed.layout
    assert layout is not None
    malformed = MalformedRows()
    wanted = _Wanted.of(layout, contract)
    read = {"csv": _csv_batches, "xlsx": _sheet_batches, "parquet": _parquet_batches}[layout.kind]
    return TableText(
        batches=pa.RecordBatchReader.from_batches(
            wanted.schema, read(landed, contract, wanted, malformed)
        ),
        malformed=malformed,
        columns_missing=wanted.missing,
        columns_extra=() if contract.others else tuple(h[:40] for h in wanted.unknown.values()),
    )


@dataclass(frozen=True)
class _Wanted:
    """What is taken of a table: where each stored column stands, if it is there.

    ``unknown`` are the headings that no column takes, by where they stand; ``others`` is the name
    of the column that takes them all.
    """

    layout: TableLayout
    taken: dict[str, int | None]
    missing: tuple[str, ...]
    unknown: dict[int, str]
    others: str | None

    @classmethod
    def of(cls, layout: TableLayout, contract: ExtractContract) -> "_Wanted":
        """What a contract stores of a table with this layout."""
        others = contract.others
        stored = [column for column in contract.columns if column.is_stored and column != others]
        taken = {column.name: position_of(layout, column.headers) for column in stored}
        return cls(
            layout,
            {c.name: taken.get(c.name) for c in contract.columns if c.is_stored},
            # What only XML can have, in an element further out, is not missing from a table, nor is
            # what is worked out where nobody sends it.
            tuple(
                c.name
                for c in stored
                if taken[c.name] is None
                and any(not h.startswith("../") for h in c.headers)
                and c.between is None
            ),
            {
                position: _with_number(layout.written_headings[position], layout.headings[position])
                for position in unknown_headings(layout, contract)
            },
            others.name if others is not None and others.is_stored else None,
        )

    @property
    def schema(self) -> pa.Schema:
        """The names and types of the batches."""
        types = {name: pa.string() for name in self.taken}
        types |= {self.others: self._others_type} if self.others else {}
        return pa.schema([("_row_number", pa.int64()), *types.items()])

    @property
    def _others_type(self) -> pa.DataType:
        """A field for each heading, which the database takes for a map far faster than a map."""
        if not self.unknown:
            return pa.map_(pa.string(), pa.string())
        return pa.struct([(heading, pa.string()) for heading in self.unknown.values()])

    @property
    def positions(self) -> list[int]:
        """Where all that is taken stands."""
        found = {position for position in self.taken.values() if position is not None}
        return sorted(found | (set(self.unknown) if self.others else set()))

    def batch(self, numbers: pa.Array, cells: Callable[[int], pa.Array]) -> pa.RecordBatch:
        """Rows of these numbers, given how to get the cells under each heading."""
        empty = pa.nulls(len(numbers), pa.string())
        columns = [
            self._rest(len(numbers), cells)
            if name == self.others
            else (empty if position is None else cells(position))
            for name, position in self.taken.items()
        ]
        return pa.RecordBatch.from_arrays([numbers, *columns], schema=self.schema)

    def _rest(self, row_count: int, cells: Callable[[int], pa.Array]) -> pa.Array:
        """The text under every heading that no column takes; null where it is blank, and no record
        where all of it is."""
        if not self.unknown:
            return pa.nulls(row_count, self._others_type)
        columns = [_unless_blank(cells(position)) for position in self.unknown]
        is_blank = reduce(pc.and_, [column.is_null() for column in columns])
        return pa.StructArray.from_arrays(columns, fields=list(self._others_type), mask=is_blank)


def _unless_blank(texts: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(pc.utf8_trim_whitespace(texts), ""), None, texts)


def _with_number(written: str, key: str) -> str:
    """A heading as it is written, with the number that its key has where it is repeated."""
    _, mark, number = key.partition("#")
    return f"{written}{mark}{number}"


# ---- CSV ----


def _csv_batches(
    landed: LandedFile, contract: ExtractContract, wanted: _Wanted, malformed: MalformedRows
) -> Iterator[pa.RecordBatch]:
    """The rows of a CSV file. In one without a quotation mark each line is a row; in any other the
    line ends in cells are counted, also in columns that the contract drops."""
    layout = wanted.layout
    if landed.line_count < layout.heading_line:
        return  # Headings without a line end: a file with no rows.
    has_marks = _has_quotation_marks(landed)
    known = set(range(len(layout.headings))) - set(wanted.unknown)
    one_line = [] if contract.has_free_text else sorted(known)
    lines = _Lines(layout.heading_line + 1, malformed, [f"c{position}" for position in one_line])
    with _open(landed, wanted, lines, has_marks) as reader:
        for batch, is_last in _marking_the_last(reader):
            if is_last and has_marks and _ends_in_an_open_cell(landed, batch):
                lines.refuse_last(batch)
                batch = batch.slice(0, batch.num_rows - 1)
            numbers, stands = lines.of(batch)
            rows = wanted.batch(numbers, partial(_text_under, batch))
            yield rows if stands is None else rows.filter(stands)
    lines.finish()


def _text_under(batch: pa.RecordBatch, position: int) -> pa.Array:
    return batch.column(f"c{position}")


def _has_quotation_marks(landed: LandedFile) -> bool:
    with (
        landed.path.open("rb") as handle,
        mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as text,
    ):
        return text.find(b'"') >= 0


def _open(
    landed: LandedFile, wanted: _Wanted, lines: "_Lines", has_marks: bool
) -> pa_csv.CSVStreamingReader:
    layout = wanted.layout
    names = [f"c{position}" for position in range(len(layout.headings))]
    return pa_csv.open_csv(
        str(landed.path),
        read_options=pa_csv.ReadOptions(
            use_threads=False,  # only then does a malformed row know its number
            block_size=BLOCK_BYTES,
            column_names=names,
            skip_rows=layout.heading_line,
            encoding="utf8" if layout.encoding == "utf-8-sig" else layout.encoding,
        ),
        parse_options=pa_csv.ParseOptions(
            delimiter=layout.delimiter,
            quote_char='"' if has_marks else False,
            newlines_in_values=has_marks,
            ignore_empty_lines=False,
            invalid_row_handler=lines.refuse,
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types={name: pa.string() for name in names},
            strings_can_be_null=False,
            include_columns=names if has_marks else [names[i] for i in wanted.positions],
        ),
    )


@dataclass
class _Lines:
    """The line each row begins on: a row is one line, and one more for each line end in a cell.

    ``one_line`` are the columns whose cells are codes, dates and numbers: a row with a line end in
    one of them does not stand. ``next_line`` is where the next row begins and ``next_row`` its
    number as Arrow counts: lines above the headings and rows it refuses are rows too.
    """

    next_line: int
    malformed: MalformedRows
    one_line: list[str]
    refused: deque[tuple[int, int, str]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.next_row = self.next_line

    def refuse(self, row: pa_csv.InvalidRow) -> str:
        """Arrow's handler of rows with another number of cells than there are headings."""
        line_count = 1 + row.text.rstrip("\r\n").count("\n")
        self.refused.append(
            (
                row.number,
                line_count,
                OPEN_QUOTATION
                if line_count > 1
                else f"{row.actual_columns} cells under {row.expected_columns} headings",
            )
        )
        return "skip"

    def refuse_last(self, batch: pa.RecordBatch) -> None:
        """The last row of a file, which ran on to its end."""
        line_ends = int(_line_ends(batch.slice(batch.num_rows - 1)).sum())
        self.refused.append((0, max(line_ends, 1), OPEN_QUOTATION))

    def of(self, batch: pa.RecordBatch) -> tuple[pa.Array, pa.Array | None]:
        """The lines of a batch's rows, and which of the rows stand where not all of them do."""
        taken = 1 + _line_ends(batch)
        refused = self._refused_among(batch.num_rows)
        passed = np.zeros_like(taken)
        for before, line_count, _ in refused:
            passed[before] += line_count
        ends = self.next_line + np.cumsum(taken + passed)
        begun = ends - taken
        found = []
        for before, line_count, reason in refused:
            found.append((int(begun[before] - passed[before]), line_count, reason))
            passed[before] -= line_count
        names = [name for name in self.one_line if name in batch.schema.names]
        stands = _line_ends(batch.select(names)) == 0 if taken.max(initial=1) > 1 else None
        if stands is not None:
            found += [
                (int(begun[row]), int(taken[row]), CELL_OF_SEVERAL_LINES)
                for row in np.flatnonzero(~stands)
            ]
        for line, line_count, reason in sorted(found):
            self.malformed.add(line, line_count, reason)
        self.next_line = int(ends[-1]) if batch.num_rows else self.next_line
        self.next_row += batch.num_rows + len(refused)
        return pa.array(begun), None if stands is None else pa.array(stands)

    def _refused_among(self, row_count: int) -> list[tuple[int, int, str]]:
        """The refused rows that stand before one of the next rows: which one, lines and reason."""
        found: list[tuple[int, int, str]] = []
        while self.refused:
            number, line_count, reason = self.refused[0]
            before = number - self.next_row - len(found)
            if not 0 <= before < row_count:
                break
            found.append((before, line_count, reason))
            self.refused.popleft()
        return found

    def finish(self) -> None:
        """Place the refused rows that no accepted row follows."""
        for _, line_count, reason in self.refused:
            self.malformed.add(self.next_line, line_count, reason)
            self.next_line += line_count


def _line_ends(batch: pa.RecordBatch) -> Counts:
    """How many line ends the cells of each row hold."""
    counts = np.zeros(batch.num_rows, dtype=np.int64)
    for column in batch.columns:
        # Few columns have any, and looking at all their text at once is much the faster way.
        text = column.buffers()[2]
        if text is not None and b"\n" in text.to_pybytes():
            counts += pc.count_substring(column, "\n").to_numpy()
    return counts


def _marking_the_last(
    batches: Iterable[pa.RecordBatch],
) -> Iterator[tuple[pa.RecordBatch, bool]]:
    before: pa.RecordBatch | None = None
    for batch in batches:
        if before is not None:
            yield before, False
        before = batch
    if before is not None:
        yield before, True


def _ends_in_an_open_cell(landed: LandedFile, batch: pa.RecordBatch) -> bool:
    """Whether the last cell of a file is opened by a quotation mark and never closed.

    All that follows is then in that cell, under the right number of headings. A cell with line
    ends that is closed there would leave its quotation mark at the end of the file.
    """
    if batch.num_rows == 0 or "\n" not in batch.column(batch.num_columns - 1)[-1].as_py():
        return False
    with landed.path.open("rb") as handle:
        handle.seek(-min(8, handle.seek(0, 2)), 2)
        return not handle.read().rstrip(b"\r\n\0").endswith(b'"')


# ---- sheets of workbooks ----


def _sheet_batches(
    landed: LandedFile, contract: ExtractContract, wanted: _Wanted, malformed: MalformedRows
) -> Iterator[pa.RecordBatch]:
    """The rows of a sheet, from the one under its headings. Calamine gives every row from the top
    of the sheet, but no column left of the first that holds anything."""
    layout = wanted.layout
    try:
        sheet = CalamineWorkbook.from_path(str(landed.path)).get_sheet_by_name(layout.sheet)
    except CalamineError as error:
        raise RefusedFile(
            "The workbook cannot be read: it is damaged. Open it, save it again and land it again."
        ) from error
    left = sheet.start[1] if sheet.start else 0
    width = max((i + 1 for i, heading in enumerate(layout.headings) if heading), default=0)
    rows = islice(enumerate(sheet.iter_rows(), start=1), layout.heading_line, None)

    def batches() -> Iterator[pa.RecordBatch]:
        while batch := list(islice(rows, BATCH_ROWS)):
            kept = []
            for number, cells in batch:
                beyond = [i for i, cell in enumerate(cells[width - left :]) if cell != ""]
                if beyond:
                    reason = f"{width + beyond[-1] + 1} cells under {width} headings"
                    malformed.add(number, 1, reason)
                else:
                    kept.append((number, cells))
            columns = list(zip(*(cells for _, cells in kept), strict=True))
            texts = {
                position: _sheet_texts(columns[position - left])
                if 0 <= position - left < len(columns)
                else pa.nulls(len(kept), pa.string())
                for position in wanted.positions
            }
            yield wanted.batch(pa.array([number for number, _ in kept], pa.int64()), texts.get)

    return batches()


def _sheet_texts(cells: Sequence[object]) -> pa.Array:
    if set(map(type, cells)) <= {str}:
        return pa.array(cells, pa.string())
    return pa.array([_sheet_text(cell) for cell in cells], pa.string())


def _sheet_text(cell: object) -> str:
    """A cell as people read it: a day without a midnight, a whole number without decimals."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return "" if cell is None else str(cell)


# ---- Parquet ----


def _parquet_batches(
    landed: LandedFile, contract: ExtractContract, wanted: _Wanted, malformed: MalformedRows
) -> Iterator[pa.RecordBatch]:
    """The rows of a Parquet file; it has no line of headings, so its first row is row 1."""
    first = 1
    for batch in pq.ParquetFile(landed.path).iter_batches(batch_size=BATCH_ROWS):
        numbers = pa.array(np.arange(first, first + batch.num_rows))
        first += batch.num_rows
        yield wanted.batch(numbers, partial(_plain_under, batch))


def _plain_under(batch: pa.RecordBatch, position: int) -> pa.Array:
    return _as_text(batch.column(position))


def _as_text(column: pa.Array) -> pa.Array:
    """Any column as people read it, a nested one as JSON."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _as_text(column.dictionary_decode())
    if pa.types.is_nested(kind):
        cells = (cell.as_py(maps_as_pydicts="lossy") for cell in column)
        return pa.array([None if cell is None else _as_json(cell) for cell in cells], pa.string())
    if pa.types.is_timestamp(kind):
        if kind.tz is not None:
            column = pc.local_timestamp(column)
        text = pc.replace_substring_regex(column.cast(pa.string()), r"\.0+$", "")
        return pc.replace_substring_regex(text, r" 00:00:00$", "")
    if pa.types.is_floating(kind):
        text = pc.replace_substring_regex(column.cast(pa.float64()).cast(pa.string()), r"\.0$", "")
        is_number = pc.is_finite(column)
        if pc.any(pc.match_substring(text.filter(is_number), "e")).as_py():
            text = pa.array([_sheet_text(cell) for cell in column.to_pylist()], pa.string())
        return pc.if_else(is_number, text, None)
    if pa.types.is_string(kind):
        return column
    return column.cast(pa.string())


def _as_json(cell: object) -> str:
    return json.dumps(cell, ensure_ascii=False, default=str)
