"""Teams, posts, the people who hold them one after another, and whose cases are whose.

Every post is held without gap: by somebody employed, by an agency worker, or, where it is vacant,
by the manager of the team on duty. So a case that is with a post is always with somebody.
"""

from dataclasses import dataclass

import duckdb
import numpy as np

from orchestration.simulate.care import Care
from orchestration.simulate.draws import (
    NO_DAY,
    WORKING,
    Column,
    Draws,
    Frame,
    birthday,
    earliest,
    nullable,
    repeat,
    rows,
    stack,
    take,
)
from orchestration.simulate.leaving import find_leavers
from orchestration.simulate.need import Needs
from orchestration.simulate.options import Options
from orchestration.simulate.people import Authority
from orchestration.simulate.store import insert, until

# Team type, its letters, service area, one for each zone, cases of a worker, staff group.
TEAM_TYPES = [
    ("assessment", "ASM", "child_protection", True, 15.0, "qualified_social_worker"),
    ("safeguarding", "SAF", "child_protection", True, 15.0, "qualified_social_worker"),
    ("children_in_care", "CIC", "child_protection", True, 14.0, "qualified_social_worker"),
    ("disabled_children", "DIS", "disabled_children", False, 16.0, "qualified_social_worker"),
    ("leaving_care", "LVC", "leaving_care", False, 22.0, "personal_adviser"),
    ("early_help", "EH", "early_help", False, 14.0, "other_fieldwork"),
    ("front_door", "FD", "child_protection", False, 0.0, "qualified_social_worker"),
    ("reviewing", "REV", "child_protection", False, 0.0, "qualified_social_worker"),
    ("fostering", "FOS", "foster_care", True, 0.0, "qualified_social_worker"),
    ("adoption", "ADO", "adoption", False, 0.0, "qualified_social_worker"),
]  # fmt: skip
# Social workers without cases of their own, for each who has some.
WITHOUT_CASES = {"front_door": 0.18, "reviewing": 0.16, "fostering": 0.28, "adoption": 0.10}
ZONE_NAMES = {"N": "North", "S": "South", "E": "East", "W": "West"}
FOREVER = np.datetime64("2200-01-01", "D")


@dataclass
class Staff:
    """The workforce of an authority, and who held which case when.

    ``allocations`` are sorted by child and start; ``worker`` is a position in ``people``.
    """

    services: Frame
    teams: Frame
    posts: Frame
    people: Frame
    roles: Frame
    allocations: Frame
    zone_of_child: Column

    def team_for(self, team_type: str, child: Column) -> Column:
        """The team of that type that serves each child's zone, or the whole authority."""
        here = self.teams["team_type"] == team_type
        team_ids, zones = self.teams["team_id"][here], self.teams["zone_code"][here]
        if len(team_ids) == 1:
            return np.full(len(child), team_ids[0])
        order = np.argsort(zones)
        at = np.searchsorted(zones[order], self.zone_of_child[child])
        serving: Column = team_ids[order][at]
        return serving

    def worker_at(self, child: Column, on: Column) -> Column:
        """Who held the case of each child on a day; empty where nobody did."""
        held = self.allocations
        key = held["child"] * 100_000 + held["start"].astype(int)
        wanted = child * 100_000 + np.where(np.isnat(on), 0, on.astype(int))
        at = np.searchsorted(key, wanted, side="right") - 1
        found = at >= 0
        at = np.maximum(at, 0)
        if not len(key):
            return np.full(len(child), "", dtype="U10")
        found &= (held["child"][at] == child) & (held["end"][at] > on)
        return np.where(found, self.people["worker_id"][held["worker"][at]], "")


