"""The whole site: which pages there are, how they are drawn, and how they replace yesterday's."""

import os
import posixpath
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from orchestration.report import charts, words
from orchestration.report.brief import draw_brief
from orchestration.report.checks_page import rooms, suite_path, suites
from orchestration.report.facts import (
    Authority,
    CannotDraw,
    Catalogue,
    Release,
    Row,
    open_release,
    read_authority,
    read_catalogue,
)
from orchestration.report.indicator_page import Chart, indicator
from orchestration.report.known_page import data_quality, latest_figures, not_known
from orchestration.report.outcome_page import framework_groups, front, outcome
from orchestration.report.scorecard_page import headlines, subjects

__all__ = ["CannotDraw", "Drawn", "draw_site"]

TEMPLATES = Path(__file__).parent / "templates"
STYLE = "style.css"
# Not named like the publication's own unfinished files, which it sweeps away one by one.
DRAWING = ".drawing-site"
YESTERDAY = ".yesterday-site"

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Page:
    """One page: where it lies below the site, its template, and what that is filled with."""

    path: str
    template: str
    title: str
    filled_with: dict[str, Any]


@dataclass(frozen=True)
class Drawn:
    """What was drawn, and where it begins."""

    front: Path
    pages: int
    charts: int


@dataclass(frozen=True)
class Newest:
    """What several pages say of the year that is read first, worked out once."""

    front: dict[str, Any]
    headlines: Sequence[Row]
    not_known: dict[str, Any]
    # Every indicator of a framework, with its newest figure.
    figures: Mapping[str, Sequence[Row]]


