"""``outcomes doctor``: what an installation wants before a night can be left alone with it.

Nothing is changed. Each finding says what to do.
"""

import datetime as dt
import importlib.util
import json
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import duckdb
from packaging.requirements import Requirement

from orchestration.database import CannotOpen, extension_file, quoted
from orchestration.ingest.erased import key_fingerprint
from orchestration.lake import NoLakeYet
from orchestration.night import is_going_on, past_nights
from orchestration.publish.files import INTERNAL_FILE, RELEASE_FILE
from orchestration.publish.places import UNFINISHED, left_behind, newest
from orchestration.publish.versions import MANIFEST_FILE, is_as_told
from orchestration.settings import PROJECT, MissingSetting, Settings

LOCK = PROJECT / ".ci" / "requirements.lock"
PYTHON = ((3, 11), (3, 14))
# What DuckDB reads and writes with, which a build of one's own may lack.
EXTENSIONS = ("json", "parquet")
# A night needs room for what it unpacks and for both published files beside the old ones.
LEAST_SPACE = 2 * 1024**3
GIGABYTE = 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; the remedy is empty where all is well."""

    what: str
    said: str
    remedy: str = ""

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be done."""
        return not self.remedy


def examine(
    environment: Mapping[str, str] = os.environ, now: dt.datetime | None = None
) -> list[Finding]:
    """Everything that a night needs, looked at without changing it."""
    now = now or dt.datetime.now().astimezone()
    data = Settings.data_folder(environment)
    found = [_python(), _bytecode(), *_packages(), *_extensions()]
    try:
        settings = Settings.from_environment(environment)
    except MissingSetting as error:
        found.append(Finding("Settings and key", "not whole", str(error)))
        return [*found, *_folders(data), *_published(data / "published")]
    found.append(_key_file(environment))
    if settings.encryption_key is not None:
        found.append(_encryption())
    found += _folders(data)
    found += [_landing(settings.landing), _clock(settings, now), _warehouse(settings)]
    return [*found, *_published(settings.published)]


def _python() -> Finding:
    least, below = (".".join(map(str, part)) for part in PYTHON)
    running = ".".join(map(str, sys.version_info[:3]))
    if PYTHON[0] <= sys.version_info[:2] < PYTHON[1]:
        return Finding("Python", running)
    return Finding("Python", running, f"Install Python {least} or later, below {below}.")


def _bytecode() -> Finding:
    """Whether what Python has compiled is kept: without it each process starts twice as slowly."""
    what = "Compiled libraries"
    kept = Path(importlib.util.cache_from_source(duckdb.__file__))
    if kept.exists() or not sys.dont_write_bytecode:
        return Finding(what, "kept")
    return Finding(
        what,
        "not kept, so every process compiles its libraries again",
        "Empty PYTHONDONTWRITEBYTECODE where the night is started, or once run: "
        "python -m compileall -q <the folder of the environment>",
    )


def _packages() -> Iterator[Finding]:
    if not LOCK.is_file():
        yield Finding("Packages", "no lock file beside the project, nothing to compare with")
        return
    wanted, wrong = _locked(LOCK.read_text(encoding="utf-8")), []
    for name, pinned in wanted.items():
        try:
            installed = version(name)
        except PackageNotFoundError:
            installed = "none"
        if installed != pinned:
            wrong.append(f"{name} {installed} instead of {pinned}")
    if wrong:
        yield Finding(
            "Packages",
            f"{len(wrong)} of {len(wanted)} are not as locked: " + ", ".join(sorted(wrong)),
            "Install them again: pip install --no-deps --require-hashes -r .ci/requirements.lock",
        )
    else:
        yield Finding("Packages", f"all {len(wanted)} as locked")


def _locked(text: str) -> dict[str, str]:
    """What a lock file pins for this system and this Python."""
    pinned = {}
    for line in text.splitlines():
        if "==" in line and not line.startswith((" ", "#")):
            requirement = Requirement(line.rstrip("\\ "))
            if requirement.marker is None or requirement.marker.evaluate():
                pinned[requirement.name] = next(iter(requirement.specifier)).version
    return pinned


def _extensions() -> Iterator[Finding]:
    with duckdb.connect() as connection:
        there = {
            name
            for (name,) in connection.execute(
                "select extension_name from duckdb_extensions() where installed or loaded"
            ).fetchall()
        }
    for name in EXTENSIONS:
        if name not in there:
            yield Finding(
                "DuckDB",
                f"{duckdb.__version__} without {name}",
                "Install the wheel of DuckDB that the lock file names; a build of one's own lacks "
                "what a night reads with.",
            )
            return
    yield Finding("DuckDB", f"{duckdb.__version__} with {' and '.join(EXTENSIONS)}")


def _encryption() -> Finding:
    """Whether this machine can write what it is told to encrypt, before a night finds out."""
    what = "Encryption"
    try:
        with duckdb.connect() as connection:
            connection.execute(f"load {quoted(str(extension_file()))}")
    except CannotOpen as error:
        return Finding(what, "a key is set, and its package is missing", str(error))
    except duckdb.Error as error:
        return Finding(
            what,
            f"a key is set, and httpfs does not load ({type(error).__name__})",
            "Install duckdb-extension-httpfs again, of this system and of the version that the "
            "lock file names.",
        )
    return Finding(what, "a key is set, and httpfs loads")


def _key_file(environment: Mapping[str, str]) -> Finding:
    name = environment.get("OUTCOMES_PSEUDONYM_KEY_FILE", "")
    if environment.get("OUTCOMES_PSEUDONYM_KEY") or not name:
        return Finding("Pseudonym key", "in the environment")
    # Windows knows no such bits: who may read a file there is a matter of its access list.
    if os.name == "posix" and Path(name).stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Finding("Pseudonym key", f"{name} can be read by others", f"Run: chmod 600 {name}")
    return Finding("Pseudonym key", f"in {name}, read by its owner alone")


