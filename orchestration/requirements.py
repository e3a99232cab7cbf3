"""``make catalogue``: the seeds of requirements → ``docs/requirements.md``: where each works."""

from collections import Counter
from pathlib import Path

from orchestration.catalogue import seed_rows
from orchestration.describe import wrapped
from orchestration.settings import PROJECT

REQUIREMENTS_FILE = PROJECT / "docs" / "requirements.md"
HEADING = """\
# Where each requirement is met

Made by `make catalogue` from `seeds/framework/requirements.csv` and `requirement_places.csv`: edit
the seeds, not this page. In both published files: `reference.requirements`,
`reference.requirement_places`.

What the five frameworks ask for that is not a measure, how somebody sees that it works, and where.
Each was tried on the simulated county where there is something to try: **{yes} are met, {partly}
partly, {no} not yet**. A table is in the release unless it is called internal; `outcomes query`
asks either file.
"""
ANSWERS = {"yes": "Met", "partly": "Partly", "no": "Not yet"}


def requirements_page() -> str:
    """The text of ``docs/requirements.md``: one entry per requirement, by framework."""
    requirements = seed_rows("requirements")
    places = {row["requirement_id"]: row for row in seed_rows("requirement_places")}
    counts = Counter(row["is_met"] for row in places.values())
    lines = [HEADING.format(**{answer: counts[answer] for answer in ANSWERS})]
    for framework in seed_rows("frameworks"):
        lines.append(f"## {framework['organisation']}: {framework['title']}\n")
        for row in requirements:
            if row["framework"] == framework["framework"]:
                lines += _entry(row, places[row["req_id"]])
    return "\n".join(lines).rstrip() + "\n"


def write_requirements(file: Path = REQUIREMENTS_FILE) -> None:
    """Write the page."""
    file.write_text(requirements_page(), encoding="utf-8")


def _entry(requirement: dict[str, str], place: dict[str, str]) -> list[str]:
    facts = {
        "Works when": requirement["acceptance"],
        "Where": place["place"],
        "Note": place["note"],
        "Source": requirement["seed_ref"],
    }
    lines = [f"### {ANSWERS[place['is_met']]}: `{requirement['req_id']}`\n"]
    lines += [*wrapped(requirement["requirement"], 0), ""]
    for name, fact in facts.items():
        if fact:
            lines += wrapped(f"- **{name}:** {fact}", 0, 2)
    return [*lines, ""]
