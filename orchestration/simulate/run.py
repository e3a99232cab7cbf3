"""One simulation: options → the world, its truth file, and the feeds written from it."""

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np

from orchestration.settings import PROJECT
from orchestration.simulate import care as in_care
from orchestration.simulate import need, people, support, workforce
from orchestration.simulate.draws import (
    Column,
    Draws,
    Frame,
    birthday,
    rows,
    stack,
    take,
)
from orchestration.simulate.options import BadOptions, Options
from orchestration.simulate.people import IDS, Authority
from orchestration.simulate.rates import Rates, load_rates
from orchestration.simulate.record import Recorder
from orchestration.simulate.scenarios import Scenarios, read_scenarios
from orchestration.simulate.store import create_world, insert

Report = Callable[[str, float], None]


def build_world(
    connection: duckdb.DuckDBPyConnection,
    options: Options,
    rates: Rates | None = None,
    report: Report = lambda _what, _share: None,
) -> None:
    """Fill schema ``world`` with the lives that the options ask for.

    Authorities one after another, so that memory holds one at a time. Raises ``BadOptions`` where
    the options cannot be met. ``report`` hears what is being done and how much of it is.
    """
    rates = rates or load_rates()
    parameters = read_scenarios(options)
    create_world(connection)
    insert(connection, "settings", _settings(options))
    insert(connection, "scenarios", Scenarios(parameters).table())
    insert(connection, "rates", _rates_table(rates))
    authorities = choose_authorities(options, rates, parameters)
    insert(connection, "authorities", _authority_table(authorities))
    areas = {
        authority.number: people.places(authority, _dice(options, rates, authority, "places"))
        for authority in authorities
    }
    for area in areas.values():
        for table, frame in area.items():
            insert(connection, table, frame)
    elsewhere = _elsewhere(options, rates)
    if len(areas) == 1:
        insert(connection, "postcodes", elsewhere["postcodes"])
    leavers: Frame | None = None
    for position, authority in enumerate(authorities):
        report(f"{authority.code}: lives", position / len(authorities))
        away = stack(
            [area["postcodes"] for number, area in areas.items() if number != authority.number]
            or [elsewhere["postcodes"]]
        )

        def tell(what: str, share: float, code: str = authority.code, done: int = position) -> None:
            report(f"{code}: {what}", (done + share) / len(authorities))

        own = Scenarios(parameters, authority.number, options.written_from, options.last_year)
        leavers = _simulate_authority(
            connection, authority, areas[authority.number], away, leavers, options, rates, own, tell
        )
    connection.execute((Path(__file__).parent / "closing.sql").read_text(encoding="utf-8"))


def choose_authorities(
    options: Options, rates: Rates, parameters: dict[str, dict[str, str]]
) -> list[Authority]:
    """The invented authorities of the simulation; the first is near the nation's rates."""
    file = PROJECT / "seeds" / "geography" / "local_authorities.csv"
    with file.open(encoding="utf-8") as lines:
        codes = [
            row["local_authority_code"]
            for row in csv.DictReader(lines)
            if row["local_authority_code"] >= "981" and row["local_authority_code"] < "999"
        ]
    if options.authorities > len(codes):
        raise BadOptions(f"There are {len(codes)} invented authorities, not {options.authorities}.")
    draws = Draws(options.seed, rates, "authorities")
    count = len(codes)
    size = draws.rng.uniform(0.6, 1.5, count)
    spread = rates["authority_spread"]
    need_of, threshold, stability = (np.exp(draws.rng.normal(0, spread, count)) for _ in range(3))
    chosen = []
    for index, code in enumerate(codes[: options.authorities]):
        own = index == 0
        small = Scenarios(parameters, index + 1).on("small_authority")
        children = options.children if own else round(options.children * float(size[index]))
        chosen.append(
            Authority(
                code=code,
                number=index + 1,
                children=int(small["children"]) if small else children,
                need=1.0 if own else float(need_of[index]),
                threshold=1.0 if own else float(threshold[index]),
                stability=1.0 if own else float(stability[index]),
            )
        )
    return chosen


