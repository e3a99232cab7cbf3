"""Text and a contract → typed rows, rows that cannot stand, and cells that had to be emptied; pure.

The work is SQL that DuckDB runs over a whole file at once. This module only writes it: given a
contract it says which statements turn the table of text into typed columns, each with its fault
or none. A fault never carries the text of the cell.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from orchestration.contracts import Column, ExtractContract, Handling
from orchestration.database import quoted

SQL_TYPES = {
    "text": "varchar",
    "code": "varchar",
    "date": "date",
    "datetime": "timestamp",
    "integer": "bigint",
    "decimal": "double",
    "boolean": "boolean",
    "list": "varchar[]",
    "map": "map(varchar, varchar)",
}
PLACE_AND_TIME = {
    "local_authority_code": "Three-digit code of the authority the row is of",
    "return_year": "Year of the return, by the calendar year it ends in",
    "exported_date": "Day the file was made, where it says so",
}
METRES_IN_A_MILE = 1609.344
# What spreadsheets write under the last record, and what a file joined of two holds in between.
NO_RECORDS = ("TOTAL", "TOTALS", "GRAND TOTAL")

NO_FAULT = "struct_pack(column_name := '', reason := cast(null as varchar), stops_row := false)"

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
    -- Databases export a day with a time of day after it, mostly midnight; the day is what counts.
    as_written_date(case
        when contains(cell, ':') then regexp_replace(
            cell, '[ T]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?(Z|[+-]\d{2}:?\d{2})?$', '')
        else cell end));
create or replace temp macro as_dates(cell) as case
    -- Nothing, unless every line is a date.
    when contains(cell, chr(10)) then list_transform(
        case when list_bool_and(list_transform(
            string_split_regex(cell, '\s*\n\s*'), part -> as_date(part) is not null))
        then string_split_regex(cell, '\s*\n\s*') end,
        part -> as_date(part))
    else [as_date(cell)] end;
create or replace temp macro as_number(cell) as
    try_cast(case when regexp_full_match(cell, '[+-]?[\d,]*\.?\d+') then replace(cell, ',', '') end
        as double);
create or replace temp macro as_integer(cell) as case
    when as_number(cell) = trunc(as_number(cell)) then try_cast(as_number(cell) as bigint) end;
create or replace temp macro as_list(cell) as list_filter(
    list_transform(
        case
            when json_valid(cell) and cell[1] = '[' then json_extract_string(cell, '$[*]')
            -- An object of answers lists the keys that are answered with yes.
            when json_valid(cell) and cell[1] = '{' then list_filter(
                json_keys(cell),
                key -> upper(json_extract_string(cell, '$."' || key || '"'))
                    in ('Y', 'YES', 'TRUE', '1'))
            else string_split(cell, '|') end,
        part -> trimmed(part)),
    part -> part is not null);
create or replace temp macro as_code(cell) as
    -- Exports write codes in any case, and 1 as 1.0.
    upper(without_decimals(cell));
create or replace temp macro before_label(cell) as case
    -- Systems write a code with its label after it: U1 - Foster placement, or U1: Foster placement.
    when contains(cell, ' - ') or contains(cell, ': ')
        then trim(regexp_extract(cell, '^(.*?)(?: - |: )', 1)) end;
create or replace temp macro as_pseudonym(inner_key, outer_key, authority, key_space, id) as
    -- What is the same for every identifier stands together, and is so put together once.
    sha256(outer_key || unhex(sha256(
        (inner_key || encode(authority || '|' || key_space || '|'))
        || encode(upper(without_decimals(id))))));
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
    takes_authority: bool


def key_pads(key: bytes) -> tuple[bytes, bytes]:
    """The inner and outer keys of HMAC-SHA256 (RFC 2104), so that SQL can compute the rest."""
    block = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def create_table(contract: ExtractContract) -> str:
    """The raw table of a contract: authority, year, the contract's columns, file and line."""
    columns = ",\n    ".join(f'"{name}" {kind}' for name, kind in raw_columns(contract))
    return f"create table if not exists {contract.table} (\n    {columns}\n)"