def employ(
    authority: Authority,
    homes: Frame,
    kids: Frame,
    needs: Needs,
    care: Care,
    draws: Draws,
    options: Options,
) -> Staff:
    """Teams and posts sized to the cases there are, people in them, and allocations."""
    zone_of_child = homes["zone_code"][kids["family"]]
    zones = np.unique(homes["zone_code"])
    services, teams = _services_and_teams(authority, zones, options)
    staff_from = options.detail_from - 3 * 365
    cases = _cases(homes, kids, needs, care, teams, zone_of_child, staff_from, draws, options)
    seats, posts = _posts(authority, teams, cases, draws, staff_from, options)
    cases["post"] = _seat(cases, seats, draws)
    cases = _hand_over(cases, seats, draws)
    people, roles, holders = _hold(authority, posts, teams, draws, staff_from, options)
    allocations = _allocate(cases, holders, draws)
    return Staff(services, teams, posts, people, roles, allocations, zone_of_child)


def _services_and_teams(
    authority: Authority, zones: Column, options: Options
) -> tuple[Frame, Frame]:
    services, teams = [], []
    for team_type, letters, area, by_zone, _, _ in TEAM_TYPES:
        for zone in zones if by_zone else [""]:
            letter = str(zone)[-1:]
            end = f"-{letter}" if letter else ""
            name = team_type.replace("_", " ").capitalize()
            name += f" {ZONE_NAMES[letter]}" if letter else ""
            service = f"{authority.code}-{letters}{end}"
            services.append((service, name, area, str(zone)))
            teams.append((f"{authority.code}-T-{letters}{end}", name, team_type, service, zone))
    services.append((f"{authority.code}-RES", "Children's homes", "residential_care", ""))
    code, names, areas, zones_of = (np.array(column) for column in zip(*services, strict=True))
    team, team_names, types, served, team_zones = (
        np.array(column) for column in zip(*teams, strict=True)
    )
    return (
        {
            "service_code": code,
            "local_authority_code": np.full(len(code), authority.code),
            "service_name": names,
            "service_area_code": areas,
            "zone_code": zones_of,
            "start_date": np.full(len(code), options.lives_from),
        },
        {
            "team_id": team,
            "local_authority_code": np.full(len(team), authority.code),
            "team_name": team_names,
            "team_type": types,
            "service_code": served,
            "zone_code": team_zones,
        },
    )


def _cases(
    homes: Frame,
    kids: Frame,
    needs: Needs,
    care: Care,
    teams: Frame,
    zone_of_child: Column,
    staff_from: np.datetime64,
    draws: Draws,
    options: Options,
) -> Frame:
    """Spells of a case with one kind of team: assessment, support, care, support, leaving care."""
    referrals = needs.referrals
    count = int(referrals["referral"].max()) + 1 if rows(referrals) else 0
    by_referral = {name: np.full(count, NO_DAY) for name in ("assessed", "care", "left")}
    by_referral["assessed"][needs.assessments["referral"]] = needs.assessments[
        "assessment_authorised_date"
    ]
    periods = take(care.periods, ~care.periods["is_short"])
    by_referral["care"][periods["referral"]] = periods["start"]
    by_referral["left"][periods["referral"]] = periods["end"]
    number, child = referrals["referral"], referrals["child"]
    start, closed = referrals["referral_date"], referrals["closure_date"]
    assessed, begins, left = (by_referral[name][number] for name in ("assessed", "care", "left"))
    adult = birthday(kids["date_of_birth"], 18)[child]
    first_end = earliest(assessed, begins, closed)
    support_end = earliest(begins, closed)
    kind = np.where(referrals["primary_need_code"] == "N2", "disabled_children", "safeguarding")
    leavers = find_leavers(care, kids, options)
    until_25 = draws.chance(0.15, rows(leavers))
    born = kids["date_of_birth"][leavers["child"]]
    spells = [
        ("assessment", child, number, start, first_end),
        (kind, child, number, first_end, support_end),
        ("children_in_care", child, number, begins, left),
        (kind, child, number, left, np.minimum(closed, np.maximum(adult, left))),
        (
            "leaving_care", leavers["child"], np.full(rows(leavers), -1), birthday(born, 18),
            birthday(born, np.where(until_25, 25, 21)),
        ),
    ]  # fmt: skip
    frames = []
    for stage, (team_type, of, referral, begin, end) in enumerate(spells):
        frame = {
            "child": of, "referral": referral, "start": begin, "end": end,
            "team_type": np.broadcast_to(np.asarray(team_type, dtype="U20"), of.shape).copy(),
            "stage": np.full(len(of), stage),
        }  # fmt: skip
        seen = (frame["start"] < frame["end"]) & (frame["end"] > staff_from)
        seen &= frame["start"] <= options.last_day
        frames.append(take(frame, seen))
    cases = stack(frames)
    cases["start"] = np.maximum(cases["start"], staff_from)
    died = kids["date_of_death"][cases["child"]]
    cases["end"] = earliest(cases["end"], died)
    cases = take(cases, cases["start"] < cases["end"])
    team_of = np.full(rows(cases), -1)
    for position, (team_type, zone) in enumerate(
        zip(teams["team_type"], teams["zone_code"], strict=True)
    ):
        here = cases["team_type"] == team_type
        if zone:
            here &= zone_of_child[cases["child"]] == zone
        team_of[here] = position
    cases["team"] = team_of
    cases["family"] = kids["family"][cases["child"]]
    return cases


