"""Landed files without some of their rows, otherwise as they were: what erasing a child comes to.

Nothing else in the project changes a landed file. Each form is taken apart only as far as it must
be: a CSV file by lines, a workbook by the rows of its sheets, XML by its records, Parquet by rows.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import cast

import pyarrow as pa
import pyarrow.parquet as pq
from lxml import etree

from orchestration.ingest.layouts import TableLayout
from orchestration.ingest.xml_reader import SAFELY

SHEET_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d+)"[^>]*?(?:/>|>.*?</(?:\w+:)?row>)', re.S)
STRING_CELL = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\bt="s"[^>]*?>\s*(?:<(?:\w+:)?f\b.*?</(?:\w+:)?f>)?\s*'
    rb"<(?:\w+:)?v>(\d+)</(?:\w+:)?v>",
    re.S,
)
SHARED = "xl/sharedStrings.xml"
SHARED_STRING = re.compile(rb"<((?:\w+:)?)si\b[^>]*?(?:/>|>.*?</(?:\w+:)?si>)", re.S)
# Where a workbook may repeat cells besides its sheets.
REPEATS = re.compile(r"xl/(pivotCache|comments|threadedComments|externalLinks|queryTables)")
FREE_TEXT_BYTES = 1 << 30


class CannotTakeOut(Exception):
    """A file holds rows that cannot be taken out of it; the message says what to do."""


def without_lines(content: bytes, layout: TableLayout, rows: Collection[int]) -> bytes:
    """A CSV file without the records that begin on these lines."""
    encoding = "utf-8" if layout.encoding in ("utf8", "utf-8-sig") else layout.encoding
    lines = list(io.StringIO(content.decode(encoding), newline=""))
    csv.field_size_limit(FREE_TEXT_BYTES)
    kept = lines[: layout.heading_line]
    begins = layout.heading_line
    records = csv.reader(lines[begins:], delimiter=layout.delimiter)
    for _ in records:
        ends = layout.heading_line + records.line_num
        if begins + 1 not in rows:
            kept += lines[begins:ends]
        begins = ends
    return "".join(kept).encode(encoding)


def without_parquet_rows(content: bytes, rows: Collection[int]) -> bytes:
    """A Parquet file without these rows, the first of which is row 1."""
    table = pq.read_table(io.BytesIO(content))
    stays = pa.array([number not in rows for number in range(1, table.num_rows + 1)], pa.bool_())
    written = io.BytesIO()
    pq.write_table(table.filter(stays), written)
    return written.getvalue()


def without_records(content: bytes, is_about: Callable[[etree._Element], bool]) -> bytes:
    """An XML message without the records, below its root or ``Children``, that are about somebody.

    Raises:
        etree.XMLSyntaxError: it is broken.
    """
    parser = etree.XMLParser(**{**SAFELY, "huge_tree": True, "remove_comments": False})
    root = etree.fromstring(content, parser)
    tree = root.getroottree()
    for group in [root, *root.findall("{*}Children")]:
        for record in [child for child in group if isinstance(child.tag, str)]:
            if record.tag.rpartition("}")[2] != "Children" and is_about(record):
                # The line end after a record goes with it.
                group.remove(record)
    written = etree.tostring(
        tree,
        xml_declaration=content.lstrip()[:5] == b"<?xml",
        encoding=tree.docinfo.encoding or "UTF-8",
    )
    return cast(bytes, written)


def without_sheet_rows(content: bytes, rows: Mapping[str, Collection[int]]) -> bytes:
    """A workbook (xlsx) without these rows of these sheets, and without the texts that only they
    had; the other rows keep their numbers.

    Raises:
        CannotTakeOut: it is of a form that repeats cells in other places, or is no xlsx.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            members = {info: opened.read(info) for info in opened.infolist()}
    except zipfile.BadZipFile as error:
        raise CannotTakeOut(_by_hand("an old or a locked workbook")) from error
    names = {info.filename: info for info in members}
    if "xl/workbook.xml" not in names:
        raise CannotTakeOut(_by_hand("a workbook of another kind than xlsx"))
    if any(REPEATS.match(name) for name in names):
        raise CannotTakeOut(_by_hand("a workbook with comments, pivot tables or queries"))
    sheets = _sheets(members[names["xl/workbook.xml"]], members[names[_RELATIONS]])
    for sheet, numbers in rows.items():
        info = names[sheets[sheet]]
        members[info] = SHEET_ROW.sub(
            lambda row, gone=numbers: b"" if int(row[1]) in gone else row[0],  # type: ignore[misc]
            members[info],
        )
    if SHARED in names:
        used = {
            int(number)
            for info, text in members.items()
            if info.filename.startswith("xl/worksheets/")
            for number in STRING_CELL.findall(text)
        }
        members[names[SHARED]] = _blanked(members[names[SHARED]], used)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as closed:
        for info, text in members.items():
            closed.writestr(info, text)
    return written.getvalue()


_RELATIONS = "xl/_rels/workbook.xml.rels"


def _sheets(workbook: bytes, relations: bytes) -> dict[str, str]:
    """Each sheet by its name: the member of the archive that holds it."""
    targets = {
        link.get("Id"): str(link.get("Target")) for link in etree.fromstring(relations).iter("{*}*")
    }
    found = {}
    for sheet in etree.fromstring(workbook).iter("{*}sheet"):
        (link,) = (value for key, value in sheet.attrib.items() if str(key).endswith("}id"))
        target = targets[str(link)]
        found[str(sheet.get("name"))] = (
            target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        )
    return found


def _blanked(shared: bytes, used: Collection[int]) -> bytes:
    """The shared texts, empty where no cell has them any more; the others keep their numbers."""
    count = -1

    def keep(text: re.Match[bytes]) -> bytes:
        nonlocal count
        count += 1
        prefix = text[1]
        return text[0] if count in used else b"<%ssi><%st/></%ssi>" % (prefix, prefix, prefix)

    return SHARED_STRING.sub(keep, shared)


def repacked(archive: Path, changed: Mapping[str, bytes]) -> bytes:
    """A zip file with the content of some of its members changed."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(archive) as opened,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as closed,
    ):
        for info in opened.infolist():
            name = info.filename.replace("\\", "/")
            closed.writestr(info, changed[name] if name in changed else opened.read(info))
    return written.getvalue()


def holds(content: bytes, numbers: Sequence[str]) -> bool:
    """Whether one of these numbers still stands in a file, by itself and not in a longer one."""
    for encoding in ("latin-1", "utf-16-le"):
        text = content.decode(encoding, errors="ignore")
        for number in numbers:
            if number in text and re.search(rf"(?<!\w){re.escape(number)}(?!\w)", text):
                return True
    return False


def _by_hand(what: str) -> str:
    return (
        f"It is {what}, from which rows cannot be taken safely. Take them out by hand and save it, "
        "or move it away; until then they are let go each time it is read."
    )
