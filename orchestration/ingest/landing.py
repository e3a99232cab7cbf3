"""What has been landed: each file known by its content, then by its name; whose it is, and of when.

Nothing here reads records. A file that cannot be placed is refused with the reason and the
remedy, and the others go on. A zip file is its members, and a workbook its sheets: each is landed
under the name of the file with its own name after it.
"""

import calendar
import datetime as dt
import hashlib
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lxml import etree

from orchestration.contracts import Covers, ExtractContract, Form
from orchestration.ingest.archives import ARCHIVE_INSIDE, Unpacked, refuse_bomb, unpack
from orchestration.ingest.layouts import (
    CHUNK_BYTES,
    Head,
    Recogniser,
    TableLayout,
    csv_heads,
    encoding_of,
    parquet_head,
    sheet_heads,
)
from orchestration.ingest.refusals import RefusedFile, as_authority, corrupt_xml, kept_inside

AUTHORITY_FOLDER = re.compile(r"\d{3}")
TEXT_ENDINGS = frozenset({".csv", ".txt", ".tsv", ".xml"})
# Long enough for a declaration and the comments that systems write above the root.
MARKUP_BYTES = 4_096
# A year written alone (2026) or as two (2025-26, 2025_2026); never part of a longer number.
YEARS = re.compile(r"(?<!\d)(20\d{2})(?:[-_ /]?(20\d{2}|\d{2}))?(?!\d)")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# The day a file was made, as names say it: 20260331, 2026-03-31, 31.03.2026; or only its month:
# 2026_Mar, March 2026, 2026-03.
DAYS = (
    re.compile(r"(?<!\d)(?P<y>20\d{2})[-_. ]?(?P<m>0[1-9]|1[0-2])[-_. ]?(?P<d>[0-3]\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>[0-3]\d)[-_. ](?P<m>0[1-9]|1[0-2])[-_. ](?P<y>20\d{2})(?!\d)"),
)
WORD = rf"(?P<word>{'|'.join(MONTHS)})[a-z]*"
MONTHS_NAMED = (
    re.compile(rf"(?<!\d)(?P<y>20\d{{2}})[-_. ]?{WORD}", re.IGNORECASE),
    re.compile(rf"(?<![a-z]){WORD}[-_. ]?(?P<y>20\d{{2}})(?!\d)", re.IGNORECASE),
    re.compile(r"(?<!\d)(?P<y>20\d{2})[-_. ](?P<m>0[1-9]|1[0-2])(?!\d)"),
)


@dataclass(frozen=True)
class LandedFile:
    """One file of the landing folder and what is known of it before its records are read.

    ``contracts`` is one contract for a table and every block for an XML file; it is empty when
    the file was refused. ``xml_encoding`` is set where an XML file does not say how it is written.
    ``exported_date`` is the day it was made, as it says itself; ``sender`` the system it came
    from, where several send the same extract. ``notes`` are for the person who sent the file.
    """

    path: Path
    name: str
    sha256: str
    line_count: int
    contracts: tuple[ExtractContract, ...] = ()
    layout: TableLayout | None = None
    xml_encoding: str | None = None
    local_authority_code: str = ""
    return_year: int | None = None
    return_year_source: str = ""
    exported_date: dt.date | None = None
    sender: str = ""
    written_at: str = ""
    refusal: str = ""
    is_duplicate: bool = False
    notes: tuple[str, ...] = ()
    unpacked: Unpacked | None = None

    @property
    def family(self) -> str:
        """The family of the file's contracts; empty for a refused file."""
        return self.contracts[0].family if self.contracts else ""

    @property
    def covers(self) -> Covers:
        """What the file is about: a year, a month or everything its system holds."""
        return self.contracts[0].covers if self.contracts else Covers.YEAR

    @property
    def period(self) -> str:
        """What a newer file must be about to replace this one: 2026, 2026-03, everything.

        Empty for published figures, which are settled row by row, and while it is not known.
        """
        if not self.contracts or self.contracts[0].is_reference:
            return ""
        if self.covers is Covers.YEAR:
            return str(self.return_year or "")
        if self.covers is Covers.MONTH:
            return f"{self.exported_date:%Y-%m}" if self.exported_date else ""
        return "everything"

    @property
    def delivery(self) -> str:
        """The folder, archive or workbook: files side by side were exported together."""
        return self.name.rpartition("/")[0]