def raw_columns(contract: ExtractContract) -> list[tuple[str, str]]:
    """The columns of a raw table with their types: whose and of when, the contract's, file and
    line."""
    return [
        ("local_authority_code", "varchar"),
        ("return_year", "integer"),
        ("exported_date", "date"),
        *((column.name, stored_type(column)) for column in contract.columns if column.is_stored),
        ("_file_sha256", "varchar"),
        ("_row_number", "bigint"),
    ]


def comments(contract: ExtractContract) -> dict[str, str]:
    """What each column of the raw table holds, in the contract's words."""
    stored = [column for column in contract.columns if column.is_stored]
    return {**PLACE_AND_TIME, **{column.name: column.description for column in stored}}


def comment_table(contract: ExtractContract) -> list[str]:
    """Comments that carry the contract's descriptions to whoever opens the database."""
    return [f"comment on table {contract.table} is {quoted(contract.description)}"] + [
        f'comment on column {contract.table}."{name}" is {quoted(description)}'
        for name, description in comments(contract).items()
    ]


def text_table(contract: ExtractContract) -> str:
    """The temporary table of one extract's rows as text."""
    return f"text_{contract.extract}"


def typed_table(contract: ExtractContract) -> str:
    """The temporary table of one extract's rows with types and faults."""
    return f"typed_{contract.extract}"