def _posts(
    authority: Authority,
    teams: Frame,
    cases: Frame,
    draws: Draws,
    staff_from: np.datetime64,
    options: Options,
) -> tuple[Frame, Frame]:
    """``seats``: first post and number of posts with cases of each team; and all posts.

    The first post of each team is its manager's.
    """
    span = (options.last_day - staff_from).astype(int)
    open_days = (np.minimum(cases["end"], options.last_day) - cases["start"]).astype(float)
    held = np.bincount(cases["team"], weights=open_days, minlength=rows(teams)) / span
    kinds = {row[0]: row for row in TEAM_TYPES}
    per_worker = np.array([kinds[str(t)][4] for t in teams["team_type"]])
    with_cases = np.where(
        per_worker > 0, np.maximum(np.ceil(held / np.maximum(per_worker, 1)), 1), 0
    ).astype(int)
    social = np.array([kinds[str(t)][5] == "qualified_social_worker" for t in teams["team_type"]])
    total = with_cases[social].sum()
    for team_type, share in WITHOUT_CASES.items():
        here = np.flatnonzero(teams["team_type"] == team_type)
        with_cases[here] = max(1, round(share * total / len(here)))
    per_team = with_cases + 1
    of, number = repeat(per_team)
    is_manager = number == 0
    group = np.array([kinds[str(t)][5] for t in teams["team_type"]])[of]
    has_cases = per_worker[of] > 0
    senior = draws.chance(0.15, len(of))
    role = np.where(has_cases, np.where(senior, "4", "5"), np.where(senior, "4", "6"))
    role = np.where(group == "qualified_social_worker", role, "")
    posts: Frame = {
        "post_id": np.array([f"{authority.code}P{n:05d}" for n in range(1, len(of) + 1)]),
        "local_authority_code": np.full(len(of), authority.code),
        "team": of,
        "team_id": teams["team_id"][of],
        "staff_group_code": np.where(is_manager, "manager", group),
        "org_role_code": np.where(is_manager, "3", role),
        # Part of a week is what the post is for: whoever holds it fills it.
        "budgeted_fte": np.array([1.0, 0.8, 0.6, 0.5])[
            np.searchsorted([0.75, 0.86, 0.96], draws.rng.random(len(of)))
        ],
        "required_credential_code": np.select(
            [group == "qualified_social_worker", group == "other_fieldwork"],
            ["social_work_england", "family_support_award"],
            "",
        ),
        "is_manager": is_manager,
    }
    # The heads of service manage the managers.
    heads = np.flatnonzero(is_manager & np.isin(of, np.arange(0, rows(teams), 6)))
    posts["org_role_code"][heads] = "2"
    posts["org_role_code"][heads[:1]] = "1"
    first = np.cumsum(per_team) - per_team
    return {"first": first + 1, "count": with_cases}, posts


