"""The report site: it opens from disk, says what was found, and never shows what is withheld."""

import datetime as dt
import re
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
from lxml import etree, html

from orchestration.report import brief, site
from orchestration.report.facts import CannotDraw
from orchestration.report.site import draw_site
from tests.report_release import (
    COUNTY,
    YEAR,
    a_figure,
    a_point,
    a_release,
    an_item,
    an_outcome,
)

SAFE = "rees_child_safe"
STABLE = "rees_child_stability"
REPEAT_PLANS = "torfaen_cpp_repeat"
LONG_PLANS = "torfaen_cpp_2yrs_ceased"
SAFE_VIEW = "rees_child_safe_child_view"
OF_THE_COMMUNITY = "pif_area_4"
MOVES = "rees_child_stability_3plus_placements"
GAP = "afc_gap_persistent_absence"
CHANGE = "torfaen_referral_annual_change"
# A number that stands in the release in no other place.
TELLING = 17.3
CANARY = "zebedee"

WORLD = {
    "outcomes.triangulated_outcomes": [
        an_outcome(
            SAFE,
            cohort_reading="FAV",
            cohort_strength="STRONG",
            views_reading="UNF",
            views_strength="MODERATE",
            convergence="DISSONANCE",
            overall="CONTRADICTORY",
            flags="OUTWEIGHED_UNF:cohort_snapshot",
        ),
        an_outcome(SAFE, period_id="2024-25", cohort_reading="NEU", convergence="NOT_TRIANGULATED"),
        an_outcome(
            STABLE, cohort_reading="[c]", convergence="[c]", overall="[c]", confidence="[c]"
        ),
    ],
    "outcomes.evidence_items": [
        an_item(SAFE, REPEAT_PLANS, reading="FAV", direction="IMP", pair_code="plans"),
        an_item(SAFE, LONG_PLANS, reading="UNF", direction="DET", pair_code="plans"),
        an_item(SAFE, SAFE_VIEW, data_type="user_views", reading="UNF", direction="DET"),
        an_item(
            STABLE,
            MOVES,
            value=None,
            n=None,
            symbol="[c]",
            direction=None,
            direction_method=None,
            level=None,
            strength=None,
            reading=None,
        ),
    ],
    "outcomes.questions": [
        {
            "outcome_id": SAFE,
            "local_authority_code": COUNTY,
            "period_id": YEAR,
            "question_code": "Q02",
            "question": "Whose experience do the numbers leave out?",
        }
    ],
    "outcomes.indicator_values": [
        a_figure(REPEAT_PLANS, TELLING),
        a_figure(REPEAT_PLANS, 15.0, breakdown="sex", breakdown_value="Female"),
        a_figure(REPEAT_PLANS, 31.0, breakdown="sex", breakdown_value="Male"),
        a_figure(REPEAT_PLANS, None, breakdown="sex", breakdown_value="Not known"),
        a_figure(MOVES, None),
        a_figure(LONG_PLANS, 12.0),
        a_figure(SAFE_VIEW, 55.0),
        a_figure(GAP, 31.5, measure_type="difference"),
        a_figure(CHANGE, -10.2, measure_type="difference"),
    ],
    "outcomes.indicator_trends": [
        *(a_point(REPEAT_PLANS, ago, 20.0 + ago % 3) for ago in range(1, 18)),
        a_point(REPEAT_PLANS, 18, None),
        a_point(REPEAT_PLANS, 0, 31.5, special_cause_type="OUTSIDE_HIGH", point_type="CONCERN"),
    ],
    "outcomes.indicator_curves": [
        {
            "indicator_id": REPEAT_PLANS,
            "local_authority_code": COUNTY,
            "period_type": "month",
            "period_id": f"2026-0{month}",
            "period_start": dt.date(2026, month, 1),
            "period_end": dt.date(2026, month, 28),
            "forecast": 21.0,
            "forecast_lower80": 18.0,
            "forecast_upper80": 24.0,
            "forecast_lower95": 16.0,
            "forecast_upper95": 26.0,
            "forecast_symbol": "[f]",
            "reading": "NOT_YET",
            "is_latest": month == 4,
            "baseline_made_on": dt.date(2026, 3, 31),
        }
        for month in (4, 5)
    ],
    "outcomes.indicator_comparisons": [
        {
            "indicator_id": REPEAT_PLANS,
            "local_authority_code": COUNTY,
            "period_id": YEAR,
            "period_type": "year",
            "comparator": comparator,
            "comparator_period_id": "2024-25",
            "value": TELLING,
            "comparator_value": value,
            "symbol": symbol,
            "area_count": areas,
            "comparison_code": code,
        }
        for comparator, value, symbol, areas, code in (
            ("england", 24.5, None, None, "BETTER_95"),
            ("statistical_neighbours", None, "[x]", 3, None),
        )
    ],
    "outcomes.indicator_cards": [
        {
            "indicator_id": REPEAT_PLANS,
            "local_authority_code": COUNTY,
            "period_id": period,
            "indicator": "Repeat plans",
            "framework": "torfaen_lscb",
            "unit": "percent",
            "chosen_as": "framework_headline;band",
            "headline_rank": 1,
            "value": TELLING,
            "band_low": 10.0,
            "band_high": 15.0,
            "band_origin": "agreed",
            "question_too_low": "Are children kept off a plan?",
            "question_too_high": "Does help not last?",
            "story": story,
            "partners": "Police: Tells the same day;Schools: Share what they see",
        }
        for period, story in ((YEAR, None), ("2024-25", "2024-05-01 Practitioners: thresholds"))
    ]
    + [
        {
            "indicator_id": MOVES,
            "local_authority_code": COUNTY,
            "period_id": period,
            "indicator": "Moves",
            "framework": "rees",
            "unit": "percent",
            "story": f"Head of fostering, {period}",
            "actions": f"Recruit carers in {period};Ask children",
        }
        for period in (YEAR, "2024-25")
    ],
    "outcomes.scorecards": [
        {
            "local_authority_code": COUNTY,
            "subject_kind": "programme",
            "subject_code": "family_support",
            "subject_name": "Family support",
            "period_id": YEAR,
            "quadrant": quadrant,
            "display_order": order,
            "item_kind": kind,
            "item": item,
            "indicator_id": MOVES if kind == "progress" else None,
            "unit": "percent",
            "polarity": polarity,
            "value": value,
            "symbol": None if value else "[c]",
        }
        for quadrant, order, kind, item, value, polarity in (
            ("HOW_MUCH", 4, "places", "Families supported", None, None),
            ("BETTER_OFF_SHARE", 1, "progress", "Children better than at their start", 61.0, None),
            ("BETTER_OFF_SHARE", 1, "indicator", "Evicted before", 12.0, "context_only"),
            ("BETTER_OFF_NUMBER", 2, "indicator", "Evicted before", 7.0, "context_only"),
            ("HOW_WELL", 3, "none", "Nothing is measured", None, None),
        )
    ]
    + [
        {
            "local_authority_code": COUNTY,
            "subject_kind": "delivery_model",
            "subject_code": "family_support:outreach",
            "subject_name": "Outreach",
            "programme_code": "family_support",
            "period_id": YEAR,
            "quadrant": "HOW_MUCH",
            "display_order": 4,
            "item_kind": "places",
            "item": "Places begun",
            "unit": "count",
            "value": 30.0,
        }
    ],
    "outcomes.partners": [
        {
            "local_authority_code": COUNTY,
            "partner_role_id": role,
            "agency_code": "housing",
            "role_text": words,
            "programme_code": programme,
            "outcome_id": outcome,
            "is_played": is_played,
        }
        for role, words, programme, outcome, is_played in (
            ("1", "Keeps flats", "family_support", None, True),
            ("2", "Kept flats once", "family_support", STABLE, False),
            ("3", "Something else", "another", STABLE, True),
        )
    ],
    "outcomes.self_evaluations": [
        {
            "outcome_id": OF_THE_COMMUNITY,
            "local_authority_code": COUNTY,
            "period_id": year,
            "instrument_code": "pif",
            "standard_code": "4.1",
            "vision_heading_code": heading,
            "rater_code": "authority",
            "assessment_date": dt.date(int(year[:4]), 12, 1),
            "is_applicable": grade is not None,
            "grade": grade,
            "earlier_grade": earlier,
            "figure_count": 0,
        }
        for year, heading, grade, earlier in (
            ("2024-25", "included", 2, None),
            (YEAR, "included", 3, 2),
            (YEAR, "safe", None, None),
        )
    ],
    "outcomes.indicator_availability": [
        {
            "indicator_id": SAFE_VIEW,
            "local_authority_code": COUNTY,
            "availability": "MEASURED",
            "in_words": "Measured.",
        },
        {
            "indicator_id": "afc_child_poverty",
            "local_authority_code": COUNTY,
            "availability": "FEED_NOT_SUPPLIED",
            "in_words": "To be developed: it needs ref_low_income_families.",
            "sources_missing": "ref_low_income_families",
        },
    ],
    "quality.extract_files": [
        {
            "file_name": "981/cards.csv",
            "family": "local",
            "local_authority_code": COUNTY,
            "status": "refused",
            "reason": "No contract knows it.",
        }
    ],
    "quality.data_quality_grades": [
        {
            "local_authority_code": COUNTY,
            "source_extract": extract,
            "period": "2025",
            "dq_grade": grade,
            "reason": f"Why {grade}.",
        }
        for extract, grade in (("ssda903_oc2", "C"), ("ssda903_oc3", "B"))
    ],
    "quality.check_results": [
        {
            "table_name": "measures.measure_records",
            "check_name": "most_are_known",
            "severity": "warning",
            "passed": False,
            "unexpected_count": None,
            "why": "A share of the known says little of all.",
        }
    ],
}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The world above; beside it an internal file, of which nothing may come onto a page."""
    folder = tmp_path_factory.mktemp("published")
    with duckdb.connect(str(folder / "csc_outcomes_internal.duckdb")) as internal:
        internal.execute(f"create table children as select '{CANARY}' as child_id")
    return a_release(folder / "csc_outcomes.duckdb", WORLD)


@pytest.fixture(scope="module")
def drawn(release: Path) -> Path:
    """The folder of the site, for tests that only look."""
    draw_site(release, release.parent / "site")
    return release.parent / "site"


def pages(folder: Path) -> dict[str, html.HtmlElement]:
    return {
        file.relative_to(folder).as_posix(): html.document_fromstring(file.read_text("utf-8"))
        for file in sorted(folder.rglob("*.html"))
    }


def said(folder: Path, page: str) -> str:
    """The words of the main part of a page, with single spaces."""
    (main,) = pages_of(folder, page).xpath("//main")
    return " ".join(" ".join(main.itertext()).split())


def pages_of(folder: Path, page: str) -> html.HtmlElement:
    return html.document_fromstring((folder / page).read_text("utf-8"))


def test_every_link_image_and_style_leads_to_a_file_of_the_site(drawn):
    for name, page in pages(drawn).items():
        for place in page.xpath("//@href | //@src"):
            path, _, fragment = str(place).partition("#")
            target = (drawn / name).parent / path if path else drawn / name
            assert target.resolve().is_relative_to(drawn.resolve()), (name, place)
            assert target.is_file(), (name, place)
            if fragment:
                assert pages_of(drawn, str(target.resolve().relative_to(drawn.resolve()))).xpath(
                    "//*[@id = $id]", id=fragment
                ), (name, place)


def test_a_page_asks_nothing_of_a_network_and_needs_no_script(drawn):
    for file in drawn.rglob("*"):
        if file.is_file() and file.suffix != ".pdf":
            text = file.read_text("utf-8")
            # The name of a language of drawings is no address that anybody asks.
            text = re.sub(r'xmlns(:xlink)?="[^"]*"', "", text)
            assert not re.search(r"https?:|//[a-z]+\.|url\(|@import", text), file
            assert "<script" not in text.lower()
            assert not re.search(r"\son[a-z]+=", text), file


def test_every_page_can_be_read_by_ear_and_walked_by_keyboard(drawn):
    titles = []
    for name, page in pages(drawn).items():
        assert page.get("lang") == "en-GB", name
        titles.append(page.findtext(".//title"))
        assert len(page.xpath("//h1")) == len(page.xpath("//main")) == 1, name
        levels = [int(heading.tag[1]) for heading in page.xpath("//h1 | //h2 | //h3 | //h4")]
        assert levels[0] == 1, name
        assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
        ids = page.xpath("//@id")
        assert len(ids) == len(set(ids)), name
        assert page.xpath("//body/a[1]/@href") == ["#main"], name
        for table in page.xpath("//table"):
            assert table.findtext("caption", "").strip(), name
            assert table.xpath("thead//th[@scope = 'col']"), name
            for row in table.xpath("tbody/tr"):
                assert row.xpath("th[@scope = 'row' or @scope = 'rowgroup']"), name
        for image in page.xpath("//img"):
            assert len(image.get("alt")) > 20, name
            assert image.xpath("following::details[1]//table | following::table[1]"), name
        for scrolled in page.xpath("//*[contains(@class, 'wide')]"):
            assert scrolled.get("tabindex") == "0" and scrolled.get("aria-label"), name
        for labelled in page.xpath("//@aria-labelledby"):
            assert str(labelled) in ids, name
    assert len(titles) == len(set(titles))


def test_colour_is_never_the_only_sign(drawn):
    for name, page in pages(drawn).items():
        for mark in page.xpath("//*[contains(@class, 'mark ')]"):
            shape = mark.xpath("string(span[@class = 'shape'])")
            assert shape, name
            assert mark.text_content().replace(shape, "").strip(), name


def test_nothing_but_the_release_file_is_read(drawn):
    for file in drawn.rglob("*"):
        if file.is_file():
            assert CANARY.encode() not in file.read_bytes()


def test_the_front_page_names_what_contradicts_what_is_silent_and_what_is_withheld(drawn):
    front = said(drawn, "index.html")

    assert "Contradictory 1 outcome" in front
    (row,) = pages_of(drawn, "index.html").xpath(
        f"//table//tr[th/a[contains(@href, '{SAFE}.html')]]"
    )
    cells = [" ".join(" ".join(cell.itertext()).split()) for cell in row.xpath("td")]
    assert [cell.partition(" ")[2] for cell in cells] == [
        "▲ Favourable strong",
        "○ Silent",
        "○ Silent",
        "▼ Unfavourable moderate",
        "✕ Contradictory The kinds contradict each other",
    ]
    assert "of 1 so much rests on small numbers" in front
    assert "Whose experience do the numbers leave out?" in front


def test_an_earlier_year_has_a_front_page_of_its_own(drawn):
    assert "year ending 31 March 2025" in said(drawn, f"{COUNTY}/2024-25.html")
    assert pages_of(drawn, "index.html").xpath("//nav[@aria-label = 'Years']//a/@href") == [
        f"{COUNTY}/2024-25.html"
    ]


def test_the_page_of_an_outcome_shows_both_sides_what_was_outweighed_and_who_is_silent(drawn):
    page = said(drawn, f"{COUNTY}/outcomes/{SAFE}.html")

    assert "Dissent. Favourable: Cohort figures. Unfavourable: Views of children" in page
    assert "Outweighed." in page
    assert "Silent: Individual progress; Organisation, workforce and practice." in page
    assert "Read as a pair" in page
    assert "improving" in page and "worsening" in page
    assert "Whose experience do the numbers leave out?" in page
    assert "The evidence of 2024-25" in page


def test_the_page_of_an_outcome_sets_its_grades_beside_its_figures_and_says_where_there_is_none(
    drawn,
):
    page = said(drawn, f"{COUNTY}/outcomes/{OF_THE_COMMUNITY}.html")

    assert "In 2025-26 no chosen measure of this outcome has a figure" in page
    assert (
        "Included Performance improvement framework (Scotland) Authority 2025-12-01 3 2 "
        "Included Performance improvement framework (Scotland) Authority 2024-12-01 2 –" in page
    )
    assert "How it was graded" not in said(drawn, f"{COUNTY}/outcomes/{SAFE}.html")


def test_the_page_of_an_outcome_leads_along_the_chain_both_ways(drawn):
    """From a child's outcome to what stands before it, and from there to the child."""
    trust = "rees_int_children_trust"
    for one, other in ((STABLE, trust), (trust, STABLE)):
        page = pages_of(drawn, f"{COUNTY}/outcomes/{one}.html")
        (row,) = page.xpath(
            f"//section[@aria-labelledby = 'chain']//tr[th/a[contains(@href, '{other}.html')]]"
        )
        assert row.xpath("td")[1].text_content().strip()
    # Every intermediate outcome stands before every child's, tied by a measure or not.
    page = pages_of(drawn, f"{COUNTY}/outcomes/rees_child_early_education.html")
    assert len(page.xpath("//section[@aria-labelledby = 'chain']//td[1]")) >= 21
    page = pages_of(drawn, f"{COUNTY}/outcomes/{trust}.html")
    (heading,) = page.xpath(
        "//section[@aria-labelledby = 'chain']//tr[@class = 'group'][contains(., 'they live')]"
    )
    assert "Child outcomes" in heading.text_content()


