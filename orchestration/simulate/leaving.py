"""Leaving care: who is entitled, and how care leavers live at their birthdays."""

import numpy as np

from orchestration.simulate.care import Care
from orchestration.simulate.draws import Draws, Frame, birthday, rows, take
from orchestration.simulate.options import Options

WEEKS_13 = 91


def find_leavers(care: Care, kids: Frame, options: Options) -> Frame:
    """Young people looked after for 13 weeks since they turned 14, some of it at 16 or 17, and
    who have left; one row each, in the order of the children.

    Children (Leaving Care) Act 2000: short breaks do not count.
    """
    periods = take(care.periods, ~care.periods["is_short"])
    child = periods["child"]
    born = kids["date_of_birth"][child]
    ends = np.minimum(periods["end"], birthday(born, 18))
    since_14 = np.maximum((ends - np.maximum(periods["start"], birthday(born, 14))).astype(int), 0)
    since_16 = (ends > birthday(born, 16)) & (ends > periods["start"])
    count = rows(kids)
    days = np.bincount(child, weights=since_14, minlength=count)
    at_16 = np.bincount(child, weights=since_16, minlength=count)
    left = np.full(count, np.datetime64("1900-01-01", "D"))
    np.maximum.at(left, child, periods["end"])
    adopted = np.bincount(
        child, weights=np.isin(periods["reason"], ["E11", "E12", "E2"]), minlength=count
    )
    found = np.flatnonzero((days >= WEEKS_13) & (at_16 > 0) & (adopted == 0))
    return {"child": found, "left": left[found]}


def positions(leavers: Frame, kids: Frame, draws: Draws, options: Options) -> Frame:
    """Contact, activity and accommodation of care leavers at their 17th to 21st birthdays, and
    at the 22nd to 25th of those still in contact, where they have left care by then."""
    frames = []
    for age in range(17, 26):
        child = leavers["child"]
        on = birthday(kids["date_of_birth"][child], age)
        here = (on >= options.detail_from) & (on <= options.last_day) & (leavers["left"] <= on)
        here &= ~(kids["date_of_death"][child] <= on)
        if age > 21:
            here &= draws.chance(0.22, len(child))
        child, on = child[here], on[here]
        years = np.full(len(child), age)
        contact = draws.pick_by("in_touch", years)
        contact = np.where(age > 21, "YES", contact)
        activity = draws.pick_by("activity", years)
        home = draws.pick_by("accommodation", years)
        # Whoever died or went home has no position; out of touch nothing is known.
        none = np.isin(contact, ["DIED", "RHOM"])
        lost = np.isin(contact, ["NO", "REFU", "NREQ"]) & draws.chance(0.75, len(child))
        activity = np.where(none | lost, "0", activity)
        home = np.where(none | lost, "0", home)
        old = on < np.datetime64("2021-04-01")
        for now, before in (("F4", "F3"), ("F5", "F3"), ("P4", "P3"), ("P5", "P3")):
            activity = np.where(old & (activity == now), before, activity)
        frames.append(
            {
                "child": child, "position_date": on, "age_turned": years,
                "contact_code": contact, "activity_code": activity, "accommodation_code": home,
            }
        )  # fmt: skip
    names = list(frames[0])
    return {name: np.concatenate([frame[name] for frame in frames]) for name in names}
