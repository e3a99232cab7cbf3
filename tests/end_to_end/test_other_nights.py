"""Nights on files that are wrong, incomplete or from outside."""

import csv
from pathlib import Path

import pytest

from tests.end_to_end.nights import OUTSIDE, SAMPLES, run_night

pytestmark = pytest.mark.slow
needs_outside_files = pytest.mark.skipif(
    not OUTSIDE.is_dir(), reason="the outside sample files are not beside this clone"
)


def _copy_without(source: Path, target: Path, column: str) -> None:
    with source.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    drop = rows[0].index(column)
    with target.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(
            [cell for position, cell in enumerate(row) if position != drop] for row in rows
        )


def test_each_bad_file_gets_its_own_message_and_the_rest_goes_on(tmp_path):
    landing, year = tmp_path / "landing" / "999", "ssda903_2025"
    (landing / year).mkdir(parents=True)
    (landing / "2019").mkdir()
    for name in ("header.csv", "episodes.csv"):
        (landing / year / name).write_bytes((SAMPLES / "999" / year / name).read_bytes())
    _copy_without(SAMPLES / "999" / year / "oc3.csv", landing / year / "oc3.csv", "CHILD")
    (landing / "2019" / "reviews.csv").write_bytes(
        (SAMPLES / "999" / year / "reviews.csv").read_bytes()
    )
    (landing / year / "oc2.csv").touch()
    census = (SAMPLES / "999" / "cin_census_2025.xml").read_bytes()
    (landing / "cin_census_2025.xml").write_bytes(census[: len(census) // 2])

    night = run_night(tmp_path / "data", tmp_path / "landing")

    assert night.exit_code == 0, night.said
    reasons = dict(
        night.ask("select file_name, reason from quality.extract_files where status = 'refused'")
    )
    assert "broken at line" in reasons["999/cin_census_2025.xml"]
    assert "empty (0 bytes)" in reasons[f"999/{year}/oc2.csv"]
    assert "lacks the column CHILD" in reasons[f"999/{year}/oc3.csv"]
    assert "year ending 31 March 2019" in reasons["999/2019/reviews.csv"]
    (in_care,) = night.ask(
        "select value from outcomes.indicator_values where period_id = '2024-25' "
        "and indicator_id = 'dorset_children_in_care_number' and breakdown = 'all'"
    )
    assert in_care[0] > 100
    assert "Not measured" in night.said
    told_empty = night.said.partition("Empty tables")[2]
    for table in ("intermediate.referrals", "intermediate.protection_plans"):
        assert table in told_empty


@needs_outside_files
def test_outside_files_are_measured_where_they_can_be(tmp_path):
    night = run_night(tmp_path, OUTSIDE, authority="201")

    assert night.exit_code == 0, night.said
    families = night.ask("select distinct family from quality.extract_files where family <> ''")
    assert {name for (name,) in families} == {"ssda903", "cin_census", "published"}
    unaccounted = night.ask(
        "select file_name from quality.extract_files where status <> 'refused' "
        "and rows_read <> rows_loaded + rows_quarantined"
    )
    assert unaccounted == []