@dataclass(frozen=True)
class Places:
    """The authorities there are, and the one to use where nothing else says."""

    codes: frozenset[str]
    default: str | None = None

    def refuse_unknown(self, code: str) -> str:
        """The code itself.

        Raises:
            RefusedFile: there is no such authority.
        """
        if code not in self.codes:
            raise RefusedFile(
                f"It names authority {as_authority(code)}, which is not in "
                "seeds/geography/local_authorities.csv. Correct the code, or add the authority."
            )
        return code


def survey(
    landing: Path,
    contracts: Mapping[str, ExtractContract],
    places: Places,
    as_at: dt.date,
    workspace: Path | None = None,
    only: str | None = None,
) -> list[LandedFile]:
    """Every file under a folder, in the order of its name, recognised or refused.

    Args:
        landing: the folder, or a single file.
        contracts: the extracts that are known.
        places: the authorities that are known.
        as_at: the last day the figures may know of.
        workspace: where zip files are unpacked, until nobody holds their members any more; the
            system's own place for temporary files unless told.
        only: the one authority whose files are wanted, and with them what is nobody's own, as
            published figures are; every authority's unless told.

    Raises:
        FileNotFoundError: the folder is not there.
    """
    if not landing.exists():
        raise FileNotFoundError(
            f"There is no landing folder {landing}. Make it, or name another with LANDING=."
        )
    known = _Known(contracts, Recogniser(contracts), places, as_at, workspace)
    if landing.is_file():
        return list(known.land(landing, landing.name))
    files = sorted(
        path
        for path in landing.rglob("*")
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(landing).parts)
    )
    return [
        landed
        for path in files
        # Another authority's folder is not even read: a night would take as long as that of all.
        if _is_wanted(path.relative_to(landing).as_posix(), "", only)
        for landed in known.land(path, path.relative_to(landing).as_posix())
        if _is_wanted(landed.name, landed.local_authority_code, only)
    ]


def authorities_landed(landing: Path) -> list[str]:
    """The authorities that have a folder with files in it, by their codes."""
    return sorted(
        folder.name
        for folder in landing.iterdir()
        if folder.is_dir()
        and AUTHORITY_FOLDER.fullmatch(folder.name)
        and any(path.is_file() for path in folder.rglob("*"))
    )


