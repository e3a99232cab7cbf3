"""A release file made by hand: the tables of the contracts, and the few rows that a test tells."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from orchestration.publish.files import RELEASE

PROJECT = Path(__file__).resolve().parents[1]
COUNTY = "981"
YEAR = "2025-26"
AS_AT = dt.date(2026, 3, 31)
SEEDS = {
    "reference.frameworks": "framework/frameworks.csv",
    "reference.outcomes": "framework/outcomes.csv",
    "reference.indicators": "framework/indicators.csv",
    "reference.outcome_indicators": "framework/outcome_indicators.csv",
    "reference.difference_measures": "framework/difference_measures.csv",
    "reference.codes": "codes/codes.csv",
    "reference.periods": "calendar/periods.csv",
    "reference.local_authorities": "geography/local_authorities.csv",
}
TOLD_OF_FEEDS = ("quality.extract_files", "quality.data_quality_grades")
KINDS = ("cohort", "progress", "organisation", "views")

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def a_release(file: Path, rows: Rows) -> Path:
    """The release with every table that the site may read; those that are not told are empty."""
    with duckdb.connect(str(file)) as connection:
        connection.begin()
        for schema in ("reference", "outcomes", "quality"):
            connection.execute(f"create schema {schema}")
        for table, seed in SEEDS.items():
            csv = PROJECT / "seeds" / seed
            connection.execute(
                f"create table {table} as from read_csv('{csv}', all_varchar = true)"
            )
        for table in RELEASE:
            if table.startswith("outcomes.") or table in TOLD_OF_FEEDS:
                connection.execute(f"create table {table} ({_columns(table)})")
        connection.execute(
            "create table quality.check_results (run_id varchar, table_name varchar, "
            "check_name varchar, severity varchar, passed boolean, rows_checked bigint, "
            "unexpected_count bigint, why varchar)"
        )
        for table, told in rows.items():
            for row in told:
                names = ", ".join(row)
                places = ", ".join("?" * len(row))
                connection.execute(
                    f"insert into {table} ({names}) values ({places})", list(row.values())
                )
        connection.commit()
    return file


@cache
def _columns(table: str) -> str:
    """Those of the contract, so that no page can rest on a column that is gone."""
    name = table.partition(".")[2]
    is_made_for_release = RELEASE[table].startswith("release.")
    model = f"release/released_{name}" if is_made_for_release else f"outcomes/{name}"
    contract = (PROJECT / f"models/marts/{model}.yml").read_text("utf-8")
    # One column a line. Reading the unit tests below them as YAML would take seconds.
    columns = re.findall(r"^ +- \{name: (\w+), data_type: (\w+)", contract, flags=re.MULTILINE)
    return ", ".join(f'"{name}" {data_type}' for name, data_type in columns)


def an_outcome(outcome_id: str, **given: object) -> dict[str, Any]:
    """An outcome in the county's year, silent unless told."""
    silent = {f"{kind}_reading": "SIL" for kind in KINDS}
    without = {f"{kind}_strength": "NONE" for kind in KINDS}
    return {
        "outcome_id": outcome_id,
        "local_authority_code": COUNTY,
        "period_id": YEAR,
        **silent,
        **without,
        "convergence": "NO_EVIDENCE",
        "overall": "NO_JUDGEMENT",
        "confidence": "NONE",
        "is_single_source": False,
        "as_at_date": AS_AT,
        "parameter_version": "2026-1",
        **given,
    }


def an_item(outcome_id: str, indicator_id: str, **given: object) -> dict[str, Any]:
    """A piece of evidence of the county's year: steady cohort figures unless told."""
    return {
        "outcome_id": outcome_id,
        "local_authority_code": COUNTY,
        "period_id": YEAR,
        "indicator_id": indicator_id,
        "data_type": "cohort_snapshot",
        "item_order": 1,
        "value": 20.0,
        "n": 100,
        "direction": "STA",
        "level": "SIM",
        "strength": "STRONG",
        "reading": "NEU",
        "direction_method": "TWO_PERIODS",
        **given,
    }


def a_figure(indicator_id: str, value: float | None, **given: object) -> dict[str, Any]:
    """A percentage of the county's year, for all; without a value it is withheld."""
    shown = value is not None
    return {
        "indicator_id": indicator_id,
        "local_authority_code": COUNTY,
        "period_id": YEAR,
        "period_type": "year",
        "period_start": dt.date(2025, 4, 1),
        "period_end": AS_AT,
        "breakdown": "all",
        "breakdown_value": "all",
        "measure_type": "proportion",
        "value": value,
        "lower95": value - 5 if value is not None else None,
        "upper95": value + 5 if value is not None else None,
        "numerator": 40 if shown else None,
        "n_denominator": 200 if shown else None,
        "n_known": 190 if shown else None,
        "n_not_known": 10 if shown else None,
        "symbol": None if shown else "[c]",
        **given,
    }


def a_point(
    indicator_id: str, months_ago: int, value: float | None, **given: object
) -> dict[str, Any]:
    """A month of the county's chart, within limits of 10 and 30; without a value it is withheld."""
    month = 12 * 2026 + 3 - 1 - months_ago
    start = dt.date(month // 12, month % 12 + 1, 1)
    return {
        "indicator_id": indicator_id,
        "local_authority_code": COUNTY,
        "period_type": "month",
        "period_id": f"{start:%Y-%m}",
        "period_start": start,
        "period_end": start + dt.timedelta(days=27),
        "breakdown": "all",
        "breakdown_value": "all",
        "value": value,
        "symbol": None if value is not None else "[c]",
        "method": "XMR",
        "is_latest": months_ago == 0,
        "centre": 20.0,
        "lower_limit": 10.0,
        "upper_limit": 30.0,
        "special_cause_type": "COMMON",
        "point_type": "COMMON",
        "conflict": 0,
        **given,
    }
