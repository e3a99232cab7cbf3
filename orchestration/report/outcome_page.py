"""What the pages of outcomes show: four kinds of evidence, what dissents, what is silent."""

from collections.abc import Sequence
from typing import Any

from orchestration.report.facts import Authority, Catalogue, Row, grouped
from orchestration.report.figures import figure
from orchestration.report.scorecard_page import played, told
from orchestration.report.words import (
    CONFIDENCE,
    CONVERGENCE,
    DIRECTION_METHODS,
    DIRECTIONS,
    KINDS,
    LEVELS,
    LEVELS_OF_OUTCOME,
    OVERALL,
    OVERALL_MEANING,
    OVERALL_ORDER,
    READINGS,
    SILENT,
    STRENGTHS,
    WITHHELD,
    Kind,
    Mark,
    as_mark,
)

NOT_THERE = Mark("○", "Not read in this year", "none")


def summary(authority: Authority, outcome: Row, year: str) -> dict[str, Any]:
    """One outcome in one year: the four kinds, whether they agree, and how sure that is."""
    row = authority.triangulated.get((outcome["outcome_id"], year), {})
    return {
        "outcome": outcome,
        "kinds": [_reading(row, kind) for kind in KINDS],
        "overall_code": row.get("overall"),
        "overall": OVERALL.get(row.get("overall", ""), NOT_THERE),
        "convergence": CONVERGENCE.get(row.get("convergence", ""), ""),
        "confidence": CONFIDENCE.get(row.get("confidence", ""), ""),
        "is_single_source": bool(row.get("is_single_source")),
        "silent": [kind.name for kind in KINDS if row.get(f"{kind.column}_reading") == SILENT],
    }


def _reading(row: Row, kind: Kind) -> dict[str, Any]:
    reading = row.get(f"{kind.column}_reading", SILENT)
    strength = row.get(f"{kind.column}_strength")
    speaks = reading not in (SILENT, WITHHELD)
    return {
        "kind": kind,
        "code": reading,
        "mark": as_mark(READINGS, reading),
        "strength": STRENGTHS.get(strength or "", "") if speaks else "",
    }


def front(catalogue: Catalogue, authority: Authority, year: str) -> dict[str, Any]:
    """Every outcome of every framework in one year, and what may be said of them."""
    frameworks: list[dict[str, Any]] = [
        {
            "framework": framework,
            "groups": framework_groups(catalogue, authority, framework["framework"], year),
        }
        for framework in catalogue.frameworks
    ]
    rows = [row for f in frameworks for group in f["groups"] for row in group["rows"]]
    by_overall = grouped(rows, "overall_code")
    return {
        "frameworks": frameworks,
        "outcome_count": len(rows),
        "said": [
            {
                "mark": OVERALL[code],
                "meaning": OVERALL_MEANING[code],
                "rows": by_overall.get(code, []),
            }
            for code in OVERALL_ORDER
        ],
        "one_kind": [r for r in rows if r["convergence"] == CONVERGENCE["NOT_TRIANGULATED"]],
        "no_kind": [r for r in rows if r["convergence"] in (CONVERGENCE["NO_EVIDENCE"], "")],
        "withheld": by_overall.get(WITHHELD, []),
        "questions": raised(catalogue, authority, year),
    }


def framework_groups(
    catalogue: Catalogue, authority: Authority, framework: str, year: str
) -> list[dict[str, Any]]:
    """The outcomes of a framework under its own headings, those for each child first."""
    levels = list(LEVELS_OF_OUTCOME)
    outcomes = sorted(
        catalogue.outcomes_of_framework.get(framework, []),
        key=lambda row: levels.index(row["level"]) if row["level"] in levels else len(levels),
    )
    return [
        {
            "heading": heading,
            "level": LEVELS_OF_OUTCOME.get(of_group[0]["level"], ""),
            "rows": [summary(authority, outcome, year) for outcome in of_group],
        }
        for heading, of_group in grouped(outcomes, "group").items()
    ]


def raised(catalogue: Catalogue, authority: Authority, year: str) -> list[dict[str, Any]]:
    """Every question of a year once, with the outcomes that raise it."""
    rows = [
        row | {"outcome": catalogue.outcomes[outcome_id]}
        for (outcome_id, of_year), asked in sorted(authority.questions.items())
        if of_year == year and outcome_id in catalogue.outcomes
        for row in asked
    ]
    return [
        {"question": of_code[0]["question"], "outcomes": [row["outcome"] for row in of_code]}
        for _, of_code in sorted(grouped(rows, "question_code").items())
    ]


def outcome(catalogue: Catalogue, authority: Authority, outcome_id: str) -> dict[str, Any]:
    """One outcome: its newest year in full, and every earlier year that spoke."""
    row = catalogue.outcomes[outcome_id]
    measures = [chosen["indicator_id"] for chosen in catalogue.chosen.get(outcome_id, [])]
    return {
        "outcome": row,
        "framework": next(f for f in catalogue.frameworks if f["framework"] == row["framework"]),
        "level": LEVELS_OF_OUTCOME.get(row["level"], ""),
        "maps_to": [
            catalogue.outcomes[code]
            for code in (row["maps_to"] or "").split(";")
            if code in catalogue.outcomes
        ],
        "years": [
            in_year(catalogue, authority, row, year)
            for year in authority.years
            if (outcome_id, year) in authority.triangulated
        ],
        "grades": _grades(catalogue, authority, outcome_id),
        "chain": _chain(catalogue, authority, row),
        "partners": played(
            catalogue, authority, {"outcome_id": {outcome_id}, "indicator_id": set(measures)}
        ),
        "told": told(catalogue, authority, measures),
    }


