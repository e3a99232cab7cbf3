"""One child is erased from every form of file, from the warehouse, and for every night to come."""

import io
import json
import shutil
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from orchestration import audit
from orchestration.erase import Erasure, begin_anew, erase, rows_about
from orchestration.erase_run import withdraw_earlier, withdraw_internal
from orchestration.ingest.erased import (
    Erased,
    WrongPseudonymKey,
    key_fingerprint,
    pseudonym,
    read_list,
    write_list,
)
from orchestration.ingest.landing import Places, survey
from orchestration.ingest.load import check_key, load_files
from orchestration.people import NoSuchPerson, Person, by_number, by_pseudonym
from orchestration.reidentify import reidentify
from orchestration.settings import Settings
from tests.contract_files import a_book, a_csv, rows_under
from tests.factories import (
    AS_AT,
    AUTHORITY,
    KEY,
    a_census,
    a_child,
    a_landing,
    a_night,
    an_episode,
    authority_codes,
    episodes,
    loaded,
    register,
    rows_of,
    the_contracts,
    unreconciled,
)

# Every form of file; the others would only take longer.
OURS = {
    name: contract
    for name, contract in the_contracts().items()
    if contract.family == "cin_census"
    or name in {
        "annex_a__contacts", "local__health_assessments", "ssd__assessment_factors",
        "ssd__cin_assessments", "ssd__missing", "ssd__mother", "ssd__person", "ssda903__episodes",
    }
}  # fmt: skip
GONE, STAYS = "70010001", "70010002"
CHILD = pseudonym(KEY, AUTHORITY, "person", GONE)
OTHER = pseudonym(KEY, AUTHORITY, "person", STAYS)
PERSON = Person(AUTHORITY, CHILD, frozenset({("ssd", CHILD), ("ssda903", CHILD)}))


def ssd(name: str, *rows: dict[str, str]) -> dict[str, str]:
    return {f"{AUTHORITY}/ssd_2026-05-31/ssd_{name}.csv": a_csv(f"ssd__{name}", *rows)}


def a_workbook_with_comments() -> bytes:
    contacts = rows_under("annex_a__contacts", {"child_id": GONE}, {"child_id": STAYS})
    book = io.BytesIO(a_book({"List 1": contacts}))
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("xl/comments1.xml", f"<comments>{GONE}</comments>")
    return book.getvalue()


def a_world() -> dict[str, str | bytes]:
    """Two children in every form of file; their factors and plans name only their records."""
    contacts = rows_under("annex_a__contacts", {"child_id": GONE}, {"child_id": STAYS})
    parquet = io.BytesIO()
    text = a_csv("local__health_assessments", {"child_id": STAYS}, {"child_id": f"{GONE}.0"})
    columns = pa_csv.ConvertOptions(
        column_types={name: pa.string() for name in text.partition("\n")[0].split(",")}
    )
    pq.write_table(pa_csv.read_csv(io.BytesIO(text.encode()), convert_options=columns), parquet)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("ssd_missing.csv", a_csv("ssd__missing", {"miss_person_id": GONE},
                                                  {"miss_person_id": STAYS}))  # fmt: skip
        archive.writestr("read me.txt", "about no one")
    return {
        f"{AUTHORITY}/2026/episodes.csv": episodes(an_episode(STAYS), an_episode(GONE))
        .replace("\n", "\r\n")
        .encode("utf-8-sig"),
        f"{AUTHORITY}/census.xml": a_census(a_child(GONE), a_child(STAYS)),
        f"{AUTHORITY}/Annex_A_2026_May.xlsx": a_book({"List 1": contacts}),
        f"{AUTHORITY}/2026-05-31/health_assessments.parquet": parquet.getvalue(),
        f"{AUTHORITY}/ssd_2026-05-31.zip": packed.getvalue(),
        f"{AUTHORITY}/notes.csv": f"who,what\nsomebody,see {GONE}\n",
        f"{AUTHORITY}/Annex_A_2026_April.xlsx": a_workbook_with_comments(),
        **ssd("person", {"pers_person_id": GONE}, {"pers_person_id": STAYS}),
        **ssd(
            "cin_assessments",
            {"cina_assessment_id": "A1", "cina_person_id": GONE, "cina_assessment_outcome_text":
             f'two lines,\nand a "mark" about {GONE}'},
            {"cina_assessment_id": "A2", "cina_person_id": STAYS},
        ),
        **ssd("assessment_factors", {"cinf_assessment_id": "A1"}, {"cinf_assessment_id": "A2"}),
        **ssd("mother", {"moth_person_id": STAYS, "moth_childs_person_id": GONE},
              {"moth_person_id": STAYS, "moth_childs_person_id": STAYS}),
    }  # fmt: skip


