"""Valid files of invented rows for any contract, in every form it may arrive in.

What is made depends on nothing but the contract, the code lists and the number of rows. Every cell
is filled with something that must be read, and rows differ in the contract's grain.
"""

import csv
import datetime as dt
import functools
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from re import _constants as regex
from re import _parser as regex_parser

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pa_parquet
import xlsxwriter
from lxml import etree

from orchestration.contracts import Column, Covers, ExtractContract, Form, Handling
from orchestration.ingest.load import Night
from tests.factories import AUTHORITY, PROJECT, a_night, the_contracts

YEAR = 2026
# The day that systems which are exported whole say they were.
EXPORTED = dt.date(2026, 6, 15)
SENDER = "case_system"
# A file has no more different values in a column than this, apart from its identifiers, which in a
# small one are all different.
VARIETY = 1_000
# In a large file so many rows have the same person in them, where a row is not of the person.
ROWS_EACH = 10
DAYS = 60
DAY_FIRST = ("ssda903", "annex_a")
TABLE_FORMS = ("csv", "xlsx", "parquet")

# ---- messages ----

ROOTS = {"cin_census": "Message", "csww": "Message", "ssda903": "EXPSSDA903"}
COLLECTIONS = {"cin_census": "CIN", "csww": "CSWW"}
# Elements that a message has once, whatever the number of its records.
ONCE = ("Header", "LALevelVacancies")
# So many records are made one by one; more are copies of these under other numbers.
RECORDS_MADE = 500


def forms_of(contract: ExtractContract) -> tuple[str, ...]:
    """Every form the extract may arrive in: ``csv``, ``xlsx``, ``parquet``, ``xml``."""
    return tuple(
        made
        for form in contract.forms
        for made in (TABLE_FORMS if form is Form.TABLE else ("xml",))
    )


def year_of(contract: ExtractContract) -> int:
    """The return year a table is made for; the workforce census is of the autumn before."""
    return max(message_year(contract.family), contract.since or 0)


def message_year(family: str) -> int:
    """The return year a message of a family is made for, whichever of its blocks are new."""
    return YEAR - (family == "csww")


def landing_name(contract: ExtractContract, form: str) -> str:
    """A name below the landing folder that says of when and whose a file is."""
    name = base_name(contract, form)
    if contract.is_reference:
        return name
    year = message_year(contract.family) if form == "xml" else year_of(contract)
    period = {
        Covers.YEAR: f"{year}",
        Covers.MONTH: "2026-05",
        Covers.EVERYTHING: f"{EXPORTED:%Y-%m-%d}",
    }[contract.covers]
    return f"{AUTHORITY}/{period}/{name}"


def base_name(contract: ExtractContract, form: str) -> str:
    """The simplest name that a contract's own patterns allow."""
    if form == "xml":
        return f"{contract.family}.xml"
    pattern = next(iter(contract.file_patterns), contract.extract)
    stem = re.sub(r"\[[^]]*\]|[*?]", "", pattern).strip(" _-.")
    return f"{re.sub(r'[.](csv|xlsx|parquet)$', '', stem)}.{form}"


def sheet_name(contract: ExtractContract) -> str:
    """The name of a sheet, which Excel ends after 31 characters."""
    return Path(base_name(contract, "xlsx")).stem[:31]