@dataclass(frozen=True)
class _Known:
    """What every file is held against."""

    contracts: Mapping[str, ExtractContract]
    recogniser: Recogniser
    places: Places
    as_at: dt.date
    workspace: Path | None

    def land(self, path: Path, name: str, unpacked: Unpacked | None = None) -> Iterator[LandedFile]:
        """A file, or what it holds: the members of a zip file, the sheets of a workbook."""
        sha256, line_count = fingerprint(path)
        landed = LandedFile(path, name, sha256, line_count, unpacked=unpacked)
        try:
            kind = _kind_of(path, name)
            if kind == "zip" and unpacked is not None:
                raise RefusedFile(ARCHIVE_INSIDE)
            if kind == "zip":
                yield from self._land_members(path, name)
            elif kind == "workbook":
                yield from self._land_sheets(landed)
            else:
                recognise = self._recognise_xml if kind == "xml" else self._recognise_table
                yield self._checked(recognise(landed))
        except RefusedFile as refused:
            yield replace(landed, refusal=str(refused))

    def _land_members(self, path: Path, name: str) -> Iterator[LandedFile]:
        unpacked = Unpacked(self.workspace)
        for member, file in unpack(path, unpacked.path):
            yield from self.land(file, f"{name}/{member}", unpacked)

    def _land_sheets(self, workbook: LandedFile) -> Iterator[LandedFile]:
        if zipfile.is_zipfile(workbook.path):
            refuse_bomb(workbook.path)
        heads = sheet_heads(workbook.path)
        if not heads:
            raise RefusedFile("The workbook holds nothing but blanks. Export it again.")
        taken: dict[str, str] = {}
        for head in heads:
            landed = replace(workbook, name=f"{workbook.name}/{head.sheet}")
            try:
                sheet = self._checked(self._recognise_head(landed, [head]))
                extract = sheet.contracts[0].extract
                if extract in taken:
                    raise RefusedFile(
                        f"It is read as {extract}, and so is the sheet "
                        f"{kept_inside(taken[extract])} of the same workbook. Put all "
                        "rows on one of them."
                    )
                taken[extract] = head.sheet
                yield sheet
            except RefusedFile as refused:
                yield replace(landed, refusal=str(refused))

    # ---- tables ----

    def _recognise_table(self, landed: LandedFile) -> LandedFile:
        is_parquet = _starts(landed.path, 4) == b"PAR1"
        heads = [parquet_head(landed.path)] if is_parquet else csv_heads(landed.path)
        return self._recognise_head(landed, heads)

    def _recognise_head(self, landed: LandedFile, heads: Sequence[Head]) -> LandedFile:
        *_, around, last = ("", *landed.name.split("/"))
        # A sheet may be named for its list, and a workbook for its only one.
        names = [last.strip(), around] if heads[0].sheet else [last]
        found = self.recogniser.recognise(heads, names)
        contract = found.contract
        landed = replace(landed, contracts=(contract,), layout=found.layout)
        if contract.is_reference:
            return replace(landed, exported_date=_date_in(landed.name, months=False))
        said = found.value_of(contract.authority_in).removesuffix(".0") or None
        dated = _as_date(found.value_of(contract.dated_by))
        is_return = contract.covers is Covers.YEAR
        year = _year_in(landed.name) if is_return else None
        return replace(
            landed,
            local_authority_code=_authority(landed, said, self.places),
            return_year=year,
            return_year_source="name" if year else "",
            exported_date=dated or _date_in(landed.name, months=not is_return),
            sender=found.value_of(contract.sender_in),
        )

    # ---- XML ----

    def _recognise_xml(self, landed: LandedFile) -> LandedFile:
        encoding = _undeclared_encoding(landed.path)
        header = _Message.read(landed.path, encoding)
        blocks = self._blocks(header)
        notes: tuple[str, ...] = ()
        year = _year_in(landed.name)
        source = "name" if year else ""
        if header.collection:
            year, notes = _census_year(header.fields, landed.name)
            source = "content"
        if encoding:
            notes = (*notes, f"It declares no encoding and is not UTF-8: read as {encoding}.")
        written_at = header.fields.get("DateTime", "")
        return replace(
            landed,
            contracts=blocks,
            xml_encoding=encoding,
            local_authority_code=_authority(landed, header.fields.get("LEA"), self.places),
            return_year=year,
            return_year_source=source,
            exported_date=_as_date(written_at[:10]) or _date_in(landed.name, months=False),
            written_at=written_at,
            notes=notes,
        )

    def _blocks(self, message: "_Message") -> tuple[ExtractContract, ...]:
        """Every extract of the family that a message is of: by the collection its header names,
        or by its records where it has no header."""
        in_xml = [c for c in self.contracts.values() if Form.XML in c.forms]
        if message.collection:
            families = {c.family for c in in_xml if message.collection in c.recognised_by}
        else:
            families = {
                c.family
                for c in in_xml
                if Form.TABLE in c.forms and str(c.path).partition("/")[0] in message.records
            }
        if len(families) != 1:
            known = sorted({c.family for c in in_xml})
            said = message.collection[:10] or message.root[:20]
            raise RefusedFile(
                f"The XML says it is {kept_inside(said)}, which no contract knows. Read are: "
                f"{', '.join(known)}."
            )
        (family,) = families
        return tuple(c for c in in_xml if c.family == family)

    # ---- of when ----

    def _checked(self, landed: LandedFile) -> LandedFile:
        year = landed.return_year
        if year is None:
            return landed
        contract = landed.contracts[0]
        if year < (contract.since or 0):
            raise RefusedFile(
                f"It is of {year}, and {contract.extract} is read from {contract.since} on. "
                "Check the year in its name."
            )
        if year_begins(year, contract.year_ends_in) > self.as_at:
            ends = year_ends(year, contract.year_ends_in)
            raise RefusedFile(
                f"It is of the year ending {ends:%d %B %Y}, which "
                f"had not begun on the as-at date {self.as_at.isoformat()}. Check the year, or "
                "give a later AS_AT."
            )
        return landed


