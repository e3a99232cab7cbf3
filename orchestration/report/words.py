"""The codes of the figures in words that a director, a board member or a parent can read.

Codes are those of METHODS 3.6, 4, 5, 6 and 10. A code that has no words here is shown as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WITHHELD = "[c]"
SILENT = "SIL"


@dataclass(frozen=True)
class Mark:
    """A code as it is shown: a shape beside the words, so that colour is never the only sign."""

    shape: str
    words: str
    tone: str


def as_mark(marks: Mapping[str, Mark], code: str) -> Mark:
    """A code in words, or as it is where it has none."""
    return marks.get(code, Mark("?", code, "none"))


READINGS = {
    "FAV": Mark("▲", "Favourable", "good"),
    "NEU": Mark("●", "Steady", "even"),
    "UNF": Mark("▼", "Unfavourable", "poor"),
    "MIX": Mark("◆", "Mixed", "mixed"),
    SILENT: Mark("○", "Silent", "none"),
    "NIL": Mark("○", "Says nothing", "none"),
    WITHHELD: Mark(WITHHELD, "Withheld", "none"),
}
OVERALL = {
    "FAVOURABLE": Mark("▲", "Favourable", "good"),
    "LEAN_FAV": Mark("△", "Leans favourable", "good"),
    "STEADY": Mark("●", "Steady", "even"),
    "UNCLEAR": Mark("◆", "Unclear", "mixed"),
    "CONTRADICTORY": Mark("✕", "Contradictory", "mixed"),
    "LEAN_UNF": Mark("▽", "Leans unfavourable", "poor"),
    "UNFAVOURABLE": Mark("▼", "Unfavourable", "poor"),
    "NO_JUDGEMENT": Mark("○", "Not judged", "none"),
    WITHHELD: Mark(WITHHELD, "Withheld", "none"),
}
# What may be said, in the order in which a board should read it.
OVERALL_ORDER = (
    "CONTRADICTORY",
    "UNFAVOURABLE",
    "LEAN_UNF",
    "UNCLEAR",
    "LEAN_FAV",
    "FAVOURABLE",
    "STEADY",
)
OVERALL_MEANING = {
    "CONTRADICTORY": "One kind of evidence is favourable while another is unfavourable. That is a "
    "finding: look at both sides.",
    "UNFAVOURABLE": "Every kind that speaks is unfavourable.",
    "LEAN_UNF": "One kind is unfavourable, none is favourable, the others are steady or mixed.",
    "UNCLEAR": "The kinds agree in part, and point no way.",
    "LEAN_FAV": "One kind is favourable, none is unfavourable or mixed, the others are steady.",
    "FAVOURABLE": "Every kind that speaks is favourable.",
    "STEADY": "Every kind that speaks shows no clear change and no clear difference.",
}
CONVERGENCE = {
    "AGREEMENT": "The kinds agree",
    "PARTIAL": "The kinds agree in part",
    "DISSONANCE": "The kinds contradict each other",
    "NOT_TRIANGULATED": "Only one kind speaks",
    "NO_EVIDENCE": "No kind speaks",
    WITHHELD: "Withheld",
}
CONFIDENCE = {
    "HIGH": "High confidence",
    "MEDIUM": "Medium confidence",
    "LOW": "Low confidence",
    "NONE": "No judgement",
    WITHHELD: "Withheld",
}
STRENGTHS = {"STRONG": "strong", "MODERATE": "moderate", "WEAK": "weak", "NONE": "too weak"}
DIRECTIONS = {
    "IMP": "improving",
    "STA": "no clear change",
    "DET": "worsening",
    "UNK": "cannot be told",
}
LEVELS = {
    "BET": "better than the comparison",
    "SIM": "similar to the comparison",
    "WOR": "worse than the comparison",
    "UNK": "nothing to compare with",
}
DIRECTION_METHODS = {
    "XMR": "from the chart of months or quarters",
    "ANNUAL_TREND": "from five years",
    "ADDED_VALUE": "by the score added to what was expected",
    "OWN_BASELINE": "better against worse, each by the own start",
    "TWO_PERIODS": "against the year before",
}


@dataclass(frozen=True)
class Kind:
    """One of the four kinds of evidence: its code, its column of the triangulation, its names."""

    code: str
    column: str
    name: str
    short: str
    question: str


KINDS = (
    Kind(
        "cohort_snapshot",
        "cohort",
        "Cohort figures",
        "Cohort",
        "What do the numbers about the group of children show?",
    ),
    Kind(
        "individual_progress",
        "progress",
        "Individual progress",
        "Progress",
        "How has each child fared, from their own starting point?",
    ),
    Kind(
        "organisation_workforce_practice",
        "organisation",
        "Organisation, workforce and practice",
        "Organisation",
        "Are the conditions for good help in place?",
    ),
    Kind(
        "user_views",
        "views",
        "Views of children, families and staff",
        "Views",
        "What do those concerned say?",
    ),
)
KIND_NAMES = {kind.code: kind.name for kind in KINDS}
POLARITIES = {
    "higher_better": "Higher is better.",
    "lower_better": "Lower is better.",
    "target_band": "Too low and too high are both questions.",
    "context_only": "Context only: neither direction is better, so it is never judged.",
}
QUESTIONS_OF_ACCOUNT = {
    "how_much": "How much did we do?",
    "how_well": "How well did we do it?",
    "better_off": "Is anyone better off?",
}
LEVELS_OF_OUTCOME = {
    "child": "For each child",
    "population": "For all children of the area",
    "service": "For the service",
    "intermediate": "On the way to outcomes for children",
    "board": "For the safeguarding board",
    "area_for_evaluation": "Areas for evaluation",
}
UNITS = {
    "percent": "per cent",
    "points": "percentage points",
    "rate_per_10k": "per 10,000 children",
    "count": "number",
    "mean": "mean",
    "median": "median",
    "ratio": "ratio",
    "days": "days",
}
SYMBOLS = {
    "[c]": "withheld, so that no child can be made out: the number, or one it could be worked out "
    "from, is small",
    "[x]": "not available",
    "[z]": "not applicable: nobody is in the group",
    "[u]": "low reliability: too few, or too many not known",
    "[low]": "rounds to zero but is not zero",
    "[f]": "forecast",
}
BREAKDOWNS = {
    "age_band": "Age",
    "sex": "Sex",
    "ethnic_group": "Ethnic group",
    "disability": "Disability",
    "unaccompanied_asylum_seeker": "Unaccompanied and seeking asylum",
    "placement_type": "Placement",
    "placement_provider": "Provider of the placement",
    "legal_status": "Legal status",
    "primary_need": "Primary need",
    "support_level": "Level of support",
    "deprivation_quintile": "Deprivation of the home area",
    "zone": "Zone",
    "referral_source": "Source of referral",
    "team": "Team",
    "service": "Service",
}
COMPARATORS = {
    "previous_period": "the year before",
    "year_before": "the same time a year before",
    "statistical_neighbours": "median of the statistical neighbours",
    "region": "region",
    "england": "England",
    "all_authorities": "median of all authorities",
    "agreed_target": "agreed target",
    "agreed_band": "agreed band",
}
COMPARISON_CODES = {
    "SIMILAR": Mark("●", "Similar", "even"),
    "BETTER_95": Mark("▲", "Better", "good"),
    "BETTER_998": Mark("▲", "Clearly better", "good"),
    "WORSE_95": Mark("▼", "Worse", "poor"),
    "WORSE_998": Mark("▼", "Clearly worse", "poor"),
    "HIGHER_95": Mark("↑", "Higher", "even"),
    "HIGHER_998": Mark("↑", "Clearly higher", "even"),
    "LOWER_95": Mark("↓", "Lower", "even"),
    "LOWER_998": Mark("↓", "Clearly lower", "even"),
    "IN_BAND": Mark("●", "In the band", "even"),
    "BELOW_CLEAR": Mark("▼", "Clearly below the band", "poor"),
    "BELOW_POSSIBLE": Mark("▽", "Below the band, perhaps by chance", "mixed"),
    "ABOVE_CLEAR": Mark("▲", "Clearly above the band", "poor"),
    "ABOVE_POSSIBLE": Mark("△", "Above the band, perhaps by chance", "mixed"),
}
CURVE_READINGS = {
    "TURNED": "The curve has turned: twice running better than was forecast, and better than at "
    "the baseline.",
    "TURNING": "The curve is turning: better than was forecast.",
    "ON_BASELINE": "As forecast: the curve has not been turned, and not got worse.",
    "WRONG_WAY": "The wrong way: worse than was forecast.",
    "NOT_YET": "The forecast is frozen. The figures to read against it are still to come.",
    "NO_BASELINE": "Too few figures in a row for a forecast.",
    "BASELINE_EXPIRED": "The forecast does not reach so far: agree on a new baseline.",
}
SPECIAL_CAUSES = {
    "COMMON": "within what the system does by itself",
    "OUTSIDE_HIGH": "above the upper limit",
    "OUTSIDE_LOW": "below the lower limit",
    "TREND_UP": "at the end of seven or more points that each rose",
    "TREND_DOWN": "at the end of seven or more points that each fell",
    "TWO_OF_THREE_HIGH": "one of two in three points near the upper limit",
    "TWO_OF_THREE_LOW": "one of two in three points near the lower limit",
    "SHIFT_HIGH": "at the end of seven or more points above the centre",
    "SHIFT_LOW": "at the end of seven or more points below the centre",
}
POINT_TYPES = {
    "IMPROVEMENT": Mark("▲", "Improvement", "good"),
    "CONCERN": Mark("▼", "Concern", "poor"),
    "NEUTRAL_HIGH": Mark("↑", "High", "mixed"),
    "NEUTRAL_LOW": Mark("↓", "Low", "mixed"),
    "COMMON": Mark("●", "No signal", "even"),
}
TREND_MARKERS = {
    "INCREASING": "has risen over five years",
    "DECREASING": "has fallen over five years",
    "NO_SIG_CHANGE": "shows no significant change over five years; in a small authority that often "
    "means that there is not enough to tell",
    "NO_SIG_CHANGE_OUTLIER": "shows no significant change over five years but for a single year",
    "SMALL_NUMBERS": "rests on too few events for a trend",
    "CANNOT": "has too few years for a trend, or a gap",
}
ASSURANCE = {
    "CONSISTENT_PASS": "The target is met whatever the next point brings.",
    "CONSISTENT_FAIL": "The target will not be met unless the process changes.",
    "HIT_OR_MISS": "Whether the target is met is left to chance.",
}
GRADES = {
    "A": "every check passed, 95 % complete or more, reconciled",
    "B": "nothing blocks, 90 % complete or more",
    "C": "75 % complete or more, or a known issue",
    "D": "less than that",
}
QUADRANTS = {
    "BETTER_OFF_SHARE": "Is anyone better off? The share",
    "BETTER_OFF_NUMBER": "Is anyone better off? The number",
    "HOW_WELL": "How well did we do it?",
    "HOW_MUCH": "How much did we do?",
    "POPULATION": "How are all children of the area?",
}
SUBJECT_KINDS = {
    "population": "All children of the area: shared by partners, and no service's score",
    "authority": "The service as a whole",
    "board": "The safeguarding board",
    "programme": "Programmes",
    "delivery_model": "Delivery models",
    "service": "Services",
    "team": "Teams",
}
LIMITATIONS = (
    "These figures raise questions; they do not prove that the service caused a change.",
    "Low or zero can mean good, hidden, or unrecorded. Check recording before celebrating.",
    "Small groups move by chance; read the interval, not the point. Of 40 measures about two will "
    "look different at 95 % by luck alone.",
    "Change from before to after includes a return towards the average, and misses those who were "
    "not followed up.",
    "People who answer surveys differ from those who do not; response rates are shown.",
    "Authorities record and decide differently; neighbours are a prompt, not a target.",
    "A measure that stands for something else can improve while children's lives do not; read "
    "pairs together.",
    "Codes compress evidence. Read the items, dissent and silences beneath before acting.",
    "Not for appraising individual workers, paying by results, or deciding about any one child.",
    "Targets distort: if a measure becomes a target, expect its meaning to weaken and watch its "
    "partner.",
    "No prediction is made about individual children or families.",
)


def latest_in_words(point: Mapping[str, Any], period: str) -> str:
    """What may be said of the newest point of a series (METHODS 4)."""
    if point["signals_symbol"] == WITHHELD:
        return "Some figures of this series are withheld, and with them its limits and its trend."
    match point["method"]:
        case "XMR" | "XMR_TRIAL":
            said = SPECIAL_CAUSES.get(point["special_cause_type"], "not read")
            mark = POINT_TYPES.get(point["point_type"])
            meaning = "" if point["point_type"] == "COMMON" or mark is None else mark.words
            trial = " Limits are on trial: fewer than 15 points." * (point["method"] == "XMR_TRIAL")
            torn = " Rules of both signs fire: nothing is concluded." * (point["conflict"] == 1)
            return f"{period} is {said}{f': {meaning.lower()}' if meaning else ''}.{trial}{torn}"
        case "ANNUAL_TREND":
            trend = TREND_MARKERS.get(point["trend_marker"], "is not tested for a trend")
            mark = POINT_TYPES.get(point["point_type"])
            is_signal = point["point_type"] in ("IMPROVEMENT", "CONCERN")
            return f"It {trend}{f': {mark.words.lower()}' if mark and is_signal else ''}."
        case "RUN_CHART":
            return "Fewer than 12 points: the line is described, and nothing is concluded from it."
        case "DIFFERENCE":
            return "Fewer than five years: higher or lower than the year before, never a trend."
        case "TOO_SMALL":
            return "The points rest on fewer than ten on average: read the longer period."
        case "NONE":
            return "One point: the level only."
        case _:
            return "Nothing can be said of how it has moved."