def test_the_scorecard_of_a_programme_has_its_frame_and_no_start_among_its_effects(drawn):
    page = said(drawn, f"{COUNTY}/scorecards/programme-family_support.html")

    assert "At the start" in page and page.count("Evicted before") == 1
    assert "Outreach : each model has its own scorecard." in page
    assert "Housing: Keeps flats" in page
    assert "Kept flats once" not in page and "Something else" not in page
    assert f"What is known of it: Head of fostering, {YEAR}." in page
    assert f"Recruit carers in {YEAR} Ask children" in page
    assert "Recruit carers in 2024-25" not in page


def test_the_page_of_an_outcome_has_every_agencys_part_and_actions_on_it(drawn):
    page = said(drawn, f"{COUNTY}/outcomes/{STABLE}.html")

    assert "Who does what for it Housing: Something else " in page
    assert "Kept flats once" not in page and "Keeps flats" not in page
    assert f"What is known of it: Head of fostering, {YEAR}." in page
    assert f"Recruit carers in {YEAR} Ask children" in page
    assert "Recruit carers in" not in said(drawn, f"{COUNTY}/outcomes/{SAFE}.html")


def test_a_withheld_item_shows_its_symbol_and_no_code(drawn):
    page = said(drawn, f"{COUNTY}/outcomes/{STABLE}.html")

    assert "[c] [c] [c] [c] [c] Withheld" in page
    assert "None is shown, because what would raise it is withheld." in page


