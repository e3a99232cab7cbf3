"""``outcomes trace``: from a figure to its records, and from them to the files and lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby
from operator import itemgetter
from typing import Any

import duckdb

from orchestration.describe import wrapped

# What became of each subject of the indicator, told in this order.
ROLES = ("population", "counts", "measured", "does not count", "not known", "excluded")
RECORDS = """
    with files as (
        select file_sha256, min(file_name) as file_name
        from quality.extract_files group by file_sha256
    )

    select
        case
            when records.denominator_flag = 0 then 'excluded'
            when records.missing_code is not null then 'not known'
            when records.subject_type = 'population' then 'population'
            when records.numerator_flag = 1 then 'counts'
            when records.numerator_flag = 0 then 'does not count'
            else 'measured'
        end as role,
        coalesce(records.child_id, records.subject_key) as subject,
        records.event_key as event,
        records.value,
        coalesce(records.exclusion_code, records.missing_code) as reason,
        records.evidence,
        files.file_name as file,
        records._row_number as line
    from measures.measure_records as records
    left join files on records._file_sha256 = files.file_sha256
    where records.indicator_id = $indicator_id
        and records.local_authority_code = $authority
        and records.period_id = $period
"""


class NothingToTrace(Exception):
    """There is no such figure; the message says why, and what there is."""


@dataclass(frozen=True)
class Trace:
    """A figure and what it is made of.

    ``reasons`` has a row for each role and reason with its number of records, ``files`` one for
    each file, and ``records`` one for each record that is told: role, subject, event, value,
    reason, evidence, file and line.
    """

    indicator: dict[str, Any]
    figure: dict[str, Any]
    reasons: Sequence[tuple[str, str | None, int]]
    files: Sequence[tuple[str, int]]
    records: Sequence[tuple[Any, ...]]


def trace(
    published: duckdb.DuckDBPyConnection,
    indicator_id: str,
    authority: str,
    period: str,
    limit: int,
) -> Trace:
    """What a figure is made of, with at most ``limit`` records of each role; reads the internal
    published file.

    Raises:
        NothingToTrace: the indicator, the authority or the period is not there.
    """
    indicator = _indicator(published, indicator_id)
    figure = _one(
        published,
        "select * from outcomes.indicator_values where indicator_id = ? "
        "and local_authority_code = ? and period_id = ? and breakdown = 'all'",
        (indicator_id, authority, period),
    )
    if not figure:
        raise NothingToTrace(_why_not(published, indicator_id, authority, period))
    key = {"indicator_id": indicator_id, "authority": authority, "period": period}

    def ask(sql: str) -> list[tuple[Any, ...]]:
        return published.execute(f"from ({RECORDS}) {sql}", key).fetchall()

    in_order = f"list_position({list(ROLES)}, role)"
    return Trace(
        indicator,
        figure,
        ask(f"select role, reason, count(*) group by role, reason order by {in_order}, 3 desc, 2"),
        ask("select coalesce(file, 'no file') as file, count(*) group by all order by 2 desc, 1"),
        ask(
            "qualify row_number() over (partition by role order by subject, event) <= "
            f"{limit:d} order by {in_order}, subject, event"
        ),
    )


def as_text(traced: Trace) -> str:
    """The trace for a person to read."""
    indicator, figure = traced.indicator, traced.figure
    lines = [
        *wrapped(f"{indicator['indicator']} ({indicator['indicator_id']})", 0, 2),
        *wrapped(f"of: {indicator['denominator_population']}", 2, 6),
        *wrapped(f"counts: {indicator['numerator']}", 2, 6),
        *wrapped(f"{indicator['notes'] or ''}", 2, 6),
        "",
        f"{figure['local_authority_code']}, {figure['period_id']}: {_in_words(figure)}",
        f"  {figure['n_in_scope']:,} in scope = {figure['n_excluded']:,} excluded + "
        f"{figure['n_denominator']:,} in the denominator",
        f"  {figure['n_denominator']:,} in the denominator = {figure['n_known']:,} known + "
        f"{figure['n_not_known']:,} not known",
        "",
        "Records, and why those that are out are out",
        *(
            f"  {count:>8,}  {role}{f': {_reason(reason)}' if reason else ''}"
            for role, reason, count in traced.reasons
        ),
        "",
        "Files",
        *(f"  {count:>8,}  {name}" for name, count in traced.files),
    ]
    for role, of_role in groupby(traced.records, key=itemgetter(0)):
        lines += ["", role.capitalize()]
        for _, subject, event, value, reason, evidence, file, line in of_role:
            parts = (
                str(subject)[:12],
                event,
                f"{value:g}" if value is not None else "",
                _reason(reason),
                evidence,
                f"{file} line {line}" if file else "",
            )
            lines += wrapped("; ".join(part for part in parts if part), 2, 6)
    return "\n".join(lines)


def _indicator(published: duckdb.DuckDBPyConnection, indicator_id: str) -> dict[str, Any]:
    found = _one(
        published, "select * from reference.indicators where indicator_id = ?", (indicator_id,)
    )
    if not found:
        known = published.execute("select indicator_id from reference.indicators").fetchall()
        near = get_close_matches(indicator_id, [name for (name,) in known], n=3, cutoff=0.4)
        raise NothingToTrace(
            f"There is no indicator {indicator_id}."
            + (f" Did you mean {', '.join(near)}?" if near else "")
        )
    return found


def _why_not(
    published: duckdb.DuckDBPyConnection, indicator_id: str, authority: str, period: str
) -> str:
    said = _one(
        published,
        "select * from outcomes.indicator_availability "
        "where indicator_id = ? and local_authority_code = ?",
        (indicator_id, authority),
    )
    if not said:
        there = published.execute(
            "select distinct local_authority_code from outcomes.indicator_availability order by 1"
        ).fetchall()
        return f"{authority} sent nothing. There are: {', '.join(code for (code,) in there)}."
    if said["availability"] != "MEASURED":
        return f"{indicator_id} has no figure in {authority}. {said['in_words']}"
    periods = published.execute(
        "select period_id from outcomes.indicator_values where indicator_id = ? "
        "and local_authority_code = ? and breakdown = 'all' order by period_type desc, period_id",
        [indicator_id, authority],
    ).fetchall()
    return (
        f"{indicator_id} has no figure for {period} in {authority}. "
        f"There are: {', '.join(period_id for (period_id,) in periods) or 'none'}."
    )


def _one(
    published: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[str]
) -> dict[str, Any]:
    found = published.execute(sql, parameters)
    names = [column[0] for column in found.description or ()]
    row = found.fetchone()
    return dict(zip(names, row, strict=True)) if row else {}


def _in_words(figure: dict[str, Any]) -> str:
    if figure["value"] is None:
        return f"no value ({figure['symbol']})" if figure["symbol"] else "no value"
    unit = {"percent": " %", "rate_per_10k": " per 10,000"}.get(
        figure["unit"], f" {figure['unit']}"
    )
    limits = (
        f" (95 % limits {figure['lower95']:,.1f} to {figure['upper95']:,.1f})"
        if figure["lower95"] is not None
        else ""
    )
    return f"{figure['value']:,.1f}{unit}{limits}"


def _reason(code: str | None) -> str:
    return (code or "").lower().replace("_", " ")
