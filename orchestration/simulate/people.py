"""Places, families and children: who lives where, born when."""

from dataclasses import dataclass

import numpy as np

from orchestration.simulate.draws import (
    NO_DAY,
    Column,
    Draws,
    Frame,
    birthday,
    repeat,
    rows,
    sort,
    stack,
    take,
)
from orchestration.simulate.options import Options

# Letters that postcodes use after the space.
LETTERS = np.array(list("ABDEFGHJLNPQRSTUWXYZ"))
ZONES = np.array(["North", "South", "East", "West"])
CHILDREN_PER_AREA = 340
# Children of the authority for each school of a kind.
PUPILS_PER_SCHOOL = {
    "early_years": 1_500,
    "primary": 750,
    "secondary": 2_400,
    "special_school": 9_000,
    "alternative_provision": 15_000,
    "further_education": 15_000,
}
POSTCODES_PER_AREA = 4
# Numbers of one authority's people and events begin with its own.
IDS = 10_000_000
# How long before the birth services may know of a child.
KNOWN_BEFORE_BIRTH = 140


@dataclass(frozen=True)
class Authority:
    """One invented authority and how it differs from the others."""

    code: str
    number: int
    children: int
    # How far its rates lie above or below the nation's.
    need: float
    threshold: float
    stability: float


