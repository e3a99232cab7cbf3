"""What the gates expect, a page for each table: every rule, why it is there and what it found."""

from orchestration.report.facts import Release, Row, grouped

ROOMS = {
    "raw": "As it arrived",
    "quality": "Files and feeds",
    "intermediate": "The record made whole",
    "cohorts": "Who counts",
    "progress": "How each child fares",
    "workforce": "Workers",
    "measures": "Measures",
    "outcomes": "Outcomes",
    "release": "What is released",
}


def suite_path(table: str) -> str:
    """The page of what a table is held to."""
    return f"checks/{table}.html"


def suites(release: Release) -> list[Row]:
    """Every table that was checked, with its checks: those that failed first, critical before the
    others."""
    checks = release.rows("quality.check_results")
    return [
        {
            "table": table,
            "room": ROOMS.get(table.partition(".")[0], table.partition(".")[0]),
            "checks": sorted(
                rows, key=lambda row: (row["passed"], row["severity"], row["check_name"])
            ),
            "failed": sum(not row["passed"] for row in rows),
        }
        for table, rows in sorted(grouped(checks, "table_name").items())
    ]


def rooms(held: list[Row]) -> dict[str, list[Row]]:
    """The tables by room, in the order of the corridor."""
    found = grouped(held, "room")
    order = [room for room in ROOMS.values() if room in found]
    return {room: found[room] for room in [*order, *(room for room in found if room not in order)]}
