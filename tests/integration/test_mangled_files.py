"""Files that something went wrong with on the way: none may stop a night or lose a row unsaid.

The damage is drawn with a fixed seed, so that a failure comes back with the same number.
"""

import csv
import functools
import io
import random
import socket
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.contracts import ExtractContract
from orchestration.ingest.load import load_files
from tests.contract_files import a_file_of, forms_of, landing_name
from tests.factories import (
    a_census,
    a_child,
    a_night,
    an_episode,
    episodes,
    everything,
    register,
    rows_of,
    surveyed,
    the_contracts,
    unreconciled,
)

EPISODES = episodes(
    *[an_episode(f"7700{n}", DEC="01/06/2025", REC="E11", URN='SC1"2') for n in range(8)],
    an_episode("77009", PL_POST="two\nlines"),
).encode()
DETAILS = """<CINdetails><CINreferralDate>2025-05-06</CINreferralDate>
<Assessments><AssessmentActualStartDate>2025-05-08</AssessmentActualStartDate></Assessments>
</CINdetails>"""
CENSUS = a_census(*[a_child(f"7700{n}", DETAILS) for n in range(5)]).encode()


def cut_short(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content))]


def without_its_beginning(content: bytes, rng: random.Random) -> bytes:
    return content[rng.randrange(len(content)) :]


