"""CSV and XML to Arrow batches of text: nothing is interpreted, every row keeps its line.

Each reader gives batches whose columns are ``_row_number``, the line of the file that the row
begins on, and the contract's names.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from lxml import etree

from orchestration.contracts import ExtractContract
from orchestration.ingest.landing import CHUNK_BYTES, CsvLayout, LandedFile, corrupt_xml

# A cell may be long (10 MB is met in notes fields), and a cell has to fit in a block.
BLOCK_BYTES = 16 << 20
OPEN_QUOTATION = "a quotation mark is opened here and not closed"
CELL_OF_SEVERAL_LINES = "a cell runs over several lines, as after a stray quotation mark"
XML_BATCH_ROWS = 50_000
LINE = "_line"


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
class CsvText:
    """A CSV file as text: a reader of its columns, and the rows that are no rows."""

    batches: pa.RecordBatchReader
    malformed: MalformedRows
    columns_missing: tuple[str, ...]
    columns_extra: tuple[str, ...]


def read_csv(landed: LandedFile, contract: ExtractContract) -> CsvText:
    """The columns a contract stores, all text, in the order of the file.

    Of columns that the contract drops only the line ends are counted. ``malformed`` fills as the
    batches are read.
    """
    layout = landed.layout
    assert layout is not None
    malformed = MalformedRows()
    taken = {
        column.name: _position(layout, column.headers)
        for column in contract.columns
        if column.is_stored
    }
    schema = pa.schema(
        [("_row_number", pa.int64()), *((name, pa.string()) for name in taken)],
    )

    known = contract.headings
    one_line = tuple(
        position
        for position, heading in enumerate(layout.headings)
        if heading in known and not contract.has_free_text
    )

    def batches() -> Iterator[pa.RecordBatch]:
        if landed.line_count < layout.heading_line:
            return  # Headings without a line end: a file with no rows.
        lines = _Lines(layout.heading_line + 1, malformed, one_line)
        with _open(landed, layout, lines) as reader:
            for batch, is_last in _marking_the_last(reader):
                if is_last and _ends_in_an_open_cell(landed, batch):
                    lines.refuse_last(batch)
                    batch = batch.slice(0, batch.num_rows - 1)
                numbers, stands = lines.of(batch)
                empty = pa.nulls(batch.num_rows, pa.string())
                columns = [
                    empty if position is None else batch.column(position)
                    for position in taken.values()
                ]
                rows = pa.RecordBatch.from_arrays([numbers, *columns], schema=schema)
                yield rows if stands is None else rows.filter(stands)
        lines.finish()

    return CsvText(
        batches=pa.RecordBatchReader.from_batches(schema, batches()),
        malformed=malformed,
        columns_missing=tuple(name for name, position in taken.items() if position is None),
        columns_extra=tuple(h[:40] for h in layout.headings if h and h not in known),
    )


def _position(layout: CsvLayout, headers: tuple[str, ...]) -> int | None:
    wanted = {header.upper() for header in headers}
    return next((i for i, heading in enumerate(layout.headings) if heading in wanted), None)


def _open(landed: LandedFile, layout: CsvLayout, lines: "_Lines") -> pa_csv.CSVStreamingReader:
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
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=lines.refuse,
        ),
        convert_options=pa_csv.ConvertOptions(
            column_types={name: pa.string() for name in names},
            strings_can_be_null=False,
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
    one_line: tuple[int, ...]
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
        line_ends = _line_ends(batch.slice(batch.num_rows - 1))[0]
        self.refused.append((0, max(line_ends, 1), OPEN_QUOTATION))

    def of(self, batch: pa.RecordBatch) -> tuple[pa.Array, pa.Array | None]:
        """The lines of a batch's rows, and which of the rows stand where not all of them do."""
        line_ends = _line_ends(batch)
        if not self.refused and not any(line_ends):
            lines = range(self.next_line, self.next_line + batch.num_rows)
            self.next_line += batch.num_rows
            self.next_row += batch.num_rows
            return pa.array(lines, pa.int64()), None
        begun, stands = [], []
        misplaced = _line_ends(batch.select(self.one_line))
        for count, wrong in zip(line_ends, misplaced, strict=True):
            while self.refused and self.refused[0][0] == self.next_row:
                self._pass_refused()
            begun.append(self.next_line)
            stands.append(wrong == 0)
            if not stands[-1]:
                self.malformed.add(self.next_line, 1 + count, CELL_OF_SEVERAL_LINES)
            self.next_line += 1 + count
            self.next_row += 1
        return pa.array(begun, pa.int64()), pa.array(stands)

    def finish(self) -> None:
        """Place the refused rows that no accepted row follows."""
        while self.refused:
            self._pass_refused()

    def _pass_refused(self) -> None:
        _, line_count, reason = self.refused.popleft()
        self.malformed.add(self.next_line, line_count, reason)
        self.next_line += line_count
        self.next_row += 1


