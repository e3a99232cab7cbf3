"""Invented children's journeys through referral, need, protection, care and leaving care.

Journeys are lived one event after another, and beyond 31 March 2026 where they run on: what a
return knows of them is the affair of ``sample_maker``. The same seed gives the same lives.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

YEARS = (2024, 2025, 2026)
LAST = date(2026, 3, 31)
# Well before the first return, so that it meets settled numbers: children still in care since
# 2008, plans that have lasted years, families referred before.
CARE_FROM, REFERRALS_FROM, WRITTEN_FROM = date(2008, 4, 1), date(2018, 4, 1), date(2023, 4, 1)
# Around 1 April, and 913 days before 31 March, "at least" could be read two ways: nothing
# happens on these days, so that the truth does not hang on one reading.
EDGES = {(3, 29), (3, 30), (3, 31), (4, 1), (4, 2), (4, 3)} | {(9, n) for n in range(27, 31)}
EDGES |= {(10, 1), (10, 2)}
BANK_HOLIDAYS = """2023-04-07 2023-04-10 2023-05-01 2023-05-08 2023-05-29 2023-08-28 2023-12-25
2023-12-26 2024-01-01 2024-03-29 2024-04-01 2024-05-06 2024-05-27 2024-08-26 2024-12-25
2024-12-26 2025-01-01 2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-08-25 2025-12-25
2025-12-26 2026-01-01"""
NEEDS = "N1:58 N2:8 N3:4 N4:9 N5:15 N6:2 N7:1 N8:3"
SOURCES = "6:29 2A:19 1A:8 3B:5 3E:4 3F:6 5A:5 5B:6 5D:6 4:2 7:4 8:5 9:2 1C:1"
FACTORS = "3B:22 4B:20 17A:14 16A:13 4A:10 2B:8 1B:7 3A:6 18C:5 14A:4 5A:4 6A:3 24A:3 19C:2 10A:2"
ETHNIC = "WBRI:74 WOTH:5 MWBC:3 MWAS:2 MOTH:2 BAFR:3 BCRB:2 APKN:3 AOTH:2 OOTH:2 WROM:1 NOBT:1"
REASONS = "CARPL:48 CREQB:18 CREQO:10 CHILD:6 LAREQ:6 CLOSE:5 STAND:3 ALLEG:2 OTHER:2"
HOMES = {
    4: "U6:72 U5:6 U3:16 P1:5 R3:1",
    12: "U6:44 U4:28 U1:8 U3:6 K2:8 P1:5 Z1:1",
    15: "U6:26 U4:30 U1:6 K2:28 K1:1 S1:2 P1:5 Z1:2",
    99: "U4:26 U6:12 K2:26 H5:16 P1:4 R5:1 R2:1 Z1:2",
}
PROVIDERS = {"U": "PR1:60 PR4:34 PR5:6", "A": "PR1:70 PR5:30", "K": "PR4:78 PR1:22"}
PROVIDERS["H"] = "PR4:4 PR5:1"
LIVES_IN = "U1:31 B1:14 D1:21 Z1:12 E1:6 T1:3 K1:3 Y1:2 C1:3 X2:2 S2:1 W2:1 V2:1 U2:1 R2:1 G1:1"
WEIGHTS = "nfa:8.7 closed:28 plan:21 enquiry:8 protect:25 care:15"


@dataclass
class Placement:
    start: date
    place: str
    provider: str
    post: str
    urn: str
    reason: str = ""  # why the child moved here; the return writes it on the episode that ends
    same_carer: bool = False


@dataclass
class Care:
    """One period of care; ``away`` are temporary placements: start, end, code."""

    start: date
    end: date
    exit: str
    need: str
    home: str
    placements: list[Placement] = field(default_factory=list)
    legal: list[tuple[date, str]] = field(default_factory=list)
    away: list[tuple[date, date, str]] = field(default_factory=list)
    reviews: list[tuple[date, str]] = field(default_factory=list)
    decision: date | None = None  # that the child should be placed for adoption
    reversed: date | None = None

    @property
    def is_short_break(self) -> bool:
        return self.legal[0][1] in ("V3", "V4")

    def spells(self) -> list[Placement]:
        """The placements that began with a new carer."""
        return [placement for placement in self.placements if not placement.same_carer]


@dataclass
class Plan:
    start: date
    end: date
    category: str
    previous: int
    reviews: list[date]


@dataclass
class Case:
    """A referral and the episode of need that follows; ``closed`` may lie in the future."""

    referred: date
    source: str
    need: str
    is_nfa: bool
    closed: date
    reason: str = "RC7"
    transferred_in: date | None = None
    assessments: list[tuple[date, date, list[str]]] = field(default_factory=list)
    support: list[tuple[date, date]] = field(default_factory=list)
    enquiries: list[tuple[date, date | None]] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)


@dataclass
class Person:
    number: int
    sex: str
    born: date
    ethnic: str
    upn: str
    disability: str
    is_unsettled: bool
    runs_away: bool
    sdq: float
    earlier_plans: int
    is_uasc: bool = False
    census_number: str = ""
    census_born: date = LAST
    child_born: date | None = None
    cases: list[Case] = field(default_factory=list)
    care: list[Care] = field(default_factory=list)
    missing: list[tuple[date, date, str]] = field(default_factory=list)
    workers: list[tuple[date, date, str, str]] = field(default_factory=list)
    health: dict[int, list[str]] = field(default_factory=dict)
    leaver: dict[int, tuple[str, str, str]] = field(default_factory=dict)

    def in_care(self, day: date) -> Care | None:
        """The period of care that holds on a day, short breaks apart."""
        for care in self.care:
            if care.start <= day < care.end and not care.is_short_break:
                return care if age(self.born, day) < 18 else None
        return None


def age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def birthday(born: date, years: int) -> date:
    return born.replace(year=born.year + years)


def clear(day: date) -> date:
    """The day, or six days later where it is too close to an edge (see EDGES)."""
    return day + timedelta(6) if (day.month, day.day) in EDGES else day


def working(day: date, ahead: int = 0) -> date:
    """The first working day from ``day`` on, and ``ahead`` working days after it."""
    while day.weekday() > 4 or day.isoformat() in BANK_HOLIDAYS:
        day += timedelta(1)
    return day if not ahead else working(day + timedelta(1), ahead - 1)


def office_day(day: date, ahead: int = 0) -> date:
    """As ``working``, but not on an edge, nor on a day that other years lack."""
    day = working(day, ahead)
    while (day.month, day.day) in EDGES | {(2, 29)}:
        day = working(day + timedelta(1))
    return day


class World:
    """Everybody, and the dice."""

    def __init__(self, seed: int) -> None:
        self.dice = np.random.default_rng(seed)
        self.people: list[Person] = []

    def chance(self, share: float) -> bool:
        return bool(self.dice.random() < share)

    def pick(self, weighted: str) -> str:
        codes, weights = zip(*(item.split(":") for item in weighted.split()), strict=True)
        shares = np.array(weights, dtype=float)
        return str(codes[int(self.dice.choice(len(codes), p=shares / shares.sum()))])

    def between(self, low: int, high: int) -> int:
        return int(self.dice.integers(low, high + 1))

    def around(self, mean: float) -> timedelta:
        return timedelta(1 + int(self.dice.gamma(2, mean / 2)))

    def add(self, born: date, ethnic: str = "", sex: str = "") -> Person:
        number = 100_001 + len(self.people)
        born = clear(born.replace(day=28) if (born.month, born.day) == (2, 29) else born)
        upn = f"{self.pick('A:1 D:1 H:1 K:1 R:1 X:1')}999{number:08d}{self.between(0, 9)}"
        person = Person(
            number=number,
            sex=sex or self.pick("M:53 F:47"),
            born=born,
            ethnic=ethnic or self.pick(ETHNIC),
            upn=upn if self.chance(0.97) else "",
            disability=self.pick("NONE:87 LD:4 AUT:5 BEH:2 COMM:1 MOB:1"),
            is_unsettled=self.chance(0.12),
            runs_away=self.chance(0.12),
            sdq=float(self.dice.normal(14.2, 5.5)),
            earlier_plans=int(self.pick("0:79 1:16 2:5")),
            census_number=str(number),
            census_born=born,
        )
        self.people.append(person)
        return person

    def placement(self, start: date, years: int, place: str = "") -> Placement:
        band = next(top for top in HOMES if years <= top)
        place = place or self.pick(HOMES[band])
        provider = {"P1": "PR0", "Z1": "", "R2": "PR3", "R3": "PR5", "R5": "PR3", "S1": "PR4"}.get(
            place, ""
        )
        provider = provider or self.pick(PROVIDERS.get(place[0], ":1"))
        if place in ("P1", "Z1", "R2", "R5"):
            urn = ""
        elif provider == "PR1" and place[0] in "UA":
            urn = "SC999001"
        else:
            urn = f"SC999{self.between(100, 160)}"
        letters = self.pick("A:1 B:1 D:1 E:1 F:1") + self.pick("G:1 H:1 J:1 L:1")
        post = f"ZZ{self.pick('1:5 2:3 3:2 8:1 9:1')} {self.between(1, 9)}{letters}"
        return Placement(start, place, provider, post, urn)


def simulate(seed: int) -> World:
    """Everybody who was ever referred or looked after, with what became of them."""
    world = World(seed)
    begin(world, CARE_FROM, REFERRALS_FROM, 87, "care:1")
    begin(world, REFERRALS_FROM, LAST, 242, WEIGHTS)
    begin(world, date(2018, 4, 1), LAST, 9, "asylum:1")
    for index in range(9):
        give_short_breaks(world, is_series=index < 3)
    for person in world.people:
        follow(world, person)
    make_records_disagree(world)
    return world


def begin(world: World, first: date, last: date, a_year: float, kinds: str) -> None:
    day = first
    while (day := day + timedelta(float(world.dice.exponential(365.25 / a_year)))) < last:
        kind, referred = world.pick(kinds), office_day(day)
        if kind == "asylum":
            born = referred - timedelta(world.between(5600, 6400))
            person = world.add(born, world.pick("AOTH:4 OOTH:4 BAFR:2"), world.pick("M:9 F:1"))
            person.is_uasc = True
            person.upn = person.upn if world.chance(0.5) else ""
            kind = "care"
        elif kind == "care":
            years = int(world.pick("0:20 1:6 3:8 5:9 7:9 9:9 11:10 12:8 13:8 14:7 15:4 16:2"))
            person = world.add(referred - timedelta(years * 365 + world.between(20, 350)))
        elif world.chance(0.035):
            person = world.add(referred + timedelta(world.between(20, 170)))
        else:
            person = world.add(referred - timedelta(world.between(30, 6100)))
        live(world, person, referred, kind)


def live(world: World, person: Person, day: date, kind: str) -> None:
    """A first case of the given kind, and those that follow while the child is young enough."""
    while day <= LAST and (age(person.born, day) < 17 or not person.cases):
        case = open_case(world, person, day, kind)
        person.cases.append(case)
        was_short = case.is_nfa or case.reason in ("RC8", "RC9")
        if not world.chance(0.50 if was_short else 0.24):
            return
        day = office_day(case.closed + world.around(110 if was_short else 140))
        kind = world.pick(WEIGHTS)


def open_case(world: World, person: Person, day: date, kind: str) -> Case:
    need = "N8" if person.is_uasc else world.pick(NEEDS)
    case = Case(day, world.pick(SOURCES), need, kind == "nfa", day)
    if case.is_nfa:
        return case
    length = world.between(12, 45) if world.chance(0.84) else world.between(46, 75)
    assessed = office_day(day, length)
    factors = sorted({world.pick(FACTORS) for _ in range(world.between(1, 3))})
    case.assessments.append((day, assessed, ["9A"] if person.is_uasc else factors))
    if kind == "closed":
        case.closed, case.reason = assessed, world.pick("RC8:70 RC9:30")
    elif kind == "care":
        wait = timedelta(0) if person.is_uasc else world.around(45)
        enter_care(world, person, case, clear(max(day + wait, person.born + timedelta(3))))
    elif kind == "protect":
        protect(world, person, case)
    else:
        if kind == "enquiry":
            enquiry = office_day(day, world.between(0, 10))
            held = office_day(enquiry, world.between(8, 16)) if world.chance(0.2) else None
            case.enquiries.append((enquiry, held))
        support(world, person, case, assessed, 350)
    case.closed = max(case.closed, assessed)
    return case


def support(world: World, person: Person, case: Case, start: date, mean: int) -> None:
    """A child in need plan from ``start``, at whose end the case is closed."""
    end = max(clear(min(start + world.around(mean), birthday(person.born, 18))), start)
    if end > start:
        case.support.append((start, end))
    case.closed = office_day(end, world.between(0, 5))
    case.reason = world.pick("RC7:90 RC5:7 RC3:3")


def protect(world: World, person: Person, case: Case) -> None:
    enquiry = office_day(case.referred, world.between(0, 12))
    start = office_day(
        enquiry, world.between(7, 15) if world.chance(0.8) else world.between(16, 25)
    )
    if world.chance(0.04):
        case.transferred_in = start
    else:
        case.enquiries.append((enquiry, start))
    end = clear(min(start + max(world.around(295), timedelta(45)), birthday(person.born, 18)))
    previous = person.earlier_plans + sum(len(earlier.plans) for earlier in person.cases)
    reviews = [office_day(start + timedelta(world.between(65, 86)))]
    while (after := office_day(reviews[-1] + timedelta(world.between(140, 186)))) < min(end, LAST):
        reviews.append(after)
    category = world.pick("NEG:48 EMO:38 PHY:8 SAB:4 MUL:2")
    reviews = [review for review in reviews if review < end]
    case.plans.append(Plan(start, end, category, previous, reviews))
    after_plan = world.pick("care:14 support:56 close:30")
    if after_plan == "care" and end < birthday(person.born, 17) and end > person.born:
        enter_care(world, person, case, end)
    elif after_plan == "support":
        support(world, person, case, end, 170)
    else:
        case.closed = office_day(end, world.between(1, 10))


def enter_care(world: World, person: Person, case: Case, start: date) -> None:
    years, adult = age(person.born, start), birthday(person.born, 18)
    hopes = "short:30 adoption:22 guardian:25 long:23"
    if years > 4:
        hopes = "short:40 guardian:15 long:45" if years < 13 else "short:50 long:50"
    hope = "long" if person.is_uasc else world.pick(hopes)
    leaves_early = hope == "long" and not person.is_uasc and world.chance(0.2)
    mean = {"short": 120, "adoption": 720, "guardian": 460, "long": 1300}[hope]
    end = adult if hope == "long" and not leaves_early else start + world.around(mean)
    if hope == "adoption":
        end += timedelta(300)
    end = adult if end >= adult else clear(end)
    exits = {
        "short": "E4A:60 E4B:15 E13:12 E41:7 E3:3 E8:3",
        "adoption": "E11:1 E12:3",
        "guardian": "E45:50 E46:15 E47:25 E48:5 E41:5",
        "long": "E4A:60 E13:20 E41:10 E3:10",
    }
    leaving = world.pick("E5:50 E17:25 E6:8 E7:7 E8:10" if end == adult else exits[hope])
    home = "" if person.is_uasc else f"ZZ{world.between(1, 3)} {world.between(1, 9)}AA"
    care = Care(start, end, leaving, case.need, home)
    settle(world, person, care, hope)
    hear(world, person, care)
    spend_time_away(world, care)
    review_care(world, person, care)
    person.care.append(care)
    close_after_care(world, person, case, care)


def close_after_care(world: World, person: Person, case: Case, care: Care) -> None:
    reasons = {"E11": "RC1", "E12": "RC1", "E41": "RC3", "E3": "RC5", "E7": "RC6"}
    reasons |= dict.fromkeys(("E45", "E46", "E47", "E48"), "RC4")
    case.closed, case.reason = care.end, reasons.get(care.exit, "RC7")
    if care.exit in ("E4A", "E4B", "E13") and care.end < birthday(person.born, 18):
        support(world, person, case, care.end, 140)
    elif care.end == birthday(person.born, 18) and world.chance(0.08):
        case.closed += timedelta(365)  # a few keep an open case as care leavers


def settle(world: World, person: Person, care: Care, hope: str) -> None:
    """Where the child lives: moves, changes with the same carer, and adoptive homes."""
    day = care.start
    care.placements.append(world.placement(day, age(person.born, day)))
    until = care.end
    if hope == "adoption":
        until = clear(care.start + (care.end - care.start) * 0.65)
    while True:
        rate = 2.3 if person.is_unsettled else 0.12
        if day < care.start + timedelta(150) and not person.is_unsettled:
            rate = 1.0
        move = clear(day + timedelta(5 + min(int(world.dice.exponential(365 / rate)), 9000)))
        if move > day + timedelta(200) and rate == 1.0:
            day += timedelta(170)  # the first, restless months are over
            continue
        leaves_home = clear(birthday(person.born, 16) + timedelta(world.between(60, 500)))
        if day < leaves_home < min(move, until - timedelta(30)) and world.chance(0.25):
            place = world.pick("H5:85 K2:15")
            care.placements.append(world.placement(leaves_home, 16, place))
            care.placements[-1].reason, day = "CARPL", leaves_home
            continue
        if move >= until - timedelta(5):
            break
        care.placements.append(world.placement(move, age(person.born, move)))
        care.placements[-1].reason, day = world.pick(REASONS), move
    if hope == "adoption":
        adopt(world, care, until)
    elif care.placements[-1].place == "U6" and world.chance(0.4):
        wait = timedelta(world.between(200, 500))
        same_carer(care, "U4", clear(care.placements[-1].start + wait))


def same_carer(care: Care, place: str, day: date) -> None:
    last = care.placements[-1]
    if day < care.end - timedelta(10):
        care.placements.append(
            Placement(day, place, last.provider, last.post, last.urn, "PLACE", True)
        )


def adopt(world: World, care: Care, placed: date) -> None:
    care.decision = care.start + (placed - care.start) * 0.55
    # Only where no home came before: "that placement plus the one before" would read two ways.
    if len(care.placements) == 1 and care.placements[0].place[0] == "U" and world.chance(0.3):
        same_carer(care, "A5", placed)
    else:
        care.placements.append(world.placement(placed, 1, "A6"))
        care.placements[-1].reason = "CARPL"


def hear(world: World, person: Person, care: Care) -> None:
    """Legal statuses; some change on the day of a move, which makes one episode of both."""
    status = "V2" if person.is_uasc else world.pick("V2:52 C1:42 L2:6")
    care.legal.append((care.start, status))
    day = care.start
    steps = {"V2": ("C1", 30, 150), "L2": ("C1", 4, 8), "C1": ("C2", 140, 260)}
    order = care.decision + timedelta(45) if care.decision else care.end
    while status in steps and not person.is_uasc:
        if status == "V2" and world.chance(0.4):
            break
        status, low, high = steps[status]
        day += timedelta(world.between(low, high))
        moves = [p.start for p in care.placements if day <= p.start < day + timedelta(25)]
        day = moves[0] if moves and low > 10 else day
        if day >= order:
            break
        care.legal.append((day, status))
    if care.decision:
        placed = care.placements[-1].start
        care.legal.append((placed if world.chance(0.3) else order, "E1"))
    elif status == "C2" and care.exit[:2] == "E4" and world.chance(0.1):
        reversed_on = day + timedelta(world.between(90, 400))
        if reversed_on < care.end:
            care.decision, care.reversed = day + timedelta(30), reversed_on


def change_days(care: Care) -> list[tuple[date, str, str, str, Placement | None]]:
    """Each episode's start, reason (RNE), legal status, temporary code, and move that opened it."""
    moves = {placement.start: placement for placement in care.placements}
    legal, away = dict(care.legal), {start: code for start, _, code in care.away}
    back = {end for _, end, _ in care.away}
    episodes, status, code = [], "", ""
    for day in sorted({*moves, *legal, *away, *back}):
        move, status_changes = moves.get(day), day in legal and bool(status)
        status = legal.get(day, status)
        code = away.get(day, "" if day in back or move else code)
        kinds = "TU" if move and move.same_carer else "PB"
        reason = kinds[status_changes] if move or day in away or day in back else "L"
        episodes.append((day, "S" if day == care.start else reason, status, code, move))
    return episodes


