"""Where children in care live, and under which legal status: placements and episodes.

All periods of care of an authority at once: moves are strewn over each period, legal steps follow
one another, and the days on which either changes cut the period into episodes.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.simulate.draws import (
    NO_DAY,
    Column,
    Draws,
    Frame,
    birthday,
    day,
    exact_age,
    latest_value,
    repeat,
    rows,
    stack,
    take,
)
from orchestration.simulate.people import Authority
from orchestration.simulate.scenarios import Scenarios

SETTINGS = [
    # setting type, provider, how many per 10,000 children, share inside the authority
    ("fostering_agency", "PR4", 4.0, 0.5), ("fostering_agency", "PR5", 1.0, 0.5),
    ("childrens_home", "PR1", 2.0, 1.0), ("childrens_home", "PR4", 8.0, 0.45),
    ("childrens_home", "PR5", 0.5, 0.5), ("supported_accommodation", "PR1", 1.0, 1.0),
    ("supported_accommodation", "PR4", 6.0, 0.8), ("supported_accommodation", "PR5", 1.0, 0.8),
    ("secure_home", "PR2", 0.2, 0.0), ("residential_school", "PR4", 0.4, 0.0),
    ("adoption_agency", "PR1", 0.3, 1.0), ("adoption_agency", "PR5", 0.5, 0.5),
    ("family_centre", "PR4", 0.4, 0.5),
]  # fmt: skip
URNS_PER_AUTHORITY = 62
# Which settings serve which placement, by its first letter or its whole code.
SERVED_BY = {
    "U": "fostering_agency", "A": "adoption_agency", "K2": "childrens_home", "K1": "secure_home",
    "K3": "supported_accommodation", "S1": "residential_school", "R3": "family_centre",
}  # fmt: skip
LONGEST_AWAY = {"T1": 40, "T2": 14, "T3": 20, "T4": 6}
REGISTERED_SUPPORT = day("2024-04-01")  # K3 stands in the return of 2025 for the first time
OTHER_PLACES = day("2025-04-01")  # Z1 became Z11 to Z14
ORDERS_SPLIT = day("2018-04-01")  # E43 and E44 became E45 to E48


@dataclass(frozen=True)
class Care:
    """Episodes, with the placement and the period each belongs to, and adoption plans.

    ``period`` is a position in ``periods``; placements are numbered over the authority.
    """

    periods: Frame
    episodes: Frame
    adoptions: Frame


def settings_of_care(
    authority: Authority, zones: Column, area: Frame, away: Frame, draws: Draws
) -> Frame:
    """Homes and agencies the authority places children with, its own fostering by zone."""
    kinds, providers, insides, services = [], [], [], []
    for zone in sorted(str(code)[-1] for code in zones):
        kinds.append("fostering_service")
        providers.append("PR1")
        insides.append(True)
        services.append(f"{authority.code}-FOS-{zone}")
    for kind, provider, per_ten_thousand, inside in SETTINGS:
        count = min(max(1, round(per_ten_thousand * authority.children / 10_000)), 4)
        kinds += [kind] * count
        providers += [provider] * count
        insides += list(draws.chance(inside, count))
        own = {"childrens_home": "RES", "adoption_agency": "ADO"}.get(kind)
        services += [f"{authority.code}-{own}" if own and provider == "PR1" else ""] * count
    count = min(len(kinds), URNS_PER_AUTHORITY)
    is_inside = np.array(insides[:count])
    first = authority.number * URNS_PER_AUTHORITY
    near = area["postcode"][draws.between(0, rows(area) - 1, count)]
    far = away["postcode"][draws.between(0, rows(away) - 1, count)]
    return {
        "setting": np.arange(count),
        "local_authority_code": np.full(count, authority.code),
        "ofsted_urn": np.array([f"SC999{first + n:03d}" for n in range(count)]),
        "setting_type": np.array(kinds[:count]),
        "placement_provider_code": np.array(providers[:count]),
        "service_code": np.array(services[:count], dtype="U20"),
        "postcode": np.where(is_inside, near, far),
        "is_inside_authority": is_inside,
    }


def live_in_care(
    care: Frame,
    people: Frame,
    homes: Frame,
    settings: Frame,
    area: Frame,
    away: Frame,
    draws: Draws,
    scenarios: Scenarios,
    authority: Authority,
) -> Care:
    """Placements, legal statuses and episodes of every period of care."""
    order = np.lexsort([care["start"], care["child"]])
    care = take(care, order)
    count = rows(care)
    born = people["date_of_birth"][care["child"]]
    zone = homes["zone_code"][people["family"][care["child"]]]
    letter = np.array([code[-1:] for code in zone], dtype="U1")
    old = (care["end"] < ORDERS_SPLIT) & ~np.isnat(care["end"])
    for new, before in (("E45", "E43"), ("E46", "E43"), ("E47", "E44"), ("E48", "E44")):
        care["reason"] = np.where(old & (care["reason"] == new), before, care["reason"])
    is_short = np.isin(care["hope"], ["V3", "V4"])
    adopted = np.isin(care["reason"], ["E11", "E12"])
    length = (care["end"] - care["start"]).astype(int)
    placed = np.where(adopted, care["start"] + (length * 0.68).astype(int), NO_DAY)
    until = np.where(adopted, placed, care["end"])

    moves = _moves(care, born, until, letter, is_short, draws, scenarios, authority)
    placements = _first_and_next(care, born, placed, moves, is_short, draws)
    addresses = _addresses(placements, care, letter, settings, area, away, homes, people, draws)
    legal = _legal_steps(care, born, placed, is_short, draws)
    episodes = _episodes(care, placements, addresses, legal, draws)
    periods = {
        "child": care["child"], "referral": care["referral"], "start": care["start"],
        "end": care["end"], "reason": care["reason"], "hope": care["hope"],
        "is_asylum": care["is_asylum"], "is_short": is_short,
        "primary_need_code": _category_of_need(care, draws),
        "home_postcode": np.where(
            care["is_asylum"] | is_short, "", homes["postcode"][people["family"][care["child"]]]
        ),
    }  # fmt: skip
    adoptions = _adoption_plans(care, placed, legal, born, draws)
    if count and rows(episodes) < count:
        raise AssertionError("a period of care has no episode")
    return Care(periods, episodes, adoptions)


def _category_of_need(care: Frame, draws: Draws) -> Column:
    """Why the child is looked after: the need of the case, where the return has it."""
    drawn = draws.pick("category_of_need", rows(care))
    kept: Column = np.where(np.isin(care["need"], ["N0", "N9", ""]), drawn, care["need"])
    return kept


def _moves(
    care: Frame,
    born: Column,
    until: Column,
    zone: Column,
    is_short: Column,
    draws: Draws,
    scenarios: Scenarios,
    authority: Authority,
) -> Frame:
    """Days on which a child moves to another carer."""
    count = rows(care)
    rates = draws.rates
    days = np.maximum((until - care["start"]).astype(int) - 10, 0)
    early = np.minimum(days, 150)
    unsettled = draws.chance_of("unsettled", count)
    calm = np.where(care["is_asylum"], 0.5, 1.0) * authority.stability
    restless = np.where(unsettled, rates["moves_unsettled"], 0.0)
    first = np.where(unsettled, restless, rates["moves_first_months"]) * calm * early / 365.25
    later = np.where(unsettled, restless, rates["moves_settled"]) * calm * (days - early) / 365.25
    first[is_short] = later[is_short] = 0.0
    of_first, _ = repeat(draws.rng.poisson(first))
    of_later, _ = repeat(draws.rng.poisson(later))
    turned_16 = birthday(born, 16) + draws.between(60, 480, count)
    leaves = np.flatnonzero(
        draws.chance(0.30, count) & ~is_short & (turned_16 > care["start"] + 20)
        & (turned_16 < until - 30)
    )  # fmt: skip
    of = np.concatenate([of_first, of_later, leaves])
    at_first = care["start"][of_first] + (
        5 + draws.rng.random(len(of_first)) * early[of_first]
    ).astype(int)
    at_later = care["start"][of_later] + (
        155 + draws.rng.random(len(of_later)) * (days - early)[of_later]
    ).astype(int)
    moved = np.concatenate([at_first, at_later, turned_16[leaves]])
    to_own_flat = np.arange(len(of)) >= len(of_first) + len(of_later)
    kept = draws.chance(scenarios.keeps_move(moved, zone[of]), len(of))
    kept &= moved < until[of] - 5
    frame = {"period": of[kept], "date": moved[kept], "to_own_flat": to_own_flat[kept]}
    frame = take(frame, np.lexsort([frame["date"], frame["period"]]))
    close = np.zeros(rows(frame), dtype=bool)
    close[1:] = (np.diff(frame["date"]).astype(int) < 6) & (np.diff(frame["period"]) == 0)
    return take(frame, ~close)


def _first_and_next(
    care: Frame, born: Column, placed: Column, moves: Frame, is_short: Column, draws: Draws
) -> Frame:
    """Placements in order: one at the start of each period, one per move, the adoptive home."""
    count = rows(care)
    age = exact_age(born, care["start"])
    first = draws.pick_by("first_placement", age)
    alone = care["is_asylum"]
    first[alone] = np.where(age[alone] < 16, "U6", draws.pick("asylum_placement", int(alone.sum())))
    first[is_short] = np.where(draws.chance(0.6, int(is_short.sum())), "K2", "U6")
    move_age = exact_age(born[moves["period"]], moves["date"])
    following = draws.pick_by("next_placement", move_age)
    following = np.where(moves["to_own_flat"], "K3", following)
    adopted = np.flatnonzero(~np.isnat(placed))
    with_carer = draws.chance(0.15, len(adopted))
    consent = draws.chance(0.05, len(adopted))
    adoptive = np.where(consent, np.where(with_carer, "A3", "A4"), np.where(with_carer, "A5", "A6"))
    frame = stack(
        [
            {
                "period": np.arange(count), "date": care["start"], "type": first.astype("U3"),
                "reason": np.full(count, "", dtype="U6"),
                "same_carer": np.zeros(count, dtype=bool),
            },
            {
                "period": moves["period"], "date": moves["date"], "type": following.astype("U3"),
                "reason": draws.pick("reason_place_change", rows(moves)).astype("U6"),
                "same_carer": np.zeros(rows(moves), dtype=bool),
            },
            {
                "period": adopted, "date": placed[adopted], "type": adoptive.astype("U3"),
                "reason": np.where(with_carer, "PLACE", "CARPL").astype("U6"),
                "same_carer": with_carer,
            },
        ]
    )  # fmt: skip
    frame = take(frame, np.lexsort([frame["date"], frame["period"]]))
    # Where a foster carer adopts, the child lived with that carer before.
    before_same = np.zeros(rows(frame), dtype=bool)
    before_same[:-1] = frame["same_carer"][1:]
    fostered = np.array([code[:1] == "U" for code in frame["type"]], dtype=bool)
    frame["type"] = np.where(before_same & ~fostered, "U5", frame["type"])
    frame["end"] = _next_in_group(frame["period"], frame["date"], care["end"])
    # Some short-term fostering becomes long term with the same carer.
    lasts = (frame["end"] - frame["date"]).astype(int)
    turns = (
        np.isin(frame["type"], ["U6", "U3"])
        & (lasts > 420)
        & draws.chance_of("same_carer_moves", rows(frame))
        & ~np.isin(care["hope"][frame["period"]], ["V3", "V4"])
    )
    change = take(frame, turns)
    change["date"] = (
        change["date"] + 200 + (draws.rng.random(rows(change)) * (lasts[turns] - 230)).astype(int)
    )
    change["type"] = np.where(change["type"] == "U6", "U4", "U1")
    change["reason"] = np.full(rows(change), "PLACE", dtype="U6")
    change["same_carer"] = np.ones(rows(change), dtype=bool)
    frame = stack([frame, change])
    frame = take(frame, np.lexsort([frame["date"], frame["period"]]))
    frame["end"] = _next_in_group(frame["period"], frame["date"], care["end"])
    frame["type"] = np.where(
        (frame["type"] == "K3") & (frame["date"] < REGISTERED_SUPPORT), "H5", frame["type"]
    )
    others = np.array(["Z11", "Z12", "Z13", "Z14"])[draws.between(0, 3, rows(frame))]
    frame["type"] = np.where(
        (frame["type"] == "Z1") & (frame["date"] >= OTHER_PLACES), others, frame["type"]
    )
    frame["placement"] = np.cumsum(~frame["same_carer"]) - 1
    return frame


def _next_in_group(group: Column, start: Column, group_end: Column) -> Column:
    """The start of the next row of the same group, or the end of the group."""
    end = group_end[group].copy()
    same = group[1:] == group[:-1]
    end[:-1][same] = start[1:][same]
    return end


def _addresses(
    placements: Frame,
    care: Frame,
    zone: Column,
    settings: Frame,
    area: Frame,
    away: Frame,
    homes: Frame,
    people: Frame,
    draws: Draws,
) -> Frame:
    """Provider, setting and postcode of each placement row; those of the same carer stay."""
    count = rows(placements)
    kind = placements["type"]
    letter = np.array([code[:1] for code in kind], dtype="U1")
    provider = np.full(count, "", dtype="U3")
    for initial in "UAK":
        here = letter == initial
        provider[here] = draws.pick(f"provider_{initial}", int(here.sum()))
    provider[np.isin(kind, ["U1", "U2", "U3"])] = "PR1"
    provider[letter == "H"] = "PR4"
    for code, fixed in (
        ("P1", "PR0"),
        ("R2", "PR3"),
        ("R5", "PR3"),
        ("R3", "PR4"),
        ("S1", "PR4"),
        ("K1", "PR2"),
    ):
        provider[kind == code] = fixed
    setting = np.full(count, -1)
    kinds, providers = settings["setting_type"], settings["placement_provider_code"]
    for number, name in enumerate(np.unique(np.char.add(np.char.add(kind, "|"), provider))):
        code, by = str(name).split("|")
        here = np.flatnonzero((kind == code) & (provider == by))
        wanted = SERVED_BY.get(code, SERVED_BY.get(code[:1], ""))
        wanted = "supported_accommodation" if code == "H5" else wanted
        if not wanted:
            continue
        choice = np.flatnonzero((kinds == wanted) & (providers == by))
        if wanted == "fostering_agency" and by == "PR1":
            # Each zone has a fostering service of its own.
            own = np.flatnonzero(kinds == "fostering_service")
            letters = [str(settings["service_code"][at])[-1] for at in own]
            serves = np.array([dict(zip(letters, own, strict=True))[z] for z in np.unique(zone)])
            at = np.searchsorted(np.unique(zone), zone[placements["period"][here]])
            setting[here] = serves[at]
        elif len(choice):
            setting[here] = choice[draws.between(0, len(choice) - 1, len(here))]
        else:
            raise AssertionError(f"nobody provides {code} for {by}, number {number}")
    # Foster homes and other places lie in the authority or far away; homes lie where they lie.
    goes_far = draws.chance(np.where(np.isin(provider, ["PR4", "PR5"]), 0.42, 0.12), count)
    near = area["postcode"][draws.between(0, rows(area) - 1, count)]
    far = away["postcode"][draws.between(0, rows(away) - 1, count)]
    postcode = np.where(goes_far, far, near)
    building = np.isin(
        kinds[setting],
        [
            "childrens_home",
            "secure_home",
            "supported_accommodation",
            "residential_school",
            "family_centre",
        ],
    ) & (setting >= 0)
    postcode = np.where(building, settings["postcode"][setting], postcode)
    home = homes["postcode"][people["family"][care["child"][placements["period"]]]]
    postcode = np.where((kind == "P1") & draws.chance(0.7, count), home, postcode)
    first_of_carer = np.maximum.accumulate(np.where(placements["same_carer"], 0, np.arange(count)))
    # An adoptive home has an agency of its own even where the carer stays.
    stays = placements["same_carer"] & (letter == "U")
    for column in (provider, setting):
        column[stays] = column[first_of_carer[stays]]
    postcode[placements["same_carer"]] = postcode[first_of_carer[placements["same_carer"]]]
    provider = np.where(letter == "Z", "", provider)
    return {
        "provider": provider,
        "setting": setting,
        "urn": np.where(setting >= 0, settings["ofsted_urn"][setting], ""),
        "postcode": postcode,
    }


def _legal_steps(
    care: Frame, born: Column, placed: Column, is_short: Column, draws: Draws
) -> Frame:
    """Days on which the legal status changes, the first day of care included."""
    count = rows(care)
    start, end = care["start"], care["end"]
    first = draws.pick_by("legal_start", exact_age(born, start)).astype("U2")
    first = np.where(care["is_asylum"], "V2", first)
    # Orders of a court that tries children are for those aged ten and over.
    first = np.where(np.isin(first, ["J1", "J2"]) & (start < birthday(born, 12)), "V2", first)
    first = np.where(is_short, care["hope"], first)
    stays = np.isin(care["hope"], ["long", "guardian", "adoption"]) & ~care["is_asylum"]
    steps = [{"period": np.arange(count), "date": start, "legal": first}]
    # Emergency protection and remand run out within days or weeks.
    for code, longest, after in (
        ("L1", 3, "C1"),
        ("L2", 8, "C1"),
        ("J2", 2, "V2"),
        ("J1", 60, "V2"),
    ):
        here = np.flatnonzero(first == code)
        shortest = max(1, longest // 3)
        steps.append(
            {
                "period": here,
                "date": start[here] + draws.between(shortest, longest, len(here)),
                "legal": np.full(len(here), after),
            }
        )
    was_voluntary = np.isin(first, ["V2", "J1", "J2"])
    goes_to_court = stays & ~is_short & (~was_voluntary | draws.chance(0.55, count))
    goes_to_court |= ~np.isnat(placed)
    interim = np.flatnonzero(goes_to_court & was_voluntary)
    applied = start + np.where(was_voluntary, 65 + draws.days(80, count), 0)
    steps.append(
        {"period": interim, "date": applied[interim], "legal": np.full(len(interim), "C1")}
    )
    # Proceedings aim at 26 weeks and take forty.
    heard = applied + 150 + draws.days(110, count, shape=2.0)
    by = np.where(np.isnat(placed), end, start + ((placed - start).astype(int) * 0.62).astype(int))
    heard = np.where(np.isnat(placed), heard, np.minimum(heard, by - 4))
    full = np.flatnonzero(goes_to_court)
    steps.append({"period": full, "date": heard[full], "legal": np.full(len(full), "C2")})
    ordered = np.flatnonzero(~np.isnat(placed))
    steps.append({"period": ordered, "date": by[ordered], "legal": np.full(len(ordered), "E1")})
    frame = stack(steps)
    frame["legal"] = frame["legal"].astype("U2")
    # Steps close to the end are none, but emergency protection has its limit even then.
    urgent = np.isin(first[frame["period"]], ["L1", "L2"]) & (frame["legal"] == "C1")
    inside = frame["date"] < end[frame["period"]] - np.where(urgent, 0, 2)
    inside |= frame["date"] == start[frame["period"]]
    frame = take(frame, inside)
    frame = take(frame, np.lexsort([frame["date"], frame["period"]]))
    # A step that would repeat the status in force is none, and care orders do not go back.
    rank = {
        "V3": 0,
        "V4": 0,
        "J2": 0,
        "J1": 0,
        "L1": 0,
        "L2": 0,
        "V2": 1,
        "C1": 2,
        "C2": 3,
        "E1": 4,
    }
    ranks = np.array([rank[code] for code in frame["legal"]], dtype=int)
    best = np.maximum.accumulate(ranks + frame["period"] * 10) - frame["period"] * 10
    kept = np.ones(rows(frame), dtype=bool)
    kept[1:] = (frame["period"][1:] != frame["period"][:-1]) | (ranks[1:] > best[:-1])
    return take(frame, kept)


def _episodes(
    care: Frame, placements: Frame, addresses: Frame, legal: Frame, draws: Draws
) -> Frame:
    """Cut each period where placement, status or a temporary stay begins or ends."""
    lasts = (placements["end"] - placements["date"]).astype(int)
    followed_by_same = np.zeros(rows(placements), dtype=bool)
    followed_by_same[:-1] = placements["same_carer"][1:]
    settled = (
        ~placements["same_carer"] & ~followed_by_same & (lasts > 90)
        & ~np.isin(care["hope"][placements["period"]], ["V3", "V4"])
        & ~np.isin(placements["type"], ["A3", "A4", "A5", "A6", "P1"])
    )  # fmt: skip
    away = np.flatnonzero(
        settled
        & draws.chance(1 - np.exp(-draws.rates["temporary_stays"] * lasts / 365.25), len(lasts))
    )
    code = draws.pick("temporary", len(away))
    longest = np.array([LONGEST_AWAY[c] for c in code], dtype=int)
    leaves = (
        placements["date"][away]
        + 20
        + (draws.rng.random(len(away)) * (lasts[away] - 80)).astype(int)
    )
    returns = leaves + np.maximum(2, (draws.rng.random(len(away)) * longest).astype(int))
    place_rows = np.arange(rows(placements))
    cuts = stack(
        [
            _cuts(legal["period"], legal["date"], legal=legal["legal"]),
            _cuts(placements["period"], placements["date"], place=place_rows),
            _cuts(placements["period"][away], leaves, place=away, temporary=code),
            _cuts(placements["period"][away], returns, place=away),
        ]
    )
    cuts = take(cuts, np.lexsort([cuts["place"] >= 0, cuts["date"], cuts["period"]]))
    # On the first day of a period status and placement begin; the row of status comes first, so
    # its placement is that of the row after it.
    opening = np.ones(rows(cuts), dtype=bool)
    opening[1:] = cuts["period"][1:] != cuts["period"][:-1]
    following = np.append(cuts["place"][1:], -1)
    cuts["place"] = np.where(opening, following, cuts["place"])
    known_place = cuts["place"] >= 0
    place = latest_value(known_place, cuts["period"], cuts["place"])
    temporary = latest_value(known_place, cuts["period"], cuts["temporary"])
    status = latest_value(cuts["legal"] != "", cuts["period"], cuts["legal"])
    last_of_day = np.ones(rows(cuts), dtype=bool)
    last_of_day[:-1] = (cuts["period"][1:] != cuts["period"][:-1]) | (
        cuts["date"][1:] != cuts["date"][:-1]
    )
    period, date = cuts["period"][last_of_day], cuts["date"][last_of_day]
    place, temporary, status = place[last_of_day], temporary[last_of_day], status[last_of_day]
    end = _next_in_group(period, date, care["end"])
    is_last = np.ones(len(period), dtype=bool)
    is_last[:-1] = period[1:] != period[:-1]
    is_first = np.ones(len(period), dtype=bool)
    is_first[1:] = period[1:] != period[:-1]
    before = np.maximum(np.arange(len(period)) - 1, 0)
    new_status = status != status[before]
    moved_away = temporary != temporary[before]
    new_row = place != place[before]
    new_carer = placements["placement"][place] != placements["placement"][place[before]]
    new_address = new_row | moved_away
    reason = np.select(
        [
            is_first,
            new_status & ~new_address,
            new_status & new_row & ~new_carer & ~moved_away,
            new_row & ~new_carer & ~moved_away,
            new_status,
        ],
        ["S", "L", "U", "T", "B"],
        "P",
    )
    after = np.minimum(np.arange(len(period)) + 1, len(period) - 1)
    why = np.where(
        ~is_last & new_row[after] & ~moved_away[after], placements["reason"][place[after]], ""
    )
    is_away = temporary != ""
    return {
        "period": period,
        "episode_start_date": date,
        "episode_start_reason_code": reason,
        "legal_status_code": status,
        "placement_type_code": np.where(is_away, temporary, placements["type"][place]),
        "placement_provider_code": np.where(is_away, "", addresses["provider"][place]),
        "episode_end_date": end,
        "episode_end_reason_code": np.where(is_last, care["reason"][period], "X1"),
        "placement_change_reason_code": why,
        "placement_postcode": np.where(is_away, "", addresses["postcode"][place]),
        "ofsted_urn": np.where(is_away, "", addresses["urn"][place]),
        "setting": np.where(is_away, -1, addresses["setting"][place]),
        "placement": placements["placement"][place],
    }


def _cuts(
    period: Column,
    date: Column,
    legal: Column | None = None,
    place: Column | None = None,
    temporary: Column | None = None,
) -> Frame:
    count = len(period)
    return {
        "period": period,
        "date": date,
        "legal": np.full(count, "", dtype="U2") if legal is None else legal,
        "place": np.full(count, -1) if place is None else place,
        "temporary": np.full(count, "", dtype="U2")
        if temporary is None
        else temporary.astype("U2"),
    }


def _adoption_plans(care: Frame, placed: Column, legal: Frame, born: Column, draws: Draws) -> Frame:
    """Decisions that a child should be placed for adoption, carried out or given up."""
    ordered = np.full(rows(care), NO_DAY)
    orders = legal["legal"] == "E1"
    ordered[legal["period"][orders]] = legal["date"][orders]
    carried_out = ~np.isnat(placed)
    given_up = care["is_given_up"] & ((care["end"] - care["start"]).astype(int) > 400)
    which = np.flatnonzero(carried_out | given_up)
    count = len(which)
    start, end = care["start"][which], care["end"][which]
    lasts = (np.where(carried_out[which], placed[which], end) - start).astype(int)
    decided = start + np.minimum((lasts * 0.42).astype(int), 240 + draws.between(0, 90, count))
    reversed_on = np.where(
        given_up[which], np.minimum(decided + draws.days(330, count), end - 5), NO_DAY
    )
    code = draws.pick("adopters", count)
    alone = np.isin(code, ["F1", "M1"])
    status = np.where(
        alone, "L0", np.where(code == "MF", np.where(draws.chance(0.7, count), "L11", "L3"),
                              np.where(draws.chance(0.6, count), "L12", "L4"))
    )  # fmt: skip
    early = draws.chance(0.12, count) & carried_out[which]
    return {
        "period": which,
        "adoption_decision_date": decided,
        "decision_reversed_date": reversed_on,
        "decision_reversed_reason_code": np.where(
            given_up[which], draws.pick("decision_reversed", count), ""
        ),
        "placement_order_date": np.where(carried_out[which], ordered[which], NO_DAY),
        "matched_date": np.where(
            carried_out[which],
            np.maximum(decided + 5, placed[which] - draws.between(15, 40, count)),
            NO_DAY,
        ),
        "placed_for_adoption_date": placed[which],
        "early_permanence_date": np.where(
            early, np.minimum(decided + 20, placed[which] - 12), NO_DAY
        ),
        "permanence_order_date": np.where(carried_out[which], end, NO_DAY),
        "adopter_sex_code": code,
        "adopter_legal_status_code": status,
        "adopter_count": np.where(alone, 1, 2),
    }