def _seat(cases: Frame, seats: Frame, draws: Draws) -> Column:
    """A post for each spell; brothers and sisters who come together go to the same one."""
    key = (cases["family"] * 8 + cases["stage"]) * 100_000 + cases["start"].astype(int)
    _, together = np.unique(key, return_inverse=True)
    at = draws.rng.random(int(together.max()) + 1 if len(together) else 0)[together]
    post: Column = seats["first"][cases["team"]] + (at * seats["count"][cases["team"]]).astype(int)
    return post


def _hand_over(cases: Frame, seats: Frame, draws: Draws) -> Frame:
    """Some cases pass to a colleague although the worker stays: cut the spell in two."""
    days = (cases["end"] - cases["start"]).astype(int)
    chance = 1 - np.exp(-draws.rates["caseload_moves"] * np.minimum(days, 3000) / 365.25)
    moves = draws.chance(chance, rows(cases)) & (days > 30) & (seats["count"][cases["team"]] > 1)
    cut = (
        cases["start"] + 10 + (draws.rng.random(rows(cases)) * np.maximum(days - 20, 1)).astype(int)
    )
    cases["why"] = np.where(cases["stage"] == 0, "FCONTA", "TSPROC")
    later = take(cases, moves)
    later["start"] = cut[moves]
    count = seats["count"][later["team"]]
    # Another seat of the team than the one before.
    place = later["post"] - seats["first"][later["team"]]
    step = 1 + (draws.rng.random(rows(later)) * (count - 1)).astype(int)
    later["post"] = seats["first"][later["team"]] + (place + step) % count
    later["why"] = draws.pick("team_change_reason", rows(later))
    cases["end"] = np.where(moves, cut, cases["end"])
    both = stack([cases, later])
    return take(both, np.lexsort([both["start"], both["child"]]))


def _hold(
    authority: Authority,
    posts: Frame,
    teams: Frame,
    draws: Draws,
    staff_from: np.datetime64,
    options: Options,
) -> tuple[Frame, Frame, Frame]:
    """People, the roles they held, and who held each post, gap for gap.

    A post is left at random times; half of the vacancies last long, and most of them are covered
    by one agency worker after another.
    """
    rates, last = draws.rates, options.last_day
    count = rows(posts)
    tenure = 365.25 / rates["turnover"]
    vacancy = tenure * rates["vacancy_share"] / (1 - rates["vacancy_share"])
    spells: list[Frame] = []
    at = np.full(count, staff_from)
    # Employed at the start, as in a settled service; managers' posts are never vacant.
    vacant_until = np.full(count, NO_DAY)
    starts_vacant = draws.chance(rates["vacancy_share"], count) & ~posts["is_manager"]
    vacant_until[starts_vacant] = staff_from + draws.days(vacancy, int(starts_vacant.sum()), 1.0)
    live = np.arange(count)
    first = True
    while len(live):
        vacant = at[live] < vacant_until[live]
        covered = draws.chance(0.92, len(live))
        mean = np.where(vacant, np.where(covered, 210.0, 75.0), tenure)
        end = at[live] + draws.days(mean, len(live), 1.0)
        end = np.where(vacant, np.minimum(end, vacant_until[live]), end)
        elapsed = (
            draws.days(tenure * 0.6, len(live), 1.0) if first else np.zeros(len(live), dtype=int)
        )
        spells.append(
            {
                "post": live, "start": at[live], "end": end,
                "kind": np.where(vacant, np.where(covered, 1, 2), 0),
                "role_start": at[live] - np.where(vacant, np.minimum(elapsed, 60), elapsed),
            }
        )  # fmt: skip
        falls_vacant = ~vacant & ~posts["is_manager"][live]
        gap = draws.days(vacancy, len(live), 1.0)
        vacant_until[live] = np.where(falls_vacant, end + gap, vacant_until[live])
        at[live] = end
        live = live[end <= last]
        first = False
    held = stack(spells)
    held = take(held, np.lexsort([held["start"], held["post"]]))
    has_person = held["kind"] < 2
    people, roles = _people(authority, posts, take(held, has_person), draws, options)
    worker = np.full(rows(held), -1)
    worker[has_person] = np.arange(int(has_person.sum()))
    held["worker"] = worker
    roles["line_manager"] = _line_managers(posts, held, roles)
    return people, roles, _with_cover(posts, held)


