"""``outcomes check``: what would become of a file if it were landed, without loading anything.

The file goes the way every landed file goes, into a database in memory that is thrown away, with
a key that nobody keeps. What comes back is counts, line numbers and what to do; never a cell.
"""

import datetime as dt
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orchestration.contracts import Column, Covers, ExtractContract
from orchestration.describe import CODES_FILE, CodeLists, heading, read_code_lists, wrapped
from orchestration.ingest.assets import authority_codes, authority_names
from orchestration.ingest.landing import Places, survey
from orchestration.ingest.load import CodeSets, Night, load_files
from orchestration.quality.broken_rows import broken_rows
from orchestration.quality.suites import (
    Expectation,
    load_retired_codes,
    suite_for,
)

TEMPLATES = Path(__file__).parent / "templates"
NAMES_A_YEAR = re.compile(r"(?<!\d)20\d{2}(?!\d)")
LINES_SHOWN = 10
CODES_SHOWN = 12
YEAR_SOURCES = {
    "content": "the file says so",
    "name": "from its name or folder",
    "inferred": "inferred from its latest dates",
}


class Mark(StrEnum):
    """What came of something, from the worst to what is only to know; a symbol for each."""

    REFUSED = "x"
    LEFT_OUT = "-"
    EMPTIED = "~"
    LOOK = "?"
    KNOW = "i"

    @property
    def meaning(self) -> str:
        """The symbol in words."""
        return _MEANINGS[self]


_MEANINGS = {
    Mark.REFUSED: "the file is not read",
    Mark.LEFT_OUT: "rows are left out",
    Mark.EMPTIED: "cells are emptied, their rows load",
    Mark.LOOK: "rows load, and should be looked at",
    Mark.KNOW: "to know",
}


@dataclass(frozen=True)
class Finding:
    """One thing to say of a file: where, what, on how many lines, and what to do.

    ``where`` is the extract, if the file holds several, and the heading. ``count`` is rows or
    cells, 0 where the finding is about the file as a whole. ``lines`` are the first of them.
    """

    mark: Mark
    where: str
    what: str
    to_do: str = ""
    count: int = 0
    lines: tuple[int, ...] = ()

    @property
    def lines_in_words(self) -> str:
        """The first lines, and how many there are besides."""
        if not self.lines:
            return ""
        word = "Lines" if self.count > 1 else "Line"
        listed = ", ".join(str(line) for line in self.lines)
        more = self.count - len(self.lines)
        return f"{word} {listed} and {more:,} more." if more > 0 else f"{word} {listed}."


@dataclass(frozen=True)
class ExtractCounts:
    """What became of the rows of one extract of a file; read is loaded plus left out."""

    extract: str
    title: str
    read: int
    loaded: int
    left_out: int
    blank: int
    with_emptied: int


