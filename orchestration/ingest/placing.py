"""Of when a file is where neither content nor name says so: the latest dates in it decide."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

import duckdb

from orchestration.contracts import Covers
from orchestration.ingest.conform import text_table
from orchestration.ingest.landing import LandedFile, year_ends
from orchestration.ingest.refusals import RefusedFile, kept_inside
from orchestration.ingest.texts import drop_tables, take_in


def placed_in_time(
    connection: duckdb.DuckDBPyConnection, landed: Sequence[LandedFile], as_at: dt.date
) -> list[LandedFile]:
    """Every file with its year or month; those of which nothing says it are refused.

    Files side by side were exported together, so one of them speaks for all.
    """
    inferred: dict[tuple[str, str, Covers], tuple[dt.date, str] | None] = {}
    placed = []
    for file in landed:
        if not _is_unplaced(file):
            placed.append(file)
            continue
        delivery = _delivery(file)
        if delivery not in inferred:
            together = [o for o in landed if _is_unplaced(o) and _delivery(o) == delivery]
            inferred[delivery] = _latest_day(connection, together, as_at)
        placed.append(_placed(file, inferred[delivery]))
    return placed


def _is_unplaced(file: LandedFile) -> bool:
    is_reference = not file.refusal and file.contracts[0].is_reference
    return not file.refusal and not is_reference and not file.period


def _delivery(file: LandedFile) -> tuple[str, str, Covers]:
    return file.local_authority_code, file.delivery, file.covers


def _placed(file: LandedFile, found: tuple[dt.date, str] | None) -> LandedFile:
    is_return = file.covers is Covers.YEAR
    if found is None:
        kind, example = ("year", "2025-26") if is_return else ("month", "2026-03")
        return replace(
            file,
            contracts=(),
            refusal=(
                f"Nothing says which {kind} it is of: no {kind} in its name or folder, and no "
                f"dates in the files beside it. Put it in a folder named for the {kind}, such as "
                f"{example}."
            ),
        )
    latest, evidence = found
    ends_in = file.contracts[0].year_ends_in
    year = latest.year + (latest.month > ends_in)
    told = (
        f"the year ending {year_ends(year, ends_in):%d %B %Y}" if is_return else f"{latest:%B %Y}"
    )
    kind = "year" if is_return else "month"
    note = (
        f"No {kind} in its name or folder: inferred as {told} from the latest dates in "
        f"{kept_inside(evidence)}. Name the folder for the {kind} to settle it."
    )
    return replace(
        file,
        return_year=year if is_return else None,
        return_year_source="inferred",
        exported_date=file.exported_date if is_return else latest,
        notes=(*file.notes, note),
    )


def _latest_day(
    connection: duckdb.DuckDBPyConnection, delivery: Iterable[LandedFile], as_at: dt.date
) -> tuple[dt.date, str] | None:
    """The last day, not after the as-at date, of the latest year or month in which one dated row
    in a hundred is; and the file that shows it.

    One row in a hundred, because a single typing error must not move a whole return. The episodes
    decide where they are there, because their dates are checked most.
    """
    dated = [file for file in delivery if any(c.period_dates for c in file.contracts)]
    dated.sort(key=lambda file: (not file.contracts[0].extract.endswith("__episodes"), file.name))
    for file in dated:
        try:
            take_in(connection, file)
        except RefusedFile:
            drop_tables(connection, file)
            continue  # It will be refused, with its reason, when it is loaded.
        latest = connection.execute(_latest_query(file), {"as_at": as_at}).fetchone()
        drop_tables(connection, file)
        if latest and latest[0]:
            return latest[0], file.path.name if file.unpacked is None else file.name
    return None


def _latest_query(file: LandedFile) -> str:
    rows = " union all ".join(
        f"select greatest({', '.join(_day(name) for name in contract.period_dates)}) as latest "
        f"from {text_table(contract)}"
        for contract in file.contracts
        if contract.period_dates
    )
    months_after = 12 - file.contracts[0].year_ends_in
    period = (
        f"year(latest + interval {months_after} month)"
        if file.covers is Covers.YEAR
        else "date_trunc('month', latest)"
    )
    return f"""
        with periods as (
            select max(latest) as latest, count(*) as row_count
            from ({rows}) where latest <= $as_at group by {period}
        )

        select max(latest) from periods
        where row_count * 100 >= (select sum(row_count) from periods)
    """


def _day(column_name: str) -> str:
    return f'as_date(trimmed("{column_name}"))'
