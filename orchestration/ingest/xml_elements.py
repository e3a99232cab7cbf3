"""XML text to its elements as arrays: the name of each, how deep it stands, its line and its text.

Asking a parser for one element after the other takes Python several times as long as the parser
needs to read them. So the parser only says whether the text is well-formed, and the elements are
found all at once, by the marks around their tags. That needs plain text: ``<`` opens nothing but
tags, and no tag holds more than a name. Nearly all returns are such text as they are; any other is
made so by the parser (``written_plainly``).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from lxml import etree

Numbers = npt.NDArray[np.int64]
OPENS, CLOSES, SLASH, LINE_END = b"<>/\n"
# Of each element: its name, the end of its tag, its text, and what stands before the next one.
PARTS = 4
# The parser takes no longer text in one cell, but looks only where it keeps what it reads.
LONGEST = 10_000_000


def as_plain(text: bytes, encoding: str | None) -> bytes | None:
    """XML without declarations, comments and instructions as plain UTF-8; None where only a parser
    can make it so.

    It may still not be well-formed.
    """
    # An equals sign may be that of an attribute.
    if b"=" in text or len(text) > LONGEST:
        return None
    if encoding and not text.isascii():
        try:
            text = text.decode(encoding).encode()
        except (LookupError, UnicodeError):
            return None
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n")
    return None if b"\r" in text else text


def written_plainly(
    elements: Iterable[etree._Element], line_of: Callable[[etree._Element], int]
) -> tuple[bytes, list[int]]:
    """Parsed elements, one after the other, as plain text; and the line of every element in it.

    The tree loses their attributes.
    """
    parts, lines = [], []
    for element in elements:
        for inner in element.iter():
            lines.append(line_of(inner))
            inner.attrib.clear()
        parts.append(etree.tostring(element, encoding="utf-8", with_tail=False))
    return b"".join(parts), lines


@dataclass(frozen=True)
class Elements:
    """The elements of a text, numbered from 0 in the order in which they begin.

    ``names`` are all names that are met, ``name`` says which of them each element has, and
    ``depth`` in how many elements it stands.
    """

    names: list[str]
    name: Numbers
    depth: Numbers
    _lines: Callable[[Numbers], Numbers]
    _parts: pa.Array
    _has_references: bool

    @classmethod
    def of(cls, text: bytes, lines: list[int] | None = None, first_line: int = 1) -> "Elements":
        """The elements of plain, well-formed text.

        Args:
            text: one or more whole elements.
            lines: the line of every element, where the text has lost them.
            first_line: the line of the file that the text begins on, where it has not.
        """
        marks = np.frombuffer(text, np.uint8)
        opened, closed = np.flatnonzero(marks == OPENS), np.flatnonzero(marks == CLOSES)
        if len(closed) > len(opened):  # Text may hold the mark that closes tags.
            closed = closed[np.searchsorted(closed, opened)]
        is_end, is_empty = marks[opened + 1] == SLASH, marks[closed - 1] == SLASH
        level = np.cumsum(np.where(is_end, -1, ~is_empty))
        begun = np.flatnonzero(~is_end)
        is_empty, tag_ends = is_empty[begun], closed[begun]
        text_ends = np.append(opened[1:], len(text))[begun]
        text_ends[is_empty] = tag_ends[is_empty] + 1
        bounds = np.empty(PARTS * len(begun) + 1, np.int64)
        bounds[0:-1:PARTS] = opened[begun] + 1
        bounds[1::PARTS] = tag_ends
        bounds[2::PARTS] = tag_ends + 1
        bounds[3::PARTS] = text_ends
        bounds[-1] = len(text)
        parts = pa.Array.from_buffers(
            pa.large_string(), len(bounds) - 1, [None, pa.py_buffer(bounds), pa.py_buffer(text)]
        )
        names, name = _names(parts.take(pa.array(np.arange(0, len(parts), PARTS))))
        if lines is None:
            line_ends = np.flatnonzero(marks == LINE_END)

            def lines_of(numbers: Numbers) -> Numbers:
                return first_line + np.searchsorted(line_ends, tag_ends[numbers])
        else:
            told = np.array(lines, np.int64)

            def lines_of(numbers: Numbers) -> Numbers:
                return told[numbers]

        return cls(names, name, level[begun] - ~is_empty, lines_of, parts, b"&" in text)

    def lines(self, numbers: Numbers) -> Numbers:
        """The lines of the file that the tags of elements end on."""
        return self._lines(numbers)

    def texts(self, numbers: Numbers) -> pa.Array:
        """What stands in elements before the first element in them."""
        texts = self._parts.take(pa.array(numbers * PARTS + 2))
        return _resolved(texts) if self._has_references else texts


def _names(written: pa.Array) -> tuple[list[str], Numbers]:
    """The different names of tags, and which of them each tag has."""
    encoded = written.dictionary_encode()
    bare = [name.rstrip("/").split()[0] for name in encoded.dictionary.to_pylist()]
    names = list(dict.fromkeys(bare))
    return names, np.array([names.index(name) for name in bare], np.int64)[
        encoded.indices.to_numpy()
    ]


def _resolved(texts: pa.Array) -> pa.Array:
    """Texts with the characters that they refer to."""
    refer = pc.match_substring(texts, "&")
    resolved = [etree.fromstring(f"<_>{text}</_>").text for text in texts.filter(refer).to_pylist()]
    return pc.replace_with_mask(texts, refer, pa.array(resolved, texts.type))
