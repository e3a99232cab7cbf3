"""Numbers as they are read: with their unit, their interval or their symbol; never a guess."""

from collections.abc import Mapping
from typing import Any

from orchestration.report.words import SYMBOLS, UNITS

NO_FIGURE = "–"
QUARTERS = {"Q1": "Apr to Jun", "Q2": "Jul to Sep", "Q3": "Oct to Dec", "Q4": "Jan to Mar"}
MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def number(value: float | None, decimals: int = 1) -> str:
    """A number with as many decimals as it needs, and no more than asked for."""
    if value is None:
        return NO_FIGURE
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def with_unit(value: float | None, unit: str) -> str:
    """A figure in its unit, short: 53.4 %, 76.4 per 10,000."""
    if value is None:
        return NO_FIGURE
    match unit:
        case "percent":
            return f"{number(value)} %"
        case "points":
            return f"{number(value)} points"
        case "rate_per_10k":
            return f"{number(value)} per 10,000"
        case "count":
            return number(value, 0)
        case _:
            return number(value, 2)


def figure(row: Mapping[str, Any], unit: str) -> str:
    """The value of a row, or the symbol that stands in its place."""
    if row["value"] is None:
        return str(row["symbol"] or NO_FIGURE)
    # A symbol of an item's codes is no symbol of its value, which then is shown.
    return with_unit(row["value"], unit)


def interval(row: Mapping[str, Any], lower: str = "lower95", upper: str = "upper95") -> str:
    """The limits of a row in words; empty where there are none."""
    if row.get(lower) is None or row.get(upper) is None:
        return ""
    return f"{number(row[lower])} to {number(row[upper])}"


def unit_in_words(unit: str) -> str:
    """What stands beside an axis."""
    return UNITS.get(unit, unit)


def short_period(period_id: str) -> str:
    """A period where there is little room: 2025-26, Apr to Jun 2025, Apr 2025."""
    match period_id.split("-"):
        case [start, end, quarter]:
            return f"{QUARTERS[quarter]} {f'20{end}' if quarter == 'Q4' else start}"
        # The calendar begins in 2012, so no year ends in what could be a month.
        case [year, month] if 1 <= int(month) <= len(MONTHS):
            return f"{MONTHS[int(month) - 1]} {year}"
        case _:
            return period_id


def symbols_used(rows: list[Mapping[str, Any]]) -> dict[str, str]:
    """The legend of the symbols that stand in some rows."""
    used = {str(row["symbol"]) for row in rows if row.get("symbol")}
    return {symbol: words for symbol, words in SYMBOLS.items() if symbol in used}
