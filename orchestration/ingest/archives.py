"""Zip files, opened so that nothing in them can do harm: members get names of our own.

A zip file is refused whole when any of it is not as an export makes it, because somebody should
look at it before anything of it is read.
"""

import re
import shutil
import tempfile
import weakref
import zipfile
import zlib
from pathlib import Path

from orchestration.ingest.refusals import RefusedFile
from orchestration.secret import private_folder

# A whole authority's deliveries of a year fit many times over.
MOST_BYTES = 4 << 30
MOST_MEMBERS = 2_000
# Extracts shrink to a tenth, repetitive XML to a fiftieth. Small files may shrink further.
MOST_SHRUNK = 250
SMALL_BYTES = 50 << 20
CHUNK_BYTES = 1 << 20
ARCHIVE_INSIDE = "The zip file holds another zip file. Unpack that one first."
# Files that computers leave in archives by themselves.
LEFT_BEHIND = re.compile(r"(^|/)(\.|__MACOSX/|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)


class Unpacked:
    """A folder for unpacked members, gone as soon as nobody holds it any more."""

    def __init__(self, beside: Path | None) -> None:
        if beside is not None:
            private_folder(beside)
        self.path = Path(tempfile.mkdtemp(prefix="unpacked-", dir=beside))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove what a night that was cut off has left unpacked, or DuckDB put aside on disk."""
    for pattern in ("unpacked-*", "*.duckdb.tmp", "*.duckdb.aside"):
        for left in folder.glob(pattern):
            shutil.rmtree(left, ignore_errors=True)


def unpack(archive: Path, into: Path) -> list[tuple[str, Path]]:
    """The members of a zip file by their names in it, in alphabetical order, each unpacked.

    Raises:
        RefusedFile: the archive is damaged, locked or too big, or holds a name that leads out of
            it, an archive, or two members of one name.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = _members(opened)
            into.mkdir(parents=True, exist_ok=True)
            return [
                (name, _extract(opened, member, into / f"{number:05}{_ending(name)}"))
                for number, (name, member) in enumerate(sorted(members.items()))
            ]
    # A member may be damaged, or packed in a way that Python does not know.
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise RefusedFile(_damaged()) from error


def refuse_bomb(archive: Path) -> None:
    """Nothing, where a workbook (a zip file inside) does not unpack to more than it could hold.

    Raises:
        RefusedFile: it does, or it is damaged.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            _check_size(opened.infolist())
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise RefusedFile(_damaged()) from error


def _members(opened: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    listed = [member for member in opened.infolist() if not member.is_dir()]
    if len(listed) > MOST_MEMBERS:
        raise RefusedFile(f"The zip file holds more than {MOST_MEMBERS:,} files. Send fewer.")
    _check_size(listed)
    members: dict[str, zipfile.ZipInfo] = {}
    for member in listed:
        name = member.filename.replace("\\", "/")
        if name.startswith("/") or ":" in name or ".." in name.split("/") or "\0" in name:
            raise RefusedFile(
                "The zip file holds a name that leads out of it. It was not made by an export: "
                "find out where it comes from, and do not unpack it."
            )
        if _is_link(member):
            raise RefusedFile("The zip file holds a link. Make it again with the files themselves.")
        if LEFT_BEHIND.search(name):
            continue
        if member.flag_bits & 0x1:
            raise RefusedFile("The zip file is locked with a password. Send it without one.")
        if name.lower().endswith(".zip"):
            raise RefusedFile(ARCHIVE_INSIDE)
        if name in members:
            raise RefusedFile("The zip file holds two files of the same name. Make it again.")
        members[name] = member
    if not members:
        raise RefusedFile("The zip file holds no file. Make it again.")
    return members


def _check_size(members: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if unpacked > MOST_BYTES or (unpacked > SMALL_BYTES and unpacked > MOST_SHRUNK * packed):
        raise RefusedFile(
            f"It would unpack to {unpacked / 1e6:,.0f} MB from {packed / 1e6:,.1f} MB, more than "
            "extracts do: nothing of it was unpacked. Land the files themselves."
        )


def _is_link(member: zipfile.ZipInfo) -> bool:
    return (member.external_attr >> 16) & 0o170000 == 0o120000


def _extract(opened: zipfile.ZipFile, member: zipfile.ZipInfo, to: Path) -> Path:
    """Unpack one member under a name of ours, and not a byte more than it says it has."""
    left = member.file_size
    with opened.open(member) as packed, to.open("wb") as file:
        while chunk := packed.read(CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:
                raise RefusedFile(_damaged())
            file.write(chunk)
    return to


def _ending(name: str) -> str:
    """The extension, where it is one that could matter."""
    ending = Path(name).suffix.lower()
    return ending if re.fullmatch(r"\.[a-z0-9]{1,8}", ending) else ""


def _damaged() -> str:
    return "The zip file is damaged or cut short: nothing of it was read. Send it again."
