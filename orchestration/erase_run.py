"""Erase one child here and now, publish anew, and tell a person what is left to do."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import typer

from orchestration import audit
from orchestration.contracts import ExtractContract
from orchestration.erase import Erasure, erase
from orchestration.people import (
    NoSuchPerson,
    Person,
    by_number,
    by_pseudonym,
    only_one_warehouse,
    open_warehouse,
)
from orchestration.publish.files import INTERNAL_FILE
from orchestration.publish.places import left_behind, newest, remove_if_free
from orchestration.publish.versions import KEPT, MANIFEST_FILE, PARQUET
from orchestration.settings import Settings

# Of what is published; the release names nobody.
HOLD_CHILDREN = (INTERNAL_FILE, PARQUET)
MEANT = (
    "This takes every row about the child out of the landed files, which cannot be undone, and "
    "publishes anew. Is it meant?"
)


def erase_and_report(
    settings: Settings,
    contracts: Mapping[str, ExtractContract],
    why: str,
    child_id: str | None,
    authority: str | None,
    number: str | None,
    *,
    is_as_at_given: bool,
    is_meant: bool,
) -> int:
    """Erase a child who is known by a pseudonym or by a number; 0 when nothing of them is left.

    Raises:
        NoSuchPerson, WrongPseudonymKey, CannotOpen, BrokenAudit: nothing was done.
    """
    # Imported here: loading every asset takes seconds that a refusal should not wait for.
    from orchestration.report_run import run_and_report

    audit.read(settings.audit_log)
    only_one_warehouse(settings)
    person = _find(settings, child_id, authority, number)
    if not is_meant and not typer.confirm(MEANT):
        typer.echo("Nothing was done.")
        return 2
    if not is_as_at_given:
        settings = replace(settings, as_at_date=last_night(settings) or settings.as_at_date)
    internal = newest(settings.published, INTERNAL_FILE)
    erasure = erase(settings, contracts, person, internal)
    proof = audit.record(
        settings.audit_log,
        "erase",
        why,
        {"local_authority_code": person.local_authority_code, **erasure.facts},
    )
    _tell(erasure)
    typer.echo(f"\nProof, which says nothing of who it was, in {settings.audit_log}:")
    typer.echo(f"  {proof['proof']}\n")
    withdraw_earlier(settings.published)
    in_use = sorted((settings.published / KEPT).rglob(INTERNAL_FILE))
    published = False
    try:
        published = run_and_report(settings) == 0
    finally:
        if not published:
            # Last night's file still holds the child.
            withdraw_internal(settings.published)
            in_use += [internal] if internal.exists() else []
            typer.echo(
                f"{internal.name} was taken away, because it holds the child and could not be "
                "published anew. See to what stopped the night, and run it."
            )
    # What somebody has open on Windows is neither replaced nor taken away.
    in_use += left_behind(settings.published, HOLD_CHILDREN)
    for path in in_use:
        typer.echo(f"  By hand: {path} holds the child and is in use. Close it and remove it.")
    return 0 if published and erasure.is_whole and not in_use else 1


def withdraw_earlier(published: Path) -> None:
    """Take away the publications that are kept to be put back: each holds the child."""
    shutil.rmtree(published / KEPT, ignore_errors=True)


def withdraw_internal(published: Path) -> None:
    """Take away what is for authorised analysts, also as Parquet; the release names nobody."""
    for name in HOLD_CHILDREN:
        for path in {published / name, newest(published, name)}:
            remove_if_free(path / "internal" if name == PARQUET else path)


def _find(
    settings: Settings, child_id: str | None, authority: str | None, number: str | None
) -> Person:
    with open_warehouse(settings) as warehouse:
        if child_id is not None:
            return by_pseudonym(warehouse, child_id)
        if authority is None or number is None:
            raise NoSuchPerson("Say who: --child-id, or --authority and --number.")
        return by_number(warehouse, authority, number, settings.pseudonym_key)


def last_night(settings: Settings) -> date | None:
    """The day the published figures are as at: nothing but what was asked for should move one."""
    manifest = settings.published / MANIFEST_FILE
    if not manifest.exists():
        return None
    return date.fromisoformat(json.loads(manifest.read_text(encoding="utf-8"))["as_at_date"])


def _tell(erasure: Erasure) -> None:
    typer.echo(
        f"Took {sum(erasure.files.values())} rows out of {len(erasure.files)} landed files. "
        f"{sum(erasure.tables.values())} rows of {len(erasure.tables)} tables go with them."
    )
    for name, reason in erasure.by_hand.items():
        typer.echo(f"  By hand: {name}. {reason}")
    for name in erasure.still_written:
        typer.echo(
            f"  By hand: {name}. A number of the child stands in it outside any row that is read, "
            "or in its name."
        )
