"""From a worry to a referral, an assessment, a plan, a conference, care, and the end of the case.

Families meet services in rounds: in each round every family that still can has its next event, for
all families at once. An event concerns some of its children; those whose case is open already are
told of as a contact, for the others it is a referral with all that follows until the case is
closed. What follows may lie after the as-at date: ``run`` cuts it off there.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from orchestration.simulate.draws import (
    NO_DAY,
    Column,
    Draws,
    Frame,
    birthday,
    earliest,
    exact_age,
    repeat,
    rows,
    stack,
    take,
    working,
)
from orchestration.simulate.options import Options
from orchestration.simulate.people import KNOWN_BEFORE_BIRTH, Authority
from orchestration.simulate.scenarios import Scenarios

LONG_AGO = np.datetime64("1900-01-01", "D")
NEVER_AGAIN = np.datetime64("2200-01-01", "D")
ROUTINE, ASYLUM, MOVED_IN = 0, 1, 2
# What is kept of a period of care.
CARE = ("start", "end", "reason", "hope", "is_asylum", "is_given_up")


@dataclass
class Needs:
    """What happened to the children of an authority; ``child`` is a position in ``people``."""

    referrals: Frame
    assessments: Frame
    plans_in_need: Frame
    enquiries: Frame
    conferences: Frame
    plans: Frame
    care: Frame
    contacts: Frame
    moved_out: Column
    disabled: Column


def live(
    authority: Authority,
    homes: Frame,
    people: Frame,
    draws: Draws,
    options: Options,
    scenarios: Scenarios,
) -> Needs:
    """Every referral of every child, and what came of it."""
    lives = _Lives(authority, homes, people, draws, options, scenarios)
    lives.run()
    return lives.needs()


class _Lives:
    """The rounds, and what they leave behind."""

    def __init__(
        self,
        authority: Authority,
        homes: Frame,
        people: Frame,
        draws: Draws,
        options: Options,
        scenarios: Scenarios,
    ) -> None:
        self.homes, self.people, self.draws = homes, people, draws
        self.options, self.scenarios, self.authority = options, scenarios, authority
        self.rates = draws.rates
        self.born = people["date_of_birth"]
        self.adult = birthday(self.born, 18)
        self.first_child = np.searchsorted(people["family"], np.arange(rows(homes)))
        self.child_count = np.bincount(people["family"], minlength=rows(homes))
        # The last day a case of the child was open; a new one can begin after it.
        self.busy_until = np.full(rows(people), LONG_AGO)
        self.moved_out = np.full(rows(people), NO_DAY)
        self.had_plans = np.zeros(rows(people), dtype=np.int64)
        self.disabled = draws.chance_of("disabled", rows(people))
        self.found: dict[str, list[Frame]] = defaultdict(list)
        self.next_referral = 0

    # ---- rounds ----

    def run(self) -> None:
        """Round after round, until no family has an event before the as-at date."""
        homes, last = self.homes, self.options.last_day
        rate = (
            self.rates["referral_events"]
            / 365.25
            * homes["frailty"]
            * self.authority.need
            * poverty(homes["deprivation_decile"], self.rates["deprivation_gradient"])
        )
        most = self.scenarios.most_referrals * (1 + self.rates["season_depth"])
        routine = homes["kind"] != ASYLUM
        family = np.flatnonzero(self.child_count > 0)
        clock = np.maximum(homes["first_birth"] - KNOWN_BEFORE_BIRTH, self.options.lives_from)
        # Who arrives, alone or with an open case, is met on the day.
        own = np.where(homes["kind"] == ROUTINE, NO_DAY, homes["moved_in_date"])
        arrives = homes["kind"] != ROUTINE
        clock = np.where(arrives, homes["moved_in_date"], clock)
        youngest = self.first_child + self.child_count - 1
        leaves = np.full(rows(homes), NO_DAY)
        leaves[family] = self.adult[youngest[family]]
        while len(family):
            gap = self.draws.rng.exponential(1 / (rate[family] * most))
            chance = clock[family] + np.minimum(gap, 40_000).astype(np.int64) + 1
            chance[~routine[family]] = NEVER_AGAIN
            due = own[family]
            takes_own = ~np.isnat(due) & ~(due > chance)
            on = np.where(takes_own, due, chance)
            clock[family] = on
            own[family[takes_own]] = NO_DAY
            still = (on <= last) & ~(on >= leaves[family])
            family, on, takes_own = family[still], on[still], takes_own[still]
            likely = self.scenarios.referrals(on) * season(on, self.rates["season_depth"]) / most
            happens = takes_own | self.draws.chance(likely, len(on))
            if happens.any():
                again, left = self.meet(family[happens], on[happens], takes_own[happens])
                met = family[happens]
                own[met] = earliest(own[met], again)
                leaves[met] = earliest(leaves[met], left)

    def meet(self, family: Column, on: Column, is_own: Column) -> tuple[Column, Column]:
        """One event of each family. Returns the day of a re-referral that will follow, and the
        day the family moves away; NaT where neither happens."""
        kind = np.where(is_own, self.homes["kind"][family], ROUTINE)
        # A second own event of a family that moved in is a re-referral like any other.
        arrives = (kind != ROUTINE) & (on == self.homes["moved_in_date"][family])
        kind = np.where(arrives, kind, ROUTINE)
        weekday = self.draws.chance_of("adult_working_days", len(on)) & (kind != ASYLUM)
        on = np.where(weekday, working(on), on)
        event, copy = repeat(self.child_count[family])
        child = self.first_child[family][event] + copy
        day = on[event]
        age = exact_age(self.born[child], day)
        here = (age > -KNOWN_BEFORE_BIRTH / 365.25) & (day < birthday(self.born[child], 17) + 300)
        here |= (kind[event] == ASYLUM) & (day < self.adult[child])
        here &= ~(self.people["date_of_death"][child] <= day)
        here &= ~(self.moved_out[child] <= day) & ~(self.people["moved_in_date"][child] > day)
        share = self.rates["child_included"] * np.where(age < 0, 0.75, 1.0)
        here &= self.draws.chance(np.where(kind[event] == ROUTINE, share, 1.0), len(child))
        event, child = event[here], child[here]
        busy = self.busy_until[child] >= on[event]
        # The date a child of a family that comes back is free again is not another referral day.
        self.found["contacts"].append(
            {
                "child": child[busy],
                "contact_date": on[event[busy]],
                "referral": np.full(int(busy.sum()), -1, dtype=np.int64),
            }
        )
        event, child = event[~busy], child[~busy]
        again, left = np.full(len(family), NO_DAY), np.full(len(family), NO_DAY)
        if len(child):
            closed, was_short, moves = self.open_cases(family, on, kind, event, child)
            again, left = self.afterwards(event, child, closed, was_short, moves, len(family))
        return again, left

    def afterwards(
        self,
        event: Column,
        child: Column,
        closed: Column,
        was_short: Column,
        moves: Column,
        events: int,
    ) -> tuple[Column, Column]:
        """When a family is referred again, and when it moves away."""
        last = np.full(events, LONG_AGO)
        np.maximum.at(last, event, np.where(closed < NEVER_AGAIN, closed, LONG_AGO))
        share = np.full(events, self.rates["re_referral_events"])
        share = np.where(_any(event, was_short, events), share * 1.15, share)
        returns = (last > LONG_AGO) & self.draws.chance(share, events)
        wait = self.draws.days_of("re_referral_wait", events, shape=1.0)
        again = np.where(returns, last + wait, NO_DAY)
        leaves = _any(event, moves, events) & (last > LONG_AGO)
        left = np.where(leaves, last, NO_DAY)
        again[leaves] = NO_DAY
        gone = leaves[event]
        if gone.any():
            # The whole family goes, on the day the last of its cases here is closed.
            families = np.unique(self.people["family"][child[gone]])
            day_of = np.full(rows(self.homes), NO_DAY)
            day_of[self.people["family"][child[gone]]] = left[event[gone]]
            of, copy = repeat(self.child_count[families])
            kin = self.first_child[families][of] + copy
            stays = (self.adult[kin] <= day_of[families][of]) | (
                self.busy_until[kin] > day_of[families][of]
            )
            kin = kin[~stays]
            self.moved_out[kin] = day_of[self.people["family"][kin]]
        return again, left

    # ---- cases ----

    def open_cases(
        self, family: Column, on: Column, kind: Column, event: Column, child: Column
    ) -> tuple[Column, Column, Column]:
        """Referrals of children without an open case, and all that follows from them.

        Returns for each child the day its case is closed (in the far future for one that never
        comes back), whether it was found not to be in need, and whether the family moves away.
        """
        draws, rates, count, events = self.draws, self.rates, len(child), len(family)
        born, adult, day = self.born[child], self.adult[child], on[event]
        age = exact_age(born, day)
        path, is_transfer = self.choose_paths(kind, event, child, age, events)
        referral = self.next_referral + np.arange(count)
        self.next_referral += count

        need = draws.pick("primary_need", events)[event]
        need = np.where(self.disabled[child] & draws.chance_of("disabled_need", count), "N2", need)
        need = np.where(kind[event] == ASYLUM, "N8", need)
        source = draws.pick("referral_source", events)[event]
        source = np.where((source == "5D") & (day < np.datetime64("2022-04-01")), "5B", source)
        source = np.where(is_transfer, "5C", source)
        nfa = path == "nfa"

        def shared(values: Column) -> Column:
            """What is drawn once for the family is the same for all of its children."""
            same: Column = values[event]
            return same

        # Assessment.
        starts = shared(working(on, draws.between(0, 2, events)))
        quick = draws.chance_of("assessment_in_45_days", events)
        length = np.where(quick, draws.between(9, 45, events), draws.between(46, 85, events))
        assessed = working(starts, shared(length))
        has_assessment = ~nfa

        # Section 47 enquiry and conference.
        protects = (path == "protect") | (path == "escalate")
        later = shared(draws.days_of("escalation_wait", events))
        enquiry = shared(working(on, draws.between(0, 10, events)))
        enquiry = np.where(path == "escalate", working(assessed + later), enquiry)
        in_time = draws.chance_of("conference_in_15_days", events)
        notice = np.where(
            in_time, draws.pick("enquiry_in_15", events).astype(int), draws.between(16, 26, events)
        )
        enquired = protects | (path == "enquiry")
        enquiry = np.where(enquired, enquiry, NO_DAY)
        # Nobody is asked about after the eighteenth birthday.
        late = enquiry + 60 >= adult
        protects &= ~late
        enquired &= ~late
        enquiry[late] = NO_DAY
        conference = np.where(protects, working(enquiry, shared(notice)), NO_DAY)
        conference = np.where(
            is_transfer, working(day, shared(draws.between(3, 15, events))), conference
        )
        leads = shared(draws.chance_of("conference_leads_to_plan", events)) & ~np.isnat(conference)
        plan_start = np.where(leads, conference, NO_DAY)
        # Hardly any plan ends before its first review.
        plan_days = (rates["cpp_days"] - 75) * self.scenarios.plan_length(on)
        plan_end = plan_start + 75 + shared(draws.days(plan_days, events, 1.3))
        # A plan made before the birth is not ended before it.
        unborn = plan_start < born
        plan_end = np.where(unborn, np.maximum(plan_end, born + 70), plan_end)
        plan_end = earliest(plan_end, np.where(leads, adult, NO_DAY))
        next_step = self.after_plan(event, events, age, plan_end, born)
        next_step[~leads] = "none"

        # Care, from a new referral, from a plan, or on arrival.
        emergency = shared(draws.chance_of("care_emergency", events))
        wait = shared(draws.days_of("care_wait", events, shape=1.0))
        care_start = np.where(path == "care", np.where(emergency, day, day + wait), NO_DAY)
        care_start = np.where(kind[event] == ASYLUM, day, care_start)
        care_start = np.where((path == "care") & (care_start <= born), born + 2, care_start)
        care_start = np.where(next_step == "care", plan_end, care_start)
        care_start[care_start + 30 >= adult] = NO_DAY
        arrival = (kind[event] == ASYLUM) & (day < adult)
        care_start = np.where(arrival, day, care_start)
        care = self.enter_care(child, care_start, kind[event] == ASYLUM, event)

        # Child in need plans, before a conference and after everything else.
        supported = (
            np.isin(path, ["in_need", "enquiry", "escalate"])
            | (protects & ~leads)
            | (is_transfer & np.isnat(conference))
        )
        begins = working(assessed, shared(draws.between(1, 6, events)))
        mean = np.where(
            need == "N2",
            rates["cin_days_disabled"],
            rates["cin_days"] * self.authority.threshold,
        )
        family_length = draws.rng.gamma(1.2, 1 / 1.2, events)[event]
        ends = begins + 14 + (family_length * mean).astype(np.int64)
        ends = np.where(leads, np.minimum(ends, plan_start), ends)
        ends = np.where((path == "escalate") & leads, plan_start, ends)
        before = supported & (begins < adult)
        before &= ~(leads & (begins >= plan_start))
        ends = np.minimum(ends, adult)
        has_plan = before & shared(draws.chance_of("cin_plan_share", events))

        steps_down = next_step == "need"
        comes_home = care["comes_home"] & draws.chance_of("post_care_support", count)
        down_from = np.where(steps_down, plan_end, np.where(comes_home, care["end"], NO_DAY))
        down_from[down_from + 20 >= adult] = NO_DAY
        down_mean = np.where(comes_home, rates["post_care_days"], rates["cin_days"] * 0.9)
        down_to = down_from + 14 + (family_length * down_mean).astype(np.int64)
        down_to = earliest(down_to, np.where(np.isnat(down_from), NO_DAY, adult))

        # The end of the case.
        after = shared(draws.between(0, 8, events))
        over = np.where(nfa, working(day, shared(draws.between(0, 3, events))), assessed)
        was_short = path == "not_in_need"
        in_need = ~nfa & ~was_short
        for step in (
            np.where(before, ends, NO_DAY),
            plan_end,
            care["end"],
            down_to,
            enquiry + 25,
            conference,
        ):
            over = np.fmax(over, np.where(in_need, step, NO_DAY))
        over = np.where(in_need, over + after, over)
        stays_open = care["leaves_at_18"] & draws.chance_of("care_leaver_case_open", count)
        ages_out = in_need & (over >= adult)
        over = np.where(ages_out, np.maximum(adult, np.fmax(assessed, care["end"])), over)
        over = np.where(stays_open, birthday(born, 21), over)
        over = np.maximum(over, day)

        reason = np.where(was_short, shared(draws.pick("closed_not_in_need", events)), "RC7")
        reason = np.where((reason == "RC9") & (over < np.datetime64("2022-04-01")), "RC8", reason)
        closes = in_need & (np.where(before, ends, NO_DAY) <= over) & np.isnat(care["end"])
        reason = np.where(closes & ~ages_out, shared(draws.pick("closed_in_need", events)), reason)
        moves = (
            shared(draws.chance_of("transfers", events) & (kind != ASYLUM))
            & in_need
            & np.isnat(care["end"])
            & ~ages_out
        )
        moves |= care["reason"] == "E3"
        reason = np.where(moves, "RC5", reason)
        left_by = {"E11": "RC1", "E12": "RC1", "E41": "RC3", "E7": "RC6"}
        left_by |= dict.fromkeys(("E45", "E46", "E47", "E48"), "RC4")
        for code, closing in left_by.items():
            reason = np.where((care["reason"] == code) & (over >= care["end"]), closing, reason)
        # Children of a family that moves are on a plan until the day they go.
        plan_goes = moves & leads & (next_step != "need") & np.isnat(care["end"])
        plan_end = np.where(plan_goes & (over < adult), over, plan_end)

        self.found["referrals"].append(
            {
                "referral": referral, "child": child, "referral_date": day,
                "referral_source_code": source,
                "primary_need_code": np.where(nfa, "", need), "is_no_further_action": nfa,
                "closure_date": over, "closure_reason_code": reason, "is_transfer": is_transfer,
                "path": path,
            }
        )  # fmt: skip
        self.found["contacts"].append({"child": child, "contact_date": day, "referral": referral})
        self.found["assessments"].append(
            take(
                {
                    "referral": referral, "child": child, "assessment_start_date": starts,
                    "internal_review_date": working(starts, 10),
                    "assessment_authorised_date": assessed,
                    "is_no_further_action": was_short,
                    "is_asylum": kind[event] == ASYLUM,
                    "is_for_protection": enquired,
                },
                has_assessment,
            )
        )  # fmt: skip
        both = {
            "referral": np.concatenate([referral, referral]),
            "child": np.concatenate([child, child]),
            "plan_start_date": np.concatenate([np.where(has_plan, begins, NO_DAY), down_from]),
            "plan_end_date": np.concatenate([ends, down_to]),
        }
        self.found["plans_in_need"].append(
            take(both, both["plan_start_date"] < both["plan_end_date"])
        )
        not_required = enquired & np.isnat(conference)
        self.found["enquiries"].append(
            take(
                {
                    "referral": referral, "child": child, "enquiry_start_date": enquiry,
                    "enquiry_end_date": earliest(
                        working(enquiry, shared(draws.between(4, 15, events))),
                        np.where(np.isnat(conference), NO_DAY, conference),
                    ),
                    "is_conference_not_required": not_required,
                    "initial_conference_date": conference,
                },
                enquired & ~np.isnat(enquiry) & ~is_transfer,
            )
        )  # fmt: skip
        first_elsewhere = draws.chance_of("cpp_earlier_elsewhere", count)
        earlier = self.had_plans[child] + (is_transfer & leads)
        earlier += np.where((earlier == 0) & first_elsewhere, 1, 0)
        category = draws.pick("category_of_abuse", events)
        self.found["conferences"].append(
            take(
                {
                    "referral": referral, "child": child, "enquiry_start_date": enquiry,
                    "conference_date": conference, "is_transfer_in": is_transfer,
                    "has_led_to_plan": leads, "referral_date": day,
                },
                ~np.isnat(conference),
            )
        )  # fmt: skip
        self.found["plans"].append(
            take(
                {
                    "referral": referral, "child": child, "plan_start_date": plan_start,
                    "plan_end_date": plan_end,
                    "initial_abuse_category_code": shared(category),
                    "later_category": shared(draws.pick("category_of_abuse", events)),
                    "previous_plan_count": earlier,
                },
                leads,
            )
        )  # fmt: skip
        self.had_plans[child] = np.where(leads, earlier + 1, self.had_plans[child])
        self.found["care"].append(
            take(
                {name: care[name] for name in CARE}
                | {"referral": referral, "child": child, "need": need, "home_case_end": over},
                ~np.isnat(care_start),
            )
        )
        self.found["short_breaks"].append(
            take(
                {"referral": referral, "child": child, "from": begins, "until": ends},
                before & (need == "N2") & np.isnat(care_start) & (ends - begins > 300),
            )
        )
        adopted = np.isin(care["reason"], ["E11", "E12"])
        self.busy_until[child] = np.where(adopted, NEVER_AGAIN, over)
        return np.where(adopted, NEVER_AGAIN, over), was_short, moves

    def choose_paths(
        self, kind: Column, event: Column, child: Column, age: Column, events: int
    ) -> tuple[Column, Column]:
        """Which way each child's case goes, and whether it is a plan taken over from elsewhere."""
        draws = self.draws
        # A family goes the way of its youngest child: babies and older teenagers come into care
        # more than others do.
        youngest = np.full(events, np.inf)
        np.minimum.at(youngest, event, age)
        of_family = draws.pick_by("pathway", youngest)
        # Who was on a plan before is more likely to come to a conference again.
        known = np.zeros(events, dtype=bool)
        np.logical_or.at(known, event, self.had_plans[child] > 0)
        extra = self.rates["cpp_again"] * self.scenarios.plans_again
        of_family = np.where(known & draws.chance(extra, events), "protect", of_family)
        own = draws.pick_by("pathway", age)
        same = draws.chance_of("share_as_the_family", len(child))
        path = np.where(same, of_family[event], own)
        path = np.where(kind[event] == ASYLUM, "care", path)
        moved_in = kind[event] == MOVED_IN
        on_plan = moved_in & self.homes["on_plan"][self.people["family"][child]]
        path = np.where(moved_in, "in_need", path)
        return path, on_plan

    def after_plan(
        self, event: Column, events: int, age: Column, plan_end: Column, born: Column
    ) -> Column:
        """What follows a protection plan: care, support as a child in need, or nothing."""
        at_end = exact_age(born, plan_end)
        at_end = np.where(np.isnan(at_end), age, at_end)
        of_family = self.draws.rng.random(events)[event]
        alone = self.draws.rng.random(len(event))
        same = self.draws.chance_of("share_as_the_family", len(event))
        point = np.where(same, of_family, alone)
        bands = self.rates.mix("after_plan")
        band = np.minimum(
            np.searchsorted([upper for upper, _, _ in bands], at_end, side="right"),
            len(bands) - 1,
        )
        step = np.empty(len(event), dtype="U8")
        for number, (_, codes, shares) in enumerate(bands):
            here = band == number
            step[here] = codes[np.searchsorted(np.cumsum(shares)[:-1], point[here], side="right")]
        return step

    def enter_care(self, child: Column, start: Column, alone: Column, event: Column) -> Frame:
        """How long care lasts and how it ends, for those who enter it."""
        draws, count = self.draws, len(child)
        born, adult = self.born[child], self.adult[child]
        age = np.where(np.isnat(start), 0.0, exact_age(born, start))
        hope = draws.pick_by("care_hope", age)
        hope = np.where(alone, "long", hope)
        end = np.full(count, NO_DAY)
        reason = np.full(count, "", dtype="U4")
        adoptive = hope == "adoption"
        for name, mean, shape, mix in (
            ("short", 110, 0.9, "left_short"),
            ("guardian", 520, 2.0, "left_guardian"),
            ("adoption", 860, 5.0, "left_adopted"),
        ):
            here = hope == name
            end[here] = start[here] + 1 + draws.days(mean, int(here.sum()), shape)
            reason[here] = draws.pick(mix, int(here.sum()))
        end = np.where(adoptive, np.maximum(end, start + 400), end)
        stays = hope == "long"
        leaves_early = stays & ~alone & draws.chance(0.38, count)
        end = np.where(leaves_early, start + 200 + draws.days(1250, count), end)
        reason = np.where(leaves_early, draws.pick("left_long", count), reason)
        # Some adoption plans are given up, and the child stays.
        given_up = adoptive & draws.chance(0.12, count)
        end = np.where(given_up, NO_DAY, end)
        at_18 = np.isnat(end) | (end >= adult)
        end = np.where(at_18, adult, end)
        reason = np.where(at_18, draws.pick("left_at_18", count), reason)
        inside = ~np.isnat(start)
        end = np.where(inside, end, NO_DAY)
        reason = np.where(inside, reason, "")
        return {
            "start": start,
            "end": end,
            "reason": reason,
            "hope": hope,
            "is_asylum": alone,
            "is_given_up": given_up,
            "comes_home": np.isin(reason, ["E4A", "E4B", "E13"]) & inside & ~at_18,
            "leaves_at_18": at_18 & inside,
        }

    def needs(self) -> Needs:
        """Everything found, as one frame per kind of event, short breaks among the care."""
        found = {name: stack(frames) for name, frames in self.found.items()}
        breaks = _short_breaks(found["short_breaks"], self.born, self.draws)
        return Needs(
            referrals=found["referrals"],
            assessments=found["assessments"],
            plans_in_need=found["plans_in_need"],
            enquiries=found["enquiries"],
            conferences=found["conferences"],
            plans=found["plans"],
            care=stack([found["care"], breaks]),
            contacts=found["contacts"],
            moved_out=self.moved_out,
            disabled=self.disabled,
        )


