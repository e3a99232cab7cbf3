"""XML to Arrow batches of text: each element that makes a row, with its line and what is around it.

The contracts' paths are laid out as one tree, and the elements of a long piece of text are put in
their places all at once. A column may take its value from the element of its row or from one around
it, which is the last to begin before it: so the order of elements within does not matter.
"""

import mmap
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from lxml import etree

from orchestration.contracts import Column, ExtractContract, InvalidContract
from orchestration.ingest.landing import LandedFile, refuse_document_type
from orchestration.ingest.layouts import CHUNK_BYTES
from orchestration.ingest.refusals import corrupt_xml
from orchestration.ingest.xml_elements import Elements, Numbers, as_plain, written_plainly

# What is looked at in one go.
TEXT_BYTES = 8_000_000
# Records stand below the root, or below this element of it.
GROUP = "Children"
# The parser counts lines up to 65,535, and a piece has no more lines than bytes.
PIECE_BYTES = 60_000
LINES_COUNTED = 65_000
LINE = "_line"
CUT = "_cut"
ELEMENTS = re.compile(r"(\.\./)*(\.|[A-Za-z_][\w.-]*(/[A-Za-z_][\w.-]*)*)")
SAFELY: dict[str, Any] = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}

Path = tuple[str, ...]


def read_xml(
    landed: LandedFile,
    contracts: tuple[ExtractContract, ...],
    write: Callable[[ExtractContract, pa.RecordBatch], None],
) -> dict[str, int]:
    """Every block of a message, streamed: a record is read, written and forgotten.

    Args:
        landed: the file.
        contracts: one contract per block, each with its ``path`` below the root or ``Children``.
        write: called with the rows of about ``TEXT_BYTES`` of text: ``_row_number``, the line the
            element begins on, and every column of the contract, empty where it is dropped.

    Returns:
        The paths of elements that no contract knows, with how often each was met.

    Raises:
        RefusedFile: the XML is broken; batches already written must be thrown away.
    """
    message = _Message(contracts)
    try:
        with (
            landed.path.open("rb") as handle,
            mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ) as text,
        ):
            pieces = _Pieces.of(text, message.tree, landed.xml_encoding)
            for elements in pieces.read() if pieces else _read_whole(landed, message):
                for contract, batch in message.take(elements):
                    write(contract, batch)
    except etree.XMLSyntaxError as error:
        raise corrupt_xml(error) from error
    return message.unknown


# ---- what the contracts want ----


@dataclass(eq=False)
class _Rows:
    """The rows that the elements of one place make.

    ``cells`` are the places below that some column wants: one cell of a row for each. ``around``
    are the rows of the nearest element around, and ``written`` is how many rows went before.
    """

    place: "_Place"
    cells: list["_Place"] = field(default_factory=list)
    around: "_Rows | None" = None
    written: int = 0

    def cell(self, place: "_Place") -> int:
        """Which cell of a row holds the text of a place below."""
        if place not in self.cells:
            self.cells.append(place)
        return self.cells.index(place)


@dataclass(eq=False)
class _Place:
    """Where elements may stand: by their path, and whether they make rows there."""

    path: Path = ()
    inside: dict[str, "_Place"] = field(default_factory=dict)
    rows: _Rows | None = None

    def at(self, path: Path) -> "_Place":
        """The place at a path below this one."""
        place = self
        for tag in path:
            place = place.inside.setdefault(tag, _Place((*place.path, tag)))
        return place

    def rows_at(self, path: Path) -> _Rows:
        """The rows that the elements at a path make, from now on."""
        place = self.at(path)
        place.rows = place.rows or _Rows(place)
        return place.rows

    def all(self) -> "Iterator[_Place]":
        """This place and all below."""
        yield self
        for place in self.inside.values():
            yield from place.all()

    def nest(self, around: _Rows | None = None) -> None:
        """Tell all rows here and below which rows are around them."""
        if self.rows is not None:
            self.rows.around = around
        for place in self.inside.values():
            place.nest(self.rows or around)