def spend_time_away(world: World, care: Care) -> None:
    days = [day for day, *_ in change_days(care)] + [care.end]
    for first, last in pairwise(days):
        if (last - first).days > 120 and world.chance(0.1):
            code = world.pick("T0:14 T1:30 T2:14 T3:18 T4:24")
            start = first + timedelta(world.between(30, (last - first).days - 60))
            end = start + timedelta(world.between(2, 6 if code == "T4" else 14))
            if not start.replace(month=3, day=10) <= start <= start.replace(month=4, day=8):
                care.away.append((start, end, code))


def review_care(world: World, person: Person, care: Care) -> None:
    day = office_day(care.start, world.between(12, 20 if world.chance(0.95) else 26))
    gaps = [world.between(70, 90)]
    while day < min(care.end, LAST):
        codes = "PN1:52 PN2:6 PN3:4 PN4:4 PN5:8 PN6:18 PN7:8"
        code = "PN0" if age(person.born, day) < 4 else world.pick(codes)
        care.reviews.append((day, code))
        day = office_day(day + timedelta(gaps.pop() if gaps else world.between(140, 181)))


def give_short_breaks(world: World, is_series: bool) -> None:
    """A child looked after only in a series of short breaks (V4), or break by break (V3)."""
    referred = office_day(date(2021, 5, 4) + timedelta(world.between(0, 500)))
    person = world.add(referred - timedelta(world.between(1800, 3600)))
    person.disability = "LD"
    case = Case(referred, "3F", "N2", False, date(2027, 6, 1))
    case.assessments.append((referred, office_day(referred, 30), ["5A", "6A"]))
    person.cases.append(case)
    breaks = [(clear(referred + timedelta(60)), date(2026, 12, 1))]
    if not is_series:
        starts = [WRITTEN_FROM + timedelta(12 + 36 * n + world.between(0, 9)) for n in range(29)]
        breaks = [(clear(day), clear(day) + timedelta(world.between(1, 3))) for day in starts]
    home = world.placement(referred, 10, "K2" if world.chance(0.5) else "U6")
    for start, end in breaks:
        placed = Placement(start, home.place, home.provider, home.post, home.urn)
        legal = [(start, "V4" if is_series else "V3")]
        person.care.append(Care(start, end, "E4A", "N2", "", [placed], legal))


