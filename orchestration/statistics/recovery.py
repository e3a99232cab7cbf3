"""What a reader can work out of hidden counts from those that are shown and the sums that hold.

Intervals are narrowed from sum to sum, all tables at once. Where the sums of hidden counts do not
cross, that is exact; where they do, a linear programme has the last word (``scipy``'s HiGHS).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import block_diag, coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from orchestration.statistics.linked_tables import TOLERANCE, Flags, LinkedTable, Numbers

Places = npt.NDArray[np.int64]
# No threshold is near it: how far above or below the truth a reader may think is not asked further.
FAR = 60.0
# A programme takes longer than in proportion to its size, and as long to set up at any: unknowns of
# one, about.
MOST_TOGETHER = 3_000


@dataclass(frozen=True)
class System:
    """Hidden counts as unknowns, less their true values, so that each sum comes to 0.

    ``table``, ``kind`` and ``cell`` say which count an unknown is; the others are the entries of
    the matrix of sums, a row for each.
    """

    table: Places
    kind: Places
    cell: Places
    low: Numbers
    high: Numbers
    wanted: Numbers
    row: Places
    unknown: Places
    sign: Numbers

    @property
    def matrix(self) -> csr_array:
        rows = int(self.row.max()) + 1 if len(self.row) else 0
        return coo_array((self.sign, (self.row, self.unknown)), shape=(rows, len(self.low))).tocsr()


def too_well_known(tables: Sequence[LinkedTable]) -> list[tuple[int, int]]:
    """The guarded counts that a reader could bound too tightly, as table and cell, in order.

    Those that are found safe stay so, however much more is hidden, and are not asked about again.
    """
    system = _system_of(tables)
    if not len(system.low):
        return []
    low, high = _narrowed(system)
    is_short = high - low < system.wanted - TOLERANCE
    open_ones = (system.wanted > 0) & ~is_short
    is_short |= _short_by_programme(system, low, high, open_ones)
    safe = (system.wanted > 0) & ~is_short
    for number, kind, cell in zip(
        *(one[safe].tolist() for one in (system.table, system.kind, system.cell)), strict=True
    ):
        tables[number].safe[kind, cell] = True
    found = zip(system.table[is_short].tolist(), system.cell[is_short].tolist(), strict=True)
    return sorted(set(found))


def bounds(table: LinkedTable, kind: int, cell: int) -> tuple[float, float]:
    """The smallest and largest value that a reader could work out for a hidden count; as far from
    the truth as ``FAR`` stands for anything beyond."""
    system = _system_of([table], everything=True)
    low, high = _narrowed(system)
    place = int(np.flatnonzero((system.kind == kind) & (system.cell == cell))[0])
    least, most = (_furthest(system.matrix, low, high, place, sign) for sign in (-1.0, 1.0))
    truth = float(table.counts[kind, cell])
    return truth + least, truth + most


def _system_of(tables: Sequence[LinkedTable], *, everything: bool = False) -> System:
    parts = []
    entries: list[tuple[int, int, float]] = []
    unknowns = rows = 0
    for number, table in enumerate(tables):
        unknown = table.unknown
        for kind in range(len(table.counts)):
            if not everything and not (table.guarded[kind] & ~table.safe[kind]).any():
                continue
            cells = np.flatnonzero(unknown[kind])
            place = np.full(table.counts.shape[1], -1)
            place[cells] = np.arange(unknowns, unknowns + len(cells))
            parts.append(_unknowns_of(table, number, kind, cells))
            unknowns += len(cells)
            for number_of_sum in np.flatnonzero(table.holds[kind]).tolist():
                one = table.sums[number_of_sum]
                members = [(int(place[cell]), 1.0) for cell in one.parts]
                members.append((int(place[one.total]), -1.0))
                found = [(rows, at, weight) for at, weight in members if at >= 0]
                entries += found
                rows += bool(found)
    about = np.concatenate(parts, axis=1) if parts else np.zeros((6, 0))
    row, entry, sign = np.array(entries, dtype=np.float64).reshape(-1, 3).T
    return System(
        table=about[0].astype(np.int64),
        kind=about[1].astype(np.int64),
        cell=about[2].astype(np.int64),
        low=about[3],
        high=about[4],
        wanted=about[5],
        row=row.astype(np.int64),
        unknown=entry.astype(np.int64),
        sign=sign,
    )


def _unknowns_of(table: LinkedTable, number: int, kind: int, cells: Places) -> Numbers:
    """The rows table, kind, cell, low, high and wanted of a system, a column for each cell."""
    truth = table.counts[kind, cells]
    most = np.full(len(cells), np.inf) if table.most is None else table.most[kind, cells]
    return np.array(
        [
            np.full(len(cells), number),
            np.full(len(cells), kind),
            cells,
            np.maximum(table.least[kind, cells] - truth, -FAR),
            np.minimum(most - truth, FAR),
            np.where(
                table.guarded[kind, cells] & ~table.safe[kind, cells],
                table.largest_small[kind] - 1,
                0.0,
            ),
        ],
        dtype=np.float64,
    )


def _narrowed(system: System) -> tuple[Numbers, Numbers]:
    """Bounds drawn in by each sum that an unknown is in, until no sum draws any further."""
    low, high = system.low.copy(), system.high.copy()
    if not len(system.row):
        return low, high
    up = system.sign > 0
    while True:
        # Each entry as it stands in its sum: the total with its sign turned.
        least = np.where(up, low[system.unknown], -high[system.unknown])
        most = np.where(up, high[system.unknown], -low[system.unknown])
        others_least = np.bincount(system.row, least)[system.row] - least
        others_most = np.bincount(system.row, most)[system.row] - most
        new_low, new_high = low.copy(), high.copy()
        np.maximum.at(new_low, system.unknown, np.where(up, -others_most, others_least))
        np.minimum.at(new_high, system.unknown, np.where(up, -others_least, others_most))
        if np.abs(new_low - low).max() < TOLERANCE and np.abs(new_high - high).max() < TOLERANCE:
            return low, high
        low, high = new_low, new_high


@dataclass(frozen=True)
class _Part:
    """Sums that cross and the unknowns they are of: they have none in common with any other."""

    unknowns: Places
    low: Numbers
    high: Numbers
    wanted: Numbers
    open_ones: Flags
    row: Places
    unknown: Places
    sign: Numbers

    @property
    def key(self) -> bytes:
        """The same for every part that asks the same, whatever table it is of."""
        asked = (self.low, self.high, self.wanted, self.open_ones, self.row, self.unknown)
        sizes = np.array([len(self.low), len(self.row)])
        # Adding zero takes the sign from a zero.
        return b"".join(one.tobytes() for one in (sizes, *(one + 0 for one in asked), self.sign))


def _crossing_parts(
    system: System, low: Numbers, high: Numbers, open_ones: Flags
) -> Iterator[_Part]:
    """Where an open count is in sums that cross: as a graph of sums and unknowns, a part with a
    cycle."""
    rows = int(system.row.max()) + 1 if len(system.row) else 0
    size = rows + len(low)
    graph = coo_array(
        (np.ones(len(system.row)), (system.row, rows + system.unknown)), shape=(size, size)
    )
    number, component = connected_components(graph, directed=False)
    of_unknown, of_entry = component[rows:], component[system.row]
    nodes = np.bincount(component, minlength=number)
    has_cycle = np.bincount(of_entry, minlength=number) > nodes - 1
    wanted = np.zeros(number, dtype=bool)
    wanted[of_unknown[open_ones]] = True
    unknowns_of = _places_by(of_unknown, number)
    entries_of = _places_by(of_entry, number)
    for one in np.flatnonzero(has_cycle & wanted):
        unknowns, entries = unknowns_of[one], entries_of[one]
        yield _Part(
            unknowns=unknowns,
            low=low[unknowns],
            high=high[unknowns],
            wanted=system.wanted[unknowns],
            open_ones=open_ones[unknowns],
            row=np.unique(system.row[entries], return_inverse=True)[1],
            unknown=np.searchsorted(unknowns, system.unknown[entries]),
            sign=system.sign[entries],
        )


def _places_by(numbers: Places, size: int) -> list[Places]:
    """For each number below a size the places where it stands."""
    ends = np.cumsum(np.bincount(numbers, minlength=size))[:-1]
    return np.split(np.argsort(numbers, kind="stable"), ends)


def _short_by_programme(system: System, low: Numbers, high: Numbers, open_ones: Flags) -> Flags:
    """Of the counts that are still open, those with too few values. Figures of the same children
    have the same parts, and a programme is asked about each but once."""
    if not open_ones.any():
        return open_ones
    short = np.zeros(len(low), dtype=bool)
    parts = [(part, part.key) for part in _crossing_parts(system, low, high, open_ones)]
    answers: dict[bytes, Flags] = {}
    for together in _batches(list({key: part for part, key in parts}.items())):
        found = _asked([part for _, part in together])
        answers.update(zip((key for key, _ in together), found, strict=True))
    for part, key in parts:
        short[part.unknowns] = answers[key]
    return short


def _batches(parts: list[tuple[bytes, _Part]]) -> Iterator[list[tuple[bytes, _Part]]]:
    """Parts that one programme is asked about."""
    together: list[tuple[bytes, _Part]] = []
    for one in parts:
        together.append(one)
        if sum(len(part.low) for _, part in together) >= MOST_TOGETHER:
            yield together
            together = []
    if together:
        yield together


def _asked(parts: Sequence[_Part]) -> list[Flags]:
    """Which counts of each part have too few values.

    Parts have no sum in common, so one programme asks a count of each at once, and what it finds
    on its way to it tells of the others there too.
    """
    low, high, wanted, left = (
        np.concatenate(several)
        for several in zip(
            *((part.low, part.high, part.wanted, part.open_ones) for part in parts), strict=True
        )
    )
    of_unknown = np.repeat(np.arange(len(parts)), [len(part.low) for part in parts])
    matrices = [
        coo_array(
            (part.sign, (part.row, part.unknown)), shape=(int(part.row.max()) + 1, len(part.low))
        )
        for part in parts
    ]
    short = np.zeros(len(low), dtype=bool)
    seen_low, seen_high = np.zeros(len(low)), np.zeros(len(low))
    signs = np.random.default_rng(0)
    while left.any():
        still, first = np.unique(of_unknown[left], return_index=True)
        asked = np.flatnonzero(left)[first]
        columns = np.flatnonzero(np.isin(of_unknown, still))
        matrix = block_diag([matrices[one] for one in still], format="csr")
        # Others that are open weigh little, and enough to settle most on the way: some up and
        # some down, for they cannot all rise where their sum is known. If they turned the answer
        # it would be to fewer values: more is withheld than must be, and never less.
        little = 1e-3 * signs.choice([-1.0, 1.0], len(columns))
        weight = np.where(left[columns], little, 0.0)
        weight[np.searchsorted(columns, asked)] = 1.0
        for sign in (-1.0, 1.0):
            found = _programme(matrix, low[columns], high[columns], sign * weight)
            seen_low[columns] = np.minimum(seen_low[columns], found)
            seen_high[columns] = np.maximum(seen_high[columns], found)
        is_wide = seen_high - seen_low >= wanted - TOLERANCE
        short[asked] = ~is_wide[asked]
        left[asked] = False
        left &= ~is_wide
    return np.split(short, np.cumsum([len(part.low) for part in parts])[:-1])


def _furthest(matrix: csr_array, low: Numbers, high: Numbers, place: int, sign: float) -> float:
    weight = np.zeros(len(low))
    weight[place] = -sign
    return float(_programme(matrix, low, high, weight)[place])


def _programme(matrix: csr_array, low: Numbers, high: Numbers, weight: Numbers) -> Numbers:
    """Values within their bounds that satisfy every sum and weigh least."""
    has_sums = matrix.shape[0] > 0
    found = linprog(
        weight,
        A_eq=matrix if has_sums else None,
        b_eq=np.zeros(matrix.shape[0]) if has_sums else None,
        bounds=np.column_stack([low, high]),
        method="highs",
        # It takes longer than it saves.
        options={"presolve": False},
    )
    # The truth satisfies them all: there is always something.
    assert found.success, found.message
    return np.asarray(found.x)
