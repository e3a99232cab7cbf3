"""How long each landed file is kept, and which of them have been kept long enough.

A zip file or a workbook is kept until the last of what is in it is over. Files that hold nobody
(published figures, directories) have no end, nor has what no contract knows: that is listed, for
somebody to look at.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from orchestration.contracts import ExtractContract
from orchestration.ingest.assets import landed_files
from orchestration.ingest.landing import LandedFile, lies_in, year_ends
from orchestration.settings import Settings
from orchestration.yaml_files import read_yaml

LAST_DAY = dt.date.max


class Period(BaseModel):
    """How long the files of a family are kept, and why so long."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    years: int = Field(ge=0)
    why: str
    keeps_newest: bool = False


@dataclass(frozen=True)
class KeptFile:
    """A file as it lies in the landing folder. ``about`` is the last day that it is about, and
    ``until`` the last on which it is kept; empty where there is no such day."""

    name: str
    sha256: str
    families: tuple[str, ...]
    about: dt.date | None
    until: dt.date | None
    why_kept: str = ""


def load_periods(file: Path) -> dict[str, Period]:
    """The periods by family of extracts."""
    return {
        family: Period.model_validate(said) for family, said in read_yaml(file)["families"].items()
    }


def kept_files(
    settings: Settings, contracts: Mapping[str, ExtractContract], periods: Mapping[str, Period]
) -> list[KeptFile]:
    """Every file of the landing folder, with the last day it is kept."""
    landed = landed_files(contracts, settings)
    newest = _newest(landed)
    whole: dict[str, list[LandedFile]] = {}
    for file in landed:
        outer, _ = lies_in(settings.landing, file.name)
        whole.setdefault(outer, []).append(file)
    return [_kept(name, parts, periods, newest) for name, parts in sorted(whole.items())]


def over(files: Sequence[KeptFile], as_at: dt.date) -> list[KeptFile]:
    """The files that have been kept long enough on a day."""
    return [file for file in files if file.until is not None and file.until < as_at]


def remove_files(landing: Path, files: Sequence[KeptFile]) -> None:
    """Take files out of the landing folder for good."""
    for file in files:
        (landing / file.name if landing.is_dir() else landing).unlink()


def as_text(files: Sequence[KeptFile], as_at: dt.date) -> str:
    """The list as a person reads it, what is over first."""
    late = over(files, as_at)
    lines = [f"{len(late)} of {len(files)} landed files have been kept long enough."]
    for file in [*late, *(file for file in files if file not in late)]:
        until = f"until {file.until:%d %B %Y}" if file.until else file.why_kept
        mark = "over  " if file in late else "keep  "
        lines.append(f"  {mark}{file.name} [{' '.join(file.families) or 'unknown'}] {until}")
    return "\n".join(lines)


def _about(file: LandedFile) -> dt.date | None:
    if file.return_year is not None and file.contracts:
        return year_ends(file.return_year, file.contracts[0].year_ends_in)
    return file.exported_date


def _newest(landed: Sequence[LandedFile]) -> set[tuple[str, str]]:
    """The newest file of each extract, authority and sender, by its name."""
    newest: dict[tuple[str, str, str], tuple[dt.date, str]] = {}
    for file in landed:
        for contract in file.contracts:
            key = (contract.extract, file.local_authority_code, file.sender)
            place = (_about(file) or LAST_DAY, file.name)
            newest[key] = max(newest.get(key, place), place)
    return {(name, extract) for (extract, _, _), (_, name) in newest.items()}


def _kept(
    name: str,
    parts: Sequence[LandedFile],
    periods: Mapping[str, Period],
    newest: set[tuple[str, str]],
) -> KeptFile:
    families = tuple(sorted({part.family for part in parts if part.family}))
    about = [day for part in parts if (day := _about(part)) is not None]
    ends = []
    for part in parts:
        end, why = _until(part, periods, newest)
        if end is None:
            return KeptFile(name, part.sha256, families, max(about, default=None), None, why)
        ends.append(end)
    return KeptFile(name, parts[0].sha256, families, max(about), max(ends))


def _until(
    file: LandedFile, periods: Mapping[str, Period], newest: set[tuple[str, str]]
) -> tuple[dt.date | None, str]:
    """The last day a file is kept, or why there is none."""
    if not file.contracts:
        return None, "no contract knows it: look at it, and take it away if it is not needed"
    if file.contracts[0].is_reference:
        return None, "it holds nobody"
    period = periods.get(file.family)
    if period is None:
        return None, f"expectations/retention.yml says nothing of {file.family}"
    if period.keeps_newest and any((file.name, c.extract) in newest for c in file.contracts):
        return None, "the newest of its kind"
    day = _about(file)
    if day is None:
        return None, "it does not say of when it is"
    return _years_after(day, period.years), ""


def _years_after(day: dt.date, years: int) -> dt.date:
    """The same day so many years later; the last of February where there is none."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return dt.date(day.year + years, day.month, last)
