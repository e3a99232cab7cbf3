"""Small events of long spells: visits, reviews, checks, scores, missing, early help, leaving care.

Everything here hangs on a spell that is there already (a plan, a period of care, a childhood) and
happens in the years that are kept in detail only.
"""

import numpy as np

from orchestration.simulate.care import Care
from orchestration.simulate.draws import (
    NO_DAY,
    Column,
    Draws,
    Frame,
    birthday,
    exact_age,
    nullable,
    repeat,
    reporting_year,
    rows,
    sort,
    stack,
    take,
    working,
)
from orchestration.simulate.leaving import find_leavers, positions
from orchestration.simulate.need import Needs
from orchestration.simulate.options import Options
from orchestration.simulate.record import Recorder
from orchestration.simulate.scenarios import Scenarios


def front_door(
    kids: Frame, homes: Frame, needs: Needs, draws: Draws, options: Options
) -> tuple[Frame, Frame]:
    """All contacts (``referral`` is -1 about an open case, -2 for advice, -3 for early help), and
    spells of early help, in the detailed years."""
    seen = needs.referrals["referral_date"] >= options.detail_from
    born = kids["date_of_birth"]
    extra = int(seen.sum() * draws.rates["contacts_per_referral"])
    span = (options.last_day - options.detail_from).astype(int)
    # Families that services meet often are also talked about often.
    weight = homes["frailty"][kids["family"]] + 0.3
    child = np.searchsorted(np.cumsum(weight) / weight.sum(), draws.rng.random(extra), side="right")
    child = np.minimum(child, rows(kids) - 1)
    on = options.detail_from + draws.between(0, span, extra)
    helps, starts = _early_help(kids, weight, draws, options)
    others = stack(
        [
            {"child": child, "contact_date": on, "referral": np.full(extra, -2)},
            {"child": helps, "contact_date": starts, "referral": np.full(len(helps), -3)},
        ]
    )
    in_reach = (born[others["child"]] <= others["contact_date"]) & (
        birthday(born[others["child"]], 18) > others["contact_date"]
    )
    in_reach &= _lives_here(kids, others["child"], others["contact_date"])
    contacts = stack([needs.contacts, take(others, in_reach)])
    count = len(helps)
    ends = starts + 28 + draws.days_of("early_help_days", count)
    goes = kids["moved_out"][helps]
    spells = {
        "child": helps, "start": starts,
        "end": np.fmin(np.fmin(ends, birthday(born[helps], 18)),
                       np.fmin(goes, kids["date_of_death"][helps])),
        "assessed": starts + draws.between(14, 45, count),
        "start_reason": draws.pick("early_help_reason", count),
        "end_reason": draws.pick("early_help_end", count),
        "lead": draws.pick("early_help_lead", count),
    }  # fmt: skip
    spells["assessed"] = np.where(spells["assessed"] < spells["end"], spells["assessed"], NO_DAY)
    alive = spells["start"] < spells["end"]
    alive &= _lives_here(kids, helps, starts)
    return contacts, take(spells, alive)


def _lives_here(kids: Frame, child: Column, on: Column) -> Column:
    here: Column = (
        ~(kids["moved_in_date"][child] > on)
        & ~(kids["moved_out"][child] <= on)
        & ~(kids["date_of_death"][child] <= on)
    )
    return here


def _early_help(
    kids: Frame, weight: Column, draws: Draws, options: Options
) -> tuple[Column, Column]:
    """Who starts early help when; one spell of a child at a time."""
    born = kids["date_of_birth"]
    start = np.maximum(born, options.detail_from)
    end = np.minimum(birthday(born, 17), options.last_day)
    years = np.maximum((end - start).astype(int), 0) / 365.25
    share = draws.rates["early_help_starts"] / 10_000 * weight / weight.mean()
    of, _ = repeat(draws.rng.poisson(years * share))
    on = start[of] + (draws.rng.random(len(of)) * years[of] * 365.25).astype(int)
    order = np.lexsort([on, of])
    of, on = of[order], on[order]
    apart = np.ones(len(of), dtype=bool)
    apart[1:] = (of[1:] != of[:-1]) | ((on[1:] - on[:-1]).astype(int) > 900)
    return of[apart], on[apart]