def places(authority: Authority, draws: Draws) -> dict[str, Frame]:
    """Zones, small areas and postcodes of one authority."""
    zone_count = 4 if authority.children >= 3_000 else 1
    area_count = max(2 * zone_count, authority.children // CHILDREN_PER_AREA)
    zone = np.arange(area_count) % zone_count
    # An authority is 30 miles across; its zones are quarters of it.
    east = (zone % 2) * 24_000 + draws.between(0, 23_999, area_count) + authority.number * 60_000
    north = (zone // 2) * 24_000 + draws.between(0, 23_999, area_count) + 100_000
    # Poverty lies unevenly: the first zone has most of it.
    poverty = draws.rng.random(area_count) - 0.12 * (zone == 0)
    decile = 1 + (np.argsort(np.argsort(poverty)) * 10) // area_count
    codes = np.array([f"{authority.code}{ZONES[number][0]}" for number in range(zone_count)])
    first_area = 50_000 + authority.number * 2_000
    areas: Frame = {
        "small_area_code": np.array([f"E019{first_area + n:05d}" for n in range(area_count)]),
        "local_authority_code": np.full(area_count, authority.code),
        "zone_code": codes[zone],
        "deprivation_rank": ((decile - 1) * 3275 + draws.between(1, 3275, area_count)),
        "deprivation_decile": decile,
        "easting": east,
        "northing": north,
    }
    of, copy = repeat(np.full(area_count, POSTCODES_PER_AREA))
    # ZZ, authority, area and street: no number comes twice.
    serial = of * POSTCODES_PER_AREA + copy
    if len(serial) > 10 * 400:
        raise ValueError("an authority of this size has more streets than postcodes")
    postcodes: Frame = {
        "postcode": np.array(
            [
                f"ZZ{authority.number} {n // 400}{LETTERS[n // 20 % 20]}{LETTERS[n % 20]}"
                for n in serial
            ]
        ),
        "small_area_code": areas["small_area_code"][of],
        "local_authority_code": np.full(len(of), authority.code),
        "easting": east[of] + draws.between(-600, 600, len(of)),
        "northing": north[of] + draws.between(-600, 600, len(of)),
    }
    kinds = []
    for kind, pupils in PUPILS_PER_SCHOOL.items():
        kinds += [kind] * max(1, round(authority.children / pupils))
    number = np.arange(len(kinds))
    schools: Frame = {
        "setting_urn": np.array([f"9{authority.number:02d}{n:03d}" for n in number]),
        "local_authority_code": np.full(len(kinds), authority.code),
        "school_name": np.array([f"Invented school {n + 1}" for n in number]),
        "setting_type_code": np.array(kinds),
        "zone_code": codes[number % zone_count],
    }
    zones: Frame = {
        "zone_code": codes,
        "local_authority_code": np.full(zone_count, authority.code),
        "zone_name": ZONES[:zone_count],
    }
    return {"zones": zones, "small_areas": areas, "postcodes": postcodes, "schools": schools}


def families(authority: Authority, area: dict[str, Frame], draws: Draws, options: Options) -> Frame:
    """Families of the authority over all the years, with the day their first child is born."""
    shares = draws.rates.mix("children_in_family")[0]
    children_each = float((shares[1].astype(int) * shares[2]).sum())
    first = options.lives_from - 2_500
    last = options.last_day + KNOWN_BEFORE_BIRTH
    years = (last - first).astype(int) / 365.25
    count = round(authority.children / 18 / children_each * years)
    return _housed(
        {
            "first_birth": first + draws.between(0, (last - first).astype(int), count),
            "child_count": draws.pick("children_in_family", count).astype(int),
        },
        area,
        draws,
    )


def _housed(homes: Frame, area: dict[str, Frame], draws: Draws) -> Frame:
    """Give each family a street, and the frailty that goes with chance."""
    count = rows(homes)
    postcodes, areas = area["postcodes"], area["small_areas"]
    street = draws.between(0, rows(postcodes) - 1, count)
    lives_in = street // POSTCODES_PER_AREA
    shape = draws.rates["frailty_shape"]
    return homes | {
        "postcode": postcodes["postcode"][street],
        "small_area_code": areas["small_area_code"][lives_in],
        "zone_code": areas["zone_code"][lives_in],
        "deprivation_decile": areas["deprivation_decile"][lives_in],
        "frailty": draws.rng.gamma(shape, 1 / shape, count),
    }


def births(homes: Frame, draws: Draws, options: Options) -> Frame:
    """The children of each family, in order of birth; ``family`` is a position in ``homes``."""
    of, number = repeat(homes["child_count"])
    gaps = 300 + draws.days(760, len(of), shape=3.0)
    gaps[number == 0] = 0
    # Days since the first birth: what all gaps so far add up to, less those of earlier families.
    total = np.cumsum(gaps)
    since_first = total - np.repeat(total[number == 0], homes["child_count"])
    # One in seventy births is of a twin.
    twin = (number > 0) & draws.chance(1 / 70, len(of))
    born = homes["first_birth"][of] + since_first
    born[twin] = born[np.flatnonzero(twin) - 1]
    ethnicity = draws.pick("ethnicity", rows(homes))[of]
    mixed = draws.chance(0.04, len(of))
    ethnicity[mixed] = draws.pick("ethnicity", int(mixed.sum()))
    children: Frame = {
        "family": of,
        "date_of_birth": not_leap_day(born),
        "sex_code": np.where(draws.chance_of("boys", len(of)), "M", "F"),
        "ethnicity_code": ethnicity,
    }
    infant = draws.chance_of("infant_deaths", len(of))
    waits = np.where(
        infant,
        draws.between(1, 300, len(of)),
        (draws.rng.exponential(365.25 / draws.rates["child_deaths"], len(of))).astype(np.int64),
    )
    died = children["date_of_birth"] + np.minimum(waits, 40_000)
    died[died >= birthday(children["date_of_birth"], 25)] = NO_DAY
    children["date_of_death"] = died
    children["moved_in_date"] = np.full(len(of), NO_DAY)
    last = options.last_day + KNOWN_BEFORE_BIRTH
    inside = (born >= options.lives_from) & (children["date_of_birth"] <= last)
    return take(children, inside)


def not_leap_day(days: Column) -> Column:
    """The day, or the next where it is 29 February: every birthday then comes every year."""
    month = days.astype("M8[M]")
    is_leap_day = (month.astype(int) % 12 == 1) & ((days - month.astype("M8[D]")).astype(int) == 28)
    moved: Column = days + is_leap_day
    return moved


def asylum_seekers(
    authority: Authority, area: dict[str, Frame], draws: Draws, options: Options
) -> tuple[Frame, Frame]:
    """Young people who arrive alone: a family of one each, and themselves."""
    years = (options.last_day - options.lives_from).astype(int) / 365.25
    count = int(
        draws.rng.poisson(draws.rates["asylum_arrivals"] * authority.children / 10_000 * years)
    )
    span = (options.last_day - options.lives_from).astype(int)
    arrived = options.lives_from + np.sort(draws.between(0, span, count))
    born = not_leap_day(arrived - draws.between(15 * 365, 18 * 365 - 60, count))
    homes = _housed(
        {
            "first_birth": born,
            "child_count": np.ones(count, dtype=int),
            "moved_in_date": arrived,
        },
        area,
        draws,
    )
    people: Frame = {
        "family": np.arange(count),
        "date_of_birth": born,
        "sex_code": np.where(draws.chance(0.95, count), "M", "F"),
        "ethnicity_code": draws.pick("asylum_ethnicity", count),
        "date_of_death": np.full(count, NO_DAY),
        "moved_in_date": arrived,
    }
    return homes, people


def incomers(
    authority: Authority,
    area: dict[str, Frame],
    leavers: Frame | None,
    draws: Draws,
    options: Options,
) -> tuple[Frame, Frame]:
    """Families that move in with an open case: those that left the authority before this one in
    the ring, or where there is none, families from elsewhere."""
    if leavers is None:
        years = (options.last_day - options.lives_from).astype(int) / 365.25
        count = int(draws.rng.poisson(authority.children * years * 4.5 / 10_000))
        span = (options.last_day - options.lives_from).astype(int)
        moved = options.lives_from + np.sort(draws.between(0, span, count))
        child_count = draws.pick("children_in_family", count).astype(int)
        of, number = repeat(child_count)
        oldest = draws.between(0, 15 * 365, count)
        born = not_leap_day(np.minimum(moved[of] - 3, moved[of] - oldest[of] + number * 800))
        people: Frame = {
            "family": of,
            "date_of_birth": born,
            "sex_code": np.where(draws.chance_of("boys", len(of)), "M", "F"),
            "ethnicity_code": draws.pick("ethnicity", count)[of],
            "moved_in_date": moved[of],
            "moved_from_child_id": np.zeros(len(of), dtype=np.int64),
        }
        on_plan = draws.chance(0.4, count)
    else:
        count = int(leavers["family"].max()) + 1 if rows(leavers) else 0
        people = {name: column for name, column in leavers.items() if name != "on_plan"}
        child_count = np.bincount(people["family"], minlength=count)
        first = np.searchsorted(people["family"], np.arange(count))
        moved = people["moved_in_date"][first]
        on_plan = leavers["on_plan"][first]
    people["date_of_death"] = np.full(rows(people), NO_DAY)
    homes = _housed(
        {
            "first_birth": people["date_of_birth"][
                np.searchsorted(people["family"], np.arange(count))
            ],
            "child_count": child_count,
        },
        area,
        draws,
    )
    homes["frailty"] = np.maximum(homes["frailty"], 1.0)
    return homes | {"moved_in_date": moved, "on_plan": on_plan}, people


def settle(groups: list[tuple[Frame, Frame]]) -> tuple[Frame, Frame]:
    """All families and children of an authority as one frame each, children by family and birth.

    ``kind`` of a family: 0 lives here, 1 arrives alone as an asylum seeker, 2 moves in.
    """
    all_homes, all_people, offset = [], [], 0
    for kind, (homes, people) in enumerate(groups):
        count = rows(homes)
        all_homes.append(
            {"moved_in_date": np.full(count, NO_DAY), "on_plan": np.zeros(count, dtype=bool)}
            | homes
            | {"kind": np.full(count, kind)}
        )
        all_people.append(
            {"moved_from_child_id": np.zeros(rows(people), dtype=np.int64)}
            | people
            | {"family": people["family"] + offset}
        )
        offset += count
    names = set.intersection(*(set(frame) for frame in all_homes))
    homes = stack([{name: frame[name] for name in sorted(names)} for frame in all_homes])
    names = set.intersection(*(set(frame) for frame in all_people))
    people = stack([{name: frame[name] for name in sorted(names)} for frame in all_people])
    return homes, sort(people, ["family", "date_of_birth"])