def _people(
    authority: Authority, posts: Frame, held: Frame, draws: Draws, options: Options
) -> tuple[Frame, Frame]:
    """One person for each spell in a post, and the role the spell is."""
    count = rows(held)
    post = held["post"]
    group = posts["staff_group_code"][post]
    agency = held["kind"] == 1
    social = (group == "qualified_social_worker") | (group == "manager")
    serial = np.arange(1, count + 1)
    registration = np.array([f"SW{authority.number:02d}{n:05d}" for n in serial])
    age = draws.between(24, 62, count)
    people: Frame = {
        "worker_id": np.array([f"W{authority.number:02d}{n:05d}" for n in serial]),
        "local_authority_code": np.full(count, authority.code),
        "professional_id": np.array([f"{authority.number}{n:06d}" for n in serial]),
        "registration_number": np.where(social, registration, ""),
        "worker_name": np.array([f"Worker {n}" for n in serial]),
        "date_of_birth": held["role_start"] - age * 365 - draws.between(0, 364, count),
        "sex_code": np.where(draws.chance(0.86, count), "F", "M"),
        "ethnicity_code": draws.pick("worker_ethnicity", count),
        "qualification_level_code": np.where(social, draws.pick("qualification_level", count), ""),
        "qualifying_institution": np.where(
            social,
            np.char.add("University of Invention ", draws.between(1, 9, count).astype("U2")),
            "",
        ),
        "qualified_date": np.where(
            social, held["role_start"] - 30 - draws.days(1500, count), NO_DAY
        ),
        "is_step_up_graduate": nullable(draws.chance(0.05, count), social),
        "is_frontline_graduate": nullable(draws.chance(0.04, count), social),
    }
    left = (held["end"] <= options.last_day) & ~agency
    fixed = draws.chance(0.05, count)
    roles: Frame = {
        "worker": np.arange(count),
        "post": post,
        "role_start_date": held["role_start"],
        "role_end_date": held["end"],
        "employed_from_date": held["role_start"],
        "employed_to_date": held["end"],
        "employment_type_code": np.where(
            agency, "agency", np.where(fixed, "fixed_term", "permanent")
        ),
        "is_agency_worker": agency,
        "fte": posts["budgeted_fte"][post],
        "start_origin_code": np.where(social & ~agency, draws.pick("start_origin", count), ""),
        "leaving_reason_code": np.where(left, draws.pick("leaving_reason", count), ""),
        "leaving_destination_code": np.where(left, draws.pick("leaving_destination", count), ""),
        "contract_weeks": np.where(agency, draws.between(8, 40, count).astype(float), np.nan),
    }
    return people, roles


def _line_managers(posts: Frame, held: Frame, roles: Frame) -> Column:
    """Who manages the team when a role begins; managers have the head of the first team."""
    chief_post = int(np.flatnonzero(posts["is_manager"])[0])
    manager_post = np.flatnonzero(posts["is_manager"])[posts["team"][roles["post"]]]
    manager_post = np.where(posts["is_manager"][roles["post"]], chief_post, manager_post)
    key = held["post"] * 100_000 + held["start"].astype(int)
    wanted = manager_post * 100_000 + np.maximum(
        roles["role_start_date"], held["start"].min()
    ).astype(int)
    manager: Column = held["worker"][np.searchsorted(key, wanted, side="right") - 1]
    return np.where(manager == roles["worker"], -1, manager)


