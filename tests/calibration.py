"""Simulated rates beside the published ones they were set by: the figures, and a chart of them.

    python -m tests.calibration docs/simulated_against_published.svg

Published figures, with their source, year and how far the simulation may be from them, are
``seeds/simulation/published_rates.csv``. Simulated ones are read from the published feeds of a
world without scenarios, so that both follow the same definitions.
"""

import csv
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.settings import PROJECT
from orchestration.simulate.feeds import QUERIES, FeedOptions, deliveries, ready
from orchestration.simulate.options import AS_AT, Options
from orchestration.simulate.run import build_world

PUBLISHED_RATES = PROJECT / "seeds" / "simulation" / "published_rates.csv"
MEASURED = (Path(__file__).parent / "calibration.sql").read_text("utf-8")
# Large enough for chance to be small beside the tolerances.
# One authority: only the first is near the nation's rates by construction.
LARGE = Options(as_at=AS_AT, authorities=1, children=60_000, years=6)
INK, ACCENT, BAND = "#1d2733", "#b3430c", "#c9d6e3"


@dataclass(frozen=True)
class Rate:
    """A published rate, how far from it a simulated one may be, and the simulated one."""

    measure: str
    label: str
    unit: str
    published: float
    tolerance: float
    simulated: float

    @property
    def is_met(self) -> bool:
        """Whether the simulated rate lies within the tolerance."""
        return abs(self.simulated - self.published) <= self.tolerance


def simulated_rates(world: duckdb.DuckDBPyConnection) -> list[Rate]:
    """Every published rate beside that of a world, in the order of the seed."""
    delivery = next(iter(deliveries(world, FeedOptions(families=("published",)))))
    ready(world, delivery)
    for query in sorted(QUERIES.glob("published__*.sql")):
        sql = query.read_text("utf-8")
        world.execute(f"create or replace temp table {query.stem} as {sql}")
    found = dict(world.execute(MEASURED).fetchall())
    with PUBLISHED_RATES.open(encoding="utf-8", newline="") as file:
        return [
            Rate(
                row["measure"],
                row["label"],
                row["unit"],
                float(row["value"]),
                float(row["tolerance"]),
                float(found[row["measure"]]),
            )
            for row in csv.DictReader(file)
        ]


def chart(rates: list[Rate]) -> Any:
    """Published rates with their tolerances, and simulated ones on them; a panel per unit."""
    # Imported here and below: the test of the figures should not wait for what draws them.
    import altair

    panels = [
        _panel([rate for rate in rates if rate.unit == unit], unit)
        for unit in dict.fromkeys(rate.unit for rate in rates)
    ]
    return (
        altair.vconcat(*panels)
        .properties(
            title=altair.TitleParams(
                "Simulated and published rates",
                subtitle="England, 2025 (bar: stated tolerance; line: published), and a simulated "
                "authority of 60,000 children over six years (dot)",
                anchor="start",
                offset=12,
            )
        )
        .configure(font="sans-serif")
        .configure_view(stroke=None)
        .configure_axis(labelColor=INK, titleColor=INK, grid=False)
    )


def _panel(rates: list[Rate], unit: str) -> Any:
    import altair

    data = altair.Data(
        values=[
            {
                "label": rate.label,
                "low": max(rate.published - rate.tolerance, 0),
                "high": rate.published + rate.tolerance,
                "published": rate.published,
                "simulated": rate.simulated,
            }
            for rate in rates
        ]
    )
    order = [rate.label for rate in rates]
    label = altair.Y(
        "label:N", sort=order, title=None, axis=altair.Axis(labelLimit=330, minExtent=290)
    )
    base = altair.Chart(data).encode(y=label)
    title = altair.Axis(title=unit[:1].upper() + unit[1:])
    band = base.mark_bar(height=12, color=BAND).encode(
        x=altair.X("low:Q", axis=title, scale=altair.Scale(zero=True)), x2="high:Q"
    )
    line = base.mark_tick(color=INK, thickness=2, size=14).encode(x="published:Q")
    dot = base.mark_point(filled=True, size=55, color=ACCENT, opacity=1).encode(x="simulated:Q")
    return altair.layer(band, line, dot).properties(width=430, height=24 * len(rates))


def main(out: Path) -> None:
    """Simulate a large world, print its rates, and draw them."""
    import vl_convert

    with duckdb.connect() as world:
        build_world(world, LARGE)
        rates = simulated_rates(world)
    for rate in rates:
        print(
            f"{rate.label:50} {rate.published:8.1f} {rate.simulated:8.1f} "
            f"within {rate.tolerance}: {'yes' if rate.is_met else 'NO'}"
        )
    out.write_text(vl_convert.vegalite_to_svg(chart(rates).to_dict()), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