def draw_site(
    release_file: Path, folder: Path, progress: Progress = lambda what, share: None
) -> Drawn:
    """Draw every page from the release file, then put the new site in the place of the old one.

    Until the last page is drawn nothing is changed, so a failure leaves the site that was there.

    Args:
        release_file: the published file that anyone may see; no other file is opened.
        folder: where the site is to lie.
        progress: told what is being drawn, and which share of the whole is done.

    Raises:
        CannotDraw: there is no release file, or it lacks a table that every page rests on.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    drawing = folder.parent / DRAWING
    shutil.rmtree(drawing, ignore_errors=True)
    release = open_release(release_file)
    try:
        drawn = _draw(release, drawing, progress)
    finally:
        release.connection.close()
    _put_in_place(drawing, folder)
    return Drawn(folder / "index.html", drawn.pages, drawn.charts)


def _draw(release: Release, folder: Path, progress: Progress) -> Drawn:
    catalogue = read_catalogue(release)
    environment = _environment(catalogue)
    folder.mkdir()
    shutil.copyfile(TEMPLATES / STYLE, folder / STYLE)
    page_count = chart_count = 0
    # The engine that draws lets go of Python while it draws: two charts at a time, on two cores.
    with ThreadPoolExecutor(os.cpu_count()) as executor:
        waiting: list[Future[None]] = []
        for step, (code, name) in enumerate(catalogue.authorities.items()):
            authority = read_authority(release, code, name)
            newest = _newest(catalogue, authority)
            pages = list(_pages(release, catalogue, authority, newest))
            for done, page in enumerate(pages):
                share = (step + done / len(pages)) / len(catalogue.authorities)
                progress(f"{name}: {page.title}", share)
                _write_page(environment, folder, page, authority)
                waiting += [
                    executor.submit(
                        _write_chart, folder, _chart_path(authority, page, chart), chart
                    )
                    for chart in _charts(page)
                ]
                page_count += 1
            brief = draw_brief(
                environment,
                catalogue,
                authority,
                newest.front,
                newest.headlines,
                newest.not_known,
            )
            (folder / brief_path(code)).write_bytes(brief)
            # All of one authority before the next: what waits is kept in memory.
            for chart_drawn in waiting:
                chart_drawn.result()
            chart_count += len(waiting)
            waiting.clear()
    common = list(_common_pages(release))
    if len(catalogue.authorities) != 1:
        common.append(Page("index.html", "authorities.html", "Authorities", {}))
    for page in common:
        _write_page(environment, folder, page, None)
        page_count += 1
    return Drawn(folder, page_count, chart_count)


def _put_in_place(drawing: Path, folder: Path) -> None:
    """No folder is replaced in one move: the old one steps aside, and comes back if it must."""
    yesterday = folder.parent / YESTERDAY
    shutil.rmtree(yesterday, ignore_errors=True)
    if folder.exists():
        folder.rename(yesterday)
    try:
        drawing.rename(folder)
    except OSError:
        if yesterday.exists():
            yesterday.rename(folder)
        raise
    shutil.rmtree(yesterday, ignore_errors=True)


# ---- which pages there are ----


def front_path(catalogue: Catalogue, code: str, year: str | None = None) -> str:
    """The front page of an authority; the only one of a site is the first page of all."""
    if year:
        return f"{code}/{year}.html"
    return "index.html" if len(catalogue.authorities) == 1 else f"{code}/index.html"


def brief_path(code: str) -> str:
    """The page for a board."""
    return f"{code}/brief.pdf"


def outcome_path(code: str, outcome_id: str) -> str:
    """The page of an outcome."""
    return f"{code}/outcomes/{outcome_id}.html"


def indicator_path(code: str, indicator_id: str) -> str:
    """The page of an indicator that is measured."""
    return f"{code}/indicators/{indicator_id}.html"


def scorecard_path(code: str, slug: str) -> str:
    """The page of a scorecard."""
    return f"{code}/scorecards/{slug}.html"


def _newest(catalogue: Catalogue, authority: Authority) -> Newest:
    keys = [framework["framework"] for framework in catalogue.frameworks]
    return Newest(
        front=front(catalogue, authority, authority.year),
        headlines=headlines(authority),
        not_known=not_known(catalogue, authority),
        figures={key: latest_figures(catalogue, authority, key) for key in keys},
    )


def _common_pages(release: Release) -> Iterator[Page]:
    """Pages that are about no one authority: what the gates expect of each table."""
    held = suites(release)
    yield Page("checks/index.html", "checks.html", "Checks", {"rooms": rooms(held)})
    for suite in held:
        title = f"Checks of {suite['table']}"
        yield Page(suite_path(suite["table"]), "suite.html", title, {"suite": suite})


def _pages(
    release: Release, catalogue: Catalogue, authority: Authority, newest: Newest
) -> Iterator[Page]:
    code = authority.code
    for year in authority.years:
        is_newest = year == authority.year
        yield Page(
            front_path(catalogue, code, None if is_newest else year),
            "front.html",
            f"Did we make a difference for children? {year}",
            {
                "year": year,
                "front": newest.front if is_newest else front(catalogue, authority, year),
                "headlines": newest.headlines if is_newest else [],
            },
        )
    for outcome_id, row in catalogue.outcomes.items():
        yield Page(
            outcome_path(code, outcome_id),
            "outcome.html",
            row["outcome"],
            {"page": outcome(catalogue, authority, outcome_id)},
        )
    for indicator_id in authority.values:
        if indicator_id in catalogue.indicators:
            page = indicator(catalogue, authority, indicator_id)
            yield Page(
                indicator_path(code, indicator_id),
                "indicator.html",
                page["indicator"]["indicator"],
                {"page": page},
            )
    scorecards = subjects(catalogue, authority)
    if scorecards:
        yield Page(
            f"{code}/scorecards.html", "scorecards.html", "Scorecards", {"subjects": scorecards}
        )
    for subject in scorecards:
        yield Page(
            scorecard_path(code, subject["slug"]),
            "scorecard.html",
            f"Scorecard: {subject['name']} ({subject['slug']})",
            {"subject": subject},
        )
    for framework in catalogue.frameworks:
        key = framework["framework"]
        yield Page(
            f"{code}/frameworks/{key}.html",
            "framework.html",
            framework["title"],
            {
                "framework": framework,
                "groups": framework_groups(catalogue, authority, key, authority.year),
                "indicators": newest.figures[key],
            },
        )
    yield Page(
        f"{code}/indicators.html",
        "indicators.html",
        "Every measure",
        {
            "frameworks": [
                {"framework": framework, "rows": newest.figures[framework["framework"]]}
                for framework in catalogue.frameworks
            ]
        },
    )
    yield Page(
        f"{code}/not-known.html",
        "not_known.html",
        "What is not known",
        newest.not_known,
    )
    yield Page(
        f"{code}/data-quality.html",
        "data_quality.html",
        "Data quality",
        data_quality(release, catalogue, authority),
    )
    yield Page(
        f"{code}/in-plain-words.html",
        "plain.html",
        "In plain words",
        {"groups": framework_groups(catalogue, authority, PLAIN_FRAMEWORK, authority.year)},
    )
    yield Page(f"{code}/how-to-read.html", "how_to_read.html", "How to read these pages", {})


# The framework that asks about children's lives in the words nearest to their own.
PLAIN_FRAMEWORK = "rees"


# ---- how a page is written ----


def _environment(catalogue: Catalogue) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        catalogue=catalogue,
        words=words,
        front_path=front_path,
        outcome_path=outcome_path,
        brief_path=brief_path,
        indicator_path=indicator_path,
        scorecard_path=scorecard_path,
        suite_path=suite_path,
        period_label=lambda year: _label(catalogue, year),
    )
    return environment


def _label(catalogue: Catalogue, year: str) -> str:
    """A year within a sentence."""
    label = catalogue.periods[year]["period_label"] if year in catalogue.periods else year
    return f"{label[0].lower()}{label[1:]}"


def _write_page(
    environment: Environment, folder: Path, page: Page, authority: Authority | None
) -> None:
    here = posixpath.dirname(page.path)

    def link(path: str) -> str:
        """From this page to another file of the site, wherever the site lies."""
        return posixpath.relpath(path, here or ".")

    def chart_link(chart: Chart) -> str:
        assert authority is not None
        return link(_chart_path(authority, page, chart))

    text = environment.get_template(page.template).render(
        page.filled_with
        | {"link": link, "chart_link": chart_link, "title": page.title, "path": page.path}
        | {"authority": authority}
    )
    file = folder / page.path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _charts(page: Page) -> Iterator[Chart]:
    """The charts of a page, in the order in which they stand on it."""
    shown = page.filled_with.get("page", {})
    for part in ("series", "curve", "compared", "groups"):
        chart = (shown.get(part) or {}).get("chart")
        if chart:
            yield chart


def _chart_path(authority: Authority, page: Page, chart: Chart) -> str:
    name = posixpath.splitext(posixpath.basename(page.path))[0]
    return f"{authority.code}/charts/{name}-{chart.name}.svg"


def _write_chart(folder: Path, path: str, chart: Chart) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(getattr(charts, chart.draw)(**chart.filled_with), encoding="utf-8")