def _with_cover(posts: Frame, held: Frame) -> Frame:
    """Who answers for each post on each day: where it stands empty, the manager of the team."""
    empty = np.flatnonzero(held["worker"] < 0)
    manager_post = np.flatnonzero(posts["is_manager"])[posts["team"][held["post"][empty]]]
    key = held["post"] * 100_000 + held["start"].astype(int)
    first = (
        np.searchsorted(
            key, manager_post * 100_000 + held["start"][empty].astype(int), side="right"
        )
        - 1
    )
    last = (
        np.searchsorted(key, manager_post * 100_000 + held["end"][empty].astype(int), side="left")
        - 1
    )
    of, copy = repeat(last - first + 1)
    manager = first[of] + copy
    cover = {
        "post": held["post"][empty][of],
        "start": np.maximum(held["start"][empty][of], held["start"][manager]),
        "end": np.minimum(held["end"][empty][of], held["end"][manager]),
        "worker": held["worker"][manager],
        "on_duty": np.ones(len(of), dtype=bool),
    }
    filled = np.flatnonzero(held["worker"] >= 0)
    own = {name: held[name][filled] for name in ("post", "start", "end", "worker")} | {
        "on_duty": np.zeros(len(filled), dtype=bool)
    }
    both = stack([own, cover])
    return take(both, np.lexsort([both["start"], both["post"]]))


def _allocate(cases: Frame, holders: Frame, draws: Draws) -> Frame:
    """Each spell of a case with each person who held the post during it."""
    key = holders["post"] * 100_000 + holders["start"].astype(int)
    first = (
        np.searchsorted(key, cases["post"] * 100_000 + cases["start"].astype(int), side="right") - 1
    )
    last = np.searchsorted(key, cases["post"] * 100_000 + cases["end"].astype(int), side="left") - 1
    of, copy = repeat(last - first + 1)
    holder = first[of] + copy
    left = np.where(draws.chance(0.9, len(of)), "LEFTRL", "ABSENC")
    stage = cases["stage"][of]
    role = np.select(
        [holders["on_duty"][holder], stage == 4], ["duty", "personal_adviser"],
        "key_social_worker",
    )  # fmt: skip
    allocations = {
        "child": cases["child"][of],
        "referral": cases["referral"][of],
        "worker": holders["worker"][holder],
        "team": cases["team"][of],
        "role": role,
        "start": np.maximum(cases["start"][of], holders["start"][holder]),
        "end": np.minimum(cases["end"][of], holders["end"][holder]),
        "why": np.where(copy == 0, cases["why"][of], left),
    }
    allocations = take(allocations, allocations["start"] < allocations["end"])
    allocations = take(allocations, np.lexsort([allocations["start"], allocations["child"]]))
    # One worker of a kind at a time: who comes next ends the spell of who was there.
    follows = np.append(allocations["child"][1:] == allocations["child"][:-1], False)
    next_start = np.append(allocations["start"][1:], allocations["start"][-1:])
    ends_early = follows & (allocations["end"] > next_start)
    allocations["end"] = np.where(ends_early, next_start, allocations["end"])
    return take(allocations, allocations["start"] < allocations["end"])


