"""What an extract looks like when it arrives: one YAML contract each, in ``expectations/extracts``.

A contract is the only place that knows the headings, types, code sets and identifiers of an
extract. The raw table, its Dagster asset, its first gate and dbt's source entry are all made
from it, so adding an extract means adding a contract and its staging model.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from orchestration.settings import PROJECT
from orchestration.yaml_files import read_yaml

CONTRACTS = PROJECT / "expectations" / "extracts"

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]


NOTE_AT_THE_END = re.compile(r"\s*\([^()]*\)\s*$")


class InvalidContract(Exception):
    """A contract file does not say what a contract must say; the message names file and fault."""


class Handling(StrEnum):
    """What happens to a column's text before anything is stored.

    ``restrict`` is for words that people write: they stay inside, and nothing that is released may
    hold them. Those of and about a person stay in the warehouse; what staff write about a figure
    (story notes, actions, evidence of a self-evaluation) is in the internal file. ``locate`` is for
    a postcode: the small area it lies in is kept, as the landed directory of postcodes has it, and
    nothing where none is landed.
    """

    KEEP = "keep"
    PSEUDONYMISE = "pseudonymise"
    RESTRICT = "restrict"
    LOCATE = "locate"
    DROP = "drop"


class Form(StrEnum):
    """How an extract may arrive. A table is a CSV file, a sheet of a workbook or a Parquet file."""

    TABLE = "table"
    XML = "xml"


class Covers(StrEnum):
    """What a file is about, and so which earlier file of the same extract a newer one replaces.

    A return replaces that of its year, a monthly list that of its month. A system that is exported
    whole every time replaces whatever it sent before.
    """

    YEAR = "year"
    MONTH = "month"
    EVERYTHING = "everything"


class Column(BaseModel):
    """One column of an extract: where it stands in the file and what it becomes.

    ``headers`` are the headings it has in a table, and the elements that hold it in XML, as paths
    from the element that makes the row: ``Assessment/Date`` further in, ``../HEADER/CHILDID`` in
    the element around it. ``*`` takes every heading no other column knows, as a map from heading to
    text. A ``list`` is a cell of several values, separated by ``|`` or written as a JSON list.
    ``json_key`` takes one key of a cell that holds a JSON object; a key that systems spell in two
    ways is given with ``|`` between them. ``several`` says which of two dates counts where a cell
    holds both, a line each. ``ignores`` is what systems write differently around the same
    identifier: it is left out before the pseudonym is made.

    ``between`` names two columns with postcodes: where the cell is empty, the miles between them
    in a straight line stand in it, worked out while the postcodes are at hand.

    ``required`` means that a row without it cannot be loaded: the row goes to quarantine, and a
    file without the column is refused. ``guards_row`` is for an optional column whose unreadable
    content would change the meaning of the row if it were emptied, as with the end date of a
    spell: the row goes to quarantine rather than being read as still open.

    ``belongs_to`` is for a row that does not say whose it is: the ``extract.column`` in which its
    record stands with a child's number. Where that row goes, because the child is erased, this one
    goes too.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Identifier
    headers: tuple[str, ...] = ()
    type: str = Field(
        default="text", pattern="^(text|code|date|datetime|integer|decimal|boolean|list|map)$"
    )
    description: str
    required: bool = False
    guards_row: bool = False
    codes: str | None = None
    handling: Handling = Handling.KEEP
    namespace: Identifier | None = None
    takes: str | None = None
    json_key: str | None = None
    several: str | None = Field(default=None, pattern="^(latest|earliest)$")
    ignores: str | None = None
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    between: tuple[Identifier, Identifier] | None = None
    position_of: Identifier | None = None
    parent: Identifier | None = None
    belongs_to: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")
    since: int | None = None
    until: int | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "Column":
        if self.type == "code" and not self.codes:
            raise ValueError(f"column {self.name}: a code needs the code set it is drawn from")
        if (self.handling is Handling.PSEUDONYMISE) != (self.namespace is not None):
            raise ValueError(f"column {self.name}: pseudonymise and namespace go together")
        if not self.headers and not self.position_of:
            raise ValueError(f"column {self.name}: no heading or element says where it is")
        if (self.type == "map") != ("*" in self.headers):
            raise ValueError(
                f"column {self.name}: a map takes the heading '*', and nothing else does"
            )
        return self

    @property
    def heading_keys(self) -> frozenset[str]:
        """The keys of the headings it may stand under in a table."""
        return frozenset(heading_key(header) for header in self.headers) - {""}

    @property
    def is_stored(self) -> bool:
        """Whether the raw table has this column at all."""
        return self.handling is not Handling.DROP