def conform(contract: ExtractContract) -> Conformed:
    """The statements that type, accept and quarantine the rows of one extract.

    Codes are looked up in ``temp.known_codes``: code_set, spelling in upper case, and what is kept
    for it. Postcodes are looked up in ``temp.known_postcodes``: spelling without spaces in upper
    case, once each, the small area it lies in, and its grid reference in metres.
    """
    stored = [column for column in contract.columns if column.is_stored]
    by_value = [column for column in stored if _is_read_by_value(column, contract)]
    groups = {
        column.name: [c for c in by_value if leader(c, contract) == column.name]
        for column in by_value
        if leader(column, contract) == column.name
    }
    values = "".join(f"{_values(name, group, contract)},\n" for name, group in groups.items())
    joined = "".join(
        f'\n    left join "{name}_values" on rows."{name}" = "{name}_values"._written'
        for name in groups
    )
    cells = ",\n        ".join(
        f'{"" if column.name in groups else _cell(column, contract) + " as "}"{column.name}"'
        for column in stored
        if column.name in groups or column not in by_value
    )
    read = ",\n        ".join(
        _looked_up(column, contract) if column in by_value else _as_it_comes(column)
        for column in stored
    )
    is_filled = " or ".join(_filled(column) for column in stored if not column.position_of)
    # Plain text is taken as it comes, and nothing can be wrong with it.
    judged = [column for column in stored if column.required or column in by_value]
    faults = ",\n            ".join(_fault(column, contract) for column in judged) or NO_FAULT
    is_at_fault = " or ".join(_is_at_fault(column) for column in judged) or "false"
    stopping = [column for column in judged if _stops_row(column, contract)]
    is_quarantined = " or ".join(_is_lost(column) for column in stopping) or "false"
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
        takes_authority=contract.authority_in is not None,
        type_rows=f"""
create or replace temp table {typed_table(contract)} as
with {values}rows as (
    select
        _row_number,
        {cells}
    from {text_table(contract)}
),

read as (
    select
        rows._row_number,
        {read}
    from rows{joined}
)

select
    _row_number,
    not ({is_filled or "false"}) as _is_blank,
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
            f"insert into {contract.table} select $authority, $return_year, $exported_date, "
            f"{names}, $file_sha256, _row_number from {typed_table(contract)} "
            "where not _is_blank and not _is_quarantined"
        ),
        quarantine_rows=listed.format(who=who, which="_is_quarantined", stops="fault.stops_row"),
        empty_cells=listed.format(who=who, which="not _is_quarantined", stops="true"),
    )


def stored_type(column: Column) -> str:
    """The type of a column in the raw table."""
    return "varchar" if column.handling is Handling.PSEUDONYMISE else SQL_TYPES[column.type]


# ---- from cell to value ----


def _is_read_by_value(column: Column, contract: ExtractContract) -> bool:
    """Whether each different text of a column is read once, and not once a row.

    Dates, codes and children stand in many rows, and reading a text takes far longer than looking
    up what it was read as. Plain text is taken as it comes.
    """
    if column.type == "map":
        return False
    return (
        column.type != "text"
        or column.handling in (Handling.PSEUDONYMISE, Handling.LOCATE)
        or column.pattern is not None
        or leader(column, contract) != column.name
        or column.json_key is not None
        or column.name == contract.authority_in
    )


def leader(column: Column, contract: ExtractContract) -> str:
    """The column whose text a column is read from: the first key of a JSON cell speaks for all of
    them, and for the words that other systems write there, so that a cell is kept and taken apart
    once. Any other column speaks for itself."""
    keys = (
        other.name
        for other in contract.columns
        if other.is_stored and other.json_key and other.headers == column.headers
    )
    return next(keys, column.name)


def _values(name: str, columns: list[Column], contract: ExtractContract) -> str:
    """Each text of a column once: its value, whether there is any, and whether it is read; of a
    JSON cell the same for each of its keys."""
    read = f'(select distinct "{name}" as _written, "{name}" from {text_table(contract)})'
    # Step by step: a macro repeats what it is given as often as it looks at it.
    first = next(column for column in columns if column.name == name)
    for step in _steps(first, contract):
        read = f'(select _written, {step} as "{name}" from {read})'
    if first.json_key:
        read = _at_keys(name, columns, contract, read)
    elif first.type == "list" and first.codes:
        read += (
            ", (select map(list(spelling), list(kept)) as _codes "
            f"from temp.known_codes where code_set = {quoted(first.codes)})"
        )
    typed = ", ".join(f'"{c.name}", {_typed(c, contract)} as "_value_{c.name}"' for c in columns)
    judged = ",\n        ".join(
        f'"_value_{c.name}" as "{c.name}", "{c.name}" is not null as {_filled(c)}, '
        f"""{_is_unread(c, f'"{c.name}"', f'"_value_{c.name}"')} as {_unread(c)}"""
        for c in columns
    )
    return f""""{name}_values" as materialized (
    select
        _written,
        {judged}
    from (select _written, {typed} from {read})
)"""


def _at_keys(name: str, columns: list[Column], contract: ExtractContract, read: str) -> str:
    """The text at each key of a JSON cell, which is taken apart once, and the words where it is
    none.

    What should be a JSON object and is none is given as a character that nothing reads.
    """
    keys = [key for c in columns if c.json_key for key in c.json_key.split("|")]
    paths = ", ".join(quoted(f'$."{key}"') for key in keys)
    at = {key: f"_parts[{place}]" for place, key in enumerate(keys, start=1)}
    are_words = (
        "not starts_with(_text, '{')" if any(not c.json_key for c in columns) else "_text is null"
    )

    def part(column: Column) -> str:
        if not column.json_key:
            return (
                f"case when regexp_full_match(_text, {quoted(column.takes or '.*')}) then _text end"
            )
        found = ", ".join(at[key] for key in column.json_key.split("|"))
        return (
            f"case when _parts is not null then coalesce({found}, null) "
            f"when not ({are_words}) then chr(0) end"
        )

    parts = ", ".join(f'{part(column)} as "{column.name}"' for column in columns)
    read = (
        f'(select _written, "{name}" as _text, case when json_valid("{name}") and '
        f'"{name}"[1] = \'{{\' then json_extract_string("{name}", [{paths}]) end as _parts '
        f"from {read})"
    )
    read = f"(select _written, {parts} from {read})"
    for make in _to_text(contract):
        cells = ", ".join(f'{make(column)} as "{column.name}"' for column in columns)
        read = f"(select _written, {cells} from {read})"
    return read


def _looked_up(column: Column, contract: ExtractContract) -> str:
    """A column's value, by its text; no text is no value."""
    table = f'"{leader(column, contract)}_values"'
    value = f'{table}."{column.name}"'
    if column.between:
        value = f'coalesce({value}, {_miles(*column.between)}) as "{column.name}"'
    return (
        f"{value}, coalesce({table}.{_filled(column)}, false) as "
        f"{_filled(column)}, coalesce({table}.{_unread(column)}, false) as {_unread(column)}"
    )