@dataclass(frozen=True)
class FileReport:
    """One file, sheet or member of an archive: what it is, and what was found in it."""

    name: str
    status: str
    whose: str = ""
    of_when: str = ""
    counts: tuple[ExtractCounts, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def is_read(self) -> bool:
        """Whether any of it would be loaded."""
        return bool(self.counts)


@dataclass(frozen=True)
class Report:
    """Everything that a check of a file found."""

    name: str
    as_at: dt.date
    files: tuple[FileReport, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 where everything loads, 1 where something needs attention, 2 where nothing is read."""
        if not any(file.is_read for file in self.files):
            return 2
        return 1 if self.to_see_to else 0

    @property
    def to_see_to(self) -> int:
        """How many findings ask somebody to do something."""
        return sum(f.mark is not Mark.KNOW for file in self.files for f in file.findings)

    @property
    def verdict(self) -> str:
        """The report in a sentence."""
        counts = [count for file in self.files for count in file.counts]
        read, loaded = sum(c.read for c in counts), sum(c.loaded for c in counts)
        things = f"{self.to_see_to} {'thing needs' if self.to_see_to == 1 else 'things need'}"
        if not self.files:
            return "There is nothing in it to read."
        if self.exit_code == 2:
            return "It cannot be read: nothing would be loaded."
        if self.exit_code == 0:
            return f"Everything loads: {loaded:,} rows."
        return f"{loaded:,} of {read:,} rows would be loaded; {things} attention."

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The symbols that the report uses."""
        used = {finding.mark for file in self.files for finding in file.findings}
        return tuple(mark for mark in Mark if mark in used)


# ---- the check ----


def check(
    file: Path,
    contracts: Mapping[str, ExtractContract],
    as_at: dt.date,
    *,
    authority: str | None = None,
    landing: Path | None = None,
) -> Report:
    """What would become of a file, or of every file of a folder.

    Args:
        file: the file, or a folder of files that were exported together.
        contracts: the contracts to know it by.
        as_at: the last day that the figures may know of.
        authority: whose it is, where neither its folder nor its content says so.
        landing: the landing folder; the folders below it count as they do in a night.

    Raises:
        FileNotFoundError: there is no such file.
    """
    if not file.exists():
        raise FileNotFoundError(f"There is no file {file}.")
    codes = read_code_lists()
    night = Night(
        contracts=contracts,
        codes=CodeSets.read(CODES_FILE.parent),
        pseudonym_key=secrets.token_bytes(32),
        as_at_date=as_at,
    )
    places = Places(authority_codes(), authority)
    with _as_landed(file, landing) as (folder, scratch):
        landed = survey(folder, contracts, places, as_at, scratch)
        with duckdb.connect(config={"temp_directory": str(scratch)}) as connection:
            load_files(connection, landed, night)
            teller = _Teller(connection, contracts, codes, authority)
            return Report(file.name, as_at, tuple(teller.files()))


@contextmanager
def _as_landed(file: Path, landing: Path | None) -> Iterator[tuple[Path, Path]]:
    """A landing folder that holds nothing but the file, and a folder to work in."""
    with tempfile.TemporaryDirectory(prefix="outcomes-check-") as made:
        folder, scratch = Path(made) / "landing", Path(made) / "scratch"
        folder.mkdir()
        scratch.mkdir()
        whole = file.resolve()
        place = name_as_landed(whole, landing)
        for path in [whole] if whole.is_file() else whole.rglob("*"):
            if path.is_file():
                _stand_in(folder / place / path.relative_to(whole), path)
        yield folder, scratch


def _stand_in(place: Path, path: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        place.symlink_to(path)
    except OSError:  # Windows asks for a privilege.
        shutil.copyfile(path, place)


def name_as_landed(file: Path, landing: Path | None = None) -> Path:
    """The part of a path that says whose a file is and of when.

    Below the landing folder that is all of it. Elsewhere it begins with the folder of an authority
    where there is one. Where there is none, the folder that a file lies in counts if it names a
    year, and a folder is taken for a landing folder.
    """
    whole = file.resolve()
    if landing is not None and whole.is_relative_to(landing.resolve()):
        return whole.relative_to(landing.resolve())
    folders = whole.parts if whole.is_dir() else whole.parts[:-1]
    begins = [i for i, folder in enumerate(folders) if re.fullmatch(r"\d{3}", folder)]
    if begins:
        return Path(*whole.parts[begins[-1] :])
    if whole.is_dir():
        return Path()
    return Path(*whole.parts[-2:]) if NAMES_A_YEAR.search(whole.parent.name) else Path(whole.name)


# ---- what the check found ----


class _Teller:
    """Reads the register of a check and says it in words."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        contracts: Mapping[str, ExtractContract],
        codes: CodeLists,
        authority: str | None,
    ) -> None:
        self._connection = connection
        self._contracts = contracts
        self._codes = codes
        self._given = authority
        self._names = authority_names()
        self._retired = load_retired_codes(CODES_FILE)

    def files(self) -> Iterator[FileReport]:
        """Each file in the order of its name."""
        by_name: dict[str, list[dict[str, Any]]] = {}
        for row in self._rows("select * from quality.extract_files order by file_name, extract"):
            by_name.setdefault(row["file_name"], []).append(row)
        faults = self._faults()
        for name, rows in by_name.items():
            yield self._file(name, rows, faults.get(name, []))

    def _file(self, name: str, rows: Sequence[dict[str, Any]], faults: list[Finding]) -> FileReport:
        first = rows[0]
        if not first["extract"]:
            refused = Finding(Mark.REFUSED, "", *_with_remedy(first["reason"]))
            return FileReport(name, first["status"], findings=(refused,))
        findings = [*faults]
        for row in rows:
            findings += [*self._broken_promises(row), *self._columns(row)]
        findings += [
            Finding(Mark.KNOW, "", note)
            for note in dict.fromkeys(row["notes"] for row in rows if row["notes"])
        ]
        if all(row["status"] == "superseded" for row in rows):
            newer = "A newer file of the same extract and period is beside it, and counts instead."
            findings.append(Finding(Mark.KNOW, "", newer))
        if not any(row["rows_loaded"] for row in rows):
            findings.append(
                Finding(
                    Mark.LOOK,
                    "",
                    "No row of it would be loaded: it counts as not supplied.",
                    "If there is really nothing to report, land it as it is.",
                )
            )
        findings.sort(key=lambda finding: list(Mark).index(finding.mark))
        if len(rows) == 1:
            alone = first["extract"]
            findings = [
                replace(f, where=f.where.removeprefix(alone).removeprefix(", ")) for f in findings
            ]
        return FileReport(
            name=name,
            status=first["status"],
            whose=self._whose(first),
            of_when=_of_when(first, self._contracts[first["extract"]]),
            counts=tuple(self._counts(row) for row in rows),
            findings=tuple(findings),
        )

    def _counts(self, row: Mapping[str, Any]) -> ExtractCounts:
        return ExtractCounts(
            extract=row["extract"],
            title=self._contracts[row["extract"]].title,
            read=row["rows_read"],
            loaded=row["rows_loaded"],
            left_out=row["rows_quarantined"],
            blank=row["rows_blank"],
            with_emptied=row["rows_with_emptied_cells"],
        )

    def _whose(self, row: Mapping[str, Any]) -> str:
        code = row["local_authority_code"]
        if not code:
            return "every authority: published figures"
        if row["file_name"].startswith(f"{code}/"):
            how = "from its folder"
        else:
            how = "as given" if code == self._given else "the file says so"
        return f"{code} {self._names.get(code, '')} ({how})"

    # ---- rows and cells ----

    def _faults(self) -> dict[str, list[Finding]]:
        found: dict[str, list[Finding]] = {}
        for mark, table in (
            (Mark.LEFT_OUT, "quality.quarantined_rows"),
            (Mark.EMPTIED, "quality.emptied_cells"),
        ):
            for row in self._rows(
                f"""
                select
                    file_name, extract, column_name, reason,
                    count(*) as fault_count,
                    list(line_number order by line_number)[1:{LINES_SHOWN}] as lines
                from {table} group by all order by all
                """
            ):
                contract = self._contracts[row["extract"]]
                column = next((c for c in contract.columns if c.name == row["column_name"]), None)
                found.setdefault(row["file_name"], []).append(
                    Finding(
                        mark,
                        _where(contract, column),
                        row["reason"],
                        what_to_do(contract, column, row["reason"], self._codes),
                        row["fault_count"],
                        tuple(row["lines"]),
                    )
                )
        return found

    def _broken_promises(self, row: Mapping[str, Any]) -> Iterator[Finding]:
        """What the first gate would report, by the same suite, with lines in place of counts."""
        contract = self._contracts[row["extract"]]
        for expectation in suite_for(contract, self._retired).expectations:
            query = rows_against(expectation, contract.table)
            if query is None:
                continue
            found = self._connection.execute(
                f"""
                select count(*), list(_row_number order by _row_number)[1:{LINES_SHOWN}]
                from ({query}) where _file_sha256 = ?
                """,
                [row["file_sha256"]],
            ).fetchone()
            if found and found[0]:
                yield Finding(
                    Mark.LOOK,
                    contract.extract,
                    expectation.why,
                    expectation.remedy,
                    found[0],
                    tuple(found[1]),
                )

    # ---- columns ----

    def _columns(self, row: Mapping[str, Any]) -> Iterator[Finding]:
        contract, year = self._contracts[row["extract"]], row["return_year"]
        by_name = {column.name: column for column in contract.columns}
        listed = self._rows(
            "select * from quality.file_columns where file_name = ? and extract = ? order by all",
            [row["file_name"], row["extract"]],
        )
        missing = [by_name[c["column_name"]] for c in listed if c["state"] == "missing"]
        asked = [_heading(contract, column) for column in missing if _is_asked(column, year)]
        if asked:
            yield Finding(
                Mark.KNOW,
                contract.extract,
                f"Not in the file: {_listed(asked)}. What is not there stays not known.",
            )
        unknown = [c["heading"] for c in listed if c["state"] == "unknown"]
        if unknown:
            yield Finding(
                Mark.KNOW,
                contract.extract,
                f"No column is read from {_listed(unknown)}.",
                "If it is a column under a new heading, ask for the heading to be added.",
            )
        # Only files that were exported together can be held against one another here.
        for change in self._rows(
            "select * from quality.schema_changes where file_name = ? and extract = ? "
            "and change in ('lost_column', 'emptied_column') order by all",
            [row["file_name"], row["extract"]],
        ):
            where = _where(contract, by_name.get(change["column_name"]))
            yield Finding(Mark.LOOK, where, *_with_remedy(change["meaning"]))

    def _rows(self, query: str, given: Sequence[object] = ()) -> list[dict[str, Any]]:
        found = self._connection.execute(query, given)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def rows_against(expectation: Expectation, table: str) -> str | None:
    """The rows of a raw table that an expectation forbids, as a query.

    None where loading itself makes sure of it: a row without a required column is not there.
    """
    if expectation.type == "expect_column_values_to_not_be_null":
        return None
    query = broken_rows(expectation)
    return query.format(batch=table) if query else None


def _of_when(row: Mapping[str, Any], contract: ExtractContract) -> str:
    made = row["exported_date"]
    how = YEAR_SOURCES.get(row["return_year_source"], "")
    if contract.is_reference:
        return ""
    if contract.covers is Covers.MONTH:
        return f"{made:%B %Y} ({how or 'as it or its name says'})"
    if contract.covers is Covers.EVERYTHING:
        of = "everything its system holds"
    else:
        of = f"the return of {row['return_year']} ({how})"
    return f"{of}, as exported on {made:%d %B %Y}" if made else of


def _heading(contract: ExtractContract, column: Column) -> str:
    """A column by its heading; in XML by its element, which may be the row itself."""
    written = heading(column) or (column.headers[0] if column.headers else column.name)
    return str(contract.path).rpartition("/")[2] if written == "." else written


def _is_asked(column: Column, year: int | None) -> bool:
    """Whether a return of a year has a column at all."""
    return year is None or (column.since or year) <= year <= (column.until or year)


def _where(contract: ExtractContract, column: Column | None) -> str:
    return f"{contract.extract}, {_heading(contract, column)}" if column else contract.extract


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


# ---- what to do ----


def _with_remedy(reason: str) -> tuple[str, str]:
    """A refusal says what is wrong, then what to do."""
    what, found, remedy = reason.partition(". ")
    return (f"{what}.", remedy) if found else (reason, "")


def what_to_do(
    contract: ExtractContract, column: Column | None, reason: str, codes: CodeLists
) -> str:
    """The remedy for one fault, in words for the person who made the export."""
    if column is None:
        if "quotation" in reason:
            return (
                "Look at the line for a stray quotation mark. Take it out in the system the "
                "record comes from, and export again."
            )
        return (
            "A cell holds the separator without quotation marks, or the line was cut. Export "
            "again instead of editing the file by hand."
        )
    if reason.startswith("empty"):
        return "Fill it in the system the record comes from, and export again."
    if column.name == contract.authority_in:
        return "Land the rows of each authority in a file of its own."
    if column.several:
        return "Write one day in the cell; where there were more, each needs a row of its own."
    if column.pattern:
        return "Correct it at its source; a spreadsheet may have cut its zeros or written 1E+10."
    if column.type == "text":
        return (
            "Ask your supplier: the cell should hold a JSON object."
            if column.json_key
            else "Take the line out if it is a heading or a total, else correct what it holds."
        )
    if column.codes and column.type in ("code", "list"):
        known = [code.code for code in codes.get(column.codes, ()) if not code.valid_to]
        if 0 < len(known) <= CODES_SHOWN:
            return f"Write one of {', '.join(known)}."
        return f"Write one of its codes; `outcomes contracts {contract.extract}` lists them."
    if column.type in ("integer", "decimal"):
        return "Write the number alone, without words or units, within its limits."
    by_type = {
        "date": "Write the day as 31/03/2026 or 2026-03-31, and check that there is such a day.",
        "datetime": "Write day and time as 2026-03-31 14:30.",
        "boolean": "Write 1 or 0, or Yes or No.",
    }
    return by_type.get(
        column.type, f"Correct it; `outcomes contracts {contract.extract}` says what it holds."
    )


# ---- for a person: a terminal, or a page ----


def as_text(report: Report) -> str:
    """The report in lines that fit a terminal, in plain letters."""
    lines: list[str] = []
    for file in report.files:
        lines += [_plain(file.name), *_file_lines(file), ""]
    if report.marks:
        lines += wrapped("; ".join(f"{mark.value} {mark.meaning}" for mark in report.marks), 0)
    return "\n".join([*lines, report.verdict])


def _file_lines(file: FileReport) -> Iterator[str]:
    if len(file.counts) == 1:
        count = file.counts[0]
        yield from wrapped(f"is       {count.extract}, {count.title}", 2, 11)
    if file.whose:
        yield from wrapped(f"whose    {file.whose}", 2, 11)
    if file.of_when:
        yield from wrapped(f"of       {file.of_when}", 2, 11)
    if file.counts:
        shown = [count for count in file.counts if count.read or len(file.counts) == 1]
        width = max((len(count.extract) for count in shown), default=0)
        for number, count in enumerate(shown):
            label = "rows" if number == 0 else ""
            name = f"{count.extract:<{width}}  " if len(file.counts) > 1 else ""
            yield from wrapped(f"{label:<8} {name}{in_words(count)}", 2, 11)
        silent = [count.extract for count in file.counts if count not in shown]
        if silent:
            yield from wrapped(f"no rows  {', '.join(silent)}", 2, 11)
    for finding in file.findings:
        said = ": ".join(part for part in (finding.where, finding.what) if part)
        if finding.count:
            said = f"{said.rstrip('.')}. {finding.lines_in_words}"
        yield from wrapped(f"{finding.mark.value} {_plain(said)}", 2, 4)
        if finding.to_do:
            yield from wrapped(f"-> {_plain(finding.to_do)}", 4, 7)


def in_words(count: ExtractCounts) -> str:
    """The rows of one extract, as a sum that comes out."""
    words = f"{count.read:,} read = {count.loaded:,} loaded + {count.left_out:,} left out"
    if count.with_emptied:
        words += f"; {count.with_emptied:,} of those loaded with an emptied cell"
    if count.blank:
        words += f"; {count.blank:,} blank lines besides"
    return words


def _plain(text: str) -> str:
    """Text from outside, such as a file's name, without what would steer a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def as_page(report: Report) -> str:
    """The report as one web page that needs nothing else: no script, no picture, no network."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return templates.get_template("check.html").render(report=report, in_words=in_words)
