"""XML to Arrow batches of text: each element that makes a row, with its line and what is around it.

The contracts' paths are laid out as one tree, so that each element is visited once. A column may
take its value from the element of its row or from one around it: rows say only which row they
stand in, and the values are fetched a batch at a time. So the order of elements does not matter.
"""

import mmap
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
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

XML_BATCH_ROWS = 50_000
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
LineOf = Callable[[etree._Element], int]


def read_xml(
    landed: LandedFile,
    contracts: tuple[ExtractContract, ...],
    write: Callable[[ExtractContract, pa.RecordBatch], None],
) -> dict[str, int]:
    """Every block of a message, streamed: a record is read, written and forgotten.

    Args:
        landed: the file.
        contracts: one contract per block, each with its ``path`` below the root or ``Children``.
        write: called with batches of about ``XML_BATCH_ROWS`` rows: ``_row_number``, the line the
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
            records = pieces.read(message) if pieces else _read_whole(landed, message)
            for _ in records:
                if message.longest() >= XML_BATCH_ROWS:
                    message.write(write)
    except etree.XMLSyntaxError as error:
        raise corrupt_xml(error) from error
    message.write(write)
    return message.unknown


# ---- what the contracts want ----


@dataclass(eq=False)
class _Rows:
    """The rows that the elements of one path make, until they are written.

    ``slots`` are the paths below the element that some column wants, and the place of each in the
    cells of a row. ``cells`` are those of all rows in one list: with a list for each row, Python's
    collector of garbage takes longer than the parser. ``around`` are the rows of the nearest
    element around, ``parents`` says in which of them each row stands, and ``written`` how many
    rows went before.
    """

    path: Path
    slots: dict[Path, int] = field(default_factory=dict)
    around: "_Rows | None" = None
    cells: list[str | None] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    written: int = 0

    def columns(self) -> list[pa.Array]:
        """The text of each slot, null where nothing is in it."""
        width = len(self.slots)
        return [pa.array(self.cells[slot::width], pa.string()) for slot in range(width)]

    def positions(self) -> pa.Array:
        """Each row's position among those in the same row around, or in the file, from 1."""
        parents = np.asarray(self.parents, dtype=np.int64)
        first = np.searchsorted(parents, parents) - (0 if self.around else self.written)
        return pa.array(np.arange(len(parents)) - first + 1).cast(pa.string())

    def rows_in(self, outer: "_Rows") -> pa.Array | None:
        """The row of an element further out that each row stands in; None if they are the same."""
        if outer is self:
            return None
        found, rows = np.asarray(self.parents, dtype=np.int64), cast(_Rows, self.around)
        while rows is not outer:
            found, rows = np.asarray(rows.parents, dtype=np.int64)[found], cast(_Rows, rows.around)
        return pa.array(found)

    def forget(self) -> None:
        """Begin the next batch."""
        self.written += len(self.lines)
        for kept in (self.cells, self.lines, self.parents):
            kept.clear()


@dataclass(eq=False)
class _Place:
    """What an element is: the start of a row, a cell of rows it stands in, or a group of others.

    ``takers`` are the cells of rows that the element's text belongs in, and how far from their end.
    ``leaves`` are the elements inside that are one cell and nothing else, as nearly all are.
    """

    path: Path = ()
    inside: dict[str, "_Place"] = field(default_factory=dict)
    rows: _Rows | None = None
    takers: list[tuple[list[str | None], int]] = field(default_factory=list)
    leaves: dict[str, tuple[list[str | None], int]] = field(default_factory=dict)

    def at(self, path: Path) -> "_Place":
        """The place at a path below this one."""
        place = self
        for tag in path:
            place = place.inside.setdefault(tag, _Place((*place.path, tag)))
        return place

    def size(self) -> int:
        """How many kinds of elements there are here and below."""
        return 1 + sum(place.size() for place in self.inside.values())

    def finish(self, around: _Rows | None = None) -> Iterator[_Rows]:
        """All rows here and below, once each knows the rows around it and who fills its cells."""
        if self.rows is not None:
            self.rows.around = around
            for path, slot in self.rows.slots.items():
                taker = self.rows.cells, slot - len(self.rows.slots)
                self.at(path).takers.append(taker)
            yield self.rows
        for place in self.inside.values():
            yield from place.finish(self.rows or around)

    def mark_leaves(self) -> None:
        """Note the elements inside that are one cell of one row."""
        for tag, place in self.inside.items():
            place.mark_leaves()
            if not place.inside and not place.rows and len(place.takers) == 1:
                self.leaves[tag] = place.takers[0]


