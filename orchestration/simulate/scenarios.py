"""Scenarios: what is changed in the world so that a known effect can be looked for in the figures.

``seeds/simulation/scenarios.csv`` has the parameters of each; a scenario that is not switched on
changes nothing and draws nothing.
"""

import csv
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from orchestration.simulate.draws import Column, Frame, day, reporting_year, sort, take
from orchestration.simulate.options import BadOptions, Options
from orchestration.simulate.rates import SEEDS


@dataclass(frozen=True)
class Scenarios:
    """The scenarios that are on, with their parameters, as one authority feels them."""

    parameters: dict[str, dict[str, str]]
    authority_number: int = 1
    written_from: np.datetime64 = field(default=day("2020-04-01"))
    last_year: int = 2026

    def on(self, scenario: str) -> dict[str, str] | None:
        """Parameters of a scenario where it is on and plays in this authority."""
        found = self.parameters.get(scenario)
        if found is None or int(found.get("authority", "1")) != self.authority_number:
            return None
        return found

    def table(self) -> Frame:
        """One row per scenario and parameter."""
        pairs = [
            (scenario, name, value)
            for scenario, values in sorted(self.parameters.items())
            for name, value in sorted(values.items())
        ]
        columns = zip(*pairs, strict=True) if pairs else ([], [], [])
        names = ("scenario", "parameter", "value")
        return {
            name: np.array(column, dtype="U200")
            for name, column in zip(names, columns, strict=True)
        }

    # ---- referrals: a step of given size, a season ----

    @property
    def most_referrals(self) -> float:
        """The highest factor ``referrals`` can give."""
        most = 1.0
        if step := self.on("step_change"):
            most *= max(1.0, float(step["factor"]))
        if wave := self.on("seasonal"):
            most *= 1 + float(wave["depth"])
        return most

    def referrals(self, on: Column) -> Column:
        """How many times as many referrals as without scenarios, day by day."""
        factor = np.ones(len(on))
        if step := self.on("step_change"):
            factor = np.where(on >= day(step["from_date"]), float(step["factor"]), factor)
        if wave := self.on("seasonal"):
            of_year = (on - on.astype("M8[Y]").astype("M8[D]")).astype(int) / 365.25
            factor = factor * (1 + float(wave["depth"]) * np.cos(2 * np.pi * (of_year - 0.2)))
        return factor

    # ---- plans: shorter, at the price of more second plans ----

    def plan_length(self, on: Column) -> Column:
        """How many times as long a plan lasts as without scenarios."""
        factor = np.ones(len(on))
        if trade := self.on("traded_off"):
            factor = np.where(on >= day(trade["from_date"]), float(trade["plan_length"]), factor)
        return factor

    @property
    def plans_again(self) -> float:
        """How many times as likely a child who had a plan gets another."""
        trade = self.on("traded_off")
        return float(trade["plans_again"]) if trade else 1.0

    # ---- placements ----

    def keeps_move(self, moved: Column, service: Column) -> Column:
        """The share of placement moves that happen all the same."""
        share = np.ones(len(moved))
        if better := self.on("stability_improves"):
            helped = (moved >= day(better["from_date"])) & (service == better["zone"])
            share = np.where(helped, float(better["moves_left"]), share)
        if numbers := self.on("numbers_up_views_down"):
            share = np.where(
                moved >= day(numbers["from_date"]), float(numbers["moves_left"]), share
            )
        return share

    # ---- exact outcomes of the seeds' own tables ----

    def care_leavers(self, positions: Frame) -> Frame:
        """Dorset's care leavers: of those turning 19 to 21, one share in suitable accommodation in
        every year up to a given one and another after it, as exactly as whole people allow."""
        found = self.on("care_leavers_improve")
        if found is None:
            return positions
        years = reporting_year(positions["position_date"])
        home = positions["accommodation_code"].astype("U2")
        letter = np.array([code[:1] for code in home], dtype="U1")
        counts = (
            (positions["age_turned"] >= 19)
            & (positions["age_turned"] <= 21)
            & ~np.isin(positions["contact_code"], ["DIED", "RHOM"])
            & ~np.isin(letter, ["G", "H", "R"])
        )
        for year in np.unique(years):
            before = year <= self.last_year + int(found["from_year"])
            share = float(found["share_before" if before else "share_after"])
            here = np.flatnonzero(counts & (years == year))
            suits = np.array([code[-1:] == "1" for code in home[here]], dtype=bool)
            wanted = int(share * len(here) + 0.5)
            if suits.sum() > wanted:
                home[here[suits][wanted:]] = "S2"
            else:
                home[here[~suits][: wanted - int(suits.sum())]] = "U1"
        return positions | {"accommodation_code": home}

    def repeat_plans(self, plans: Frame, conferences: Frame) -> tuple[Frame, Frame]:
        """Torfaen's repeat plans: a share of the plans that start in a year, from the lowest in
        the first written year to the highest in the last, as exactly as whole children allow.

        Where too many would come a second time, the conference does not lead to a plan; where too
        few, an earlier plan in another authority is known of.
        """
        found = self.on("repeat_plans")
        if found is None:
            return plans, conferences
        plans = sort(plans, ["plan_start_date", "referral"])
        start, previous = plans["plan_start_date"], plans["previous_plan_count"].copy()
        years, child = reporting_year(start), plans["child"]
        kept = np.ones(len(start), dtype=bool)
        written = np.arange(int(reporting_year(np.array([self.written_from]))[0]),
                            self.last_year + 1)  # fmt: skip
        shares = np.linspace(float(found["share_low"]), float(found["share_high"]), len(written))

        def count_later(chosen: Column, by: int) -> None:
            for position in chosen:
                later = (child == child[position]) & (start > start[position])
                previous[later] = np.maximum(previous[later] + by, 0)

        for year, share in zip(written, shares, strict=True):
            here = np.flatnonzero(years == year)
            again = here[previous[here] > 0]
            surplus = (len(again) - share * len(here)) / (1 - share)
            if surplus > 0:
                dropped = again[: int(surplus + 0.5)]
                kept[dropped] = False
                count_later(dropped, -1)
            else:
                first = here[previous[here] == 0]
                known = first[: int(share * len(here) + 0.5) - len(again)]
                previous[known] = 1
                count_later(known, 1)
        gone = plans["referral"][~kept]
        led = conferences["has_led_to_plan"] & ~np.isin(conferences["referral"], gone)
        return (
            take(plans | {"previous_plan_count": previous}, kept),
            conferences | {"has_led_to_plan": led},
        )


def read_scenarios(options: Options, folder: Path = SEEDS) -> dict[str, dict[str, str]]:
    """Parameters of the scenarios that are on.

    Raises ``BadOptions`` for a scenario that is not in the seed.
    """
    known: dict[str, dict[str, str]] = {}
    with (folder / "scenarios.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            known.setdefault(row["scenario"], {})[row["parameter"]] = row["value"]
    for scenario in options.scenarios:
        if scenario not in known:
            raise BadOptions(f"There is no scenario {scenario}: it is one of {', '.join(known)}.")
    chosen = {scenario: dict(known[scenario]) for scenario in options.scenarios}
    for (scenario, parameter), value in options.parameters.items():
        if parameter not in known.get(scenario, {}):
            raise BadOptions(f"Scenario {scenario} has no parameter {parameter}.")
        if scenario in chosen:
            chosen[scenario][parameter] = value
    for values in chosen.values():
        for name, value in values.items():
            # A month of the written years, counted from the first: m25 is the third April.
            if name == "from_date" and value.startswith("m"):
                month = options.written_from.astype("M8[M]") + int(value[1:]) - 1
                values[name] = str(month.astype("M8[D]"))
    return chosen