def first_known(kids: Frame, needs: Needs, contacts: Frame, spells: Frame) -> Column:
    """The first day services knew of each child; far in the future for those never known."""
    known = np.full(rows(kids), np.datetime64("2200-01-01", "D"))
    for frame, on in (
        (needs.referrals, "referral_date"), (contacts, "contact_date"), (spells, "start"),
    ):  # fmt: skip
        np.minimum.at(known, frame["child"], frame[on])
    return known


def record_support(
    recorder: Recorder,
    needs: Needs,
    care: Care,
    plans: Frame,
    draws: Draws,
    scenarios: Scenarios,
) -> None:
    """Write everything small of one authority."""
    options = recorder.options
    reviews = _plan_reviews(recorder, plans, draws)
    recorder.write("plan_reviews", reviews)
    held = _care_reviews(recorder, care, draws)
    recorder.write("care_reviews", held)
    recorder.write("visits", _visits(recorder, needs, care, plans, draws))
    _health(recorder, care, draws)
    _missing(recorder, care, draws)
    leavers = find_leavers(care, recorder.kids, options)
    recorder.leavers(scenarios.care_leavers(positions(leavers, recorder.kids, draws, options)))
    _leaving_care(recorder, care, leavers, draws)


# ---- reviews ----


def _plan_reviews(recorder: Recorder, plans: Frame, draws: Draws) -> Frame:
    """Review conferences: the first within three months, then every six; the last one ends it."""
    options = recorder.options
    plans = take(plans, (plans["plan_end_date"] > options.detail_from) & (
        plans["plan_start_date"] <= options.last_day))  # fmt: skip
    found = []
    live = np.arange(rows(plans))
    before = plans["plan_start_date"].copy()
    first = True
    while len(live):
        due = before[live] + (91 if first else 182)
        count = len(live)
        late = ~draws.chance_of("plan_review_on_time", count)
        held = working(due - draws.between(1 if first else 4, 24, count), 0)
        held = np.where(held > due, due - 3, held)
        held = np.where(late, working(due + draws.between(2, 45, count)), held)
        end = plans["plan_end_date"][live]
        closing = held >= end - 40
        held = np.where(closing, end, held)
        happens = ~closing | draws.chance(0.8, count)
        happens &= held > before[live]
        found.append(
            {
                "plan": live[happens], "due": due[happens], "held": held[happens],
                "goes_on": ~closing[happens],
            }
        )  # fmt: skip
        before[live] = held
        live = live[~closing & (held <= options.last_day)]
        first = False
    frame = sort(stack(found), ["plan", "held"])
    child = plans["child"][frame["plan"]]
    young = exact_age(recorder.kids["date_of_birth"][child], frame["held"]) < 4
    took_part = draws.pick("plan_participation", len(child))
    reviews = {
        "protection_plan_id": plans["id"][frame["plan"]],
        **recorder.of_child(child),
        "review_due_date": frame["due"],
        "review_date": frame["held"],
        "is_plan_continuing": frame["goes_on"],
        "is_quorate": draws.chance(0.97, len(child)),
        "participation_code": np.where(young, "PN0", took_part),
    }
    inside = (frame["held"] >= options.detail_from) & (frame["held"] <= options.last_day)
    reviews = take(reviews, inside)
    return reviews | {"plan_review_id": recorder.number(reviews)}


