"""A night for each authority, side by side: every one with files of its own, none with another's.

Each is `outcomes run` in a process of its own, so what one does to its memory or its warehouse is
nobody else's matter. This says what there is to run, runs one, and puts together what they have
published.
"""

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestration.ingest.landing import authorities_landed
from orchestration.night import past_nights
from orchestration.publish.files import Publication
from orchestration.publish.scan import load_allowed
from orchestration.publish.together import publish_together
from orchestration.publish.versions import MANIFEST_FILE
from orchestration.settings import AUTHORITIES, PROJECT, Settings

# What `outcomes run` ends with; anything else is a process that was killed or fell over.
PUBLISHED, NOT_PUBLISHED, NOT_SET_UP, ANOTHER_NIGHT = range(4)
GATE = "gate_on_"
SAID_FILE = "last_night.txt"


class NothingLanded(Exception):
    """There is no authority to run a night for; the message says what to do."""


@dataclass(frozen=True)
class Ended:
    """How the night of one authority ended."""

    authority: str
    exit_code: int
    failed_step: str
    said: Path

    @property
    def is_published(self) -> bool:
        """Whether it has published."""
        return self.exit_code == PUBLISHED

    @property
    def is_worth_another_try(self) -> bool:
        """Whether it may go better at once: not where a setting is missing or a gate is shut, which
        wait for a person."""
        if self.exit_code == NOT_PUBLISHED:
            return not self.failed_step.startswith(GATE)
        return self.exit_code not in (PUBLISHED, NOT_SET_UP)

    def __str__(self) -> str:
        where = f" at {self.failed_step}" if self.failed_step else ""
        how = {
            PUBLISHED: "published",
            NOT_PUBLISHED: f"not published: it failed{where}",
            NOT_SET_UP: "not begun: a setting is missing",
            ANOTHER_NIGHT: "not begun: another night of the authority was going on",
        }.get(self.exit_code, f"broken off with {self.exit_code}")
        return f"{self.authority} {how}"


def authorities_to_run(settings: Settings) -> list[str]:
    """Every authority that has landed something, by its code.

    Raises:
        NothingLanded: there is no folder of an authority.
    """
    found = authorities_landed(settings.landing) if settings.landing.is_dir() else []
    if not found:
        raise NothingLanded(
            f"No authority has a folder with files in {settings.landing}. Land each authority's "
            "extracts in a folder named for its three-digit code."
        )
    return found


def run_night_of(
    authority: str,
    as_at_date: dt.date,
    landing: Path,
    environment: Mapping[str, str] = os.environ,
) -> Ended:
    """Run the night of one authority and wait for it; what it said is kept in its data folder."""
    own = {
        **environment,
        "OUTCOMES_ONLY_AUTHORITY": authority,
        "OUTCOMES_AS_AT": as_at_date.isoformat(),
        "OUTCOMES_LANDING": str(landing),
    }
    data = Settings.data_folder(own)
    data.mkdir(parents=True, exist_ok=True)
    said = data / SAID_FILE
    # It names landed files, and their names may name a child.
    said.touch(mode=0o600)
    with said.open("w", encoding="utf-8") as handle:
        done = subprocess.run(
            [sys.executable, "-m", "orchestration.cli", "run"],
            cwd=PROJECT,
            env=own,
            stdout=handle,
            stderr=subprocess.STDOUT,
            check=False,
        )
    nights = past_nights(data / "warehouse")
    step = nights[-1].failed_step if nights and done.returncode == NOT_PUBLISHED else ""
    return Ended(authority, done.returncode, step, said)


def publications(data: Path) -> dict[str, Path]:
    """The published folder of every authority that has published, by its code."""
    return {
        folder.name: folder / "published"
        for folder in sorted((data / AUTHORITIES).glob("[0-9][0-9][0-9]"))
        if (folder / "published" / MANIFEST_FILE).exists()
    }


def publish_authorities(settings: Settings) -> Publication:
    """Put together what the authorities have published, tonight or before.

    Raises:
        CannotPublish: as for ``publish_together``.
    """
    return publish_together(
        publications(settings.data),
        settings.published,
        load_allowed(PROJECT / "expectations" / "release.yml"),
        key=settings.encryption_key,
        newest_kept=settings.kept_publications,
    )
