"""Change the pseudonym key here and now, publish anew, and tell a person what follows."""

from dataclasses import asdict, replace
from pathlib import Path

import typer

from orchestration import audit
from orchestration.erase_run import last_night, withdraw_internal
from orchestration.keys import rotate_pseudonym_key
from orchestration.people import only_one_warehouse
from orchestration.settings import MINIMUM_KEY_LENGTH, MissingSetting, Settings

MEANT = (
    "This gives every child another pseudonym and takes away the publications that are kept, and "
    "the versions of cohort snapshots. Is it meant?"
)


def rotate_and_report(
    settings: Settings,
    new_key_file: Path,
    why: str,
    *,
    forget_erased: bool,
    is_as_at_given: bool,
    is_meant: bool,
) -> int:
    """From the key of the settings to that of a file; 0 when a night has published under it.

    Raises:
        MissingSetting: the new key is too short, or the old one.
        WrongPseudonymKey, NoSuchPerson, ErasedStand, CannotOpen, BrokenAudit: nothing was done.
    """
    # Imported here: loading every asset takes seconds that a refusal should not wait for.
    from orchestration.report_run import run_and_report

    new_key = new_key_file.read_text(encoding="utf-8").strip().encode("utf-8")
    if len(new_key) < MINIMUM_KEY_LENGTH or new_key == settings.pseudonym_key:
        raise MissingSetting(
            f"{new_key_file} must hold another key of at least {MINIMUM_KEY_LENGTH} characters. "
            "`outcomes make-key <file>` makes one."
        )
    audit.read(settings.audit_log)
    only_one_warehouse(settings)
    if not is_meant and not typer.confirm(MEANT):
        typer.echo("Nothing was done.")
        return 2
    if not is_as_at_given:
        settings = replace(settings, as_at_date=last_night(settings) or settings.as_at_date)
    rotation = rotate_pseudonym_key(settings, new_key, forget_erased=forget_erased)
    audit.record(settings.audit_log, "rotate-key", why, asdict(rotation))
    typer.echo(
        f"The old key opens nothing any more; written down in {settings.audit_log}. From now on "
        "give the new one: OUTCOMES_PSEUDONYM_KEY_FILE, wherever a night is started."
    )
    published = False
    try:
        published = run_and_report(replace(settings, pseudonym_key=new_key)) == 0
    finally:
        if not published:
            # Last night's file still has the old pseudonyms.
            withdraw_internal(settings.published)
            typer.echo(
                "The internal file was taken away, because it has the old pseudonyms and could not "
                "be published anew. See to what stopped the night, and run it under the new key."
            )
    return 0 if published else 1
