"""A simulated world → the landing folder: every feed in its own real format, from one set of lives.

``feeds/<extract>.sql`` says what a feed holds: one select from the tables of schema ``world``, with
the contract's column names, in the order of the file. A query knows the delivery it is for by
DuckDB variables and may use the macros of ``feeds.sql``, where both are listed; what was not known
on ``as_known_on`` has no place in what it returns. Dates stay dates, yes and no stay boolean, lists
stay lists: how they are spelled is up to ``writing``. Another file of the same extract is
``feeds/<extract>__<file>.sql``.
"""

import csv
import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.contracts import ExtractContract, Form
from orchestration.simulate.faults import inject_faults
from orchestration.simulate.options import Errors
from orchestration.simulate.writing import is_asked, write_message, write_table, write_workbook

QUERIES = Path(__file__).parent / "feeds"
WORDS = Path(__file__).parent / "feeds.sql"
SEEDS = Path(__file__).parents[2] / "seeds"
CODES = SEEDS / "codes" / "codes.csv"
# The form each family usually arrives in; which others there are is for its contracts to say.
USUAL_FORMS = {
    "ssda903": "csv",
    "cin_census": "xml",
    "csww": "xml",
    "ssd": "csv",
    "annex_a": "xlsx",
    "local": "csv",
    "published": "csv",
    "reference": "csv",
}
POSSIBLE_FORMS = {
    "ssda903": ("csv", "xlsx", "parquet", "xml"),
    "cin_census": ("xml",),
    "csww": ("xml",),
    "ssd": ("csv", "xlsx", "parquet"),
    "annex_a": ("csv", "xlsx", "parquet"),
    "local": ("csv", "xlsx", "parquet"),
    "published": ("csv",),
    "reference": ("csv", "xlsx", "parquet"),
}
# Headings that a table of today does not have: the flag is of the XML form of the return only, and
# regions of the government's offices of the neighbours' older form.
LEFT_OUT = {
    "ssda903__header": ("uasc",),
    "published__statistical_neighbours": ("office_region_name",),
}


class BadForm(ValueError):
    """A family cannot be written in the form asked for; says which it can."""


@dataclass(frozen=True)
class FeedOptions:
    """What to write: families, the form of each where it is not the usual one, how many of the
    authorities send extracts (all of them unless said), and how faulty."""

    families: tuple[str, ...] = tuple(USUAL_FORMS)
    senders: int | None = None
    forms: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = Errors.NONE
    seed: int = 1

    def __post_init__(self) -> None:
        for family, form in self.forms.items():
            if family not in USUAL_FORMS:
                known = ", ".join(USUAL_FORMS)
                raise BadForm(f"There is no family {family}: it is one of {known}.")
            if form not in POSSIBLE_FORMS[family]:
                possible = ", ".join(POSSIBLE_FORMS[family])
                raise BadForm(f"{family} is not written as {form}: {possible}.")

    def form_of(self, family: str) -> str:
        """``csv``, ``xlsx``, ``parquet`` or ``xml``."""
        return self.forms.get(family, USUAL_FORMS[family])


@dataclass(frozen=True)
class Delivery:
    """One delivery of one family: whose, of which year, and what it can know.

    ``authority`` is empty for what is published about all of them, and ``year`` is None for what
    is exported whole.
    """

    family: str
    authority: str
    year: int | None
    period_start: dt.date
    as_known_on: dt.date


@dataclass(frozen=True)
class WrittenFile:
    """A file below the landing folder, and the rows of each extract in it."""

    name: str
    delivery: Delivery
    form: str
    rows: Mapping[str, int]