def follow(world: World, person: Person) -> None:
    """What is recorded beside the journey: workers, missing incidents, health and after-care."""
    for care in person.care:
        if care.is_short_break and care is not person.care[0]:
            continue  # one worker sees to all the breaks
        case = max((c for c in person.cases if c.referred <= care.start), key=lambda c: c.referred)
        meet_workers(world, person, case.referred, care.end)
    for care in person.care:
        go_missing(world, person, care)
    if person.sex == "F" and world.chance(0.04) and person.care:
        person.child_born = birthday(person.born, 16) + timedelta(world.between(10, 700))
    for year in YEARS:
        last = date(year, 3, 31)
        now = person.in_care(last)
        if now and now.start <= date(year - 1, 4, 1):
            person.health[year] = check_health(world, person, age(person.born, last))
        if not any("DIED" in row for row in person.leaver.values()):
            keep_in_touch(world, person, year)


def meet_workers(world: World, person: Person, first: date, last: date) -> None:
    day, reason = first, "FCONTA"
    if person.workers:
        day = max(day, person.workers[-1][1])
    while day < last:
        mean = 130 if world.chance(0.12) else 420
        end = min(day + timedelta(20) + world.around(mean), max(last, day + timedelta(1)))
        person.workers.append((day, end, f"XX99{world.between(100, 165)}", reason))
        day, reason = end, world.pick("TSPROC:35 LEFTRL:30 MANAGE:20 ORGRST:6 ABSENC:7 PCCHAN:2")


