"""What is asked of a simulation on a command line, and what is said where it cannot be."""

from datetime import date
from pathlib import Path

import pytest

from orchestration.simulate.feeds import BadForm, FeedOptions
from orchestration.simulate.options import BadOptions, Errors, Options, options_from

PRESETS = """preset,option,value,reason
village,authorities,2,
village,children,500,
village,scenarios,seasonal,
village,scenarios,step_change,
"""


@pytest.fixture
def presets(tmp_path: Path) -> Path:
    file = tmp_path / "presets.csv"
    file.write_text(PRESETS, encoding="utf-8")
    return file


def test_a_preset_says_what_is_not_given(presets: Path) -> None:
    options = options_from("village", {"children": 900, "years": None, "formats": ()}, presets)

    assert options == Options(
        as_at=date(2026, 3, 31),
        authorities=2,
        children=900,
        scenarios=("seasonal", "step_change"),
    )


def test_a_scenario_may_say_its_parameters() -> None:
    given = {"scenarios": ("step_change:factor=2,from_date=m13", "seasonal"), "errors": "hostile"}

    options = options_from(None, given)

    assert options.scenarios == ("step_change", "seasonal")
    assert options.parameters == {
        ("step_change", "factor"): "2",
        ("step_change", "from_date"): "m13",
    }
    assert options.errors is Errors.HOSTILE


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"as_at": "soon"}, "soon is no day"),
        ({"errors": "awful"}, "none, realistic, hostile"),
        ({"scenarios": ("step_change:factor",)}, "step_change:factor=2"),
        ({"authorities": 2, "senders": 3}, "Of 2 authorities, 3"),
        ({"formats": ("ssda903",)}, "ssda903=xml"),
        ({"children": 199}, "200 children"),
        ({"years": 13}, "12 years"),
    ],
)
def test_what_cannot_be_met_is_said_with_what_can(given: dict[str, object], said: str) -> None:
    with pytest.raises(BadOptions, match=said):
        options_from(None, given)


def test_an_unknown_preset_is_answered_with_the_known_ones() -> None:
    with pytest.raises(BadOptions, match="county, region"):
        options_from("hamlet", {})


@pytest.mark.parametrize(
    ("forms", "said"),
    [
        ({"ssda903": "pdf"}, "csv, xlsx, parquet, xml"),
        ({"cin_census": "csv"}, "cin_census is not written as csv: xml"),
        ({"ssd903": "csv"}, "no family ssd903"),
    ],
)
def test_a_form_that_a_family_does_not_have_is_refused_before_anything_is_made(
    forms: dict[str, str], said: str
) -> None:
    with pytest.raises(BadForm, match=said):
        FeedOptions(forms=forms)
