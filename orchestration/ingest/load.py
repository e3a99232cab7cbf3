"""Landed files → ``raw.<extract>``, ``quality.extract_files`` and the rows that could not stand.

After a load the warehouse holds the rows of exactly the files that are in the landing folder:
the same files give the same rows, a file taken away takes its rows with it, and a file that has
not changed is not read again. Each file is loaded whole or not at all.
"""

import csv
import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.contracts import ExtractContract, Handling
from orchestration.ingest.conform import (
    MACROS,
    Conformed,
    comment_table,
    comments,
    conform,
    create_table,
    key_pads,
    raw_columns,
    typed_table,
)
from orchestration.ingest.erased import (
    Erased,
    WrongPseudonymKey,
    in_order,
    key_fingerprint,
    known,
    let_go,
    make_known,
)
from orchestration.ingest.landing import LandedFile, year_begins, year_ends
from orchestration.ingest.placing import placed_in_time
from orchestration.ingest.readers import MalformedRows
from orchestration.ingest.refusals import RefusedFile, kept_inside, refuse_wrong_year
from orchestration.ingest.register import (
    TABLES,
    Counts,
    list_schema_changes,
    mark_superseded,
    prepare_register,
    register_columns,
    register_loaded,
    register_refused,
)
from orchestration.ingest.texts import ExtractText, drop_tables, take_in

# Inspection lists write their codes as "a) Male".
LETTERED = re.compile(r"([a-z])\) (.+)")
# Our own code sets are words in lower case; those of returns are capitals or numbers.
OWN_CODE = re.compile(r"[a-z]{2,}[a-z0-9]*(_[a-z0-9]+)*")
# The directory of postcodes: read before any file that holds a postcode.
POSTCODES = "reference__postcodes"
# Part of what a loaded file is known by: raised when the reader would give other rows, or say other
# things of them.
READER_VERSION = "4"