def _dice(options: Options, rates: Rates, authority: Authority, stage: str) -> Draws:
    return Draws(options.seed, rates, authority.number, stage)


def _elsewhere(options: Options, rates: Rates) -> dict[str, Frame]:
    """Streets of an authority that nothing else is told of, where there is only one."""
    draws = Draws(options.seed, rates, "elsewhere")
    far = Authority("999", 0, 2_000, 1.0, 1.0, 1.0)
    return people.places(far, draws)


def _simulate_authority(
    connection: duckdb.DuckDBPyConnection,
    authority: Authority,
    area: dict[str, Frame],
    away: Frame,
    leavers: Frame | None,
    options: Options,
    rates: Rates,
    scenarios: Scenarios,
    report: Report,
) -> Frame:
    """Everything of one authority. Returns the families that move on to the next."""
    dice = {
        stage: _dice(options, rates, authority, stage)
        for stage in ("families", "births", "asylum", "incomers", "need", "settings", "care",
                      "workforce", "front door", "record", "absences", "support")
    }  # fmt: skip
    own = people.families(authority, area, dice["families"], options)
    homes, kids = people.settle(
        [
            (own, people.births(own, dice["births"], options)),
            people.asylum_seekers(authority, area, dice["asylum"], options),
            people.incomers(authority, area, leavers, dice["incomers"], options),
        ]
    )
    kids["child_id"] = authority.number * IDS + 1 + np.arange(rows(kids))
    needs = need.live(authority, homes, kids, dice["need"], options, scenarios)
    needs = _until_death(needs, kids["date_of_death"])
    plans, conferences = scenarios.repeat_plans(needs.plans, needs.conferences)
    needs = replace(needs, plans=plans, conferences=conferences)
    report("care", 0.25)
    settings = in_care.settings_of_care(
        authority, area["zones"]["zone_code"], area["postcodes"], away, dice["settings"]
    )
    care = in_care.live_in_care(
        needs.care,
        kids,
        homes,
        settings,
        area["postcodes"],
        away,
        dice["care"],
        scenarios,
        authority,
    )
    report("services", 0.35)
    kids["moved_out"], kids["is_disabled"] = needs.moved_out, needs.disabled
    staff = workforce.employ(authority, homes, kids, needs, care, dice["workforce"], options)
    recorder = Recorder(connection, authority, homes, kids, staff, dice["record"], options)
    report("people", 0.45)
    contacts, early_help = support.front_door(kids, homes, needs, dice["front door"], options)
    recorder.people(support.first_known(kids, needs, contacts, early_help), care)
    recorder.settings(settings)
    workforce.insert_workforce(
        connection, authority, staff, kids, dice["absences"], options, recorder.first_event
    )
    report("events", 0.6)
    recorder.referrals(needs)
    source = np.full(int(needs.referrals["referral"].max(initial=0)) + 1, "", dtype="U2")
    source[needs.referrals["referral"]] = needs.referrals["referral_source_code"]
    recorder.contacts(contacts, source)
    recorder.early_help(early_help)
    plans = recorder.protection(needs)
    report("care", 0.7)
    recorder.care(care, settings)
    recorder.pre_proceedings(plans, care)
    recorder.adoptions(care)
    recorder.previous_permanence(care)
    report("visits, reviews and checks", 0.8)
    support.record_support(recorder, needs, care, plans, dice["support"], scenarios)
    return _movers(needs, kids, options)


def _settings(options: Options) -> Frame:
    return {
        "seed": np.array([options.seed]),
        "first_year": np.array([options.first_year]),
        "last_year": np.array([options.last_year]),
        "lives_from": np.array([options.lives_from]),
        "detail_from": np.array([options.detail_from]),
        "written_from": np.array([options.written_from]),
        "as_at": np.array([options.last_day]),
    }


