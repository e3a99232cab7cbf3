"""Why a step failed, in words that may be repeated: in a log, a status or an alert."""

import re

from dagster_shared.error import SerializableErrorInfo

from orchestration.database import CannotOpen
from orchestration.ingest.erased import WrongPseudonymKey
from orchestration.machine import by_the_machine
from orchestration.night import AnotherNight
from orchestration.publish.files import CannotPublish
from orchestration.quality.results import GateShut
from orchestration.report.facts import CannotDraw

OUR_FAILURES = (
    GateShut,
    WrongPseudonymKey,
    CannotPublish,
    CannotDraw,
    CannotOpen,
    AnotherNight,
    FileNotFoundError,
)
GONE = "A file went away while it was being read. Land files whole and leave them, then run again."
# Which model stood in the way, of all that dbt says: its name is ours, the rest may quote a cell.
STOPPED_DBT = re.compile(r"\b(?:Error|Failure) in \w+ (\w+) \(")


def words_of(kind: str, message: str) -> str:
    """The words of an error where they are ours, and ours again where the machine stood in the way;
    of any other its kind alone, because an engine's own message may quote the cell it stumbled on.
    """
    # What the system says of a file begins with a number and ends with its name.
    if kind == FileNotFoundError.__name__ and message.startswith("["):
        return GONE
    if kind in {cls.__name__ for cls in OUR_FAILURES}:
        return message
    stopped = dict.fromkeys(STOPPED_DBT.findall(message))
    return by_the_machine(f"{kind}: {message}") or (
        f"dbt could not make {', '.join(stopped)}; the log of the run says why" if stopped else kind
    )


def told_reason(error: SerializableErrorInfo | None) -> str:
    """What went wrong at the bottom of an error as Dagster keeps it."""
    while error is not None and error.cause is not None:
        error = error.cause
    if error is None:
        return "it failed without a reason"
    kind = (error.cls_name or "").rpartition(".")[2]
    return words_of(kind, error.message.partition(":")[2].strip())


def reason_of(error: BaseException | None) -> str:
    """What went wrong at the bottom of an error."""
    while error is not None and error.__cause__ is not None:
        error = error.__cause__
    return words_of(type(error).__name__, str(error)) if error else "it failed without a reason"
