"""A secret of the environment: given itself, or by a file, as containers and services give it."""

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
