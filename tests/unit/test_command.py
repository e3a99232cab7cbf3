import datetime as dt
import stat
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.failures import told_reason
from orchestration.night import BROKEN_OFF, past_nights
from orchestration.quality.results import CheckResult, why_shut
from orchestration.report_run import _together, run_and_report
from orchestration.settings import MINIMUM_KEY_LENGTH, Settings

runner = CliRunner()


@pytest.fixture(autouse=True)
def without_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("OUTCOMES_PSEUDONYM_KEY", "OUTCOMES_PSEUDONYM_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OUTCOMES_DATA", str(tmp_path))


def test_without_a_key_a_run_does_not_start_and_says_how_to_make_one(tmp_path: Path):
    result = runner.invoke(app, ["run", "--landing", str(tmp_path)])

    assert result.exit_code == 2
    assert "outcomes make-key" in result.output


def test_a_made_key_is_long_enough_and_only_its_owner_can_read_it(tmp_path: Path):
    file = tmp_path / "new" / "key"
    result = runner.invoke(app, ["make-key", str(file)])

    assert result.exit_code == 0
    key = file.read_text("utf-8").strip()
    assert len(key) >= MINIMUM_KEY_LENGTH
    assert key not in result.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_key_that_is_there_is_never_replaced(tmp_path: Path):
    file = tmp_path / "key"
    file.write_text("the old key", encoding="utf-8")
    runner.invoke(app, ["make-key", str(file)])

    assert file.read_text("utf-8") == "the old key"


def test_a_question_before_anything_is_published_is_answered_with_what_to_do():
    trace = ["trace", "an_indicator", "999", "2025-26"]
    for command in (["query", "select 1"], trace, ["report"]):
        result = runner.invoke(app, command)

        assert result.exit_code == 2
        assert "make run" in result.output


class _Error:
    def __init__(self, cls_name: str, message: str, cause: "_Error | None" = None) -> None:
        self.cls_name, self.message, self.cause = cls_name, message, cause


@dataclass(frozen=True)
class _Event:
    step_key: str
    is_step_success: bool

    @property
    def is_step_failure(self) -> bool:
        return not self.is_step_success

    @property
    def step_failure_data(self) -> SimpleNamespace:
        return SimpleNamespace(error=_Error("CannotDraw", "a.CannotDraw: no table of outcomes"))


@pytest.mark.parametrize(
    ("finished", "failed", "exit_code", "said", "not_said"),
    [
        (["published__csc_outcomes"], "published__site", 0, "site was not drawn", "Nothing was"),
        ([], "published__csc_outcomes", 1, "Nothing was published", "site was not drawn"),
    ],
)
def test_a_site_that_cannot_be_drawn_undoes_no_publication_and_the_run_says_so(
    finished, failed, exit_code, said, not_said, monkeypatch, tmp_path, capsys
):
    events = [*(_Event(step, True) for step in finished), _Event(failed, False)]
    result = SimpleNamespace(all_events=events, success=False)
    monkeypatch.setattr("orchestration.definitions.build_defs", lambda settings: None)
    monkeypatch.setattr("orchestration.report_run._run", lambda *_: result)
    settings = Settings(tmp_path, tmp_path, dt.date(2026, 3, 31), None, b"")

    assert run_and_report(settings) == exit_code

    told = capsys.readouterr().out
    assert said in told
    assert not_said not in told
    assert f"{failed}: no table of outcomes" in told


def test_a_night_that_was_interrupted_is_no_part_of_one(monkeypatch, tmp_path: Path, capsys):
    """Ended by the system within a step, it was told as if nothing had been to publish."""
    result = SimpleNamespace(all_events=[_Event("ingest", True)], success=False)
    monkeypatch.setattr("orchestration.definitions.build_defs", lambda settings: None)
    monkeypatch.setattr("orchestration.report_run._run", lambda *_: result)

    assert run_and_report(Settings(tmp_path, tmp_path, dt.date(2026, 3, 31), None, b"")) == 1
    (night,) = past_nights(tmp_path / "warehouse")
    assert (night.outcome, night.failed_step) == (BROKEN_OFF, "")
    assert "Nothing was published" in capsys.readouterr().out


def test_an_engines_own_message_is_not_repeated_because_it_may_quote_a_cell():
    failed = _Error("DagsterError", "x", _Error("ConversionException", "x: cannot read 'Ada'"))

    assert told_reason(failed) == "ConversionException"


def test_what_stopped_dbt_is_named_without_its_words():
    said = (
        "dagster_dbt.x: The dbt CLI process failed with exit code `1`\n"
        "  Runtime Error in model measure__programmes (../models/x.sql)\n  could not read 'Ada'\n"
        "  Failure in test one_row_per (../models/x.yml)\n"
        "  Runtime Error in model measure__programmes (../models/x.sql)\n"
    )

    told = told_reason(_Error("DagsterError", "x", _Error("DagsterDbtCliRuntimeError", said)))

    assert told == (
        "dbt could not make measure__programmes, one_row_per; the log of the run says why"
    )


@pytest.mark.parametrize(
    ("kind", "message", "remedy"),
    [
        ("OSError", "OSError: [Errno 28] No space left on device: '/data/x'", "Make some"),
        ("IOException", "duckdb.IOException: Could not write file: File too large", "Make some"),
        ("PermissionError", "PermissionError: [Errno 13] Permission denied: '/x/Ada'", "right"),
        ("OSError", "OSError: [WinError 5] Access is denied", "right"),
        ("IOException", 'duckdb.IOException: Could not set lock on file "x": Ada', "End it"),
        ("OutOfMemoryException", "duckdb.OutOfMemoryException: Out of Memory Error", "Memory"),
        (
            "DagsterDbtCliRuntimeError",
            "dagster_dbt.x: The dbt CLI process with command\n\n`dbt build`\n\nfailed with exit "
            "code `-9`. Ada",
            "ended from outside",
        ),
    ],
)
def test_what_the_machine_did_is_told_with_its_remedy_in_our_own_words(kind, message, remedy):
    told = told_reason(_Error("DagsterError", "x", _Error(kind, message)))

    assert remedy in told
    assert "Ada" not in told


def test_our_own_message_is_repeated_without_the_name_of_its_class():
    failed = _Error(
        "DagsterError", "x", _Error("CannotPublish", "a.CannotPublish: Move it: now.\n")
    )

    assert told_reason(failed) == "Move it: now."


def test_a_shut_gate_names_table_check_and_counts():
    results = [
        CheckResult(f"raw.t{n}", "is_given", "critical" if n else "warning", False, 9, n, "Why")
        for n in range(8)
    ]
    failed = _Error("DagsterError", "x", _Error("GateShut", f"a.GateShut: {why_shut(results)}\n"))

    told = told_reason(failed)

    assert told.startswith("shut by raw.t1 is_given (1 of 9 rows), raw.t2 is_given (2 of 9 rows)")
    assert told.endswith("raw.t5 is_given (5 of 9 rows), and 2 more")
    assert not why_shut(results[:1])


def test_files_with_the_same_thing_to_say_are_named_together():
    said = _together([("a.csv", "old"), ("b.csv", ""), ("c.csv", "old"), ("d.csv", "new")])

    assert said == [("a.csv, c.csv", "old"), ("d.csv", "new")]
