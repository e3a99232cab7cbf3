"""Secondary suppression: which cells of a table must go so that no hidden one can be worked out.

Follows Hundepool et al. (2012), Statistical disclosure control: a greedy choice of complementary
cells first, then an audit by linear programme, because the greedy choice alone leaves some sparse
tables too tight. For tables of counts in one or two dimensions, with their totals.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from scipy.optimize import linprog

TOTAL = "TOTAL"
# A table that is still too tight after so many audits has too many small cells: fewer categories.
MOST_AUDITS = 3

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
    table = _Table(counts, largest_small_count)
    audits = 0
    while True:
        table.make_groups_safe()
        recoverable = table.first_recoverable()
        if recoverable is None:
            return Protected(table.status, audits)
        audits += 1
        if audits > MOST_AUDITS:
            raise TooManySmallCells(
                f"{MOST_AUDITS} audits did not protect the table: join some of its categories"
            )
        table.hide_beside(recoverable)


def bounds_of(counts: Mapping[Cell, int], status: Mapping[Cell, Status], cell: Cell) -> Bounds:
    """What a reader of the shown cells can work out of a hidden one, knowing that a hidden cell
    is at least 1 and that parts add up to totals."""
    hidden = [one for one in counts if status[one] is not Status.SHOW]
    place = {one: number for number, one in enumerate(hidden)}
    equations, known = [], []
    for group in _groups(counts):
        members = [(one, 1) for one in group.parts] + [(group.total, -1)]
        if not any(one in place for one, _ in members):
            continue
        equation = np.zeros(len(hidden))
        shown = 0
        for one, sign in members:
            if one in place:
                equation[place[one]] += sign
            else:
                shown += sign * counts[one]
        equations.append(equation)
        known.append(-shown)
    aim = np.zeros(len(hidden))
    aim[place[cell]] = 1
    limits = []
    for direction in (1, -1):
        found = linprog(
            direction * aim,
            A_eq=np.array(equations) if equations else None,
            b_eq=np.array(known) if known else None,
            bounds=(1, None),
        )
        limits.append(direction * found.fun if found.success else np.inf)
    return Bounds(*limits)


@dataclass(frozen=True)
class _Group:
    """Parts that add up to a total."""

    parts: tuple[Cell, ...]
    total: Cell

    @property
    def members(self) -> tuple[Cell, ...]:
        return (*self.parts, self.total)


def _groups(counts: Mapping[Cell, int]) -> list[_Group]:
    """Rows, columns, the column of row totals, the row of column totals; as far as they exist."""
    rows = sorted({row for row, _ in counts} - {TOTAL})
    columns = sorted({column for _, column in counts} - {TOTAL})
    found = [
        *(([(row, column) for column in columns], (row, TOTAL)) for row in rows),
        *(([(row, column) for row in rows], (TOTAL, column)) for column in columns),
        ([(row, TOTAL) for row in rows], (TOTAL, TOTAL)),
        ([(TOTAL, column) for column in columns], (TOTAL, TOTAL)),
    ]
    return [
        _Group(tuple(part for part in parts if part in counts), total)
        for parts, total in found
        if total in counts and any(part in counts for part in parts)
    ]


@dataclass
class _Table:
    counts: Mapping[Cell, int]
    k: int
    status: dict[Cell, Status] = field(init=False)
    groups: list[_Group] = field(init=False)

    def __post_init__(self) -> None:
        self.status = {
            cell: Status.PRIMARY if 1 <= count <= self.k else Status.SHOW
            for cell, count in self.counts.items()
        }
        self.groups = _groups(self.counts)

    def make_groups_safe(self) -> None:
        """Hide one more cell of the first group that gives a hidden one away, until none does."""
        while unsafe := next((group for group in self.groups if not self._is_safe(group)), None):
            shown = [part for part in unsafe.parts if self._can_be_hidden(part)]
            cheapest = min(shown, key=lambda cell: self._cost(cell, unsafe), default=None)
            # Where every part is hidden already, or zero, only the total is left to hide.
            self._hide(cheapest or unsafe.total)

    def first_recoverable(self) -> Cell | None:
        """The first small cell that a reader could bound too tightly."""
        return next(
            (
                cell
                for cell in sorted(self.counts)
                if self.status[cell] is Status.PRIMARY
                and bounds_of(self.counts, self.status, cell).width < self.k - 1
            ),
            None,
        )

    def hide_beside(self, cell: Cell) -> None:
        """Hide the smallest shown inner cell of the cell's row or column; where there is none, the
        smallest shown cell of the table, totals included.

        Raises:
            TooManySmallCells: nothing is left to hide.
        """
        shown = [one for one in self.counts if self._can_be_hidden(one)]
        if not shown:
            raise TooManySmallCells("Nothing is left to hide: join some of the table's categories")
        beside = [
            one for one in shown if TOTAL not in one and (one[0] == cell[0] or one[1] == cell[1])
        ]
        self._hide(min(beside or shown, key=lambda one: (self.counts[one], one)))

    def _is_hidden(self, cell: Cell) -> bool:
        return self.status[cell] is not Status.SHOW

    def _can_be_hidden(self, cell: Cell) -> bool:
        """Hiding a shown zero would protect nothing."""
        return not self._is_hidden(cell) and self.counts[cell] > 0

    def _hide(self, cell: Cell) -> None:
        self.status[cell] = Status.SECONDARY

    def _is_safe(self, group: _Group) -> bool:
        hidden = [cell for cell in group.members if self._is_hidden(cell)]
        if len(hidden) <= 1:
            return not hidden
        if self._is_hidden(group.total):
            return True
        # Each hidden part is at least 1, so each can be anything up to what the others leave.
        return sum(self.counts[cell] for cell in hidden) - len(hidden) >= self.k - 1

    def _cost(self, cell: Cell, group: _Group) -> tuple[bool, int, Cell]:
        """Cells that help another group too come first, then small ones."""
        helps = any(
            any(self._is_hidden(member) for member in other.members)
            for other in self.groups
            if other is not group and cell in other.members
        )
        return (not helps, self.counts[cell], cell)
