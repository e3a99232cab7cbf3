"""From figures that count the same things to the linked tables they are, and back to which of them
the release withholds."""

import gc
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from orchestration.statistics.linked_tables import LinkedTable, Sum
from orchestration.statistics.protection import protect_tables

WHOLE = "all"
PROGRAMME = "programme"


class Count(NamedTuple):
    """One count of a published row, as the model ``cells_to_protect`` describes it."""

    aspect: str
    local_authority_code: str
    reporting_year: int
    table_code: str
    cohort_table: str | None
    period_id: str
    period_type: str
    period_end: object
    quarter_id: str | None
    breakdown: str
    breakdown_value: str
    count_code: str
    counted: float
    largest_small_count: int
    is_small: bool
    is_guarded: bool
    stays: bool
    most: float | None
    # What the last release did with it, where it has not changed since: shown or withheld.
    last_release: str | None = None
    # The table over all that it is guarded as one with; none where it stands alone.
    joined_table: str | None = None
    # Figures of the same children, and whether they count the same of them.
    same_children_table: str | None = None
    is_same_figure: bool = False
    # The slice by programme that a slice lies in.
    programme_code: str | None = None


class Key(NamedTuple):
    """Tables of linked figures that are guarded as one: mostly a single one."""

    aspect: str
    local_authority_code: str
    reporting_year: int
    joined_table: str


class Cell(NamedTuple):
    """A published row of one table; they are taken in the order of their keys."""

    table_code: str
    period_id: str
    breakdown: str
    breakdown_value: str


Withheld = tuple[Key, Cell]
# What is withheld besides where another number is: of a figure all that stands beside it, and of
# those who are not known why not, and with those not yet due how many there are.
BESIDE = {
    "excluded": ("figure",),
    "unknown": ("figure",),
    "class": ("figure",),
    "reason": ("figure", "unknown"),
    "not_due": ("figure", "unknown"),
}
# Columns of the table ``withheld_cells``: those of a key but the last, then those of a cell.
WITHHELD_COLUMNS = pa.schema(
    [
        ("aspect", pa.string()),
        ("local_authority_code", pa.string()),
        ("reporting_year", pa.int32()),
        ("table_code", pa.string()),
        ("period_id", pa.string()),
        ("breakdown", pa.string()),
        ("breakdown_value", pa.string()),
    ]
)


def withheld_table(counts: Iterable[Sequence[Any]]) -> pa.Table:
    """The same as ``withheld_figures``, from rows of ``cells_to_protect`` to the table that the
    release is made with."""
    # Hundreds of thousands of counts and no circles among them: a fifth of the time would go into
    # looking for some.
    gc.disable()
    try:
        withheld = withheld_figures(map(Count._make, counts))
    finally:
        gc.enable()
    rows = [
        dict(zip(WITHHELD_COLUMNS.names, (*key[:-1], *cell), strict=True)) for key, cell in withheld
    ]
    return pa.Table.from_pylist(rows, schema=WITHHELD_COLUMNS)


def withheld_figures(counts: Iterable[Count]) -> list[Withheld]:
    """The figures that the release withholds, in order.

    Cohorts are settled first: what guards a small one is withheld in every figure of nearly the
    same people. Then the figures; then progress, by what they say of the same children; then,
    beside those that are shown, the numbers excluded, not known and so on. As long as a table has
    something to guard, what the last release withheld of it and has not changed stays so: shown
    now, it would tell what it hid then.
    """
    figures = _tables_of(counts)
    aspects: dict[str, list[Key]] = defaultdict(list)
    for key in sorted(figures):
        aspects[key.aspect].append(key)

    _protect(figures[key] for key in aspects["cohort"])
    for key in aspects["figure"]:
        is_guarding = bool(figures[key].guarded)
        for cohort in sorted(figures[key].cohorts):
            if guards := figures.get(key._replace(aspect="cohort", joined_table=cohort)):
                figures[key].hidden |= {
                    cell._replace(table_code=key.joined_table) for cell in guards.hidden
                }
                is_guarding |= bool(guards.guarded)
        if is_guarding:
            figures[key].hidden |= figures[key].unchanged("withheld")
    _protect(figures[key] for key in aspects["figure"] if not figures[key].told_elsewhere)
    for key in aspects["figure"]:
        for cell, (table, is_same) in figures[key].told_elsewhere.items():
            told = figures[key._replace(joined_table=table)]
            if cell._replace(table_code=table) in told.hidden:
                figures[key].hidden.add(cell)
            elif is_same:
                figures[key].stays.add(cell)
    _protect(figures[key] for key in aspects["figure"] if figures[key].told_elsewhere)
    beside = [key for aspect in BESIDE for key in aspects[aspect]]
    for key in beside:
        if figures[key].guarded:
            figures[key].hidden |= figures[key].unchanged("withheld")
    for number in (1, 2):
        now = [key for key in beside if len(BESIDE[key.aspect]) == number]
        for key in now:
            for aspect in BESIDE[key.aspect]:
                if goes := figures.get(key._replace(aspect=aspect)):
                    figures[key].hidden |= goes.hidden
        _protect(figures[key] for key in now)

    return [
        (key, cell)
        for key in (*aspects["figure"], *beside)
        for cell in sorted(figures[key].hidden & figures[key].cells)
    ]