def lies_in(landing: Path, name: str) -> tuple[str, str]:
    """Of the name of a landed file: the file of the folder, and what of it lies inside, if any.

    Raises:
        FileNotFoundError: the file is not there any more.
    """
    parts = name.split("/")
    for count in range(1, len(parts) + 1):
        outer = "/".join(parts[:count])
        if landing.is_file() or (landing / outer).is_file():
            return outer, "/".join(parts[count:])
    raise FileNotFoundError(f"{name} is not in {landing} any more. Run the command again.")


def fingerprint(path: Path) -> tuple[str, int]:
    """The SHA-256 of a file, by which it is known for ever, and its number of line ends."""
    digest, lines, old_lines = hashlib.sha256(), 0, 0
    with path.open("rb") as handle:
        while chunk := handle.read(CHUNK_BYTES):
            digest.update(chunk)
            lines += chunk.count(b"\n")
            old_lines += chunk.count(b"\r")
    # Spreadsheets still offer to end lines with a carriage return alone.
    return digest.hexdigest(), lines or old_lines


# ---- what kind of file it is ----


def _kind_of(path: Path, name: str) -> str:
    """zip, workbook, xml or table: what a file holds, whatever it is called."""
    if path.stat().st_size == 0:
        raise RefusedFile("The file is empty (0 bytes). Export it again.")
    start = _starts(path, MARKUP_BYTES)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_archive(path, name)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return "workbook"  # Excel up to 2003, or a workbook locked with a password.
    if start.startswith(b"PAR1"):
        return "table"
    if _is_markup(start):
        return "xml"
    ending = Path(name).suffix.lower()
    if ending not in TEXT_ENDINGS:
        raise RefusedFile(
            f"Files ending {kept_inside(ending) if ending else 'in no extension'} are not read. "
            "Land extracts as CSV, Excel workbook, Parquet or XML, or a zip file of them."
        )
    return "table"


def _kind_of_archive(path: Path, name: str) -> str:
    try:
        with zipfile.ZipFile(path) as opened:
            members = set(opened.namelist())
    except (zipfile.BadZipFile, NotImplementedError):
        members = set()
    is_document = "[Content_Types].xml" in members or "META-INF/manifest.xml" in members
    if is_document or (not members and not name.lower().endswith(".zip")):
        return "workbook"
    return "zip"


def _starts(path: Path, count: int) -> bytes:
    with path.open("rb") as handle:
        return handle.read(count)


def _is_markup(start: bytes) -> bool:
    text = start.removeprefix(b"\xef\xbb\xbf")
    if text.startswith((b"\xff\xfe", b"\xfe\xff")):
        return text[2:].replace(b"\0", b"").lstrip().startswith(b"<")
    return text.lstrip().startswith(b"<")


# ---- XML ----


@dataclass(frozen=True)
class _Message:
    """The beginning of an XML file: its root, its header, and what its records are called."""

    root: str
    fields: Mapping[str, str]
    records: frozenset[str]

    @property
    def collection(self) -> str:
        """The collection its header names; empty where it has no header."""
        return self.fields.get("Collection", "").upper()

    @classmethod
    def read(cls, path: Path, encoding: str | None) -> "_Message":
        """As far as the first record, and nothing of the records.

        Raises:
            RefusedFile: the XML is broken, or declares a document type.
        """
        root, fields, records = "", dict[str, str](), set[str]()
        try:
            for event, element in etree.iterparse(
                str(path),
                events=("start", "end"),
                resolve_entities=False,
                load_dtd=False,
                no_network=True,
                encoding=encoding,
            ):
                if not isinstance(element.tag, str):
                    continue
                parent = element.getparent()
                if parent is None:
                    if event == "end":
                        break
                    root = element.tag
                    refuse_document_type(element)
                elif event == "start" and parent.getparent() is None and element.tag != "Header":
                    records.add(element.tag)
                    break
                elif event == "end" and len(element) == 0:
                    fields[element.tag] = (element.text or "").strip()
        except etree.XMLSyntaxError as error:
            raise corrupt_xml(error) from error
        return cls(root, fields, frozenset(records))


def refuse_document_type(root: etree._Element) -> None:
    """Nothing, where a file declares no document type: returns have none, and it is where
    entities come from that fill the memory or fetch other files.

    Raises:
        RefusedFile: it declares one.
    """
    if root.getroottree().docinfo.internalDTD is not None:
        raise RefusedFile(
            "The XML declares a document type, which no return does: nothing of it was read. "
            "Export it again, and find out what added it."
        )


