import csv

import pytest

from orchestration.settings import PROJECT
from orchestration.statistics.order_statistics import median_ranks, percentile, ranks_of
from tests.factories import SHARED


def published() -> list[dict[str, str]]:
    file = SHARED / "methods_vectors" / "percentile_ci.csv"
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize("case", published() or [None], ids=lambda c: c["case_id"] if c else "none")
def test_a_published_percentile_has_its_limits(case):
    if case is None:
        pytest.skip("the test vectors of METHODS lie outside this repository")
    found = percentile(
        [float(text) for text in case["values"].split("|")], float(case["p"]), float(case["conf"])
    )

    assert found.estimate == pytest.approx(float(case["estimate"]), abs=1e-6)
    assert found.ranks.lower == (int(case["lower_rank"]) if case["lower_rank"] else None)
    assert found.ranks.upper == (int(case["upper_rank"]) if case["upper_rank"] else None)
    assert found.lower == (float(case["lower"]) if case["lower"] else None)
    assert found.upper == (float(case["upper"]) if case["upper"] else None)


@pytest.mark.parametrize(("count", "rank"), [(5, None), (6, 1)])
def test_a_median_has_limits_from_six_values_on(count, rank):
    assert ranks_of(count, 0.5, 0.95).lower == rank


@pytest.mark.parametrize("confidence", [0.95, 0.998])
def test_the_limits_of_a_median_lie_equally_far_from_either_end(confidence):
    for count in range(1, 1_000):
        ranks = ranks_of(count, 0.5, confidence)
        assert (ranks.lower is None) == (ranks.upper is None)
        assert ranks.lower is None or ranks.lower + (ranks.upper or 0) == count + 1


def test_without_a_value_there_is_no_percentile():
    with pytest.raises(ValueError, match="No values"):
        percentile([], 0.5, 0.95)


def test_the_seed_holds_the_ranks_that_are_computed_here():
    with (PROJECT / "seeds/framework/median_ranks.csv").open(encoding="utf-8") as handle:
        held = [tuple(map(int, row)) for row in list(csv.reader(handle))[1:]]

    assert held == median_ranks(len(held))