def test_the_page_of_a_measure_shows_figure_chart_curve_comparison_and_groups(drawn):
    page = said(drawn, f"{COUNTY}/indicators/{REPEAT_PLANS}.html")

    assert "17.3 % 2025-26. By chance alone it could lie from 12.3 to 22.3 (95 % interval)." in page
    assert "40 of 190 known. Not known of 10 more." in page
    assert "Mar 2026 is above the upper limit: concern." in page
    assert "The forecast is frozen." in page
    assert "England 2024-25 24.5 % ▲ Better" in page
    assert "[x] 3 neighbours publish it: too few" in page
    assert "Widest gap between groups that are shown: 16 points, Female 15 % and Male 31 %." in page
    assert len(list((drawn / COUNTY / "charts").glob(f"{REPEAT_PLANS}-*.svg"))) == 4


def test_a_gap_of_two_percentages_is_read_in_points_and_a_change_in_per_cent(drawn):
    gap = said(drawn, f"{COUNTY}/indicators/{GAP}.html")
    assert "31.5 points 2025-26." in gap
    assert "31.5 %" not in gap
    assert "-10.2 % 2025-26." in said(drawn, f"{COUNTY}/indicators/{CHANGE}.html")


def test_what_is_followed_closely_has_both_questions_its_story_its_partners_and_its_actions(drawn):
    page = said(drawn, f"{COUNTY}/indicators/{REPEAT_PLANS}.html")

    assert "it is a headline of its framework, and the authority agreed a band." in page
    assert "Band 10 to 15, agreed by the authority." in page
    assert "If it is too low Are children kept off a plan?" in page
    assert "If it is too high Does help not last?" in page
    assert "Police: Tells the same day Schools: Share what they see" in page
    assert "No story is written about this year." in page
    assert "No action is recorded." in page
    assert "2024-25: 2024-05-01 Practitioners: thresholds" in page
    assert "Repeat plans 17.3 %" in said(drawn, "index.html")


