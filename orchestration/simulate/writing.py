"""Rows under a contract's own names → the file that a supplier of that extract would send.

What is written is a table of the database whose columns have the names of the contract. The
contract says under which heading or element each of them stands, and the family how dates, yes and
no and lists are spelled. A column of the table may instead be named for one of the headings or
elements that its contract knows, where a return changed them: ``"ChildIdentifiers/Sex"``. A column
that the table does not have is an empty one in a table, and no element in a message. The same rows
give the same bytes.
"""

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import xlsxwriter

from orchestration.contracts import Column, ExtractContract
from orchestration.describe import is_path

ROOTS = {"cin_census": "Message", "csww": "Message", "ssda903": "EXPSSDA903"}
# Elements that a message has once, whatever the number of its records.
ONCE = ("Header", "LALevelVacancies")
# Elements that stand around all the records of a kind.
AROUND = {"Child": "Children"}
# The order of the elements where the schema of a return asks for another than the contract's.
ORDER = {
    "CINdetails": (
        "CINreferralDate",
        "ReferralSource",
        "PrimaryNeedCode",
        "CINclosureDate",
        "ReasonForClosure",
        "DateOfInitialCPC",
        "Assessments",
        "CINPlanDates",
        "Section47",
        "ReferralNFA",
        "ChildProtectionPlans",
        "PreProceedingsandFGDM",
    )
}
DAY_FIRST = ("ssda903", "annex_a")
FLAGS = {"ssd": ("Y", "N")}
ROWS_AT_ONCE = 10_000
# Excel keeps the day a workbook was made; it must not differ from one run to the next.
MADE_ON = dt.datetime(2000, 1, 1)  # noqa: DTZ001


class UnknownColumns(Exception):
    """A table has columns that its contract has no heading for; the message names them."""


# ---- where a column stands ----


def heading_of(column: Column) -> str:
    """The heading a column has in a table; the elements of a message stand after it."""
    return next((h for h in column.headers if not is_path(h)), "")


def element_of(column: Column) -> str:
    """The element that holds a column in a message: its first path, else its last plain name."""
    paths = [h for h in column.headers if is_path(h)]
    names = [h for h in column.headers if re.fullmatch(r"[A-Za-z_][\w.-]*", h)]
    return next(iter(paths or reversed(names)))


def resolved(base: tuple[str, ...], path: str) -> tuple[str, ...]:
    """The elements from the root of a record to what a path leads to, from an element on."""
    steps = list(base)
    for step in path.split("/"):
        if step == "..":
            steps.pop()
        elif step != ".":
            steps.append(step)
    return tuple(steps)


def is_asked(item: Column | ExtractContract, year: int | None) -> bool:
    """Whether a return of a year has the column, or the extract at all."""
    until = item.until if isinstance(item, Column) else None
    return year is None or ((item.since or year) <= year <= (until or year))


@dataclass(frozen=True)
class _Cell:
    """A column of a contract in a file: where it stands and what of the table fills it."""

    column: Column
    place: str
    name: str = ""
    kind: str = ""


def _cells(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    contract: ExtractContract,
    place_of: Callable[[Column], str],
    year: int | None,
) -> tuple[list[_Cell], list[tuple[str, str]]]:
    """The cells of a contract in its order, and the columns of the table that it has no name for.

    Raises:
        UnknownColumns: there are such columns, and the contract takes no others.
    """
    described = connection.execute(f"describe select * from {relation}").fetchall()
    left = {name: kind for name, kind, *_ in described}
    cells: list[_Cell] = []
    for column in contract.columns:
        given = [name for name in dict.fromkeys((column.name, *column.headers)) if name in left]
        asked = is_asked(column, year)
        for name in given:
            kind = left.pop(name)
            place = place_of(column) if name == column.name else name
            if asked and place:
                cells.append(_Cell(column, place, name, kind))
        if not given and asked and (place := place_of(column)):
            cells.append(_Cell(column, place))
    if left and not contract.others:
        raise UnknownColumns(f"{contract.extract} has no column for {', '.join(sorted(left))}")
    return cells, list(left.items())


# ---- tables ----