@dataclass
class _Period:
    kind: str
    end: object
    quarter: str | None


@dataclass
class _Figures:
    """The cells of tables that are guarded as one, as they are gathered, and which of them are
    hidden. Others of the tables may be parts of the one that is ``over_all``."""

    over_all: str
    cells: set[Cell] = field(default_factory=set)
    counts: dict[str, dict[Cell, float]] = field(default_factory=lambda: defaultdict(dict))
    most: dict[tuple[str, Cell], float] = field(default_factory=dict)
    guarded: set[tuple[str, Cell]] = field(default_factory=set)
    largest_small: dict[str, int] = field(default_factory=dict)
    stays: set[Cell] = field(default_factory=set)
    hidden: set[Cell] = field(default_factory=set)
    cohorts: set[str] = field(default_factory=set)
    # The figures that tell of a cell's children, and whether they count the same of them.
    told_elsewhere: dict[Cell, tuple[str, bool]] = field(default_factory=dict)
    programmes: dict[Cell, str] = field(default_factory=dict)
    periods: dict[str, _Period] = field(default_factory=dict)
    last_release: dict[Cell, set[str | None]] = field(default_factory=lambda: defaultdict(set))

    def unchanged(self, last_release: str) -> set[Cell]:
        """The cells with which the last release did so, and of which no count has changed."""
        return {cell for cell, told in self.last_release.items() if told == {last_release}}

    def as_table(self) -> tuple[LinkedTable, list[Cell]]:
        cells = sorted(self.cells)
        place = {cell: number for number, cell in enumerate(cells)}
        kinds = self._different_counts()
        counts = np.zeros((len(kinds), len(cells)))
        guarded = np.zeros(counts.shape, dtype=bool)
        most = np.full(counts.shape, np.inf)
        for row, kind in enumerate(kinds):
            for cell, count in self.counts[kind].items():
                counts[row, place[cell]] = count
                guarded[row, place[cell]] = (kind, cell) in self.guarded
                most[row, place[cell]] = self.most.get((kind, cell), np.inf)
        stays = np.array([cell in self.stays for cell in cells])
        published = self.unchanged("shown")
        table = LinkedTable(
            counts=counts,
            sums=self._sums(place),
            largest_small=np.array([float(self.largest_small[kind]) for kind in kinds]),
            hidden=np.array([cell in self.hidden for cell in cells]) & ~stays,
            guarded=guarded,
            stays=stays,
            most=most,
            published=np.array([cell in published for cell in cells]),
        )
        return table, cells

    def _different_counts(self) -> list[str]:
        """Of counts that are the same in every cell, one: most figures of a cohort are of all of
        it."""
        seen: dict[tuple[object, ...], str] = {}
        for kind, counts in sorted(self.counts.items()):
            rows = (
                (cell, counts[cell], (kind, cell) in self.guarded, self.most.get((kind, cell)))
                for cell in sorted(counts)
            )
            seen.setdefault((self.largest_small[kind], *rows), kind)
        return list(seen.values())

    def _sums(self, place: dict[Cell, int]) -> list[Sum]:
        """Slices add up to their whole, and those by service or delivery model to their programme.
        Shorter periods add up to a longer one where events are counted, and the last of them is the
        same as it where a state is. Domains add up to all of them where no child is in two. All are
        put forward, and a sum is taken to hold where it does."""
        slices: dict[Cell, list[Cell]] = defaultdict(list)
        tables: dict[Cell, list[Cell]] = defaultdict(list)
        spans: dict[Cell, list[Cell]] = defaultdict(list)
        years = [period for period, about in self.periods.items() if about.kind == "year"]
        for cell in place:
            if cell.breakdown != WHOLE:
                slices[cell._replace(breakdown=WHOLE, breakdown_value=WHOLE)].append(cell)
            if programme := self.programmes.get(cell):
                of_programme = {"breakdown": PROGRAMME, "breakdown_value": programme}
                slices[cell._replace(**of_programme)].append(cell)
            if cell.table_code != self.over_all:
                tables[cell._replace(table_code=self.over_all)].append(cell)
            about = self.periods[cell.period_id]
            if about.kind == "year":
                continue
            longer = [about.quarter] if about.quarter in self.periods else years
            for period in longer:
                spans[cell._replace(period_id=str(period))].append(cell)
        sums = []
        for total, parts in sorted(slices.items()):
            by_breakdown: dict[str, list[Cell]] = defaultdict(list)
            for part in parts:
                by_breakdown[part.breakdown].append(part)
            sums += [(total, of_one) for _, of_one in sorted(by_breakdown.items())]
        sums += sorted(tables.items())
        for total, parts in sorted(spans.items()):
            end = self.periods[total.period_id].end
            last = [part for part in parts if self.periods[part.period_id].end == end]
            sums += [(total, parts), (total, last)] if last != parts else [(total, parts)]
        return [
            Sum(tuple(place[part] for part in parts), place[total])
            for total, parts in sums
            if total in place and parts
        ]


