"""Published figures from file to benchmark: those of the department, and small invented ones."""

import csv
import functools
import math
import os
import subprocess
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from orchestration.settings import PROJECT
from orchestration.transform.assets import DBT_PROJECT, dbt_command
from tests.factories import SHARED, csv_text, loaded, register

SAMPLES = SHARED / "samples" / "dfe_published"
needs_samples = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the published files are not beside the project"
)
Row = Mapping[str, str]


# ---- worlds ----


def built(folder: Path, files: Mapping[str, str | bytes]) -> duckdb.DuckDBPyConnection:
    """A warehouse with these files and the tables that are made of published figures."""
    warehouse = folder / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        loaded(folder, files, connection)
    done = subprocess.run(
        [
            *(dbt_command(), "--no-use-colors", "build"),
            *("--select", "+int_published_coverage", "+int_published_values"),
            *("+int_statistical_neighbours", "--exclude-resource-type", "unit_test"),
            # Tests of seeds that no table asked for here reads are left to the whole build.
            *("--indirect-selection", "buildable"),
            *("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)),
            *("--target-path", str(folder / "target"), "--log-path", str(folder / "logs")),
        ],
        env={**os.environ, "WAREHOUSE_PATH": str(warehouse)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    return duckdb.connect(str(warehouse), read_only=True)


@pytest.fixture(scope="module")
def england(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """A night with every file that the department published and we were given."""
    files = {file.name: file.read_bytes() for file in sorted(SAMPLES.iterdir())}
    return built(tmp_path_factory.mktemp("england"), files)


TIME_AND_PLACE = [
    *("time_period", "time_identifier", "geographic_level", "country_code", "country_name"),
    *("region_code", "region_name", "old_la_code", "new_la_code", "la_name"),
]


def national(period: str = "2025", **cells: str) -> dict[str, str]:
    """A line about England."""
    return {
        "time_period": period,
        "time_identifier": "Reporting year",
        "geographic_level": "National",
        "country_code": "E92000001",
        "country_name": "England",
        **cells,
    }


def authority(old: str, new: str, period: str = "2025", **cells: str) -> dict[str, str]:
    """A line about an authority, or about two that answer together."""
    place = {"geographic_level": "Local authority", "old_la_code": old, "new_la_code": new}
    return {**national(period), **place, **cells}


def referrals(count: str, repeats: str, percent: str) -> dict[str, str]:
    return {
        "category": "Referrals and Re-referrals",
        "referral_count": count,
        "rereferral_count": repeats,
        "rereferral_percent": percent,
    }


REFERRALS = [*TIME_AND_PLACE, *referrals("", "", "")]
# Their own order, mixed case, and a name after each code.
NEED = [
    *("old_la_code", "la_name", "new_la_code", "time_period", "Time_Identifier"),
    *("geographic_level", "country_code", "country_name", "category", "At31_Episodes"),
]
WORKFORCE = [*TIME_AND_PLACE, "inpost_fte", "agency_fte", "agency_rate_fte"]
CARE_LEAVERS = ("care_leaver_count", "care_leaver_percent")
NEIGHBOURS_2021 = ["LA num", "LA Name", "LA number", "GOInd", "GOReg"] + [
    heading for rank in range(1, 11) for heading in (f"SN{rank}", "SNP")
]


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """A night with small files in the department's form."""
    older = csv_text(
        REFERRALS,
        national("2024", **referrals("620,000", "130,000", "21.0")),
        authority("815", "E10000023", "2022", **referrals("5,000", "1,000", "20")),
    )
    newer = csv_text(
        REFERRALS,
        national(**referrals("632,830", "142,900", "22.6")),
        national("2024", **referrals("621,000", "130,410", "21")),
        authority("815", "E06000065", **referrals("6000", "1500", "25")),
        authority("", "E10000023", "2021", **referrals("4000", "400", "10")),
        authority("201", "E09000001", **referrals("c", "c", "c")),
        authority("420", "E06000053", **referrals("12", "[c]", "[c]")),
        authority("840", "E06000047", **referrals("900", "0", "0")),
        authority("929", "E06000057", **referrals("900", "2", "low")),
        {
            **national(**referrals("90,000", "9,000", "10")),
            "geographic_level": "Regional",
            "region_code": "E13000001",
            "region_name": "Inner London",
        },
    )
    year, country = ["2025", "Reporting year"], ["E92000001", "England"]
    need = csv_text(
        NEED,
        ["", "", "", *year, "National", *country, "Children in Need", "402,400"],
        ["815", "York", "E06000065", *year, "Local authority", *country, "Children in Need", "c"],
    )
    population = csv_text(
        [*TIME_AND_PLACE, "age_group", "population_estimate"],
        national("2024", age_group="Children aged 0 to 17 years", population_estimate="12183016"),
    )
    workforce = csv_text(
        WORKFORCE,
        authority(
            "940 / 941",
            "E06000061 / E06000062",
            inpost_fte="300",
            agency_fte="100",
            agency_rate_fte="25",
        ),
    )
    renamed = csv_text(
        [*TIME_AND_PLACE, *("care_leaver_age", "breakdown"), *CARE_LEAVERS],
        national(
            care_leaver_age="19 to 21 years",
            breakdown="In suitable accommodation",
            care_leaver_count="9",
            care_leaver_percent="90",
        ),
    )
    adoption = csv_text(
        [*TIME_AND_PLACE[:5], "cla_group", "stage_of_adoption_process", "age_start_poc", "number"],
        national(
            cla_group="Age on starting final period of care",
            stage_of_adoption_process=(
                "4. Total average time between entry into care and date placed for adoption"
            ),
            age_start_poc="Total",
            number="01:07",
        ),
    )
    neighbours = csv_text(
        [*NEIGHBOURS_2021, ""],
        ["201", "City of London", "201", "3", "London (Inner)"]
        + [cell for code in range(301, 311) for cell in (str(code), "Not Close")]
        + [""],
        ["941", "West Northamptonshire", "941", "4", "East Midlands"]
        + [cell for code in range(801, 811) for cell in (str(code), "Very close ")]
        + [""],
    )
    return built(
        tmp_path_factory.mktemp("invented"),
        {
            "c1_children_in_need_referrals_and_rereferrals_2013_to_2024.csv": older,
            "c1_children_in_need_referrals_and_rereferrals_2013_to_2025.csv": "\ufeff" + newer,
            "b1_children_in_need_2013_to_2025.csv": need,
            "ons_mid-year_population_estimates_2012_to_2024.csv": population,
            "csww_indicators_2017_to_2025.csv": workforce,
            "la_care_leavers_accommodation_suitability.csv": renamed,
            "national_cla_adopted_average_time_between_adoption_process_stages.csv": adoption,
            "New_Statistical_Neighbour_Groupings_April_2021.csv": neighbours,
        },
    )


def figure(
    warehouse: duckdb.DuckDBPyConnection,
    indicator: str,
    area: str = "E92000001",
    year: int = 2025,
    columns: str = "value",
) -> tuple[Any, ...] | None:
    """Columns of one published figure, where there is one."""
    return warehouse.execute(
        f"select {columns} from intermediate.published_values where published_indicator_id = ? "
        "and area_code = ? and reporting_year = ?",
        [indicator, area, year],
    ).fetchone()


# ---- invented files ----


def test_every_invented_file_is_known_by_its_headings(invented):
    files = {name: (file["status"], file["extract"]) for name, file in register(invented).items()}
    assert {status for status, _ in files.values()} == {"loaded"}
    assert sorted({extract for _, extract in files.values()}) == [
        "published__open_statistics",
        "published__population_estimates",
        "published__statistical_neighbours",
    ]


def test_a_number_is_read_without_its_commas_whatever_the_order_and_case_of_headings(invented):
    assert figure(invented, "referrals") == (632_830,)
    assert figure(invented, "rereferral_percent", columns="value, count_number, denominator") == (
        22.6,
        142_900,
        632_830,
    )
    assert figure(invented, "cin_at_31_march") == (402_400,)


def test_a_symbol_is_a_status_and_never_zero(invented):
    columns = "value, value_symbol_code, value_status_code"
    percent = functools.partial(figure, invented, "rereferral_percent", columns=columns)
    assert percent("201") == (None, "c", "suppressed")
    assert percent("420") == (None, "c", "suppressed")
    assert percent("929") == (None, "low", "rounds_to_zero")
    assert percent("840") == (0, None, "published")


def test_a_rate_is_made_with_the_population_of_the_mid_year_before(invented):
    (rate,) = figure(invented, "cin_at_31_march", columns="exact_value")
    assert round(rate, 1) == 330.3
    # Without the population of the authority there is none.
    assert figure(invented, "referrals", "815", columns="value, exact_value") == (6000, None)


def test_an_authority_is_one_whatever_its_nine_character_code(invented):
    values = [figure(invented, "rereferral_percent", "815", year) for year in (2021, 2022, 2025)]
    assert values == [(10,), (20,), (25,)]


def test_a_newer_file_restates_a_year_and_an_older_one_keeps_what_it_alone_has(invented):
    assert figure(invented, "referrals", year=2024) == (621_000,)
    assert figure(invented, "referrals", "815", 2022) == (5_000,)


def test_authorities_that_answer_together_are_an_area_of_their_own(invented):
    columns = (
        "area_type_code, local_authority_code, value, exact_value, cast(period_end_date as text)"
    )
    assert figure(invented, "sw_agency_rate", "940 / 941", columns=columns) == (
        *("joint_authorities", None, 25, 25),
        "2025-09-30",
    )
    assert figure(invented, "sw_agency_rate", "940") is None


def test_inner_london_is_a_region_beside_the_nine(invented):
    assert figure(invented, "referrals", "E13000001", columns="area_type_code") == ("regional",)


def test_years_and_months_are_months(invented):
    assert figure(invented, "adoption_entry_to_placed") == (19,)


def test_a_label_that_was_renamed_is_reported_and_not_read_as_nothing(invented):
    found = invented.execute(
        "select status_code, what_is_missing, file_name from intermediate.published_coverage "
        "where published_indicator_id = 'care_leavers_suitable_19_21'"
    ).fetchall()
    assert found == [
        (
            "label_missing",
            "breakdown = Accommodation considered suitable",
            "la_care_leavers_accommodation_suitability.csv",
        )
    ]


def test_neighbours_in_the_form_of_2021_are_read_by_place_where_headings_repeat(invented):
    rows = invented.execute(
        "select neighbour_rank, neighbour_local_authority_code, closeness_code, model_year "
        "from intermediate.statistical_neighbours where local_authority_code = '201' order by all"
    ).fetchall()
    assert rows == [(rank, str(300 + rank), "Not close", 2021) for rank in range(1, 11)]


def test_neighbours_of_a_new_authority_are_not_for_years_before_it(invented):
    years = invented.execute(
        "select distinct usable_from_year, closeness_code from intermediate.statistical_neighbours "
        "where local_authority_code = '941'"
    ).fetchall()
    assert years == [(2022, "Very close")]


# ---- the published indicators of the spec ----


@functools.cache
def spec() -> Any:
    text = (SHARED / "specs" / "ees_benchmarks.yml").read_text("utf-8")
    return yaml.safe_load(text)


def seed(name: str) -> list[dict[str, str]]:
    file = PROJECT / "seeds" / "benchmarks" / f"{name}.csv"
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def as_number(text: str) -> Fraction | None:
    """A published cell; years and months as months."""
    if ":" in text:
        years, _, months = text.partition(":")
        return Fraction(int(years) * 12 + int(months))
    try:
        return Fraction(text.replace(",", ""))
    except ValueError:
        return None


@needs_samples
def test_the_seed_has_every_published_indicator_with_its_columns_labels_and_check():
    labels: dict[str, dict[str, str]] = {}
    for row in seed("published_filters"):
        labels.setdefault(row["published_indicator_id"], {})[row["filter_column"]] = row[
            "filter_value"
        ]
    held = {row["published_indicator_id"]: row for row in seed("published_indicators")}
    wanted = {indicator["id"]: indicator for indicator in spec()["indicators"]}
    assert held.keys() == wanted.keys()
    for id_, indicator in wanted.items():
        row, check = held[id_], indicator["england_check"]
        assert labels.get(id_, {}) == indicator.get("filters", {}), id_
        assert row["value_column"] == indicator["value_column"], id_
        assert row["count_column"] in (indicator.get("count_column", ""), row["value_column"]), id_
        assert row["decimal_places"] == str(indicator["decimal_places"]), id_
        assert row["time_identifier"] == indicator["time_identifier"], id_
        assert row["good_is"] == indicator.get("good_is", ""), id_
        assert row["check_time_period"] == check["time_period"], id_
        assert as_number(row["check_value"]) == as_number(check["value"]), id_
        assert row["check_count"] == check.get("count", ""), id_


# ---- the department's files ----


@needs_samples
def test_what_was_supplied_is_read_and_what_was_not_is_said(england):
    found = dict(
        england.execute(
            "select published_indicator_id, status_code from intermediate.published_coverage"
        ).fetchall()
    )
    assert found == {
        indicator["id"]: "read" if indicator["sample_supplied"] else "not_supplied"
        for indicator in spec()["indicators"]
    }


@needs_samples
def test_every_figure_for_england_is_reproduced(england):
    checked = england.execute(
        "select indicators.published_indicator_id, value, check_value, count_number, check_count "
        "from reference.published_indicators as indicators "
        "inner join intermediate.published_values as figures "
        "on indicators.published_indicator_id = figures.published_indicator_id "
        "and check_time_period = time_period and area_type_code = 'national'"
    ).fetchall()
    assert len(checked) == sum(indicator["sample_supplied"] for indicator in spec()["indicators"])
    for indicator, value, wanted, count, wanted_count in checked:
        assert value == wanted, indicator
        assert wanted_count in (None, count), indicator


@needs_samples
def test_rates_that_are_not_printed_are_those_the_department_gives(england):
    rates = [("cin_at_31_march", 330.3), ("cpp_at_31_march", 40.6)]
    for indicator, wanted in rates:
        (rate, population) = figure(england, indicator, columns="exact_value, denominator")
        assert population == spec()["populations"]["check"]["england"]
        assert round(rate, 1) == wanted


def lines_of(pattern: str) -> list[Row]:
    """The lines of a published file, as another reader has them."""
    (file,) = SAMPLES.glob(pattern)
    with file.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


AREA_OF: Mapping[str, tuple[str, str]] = {
    "National": ("national", "country_code"),
    "Regional": ("regional", "region_code"),
    "Local authority": ("local_authority", "old_la_code"),
}


@needs_samples
def test_every_cell_that_was_published_is_there_and_nothing_else(england):
    labels = {
        indicator["id"]: indicator.get("filters", {}).items() for indicator in spec()["indicators"]
    }
    for indicator in spec()["indicators"]:
        if not indicator["sample_supplied"]:
            continue
        wanted = {}
        for line in lines_of(indicator["file"]):
            if not labels[indicator["id"]] <= line.items():
                continue
            kind, code = AREA_OF[line["geographic_level"]]
            if "/" in line[code]:
                kind = "joint_authorities"
            cell = line[indicator["value_column"]]
            number = as_number(cell)
            wanted[kind, line[code], line["time_period"]] = (
                (None, cell) if number is None else (float(number), None)
            )
        held = {
            (kind, code, period): (value, symbol)
            for kind, code, period, value, symbol in england.execute(
                "select area_type_code, area_code, time_period, value, value_symbol_code "
                "from intermediate.published_values where published_indicator_id = ?",
                [indicator["id"]],
            ).fetchall()
        }
        assert held == wanted, indicator["id"]


def half_up(number: Fraction, decimals: int) -> Fraction:
    return Fraction(math.floor(number * 10**decimals + Fraction(1, 2)), 10**decimals)


@needs_samples
@pytest.mark.parametrize(
    ("indicators", "count"),
    [
        (["cla_rate", "cla_starting_rate", "cla_ceasing_rate"], 2267),
        (["cla_3_plus_placements", "cla_long_term_stability", "cla_3_plus_placements_2y"], 2238),
        (["rereferral_percent"], 1948),
        (["rereferral_child_percent"], 1952),
        (["referral_nfa_percent"], 1873),
        (["referral_not_in_need_percent"], 1940),
        (["cpp_repeat_percent"], 1924),
        (["cpp_2_years_percent"], 1241),
        (["cpp_3_months_or_less_percent"], 1919),
    ],
)
def test_every_percentage_and_rate_of_an_authority_recomputes(england, indicators, count):
    rows = england.execute(
        "select value, count_number, denominator, per, decimal_places "
        "from intermediate.published_values "
        "inner join reference.published_indicators using (published_indicator_id) "
        "where list_contains($indicators, published_indicator_id) and denominator > 0 "
        "and area_type_code = 'local_authority' and value is not null and count_number is not null",
        {"indicators": indicators},
    ).fetchall()
    assert len(rows) == count
    for value, number, denominator, per, decimals in rows:
        exact = per * Fraction(number) / Fraction(denominator)
        assert float(half_up(exact, decimals)) == value


@needs_samples
@pytest.mark.parametrize(
    ("indicator", "count"),
    [
        ("sw_turnover", 1331),
        ("sw_agency_rate", 1327),
        ("sw_vacancy_rate", 1339),
        ("sw_agency_cover_of_vacancies", 1290),
        ("sw_caseload", 1336),
        ("sw_absence", 1322),
    ],
)
def test_a_rate_of_the_workforce_lies_within_what_the_printed_numbers_leave_open(
    england, indicator, count
):
    """Full-time equivalents are printed to a tenth and the rates made before they were rounded:
    each number may be half a tenth more or less. Cases are whole."""
    rows = england.execute(
        """
        select value, count_number, denominator, per, second_denominator_column is not null,
            case
                when denominator_days is null then 1
                -- A year with a 29 February has one working day more.
                else denominator_days + if(reporting_year % 4 = 0, 1, 0)
            end
        from intermediate.published_values
        inner join reference.published_indicators using (published_indicator_id)
        where published_indicator_id = ? and denominator > 0
            and area_type_code = 'local_authority' and value is not null
            and count_number is not null
        """,
        [indicator],
    ).fetchall()
    assert len(rows) == count
    half = Fraction(1, 20)
    for value, number, denominator, per, holds_numerator, days in rows:
        above = Fraction(0) if indicator == "sw_caseload" else half
        # What is added to the numerator and taken from the rest leaves the whole as it is.
        below = Fraction(0) if holds_numerator else half * days
        number, denominator = (Fraction(str(round(shown, 4))) for shown in (number, denominator))
        least = half_up(per * max(number - above, Fraction(0)) / (denominator + below), 1)
        assert least <= Fraction(str(value)), indicator
        if denominator > below:
            assert Fraction(str(value)) <= half_up(
                per * (number + above) / (denominator - below), 1
            ), indicator


def numbers_of(
    england: duckdb.DuckDBPyConnection, file: str, *headings: str
) -> list[dict[str, Any]]:
    """The lines about authorities of a file, its figures as numbers or none and its labels."""
    found = england.execute(
        "select area_code, period_year, map_entries(cells) from intermediate.published_lines "
        "inner join quality.extract_files on _file_sha256 = file_sha256 "
        "where file_name like ? and area_type_code = 'local_authority'",
        [file],
    ).fetchall()
    lines = []
    for area, year, entries in found:
        cells = {entry["key"]: entry["value"] for entry in entries}
        figures = {heading: as_number(cells.get(heading, "")) for heading in headings}
        lines.append({**cells, **figures, "area": area, "year": year})
    return lines


def group_of(line: Mapping[str, Any]) -> tuple[Any, ...]:
    """Whom a line about care leavers is about."""
    return line["area"], line["year"], line["care_leaver_age"]


@needs_samples
@pytest.mark.parametrize(
    ("file", "total", "count"),
    [("%activity%", "Total", 10_681), ("%accommodation%", "Suitability total", 3_100)],
)
def test_every_percentage_of_care_leavers_recomputes(england, file, total, count):
    lines = numbers_of(england, file, *CARE_LEAVERS)
    totals = {
        group_of(line): line["care_leaver_count"] for line in lines if line["breakdown"] == total
    }
    checked = 0
    for line in lines:
        number, percent = line["care_leaver_count"], line["care_leaver_percent"]
        everyone = totals[group_of(line)]
        if line["breakdown"] != total and None not in (number, percent) and everyone:
            assert half_up(100 * number / everyone, 0) == percent
            checked += 1
    assert checked == count


@needs_samples
def test_children_in_need_at_any_point_have_left_or_are_there_on_31_march(england):
    figures = ("Anypoint_episodes", "Ended_episodes", "At31_episodes")
    lines = numbers_of(england, "b1_%", *figures)
    whole = [line for line in lines if None not in [line[name] for name in figures]]
    assert len(whole) > 1900
    unequal = set()
    for line in whole:
        any_point, ended, there = (line[name] for name in figures)
        if any_point != ended + there:
            unequal.add((line["area"], line["year"], any_point - ended - there))
    # The department printed two authorities one apart, in 2014.
    assert unequal == {("878", 2014, 1), ("937", 2014, 1)}


@needs_samples
def test_referrals_that_end_in_need_are_the_episodes_that_start(england):
    figures = ("referral_count", "no_further_action_count", "not_in_need_count")
    started = {
        (line["area"], line["year"]): line["Started_episodes"]
        for line in numbers_of(england, "b1_%", "Started_episodes")
    }
    checked = 0
    for line in numbers_of(england, "c1_%", *figures):
        episodes = started[line["area"], line["year"]]
        if line["year"] >= 2023 and None not in (episodes, *(line[name] for name in figures)):
            referred, no_action, not_in_need = (line[name] for name in figures)
            assert referred - no_action - not_in_need == episodes
            checked += 1
    assert checked > 400


@needs_samples
def test_durations_of_plans_add_up_where_none_is_withheld(england):
    parts = (
        *("3_months_or_less", "more_than_3_months_6_months"),
        *("more_than_6_months_less_than_1_year", "1_year_less_than_2_years", "2_years_or_more"),
    )
    lines = numbers_of(england, "d5_%", "CPP_At31", *parts)
    whole = [line for line in lines if None not in [line[name] for name in ("CPP_At31", *parts)]]
    assert len(whole) > 1000
    for line in whole:
        assert sum(line[name] for name in parts) == line["CPP_At31"]


@needs_samples
def test_every_percentage_of_plans_by_their_duration_recomputes(england):
    parts = (
        *("3_months_or_less", "more_than_3_months_6_months"),
        *("more_than_6_months_less_than_1_year", "1_year_less_than_2_years", "2_years_or_more"),
    )
    figures = [*parts, *(f"{part}_percent" for part in parts)]
    checked, unequal = 0, set()
    for line in numbers_of(england, "d5_%", "CPP_At31", *figures):
        for part in parts:
            number, percent, everyone = line[part], line[f"{part}_percent"], line["CPP_At31"]
            if None in (number, percent) or not everyone:
                continue
            checked += 1
            if half_up(100 * number / everyone, 1) != percent:
                unequal.add((line["area"], line["year"], part))
    assert checked == 8291
    # The department printed 28.7 for 69 of 240, an exact half.
    assert unequal == {("893", 2017, "more_than_6_months_less_than_1_year")}


@needs_samples
def test_each_authority_has_ten_neighbours_of_2025_each_with_its_closeness(england):
    wanted = {
        (row["old_la_code"], rank): (row[f"SN_{rank}"], row[f"SN_{rank}P"].strip())
        for row in lines_of("sn_model_2025_wide.csv")
        for rank in range(1, 11)
    }
    held = england.execute(
        "select local_authority_code, neighbour_rank, neighbour_local_authority_code, "
        "closeness_code, model_year from intermediate.statistical_neighbours"
    ).fetchall()
    assert len(held) == len(wanted) == 153 * 10
    assert {(code, rank): (to, close) for code, rank, to, close, _ in held} == wanted
    assert {model for *_, model in held} == {2025}


@needs_samples
def test_every_code_of_an_authority_that_is_known_is_in_the_seed():
    with (SHARED / "specs" / "code_sets.csv").open(encoding="utf-8", newline="") as handle:
        known = {
            (*row["code"].split(">"), row["valid_from"], row["valid_to"])
            for row in csv.DictReader(handle)
            if row["code_set"] == "local_authority_old_to_gss"
        }
    folder = PROJECT / "seeds" / "geography"
    with (folder / "local_authorities.csv").open(encoding="utf-8", newline="") as handle:
        held = {
            (row["local_authority_code"], row["gss_code"], row["valid_from"], row["valid_to"])
            for row in csv.DictReader(handle)
        }
    assert known <= held
    with (folder / "authority_changes.csv").open(encoding="utf-8", newline="") as handle:
        changes = list(csv.DictReader(handle))
    ended = {(code, gss) for code, gss, _, valid_to in held if valid_to}
    begun = {(code, gss) for code, gss, valid_from, _ in held if valid_from}
    assert {(row["old_local_authority_code"], row["old_gss_code"]) for row in changes} == ended
    assert {(row["new_local_authority_code"], row["new_gss_code"]) for row in changes} == begun