def write_table(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    contract: ExtractContract,
    path: Path,
    form: str,
    *,
    year: int | None = None,
    without: Collection[str] = (),
) -> None:
    """A file with the rows of a table in its order.

    Args:
        connection: the database that has the table.
        relation: its name.
        contract: what it is an extract of.
        path: the file, which is written over.
        form: ``csv``, ``parquet`` or ``xlsx``.
        year: the return year, which says which columns there are.
        without: columns that this form does not have.

    Raises:
        UnknownColumns: the table has a column that the contract does not know.
    """
    if form == "xlsx":
        write_workbook(connection, [(path.stem[:31], relation, contract)], path, year=year)
        return
    typed = form == "parquet"
    select = _select(connection, relation, contract, year=year, typed=typed, without=without)
    options = "format parquet" if typed else "format csv, header"
    connection.execute(f"copy ({select}) to '{path}' ({options})")


def write_workbook(
    connection: duckdb.DuckDBPyConnection,
    sheets: Sequence[tuple[str, str, ExtractContract]],
    path: Path,
    *,
    year: int | None = None,
) -> None:
    """A workbook with a sheet for each name, table and contract, with dates as dates.

    Raises:
        UnknownColumns: a table has a column that its contract does not know.
    """
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        workbook.set_properties({"created": MADE_ON})
        formats = {
            dt.date: workbook.add_format({"num_format": "dd/mm/yyyy"}),
            dt.datetime: workbook.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"}),
        }
        for name, relation, contract in sheets:
            sheet = workbook.add_worksheet(name)
            found = connection.execute(
                _select(connection, relation, contract, year=year, typed=True, lists_typed=False)
            )
            sheet.write_row(0, 0, [column[0] for column in found.description or ()])
            for line, row in enumerate(_rows(found), 1):
                for place, value in enumerate(row):
                    if isinstance(value, dt.date):
                        sheet.write_datetime(line, place, value, formats[type(value)])
                    elif isinstance(value, bool):
                        sheet.write_boolean(line, place, value)
                    elif isinstance(value, int | float):
                        sheet.write_number(line, place, value)
                    elif value is not None:
                        sheet.write_string(line, place, str(value))


def _rows(found: duckdb.DuckDBPyConnection) -> Iterator[tuple[object, ...]]:
    while rows := found.fetchmany(ROWS_AT_ONCE):
        yield from rows


def _select(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    contract: ExtractContract,
    *,
    year: int | None,
    typed: bool,
    lists_typed: bool = True,
    without: Collection[str] = (),
) -> str:
    """The query of a table as it stands in a file, as text or with types where one column fills a
    cell; columns that share a heading share a cell."""
    cells, others = _cells(connection, relation, contract, heading_of, year)
    sharing: dict[str, list[_Cell]] = {}
    for cell in cells:
        if cell.column.type != "map" and cell.column.name not in without:
            sharing.setdefault(cell.place.upper(), []).append(cell)
    written: list[tuple[str, str]] = []
    for group in sharing.values():
        filled = [cell for cell in group if cell.name]
        is_alone = len(filled) == 1 and not filled[0].column.json_key
        if not filled:
            text = "cast(null as varchar)"
        elif typed and is_alone and (lists_typed or not filled[0].kind.endswith("[]")):
            text = f'"{filled[0].name}"'
        else:
            plain = [_text(c.name, c.kind, contract) for c in filled if not c.column.json_key]
            keyed = [cell for cell in filled if cell.column.json_key]
            parts = [*plain, *([_object(keyed, contract)] if keyed else [])]
            text = f"coalesce({', '.join(parts)})" if len(parts) > 1 else parts[0]
        written.append((group[0].place.partition("#")[0], text))
    written += [
        (name, f'"{name}"' if typed else _text(name, kind, contract)) for name, kind in others
    ]
    columns = ", ".join(f"{text} as {_named(heading)}" for heading, text in written)
    return f"select {columns} from {relation}"


def _named(heading: str) -> str:
    return '"' + heading.replace('"', '""') + '"'


def _text(name: str, kind: str, contract: ExtractContract, *, in_message: bool = False) -> str:
    """A column as text, in the ways of its family."""
    cell = f'"{name}"'
    if kind == "DATE":
        return f"strftime({cell}, '{_day_form(contract)}')"
    if kind.startswith("TIMESTAMP"):
        moment = "%Y-%m-%dT%H:%M:%S" if in_message else "%Y-%m-%d %H:%M:%S"
        return f"strftime({cell}, '{moment}')"
    if kind == "BOOLEAN":
        yes, no = FLAGS.get(contract.family, ("1", "0"))
        return f"case when {cell} then '{yes}' when not {cell} then '{no}' end"
    if kind.endswith("[]"):
        if contract.family in FLAGS:
            return f"cast(to_json({cell}) as varchar)"
        return f"array_to_string({cell}, '|')"
    if in_message and kind == "VARCHAR":
        return f"replace(replace({cell}, '&', '&amp;'), '<', '&lt;')"
    return f"cast({cell} as varchar)"


