"""A county in which figures of stability get better and its children say otherwise: the night shows
both sides in full, and averages nothing away (METHODS 10)."""

from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from tests.end_to_end.nights import Night, run_night

pytestmark = pytest.mark.slow
# From the second of two years on hardly anybody moves placement, and a third as many of the
# children say what is good. Of fewer children a year's difference is no more than chance.
COUNTY = ("--authorities", "1", "--children", "30000", "--years", "2", "--scenario",
          "numbers_up_views_down:from_date=m13,moves_left=0.05,positive_answers=0.3")  # fmt: skip
OUTCOME = "rees_child_stability"
YEAR = "2025-26"


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    county = tmp_path_factory.mktemp("county")
    simulated = CliRunner().invoke(app, ["simulate", str(county), *COUNTY])
    assert simulated.exit_code == 0, simulated.output
    night = run_night(tmp_path_factory.mktemp("data"), county / "landing")
    assert night.exit_code == 0, night.said
    yield night


def test_the_outcome_reads_dissonance_and_neither_better_nor_worse(night: Night):
    assert night.ask(
        "select cohort_reading, views_reading, convergence, overall, confidence "
        f"from outcomes.triangulated_outcomes where outcome_id = '{OUTCOME}' "
        f"and period_id = '{YEAR}'"
    ) == [("FAV", "UNF", "DISSONANCE", "CONTRADICTORY", "NONE")]


def test_the_question_of_numbers_against_views_is_asked(night: Night):
    questions = night.ask(
        f"select question_code from outcomes.questions where outcome_id = '{OUTCOME}' "
        f"and period_id = '{YEAR}'"
    )
    assert ("Q02",) in questions


def test_both_sides_stand_in_full_with_their_figures(night: Night):
    sides = night.ask(
        "select data_type, reading, value is not null, n from outcomes.evidence_items "
        f"where outcome_id = '{OUTCOME}' and period_id = '{YEAR}' and reading in ('FAV', 'UNF')"
    )
    assert ("cohort_snapshot", "FAV") in {side[:2] for side in sides}
    assert ("user_views", "UNF") in {side[:2] for side in sides}
    assert all(has_value and n > 0 for _, _, has_value, n in sides)