def swapped(content: bytes, rng: random.Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        one, other = rng.randrange(len(damaged)), rng.randrange(len(damaged))
        damaged[one], damaged[other] = damaged[other], damaged[one]
    return bytes(damaged)


def with_other_bytes(content: bytes, rng: random.Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        damaged[rng.randrange(len(damaged))] = rng.choice([*b'"\n\r,;<>&\0\x81\xff', 65])
    return bytes(damaged)


def with_noise_inside(content: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(content))
    return content[:place] + rng.randbytes(rng.randint(1, 40)) + content[place:]


def with_other_separators(content: bytes, rng: random.Random) -> bytes:
    return content.replace(b",", rng.choice([b";", b"\t", b"|", b" ", b",,"]))


def with_its_beginning_twice(content: bytes, rng: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    place = rng.randrange(len(lines))
    return b"".join([*lines[:place], *lines[: rng.randint(1, 3)], *lines[place:]])


def in_another_encoding(content: bytes, rng: random.Random) -> bytes:
    text = content.decode().replace("7700", "Zoë’s 7700")
    return text.encode(rng.choice(["utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-32"]))


MANGLED: list[Callable[[bytes, random.Random], bytes]] = [
    cut_short,
    without_its_beginning,
    swapped,
    with_other_bytes,
    with_noise_inside,
    with_other_separators,
    with_its_beginning_twice,
    in_another_encoding,
]


@pytest.mark.parametrize("year", ["2026/", ""])
def test_no_damaged_file_stops_a_night_or_loses_a_row_unsaid(tmp_path: Path, year):
    whole = CENSUS.replace(b"<LEA>201", b"<LEA>202")
    files = {f"202/{year}whole.csv": EPISODES, "202/whole.xml": whole}
    for number in range(24):
        rng = random.Random(f"{year}{number}")
        mangle = MANGLED[number % len(MANGLED)]
        files[f"201/{year}{number:02}_{mangle.__name__}.csv"] = mangle(EPISODES, rng)
        if number < len(MANGLED):
            files[f"201/{year}{number:02}_{mangle.__name__}.xml"] = mangle(CENSUS, rng)
    few = (
        "ssda903__episodes",
        "cin_census__header",
        "cin_census__child",
        "cin_census__cin_episode",
    )
    night = a_night(contracts={name: the_contracts()[name] for name in few})

    with duckdb.connect() as connection:
        load_files(connection, surveyed(tmp_path, files, contracts=night.contracts), night)

        assert unreconciled(connection) == []
        found = register(connection)
        assert set(found) == set(files)
        assert {file["status"] for file in found.values()} <= {
            "loaded",
            "superseded",
            "duplicate",
            "refused",
        }
        assert all(file["reason"] for file in found.values() if file["status"] == "refused")
        whole = found[f"202/{year}whole.csv"], found["202/whole.xml"]
        # Of the nine episodes one has a cell of two lines.
        assert [file["rows_loaded"] for file in whole] == [8, 5]
        # Some survive in part and some do not, or nothing was tried.
        assert len(rows_of(connection, "quality.quarantined_rows")) > 10
        assert 5 < sum(file["status"] == "refused" for file in found.values()) < 30
        assert "7700" not in str(everything(connection))


# ---- every family ----

# The numbers of people and things in a file that was made have this in them: it can be recognised
# wherever it might turn up.
CANARY = "00000000"
ROWS = 6
EXTRACTS = {
    "ssda903": ("ssda903__episodes", "ssda903__oc2"),
    "cin_census": ("cin_census__child", "cin_census__cin_episode", "cin_census__header"),
    "csww": ("csww__worker", "csww__header"),
    "annex_a": ("annex_a__contacts", "annex_a__children_in_care"),
    "ssd": ("ssd__cin_assessments", "ssd__person"),
    "local": ("local__survey_responses", "local__services"),
    "published": ("published__open_statistics", "published__population_estimates"),
    "reference": ("reference__benchmark", "reference__postcodes"),
}


def table_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def written(rows: list[list[str]], **how: object) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", **how).writerows(rows)
    return text.getvalue().encode()


def in_an_encoding_that_is_read(content: bytes, rng: random.Random) -> bytes:
    return content.decode().encode(rng.choice(["utf-8-sig", "cp1252", "utf-16"]))


def with_another_separator(content: bytes, rng: random.Random) -> bytes:
    return written(table_of(content), delimiter=rng.choice(";\t|"))


def with_every_cell_quoted(content: bytes, rng: random.Random) -> bytes:
    return written(table_of(content), quoting=csv.QUOTE_ALL)


def with_columns_in_another_order(content: bytes, rng: random.Random) -> bytes:
    rows = table_of(content)
    order = rng.sample(range(len(rows[0])), len(rows[0]))
    return written([[row[place] for place in order] for row in rows])


def with_formulas(content: bytes, rng: random.Random) -> bytes:
    head, *rows = table_of(content)
    for row in rows:
        row[rng.randrange(1, len(row))] = rng.choice(
            ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", '=HYPERLINK("http://localhost")']
        )
    return written([head, *rows])


def with_dates_month_first(content: bytes, rng: random.Random) -> bytes:
    head, *rows = table_of(content)
    cells = [[cell.replace("/04/2025", "/2025/04") for cell in row] for row in rows]
    return written([head, *cells])


def with_its_headings_again(content: bytes, rng: random.Random) -> bytes:
    head, *rows = table_of(content)
    rows.insert(rng.randrange(len(rows)), head)
    return written([head, *rows])


def with_a_stray_quotation_mark(content: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(content))
    return content[:place] + b'"' + content[place:]


def with_null_bytes(content: bytes, rng: random.Random) -> bytes:
    place = rng.randrange(len(content))
    return content[:place] + bytes(rng.randint(1, 9)) + content[place:]


def with_rows_of_other_lengths(content: bytes, rng: random.Random) -> bytes:
    head, *rows = table_of(content)
    for row in rows:
        row[len(row) - rng.randint(0, 2) :] = ["x"] * rng.randint(0, 3)
    return written([head, *rows])


def nested_deeply(content: bytes, rng: random.Random) -> bytes:
    depth = rng.choice([200, 5_000, 50_000])
    place = content.rindex(b"</")
    return content[:place] + b"<a>" * depth + b"</a>" * depth + content[place:]


def with_elements_doubled(content: bytes, rng: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    whole = [n for n, line in enumerate(lines) if line.count(b"<") == 2]
    place = rng.choice(whole)
    return b"".join([*lines[:place], lines[place], *lines[place:]])


# After these a file must be read, and no row is missing.
HARMLESS = [
    in_an_encoding_that_is_read,
    with_another_separator,
    with_every_cell_quoted,
    with_columns_in_another_order,
]
# After these it may be refused; if it is read, no row is missing.
ROW_BY_ROW = [*HARMLESS, with_formulas, with_dates_month_first, with_rows_of_other_lengths]
DAMAGE: Mapping[str, list[Callable[[bytes, random.Random], bytes]]] = {
    "csv": [
        *MANGLED,
        *ROW_BY_ROW,
        with_its_headings_again,
        with_a_stray_quotation_mark,
        with_null_bytes,
    ],
    "xml": [*MANGLED, with_null_bytes, nested_deeply, with_elements_doubled],
    "xlsx": [cut_short, without_its_beginning, swapped, with_noise_inside],
    "parquet": [cut_short, without_its_beginning, swapped, with_noise_inside],
}


@functools.cache
def a_whole_file(extract: str, form: str) -> bytes:
    """A valid file of one extract, or of its whole family."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file.{form}"
        return a_file_of(the_contracts()[extract], form, path, ROWS).read_bytes()


def contracts_of(family: str) -> dict[str, ExtractContract]:
    return {name: the_contracts()[name] for name in EXTRACTS[family]}


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a file made the project use the network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def after_a_night(files: Mapping[str, bytes], family: str) -> dict[str, list[dict[str, object]]]:
    """What became of each file of a night that nothing stopped, in which every row is accounted for
    and no cell is in a table about quality."""
    night = a_night(contracts=contracts_of(family))
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        landed = surveyed(Path(folder), files, contracts=night.contracts)
        load_files(connection, landed, night)
        assert unreconciled(connection) == []
        tables = everything(connection)
        told = str({n: rows for n, rows in tables.items() if n.startswith("quality.")})
        assert CANARY not in told
        found = connection.execute("select * from quality.extract_files")
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    became = {name: [r for r in rows if str(r["file_name"]).startswith(name)] for name in files}
    assert all(became.values())
    for row in rows:
        assert row["status"] in ("loaded", "superseded", "duplicate", "refused")
        assert row["reason"] or row["status"] in ("loaded", "superseded")
    return became


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("family", EXTRACTS)
@settings(
    derandomize=True,
    deadline=None,
    max_examples=3,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_nothing_done_to_a_file_of_any_family_stops_a_night_or_loses_a_row_unsaid(
    family: str, seed: int
):
    rng = random.Random(seed)
    files: dict[str, bytes] = {}
    whole: dict[str, tuple[bool, str]] = {}
    for contract in contracts_of(family).values():
        for form in forms_of(contract):
            content = a_whole_file(contract.extract, form)
            folder, _, base = landing_name(contract, form).rpartition("/")
            for number in range(3 if form in ("csv", "xml") else 1):
                damage = rng.choice(DAMAGE[form])
                name = f"{folder}/{contract.extract}_{number}_{damage.__name__}/{base}".lstrip("/")
                files[name] = damage(content, rng)
                if damage in ROW_BY_ROW:
                    whole[name] = (damage in HARMLESS, contract.extract)

    became = after_a_night(files, family)

    for name, (must_be_read, extract) in whole.items():
        (row,) = became[name]
        if row["status"] == "duplicate":
            continue  # The same was done to it twice.
        if must_be_read:
            assert (row["reason"], row["extract"]) == ("", extract)
        if row["status"] in ("loaded", "superseded"):
            assert row["rows_read"] == ROWS


def test_a_quotation_mark_opened_among_the_headings_shows_no_row_and_loses_none():
    """All rows up to the next quotation mark are then in one heading."""
    whole = a_whole_file("ssda903__episodes", "csv")
    files = {
        f"201/2026/{number}/episodes.csv": whole.replace(heading, b'"' + heading, 1)
        for number, heading in enumerate((b"CHILD,", b"PLACE_PROVIDER", b"HOME_POST", b"URN\n"))
    }
    for (row,) in after_a_night(files, "ssda903").values():
        assert row["status"] == "refused" or row["rows_read"] == ROWS


def test_a_row_that_ran_into_the_headings_is_shown_nowhere():
    whole = a_whole_file("ssda903__episodes", "csv")
    files = {"201/2026/episodes.csv": whole.replace(b"URN\n", b"URN,", 1)}
    assert after_a_night(files, "ssda903")


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("family", EXTRACTS)
def test_what_a_file_holds_counts_and_not_what_its_name_ends_in(family: str):
    files, expected = {}, {}
    for contract in contracts_of(family).values():
        for form in forms_of(contract):
            folder, _, base = landing_name(contract, form).rpartition("/")
            for ending in ("csv", "xml", "xlsx", "txt"):
                name = f"{folder}/{form}_as_{ending}/{base.rpartition('.')[0]}.{ending}".lstrip("/")
                if name not in files:
                    files[name] = a_whole_file(contract.extract, form)
                    # One sheet or table is one extract, a message all of its own.
                    expected[name] = form == "xml" or (form == "csv" and ending == "xlsx")
    became = after_a_night(files, family)
    for name, may_differ in expected.items():
        if not may_differ:
            assert {row["rows_loaded"] for row in became[name] if row["status"] != "duplicate"} <= {
                ROWS
            }, name
            assert "refused" not in {row["status"] for row in became[name]}, name
