"""Secondary suppression of one table: which cells must go so that no hidden one can be worked out.

For tables of counts in one or two dimensions, with their totals, as anybody might publish one; the
figures of the release are tables that are linked, and go through ``linked_figures``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from orchestration.statistics.linked_tables import LinkedTable, Sum
from orchestration.statistics.protection import MOST_AUDITS
from orchestration.statistics.recovery import bounds, too_well_known

TOTAL = "TOTAL"

Cell = tuple[str, str]


class Status(StrEnum):
    """What becomes of a cell; both hidden kinds are shown alike, as ``[c]``."""

    SHOW = "SHOW"
    PRIMARY = "PRIMARY"
    SECONDARY = "SECONDARY"


class TooManySmallCells(Exception):
    """The table cannot be protected cell by cell; its categories have to be joined."""


@dataclass(frozen=True)
class Protected:
    """Every cell's status, and how many audits had to hide one more cell."""

    status: Mapping[Cell, Status]
    audit_rounds: int


@dataclass(frozen=True)
class Bounds:
    """The smallest and largest count that a reader could work out for a hidden cell."""

    smallest: float
    largest: float

    @property
    def width(self) -> float:
        return self.largest - self.smallest


def protect(counts: Mapping[Cell, int], largest_small_count: int) -> Protected:
    """The status of every cell of a table of counts, so that each hidden cell of 1 to
    ``largest_small_count`` could be any of at least so many counts.

    ``counts`` maps (row, column) to a count. Totals have the key ``TOTAL``; a table of one
    dimension has the empty text as its only column. Rows and columns are taken in the order of
    their keys, so that the same table is always hidden the same way.

    Raises:
        TooManySmallCells: three audits did not suffice, or nothing is left to hide.
    """
    (protected,) = protect_each([counts], largest_small_count)
    if protected is None:
        raise TooManySmallCells(
            f"{MOST_AUDITS} audits did not protect the table: join some of its categories"
        )
    return protected


def protect_each(
    tables: Sequence[Mapping[Cell, int]], largest_small_count: int
) -> list[Protected | None]:
    """What ``protect`` makes of each of many tables, which are audited together: as quick as
    asking after each by itself is slow. None where a table cannot be protected cell by cell."""
    cells = [sorted(counts) for counts in tables]
    small = [
        {cell for cell in table if 1 <= counts[cell] <= largest_small_count}
        for counts, table in zip(tables, cells, strict=True)
    ]
    linked = [
        _linked(*of_one, largest_small_count) for of_one in zip(tables, cells, small, strict=True)
    ]
    audits = [0] * len(linked)
    given_up: set[int] = set()
    waiting = list(range(len(linked)))
    while waiting:
        for place in waiting:
            linked[place].complete()
        first: dict[int, int] = {}
        for number, cell in too_well_known([linked[place] for place in waiting]):
            first.setdefault(waiting[number], cell)
        for place, cell in first.items():
            audits[place] += 1
            if audits[place] > MOST_AUDITS or not linked[place].hide_beside(cell):
                given_up.add(place)
        waiting = [place for place in first if place not in given_up]
    return [
        None
        if place in given_up
        else Protected(
            {
                cell: Status.PRIMARY
                if cell in small[place]
                else Status.SECONDARY
                if is_hidden
                else Status.SHOW
                for cell, is_hidden in zip(cells[place], table.hidden, strict=True)
            },
            audits[place],
        )
        for place, table in enumerate(linked)
    ]


def bounds_of(counts: Mapping[Cell, int], status: Mapping[Cell, Status], cell: Cell) -> Bounds:
    """What a reader of the shown cells can work out of a hidden one, knowing that a hidden cell
    is at least 1 and that parts add up to totals."""
    cells = sorted(counts)
    hidden = {one for one in cells if status[one] is not Status.SHOW}
    return Bounds(*bounds(_linked(counts, cells, hidden, 1), 0, cells.index(cell)))


def _linked(
    counts: Mapping[Cell, int], cells: list[Cell], hidden: set[Cell], largest_small_count: int
) -> LinkedTable:
    is_hidden = np.array([cell in hidden for cell in cells])
    return LinkedTable(
        counts=np.array([[float(counts[cell]) for cell in cells]]),
        sums=_sums(cells),
        largest_small=np.array([float(largest_small_count)]),
        hidden=is_hidden,
        guarded=is_hidden[np.newaxis].copy(),
        stays=np.zeros(len(cells), dtype=bool),
    )


def _sums(cells: list[Cell]) -> list[Sum]:
    """Rows, columns, the column of row totals, the row of column totals; as far as they exist."""
    place = {cell: number for number, cell in enumerate(cells)}
    rows = sorted({row for row, _ in cells} - {TOTAL})
    columns = sorted({column for _, column in cells} - {TOTAL})
    found = [
        *(([(row, column) for column in columns], (row, TOTAL)) for row in rows),
        *(([(row, column) for row in rows], (TOTAL, column)) for column in columns),
        ([(row, TOTAL) for row in rows], (TOTAL, TOTAL)),
        ([(TOTAL, column) for column in columns], (TOTAL, TOTAL)),
    ]
    return [
        Sum(tuple(place[part] for part in parts if part in place), place[total])
        for parts, total in found
        if total in place and any(part in place for part in parts)
    ]
