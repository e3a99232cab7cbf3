"""Inspection lists, the workforce census and the looked-after return as XML, from file to raw."""

import datetime as dt

from tests.factories import csv_text, loaded, register, rows_of, the_contracts

JANUARY = "201/Annex A 2026-01"

CSWW = """<Message>
<Header><CollectionDetails><Collection>CSWW</Collection><Year>2025</Year>
<ReferenceDate>2025-09-30</ReferenceDate></CollectionDetails><Source><LEA>201</LEA></Source></Header>
<LALevelVacancies><NumberOfVacancies>3.5</NumberOfVacancies><NoAgencyFTE>2</NoAgencyFTE>
<NoAgencyHeadcount>2</NoAgencyHeadcount><RetentionBonus>2</RetentionBonus></LALevelVacancies>
<CSWWWorker><AgencyWorker>0</AgencyWorker><SWENo>SW0000123456</SWENo><Sex>F</Sex>
<QualInst>One place</QualInst><QualInst>Another place</QualInst>
<RoleStartDate>2015-01-01</RoleStartDate><FTE30>0.8</FTE30><Absat30Sept>0</Absat30Sept>
<Absat30Sept>1</Absat30Sept><BaseSalary>1.00</BaseSalary></CSWWWorker>
<CSWWWorker><AgencyWorker>1</AgencyWorker><SWENo>SW1</SWENo><GenderCurrent>1</GenderCurrent>
<ContractWeeks>12.5</ContractWeeks><ContractWeeks>8</ContractWeeks></CSWWWorker>
</Message>
"""

LOOKED_AFTER = """<?xml version="1.0" encoding="utf-8"?>
<EXPSSDA903>
<CHILD><HEADER><CHILDID>1001</CHILDID><UPN>UN1</UPN><SEX>F</SEX><DOB>03/02/2012</DOB>
<UASC>1</UASC><DUC>03/02/2030</DUC>
<AREVIEW><REVIEW>01/09/2025</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW>
<AREVIEW><REVIEW/></AREVIEW><PERMANENCE><PREV_PERM/></PERMANENCE>
<AMISSING><MISSING>M</MISSING><MIS_START>02/10/2025</MIS_START><MIS_END/></AMISSING>
<OC2><SDQ_SCORE>12</SDQ_SCORE></OC2>
<FOSTER_CARE>0</FOSTER_CARE><IN_TOUCH/><ACTIV>0</ACTIV><ACCOM>0</ACCOM></HEADER>
<EPISODE><DECOM>01/05/2025</DECOM><RNE>S</RNE><LS>C2</LS><PL>U1</PL></EPISODE></CHILD>
<CHILD><HEADER><CHILDID>1002</CHILDID><SEX>M</SEX><DOB>03/02/2007</DOB><UASC>0</UASC>
<IN_TOUCH>YES</IN_TOUCH><ACTIV>F1</ACTIV><ACCOM>U1</ACCOM></HEADER></CHILD>
</EXPSSDA903>
"""


def a_list(name: str, *rows: dict[str, str]) -> str:
    """An inspection list under its own headings; a row is empty where it says nothing."""
    headings = {c.name: c.headers[0] for c in the_contracts()[f"annex_a__{name}"].columns}
    written = [{headings[name]: cell for name, cell in row.items()} for row in rows]
    return csv_text(list(headings.values()), *written)


# ---- inspection lists ----


def test_a_list_of_children_in_care_is_read_in_the_words_it_is_written_in(tmp_path):
    child = {
        "child_id": "1001",
        "sex": "Male",
        "ethnicity": "WBRI - White British",
        "age_years": "13.5",
        "disability": "MOB",
        "date_started_to_be_looked_after": "05/01/2025",
        "childs_legal_status": "c2",
        "placement_type": "a) Foster Placement",
        "placement_postcode": "ZZ9 9ZZ",
        "la_of_placement": "Somewhere next door",
        "number_of_placements_in_the_last_12_months": "n/a",
    }
    connection = loaded(tmp_path, {f"{JANUARY}/List 8.csv": a_list("children_in_care", child)})
    assert rows_of(
        connection,
        "raw.annex_a__children_in_care",
        "exported_date, sex, ethnicity, age_years, disability, childs_legal_status, "
        "placement_type, la_of_placement, number_of_placements_in_the_last_12_months",
    ) == [
        (
            dt.date(2026, 1, 31),
            *("a) Male", "a) WBRI", 13.5, "a) Yes", "b) Full care orders"),
            *("a) Foster Placement", "Somewhere next door", None),
        )
    ]
    assert rows_of(connection, "quality.emptied_cells") == []


def test_a_worker_named_in_a_list_is_not_named_in_the_warehouse(tmp_path):
    contact = {"child_id": "1001", "allocated_worker": "Pat Example"}
    rows = [{**contact, "date_of_referral": f"0{day}/01/2026"} for day in (1, 2)]
    connection = loaded(tmp_path, {f"{JANUARY}/List 3.csv": a_list("referrals", *rows)})
    workers = rows_of(connection, "raw.annex_a__referrals", "distinct allocated_worker")
    assert len(workers) == 1
    assert len(str(workers[0][0])) == 64


