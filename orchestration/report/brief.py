"""One page of A4 for a board, as PDF: what the evidence says, the headlines, what to ask.

It has what the front page has and nothing more; where there is more than a page holds, it says how
much. The front page is the one that a screen reader reads well.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import vl_convert
from jinja2 import Environment

from orchestration.report.facts import Authority, Catalogue, Row
from orchestration.report.words import CURVE_READINGS

MARGIN, WIDTH, FOOT = 48, 595, 806
# Points to a letter, on average, for each point of size: wide enough that no line runs out.
LETTER = 0.5
OUTCOMES_SHOWN, HEADLINES_SHOWN, QUESTIONS_SHOWN = 5, 10, 5


@dataclass(frozen=True)
class Line:
    """A line of the page: where it stands below the line before, and how it looks."""

    text: str
    size: float = 10
    is_bold: bool = False
    indent: int = 0
    gap: float = 4


def draw_brief(
    environment: Environment,
    catalogue: Catalogue,
    authority: Authority,
    front: dict[str, Any],
    headlines: Sequence[Row],
    not_known: dict[str, Any],
) -> bytes:
    """The page, of the year that is read first."""
    placed, y = [], float(MARGIN)
    for line in _wrapped(_lines(catalogue, authority, front, headlines, not_known)):
        y += line.size + line.gap
        # What does not fit is on the site; nothing is printed over the foot.
        if y < FOOT - 24:
            placed.append({"line": line, "x": MARGIN + line.indent, "y": round(y, 1)})
    drawing = environment.get_template("brief.svg").render(lines=placed, margin=MARGIN, foot=FOOT)
    return bytes(vl_convert.svg_to_pdf(drawing))


def _wrapped(lines: Iterator[Line]) -> Iterator[Line]:
    for line in lines:
        room = (WIDTH - 2 * MARGIN - line.indent) / (line.size * LETTER)
        for number, text in enumerate(wrap(line.text, int(room)) or [""]):
            yield Line(text, line.size, line.is_bold, line.indent, line.gap if not number else 2)


def _lines(
    catalogue: Catalogue,
    authority: Authority,
    front: dict[str, Any],
    headlines: Sequence[Row],
    not_known: dict[str, Any],
) -> Iterator[Line]:
    yield Line(f"{authority.name}, {authority.year}; figures as at {catalogue.as_at}", 9)
    yield Line("Did we make a difference for children?", 18, is_bold=True, gap=6)
    yield _heading("What the evidence says together")
    for group in front["said"]:
        if group["rows"]:
            yield from _outcomes(group)
    yield Line(
        f"Nothing is judged of the others: of {len(front['one_kind'])} only one kind of evidence "
        f"speaks, of {len(front['no_kind'])} none does, and of {len(front['withheld'])} what the "
        "kinds say together is withheld [c], because numbers are small."
    )
    if headlines:
        yield _heading("Headline measures")
        for row in headlines[:HEADLINES_SHOWN]:
            limits = f" (95 % interval {row['interval']})" if row["interval"] else ""
            yield Line(f"{row['indicator']}: {row['figure']}{limits}", indent=10)
            if row["curve_reading"] not in (None, "NO_BASELINE", "NOT_YET"):
                yield Line(CURVE_READINGS[row["curve_reading"]], 8.5, indent=20, gap=2)
        yield from _more(len(headlines) - HEADLINES_SHOWN)
    if front["questions"]:
        yield _heading("Questions to raise")
        for asked in front["questions"][:QUESTIONS_SHOWN]:
            yield Line(f"{asked['question']} (outcomes: {len(asked['outcomes'])})", indent=10)
        yield from _more(len(front["questions"]) - QUESTIONS_SHOWN)
    yield _heading("What is not known")
    measured = f"{not_known['measured_count']} of {not_known['indicator_count']}"
    yield Line(f"{measured} measures have figures.", indent=10)
    for silent in not_known["silent"]:
        count = len(silent["outcomes"])
        if count:
            yield Line(f"{silent['kind'].name}: silent on {count} outcomes.", indent=10)


def _outcomes(group: dict[str, Any]) -> Iterator[Line]:
    rows, mark = group["rows"], group["mark"]
    yield Line(f"{mark.words}: {len(rows)}. {group['meaning']}", is_bold=True, gap=6)
    # Steady outcomes are many, and nobody is asked about them one by one.
    shown = rows[:OUTCOMES_SHOWN] if mark.tone != "even" else []
    for row in shown:
        yield Line(f"{row['outcome']['outcome']} ({row['confidence'].lower()})", indent=10)
    yield from _more(len(rows) - len(shown) if shown else 0)


def _heading(text: str) -> Line:
    return Line(text, 12, is_bold=True, gap=11)


def _more(count: int) -> Iterator[Line]:
    if count > 0:
        yield Line(f"and {count} more, on the site", 8.5, indent=10)