class _Block:
    """One contract: the rows it is made of, and where each column's text comes from."""

    def __init__(self, contract: ExtractContract, tree: _Place, paths: dict[str, Path]) -> None:
        self.contract = contract
        self.path: Path = tuple(str(contract.path).split("/"))
        self.rows = tree.rows_at(self.path)
        self.sources = [self._sources(column, tree, paths) for column in contract.columns]
        self.counted = [
            tree.rows_at(self._around(column.position_of, paths)) if column.position_of else None
            for column in contract.columns
        ]

    def _around(self, block: str, paths: dict[str, Path]) -> Path:
        """The path of a block that this one stands in, or of this one."""
        path = paths.get(block)
        if path is None or self.path[: len(path)] != path:
            raise InvalidContract(f"{self.contract.extract} does not stand in the block {block}")
        return path

    def _sources(
        self, column: Column, tree: _Place, paths: dict[str, Path]
    ) -> list[tuple[_Rows, int]]:
        """The cells of rows that hold a column, the first filled one of which is taken."""
        beginning = self._around(column.parent, paths) if column.parent else self.path
        found = []
        for header in column.headers:
            if not ELEMENTS.fullmatch(header):
                continue  # A heading of the extract's other form.
            steps = tuple(step for step in header.split("/") if step != ".")
            outward = steps.count("..")
            if outward >= len(beginning):
                raise InvalidContract(f"{self.contract.extract}: {header} leads out of the record")
            around, below = beginning[: len(beginning) - outward], steps[outward:]
            place = tree.at((*around, *below))  # Known, also where its text is dropped.
            if column.is_stored:
                rows = tree.rows_at(around)
                found.append((rows, rows.cell(place)))
        return found

    def batch(self, found: "_Found") -> pa.RecordBatch:
        """Its rows in some text."""
        arrays = [pa.array(found.lines(self.rows), pa.int64())]
        for sources, counted in zip(self.sources, self.counted, strict=True):
            texts = [
                found.in_rows(self.rows, rows, found.cells(rows)[cell]) for rows, cell in sources
            ]
            if counted is not None:
                texts = [found.in_rows(self.rows, counted, found.positions(counted))]
            if not texts:
                arrays.append(pa.nulls(len(arrays[0]), pa.string()))
            elif len(texts) == 1:
                arrays.append(texts[0])
            else:
                arrays.append(pc.coalesce(*texts))
        names = [column.name for column in self.contract.columns]
        batch = pa.RecordBatch.from_arrays(arrays, names=["_row_number", *names])
        if not self.contract.present_if:
            return batch
        return batch.filter(pc.coalesce(*(batch[n] for n in self.contract.present_if)).is_valid())


class _Found:
    """The elements of some text that stand where rows and their cells do."""

    def __init__(self, elements: Elements, places: Numbers, numbers: Mapping[_Place, int]) -> None:
        self._elements = elements
        self._places = places
        self._numbers = numbers
        self._rows: dict[_Rows, Numbers] = {}
        self._cells: dict[_Rows, list[pa.Array]] = {}

    def _at(self, place: _Place) -> Numbers:
        return np.flatnonzero(self._places == self._numbers[place])

    def of(self, rows: _Rows) -> Numbers:
        """The elements that make the rows."""
        if rows not in self._rows:
            self._rows[rows] = self._at(rows.place)
        return self._rows[rows]

    def lines(self, rows: _Rows) -> Numbers:
        """The line of each row."""
        return self._elements.lines(self.of(rows))

    def cells(self, rows: _Rows) -> list[pa.Array]:
        """The text of each cell, null where nothing is in it; of several texts the last."""
        if rows not in self._cells:
            self._cells[rows] = [self._cell(rows, place) for place in rows.cells]
        return self._cells[rows]

    def _cell(self, rows: _Rows, place: _Place) -> pa.Array:
        elements = self._at(place)
        texts = self._elements.texts(elements)
        filled = np.flatnonzero(pc.not_equal(pc.utf8_trim_whitespace(texts), ""))
        last = np.full(len(self.of(rows)), -1)
        last[_around(self.of(rows), elements[filled])] = filled
        return texts.take(pa.array(last, mask=last < 0))

    def positions(self, rows: _Rows) -> pa.Array:
        """Each row's position among those in the same row around, or in the file, from 1."""
        number = np.arange(len(self.of(rows)))
        if rows.around is None:
            return pa.array(rows.written + number + 1).cast(pa.string())
        around = _around(self.of(rows.around), self.of(rows))
        return pa.array(number - np.searchsorted(around, around) + 1).cast(pa.string())

    def in_rows(self, rows: _Rows, outer: _Rows, values: pa.Array) -> pa.Array:
        """For each row the value of the row further out that it stands in, or of itself."""
        if rows is outer:
            return values
        return values.take(pa.array(_around(self.of(outer), self.of(rows))))


