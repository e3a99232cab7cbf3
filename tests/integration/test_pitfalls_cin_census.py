"""What is met in real files of the children in need census, each shown by the smallest file."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from tests.contract_files import a_night_of
from tests.factories import a_census, a_child, loaded, register, rows_of, unreconciled

CIN = "201/2026/cin.xml"


def night(folder: Path, files: Mapping[str, str | bytes]) -> duckdb.DuckDBPyConnection:
    """A warehouse after a night with these files, of which every row is accounted for."""
    connection = loaded(folder, files, night=a_night_of("cin_census"))
    assert unreconciled(connection) == []
    return connection


def census(folder: Path, *children: str, **given: str) -> duckdb.DuckDBPyConnection:
    """A night with one census of these children."""
    return night(folder, {CIN: a_census(*children, **given)})


def details(*inside: str, referred: str = "2025-05-06") -> str:
    return (
        f"<CINdetails><CINreferralDate>{referred}</CINreferralDate>{''.join(inside)}</CINdetails>"
    )


def block(extract: str, connection: duckdb.DuckDBPyConnection, columns: str) -> list[tuple]:
    return rows_of(connection, f"raw.cin_census__{extract}", columns)


def emptied(connection: duckdb.DuckDBPyConnection) -> list[tuple]:
    return rows_of(connection, "quality.emptied_cells", "extract, column_name")


# ---- the file ----


@pytest.mark.parametrize(
    ("before", "encoding"),
    [
        ("", "utf-8"),
        ('<?xml version="1.0" encoding="utf-8"?>\n', "utf-8"),
        ("", "utf-8-sig"),
        ("", "cp1252"),
        ('<?xml version="1.0" encoding="windows-1252"?>\n', "cp1252"),
    ],
)
def test_a_curly_apostrophe_breaks_no_census_with_or_without_a_declaration(
    tmp_path: Path, before, encoding
):
    text = a_census(a_child("O’Hara"), before=before).encode(encoding)
    connection = night(tmp_path, {CIN: text, "202/2026/cin.xml": a_census(authority="202")})
    assert register(connection)[CIN]["rows_loaded"] == 1
    assert block("child", connection, "count(distinct la_child_id)") == [(2,)]


@pytest.mark.parametrize(
    "name", ["CIN_Census_2026.xml", "cin-2026.xml", "201_cin_2026.xml", "cin_2026_201.xml"]
)
def test_a_census_is_known_under_each_name_it_has(tmp_path: Path, name):
    connection = night(tmp_path, {name: a_census()})
    file = register(connection)[name]
    assert (file["local_authority_code"], file["return_year"]) == ("201", 2026)
    assert file["notes"] == ""


def test_a_wrong_year_in_the_header_gives_way_to_the_reference_date_and_is_noted(tmp_path: Path):
    connection = census(tmp_path, year="2025", reference_date="2026-03-31")
    file = register(connection)[CIN]
    assert file["return_year"] == 2026
    assert "Year says 2025" in str(file["notes"])


@pytest.mark.parametrize(
    ("written", "held"), [("0", False), ("1", True), ("true", True), ("false", False)]
)
def test_a_yes_or_no_is_a_digit_or_a_word(tmp_path: Path, written, held):
    connection = census(
        tmp_path,
        a_child(
            "1001",
            details(
                f"<ReferralNFA>{written}</ReferralNFA>",
                "<Section47><S47ActualStartDate>2025-05-07</S47ActualStartDate>",
                f"<ICPCnotRequired>{written}</ICPCnotRequired></Section47>",
            ),
        ),
    )
    assert block("cin_episode", connection, "referral_no_further_action") == [(held,)]
    assert block("section47", connection, "conference_not_required") == [(held,)]


# ---- elements ----


def test_a_conference_of_the_episode_and_one_of_an_enquiry_stay_apart(tmp_path: Path):
    connection = census(
        tmp_path,
        a_child(
            "1001",
            details(
                "<DateOfInitialCPC>2025-05-20</DateOfInitialCPC>",
                "<Section47><S47ActualStartDate>2025-06-01</S47ActualStartDate>",
                "<DateOfInitialCPC>2025-06-14</DateOfInitialCPC></Section47>",
            ),
        ),
        a_child(
            "1002",
            details(
                "<Section47><S47ActualStartDate>2025-06-01</S47ActualStartDate>",
                "<DateOfInitialCPC>2025-06-15</DateOfInitialCPC></Section47>",
            ),
        ),
    )
    assert block("cin_episode", connection, "initial_conference_date") == [
        (dt.date(2025, 5, 20),),
        (None,),
    ]
    assert block("section47", connection, "initial_conference_date") == [
        (dt.date(2025, 6, 14),),
        (dt.date(2025, 6, 15),),
    ]


def test_text_that_strays_between_elements_is_nobodys_value(tmp_path: Path):
    connection = census(
        tmp_path,
        a_child("1001", f"note {details('<PrimaryNeedCode>N1</PrimaryNeedCode> N9 ')} more"),
    )
    assert block("cin_episode", connection, "primary_need_code") == [("N1",)]
    assert emptied(connection) == []


def test_factors_and_disabilities_may_be_there_and_empty(tmp_path: Path):
    connection = census(
        tmp_path,
        a_child(
            "1001",
            "<ChildCharacteristics><Ethnicity>WBRI</Ethnicity><Disabilities/>"
            "</ChildCharacteristics>"
            + details(
                "<Assessments><AssessmentActualStartDate>2025-05-07</AssessmentActualStartDate>"
                "<FactorsIdentifiedAtAssessment></FactorsIdentifiedAtAssessment></Assessments>"
            ),
        ),
    )
    assert block("assessment", connection, "count(*)") == [(1,)]
    for extract in ("assessment_factor", "disability"):
        assert block(extract, connection, "count(*)") == [(0,)]
    assert rows_of(connection, "quality.quarantined_rows") == []


def test_the_order_of_elements_says_nothing(tmp_path: Path):
    ordered = [
        "<ChildIdentifiers><LAchildID>1001</LAchildID><Sex>F</Sex></ChildIdentifiers>",
        "<ChildCharacteristics><Ethnicity>WBRI</Ethnicity></ChildCharacteristics>",
        details("<CINclosureDate>2025-07-01</CINclosureDate>"),
    ]
    found = []
    for parts in (ordered, ordered[::-1]):
        connection = census(tmp_path, f"<Child>{''.join(parts)}</Child>")
        found.append(
            [
                block("child", connection, "la_child_id, sex, ethnicity"),
                block("cin_episode", connection, "la_child_id, referral_date, closure_date"),
            ]
        )
    assert found[0] == found[1]
    assert found[0][0][0][1:] == ("F", "WBRI")


def test_a_plan_repeated_under_every_episode_is_kept_where_it_stood(tmp_path: Path):
    plan = "<ChildProtectionPlans><CPPstartDate>2025-06-01</CPPstartDate></ChildProtectionPlans>"
    connection = census(
        tmp_path, a_child("1001", details(plan) + details(plan, referred="2025-08-01"))
    )
    # That both are one plan can be seen from child and start.
    assert block("child_protection_plan", connection, "cin_details_id, plan_start_date") == [
        (1, dt.date(2025, 6, 1)),
        (2, dt.date(2025, 6, 1)),
    ]
    assert block("child_protection_plan", connection, "count(distinct la_child_id)") == [(1,)]


def test_every_review_of_a_plan_is_read(tmp_path: Path):
    dates = ["2025-07-01", "2025-09-01", "2025-12-01"]
    apart = "".join(f"<Reviews><CPPreviewDate>{d}</CPPreviewDate></Reviews>" for d in dates)
    together = "".join(f"<CPPreviewDate>{d}</CPPreviewDate>" for d in dates)
    for reviews in (apart, f"<Reviews>{together}</Reviews>"):
        plan = f"<CPPstartDate>2025-06-01</CPPstartDate>{reviews}"
        connection = census(
            tmp_path,
            a_child("1001", details(f"<ChildProtectionPlans>{plan}</ChildProtectionPlans>")),
        )
        found = block("cpp_review", connection, "review_date")
        assert [str(date) for (date,) in found] == dates


def test_a_referral_that_stays_open_is_in_each_year_and_has_one_key(tmp_path: Path):
    child = a_child("1001", details(referred="2024-05-06"))
    connection = night(
        tmp_path,
        {
            "201/2025/cin.xml": a_census(child, year="2025"),
            CIN: a_census(child, year="2026"),
        },
    )
    found = block("cin_episode", connection, "return_year, referral_date, la_child_id")
    assert [year for year, *_ in found] == [2025, 2026]
    assert found[0][1:] == found[1][1:]


def test_numbers_of_blocks_are_counted_within_a_child_of_one_file(tmp_path: Path):
    two = details() + details(referred="2025-08-01")
    connection = census(tmp_path, a_child("1001", two), a_child("1002", two))
    assert block("cin_episode", connection, "cin_details_id") == [(1,), (1,), (2,), (2,)]


def test_an_unborn_child_has_the_expected_date_only(tmp_path: Path):
    unborn = (
        "<Child><ChildIdentifiers><LAchildID>1001</LAchildID>"
        "<ExpectedPersonBirthDate>2026-05-01</ExpectedPersonBirthDate><Sex>U</Sex>"
        f"</ChildIdentifiers>{details()}</Child>"
    )
    connection = census(tmp_path, unborn)
    assert block("child", connection, "date_of_birth, expected_date_of_birth, sex") == [
        (None, dt.date(2026, 5, 1), "U")
    ]
    assert emptied(connection) == []


def test_a_looked_after_child_needs_no_plan_and_no_assessment(tmp_path: Path):
    connection = census(tmp_path, a_child("1001", details()))
    assert block("cin_episode", connection, "count(*)") == [(1,)]
    assert rows_of(connection, "quality.quarantined_rows") == []


def test_earlier_plans_are_a_number_and_nought_is_not_blank(tmp_path: Path):
    plans = "".join(
        f"<ChildProtectionPlans><CPPstartDate>2025-0{n}-01</CPPstartDate>"
        f"<NumberOfPreviousCPP>{told}</NumberOfPreviousCPP></ChildProtectionPlans>"
        for n, told in enumerate(("0", "", "2"), 6)
    )
    connection = census(tmp_path, a_child("1001", details(plans)))
    assert block("child_protection_plan", connection, "cpp_id, number_of_previous_plans") == [
        (1, 0),
        (2, None),
        (3, 2),
    ]


@pytest.mark.parametrize("written", ["RB", ""])
def test_a_faulty_factor_costs_no_assessment_and_is_listed(tmp_path: Path, written):
    connection = census(
        tmp_path,
        a_child(
            "1001",
            details(
                "<Assessments><AssessmentActualStartDate>2025-05-07</AssessmentActualStartDate>"
                "<AssessmentAuthorisationDate>2025-06-07</AssessmentAuthorisationDate>"
                "<FactorsIdentifiedAtAssessment><AssessmentFactors>1A</AssessmentFactors>"
                f"<AssessmentFactors>{written}</AssessmentFactors>"
                "</FactorsIdentifiedAtAssessment></Assessments>"
            ),
        ),
    )
    assert block("assessment", connection, "assessment_end_date") == [(dt.date(2025, 6, 7),)]
    assert block("assessment_factor", connection, "factor_code") == [("1A",)]
    listed = rows_of(connection, "quality.quarantined_rows", "extract, column_name")
    assert listed == [("cin_census__assessment_factor", "factor_code")]


# ---- years ----


@pytest.mark.parametrize(
    ("year", "codes"),
    [
        (2020, ["18A", "19A"]),
        (2021, ["18B", "18C", "19B", "19C"]),
        (2022, ["24A"]),
        # Queried from 2025, and still sent.
        (2026, ["18A", "19A", "21"]),
    ],
)
def test_the_factors_of_every_year_are_kept_as_they_were_sent(tmp_path: Path, year, codes):
    listed = "".join(f"<AssessmentFactors>{code}</AssessmentFactors>" for code in codes)
    assessment = (
        f"<Assessments><AssessmentActualStartDate>{year - 1}-05-07</AssessmentActualStartDate>"
        f"<FactorsIdentifiedAtAssessment>{listed}</FactorsIdentifiedAtAssessment></Assessments>"
    )
    child = a_child("1001", details(assessment, referred=f"{year - 1}-05-06"))
    connection = night(tmp_path, {f"201/{year}/cin.xml": a_census(child, year=str(year))})
    assert sorted(block("assessment_factor", connection, "factor_code")) == [
        (code,) for code in sorted(codes)
    ]


@pytest.mark.parametrize(
    ("element", "column", "code", "year"),
    [
        ("ReferralSource", "referral_source_code", "5D", 2023),
        ("ReasonForClosure", "closure_reason_code", "RC9", 2023),
        ("PrimaryNeedCode", "primary_need_code", "N1", 2026),
    ],
)
def test_codes_of_an_episode_are_read_from_the_year_they_came(
    tmp_path: Path, element, column, code, year
):
    child = a_child("1001", details(f"<{element}>{code}</{element}>", referred=f"{year - 1}-05-06"))
    connection = night(tmp_path, {f"201/{year}/cin.xml": a_census(child, year=str(year))})
    assert block("cin_episode", connection, column) == [(code,)]


@pytest.mark.parametrize(
    ("year", "element", "codes"),
    [(2024, "GenderCurrent", "0129"), (2025, "Sex", "MFU"), (2026, "GenderCurrent", "MFU")],
)
def test_sex_is_read_under_both_names_and_in_both_codings(tmp_path: Path, year, element, codes):
    children = [
        a_child(
            f"{n}",
            details(referred=f"{year - 1}-05-06"),
            f"<{element}>{code}</{element}>",
        )
        for n, code in enumerate(codes)
    ]
    connection = night(tmp_path, {f"201/{year}/cin.xml": a_census(*children, year=str(year))})
    assert sorted(block("child", connection, "sex")) == sorted((code,) for code in codes)


def test_a_reason_why_a_pupil_number_is_unknown_is_read(tmp_path: Path):
    connection = census(tmp_path, a_child("1001", identifiers="<UPN/><UPNunknown>UN1</UPNunknown>"))
    assert block("child", connection, "upn, upn_unknown") == [(None, "UN1")]


@pytest.mark.parametrize(
    ("extract", "inside", "column", "year"),
    [
        (
            "cin_plan",
            "<CINPlanDates><CINPlanStartDate>{day}</CINPlanStartDate></CINPlanDates>",
            "plan_start_date",
            2022,
        ),
        (
            "pre_proceedings",
            "<PreProceedingsandFGDM><PPStartDate>{day}</PPStartDate></PreProceedingsandFGDM>",
            "pre_proceedings_start_date",
            2027,
        ),
    ],
)
def test_a_block_is_read_from_the_year_it_came(tmp_path: Path, extract, inside, column, year):
    day = dt.date(year - 1, 5, 7)
    child = a_child("1001", details(inside.format(day=day), referred=f"{year - 1}-05-06"))
    connection = night(tmp_path, {f"201/{year}/cin.xml": a_census(child, year=str(year))})
    assert block(extract, connection, column) == [(day,)]
