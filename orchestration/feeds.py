"""What each authority sent last, written down each night, and what is stale by now.

Written beside the warehouse, because nobody but the night may open that.
"""

import csv
import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

FEEDS_FILE = "feeds.json"
# Sent extract by extract, on different days; of any other family all extracts come together.
BY_EXTRACT = "local"


@dataclass(frozen=True)
class Feed:
    """What arrived of one feed of one authority, in counts and days."""

    local_authority_code: str
    feed: str
    newest_date: dt.date | None
    refused_count: int = 0

    @classmethod
    def read(cls, row: Mapping[str, str | int | None]) -> "Feed":
        """A feed as it was written down."""
        newest = row["newest_date"]
        return cls(
            str(row["local_authority_code"]),
            str(row["feed"]),
            dt.date.fromisoformat(str(newest)) if newest else None,
            int(row["refused_count"] or 0),
        )


@dataclass(frozen=True)
class Freshness:
    """How old a feed may be; None days where it has no rhythm."""

    days: int | None
    why: str


@dataclass(frozen=True)
class Stale:
    """A feed that should have come, and why we think so."""

    local_authority_code: str
    feed: str
    newest_date: str
    reason: str


def write_feeds(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write down what the warehouse holds of each feed."""
    rows = connection.execute(
        """
        select
            coalesce(local_authority_code, '') as local_authority_code,
            case when family = $by_extract then extract else coalesce(family, '') end as feed,
            max(case
                when status = 'refused' then null
                when return_year is not null then make_date(return_year, 3, 31)
                else exported_date
            end) as newest_date,
            count(distinct file_name) filter (where status = 'refused') as refused_count
        from quality.extract_files group by all order by all
        """,
        {"by_extract": BY_EXTRACT},
    ).fetchall()
    unfinished = folder / f".unfinished-{FEEDS_FILE}"
    unfinished.write_text(
        json.dumps([asdict(Feed(*row)) for row in rows], default=str), encoding="utf-8"
    )
    unfinished.replace(folder / FEEDS_FILE)


def read_feeds(folder: Path) -> list[Feed]:
    """What the last night wrote down; nothing before the first."""
    try:
        rows = json.loads((folder / FEEDS_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    return [Feed.read(row) for row in rows]


def read_freshness(file: Path) -> dict[str, Freshness]:
    """The rhythm of each feed, by family or by extract."""
    with file.open(encoding="utf-8", newline="") as handle:
        return {
            row["feed"]: Freshness(
                int(row["fresh_for_days"]) if row["fresh_for_days"] else None, row["reason"]
            )
            for row in csv.DictReader(handle)
        }


def stale_feeds(
    feeds: Iterable[Feed], freshness: Mapping[str, Freshness], today: dt.date
) -> list[Stale]:
    """The feeds whose next delivery should have come by a day, and those that were refused."""
    stale = []
    for feed in feeds:
        reasons = []
        rule = freshness.get(feed.feed) or freshness.get(feed.feed.partition("__")[0])
        if rule and rule.days is not None and feed.newest_date:
            age = (today - feed.newest_date).days
            if age > rule.days:
                reasons.append(f"{age} days old; {rule.why}, so at most {rule.days}")
        if feed.refused_count:
            files = "file was" if feed.refused_count == 1 else "files were"
            reasons.append(f"{feed.refused_count} {files} refused: quality.extract_files says why")
        if reasons:
            newest = feed.newest_date.isoformat() if feed.newest_date else ""
            stale.append(Stale(feed.local_authority_code, feed.feed, newest, "; ".join(reasons)))
    return stale
