"""What the pages show that are about all measures: which have a figure, what is not known, and how
good the data are."""

from typing import Any

from orchestration.report import figures, words
from orchestration.report.facts import Authority, Catalogue, Release, Row, grouped
from orchestration.report.indicator_page import newest_figure

# Below this share known, a figure says little of all who should be in it (METHODS 7.5).
MUCH_NOT_KNOWN = 0.6
# Grades that weaken what is read from a source.
LOW_GRADES = ("C", "D")


def latest_figures(catalogue: Catalogue, authority: Authority, framework: str) -> list[Row]:
    """Every indicator of a framework, with its newest figure or why there is none."""
    return [
        {
            "indicator": row,
            "kind": words.KIND_NAMES.get(row["data_type"], row["data_type"]),
            "latest": newest_figure(row, authority),
            "availability": authority.availability.get(row["indicator_id"]),
        }
        for row in catalogue.indicators_of_framework.get(framework, [])
    ]


def not_known(catalogue: Catalogue, authority: Authority) -> dict[str, Any]:
    """What is not measured by the feed that would supply it, and what is measured and withheld."""
    missing = [
        row | {"indicator": catalogue.indicators[key]}
        for key, row in authority.availability.items()
        if row["availability"] != "MEASURED" and key in catalogue.indicators
    ]
    by_feed: dict[str, list[Row]] = {}
    for row in missing:
        for feed in (row["sources_missing"] or "").split(";"):
            if feed and row["availability"] == "FEED_NOT_SUPPLIED":
                by_feed.setdefault(feed, []).append(row["indicator"])
    year = authority.year
    return {
        "indicator_count": len(catalogue.indicators),
        "measured_count": sum(key in catalogue.indicators for key in authority.values),
        "by_feed": sorted(by_feed.items(), key=lambda feed: (-len(feed[1]), feed[0])),
        "by_reason": grouped(missing, "availability"),
        "withheld": [
            catalogue.indicators[key]
            for key, rows in authority.values.items()
            if key in catalogue.indicators
            and any(
                row["period_id"] == year and row["breakdown"] == "all" and row["value"] is None
                for row in rows
            )
        ],
        "silent": [
            {
                "kind": kind,
                "outcomes": [
                    catalogue.outcomes[outcome_id]
                    for (outcome_id, of_year), row in authority.triangulated.items()
                    if of_year == year and row[f"{kind.column}_reading"] == words.SILENT
                ],
            }
            for kind in words.KINDS
        ],
    }


def data_quality(release: Release, catalogue: Catalogue, authority: Authority) -> dict[str, Any]:
    """What arrived, what the checks found, and of which figures much is not known."""
    checks = release.rows("quality.check_results")
    files = [
        {
            "family": family,
            "count": len(rows),
            "loaded": sum(row["status"] == "loaded" for row in rows),
            "superseded": sum(row["status"] == "superseded" for row in rows),
            "refused": [row for row in rows if row["status"] not in ("loaded", "superseded")],
            "rows_read": sum(row["rows_read"] or 0 for row in rows),
            "quarantined": sum(row["rows_quarantined"] or 0 for row in rows),
            "is_part": any(row["symbol"] for row in rows),
        }
        for family, rows in grouped(authority.files, "family").items()
    ]
    latest = [
        {"indicator": catalogue.indicators[key], "row": row}
        for key, rows in authority.values.items()
        if key in catalogue.indicators
        for row in rows
        if row["breakdown"] == "all" and row["period_id"] == authority.year
    ]
    thin = sorted(
        (row for row in latest if row["row"]["coverage"] is not None),
        key=lambda row: row["row"]["coverage"],
    )
    return {
        "files": files,
        "failed": [row for row in checks if not row["passed"]],
        "check_count": len(checks),
        "sources": [
            row
            for row in release.rows(
                "quality.data_quality_grades", "local_authority_code = ?", authority.code
            )
            if row["dq_grade"] in LOW_GRADES
        ],
        "grades": _count_by([row["row"]["dq_grade"] for row in latest]),
        "thin": [
            row | {"coverage": figures.with_unit(100 * row["row"]["coverage"], "percent")}
            for row in thin
            if row["row"]["coverage"] < MUCH_NOT_KNOWN
        ],
    }


def _count_by(grades: list[str | None]) -> dict[str, int]:
    return {grade: grades.count(grade) for grade in words.GRADES if grade in grades}
