import io
import sys

import dagster as dg
import pytest

from orchestration.progress_bar import bar, follow_run

RUN_ID = "00000000-0000-4000-8000-000000000001"


@dg.asset
def first() -> None: ...


@dg.asset(deps=[first])
def second__part() -> None: ...


def test_a_run_is_told_step_by_step_with_the_share_of_its_assets_that_are_made():
    job = dg.Definitions(
        assets=[first, second__part], jobs=[dg.define_asset_job("night")]
    ).resolve_job_def("night")
    told: list[tuple[str, float | None]] = []
    with dg.DagsterInstance.ephemeral() as instance:
        follow_run(instance, RUN_ID, 2, lambda what, share: told.append((what, share)))
        job.execute_in_process(instance=instance, run_id=RUN_ID)

    assert told == [("first", 0.0), ("first", 0.5), ("second.part", 0.5), ("second.part", 1.0)]


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_bar_is_drawn_on_a_terminal_and_nowhere_else(
    is_terminal, monkeypatch: pytest.MonkeyPatch
):
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: is_terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    for name in ("TERM", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    with bar() as tell:
        tell("drawing pages", 0.5)

    assert ("drawing pages" in stream.getvalue()) == is_terminal
