"""What happened, as the rows of the world: people, cases, care.

Everything here turns frames of the engine into tables: positions become ids, what lies after the
as-at date is cut off, and the team and the worker of the day stand beside each event.
"""

from dataclasses import dataclass

import duckdb
import numpy as np

from orchestration.simulate.care import Care
from orchestration.simulate.draws import (
    NO_DAY,
    Column,
    Draws,
    Frame,
    birthday,
    day,
    exact_age,
    nullable,
    repeat,
    reporting_year,
    rows,
    sort,
    take,
    working,
)
from orchestration.simulate.need import Needs
from orchestration.simulate.options import Options
from orchestration.simulate.people import Authority
from orchestration.simulate.store import insert, registered, until
from orchestration.simulate.workforce import Staff

# Numbers of families and of events of one authority begin with its own.
FAMILIES = 10_000_000
EVENTS = 1_000_000_000


@dataclass
class Recorder:
    """Writes the lives of one authority into the world."""

    connection: duckdb.DuckDBPyConnection
    authority: Authority
    homes: Frame
    kids: Frame
    staff: Staff
    draws: Draws
    options: Options

    @property
    def last(self) -> np.datetime64:
        """The as-at date."""
        return self.options.last_day

    @property
    def first_event(self) -> int:
        """Number of the first event of each kind."""
        return self.authority.number * EVENTS

    def number(self, frame: Frame) -> Column:
        """Ids for the rows of a table, in their order."""
        return self.first_event + np.arange(rows(frame))

    def of_child(self, child: Column) -> Frame:
        """The columns every table of children's events has."""
        return {
            "child_id": self.kids["child_id"][child],
            "local_authority_code": np.full(len(child), self.authority.code),
        }

    def family_ids(self, family: Column) -> Column:
        """Ids of families."""
        return self.authority.number * FAMILIES + family

    def held_by(self, child: Column, on: Column, team_type: Column | str) -> Frame:
        """Team and worker of an event."""
        kinds = np.broadcast_to(np.asarray(team_type), child.shape)
        team = np.full(len(child), "", dtype="U20")
        for kind in np.unique(kinds):
            here = kinds == kind
            team[here] = self.staff.team_for(str(kind), child[here])
        return {"team_id": team, "worker_id": self.staff.worker_at(child, on)}

    def write(self, table: str, frame: Frame) -> None:
        """Append to a table of the world."""
        insert(self.connection, table, frame)

    # ---- people ----

    def people(self, first_known: Column, care: Care) -> None:
        """Households, residents, and those of them whom services know."""
        kids, homes, draws = self.kids, self.homes, self.draws
        count = rows(kids)
        self.write(
            "households",
            {
                "family_id": self.family_ids(np.arange(rows(homes))),
                "local_authority_code": np.full(rows(homes), self.authority.code),
                **{name: homes[name] for name in ("postcode", "small_area_code", "zone_code",
                                                  "deprivation_decile", "frailty")},
            },
        )  # fmt: skip
        died = np.where(kids["date_of_death"] > self.last, NO_DAY, kids["date_of_death"])
        self.write(
            "residents",
            {
                **self.of_child(np.arange(count)),
                "family_id": self.family_ids(kids["family"]),
                "date_of_birth": kids["date_of_birth"],
                "date_of_death": died,
                "sex_code": kids["sex_code"],
                "ethnicity_code": kids["ethnicity_code"],
                "moved_in_date": kids["moved_in_date"],
                "moved_out_date": np.where(
                    kids["moved_out"] > self.last, NO_DAY, kids["moved_out"]
                ),
            },
        )
        known = np.flatnonzero(first_known <= self.last)
        born = kids["date_of_birth"][known]
        is_unborn = born > self.last
        alone = self.homes["kind"][kids["family"][known]] == 1
        arrived = kids["moved_in_date"][known]
        upn, former, unknown, known_from, before = self._pupil_numbers(known, born, alone, arrived)
        number = kids["child_id"][known].astype("U10")
        settled = (upn != "") & (born < self.options.written_from - 6 * 365) & ~alone
        other = draws.rng.random(len(known))
        is_girl = kids["sex_code"][known] == "F"
        was_in_care = np.zeros(count, dtype=bool)
        was_in_care[care.periods["child"]] = True
        gave_birth = birthday(born, 16) + draws.between(0, 5 * 365, len(known))
        mother = is_girl & was_in_care[known] & draws.chance_of("teen_mothers", len(known))
        mother &= gave_birth <= self.last
        ehcp = draws.chance(np.where(kids["is_disabled"][known], 0.6, 0.035), len(known))
        came_from = kids["moved_from_child_id"][known]
        nationality = np.where(alone, draws.pick("asylum_nationality", len(known)), "")
        self.write(
            "children",
            {
                **self.of_child(known),
                "family_id": self.family_ids(kids["family"][known]),
                "date_of_birth": np.where(is_unborn, NO_DAY, born),
                "expected_date_of_birth": np.where(first_known[known] < born, born, NO_DAY),
                "date_of_death": died[known],
                "sex_code": np.where(is_unborn, "U", kids["sex_code"][known]),
                "ethnicity_code": kids["ethnicity_code"][known],
                "upn": upn,
                "former_upn": former,
                "upn_unknown_code": unknown,
                "upn_known_date": known_from,
                "upn_unknown_before_code": before,
                "is_unaccompanied_asylum_seeker": alone,
                "asylum_status_start_date": np.where(alone, arrived, NO_DAY),
                "asylum_status_end_date": np.where(alone, birthday(born, 18), NO_DAY),
                "nationality": nationality,
                "is_mother": nullable(mother, is_girl),
                "first_child_date_of_birth": np.where(mother, gave_birth, NO_DAY),
                "has_education_health_care_plan": ehcp & (birthday(born, 3) <= self.last),
                "person_id": number,
                # Some numbers differ from system to system, where a pupil number still joins them.
                "looked_after_number": np.where(
                    settled & (other < 0.012), np.char.add("L", number), number
                ),
                "census_number": np.where(
                    settled & (other > 0.98), np.char.add("C", number), number
                ),
                "inspection_number": number,
                "legacy_id": np.where(
                    settled & (other < 0.012), np.char.add("L", number),
                    np.where(settled & (other > 0.98), np.char.add("C", number), ""),
                ),
                "nhs_number": np.char.add("9", number),
                "moved_from_child_id": nullable(came_from, came_from > 0),
                "first_known_date": first_known[known],
            },
        )  # fmt: skip
        mothers = np.flatnonzero(mother)
        self.write(
            "mothers",
            {
                "mother_child_id": kids["child_id"][known[mothers]],
                "local_authority_code": np.full(len(mothers), self.authority.code),
                "child_date_of_birth": gave_birth[mothers],
            },
        )
        self._disabilities(known)
        self._families(known)
        self._education_plans(known[ehcp], born[ehcp])

    def _pupil_numbers(
        self, known: Column, born: Column, alone: Column, arrived: Column
    ) -> tuple[Column, Column, Column, Column, Column]:
        draws, count = self.draws, len(known)
        number = np.array([f"{child:09d}" for child in self.kids["child_id"][known]])
        letter = draws.pick("upn_letter", count)
        check = draws.between(0, 9, count).astype("U1")
        upn = np.char.add(np.char.add(np.char.add(letter, "99"), number), check)
        none = draws.chance(np.where(alone, 0.4, 0.015), count)
        known_from = np.where(alone, arrived + 90, birthday(born, 5))
        before = np.where(alone, "UN4", "UN1")
        never = np.where(alone, "UN2", "UN4")
        has = ~none & (known_from <= self.last)
        unknown = np.where(has, "", np.where(birthday(born, 5) > self.last, "UN1",
                                             np.where(none, never, before)))  # fmt: skip
        former = draws.chance(0.02, count) & has
        return (
            np.where(has, upn, ""),
            np.where(former, np.char.add(np.char.add(letter, "98"), np.char.add(number, check)),
                     ""),
            unknown,
            np.where(has, known_from, NO_DAY),
            np.where(birthday(born, 5) > self.last, "UN1", before),
        )  # fmt: skip

    def _disabilities(self, known: Column) -> None:
        disabled = known[self.kids["is_disabled"][known]]
        of, _ = repeat(1 + self.draws.chance(0.3, len(disabled)).astype(int))
        frame = {
            **self.of_child(disabled[of]),
            "disability_code": self.draws.pick("disability", len(of)),
        }
        frame = sort(frame, ["child_id", "disability_code"])
        again = np.zeros(rows(frame), dtype=bool)
        again[1:] = (frame["child_id"][1:] == frame["child_id"][:-1]) & (
            frame["disability_code"][1:] == frame["disability_code"][:-1]
        )
        self.write("disabilities", take(frame, ~again))

    def _families(self, known: Column) -> None:
        """Known children, their unknown siblings apart, and one or two adults of each family."""
        kids, homes, draws = self.kids, self.homes, self.draws
        born = kids["date_of_birth"][known]
        joins = np.fmax(born, kids["moved_in_date"][known])
        here = joins <= self.last
        child, joined = known[here], joins[here]
        grown = birthday(born[here], 18)
        children = {
            "family_id": self.family_ids(kids["family"][child]),
            "person_id": kids["child_id"][child].astype("U12"),
            "local_authority_code": np.full(len(child), self.authority.code),
            "child_id": nullable(kids["child_id"][child], np.ones(len(child), dtype=bool)),
            "member_role_code": np.full(len(child), "child"),
            "sex_code": kids["sex_code"][child],
            "date_of_birth": born[here],
            "joined_date": joined,
            "left_date": np.where(grown > self.last, NO_DAY, grown),
        }
        family = np.unique(kids["family"][child])
        family = family[homes["kind"][family] != 1]
        of, copy = repeat(1 + draws.chance(0.6, len(family)).astype(int))
        begun = homes["first_birth"][family][of]
        begun = np.fmax(begun, homes["moved_in_date"][family][of])
        serial = self.family_ids(family[of]) * 10 + copy
        adults = {
            "family_id": self.family_ids(family[of]),
            "person_id": np.char.add("P", serial.astype("U11")),
            "local_authority_code": np.full(len(of), self.authority.code),
            "child_id": nullable(np.zeros(len(of), dtype=np.int64), np.zeros(len(of), dtype=bool)),
            "member_role_code": np.where(
                (copy == 1) & draws.chance(0.15, len(of)), "other_adult", "parent"
            ),
            "sex_code": np.where(copy == 0, "F", "M"),
            "date_of_birth": homes["first_birth"][family][of]
            - draws.between(17 * 365, 38 * 365, len(of)),
            "joined_date": begun,
            "left_date": np.where(
                (copy == 1) & draws.chance(0.25, len(of)),
                begun + draws.days(1500, len(of)),
                NO_DAY,
            ),
        }
        adults = take(adults, adults["joined_date"] <= self.last)
        adults["left_date"] = np.where(adults["left_date"] > self.last, NO_DAY, adults["left_date"])
        self.write("family_members", children)
        self.write("family_members", adults)

    def _education_plans(self, child: Column, born: Column) -> None:
        draws = self.draws
        begun = birthday(born, 3) + draws.between(0, 8 * 365, len(child))
        frame = {
            **self.of_child(child),
            "request_date": begun,
            "request_outcome_date": begun + 40,
            "assessment_outcome_date": begun + 110,
            "plan_start_date": begun + draws.between(130, 210, len(child)),
            "last_review_date": np.maximum(begun + 200, self.last - draws.between(
                1, 360, len(child))),
            "need_type": draws.pick("send_need", len(child)),
        }  # fmt: skip
        later = ("request_outcome_date", "assessment_outcome_date", "plan_start_date",
                 "last_review_date")  # fmt: skip
        frame = until(frame, self.last, "request_date", dict.fromkeys(later, ()))
        self.write("education_health_care_plans", frame | {"plan_id": self.number(frame)})

    # ---- front door, need and protection ----

    def contacts(self, contacts: Frame, source_of: Column) -> None:
        """Contacts: those that became a referral, those about an open case, and the others."""
        draws = self.draws
        contacts = take(contacts, contacts["contact_date"] >= self.options.detail_from)
        contacts = until(sort(contacts, ["child", "contact_date"]), self.last, "contact_date")
        referral = contacts["referral"]
        drawn = draws.pick("referral_source", rows(contacts))
        source = np.where(referral >= 0, source_of[np.maximum(referral, 0)], drawn)
        known_5d = contacts["contact_date"] >= day("2022-04-01")
        outcome = np.select(
            [referral >= 0, referral == -1, referral == -3],
            ["new_referral", "information_on_open_case", "early_help"],
            "advice_or_no_action",
        )
        self.write(
            "contacts",
            {
                "contact_id": self.number(contacts),
                **self.of_child(contacts["child"]),
                "contact_date": contacts["contact_date"],
                "contact_source_code": np.where((source == "5D") & ~known_5d, "5B", source),
                "contact_outcome": outcome,
                "referral_id": nullable(self.first_event + referral, referral >= 0),
            },
        )

    def early_help(self, spells: Frame) -> None:
        """Early help."""
        spells = until(
            sort(spells, ["child", "start"]), self.last, "start",
            {"end": ("end_reason",), "assessed": ()},
        )  # fmt: skip
        team = self.staff.team_for("early_help", spells["child"])
        own = np.flatnonzero(self.staff.posts["staff_group_code"] == "other_fieldwork")
        worker = self._on_post(own, spells["child"], spells["start"])
        own_lead = spells["lead"] == "local_authority"
        self.write(
            "early_help_episodes",
            {
                "early_help_episode_id": self.number(spells),
                **self.of_child(spells["child"]),
                "episode_start_date": spells["start"],
                "episode_end_date": spells["end"],
                "start_reason": spells["start_reason"],
                "end_reason": spells["end_reason"],
                "lead_organisation": spells["lead"],
                "assessment_completed_date": spells["assessed"],
                "team_id": team,
                "worker_id": np.where(own_lead, worker, ""),
            },
        )

    def _on_post(self, posts: Column, child: Column, on: Column) -> Column:
        """The person in one of these posts on a day, the same post for the same child."""
        if not len(posts):
            return np.full(len(child), "", dtype="U10")
        roles = self.staff.roles
        key = roles["post"] * 100_000 + np.maximum(roles["role_start_date"].astype(int), 0)
        order = np.argsort(key, kind="stable")
        post = posts[child % len(posts)]
        at = np.searchsorted(key[order], post * 100_000 + on.astype(int), side="right") - 1
        role = order[np.maximum(at, 0)]
        fits = (at >= 0) & (roles["post"][role] == post) & (roles["role_end_date"][role] > on)
        return np.where(fits, self.staff.people["worker_id"][roles["worker"][role]], "")

    def referrals(self, needs: Needs) -> None:
        """Referrals, assessments with their factors, and child in need plans."""
        found = until(
            sort(needs.referrals, ["referral"]), self.last, "referral_date",
            {"closure_date": ("closure_reason_code",)},
        )  # fmt: skip
        self.write(
            "referrals",
            {
                "referral_id": self.first_event + found["referral"],
                **self.of_child(found["child"]),
                "family_id": self.family_ids(self.kids["family"][found["child"]]),
                **{name: found[name] for name in (
                    "referral_date", "referral_source_code", "primary_need_code",
                    "is_no_further_action", "closure_date", "closure_reason_code")},
                **self.held_by(found["child"], found["referral_date"], "assessment"),
            },
        )  # fmt: skip
        self._assessments(needs)
        plans = until(
            sort(needs.plans_in_need, ["child", "plan_start_date"]), self.last, "plan_start_date",
            {"plan_end_date": ()},
        )  # fmt: skip
        need = np.full(int(needs.referrals["referral"].max(initial=0)) + 1, "", dtype="U2")
        need[needs.referrals["referral"]] = needs.referrals["primary_need_code"]
        kind = np.where(need[plans["referral"]] == "N2", "disabled_children", "safeguarding")
        self.write(
            "child_in_need_plans",
            {
                "plan_id": self.number(plans),
                **self.of_child(plans["child"]),
                "referral_id": self.first_event + plans["referral"],
                "plan_start_date": plans["plan_start_date"],
                "plan_end_date": plans["plan_end_date"],
                **self.held_by(plans["child"], plans["plan_start_date"], kind),
            },
        )

    def _assessments(self, needs: Needs) -> None:
        draws = self.draws
        found = sort(needs.assessments, ["child", "assessment_start_date"])
        count = rows(found)
        seen = draws.chance_of("visit_seen", count)
        done = found["assessment_authorised_date"]
        frame = {
            "assessment_id": self.number(found),
            **self.of_child(found["child"]),
            "referral_id": self.first_event + found["referral"],
            "assessment_start_date": found["assessment_start_date"],
            "internal_review_date": np.where(
                found["internal_review_date"] < done, found["internal_review_date"], NO_DAY
            ),
            "assessment_authorised_date": done,
            "is_child_seen": seen,
            "is_no_further_action": found["is_no_further_action"],
            **self.held_by(found["child"], found["assessment_start_date"], "assessment"),
        }
        frame = until(
            frame, self.last, "assessment_start_date",
            {"assessment_authorised_date": ("is_child_seen", "is_no_further_action"),
             "internal_review_date": ()},
        )  # fmt: skip
        self.write("assessments", frame)
        of, _ = repeat(draws.pick("factor_count", count).astype(int))
        factor = draws.pick("factors", len(of))
        none = (draws.chance(0.05, count) & ~found["is_for_protection"])[of]
        asylum = found["is_asylum"][of]
        factor = np.where(asylum, "9A", np.where(none, "21", factor))
        authorised = done[of]
        for code, before, since in (("18B", "18A", "2020-04-01"), ("18C", "18A", "2020-04-01"),
                                    ("19B", "19A", "2020-04-01"), ("19C", "19A", "2020-04-01"),
                                    ("24A", "13A", "2021-04-01")):  # fmt: skip
            factor = np.where((factor == code) & (authorised < day(since)), before, factor)
        kept = authorised <= self.last
        factors = {
            "assessment_id": (self.first_event + of)[kept],
            **self.of_child(found["child"][of][kept]),
            "factor_code": factor[kept],
        }
        factors = sort(factors, ["assessment_id", "factor_code"])
        again = np.zeros(rows(factors), dtype=bool)
        again[1:] = (factors["assessment_id"][1:] == factors["assessment_id"][:-1]) & (
            factors["factor_code"][1:] == factors["factor_code"][:-1]
        )
        self.write("assessment_factors", take(factors, ~again))

    def protection(self, needs: Needs) -> Frame:
        """Enquiries, conferences and plans. Returns the plans with their ids, ends as lived."""
        draws, count = self.draws, int(needs.referrals["referral"].max(initial=0)) + 1
        found = sort(needs.enquiries, ["child", "enquiry_start_date"])
        enquiry_of = np.full(count, -1)
        enquiry_of[found["referral"]] = np.arange(rows(found))
        ended = found["enquiry_end_date"] <= self.last
        nothing = draws.chance(0.35, rows(found)) & found["is_conference_not_required"]
        frame = {
            "section_47_enquiry_id": self.number(found),
            **self.of_child(found["child"]),
            "referral_id": self.first_event + found["referral"],
            "enquiry_start_date": found["enquiry_start_date"],
            "enquiry_end_date": found["enquiry_end_date"],
            "is_no_further_action": nullable(nothing, ended),
            "is_conference_not_required": found["is_conference_not_required"] & ended,
            "conference_target_date": working(found["enquiry_start_date"], 15),
            "initial_conference_date": found["initial_conference_date"],
            **self.held_by(found["child"], found["enquiry_start_date"], "assessment"),
        }
        self.write(
            "section_47_enquiries",
            until(frame, self.last, "enquiry_start_date",
                  {"enquiry_end_date": (), "initial_conference_date": ()}),
        )  # fmt: skip
        found = sort(needs.conferences, ["child", "conference_date"])
        conference_of = np.full(count, -1)
        conference_of[found["referral"]] = np.arange(rows(found))
        enquiry = np.where(found["is_transfer_in"], -1, enquiry_of[found["referral"]])
        asked = np.where(
            found["is_transfer_in"], found["referral_date"], found["enquiry_start_date"]
        )
        frame = {
            "conference_id": self.number(found),
            **self.of_child(found["child"]),
            "section_47_enquiry_id": nullable(self.first_event + enquiry, enquiry >= 0),
            "referral_id": self.first_event + found["referral"],
            "conference_target_date": working(asked, 15),
            "conference_date": found["conference_date"],
            "is_transfer_in": found["is_transfer_in"],
            "has_led_to_plan": found["has_led_to_plan"],
            **self.held_by(found["child"], found["conference_date"], "safeguarding"),
        }
        self.write("initial_conferences", until(frame, self.last, "conference_date"))
        return self._plans(needs, conference_of)

    def _plans(self, needs: Needs, conference_of: Column) -> Frame:
        draws = self.draws
        plans = sort(needs.plans, ["child", "plan_start_date"])
        plans["id"] = self.number(plans)
        changed = plans["plan_start_date"] + draws.between(92, 280, rows(plans))
        changes = (
            draws.chance_of("category_changes", rows(plans))
            & (changed < plans["plan_end_date"])
            & (changed <= self.last)
            & (plans["later_category"] != plans["initial_abuse_category_code"])
        )
        frame = {
            "protection_plan_id": plans["id"],
            **self.of_child(plans["child"]),
            "referral_id": self.first_event + plans["referral"],
            "conference_id": self.first_event + conference_of[plans["referral"]],
            "plan_start_date": plans["plan_start_date"],
            "plan_end_date": plans["plan_end_date"],
            "initial_abuse_category_code": plans["initial_abuse_category_code"],
            "latest_abuse_category_code": np.where(
                changes, plans["later_category"], plans["initial_abuse_category_code"]
            ),
            "category_changed_date": np.where(changes, changed, NO_DAY),
            "previous_plan_count": plans["previous_plan_count"],
            "is_other_authority_plan": np.zeros(rows(plans), dtype=bool),
        }
        self.write(
            "protection_plans", until(frame, self.last, "plan_start_date", {"plan_end_date": ()})
        )
        return plans

    def pre_proceedings(self, plans: Frame, care: Care) -> None:
        """The time before proceedings: most children who go from a plan into care, and some
        whose parents turn things round (Public Law Outline, practice direction 12A)."""
        draws, count = self.draws, rows(plans)
        enters = np.isin(plans["referral"], care.periods["referral"][~care.periods["is_short"]])
        share = np.where(enters, 0.8, 0.1)
        lasts = (plans["plan_end_date"] - plans["plan_start_date"]).astype(int)
        born = self.kids["date_of_birth"][plans["child"]] < plans["plan_end_date"]
        which = np.flatnonzero(draws.chance(share, count) & (lasts > 60) & born)
        start = plans["plan_start_date"][which] + (
            (0.15 + 0.3 * draws.rng.random(len(which))) * lasts[which]
        ).astype(int)
        over = plans["plan_end_date"][which]
        start = working(start)
        issues = enters[which]
        offered = draws.chance(0.78, len(which))
        step = np.maximum(np.minimum(start + draws.between(40, 150, len(which)), over), start)
        letter = start + draws.between(0, 7, len(which))
        frame = {
            **self.of_child(plans["child"][which]),
            "family_id": self.family_ids(self.kids["family"][plans["child"][which]]),
            "referral_id": self.first_event + plans["referral"][which],
            "pre_proceedings_start_date": start,
            "letter_before_proceedings_date": letter,
            "initial_meeting_date": letter + draws.between(5, 14, len(which)),
            "review_meeting_count": ((step - start).astype(int) // 42),
            "is_family_meeting_offered": offered,
            "is_family_meeting_held": offered & draws.chance(0.55, len(which)),
            "step_decision_date": step,
            "outcome_code": np.full(len(which), "A"),
            "letter_of_issue_date": np.where(issues, step, NO_DAY),
            "court_application_date": np.where(issues, step + 5, NO_DAY),
        }
        later = ("letter_before_proceedings_date", "initial_meeting_date",
                 "letter_of_issue_date", "court_application_date")  # fmt: skip
        frame = until(
            frame, self.last, "pre_proceedings_start_date",
            {"step_decision_date": ("outcome_code",), **dict.fromkeys(later, ())},
        )  # fmt: skip
        frame = sort(frame, ["child_id", "pre_proceedings_start_date"])
        self.write("pre_proceedings", frame | {"pre_proceedings_id": self.number(frame)})

    # ---- care ----

    def settings(self, settings: Frame) -> Column:
        """Homes and agencies. Returns their ids."""
        ids = self.authority.number * 1_000 + settings["setting"]
        frame = {name: column for name, column in settings.items() if name != "setting"}
        self.write("settings_of_care", frame | {"setting_id": ids})
        return ids

    def care(self, care: Care, settings: Frame) -> None:
        """Periods, episodes, and the placements and legal statuses that follow from them."""
        periods = care.periods
        count = rows(periods)
        contacted = np.minimum(periods["end"] - 1, self.last) - self.draws.between(0, 60, count)
        age = exact_age(self.kids["date_of_birth"][periods["child"]], periods["end"])
        plan_of = np.select(
            [
                periods["is_short"] | (periods["hope"] == "short"),
                periods["hope"] == "adoption",
                periods["hope"] == "guardian",
                (age >= 17) & self.draws.chance(0.4, count),
                self.draws.chance(0.2, count),
            ],
            ["a) Return to family", "b) Adoption", "c) SGO/CAO",
             "d) Supported living in the community", "e) Long-term residential placement"],
            "f) Long-term fostering",
        )  # fmt: skip
        period_id = self.first_event + np.arange(count)
        first = np.unique(care.episodes["period"], return_index=True)[1]
        setting = care.episodes["setting"][first]
        service = np.where(setting >= 0, settings["service_code"][setting], "")
        frame = {
            "care_period_id": period_id,
            **self.of_child(periods["child"]),
            "referral_id": self.first_event + periods["referral"],
            "period_start_date": periods["start"],
            "period_end_date": periods["end"],
            "period_end_reason_code": periods["reason"],
            "primary_need_code": periods["primary_need_code"],
            "is_short_breaks_only": periods["is_short"],
            "home_postcode": periods["home_postcode"],
            "permanence_plan": plan_of,
            "last_reviewing_officer_contact_date": np.where(
                (contacted <= self.last) & (contacted >= periods["start"]), contacted, NO_DAY
            ),
            "service_code": service,
        }
        self.write(
            "care_periods",
            until(frame, self.last, "period_start_date",
                  {"period_end_date": ("period_end_reason_code",)}),
        )  # fmt: skip
        episodes = care.episodes
        number = episodes["period"]
        frame = {
            "care_episode_id": self.number(episodes),
            **self.of_child(periods["child"][number]),
            "care_period_id": period_id[number],
            "referral_id": self.first_event + periods["referral"][number],
            "primary_need_code": periods["primary_need_code"][number],
            "home_postcode": periods["home_postcode"][number],
            "placement_id": self.first_event + episodes["placement"],
            "setting": np.where(
                episodes["setting"] >= 0, self.authority.number * 1_000 + episodes["setting"], 0
            ),
            **{name: episodes[name] for name in (
                "episode_start_date", "episode_start_reason_code", "legal_status_code",
                "placement_type_code", "placement_provider_code", "episode_end_date",
                "episode_end_reason_code", "placement_change_reason_code", "placement_postcode",
                "ofsted_urn")},
        }  # fmt: skip
        known = until(
            frame, self.last, "episode_start_date",
            {"episode_end_date": ("episode_end_reason_code", "placement_change_reason_code")},
        )  # fmt: skip
        with registered(self.connection, episodes=known):
            self.connection.execute(EPISODES)

    def adoptions(self, care: Care) -> None:
        """Decisions for adoption with their adopters, and adopters who came to nothing."""
        draws, plans, periods = self.draws, care.adoptions, care.periods
        count = rows(plans)
        child = periods["child"][plans["period"]]
        placed = ~np.isnat(plans["placed_for_adoption_date"])
        place_of = care.episodes["placement_type_code"]
        by_carer = np.zeros(rows(periods), dtype=bool)
        by_carer[care.episodes["period"][np.isin(place_of, ["A3", "A5"])]] = True
        adopter = self.first_event + np.arange(count)
        later = {name: () for name in (
            "placement_order_date", "early_permanence_date")}  # fmt: skip
        frame = {
            "adoption_journey_id": self.number(plans),
            **self.of_child(child),
            "care_period_id": self.first_event + plans["period"],
            "family_id": self.family_ids(self.kids["family"][child]),
            "permanence_order_type": np.where(placed, "adoption", ""),
            "is_adopted_by_former_carer": by_carer[plans["period"]],
            "siblings_placed_together_count": draws.between(1, 2, count),
            "siblings_placed_apart_count": draws.between(0, 2, count),
            "adopter_id": nullable(adopter, placed),
            **{name: column for name, column in plans.items() if name != "period"},
        }
        known = until(
            frame, self.last, "adoption_decision_date",
            {
                **later,
                "decision_reversed_date": ("decision_reversed_reason_code",),
                "matched_date": (
                    "adopter_id", "adopter_sex_code", "adopter_legal_status_code",
                    "adopter_count",
                ),
                "placed_for_adoption_date": (
                    "siblings_placed_together_count", "siblings_placed_apart_count",
                ),
                "permanence_order_date": (
                    "permanence_order_type", "is_adopted_by_former_carer",
                ),
            },
        )  # fmt: skip
        # A decision that was reversed came to no adopters.
        no_match = np.isnat(known["matched_date"])
        for name in ("adopter_sex_code", "adopter_legal_status_code"):
            known[name] = np.where(no_match, "", known[name])
        for name in ("adopter_count", "is_adopted_by_former_carer",
                     "siblings_placed_together_count", "siblings_placed_apart_count"):  # fmt: skip
            column = known[name]
            known[name] = np.ma.MaskedArray(
                np.ma.getdata(column), mask=np.ma.getmaskarray(column) | no_match
            )
        self.write("adoption_journeys", known)
        self._adopters(take(plans, placed), adopter[placed])

    def _adopters(self, plans: Frame, ids: Column) -> None:
        draws = self.draws
        matched = plans["matched_date"]
        enquiry = matched - draws.between(260, 700, len(ids))
        lost = int(draws.rates["adopter_attrition"] * len(ids))
        span = max((self.last - self.options.detail_from).astype(int), 1)
        enquiry = np.concatenate([enquiry, self.options.detail_from + draws.between(0, span, lost)])
        count = len(enquiry)
        gone = np.arange(count) >= len(ids)
        none = np.full(lost, NO_DAY)
        left = np.where(gone, enquiry + draws.between(30, 300, count), NO_DAY)
        frame = {
            "adopter_id": np.concatenate([ids, ids.max(initial=self.first_event) + 1
                                          + np.arange(lost)]),
            "local_authority_code": np.full(count, self.authority.code),
            "sex_code": np.where(draws.chance(0.55, count), "F", "M"),
            "ethnicity_code": draws.pick("ethnicity", count),
            "is_disabled": draws.chance(0.03, count),
            "is_fostering_for_adoption": draws.chance(0.15, count),
            "enquiry_date": enquiry,
            "stage_1_start_date": np.where(gone, NO_DAY, enquiry + 25),
            "stage_1_end_date": np.where(gone, NO_DAY, enquiry + 85),
            "stage_2_start_date": np.where(gone, NO_DAY, enquiry + 95),
            "stage_2_end_date": np.where(gone, NO_DAY, enquiry + 210),
            "application_date": np.where(gone, NO_DAY, enquiry + 215),
            "approval_date": np.where(gone, NO_DAY, enquiry + 230),
            "matched_date": np.concatenate([matched, none]),
            "placed_date": np.concatenate([plans["placed_for_adoption_date"], none]),
            "adoption_order_date": np.concatenate([plans["permanence_order_date"], none]),
            "left_date": left,
            "left_reason": np.where(gone, draws.pick("adopter_leaving", count), ""),
        }  # fmt: skip
        frame = take(frame, enquiry >= self.options.detail_from - 900)
        ends = {name: () for name in frame if name.endswith("_date")
                and name not in ("enquiry_date", "left_date")}  # fmt: skip
        frame = until(frame, self.last, "enquiry_date", ends | {"left_date": ("left_reason",)})
        children = np.ones(rows(frame), dtype=np.int64)
        frame["children_placed_count"] = nullable(children, ~np.isnat(frame["placed_date"]))
        self.write("adopters", sort(frame, ["adopter_id"]))

    def previous_permanence(self, care: Care) -> None:
        """What is asked when care starts."""
        draws = self.draws
        which = np.flatnonzero(~care.periods["is_short"] & (care.periods["start"] <= self.last))
        start = care.periods["start"][which]
        some = draws.chance_of("previous_permanence", len(which))
        some &= start > birthday(self.kids["date_of_birth"][care.periods["child"][which]], 2)
        code = np.where(some, draws.pick("previous_permanence", len(which)), "Z1")
        on = start - draws.between(200, 500, len(which))
        written = np.datetime_as_string(on, unit="D")
        text = np.array([f"{t[8:10]}/{t[5:7]}/{t[:4]}" for t in written], dtype="U10")
        vague = draws.chance(0.2, len(which))
        text = np.where(vague, np.array([f"zz/{t[3:]}" for t in text], dtype="U10"), text)
        dated = some & (code != "P4")
        self.write(
            "previous_permanence",
            {
                **self.of_child(care.periods["child"][which]),
                "care_period_id": self.first_event + which,
                "period_start_date": start,
                "previous_permanence_code": code,
                "order_date_text": np.where(dated, text, ""),
                "order_authority_code": np.where(dated, self.authority.code, ""),
            },
        )

    def leavers(self, found: Frame) -> None:
        """Positions at birthdays."""
        found = sort(found, ["child", "position_date"])
        home = found["accommodation_code"]
        last = np.array([code[-1:] for code in home], dtype="U1")
        first = np.array([code[:1] for code in home], dtype="U1")
        suits = ~np.isin(first, ["0", "G", "H", "R"])
        self.write(
            "care_leavers",
            {
                **self.of_child(found["child"]),
                **{name: found[name] for name in ("position_date", "age_turned", "contact_code",
                                                  "activity_code", "accommodation_code")},
                "return_year": reporting_year(found["position_date"]),
                "is_suitable": nullable(last == "1", suits),
            },
        )  # fmt: skip


EPISODES = """
insert into world.care_episodes by name
select
    episodes.* exclude (setting),
    coalesce(postcodes.local_authority_code, nullif(left(episodes.placement_postcode, 3), 'ZZ0'))
        as placement_local_authority_code,
    postcodes.local_authority_code = episodes.local_authority_code as is_inside_authority,
    round(
        sqrt(
            pow(postcodes.easting - homes.easting, 2) + pow(postcodes.northing - homes.northing, 2)
        ) / 1609.344, 1
    ) as placement_distance_miles
from episodes
left join world.postcodes as postcodes on episodes.placement_postcode = postcodes.postcode
left join world.postcodes as homes on episodes.home_postcode = homes.postcode
order by episodes.care_episode_id;

insert into world.placements by name
select
    placement_id,
    child_id,
    local_authority_code,
    care_period_id,
    min(episode_start_date) as placement_start_date,
    case when bool_or(episode_end_date is null) then null else max(episode_end_date) end
        as placement_end_date,
    max_by(placement_type_code, episode_start_date) filter (where not is_away)
        as placement_type_code,
    max_by(placement_provider_code, episode_start_date) filter (where not is_away)
        as placement_provider_code,
    nullif(max_by(setting, episode_start_date) filter (where not is_away), 0) as setting_id,
    max_by(ofsted_urn, episode_start_date) filter (where not is_away) as ofsted_urn,
    nullif(max_by(coalesce(placement_change_reason_code, ''), episode_start_date), '')
        as placement_change_reason_code,
    max_by(placement_distance_miles, episode_start_date) filter (where not is_away)
        as placement_distance_miles,
    max_by(is_inside_authority, episode_start_date) filter (where not is_away)
        as is_inside_authority,
    max_by(placement_local_authority_code, episode_start_date) filter (where not is_away)
        as placement_local_authority_code,
    max_by(placement_postcode, episode_start_date) filter (where not is_away)
        as placement_postcode,
    max_by(service_code, episode_start_date) filter (where not is_away) as service_code,
    max_by(placement_type_code, episode_start_date) filter (where not is_away) like 'A%'
        as is_adoptive
from (
    select
        written.*,
        known.setting,
        settings_of_care.service_code,
        written.placement_type_code like 'T_' as is_away
    from episodes as known
    inner join world.care_episodes as written using (care_episode_id)
    left join world.settings_of_care on known.setting = settings_of_care.setting_id
) as lived
group by all
order by placement_id;

insert into world.legal_statuses by name
select
    min(care_episode_id) as legal_status_id,
    child_id,
    local_authority_code,
    care_period_id,
    legal_status_code,
    min(episode_start_date) as legal_status_start_date,
    case when bool_or(episode_end_date is null) then null else max(episode_end_date) end
        as legal_status_end_date
from (
    select
        *,
        sum(case when legal_status_code = before then 0 else 1 end) over (
            partition by care_period_id order by episode_start_date
        ) as spell
    from (
        select
            *,
            lag(legal_status_code) over (
                partition by care_period_id order by episode_start_date
            ) as before
        from episodes
    ) as followed
) as counted
group by child_id, local_authority_code, care_period_id, legal_status_code, spell
order by legal_status_id;
"""
