"""Models know codes only by the groups of the seed, so a group renamed there would count nobody."""

import csv
import re
from pathlib import Path

import yaml

PROJECT = Path(__file__).parents[2]
# The rooms where codes of the returns are read; after them only figures are.
ROOMS = [PROJECT / "models" / room for room in ("intermediate", "marts/cohorts", "marts/measures")]

# sex and ethnic_group are code groups under another name.
GROUP_IN_SQL = re.compile(r"\b(?:\w+_group|sex)\s*(?:=|<>|in)\s*(\([^)]*\)|'[^']*')")


def seeded_codes() -> set[tuple[str, str, str]]:
    """Code set, code and group of every row of the seed."""
    with (PROJECT / "seeds" / "codes" / "codes.csv").open(encoding="utf-8") as file:
        return {(row["code_set"], row["code"], row["code_group"]) for row in csv.DictReader(file)}


def test_every_group_that_a_model_names_is_a_group_of_the_seed() -> None:
    groups = {group for _, _, group in seeded_codes()}

    named = {
        (sql.name, literal)
        for room in ROOMS
        for sql in room.rglob("*.sql")
        for match in GROUP_IN_SQL.finditer(sql.read_text(encoding="utf-8"))
        for literal in re.findall(r"'([^']+)'", match.group(1))
    }

    assert ("int_care_episodes.sql", "short_break_series") in named
    # The age group is a heading of the population file, not a code.
    assert {item for item in named if item[1] not in groups} == {
        ("int_populations.sql", "Children aged 0 to 17 years")
    }


def test_codes_given_to_unit_tests_are_rows_of_the_seed() -> None:
    seeded = seeded_codes()

    given = {
        (row["code_set"], row["code"], row["code_group"])
        for room in ROOMS
        for yml in room.rglob("*.yml")
        for unit_test in yaml.safe_load(yml.read_text(encoding="utf-8")).get("unit_tests", [])
        for table in unit_test["given"]
        if table["input"] == "ref('codes')"
        for row in table.get("rows") or []
    }

    assert given
    assert given <= seeded
