"""Faults of real files, put into files that had none, each with what must come of it.

A fault is something that suppliers and people do to exports: a date that is none, a code of no set,
an identifier left out, a row twice, a title above the headings, another encoding, a file cut short.
Some are harmless and must be read through, some cost a cell, a row or the file. Which files and
lines are met follows from the seed and the name of the file alone. CSV files and messages are
spoiled, line by line; workbooks, Parquet files and published figures are left as they are.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from random import Random

import duckdb

from orchestration.contracts import Column, ExtractContract, Handling, heading_keys
from orchestration.simulate.options import Errors
from orchestration.simulate.writing import AROUND, element_of, resolved


class Consequence(StrEnum):
    """What must come of a fault."""

    ACCEPTED = "accepted"
    CELL_EMPTIED = "cell_emptied"
    ROW_QUARANTINED = "row_quarantined"
    FILE_REFUSED = "file_refused"


class Kind(StrEnum):
    """Every way in which files are spoiled."""

    UNREADABLE_DATE = "unreadable_date"
    DATE_WITH_TIME = "date_with_time"
    UNKNOWN_CODE = "unknown_code"
    RETIRED_CODE = "retired_code"
    OTHER_CODING_OF_SEX = "other_coding_of_sex"
    UNREADABLE_FLAG = "unreadable_flag"
    UNREADABLE_NUMBER = "unreadable_number"
    NUMBER_AS_FLOAT = "number_as_float"
    SPACES_AROUND = "spaces_around"
    REQUIRED_CELL_LEFT_OUT = "required_cell_left_out"
    ROW_TWICE = "row_twice"
    BYTE_ORDER_MARK = "byte_order_mark"
    WINDOWS_1252 = "windows_1252"
    UTF_16 = "utf_16"
    BLANK_COLUMNS = "blank_columns"
    UNKNOWN_COLUMN = "unknown_column"
    TITLE_ABOVE = "title_above"
    HEADINGS_IN_SMALL_LETTERS = "headings_in_small_letters"
    LINE_ENDS_OF_WINDOWS = "line_ends_of_windows"
    NOTHING_IN_IT = "nothing_in_it"
    CUT_SHORT = "cut_short"
    REQUIRED_COLUMN_LEFT_OUT = "required_column_left_out"


@dataclass(frozen=True)
class Fault:
    """One fault: the file below the landing folder, the line the row begins on and the column of
    the contract, where it is about a row or a cell; its kind, and what must come of it."""

    file_name: str
    extract: str
    line_number: int | None
    column_name: str
    kind: Kind
    consequence: Consequence


@dataclass(frozen=True)
class Profile:
    """How often: the share of files with faulty cells, of rows in them, of files that are faulty as
    a whole but can be read, and of files that cannot."""

    files: float
    rows: float
    whole_files: float
    refused_files: float


PROFILES = {
    Errors.REALISTIC: Profile(files=0.35, rows=0.004, whole_files=0.15, refused_files=0.0),
    Errors.HOSTILE: Profile(files=1.0, rows=0.03, whole_files=0.6, refused_files=0.08),
}
LEFT_ALONE = ("published", "reference")

# A cell, and what is known of it, to what stands there after the fault; None where it cannot be.
Spoil = Callable[[str, Column, "_Codes", Random], str | None]


@dataclass(frozen=True)
class _Codes:
    """The codes of each set, and those of them that were in use no more when a period began."""

    retired: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class _CellFault:
    """One way to spoil a filled cell, and whether what stood there is lost."""

    kind: Kind
    spoil: Spoil
    is_lost: bool


def _unreadable_date(cell: str, column: Column, codes: _Codes, dice: Random) -> str | None:
    if column.type not in ("date", "datetime"):
        return None
    return dice.choice(["31/02/2025", "00/00/0000", "not known", "2025-13-01"])


def _date_with_time(cell: str, column: Column, codes: _Codes, dice: Random) -> str | None:
    return f"{cell} 00:00:00" if column.type == "date" and len(cell) == 10 else None


def _unknown_code(cell: str, column: Column, codes: _Codes, dice: Random) -> str | None:
    return dice.choice(["QQ9", "XXX1", "#N/A"]) if column.type == "code" else None


def _retired_code(cell: str, column: Column, codes: _Codes, dice: Random) -> str | None:
    retired = codes.retired.get(column.codes or "", ())
    return dice.choice(retired) if column.type == "code" and retired else None


def _other_coding_of_sex(cell: str, column: Column, codes: _Codes, dice: Random) -> str | None:
    if column.codes not in ("sex_903", "sex_cin"):
        return None
    return {"M": "1", "F": "2", "1": "M", "2": "F"}.get(cell)


def _unreadable_flag(cell: str, column: Column, codes: _Codes, dice: Random) -> str | None:
    return "perhaps" if column.type == "boolean" else None


def _unreadable_number(cell: str, column: Column, codes: _Codes, dice: Random) -> str | None:
    return "about 5" if column.type in ("integer", "decimal") else None


def _number_as_float(cell: str, column: Column, codes: _Codes, dice: Random) -> str | None:
    is_number = column.type == "integer" or column.handling is Handling.PSEUDONYMISE
    return f"{cell}.0" if is_number and not column.pattern and cell.isdecimal() else None


def _spaces_around(cell: str, column: Column, codes: _Codes, dice: Random) -> str | None:
    return f"  {cell} "


def _nothing(cell: str, column: Column, codes: _Codes, dice: Random) -> str | None:
    # An element that is the whole record is no record when it is empty.
    return "" if column.required and "." not in column.headers else None


CELL_FAULTS = (
    _CellFault(Kind.UNREADABLE_DATE, _unreadable_date, is_lost=True),
    _CellFault(Kind.DATE_WITH_TIME, _date_with_time, is_lost=False),
    _CellFault(Kind.UNKNOWN_CODE, _unknown_code, is_lost=True),
    _CellFault(Kind.RETIRED_CODE, _retired_code, is_lost=False),
    _CellFault(Kind.OTHER_CODING_OF_SEX, _other_coding_of_sex, is_lost=False),
    _CellFault(Kind.UNREADABLE_FLAG, _unreadable_flag, is_lost=True),
    _CellFault(Kind.UNREADABLE_NUMBER, _unreadable_number, is_lost=True),
    _CellFault(Kind.NUMBER_AS_FLOAT, _number_as_float, is_lost=False),
    _CellFault(Kind.SPACES_AROUND, _spaces_around, is_lost=False),
    _CellFault(Kind.REQUIRED_CELL_LEFT_OUT, _nothing, is_lost=True),
)


def inject_faults(
    connection: duckdb.DuckDBPyConnection,
    landing: Path,
    files: Mapping[str, Sequence[ExtractContract]],
    errors: Errors,
    seed: int,
    codes_file: Path,
) -> list[Fault]:
    """Spoil files, and record every fault in ``world.faults``; the faults, file by file.

    Args:
        connection: the database with the truth.
        landing: the folder the files are in.
        files: the name of each file below it, and the contracts of what it holds.
        errors: the profile.
        seed: another seed, other faults.
        codes_file: every code with its validity.
    """
    connection.execute(
        "create or replace table world.faults (file_name varchar, extract varchar, "
        "line_number bigint, column_name varchar, kind varchar, consequence varchar)"
    )
    connection.execute(
        "comment on table world.faults is 'Faults that were put into files, and what must come of "
        "each: accepted, cell_emptied, row_quarantined, file_refused. One row per fault.'"
    )
    if errors is Errors.NONE:
        return []
    codes = _read_codes(codes_file)
    faults: list[Fault] = []
    for name, contracts in sorted(files.items()):
        dice = Random(f"{seed}|{errors}|{name}")
        faults += _spoil_file(landing, name, contracts, PROFILES[errors], codes, dice)
    if faults:
        connection.executemany(
            "insert into world.faults values (?, ?, ?, ?, ?, ?)",
            [
                [
                    f.file_name,
                    f.extract,
                    f.line_number,
                    f.column_name,
                    str(f.kind),
                    str(f.consequence),
                ]
                for f in faults
            ],
        )
    return faults


def _spoil_file(
    landing: Path,
    name: str,
    contracts: Sequence[ExtractContract],
    profile: Profile,
    codes: _Codes,
    dice: Random,
) -> Iterable[Fault]:
    path = landing / name
    if contracts[0].family in LEFT_ALONE or path.suffix not in (".csv", ".xml"):
        return []
    if dice.random() < profile.refused_files:
        return [_refuse(path, name, contracts, dice)]
    share = profile.rows if dice.random() < profile.files else 0.0
    is_faulty = dice.random() < profile.whole_files
    if path.suffix == ".xml":
        return list(_spoil_message(path, name, contracts, share, codes, dice)) if share else []
    faults = list(_spoil_rows(path, name, contracts[0], share, codes, dice)) if share else []
    return _spoil_whole(path, name, contracts[0], faults, dice) if is_faulty else faults


# ---- cells and rows of tables ----


def _spoil_rows(
    path: Path, name: str, contract: ExtractContract, share: float, codes: _Codes, dice: Random
) -> Iterator[Fault]:
    """Rewrite a CSV file with a share of its rows spoiled, each in one way; at least one."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        headings = heading_keys(next(rows))
        places = _places(contract, headings)
        row_count = sum(1 for _ in rows)
    if not row_count or not places:
        return
    certain = dice.randrange(row_count)
    spoiled = path.with_suffix(".spoiled")
    line = 2
    with (
        path.open(encoding="utf-8", newline="") as file,
        spoiled.open("w", encoding="utf-8", newline="") as out,
    ):
        rows = csv.reader(file)
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(next(rows))
        begun = rows.line_num
        for number, row in enumerate(rows):
            lines = rows.line_num - begun
            begun = rows.line_num
            if number == certain or dice.random() < share:
                if dice.random() < 0.1:
                    writer.writerow(row)
                    line += lines
                    yield Fault(
                        name, contract.extract, line, "", Kind.ROW_TWICE, Consequence.ACCEPTED
                    )
                elif fault := _spoil_cell(row, places, codes, dice):
                    yield replace(fault, file_name=name, extract=contract.extract, line_number=line)
            writer.writerow(row)
            line += lines
    spoiled.replace(path)