def settings_of(folder: Path) -> Settings:
    return Settings(folder / "landing", folder / "data", AS_AT, None, KEY)


def a_warehouse(folder: Path, files: dict[str, str | bytes]) -> Settings:
    """The warehouse of a night with these files, in which both children are known by name of
    their pseudonym, and one table that is kept from night to night."""
    settings = settings_of(folder)
    settings.warehouse.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse)) as connection:
        loaded(folder, files, connection, a_night(contracts=OURS))
        connection.execute("create schema intermediate")
        connection.execute(
            "create table intermediate.identities as select * from (values "
            f"('{AUTHORITY}', 'ssd', '{CHILD}', '{CHILD}'), "
            f"('{AUTHORITY}', 'ssda903', '{CHILD}', '{CHILD}'), "
            f"('{AUTHORITY}', 'ssd', '{OTHER}', '{OTHER}')) "
            "as t (local_authority_code, record_source, person_key, child_id)"
        )
        connection.execute(
            "create table intermediate.other_numbers (local_authority_code varchar, record_source "
            "varchar, person_key varchar, number_type varchar, number_key varchar)"
        )
        connection.execute("create schema history")
        connection.execute(
            "create table history.cohort_snapshot_versions as select * from "
            f"(values ('{CHILD}', 1), ('{OTHER}', 1)) as t (child_id, version_number)"
        )
    return settings


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Both children, landed and loaded."""
    return a_warehouse(tmp_path_factory.mktemp("known"), a_world())


@dataclass(frozen=True)
class After:
    """What is left when one of them was erased."""

    settings: Settings
    told: Erasure


@pytest.fixture(scope="module")
def after(known: Settings, tmp_path_factory: pytest.TempPathFactory) -> After:
    folder = tmp_path_factory.mktemp("after")
    shutil.copytree(known.data.parent, folder, dirs_exist_ok=True)
    settings = settings_of(folder)
    return After(settings, erase(settings, OURS, PERSON))


def test_rows_of_the_erased_are_let_go_at_arrival_and_counted(tmp_path: Path):
    files = a_world()
    night = a_night(contracts=OURS, erased=PERSON.erased)
    connection = loaded(tmp_path, files, night=night)

    told = register(connection)
    assert told[f"{AUTHORITY}/2026/episodes.csv"]["rows_erased"] == 1
    assert told[f"{AUTHORITY}/2026/episodes.csv"]["rows_read"] == 1
    assert list(unreconciled(connection)) == []
    for table, column in (
        ("ssda903__episodes", "child"),
        ("cin_census__child", "la_child_id"),
        ("annex_a__contacts", "child_id"),
        ("local__health_assessments", "child_id"),
        ("ssd__missing", "miss_person_id"),
        ("ssd__mother", "moth_childs_person_id"),
    ):
        assert set(rows_of(connection, f"raw.{table}", column)) == {(OTHER,)}, table
    # The record says whose it is, and the row that names it comes after it.
    assert rows_of(connection, "raw.ssd__assessment_factors", "cinf_assessment_id") == [("A2",)]


@pytest.mark.slow
def test_what_names_a_record_of_the_erased_is_let_go_also_when_it_comes_alone(tmp_path: Path):
    known = a_night(contracts=OURS, erased=PERSON.erased)
    with duckdb.connect() as connection:
        landed = survey(
            a_landing(tmp_path / "landing", a_world()),
            OURS, Places(authority_codes()), AS_AT,
        )  # fmt: skip
        grown = load_files(connection, landed, known)
    assert PERSON.erased < grown

    later = ssd("assessment_factors", {"cinf_assessment_id": "A1"}, {"cinf_assessment_id": "A2"})
    connection = loaded(tmp_path / "later", later, night=a_night(contracts=OURS, erased=grown))

    assert rows_of(connection, "raw.ssd__assessment_factors", "cinf_assessment_id") == [("A2",)]


@pytest.mark.slow
def test_an_erased_child_is_in_no_landed_file_of_any_form_and_the_others_are(after: After):
    files, landing = a_world(), after.settings.landing
    left = {"notes.csv", "Annex_A_2026_April.xlsx"}
    assert set(after.told.files) == {
        *(name for name in files if not name.endswith((".xlsx", ".zip", "notes.csv"))),
        f"{AUTHORITY}/Annex_A_2026_May.xlsx/List 1",
        f"{AUTHORITY}/ssd_2026-05-31.zip/ssd_missing.csv",
    }
    for path in (path for path in landing.rglob("*") if path.is_file() and path.name not in left):
        parts = [path.read_bytes()]
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as opened:
                parts = [opened.read(name) for name in opened.namelist()]
        assert not any(GONE.encode() in part for part in parts), path.name
        names_a_child = "factors" not in path.name
        assert any(STAYS.encode() in part for part in parts) == names_a_child, path.name
    # Nothing but the rows is another: marks, line ends and the mark of byte order are as they were.
    kept = (landing / AUTHORITY / "2026" / "episodes.csv").read_bytes()
    assert kept == episodes(an_episode(STAYS)).replace("\n", "\r\n").encode("utf-8-sig")


@pytest.mark.slow
def test_what_cannot_be_taken_out_safely_is_named_with_what_to_do(after: After):
    (reason,) = after.told.by_hand.values()
    assert set(after.told.by_hand) == {f"{AUTHORITY}/Annex_A_2026_April.xlsx/List 1"}
    assert "comments" in reason and "by hand" in reason
    # A file that is never loaded may name the child as well.
    assert after.told.still_written == [f"{AUTHORITY}/notes.csv"]
    assert not after.told.is_whole


@pytest.mark.slow
def test_no_night_brings_the_child_back_from_what_is_left_or_from_the_same_files(
    after: After, tmp_path: Path
):
    held = read_list(after.settings.erased_list, KEY)
    places = Places(authority_codes())
    for landing in (after.settings.landing, a_landing(tmp_path / "again", a_world())):
        with duckdb.connect() as connection:
            landed = survey(landing, OURS, places, AS_AT)
            load_files(connection, landed, a_night(contracts=OURS, erased=held))

            assert rows_about(connection, [CHILD]) == {}
            assert rows_of(connection, "raw.ssd__person", "pers_person_id") == [(OTHER,)]
            assert rows_of(connection, "raw.cin_census__cin_episode", "la_child_id") == [(OTHER,)]
            assert rows_of(connection, "raw.local__health_assessments", "child_id") == [(OTHER,)]
            factors = rows_of(connection, "raw.ssd__assessment_factors", "cinf_assessment_id")
            assert factors == [("A2",)]
            assert list(unreconciled(connection)) == []


@pytest.mark.slow
def test_no_byte_of_the_warehouse_names_an_erased_child_and_its_history_is_kept(after: After):
    assert after.told.tables["history.cohort_snapshot_versions"] == 1
    assert after.told.tables["raw.ssda903__episodes"] == 1
    assert CHILD.encode() not in after.settings.warehouse.read_bytes()
    with duckdb.connect(str(after.settings.warehouse)) as connection:
        check_key(connection, KEY)
        versions = rows_of(connection, "history.cohort_snapshot_versions")
    assert versions == [(OTHER, 1)]


@pytest.mark.slow
def test_the_proof_says_how_much_and_not_who(after: After, tmp_path: Path):
    log = tmp_path / "audit.log"
    audit.record(log, "erase", "asked for by the family", after.told.facts)

    written = log.read_text()
    assert not any(name in written for name in (GONE, STAYS, CHILD, OTHER))
    assert json.loads(written)["rows_by_file"][f"{AUTHORITY}/census.xml"] == 2


def test_a_file_that_is_named_for_the_child_is_left_to_rename_and_the_proof_does_not_name_it(
    known: Settings, tmp_path: Path
):
    settings = settings_of(tmp_path)
    shutil.copytree(known.data, settings.data)
    named, other = f"{AUTHORITY}/2026/visits_{GONE}.csv", f"{AUTHORITY}/2026/1{GONE}.csv"
    for name in (named, other):
        (settings.landing / name).parent.mkdir(parents=True, exist_ok=True)
    (settings.landing / named).write_text(episodes(an_episode(STAYS), an_episode(GONE)))
    (settings.landing / other).write_text("who,what\n")

    told = erase(settings, OURS, PERSON)

    assert told.files == {named: 1}
    assert told.still_written == [named] and not told.is_whole
    assert told.facts["rows_by_file"] == {f"{AUTHORITY}/2026/visits_(number).csv": 1}
    assert told.facts["by_hand"] == [f"{AUTHORITY}/2026/visits_(number).csv"]


def test_a_number_that_is_another_childs_in_another_source_is_let_go_in_its_own_alone(
    tmp_path: Path,
):
    person = replace(PERSON, shared=frozenset({("cin_census", CHILD)}))
    files = {name: content for name, content in a_world().items() if "/20" in name or "xml" in name}
    connection = loaded(tmp_path, files, night=a_night(contracts=OURS, erased=person.erased))

    assert rows_of(connection, "raw.ssda903__episodes", "child") == [(OTHER,)]
    assert len(rows_of(connection, "raw.cin_census__child", "la_child_id")) == 2


def test_a_list_of_the_erased_that_another_key_made_stops_the_night(tmp_path: Path):
    file = tmp_path / "erased.csv"
    write_list(file, KEY, [Erased(AUTHORITY, "person", CHILD)])

    with pytest.raises(WrongPseudonymKey, match="earlier key"):
        read_list(file, b"another key that is as long as the first was")
    assert read_list(file, KEY) == {Erased(AUTHORITY, "person", CHILD)}
    assert file.stat().st_mode & 0o077 == 0


def test_an_erased_warehouse_that_is_not_there_is_nothing_to_begin_anew(tmp_path: Path):
    begin_anew(tmp_path / "warehouse.duckdb", None, [CHILD])
    assert list(tmp_path.iterdir()) == []
    assert Erasure().is_whole


# ---- from a pseudonym back to the numbers ----


def test_a_pseudonym_leads_back_to_the_numbers_of_each_source_and_where_they_stand(known: Settings):
    settings = known
    found = reidentify(settings, OURS, CHILD, "a strategy meeting needs the child")

    assert {(number.family, number.kind, number.written) for number in found} == {
        ("ssda903", "person", GONE),
        ("cin_census", "person", GONE),
        ("annex_a", "person", GONE),
        ("local", "person", f"{GONE}.0"),
        ("ssd", "person", GONE),
    }
    (looked_after,) = (number for number in found if number.family == "ssda903")
    assert (looked_after.file_name, looked_after.line_number) == (
        f"{AUTHORITY}/2026/episodes.csv",
        3,
    )
    entry = audit.read(settings.audit_log)[-1]
    assert (entry["what"], entry["child_id"], entry["outcome"]) == ("reidentify", CHILD, "allowed")
    assert entry["why"] == "a strategy meeting needs the child" and entry["who"] and entry["at"]
    assert GONE not in settings.audit_log.read_text()


def test_the_wrong_key_opens_nothing_says_so_and_is_written_down(known: Settings):
    other = replace(known, pseudonym_key=b"another key that is as long as the first was")

    with pytest.raises(WrongPseudonymKey, match="opens nothing"):
        reidentify(other, OURS, CHILD, "curiosity")

    entry = audit.read(known.audit_log)[-1]
    assert entry["outcome"] == "wrong key"


def test_a_pseudonym_of_nobody_and_a_number_of_two_children_are_refused(
    known: Settings, tmp_path: Path
):
    shutil.copy(known.warehouse, tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        assert by_number(connection, AUTHORITY, GONE, KEY).child_id == CHILD
        assert by_pseudonym(connection, CHILD).keys == PERSON.keys
        with pytest.raises(NoSuchPerson, match="whole"):
            by_pseudonym(connection, CHILD[:12])
        with pytest.raises(NoSuchPerson, match="knows no child"):
            by_number(connection, AUTHORITY, "12345", KEY)
        connection.execute(
            f"insert into intermediate.identities values ('{AUTHORITY}', 'cin_census', '{CHILD}', "
            "'somebody else')"
        )
        with pytest.raises(NoSuchPerson, match="--child-id"):
            by_number(connection, AUTHORITY, GONE, KEY)
        person = by_pseudonym(connection, CHILD)
    assert {one.not_in for one in person.erased} == {"cin_census"}


def test_a_changed_line_of_the_audit_log_is_seen(tmp_path: Path):
    log = tmp_path / "audit.log"
    for why in ("first", "second", "third"):
        audit.record(log, "reidentify", why, {"child_id": CHILD})
    lines = log.read_text().splitlines()

    log.write_text("\n".join([lines[0], lines[2]]) + "\n")
    with pytest.raises(audit.BrokenAudit, match="line 2"):
        audit.read(log)
    log.write_text("\n".join(lines).replace("second", "another") + "\n")
    with pytest.raises(audit.BrokenAudit, match="line 2"):
        audit.record(log, "reidentify", "fourth", {})


def test_a_fingerprint_does_not_tell_the_key():
    assert KEY.decode() not in key_fingerprint(KEY)


def test_what_was_published_with_the_child_is_taken_away_and_the_release_stays(tmp_path: Path):
    inside = ("csc_outcomes_internal.duckdb", "parquet/internal/cohorts/cohort_snapshots.parquet")
    released = ("csc_outcomes.duckdb", "parquet/release/cohorts/cohort_counts.parquet")
    earlier = "publications/0001/csc_outcomes_internal.duckdb"
    for name in (*inside, *released, earlier):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("a row")

    withdraw_earlier(tmp_path)
    assert not (tmp_path / earlier).exists() and (tmp_path / inside[0]).exists()
    withdraw_internal(tmp_path)
    assert [name for name in inside if (tmp_path / name).exists()] == []
    assert [name for name in released if (tmp_path / name).exists()] == list(released)