def insert_workforce(
    connection: duckdb.DuckDBPyConnection,
    authority: Authority,
    staff: Staff,
    kids: Frame,
    draws: Draws,
    options: Options,
    first_event: int,
) -> None:
    """Write teams, posts, people, roles, absences and allocations into the world."""
    last = options.last_day
    insert(connection, "services", staff.services)
    insert(connection, "teams", staff.teams)
    posts = {
        name: column for name, column in staff.posts.items() if name not in ("team", "is_manager")
    }
    posts["post_start_date"] = np.full(rows(posts), options.detail_from - 3 * 365)
    insert(connection, "posts", posts)
    roles = staff.roles | {"is_known": np.ones(rows(staff.roles), dtype=bool)}
    roles = until(
        roles, last, "role_start_date",
        {"role_end_date": ("leaving_reason_code", "leaving_destination_code"),
         "employed_to_date": ()},
    )  # fmt: skip
    insert(connection, "staff", take(staff.people, np.unique(roles["worker"])))
    post, manager = roles["post"], roles["line_manager"]
    insert(
        connection,
        "workers",
        {
            name: column
            for name, column in roles.items()
            if name not in ("worker", "post", "line_manager", "is_known")
        }
        | {
            "worker_id": staff.people["worker_id"][roles["worker"]],
            "local_authority_code": np.full(rows(roles), authority.code),
            "post_id": staff.posts["post_id"][post],
            "team_id": staff.posts["team_id"][post],
            "staff_group_code": staff.posts["staff_group_code"][post],
            "org_role_code": staff.posts["org_role_code"][post],
            "line_manager_id": np.where(manager >= 0, staff.people["worker_id"][manager], ""),
        },
    )
    insert(connection, "absences", _absences(authority, staff, draws, options, first_event))
    held = until(staff.allocations, last, "start", {"end": ()})
    insert(
        connection,
        "allocations",
        {
            "allocation_id": first_event + np.arange(rows(held)),
            "child_id": kids["child_id"][held["child"]],
            "local_authority_code": np.full(rows(held), authority.code),
            "referral_id": nullable(first_event + held["referral"], held["referral"] >= 0),
            "worker_id": staff.people["worker_id"][held["worker"]],
            "team_id": staff.teams["team_id"][held["team"]],
            "allocation_role_code": held["role"],
            "allocation_start_date": held["start"],
            "allocation_end_date": held["end"],
            "change_reason_code": held["why"],
        },
    )


def _absences(
    authority: Authority, staff: Staff, draws: Draws, options: Options, first_event: int
) -> Frame:
    """Sickness and parental leave of employed workers; spells of one worker do not overlap."""
    roles = take(staff.roles, ~staff.roles["is_agency_worker"])
    start = np.maximum(roles["role_start_date"], options.detail_from)
    end = np.minimum(roles["role_end_date"], options.last_day + 1)
    years = np.maximum((end - start).astype(int), 0) / 365.25
    of_sick, _ = repeat(draws.rng.poisson(years * draws.rates["sickness_spells"]))
    of_leave, _ = repeat(draws.rng.poisson(years * draws.rates["maternity"]))
    of = np.concatenate([of_sick, of_leave])
    is_leave = np.arange(len(of)) >= len(of_sick)
    long = draws.chance(0.12, len(of))
    days = np.where(long, draws.days(48, len(of), 1.0), draws.days(3, len(of), 1.0))
    days = np.where(is_leave, draws.between(120, 330, len(of)), days)
    begins = start[of] + (draws.rng.random(len(of)) * (end - start)[of].astype(int)).astype(int)
    ends = np.minimum(begins + days, roles["role_end_date"][of])
    frame = {
        "worker": roles["worker"][of], "fte": roles["fte"][of], "begins": begins, "ends": ends,
        "reason": np.where(is_leave, "MAT", np.where(draws.chance(0.97, len(of)), "SIC", "OTH")),
    }  # fmt: skip
    frame = take(frame, np.lexsort([frame["begins"], frame["worker"]]))
    latest = np.maximum.accumulate(frame["worker"] * 100_000 + frame["ends"].astype(int))
    free = np.ones(rows(frame), dtype=bool)
    free[1:] = frame["worker"][1:] * 100_000 + frame["begins"][1:].astype(int) > latest[:-1]
    frame = take(frame, free & (frame["ends"] > frame["begins"]))
    known_end = np.minimum(frame["ends"], options.last_day + 1)
    lost = np.busday_count(frame["begins"], known_end, busdaycal=WORKING) * frame["fte"]
    return {
        "absence_id": first_event + np.arange(rows(frame)),
        "worker_id": staff.people["worker_id"][frame["worker"]],
        "local_authority_code": np.full(rows(frame), authority.code),
        "absence_start_date": frame["begins"],
        "absence_end_date": np.where(frame["ends"] > options.last_day, NO_DAY, frame["ends"]),
        "absence_reason_code": frame["reason"],
        "working_days_lost": np.round(lost, 2),
    }