def _line_ends(batch: pa.RecordBatch) -> list[int]:
    """How many line ends the cells of each row hold."""
    counts = pa.repeat(pa.scalar(0, pa.int32()), batch.num_rows)
    for column in batch.columns:
        counts = pc.add(counts, pc.count_substring(column, "\n"))
    return cast(list[int], counts.to_pylist())


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


# ---- XML ----


class _Block:
    """The rows of one contract while a file is read.

    ``from_above`` are the columns that repeat what rows further up say, ``for_below`` those that
    rows further down will repeat, each with the key it is carried under.
    """

    def __init__(self, contract: ExtractContract) -> None:
        self.contract = contract
        # The block's name as ``position_of`` and ``parent`` give it in the contracts.
        self.name = contract.extract.partition("__")[2]
        self.names = [column.name for column in contract.columns]
        self.rows: list[list[str | None]] = []
        self.lines: list[int] = []
        self.from_above: list[tuple[int, str]] = []
        self.for_below: list[tuple[int, str]] = []
        for index, column in enumerate(contract.columns):
            if column.position_of or column.parent:
                key = column.position_of or f"{column.parent}.{column.name}"
                self.from_above.append((index, key))
            elif column.name in contract.grain:
                self.for_below.append((index, f"{self.name}.{column.name}"))

    def batch(self) -> pa.RecordBatch:
        """The rows so far, which are then forgotten."""
        columns = zip(*self.rows, strict=True) if self.rows else ((),) * len(self.names)
        arrays = [pa.array(self.lines, pa.int64())]
        arrays += [pa.array(column, pa.string()) for column in columns]
        self.rows.clear()
        self.lines.clear()
        return pa.RecordBatch.from_arrays(arrays, names=["_row_number", *self.names])


@dataclass
class _Place:
    """What stands at one element: a field of the row around it, a group, or the start of a row."""

    inside: dict[str, "_Place"] = field(default_factory=dict)
    fields: list[int] = field(default_factory=list)
    block: _Block | None = None


def read_xml(
    landed: LandedFile,
    contracts: tuple[ExtractContract, ...],
    write: Callable[[ExtractContract, pa.RecordBatch], None],
) -> dict[str, int]:
    """Every block of a census, streamed: a child's element is read, written and forgotten.

    Args:
        landed: the file.
        contracts: one contract per block, each with its ``path`` below the root or ``Children``.
        write: called with batches of at most about ``XML_BATCH_ROWS`` rows.

    Returns:
        Elements that no contract knows, with how often each was met.

    Raises:
        RefusedFile: the XML is broken; batches already written must be thrown away.
    """
    blocks = [_Block(contract) for contract in contracts]
    tree = _tree(blocks)
    unknown: dict[str, int] = {}
    try:
        for element in _elements(landed, tree, [str(c.path).rpartition("/")[2] for c in contracts]):
            place = tree.inside[str(element.tag)]
            if place.block is not None:
                _take_row(element, place, place.block, {}, unknown)
            for block in blocks:
                if len(block.lines) >= XML_BATCH_ROWS:
                    write(block.contract, block.batch())
    except etree.XMLSyntaxError as error:
        raise corrupt_xml(error) from error
    for block in blocks:
        write(block.contract, block.batch())
    return unknown