def _tables_of(counts: Iterable[Count]) -> dict[Key, _Figures]:
    by_table: dict[Key, list[Count]] = defaultdict(list)
    for count in counts:
        joined = count.joined_table or count.table_code
        by_table[
            Key(count.aspect, count.local_authority_code, count.reporting_year, joined)
        ].append(count)
    return {
        key: _gathered(key.joined_table, of_table)
        for key, of_table in by_table.items()
        # Most tables of the excluded, the not known and the cohorts have nothing small in them.
        if key.aspect == "figure" or any(count.is_small for count in of_table)
    }


def _gathered(joined_table: str, counts: Sequence[Count]) -> _Figures:
    figures = _Figures(joined_table)
    for count in counts:
        cell = Cell(count.table_code, count.period_id, count.breakdown, count.breakdown_value)
        figures.cells.add(cell)
        figures.last_release[cell].add(count.last_release)
        figures.counts[count.count_code][cell] = count.counted
        figures.largest_small[count.count_code] = count.largest_small_count
        if count.period_id not in figures.periods:
            figures.periods[count.period_id] = _Period(
                count.period_type, count.period_end, count.quarter_id
            )
        if count.is_small:
            figures.hidden.add(cell)
        if count.is_guarded:
            figures.guarded.add((count.count_code, cell))
        if count.stays:
            figures.stays.add(cell)
        if count.most is not None:
            figures.most[count.count_code, cell] = count.most
        if count.cohort_table:
            figures.cohorts.add(count.cohort_table)
        if count.programme_code:
            figures.programmes[cell] = count.programme_code
        if count.same_children_table:
            figures.told_elsewhere[cell] = (count.same_children_table, count.is_same_figure)
    return figures


def _protect(figures: Iterable[_Figures]) -> None:
    """Hide what more must go in each table; one with nothing to guard is left as it is."""
    to_do = [one for one in figures if one.guarded]
    built: Sequence[tuple[LinkedTable, list[Cell]]] = [one.as_table() for one in to_do]
    protect_tables([table for table, _ in built])
    for one, (table, cells) in zip(to_do, built, strict=True):
        one.hidden |= {cells[number] for number in np.flatnonzero(table.hidden)}
