"""The queries of docs/cookbook.md, as they stand there."""

import re
from dataclasses import dataclass

from orchestration.settings import PROJECT

COOKBOOK = PROJECT / "docs" / "cookbook.md"
RECIPE = re.compile(
    r"^### (?P<number>\d+)\. (?P<question>[^\n]+)\n+(?P<internal>\*Internal\*\n+)?"
    r"```sql\n(?P<sql>.+?)\n```\n+(?P<reads>Reads: .+?)\n(?:\n|\Z)",
    flags=re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Recipe:
    """A question, its query, and which file it is asked of."""

    number: int
    question: str
    sql: str
    is_internal: bool


def recipes() -> list[Recipe]:
    """In the order of the page."""
    return [
        Recipe(int(found["number"]), found["question"], found["sql"], bool(found["internal"]))
        for found in RECIPE.finditer(COOKBOOK.read_text("utf-8"))
    ]