def _places(contract: ExtractContract, headings: Sequence[str]) -> list[tuple[int, Column]]:
    """The columns that a heading of a file belongs to alone, and where they stand."""
    at = {key: place for place, key in enumerate(headings) if key}
    return [
        (at[key], column)
        for column in contract.columns
        if _is_plain(column, contract)
        for key in column.heading_keys
        if key in at and sum(key in other.heading_keys for other in contract.columns) == 1
    ]


def _is_plain(column: Column, contract: ExtractContract) -> bool:
    """Whether what becomes of a cell depends on the cell and nothing else."""
    return (
        column.is_stored
        and column.type not in ("list", "map")
        and not (column.takes or column.json_key or column.position_of or column.parent)
        and column.name not in (contract.authority_in, contract.dated_by, contract.sender_in)
    )


def _spoil_cell(
    row: list[str], places: Sequence[tuple[int, Column]], codes: _Codes, dice: Random
) -> Fault | None:
    """Spoil one filled cell of a row in place; what was done, where anything could be."""
    filled = [(place, column) for place, column in places if row[place]]
    if not filled:
        return None
    place, column = dice.choice(filled)
    done, cell = _spoiled(row[place], column, codes, dice)
    row[place] = cell
    return Fault("", "", None, column.name, done.kind, _consequence(done, column))


