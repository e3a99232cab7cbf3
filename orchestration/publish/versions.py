"""Publications side by side: the newest few are kept whole, and each can be put in place again.

A night is gathered in a folder of its own before anything that people open is touched. To publish
it, and to put an earlier one back, is then the same: every file is replaced in one move. The
warehouse is not opened, so what it has frozen stays, and the next night goes on from it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.publish.places import (
    UNFINISHED,
    files_of,
    make_safe,
    point,
    put_file,
    put_folder,
    put_in_place_or_beside,
    remove,
    remove_if_free,
)

MANIFEST_FILE = "manifest.json"
KEPT = "publications"
PARQUET = "parquet"
SITE = "site"


class CannotPutBack(Exception):
    """Nothing was put back and what was there stays; the message says why."""


@dataclass(frozen=True)
class Kept:
    """A publication that is kept: where, and what its manifest says."""

    folder: Path
    manifest: Mapping[str, Any]
    is_in_place: bool

    @property
    def number(self) -> int:
        """Publications are counted up, and no number is given twice."""
        return int(self.manifest["publication"])

    @property
    def has_site(self) -> bool:
        """Its site is kept once another publication takes its place."""
        return (self.folder / SITE).is_dir()


def kept_publications(published: Path) -> list[Kept]:
    """Every publication that is kept, newest first."""
    in_place = _number_in_place(published)
    found = [
        Kept(folder, manifest, manifest["publication"] == in_place)
        for folder in (published / KEPT).glob("[0-9]*")
        if (manifest := _read(folder / MANIFEST_FILE))
    ]
    return sorted(found, key=lambda kept: kept.number, reverse=True)


def next_number(published: Path) -> int:
    """The number of the publication to come."""
    numbers = [kept.number for kept in kept_publications(published)]
    return max([*numbers, _number_in_place(published) or 0]) + 1


def sweep(published: Path) -> None:
    """Take away what a publication that was broken off has left."""
    for folder in (published, published / KEPT, *(published / KEPT).glob("[0-9]*")):
        for left in folder.glob(f"{UNFINISHED}*"):
            remove_if_free(left)


def gather(published: Path, number: int, unfinished: Mapping[str, Path]) -> Kept:
    """Move what belongs to one publication into its folder, safe on disk and for reading only."""
    folder = published / KEPT / f"{number:04}"
    gathering = folder.with_name(f"{UNFINISHED}{folder.name}")
    gathering.mkdir(parents=True)
    for name, path in unfinished.items():
        path.rename(gathering / name)
    for file in files_of(gathering):
        make_safe(file)
    gathering.rename(folder)
    return Kept(folder, _read(folder / MANIFEST_FILE), is_in_place=False)


def put_in_place(published: Path, kept: Kept) -> None:
    """Give each file the place in which people open it, the manifest last.

    Whoever has a file open keeps what was in it. A site that was not drawn yet changes nothing.
    """
    _keep_site(published)
    names = [name for name in kept.manifest["files"] if (kept.folder / name).exists()]
    if (kept.folder / PARQUET).is_dir():
        names.append(PARQUET)
    mark = f"{kept.manifest.get('as_at_date')}_{kept.number:04}"
    point(
        published,
        {
            name: put_in_place_or_beside(kept.folder / name, published / name, mark)
            for name in names
        },
    )
    if kept.has_site:
        put_folder(kept.folder / SITE, published / SITE, as_link=False)
    put_file(kept.folder / MANIFEST_FILE, published / MANIFEST_FILE)


def put_back(published: Path, number: int | None = None) -> Kept:
    """Put an earlier publication in place: the one of this number, else the one before.

    A site of other figures would be worse than none: where none is kept with it, the site is taken
    away, to be drawn again.

    Raises:
        CannotPutBack: there is none, it is in place already, or it is not what was published then.
    """
    kept = kept_publications(published)
    chosen = _choose(kept, number, _number_in_place(published))
    for name, told in _told(chosen).items():
        if not is_as_told(chosen.folder / name, told):
            raise CannotPutBack(
                f"{name} of publication {chosen.number} is not what was published then. Nothing "
                f"was put back; kept are {_listed(kept)}."
            )
    put_in_place(published, chosen)
    if not chosen.has_site:
        remove(published / SITE)
    return chosen


def forget(published: Path, newest: int) -> None:
    """Keep the newest publications and the one in place; take the others away."""
    for kept in kept_publications(published)[newest:]:
        if not kept.is_in_place:
            remove_if_free(kept.folder)


def is_as_told(file: Path, told: str) -> bool:
    """Whether a file is there and has the hash that the manifest tells."""
    return file.is_file() and sha256(file) == told


def sha256(file: Path) -> str:
    """The hash by which a published file is known again."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


# ---- which one ----


def _choose(kept: list[Kept], number: int | None, in_place: int | None) -> Kept:
    if number is not None and number == in_place:
        raise CannotPutBack(f"Publication {number} is in place already.")
    for publication in kept:
        if number is None and in_place is not None and publication.number < in_place:
            return publication
        if publication.number == number:
            return publication
    wanted = "earlier publication" if number is None else f"publication {number}"
    raise CannotPutBack(
        f"There is no {wanted} to put back"
        + (f": kept are {_listed(kept)}." if kept else ", because none is kept yet.")
    )


def _listed(kept: list[Kept]) -> str:
    return ", ".join(
        f"{publication.number}{' (in place)' if publication.is_in_place else ''}"
        for publication in kept
    )


def _told(kept: Kept) -> dict[str, str]:
    """The hash of each file, by its path in the folder, as the manifest tells it."""
    files = {name: told["sha256"] for name, told in kept.manifest["files"].items()}
    parquet = kept.manifest.get("parquet", {})
    return files | {f"{PARQUET}/{name}": told for name, told in parquet.items()}


def _number_in_place(published: Path) -> int | None:
    number = _read(published / MANIFEST_FILE).get("publication")
    return int(number) if number is not None else None


def _read(manifest: Path) -> dict[str, Any]:
    """Nothing where there is none, or one that no publication wrote."""
    try:
        found = json.loads(manifest.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _keep_site(published: Path) -> None:
    """The site that is there, beside the publication it was drawn from.

    One that is older than the manifest was drawn from an earlier publication.
    """
    front, manifest = published / SITE / "index.html", published / MANIFEST_FILE
    in_place = next((kept for kept in kept_publications(published) if kept.is_in_place), None)
    if in_place is None or in_place.has_site or not front.exists():
        return
    if front.stat().st_mtime_ns >= manifest.stat().st_mtime_ns:
        put_folder(published / SITE, in_place.folder / SITE, as_link=False)
