"""Series to be charted, as the models of a copy of the project meet them."""

import datetime as dt
from pathlib import Path

import duckdb

AUTHORITY, AS_AT = "999", "2026-03-31"
MODELS = {
    "marts/outcomes": ("control_charts", "annual_trends", "indicator_trends", "rebase_decisions"),
}
SERIES_COLUMNS = """
    series_number integer, indicator_id varchar, indicator_version integer,
    local_authority_code varchar, period_type varchar, breakdown varchar,
    breakdown_value varchar, measure_type varchar, unit varchar, polarity varchar,
    fix_after_n integer, screen_outliers integer
"""
POINT_COLUMNS = """
    series_number integer, period_type varchar, period_start date, value double, n bigint,
    events double, trials double, lower95 double, upper95 double, target_value double,
    band_low double, band_high double, is_disclosive boolean
"""
TARGET_COLUMNS = """
    local_authority_code varchar, target_id varchar, indicator_id varchar,
    target_type_code varchar, breakdown varchar, breakdown_value varchar, valid_from_date date,
    valid_to_date date, owner_role varchar, reason_text varchar
"""
STAND_INS = {
    "chart_series": SERIES_COLUMNS,
    "chart_points": POINT_COLUMNS,
    "int_targets": TARGET_COLUMNS,
}


def start_of(period_type: str, place: int) -> dt.date:
    """The first day of the period at a place of a series, which counts from 1."""
    month = 3 + {"month": 1, "year": 12}[period_type] * (place - 1)
    return dt.date(2015 + month // 12, month % 12 + 1, 1)


class Points:
    """The series, points and decisions of the vectors, as the models would meet them."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        for table, columns in STAND_INS.items():
            self.connection.execute(f"create table {table} ({columns})")
        self.series: list[str] = []

    def add_series(self, series: str, period_type: str, **columns: object) -> None:
        """A series of an indicator that is called so, unless it is there."""
        if series not in self.series:
            self.series.append(series)
            self._insert(
                "chart_series",
                series_number=self.series.index(series),
                indicator_id=series,
                indicator_version=1,
                local_authority_code=AUTHORITY,
                period_type=period_type,
                breakdown="all",
                breakdown_value="all",
                **columns,
            )

    def add(self, series: str, period_type: str, place: int, **columns: object) -> None:
        """The point at a place of a series, which counts from 1."""
        self._insert(
            "chart_points",
            series_number=self.series.index(series),
            period_type=period_type,
            period_start=start_of(period_type, place),
            **{"n": 100, **columns},
        )

    def _insert(self, table: str, **columns: object) -> None:
        self.connection.execute(
            f"insert into {table} ({', '.join(columns)}) "
            f"values ({', '.join('?' for _ in columns)})",
            list(columns.values()),
        )

    def rebase(self, series: str, place: int) -> None:
        """A decision to draw new limits from a place of a monthly series on."""
        self._insert(
            "int_targets",
            local_authority_code=AUTHORITY,
            target_id=series,
            indicator_id=series,
            target_type_code="rebase",
            breakdown="all",
            breakdown_value="all",
            valid_from_date=start_of("month", place),
            owner_role="Director",
            reason_text="Known cause",
        )

    def stand_in(self, folder: Path, stand_ins: Path) -> None:
        """Models of their names that read them."""
        for table in STAND_INS:
            path = folder / f"{table}.parquet"
            self.connection.execute(f"copy {table} to '{path}' (format parquet)")
            (stand_ins / f"{table}.sql").write_text(f"select * from read_parquet('{path}')")