def _care_reviews(recorder: Recorder, care: Care, draws: Draws) -> Frame:
    """Reviews: within 20 working days, three months later, then every six months."""
    options, periods = recorder.options, care.periods
    live = np.flatnonzero(
        ~periods["is_short"] & (periods["end"] > options.detail_from)
        & (periods["start"] <= options.last_day)
    )  # fmt: skip
    before = periods["start"].copy()
    found = []
    number = 0
    while len(live):
        count = len(live)
        due = working(before[live], 20) if number == 0 else before[live] + (
            91 if number == 1 else 182)  # fmt: skip
        late = ~draws.chance_of("review_on_time", count)
        held = due - draws.between(0, 4 if number == 0 else 25, count)
        held = np.where(late, due + draws.between(2, 50, count), held)
        held = np.maximum(working(held), before[live] + 1)
        ends = held >= periods["end"][live]
        cancelled = draws.chance_of("review_cancelled", count)
        seen = ~ends & (held <= options.last_day) & (held >= options.detail_from)
        found.append(
            {
                "period": live[seen], "due": due[seen],
                "held": np.where(cancelled, NO_DAY, held)[seen], "cancelled": cancelled[seen],
                "order": held[seen],
            }
        )  # fmt: skip
        before[live] = held
        live = live[~ends & (held <= options.last_day)]
        number += 1
    frame = sort(stack(found), ["period", "order"])
    child = periods["child"][frame["period"]]
    young = exact_age(recorder.kids["date_of_birth"][child], frame["order"]) < 4
    took_part = np.where(young, "PN0", draws.pick("participation", len(child)))
    return {
        "care_review_id": recorder.number(frame),
        **recorder.of_child(child),
        "care_period_id": recorder.first_event + frame["period"],
        "review_due_date": frame["due"],
        "review_date": frame["held"],
        "is_cancelled": frame["cancelled"],
        "participation_code": np.where(frame["cancelled"], "", took_part),
    }


# ---- visits ----


