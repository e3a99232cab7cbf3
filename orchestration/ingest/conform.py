"""Text and a contract → typed rows, rows that cannot stand, and cells that had to be emptied; pure.

The work is SQL that DuckDB runs over a whole file at once. This module only writes it: given a
contract it says which statements turn the table of text into typed columns, each with its fault
or none. A fault never carries the text of the cell.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from orchestration.contracts import Column, ExtractContract, Handling

SQL_TYPES = {
    "text": "varchar",
    "code": "varchar",
    "date": "date",
    "datetime": "timestamp",
    "integer": "bigint",
    "decimal": "double",
    "boolean": "boolean",
}

# Every form that dates are met in; between numbers the day always comes first. Spreadsheets leave
# their day number, counted from the end of 1899, and a midnight that means nothing.
MACROS = r"""
create or replace temp macro trimmed(cell) as
    -- Spaces, tabs and line ends, the space that does not break (160) and the mark of byte order.
    -- Few cells have any: looking at both ends first is four times as fast.
    case
        when ord(cell) between 33 and 159 and ord(cell[-1]) between 33 and 159 then cell
        else nullif(trim(cell, ' ' || chr(9) || chr(10) || chr(11) || chr(12) || chr(13)
            || chr(160) || chr(65279)), '')
    end;
create or replace temp macro without_decimals(cell) as case
    when contains(cell, '.0') then regexp_replace(cell, '\.0+$', '') else cell end;
create or replace temp macro as_written_date(cell) as case
    -- The two forms that nearly all cells have, told apart without a regular expression.
    when cell like '__/__/____' then try_strptime(cell, '%d/%m/%Y')
    when cell like '____-__-__' then try_strptime(cell, '%Y-%m-%d')
    when regexp_full_match(cell, '\d{1,2}[/.-]\d{1,2}[/.-]\d{4}')
        then try_strptime(translate(cell, '.-', '//'), '%d/%m/%Y')
    when regexp_full_match(cell, '\d{4}-\d{1,2}-\d{1,2}')
        then try_strptime(cell, '%Y-%m-%d')
    when regexp_full_match(cell, '\d{1,2}[/.-]\d{1,2}[/.-]\d{2}')
        then try_strptime(translate(cell, '.-', '//'), '%d/%m/%y')
    when regexp_full_match(cell, '\d{1,2}[ -][A-Za-z]{3}[ -]\d{4}')
        then try_strptime(translate(cell, ' ', '-'), '%d-%b-%Y')
    when regexp_full_match(cell, '[2-6]\d{4}(\.0)?')
        then date '1899-12-30' + cast(without_decimals(cell) as integer)
    end;
create or replace temp macro in_living_memory(day) as case
    when day between date '1900-01-01' and date '2100-12-31' then cast(day as date) end;
create or replace temp macro as_date(cell) as in_living_memory(
    as_written_date(case
        when contains(cell, ':') then regexp_replace(cell, '[ T]00:00(:00(\.0+)?)?$', '')
        else cell end));
create or replace temp macro as_number(cell) as
    try_cast(case when regexp_full_match(cell, '[+-]?[\d,]*\.?\d+') then replace(cell, ',', '') end
        as double);
create or replace temp macro as_integer(cell) as case
    when as_number(cell) = trunc(as_number(cell)) then try_cast(as_number(cell) as bigint) end;
create or replace temp macro as_pseudonym(inner_key, outer_key, authority, key_space, id) as
    sha256(outer_key || unhex(sha256(inner_key || encode(
        authority || '|' || key_space || '|' || upper(without_decimals(id))))));
