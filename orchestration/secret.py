"""What is kept from others on the machine: secrets of the environment, given themselves or by a
file, as containers and services give them; and folders with what is about children."""

import os
import secrets
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


def secret(environment: Mapping[str, str], name: str) -> str | None:
    """The secret, or what the file holds that ``<name>_FILE`` names; empty where neither is given,
    and None where that file cannot be read."""
    file = environment.get(f"{name}_FILE", "")
    if environment.get(name) or not file:
        return environment.get(name, "")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError:
        return None


def private_folder(folder: Path) -> None:
    """Make a folder for its owner alone; of one that is there, what others may do is taken away.

    What its group may do stays: somebody may have let it in.
    """
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    if os.name != "posix":
        return  # Who may read a folder there is a matter of its access list.
    mode = stat.S_IMODE(folder.stat().st_mode)
    wanted = 0o700 if is_new else mode & ~stat.S_IRWXO
    if mode != wanted:
        # Somebody else's, as the volume of a container may be.
        with suppress(PermissionError):
            folder.chmod(wanted)


def make_key(file: Path) -> str:
    """Write a new pseudonym key, for its owner alone to read, and say what it is."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(secrets.token_hex(32) + "\n", encoding="utf-8")
    return (
        f"Made a pseudonym key in {file}. Keep it safe and secret: whoever has it can find a child "
        "by a known number, and with another key every child gets another pseudonym."
    )