@dataclass(frozen=True)
class CodeSets:
    """Codes by set, in upper case, with what is stored for each."""

    sets: Mapping[str, Mapping[str, str]]

    @classmethod
    def read(cls, folder: Path) -> "CodeSets":
        """The code sets of ``seeds/codes``, with the other spellings that each is met in.

        A yes or no is stored as true or false. Inspection lists, whose codes are a letter, a
        bracket and words, are met as any part of that and as the label; the lists of our own
        extracts, which are lower case words, with spaces or hyphens between them and as the label.
        """
        sets: dict[str, dict[str, str]] = {}
        others: list[tuple[dict[str, str], str, str]] = []
        for row in _rows(folder / "codes.csv"):
            kept = row["code_group"] if row["code_set"] == "boolean_flag" else row["code"]
            codes = sets.setdefault(row["code_set"], {})
            codes[row["code"].upper()] = kept
            others.extend((codes, spelling.upper(), kept) for spelling in _met_as(row))
        for row in _rows(folder / "spellings.csv"):
            sets[row["code_set"]].setdefault(row["spelling"].strip().upper(), row["code"])
        # What is written down goes before what the rules say.
        for codes, spelling, kept in others:
            codes.setdefault(spelling, kept)
        return cls(sets)

    def make_known(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Write them to ``temp.known_codes``, where cells are looked up."""
        listed = [
            (code_set, spelling, kept)
            for code_set, codes in self.sets.items()
            for spelling, kept in codes.items()
        ]
        names = ("code_set", "spelling", "kept")
        rows = pa.table(dict(zip(names, zip(*listed, strict=True), strict=True)))
        connection.register("listed_codes", rows)
        connection.execute("create or replace temp table known_codes as select * from listed_codes")
        connection.unregister("listed_codes")


def _met_as(row: Mapping[str, str]) -> tuple[str, ...]:
    """Other ways in which a code is written, where its list has a rule for it."""
    code, label = row["code"], row["label"]
    if match := LETTERED.fullmatch(code):
        return match[1], f"{match[1]})", match[2], label
    if OWN_CODE.fullmatch(code):
        return code.replace("_", " "), code.replace("_", "-"), label
    return ()


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@dataclass(frozen=True)
class Night:
    """What a load needs to know besides the files."""

    contracts: Mapping[str, ExtractContract]
    codes: CodeSets
    pseudonym_key: bytes
    as_at_date: dt.date
    erased: frozenset[Erased] = frozenset()
    """Whose rows are let go, whatever file they come in."""
    postcodes: str = ""
    """The hashes of the landed directories of postcodes: with another one, addresses lie in other
    small areas. ``load_files`` finds them out."""


def load_files(
    connection: duckdb.DuckDBPyConnection, landed: Sequence[LandedFile], night: Night
) -> frozenset[Erased]:
    """Bring raw and quality tables in line with the landed files.

    Returns:
        Who is erased: those of the night, and the records of theirs that the files have shown.

    Raises:
        WrongPseudonymKey: the warehouse was made with another key.
    """
    _prepare(connection, night)
    placed = _with_duplicates_marked(placed_in_time(connection, landed, night.as_at_date))
    directories = [file for file in placed if _holds(file, POSTCODES)]
    night = replace(night, postcodes=" ".join(sorted(file.sha256 for file in directories)))
    registered = _registered(connection)
    _forget_absent(connection, placed, night, registered)
    new = [file for file in placed if not _is_already_there(file, night, registered)]
    _load_new(connection, [file for file in new if file in directories], night)
    _load_new(connection, [file for file in new if file not in directories], night)
    mark_superseded(connection)
    list_schema_changes(connection)
    return known(connection)


def _holds(file: LandedFile, extract: str) -> bool:
    return any(contract.extract == extract for contract in file.contracts)


def _load_new(
    connection: duckdb.DuckDBPyConnection, new: Sequence[LandedFile], night: Night
) -> None:
    # The directory of the country has millions of postcodes: not on a night that looks none up.
    if any(_is_located(contract) for file in new for contract in file.contracts):
        _make_postcodes_known(connection, night)
    if night.erased:
        # What names a record and not a child comes after that record.
        steps = in_order(night.contracts)
        new = sorted(
            new, key=lambda file: max((steps[c.extract] for c in file.contracts), default=0)
        )
    for file in new:
        _load_file(connection, file, night)


def _is_located(contract: ExtractContract) -> bool:
    """Whether a postcode is looked up in any of its rows."""
    return any(column.handling is Handling.LOCATE for column in contract.columns)


def _make_postcodes_known(connection: duckdb.DuckDBPyConnection, night: Night) -> None:
    """Write the landed directories to ``temp.known_postcodes``; the newest that has a postcode
    says where it lies, by the day in its name, else by its name."""
    connection.execute(
        "create or replace temp table known_postcodes "
        "(spelling varchar, lies_in varchar, easting bigint, northing bigint)"
    )
    if night.postcodes:
        connection.execute(
            f"""
            insert into known_postcodes
            select spelling, place.small_area_code, place.easting, place.northing
            from (
                select
                    upper(replace(places.postcode, ' ', '')) as spelling,
                    max_by(
                        struct_pack(
                            small_area_code := places.small_area_code,
                            easting := places.easting,
                            northing := places.northing
                        ),
                        (coalesce(files.exported_date, date '1900-01-01'), files.file_name)
                    ) as place
                from raw.{POSTCODES} as places
                inner join quality.extract_files as files
                    on places._file_sha256 = files.file_sha256 and files.extract = '{POSTCODES}'
                group by all
            )
            """
        )


# ---- before any file ----


def prepare_reading(connection: duckdb.DuckDBPyConnection, night: Night) -> None:
    """Everything that rows are typed with; the postcodes are those of the night's directories."""
    connection.execute(MACROS)
    night.codes.make_known(connection)
    make_known(connection, night.erased)
    _make_postcodes_known(connection, night)


def _prepare(connection: duckdb.DuckDBPyConnection, night: Night) -> None:
    prepare_reading(connection, night)
    connection.execute("create schema if not exists raw")
    prepare_register(connection)
    check_key(connection, night.pseudonym_key)
    there: dict[str, list[tuple[str, str, str]]] = {}
    for table, *column in connection.execute(
        "select table_name, column_name, lower(data_type), coalesce(comment, '') "
        "from duckdb_columns() where schema_name = 'raw' order by table_name, column_index"
    ).fetchall():
        there.setdefault(table, []).append((column[0], column[1], column[2]))
    # Together: a lake writes a snapshot for each transaction.
    connection.execute("begin")
    for contract in night.contracts.values():
        _prepare_raw(connection, contract, there.get(contract.extract, []))
    connection.execute("commit")


def check_key(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Nothing, where the warehouse was made with this key, or is new.

    Raises:
        WrongPseudonymKey: it was made with another.
    """
    fingerprint = key_fingerprint(key)
    connection.execute("create table if not exists quality.pseudonym_keys (fingerprint varchar)")
    known = connection.execute("select fingerprint from quality.pseudonym_keys").fetchone()
    if known is None:
        connection.execute("insert into quality.pseudonym_keys values (?)", [fingerprint])
    elif known[0] != fingerprint:
        raise WrongPseudonymKey(
            "The warehouse was made with another OUTCOMES_PSEUDONYM_KEY: with this one every child "
            "would become somebody else. Give the earlier key, or move the warehouse folder away "
            "to begin again from the landed files."
        )


def _prepare_raw(
    connection: duckdb.DuckDBPyConnection,
    contract: ExtractContract,
    there: Sequence[tuple[str, str, str]],
) -> None:
    """The raw table as the contract has it now; a changed contract means reading again."""
    if there and [column[:2] for column in there] != raw_columns(contract):
        connection.execute(f"drop table {contract.table}")
        connection.execute(
            "update quality.extract_files set contract_fingerprint = '' where extract = ?",
            [contract.extract],
        )
        there = ()
    if not there:
        connection.execute(create_table(contract))
    if comments(contract) != {name: comment for name, _, comment in there if comment}:
        for statement in comment_table(contract):
            connection.execute(statement)


def _with_duplicates_marked(landed: Sequence[LandedFile]) -> list[LandedFile]:
    """The same content for the same authority and period is loaded once, under its first name.

    A module without a row is the same file every year: each year's counts as supplied.
    """
    first: dict[tuple[str, str, str, str], str] = {}
    marked = []
    for file in landed:
        sheet = file.layout.sheet if file.layout else ""
        key = (file.sha256, sheet, file.local_authority_code, file.period)
        if not file.refusal and key in first:
            reason = f"The same content as {kept_inside(first[key])}."
            file = replace(file, contracts=(), refusal=reason, is_duplicate=True)
        elif not file.refusal:
            first[key] = file.name
        marked.append(file)
    return marked


# ---- what is there already, and what is gone ----


def _fingerprint(contract: ExtractContract, night: Night) -> str:
    """Of everything that decides what a file's rows become, apart from the file."""
    codes = [
        sorted(night.codes.sets.get(column.codes or "", {}).items()) for column in contract.columns
    ]
    told = f"{READER_VERSION}|{contract.model_dump_json()}|{codes}"
    if _is_located(contract):
        told += f"|{night.postcodes}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


# Of a file: its name, hash, authority and year; the extracts it was loaded as, and how.
Registered = Mapping[tuple[str, str, str, int | None], list[tuple[str, str]]]


def _registered(connection: duckdb.DuckDBPyConnection) -> Registered:
    """What was loaded on earlier nights, asked once: there may be thousands of files."""
    found: dict[tuple[str, str, str, int | None], list[tuple[str, str]]] = {}
    for *file, extract, how in connection.execute(
        "select file_name, file_sha256, local_authority_code, return_year, extract, "
        "contract_fingerprint from quality.extract_files "
        "where status in ('loaded', 'superseded') order by all"
    ).fetchall():
        found.setdefault((file[0], file[1], file[2], file[3]), []).append((extract, how))
    return found


def _is_already_there(file: LandedFile, night: Night, registered: Registered) -> bool:
    if file.refusal:
        return False
    key = (file.name, file.sha256, file.local_authority_code, file.return_year)
    wanted = [(contract.extract, _fingerprint(contract, night)) for contract in file.contracts]
    return registered.get(key, []) == sorted(wanted)


def _forget_absent(
    connection: duckdb.DuckDBPyConnection,
    landed: Sequence[LandedFile],
    night: Night,
    registered: Registered,
) -> None:
    """Take out the rows of every file that is no longer landed, or would be read differently."""
    stay = {file.name for file in landed if _is_already_there(file, night, registered)}
    names = connection.execute("select distinct file_name from quality.extract_files").fetchall()
    for (name,) in names:
        if name not in stay:
            _forget(connection, name, night)


def _forget(connection: duckdb.DuckDBPyConnection, name: str, night: Night) -> None:
    connection.execute("begin")
    loaded = connection.execute(
        "select extract, file_sha256, local_authority_code, return_year "
        "from quality.extract_files where file_name = ? and status in ('loaded', 'superseded')",
        [name],
    ).fetchall()
    for extract, sha256, authority, year in loaded:
        if extract in night.contracts:
            connection.execute(
                f"delete from raw.{extract} where _file_sha256 = ? and local_authority_code = ? "
                "and return_year is not distinct from ?",
                [sha256, authority, year],
            )
    for table in TABLES:
        connection.execute(f"delete from {table} where file_name = ?", [name])
    connection.execute("commit")


# ---- one file ----


@dataclass(frozen=True)
class _Read:
    """One extract of a file, typed and counted in ``typed_<extract>`` and not yet stored."""

    text: ExtractText
    statements: Conformed
    counts: Counts
    erased: int

    @property
    def contract(self) -> ExtractContract:
        """The contract it was read by."""
        return self.text.contract


def _load_file(connection: duckdb.DuckDBPyConnection, file: LandedFile, night: Night) -> None:
    """Load one file whole, or refuse it whole.

    Only what is kept is written in a transaction: DuckDB reads a table that is not committed yet
    with one thread, which makes typing half as fast.
    """
    if file.refusal:
        register_refused(connection, file, file.refusal)
        return
    try:
        read = [_conform(connection, file, text, night) for text in take_in(connection, file)]
        _check_year(file, [extract.counts for extract in read])
    except RefusedFile as refused:
        register_refused(connection, file, str(refused))
    else:
        connection.execute("begin")
        for extract in read:
            _store(connection, file, extract, _fingerprint(extract.contract, night))
        connection.execute("commit")
    drop_tables(connection, file)


def _conform(
    connection: duckdb.DuckDBPyConnection, file: LandedFile, text: ExtractText, night: Night
) -> _Read:
    """Type the rows of one extract and count them."""
    statements = type_rows(connection, file, text.contract, night)
    gone = let_go_of_erased(connection, file, text.contract, night)
    return _Read(text, statements, _counted(connection, file, text.contract), len(gone))


def type_rows(
    connection: duckdb.DuckDBPyConnection,
    file: LandedFile,
    contract: ExtractContract,
    night: Night,
) -> Conformed:
    """Put the rows of one extract, typed, into ``typed_<extract>``; the statements for the rest."""
    statements = conform(contract)
    given: dict[str, object] = {}
    if statements.takes_key:
        inner, outer = key_pads(night.pseudonym_key)
        given = {"inner_key": inner, "outer_key": outer}
    if statements.takes_key or statements.takes_authority:
        given["authority"] = file.local_authority_code
    connection.execute(statements.type_rows, given)
    return statements


def let_go_of_erased(
    connection: duckdb.DuckDBPyConnection,
    file: LandedFile,
    contract: ExtractContract,
    night: Night,
) -> list[int]:
    """Take the rows of those who were erased out of the typed rows; their row numbers."""
    if not night.erased:
        return []
    return let_go(
        connection, contract, night.contracts, file.local_authority_code, night.pseudonym_key
    )


def _store(
    connection: duckdb.DuckDBPyConnection,
    file: LandedFile,
    extract: _Read,
    fingerprint: str,
) -> None:
    """Put the rows of one extract where they belong, and enter it in the register."""
    contract, statements = extract.contract, extract.statements
    known = {"authority": file.local_authority_code, "file_sha256": file.sha256}
    dated = {"return_year": file.return_year, "exported_date": file.exported_date}
    named = {**known, "file_name": file.name, "extract": contract.extract}
    # Only where there are any: after an insert of no rows DuckDB 1.5 loses a large one in the same
    # transaction.
    if extract.counts.loaded:
        connection.execute(statements.accept_rows, {**known, **dated})
    if extract.counts.quarantined:
        connection.execute(
            f"insert into quality.quarantined_rows {statements.quarantine_rows}", named
        )
    if extract.counts.with_emptied_cells:
        connection.execute(f"insert into quality.emptied_cells {statements.empty_cells}", named)
    lost = _quarantine_malformed(connection, file, contract, extract.text.malformed)
    register_loaded(
        connection, file, extract.text, fingerprint, extract.counts, lost, extract.erased
    )
    register_columns(connection, file, extract.text, typed_table(contract))


def _counted(
    connection: duckdb.DuckDBPyConnection, file: LandedFile, contract: ExtractContract
) -> Counts:
    dates = ", ".join(contract.period_dates)
    inside = " or ".join(
        f"coalesce({name} between year_start and year_end, false)" for name in contract.period_dates
    )
    year, ends_in = file.return_year or 2000, contract.year_ends_in
    row = connection.execute(
        f"""
        with counted as (
            select
                *,
                {f"greatest({dates})" if dates else "cast(null as date)"} as latest,
                {f"least({dates})" if dates else "cast(null as date)"} as earliest,
                $begins as year_start,
                $ends as year_end
            from {typed_table(contract)}
        )

        select
            count(*) filter (not _is_blank),
            count(*) filter (not _is_blank and not _is_quarantined),
            count(*) filter (not _is_blank and _is_quarantined),
            count(*) filter (_is_blank),
            count(*) filter (not _is_blank and not _is_quarantined and len(_faults) > 0),
            count(latest),
            count(*) filter ({inside or "false"}),
            count(*) filter (earliest > year_end)
        from counted
        """,
        {"begins": year_begins(year, ends_in), "ends": year_ends(year, ends_in)},
    ).fetchone()
    assert row is not None
    return Counts(*row)


def _check_year(file: LandedFile, counts: Sequence[Counts]) -> None:
    if file.return_year is not None and file.return_year_source != "inferred":
        ends = year_ends(file.return_year, file.contracts[0].year_ends_in)
        refuse_wrong_year(
            file.return_year,
            f"{ends:%d %B}",
            sum(count.dated for count in counts),
            sum(count.inside_year for count in counts),
            sum(count.after_year for count in counts),
        )


def _quarantine_malformed(
    connection: duckdb.DuckDBPyConnection,
    file: LandedFile,
    contract: ExtractContract,
    malformed: MalformedRows,
) -> int:
    """List every line of the rows that could not be taken apart; how many lines those are."""
    if not malformed.lines:
        return 0
    lines = {"line_number": malformed.lines, "reason": malformed.reasons}
    connection.register("malformed", pa.table(lines))
    connection.execute(
        "insert into quality.quarantined_rows select $file_sha256, $file_name, $extract, "
        "$authority, line_number, '', reason from malformed",
        {
            "file_sha256": file.sha256,
            "file_name": file.name,
            "extract": contract.extract,
            "authority": file.local_authority_code,
        },
    )
    connection.unregister("malformed")
    return len(malformed.lines)


def count_rows(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """How many rows a table has."""
    row = connection.execute(f"select count(*) from {table}").fetchone()
    return int(row[0]) if row else 0