class _Block:
    """One contract: the rows it is made of, and where each column's text comes from."""

    def __init__(self, contract: ExtractContract, tree: _Place, paths: dict[str, Path]) -> None:
        self.contract = contract
        self.path: Path = tuple(str(contract.path).split("/"))
        self.rows = _rows_at(tree, self.path)
        self.sources = [self._sources(column, tree, paths) for column in contract.columns]
        self.counted = [
            _rows_at(tree, self._around(column.position_of, paths)) if column.position_of else None
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
        """The slots of rows that hold a column, the first filled one of which is taken."""
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
            tree.at((*around, *below))  # Known, also where its text is dropped.
            if column.is_stored:
                rows = _rows_at(tree, around)
                found.append((rows, rows.slots.setdefault(below, len(rows.slots))))
        return found

    def batch(self, columns: dict[_Rows, list[pa.Array]]) -> pa.RecordBatch:
        """The rows so far."""
        arrays = [pa.array(self.rows.lines, pa.int64())]
        for sources, counted in zip(self.sources, self.counted, strict=True):
            found = [self._fetched(rows, columns[rows][slot]) for rows, slot in sources]
            if counted is not None:
                found = [self._fetched(counted, counted.positions())]
            if not found:
                arrays.append(pa.nulls(len(self.rows.lines), pa.string()))
            elif len(found) == 1:
                arrays.append(found[0])
            else:
                arrays.append(pc.coalesce(*found))
        names = [column.name for column in self.contract.columns]
        batch = pa.RecordBatch.from_arrays(arrays, names=["_row_number", *names])
        if not self.contract.present_if:
            return batch
        return batch.filter(pc.coalesce(*(batch[n] for n in self.contract.present_if)).is_valid())

    def _fetched(self, rows: _Rows, cells: pa.Array) -> pa.Array:
        within = self.rows.rows_in(rows)
        return cells if within is None else cells.take(within)


def _rows_at(tree: _Place, path: Path) -> _Rows:
    place = tree.at(path)
    place.rows = place.rows or _Rows(path)
    return place.rows


class _Message:
    """The rows of a file so far, and the elements nobody knows."""

    def __init__(self, contracts: Iterable[ExtractContract]) -> None:
        self.tree = _Place()
        # A block's name is what ``position_of`` and ``parent`` call it in the contracts.
        paths = {c.extract.partition("__")[2]: tuple(str(c.path).split("/")) for c in contracts}
        self.blocks = [_Block(contract, self.tree, paths) for contract in contracts]
        self.rows = list(self.tree.finish())
        self.tree.mark_leaves()
        self.unknown: dict[str, int] = {}

    def take(
        self, around: Iterable[etree._Element], place: _Place, line_of: LineOf, before: int = 0
    ) -> None:
        """All that is inside an element: rows, their cells, and what nobody knows.

        ``before`` are lines of the file before those that ``line_of`` counts.
        """
        leaves, inside = place.leaves, place.inside
        for element in around:
            tag = element.tag
            leaf = leaves.get(tag)
            if leaf is not None:
                text = element.text
                if text and not text.isspace():
                    leaf[0][leaf[1]] = text
                continue
            below = inside.get(tag)
            if below is None:
                self.miss(element, place)
                continue
            rows = below.rows
            if rows is not None:
                rows.parents.append(len(rows.around.lines) - 1 if rows.around else 0)
                rows.lines.append(before + line_of(element))
                rows.cells += [None] * len(rows.slots)
            if below.takers:
                text = element.text
                if text and not text.isspace():
                    for cells, from_end in below.takers:
                        cells[from_end] = text
            if below.inside:
                self.take(element, below, line_of, before)

    def miss(self, element: etree._Element, place: _Place) -> None:
        """Count an element that no contract knows."""
        if isinstance(element.tag, str):
            path = "/".join((*place.path, element.tag))
            self.unknown[path] = self.unknown.get(path, 0) + 1

    def longest(self) -> int:
        """How many rows the longest block has so far."""
        return max(len(rows.lines) for rows in self.rows)

    def write(self, write: Callable[[ExtractContract, pa.RecordBatch], None]) -> None:
        """Write what there is so far, which is then forgotten."""
        columns = {rows: rows.columns() for rows in self.rows}
        for block in self.blocks:
            write(block.contract, block.batch(columns))
        for rows in self.rows:
            rows.forget()


# ---- a file whose records can be told apart before it is parsed ----


@dataclass(frozen=True)
class _Pieces:
    """A file cut between its records, so that the parser builds many at once.

    That is several times as fast as asking for each element as it is met, and each piece is short
    enough for the parser to know its lines. ``root`` is the file without the records that lie
    between the bytes ``ends[0]`` and ``ends[-1]``; ``ends`` are where a piece may end, and
    ``lines`` counts the lines above the first.
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

    def read(self, message: _Message) -> Iterator[None]:
        """Take the rows of what is around the records, then of one piece after the other."""
        self._take_outline(message)
        yield
        before = self.lines
        # Blank text between elements is nobody's, and half of all that would be built.
        parser = etree.XMLParser(encoding=self.encoding, remove_blank_text=True, **SAFELY)
        for start, end in zip(self.ends, self.ends[1:], strict=False):
            try:
                piece = etree.fromstring(b"<_>" + self.text[start:end] + b"</_>", parser)
            except etree.XMLSyntaxError as error:
                error.position = (before + error.position[0], error.position[1])
                raise
            message.take(piece, message.tree, attrgetter("sourceline"), before)
            before += _line_ends(self.text, start, end)
            yield

    def _take_outline(self, message: _Message) -> None:
        cut = next(self.root.iter(CUT))
        above = cast(int, cut.sourceline)
        cast(etree._Element, cut.getparent()).remove(cut)
        between = _line_ends(self.text, self.ends[0], self.ends[-1]) - 1

        def line_of(element: etree._Element) -> int:
            line = cast(int, element.sourceline)
            return line if line < above else line + between

        for group in (self.root, *self.root.iterchildren(GROUP)):
            inside = [e for e in group if group is not self.root or e.tag != GROUP]
            message.take(inside, message.tree, line_of)


def _ends_of_records(text: mmap.mmap, tree: _Place) -> list[int]:
    """Where the first record begins, and where each piece ends; nothing unless that is certain.

    It is where records hold nothing but elements and follow one another directly, each closed
    before the next is opened: then every such tag is what it looks like.
    """
    record = max(tree.inside, key=lambda tag: tree.inside[tag].size()).encode()
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


def _line_ends(text: mmap.mmap, start: int, end: int) -> int:
    """How many line ends are between two places of a file."""
    step = CHUNK_BYTES
    return sum(text[at : min(at + step, end)].count(b"\n") for at in range(start, end, step))


# ---- any other file ----


def _read_whole(landed: LandedFile, message: _Message) -> Iterator[None]:
    """Take the rows of each record once it is complete; it is then forgotten.

    Every element that makes a row bears its line as an attribute: what the parser itself keeps
    ends at line 65,535, so it is fed line by line.
    """
    records = message.tree.inside
    tags = {rows.path[-1] for rows in message.rows} | set(records)
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
                    message.take([element], message.tree, line_of)
                    element.clear()
                    while (before := element.getprevious()) is not None:
                        _miss_strays([before], message)
                        cast(etree._Element, element.getparent()).remove(before)
                    yield
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
        elif element.tag not in message.tree.inside:
            message.miss(element, message.tree)
