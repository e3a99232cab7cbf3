"""Files that something went wrong with on the way: none may stop a night or lose a row unsaid.

The damage is drawn with a fixed seed, so that a failure comes back with the same number.
"""

import random
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration.ingest.load import load_files
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
    few = ("ssda903__episodes", "cin_census__child", "cin_census__cin_episode")
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
