"""Children who were erased: whatever brings their rows again, they are let go at arrival.

What is held is a list of pseudonyms and no record: of the children, and of their records that other
extracts name by a number and not by the child. It is kept beside the warehouse and not in it,
because a warehouse may be made anew.
"""

import csv
import hashlib
import hmac
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from orchestration.contracts import Column, ExtractContract, Handling
from orchestration.database import quoted
from orchestration.ingest.conform import key_pads, typed_table

# Kinds of pseudonyms that a child is known by: the namespaces of contracts. A family, a worker or a
# home is somebody else's as well.
PERSON, PUPIL, RECORD = "person", "upn", "record"
OF_A_CHILD = (PERSON, PUPIL)
FIELDS = ("key", "local_authority_code", "kind", "pseudonym", "not_in")


class WrongPseudonymKey(Exception):
    """Something was made with another key; the message says what to do."""


class ErasedStand(Exception):
    """The list of the erased would know nobody under another key; the message says what follows."""


@dataclass(frozen=True, order=True)
class Erased:
    """One pseudonym of somebody who was erased; ``not_in`` are families (with spaces between them)
    in which the same number is another child's."""

    local_authority_code: str
    kind: str
    pseudonym: str
    not_in: str = ""


def key_fingerprint(key: bytes) -> str:
    """By which a key is known again without being told."""
    return hmac.new(key, b"fingerprint", hashlib.sha256).hexdigest()[:16]


def pseudonym(key: bytes, authority: str, namespace: str, identifier: str) -> str:
    """The pseudonym that a number gets on arrival, as ``conform`` makes it in SQL."""
    told = re.sub(r"\.0+$", "", identifier.strip()).upper()
    return hmac.new(key, f"{authority}|{namespace}|{told}".encode(), hashlib.sha256).hexdigest()


def read_list(file: Path, key: bytes) -> frozenset[Erased]:
    """Everybody who was erased.

    Raises:
        WrongPseudonymKey: the list was made with another key, and would hold nobody back.
    """
    if not file.exists():
        return frozenset()
    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    if {row["key"] for row in rows} - {key_fingerprint(key)}:
        raise WrongPseudonymKey(
            f"{file} was made with another OUTCOMES_PSEUDONYM_KEY: with this one, children who "
            "were erased would come back. Give the earlier key."
        )
    return frozenset(
        Erased(row["local_authority_code"], row["kind"], row["pseudonym"], row["not_in"])
        for row in rows
    )


def write_list(file: Path, key: bytes, erased: Iterable[Erased]) -> None:
    """Put the list in place in one move."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.unfinished")
    opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8", newline="") as handle:
        written = csv.writer(handle)
        written.writerow(FIELDS)
        mark = key_fingerprint(key)
        for one in sorted(erased):
            written.writerow((mark, one.local_authority_code, one.kind, one.pseudonym, one.not_in))
        handle.flush()
        os.fsync(handle.fileno())
    unfinished.replace(file)


# ---- inside the database ----


def make_known(connection: duckdb.DuckDBPyConnection, erased: Iterable[Erased]) -> None:
    """Write them to ``temp.erased``, where rows are held against them."""
    names = ("local_authority_code", "kind", "pseudonym", "not_in")
    listed = sorted(erased)
    rows = pa.table(
        {name: pa.array([getattr(one, name) for one in listed], pa.string()) for name in names}
    )
    connection.register("listed_erased", rows)
    connection.execute("create or replace temp table erased as select * from listed_erased")
    connection.unregister("listed_erased")


def known(connection: duckdb.DuckDBPyConnection) -> frozenset[Erased]:
    """What ``temp.erased`` holds."""
    rows = connection.execute("select distinct * from temp.erased").fetchall()
    return frozenset(Erased(*row) for row in rows)


def in_order(contracts: Mapping[str, ExtractContract]) -> dict[str, int]:
    """How many records stand between an extract and the child: an extract whose rows name a record
    is read after the extract of that record."""

    def steps(extract: str) -> int:
        owners = [c.belongs_to.split(".")[0] for c in contracts[extract].columns if c.belongs_to]
        return 1 + max(map(steps, owners)) if owners else 0

    return {extract: steps(extract) for extract in contracts}


def let_go(
    connection: duckdb.DuckDBPyConnection,
    contract: ExtractContract,
    contracts: Mapping[str, ExtractContract],
    authority: str,
    key: bytes,
) -> list[int]:
    """Take the rows of the erased out of the typed rows of one extract; their row numbers.

    The records that went with them are erased from now on, for the extracts that name them.
    """
    conditions = _about_the_erased(contract)
    if not conditions:
        return []
    inner, outer = key_pads(key)
    given = {"inner_key": inner, "outer_key": outer, "authority": authority}
    about = " or ".join(conditions)
    needed = given if any(c.belongs_to for c in contract.columns) else {"authority": authority}
    rows = [
        row
        for (row,) in connection.execute(
            f"select _row_number from {typed_table(contract)} where not _is_blank and ({about})",
            needed,
        ).fetchall()
    ]
    if not rows:
        return []
    for column in _named_elsewhere(contract, contracts):
        connection.execute(
            f"""
            insert into temp.erased
            select distinct
                $authority, '{RECORD}', {_as_record(f"{contract.extract}.{column}", column)}, ''
            from {typed_table(contract)}
            where list_contains($rows, _row_number) and "{column}" is not null
            """,
            {**given, "rows": rows},
        )
    connection.execute(
        f"delete from {typed_table(contract)} where list_contains(?, _row_number)", [rows]
    )
    return rows


def people_columns(contract: ExtractContract) -> list[Column]:
    """The columns whose number is a child's."""
    return [
        column
        for column in contract.columns
        if column.handling is Handling.PSEUDONYMISE and column.namespace in OF_A_CHILD
    ]


def _about_the_erased(contract: ExtractContract) -> list[str]:
    conditions = [
        _is_erased(str(column.namespace), f'"{column.name}"', contract.family)
        for column in people_columns(contract)
    ]
    conditions += [
        _is_erased(RECORD, _as_record(column.belongs_to, column.name), contract.family)
        for column in contract.columns
        if column.belongs_to
    ]
    return conditions


def _is_erased(kind: str, pseudonym: str, family: str) -> str:
    return (
        f"coalesce({pseudonym} in (select pseudonym from temp.erased where kind = {quoted(kind)} "
        f"and local_authority_code = $authority "
        f"and not list_contains(string_split(not_in, ' '), {quoted(family)})), false)"
    )


def _as_record(record: str, column: str) -> str:
    """The pseudonym of a record: who holds the list should not learn the numbers of the system."""
    return f'as_pseudonym($inner_key, $outer_key, $authority, {quoted(record)}, "{column}")'


def _named_elsewhere(
    contract: ExtractContract, contracts: Mapping[str, ExtractContract]
) -> list[str]:
    """The columns of an extract by which another one names its records."""
    named = {
        column.belongs_to.partition(".")[2]
        for other in contracts.values()
        for column in other.columns
        if column.belongs_to and column.belongs_to.startswith(f"{contract.extract}.")
    }
    return sorted(named)