def _chain(catalogue: Catalogue, authority: Authority, outcome: Row) -> list[dict[str, Any]]:
    """What stands before an outcome or follows it in its framework, under the framework's headings.

    Every intermediate outcome stands before every child's; of other outcomes those that measures
    tie to this one.
    """
    tied = catalogue.linked.get(outcome["outcome_id"], {})
    others = [
        other
        for other in catalogue.outcomes_of_framework[outcome["framework"]]
        if other["outcome_id"] in tied
        or {outcome["level"], other["level"]} == {"intermediate", "child"}
    ]
    return [
        {
            "heading": heading,
            "rows": [
                summary(authority, other, authority.year)
                | {
                    "tied_by": [
                        catalogue.indicators[code]["indicator"]
                        for code in tied.get(other["outcome_id"], ())
                    ]
                }
                for other in of_heading
            ],
        }
        for heading, of_heading in grouped(others, "group").items()
    ]


def _grades(catalogue: Catalogue, authority: Authority, outcome_id: str) -> list[dict[str, Any]]:
    """How the outcome was graded by whom, newest first, without what does not apply."""
    graded = [row for row in authority.grades.get(outcome_id, []) if row["grade"] is not None]
    return [
        row
        | {
            "instrument": catalogue.label("self_evaluation_instrument", row["instrument_code"]),
            "rater": catalogue.label("self_evaluation_rater", row["rater_code"]),
            "heading": catalogue.label("vision_heading", row["vision_heading_code"])
            or f"Standard {row['standard_code']}",
            "other_rater": catalogue.label("self_evaluation_rater", row["other_rater_code"]),
        }
        for row in sorted(
            graded,
            key=lambda row: (-row["assessment_date"].toordinal(), row["rater_code"]),
        )
    ]


def in_year(catalogue: Catalogue, authority: Authority, outcome: Row, year: str) -> dict[str, Any]:
    """The evidence of one outcome in one year, item by item."""
    key = (outcome["outcome_id"], year)
    said = summary(authority, outcome, year)
    flags = (authority.triangulated[key].get("flags") or "").split(";")
    items = authority.items.get(key, [])
    kinds = [
        reading
        | _evidence(
            catalogue,
            authority,
            [row for row in items if row["data_type"] == reading["kind"].code],
            [
                row
                for row in catalogue.chosen.get(outcome["outcome_id"], [])
                if row["data_type"] == reading["kind"].code
            ],
            flags,
        )
        for reading in said["kinds"]
    ]
    return said | {
        "year": year,
        "evidence": kinds,
        "meaning": OVERALL_MEANING.get(said["overall_code"] or "", ""),
        "for": [k["kind"].name for k in kinds if k["code"] == "FAV"],
        "against": [k["kind"].name for k in kinds if k["code"] == "UNF"],
        "outweighed": [item for kind in kinds for item in kind["items"] if item["is_outweighed"]],
        "questions": authority.questions.get(key, []),
    }


def _evidence(
    catalogue: Catalogue,
    authority: Authority,
    items: Sequence[Row],
    chosen: Sequence[Row],
    flags: Sequence[str],
) -> dict[str, Any]:
    shown = {row["indicator_id"] for row in items}
    pairs = grouped([row for row in items if row["pair_code"]], "pair_code")
    return {
        "items": [_item(catalogue, row, flags) for row in items],
        "pairs": [
            [catalogue.indicators[row["indicator_id"]]["indicator"] for row in members]
            for members in pairs.values()
            if len(members) > 1
        ],
        "conflicts": any(
            flag == f"INTERNAL_CONFLICT:{row['data_type']}" for flag in flags for row in items[:1]
        ),
        "without": [
            {
                "indicator": catalogue.indicators[row["indicator_id"]],
                "why": _why_without(authority, row["indicator_id"]),
            }
            for row in sorted(chosen, key=lambda row: row["item_order"])
            if row["indicator_id"] not in shown and row["indicator_id"] in catalogue.indicators
        ],
    }


def _item(catalogue: Catalogue, row: Row, flags: Sequence[str]) -> dict[str, Any]:
    indicator = catalogue.indicators[row["indicator_id"]]
    # The codes of an item can be withheld while its value is shown.
    is_withheld = row["reading"] is None
    return {
        "indicator": indicator,
        "figure": figure(row, indicator["unit"]),
        "n": row["n"],
        "is_withheld": is_withheld,
        "direction": DIRECTIONS.get(row["direction"] or "", WITHHELD),
        "method": DIRECTION_METHODS.get(row["direction_method"] or "", ""),
        "level": LEVELS.get(row["level"] or "", WITHHELD),
        "strength": STRENGTHS.get(row["strength"] or "", WITHHELD),
        "mark": READINGS[WITHHELD] if is_withheld else as_mark(READINGS, row["reading"]),
        "pair": row["pair_code"],
        "is_outweighed": f"OUTWEIGHED_{row['reading']}:{row['data_type']}" in flags,
    }


def _why_without(authority: Authority, indicator_id: str) -> str:
    known = authority.availability.get(indicator_id)
    if known is None:
        return "Not measured."
    if known["availability"] == "MEASURED":
        return "Measured, but not in this year."
    return str(known["in_words"])
