"""Tables of counts that are linked by sums, and which more of their cells to withhold.

A cell is one published row. It may hold several counts (those who achieved, those who did not),
which are shown or withheld together, and it may be part of several sums: a slice of its whole, a
quarter of its year. Follows Hundepool et al. (2012), Statistical disclosure control: complementary
cells are chosen greedily, sum by sum; ``recovery`` then audits what a reader could still work out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

# Sums of hours and days are doubles.
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Sum:
    """Cells, by their place in the table, that add up to another."""

    parts: tuple[int, ...]
    total: int

    @property
    def members(self) -> tuple[int, ...]:
        return (*self.parts, self.total)


@dataclass
class LinkedTable:
    """Cells in the order of their keys, of which some are hidden; more are as it is completed.

    ``counts`` has a row for each count that a cell holds and a column for each cell. A count that
    is ``guarded`` must not be known closer than to as many values as its largest small count.
    Cells that ``stay`` are shown whatever they give away. A sum is taken to hold for those counts
    alone for which it does. ``most`` is what a reader knows each count cannot exceed. Cells that
    were ``published`` before, as they are, hide nothing from whoever has that release: they are
    taken where no other is left.
    """

    counts: Numbers
    sums: Sequence[Sum]
    largest_small: Numbers
    hidden: Flags
    guarded: Flags
    stays: Flags
    most: Numbers | None = None
    published: Flags | None = None
    holds: Flags = field(init=False)
    least: Numbers = field(init=False)
    # Counts that an audit found to be protected.
    safe: Flags = field(init=False)
    # Counts that others hide behind must be no better known than those.
    _needed: Flags = field(init=False)
    _sums_of: list[list[int]] = field(init=False)
    # Of each sum the counts that it holds for and that have something to guard.
    _kinds_of: list[list[int]] = field(init=False)
    # What was hidden when no sum gave any of it away: the same sums still do not.
    _completed: Flags = field(init=False)
    _inner: Flags = field(init=False)
    _size: Numbers = field(init=False)
    _is_published: Flags = field(init=False)

    def __post_init__(self) -> None:
        kinds, cells = self.counts.shape
        self.holds = np.zeros((kinds, len(self.sums)), dtype=bool)
        self._sums_of = [[] for _ in range(cells)]
        self._inner = np.ones(cells, dtype=bool)
        for place, one in enumerate(self.sums):
            parts = self.counts[:, list(one.parts)].sum(axis=1)
            # Of a count that none of the cells has there is nothing to work out.
            members = list(one.members)
            is_there = ((self.counts[:, members] > 0) | self.guarded[:, members]).any(axis=1)
            self.holds[:, place] = is_there & (
                np.abs(parts - self.counts[:, one.total]) < TOLERANCE
            )
            self._inner[one.total] = False
            for cell in one.members:
                self._sums_of[cell].append(place)
        is_asked = self.holds & self.guarded.any(axis=1, keepdims=True)
        self._kinds_of = [np.flatnonzero(kinds).tolist() for kinds in is_asked.T]
        self._completed = np.zeros(cells, dtype=bool)
        # A reader knows that what is hidden is at least 1; a zero is hidden by chance, and taken
        # to be known, but for one that itself gives something away.
        self.least = np.where(self.counts >= 1, 1.0, 0.0)
        self.safe = np.zeros(self.counts.shape, dtype=bool)
        self._needed = self.guarded.copy()
        self._size = self.counts.sum(axis=0)
        self._is_published = (
            np.zeros(cells, dtype=bool) if self.published is None else self.published
        )

    @property
    def unknown(self) -> Flags:
        """Which counts a reader does not know."""
        return self.hidden & ((self.counts > 0) | self.guarded)

    def complete(self) -> None:
        """Hide one more cell of the first sum that gives a hidden one away, until none does."""
        new = self.hidden & ~self._completed
        waiting = sorted({place for cell in np.flatnonzero(new) for place in self._sums_of[cell]})
        queued = set(waiting)
        while waiting:
            place = heappop(waiting)
            queued.discard(place)
            for kind in self._kinds_of[place]:
                chosen = self._missing(place, kind)
                if chosen is None:
                    continue
                self.hidden[chosen] = True
                self._needed[kind, chosen] = True
                for again in self._sums_of[chosen]:
                    if again not in queued:
                        queued.add(again)
                        heappush(waiting, again)
                break
        self._completed = self.hidden.copy()

    def hide_beside_each(self, cells: Sequence[int]) -> bool:
        """Hide one cell beside each of several that have no sum in common with an earlier one.
        False where nothing is left to hide."""
        touched: set[int] = set()
        is_any = False
        for cell in cells:
            if touched.isdisjoint(self._sums_of[cell]):
                is_any |= self.hide_beside(cell)
                touched.update(self._sums_of[cell])
        return is_any

    def hide_beside(self, cell: int) -> bool:
        """Hide the smallest shown inner cell that shares a sum with the cell; where there is none,
        the smallest shown cell of the table, totals included. False where nothing is left."""
        shown = [one for one in range(len(self.hidden)) if self._can_be_hidden(one)]
        near = {one for place in self._sums_of[cell] for one in self.sums[place].members}
        new = [one for one in shown if not self._is_published[one]]
        beside = [one for one in new or shown if one in near and self._inner[one]]
        if not shown:
            return False
        self.hidden[min(beside or new or shown, key=lambda one: (self._size[one], one))] = True
        return True

    def _can_be_hidden(self, cell: int) -> bool:
        """Hiding a shown zero would protect nothing."""
        return bool(not self.hidden[cell] and not self.stays[cell] and self._size[cell] > 0)

    def _missing(self, place: int, kind: int) -> int | None:
        """The cell to hide so that a sum gives away none of its hidden counts that matter; none
        where it is safe already or nothing more can be done."""
        one, counts, guarded = self.sums[place], self.counts[kind], self.guarded[kind]
        unknown = [c for c in one.parts if self.hidden[c] and (counts[c] > 0 or guarded[c])]
        is_total_unknown = self.hidden[one.total] and (counts[one.total] > 0 or guarded[one.total])
        known = len(unknown) + bool(is_total_unknown)
        members = [*unknown, one.total] if is_total_unknown else unknown
        if not self._needed[kind, members].any() or (is_total_unknown and known > 1):
            return None
        # Each hidden part can be anything up to what the others leave.
        room = sum(counts[c] - self.least[kind, c] for c in unknown)
        if known > 1 and room >= self.largest_small[kind] - 1:
            return None
        shown = [c for c in one.parts if counts[c] > 0 and self._can_be_hidden(c)]
        new = [c for c in shown if not self._is_published[c]]
        # Where every part is hidden already, zero or published, the total is left to hide.
        is_total_left = not self.hidden[one.total] and not self.stays[one.total]
        if is_total_left and not new and (not shown or not self._is_published[one.total]):
            return one.total
        if shown:
            return min(
                new or shown, key=lambda c: (not self._helps(c, place, kind), self._size[c], c)
            )
        return None

    def _helps(self, cell: int, place: int, kind: int) -> bool:
        """Whether hiding a cell protects one of another sum as well."""
        return any(
            self.hidden[member]
            for other in self._sums_of[cell]
            if other != place
            for member in self.sums[other].members
        )