"""


@dataclass(frozen=True)
class Conformed:
    """The statements for one extract, in the order they run, over its table of text.

    ``text_<extract>`` holds ``_row_number`` and every stored column as text. ``typed_<extract>``
    gets the same rows typed, with ``_faults`` (a list of column, reason and whether it stops the
    row), ``_is_quarantined`` and ``_is_blank``. Parameters are ``$inner_key``, ``$outer_key`` and
    ``$authority``.
    """

    type_rows: str
    accept_rows: str
    quarantine_rows: str
    empty_cells: str
    takes_key: bool


def key_pads(key: bytes) -> tuple[bytes, bytes]:
    """The inner and outer keys of HMAC-SHA256 (RFC 2104), so that SQL can compute the rest."""
    block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def create_table(contract: ExtractContract) -> str:
    """The raw table of a contract: authority, year, the contract's columns, file and line."""
    columns = ",\n    ".join(
        f'"{column.name}" {stored_type(column)}' for column in contract.columns if column.is_stored
    )
    return (
        f"create table if not exists {contract.table} (\n"
        "    local_authority_code varchar not null,\n    return_year integer,\n"
        f"    {columns},\n    _file_sha256 varchar not null,\n    _row_number bigint not null\n)"
    )


def comment_table(contract: ExtractContract) -> list[str]:
    """Comments that carry the contract's descriptions to whoever opens the database."""
    comments = [f"comment on table {contract.table} is {quoted(contract.description)}"]
    return comments + [
        f'comment on column {contract.table}."{column.name}" is {quoted(column.description)}'
        for column in contract.columns
        if column.is_stored
    ]


def text_table(contract: ExtractContract) -> str:
    """The temporary table of one extract's rows as text."""
    return f"text_{contract.extract}"


def typed_table(contract: ExtractContract) -> str:
    """The temporary table of one extract's rows with types and faults."""
    return f"typed_{contract.extract}"


def conform(contract: ExtractContract, codes: Mapping[str, Mapping[str, str]]) -> Conformed:
    """The statements that type, accept and quarantine the rows of one extract.

    Args:
        contract: what the columns are.
        codes: for each code set, its codes in upper case and what is stored for them.
    """
    stored = [column for column in contract.columns if column.is_stored]
    cells = ",\n        ".join(f'{_cell(column)} as "{column.name}"' for column in stored)
    typed = ",\n        ".join(f'{_typed(column, codes)} as "{column.name}"' for column in stored)
    # Plain text is taken as it comes, and nothing can be wrong with it.
    judged = [
        column
        for column in stored
        if column.required or column.type != "text" or column.handling is not Handling.KEEP
    ]
    faults = ",\n            ".join(_fault(column) for column in judged)
    is_at_fault, is_quarantined = (
        " or ".join(_is_at_fault(column) for column in columns) or "false"
        for columns in (judged, [column for column in judged if _stops_row(column)])
    )
    values = " and ".join(f'"{column.name}" is null' for column in stored if not column.position_of)
    names = ", ".join(f'"{column.name}"' for column in stored)
    listed = (
        "select {who}, _row_number, fault.column_name, fault.reason from (\n"
        "    select _row_number, unnest(_faults) as fault\n"
        f"    from {typed_table(contract)} where not _is_blank and {{which}}\n"
        ") where {stops}"
    )
    who = "$file_sha256, $file_name, $extract, $authority"
    return Conformed(
        takes_key=any(column.handling is Handling.PSEUDONYMISE for column in stored),
        type_rows=f"""
create or replace temp table {typed_table(contract)} as
with cells as (
    select
        _row_number,
        {cells}
    from {text_table(contract)}
),

read as (
    select
        _row_number,
        {values} as _is_blank,
        struct_pack({", ".join(f'"{c.name}" := "{c.name}"' for c in stored)}) as written,
        {typed}
    from cells
)

select
    _row_number,
    _is_blank,
    {is_quarantined} as _is_quarantined,
    {names},
    case when {is_at_fault} then list_filter([
            {faults}
        ],
        fault -> fault.reason is not null
    ) else [] end as _faults
from read
""",
        accept_rows=(
            f"insert into {contract.table} select $authority, $return_year, {names}, "
            f"$file_sha256, _row_number from {typed_table(contract)} "
            "where not _is_blank and not _is_quarantined"
        ),
        quarantine_rows=listed.format(who=who, which="_is_quarantined", stops="fault.stops_row"),
        empty_cells=listed.format(who=who, which="not _is_quarantined", stops="true"),
    )


