"""Invented extracts of one invented authority, 999 "Sampleshire", and the truth about them.

    python tests/sample_maker.py [folder] [truth file] [page]

Each return holds what was known on 31 March of its year about the journeys of
``sample_journeys``. The truth is counted from the journeys and never read back from the files.
The same seed gives the same bytes.
"""

import csv
import sys
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from sample_journeys import (
    WRITTEN_FROM,
    YEARS,
    Care,
    Case,
    Person,
    Plan,
    World,
    age,
    birthday,
    change_days,
    simulate,
    working,
)

SEED = 60


def episode_rows(person: Person, care: Care, year: int) -> Iterator[list[str]]:
    """The episodes known on 31 March: those of the year, and in the first return all before."""
    first, last = date(year - 1, 4, 1), date(year, 3, 31)
    known = change_days(care)
    home = care.placements[0]
    for index, (start, rne, legal, away, move) in enumerate(known):
        home = move or home
        after = known[index + 1] if index + 1 < len(known) else None
        end = after[0] if after else care.end
        if start > last or (end < first and year != YEARS[0]):
            continue
        rec, reason = ("X1", after[4].reason if after[4] else "") if after else (care.exit, "")
        place = recode(home.place, year)
        lived = [away, "", "", ""] if away else [place, home.provider, home.post, home.urn]
        closing = [on(end), rec, reason] if end <= last else ["", "", ""]
        yield [str(person.number), on(start), rne, legal, care.need, *lived[:2], *closing,
               care.home, *lived[2:]]  # fmt: skip


def recode(place: str, year: int) -> str:
    """The code of the return year for a placement whose code was retired while it ran on."""
    if place == "H5" and year >= 2025:
        return "K3"
    return "Z11" if place == "Z1" and year >= 2026 else place


