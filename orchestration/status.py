"""``outcomes status``: how the nights go, for a person and for whatever watches the machine."""

import datetime as dt
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from orchestration.feeds import Stale, read_feeds, read_freshness, stale_feeds
from orchestration.night import (
    BROKEN_OFF,
    PART,
    PUBLISHED,
    Night,
    as_left,
    is_going_on,
    past_nights,
    running,
)

# Without a publication for so long a nightly job is late: a night, and half a day to see to it.
HOURS_UNTIL_LATE = 36


@dataclass(frozen=True)
class Status:
    """How things stand. ``problems`` is what somebody has to see to; stale feeds are the senders'
    to see to and do not count."""

    is_running: bool
    done: str
    last_good: Night | None
    last: Night | None
    gate_shut: str
    stale: list[Stale]
    problems: list[str]

    @property
    def exit_code(self) -> int:
        """0 where all is well, 1 where something is not, as monitoring tools expect."""
        return 1 if self.problems else 0

    def as_json(self) -> str:
        """The same for a machine."""
        return json.dumps(asdict(self) | {"exit_code": self.exit_code}, indent=2)


def status(warehouse_folder: Path, freshness_file: Path, now: dt.datetime) -> Status:
    """How the nights went that left their notes beside a warehouse."""
    nights = [night for night in past_nights(warehouse_folder) if night.outcome != PART]
    goes_on = is_going_on(warehouse_folder)
    current = running(warehouse_folder)
    last = nights[-1] if nights else None
    if current and not goes_on:
        # It was killed, and no other night has come since to write that down.
        last = as_left(current)
    good = [night for night in (*nights, *([last] if last else [])) if night.outcome == PUBLISHED]
    last_good = good[-1] if good else None
    gate = last.failed_step if last and last.failed_step.startswith("gate_") else ""
    stale = stale_feeds(read_feeds(warehouse_folder), read_freshness(freshness_file), now.date())
    done = current.last_step if current and goes_on else ""
    return Status(
        goes_on, done, last_good, last, gate, stale, _problems(last_good, last, gate, now)
    )


def _problems(
    last_good: Night | None, last: Night | None, gate: str, now: dt.datetime
) -> list[str]:
    if last is None:
        return ["No night has run yet: `outcomes run`, or start the schedule."]
    problems = []
    if gate:
        why = last.reason if last.reason.startswith("shut by") else f"shut ({last.reason})"
        problems.append(
            f"{gate} is {why}. Correct the extract and run again: quality.check_results of the "
            "warehouse and the log of the run list the checks."
        )
    elif last.outcome == BROKEN_OFF:
        problems.append("The last night was broken off. Run it again: it starts from the files.")
    elif last.failed_step:
        problems.append(f"The last night failed at {last.failed_step}: {last.reason.rstrip('.')}.")
    elif last.outcome != PUBLISHED:
        problems.append("The last night failed before its first step: see last_run.log.")
    if last_good is None:
        problems.append("No night has published yet.")
        return problems
    published_at = dt.datetime.fromisoformat(last_good.ended_at or last_good.started_at)
    hours = (now - published_at).total_seconds() / 3600
    if hours > HOURS_UNTIL_LATE:
        problems.append(
            f"Nothing was published for {hours:.0f} hours. Is the schedule on, and the daemon up?"
        )
    if hours < -1:
        problems.append(
            "The last night ended in the future: this machine's clock was set back. Put it right."
        )
    return problems


def as_text(status: Status) -> str:
    """How things stand, in words."""
    lines = []
    if status.last_good:
        good = status.last_good
        lines.append(
            f"Last good night: as at {good.as_at_date}, {good.started_at} to "
            f"{good.ended_at or 'an end nobody saw'}, {good.seconds:.0f} seconds."
        )
    if status.last and status.last != status.last_good:
        last = status.last
        at = f" at {last.failed_step}" if last.failed_step else ""
        if last.outcome == BROKEN_OFF:
            at = f" after {last.last_step}" if last.last_step else " before its first step was done"
        lines.append(f"Last night: as at {last.as_at_date}, {last.who}: {last.outcome}{at}.")
    if status.is_running:
        lines.append(
            "A night is going on"
            + (f", {status.done} is done." if status.done else ", no step is done yet.")
        )
    lines += status.problems or ["All is well."]
    if status.stale:
        lines.append("\nStale feeds")
        lines += [
            f"  {feed.local_authority_code or 'whose is not known'} {feed.feed or 'not recognised'}"
            f"{f' of {feed.newest_date}' if feed.newest_date else ''}: {feed.reason}."
            for feed in status.stale
        ]
    return "\n".join(lines)