def quoted(text: str) -> str:
    """Text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def stored_type(column: Column) -> str:
    """The type of a column in the raw table."""
    return "varchar" if column.handling is Handling.PSEUDONYMISE else SQL_TYPES[column.type]


def _cell(column: Column) -> str:
    """The trimmed text of a cell, where the cell is this column's to read."""
    cell = f'trimmed("{column.name}")'
    if column.takes:
        return f"case when regexp_full_match({cell}, {quoted(column.takes)}) then {cell} end"
    return cell


def _typed(column: Column, codes: Mapping[str, Mapping[str, str]]) -> str:
    """A cell's value, null where it cannot be read."""
    cell = f'"{column.name}"'
    if column.handling is Handling.PSEUDONYMISE:
        pseudonym = (
            f"as_pseudonym($inner_key, $outer_key, $authority, '{column.namespace}', {cell})"
        )
        if column.pattern:
            return (
                f"case when regexp_full_match(upper({cell}), {quoted(column.pattern)}) "
                f"then {pseudonym} end"
            )
        return pseudonym
    if column.type == "code":
        return _choice(cell, codes[column.codes or ""])
    if column.type == "boolean":
        return f"cast({_choice(cell, codes['boolean_flag'])} as boolean)"
    if column.type == "date":
        return f"as_date({cell})"
    if column.type == "datetime":
        return f"try_cast({cell} as timestamp)"
    if column.type in ("integer", "decimal"):
        number = f"as_{'integer' if column.type == 'integer' else 'number'}({cell})"
        lowest = column.minimum if column.minimum is not None else "-1e15"
        highest = column.maximum if column.maximum is not None else "1e15"
        return f"case when {number} between {lowest} and {highest} then {number} end"
    return cell


def _choice(cell: str, codes: Mapping[str, str]) -> str:
    """A code as its set spells it; exports write codes in any case, and 1 as 1.0."""
    written = f"upper(without_decimals({cell}))"
    if all(code == kept for code, kept in codes.items()):
        listed = ", ".join(quoted(code) for code in codes)
        return f"case when {written} in ({listed}) then {written} end"
    listed = " ".join(f"when {quoted(code)} then {quoted(kept)}" for code, kept in codes.items())
    return f"case {written} {listed} end"


def _is_at_fault(column: Column) -> str:
    """Whether anything is wrong with a cell: most rows have no fault, and need no list of them."""
    empty = "true" if column.required else f'written."{column.name}" is not null'
    return f'("{column.name}" is null and {empty})'


def _stops_row(column: Column) -> bool:
    """Whether a row can not stand without this column."""
    return column.required or column.guards_row


def _fault(column: Column) -> str:
    """What is wrong with a cell, if anything; and whether its row can stand without it."""
    stops = "true" if _stops_row(column) else "false"
    written, value = f'written."{column.name}"', f'"{column.name}"'
    empty = (
        f"when {written} is null then 'empty, and no row can stand without it'"
        if column.required
        else ""
    )
    unread = f"when {written} is not null and {value} is null then {quoted(_complaint(column))}"
    return (
        f"struct_pack(column_name := '{column.name}', "
        f"reason := case {empty} {unread} end, stops_row := {stops})"
    )


def _complaint(column: Column) -> str:
    if column.handling is Handling.PSEUDONYMISE or column.pattern:
        return f"not of the form of {column.name}"
    if column.type == "code":
        return f"not in the code set {column.codes}"
    return {
        "date": "not a date (dd/mm/yyyy or yyyy-mm-dd) between 1900 and 2100",
        "datetime": "not a date and time",
        "boolean": "not a yes or no (0, 1, true, false)",
    }.get(
        column.type,
        "not a number"
        if column.minimum is None
        else f"not a number from {column.minimum:g} to {column.maximum or 1e15:g}",
    )