def on(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def upn_of(person: Person, day: date) -> str:
    if age(person.born, day) < 5:
        return "UN1"
    return person.upn or ("UN2" if person.is_uasc else "UN4")


HEADINGS = {
    "header": "CHILD SEX DOB ETHNIC UPN MOTHER MC_DOB",
    "episodes": "CHILD DECOM RNE LS CIN PLACE PLACE_PROVIDER DEC REC REASON_PLACE_CHANGE HOME_POST "
    "PL_POST URN",
    "reviews": "CHILD DOB REVIEW REVIEW_CODE",
    "uasc": "CHILD SEX DOB DUC",
    "oc2": "CHILD DOB SDQ_SCORE SDQ_REASON CONVICTED HEALTH_CHECK IMMUNISATIONS TEETH_CHECK "
    "HEALTH_ASSESSMENT SUBSTANCE_MISUSE INTERVENTION_RECEIVED INTERVENTION_OFFERED",
    "oc3": "CHILD DOB IN_TOUCH ACTIV ACCOM",
    "ad1": "CHILD DOB DATE_INT DATE_MATCH FOSTER_CARE NB_ADOPTR SEX_ADOPTR LS_ADOPTR",
    "placed_adoption": "CHILD DOB DATE_PLACED DATE_PLACED_CEASED REASON_PLACED_CEASED",
    "prev_perm": "CHILD DOB PREV_PERM LA_PERM DATE_PERM",
    "missing": "CHILD DOB MISSING MIS_START MIS_END",
    "sw_episodes": "CHILD DOB SW_ID SW_DECOM SW_DEC SW_REASON",
}
Rows = dict[str, list[list[str]]]


def looked_after_return(people: Iterable[Person], year: int) -> Rows:
    rows: Rows = {name: [] for name in HEADINGS}
    first, last = date(year - 1, 4, 1), date(year, 3, 31)
    for person in people:
        care = [c for c in person.care if c.start <= last and c.end >= first]
        key, born = str(person.number), on(person.born)
        sex = {"M": "1", "F": "2"}[person.sex] if year == 2024 else person.sex
        if care or year in person.leaver:
            child = person.child_born if person.child_born and person.child_born <= last else None
            mother = ("1" if child else "0") if person.sex == "F" and care else ""
            upn = upn_of(person, last)
            row = [key, sex, born, person.ethnic, upn, mother, on(child) if mother else ""]
            rows["header"].append(row)
        if year in person.leaver:
            rows["oc3"].append([key, born, *person.leaver[year]])
        if year in person.health:
            rows["oc2"].append([key, born, *person.health[year]])
        if not care:
            continue
        if person.is_uasc:
            rows["uasc"].append([key, sex, born, on(birthday(person.born, 18))])
        for period in care:
            rows["episodes"] += episode_rows(person, period, year)
            held = [(day, code) for day, code in period.reviews if first <= day <= last]
            rows["reviews"] += [[key, born, on(day), code] for day, code in held]
            adoption_rows(rows, person, period, year)
        if any(first <= c.start <= last and not c.is_short_break for c in care):
            earlier = ["P3", "999", f"zz/zz/{person.born.year + 1}"]
            earlier = earlier if person.number % 31 == 0 else ["Z1", "", ""]
            rows["prev_perm"].append([key, born, *earlier])
        for start, back, kind in person.missing:
            if start <= last and back >= first:
                rows["missing"].append([key, born, kind, on(start), known(back, last)])
        rows["sw_episodes"] += worker_rows(person, year)
    return rows


def worker_rows(person: Person, year: int) -> Iterator[list[str]]:
    """The workers of the year; the latest is still at work, as the return wants it."""
    first, last = date(year - 1, 4, 1), date(year, 3, 31)
    spells = [spell for spell in person.workers if spell[0] <= last]
    for spell in spells:
        start, end, worker, reason = spell
        if end >= first or spell is spells[-1]:
            closed = "" if spell is spells[-1] else known(end, last)
            why = reason if start >= WRITTEN_FROM else ""
            yield [str(person.number), on(person.born), worker, on(start), closed, why]


def known(day: date, last: date) -> str:
    return on(day) if day <= last else ""


def adoption_rows(rows: Rows, person: Person, care: Care, year: int) -> None:
    first, last = date(year - 1, 4, 1), date(year, 3, 31)
    key, born, placed = str(person.number), on(person.born), care.placements[-1]
    if care.decision and care.decision <= last:
        change = [on(care.reversed), "RD1"] if care.reversed and care.reversed <= last else ["", ""]
        rows["placed_adoption"].append([key, born, on(care.decision), *change])
    if care.decision and care.exit in ("E11", "E12") and first <= care.end <= last:
        matched = on(placed.start - timedelta(20))
        couple = ["1", "F1", "L0"] if person.number % 5 == 0 else ["2", "MF", "L11"]
        former = "1" if placed.place == "A5" else "0"
        rows["ad1"].append([key, born, on(care.decision), matched, former, *couple])


def tag(name: str, text: object) -> str:
    return f"<{name}>{text}</{name}>"


def block(name: str, lines: list[str]) -> list[str]:
    return [f"<{name}>", *lines, f"</{name}>"]


def census(people: Iterable[Person], year: int) -> list[str]:
    """The children in need census of a year, one element a line."""
    last = date(year, 3, 31)
    about = [tag("Collection", "CIN"), tag("Year", year), tag("ReferenceDate", last)]
    source = [tag("SourceLevel", "L"), tag("LEA", "999"), tag("SoftwareCode", "Invented")]
    source += [tag("Release", "1.0"), tag("SerialNo", "001")]
    source += [tag("DateTime", f"{year}-06-12T09:30:00")]
    header = block("CollectionDetails", about) + block("Source", source)
    children: list[str] = []
    for person in people:
        cases = [c for c in person.cases if is_in_census(c, date(year - 1, 4, 1), last)]
        if cases:
            blocks = [block("CINdetails", case_lines(case, last)) for case in cases]
            children += block("Child", sum(blocks, child_lines(person, year)))
    body = block("Message", block("Header", header) + block("Children", children))
    return ['<?xml version="1.0" encoding="utf-8"?>', *body]


def is_in_census(case: Case, first: date, last: date) -> bool:
    return case.referred <= last and max(case.closed, case.referred) >= first


def child_lines(person: Person, year: int) -> list[str]:
    last = date(year, 3, 31)
    unborn = person.born > last
    upn = "UN1" if unborn else upn_of(person, last)
    lines = [tag("LAchildID", person.census_number)]
    lines.append(tag("UPNunknown", upn) if upn.startswith("UN") else tag("UPN", upn))
    birth = "ExpectedPersonBirthDate" if unborn else "PersonBirthDate"
    lines.append(tag(birth, person.census_born))
    if year == 2024:
        lines.append(tag("GenderCurrent", "0" if unborn else {"M": "1", "F": "2"}[person.sex]))
    else:
        lines.append(tag("Sex", "U" if unborn else person.sex))
    features = [tag("Ethnicity", person.ethnic)]
    if not unborn and not all(case.is_nfa for case in person.cases):
        features += block("Disabilities", [tag("Disability", person.disability)])
    return block("ChildIdentifiers", lines) + block("ChildCharacteristics", features)


def case_lines(case: Case, last: date) -> list[str]:
    first = date(last.year - 1, 4, 1)
    lines = [tag("CINreferralDate", case.referred), tag("ReferralSource", case.source)]
    if case.is_nfa:
        return [*lines, tag("ReferralNFA", "1")]
    lines.append(tag("PrimaryNeedCode", case.need))
    if case.closed <= last:
        lines += [tag("CINclosureDate", case.closed), tag("ReasonForClosure", case.reason)]
    if case.transferred_in and first <= case.transferred_in <= last:
        lines.append(tag("DateOfInitialCPC", case.transferred_in))
    for start, end, factors in case.assessments:
        if end >= first:
            found = [tag("AssessmentFactors", factor) for factor in factors]
            done = [tag("AssessmentAuthorisationDate", end)]
            done += block("FactorsIdentifiedAtAssessment", found)
            start_line = tag("AssessmentActualStartDate", start)
            lines += block("Assessments", [start_line, *(done if end <= last else [])])
    for start, end in case.support:
        if start <= last and end >= first:
            ended = [tag("CINPlanEndDate", end)] if end <= last else []
            lines += block("CINPlanDates", [tag("CINPlanStartDate", start), *ended])
    for start, held in case.enquiries:
        if start <= last and (held or start) >= first:
            when = [tag("S47ActualStartDate", start), tag("InitialCPCtarget", working(start, 15))]
            when += [tag("DateOfInitialCPC", held)] if held and held <= last else []
            lines += block("Section47", [*when, tag("ICPCnotRequired", int(held is None))])
    lines.append(tag("ReferralNFA", "0"))
    for plan in case.plans:
        if plan.start <= last and plan.end >= first:
            lines += block("ChildProtectionPlans", plan_lines(plan, last))
    return lines


def plan_lines(plan: Plan, last: date) -> list[str]:
    lines = [tag("CPPstartDate", plan.start)]
    lines += [tag("CPPendDate", plan.end)] if plan.end <= last else []
    lines.append(tag("InitialCategoryOfAbuse", plan.category))
    lines.append(tag("LatestCategoryOfAbuse", plan.category))
    lines.append(tag("NumberOfPreviousCPP", plan.previous))
    held = [tag("CPPreviewDate", day) for day in plan.reviews if day <= last]
    return lines + (block("Reviews", held) if held else [])


# The truth ---------------------------------------------------------------------------------------


def moved_often(person: Person, year: int) -> bool:
    """Three or more placements: open on 1 April, or begun in the year with a new carer."""
    first, last = date(year - 1, 4, 1), date(year, 3, 31)
    lived = 0
    for care in (care for care in person.care if not care.is_short_break):
        spells = care.spells()
        ends = [spell.start for spell in spells[1:]] + [care.end]
        lived += sum(s.start <= last and e > first for s, e in zip(spells, ends, strict=True))
    return lived >= 3


def is_settled(care: Care, last: date) -> bool:
    """Two years with one carer, or placed for adoption and two years with the home before."""
    homes = [home for home in care.placements if home.start <= last]
    spells = [home.start for home in homes if not home.same_carer]
    if homes[-1].place in ("A3", "A4", "A5", "A6") and not homes[-1].same_carer:
        return (last - spells[-2]).days >= 730 if len(spells) > 1 else False
    return (last - spells[-1]).days >= 730


def is_rereferral(person: Person, case: Case) -> bool:
    year_ago = case.referred.replace(year=case.referred.year - 1)
    return any(year_ago <= other.referred < case.referred for other in person.cases)


def truth(people: list[Person], year: int) -> Iterator[tuple[str, int, int | None]]:
    first, last = date(year - 1, 4, 1), date(year, 3, 31)
    cared = [(person, care) for person in people if (care := person.in_care(last))]
    yield "children_in_care", len(cared), None
    plans = [plan for person in people for case in person.cases for plan in case.plans]
    yield "children_on_protection_plan", sum(p.start <= last < p.end for p in plans), None
    often = sum(moved_often(person, year) for person, _ in cared)
    yield "three_or_more_placements", often, len(cared)
    long = [c for p, c in cared if age(p.born, last) < 16 and (last - c.start).days >= 913]
    yield "long_term_placement", sum(is_settled(care, last) for care in long), len(long)
    began = [plan for plan in plans if first <= plan.start <= last]
    yield "plan_starts_repeat", sum(plan.previous >= 1 for plan in began), len(began)
    ended = [plan for plan in plans if first <= plan.end <= last]
    over = sum((plan.end - plan.start).days > 729 for plan in ended)
    yield "plan_ends_after_two_years", over, len(ended)
    if year > YEARS[0]:  # the first return cannot show the referrals of the year before it
        new = [(p, c) for p in people for c in p.cases if first <= c.referred <= last]
        yield "referrals_rereferred", sum(is_rereferral(p, c) for p, c in new), len(new)
    leavers = [p for p in people if year in p.leaver and 19 <= age(p.born, last) <= 21]
    homes = [p.leaver[year][2] for p in leavers if p.leaver[year][0] not in ("DIED", "RHOM")]
    homes = [home for home in homes if home[0] not in "GHR"]
    suitable = sum(home.endswith("1") for home in homes)
    yield "care_leavers_suitable_accommodation", suitable, len(homes)
    scores = [int(p.health[year][0]) for p in people if year in p.health and p.health[year][0]]
    yield "sdq_total_score", sum(scores), len(scores)


# Faults, and files -------------------------------------------------------------------------------


def spoil(world: World, rows: Rows, xml: list[str]) -> list[str]:
    """Plant the deliberate faults of the last year; returns the lines of the README's table."""
    last, table = date(YEARS[-1], 3, 31), []
    steady = [p for p in world.people if p.in_care(last) and p.in_care(date(2023, 3, 31))]
    steady = [p for p in steady if age(p.born, p.care[0].start) >= 3][10:15]
    new = next(p for p in world.people if (c := p.in_care(last)) and c.start > date(2025, 6, 1))
    old = [[str(p.number), on(p.born)] for p in steady]
    long_ago = [p.born.year + 2 for p in steady]

    def extra(name: str, line: int, row: list[str], note: str) -> None:
        rows[name].insert(line - 2, row)
        table.append(f"| `999/ssda903_2026/{name}.csv` | {line} | {note} |")

    def spell(child: str, start: str, end: str) -> list[str]:
        return [child, start, *f"S,V2,N1,U6,PR1,{end},E4A,,ZZ1 1AA,ZZ1 2AB,SC999001".split(",")]

    row = spell(old[0][0], f"10/12/{long_ago[0] - 1}", f"31/02/{long_ago[0]}")
    extra("episodes", 40, row, "DEC is 31 February; an earlier period of a child in care now")
    extra("episodes", 90, spell("", "12/05/2025", "12/06/2025"), "CHILD is blank")
    row = spell(old[1][0], "soon", f"02/07/{long_ago[1]}")
    extra("episodes", 150, row, "DECOM is no date; an earlier period of a child in care now")
    extra("reviews", 25, [*old[2], "30/02/2026", "PN1"], "REVIEW is 30 February")
    extra("missing", 12, [*old[3], "M", "04/08/2025", "not back"], "MIS_END is no date")
    row = [str(new.number), on(new.born), "45", *[""] * 9]
    extra("oc2", 60, row, "SDQ_SCORE 45 is above 40 (a child in care for less than a year)")
    line = next(n for n, row in enumerate(rows["header"], 2) if row[0] == old[4][0])
    rows["header"][line - 2][3] = "WBRT"
    table.append(f"| `999/ssda903_2026/header.csv` | {line} | ETHNIC WBRT is no known code |")
    young = {str(p.number) for p in world.people if age(p.born, last) < 19}
    line = next(n for n, row in enumerate(rows["oc3"], 2) if row[0] in young and row[2] == "YES")
    rows["oc3"][line - 2][4] = "S9"
    note = "ACCOM S9 is no known code (a care leaver under 19)"
    table.append(f"| `999/ssda903_2026/oc3.csv` | {line} | {note} |")
    line = xml.index("</FactorsIdentifiedAtAssessment>", 2000) + 1
    xml.insert(line - 1, tag("AssessmentFactors", "99Z"))
    note = "an assessment factor, 99Z, that is no known code"
    table.append(f"| `999/cin_census_2026.xml` | {line} | {note} |")
    return table


README = """# Samples: an authority that does not exist

Everything here is invented. No child, carer, worker, home or school in these files is or was
real: they were drawn at random by `tests/sample_maker.py` and `tests/sample_journeys.py` (fixed
seed, same bytes every time), with totals that an authority of 50,000 children could believe.
Postcodes begin ZZ, which no real one does; Ofsted numbers begin SC999; pupil numbers carry
authority 999.

| File | What |
|---|---|
| `999/ssda903_<year>/` | Looked-after returns of 2024, 2025 and 2026, one file a module |
| `999/cin_census_<year>.xml` | Children in need censuses of the same years |
| `999/notes_from_the_team.csv` | A file that no contract knows |
| `mid_year_population.csv` | Children aged 0 to 17 at mid-year, in the published form |

How it was made: each child's journey is lived event by event, and a return holds what was known
on 31 March of its year, so an episode open in one return comes back in the next with its end.
The 2024 return is the first delivery and holds each period of care from its beginning (some from
before 2020); later returns hold the episodes of their year. Supported accommodation is H5 in 2024
and K3 after, other placements Z1 until 2025 and Z11 in 2026, without a new episode. A referral
with no further action has no closure date. Five children in care have another number in the
census and the same pupil number; three have a census date of birth ten days later.

What the figures should be, counted from the journeys and not from these files, is in
`tests/end_to_end/sample_truth.csv`. No event falls on the days around 31 March, 29 March to
3 April, or 27 September to 2 October, where a limit of "two and a half years" or "the year" could
be read two ways.

## Deliberate faults

To show how faults are answered; none of them touches a figure in `sample_truth.csv`. Unreadable
and blank rows are extra rows (the episodes belong to no open period of care), and the spoilt codes
stand where no figure there looks. Line 1 is the heading.

| File | Line | Fault |
|---|---|---|
{faults}
| `999/notes_from_the_team.csv` | all | no contract knows this file |
"""
NOTES = [
    ["topic", "remark", "followed_up"],
    ["printer", "The upstairs printer is out of toner again", "no"],
    ["rota", "Half-term duty rota needs two more people", "yes"],
]
POPULATION_COLUMNS = (
    "time_period time_identifier geographic_level country_code country_name region_code "
    "region_name old_la_code new_la_code la_name age_group population_estimate"
)


def population() -> list[list[str]]:
    area = "Reporting year,Local authority,E92000001,England,E12000999,Invented region,999"
    place = [*area.split(","), "E10000999", "Sampleshire (invented)", "Children aged 0 to 17 years"]
    people = {"2025": "50633", "2024": "50408", "2023": "50127", "2022": "49815"}
    return [POPULATION_COLUMNS.split(), *([year, *place, n] for year, n in people.items())]


def write_csv(path: Path, rows: Iterable[Iterable[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def write_all(folder: Path, truth_file: Path, page: Path) -> None:
    """Write the samples, the truth about them, and the page that describes them."""
    world, answers, faults = simulate(SEED), [], list[str]()
    for year in YEARS:
        rows, xml = looked_after_return(world.people, year), census(world.people, year)
        if year == YEARS[-1]:
            faults = spoil(world, rows, xml)
        for name, heading in HEADINGS.items():
            path = folder / "999" / f"ssda903_{year}" / f"{name}.csv"
            write_csv(path, [heading.split(), *rows[name]])
        (folder / "999" / f"cin_census_{year}.xml").write_text("\n".join(xml) + "\n", "utf-8")
        period = f"{year - 1}-{year % 100}"
        answers += [(name, period, n, d) for name, n, d in truth(world.people, year)]
    write_csv(folder / "999" / "notes_from_the_team.csv", NOTES)
    write_csv(folder / "mid_year_population.csv", population())
    page.write_text(README.format(faults="\n".join(faults)), "utf-8")
    write_csv(truth_file, [("indicator", "period", "numerator", "denominator"), *sorted(answers)])


if __name__ == "__main__":
    given = [Path(text) for text in sys.argv[1:]]
    project = Path(__file__).parents[1]
    defaults = [
        project / "data" / "samples",
        project / "tests" / "end_to_end" / "sample_truth.csv",
        project / "docs" / "sample_extracts.md",
    ]
    write_all(*(given + defaults[len(given) :]))
