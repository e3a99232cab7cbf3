"""What a reader can work out of hidden counts from those that are shown and the sums that hold.

Intervals are narrowed from sum to sum, all tables at once. Where the sums of hidden counts do not
cross, that is exact; where they do, a linear programme has the last word (``scipy``'s HiGHS).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from orchestration.statistics.linked_tables import TOLERANCE, Flags, LinkedTable, Numbers

Places = npt.NDArray[np.int64]
# No threshold is near it: how far above or below the truth a reader may think is not asked further.
FAR = 60.0


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
    """The guarded counts that a reader could bound too tightly, as table and cell, in order."""
    system = _system_of(tables)
    if not len(system.low):
        return []
    low, high = _narrowed(system)
    is_short = high - low < system.wanted - TOLERANCE
    crossing = _crossing(system)
    open_ones = (system.wanted > 0) & ~is_short & crossing
    if open_ones.any():
        is_short |= _short_by_programme(system, low, high, open_ones)
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
            if not everything and not table.guarded[kind].any():
                continue
            cells = np.flatnonzero(unknown[kind])
            place = np.full(table.counts.shape[1], -1)
            place[cells] = np.arange(unknowns, unknowns + len(cells))
            parts.append(_unknowns_of(table, number, kind, cells))
            unknowns += len(cells)
            for one, holds in zip(table.sums, table.holds[kind], strict=True):
                if not holds:
                    continue
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
            np.where(table.guarded[kind, cells], table.largest_small[kind] - 1, 0.0),
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


def _components(system: System) -> tuple[Places, Places]:
    """Which component each sum and each unknown belongs to."""
    rows = int(system.row.max()) + 1 if len(system.row) else 0
    size = rows + len(system.low)
    graph = coo_array(
        (np.ones(len(system.row)), (system.row, rows + system.unknown)), shape=(size, size)
    )
    _, component = connected_components(graph, directed=False)
    return component[:rows], component[rows:]


def _crossing(system: System) -> Flags:
    """Unknowns whose sums cross: as a graph of sums and unknowns, their component has a cycle."""
    of_row, of_unknown = _components(system)
    number = int(max(of_row.max(initial=0), of_unknown.max(initial=0))) + 1
    entries = np.bincount(of_row[system.row], minlength=number)
    nodes = np.bincount(of_row, minlength=number) + np.bincount(of_unknown, minlength=number)
    return (entries > nodes - 1)[of_unknown]


def _short_by_programme(system: System, low: Numbers, high: Numbers, open_ones: Flags) -> Flags:
    """Of the counts that are still open, those with too few values.

    Components have no sum in common, so one programme asks a count of each at once, and what it
    finds on its way to it tells of the others there too.
    """
    of_row, of_unknown = _components(system)
    matrix = system.matrix
    short = np.zeros(len(low), dtype=bool)
    left = open_ones.copy()
    seen_low, seen_high = np.zeros(len(low)), np.zeros(len(low))
    while left.any():
        component, first = np.unique(of_unknown[left], return_index=True)
        asked = np.flatnonzero(left)[first]
        columns = np.flatnonzero(np.isin(of_unknown, component))
        rows = np.flatnonzero(np.isin(of_row, component))
        part = matrix[rows][:, columns]
        # Others that are open weigh little, and enough to settle most on the way. If they turned
        # the answer it would be to fewer values: more is withheld than must be, and never less.
        weight = np.where(left[columns], 1e-3, 0.0)
        weight[np.searchsorted(columns, asked)] = 1.0
        for sign in (-1.0, 1.0):
            found = _programme(part, low[columns], high[columns], sign * weight)
            seen_low[columns] = np.minimum(seen_low[columns], found)
            seen_high[columns] = np.maximum(seen_high[columns], found)
        is_wide = seen_high - seen_low >= system.wanted - TOLERANCE
        short[asked] = ~is_wide[asked]
        left[asked] = False
        left &= ~is_wide
    return short


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
    )
    # The truth satisfies them all: there is always something.
    assert found.success, found.message
    return np.asarray(found.x)
