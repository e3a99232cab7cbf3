"""What the release file holds, read once and put in the order in which pages need it.

Only the release file is opened: what is not in it cannot come onto a page.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

Row = dict[str, Any]
# What every page rests on. Other tables are shown where they are there.
NEEDED = (
    "reference.frameworks",
    "reference.outcomes",
    "reference.indicators",
    "reference.outcome_indicators",
    "reference.local_authorities",
    "reference.periods",
    "outcomes.indicator_values",
    "outcomes.triangulated_outcomes",
    "outcomes.evidence_items",
    "outcomes.questions",
)


class CannotDraw(Exception):
    """No site was drawn and the one that is there stays; the message says why."""


@dataclass(frozen=True)
class Catalogue:
    """The frameworks: what is asked, and of whom it can be answered."""

    frameworks: Sequence[Row]
    outcomes: Mapping[str, Row]
    indicators: Mapping[str, Row]
    chosen: Mapping[str, Sequence[Row]]
    periods: Mapping[str, Row]
    authorities: Mapping[str, str]
    labels: Mapping[tuple[str, str], str]
    not_measuring: Sequence[str]
    as_at: str
    parameter_version: str

    @cached_property
    def outcomes_of_framework(self) -> Mapping[str, Sequence[Row]]:
        """In the order of the register."""
        return grouped(self.outcomes.values(), "framework")

    @cached_property
    def indicators_of_framework(self) -> Mapping[str, Sequence[Row]]:
        """In the order of the register."""
        return grouped(self.indicators.values(), "framework")

    def label(self, code_set: str, code: str | None) -> str:
        """What a code of a set is called: the code itself where it has no label, and nothing
        where there is none."""
        return self.labels.get((code_set, code), code) if code else ""

    @cached_property
    def linked(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """The outcomes that each is tied to, and the indicators that tie them: those that speak for
        both, and those of the one that are read together with one of the other."""
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for indicator_id, outcome_ids in self.speaks_for.items():
            indicator = self.indicators.get(indicator_id, {})
            companions = (indicator.get("companion_indicator_ids") or "").split(";")
            others = {*outcome_ids, *(o for c in companions for o in self.speaks_for.get(c, ()))}
            for one in outcome_ids:
                for other in others - {one}:
                    found[one][other].add(indicator_id)
                    found[other][one].add(indicator_id)
        return {
            one: {other: sorted(indicators) for other, indicators in tied.items()}
            for one, tied in found.items()
        }

    @cached_property
    def speaks_for(self) -> Mapping[str, Sequence[str]]:
        """The outcomes that each indicator was chosen to speak for."""
        found: dict[str, list[str]] = defaultdict(list)
        for outcome_id, rows in self.chosen.items():
            for row in rows:
                found[row["indicator_id"]].append(outcome_id)
        return found


@dataclass(frozen=True)
class Authority:
    """Everything published of one authority."""

    code: str
    name: str
    values: Mapping[str, Sequence[Row]]
    trends: Mapping[str, Sequence[Row]]
    curves: Mapping[str, Sequence[Row]]
    comparisons: Mapping[str, Sequence[Row]]
    availability: Mapping[str, Row]
    triangulated: Mapping[tuple[str, str], Row]
    items: Mapping[tuple[str, str], Sequence[Row]]
    questions: Mapping[tuple[str, str], Sequence[Row]]
    cards: Mapping[str, Sequence[Row]]
    scorecards: Sequence[Row]
    grades: Mapping[str, Sequence[Row]]
    partners: Sequence[Row]
    files: Sequence[Row]
    # Newest first; those in which no kind of evidence spoke for any outcome are left out.
    years: Sequence[str] = field(default=())

    @property
    def year(self) -> str:
        """The year that is read first."""
        return self.years[0]


@dataclass(frozen=True)
class Release:
    """The release file, open while the site is drawn."""

    connection: duckdb.DuckDBPyConnection
    tables: frozenset[str]

    def rows(self, table: str, where: str = "", *values: object) -> list[Row]:
        """The rows of a table in a fixed order; none where the release does not have the table."""
        if table not in self.tables:
            return []
        found = self.connection.execute(
            f"select * from {table} {f'where {where}' if where else ''} order by all", values
        )
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def open_release(file: Path) -> Release:
    """The release file, read-only.

    Raises:
        CannotDraw: there is no file, or it lacks a table that every page rests on.
    """
    if not file.exists():
        raise CannotDraw(
            f"Nothing is published yet: there is no {file.name}. Run `make run` first."
        )
    connection = duckdb.connect(str(file), read_only=True)
    tables = frozenset(
        f"{schema}.{table}"
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables()"
        ).fetchall()
    )
    missing = [table for table in NEEDED if table not in tables]
    if missing:
        connection.close()
        raise CannotDraw(f"{file.name} has no {', '.join(missing)}: publish again.")
    return Release(connection, tables)


def read_indicators(release: Release) -> list[Row]:
    """The catalogue's indicators; the gap between two percentages is read in percentage points."""
    gaps = {
        row["measure_code"]
        for row in release.rows("reference.difference_measures")
        if row["figure"] == "share" and row["compared_as"] in ("difference", "range")
    }
    return [
        row | {"unit": "points" if row["measure_code"] in gaps else row["unit"]}
        for row in release.rows("reference.indicators")
    ]