def _day_form(contract: ExtractContract) -> str:
    return "%d/%m/%Y" if contract.family in DAY_FIRST else "%Y-%m-%d"


def _object(cells: Sequence[_Cell], contract: ExtractContract) -> str:
    """A JSON object of the keys that columns are taken from; none where all of them are empty."""
    pairs = ", ".join(
        f"'{str(cell.column.json_key).partition('|')[0]}', {_in_json(cell, contract)}"
        for cell in cells
    )
    is_filled = " or ".join(f'"{cell.name}" is not null' for cell in cells)
    return f"case when {is_filled} then cast(json_object({pairs}) as varchar) end"


def _in_json(cell: _Cell, contract: ExtractContract) -> str:
    if cell.kind.endswith(("INT", "INTEGER", "DOUBLE")):
        return f'"{cell.name}"'
    return _text(cell.name, cell.kind, contract)


# ---- messages ----


def write_message(
    connection: duckdb.DuckDBPyConnection,
    relations: Mapping[str, str],
    contracts: Sequence[ExtractContract],
    path: Path,
    *,
    year: int | None = None,
) -> None:
    """A whole XML message: the rows of each table inside the row of the table they belong to.

    Args:
        connection: the database that has the tables.
        relations: the table of each extract. Those of extracts that stand inside another's element
            have the columns that number the elements around them (``cin_details_id``).
        contracts: the contracts of the family, of which those with a table are written.
        path: the file, which is written over.
        year: the return year, which says which elements there are.

    Raises:
        UnknownColumns: a table has a column that its contract does not know.
    """
    given = [c for c in contracts if c.path and c.extract in relations and is_asked(c, year)]
    # Of extracts that share an element, the one that has a row for each of them leads.
    given.sort(key=lambda c: (str(c.path).count("/"), bool(c.present_if), len(c.grain)))
    message = _Message(connection, relations, given, year)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("<?xml version='1.0' encoding='utf-8'?>\n")
        root = ROOTS[given[0].family]
        file.write(f"<{root}>\n")
        tops = list(dict.fromkeys(str(c.path).partition("/")[0] for c in given))
        for top in sorted(tops, key=lambda t: ONCE.index(t) if t in ONCE else len(ONCE)):
            around = AROUND.get(top)
            if around:
                file.write(f"<{around}>\n")
            for (text,) in _rows(connection.execute(message.records(top))):
                file.write(str(text))
            if around:
                file.write(f"</{around}>\n")
        file.write(f"</{root}>\n")


# What stands in an element: a text, or further elements.
_Tree = dict[str, "str | _Tree"]


