"""``outcomes contracts``: what can be landed, told to the person who lands it."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path
from textwrap import wrap

from orchestration.contracts import (
    Column,
    Covers,
    ExtractContract,
    Form,
    Handling,
    heading_key,
)
from orchestration.settings import PROJECT

CODES_FILE = PROJECT / "seeds" / "codes" / "codes.csv"
WIDTH = 100
FORMS = {Form.TABLE: "CSV, Excel or Parquet", Form.XML: "XML"}
COVERS = {
    Covers.YEAR: "a return of a year",
    Covers.MONTH: "a list as at a month",
    Covers.EVERYTHING: "replaces all it sent before",
}
TYPES = {
    "text": "text",
    "code": "code",
    "date": "date, dd/mm/yyyy or yyyy-mm-dd",
    "datetime": "date and time, yyyy-mm-dd hh:mm",
    "integer": "whole number",
    "decimal": "number",
    "boolean": "yes or no (1 or 0, Yes or No, true or false)",
    "list": "several values, with | between them",
    "map": "every other heading, as text",
}
HANDLING = {
    Handling.KEEP: "",
    Handling.PSEUDONYMISE: "replaced by a pseudonym on arrival",
    Handling.RESTRICT: "stays in the warehouse, never published",
    Handling.LOCATE: "replaced by the code of its small area on arrival",
    Handling.DROP: "never stored",
}


class UnknownExtract(Exception):
    """No extract or family has this name; the message offers those that come near."""


@dataclass(frozen=True)
class Code:
    """One code of a code set, with its first and last day of use where they are known."""

    code: str
    label: str
    valid_from: str = ""
    valid_to: str = ""

    @property
    def in_words(self) -> str:
        """What it means, and when it was in use."""
        label = self.label if self.label != self.code else ""
        span = " ".join(
            f"{word} {day}"
            for word, day in (("from", self.valid_from), ("until", self.valid_to))
            if day
        )
        return f"{label} ({span})".strip() if span else label


CodeLists = Mapping[str, Sequence[Code]]


def read_code_lists(file: Path = CODES_FILE) -> dict[str, list[Code]]:
    """The codes of each code set, in the order of the seed."""
    lists: dict[str, list[Code]] = {}
    with file.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            lists.setdefault(row["code_set"], []).append(
                Code(row["code"], row["label"], row["valid_from"], row["valid_to"])
            )
    return lists


def find(contracts: Mapping[str, ExtractContract], name: str) -> list[ExtractContract]:
    """The extract of a name, or all of a family.

    Raises:
        UnknownExtract: there is neither.
    """
    if name in contracts:
        return [contracts[name]]
    of_family = [contract for contract in contracts.values() if contract.family == name]
    if of_family:
        return of_family
    known = {*contracts, *(contract.family for contract in contracts.values())}
    # A table's own name is what people remember: episodes for ssda903__episodes.
    near = [known_name for known_name in sorted(known) if known_name.endswith(f"__{name}")]
    near = near or get_close_matches(name, sorted(known), n=3)
    hint = f" Do you mean {' or '.join(near)}?" if near else ""
    raise UnknownExtract(f"No extract or family is called {name}.{hint}")


# ---- columns in words ----


def heading(column: Column) -> str:
    """A column as users write it above a table; a heading that stands twice has no number."""
    return _place(column).partition("#")[0]


def heading_place(column: Column) -> str:
    """What tells one heading of a table from another; empty where a column has none."""
    return heading_key(_place(column))


def _place(column: Column) -> str:
    return next((header for header in column.headers if not is_path(header)), "")


def is_path(header: str) -> bool:
    """Whether a header leads to an element of XML; a heading may hold a stroke among its words."""
    return header == "." or ("/" in header and " " not in header)


def type_in_words(column: Column) -> str:
    """What a cell of a column holds."""
    words = TYPES[column.type]
    if column.codes and column.type != "boolean":
        words = f"{words} of {column.codes}"
    if column.minimum is not None and column.maximum is not None:
        words = f"{words} from {column.minimum:g} to {column.maximum:g}"
    elif column.minimum is not None:
        words = f"{words}, {column.minimum:g} or more"
    elif column.maximum is not None:
        words = f"{words}, {column.maximum:g} or less"
    if column.json_key:
        words = f"{words}; the key {column.json_key} of a JSON object"
    return words


def rules_in_words(column: Column) -> list[str]:
    """What else there is to know of a column, each in a few words."""
    return [
        words
        for words in (
            "required" if column.required else "",
            "a row whose date cannot be read is left out" if column.guards_row else "",
            HANDLING[column.handling],
            f"from {column.since}" if column.since else "",
            f"until {column.until}" if column.until else "",
        )
        if words
    ]


def arrives_as(contract: ExtractContract) -> str:
    """The forms of an extract in words."""
    return " or ".join(FORMS[form] for form in contract.forms)


def names_in_words(contract: ExtractContract) -> str:
    """What its files are called, with * for anything; the simplest of many spellings."""
    simple = [pattern for pattern in contract.file_patterns if "[" not in pattern]
    return " or ".join(simple or contract.file_patterns)


# ---- for a person ----


def list_extracts(contracts: Iterable[ExtractContract]) -> str:
    """Every extract, by family, in lines that fit a terminal."""
    lines: list[str] = []
    for family, members in groupby(contracts, key=lambda contract: contract.family):
        lines.append(f"\n{family}" if lines else family)
        for contract in members:
            lines += wrapped(f"{contract.extract}: {contract.title}", 2, 6)
            facts = [
                arrives_as(contract),
                "about every authority" if contract.is_reference else COVERS[contract.covers],
                f"one row per {', '.join(contract.grain)}",
            ]
            if contract.file_patterns:
                facts.append(f"named {names_in_words(contract)}")
            lines += wrapped("; ".join(facts), 6, 6)
    return "\n".join(lines)


def describe_extract(contract: ExtractContract, codes: CodeLists) -> str:
    """One extract: what it is, each of its columns, and the codes they may hold."""
    lines = [f"{contract.extract}: {contract.title}"]
    lines += wrapped(contract.description, 2)
    facts = {
        "arrives as": arrives_as(contract),
        "covers": "every authority, public figures"
        if contract.is_reference
        else COVERS[contract.covers],
        "since": f"the return of {contract.since}" if contract.since else "",
        "one row per": ", ".join(contract.grain),
        "known by": f"its headings, else a name like {names_in_words(contract)}"
        if contract.file_patterns
        else "its headings or elements",
        "XML element": contract.path or "",
        "empty means": ", ".join(("an empty cell", *contract.means_empty))
        if contract.means_empty
        else "",
        "source": contract.source,
    }
    for name, fact in facts.items():
        if fact:
            lines += wrapped(f"{name:<12} {fact}", 2, 15)
    lines.append("\nColumns")
    for column in contract.columns:
        if not column.headers:
            continue
        shown = heading(column) or column.headers[0]
        facts_of_column = "; ".join([type_in_words(column), *rules_in_words(column)])
        lines += wrapped(f"{shown}: {facts_of_column}", 2, 6)
        lines += wrapped(column.description, 6)
        others = [h for h in column.headers if h.partition("#")[0] != shown]
        paths = [h for h in others if is_path(h)]
        for word, spellings in (
            ("also written", [h for h in others if h not in paths]),
            ("in XML", paths),
        ):
            if spellings:
                lines += wrapped(f"{word} {', '.join(spellings)}", 6)
    for code_set in _code_sets(contract):
        lines.append(f"\nCodes of {code_set}")
        written = [code for code in codes.get(code_set, ()) if code.code]
        width = min(max((len(code.code) for code in written), default=0), 28)
        for code in written:
            lines += wrapped(f"{code.code:<{width}}  {code.in_words}", 2, width + 4)
    return "\n".join(lines)


def _code_sets(contract: ExtractContract) -> list[str]:
    """Each code set of an extract once, in the order of its columns."""
    return list(dict.fromkeys(c.codes for c in contract.columns if c.codes and c.type != "boolean"))


def wrapped(text: str, indent: int, further: int | None = None) -> list[str]:
    """Text in lines that fit a terminal; the second and later ones may stand further in."""
    return wrap(
        text,
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent if further is None else further),
        break_on_hyphens=False,
    )


# ---- for a machine ----


def data_dictionary(contracts: Iterable[ExtractContract]) -> str:
    """Every column of the extracts as CSV, one row per column."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        (
            *("extract", "column", "headings", "type", "required", "code_set"),
            *("handling", "since", "until", "description"),
        )
    )
    for contract in contracts:
        for column in contract.columns:
            writer.writerow(
                (
                    contract.extract,
                    column.name,
                    " | ".join(column.headers),
                    column.type,
                    "yes" if column.required else "no",
                    column.codes or "",
                    column.handling.value,
                    column.since or "",
                    column.until or "",
                    column.description,
                )
            )
    return text.getvalue()
