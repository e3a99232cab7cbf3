"""What scorecards and cards show (METHODS 11), where the release has them; never one score."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from orchestration.report.facts import Authority, Catalogue, Row, grouped
from orchestration.report.figures import figure, interval, number, with_unit
from orchestration.report.words import CURVE_READINGS, QUADRANTS, SUBJECT_KINDS

CHOSEN_AS = {
    "framework_headline": "it is a headline of its framework",
    "headline": "the authority chose it as a headline",
    "high_level": "it is a high-level measure of the authority",
    "priority_curve": "the authority wants to turn this curve first",
    "target": "the authority set a target",
    "band": "the authority agreed a band",
    "baseline": "the authority agreed a baseline",
}
# A target, a band or a baseline alone makes no headline.
IS_FOLLOWED = {"framework_headline", "headline", "high_level", "priority_curve"}


def card(authority: Authority, indicator: Row) -> dict[str, Any] | None:
    """The card of an indicator in the year that is read, and what earlier cards told."""
    cards = authority.cards.get(indicator["indicator_id"], [])
    row = next((row for row in cards if row["period_id"] == authority.year), None)
    if row is None:
        return None
    unit = indicator["unit"]
    earlier = sorted(
        (before for before in cards if before["period_id"] < authority.year),
        key=lambda before: str(before["period_id"]),
        reverse=True,
    )
    return {
        "row": row,
        "chosen_as": [CHOSEN_AS.get(code, code) for code in _listed(row["chosen_as"])],
        "baseline": "" if row["baseline_value"] is None else with_unit(row["baseline_value"], unit),
        "target": "" if row["target_value"] is None else with_unit(row["target_value"], unit),
        "band": _band(row),
        "story": _listed(row["story"]),
        "events": _listed(row["events"]),
        "partners": _listed(row["partners"]),
        "actions": _listed(row["actions"]),
        "told_before": [
            {"year": before["period_id"], "lines": lines}
            for before in earlier
            if (lines := [*_listed(before["story"]), *_listed(before["events"])])
        ],
    }


def _band(row: Row) -> str:
    if row["band_low"] is None and row["band_high"] is None:
        return ""
    if row["band_low"] is None:
        return f"up to {number(row['band_high'])}"
    if row["band_high"] is None:
        return f"{number(row['band_low'])} or more"
    return f"{number(row['band_low'])} to {number(row['band_high'])}"


def _listed(text: str | None) -> list[str]:
    return [part for part in (text or "").split(";") if part]


def headlines(authority: Authority) -> list[Row]:
    """What is followed in the year that is read, headlines of the frameworks first."""
    chosen = [
        row
        for rows in authority.cards.values()
        for row in rows
        if row["period_id"] == authority.year
        and not IS_FOLLOWED.isdisjoint(_listed(row["chosen_as"]))
    ]
    return sorted(
        (row | {"figure": figure(row, row["unit"]), "interval": interval(row)} for row in chosen),
        key=lambda row: (row["headline_rank"] is None, row["framework"], row["headline_rank"] or 0),
    )


def subjects(catalogue: Catalogue, authority: Authority) -> list[dict[str, Any]]:
    """Each scorecard of the year that is read: of whom it is, and its quadrants.

    A programme has its frame too: who they were at the start, how it is delivered and with whom,
    and what is told of its measures and done about them.
    """
    rows = [row for row in authority.scorecards if row["period_id"] == authority.year]
    models = grouped([row for row in rows if row["subject_kind"] == "delivery_model"],
                     "programme_code")  # fmt: skip
    found = []
    for kind, name in SUBJECT_KINDS.items():
        of_kind = [row for row in rows if row["subject_kind"] == kind]
        for code, of_subject in grouped(of_kind, "subject_code").items():
            found.append(
                {
                    "kind": kind,
                    "kind_name": name,
                    "slug": _slug(kind, code),
                    "name": of_subject[0]["subject_name"],
                    "programme": of_subject[0]["programme_code"],
                    "quadrants": _quadrants([row for row in of_subject if not _is_start(row)]),
                    "starts": [
                        _measure(row)
                        for row in of_subject
                        if _is_start(row) and row["quadrant"] == "BETTER_OFF_SHARE"
                    ],
                    "models": {
                        _slug("delivery_model", row["subject_code"]): row["subject_name"]
                        for row in (models.get(code, []) if kind == "programme" else [])
                    },
                    "partners": (
                        played(catalogue, authority, {"programme_code": {code}})
                        if kind == "programme"
                        else []
                    ),
                    "told": told(
                        catalogue,
                        authority,
                        [row["indicator_id"] for row in of_subject if kind == "programme"],
                    ),
                    "agenda": _agenda(of_subject),
                    "figure_count": sum(row["value"] is not None for row in of_subject),
                }
            )
    return found


def _slug(kind: str, code: str) -> str:
    return f"{kind}-{code}".replace(":", "-")


def _is_start(row: Row) -> bool:
    """What people were like when they were met is context, and no effect."""
    return row["polarity"] == "context_only" and str(row["quadrant"]).startswith("BETTER_OFF")


def played(
    catalogue: Catalogue, authority: Authority, of: Mapping[str, Collection[str]]
) -> list[str]:
    """The parts that agencies play in any of some programmes, outcomes or measures, each once."""
    return list(
        dict.fromkeys(
            f"{catalogue.label('agency', row['agency_code'])}: {row['role_text']}"
            for row in authority.partners
            if row["is_played"] and any(row[column] in codes for column, codes in of.items())
        )
    )


def told(
    catalogue: Catalogue, authority: Authority, indicator_ids: Iterable[str | None]
) -> list[dict[str, Any]]:
    """What the cards of the year that is read say is known and done, measure by measure."""
    return [
        {"indicator": catalogue.indicators[code], "story": story, "actions": actions}
        for code in dict.fromkeys(indicator_ids)
        if code is not None
        for row in authority.cards.get(code, [])
        if row["period_id"] == authority.year
        for story, actions in [(_listed(row["story"]), _listed(row["actions"]))]
        if story or actions
    ]


def _quadrants(rows: Sequence[Row]) -> list[dict[str, Any]]:
    in_order = sorted(rows, key=lambda row: (row["display_order"] or 0, row["quadrant"]))
    return [
        {
            "title": QUADRANTS.get(quadrant, quadrant),
            "rows": [_measure(row) for row in sorted(of_quadrant, key=_headlines_first)],
        }
        for quadrant, of_quadrant in grouped(in_order, "quadrant").items()
    ]


def _headlines_first(row: Row) -> tuple[bool, int, bool, str]:
    return (
        row["headline_rank"] is None,
        row["headline_rank"] or 0,
        row["value"] is None,
        str(row["item"]),
    )


def _measure(row: Row) -> dict[str, Any]:
    before = row["year_before_value"]
    return {
        "item": row["item"],
        "item_kind": row["item_kind"],
        "indicator_id": row["indicator_id"],
        "figure": figure(row, row["unit"] or ""),
        "interval": interval(row),
        "before": "" if before is None else with_unit(before, row["unit"] or ""),
        "reading": CURVE_READINGS.get(row["curve_reading"] or "", ""),
        "why": row["why_no_figure"],
        "is_headline": row["headline_rank"] is not None,
    }


def _agenda(rows: Sequence[Row]) -> list[str]:
    """What should be gathered first, each once."""
    ranked = sorted(
        (row for row in rows if row["data_development_rank"] is not None),
        key=lambda row: (row["data_development_rank"], row["item"]),
    )
    return list(dict.fromkeys(str(row["item"]) for row in ranked))
