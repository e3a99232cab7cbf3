"""Linked tables, hidden and audited in turn until no guarded count can be worked out.

Follows Hundepool et al. (2012), Statistical disclosure control: a greedy choice of complementary
cells first, then an audit by linear programme, because the greedy choice alone leaves some sparse
tables too tight.
"""

from collections.abc import Sequence

from orchestration.statistics.linked_tables import LinkedTable
from orchestration.statistics.recovery import too_well_known

# After so many audits a table by itself has too many small cells: its categories should be joined.
MOST_AUDITS = 3
# Figures that are linked over a year are a dozen such tables, and their categories are given.
MOST_LINKED_AUDITS = 20


def protect_tables(tables: Sequence[LinkedTable]) -> None:
    """Hide cells until each guarded count could be any of at least as many values as its largest
    small count. A table that so many audits did not protect is hidden whole, but for what stays.
    """
    audited = list(tables)
    for table in audited:
        table.complete()
    for _ in range(MOST_LINKED_AUDITS):
        short: dict[int, list[int]] = {}
        for number, cell in too_well_known(audited):
            short.setdefault(number, []).append(cell)
        again = [(audited[number], cells) for number, cells in short.items()]
        # What is hidden whole and still known cannot be helped.
        audited = [table for table, cells in again if table.hide_beside_each(cells)]
        for table in audited:
            table.complete()
    for number in {number for number, _ in too_well_known(audited)}:
        table = audited[number]
        table.hidden |= ~table.stays & (table.counts.sum(axis=0) > 0)