def go_missing(world: World, person: Person, care: Care) -> None:
    rate = 5.0 if person.runs_away else 0.08
    day = max(care.start, birthday(person.born, 11), WRITTEN_FROM - timedelta(5))
    days = [d for d, *_ in change_days(care)] + [care.end]
    while (day := day + timedelta(2 + float(world.dice.exponential(365 / rate)))) < care.end:
        back = day + timedelta(world.between(1, 2) if world.chance(0.9) else world.between(3, 20))
        if not care.is_short_break and not any(day <= d <= back for d in days):
            person.missing.append((day, back, world.pick("M:80 A:20")))
        day = back


def check_health(world: World, person: Person, years: int) -> list[str]:
    score = reason = ""
    if 4 <= years <= 16 and world.chance(0.82):
        score = str(int(np.clip(round(person.sdq + world.dice.normal(0, 2.5)), 0, 40)))
    elif 4 <= years <= 16:
        reason = world.pick("SDQ2:35 SDQ3:10 SDQ4:35 SDQ5:20")
    misuse = "1" if years > 11 and world.chance(0.08) else "0"
    received = "" if misuse == "0" else world.pick("1:55 0:45")
    offered = "1" if received == "0" else ""
    convicted = world.pick("1:3 0:97") if years >= 10 else ""
    growth = world.pick("1:90 0:10") if years < 5 else ""
    flags = [world.pick("1:83 0:17"), world.pick("1:78 0:22"), world.pick("1:91 0:9")]
    return [score, reason, convicted, growth, *flags, misuse, received, offered]


