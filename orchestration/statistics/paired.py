"""Whether the same people answered differently the second time."""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

# Fewer changers than this take the exact test (McNemar 1947).
EXACT_BELOW = 25


@dataclass(frozen=True)
class PairedTest:
    """A two-sided test: how it was made, its statistic (none where exact) and probability."""

    method: str
    statistic: float | None
    p_value: float


def mcnemar(to_yes: int, to_no: int) -> PairedTest:
    """Whether more people changed from no to yes than from yes to no, or the other way about.

    Exact binomial under 25 changers, else chi-square with continuity correction. Those who
    answered the same twice say nothing here; without a changer the probability is 1.
    """
    changers = to_yes + to_no
    if changers < EXACT_BELOW:
        return PairedTest("exact", None, _exact(to_yes, to_no))
    statistic = (abs(to_yes - to_no) - 1) ** 2 / changers
    return PairedTest("chi2_cc", statistic, float(stats.chi2.sf(statistic, 1)))


def sign_test(better: int, worse: int) -> PairedTest:
    """Whether more people moved up an ordered scale than down it: exact, whatever the number."""
    return PairedTest("exact", None, _exact(better, worse))


def wilcoxon(differences: Sequence[float]) -> PairedTest:
    """Whether differences lean one way, by their signed ranks; those of zero are dropped.

    Raises:
        ValueError: every difference is zero, so there is nothing to rank.
    """
    changed = [difference for difference in differences if difference]
    if not changed:
        raise ValueError("Every difference is zero: nobody changed")
    found = stats.wilcoxon(changed)
    return PairedTest("scipy auto", float(found.statistic), float(found.pvalue))


def _exact(first: int, second: int) -> float:
    if first + second == 0:
        return 1.0
    return float(stats.binomtest(first, first + second).pvalue)
