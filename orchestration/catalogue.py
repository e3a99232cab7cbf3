"""``make catalogue``: the frameworks' seeds → ``docs/catalogue.md``, for readers of figures."""

import csv
from itertools import groupby
from pathlib import Path

from orchestration.describe import wrapped
from orchestration.settings import PROJECT

SEEDS = PROJECT / "seeds" / "framework"
CATALOGUE_FILE = PROJECT / "docs" / "catalogue.md"
HEADING = """\
# The catalogue of indicators

Made by `make catalogue` from `seeds/framework`: edit the seeds, not this page.

Every indicator of the five frameworks, as it is defined and counted. {measured} of {total} have a
rule that counts them; the others are to be developed, which is never zero. Which of them *your*
authority measures depends on the feeds it sends: `outcomes.indicator_availability` says so for
each, and `outcomes trace` shows what a figure is made of. In the warehouse and in both published
files the same rows are `reference.indicators`. No indicator is read alone: its companions are
named with it.
"""
DATA_TYPES = {
    "cohort_snapshot": "cohort snapshot",
    "individual_progress": "individual progress",
    "organisation_workforce_practice": "organisation, workforce and practice",
    "user_views": "users' views",
}
QUESTIONS = {
    "how_much": "how much did we do",
    "how_well": "how well did we do it",
    "better_off": "is anyone better off",
}
POLARITIES = {
    "higher_better": "higher is better",
    "lower_better": "lower is better",
    "target_band": "too low and too high are both questions",
    "context_only": "context: neither direction is better",
}
UNITS = {"rate_per_10k": "rate per 10,000"}


def catalogue_page() -> str:
    """The text of ``docs/catalogue.md``: one entry per indicator, by framework and kind of data."""
    indicators = seed_rows("indicators")
    outcomes = {row["outcome_id"]: row["outcome"] for row in seed_rows("outcomes")}
    measured = sum(bool(row["measure_code"]) for row in indicators)
    lines = [HEADING.format(measured=measured, total=len(indicators))]
    for framework in seed_rows("frameworks"):
        of_framework = [row for row in indicators if row["framework"] == framework["framework"]]
        lines.append(f"## {framework['organisation']}: {framework['title']}\n")
        in_kinds = sorted(of_framework, key=lambda row: list(DATA_TYPES).index(row["data_type"]))
        for data_type, of_kind in groupby(in_kinds, key=lambda row: row["data_type"]):
            kind = DATA_TYPES[data_type]
            lines.append(f"### {kind[0].upper()}{kind[1:]}\n")
            for row in of_kind:
                lines += _entry(row, outcomes)
    return "\n".join(lines).rstrip() + "\n"


def write_catalogue(file: Path = CATALOGUE_FILE) -> None:
    """Write the page."""
    file.write_text(catalogue_page(), encoding="utf-8")


def _entry(row: dict[str, str], outcomes: dict[str, str]) -> list[str]:
    facts = {
        "Tells of": "; ".join(outcomes[code] for code in row["outcome_ids"].split(";")),
        "Of": row["denominator_population"],
        "Counts": row["numerator"],
        "When": row["time_basis"],
        "Band or target": row["target_or_band"],
        "Limits of use, and how it is read": row["notes"],
        "Read with": _codes(row["companion_indicator_ids"]),
        "Needs": _codes(row["source_extracts"]),
        "Source": row["seed_ref"],
    }
    kind = "; ".join(
        (
            UNITS.get(row["unit"], row["unit"]),
            POLARITIES[row["polarity"]],
            QUESTIONS[row["oba_question"]],
            f"{row['accountability']} accountability",
            "counted" if row["measure_code"] else "**to be developed: no rule counts it yet**",
        )
    )
    lines = [f"#### {row['indicator']}\n", *wrapped(f"`{row['indicator_id']}`: {kind}.", 0), ""]
    for name, fact in facts.items():
        if fact:
            lines += wrapped(f"- **{name}:** {fact}", 0, 2)
    return [*lines, ""]


def _codes(listed: str) -> str:
    return ", ".join(f"`{code}`" for code in listed.split(";") if code)


def seed_rows(seed: str) -> list[dict[str, str]]:
    """The rows of a seed of the frameworks, as text."""
    with (SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