def test_the_child_of_a_list_is_the_child_of_the_return(tmp_path):
    connection = loaded(
        tmp_path,
        {
            f"{JANUARY}/List 6.csv": a_list("children_in_need", {"child_id": "1001"}),
            "201/2025-26/ssda903.csv": "CHILD,SEX,DOB,DUC\n1001,F,03/02/2012,03/02/2030\n",
        },
    )
    in_list = rows_of(connection, "raw.annex_a__children_in_need", "child_id")
    assert in_list == rows_of(connection, "raw.ssda903__uasc", "child")


def test_two_visits_in_one_cell_leave_the_row_standing_and_are_reported(tmp_path):
    plan = {
        "child_id": "1001",
        "child_protection_plan_start_date": "01/09/2025",
        "date_of_the_last_statutory_visit": "01/12/2025\n05/01/2026",
    }
    connection = loaded(tmp_path, {f"{JANUARY}/List 7.csv": a_list("child_protection", plan)})
    assert len(rows_of(connection, "raw.annex_a__child_protection")) == 1
    assert rows_of(connection, "quality.emptied_cells", "line_number, column_name") == [
        (2, "date_of_the_last_statutory_visit")
    ]


def test_a_total_at_the_foot_is_no_child(tmp_path):
    rows = [{"child_id": "1001"}, {"child_id": "Total", "age_years": "1"}]
    connection = loaded(tmp_path, {f"{JANUARY}/List 9.csv": a_list("care_leavers", *rows)})
    assert len(rows_of(connection, "raw.annex_a__care_leavers")) == 1
    assert len(rows_of(connection, "quality.quarantined_rows")) == 1


# ---- the workforce census ----


def test_the_workforce_census_is_read_by_worker_and_by_what_a_worker_has_several_of(tmp_path):
    connection = loaded(tmp_path, {"201/csww.xml": CSWW})
    assert rows_of(
        connection,
        "raw.csww__worker",
        "return_year, worker_row_id, is_agency_worker, gender, fte_30_september, "
        "absent_30_september",
    ) == [(2025, 1, "0", "2", 0.8, True), (2025, 2, "1", "1", None, None)]
    places = "raw.csww__worker_qualification_institution"
    assert rows_of(connection, places, "worker_row_id, qualifying_institution") == [
        (1, "Another place"),
        (1, "One place"),
    ]
    weeks = rows_of(connection, "raw.csww__agency_contract", "worker_row_id, contract_weeks")
    assert weeks == [(2, 8.0), (2, 12.5)]
    vacancies = "vacancies_fte, agency_covering_vacancies_fte, retention_bonus"
    assert rows_of(connection, "raw.csww__la_level_vacancies", vacancies) == [(3.5, 2.0, 2)]


def test_a_table_of_workers_is_read_under_the_names_of_the_elements(tmp_path):
    headings = ["AgencyWorker", "HCPCNo", "FTE", "QualInst", "RoleStartDate", "OrgRole"]
    text = csv_text(headings, ["0", "SW12", "1", "One place", "01/02/2019", "5"])
    connection = loaded(tmp_path, {"201/csww_2019.csv": text})
    assert register(connection)["201/csww_2019.csv"]["extract"] == "csww__worker"
    assert rows_of(
        connection, "raw.csww__worker", "return_year, qualifying_institution, role_start_date"
    ) == [(2019, "One place", dt.date(2019, 2, 1))]


# ---- the looked-after return as XML ----


def test_the_looked_after_return_is_the_same_as_a_message_as_in_files(tmp_path):
    connection = loaded(tmp_path, {"201/2025-26/return.xml": LOOKED_AFTER})
    counts = {
        name.partition("__")[2]: rows
        for name, rows in rows_of(connection, "quality.extract_files", "extract, rows_loaded")
    }
    assert counts == {
        **dict.fromkeys(["header"], 2),
        **dict.fromkeys(["episodes", "reviews", "missing", "oc2", "uasc", "oc3"], 1),
        **dict.fromkeys(["ad1", "placed_adoption", "prev_perm"], 0),
    }
    assert rows_of(connection, "quality.quarantined_rows") == []
    episodes = rows_of(connection, "raw.ssda903__episodes", "return_year, decom, place")
    assert episodes == [(2026, dt.date(2025, 5, 1), "U1")]
    (first, second) = rows_of(connection, "raw.ssda903__header", "uasc, dob, child")
    assert (first[:2], second[:2]) == (
        (False, dt.date(2007, 2, 3)),
        (True, dt.date(2012, 2, 3)),
    )
    for name in ("episodes", "reviews", "missing", "oc2", "uasc"):
        assert rows_of(connection, f"raw.ssda903__{name}", "child") == [(second[2],)], name
    reviews = rows_of(connection, "raw.ssda903__reviews", "dob, review, review_code")
    assert reviews == [(dt.date(2012, 2, 3), dt.date(2025, 9, 1), "PN1")]
    assert rows_of(connection, "raw.ssda903__oc3", "child, in_touch, activ, accom") == [
        (first[2], "YES", "F1", "U1")
    ]