def test_a_scorecard_begins_with_who_is_better_off_and_shows_an_empty_quadrant(drawn):
    page = said(drawn, f"{COUNTY}/scorecards/programme-family_support.html")

    assert page.index("Is anyone better off?") < page.index("How well did we do it?")
    assert page.index("How well did we do it?") < page.index("How much did we do?")
    assert "Children better than at their start 61 %" in page
    assert "An empty quadrant is a finding." in page
    assert "Families supported [c]" in page


def test_a_withheld_figure_has_no_chart_and_no_number(drawn):
    page = said(drawn, f"{COUNTY}/indicators/{MOVES}.html")

    assert "Withheld, so that no child can be made out" in page
    assert "there is no curve" in page
    assert not list((drawn / COUNTY / "charts").glob(f"{MOVES}-*.svg"))


def test_what_is_not_known_says_which_feed_would_tell(drawn):
    page = said(drawn, f"{COUNTY}/not-known.html")

    assert "What is missing is not zero: it is not known." in page
    assert "ref_low_income_families" in page
    assert "Individual progress: silent on 2 outcomes in 2025-26" in page


def test_the_page_of_data_quality_has_refused_files_and_checks_that_were_not_met(drawn):
    page = said(drawn, f"{COUNTY}/data-quality.html")

    assert "981/cards.csv: No contract knows it." in page
    assert "most are known [c] A share of the known says little of all." in page