def a_file_of(contract: ExtractContract, form: str, path: Path, rows: int = 5) -> Path:
    """A file with so many rows of one extract; as XML, with so many of every block of its family.

    An Excel workbook holds dates, numbers and yes or no as such, and so does a Parquet file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if form == "csv":
        _write_csv(_written(cells_of(contract, rows), contract), path)
    elif form == "parquet":
        pa_parquet.write_table(cells_of(contract, rows), path)
    elif form == "xlsx":
        a_workbook_of({contract: rows}, path)
    else:
        a_message_of(contract.family, path, rows)
    return path


def a_night_of(family: str, **given: object) -> Night:
    """A night that knows one family only, so that a test need not make every other table."""
    contracts = {name: c for name, c in the_contracts().items() if c.family == family}
    return a_night(contracts=contracts, **given)


# ---- rows ----


@functools.cache
def _codes() -> Mapping[str, tuple[str, ...]]:
    """The codes of each set that are in use; all of a set that is not in use yet."""
    codes: dict[str, list[str]] = {}
    in_use: dict[str, list[str]] = {}
    with (PROJECT / "seeds" / "codes" / "codes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            codes.setdefault(row["code_set"], []).append(row["code"])
            if not row["valid_to"] and row["valid_from"] < f"{YEAR - 1}-04-01":
                in_use.setdefault(row["code_set"], []).append(row["code"])
    return {code_set: tuple(in_use.get(code_set, found)) for code_set, found in codes.items()}


def rows_of(contract: ExtractContract, rows: int = 5) -> list[dict[str, object]]:
    """What the columns of each row hold, by the contract's names."""
    return values_of(contract, rows).to_pylist(maps_as_pydicts="strict")


def values_of(contract: ExtractContract, rows: int = 5) -> pa.Table:
    """What the columns hold, with their types; of columns under one heading each row fills one."""
    number = pa.array(range(rows), pa.int64())
    columns: dict[str, pa.Array] = {}
    for place, column in enumerate(contract.columns):
        if column.position_of:
            values = pa.nulls(rows, pa.int64())  # Only a message has places to count.
        else:
            values = _values(column, contract, place, number)
        beside = [c for c in contract.columns if c.headers == column.headers]
        sharing = [c.name for c in beside if c.takes]
        if column.takes and any(c.json_key for c in beside):
            values = pa.nulls(rows, values.type)  # The cell is an object, and not in words.
        elif sharing and not column.takes and not column.json_key:
            values = columns[sharing[0]]  # It reads every cell, also those another column takes.
        elif column.takes and len(sharing) > 1:
            turn = pa.array([sharing[n % len(sharing)] == column.name for n in range(rows)])
            values = pc.if_else(turn, values, pa.nulls(rows, values.type))
        columns[column.name] = values
    return pa.table(columns)


