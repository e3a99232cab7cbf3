"""What the page of an indicator shows: its figure, its chart, its curve, and whom it leaves out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.report.facts import Authority, Catalogue, Row, by_date, grouped
from orchestration.report.figures import (
    figure,
    interval,
    number,
    short_period,
    symbols_used,
    unit_in_words,
    with_unit,
)
from orchestration.report.scorecard_page import card
from orchestration.report.words import (
    ASSURANCE,
    BREAKDOWNS,
    COMPARATORS,
    COMPARISON_CODES,
    CURVE_READINGS,
    GRADES,
    KIND_NAMES,
    POINT_TYPES,
    POLARITIES,
    QUESTIONS_OF_ACCOUNT,
    SYMBOLS,
    WITHHELD,
    latest_in_words,
)

FINEST_FIRST = ("month", "quarter", "year")
SERIES_NAMES = {"month": "Month by month", "quarter": "Quarter by quarter", "year": "Year by year"}
SIGNAL_NAMES = {
    "IMPROVEMENT": "Improvement",
    "CONCERN": "Concern",
    "NEUTRAL_HIGH": "Other signal",
    "NEUTRAL_LOW": "Other signal",
}
# More symbols than this at the foot of a chart cannot be told apart.
SYMBOLS_SHOWN = 14
OUTSIDE = ("previous_period", "year_before")


@dataclass(frozen=True)
class Chart:
    """A chart to draw: its place, its shape, what it is filled with, and what it says."""

    name: str
    draw: str
    filled_with: Mapping[str, Any]
    says: str


def indicator(catalogue: Catalogue, authority: Authority, indicator_id: str) -> dict[str, Any]:
    """Everything released of one indicator in one authority."""
    row = catalogue.indicators[indicator_id]
    values = authority.values[indicator_id]
    whole = _whole(values)
    years = _read_first(whole)
    latest = years[-1]
    groups = _groups(row, values, latest)
    series = _series(row, authority.trends.get(indicator_id, []))
    curve = _curve(
        row, authority.trends.get(indicator_id, []), authority.curves.get(indicator_id, [])
    )
    compared = _compared(row, authority, latest)
    return {
        "indicator": row,
        "kind": KIND_NAMES.get(row["data_type"], row["data_type"]),
        "polarity": POLARITIES.get(row["polarity"], ""),
        "question_of_account": QUESTIONS_OF_ACCOUNT.get(row["oba_question"], ""),
        "latest": _value(row, latest),
        "years": [_value(row, value) for value in reversed(years)],
        "series": series,
        "curve": curve,
        "compared": compared,
        "groups": groups,
        "companions": [
            {"indicator": other, "latest": newest_figure(other, authority)}
            for other in _listed(row["companion_indicator_ids"], catalogue)
        ],
        "sources": [code for code in (row["source_extracts"] or "").split(";") if code],
        "availability": authority.availability.get(indicator_id),
        "speaks_for": [
            catalogue.outcomes[code]
            for code in catalogue.speaks_for.get(indicator_id, [])
            if code in catalogue.outcomes
        ],
        "card": card(authority, row),
        "symbols": symbols_used([*whole, *groups["rows"]]),
    }


def newest_figure(row: Row, authority: Authority) -> dict[str, str] | None:
    """The figure of an indicator that is read first, of years where there are any; None without."""
    values = authority.values.get(row["indicator_id"], [])
    years = _read_first(_whole(values))
    if not years:
        return None
    return {
        "period": short_period(years[-1]["period_id"]),
        "figure": figure(years[-1], row["unit"]),
        "interval": interval(years[-1]),
    }


def _whole(rows: Sequence[Row]) -> list[Row]:
    """The figures of everybody, oldest first."""
    return by_date([row for row in rows if row["breakdown"] == "all"])


def _read_first(whole: Sequence[Row]) -> Sequence[Row]:
    """Years, where there are any."""
    return [row for row in whole if row["period_type"] == "year"] or whole


def _value(indicator: Row, row: Row) -> dict[str, Any]:
    return {
        "period": short_period(row["period_id"]),
        "figure": figure(row, indicator["unit"]),
        "interval": interval(row),
        "numerator": number(row["numerator"], 0),
        "denominator": number(row["n_denominator"], 0),
        "known": number(row["n_known"], 0),
        "not_known": number(row["n_not_known"], 0),
        "in_words": _in_words(row),
    }


def _in_words(row: Row) -> list[str]:
    """What stands beside a figure: its interval, what it was counted from, how good that is."""
    said = []
    if interval(row):
        said.append(f"By chance alone it could lie from {interval(row)} (95 % interval).")
    if row["value"] is None:
        meaning = SYMBOLS.get(row["symbol"] or "", "not available")
        said.append(f"{meaning[0].upper()}{meaning[1:]}.")
    elif row["measure_type"] == "rate":
        said.append(
            f"{number(row['numerator'], 0)} among {number(row['n_denominator'], 0)} children."
        )
    elif row["measure_type"] == "proportion" and row["numerator"] is not None:
        said.append(f"{number(row['numerator'], 0)} of {number(row['n_known'], 0)} known.")
    elif row["measure_type"] in ("mean", "median", "difference"):
        said.append(f"Of {number(row['n_known'], 0)} known.")
    if row["value"] is not None and row["n_not_known"]:
        said.append(f"Not known of {number(row['n_not_known'], 0)} more.")
    if row["dq_grade"]:
        said.append(f"Data quality {row['dq_grade']}: {GRADES.get(row['dq_grade'], '')}.")
    return said


def _listed(codes: str | None, catalogue: Catalogue) -> list[Row]:
    return [
        catalogue.indicators[code]
        for code in (codes or "").split(";")
        if code in catalogue.indicators
    ]


# ---- change over time ----


def _finest(points: Sequence[Row], worth: Callable[[Sequence[Row]], bool]) -> list[Row]:
    """The series of the shortest periods that is worth a chart."""
    of_type = grouped(_whole(points), "period_type")
    for period_type in FINEST_FIRST:
        if worth(of_type.get(period_type, [])):
            return of_type[period_type]
    return []


def _has_two_figures(points: Sequence[Row]) -> bool:
    return sum(point["value"] is not None for point in points) > 1


def _series(indicator: Row, points: Sequence[Row]) -> dict[str, Any] | None:
    """Months or quarters within their limits; None where there are no limits to show."""
    shown = _finest(
        points,
        lambda rows: any(row["centre"] is not None for row in rows) and _has_two_figures(rows),
    )
    if not shown:
        return None
    latest = next((row for row in shown if row["is_latest"]), shown[-1])
    said = latest_in_words(latest, short_period(latest["period_id"]))
    return {
        "title": SERIES_NAMES[latest["period_type"]],
        "says": said,
        "mark": POINT_TYPES.get(latest["point_type"] or ""),
        "assurance": ASSURANCE.get(latest["assurance"] or "", ""),
        "target": None
        if latest["target_value"] is None
        else with_unit(latest["target_value"], indicator["unit"]),
        "rows": [
            {
                "period": short_period(row["period_id"]),
                "figure": figure(row, indicator["unit"]),
                "centre": number(row["centre"]),
                "limits": interval(row, "lower_limit", "upper_limit"),
                "signal": _signal(row),
            }
            for row in reversed(shown)
        ],
        "chart": Chart(
            "limits",
            "limits_chart",
            {"points": _limit_points(indicator, shown), "unit": unit_in_words(indicator["unit"])},
            f"Chart of {_first_to_last(shown)}. {_extremes(shown, indicator)} {said}",
        ),
    }


def _signal(row: Row) -> str:
    mark = POINT_TYPES.get(row["point_type"] or "")
    return mark.words if mark else ""


def _limit_points(indicator: Row, rows: Sequence[Row]) -> list[dict[str, Any]]:
    lowest, highest = _possible(indicator["unit"])
    symbols = _symbols(rows)
    return [
        {
            "at": row["period_end"].isoformat(),
            "value": row["value"],
            "symbol": symbols.get(row["period_id"], ""),
            "signal": SIGNAL_NAMES.get(row["point_type"] or "", "No signal"),
            "centre": row["centre"],
            # Cut where no figure can be, in the drawing and nowhere else.
            "lower": None if row["lower_limit"] is None else max(row["lower_limit"], lowest),
            "upper": None if row["upper_limit"] is None else min(row["upper_limit"], highest),
        }
        for row in rows
    ]


def _possible(unit: str) -> tuple[float, float]:
    match unit:
        case "percent":
            return (0.0, 100.0)
        case "points":
            return (-100.0, 100.0)
        case _:
            return (0.0, float("inf"))


def _symbols(rows: Sequence[Row]) -> dict[str, str]:
    found = {
        row["period_id"]: row["symbol"] for row in rows if row["value"] is None and row["symbol"]
    }
    return found if len(found) <= SYMBOLS_SHOWN else {}


def _first_to_last(rows: Sequence[Row]) -> str:
    return f"{short_period(rows[0]['period_id'])} to {short_period(rows[-1]['period_id'])}"


def _extremes(rows: Sequence[Row], indicator: Row) -> str:
    known = [row for row in rows if row["value"] is not None]
    if not known:
        return "No figure is shown."
    lowest = min(known, key=lambda row: row["value"])
    highest = max(known, key=lambda row: row["value"])
    unit = indicator["unit"]
    return (
        f"The newest figure is {with_unit(known[-1]['value'], unit)}; the lowest "
        f"{with_unit(lowest['value'], unit)} ({short_period(lowest['period_id'])}), the highest "
        f"{with_unit(highest['value'], unit)} ({short_period(highest['period_id'])})."
    )


# ---- the curve ----


def _curve(indicator: Row, trend: Sequence[Row], curve: Sequence[Row]) -> dict[str, Any] | None:
    """Figures so far and the forecast that was frozen; None where there are not two figures."""
    forecast_types = {row["period_type"] for row in curve if row["forecast"] is not None}
    shown = _finest(
        trend,
        lambda rows: (
            _has_two_figures(rows)
            and (not forecast_types or rows[0]["period_type"] in forecast_types)
        ),
    ) or _finest(trend, _has_two_figures)
    if not shown:
        return None
    period_type = shown[0]["period_type"]
    of_type = [row for row in curve if row["period_type"] == period_type]
    forecast = [row for row in of_type if row["forecast"] is not None]
    read = next((row for row in of_type if row["is_latest"]), None)
    latest = next((row for row in shown if row["is_latest"]), shown[-1])
    said = latest_in_words(latest, short_period(latest["period_id"]))
    reading = CURVE_READINGS.get(read["reading"] or "", "") if read else ""
    baseline = ""
    if forecast:
        made = forecast[0]["baseline_made_on"]
        baseline = f"Forecast made on {made.day} {made:%B %Y} and frozen."
    return {
        "title": SERIES_NAMES[period_type],
        "says": said,
        "reading": reading,
        "baseline": baseline,
        "direction": read["baseline_direction"] if read else None,
        "has_forecast": bool(forecast),
        "has_bars": _has_bars(shown),
        "is_withheld": any(row["forecast_symbol"] == WITHHELD for row in of_type),
        "rows": [
            {
                "period": short_period(row["period_id"]),
                "figure": figure(row, indicator["unit"]),
                "interval": interval(row),
            }
            for row in reversed(shown)
        ],
        "forecast_rows": [
            {
                "period": short_period(row["period_id"]),
                "forecast": with_unit(row["forecast"], indicator["unit"]),
                "limits80": interval(row, "forecast_lower80", "forecast_upper80"),
                "limits95": interval(row, "forecast_lower95", "forecast_upper95"),
                "figure": figure(row, indicator["unit"]),
            }
            for row in forecast
        ],
        "chart": Chart(
            "curve",
            "curve_chart",
            {
                "points": _curve_points(shown),
                "in_years": period_type == "year",
                "forecast": [
                    {
                        "at": _at(row),
                        "forecast": row["forecast"],
                        "lower80": row["forecast_lower80"],
                        "upper80": row["forecast_upper80"],
                        "lower95": row["forecast_lower95"],
                        "upper95": row["forecast_upper95"],
                    }
                    for row in forecast
                ],
                "unit": unit_in_words(indicator["unit"]),
            },
            f"Curve of {_first_to_last(shown)}. {_extremes(shown, indicator)} "
            f"{f'{baseline} ' if baseline else ''}{reading}".strip(),
        ),
    }


def _curve_points(rows: Sequence[Row]) -> list[dict[str, Any]]:
    symbols = _symbols(rows)
    with_limits = _has_bars(rows)
    return [
        {
            "at": _at(row),
            "value": row["value"],
            "symbol": symbols.get(row["period_id"], ""),
            "lower": row["lower95"] if with_limits else None,
            "upper": row["upper95"] if with_limits else None,
        }
        for row in rows
    ]


def _has_bars(rows: Sequence[Row]) -> bool:
    """The limits of seventy months would hide their line; the table has them."""
    return bool(rows[0]["period_type"] != "month")


def _at(row: Row) -> str:
    """Where a point of a curve stands: years by name, months and quarters by date."""
    return str(row["period_id"] if row["period_type"] == "year" else row["period_end"].isoformat())


# ---- others, and groups ----


def _compared(indicator: Row, authority: Authority, latest: Row) -> dict[str, Any]:
    """The figure beside others and beside its own past, each in words."""
    rows = [
        row
        for row in authority.comparisons.get(indicator["indicator_id"], [])
        if row["period_id"] == latest["period_id"]
    ]
    order = list(COMPARATORS)
    rows.sort(key=lambda row: [*order, row["comparator"]].index(row["comparator"]))
    shown = [_comparison(indicator, row) for row in rows]
    others = [
        {
            "label": _comparator(row),
            "value": row["comparator_value"],
            "lower": row["comparator_minimum"],
            "upper": row["comparator_maximum"],
        }
        for row in rows
        if row["comparator"] not in OUTSIDE and row["comparator_value"] is not None
    ]
    has_chart = bool(others) and latest["value"] is not None
    own = {
        "label": "This authority",
        "value": latest["value"],
        "lower": latest["lower95"],
        "upper": latest["upper95"],
    }
    return {
        "rows": shown,
        "chart": Chart(
            "compared",
            "side_by_side_chart",
            {
                "rows": [own, *others],
                "whole": latest["value"],
                "unit": unit_in_words(indicator["unit"]),
            },
            "This authority beside others: "
            + "; ".join(
                f"{row['label']} {with_unit(row['value'], indicator['unit'])}"
                for row in (own, *others)
            )
            + ".",
        )
        if has_chart
        else None,
    }


def _comparator(row: Row) -> str:
    name = COMPARATORS.get(row["comparator"], row["comparator"].replace("_", " "))
    return f"{name[0].upper()}{name[1:]}"


def _comparison(indicator: Row, row: Row) -> dict[str, Any]:
    unit = indicator["unit"]
    other = row["comparator_value"]
    band = row["band_low"] is not None or row["band_high"] is not None
    return {
        "comparator": _comparator(row),
        "period": short_period(row["comparator_period_id"]) if row["comparator_period_id"] else "",
        "figure": f"{number(row['band_low'])} to {number(row['band_high'])}"
        if band
        else with_unit(other, unit)
        if other is not None
        else row["symbol"] or "–",
        "areas": row["area_count"],
        "difference": _difference(row, unit),
        "mark": COMPARISON_CODES.get(row["comparison_code"] or ""),
        "symbol": row["symbol"],
        "rank": f"{row['rank']} of {row['rank_out_of']}" if row["rank"] else "",
    }


def _difference(row: Row, unit: str) -> str:
    limits = interval(row, "difference_lower95", "difference_upper95")
    if row["ratio"] is not None and row["limits_of"] == "ratio":
        return f"{number(row['ratio'], 2)} times{f' ({limits})' if limits else ''}"
    if row["difference"] is None:
        return ""
    points = " points" if unit in ("percent", "points") else ""
    sign = "+" if row["difference"] > 0 else ""
    return f"{sign}{number(row['difference'])}{points}{f' ({limits})' if limits else ''}"


def _groups(indicator: Row, values: Sequence[Row], latest: Row) -> dict[str, Any]:
    """Each group of children beside the whole, for the year that is read; and the widest gap."""
    rows = [
        row
        for row in values
        if row["period_id"] == latest["period_id"] and row["breakdown"] != "all"
    ]
    by_breakdown = grouped(sorted(rows, key=_group_order), "breakdown")
    shown = [row for row in rows if row["value"] is not None]
    unit = indicator["unit"]
    chart_rows = [
        {
            "label": row["breakdown_value"],
            "value": row["value"],
            "lower": row["lower95"],
            "upper": row["upper95"],
        }
        for of_breakdown in by_breakdown.values()
        for row in of_breakdown
        if row["value"] is not None and row["breakdown_value"] != "Not known"
    ]
    return {
        "rows": rows,
        "tables": [
            {
                "breakdown": BREAKDOWNS.get(breakdown, breakdown.replace("_", " ").capitalize()),
                "rows": [_group(row, latest, unit) for row in of_breakdown],
                "gap": _gap(of_breakdown, unit),
            }
            for breakdown, of_breakdown in by_breakdown.items()
        ],
        "all_withheld": bool(rows) and not shown,
        "chart": Chart(
            "groups",
            "side_by_side_chart",
            {"rows": chart_rows, "whole": latest["value"], "unit": unit_in_words(unit)},
            "Groups of children beside the whole"
            + (f" ({with_unit(latest['value'], unit)})" if latest["value"] is not None else "")
            + ": "
            + "; ".join(f"{row['label']} {with_unit(row['value'], unit)}" for row in chart_rows)
            + ".",
        )
        if len(chart_rows) > 1
        else None,
    }


def _group_order(row: Row) -> tuple[str, bool, int, str]:
    """Ages by age, others by name, those not known last."""
    name = row["breakdown_value"]
    first = next((int(word) for word in name.split() if word.isdigit()), 0)
    if name == "Unborn":
        first = -1
    return row["breakdown"], name.startswith("Not "), first, name


def _group(row: Row, whole: Row, unit: str) -> dict[str, Any]:
    gap = None
    if row["value"] is not None and whole["value"] is not None and row["measure_type"] != "count":
        gap = row["value"] - whole["value"]
    return {
        "name": row["breakdown_value"],
        "figure": figure(row, unit),
        "interval": interval(row),
        "known": number(row["n_known"], 0),
        "gap": "" if gap is None else f"{'+' if gap > 0 else ''}{number(gap)}",
    }


def _gap(rows: Sequence[Row], unit: str) -> str:
    """The widest distance between two groups of which the figure is shown."""
    known = [
        row
        for row in rows
        if row["value"] is not None
        and not row["breakdown_value"].startswith("Not ")
        and row["measure_type"] != "count"
    ]
    if len(known) < 2:
        return ""
    low = min(known, key=lambda row: row["value"])
    high = max(known, key=lambda row: row["value"])
    return (
        f"Widest gap between groups that are shown: {number(high['value'] - low['value'])}"
        f"{' points' if unit == 'percent' else ''}, {low['breakdown_value']} "
        f"{with_unit(low['value'], unit)} and {high['breakdown_value']} "
        f"{with_unit(high['value'], unit)}."
    )