def test_sources_of_a_low_grade_are_named_with_the_reason(drawn):
    page = said(drawn, f"{COUNTY}/data-quality.html")

    assert "ssda903_oc2 2025 C Why C." in page
    assert "ssda903_oc3" not in page


def test_every_table_that_is_checked_has_a_page_of_its_rules_without_small_counts(drawn):
    assert "measures.measure_records : 1 check, 1 failed" in said(drawn, "checks/index.html")

    page = said(drawn, "checks/measures.measure_records.html")

    assert "0 of 1 checks passed" in page
    assert "most are known failed warning [c] [c] A share of the known" in page


def test_the_page_in_plain_words_says_what_is_known_and_what_is_not(drawn):
    page = said(drawn, f"{COUNTY}/in-plain-words.html")

    assert "Some of what we see is good and some is bad. We need to find out why." in page
    assert "What the numbers show: this is good news." in page
    assert "We do not know how each child got on, or how we do our work." in page


def test_the_same_release_draws_the_same_site(release, drawn, tmp_path):
    draw_site(release, tmp_path / "site")

    again = {file.relative_to(tmp_path / "site"): file for file in (tmp_path / "site").rglob("*.*")}
    assert set(again) == {file.relative_to(drawn) for file in drawn.rglob("*.*")}
    for name, file in again.items():
        assert file.read_bytes() == (drawn / name).read_bytes(), name


