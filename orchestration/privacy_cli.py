"""The commands about people: finding, erasing, keeping, encrypting; each registered in ``cli``."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from orchestration.contracts import CONTRACTS, load_contracts
from orchestration.database import CannotOpen, is_encrypted, open_database
from orchestration.settings import AUDIT_LOG, PROJECT, MissingSetting, Settings

RETENTION = PROJECT / "expectations" / "retention.yml"
# What every entry of the audit log begins with.
AUDIT_HEAD = ("at", "who", "what", "why")


@contextmanager
def told_without_trace() -> Iterator[None]:
    """What is wrong in the words of the error alone: a traceback may hold what nobody may see."""
    from orchestration.audit import BrokenAudit
    from orchestration.ingest.erased import ErasedStand, WrongPseudonymKey
    from orchestration.night import AnotherNight
    from orchestration.people import NoSuchPerson

    try:
        yield
    except AnotherNight as error:
        typer.echo(f"{error} Nothing was done.", err=True)
        raise typer.Exit(3) from error
    except (
        BrokenAudit, CannotOpen, ErasedStand, FileNotFoundError, MissingSetting, NoSuchPerson,
        WrongPseudonymKey,
    ) as error:  # fmt: skip
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    except duckdb.IOException as error:
        typer.echo(
            "The database cannot be opened: another process, most likely a night, has it. Wait for "
            "it to end.",
            err=True,
        )
        raise typer.Exit(2) from error


def reidentify(
    child_id: Annotated[str, typer.Argument(help="Pseudonym of the internal file, whole")],
    why: Annotated[str, typer.Option(help="Why it has to be known; kept in the audit log")],
) -> None:
    """Find the numbers by which the sources know a child. Needs the pseudonym key.

    Who asked, when and why is written to the audit log, before anything is told.
    """
    from orchestration.reidentify import reidentify as find_numbers

    with told_without_trace():
        settings = Settings.from_environment()
        numbers = find_numbers(settings, load_contracts(CONTRACTS), child_id, why)
        typer.echo(f"Written down in {settings.audit_log}.")
        for number in numbers:
            typer.echo(
                f"  {number.family} {number.kind} {number.written}: {number.row_count} rows, "
                f"first {number.file_name} line {number.line_number}"
            )
        if not numbers:
            typer.echo("  No landed file has a row about this child any more.")


def erase(
    why: Annotated[str, typer.Option(help="Why; kept in the audit log, so name nobody")],
    child_id: Annotated[
        str | None, typer.Option(help="Pseudonym of the internal file, whole")
    ] = None,
    authority: Annotated[str | None, typer.Option(help="Three-digit code, with --number")] = None,
    number: Annotated[
        str | None, typer.Option(help="Number of the child in a system, or UPN; asked if not given")
    ] = None,
    as_at: Annotated[
        str | None, typer.Option(help="Day of the night after it; that of the last one unless told")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant")] = False,
) -> None:
    """Erase one child, from the landed files to the published ones, and publish anew.

    This changes the landed files, and cannot be undone. Ends with 0 where nothing is left, 1 where
    something has to be done by hand, 2 where nothing was done, 3 where a night was going on.
    """
    from orchestration.erase_run import erase_and_report
    from orchestration.night import held

    if (child_id is None) == (authority is None):
        typer.echo("Say who: --child-id, or --authority and --number.", err=True)
        raise typer.Exit(2)
    if authority is not None and number is None:
        # Not among the arguments, which other accounts of the machine may see.
        number = typer.prompt("Number of the child", hide_input=True)
    with told_without_trace():
        settings = Settings.from_environment(given={"OUTCOMES_AS_AT": as_at} if as_at else {})
        # A night between the files and the publication would bring the child back.
        with held(settings.warehouse.parent):
            exit_code = erase_and_report(
                settings, load_contracts(CONTRACTS), why, child_id, authority, number,
                is_as_at_given=bool(as_at), is_meant=yes,
            )  # fmt: skip
        raise typer.Exit(exit_code)


def show_audit() -> None:
    """List who looked behind a pseudonym and what was erased, if the log is as it was written."""
    from orchestration import audit

    with told_without_trace():
        for entry in audit.read(Settings.data_folder() / AUDIT_LOG):
            said = {key: value for key, value in entry.items() if key not in AUDIT_HEAD}
            typer.echo(f"{entry['at']} {entry['who']} {entry['what']}: {entry['why']}")
            typer.echo(f"    {json.dumps(said, sort_keys=True)}")


def encrypt(
    old_key_file: Annotated[
        Path | None, typer.Option(help="File with the key it is encrypted with until now")
    ] = None,
    why: Annotated[str, typer.Option(help="Why; kept in the audit log")] = "another encryption key",
) -> None:
    """Put the warehouse and every internal file that is kept under OUTCOMES_ENCRYPTION_KEY.

    The warehouse is begun anew, with what is kept of earlier nights; the next night makes the rest
    of it. Without a key all of it is plain from then on.
    """
    from orchestration import audit
    from orchestration.erase import begin_anew
    from orchestration.keys import encrypt_publications
    from orchestration.night import held

    with told_without_trace():
        settings = Settings.from_environment()
        if settings.lake is not None:
            raise MissingSetting(
                "A lake is not encrypted by this project, nor is what is published from it: keep "
                "its folder, its database and data/published on encrypted disks. For a warehouse "
                "that is a file, take OUTCOMES_LAKE_CATALOGUE away first. Nothing was done."
            )
        old_key = old_key_file.read_text(encoding="utf-8").strip() if old_key_file else None
        audit.read(settings.audit_log)
        with held(settings.warehouse.parent):
            begin_anew(settings.warehouse, settings.encryption_key, old_key=old_key)
            publications = encrypt_publications(
                settings.published, settings.encryption_key, old_key
            )
        kind = "plain" if settings.encryption_key is None else "encrypted"
        audit.record(settings.audit_log, "encrypt", why, {"became": kind, **publications})
        typer.echo(f"{settings.warehouse} is {kind}, and holds what is kept from night to night.")
        typer.echo(
            f"{publications['under_the_key']} publications that are kept are {kind}; "
            f"{publications['left']} open with neither key and stay as they are."
        )
        typer.echo(f"Run the night: it makes the rest. Written down in {settings.audit_log}.")


def rotate_key(
    new_key_file: Annotated[
        Path, typer.Option(help="File with the new pseudonym key; `outcomes make-key` makes one")
    ],
    why: Annotated[str, typer.Option(help="Why; kept in the audit log")],
    forget_erased: Annotated[
        bool, typer.Option("--forget-erased", help="Go on without the list of the erased")
    ] = False,
    as_at: Annotated[
        str | None, typer.Option(help="Day of the night after it; that of the last one unless told")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant")] = False,
) -> None:
    """Give every child another pseudonym: from OUTCOMES_PSEUDONYM_KEY to a new key.

    The warehouse is begun anew, and a night makes and publishes everything under the new key. The
    old key opens nothing from then on. Ends with 0 where that was published.
    """
    from orchestration.keys_run import rotate_and_report
    from orchestration.night import held

    with told_without_trace():
        settings = Settings.from_environment(given={"OUTCOMES_AS_AT": as_at} if as_at else {})
        with held(settings.warehouse.parent):
            exit_code = rotate_and_report(
                settings, new_key_file, why,
                forget_erased=forget_erased, is_as_at_given=bool(as_at), is_meant=yes,
            )  # fmt: skip
        raise typer.Exit(exit_code)


def open_table(
    table: Annotated[str, typer.Argument(help="Table of the internal file, schema.name")],
    by: Annotated[list[str], typer.Option(help="Column to break down by; twice for two")],
    to: Annotated[Path, typer.Option(help="CSV file to write")],
    why: Annotated[str, typer.Option(help="Who asked for it and why; kept in the audit log")],
    where: Annotated[str, typer.Option(help="Which rows, as SQL")] = "true",
) -> None:
    """Count the children of a table for anyone to see, every count and total to the nearest 5.

    Profile ROUND5: 1 to 7 are [c]. Give it to nobody beside exact figures of the same children.
    """
    from orchestration import audit
    from orchestration.open_table import CannotOpenTable, write_open_table
    from orchestration.open_table import open_table as count_children
    from orchestration.publish.files import INTERNAL_FILE

    with told_without_trace():
        internal = Settings.data_folder() / "published" / INTERNAL_FILE
        if not internal.exists():
            raise FileNotFoundError(f"There is no {internal} yet. Run the night first.")
        key = Settings.encryption_key_of() if is_encrypted(internal) else None
        try:
            with open_database(internal, key, read_only=True) as connection:
                cells = count_children(connection, table, by, where)
        except CannotOpenTable as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(2) from error
        asked = {"table": table, "by": by, "where": where, "profile": "ROUND5"}
        audit.record(Settings.data_folder() / AUDIT_LOG, "open-table", why, asked)
        write_open_table(to, by, cells)
        typer.echo(f"Wrote {len(cells)} counts to {to}; who asked is in the audit log.")


def retention(
    remove: Annotated[
        bool, typer.Option("--remove", help="Take the files away whose time is over")
    ] = False,
    why: Annotated[str, typer.Option(help="Why; kept in the audit log")] = "retention",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant")] = False,
) -> None:
    """List how long each landed file is kept, by expectations/retention.yml.

    Ends with 1 where the time of a file is over, unless it is removed. The next night takes the
    rows of a removed file out of everything that it makes.
    """
    from orchestration import audit
    from orchestration.night import held
    from orchestration.retention import as_text, kept_files, load_periods, over, remove_files

    with told_without_trace():
        settings = Settings.from_environment()
        files = kept_files(settings, load_contracts(CONTRACTS), load_periods(RETENTION))
        typer.echo(as_text(files, settings.as_at_date))
        late = over(files, settings.as_at_date)
        if not late:
            return
        if not remove:
            raise typer.Exit(1)
        if not yes and not typer.confirm(f"Take {len(late)} files away for good?"):
            typer.echo("Nothing was done.")
            raise typer.Exit(2)
        with held(settings.warehouse.parent):
            audit.read(settings.audit_log)
            remove_files(settings.landing, late)
            removed = [{"file_name": file.name, "sha256": file.sha256} for file in late]
            audit.record(settings.audit_log, "retention", why, {"removed": removed})
        typer.echo(f"Took {len(late)} files away; written down in {settings.audit_log}.")
