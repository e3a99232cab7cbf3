"""Linked tables, hidden and audited in turn until no guarded count can be worked out.

Follows Hundepool et al. (2012), Statistical disclosure control: a greedy choice of complementary
cells first, then an audit by linear programme, because the greedy choice alone leaves some sparse
tables too tight.
"""

from collections.abc import Sequence

from orchestration.statistics.linked_tables import LinkedTable
from orchestration.statistics.recovery import too_well_known

# After so many audits a table has too many small cells to be chosen one by one.
MOST_AUDITS = 3


def protect_tables(tables: Sequence[LinkedTable]) -> None:
    """Hide cells until each guarded count could be any of at least as many values as its largest
    small count. A table that so many audits did not protect is hidden whole, but for what stays.
    """
    audited = list(tables)
    for table in audited:
        table.complete()
    for _ in range(MOST_AUDITS):
        short: dict[int, int] = {}
        for number, cell in too_well_known(audited):
            short.setdefault(number, cell)
        audited = [audited[number] for number in short]
        for table, cell in zip(audited, short.values(), strict=True):
            table.hide_beside(cell)
            table.complete()
    for number in {number for number, _ in too_well_known(audited)}:
        table = audited[number]
        table.hidden |= ~table.stays & (table.counts.sum(axis=0) > 0)