def _elements(landed: LandedFile, tree: _Place, rows: list[str]) -> Iterator[etree._Element]:
    """The outermost elements of a file that make rows, each complete and then forgotten.

    Every element that makes a row bears its line as an attribute: what the parser itself keeps
    ends at line 65,535, so it is fed line by line.
    """
    parser = etree.XMLPullParser(
        events=("start", "end"),
        tag=rows,
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding=landed.xml_encoding,
    )
    line = 1
    with landed.path.open("rb") as handle:
        while text := handle.readline(CHUNK_BYTES):
            parser.feed(text)
            for event, found in parser.read_events():
                element = cast(etree._Element, found)
                if event == "start":
                    element.set(LINE, str(line))
                elif element.tag in tree.inside:
                    yield element
                    element.clear()
                    while element.getprevious() is not None:
                        del cast(etree._Element, element.getparent())[0]
            line += text.endswith(b"\n")
    parser.close()


def _tree(blocks: list[_Block]) -> _Place:
    """The contracts' paths as one tree, so that each element is visited once."""
    root = _Place()
    for block in blocks:
        place = _descend(root, (block.contract.path or "").split("/"))
        place.block = block
        for index, column in enumerate(block.contract.columns):
            for header in column.headers if not column.parent else ():
                _descend(place, header.split("/") if header != "." else []).fields.append(index)
    return root


def _descend(place: _Place, tags: list[str]) -> _Place:
    for tag in tags:
        place = place.inside.setdefault(tag, _Place())
    return place


def _take_row(
    element: etree._Element,
    place: _Place,
    block: _Block,
    keys: dict[str, str | None],
    unknown: dict[str, int],
) -> None:
    """One row of a block, then the rows of the blocks inside it.

    ``keys`` carries what rows further down repeat: the child's number, and the position of each
    block they stand in. They are complete before the inner rows are read, because the order of
    elements differs between systems.
    """
    row: list[str | None] = [None] * len(block.names)
    for index in place.fields:
        row[index] = _text(element)
    inner: list[tuple[etree._Element, _Place, _Block]] = []
    _take_fields(element, place, row, inner, unknown)
    for index, key in block.from_above:
        row[index] = keys.get(key)
    block.rows.append(row)
    block.lines.append(int(element.get(LINE, 0)))
    if not inner:
        return
    below = {**keys, **{key: row[index] for index, key in block.for_below}}
    positions: dict[str, int] = {}
    for child, child_place, child_block in inner:
        name = child_block.name
        positions[name] = positions.get(name, 0) + 1
        below[name] = str(positions[name])
        _take_row(child, child_place, child_block, below, unknown)


def _take_fields(
    element: etree._Element,
    place: _Place,
    row: list[str | None],
    inner: list[tuple[etree._Element, _Place, _Block]],
    unknown: dict[str, int],
) -> None:
    """The fields of one row, wherever they are grouped; rows inside it are left for later."""
    for child in element:
        tag = child.tag
        if not isinstance(tag, str):
            continue  # entities, which are never resolved
        below = place.inside.get(tag)
        if below is None:
            unknown[tag] = unknown.get(tag, 0) + 1
        elif below.block is not None:
            inner.append((child, below, below.block))
        else:
            for index in below.fields:
                row[index] = _text(child) or row[index]
            if below.inside:
                _take_fields(child, below, row, inner, unknown)


def _text(element: etree._Element) -> str | None:
    """An element's own text; text that strays between elements belongs to nobody."""
    return (element.text or "").strip() or None