def _around(outer: Numbers, inner: Numbers) -> Numbers:
    """Which of the outer elements is around each of the inner ones: the last to begin before it."""
    return np.searchsorted(outer, inner, side="right") - 1


class _Message:
    """What a file may hold, and the elements that nobody knows so far."""

    def __init__(self, contracts: Iterable[ExtractContract]) -> None:
        self.tree = _Place()
        # A block's name is what ``position_of`` and ``parent`` call it in the contracts.
        paths = {c.extract.partition("__")[2]: tuple(str(c.path).split("/")) for c in contracts}
        self.blocks = [_Block(contract, self.tree, paths) for contract in contracts]
        self.tree.nest()
        self.places = list(self.tree.all())
        self.numbers = {place: number for number, place in enumerate(self.places)}
        self.unknown = Counter[str]()

    def take(self, elements: Elements) -> Iterator[tuple[ExtractContract, pa.RecordBatch]]:
        """The rows of each block among elements that stand in nothing else."""
        found = _Found(elements, self._places(elements), self.numbers)
        for block in self.blocks:
            yield block.contract, block.batch(found)
        for place in self.places:
            if place.rows is not None:
                place.rows.written += len(found.of(place.rows))

    def _places(self, elements: Elements) -> Numbers:
        """The number of the place where each element stands, nobody's being past the last."""
        below = self._below(elements.names)
        places = np.empty(len(elements.name), np.int64)
        outer = np.empty(0, np.int64)
        for depth in range(elements.depth.max(initial=-1) + 1):
            these = np.flatnonzero(elements.depth == depth)
            around = places[outer[_around(outer, these)]] if depth else np.zeros_like(these)
            names = elements.name[these]
            places[these] = below[around, names]
            self._miss(elements.names, around, names, places[these])
            outer = these
        return places

    def _below(self, names: list[str]) -> Numbers:
        """For each place, what an element of each name is in it.

        An element that nobody knows is past the last place. What stands in one, or in an element
        that is only a cell, is nobody's, and one further.
        """
        unknown, nobodys = len(self.places), len(self.places) + 1
        below = np.full((nobodys + 1, len(names)), nobodys)
        for number, place in enumerate(self.places):
            if place.inside:
                below[number] = [
                    self.numbers[place.inside[name]] if name in place.inside else unknown
                    for name in names
                ]
        return below

    def _miss(self, names: list[str], around: Numbers, name: Numbers, places: Numbers) -> None:
        """Count the elements that no contract knows, by their path."""
        missed = np.flatnonzero(places == len(self.places))
        for place, called in zip(around[missed].tolist(), name[missed].tolist(), strict=True):
            self.unknown["/".join((*self.places[place].path, names[called]))] += 1


# ---- a file whose records can be told apart before it is parsed ----


