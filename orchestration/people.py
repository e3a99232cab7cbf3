"""Whose a pseudonym is: the numbers by which the sources know a child, all of them pseudonyms."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from orchestration.database import CannotOpen
from orchestration.ingest.erased import (
    PERSON,
    PUPIL,
    Erased,
    WrongPseudonymKey,
    key_fingerprint,
    pseudonym,
)
from orchestration.settings import Settings


class NoSuchPerson(Exception):
    """Nobody, or more than one child, is known by what was given; the message says what to do."""


@dataclass(frozen=True)
class Person:
    """A child of one authority. ``keys`` are the pseudonyms of their numbers, by source;
    ``shared`` those of them that are another child's in another source."""

    local_authority_code: str
    child_id: str | None
    keys: frozenset[tuple[str, str]]
    shared: frozenset[tuple[str, str]] = frozenset()
    pupil_keys: frozenset[str] = frozenset()

    @property
    def pseudonyms(self) -> list[str]:
        """Every pseudonym that is theirs and nobody else's."""
        others = {key for _, key in self.shared}
        own = {key for _, key in self.keys} - others
        return sorted({*own, *self.pupil_keys, *([self.child_id] if self.child_id else [])})

    @property
    def erased(self) -> frozenset[Erased]:
        """What their rows are let go by."""
        authority = self.local_authority_code
        people = {
            Erased(
                authority,
                PERSON,
                key,
                " ".join(sorted(source for source, other in self.shared if other == key)),
            )
            for _, key in self.keys
        }
        return frozenset(people | {Erased(authority, PUPIL, key) for key in self.pupil_keys})


@contextmanager
def open_warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, to be read, by whoever has the key that it was made with.

    Raises:
        NoSuchPerson: there is no warehouse yet.
        WrongPseudonymKey: it was made with another key.
        CannotOpen: it is encrypted with another key.
    """
    if not settings.has_warehouse:
        raise NoSuchPerson(
            f"There is no warehouse {settings.warehouse} to look in. Run the night first."
        )
    with settings.open_to_read() as connection:
        try:
            made_with = _column(connection, "select fingerprint from quality.pseudonym_keys", [])
            if made_with == [key_fingerprint(settings.pseudonym_key)]:
                _column(connection, "select 1 from intermediate.identities limit 1", [])
        except duckdb.CatalogException as error:
            raise NoSuchPerson(
                "The warehouse has no table of who is who yet. Run the night first."
            ) from error
        if made_with != [key_fingerprint(settings.pseudonym_key)]:
            raise WrongPseudonymKey(
                "The key that was given is not the one the warehouse was made with, and opens "
                "nothing. Give the earlier OUTCOMES_PSEUDONYM_KEY."
            )
        yield connection


def only_one_warehouse(settings: Settings) -> None:
    """Nothing, unless a file from before there was a lake would keep what is to go.

    Raises:
        CannotOpen: there is such a file.
    """
    if settings.lake is not None and settings.warehouse.exists():
        raise CannotOpen(
            f"{settings.warehouse} was the warehouse before there was a lake. No night reads it "
            "any more, and it holds children. Take it away, and begin again. Nothing was done."
        )


def by_pseudonym(connection: duckdb.DuckDBPyConnection, child_id: str) -> Person:
    """The child of a pseudonym.

    Raises:
        NoSuchPerson: nobody has it.
    """
    authorities = _column(
        connection,
        "select distinct local_authority_code from intermediate.identities where child_id = ?",
        [child_id],
    )
    if len(authorities) != 1:
        raise NoSuchPerson(
            "No child of the warehouse has this pseudonym. Take child_id from the internal file, "
            "whole; it is another one after a change of key."
        )
    return _whole(connection, authorities[0], child_id)


def by_number(
    connection: duckdb.DuckDBPyConnection, authority: str, number: str, key: bytes
) -> Person:
    """The child whom an authority knows by a number, or a pupil by a UPN.

    Raises:
        NoSuchPerson: nobody is known by it, or children of two sources are.
    """
    found = _column(
        connection,
        """
        select distinct identities.child_id
        from intermediate.identities as identities
        left join intermediate.other_numbers as others
            using (local_authority_code, record_source, person_key)
        where local_authority_code = $authority
            and (
                person_key = $person_key
                or (others.number_type = 'pupil_number' and others.number_key = $pupil_key)
            )
        order by all
        """,
        {
            "authority": authority,
            "person_key": pseudonym(key, authority, PERSON, number),
            "pupil_key": pseudonym(key, authority, PUPIL, number),
        },
    )
    if len(found) != 1:
        raise NoSuchPerson(
            f"{authority} knows no child by this number."
            if not found
            else "Sources know more than one child by this number. Say which: "
            + ", ".join(f"--child-id {child_id}" for child_id in found)
        )
    return _whole(connection, authority, found[0])


def _whole(connection: duckdb.DuckDBPyConnection, authority: str, child_id: str) -> Person:
    given = {"authority": authority, "child_id": child_id}
    own = "local_authority_code = $authority and child_id = $child_id"
    keys = connection.execute(
        f"select record_source, person_key from intermediate.identities where {own}", given
    ).fetchall()
    shared = connection.execute(
        f"""
        select others.record_source, others.person_key
        from intermediate.identities as others
        where others.local_authority_code = $authority and others.child_id <> $child_id
            and others.person_key in (select person_key from intermediate.identities where {own})
        """,
        given,
    ).fetchall()
    # Numbers that are nobody else's: of pupils, and earlier ones of the nightly dataset.
    others: dict[str, list[str]] = {"pupil_number": [], "person_number": []}
    for kind, number in connection.execute(
        """
        select numbers.number_type, numbers.number_key
        from intermediate.other_numbers as numbers
        inner join intermediate.identities as identities
            using (local_authority_code, record_source, person_key)
        left join intermediate.identities as holders
            on numbers.number_type = 'person_number'
            and numbers.local_authority_code = holders.local_authority_code
            and numbers.number_key = holders.person_key
        where local_authority_code = $authority
        group by all
        having count(distinct identities.child_id) = 1 and max(identities.child_id) = $child_id
            and coalesce(max(holders.child_id), $child_id) = $child_id
            and coalesce(min(holders.child_id), $child_id) = $child_id
        """,
        given,
    ).fetchall():
        others[kind].append(number)
    keys += [("ssd", number) for number in others["person_number"]]
    return Person(
        authority,
        child_id,
        frozenset(keys),
        frozenset(shared),
        frozenset(others["pupil_number"]),
    )


def _column(
    connection: duckdb.DuckDBPyConnection,
    sql: str,
    given: Sequence[str] | dict[str, str],
) -> list[str]:
    return [str(value) for (value,) in connection.execute(sql, given).fetchall()]
