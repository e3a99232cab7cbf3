"""Why a step failed, in words that may be repeated: in a log, a status or an alert."""

import re

from dagster_shared.error import SerializableErrorInfo

from orchestration.database import CannotOpen
from orchestration.ingest.erased import WrongPseudonymKey
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
# What a machine does to a night, by the words in which Python, DuckDB and dbt report it on Linux
# and on Windows, and what to do about it.
BY_THE_MACHINE = (
    (
        r"No space left on device|not enough space on the disk|Disk quota exceeded|File too large"
        r"|failed to offload data block",
        "The disk has no room left. Make some (`outcomes doctor` says how much a night wants), "
        "then run again.",
    ),
    (
        r"Permission denied|Access is denied|Read-only file system|Operation not permitted",
        "A folder or file cannot be written to. `outcomes doctor` says which: give the account "
        "that runs the night the right to it, then run again.",
    ),
    (
        r"Could not set lock|Conflicting lock|used by another process",
        "Another process has the warehouse open, and only one can. End it, then run again.",
    ),
    (
        r"Out of Memory|MemoryError|failed to allocate",
        "Memory ran out. Give the machine more, or end what else runs at night, then run again.",
    ),
    (
        r"failed with exit code `-\d+`",
        "dbt was ended from outside, most often because the machine's memory ran out. Run again.",
    ),
)


def words_of(kind: str, message: str) -> str:
    """The words of an error where they are ours, and ours again where the machine stood in the way;
    of any other its kind alone, because an engine's own message may quote the cell it stumbled on.
    """
    if kind in {cls.__name__ for cls in OUR_FAILURES}:
        return message
    said = f"{kind}: {message}"
    return next((told for pattern, told in BY_THE_MACHINE if re.search(pattern, said)), kind)


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
