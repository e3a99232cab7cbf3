"""``outcomes template``: an empty file that an extract can be filled into, made from its contract.

The file is recognised as it is. A sheet whose name begins with an underscore is ours and is passed
by when the workbook is landed.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from orchestration.contracts import Column, ExtractContract, Form, Handling
from orchestration.describe import (
    CodeLists,
    heading,
    heading_place,
    rules_in_words,
    type_in_words,
)

READ_ME = "_read me"
CODES = "_codes"
SHEET_NAME_LENGTH = 31
# Formats and drop-down lists reach this far down; a longer file is pasted in, or exported.
ROWS_PREPARED = 5_000
YES_OR_NO = ["Yes", "No"]
# A whole sentence fits; Excel allows 255 letters in a message.
LONGEST_MESSAGE = 250


class NoTemplate(Exception):
    """There is nothing to fill in by hand; the message says how the extract arrives."""


@dataclass(frozen=True)
class Heading:
    """One heading of a template, and the columns of the contract that are read from it."""

    written: str
    columns: tuple[Column, ...]

    @property
    def column(self) -> Column:
        """The column that says what a cell may hold."""
        return self.columns[0]

    @property
    def is_json(self) -> bool:
        """Whether a cell is a JSON object of several columns."""
        return self.column.json_key is not None

    @property
    def description(self) -> str:
        """What it is, in a sentence."""
        return " / ".join(dict.fromkeys(column.description for column in self.columns))

    @property
    def holds(self) -> str:
        """What a cell may hold, in words."""
        if self.is_json:
            keys = ", ".join(str(column.json_key) for column in self.columns)
            return f"a JSON object with the keys {keys}"
        if self.column.takes and len(self.columns) > 1:
            return " or ".join(type_in_words(column) for column in self.columns)
        return type_in_words(self.column)

    @property
    def rules(self) -> str:
        """What else there is to know of it."""
        rules = [rule for column in self.columns for rule in rules_in_words(column)]
        if all(column.handling is Handling.DROP for column in self.columns):
            rules = [*rules_in_words(self.column), "leave it empty where you can"]
        return "; ".join(dict.fromkeys(rules))


def headings_of(contract: ExtractContract) -> list[Heading]:
    """The headings of a table, in the order of the contract; a map has none of its own."""
    by_place: dict[str, list[Column]] = {}
    for column in contract.columns:
        if column.type == "map" or not heading(column):
            continue
        by_place.setdefault(heading_place(column), []).append(column)
    return [Heading(heading(columns[0]), tuple(columns)) for columns in by_place.values()]


def write_template(
    contracts: Sequence[ExtractContract], out: Path, codes: CodeLists
) -> list[ExtractContract]:
    """Write an empty file of an extract, or of all of a family; which extracts are in it.

    A CSV file holds one extract. A workbook holds one in each sheet.

    Raises:
        NoTemplate: none of them arrives as a table, or a CSV file is asked for several.
    """
    tables = [contract for contract in contracts if Form.TABLE in contract.forms]
    if not tables:
        raise NoTemplate(
            f"{contracts[0].extract} arrives as XML, which the system it comes from writes: there "
            "is nothing to fill in by hand."
        )
    if out.suffix.lower() == ".csv":
        if len(tables) > 1:
            raise NoTemplate(
                f"A CSV file holds one extract and {tables[0].family} has {len(tables)}: ask for a "
                "workbook (--format xlsx), or for one of them by its name."
            )
        _write_csv(tables[0], out)
    else:
        _write_workbook(tables, out, codes)
    return tables


def _write_csv(contract: ExtractContract, out: Path) -> None:
    # With a mark of byte order, or a spreadsheet would read names with accents as Windows-1252.
    with out.open("w", encoding="utf-8-sig", newline="") as handle:
        csv.writer(handle).writerow([heading.written for heading in headings_of(contract)])


# ---- a workbook ----


def sheet_names(contracts: Sequence[ExtractContract]) -> list[str]:
    """A sheet for each extract, named for it; Excel takes 31 letters and some signs not."""
    names: list[str] = []
    for contract in contracts:
        own = contract.extract.partition("__")[2]
        name = own[:SHEET_NAME_LENGTH]
        if name in names:
            name = f"{own[: SHEET_NAME_LENGTH - 3]}_{len(names):02}"
        names.append(name)
    return names


def _write_workbook(contracts: Sequence[ExtractContract], out: Path, codes: CodeLists) -> None:
    with xlsxwriter.Workbook(str(out)) as workbook:
        style = _Style(
            heading=workbook.add_format(
                {"bold": True, "bg_color": "#E7EEF7", "bottom": 1, "text_wrap": True}
            ),
            required=workbook.add_format(
                {"bold": True, "bg_color": "#C9DAF0", "bottom": 1, "text_wrap": True}
            ),
            text=workbook.add_format({"num_format": "@"}),
            date=workbook.add_format({"num_format": "dd/mm/yyyy"}),
            datetime=workbook.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
            number=workbook.add_format({"num_format": "General"}),
            bold=workbook.add_format({"bold": True}),
            wrapped=workbook.add_format({"text_wrap": True, "valign": "top"}),
        )
        sheets = [workbook.add_worksheet(name) for name in sheet_names(contracts)]
        lists = _write_codes(workbook.add_worksheet(CODES), contracts, codes, style)
        for sheet, contract in zip(sheets, contracts, strict=True):
            _fill_sheet(sheet, contract, lists, style)
        _write_read_me(workbook.add_worksheet(READ_ME), contracts, style)


@dataclass(frozen=True)
class _Style:
    heading: Format
    required: Format
    text: Format
    date: Format
    datetime: Format
    number: Format
    bold: Format
    wrapped: Format

    def of(self, column: Column) -> Format:
        """Text stays text: a spreadsheet would make 012 a number, and 1E5 a large one."""
        if column.handling is not Handling.KEEP and column.type == "text":
            return self.text
        return {
            "date": self.date,
            "datetime": self.datetime,
            "integer": self.number,
            "decimal": self.number,
        }.get(column.type, self.text)


def _fill_sheet(
    sheet: Worksheet, contract: ExtractContract, lists: dict[str, str], style: _Style
) -> None:
    sheet.freeze_panes(1, 0)
    for position, found in enumerate(headings_of(contract)):
        column = found.column
        is_required = any(c.required for c in found.columns)
        width = max(12, min(len(found.written) + 3, 40))
        sheet.set_column(position, position, width, style.of(column))
        sheet.write_string(
            0, position, found.written, style.required if is_required else style.heading
        )
        note = "\n".join(part for part in (found.description, found.holds, found.rules) if part)
        sheet.write_comment(0, position, note, {"x_scale": 2, "y_scale": 1.5})
        rule = _validation(found, lists)
        if rule:
            sheet.data_validation(1, position, ROWS_PREPARED, position, rule)


def _validation(found: Heading, lists: dict[str, str]) -> dict[str, object] | None:
    """What a cell may hold, as Excel checks it: a warning, because more is understood than this."""
    column = found.column
    if found.is_json or len(found.columns) > 1:
        return None
    message = {
        "input_title": shorten(found.written, 32, placeholder="…"),
        "input_message": shorten(found.description, LONGEST_MESSAGE, placeholder="…"),
        "error_type": "warning",
        "error_message": shorten(f"Expected: {found.holds}.", LONGEST_MESSAGE, placeholder="…"),
    }
    if column.type == "code" and column.codes in lists:
        return {**message, "validate": "list", "source": lists[column.codes]}
    if column.type == "boolean":
        return {**message, "validate": "list", "source": YES_OR_NO}
    if column.type in ("integer", "decimal"):
        lowest = column.minimum if column.minimum is not None else -1e15
        highest = column.maximum if column.maximum is not None else 1e15
        return {
            **message,
            "validate": column.type,
            "criteria": "between",
            "minimum": lowest,
            "maximum": highest,
        }
    return {**message, "validate": "any"}


def _write_codes(
    sheet: Worksheet, contracts: Sequence[ExtractContract], codes: CodeLists, style: _Style
) -> dict[str, str]:
    """Two columns for each code set, code and meaning; where the codes in use stand."""
    places: dict[str, str] = {}
    for number, code_set in enumerate(_code_sets(contracts)):
        known = [code for code in codes.get(code_set, ()) if code.code]
        if not known:
            continue
        in_use = [code for code in known if not code.valid_to]
        at = 2 * number
        sheet.write_string(0, at, code_set, style.bold)
        sheet.write_string(0, at + 1, "meaning", style.bold)
        for row, code in enumerate([*in_use, *(c for c in known if c.valid_to)], start=1):
            sheet.write_string(row, at, code.code)
            sheet.write_string(row, at + 1, code.in_words)
        sheet.set_column(at, at, 12)
        sheet.set_column(at + 1, at + 1, min(max(len(c.in_words) for c in known), 60))
        if in_use:
            last = xl_rowcol_to_cell(len(in_use), at, row_abs=True, col_abs=True)
            places[code_set] = f"='{CODES}'!${xl_col_to_name(at)}$2:{last}"
    sheet.freeze_panes(1, 0)
    return places


def _code_sets(contracts: Sequence[ExtractContract]) -> list[str]:
    return list(
        dict.fromkeys(
            column.codes
            for contract in contracts
            for found in headings_of(contract)
            for column in found.columns
            if column.codes and column.type != "boolean"
        )
    )


def _write_read_me(sheet: Worksheet, contracts: Sequence[ExtractContract], style: _Style) -> None:
    sheet.set_column(0, 1, 28, style.wrapped)
    sheet.set_column(2, 4, 48, style.wrapped)
    row = 0
    for row, text in enumerate(_how_to_fill_in()):
        sheet.write_string(row, 0, text, style.number)
    row += 2
    for position, title in enumerate(("Sheet", "Heading", "What it is", "A cell holds", "Rules")):
        sheet.write_string(row, position, title, style.bold)
    for contract, name in zip(contracts, sheet_names(contracts), strict=True):
        row += 1
        sheet.write_string(row, 0, name, style.bold)
        sheet.write_string(row, 2, contract.description)
        for found in headings_of(contract):
            row += 1
            told = (name, found.written, found.description, found.holds, found.rules)
            for position, text in enumerate(told):
                sheet.write_string(row, position, text)


def _how_to_fill_in() -> Iterator[str]:
    yield "One row below the headings for each record. Leave a cell empty where nothing is known."
    yield (
        "Keep the headings as they are. The order of the columns does not matter, and a column "
        "that you have nothing for may be taken out unless it is required (darker heading)."
    )
    yield "A cell with a list takes the codes of the sheet _codes; the meaning stands beside them."
    yield "Check the file with `outcomes check` before it is landed."
