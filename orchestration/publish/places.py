"""Files and folders put in place in one move, and what is published instead where one is in use.

On Windows a file that somebody has open cannot be replaced. The new one is then published beside
it, under a name with its date and number, and ``newest.json`` says under which name the newest of
each lies. The next publication takes the usual names again, where it can, and the dated ones away.
"""

import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

POINTER_FILE = "newest.json"
UNFINISHED = ".unfinished-"
# In the name of every file, and of the folder of Parquet, that is for authorised analysts.
INSIDE = "internal"
# What a virus scanner or an indexer holds, it lets go of at once.
TRIES, SECONDS_BETWEEN_TRIES = 5, 0.2
DATED = re.compile(r"_\d{4}-\d{2}-\d{2}_\d{4,}$")


def newest(published: Path, name: str) -> Path:
    """Where the newest of what is published lies: under its name, unless that was in use."""
    pointed = _pointed(published).get(name)
    return published / pointed if pointed and (published / pointed).exists() else published / name


def left_behind(published: Path, names: Iterable[str]) -> list[Path]:
    """What is there of earlier nights because it was in use: under its own name, or dated."""
    names = list(names)
    newest_of = {newest(published, name) for name in names}
    usual = [published / name for name in names if (published / name).exists()]
    return [path for path in (*usual, *_dated(published, names)) if path not in newest_of]


def put_in_place_or_beside(source: Path, place: Path, mark: str) -> Path:
    """A file or folder under the name of its place or, where that is in use, under one with a mark
    of its own; where it lies now."""
    put = put_folder if source.is_dir() else put_file
    try:
        put(source, place)
    except PermissionError:
        beside = place.with_name(f"{place.stem}_{mark}{place.suffix}")
        # The same publication was put there before, and may be in use by now as well.
        if not beside.exists():
            put(source, beside)
        return beside
    return place


def point(published: Path, places: Mapping[str, Path]) -> None:
    """Say where the newest of each name lies, and take away what an earlier one was called."""
    pointer = published / f"{UNFINISHED}{POINTER_FILE}"
    told = {name: path.name for name, path in sorted(places.items())}
    pointer.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    make_safe(pointer)
    _patiently(lambda: pointer.replace(published / POINTER_FILE))
    for path in _dated(published, places):
        if path not in places.values():
            remove_if_free(path)


def put_file(source: Path, place: Path) -> None:
    """A file in its place in one move.

    Raises:
        PermissionError: the one that is there is in use.
    """
    beside = place.with_name(f"{UNFINISHED}{place.name}")
    remove(beside)
    _same_file(source, beside)
    _patiently(lambda: beside.replace(place))
    # Two names of one file are not replaced by each other: the first is then still there.
    beside.unlink(missing_ok=True)


def put_folder(source: Path, place: Path, *, as_link: bool = True) -> None:
    """A folder in its place, in one move where folders may be linked; without links the old one
    steps aside a moment earlier.

    Raises:
        PermissionError: something in the one that is there is in use; it stays whole.
    """
    beside = place.with_name(f"{UNFINISHED}{place.name}")
    remove(beside)
    if not (as_link and _link_folder(source, beside)):
        shutil.copytree(source, beside, copy_function=_same_file)
    if not place.exists() or (beside.is_symlink() and place.is_symlink()):
        beside.replace(place)
        return
    aside = place.with_name(f"{UNFINISHED}{place.name}-before")
    remove(aside)
    _patiently(lambda: place.rename(aside))
    beside.replace(place)
    remove_if_free(aside)


def remove(path: Path) -> None:
    """A file, a link or a folder with all that is in it; nothing where there is none."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def remove_if_free(path: Path) -> None:
    """The same, but for what is in use, which a later night takes away."""
    with suppress(PermissionError):
        remove(path)


def files_of(folder: Path) -> Iterator[Path]:
    """Every file below a folder, in order."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def make_safe(file: Path) -> None:
    """A file safe on the disk and, where it can be replaced all the same, for reading only: by
    everybody, or of what is for authorised analysts by whom the account's umask lets in."""
    # Windows writes out only what may be written to, and neither replaces nor removes what may not.
    with file.open("r+b") as handle:
        os.fsync(handle.fileno())
    if os.name == "posix":
        file.chmod(0o444 & ~(_umask() if INSIDE in file.stem.split("_") else 0))


def _umask() -> int:
    # It cannot be read without being set.
    os.umask(umask := os.umask(0o077))
    return umask


def _pointed(published: Path) -> dict[str, str]:
    try:
        found = json.loads((published / POINTER_FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _dated(published: Path, names: Iterable[str]) -> list[Path]:
    found = []
    for name in names:
        usual = Path(name)
        for path in sorted(published.glob(f"{usual.stem}_*{usual.suffix}")):
            own = path.name.removeprefix(usual.stem).removesuffix(usual.suffix)
            if DATED.fullmatch(own):
                found.append(path)
    return found


def _patiently(move: Callable[[], object]) -> None:
    for _ in range(TRIES - 1):
        try:
            move()
            return
        except PermissionError:
            time.sleep(SECONDS_BETWEEN_TRIES)
    move()


def _link_folder(source: Path, link: Path) -> bool:
    """False where links to folders are not to be had: network folders, Windows accounts."""
    try:
        link.symlink_to(os.path.relpath(source, link.parent), target_is_directory=True)
    except OSError:
        return False
    return True


def _same_file(source: str | Path, place: str | Path) -> str:
    """A second name for a file, which costs no space; a copy where a file can have only one."""
    try:
        os.link(source, place)
    except OSError:
        shutil.copy2(source, place)
    return str(place)