def _miles(start: str, end: str) -> str:
    """Miles in a straight line between the postcodes in two cells; nothing where the directory does
    not say where either is."""
    from_, to = (f"upper(replace(trimmed(rows.\"{name}\"), ' ', ''))" for name in (start, end))
    return (
        "(select round(sqrt(pow(here.easting - there.easting, 2) "
        f"+ pow(here.northing - there.northing, 2)) / {METRES_IN_A_MILE}, 2) "
        "from temp.known_postcodes as here, temp.known_postcodes as there "
        f"where here.spelling = {from_} and there.spelling = {to})"
    )


def _as_it_comes(column: Column) -> str:
    """A column of plain text, or of all that no other column takes."""
    cell = f'rows."{column.name}"'
    if column.type == "map":
        return f"{cell}, coalesce(cardinality({cell}), 0) > 0 as {_filled(column)}"
    if not column.required:
        return f"{cell}, {cell} is not null as {_filled(column)}"
    value = _unless_heading(column, cell, cell)
    return (
        f'{value} as "{column.name}", {cell} is not null as {_filled(column)}, '
        f"{cell} is not null and {value} is null as {_unread(column)}"
    )


def _filled(column: Column) -> str:
    return f'"_is_filled_{column.name}"'


def _unread(column: Column) -> str:
    return f'"_is_unread_{column.name}"'


def _steps(column: Column, contract: ExtractContract) -> list[str]:
    """From a cell to its trimmed text, where it is this column's to read: expressions of the
    column's name, each over the one before."""
    cell = f'"{column.name}"'
    steps = [make(column) for make in _to_text(contract)]
    if column.takes:
        steps.append(f"case when regexp_full_match({cell}, {quoted(column.takes)}) then {cell} end")
    return steps


def _to_text(contract: ExtractContract) -> list[Callable[[Column], str]]:
    """Trimmed text, and nothing where it is a word that stands for nothing."""
    words = ", ".join(quoted(word.upper()) for word in contract.means_empty)
    steps: list[Callable[[Column], str]] = [lambda column: f'trimmed("{column.name}")']
    if words:
        steps.append(
            lambda column: (
                f'case when upper("{column.name}") not in ({words}) then "{column.name}" end'
            )
        )
    return steps


def _cell(column: Column, contract: ExtractContract) -> str:
    """The text of a cell that is taken as it comes."""
    cell = f'"{column.name}"'
    if column.type == "map":
        return cell
    for step in _steps(column, contract):
        cell = step.replace(f'"{column.name}"', cell)
    return cell


def _unless_heading(column: Column, cell: str, value: str) -> str:
    """A value, unless its cell repeats the heading or, for an identifier, sums up a column."""
    is_id = column.handling is Handling.PSEUDONYMISE
    words = {*(header.upper() for header in column.headers), *(NO_RECORDS if is_id else ())}
    listed = " or ".join(f"upper({cell}) = {quoted(word)}" for word in sorted(words))
    return f"case when not ({listed}) then {value} end"


def _typed(column: Column, contract: ExtractContract) -> str:
    """A cell's value, null where it cannot be read."""
    cell = f'"{column.name}"'
    if column.handling is Handling.PSEUDONYMISE:
        told = f"upper({cell})"
        if column.ignores:
            told = f"regexp_replace({told}, {quoted(column.ignores)}, '', 'g')"
        value = f"as_pseudonym($inner_key, $outer_key, $authority, '{column.namespace}', {told})"
        if column.pattern:
            return (
                f"case when regexp_full_match(upper({cell}), {quoted(column.pattern)}) "
                f"then {value} end"
            )
        return _unless_heading(column, cell, value) if column.required else value
    if column.handling is Handling.LOCATE:
        return (
            "(select lies_in from temp.known_postcodes "
            f"where spelling = upper(replace({cell}, ' ', '')))"
        )
    if column.name == contract.authority_in:
        return f"case when without_decimals({cell}) = $authority then {cell} end"
    if column.type == "code":
        return _choice(cell, column.codes)
    if column.type == "list":
        if not column.codes:
            return f"as_list({cell})"
        known = "coalesce(_codes[as_code(part)], _codes[before_label(as_code(part))])"
        listed = f"list_transform(as_list({cell}), part -> {known})"
        return f"list_filter({listed}, part -> part is not null)"
    if column.type == "text":
        if column.pattern:
            return f"case when regexp_full_match({cell}, {quoted(column.pattern)}) then {cell} end"
        return f"nullif({cell}, chr(0))"
    return _converted(column, cell)


