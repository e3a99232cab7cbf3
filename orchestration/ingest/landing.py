"""What has been landed: each file known by its content, then by its name; whose it is, and of when.

Nothing here reads records. A file that cannot be placed is refused with the reason and the
remedy, and the others go on.
"""

import csv
import datetime as dt
import hashlib
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path

from lxml import etree

from orchestration.contracts import ExtractContract, Form

HEAD_BYTES = 65_536
CHUNK_BYTES = 1 << 20
# Titles and notes above the headings are met in spreadsheets saved as CSV.
ROWS_SEARCHED_FOR_HEADINGS = 20
# Below this share of its headings a contract is not recognised from content alone.
HEADINGS_NEEDED = 0.6
# With fewer dated rows than this a year without any date in it proves nothing.
ROWS_THAT_SHOW_A_YEAR = 5
DELIMITERS = ",;\t|"
# A year written alone (2026) or as two (2025-26, 2025_2026); never part of a longer number.
YEARS = re.compile(r"(?<!\d)(20\d{2})(?:[-_ /]?(20\d{2}|\d{2}))?(?!\d)")


class RefusedFile(Exception):
    """A landed file cannot be read; the message says why and what to do, and holds no cell."""


@dataclass(frozen=True)
class CsvLayout:
    """How a CSV file is written: its encoding, separator, headings and the line they stand on."""

    encoding: str
    delimiter: str
    headings: tuple[str, ...]
    heading_line: int


@dataclass(frozen=True)
class LandedFile:
    """One file of the landing folder and what is known of it before its records are read.

    ``contracts`` is one contract for a CSV file and every block for an XML file; it is empty when
    the file was refused. ``xml_encoding`` is set where an XML file does not say how it is written.
    ``notes`` are for the person who sent the file.
    """

    path: Path
    name: str
    sha256: str
    line_count: int
    contracts: tuple[ExtractContract, ...] = ()
    layout: CsvLayout | None = None
    xml_encoding: str | None = None
    local_authority_code: str = ""
    return_year: int | None = None
    return_year_source: str = ""
    written_at: str = ""
    refusal: str = ""
    is_duplicate: bool = False
    notes: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """The family of the file's contracts; empty for a refused file."""
        return self.contracts[0].family if self.contracts else ""

    @property
    def delivery(self) -> str:
        """The folder: files side by side were exported together and are of one year."""
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
                f"It names authority {code[:9]!r}, which is not in "
                "seeds/geography/local_authorities.csv. Correct the code, or add the authority."
            )
        return code


def survey(
    landing: Path, contracts: Mapping[str, ExtractContract], places: Places, as_at: dt.date
) -> list[LandedFile]:
    """Every file under a folder, in the order of its name, recognised or refused.

    Raises:
        FileNotFoundError: the folder is not there.
    """
    if not landing.is_dir():
        raise FileNotFoundError(
            f"There is no landing folder {landing}. Make it, or name another with LANDING=."
        )
    files = sorted(
        path
        for path in landing.rglob("*")
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(landing).parts)
    )
    return [_recognise(path, landing, contracts, places, as_at) for path in files]


def _recognise(
    path: Path,
    landing: Path,
    contracts: Mapping[str, ExtractContract],
    places: Places,
    as_at: dt.date,
) -> LandedFile:
    sha256, line_count = fingerprint(path)
    name = path.relative_to(landing).as_posix()
    landed = LandedFile(path=path, name=name, sha256=sha256, line_count=line_count)
    try:
        return _checked_year(_recognise_content(landed, contracts, places), as_at)
    except RefusedFile as refused:
        return replace(landed, refusal=str(refused))


def _recognise_content(
    landed: LandedFile, contracts: Mapping[str, ExtractContract], places: Places
) -> LandedFile:
    if landed.path.stat().st_size == 0:
        raise RefusedFile("The file is empty (0 bytes). Export it again.")
    by_format = {
        ".csv": _recognise_csv,
        ".txt": _recognise_csv,
        ".xml": _recognise_xml,
    }
    recognise = by_format.get(landed.path.suffix.lower())
    if recognise is None:
        raise RefusedFile(
            f"Files ending {landed.path.suffix or 'in no extension'} are not read. "
            "Land extracts as .csv or .xml."
        )
    return recognise(landed, contracts, places)


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