def _values(
    column: Column, contract: ExtractContract, place: int, number: pa.Array
) -> pa.Array | pa.ChunkedArray:
    if (given := _said(column, contract)) is not None:
        return pa.repeat(pa.scalar(given), len(number))
    if _is_plain(column) and (
        column.handling is Handling.PSEUDONYMISE or column.name in contract.grain
    ):
        # The same for every extract, as the child of one file is the child of another.
        letter = (column.namespace or column.name)[0].upper()
        if column.name != _counts_rows(contract):
            # A worker has many children, and who answers a survey many answers.
            people = max(VARIETY, len(number) // ROWS_EACH)
            number = pa.array([n % people for n in range(len(number))], pa.int64())
        counted = pc.utf8_lpad(pc.cast(number, pa.string()), 9, "0")
        return pc.binary_join_element_wise(letter, counted, "")
    if column.type == "integer" and column.name in contract.grain and column.minimum is None:
        return pc.add(number, 1)
    choice = _choice(column, contract, place, min(len(number), VARIETY))
    return pa.array(choice, _arrow_type(column)).take(
        pa.array([n % len(choice) for n in range(len(number))], pa.int64())
    )


def _is_plain(column: Column) -> bool:
    return column.type == "text" and not column.codes and not column.pattern


def _counts_rows(contract: ExtractContract) -> str | None:
    """The first plain text of the grain, which differs in every row; what else is in the grain, and
    whoever a row is about, repeats as in real files."""
    plain = {column.name for column in contract.columns if _is_plain(column)}
    return next((name for name in contract.grain if name in plain), None)


def _said(column: Column, contract: ExtractContract) -> object:
    """What a file says once of itself, in every row or in the header of a message."""
    if column.name == contract.authority_in:
        return AUTHORITY
    if column.name == contract.dated_by:
        return EXPORTED
    if column.name == contract.sender_in:
        return SENDER
    if contract.path != "Header":
        return None
    year = year_of(contract)
    is_autumn = contract.family == "csww"
    return {
        "CollectionDetails/Collection": COLLECTIONS.get(contract.family),
        "CollectionDetails/Year": year,
        "CollectionDetails/ReferenceDate": dt.date(year, 9, 30)
        if is_autumn
        else dt.date(year, 3, 31),
        "Source/LEA": AUTHORITY,
    }.get(column.headers[0])


def _choice(column: Column, contract: ExtractContract, place: int, count: int) -> Sequence[object]:
    """Different values that a column may hold, in the order in which rows take them."""
    if column.codes and column.type != "boolean":
        codes = _codes()[column.codes]
        if column.takes:
            codes = tuple(c for c in codes if re.fullmatch(column.takes, c))
        return codes if column.type != "list" else [codes[i : i + 2] for i in range(len(codes))]
    if column.pattern:
        return [looking_like(column.pattern, n) for n in range(max(count, 1))]
    if column.type == "boolean":
        return [True, False]
    if column.type in ("date", "datetime"):
        dates = contract.period_dates
        later = dates.index(column.name) if column.name in dates else place % 7
        is_autumn = contract.family == "csww"
        first = dt.date(year_of(contract) - (not is_autumn), 4, 2) + dt.timedelta(days=later)
        days = [first + dt.timedelta(days=n) for n in range(DAYS)]
        return (
            days
            if column.type == "date"
            else [dt.datetime.combine(day, dt.time(9, 30)) for day in days]
        )
    if column.type in ("integer", "decimal"):
        step = 1 if column.type == "integer" else 0.25
        lowest = 1 if column.minimum is None else column.minimum
        highest = lowest + 100 if column.maximum is None else column.maximum
        numbers = [lowest + step * n for n in range(int((highest - lowest) / step) + 1)]
        return [int(n) for n in numbers] if column.type == "integer" else numbers
    if column.type == "list":
        return [[f"{column.name} {n}", f"{column.name} {n + 1}"] for n in range(5)]
    if column.type == "map":
        return [{"measure_one": f"{n}", "Measure two_%": f"{n}.5"} for n in range(5)]
    return [f"{column.name} {n}" for n in range(50)]


def _arrow_type(column: Column) -> pa.DataType:
    return {
        "date": pa.date32(),
        "datetime": pa.timestamp("us"),
        "integer": pa.int64(),
        "decimal": pa.float64(),
        "boolean": pa.bool_(),
        "list": pa.list_(pa.string()),
        "map": pa.map_(pa.string(), pa.string()),
    }.get(column.type, pa.string())


def looking_like(pattern: str, number: int) -> str:
    """A text that a regular expression matches whole; other numbers give other texts."""
    left = number

    def pick(choices: Sequence[str]) -> str:
        nonlocal left
        left, place = divmod(left, len(choices))
        return choices[place]

    def made(parsed: regex_parser.SubPattern) -> str:
        # From the right: what is counted changes fastest at the end.
        return "".join(reversed([piece(*token) for token in reversed(list(parsed))]))

    def piece(kind: object, told: object) -> str:
        if kind is regex.LITERAL:
            return chr(told)
        if kind is regex.IN:
            return pick(_characters(told))
        if kind is regex.ANY:
            return pick("0123456789")
        if kind in (regex.MAX_REPEAT, regex.MIN_REPEAT):
            least, most, inner = told
            times = max(least, min(most, 1))
            return "".join(reversed([made(inner) for _ in range(times)]))
        if kind is regex.SUBPATTERN:
            return made(told[-1])
        if kind is regex.BRANCH:
            return made(told[1][0])
        if kind in (regex.AT, regex.ASSERT, regex.ASSERT_NOT):
            return ""
        raise NotImplementedError(f"a text that looks like {pattern} ({kind})")

    text = made(regex_parser.parse(pattern))
    assert re.fullmatch(pattern, text), (pattern, text)
    return text


def _characters(told: Sequence[tuple[object, object]]) -> list[str]:
    classes = {
        regex.CATEGORY_DIGIT: "0123456789",
        regex.CATEGORY_WORD: "abc",
        regex.CATEGORY_SPACE: " ",
    }
    found: list[str] = []
    for kind, value in told:
        if kind is regex.LITERAL:
            found.append(chr(value))
        elif kind is regex.RANGE:
            found += [chr(c) for c in range(value[0], value[1] + 1)]
        elif kind is regex.CATEGORY:
            found += classes[value]
        elif kind is regex.NEGATE:
            excluded = {chr(v) for k, v in told if k is regex.LITERAL}
            return [c for c in "abcdefghij" if c not in excluded]
    return found


# ---- tables ----


def heading_of(column: Column) -> str:
    """The heading a column has in a table; the elements of a message stand after it."""
    return next((h for h in column.headers if not _is_path(h)), "")


def _is_path(header: str) -> bool:
    """Whether a header leads to an element; headings may hold a stroke too, among words."""
    return header == "." or ("/" in header and " " not in header)


def cells_of(contract: ExtractContract, rows: int = 5) -> pa.Table:
    """The cells as they stand under the headings of the file, typed where one column fills them."""
    values = values_of(contract, rows)
    sharing: dict[str, list[Column]] = {}
    for column in contract.columns:
        if heading := heading_of(column):
            sharing.setdefault(heading.upper(), []).append(column)
    cells: list[tuple[str, pa.Array | pa.ChunkedArray]] = []
    for columns in sharing.values():
        heading = heading_of(columns[0]).partition("#")[0]
        if columns[0].type == "map":
            told = values.column(columns[0].name).to_pylist()
            for inner in [key for key, _ in told[0]] if told else ("measure_one",):
                cells.append((inner, pa.array([dict(row)[inner] for row in told], pa.string())))
        elif keyed := [column for column in columns if column.json_key]:
            cells.append((heading, _objects(keyed, values)))
        elif len(columns) == 1:
            cells.append((heading, values.column(columns[0].name)))
        else:
            written = _written(values.select([c.name for c in columns]), contract)
            cells.append((heading, pc.coalesce(*written.columns)))
    return pa.Table.from_arrays([c for _, c in cells], names=[h for h, _ in cells])


def _objects(columns: Sequence[Column], values: pa.Table) -> pa.Array:
    """The JSON object of each row that some columns take their keys from."""
    names = [column.name for column in columns]
    rows = values.select(names).slice(0, VARIETY).to_pylist()
    keys = {column.name: str(column.json_key).partition("|")[0] for column in columns}
    objects = [json.dumps({keys[n]: _plain(v) for n, v in row.items()}) for row in rows]
    return pa.array([objects[n % len(objects)] for n in range(values.num_rows)], pa.string())


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return "Y" if value else "N"
    return value if isinstance(value, int | float | list | str | None) else str(value)


def _written(
    cells: pa.Table, contract: ExtractContract, moment: str = "%Y-%m-%d %H:%M:%S"
) -> pa.Table:
    """Cells as text, in the ways of the family; a date is written day first where it usually is."""
    day = "%d/%m/%Y" if contract.family in DAY_FIRST else "%Y-%m-%d"

    def text(column: pa.ChunkedArray) -> pa.ChunkedArray:
        if pa.types.is_list(column.type):
            return pc.binary_join(column, "|")
        if pa.types.is_date(column.type):
            return pc.strftime(column, day)
        if pa.types.is_timestamp(column.type):
            return pc.strftime(pc.cast(column, pa.timestamp("s")), moment)
        if pa.types.is_boolean(column.type):
            return pc.if_else(column, "1", "0")
        return pc.cast(column, pa.string())

    return pa.Table.from_arrays([text(c) for c in cells.columns], names=cells.column_names)


def a_csv(extract: str, *rows: Mapping[str, str], **given: str) -> str:
    """A CSV file under every heading of an extract, where a row says only what matters to a test.

    Cells are given by the contract's names; what a row cannot do without is filled, and every other
    cell is empty. ``given`` is the same in every row.
    """
    contract = the_contracts()[extract]
    headings = {c.name: heading_of(c) for c in contract.columns if heading_of(c)}
    needed = {headings[column.name] for column in contract.required_columns}
    usual = _written(cells_of(contract, max(len(rows), 1)), contract)
    text = io.StringIO()
    writer = csv.DictWriter(text, usual.column_names, lineterminator="\n")
    writer.writeheader()
    for cells, row in zip(usual.to_pylist(), rows or ({},), strict=True):
        told = {headings[name]: cell for name, cell in {**given, **row}.items()}
        writer.writerow({**{h: c for h, c in cells.items() if h in needed}, **told})
    return text.getvalue()


def _write_csv(cells: pa.Table, path: Path) -> None:
    """Only what needs quotation marks has them, as most systems write; Arrow marks every text."""
    if cells.num_rows <= VARIETY:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(cells.column_names)
            writer.writerows(zip(*(column.to_pylist() for column in cells.columns), strict=True))
        return
    with duckdb.connect() as connection:
        connection.register("cells", cells)
        connection.execute(f"copy cells to '{path}' (format csv, header)")


def a_workbook_of(
    extracts: Mapping[ExtractContract, int] | Sequence[tuple[ExtractContract, int, str]], path: Path
) -> Path:
    """A workbook with a sheet for each extract, of so many rows, and a name where one is given."""
    sheets = (
        extracts if not isinstance(extracts, Mapping) else [(c, n, "") for c, n in extracts.items()]
    )
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        formats = {
            dt.date: workbook.add_format({"num_format": "dd/mm/yyyy"}),
            dt.datetime: workbook.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"}),
        }
        for contract, rows, name in sheets:
            sheet = workbook.add_worksheet(name or sheet_name(contract))
            cells = cells_of(contract, rows)
            sheet.write_row(0, 0, cells.column_names)
            lists = [pa.types.is_list(c.type) for c in cells.columns]
            plain = [
                pc.binary_join(c, "|") if is_list else c
                for c, is_list in zip(cells.columns, lists, strict=True)
            ]
            for line, row in enumerate(zip(*(c.to_pylist() for c in plain), strict=True), 1):
                for place, value in enumerate(row):
                    if value is None:
                        continue
                    if isinstance(value, dt.date):
                        sheet.write_datetime(line, place, value, formats[type(value)])
                    elif isinstance(value, bool):
                        sheet.write_boolean(line, place, value)
                    elif isinstance(value, int | float):
                        sheet.write_number(line, place, value)
                    else:
                        sheet.write_string(line, place, value)
    return path


def a_book(
    sheets: Mapping[str, Sequence[Sequence[object]]], hidden: Sequence[str] = (), **given: object
) -> bytes:
    """A workbook with exactly these cells, some of its sheets hidden; ``given`` are its options."""
    content = io.BytesIO()
    options = {"in_memory": True, "default_date_format": "dd/mm/yyyy", **given}
    with xlsxwriter.Workbook(content, options) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            sheet.protect()
            for line, row in enumerate(rows):
                sheet.write_row(line, 0, row)
            if name in hidden:
                sheet.hide()
    return content.getvalue()


def rows_under(extract: str, *rows: Mapping[str, str], **given: str) -> list[list[str]]:
    """The cells of ``a_csv``, row by row, for a sheet of a workbook."""
    return list(csv.reader(io.StringIO(a_csv(extract, *rows, **given), newline="")))


# ---- messages ----


@dataclass(frozen=True)
class Message:
    """A message, and what each row of each of its extracts holds."""

    content: bytes
    rows: Mapping[str, list[dict[str, object]]]


def a_message_of(family: str, path: Path, rows: int = 5) -> Message:
    """A whole message of a family with so many records, each with one row of every block.

    Above ``RECORDS_MADE`` the number is rounded down to a multiple of it.
    """
    made = message(family, min(rows, RECORDS_MADE))
    with path.open("wb") as file:
        if rows <= RECORDS_MADE:
            file.write(made.content)
            return made
        first, last = _around_records(made.content)
        records = made.content[first:last]
        file.write(made.content[:first])
        for copy in range(rows // RECORDS_MADE):
            # The number of a person is nine digits, of which these copies leave the last three.
            file.write(records.replace(b">P000000", b">P%06d" % copy))
        file.write(made.content[last:])
    return made


def _around_records(content: bytes) -> tuple[int, int]:
    """Where the records of a message begin and end."""
    tag = next(t for t in (b"Child", b"CSWWWorker", b"CHILD") if b"<%s>" % t in content)
    end = b"</%s>\n" % tag
    return content.index(b"<%s>" % tag), content.rindex(end) + len(end)


def message(family: str, rows: int = 5) -> Message:
    """A message that is made whole, record by record."""
    contracts = [c for c in the_contracts().values() if c.family == family and c.path]
    contracts.sort(key=lambda contract: str(contract.path).count("/"))
    told: dict[str, list[dict[str, object]]] = {c.extract: [] for c in contracts}
    values = {c.extract: rows_of(c, rows) for c in contracts}
    texts = {
        c.extract: _written(values_of(c, rows), c, "%Y-%m-%dT%H:%M:%S").to_pylist()
        for c in contracts
    }
    root = etree.Element(ROOTS[family])
    around = None
    paths = {c.extract.partition("__")[2]: str(c.path) for c in contracts}
    tops = list(dict.fromkeys(str(c.path).partition("/")[0] for c in contracts))
    tops.sort(key=lambda top: top not in ONCE)
    for top in tops:
        inside = [c for c in contracts if str(c.path).partition("/")[0] == top]
        if top == "Child":
            around = etree.SubElement(root, "Children")
        for number in range(1 if top in ONCE else rows):
            element = etree.SubElement(root if top != "Child" else around, top)
            record = _Record(element)
            for contract in inside:
                row = values[contract.extract][number]
                read = record.take(contract, row, texts[contract.extract][number])
                for column in contract.columns:
                    if column.position_of:
                        # A record has one of each block; only records themselves are counted on.
                        block = paths.get(column.position_of, "")
                        read[column.name] = 1 if "/" in block else number + 1
                told[contract.extract].append(read)
    etree.indent(root)
    content = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return Message(re.sub(rb"(?m)^ +", b"", content) + b"\n", told)


class _Record:
    """An element of a message while it is filled: where two extracts read one element, the first
    says what stands in it."""

    def __init__(self, top: etree._Element) -> None:
        self.top = top
        self.elements: dict[tuple[str, ...], etree._Element] = {(top.tag,): top}
        self.values: dict[tuple[str, ...], object] = {}

    def take(
        self, contract: ExtractContract, row: Mapping[str, object], texts: Mapping[str, str]
    ) -> dict[str, object]:
        """Write one row of a contract; what it will be read as."""
        read = dict(row)
        base = tuple(str(contract.path).split("/"))
        self._at(base)
        for column in contract.columns:
            if column.position_of or column.parent or row[column.name] is None:
                continue
            steps = _resolved(base, element_of(column))
            if steps in self.values:
                read[column.name] = self.values[steps]
            else:
                self.values[steps] = row[column.name]
                self._at(steps).text = texts[column.name]
        return read

    def _at(self, steps: tuple[str, ...]) -> etree._Element:
        if steps not in self.elements:
            self.elements[steps] = etree.SubElement(self._at(steps[:-1]), steps[-1])
        return self.elements[steps]


def element_of(column: Column) -> str:
    """The element that holds a column in a message: its first path, else its last plain name."""
    paths = [h for h in column.headers if _is_path(h)]
    names = [h for h in column.headers if re.fullmatch(r"[A-Za-z_][\w.-]*", h)]
    return next(iter(paths or reversed(names)))


def _resolved(base: tuple[str, ...], path: str) -> tuple[str, ...]:
    steps = list(base)
    for step in path.split("/"):
        if step == "..":
            steps.pop()
        elif step != ".":
            steps.append(step)
    return tuple(steps)