@dataclass(frozen=True)
class _Pieces:
    """A file cut between its records.

    ``root`` is the file without the records that lie between the bytes ``ends[0]`` and
    ``ends[-1]``; ``ends`` are where a piece may end, each short enough for the parser to know the
    lines of its elements. ``lines`` counts the lines above the first.
    """

    text: mmap.mmap
    root: etree._Element
    encoding: str | None
    ends: list[int]
    lines: int

    @classmethod
    def of(cls, text: mmap.mmap, tree: _Place, encoding: str | None) -> "_Pieces | None":
        """None where the file has to be read whole: in UTF-16, with comments among its records,
        with its records in several groups, or with one of very many lines.

        Raises:
            RefusedFile: it declares a document type.
            etree.XMLSyntaxError: it is broken outside of its records.
        """
        ends = _ends_of_records(text, tree)
        if not ends:
            return None
        head, rest = text[: ends[0]], text[ends[-1] :]
        lines = head.count(b"\n")
        if lines + rest.count(b"\n") > LINES_COUNTED:
            return None
        parser = etree.XMLParser(encoding=encoding, **SAFELY)
        try:
            root = etree.fromstring(head + f"\n<{CUT}/>".encode() + rest, parser)
        except etree.XMLSyntaxError as error:
            line, column = error.position
            if line > lines + 1:
                line += _line_ends(text, ends[0], ends[-1]) - 1
            error.position = (line, column)
            raise
        refuse_document_type(root)
        cut = next(root.iter(f"{{*}}{CUT}"))
        if cut.nsmap or not _is_record(cut):
            return None  # A piece would not know the names declared around it.
        said = encoding or root.getroottree().docinfo.encoding
        return cls(text, root, said, ends, lines)

    def read(self) -> Iterator[Elements]:
        """What is around the records, then the records, many at once."""
        yield self._outline()
        before = self.lines
        for ends in _stretches(self.ends):
            yield self._records(ends, before)
            before += _line_ends(self.text, ends[0], ends[-1])

    def _outline(self) -> Elements:
        cut = next(self.root.iter(CUT))
        above = cast(int, cut.sourceline)
        cast(etree._Element, cut.getparent()).remove(cut)
        between = _line_ends(self.text, self.ends[0], self.ends[-1]) - 1

        def line_of(element: etree._Element) -> int:
            line = cast(int, element.sourceline)
            return line if line < above else line + between

        inside = [
            element
            for group in (self.root, *self.root.iterchildren(GROUP))
            for element in group
            if group is not self.root or element.tag != GROUP
        ]
        return Elements.of(*written_plainly(inside, line_of))

    def _records(self, ends: list[int], before: int) -> Elements:
        """The elements of some pieces that follow one another after so many lines."""
        text = as_plain(self.text[ends[0] : ends[-1]], self.encoding)
        if text is not None:
            _parsed(text, etree.XMLParser(target=cast(Any, _Nothing()), **SAFELY), before)
            elements = Elements.of(text, first_line=before + 1)
            if not any(":" in name for name in elements.names):
                return elements
        texts, lines = [], []
        parser = etree.XMLParser(encoding=self.encoding, remove_blank_text=True, **SAFELY)
        for start, end in pairwise(ends):
            piece = _parsed(self.text[start:end], parser, before)
            written, its_lines = written_plainly(piece, attrgetter("sourceline"))
            texts.append(written)
            lines += [before + line for line in its_lines]
            before += _line_ends(self.text, start, end)
        return Elements.of(b"".join(texts), lines)


class _Nothing:
    """What is kept of a text that a parser only has to find well-formed."""

    def close(self) -> None:
        """The end is reached."""


def _parsed(text: bytes, parser: etree.XMLParser, before: int) -> etree._Element:
    """Records as the parser makes them, in an element around them.

    Raises:
        etree.XMLSyntaxError: the text is not well-formed; with its place in the file, where so
            many lines go before.
    """
    try:
        return etree.fromstring(b"<_>" + text + b"</_>", parser)
    except etree.XMLSyntaxError as error:
        error.position = (before + error.position[0], error.position[1])
        raise


