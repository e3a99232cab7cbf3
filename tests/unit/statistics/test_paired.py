import csv

import pytest

from orchestration.statistics.paired import mcnemar, sign_test, wilcoxon
from tests.factories import SHARED


def published() -> list[dict[str, str]]:
    file = SHARED / "methods_vectors" / "paired_tests.csv"
    if not file.exists():
        return []
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.parametrize("case", published() or [None], ids=lambda c: c["case_id"] if c else "none")
def test_a_published_pair_has_its_probability(case):
    if case is None:
        pytest.skip("the test vectors of METHODS lie outside this repository")
    if case["test"] == "wilcoxon_signed_rank":
        found = wilcoxon([float(text) for text in case["differences"].split("|")])
    else:
        test = {"mcnemar": mcnemar, "sign": sign_test}[case["test"]]
        found = test(int(case["b_or_improved"]), int(case["c_or_worse"]))

    assert found.method == case["method"]
    assert found.p_value == pytest.approx(float(case["p_value"]), abs=1e-6)
    if case["statistic"]:
        assert found.statistic == pytest.approx(float(case["statistic"]), abs=1e-6)
    else:
        assert found.statistic is None


def test_twenty_four_changers_are_tested_exactly_and_twenty_five_are_not():
    assert mcnemar(16, 8).method == "exact"
    assert mcnemar(16, 9).method == "chi2_cc"


def test_it_does_not_matter_which_way_is_named_first():
    assert mcnemar(3, 12).p_value == mcnemar(12, 3).p_value
    assert sign_test(8, 30).p_value == sign_test(30, 8).p_value


def test_without_a_change_there_is_nothing_to_rank():
    with pytest.raises(ValueError, match="nobody changed"):
        wilcoxon([0, 0])