def _short_breaks(spells: Frame, born: Column, draws: Draws) -> Frame:
    """Series of short breaks of disabled children: V4 as one spell, V3 break by break."""
    chosen = draws.chance_of("short_break_series", rows(spells))
    chosen &= spells["from"] > birthday(born[spells["child"]], 2)
    spells = take(spells, chosen)
    single = draws.chance(0.5, rows(spells))
    starts = spells["from"] + draws.between(30, 120, rows(spells))
    series = {"start": starts, "end": spells["until"] - draws.between(5, 40, rows(spells))}
    # Every eight weeks a break of one to four nights.
    length = np.maximum((spells["until"] - starts).astype(int) // 56, 0)
    of, number = repeat(np.where(single, length, 0))
    first = starts[of] + 56 * number + draws.between(0, 14, len(of))
    every = {
        "start": np.concatenate([series["start"][~single], first]),
        "end": np.concatenate([series["end"][~single], first + draws.between(1, 4, len(of))]),
    }
    which = np.concatenate([np.flatnonzero(~single), of])
    count = len(which)
    frame: Frame = every | {
        "reason": np.full(count, "E8"),
        "hope": np.concatenate([np.full(int((~single).sum()), "V4"), np.full(len(of), "V3")]),
        "is_asylum": np.zeros(count, dtype=bool),
        "is_given_up": np.zeros(count, dtype=bool),
        "referral": spells["referral"][which],
        "child": spells["child"][which],
        "need": np.full(count, "N2"),
        "home_case_end": spells["until"][which],
    }
    return take(frame, frame["end"] > frame["start"])


def poverty(decile: Column, gradient: float) -> Column:
    """How much more likely a family of this decile meets services; mean 1 over the deciles."""
    weights = np.exp(-gradient * (np.arange(1, 11) - 5.5))
    weights /= weights.mean()
    relative: Column = weights[decile - 1]
    return relative


def season(on: Column, depth: float) -> Column:
    """How much more or less is referred on a day of the year: little in August, more in May."""
    month = on.astype("M8[M]").astype(np.int64) % 12 + 1
    level = np.ones(13)
    level[[5, 6, 3, 10, 11]] = 1 + depth
    level[[8, 12]] = 1 - 2 * depth
    relative: Column = level[month]
    return relative


def _any(event: Column, flag: Column, events: int) -> Column:
    result = np.zeros(events, dtype=bool)
    np.logical_or.at(result, event, flag)
    return result