def _spoiled(cell: str, column: Column, codes: _Codes, dice: Random) -> tuple[_CellFault, str]:
    told = [(one, one.spoil(cell, column, codes, dice)) for one in CELL_FAULTS]
    return dice.choice([(one, after) for one, after in told if after is not None])


def _consequence(done: _CellFault, column: Column) -> Consequence:
    if not done.is_lost:
        return Consequence.ACCEPTED
    stops = column.required or column.guards_row
    return Consequence.ROW_QUARANTINED if stops else Consequence.CELL_EMPTIED


# ---- whole tables ----


def _spoil_whole(
    path: Path, name: str, contract: ExtractContract, faults: Sequence[Fault], dice: Random
) -> list[Fault]:
    """Change a CSV file as a whole, so that it can still be read; the faults, with their lines."""
    text = path.read_text("utf-8")
    first, _, rest = text.partition("\n")
    encoding, moved = "utf-8", 0
    kind = dice.choice(
        [Kind.BYTE_ORDER_MARK, Kind.WINDOWS_1252, Kind.UTF_16, Kind.BLANK_COLUMNS,
         Kind.UNKNOWN_COLUMN, Kind.TITLE_ABOVE, Kind.HEADINGS_IN_SMALL_LETTERS,
         Kind.LINE_ENDS_OF_WINDOWS]
    )  # fmt: skip
    if kind == Kind.BYTE_ORDER_MARK:
        encoding = "utf-8-sig"
    elif kind == Kind.WINDOWS_1252:
        encoding = "cp1252"
    elif kind == Kind.UTF_16:
        encoding = "utf-16"
    elif kind == Kind.LINE_ENDS_OF_WINDOWS:
        text = text.replace("\n", "\r\n")
    elif kind == Kind.TITLE_ABOVE:
        text, moved = f"Report run by the performance team\n\n{text}", 2
    elif kind == Kind.HEADINGS_IN_SMALL_LETTERS:
        text = f"{first.lower()}\n{rest}"
    elif '"' not in rest:
        # Where no cell holds a line end, every line is a row.
        heading, cell = (",,", ",,") if kind == Kind.BLANK_COLUMNS else (",Local note", ",seen")
        ends = re.sub(r"(?m)$", cell, rest.removesuffix("\n")) if rest else ""
        text = f"{first}{heading}\n{ends}\n" if rest else f"{first}{heading}\n"
    else:
        return list(faults)
    path.write_bytes(text.encode(encoding))
    whole = Fault(name, contract.extract, None, "", kind, Consequence.ACCEPTED)
    return [whole, *(replace(f, line_number=(f.line_number or 0) + moved) for f in faults)]