def test_the_page_for_a_board_has_what_the_front_page_has_and_fits(
    release, drawn, tmp_path, monkeypatch
):
    monkeypatch.setattr(brief.vl_convert, "svg_to_pdf", lambda drawing: drawing.encode())
    draw_site(release, tmp_path / "site")

    page = etree.fromstring((tmp_path / "site" / COUNTY / "brief.pdf").read_bytes())
    lines = page.xpath("//*[local-name() = 'text']")
    words = " ".join(" ".join(page.itertext()).split())
    assert "Contradictory: 1." in words
    assert "of 1 what the kinds say together is withheld [c]" in words
    assert "Repeat plans: 17.3 %" in words
    assert "Whose experience do the numbers leave out? (outcomes: 1)" in words
    assert "6 of 281 measures have figures." in words
    assert all(float(line.get("y")) < 842 and len(line.text) < 130 for line in lines)
    assert (drawn / COUNTY / "brief.pdf").read_bytes().startswith(b"%PDF")


def test_two_authorities_have_a_page_each_and_a_way_from_one_to_the_other(tmp_path):
    both = [an_outcome(SAFE), an_outcome(SAFE, local_authority_code="982")]
    release = a_release(tmp_path / "r.duckdb", {"outcomes.triangulated_outcomes": both})

    draw_site(release, tmp_path / "site")

    first = pages_of(tmp_path / "site", "index.html")
    assert first.xpath("//main//a/@href") == ["981/index.html", "982/index.html"]
    one = pages_of(tmp_path / "site", "981/index.html")
    assert one.xpath("//details[@class = 'switch']//a/@href") == ["../982/index.html"]


def test_a_release_without_figures_says_so(tmp_path):
    draw_site(a_release(tmp_path / "r.duckdb", {}), tmp_path / "site")

    assert "No authority has an outcome to show yet" in said(tmp_path / "site", "index.html")


def of_yesterday(folder: Path) -> Path:
    (folder / "site").mkdir()
    (folder / "site" / "index.html").write_text("yesterday", encoding="utf-8")
    return folder / "site"


def test_without_a_whole_release_yesterdays_site_stays(tmp_path):
    folder = of_yesterday(tmp_path)
    with pytest.raises(CannotDraw, match="Nothing is published yet"):
        draw_site(tmp_path / "none.duckdb", folder)
    with duckdb.connect(str(tmp_path / "half.duckdb")) as half:
        half.execute("create schema outcomes; create table outcomes.questions (a int)")
    with pytest.raises(CannotDraw, match=r"no .*outcomes.indicator_values"):
        draw_site(tmp_path / "half.duckdb", folder)

    assert (folder / "index.html").read_text("utf-8") == "yesterday"


def test_a_site_that_breaks_off_halfway_leaves_yesterdays_and_the_next_one_replaces_it(
    release, tmp_path, monkeypatch
):
    folder = of_yesterday(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(site, "_write_chart", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            draw_site(release, folder)
    assert (folder / "index.html").read_text("utf-8") == "yesterday"

    draw_site(release, folder)

    assert "Did we make a difference" in said(folder, "index.html")
    assert [path.name for path in tmp_path.iterdir()] == ["site"]