def write_feeds(
    connection: duckdb.DuckDBPyConnection,
    landing: Path,
    contracts: Mapping[str, ExtractContract],
    options: FeedOptions = FeedOptions(),
    tell: Callable[[Delivery, float], None] = lambda _delivery, _share: None,
) -> list[WrittenFile]:
    """Write every feed of a world into a landing folder; what was written, in the order of writing.

    Faults that were asked for are put in last, and recorded in ``world.faults``.

    Args:
        connection: the database with schema ``world``, one authority of which is held in memory at
            a time.
        landing: the folder, which is made.
        contracts: every contract there is.
        options: what to write.
        tell: is told of each delivery before it is written, and the share that is done.

    Raises:
        BadForm: a family has no such form.
    """
    landing.mkdir(parents=True, exist_ok=True)
    _set_map(connection, "listed", _listed_codes(contracts))
    written: list[WrittenFile] = []
    expected = list(deliveries(connection, options))
    for done, delivery in enumerate(expected):
        tell(delivery, done / len(expected))
        ready(connection, delivery)
        written += _write(connection, landing, contracts, delivery, options)
    held = {f.name: [contracts[extract_of(query)] for query in f.rows] for f in written}
    inject_faults(connection, landing, held, options.errors, options.seed, CODES)
    return written


def extract_of(query: str) -> str:
    """The extract that a query is a feed of; several may feed one."""
    return "__".join(query.split("__")[:2])


def deliveries(connection: duckdb.DuckDBPyConnection, options: FeedOptions) -> Iterator[Delivery]:
    """Every delivery there was by the as-at date, authority by authority, oldest first."""
    first, last, written_from, as_at = connection.execute(
        "select first_year, last_year, written_from, as_at from world.settings"
    ).fetchall()[0]
    authorities = [
        code
        for (code,) in connection.execute(
            "select local_authority_code from world.authorities order by 1"
        ).fetchall()
    ]
    for authority in authorities[: options.senders]:
        for year in range(first, last + 1):
            end_of_year = dt.date(year, 3, 31)
            for family in ("ssda903", "cin_census"):
                if family in options.families and end_of_year <= as_at:
                    begin = dt.date(year - 1, 4, 1)
                    yield Delivery(family, authority, year, begin, end_of_year)
            census_day = dt.date(year - 1, 9, 30)
            if "csww" in options.families and written_from <= census_day <= as_at:
                begin = dt.date(year - 2, 10, 1)
                yield Delivery("csww", authority, year - 1, begin, census_day)
        for family, years_back in (("ssd", 6), ("annex_a", 1), ("local", 6)):
            if family in options.families:
                begin = min(written_from, _years_before(as_at, years_back))
                yield Delivery(family, authority, None, begin, as_at)
    for family in ("published", "reference"):
        if family in options.families:
            yield Delivery(family, "", None, written_from, as_at)