def keep_in_touch(world: World, person: Person, year: int) -> None:
    """The care leaver's record of the year, where one is due."""
    years = age(person.born, date(year, 3, 31))
    long = [care for care in person.care if not care.is_short_break]
    after_14 = sum(max((c.end - max(c.start, birthday(person.born, 14))).days, 0) for c in long)
    left = max((care.end for care in long), default=LAST)
    counts = left > birthday(person.born, 16) and after_14 >= 91
    if not (17 <= years <= 21 and counts and left <= birthday(person.born, years)):
        return
    touch = world.pick("YES:93.5 NO:3.4 REFU:1.5 NREQ:1 DIED:0.6")
    if years < 19 and person.care[-1].exit in ("E4A", "E4B") and world.chance(0.4):
        touch = "RHOM"
    activity = world.pick("F2:22 F5:18 F1:6 F4:5 P2:3 P5:4 G4:13 G5:23 G6:6")
    home = world.pick(LIVES_IN)
    person.leaver[year] = (touch, activity, home) if touch == "YES" else (touch, "0", "0")


def make_records_disagree(world: World) -> None:
    """Five children whose census number differs, and three whose census date of birth does."""
    days = [date(year, 3, 31) for year in YEARS]
    chosen = [p for p in world.people if p.upn and p.in_care(days[0]) and p.in_care(days[2])]
    chosen = [p for p in chosen if 7 <= age(p.born, days[0]) <= 12 and p.born.day < 12][:8]
    for person in chosen[:5]:
        person.census_number = f"7{person.number}"
    for person in chosen[5:]:
        person.census_born = person.born + timedelta(10)
