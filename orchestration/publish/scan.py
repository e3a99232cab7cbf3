"""The last look at the release before anybody sees it: the finished file, not the rules behind it.

Every rule of disclosure control stands in the models and is tested there. This looks at what came
out, table by table, as somebody would who wants to find a child in it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.yaml_files import read_yaml

# A number that a person is known by, or a place as small as a few houses.
IDENTIFYING = {
    "a pupil number": r"\b[A-Z]\d{12}\b|\b[A-Z]\d{11}[A-Z]\b",
    "a postcode": r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b",
    "an NHS number": r"\b\d{3}[ -]\d{3}[ -]\d{4}\b",
    "a national insurance number": r"\b[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b",
    "a date as it is typed": r"\b\d{1,2}/\d{1,2}/\d{4}\b",
    # Pseudonyms are as long as the hashes of files and of baselines, which may be told.
    "a pseudonym": r"\b[0-9a-f]{64}\b",
}
HASHES = ("file_sha256", "superseded_by", "baseline_id")
# Days of a period, a run, a target, or of one table's own things; any other day is somebody's.
DATES = frozenset(
    {
        "period_start",
        "period_end",
        "next_period_start",
        "as_at_date",
        "baseline_date",
        "baseline_made_on",
        "measured_from",
        "measured_to",
        "valid_from",
        "valid_to",
        "first_date",
        "last_date",
        "target_from_date",
        "valid_from_date",
        "valid_to_date",
        "outcomes.partners.start_date",
        "outcomes.partners.end_date",
        # Days on which a service or board graded itself.
        "outcomes.self_evaluations.assessment_date",
        "outcomes.self_evaluations.earlier_date",
    }
)
LARGEST_SMALL_COUNT = 5
# Counts of people, and of which rows; of rates the population is public.
COUNTS = {
    "outcomes.indicator_values": {
        "n_in_scope": "measure_type <> 'rate'",
        "n_denominator": "measure_type <> 'rate'",
        "n_known": "measure_type <> 'rate'",
        "n_excluded": "true",
        "n_not_known": "true",
        "numerator": "measure_type in ('proportion', 'rate', 'count')",
        "n_known - numerator": "measure_type in ('proportion', 'count')",
    },
    "cohorts.cohort_counts": {
        "child_count": "true",
        "known_status_count": "true",
        "child_count - known_status_count": "true",
    },
    "progress.progress_summaries": {
        "n_in_scope": "true",
        "n_eligible": "true",
        "n_known": "true",
        "n_better": "true",
        "n_known - n_better": "true",
        "n_eligible - n_known": "true",
    },
    # Staff are people too; of leavers none is among those in post.
    "workforce.workforce_summaries": {
        "n_numerator": "true",
        "n_denominator": "true",
        "n_not_known": "true",
        "n_denominator - n_numerator": "true",
    },
}
# A whole less its slices that are shown is what is withheld of them together: the counts that
# would follow, what a whole is one of, and which rows have slices that add up.
SUMS = {
    "outcomes.indicator_values": (
        ("n_in_scope", "numerator", "n_known - numerator"),
        "indicator_id, local_authority_code, period_id",
        "measure_type in ('proportion', 'count')",
    ),
    "cohorts.cohort_counts": (
        ("child_count",),
        "cohort_code, local_authority_code, period_id",
        "true",
    ),
}
# What counts meetings or audits, and nobody: of the whole a small count may be shown.
NOT_OF_PEOPLE = "reference.indicators_not_of_people"


@dataclass(frozen=True)
class Finding:
    """Something that must not be published, where, and how often; never what it says."""

    table: str
    column: str
    fault: str
    count: int

    def __str__(self) -> str:
        return f"{self.table}.{self.column} {self.fault}" + (
            f" ({self.count})" if self.count else ""
        )


def load_allowed(file: Path) -> dict[str, list[str]]:
    """The columns of the release, table by table; nothing else may leave."""
    return {table: list(columns) for table, columns in read_yaml(file).items()}


def findings(
    connection: duckdb.DuckDBPyConnection,
    database: str,
    allowed: Mapping[str, Collection[str]] | None = None,
) -> list[Finding]:
    """What is wrong with a release that is attached as ``database``; nothing, if it may go out.

    ``allowed`` names the columns that each table may have; without it columns are not asked after.
    """
    columns = _columns(connection, database)
    found = [] if allowed is None else list(_not_allowed(columns, allowed))
    for table, kinds in columns.items():
        found.extend(_identifying(connection, f"{database}.{table}", table, kinds))
        wanted = COUNTS.get(table, {})
        if wanted and "symbol" in kinds:
            people = "true"
            if "indicator_id" in kinds and NOT_OF_PEOPLE in columns:
                people = (
                    f"indicator_id not in (select indicator_id from {database}.{NOT_OF_PEOPLE})"
                )
            of_people = f"(breakdown <> 'all' or {people})" if "breakdown" in kinds else people
            found.extend(_small(connection, f"{database}.{table}", table, wanted, of_people))
            if table in SUMS:
                found.extend(_recoverable(connection, f"{database}.{table}", table, people))
    return found


def _columns(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in connection.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
        "where database_name = ? order by all",
        [database],
    ).fetchall():
        found.setdefault(table, {})[column] = kind
    return found


def _not_allowed(
    columns: Mapping[str, Mapping[str, str]], allowed: Mapping[str, Collection[str]]
) -> Iterator[Finding]:
    for table, kinds in columns.items():
        # Definitions, and no figure: a seed may gain a column.
        if table.startswith("reference."):
            continue
        for column in sorted(set(kinds) - set(allowed.get(table, ()))):
            yield Finding(table, column, "is not on the list of what may be released", 0)


def _identifying(
    connection: duckdb.DuckDBPyConnection, place: str, table: str, kinds: Mapping[str, str]
) -> Iterator[Finding]:
    for column, kind in kinds.items():
        if kind in ("DATE", "TIMESTAMP") and DATES.isdisjoint({column, f"{table}.{column}"}):
            yield Finding(table, column, "is a date of nothing that may be dated", 0)
        if kind != "VARCHAR":
            continue
        values = f'(select distinct "{column}" as said from {place})'
        wanted = {
            fault: pattern
            for fault, pattern in IDENTIFYING.items()
            if not (fault == "a pseudonym" and column in HASHES)
        }
        if not _count(
            connection, f"{values} where regexp_matches(said, ?)", ["|".join(wanted.values())]
        ):
            continue
        for fault, pattern in wanted.items():
            count = _count(connection, f"{values} where regexp_matches(said, ?)", [pattern])
            if count:
                yield Finding(table, column, f"holds what looks like {fault}", count)


def _small(
    connection: duckdb.DuckDBPyConnection,
    place: str,
    table: str,
    wanted: Mapping[str, str],
    people: str,
) -> Iterator[Finding]:
    for column, rows in wanted.items():
        small = _count(
            connection,
            f"{place} where ({rows}) and {people} and {column} between 1 and {LARGEST_SMALL_COUNT}",
        )
        if small:
            yield Finding(table, column, "shows a small count", small)
        left = _count(connection, f"{place} where symbol = '[c]' and {column} is not null")
        if left:
            yield Finding(table, column, "is withheld and still there", left)


def _recoverable(
    connection: duckdb.DuckDBPyConnection, place: str, table: str, people: str
) -> Iterator[Finding]:
    """What is withheld of a breakdown is a count of its own: one slice is it, and of several each
    is at most that and, being withheld for a count, mostly at least 1."""
    counts, key, rows = SUMS[table]
    for count in counts:
        given_away = _count(
            connection,
            f"""(
                with figures as (
                    select {key}, breakdown, coalesce(symbol = '[c]', false) as is_withheld,
                        {count} as counted
                    from {place}
                    where {rows} and {people}
                )

                select {key}, slices.breakdown
                from figures as slices
                inner join (select * from figures where breakdown = 'all') as wholes
                    using ({key})
                where slices.breakdown <> 'all'
                group by {key}, slices.breakdown, wholes.counted
                -- A number that is left out beside a figure that is shown leaves the sum open.
                having bool_and(slices.is_withheld or slices.counted is not null)
                    and wholes.counted - coalesce(sum(slices.counted), 0)
                        between 1 and {LARGEST_SMALL_COUNT}
                        - case when count(*) filter (where slices.is_withheld) > 1 then 1 else 0 end
                    and bool_or(slices.is_withheld)
            )""",
        )
        if given_away:
            yield Finding(table, count, "follows from a whole and its other slices", given_away)


def _count(connection: duckdb.DuckDBPyConnection, rows: str, values: Collection[str] = ()) -> int:
    found = connection.execute(f"select count(*) from {rows}", list(values)).fetchone()
    return int(found[0]) if found else 0