def _rates_table(rates: Rates) -> Frame:
    return {
        "rate": np.array([row["rate"] for row in rates.rows]),
        "value": np.array([float(row["value"]) for row in rates.rows]),
        "unit": np.array([row["unit"] for row in rates.rows]),
        "source": np.array([row["source"] for row in rates.rows]),
        "year": np.array([row["year"] for row in rates.rows]),
    }


def _authority_table(authorities: list[Authority]) -> Frame:
    file = PROJECT / "seeds" / "geography" / "local_authorities.csv"
    with file.open(encoding="utf-8") as lines:
        known = {row["local_authority_code"]: row for row in csv.DictReader(lines)}
    names = ("local_authority_code", "gss_code", "local_authority_name", "region_code",
             "region_name")  # fmt: skip
    return {name: np.array([known[a.code][name] for a in authorities]) for name in names} | {
        "authority_number": np.array([a.number for a in authorities])
    }


def _until_death(needs: need.Needs, died: Column) -> need.Needs:
    """Nothing happens to a child after its death; what runs on ends with it."""

    def cut(frame: Frame, start: str, ends: tuple[str, ...] = ()) -> Frame:
        last = died[frame["child"]]
        alive = ~(frame[start] >= last)
        frame = take(frame, alive)
        for end in ends:
            late = frame[end] > last[alive]
            frame[end] = np.where(late, last[alive], frame[end])
        return frame

    last = died[needs.referrals["child"]]
    dies = needs.referrals["closure_date"] >= last
    needs.referrals["closure_reason_code"] = np.where(
        dies, "RC2", needs.referrals["closure_reason_code"]
    )
    dies = needs.care["end"] >= died[needs.care["child"]]
    needs.care["reason"] = np.where(dies & ~np.isin(needs.care["hope"], ["V3", "V4"]), "E2",
                                    needs.care["reason"])  # fmt: skip
    authorised = needs.assessments["assessment_authorised_date"]
    unfinished = authorised >= died[needs.assessments["child"]]
    assessments = take(needs.assessments, ~unfinished)
    return replace(
        needs,
        referrals=cut(needs.referrals, "referral_date", ("closure_date",)),
        assessments=cut(assessments, "assessment_start_date"),
        plans_in_need=cut(needs.plans_in_need, "plan_start_date", ("plan_end_date",)),
        enquiries=cut(needs.enquiries, "enquiry_start_date", ("enquiry_end_date",)),
        conferences=cut(needs.conferences, "conference_date"),
        plans=cut(needs.plans, "plan_start_date", ("plan_end_date",)),
        care=cut(needs.care, "start", ("end",)),
        contacts=cut(needs.contacts, "contact_date"),
    )


def _movers(needs: need.Needs, kids: Frame, options: Options) -> Frame:
    """Children under 18 of the families that moved away, as the next authority meets them."""
    moved = needs.moved_out
    goes = np.flatnonzero(
        (moved <= options.last_day)
        & (moved < birthday(kids["date_of_birth"], 18))
        & ~(kids["date_of_death"] <= moved)
    )
    on_plan = np.zeros(rows(kids), dtype=bool)
    ends = needs.plans["plan_end_date"] == moved[needs.plans["child"]]
    on_plan[needs.plans["child"][ends]] = True
    family, position = np.unique(kids["family"][goes], return_inverse=True)
    plan_of_family = np.zeros(len(family), dtype=bool)
    np.logical_or.at(plan_of_family, position, on_plan[goes])
    return {
        "family": position,
        "date_of_birth": kids["date_of_birth"][goes],
        "sex_code": kids["sex_code"][goes],
        "ethnicity_code": kids["ethnicity_code"][goes],
        "moved_in_date": moved[goes],
        "moved_from_child_id": kids["child_id"][goes],
        "on_plan": plan_of_family[position],
    }