# ---- CSV ----


def _recognise_csv(
    landed: LandedFile, contracts: Mapping[str, ExtractContract], places: Places
) -> LandedFile:
    candidates = [contract for contract in contracts.values() if Form.TABLE in contract.forms]
    encoding = _encoding(landed.path)
    with landed.path.open("r", encoding=encoding, newline="") as handle:
        head = handle.read(HEAD_BYTES)
    if not head.strip(' \t\r\n,;|"\0'):
        raise RefusedFile("The file holds nothing but blanks. Export it again.")
    contract, layout = _match(head, encoding, landed.path.name, candidates)
    if not contract.is_reference:
        code, year = _authority(landed, None, places), _year_in(landed.name)
        landed = replace(
            landed,
            local_authority_code=code,
            return_year=year,
            return_year_source="name" if year else "",
        )
    return replace(landed, contracts=(contract,), layout=layout)


def _encoding(path: Path) -> str:
    """utf-16 or utf-8 by its mark, else utf-8 where every byte fits, else windows-1252."""
    with path.open("rb") as handle:
        start = handle.read(4)
    is_utf_16 = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_utf_16 else ("utf-8-sig", "cp1252"):
        try:
            with path.open("r", encoding=encoding, newline="") as handle:
                while handle.read(CHUNK_BYTES):
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise RefusedFile(
        "The file is neither whole UTF-8, UTF-16 nor Windows-1252 text. Export it again as "
        "UTF-8 CSV."
    )


def _match(
    head: str, encoding: str, file_name: str, candidates: Iterable[ExtractContract]
) -> tuple[ExtractContract, CsvLayout]:
    """The contract whose headings the file has, and where they stand; by name if none fits."""
    candidates = list(candidates)
    best: tuple[float, int, ExtractContract, CsvLayout] | None = None
    for delimiter in DELIMITERS:
        rows = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
        for row in _first(rows, ROWS_SEARCHED_FOR_HEADINGS):
            headings = tuple(cell.strip().upper() for cell in row)
            for contract in candidates:
                if not {heading.upper() for heading in contract.recognised_by} <= set(headings):
                    continue
                shared = len(contract.headings & set(headings))
                named = any(fnmatch(file_name.lower(), p) for p in contract.file_patterns)
                score = shared / len(contract.headings) + (0.01 if named else 0)
                if shared >= 2 and (best is None or (score, shared) > best[:2]):
                    layout = CsvLayout(encoding, delimiter, headings, rows.line_num)
                    best = (score, shared, contract, layout)
    by_name = [c for c in candidates if any(fnmatch(file_name.lower(), p) for p in c.file_patterns)]
    if best is None or (best[0] < HEADINGS_NEEDED and best[2] not in by_name):
        if "GEOGRAPHIC_LEVEL" in head.upper():
            raise RefusedFile(
                "Published statistics of a kind that is not read yet; population estimates are."
            )
        raise RefusedFile(
            "No contract knows these headings. If the file is an extract of another kind, it is "
            "not read yet; if it should be known, compare its first line with the contract in "
            "expectations/extracts."
        )
    _, _, contract, layout = best
    missing = [
        " or ".join(column.headers)
        for column in contract.required_columns
        if not {h.upper() for h in column.headers} & set(layout.headings)
    ]
    if missing:
        raise RefusedFile(
            f"Read as {contract.extract}, it lacks the column {', '.join(missing)}, without which "
            "no row can be loaded. Export the file again with that column."
        )
    return contract, layout


def _first(rows: Iterable[list[str]], count: int) -> Iterable[list[str]]:
    """The first rows of a file that may not be a table at all."""
    try:
        for _, row in zip(range(count), rows, strict=False):
            yield row
    except csv.Error:
        return


# ---- XML ----


def _recognise_xml(
    landed: LandedFile, contracts: Mapping[str, ExtractContract], places: Places
) -> LandedFile:
    encoding = _undeclared_encoding(landed.path)
    header = _message_header(landed.path, encoding)
    collection = header.get("Collection", "").upper()
    if collection != "CIN":
        raise RefusedFile(
            "An XML file is read when it is a children in need census (root Message, Collection "
            f"CIN); this one says {collection[:10] or 'nothing'!r} and is not read yet."
        )
    blocks = tuple(c for c in contracts.values() if c.family == "cin_census")
    year, notes = _census_year(header, landed.name)
    if encoding:
        notes = (*notes, f"It declares no encoding and is not UTF-8: read as {encoding}.")
    return replace(
        landed,
        contracts=blocks,
        xml_encoding=encoding,
        local_authority_code=_authority(landed, header.get("LEA"), places),
        return_year=year,
        return_year_source="content",
        written_at=header.get("DateTime", ""),
        notes=notes,
    )