def _ends_of_records(text: mmap.mmap, tree: _Place) -> list[int]:
    """Where the first record begins, and where each piece ends; nothing unless that is certain.

    It is where records hold nothing but elements and follow one another directly, each closed
    before the next is opened: then every such tag is what it looks like.
    """
    record = max(tree.inside, key=lambda tag: len(list(tree.inside[tag].all()))).encode()
    opened = [m.start() for m in re.finditer(rb"<%b[\s/>]" % record, text)]
    closed = [m.end() for m in re.finditer(rb"</%b\s*>" % record, text)]
    # The last may be cut short; that is for the parser to say.
    opened, unclosed = opened[: len(closed)], opened[len(closed) :]
    if not closed or len(opened) < len(closed) or (unclosed and unclosed[0] < closed[-1]):
        return []
    between = (text[end:start] for end, start in zip(closed, opened[1:], strict=False))
    if any(gap.strip() for gap in between):
        return []
    if any(start >= end for start, end in zip(opened, closed, strict=True)):
        return []
    if re.compile(rb"<[!?]").search(text, opened[0], closed[-1]):
        return []
    ends, before = [opened[0]], opened[0]
    for end in closed:
        if end - ends[-1] > PIECE_BYTES:
            if before > ends[-1]:
                ends.append(before)
            if end - before > PIECE_BYTES and _line_ends(text, before, end) > LINES_COUNTED:
                return []
        before = end
    return [*ends, closed[-1]]


def _stretches(ends: list[int]) -> Iterator[list[int]]:
    """The ends of pieces that follow one another and are taken together."""
    first = 0
    for last in range(1, len(ends)):
        if ends[last] - ends[first] > TEXT_BYTES or last == len(ends) - 1:
            yield ends[first : last + 1]
            first = last


def _line_ends(text: mmap.mmap, start: int, end: int) -> int:
    """How many line ends are between two places of a file."""
    step = CHUNK_BYTES
    return sum(text[at : min(at + step, end)].count(b"\n") for at in range(start, end, step))


# ---- any other file ----


def _read_whole(landed: LandedFile, message: _Message) -> Iterator[Elements]:
    """The records, many at once."""
    texts: list[bytes] = []
    lines: list[int] = []
    byte_count = 0
    for text, its_lines in _records_written(landed, message):
        texts.append(text)
        lines += its_lines
        byte_count += len(text)
        if byte_count > TEXT_BYTES:
            yield Elements.of(b"".join(texts), lines)
            texts, lines, byte_count = [], [], 0
    yield Elements.of(b"".join(texts), lines)


def _records_written(landed: LandedFile, message: _Message) -> Iterator[tuple[bytes, list[int]]]:
    """Each record as plain text when it is complete, with its lines; it is then forgotten.

    Every element that makes a row bears its line as an attribute: what the parser itself keeps
    ends at line 65,535, so it is fed line by line.
    """
    records = message.tree.inside
    tags = {place.path[-1] for place in message.places if place.rows} | set(records)
    parser = etree.XMLPullParser(
        events=("start", "end"), tag=list(tags), encoding=landed.xml_encoding, **SAFELY
    )

    def line_of(element: etree._Element) -> int:
        return int(element.get(LINE, 0))

    line = 1
    with landed.path.open("rb") as handle:
        while text := handle.readline(CHUNK_BYTES):
            parser.feed(text)
            for event, found in parser.read_events():
                element = cast(etree._Element, found)
                if event == "start":
                    element.set(LINE, str(line))
                    if element.tag in records:
                        refuse_document_type(element)
                elif element.tag in records and _is_record(element):
                    yield written_plainly([element], line_of)
                    element.clear()
                    while (before := element.getprevious()) is not None:
                        _miss_strays([before], message)
                        cast(etree._Element, element.getparent()).remove(before)
            line += text.endswith(b"\n")
    root = parser.close()
    refuse_document_type(root)
    _miss_strays(root, message)


def _is_record(element: etree._Element) -> bool:
    """Whether an element stands where records do."""
    parent = element.getparent()
    if parent is None:
        return False
    above = parent.getparent()
    return above is None or (parent.tag == GROUP and above.getparent() is None)


def _miss_strays(elements: Iterable[etree._Element], message: _Message) -> None:
    """Count what stands among the records and is none."""
    for element in elements:
        if element.tag == GROUP:
            _miss_strays(element, message)
        elif isinstance(element.tag, str) and element.tag not in message.tree.inside:
            message.unknown[element.tag] += 1
