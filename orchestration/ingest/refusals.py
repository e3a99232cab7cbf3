"""Why a landed file is not read: every refusal says what to do, and none quotes a cell."""

import re

from lxml import etree

# With fewer dated rows than this a year without any date in it proves nothing.
ROWS_THAT_SHOW_A_YEAR = 5


# Around words of a sender and counts of rows: the release leaves them out (models/marts/release).
INSIDE_FROM, INSIDE_TO = "«", "»"
# An authority as files name it: three digits, or its code in official statistics.
LIKE_AN_AUTHORITY = re.compile(r"\d{3}|[EKNSW]\d{8}")


class RefusedFile(Exception):
    """A landed file cannot be read; the message says why and what to do, and holds no cell."""


def kept_inside(written: str) -> str:
    """Words of a sender (a name of a file or a sheet, an ending, an element) or counts of rows,
    marked as what the release leaves out."""
    return f"{INSIDE_FROM}{written.replace(INSIDE_FROM, '').replace(INSIDE_TO, '')}{INSIDE_TO}"


def as_authority(cell: str) -> str:
    """What stands where an authority should: told if it looks like one, else it may be somebody's
    number or name that has slipped there."""
    return kept_inside(cell) if LIKE_AN_AUTHORITY.fullmatch(cell) else "something that is no code"


def corrupt_xml(error: etree.XMLSyntaxError) -> RefusedFile:
    """A refusal that says where an XML file breaks, and nothing of what stands there."""
    line = error.position[0] if error.position else "?"
    return RefusedFile(
        f"The XML is broken at line {line}: nothing of the file was loaded. It was cut short or "
        "edited by hand; export it again."
    )


def refuse_wrong_year(
    year: int, ends: str, rows_dated: int, rows_inside: int, rows_after: int
) -> None:
    """Nothing, where the dates of a file fit the year it says it is of.

    Args:
        year: the year that its name or content states.
        ends: the day that year ends, to print.
        rows_dated: rows with any date of an event.
        rows_inside: of these, rows with such a date in the year.
        rows_after: of these, rows whose every such date is after the year.

    Raises:
        RefusedFile: no row has a date in the year, or most rows are of a later time. A few are
            left to the gates, because typing errors in dates are met in every return; and a very
            small file may hold nothing but spells that began long ago and are still open.
    """
    is_of_another_year = rows_inside == 0 and rows_dated >= ROWS_THAT_SHOW_A_YEAR
    if is_of_another_year or 2 * rows_after > rows_dated:
        raise RefusedFile(
            f"It is said to be of the year ending {ends} {year}, and its dates are not: "
            + kept_inside(
                f"of {rows_dated} rows with dates {rows_inside} have one in that year and "
                f"{rows_after} are of a later time"
            )
            + ". Check the year in its folder, name or header."
        )
