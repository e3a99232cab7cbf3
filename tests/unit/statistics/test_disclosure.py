import csv
from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np
import pytest

from orchestration.statistics.disclosure import (
    TOTAL,
    Cell,
    Status,
    TooManySmallCells,
    bounds_of,
    protect,
)
from tests.factories import SHARED

K = 5


def a_column(**parts: int) -> dict[Cell, int]:
    """A table of one dimension, with its total."""
    return {(key, ""): count for key, count in parts.items()} | {(TOTAL, ""): sum(parts.values())}


def a_table(rows: np.ndarray) -> dict[Cell, int]:
    """A table of two dimensions, with all of its totals."""
    counts = {(f"r{i}", f"c{j}"): int(n) for (i, j), n in np.ndenumerate(rows)}
    counts |= {(f"r{i}", TOTAL): int(n) for i, n in enumerate(rows.sum(axis=1))}
    counts |= {(TOTAL, f"c{j}"): int(n) for j, n in enumerate(rows.sum(axis=0))}
    return counts | {(TOTAL, TOTAL): int(rows.sum())}


def published_tables() -> dict[str, list[dict[str, str]]]:
    file = SHARED / "methods_vectors" / "suppression_cases.csv"
    tables: dict[str, list[dict[str, str]]] = {}
    if file.exists():
        with file.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                tables.setdefault(row["table_id"], []).append(row)
    return tables


@pytest.mark.parametrize("table", published_tables() or [None])
def test_a_published_table_is_hidden_cell_by_cell_as_published(table):
    if table is None:
        pytest.skip("the test vectors of METHODS lie outside this repository")
    cells = {(row["row_key"], row["col_key"]): row for row in published_tables()[table]}
    first = next(iter(cells.values()))

    protected = protect({cell: int(row["count"]) for cell, row in cells.items()}, int(first["k"]))

    assert protected.status == {cell: row["status"] for cell, row in cells.items()}
    assert protected.audit_rounds == int(first["audit_rounds"])


def test_counts_of_one_to_five_are_hidden_and_zero_and_six_are_shown():
    status = protect(a_column(a=1, b=5, c=6, d=0, e=30), K).status

    assert status[("a", "")] == status[("b", "")] == Status.PRIMARY
    assert {status[(key, "")] for key in "cde"} == {Status.SHOW}


def test_two_small_counts_protect_each_other_only_when_their_sum_leaves_room():
    assert protect(a_column(a=2, b=3, c=40), K).status[("c", "")] == Status.SECONDARY
    assert protect(a_column(a=2, b=4, c=40), K).status[("c", "")] == Status.SHOW


def test_where_all_parts_are_hidden_or_nothing_the_total_is_hidden():
    assert protect(a_column(a=6, b=0), K).status[(TOTAL, "")] == Status.SHOW
    assert protect(a_column(a=4, b=0), K).status[(TOTAL, "")] == Status.PRIMARY


def test_the_same_table_is_hidden_the_same_way_in_any_order():
    counts = a_table(np.array([[3, 14, 22], [9, 11, 25], [7, 7, 2]]))

    assert protect(counts, K) == protect(dict(reversed(counts.items())), K)


def fills(counts: Mapping[Cell, int], status: Mapping[Cell, Status]) -> Iterator[dict[Cell, int]]:
    """Every way, in whole numbers, to fill the hidden inner cells of a two by two table that
    agrees with all that is shown."""
    inner = [cell for cell in counts if TOTAL not in cell]
    # Far enough above every cell to find five values, and few enough to try them all.
    largest = max(counts[cell] for cell in inner) + 12
    ranges = [
        range(1, largest) if status[cell] is not Status.SHOW else (counts[cell],) for cell in inner
    ]
    for values in product(*ranges):
        filled = dict(zip(inner, values, strict=True))
        totals = {
            total: sum(
                n
                for cell, n in filled.items()
                if total[0] in (TOTAL, cell[0]) and total[1] in (TOTAL, cell[1])
            )
            for total in counts
            if TOTAL in total
        }
        if all(
            (n == counts[cell]) if status[cell] is Status.SHOW else n >= 1
            for cell, n in totals.items()
        ):
            yield filled | totals


@pytest.mark.parametrize("rows", [[[3, 7], [6, 2]], [[1, 8], [0, 9]], [[4, 0], [9, 6]]])
def test_what_a_reader_could_fill_in_leaves_each_small_count_five_values(rows):
    counts = a_table(np.array(rows))
    status = protect(counts, K).status
    possible = list(fills(counts, status))

    for cell in (cell for cell in counts if status[cell] is Status.PRIMARY):
        values = {filled[cell] for filled in possible}
        bounds = bounds_of(counts, status, cell)
        assert len(values) >= K
        assert bounds.smallest <= min(values)
        assert bounds.largest >= max(values)


def test_random_sparse_tables_give_no_small_count_away():
    random = np.random.default_rng(20261125)
    too_small = 0
    for _ in range(25):
        shape = random.integers(2, 6, size=2)
        counts = a_table(random.poisson(random.choice([0.5, 3, 12], size=shape)))
        try:
            status = protect(counts, K).status
        except TooManySmallCells:
            too_small += 1
            continue
        for cell in (cell for cell in counts if status[cell] is Status.PRIMARY):
            assert bounds_of(counts, status, cell).width >= K - 1
    assert too_small < 4


# Found at random: three audits do not suffice for it.
TOO_SPARSE = """
    20  2 21 30  3  0  0
     2  0  0  0  1  1 21
     0  2 17  1  0  0 25
     0 15 17  0  1  0  0
     1  1  0  2  0  0  0
     0  0  0  0 19 21 22
    20  0 19  2  0 27  0
"""


def test_a_table_that_cannot_be_protected_says_what_to_do():
    rows = np.array(TOO_SPARSE.split(), dtype=int).reshape(7, 7)

    with pytest.raises(TooManySmallCells, match="join some of its categories"):
        protect(a_table(rows), K)