class _Message:
    """Writes the queries of a message: each record becomes one text."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        relations: Mapping[str, str],
        contracts: Sequence[ExtractContract],
        year: int | None,
    ) -> None:
        self._connection = connection
        self._relations = relations
        self._year = year
        self._at: dict[tuple[str, ...], list[ExtractContract]] = {}
        for contract in contracts:
            self._at.setdefault(tuple(str(contract.path).split("/")), []).append(contract)

    def records(self, top: str) -> str:
        """The query of the records of one kind in the order of their table."""
        if (top,) in self._at:
            return f"select _xml from ({self._rows_at((top,))}) order by _place"
        # A record that is only its parts: the first of them, which every record has, leads.
        paths = [path for path in self._at if path[0] == top and len(path) == 2]
        leader = self._at[paths[0]][0]
        key = leader.grain[0]
        parts = " || ".join(f"coalesce(part_{n}._xml, '')" for n in range(len(paths)))
        joins = " ".join(
            f'left join ({self._grouped(path, (key,))}) as part_{n} using ("{key}")'
            for n, path in enumerate(paths)
        )
        return (
            f"select '<{top}>\n' || {parts} || '</{top}>\n' from ("
            f'select "{key}", rowid as _place from {self._relations[leader.extract]}) as records '
            f"{joins} order by records._place"
        )

    def _grouped(self, path: tuple[str, ...], keys: Sequence[str]) -> str:
        """The elements of a path, put together for each element that stands around them."""
        named = ", ".join(f'"{key}"' for key in keys)
        return (
            f"select {named}, string_agg(_xml, '' order by _place) as _xml "
            f"from ({self._rows_at(path)}) group by {named}"
        )

    def _rows_at(self, path: tuple[str, ...]) -> str:
        """Each row of a path with its place, its keys and its element as text."""
        leader, *beside = self._at[path]
        tree: _Tree = {}
        self._fill(tree, leader, path, "rows")
        joins = []
        for number, contract in enumerate(beside):
            self._fill(tree, contract, path, f"beside_{number}")
            joins.append(
                f"left join {self._relations[contract.extract]} as beside_{number} "
                f'on rows."{leader.grain[0]}" = beside_{number}."{contract.grain[0]}"'
            )
        inside = [p for p in self._at if len(p) > len(path) and self._around(p) == path]
        for number, inner in enumerate(inside):
            keys = [key for key in _keys(self._at[inner][0]) if key in _keys(leader)]
            _put(tree, inner[len(path) :], f"coalesce(inside_{number}._xml, '')", is_element=True)
            on = " and ".join(f'rows."{key}" = inside_{number}."{key}"' for key in keys)
            joins.append(f"left join ({self._grouped(inner, keys)}) as inside_{number} on {on}")
        tag = path[-1]
        own = tree.pop(".", None)
        content = str(own) if own else f"'\n' || {_rendered(tree, tag)}"
        keys_kept = ", ".join(f'rows."{key}"' for key in self._held(leader))
        return (
            f"select {keys_kept}{', ' if keys_kept else ''}rows.rowid as _place, "
            f"'<{tag}>' || {content} || '</{tag}>\n' as _xml "
            f"from {self._relations[leader.extract]} as rows {' '.join(joins)}"
        )

    def _around(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """The nearest element around a path that is a row of its own."""
        return max((p for p in self._at if p == path[: len(p)] and p != path), key=len, default=())

    def _held(self, contract: ExtractContract) -> list[str]:
        """The keys of a contract that its table has."""
        relation = self._relations[contract.extract]
        described = self._connection.execute(f"describe select * from {relation}").fetchall()
        names = {name for name, *_ in described}
        return [key for key in _keys(contract) if key in names]

    def _fill(
        self, tree: _Tree, contract: ExtractContract, path: tuple[str, ...], table: str
    ) -> None:
        """Put what a contract has for each element there, unless another contract fills it."""
        cells, _ = _cells(
            self._connection, self._relations[contract.extract], contract, _element, self._year
        )
        texts: dict[tuple[str, ...], list[str]] = {}
        for cell in cells:
            steps = resolved(path, cell.place)
            if cell.name and not cell.column.parent and steps[: len(path)] == path:
                text = _text(cell.name, cell.kind, contract, in_message=True)
                text = text.replace(f'"{cell.name}"', f'{table}."{cell.name}"')
                texts.setdefault(steps[len(path) :] or (".",), []).append(text)
        for within, told in texts.items():
            _put(tree, within, f"coalesce({', '.join(told)})" if len(told) > 1 else told[0])


def _keys(contract: ExtractContract) -> list[str]:
    """The columns that say which element a row belongs to."""
    return [
        column.name
        for column in contract.columns
        if column.parent or column.position_of or column.name == contract.grain[0]
    ]


def _element(column: Column) -> str:
    return "" if column.position_of else element_of(column)


def _put(tree: _Tree, steps: Sequence[str], text: str, *, is_element: bool = False) -> None:
    *around, last = steps
    for step in around:
        inner = tree.setdefault(step, {})
        if isinstance(inner, str):
            return
        tree = inner
    if is_element:
        tree[last] = {"": text}
    elif last not in tree:
        tree[last] = text


def _rendered(tree: _Tree, tag: str) -> str:
    """The text of what stands in an element; an element that holds nothing is left out."""
    order = ORDER.get(tag, ())
    names = sorted(tree, key=lambda n: order.index(n) if n in order else len(order))
    parts = []
    for name in names:
        inner = tree[name]
        if isinstance(inner, str):
            parts.append(f"coalesce('<{name}>' || {inner} || '</{name}>\n', '')")
        elif "" in inner:
            parts.append(str(inner[""]))
        else:
            within = f"nullif({_rendered(inner, name)}, '')"
            parts.append(f"coalesce('<{name}>\n' || {within} || '</{name}>\n', '')")
    return " || ".join(parts) or "''"


def materialised(
    connection: duckdb.DuckDBPyConnection, queries: Iterable[tuple[str, str]]
) -> dict[str, str]:
    """The rows of each query in a temporary table of its name, whose order is the query's."""
    tables = {}
    for name, query in queries:
        connection.execute(f"create or replace temp table {name} as {query}")
        tables[name] = name
    return tables