def _undeclared_encoding(path: Path) -> str | None:
    """windows-1252 where XML says nothing of its encoding and is not UTF-8, as systems that write
    names with curly apostrophes do; None where the parser should decide."""
    start = _starts(path, 200)
    if b"encoding=" in start or start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    return "windows-1252" if encoding_of(path) == "cp1252" else None


def _census_year(header: Mapping[str, str], name: str) -> tuple[int, tuple[str, ...]]:
    """The census year: its reference date, which is right where the header's Year is not."""
    reference = re.match(r"(20\d{2})-\d{2}-\d{2}", header.get("ReferenceDate", ""))
    written = re.fullmatch(r"20\d{2}", header.get("Year", ""))
    said = {
        "ReferenceDate": int(reference[1]) if reference else None,
        "Year": int(written[0]) if written else None,
        "file name": _year_in(name),
    }
    year = next((value for value in said.values() if value), None)
    if year is None:
        raise RefusedFile(
            "Neither ReferenceDate nor Year in its Header says which census year it is. "
            "Export it again with a complete Header."
        )
    others = [f"{where} says {value}" for where, value in said.items() if value not in (None, year)]
    notes = (f"Read as the census of {year}; {' and '.join(others)}.",) if others else ()
    return year, notes


# ---- whose, and of when ----


def _authority(landed: LandedFile, inside: str | None, places: Places) -> str:
    """The authority of the folder, else the one the file names, else the one given for the run."""
    folder = _folder_of(landed.name)
    if AUTHORITY_FOLDER.fullmatch(folder):
        places.refuse_unknown(folder)
        if inside and inside != folder:
            raise RefusedFile(
                f"It lies in the folder of authority {folder} but says inside that it is of "
                f"{as_authority(inside)}. Move it to the right folder."
            )
        return folder
    if inside:
        return places.refuse_unknown(inside)
    if places.default:
        return places.refuse_unknown(places.default)
    raise RefusedFile(
        "Nothing says whose it is. Put it in a folder named for the authority's three-digit code, "
        "or give AUTHORITY=<code>."
    )


def _folder_of(name: str) -> str:
    """The folder that a file lies in under the landing folder; a delivery may be one archive with
    a folder for each authority in it."""
    around = name.split("/")[:-1]
    return next((part for part in around if not part.lower().endswith(".zip")), "")


def _is_wanted(name: str, code: str, only: str | None) -> bool:
    """Whether a file is of the one authority that is asked for, or of none."""
    folder = _folder_of(name)
    whose = folder if AUTHORITY_FOLDER.fullmatch(folder) else code
    return only is None or whose in ("", only)


def _year_in(name: str) -> int | None:
    """The return year in a file's name, else in its folders; of two years the later one."""
    for part in reversed(name.split("/")):
        if match := YEARS.search(part):
            first, second = int(match[1]), match[2]
            if second and int(second[-2:]) == (first + 1) % 100:
                return first + 1
            return first
    return None


def _date_in(name: str, *, months: bool) -> dt.date | None:
    """The day in a file's name, else in its folders; of a month alone its last day."""
    for part in reversed(name.split("/")):
        for pattern in (*DAYS, *(MONTHS_NAMED if months else ())):
            if (match := pattern.search(part)) and (found := _day(match.groupdict())):
                return found
    return None


def _day(said: Mapping[str, str]) -> dt.date | None:
    year = int(said["y"])
    month = int(said["m"]) if "m" in said else MONTHS.index(said["word"][:3].lower()) + 1
    last = calendar.monthrange(year, month)[1]
    day = int(said.get("d", last))
    return dt.date(year, month, day) if 1 <= day <= last else None


def _as_date(text: str) -> dt.date | None:
    """A cell's day: yyyy-mm-dd or dd/mm/yyyy, with or without a time after it."""
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(text.strip()[:10], pattern).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


def year_begins(year: int, ends_in: int) -> dt.date:
    """The first day of a return's year, which ends with a month."""
    return dt.date(year - 1, ends_in + 1, 1) if ends_in < 12 else dt.date(year, 1, 1)


def year_ends(year: int, ends_in: int) -> dt.date:
    """The last day of a return's year."""
    return dt.date(year, ends_in, calendar.monthrange(year, ends_in)[1])