def read_catalogue(release: Release) -> Catalogue:
    """The frameworks, and the authorities that have figures."""
    others = {
        row["local_authority_code"] for row in release.rows("outcomes.indicator_availability")
    }
    measuring = release.connection.execute(
        "select distinct local_authority_code from outcomes.triangulated_outcomes order by all"
    ).fetchall()
    known = keyed(release.rows("reference.local_authorities"), "local_authority_code")
    names = {
        code: known[code]["local_authority_name"] if code in known else code
        for (code,) in measuring
    }
    as_at = release.connection.execute(
        "select max(as_at_date), max(parameter_version) from outcomes.triangulated_outcomes"
    ).fetchone()
    date, version = as_at or (None, None)
    return Catalogue(
        frameworks=release.rows("reference.frameworks"),
        outcomes=keyed(release.rows("reference.outcomes"), "outcome_id"),
        indicators=keyed(read_indicators(release), "indicator_id"),
        chosen=grouped(release.rows("reference.outcome_indicators"), "outcome_id"),
        periods=keyed(release.rows("reference.periods"), "period_id"),
        authorities=names,
        labels={
            (row["code_set"], row["code"]): row["label"] for row in release.rows("reference.codes")
        },
        not_measuring=[
            known[code]["local_authority_name"]
            for code in sorted(others - set(names))
            if code in known
        ],
        as_at=f"{date.day} {date:%B %Y}" if date else "",
        parameter_version=version or "",
    )


def read_authority(release: Release, code: str, name: str) -> Authority:
    """Everything of one authority, each table once."""

    def of(table: str) -> list[Row]:
        return release.rows(f"outcomes.{table}", "local_authority_code = ?", code)

    triangulated = of("triangulated_outcomes")
    spoken = {row["period_id"] for row in triangulated if row["convergence"] != "NO_EVIDENCE"} or {
        row["period_id"] for row in triangulated
    }
    return Authority(
        code=code,
        name=name,
        # Pages show groups year by year, and charts of the whole.
        values=grouped(
            release.rows(
                "outcomes.indicator_values",
                "local_authority_code = ? and (breakdown = 'all' or period_type = 'year')",
                code,
            ),
            "indicator_id",
        ),
        trends=grouped(
            by_date(
                release.rows(
                    "outcomes.indicator_trends",
                    "local_authority_code = ? and breakdown = 'all'",
                    code,
                )
            ),
            "indicator_id",
        ),
        curves=grouped(by_date(of("indicator_curves")), "indicator_id"),
        comparisons=grouped(of("indicator_comparisons"), "indicator_id"),
        availability=keyed(of("indicator_availability"), "indicator_id"),
        triangulated={(row["outcome_id"], row["period_id"]): row for row in triangulated},
        items=_by_outcome_and_year(of("evidence_items"), lambda row: row["item_order"]),
        questions=_by_outcome_and_year(of("questions"), lambda row: row["question_code"]),
        cards=grouped(of("indicator_cards"), "indicator_id"),
        scorecards=of("scorecards"),
        grades=grouped(of("self_evaluations"), "outcome_id"),
        partners=of("partners"),
        files=release.rows(
            "quality.extract_files", "coalesce(local_authority_code, ?) = ?", code, code
        ),
        years=sorted(spoken, reverse=True),
    )


def _by_outcome_and_year(
    rows: Iterable[Row], order: Callable[[Row], Any]
) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in sorted(rows, key=order):
        found[row["outcome_id"], row["period_id"]].append(row)
    return found


def by_date(rows: Iterable[Row]) -> list[Row]:
    """Oldest first."""
    return sorted(rows, key=lambda row: row["period_start"])


def keyed(rows: Iterable[Row], column: str) -> dict[str, Row]:
    """Each row under its key."""
    return {row[column]: row for row in rows}


def grouped(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    """Rows that share a value, in the order in which they come."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return found