class ExtractContract(BaseModel):
    """One extract: its file, its grain and its columns.

    ``forms`` are the ways it may arrive. ``covers`` says which earlier file a newer one replaces;
    where several systems send the same extract, ``sender_in`` names the column that tells them
    apart, and each replaces its own. ``authority_in`` and ``dated_by`` are columns whose value is
    the same in every row: whose the file is, and the day it was exported. ``year_ends_in`` is the
    month whose last day ends the year of a return. ``means_empty`` are words that suppliers write
    into a cell they have nothing for.

    ``period_dates`` are the dates of what happened or was open in the file's year: they show which
    year that is where nothing else does, and whether the year that is said is the right one.
    ``recognised_by`` are headings a file must have to be taken for this extract, where other files
    share most of its headings; for the header of an XML message, the collections it may name.
    ``has_free_text`` says that a cell may hold line ends; elsewhere one is the mark of a stray
    quotation mark, and the row goes to quarantine. ``path`` is the element that makes a row, in
    XML; where several extracts share an element, ``present_if`` are the columns of which one has to
    be filled for the element to be a row of this one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    extract: Identifier
    family: Identifier
    forms: tuple[Form, ...] = Field(min_length=1)
    title: str
    description: str
    source: str
    file_patterns: tuple[str, ...] = ()
    recognised_by: tuple[str, ...] = ()
    since: int | None = None
    path: str | None = None
    present_if: tuple[Identifier, ...] = ()
    covers: Covers = Covers.YEAR
    authority_in: Identifier | None = None
    dated_by: Identifier | None = None
    sender_in: Identifier | None = None
    year_ends_in: int = Field(default=3, ge=1, le=12)
    means_empty: tuple[str, ...] = ()
    grain: tuple[Identifier, ...]
    period_dates: tuple[Identifier, ...] = ()
    is_reference: bool = False
    has_free_text: bool = False
    columns: tuple[Column, ...]

    @model_validator(mode="after")
    def _is_whole(self) -> "ExtractContract":
        names = [column.name for column in self.columns]
        single = {self.authority_in, self.dated_by, self.sender_in} - {None}
        unknown = {*self.grain, *self.period_dates, *self.present_if, *single} - set(names)
        ends = {end for column in self.columns for end in column.between or ()}
        located = {c.name for c in self.columns if c.handling is Handling.LOCATE}
        if ends - located:
            raise ValueError("a distance is between columns that are located")
        if unknown:
            names_unknown = sorted(str(name) for name in unknown)
            raise ValueError(
                f"grain, period_dates and the like name unknown columns: {names_unknown}"
            )
        if len(set(names)) != len(names):
            raise ValueError("two columns have the same name")
        if (Form.XML in self.forms) != (self.path is not None):
            raise ValueError("an XML extract, and no other, has the path of the element of a row")
        return self

    @property
    def table(self) -> str:
        """The raw table the extract is loaded into, with its schema."""
        return f"raw.{self.extract}"

    @property
    def headings(self) -> frozenset[str]:
        """The keys of every heading the contract knows; see ``heading_key``."""
        return frozenset(key for column in self.columns for key in column.heading_keys)

    @property
    def others(self) -> Column | None:
        """The column that takes every heading no other column knows, where there is one."""
        return next((column for column in self.columns if column.type == "map"), None)

    @property
    def required_columns(self) -> tuple[Column, ...]:
        """The columns without which a file cannot be read."""
        return tuple(column for column in self.columns if column.required and column.headers)


def heading_key(heading: str) -> str:
    """A heading by what people do not change about it: letters, digits and ``%``, in upper case.

    Exports differ in case, spaces, line ends, full stops and underscores. ``#2`` stays, which
    marks a heading that stands in a file for the second time.
    """
    plain = unicodedata.normalize("NFKC", heading).upper()
    return re.sub(r"[^A-Z0-9%#]", "", plain)


def heading_keys(written: Iterable[str]) -> tuple[str, ...]:
    """The keys of a file's headings in their order; a repeated one is followed by its number."""
    keys: list[str] = []
    met: dict[str, int] = {}
    for heading in written:
        key = heading_key(heading).replace("#", "")
        met[key] = met.get(key, 0) + 1
        keys.append(key if met[key] == 1 or not key else f"{key}#{met[key]}")
    return tuple(keys)


def without_note(heading: str) -> str:
    """A heading without the bracketed note at its end: Date of birth (dd/mm/yyyy)."""
    return NOTE_AT_THE_END.sub("", heading)


def load_contracts(folder: Path) -> dict[str, ExtractContract]:
    """Every contract of a folder by the name of its extract, in alphabetical order.

    Raises:
        InvalidContract: a file is not valid YAML, breaks a rule above, or is not named for the
            extract it describes.
    """
    contracts: dict[str, ExtractContract] = {}
    for file in sorted(folder.glob("*.yml")):
        try:
            contract = ExtractContract.model_validate(read_yaml(file))
        except (ValueError, yaml.YAMLError) as error:
            raise InvalidContract(f"{file.name}: {error}") from error
        if contract.extract != file.stem:
            raise InvalidContract(f"{file.name} describes {contract.extract}: names must agree")
        contracts[contract.extract] = contract
    return contracts
