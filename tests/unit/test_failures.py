"""Why a night failed, as it may be sent to somebody by email."""

from pathlib import Path

import pytest

from orchestration.failures import reason_of
from orchestration.quality.results import GateShut


def test_a_landed_file_that_went_away_is_told_without_its_name(tmp_path: Path):
    with pytest.raises(FileNotFoundError) as gone:
        (tmp_path / "Jane Smith referral.csv").read_text()

    assert "Land files whole" in reason_of(gone.value)
    assert "Jane" not in reason_of(gone.value)


def test_our_own_words_are_told_whole():
    assert reason_of(FileNotFoundError("There is no landing folder.")) == (
        "There is no landing folder."
    )
    assert reason_of(GateShut("2 checks")) == "2 checks"


def test_of_what_others_say_the_kind_alone_is_told():
    assert reason_of(ValueError("Jane Smith is no number")) == "ValueError"