def _folders(data: Path) -> Iterator[Finding]:
    for folder in (data, data / "warehouse", data / "published", data / "dagster", data / "dbt"):
        nearest = next(place for place in (folder, *folder.parents) if place.exists())
        try:
            with tempfile.TemporaryFile(dir=nearest):
                pass
        except OSError:
            yield Finding(
                "Folders",
                f"{nearest} cannot be written to",
                "Give the account that runs the night the right to write there.",
            )
            return
    nearest = next(place for place in (data, *data.parents) if place.exists())
    free = shutil.disk_usage(nearest).free
    warehouse = data / "warehouse" / "warehouse.duckdb"
    wanted = max(LEAST_SPACE, 3 * warehouse.stat().st_size if warehouse.exists() else 0)
    said = f"{free / GIGABYTE:.1f} GB free in {nearest}"
    if free < wanted:
        yield Finding(
            "Space", said, f"Make room for {wanted / GIGABYTE:.1f} GB, or move OUTCOMES_DATA."
        )
    else:
        yield Finding("Folders and space", said)


def _landing(landing: Path) -> Finding:
    if not landing.is_dir():
        return Finding("Landing folder", f"no {landing}", "Make it, or set OUTCOMES_LANDING.")
    files = [file for file in landing.rglob("*") if file.is_file()]
    closed = sum(not os.access(file, os.R_OK) for file in files)
    if closed:
        return Finding(
            "Landing folder",
            f"{closed} of {len(files)} files cannot be read",
            "Give the account that runs the night the right to read them.",
        )
    if not files:
        return Finding(
            "Landing folder", f"{landing} is empty", "Have the extracts put there, then run."
        )
    return Finding("Landing folder", f"{len(files)} files, all readable")


def _clock(settings: Settings, now: dt.datetime) -> Finding:
    said = now.isoformat(timespec="minutes")
    ends = [night.ended_at for night in past_nights(settings.warehouse.parent) if night.ended_at]
    if ends and now < max(dt.datetime.fromisoformat(end) for end in ends):
        return Finding(
            "Clock", f"{said}, before the end of a night that is over", "Set the clock right."
        )
    if settings.as_at_date > now.date():
        return Finding(
            "Clock",
            f"{said}, and the as-at date is later",
            "Set OUTCOMES_AS_AT to a day that has been, or leave it empty.",
        )
    return Finding("Clock", said)


def _warehouse(settings: Settings) -> Finding:
    what = "Warehouse"
    if not settings.has_warehouse:
        return Finding(what, "none yet: the first night makes it")
    if is_going_on(settings.warehouse.parent):
        return Finding(what, "in use by a night that is going on, so not looked into")
    try:
        with settings.open_to_read() as connection:
            known = connection.execute("select fingerprint from quality.pseudonym_keys").fetchone()
    except NoLakeYet:
        return Finding(what, "none yet: the first night makes it")
    except CannotOpen as error:
        return Finding(what, "cannot be opened", str(error))
    except duckdb.CatalogException:
        return Finding(what, "opens, and no night has loaded anything yet")
    except duckdb.Error as error:
        return Finding(
            what,
            f"cannot be opened ({type(error).__name__})",
            "End what has it open, or move it away and restore the last backup; without one, a "
            "night makes it anew from the landed files, but for frozen baselines and versions.",
        )
    if known and known[0] != key_fingerprint(settings.pseudonym_key):
        return Finding(
            what,
            "was made with another pseudonym key",
            "Give the key it was made with: with this one every child would get a new pseudonym.",
        )
    return Finding(what, "opens, and was made with this key")


def _published(folder: Path) -> Iterator[Finding]:
    what = "Published files"
    manifest = folder / MANIFEST_FILE
    if not manifest.exists():
        yield Finding(what, "none yet: the first good night makes them")
        return
    told = json.loads(manifest.read_text(encoding="utf-8"))["files"]
    broken = [
        name
        for name in (RELEASE_FILE, INTERNAL_FILE)
        if name in told and not is_as_told(newest(folder, name), told[name]["sha256"])
    ]
    if broken:
        yield Finding(
            what,
            f"{' and '.join(broken)} not as the manifest says",
            "Run a night again: it writes all three anew. If nobody ran one, ask who changed them.",
        )
    else:
        yield Finding(what, f"{len(told)} whole, as the manifest says")
    if left_behind(folder, told):
        listed = " and ".join(newest(folder, name).name for name in told)
        yield Finding(
            what, f"newest are {listed}: another was in use when a night wanted to replace it"
        )
    logs = [file.name for file in folder.glob("*.wal")]
    if logs:
        yield Finding(
            what,
            f"{', '.join(logs)} beside them",
            "Somebody opened a published file for writing. Move it away; open them read-only.",
        )
    left = len(list(folder.glob(f"{UNFINISHED}*")))
    if left:
        yield Finding(what, f"{left} unfinished, of a night that broke off: the next sweeps them")


def as_text(findings: list[Finding]) -> str:
    """Each finding in a line, and its remedy below it."""
    lines = []
    for finding in findings:
        lines.append(f"{'ok  ' if finding.is_well else 'WANT'}  {finding.what}: {finding.said}")
        if finding.remedy:
            lines.append(f"      {finding.remedy}")
    return "\n".join(lines)


def as_json(findings: list[Finding]) -> str:
    """The same for a machine."""
    return json.dumps([asdict(finding) for finding in findings], indent=2)