def _converted(column: Column, cell: str) -> str:
    """A cell as a yes or no, a day or a number."""
    if column.type == "boolean":
        return f"cast({_choice(cell, 'boolean_flag')} as boolean)"
    if column.type == "date" and column.several:
        which = "list_max" if column.several == "latest" else "list_min"
        return f"{which}(as_dates({cell}))"
    if column.type == "date":
        return f"as_date({cell})"
    if column.type == "datetime":
        return f"try_cast({cell} as timestamp)"
    number = f"as_{'integer' if column.type == 'integer' else 'number'}({cell})"
    lowest = column.minimum if column.minimum is not None else "-1e15"
    highest = column.maximum if column.maximum is not None else "1e15"
    return f"case when {number} between {lowest} and {highest} then {number} end"


def _choice(cell: str, code_set: str | None) -> str:
    """What is kept for a code, null where its set does not have it."""
    kept, labelled = (
        "(select kept from temp.known_codes "
        f"where code_set = {quoted(code_set or '')} and spelling = {written})"
        for written in (f"as_code({cell})", f"before_label(as_code({cell}))")
    )
    return f"coalesce({kept}, {labelled})"


# ---- what is wrong ----


def _is_at_fault(column: Column) -> str:
    """Whether anything is wrong with a cell: most rows have no fault, and need no list of them."""
    return f'"{column.name}" is null' if column.required else _unread(column)


def _is_lost(column: Column) -> str:
    """Whether nothing is known of a cell without which its row cannot stand."""
    value = f'"{column.name}" is null'
    return value if column.required else f"({value} and {_filled(column)})"


def _is_unread(column: Column, cell: str, value: str) -> str:
    """Whether something is written that is not in the value."""
    if column.several:
        return f"{cell} is not null and ({value} is null or contains({cell}, chr(10)))"
    if column.type == "list":
        return f"{cell} is not null and len({value}) < len(as_list({cell}))"
    if column.handling is Handling.LOCATE:
        # Without a directory nothing can be said of a postcode.
        is_there = "(select count(*) > 0 from temp.known_postcodes)"
        return f"{cell} is not null and {value} is null and {is_there}"
    return f"{cell} is not null and {value} is null"


def _stops_row(column: Column, contract: ExtractContract) -> bool:
    """Whether a row can not stand without this column."""
    return column.required or column.guards_row or column.name == contract.authority_in


def _fault(column: Column, contract: ExtractContract) -> str:
    """What is wrong with a cell, if anything; and whether its row can stand without it."""
    stops = "true" if _stops_row(column, contract) else "false"
    empty = (
        f"when not {_filled(column)} then 'empty, and no row can stand without it'"
        if column.required
        else ""
    )
    complaint = (
        "names another authority" if column.name == contract.authority_in else _complaint(column)
    )
    return (
        f"struct_pack(column_name := '{column.name}', reason := case {empty} "
        f"when {_unread(column)} then {quoted(complaint)} end, stops_row := {stops})"
    )


def _complaint(column: Column) -> str:
    if column.several:
        return f"not a date, or several of which the {column.several} was kept"
    if column.handling is Handling.LOCATE:
        return "a postcode that the landed directory of postcodes does not hold"
    if column.pattern:
        return f"not of the form of {column.name}"
    if column.type == "code":
        return f"not in the code set {column.codes}"
    if column.type == "list":
        return f"holds a value that is not in the code set {column.codes}"
    return {
        "text": "not a JSON object" if column.json_key else "a heading or a total, not a record",
        "date": "not a date (dd/mm/yyyy or yyyy-mm-dd) between 1900 and 2100",
        "datetime": "not a date and time",
        "boolean": "not a yes or no (0, 1, true, false)",
    }.get(
        column.type,
        "not a number"
        if column.minimum is None
        else f"not a number from {column.minimum:g} to {column.maximum or 1e15:g}",
    )