def ready(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> None:
    """Make the macros that queries use, and tell the queries of a delivery what they are for."""
    connection.execute(WORDS.read_text("utf-8"))
    values = {
        "authority": delivery.authority or None,
        "year": delivery.year,
        "period_start": delivery.period_start,
        "as_known_on": delivery.as_known_on,
        "exported_on": delivery.as_known_on,
        "last_30_september": _last_30_september(delivery.as_known_on),
    }
    for name, value in values.items():
        connection.execute(f"set variable {name} = ?", [value])
    _set_map(connection, "recoded", _recoded(delivery.year or _year_of(delivery.as_known_on)))


def _set_map(connection: duckdb.DuckDBPyConnection, name: str, pairs: Mapping[str, str]) -> None:
    connection.execute(
        f"set variable {name} = map(cast(? as varchar[]), cast(? as varchar[]))",
        [list(pairs), list(pairs.values())],
    )


def _write(
    connection: duckdb.DuckDBPyConnection,
    landing: Path,
    contracts: Mapping[str, ExtractContract],
    delivery: Delivery,
    options: FeedOptions,
) -> Iterator[WrittenFile]:
    family, form = delivery.family, options.form_of(delivery.family)
    queries = {
        query: contract
        for query, contract in _queries_of(family, contracts)
        if is_asked(contract, delivery.year)
    }
    if not queries:
        # A return of a year before the first that the contracts know.
        return
    if form == "xml":
        queries = {q: c for q, c in queries.items() if Form.XML in c.forms}
    elif any(Form.TABLE not in contract.forms for contract in queries.values()):
        queries = {q: c for q, c in queries.items() if Form.TABLE in c.forms}
    if not queries:
        raise BadForm(f"{family} is not written as {form}.")
    tables, rows = {}, {}
    for query in queries:
        table = f"feed_{query.stem}"
        connection.execute(f"create or replace temp table {table} as {query.read_text('utf-8')}")
        found = connection.execute(f"select count(*) from {table}").fetchone()
        tables[query.stem], rows[query.stem] = table, int(found[0]) if found else 0
    if form == "xml":
        name = _file_name(delivery, family, form)
        of_family = list(queries.values())
        write_message(connection, tables, of_family, _made(landing, name), year=delivery.year)
        yield WrittenFile(name, delivery, form, rows)
    elif form == "xlsx" and family == "annex_a":
        name = _file_name(delivery, family, form)
        sheets = sorted(
            (_list_number(contract), tables[query.stem], contract)
            for query, contract in queries.items()
        )
        named = [(f"List {number}", table, contract) for number, table, contract in sheets]
        write_workbook(connection, named, _made(landing, name), year=delivery.year)
        yield WrittenFile(name, delivery, form, rows)
    else:
        for query, contract in queries.items():
            name = _file_name(delivery, query.stem.partition("__")[2], form)
            without = LEFT_OUT.get(contract.extract, ())
            write_table(
                connection,
                tables[query.stem],
                contract,
                _made(landing, name),
                form,
                year=delivery.year,
                without=without,
            )
            yield WrittenFile(name, delivery, form, {query.stem: rows[query.stem]})
    for table in tables.values():
        connection.execute(f"drop table {table}")


def _queries_of(
    family: str, contracts: Mapping[str, ExtractContract]
) -> list[tuple[Path, ExtractContract]]:
    found = [
        (query, contracts[extract_of(query.stem)])
        for query in sorted(QUERIES.glob(f"{family}__*.sql"))
    ]
    # What is inside another element may be made from the rows of that.
    found.sort(key=lambda pair: str(pair[1].path).count("/"))
    return found


def _list_number(contract: ExtractContract) -> int:
    """The number of an inspection list, which its files are named for."""
    return int("".join(filter(str.isdigit, contract.file_patterns[0])))


def _file_name(delivery: Delivery, name: str, form: str) -> str:
    """A name below the landing folder that says whose and of when a file is, as authorities do."""
    family, day = delivery.family, delivery.as_known_on
    if not delivery.authority:
        return f"published/{name if family == 'published' else f'ref_{name}'}.{form}"
    if name == family:
        of_when = delivery.year or f"{day:%Y-%m-%d}"
        return f"{delivery.authority}/{family}_{of_when}.{form}"
    folder = f"{delivery.authority}/{family}_{delivery.year or f'{day:%Y-%m-%d}'}"
    return f"{folder}/{'ssd_' if family == 'ssd' else ''}{name}.{form}"


def _made(landing: Path, name: str) -> Path:
    path = landing / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


# ---- dates ----


def _years_before(day: dt.date, years: int) -> dt.date:
    """The day so many years before; the last of February for a leap day."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if is_leap_day else day.day)


def _last_30_september(day: dt.date) -> dt.date:
    return dt.date(day.year - (day < dt.date(day.year, 9, 30)), 9, 30)


def _year_of(day: dt.date) -> int:
    """The return year a day lies in."""
    return day.year + (day.month > 3)


# ---- codes ----


def _recoded(year: int) -> dict[str, str]:
    """What the returns of a year write in place of a code."""
    return {
        f"{row['code_set']} {row['code']}": row["written_as"]
        for row in _rows(SEEDS / "simulation" / "recoded_codes.csv")
        if int(row["first_year"] or year) <= year <= int(row["last_year"] or year)
    }


def _listed_codes(contracts: Mapping[str, ExtractContract]) -> dict[str, str]:
    """What the inspection lists write for a statutory code, by their own code set."""
    sets = {
        column.codes
        for contract in contracts.values()
        if contract.family == "annex_a"
        for column in contract.columns
    }
    listed: dict[str, str] = {}
    for row in _rows(CODES):
        if row["code_set"] in sets:
            # The statutory codes a label stands for, or its own words.
            for spelling in (*row["code_group"].split(","), row["label"]):
                listed.setdefault(f"{row['code_set']} {spelling}", row["code"])
    for row in _rows(SEEDS / "codes" / "spellings.csv"):
        if row["code_set"] in sets:
            listed.setdefault(f"{row['code_set']} {row['spelling']}", row["code"])
    return listed


def _rows(file: Path) -> Sequence[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
