"""Other keys: what was made under one is put under another, or taken away where it cannot be.

A pseudonym cannot be turned into another without the number it was made of, so a new pseudonym key
makes everything anew from the landed files, which hold the numbers as they came. What is only
encrypted can be opened with the old key and written under the new one.
"""

import json
import shutil
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from orchestration.database import (
    CannotOpen,
    attach,
    is_encrypted,
    open_database,
    prepare_to_encrypt,
)
from orchestration.erase import begin_warehouse_anew
from orchestration.erase_run import withdraw_earlier
from orchestration.ingest.erased import ErasedStand, key_fingerprint, read_list
from orchestration.people import open_warehouse
from orchestration.publish.files import INTERNAL_FILE, STORAGE_VERSION, VERSIONS
from orchestration.publish.places import UNFINISHED, make_safe
from orchestration.publish.versions import (
    MANIFEST_FILE,
    PARQUET,
    kept_publications,
    put_in_place,
    sha256,
)
from orchestration.settings import Settings

# What is kept from night to night and names people, by pseudonyms that nobody can turn into others.
OF_PEOPLE = (VERSIONS,)


@dataclass(frozen=True)
class Rotation:
    """What went with the old key, in counts; the keys by their fingerprints."""

    old_fingerprint: str
    new_fingerprint: str
    versions_lost: int
    erased_forgotten: int
    publications_withdrawn: int


def rotate_pseudonym_key(
    settings: Settings, new_key: bytes, *, forget_erased: bool = False
) -> Rotation:
    """Begin the warehouse anew under another pseudonym key; a night then makes the rest of it.

    ``settings`` hold the old key. Baselines, the ledger of releases and the history of checks stay,
    for they name nobody. Cohort snapshots as they were published, and the publications that are
    kept to be put back, hold old pseudonyms and go.

    Raises:
        WrongPseudonymKey: the old key is not the one the warehouse was made with.
        NoSuchPerson: there is no warehouse.
        ErasedStand: children were erased, whose numbers nobody has any more.
    """
    erased = read_list(settings.erased_list, settings.pseudonym_key)
    if erased and not forget_erased:
        raise ErasedStand(
            f"{settings.erased_list} holds back {len(erased)} numbers of people and records, as "
            "pseudonyms of the old key. Under another it would know none of them: children who "
            "were erased come back with any file that holds them. Ask the sending systems to take "
            "them out; then give --forget-erased, and erase again whoever comes back."
        )
    with open_warehouse(settings) as warehouse:
        versions = _row_count(warehouse, VERSIONS)
    begin_warehouse_anew(settings, left_out=OF_PEOPLE)
    with settings.open_to_write() as warehouse:
        warehouse.execute(
            "update quality.pseudonym_keys set fingerprint = ?", [key_fingerprint(new_key)]
        )
    settings.erased_list.unlink(missing_ok=True)
    withdrawn = len(kept_publications(settings.published))
    withdraw_earlier(settings.published)
    return Rotation(
        key_fingerprint(settings.pseudonym_key),
        key_fingerprint(new_key),
        versions,
        len(erased),
        withdrawn,
    )


def _row_count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    try:
        found = connection.execute(f"select count(*) from {table}").fetchone()
    except duckdb.CatalogException:
        return 0
    return int(found[0]) if found else 0


def encrypt_publications(published: Path, key: str | None, old_key: str | None) -> dict[str, int]:
    """Put the internal file of every publication that is kept under ``key``; how many there were,
    and how many open with neither and stay as they are.

    Parquet has no key: where there is one, the internal Parquet goes.
    """
    done = left = 0
    for kept in kept_publications(published):
        internal = kept.folder / INTERNAL_FILE
        if not internal.exists():
            continue
        try:
            is_new = _write_under(internal, key, old_key)
        except CannotOpen:
            left += 1
            continue
        manifest = dict(deepcopy(kept.manifest))
        manifest["files"][INTERNAL_FILE]["sha256"] = sha256(internal)
        if key is not None:
            shutil.rmtree(kept.folder / PARQUET / "internal", ignore_errors=True)
            manifest["parquet"] = {
                name: told
                for name, told in manifest.get("parquet", {}).items()
                if not name.startswith("internal/")
            }
        if is_new or manifest != kept.manifest:
            _replace(kept.folder / MANIFEST_FILE, json.dumps(manifest, indent=2, sort_keys=True))
        if kept.is_in_place:
            put_in_place(published, replace(kept, manifest=manifest))
        done += 1
    return {"under_the_key": done, "left": left}


def _write_under(file: Path, key: str | None, old_key: str | None) -> bool:
    """False where the file opens with the key already."""
    if not is_encrypted(file) and key is None:
        return False
    if is_encrypted(file) and key is not None:
        try:
            with open_database(file, key, read_only=True):
                return False
        except CannotOpen:
            pass
    unfinished = file.with_name(f"{UNFINISHED}{file.name}")
    unfinished.unlink(missing_ok=True)
    with duckdb.connect() as connection:
        prepare_to_encrypt(connection, file.parent, read_only=key is None)
        attach(connection, file, "before", old_key if is_encrypted(file) else None, read_only=True)
        attach(connection, unfinished, "after", key, plain_version=STORAGE_VERSION)
        connection.execute("copy from database before to after")
        connection.execute("force checkpoint after")
        connection.execute("detach after")
    make_safe(unfinished)
    unfinished.replace(file)
    return True


def _replace(file: Path, text: str) -> None:
    unfinished = file.with_name(f"{UNFINISHED}{file.name}")
    unfinished.write_text(text + "\n", encoding="utf-8")
    make_safe(unfinished)
    unfinished.replace(file)
