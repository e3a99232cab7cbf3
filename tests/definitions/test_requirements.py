"""Every requirement of the frameworks has its place, and the place is there."""

import re

import pytest

from orchestration.catalogue import seed_rows
from orchestration.publish.files import INTERNAL, RELEASE
from orchestration.requirements import REQUIREMENTS_FILE, requirements_page
from orchestration.settings import PROJECT

PLACES = seed_rows("requirement_places")
TABLE = re.compile(r"`((?:reference|cohorts|progress|workforce|measures|outcomes|quality)\.\w+)`")
FILE = re.compile(r"`((?:docs|tests|seeds)/[\w./]+)`")


def test_every_requirement_has_one_place_or_none_yet() -> None:
    assert [row["requirement_id"] for row in PLACES] == [
        row["req_id"] for row in seed_rows("requirements")
    ]
    for row in PLACES:
        assert row["is_met"] in ("yes", "partly", "no")
        assert bool(row["place"]) == (row["is_met"] != "no"), row["requirement_id"]
        # What is missing is said.
        assert row["note"] or row["is_met"] == "yes", row["requirement_id"]


@pytest.mark.parametrize("row", PLACES, ids=lambda row: row["requirement_id"])
def test_the_tables_and_files_of_a_place_are_there(row) -> None:
    tables = set(TABLE.findall(row["place"]))

    assert tables <= INTERNAL.keys() | RELEASE.keys()
    # One that the release does not hold is called internal.
    if not tables <= RELEASE.keys():
        assert "internal" in row["place"]
    for file in FILE.findall(row["place"]):
        assert (PROJECT / file).exists()


def test_the_page_of_requirements_is_made_of_the_seeds_as_they_are() -> None:
    assert REQUIREMENTS_FILE.read_text("utf-8") == requirements_page(), "run `make catalogue`"
