"""A secret of the environment: given itself, or by a file, as containers and services give it."""

import secrets
from collections.abc import Mapping
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


def make_key(file: Path) -> str:
    """Write a new pseudonym key, for its owner alone to read, and say what it is."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(secrets.token_hex(32) + "\n", encoding="utf-8")
    return (
        f"Made a pseudonym key in {file}. Keep it safe and secret: whoever has it can find a child "
        "by a known number, and with another key every child gets another pseudonym."
    )
