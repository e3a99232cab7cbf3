"""What a machine did to a night, and what to do about it, in our own words.

An engine's own message may quote the cell it stumbled on, so none is repeated.
"""

import re

# By the words in which Python, DuckDB and dbt report it on Linux and on Windows.
FAULTS = (
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


def by_the_machine(said: str) -> str:
    """What stood in the way, by what an error said, and the remedy; empty where nothing did."""
    return next((told for pattern, told in FAULTS if re.search(pattern, said)), "")