def _undeclared_encoding(path: Path) -> str | None:
    """windows-1252 where XML says nothing of its encoding and is not UTF-8, as systems that write
    names with curly apostrophes do; None where the parser should decide."""
    with path.open("rb") as handle:
        start = handle.read(200)
    if b"encoding=" in start or start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    return "windows-1252" if _encoding(path) == "cp1252" else None


def _message_header(path: Path, encoding: str | None) -> dict[str, str]:
    """The elements of a message's Header by name, read without reading the records after it."""
    found: dict[str, str] = {}
    try:
        for event, element in etree.iterparse(
            str(path),
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            encoding=encoding,
        ):
            if event == "start" and element.getparent() is None and element.tag != "Message":
                break
            if event == "start" and element.tag == "Children":
                break
            if event == "end" and isinstance(element.tag, str) and len(element) == 0:
                found[element.tag] = (element.text or "").strip()
            if event == "end" and element.tag == "Header":
                break
    except etree.XMLSyntaxError as error:
        raise corrupt_xml(error) from error
    return found


def corrupt_xml(error: etree.XMLSyntaxError) -> RefusedFile:
    """A refusal that says where an XML file breaks, and nothing of what stands there."""
    line = error.position[0] if error.position else "?"
    return RefusedFile(
        f"The XML is broken at line {line}: nothing of the file was loaded. It was cut short or "
        "edited by hand; export it again."
    )


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
    folder = landed.name.split("/")[0] if "/" in landed.name else ""
    if re.fullmatch(r"\d{3}", folder):
        places.refuse_unknown(folder)
        if inside and inside != folder:
            raise RefusedFile(
                f"It lies in the folder of authority {folder} but says inside that it is of "
                f"{inside[:9]}. Move it to the right folder."
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


def _year_in(name: str) -> int | None:
    """The return year in a file's name, else in its folders; of two years the later one."""
    for part in reversed(name.split("/")):
        if match := YEARS.search(part):
            first, second = int(match[1]), match[2]
            if second and int(second[-2:]) == (first + 1) % 100:
                return first + 1
            return first
    return None


def _checked_year(landed: LandedFile, as_at: dt.date) -> LandedFile:
    year = landed.return_year
    if year is None:
        return landed
    since = max((contract.since or 0 for contract in landed.contracts[:1]), default=0)
    if year < since:
        raise RefusedFile(
            f"It is of {year}, and {landed.contracts[0].extract} is read from {since} on. "
            "Check the year in its name."
        )
    if dt.date(year - 1, 4, 1) > as_at:
        raise RefusedFile(
            f"It is of the year ending 31 March {year}, which had not begun on the as-at date "
            f"{as_at.isoformat()}. Check the year, or give a later AS_AT."
        )
    return landed


def refuse_wrong_year(year: int, rows_dated: int, rows_inside: int, rows_after: int) -> None:
    """Nothing, where the dates of a file fit the year it says it is of.

    Args:
        year: the year ending 31 March that its name or content states.
        rows_dated: rows with any date of an event.
        rows_inside: of these, rows with such a date in the year.
        rows_after: of these, rows whose every such date is after the year.

    Raises:
        RefusedFile: no row has a date in the year, or most rows are of a later time. A few are
            left to the gates, because typing errors in dates are met in every return; and a very
            small file may hold nothing but spells that began long ago and are still open.
    """
    is_of_another_year = rows_inside == 0 and rows_dated >= ROWS_THAT_SHOW_A_YEAR
    if is_of_another_year or 2 * rows_after > rows_dated:
        raise RefusedFile(
            f"It is said to be of the year ending 31 March {year}, but of {rows_dated} rows with "
            f"dates {rows_inside} have one in that year and {rows_after} are of a later time. "
            "Check the year in its folder, name or header."
        )
