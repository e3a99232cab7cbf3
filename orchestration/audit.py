"""Who looked behind a pseudonym, and that somebody was erased: a line each, and none ever changes.

Each line ends with a hash of itself and of the line before it, so that one that was changed, or
taken out of the middle, is seen. No line says who a child is.
"""

import datetime as dt
import getpass
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FIRST = "0" * 64


class BrokenAudit(Exception):
    """The log is not as it was written; the message says where, and what to do."""


def read(log: Path) -> list[dict[str, Any]]:
    """Every entry, the oldest first.

    Raises:
        BrokenAudit: a line was changed, added by hand or taken out.
    """
    entries: list[dict[str, Any]] = []
    before = FIRST
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    for number, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
            proof = entry.pop("proof")
        except (ValueError, KeyError, AttributeError, TypeError):
            entry, proof = {}, ""
        if proof != _proof(entry, before):
            raise BrokenAudit(
                f"{log} is not as it was written, from line {number} on. Keep it as it is, find "
                "out who changed it, and move it away before anything is added."
            )
        entries.append({**entry, "proof": proof})
        before = proof
    return entries


def record(log: Path, what: str, why: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Add an entry; the account that the command runs under is who did it.

    Raises:
        BrokenAudit: the log is not as it was written.
    """
    entries = read(log)
    entry = {
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "who": getpass.getuser(),
        "what": what,
        "why": why,
        **facts,
    }
    entry["proof"] = _proof(entry, entries[-1]["proof"] if entries else FIRST)
    log.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w") as handle:
        handle.write(json.dumps(entry, sort_keys=True) + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    return entry


def _proof(entry: Mapping[str, Any], before: str) -> str:
    return hashlib.sha256((before + json.dumps(entry, sort_keys=True)).encode()).hexdigest()