def _refuse(path: Path, name: str, contracts: Sequence[ExtractContract], dice: Random) -> Fault:
    """Change a file so that it cannot be read."""
    kind = dice.choice([Kind.NOTHING_IN_IT, Kind.CUT_SHORT])
    if path.suffix == ".csv" and not contracts[0].required_columns:
        # A file that no column is asked of, cut short, is still one.
        kind = Kind.NOTHING_IN_IT
    if path.suffix == ".csv" and kind == Kind.CUT_SHORT:
        kind = Kind.REQUIRED_COLUMN_LEFT_OUT
        _leave_out(path, contracts[0])
    elif kind == Kind.CUT_SHORT:
        content = path.read_bytes()
        path.write_bytes(content[: len(content) * 2 // 3])
    else:
        path.write_bytes(b"")
    extract = contracts[0].extract if len(contracts) == 1 else ""
    return Fault(name, extract, None, "", kind, Consequence.FILE_REFUSED)


def _leave_out(path: Path, contract: ExtractContract) -> None:
    """Take the first column that no row can do without out of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    keys = heading_keys(rows[0])
    required = next(
        place
        for column in contract.required_columns
        for place, key in enumerate(keys)
        if key in column.heading_keys
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        kept = [[cell for place, cell in enumerate(row) if place != required] for row in rows]
        csv.writer(file, lineterminator="\n").writerows(kept)


# ---- messages ----

_LEAF = re.compile(r"<([A-Za-z_]\w*)>([^<]+)</\1>\n")
_OPEN = re.compile(r"<([A-Za-z_]\w*)>\n")


def _spoil_message(
    path: Path,
    name: str,
    contracts: Sequence[ExtractContract],
    share: float,
    codes: _Codes,
    dice: Random,
) -> Iterator[Fault]:
    """Rewrite a message, where every element has a line, with a share of its texts spoiled."""
    readers = _readers(contracts)
    around: list[tuple[str, int]] = []
    # The root is no part of a path, nor is what stands around all the records.
    outside = set(AROUND.values())
    spoiled = path.with_suffix(".spoiled")
    with path.open(encoding="utf-8") as file, spoiled.open("w", encoding="utf-8") as out:
        for number, line in enumerate(file, 1):
            written = line
            if opened := _OPEN.fullmatch(line):
                around.append((opened[1], number))
            elif line.startswith("</"):
                around.pop()
            elif (leaf := _LEAF.fullmatch(line)) and dice.random() < share / 4:
                inside = [(tag, at) for tag, at in around[1:] if tag not in outside]
                steps = (*(tag for tag, _ in inside), leaf[1])
                if steps in readers:
                    contract, column = readers[steps]
                    depth = str(contract.path).count("/") + 1
                    begun = (*(at for _, at in inside), number)[depth - 1]
                    done, cell = _spoiled(leaf[2], column, codes, dice)
                    written = f"<{leaf[1]}>{cell}</{leaf[1]}>\n"
                    yield Fault(
                        name, contract.extract, begun, column.name, done.kind,
                        _consequence(done, column),
                    )  # fmt: skip
            out.write(written)
    spoiled.replace(path)


def _readers(
    contracts: Sequence[ExtractContract],
) -> dict[tuple[str, ...], tuple[ExtractContract, Column]]:
    """The elements of a message that one column reads, and no other; the header is left whole."""
    readers: dict[tuple[str, ...], list[tuple[ExtractContract, Column]]] = {}
    paths = {contract.extract.partition("__")[2]: str(contract.path) for contract in contracts}
    for contract in contracts:
        for column in contract.columns:
            # What is inside a record reads whose it is from the record around it.
            base = tuple(paths.get(column.parent or "", str(contract.path)).split("/"))
            for header in {element_of(column), *column.headers} if column.headers else ():
                if header == "." or "/" in header or re.fullmatch(r"\w+", header):
                    readers.setdefault(resolved(base, header), []).append((contract, column))
    return {
        steps: found[0]
        for steps, found in readers.items()
        if len(found) == 1 and steps[0] != "Header" and _is_plain(found[0][1], found[0][0])
    }


# ---- codes ----


def _read_codes(file: Path) -> _Codes:
    retired: dict[str, list[str]] = {}
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["valid_to"]:
                retired.setdefault(row["code_set"], []).append(row["code"])
    return _Codes(retired)