def _visits(recorder: Recorder, needs: Needs, care: Care, plans: Frame, draws: Draws) -> Frame:
    """Visits of social workers: plans every fortnight or so, care and need every six weeks."""
    options, last = recorder.options, recorder.last
    periods = take(
        care.periods | {"id": recorder.first_event + np.arange(rows(care.periods))},
        ~care.periods["is_short"],
    )
    spells = stack(
        [
            _spells(needs.plans_in_need, "plan_start_date", "plan_end_date", "child_in_need", 38),
            _spells(plans, "plan_start_date", "plan_end_date", "protection_plan", 14, "id"),
            _spells(periods, "start", "end", "looked_after", 40, "id"),
        ]
    )
    start = np.maximum(spells["start"], options.detail_from)
    end = np.minimum(spells["end"], last + 1)
    days = np.maximum((end - start).astype(int), 0)
    of, number = repeat((days + spells["every"] - 1) // spells["every"])
    every = spells["every"][of]
    # The first visit comes within a week; later ones when they are due, or late.
    late = ~draws.chance_of("visit_on_time", len(of))
    slip = np.where(late, draws.rng.random(len(of)) * every * 0.9, draws.rng.random(len(of)) * 6)
    on = working(start[of] + number * every + np.where(number == 0, slip % 7, slip).astype(int))
    frame = {"spell": of, "on": on}
    frame = take(frame, on < end[of])
    frame = take(frame, np.lexsort([frame["on"], spells["child"][frame["spell"]],
                                    spells["kind"][frame["spell"]]]))  # fmt: skip
    of = frame["spell"]
    same = np.zeros(len(of), dtype=bool)
    same[1:] = (frame["on"][1:] == frame["on"][:-1]) & (of[1:] == of[:-1])
    frame = take(frame, ~same)
    of = frame["spell"]
    count = len(of)
    child = spells["child"][of]
    unborn = recorder.kids["date_of_birth"][child] > frame["on"]
    seen = draws.chance_of("visit_seen", count) & ~unborn
    old = exact_age(recorder.kids["date_of_birth"][child], frame["on"]) >= 4
    alone = seen & draws.chance(np.where(old, draws.rates["visit_alone"], 0.1), count)
    kind = spells["kind"][of]
    visits = {
        **recorder.of_child(child),
        "visit_type_code": kind,
        "visit_date": frame["on"],
        "is_child_seen": seen,
        "is_seen_alone": alone,
        "is_bedroom_seen": nullable(draws.chance(0.7, count) & seen, kind != "looked_after"),
        "protection_plan_id": nullable(spells["id"][of], kind == "protection_plan"),
        "care_period_id": nullable(spells["id"][of], kind == "looked_after"),
    }
    return visits | {"visit_id": recorder.number(visits)}


def _spells(
    frame: Frame, start: str, end: str, kind: str, every: int, number: str | None = None
) -> Frame:
    count = rows(frame)
    return {
        "child": frame["child"],
        "start": frame[start],
        "end": frame[end],
        "kind": np.full(count, kind, dtype="U16"),
        "every": np.full(count, every),
        "id": frame[number] if number else np.zeros(count, dtype=np.int64),
    }


# ---- health, scores, offences ----


def _care_years(recorder: Recorder, care: Care) -> Frame:
    """Each period of care in each reporting year: the part of the year it covers."""
    options, periods = recorder.options, care.periods
    which = np.flatnonzero(
        ~periods["is_short"] & (periods["end"] > options.detail_from)
        & (periods["start"] <= options.last_day)
    )  # fmt: skip
    start = np.maximum(periods["start"][which], options.detail_from)
    end = np.minimum(periods["end"][which], options.last_day + 1)
    first = reporting_year(start)
    of, number = repeat(np.maximum(reporting_year(end - 1) - first + 1, 0))
    year = (first[of] + number).astype(int)
    opens = (year - 1 - 1970).astype("M8[Y]").astype("M8[M]") + 3
    begins = opens.astype("M8[D]")
    closes = (opens + 12).astype("M8[D]")
    period = which[of]
    return {
        "period": period,
        "child": periods["child"][period],
        "year": year,
        "opens": begins,
        "closes": closes,
        "start": np.maximum(start[of], begins),
        "end": np.minimum(end[of], closes),
    }


def _health(recorder: Recorder, care: Care, draws: Draws) -> None:
    """Checks, questionnaires, offences and substance misuse of children in care."""
    rates, kids = draws.rates, recorder.kids
    years = _care_years(recorder, care)
    count = rows(years)
    born = kids["date_of_birth"][years["child"]]
    # Each child has its own season for what is due once a year.
    phase = draws.rng.random(rows(kids))[years["child"]]
    due = years["opens"] + (20 + phase * 320).astype(int)
    half = years["opens"] + ((20 + phase * 320 + 180) % 355).astype(int)
    age = exact_age(born, due)
    immune = draws.chance_of("immunised", rows(kids))
    checks = []

    def check(kind: str, on: Column, done: Column, which: Column, state: Column | None = None
              ) -> None:  # fmt: skip
        inside = which & (on >= years["start"]) & (on < years["end"])
        held = np.maximum(on - draws.between(0, 18, count), years["start"])
        status = np.where(done, "completed", draws.pick("check_not_done", count))
        checks.append(
            take(
                {
                    "child": years["child"], "kind": np.full(count, kind, dtype="U14"), "due": on,
                    "held": np.where(done, held, NO_DAY), "status": status,
                    "up_to_date": np.zeros(count, dtype=bool) if state is None else state,
                },
                inside,
            )
        )  # fmt: skip

    young = age < 5
    healthy = draws.chance_of("health_assessment_done", count)
    check("review", due, healthy, np.ones(count, dtype=bool))
    check("review", half, healthy | draws.chance(0.3, count), young)
    check("dental", due + 20, draws.chance_of("dental_check_done", count), age >= 2)
    everybody = np.ones(count, dtype=bool)
    check("immunisation", due, everybody, everybody, immune[years["child"]])
    check("developmental", due + 10, draws.chance_of("development_check_done", count), young)
    _initial_assessments(recorder, care, draws, checks)
    frame = sort(stack(checks), ["child", "due", "kind"])
    recorder.write(
        "health_checks",
        {
            "health_check_id": recorder.number(frame),
            **recorder.of_child(frame["child"]),
            "check_type_code": frame["kind"],
            "due_date": frame["due"],
            "check_date": frame["held"],
            "check_status_code": frame["status"],
            "is_up_to_date": nullable(frame["up_to_date"], frame["kind"] == "immunisation"),
        },
    )
    _sdq(recorder, care, years, due, draws)
    _offences(recorder, years, born, draws)
    misused = draws.chance(rates["substance_misuse"] * np.where(age >= 10, 1.6, 0.0), count)
    on = years["start"] + (
        draws.rng.random(count) * (years["end"] - years["start"]).astype(int)
    ).astype(int)
    found = take({"child": years["child"], "on": on}, misused)
    found = sort(found, ["child", "on"])
    received = draws.chance_of("substance_intervention", rows(found))
    recorder.write(
        "substance_misuse",
        {
            "substance_misuse_id": recorder.number(found),
            **recorder.of_child(found["child"]),
            "recorded_date": found["on"],
            "substance": draws.pick("substance", rows(found)),
            "is_identified": np.ones(rows(found), dtype=bool),
            "is_intervention_received": received,
            "is_intervention_offered": received | draws.chance(0.7, rows(found)),
        },
    )


def _initial_assessments(recorder: Recorder, care: Care, draws: Draws, checks: list[Frame]) -> None:
    """The first health assessment, due within 20 working days of the start."""
    options, periods = recorder.options, care.periods
    which = np.flatnonzero(~periods["is_short"] & (periods["start"] >= options.detail_from))
    due = working(periods["start"][which], 20)
    done = draws.chance(0.9, len(which))
    late = draws.chance(0.35, len(which))
    held = np.where(late, due + draws.between(1, 30, len(which)), due - draws.between(
        0, 15, len(which)))  # fmt: skip
    frame = {
        "child": periods["child"][which], "kind": np.full(len(which), "initial", dtype="U14"),
        "due": due, "held": np.where(done, held, NO_DAY),
        "status": np.where(done, "completed", draws.pick("check_not_done", len(which))),
        "up_to_date": np.zeros(len(which), dtype=bool),
    }  # fmt: skip
    last = np.fmax(held, due)
    inside = (last < periods["end"][which]) & (last <= options.last_day)
    checks.append(take(frame, inside))


def _sdq(recorder: Recorder, care: Care, years: Frame, due: Column, draws: Draws) -> None:
    """A questionnaire a year, about the child's own level, which care slowly lowers."""
    rates, kids = draws.rates, recorder.kids
    on = due - draws.between(0, 12, rows(years))
    age = exact_age(kids["date_of_birth"][years["child"]], on)
    which = (age >= 4) & (age < 17) & (on >= years["start"]) & (on < years["end"])
    level = draws.rng.normal(rates["sdq_mean"], rates["sdq_between_children"], rows(kids))
    drift = draws.rng.normal(rates["sdq_change_a_year"], 0.5, rows(kids))
    frame = take({"child": years["child"], "period": years["period"], "on": on}, which)
    frame = sort(frame, ["child", "on"])
    child, count = frame["child"], rows(frame)
    since = (frame["on"] - care.periods["start"][frame["period"]]).astype(int) / 365.25
    score = level[child] + drift[child] * since + draws.rng.normal(
        0, rates["sdq_within_child"], count)  # fmt: skip
    total = np.clip(np.round(score), 0, 40).astype(int)
    done = draws.chance_of("sdq_completed", count)
    # Four scales of 0 to 10 that add up to the total.
    left, room, scales = total.copy(), 40, []
    for _ in range(3):
        part = draws.rng.hypergeometric(10, room - 10, left)
        scales.append(part)
        left, room = left - part, room - 10
    scales.append(left)
    names = ("emotional_score", "conduct_score", "hyperactivity_score", "peer_score")
    again = np.zeros(count, dtype=bool)
    again[1:] = child[1:] == child[:-1]
    recorder.write(
        "sdq_scores",
        {
            "sdq_id": recorder.number(frame),
            **recorder.of_child(child),
            "sdq_date": frame["on"],
            "sdq_total_score": nullable(total, done),
            "impact_score": nullable(np.clip(total // 4 + draws.between(-2, 2, count), 0, 10),
                                     done),
            **{name: nullable(scale, done) for name, scale in zip(names, scales, strict=True)},
            "no_score_reason_code": np.where(done, "", draws.pick("sdq_reason", count)),
            "informant_code": np.full(count, "parent_carer"),
            "review_type_code": np.where(again, "review", "baseline"),
        },
    )  # fmt: skip


def _offences(recorder: Recorder, years: Frame, born: Column, draws: Draws) -> None:
    """Offences of children in care aged ten and over."""
    old = exact_age(born, years["start"]) >= 10
    days = (years["end"] - years["start"]).astype(int)
    mean = draws.rates["convicted"] / 0.42 * np.where(old, days / 365.25, 0.0)
    mean = mean * draws.rng.gamma(0.5, 2.0, rows(recorder.kids))[years["child"]]
    of, _ = repeat(draws.rng.poisson(mean))
    on = years["start"][of] + (draws.rng.random(len(of)) * days[of]).astype(int)
    frame = {"child": years["child"][of], "on": on, "end": years["end"][of]}
    frame = sort(frame, ["child", "on"])
    count = rows(frame)
    outcome = draws.pick("offence_outcome", count)
    decided = frame["on"] + draws.between(0, 60, count)
    pending = decided > recorder.last
    outcome = np.where(pending, "pending", outcome)
    guilty = ["youth_caution", "youth_conditional_caution", "convicted", "custody"]
    recorder.write(
        "offences",
        {
            "offence_id": recorder.number(frame),
            **recorder.of_child(frame["child"]),
            "offence_date": frame["on"],
            "outcome_date": np.where(pending, frame["on"], decided),
            "offence_outcome_code": outcome,
            "is_convicted_or_cautioned": np.isin(outcome, guilty),
        },
    )


# ---- missing ----


def _missing(recorder: Recorder, care: Care, draws: Draws) -> None:
    """Missing and away spells of those who run away; they end before care does."""
    kids, years = recorder.kids, _care_years(recorder, care)
    runs = draws.chance_of("runs_away", rows(kids))
    begins = np.maximum(years["start"], birthday(kids["date_of_birth"][years["child"]], 11))
    days = np.maximum((years["end"] - begins).astype(int) - 1, 0)
    rate = draws.rates["missing_spells"] * draws.rng.gamma(0.7, 1 / 0.7, rows(kids))
    mean = np.where(runs[years["child"]], rate[years["child"]], 0.0) * days / 365.25
    of, _ = repeat(draws.rng.poisson(mean))
    minute = (draws.rng.random(len(of)) * days[of] * 1440).astype(int)
    started = begins[of].astype("M8[m]") + minute
    long = draws.chance(0.2, len(of))
    length = np.where(long, draws.rng.exponential(2600, len(of)), draws.rng.exponential(500, len(
        of)))  # fmt: skip
    ended = started + (30 + length).astype(int)
    limit = years["end"][of].astype("M8[m]") - 1
    frame = {
        "child": years["child"][of], "started": started, "ended": np.minimum(ended, limit),
        "kind": np.where(draws.chance_of("away_share", len(of)), "A", "M"),
    }  # fmt: skip
    frame = take(frame, frame["started"] < frame["ended"])
    frame = sort(frame, ["child", "started"])
    # A spell that would begin on the day the one before ended is part of it.
    latest = np.maximum.accumulate(
        frame["child"] * 100_000 + frame["ended"].astype("M8[D]").astype(int)
    )
    apart = np.ones(rows(frame), dtype=bool)
    starts_on = frame["child"] * 100_000 + frame["started"].astype("M8[D]").astype(int)
    apart[1:] = starts_on[1:] > latest[:-1]
    frame = take(frame, apart)
    count = rows(frame)
    open_still = frame["ended"].astype("M8[D]") > recorder.last
    ended = np.where(open_still, np.datetime64("NaT", "m"), frame["ended"])
    is_missing = (frame["kind"] == "M") & ~open_still
    offered = draws.chance_of("return_interview_offered", count)
    accepted = draws.chance_of("return_interview_accepted", count) & offered
    recorder.write(
        "missing_episodes",
        {
            "missing_episode_id": recorder.number(frame),
            **recorder.of_child(frame["child"]),
            "missing_type_code": frame["kind"],
            "missing_started_at": frame["started"].astype("M8[s]"),
            "missing_ended_at": ended.astype("M8[s]"),
            "missing_start_date": frame["started"].astype("M8[D]"),
            "missing_end_date": ended.astype("M8[D]"),
            "is_return_interview_offered": nullable(offered, is_missing),
            "is_return_interview_accepted": nullable(accepted, is_missing & offered),
            "is_in_care": np.ones(count, dtype=bool),
        },
    )


# ---- leaving care ----


def _leaving_care(recorder: Recorder, care: Care, leavers: Frame, draws: Draws) -> None:
    """What young people are entitled to, their pathway plans, and contact with them."""
    kids, options = recorder.kids, recorder.options
    periods = take(care.periods, ~care.periods["is_short"])
    born = kids["date_of_birth"][periods["child"]]
    at_16 = np.maximum(np.maximum(birthday(born, 16), periods["start"] + 91),
                       birthday(born, 14) + 91)  # fmt: skip
    adult = birthday(born, 18)
    eligible = {
        "child": periods["child"], "start": at_16, "end": np.minimum(periods["end"], adult),
        "code": np.full(rows(periods), "d) Eligible", dtype="U18"),
    }  # fmt: skip
    child = leavers["child"]
    grown = birthday(kids["date_of_birth"][child], 18)
    relevant = {
        "child": child, "start": leavers["left"], "end": grown,
        "code": np.full(len(child), "a) Relevant", dtype="U18"),
    }  # fmt: skip
    former = {
        "child": child, "start": np.maximum(grown, leavers["left"]),
        "end": birthday(kids["date_of_birth"][child], 25),
        "code": np.full(len(child), "b) Former relevant", dtype="U18"),
    }  # fmt: skip
    spells = stack([eligible, relevant, former])
    died = kids["date_of_death"][spells["child"]]
    spells["end"] = np.fmin(spells["end"], died)
    spells = take(spells, (spells["start"] < spells["end"]) & (
        spells["end"] > options.detail_from))  # fmt: skip
    spells = sort(spells, ["child", "start"])
    again = np.zeros(rows(spells), dtype=bool)
    again[1:] = (spells["child"][1:] == spells["child"][:-1]) & (
        spells["start"][1:] < spells["end"][:-1]
    )
    spells = take(spells, ~again & (spells["start"] <= recorder.last))
    on = np.minimum(np.maximum(spells["start"], options.detail_from), recorder.last)
    held = recorder.held_by(spells["child"], on, "leaving_care")
    is_adult = spells["code"] == "b) Former relevant"
    recorder.write(
        "leaving_care_spells",
        {
            **recorder.of_child(spells["child"]),
            "spell_start_date": spells["start"],
            "spell_end_date": np.where(spells["end"] > recorder.last, NO_DAY, spells["end"]),
            "eligibility_code": spells["code"],
            "team_id": held["team_id"],
            "personal_adviser_id": np.where(is_adult, held["worker_id"], ""),
        },
    )
    for table, rate, column, chosen in (
        ("pathway_plan_reviews", "pathway_review_days", "review_date", spells),
        ("leaver_contacts", "leaver_contact_days", "contact_date", take(spells, is_adult)),
    ):
        frame = _strewn(chosen, draws, rate, options)
        recorder.write(table, {**recorder.of_child(frame["child"]), column: frame["on"]})


def _strewn(spells: Frame, draws: Draws, rate: str, options: Options) -> Frame:
    """About one event in so many days of each spell, no two on one day of a child."""
    start = np.maximum(spells["start"], options.detail_from)
    end = np.minimum(spells["end"], options.last_day + 1)
    every = int(draws.rates[rate])
    of, number = repeat(np.maximum((end - start).astype(int), 0) // every + 1)
    on = working(start[of] + number * every + draws.between(0, every // 2, len(of)))
    frame = take({"child": spells["child"][of], "on": on}, on < end[of])
    frame = sort(frame, ["child", "on"])
    same = np.zeros(rows(frame), dtype=bool)
    same[1:] = (frame["child"][1:] == frame["child"][:-1]) & (frame["on"][1:] == frame["on"][:-1])
    return take(frame, ~same)
