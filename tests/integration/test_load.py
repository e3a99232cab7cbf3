import dataclasses
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from orchestration.contracts import ExtractContract
from orchestration.ingest import load, readers, xml_reader
from orchestration.ingest.erased import WrongPseudonymKey
from orchestration.ingest.load import Night
from tests import factories
from tests.factories import (
    AUTHORITY,
    EPISODES,
    HEADER,
    KEY,
    a_census,
    a_child,
    a_column,
    a_contract,
    a_date_column,
    an_episode,
    an_identifier,
    csv_text,
    episodes,
    everything,
    header,
    register,
    rows_of,
    the_contracts,
    unreconciled,
)

E25, E26 = "201/2025/episodes.csv", "201/2026/episodes.csv"
DETAILS = """<CINdetails><CINreferralDate>2025-05-06</CINreferralDate>
<CINclosureDate>soon</CINclosureDate></CINdetails>"""
# One of everything: rows that stand, rows that do not, emptied cells, and files of each kind.
A_LANDING = {
    E26: episodes(
        an_episode("1"),
        an_episode("2", DEC="soon"),
        an_episode("3", LS="zz"),
        ["too", "short"],
        [""] * 13,
    ),
    "201/2026/header.csv": header(
        {"CHILD": "1", "SEX": "9", "UPN": "A123456789012"}, {"CHILD": "", "SEX": "F"}
    ),
    "201/cin_2026.xml": a_census(a_child("1"), a_child("2", DETAILS), a_child("")),
    "202/2026/episodes.csv": episodes(an_episode("1")),
    "201/2026/notes.csv": "a,b\n1,2\n",
}


# Every table costs a moment in every night; most tests need no more than these.
SOME = {
    name: the_contracts()[name]
    for name in (
        "cin_census__child",
        "cin_census__cin_episode",
        "cin_census__header",
        "ssda903__episodes",
        "ssda903__header",
    )
}


def a_night(**given: object) -> Night:
    """A night with a few of the project's contracts."""
    return factories.a_night(**{"contracts": SOME, **given})


def loaded(
    folder: Path,
    files: Mapping[str, str | bytes],
    connection: duckdb.DuckDBPyConnection | None = None,
    night: Night | None = None,
) -> duckdb.DuckDBPyConnection:
    """A warehouse after a night with these files and a few of the contracts."""
    return factories.loaded(folder, files, connection, night or a_night())


def count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    return len(rows_of(connection, table))


# ---- nothing is lost ----


def test_rows_read_are_rows_loaded_plus_rows_quarantined_for_every_file(tmp_path: Path):
    with factories.loaded(tmp_path, A_LANDING) as connection:
        assert unreconciled(connection) == []
        files = register(connection)
        assert {
            name: (f["rows_read"], f["rows_loaded"], f["rows_blank"]) for name, f in files.items()
        } == {
            E26: (4, 2, 1),
            "201/2026/header.csv": (2, 1, 0),
            "201/cin_2026.xml": (3, 2, 0),
            "202/2026/episodes.csv": (1, 1, 0),
            "201/2026/notes.csv": (None, None, None),
        }
        assert rows_of(
            connection, "quality.quarantined_rows", "file_name, line_number, column_name"
        ) == [
            ("201/2026/episodes.csv", 3, "dec"),
            ("201/2026/episodes.csv", 5, ""),
            ("201/2026/header.csv", 3, "child"),
            ("201/cin_2026.xml", 13, "closure_date"),
            ("201/cin_2026.xml", 16, "la_child_id"),
            ("201/cin_2026.xml", 18, "la_child_id"),
        ]
        assert rows_of(
            connection, "quality.emptied_cells", "file_name, line_number, column_name"
        ) == [
            ("201/2026/episodes.csv", 4, "ls"),
            ("201/2026/header.csv", 2, "sex"),
        ]
        assert [f["rows_with_emptied_cells"] for f in files.values()].count(1) == 2


def test_a_row_is_found_again_by_its_file_and_line(tmp_path: Path):
    with loaded(tmp_path, A_LANDING) as connection:
        sha256 = hashlib.sha256(A_LANDING[E26].encode()).hexdigest()
        assert rows_of(
            connection,
            f"raw.ssda903__episodes where _file_sha256 = '{sha256}'",
            "_row_number, local_authority_code, return_year, ls",
        ) == [(2, "201", 2026, "C2"), (4, "201", 2026, None)]


def test_a_child_is_the_same_in_every_return_of_an_authority_and_in_no_other(tmp_path: Path):
    with loaded(tmp_path, A_LANDING) as connection:
        pseudonym = hmac.new(KEY, b"201|person|1", hashlib.sha256).hexdigest()
        in_care = "local_authority_code, child"
        assert (AUTHORITY, pseudonym) in rows_of(connection, "raw.ssda903__episodes", in_care)
        assert ("202", pseudonym) not in rows_of(connection, "raw.ssda903__episodes", in_care)
        assert (pseudonym,) in rows_of(connection, "raw.ssda903__header", "child")
        assert (pseudonym,) in rows_of(connection, "raw.cin_census__child", "la_child_id")


def test_no_identifier_pupil_number_or_postcode_is_in_any_table(tmp_path: Path):
    secrets = ["ZEBEDEE77", "A123456789012", "B123456789012", "ZZ9 1ZZ", "DOUGAL"]
    spell = {"CHILD": "Zebedee77", "HOME_POST": "ZZ9 1ZZ", "PL_POST": "ZZ9 1ZZ"}
    files = {
        E26: episodes(
            an_episode(**{k.lower() if k == "CHILD" else k: v for k, v in spell.items()}),
            an_episode("Zebedee77", DECOM="Dougal", HOME_POST="Dougal"),
            an_episode("Zebedee77", LS="Dougal", DEC="01/06/2025"),
            ["Zebedee77", "Dougal"],
            ["Zebedee77"] * 14,
        ),
        "201/2026/header.csv": header(
            {"CHILD": "Zebedee77", "UPN": "A123456789012", "SEX": "Dougal", "MC_DOB": "Dougal"},
            {"CHILD": "Zebedee77", "UPN": "zebedee77", "DOB": "Dougal"},
        ),
        "201/cin_2026.xml": a_census(
            a_child("Zebedee77", identifiers="<UPN>A123456789012</UPN>"),
            a_child(
                "Zebedee77",
                "<CINdetails><CINreferralDate>Dougal</CINreferralDate></CINdetails>",
                "<FormerUPN>B123456789012</FormerUPN><UPN>Dougal</UPN><Nickname>Dougal</Nickname>",
            ),
        ),
        "201/2026/unknown.csv": "Zebedee77,Dougal\nA123456789012,ZZ9 1ZZ\n",
        "201/2025/cin.xml": a_census(a_child("Zebedee77"), year="2025").replace("</Child>", "", 1),
    }
    with factories.loaded(tmp_path, files) as connection:
        tables = everything(connection)
        assert sum(map(len, tables.values())) > 20
        assert count(connection, "quality.quarantined_rows") >= 4
        assert count(connection, "quality.emptied_cells") >= 5
        for table, rows in tables.items():
            written = str(rows).upper()
            for secret in secrets:
                assert secret not in written, table
            # An urn is kept, so the search would have found the others.
        assert "SC123456" in str(tables["raw.ssda903__episodes"])


def test_a_great_many_faults_after_none_are_all_listed(tmp_path: Path):
    # 200,000 lines behind one open quotation mark, in a file whose other rows have no fault.
    content = episodes() + '"' + "x\n" * 200_000
    with loaded(tmp_path, {E26: content}) as connection:
        assert unreconciled(connection) == []
        assert count(connection, "quality.quarantined_rows") == 200_000


# ---- the same night again, and other nights ----


def test_the_same_files_twice_change_nothing_and_add_no_row(tmp_path: Path):
    with loaded(tmp_path, A_LANDING) as connection:
        first = everything(connection)
        assert everything(loaded(tmp_path, A_LANDING, connection)) == first
        assert len(first["quality.extract_files"]) == 7


def test_a_file_that_has_not_changed_is_not_read_again(tmp_path: Path, monkeypatch):
    read = []
    once = load._load_file
    monkeypatch.setattr(load, "_load_file", lambda c, f, n: (read.append(f.name), once(c, f, n)))
    with loaded(tmp_path, A_LANDING) as connection:
        assert read == sorted(A_LANDING)
        read.clear()
        changed = {**A_LANDING, E26: episodes(an_episode("9"))}
        loaded(tmp_path, changed, connection)
        # A refused file is looked at every night.
        assert read == [E26, "201/2026/notes.csv"]


def test_a_changed_file_is_read_again_and_only_its_new_rows_stay(tmp_path: Path):
    changed = {**A_LANDING, E26: episodes(an_episode("9", DECOM="02/05/2025"))}
    with loaded(tmp_path, A_LANDING) as connection:
        loaded(tmp_path, changed, connection)
        assert everything(connection) == everything(loaded(tmp_path / "anew", changed))


def test_a_file_taken_away_takes_its_rows_with_it_and_brings_them_back(tmp_path: Path):
    with loaded(tmp_path, A_LANDING) as connection:
        whole = everything(connection)
        for gone in (E26, "201/cin_2026.xml", "201/2026/notes.csv"):
            sha256 = hashlib.sha256(A_LANDING[gone].encode()).hexdigest()
            rest = {name: content for name, content in A_LANDING.items() if name != gone}
            loaded(tmp_path, rest, connection)
            assert everything(connection) == {
                table: [row for row in rows if sha256 not in row] for table, rows in whole.items()
            }
            assert everything(loaded(tmp_path, A_LANDING, connection)) == whole
        loaded(tmp_path, {}, connection)
        kept = [table for table, rows in everything(connection).items() if rows]
        assert kept == ["quality.pseudonym_keys"]


def test_a_renamed_file_keeps_its_rows_once_under_its_new_name(tmp_path: Path):
    with loaded(tmp_path, {"201/2026/a.csv": episodes()}) as connection:
        loaded(tmp_path, {"201/2026/b.csv": episodes()}, connection)
        assert list(register(connection)) == ["201/2026/b.csv"]
        assert count(connection, "raw.ssda903__episodes") == 1


def test_a_file_moved_to_another_year_is_of_that_year(tmp_path: Path):
    content = episodes(an_episode(DECOM="01/05/2024", DEC="01/05/2025"))
    with loaded(tmp_path, {E25: content}) as connection:
        loaded(tmp_path, {E26: content}, connection)
        assert rows_of(connection, "raw.ssda903__episodes", "return_year") == [(2026,)]


@pytest.mark.parametrize("step", ["take_in", "register_loaded"])
def test_a_night_that_stops_half_way_is_made_good_by_the_next(tmp_path: Path, monkeypatch, step):
    def stop(*_):
        raise KeyboardInterrupt

    database = str(tmp_path / "warehouse.duckdb")
    with (
        duckdb.connect(database) as connection,
        monkeypatch.context() as broken,
        pytest.raises(KeyboardInterrupt),
    ):
        broken.setattr(load, step, stop)
        loaded(tmp_path, A_LANDING, connection)
    with duckdb.connect(database) as connection:
        loaded(tmp_path, A_LANDING, connection)
        assert everything(connection) == everything(loaded(tmp_path, A_LANDING))


# ---- the same content, and newer content ----


def test_the_same_content_under_two_names_is_loaded_once_and_said_to_be_a_duplicate(
    tmp_path: Path,
):
    files = {"201/2026/a.csv": episodes(), "201/2026/b.csv": episodes()}
    with loaded(tmp_path, files) as connection:
        found = register(connection)
        assert found["201/2026/a.csv"]["status"] == "loaded"
        assert found["201/2026/b.csv"]["status"] == "duplicate"
        assert found["201/2026/b.csv"]["reason"] == "The same content as «201/2026/a.csv»."
        assert count(connection, "raw.ssda903__episodes") == 1

        loaded(tmp_path, {"201/2026/b.csv": episodes()}, connection)
        assert [f["status"] for f in register(connection).values()] == ["loaded"]
        assert count(connection, "raw.ssda903__episodes") == 1

        loaded(tmp_path, files, connection)
        assert [f["status"] for f in register(connection).values()] == ["loaded", "duplicate"]
        assert count(connection, "raw.ssda903__episodes") == 1


def test_the_same_content_from_two_authorities_is_two_files(tmp_path: Path):
    files = {f"{code}/2026/episodes.csv": episodes() for code in ("201", "202")}
    with loaded(tmp_path, files) as connection:
        assert [f["status"] for f in register(connection).values()] == ["loaded"] * 2
        assert count(connection, "raw.ssda903__episodes") == 2
        loaded(tmp_path, {"202/2026/episodes.csv": episodes()}, connection)
        assert rows_of(connection, "raw.ssda903__episodes", "local_authority_code") == [("202",)]


def test_a_module_without_a_row_is_the_same_file_every_year_and_counts_in_each(tmp_path: Path):
    nothing = episodes()[: episodes().index("\n") + 1]
    files = {f"201/{year}/episodes.csv": nothing for year in (2025, 2026)}
    with loaded(tmp_path, files) as connection:
        assert [f["status"] for f in register(connection).values()] == ["loaded"] * 2
        loaded(tmp_path, files, connection)
        assert [f["return_year"] for f in register(connection).values()] == [2025, 2026]


def status(connection: duckdb.DuckDBPyConnection) -> dict[str, object]:
    return {name: file["status"] for name, file in register(connection).items()}


def test_of_two_censuses_the_one_the_sender_wrote_last_counts_and_both_stay(tmp_path: Path):
    first = a_census(a_child("1"), written_at="2026-05-01T09:00:00")
    second = a_census(a_child("2"), written_at="2026-05-02T09:00:00")
    with loaded(tmp_path, {"201/z.xml": first, "201/a.xml": second}) as connection:
        assert status(connection) == {"201/a.xml": "loaded", "201/z.xml": "superseded"}
        newest = hashlib.sha256(second.encode()).hexdigest()
        assert register(connection)["201/z.xml"]["superseded_by"] == newest
        assert register(connection)["201/a.xml"]["superseded_by"] is None
        assert count(connection, "raw.cin_census__child") == 2
        # Every block of the earlier file gives way, and comes back when the later one goes.
        statuses = rows_of(connection, "quality.extract_files", "file_name, status")
        assert statuses == [("201/a.xml", "loaded")] * 3 + [("201/z.xml", "superseded")] * 3
        loaded(tmp_path, {"201/z.xml": first}, connection)
        assert status(connection) == {"201/z.xml": "loaded"}
        assert register(connection)["201/z.xml"]["superseded_by"] is None


def test_of_two_files_that_do_not_say_when_they_were_written_the_later_name_counts(
    tmp_path: Path,
):
    files = {f"201/2026/episodes_v{v}.csv": episodes(an_episode(str(v))) for v in (1, 2)}
    with loaded(tmp_path, files) as connection:
        assert list(status(connection).values()) == ["superseded", "loaded"]


def test_files_of_other_years_authorities_or_extracts_supersede_nothing(tmp_path: Path):
    files = {
        E25: episodes(an_episode(DECOM="01/05/2024")),
        E26: episodes(),
        "202/2026/episodes.csv": episodes(),
        "201/2026/header.csv": header(),
        "201/cin.xml": a_census(),
    }
    with loaded(tmp_path, files) as connection:
        assert set(status(connection).values()) == {"loaded"}


# ---- files that cannot be loaded ----


def test_each_faulty_file_says_its_own_reason_and_the_good_one_is_loaded(
    tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(readers, "BLOCK_BYTES", 4096)  # the longest cell that can be read
    without_decom = [heading for heading in EPISODES if heading != "DECOM"]
    old = [an_episode(str(n), DECOM="01/05/2019", DEC="01/06/2019") for n in range(5)]
    later = [an_episode(str(n), DECOM="01/05/2025") for n in range(2)]
    census = a_census()
    files = {
        "201/2026/good.csv": episodes(),
        "201/2026/broken.xml": census[: len(census) // 2],
        "201/2026/empty.csv": "",
        "201/2026/lacking.csv": csv_text(without_decom, an_episode()),
        "201/2026/old.csv": episodes(*old),
        "201/2024/later.csv": episodes(*later),
        "201/2030/future.csv": episodes(),
        "201/2026/unreadable.csv": episodes(an_episode(URN="x" * 20_000)),
        "201/2020_cin.xml": a_census(year="2020"),
        "nobodys_2026.csv": episodes(),
    }
    with loaded(tmp_path, files) as connection:
        found = register(connection)
        assert found.pop("201/2026/good.csv")["status"] == "loaded"
        reasons = {
            "201/2026/broken.xml": "The XML is broken at line",
            "201/2026/empty.csv": "The file is empty (0 bytes)",
            "201/2026/lacking.csv": "lacks the column DECOM",
            "201/2026/old.csv": "of 5 rows with dates 0 have one in that year and 0 are of a later",
            "201/2024/later.csv": "of 2 rows with dates 0 have one in that year and 2 are of a",
            "201/2030/future.csv": "had not begun on the as-at date",
            "201/2026/unreadable.csv": "cannot be taken apart into rows and cells",
            "201/2020_cin.xml": "of 1 rows with dates 0 have one in that year and 1 are of a later",
            "nobodys_2026.csv": "Nothing says whose it is",
        }
        assert set(found) == set(reasons)
        for name, reason in reasons.items():
            assert (found[name]["status"], found[name]["extract"]) == ("refused", "")
            assert reason in found[name]["reason"]
            assert len(found[name]["reason"]) < 400
        assert rows_of(connection, "raw.ssda903__episodes", "return_year") == [(2026,)]
        assert count(connection, "raw.cin_census__child") == 0
        assert count(connection, "quality.quarantined_rows") == 0


def test_xml_that_breaks_late_leaves_no_row_of_its_blocks(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(xml_reader, "TEXT_BYTES", 300)
    census = a_census(*[a_child(str(number)) for number in range(20)])
    with loaded(tmp_path, {"201/cin.xml": census.replace("</Message>", "")}) as connection:
        assert status(connection) == {"201/cin.xml": "refused"}
        assert {t: r for t, r in everything(connection).items() if r and t.startswith("raw")} == {}
        loaded(tmp_path, {"201/cin.xml": census}, connection)
        assert count(connection, "raw.cin_census__child") == 20


def test_a_few_dates_of_a_later_time_are_left_to_the_gates(tmp_path: Path):
    rows = [an_episode(str(n), DECOM="01/05/2024") for n in range(3)]
    rows += [an_episode(str(n), DECOM="01/05/2042") for n in range(3)]
    with loaded(tmp_path, {E25: episodes(*rows)}) as connection:
        assert status(connection) == {E25: "loaded"}
        loaded(tmp_path, {E25: episodes(*rows, an_episode("7", DECOM="1/5/42"))}, connection)
        assert status(connection) == {E25: "refused"}


def test_columns_that_are_missing_or_unknown_are_listed_with_the_file(tmp_path: Path):
    headings = [heading for heading in EPISODES if heading not in ("REC", "URN")]
    files = {
        E26: csv_text([*headings, "TEST_COLUMN"], an_episode()),
        "201/cin.xml": a_census(a_child(identifiers="<Nickname>B</Nickname>")),
        "201/2026/header.csv": csv_text([*HEADER, "UASC"], {"CHILD": "1"}),
    }
    with loaded(tmp_path, files) as connection:
        found = register(connection)
        assert found[E26]["columns_missing"] == "rec, urn"
        assert found[E26]["columns_extra"] == "TEST_COLUMN"
        assert found["201/cin.xml"]["columns_extra"] == "Child/ChildIdentifiers/Nickname"
        whole = found["201/2026/header.csv"]
        assert (whole["columns_missing"], whole["columns_extra"]) == ("", "")


# ---- years that no name gives ----


def test_a_delivery_without_a_year_is_of_its_latest_dates_and_says_so(tmp_path: Path):
    rows = [an_episode("1", DECOM="01/05/2023"), an_episode("2", DECOM="31/03/2025")]
    files = {"201/episodes.csv": episodes(*rows), "201/header.csv": header()}
    with loaded(tmp_path, files) as connection:
        for file in register(connection).values():
            assert (file["return_year"], file["return_year_source"]) == (2025, "inferred")
            assert "inferred as the year ending 31 March 2025" in file["notes"]
            assert "latest dates in «episodes.csv»" in file["notes"]
        assert rows_of(connection, "raw.ssda903__header", "return_year") == [(2025,)]


def test_the_year_ends_on_31_march(tmp_path: Path):
    for day, year in [("31/03/2025", 2025), ("01/04/2025", 2026)]:
        files = {"201/episodes.csv": episodes(an_episode(DECOM="01/05/2022", DEC=day))}
        with loaded(tmp_path, files) as connection:
            assert rows_of(connection, "raw.ssda903__episodes", "return_year") == [(year,)]


def test_one_typing_error_or_a_date_to_come_does_not_move_a_return(tmp_path: Path):
    rows = [an_episode(str(n), DECOM="01/05/2023") for n in range(150)]
    rows += [an_episode("x", DECOM="01/05/2025"), an_episode("y", DECOM="01/05/2062")]
    with loaded(tmp_path, {"201/episodes.csv": episodes(*rows)}) as connection:
        assert register(connection)["201/episodes.csv"]["return_year"] == 2024
        loaded(tmp_path, {"201/episodes.csv": episodes(*rows, rows[-2])}, connection)
        assert register(connection)["201/episodes.csv"]["return_year"] == 2026


def test_each_folder_is_a_delivery_with_a_year_of_its_own(tmp_path: Path):
    files = {
        "201/first/episodes.csv": episodes(an_episode(DECOM="01/05/2023")),
        "201/second/episodes.csv": episodes(an_episode(DECOM="01/05/2024")),
    }
    with loaded(tmp_path, files) as connection:
        assert [f["return_year"] for f in register(connection).values()] == [2024, 2025]


def test_a_delivery_without_any_date_is_refused_with_the_remedy(tmp_path: Path):
    with loaded(tmp_path, {"201/header.csv": header()}) as connection:
        (file,) = register(connection).values()
        assert file["status"] == "refused"
        assert "Put it in a folder named for the year, such as 2025-26" in file["reason"]


def test_a_file_that_cannot_be_read_shows_no_year_and_stops_nobody(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(readers, "BLOCK_BYTES", 4096)
    files = {
        "201/episodes.csv": episodes(an_episode(URN="x" * 20_000)),
        "202/episodes.csv": episodes(),
    }
    with loaded(tmp_path, files) as connection:
        assert status(connection) == {"201/episodes.csv": "refused", "202/episodes.csv": "loaded"}


# ---- keys and contracts that change ----


def test_a_warehouse_made_with_another_key_is_left_alone(tmp_path: Path):
    with loaded(tmp_path, A_LANDING) as connection:
        before = everything(connection)
        other = a_night(pseudonym_key=b"another key, just as secret as the first")
        with pytest.raises(WrongPseudonymKey, match="Give the earlier key") as error:
            loaded(tmp_path, {}, connection, other)
        assert everything(connection) == before
        assert "secret" not in str(error.value)
        assert KEY.decode() not in str(before)


def invented(**given: object) -> dict[str, ExtractContract]:
    """One invented extract with a column ``note`` as given."""
    columns = an_identifier(required=True), a_column("note", **given), a_column("extra")
    return {"invented__rows": a_contract(*columns, grain=("child",))}


@pytest.mark.parametrize(
    ("then", "stored"),
    [
        ({"type": "integer"}, 12),
        ({"type": "text"}, "12"),
        ({"type": "text", "headers": ("EXTRA",)}, "12.5"),
        ({"type": "decimal", "maximum": 10}, None),
    ],
)
def test_a_contract_whose_columns_change_has_its_files_read_again(tmp_path: Path, then, stored):
    files = {"201/2026/rows.csv": "CHILD,NOTE,EXTRA\n1,12,12.5\n,x,\n2,soon,\n"}
    before = a_night(contracts=invented(type="integer", maximum=20))
    after = a_night(contracts=invented(**then))
    with loaded(tmp_path, files, night=before) as connection:
        assert count(connection, "quality.quarantined_rows") == 1
        loaded(tmp_path, files, connection, after)
        assert rows_of(connection, "raw.invented__rows", "note")[0] == (stored,)
        assert everything(connection) == everything(loaded(tmp_path, files, night=after))


def test_a_contract_that_gains_or_loses_a_column_has_its_files_read_again(tmp_path: Path):
    files = {"201/2026/rows.csv": "CHILD,NOTE,EXTRA\n1,12,x\n,x,\n"}
    small = {
        "invented__rows": a_contract(an_identifier(required=True), a_column("extra")),
    }
    for before, after in [(small, invented()), (invented(), small)]:
        night = a_night(contracts=after)
        with loaded(tmp_path, files, night=a_night(contracts=before)) as connection:
            loaded(tmp_path, files, connection, night)
            assert everything(connection) == everything(loaded(tmp_path, files, night=night))


def test_a_code_that_becomes_known_is_found_in_files_read_before(tmp_path: Path):
    codes = a_night().codes
    fewer = {**codes.sets, "legal_status": {"E1": "E1"}}
    night = a_night(codes=dataclasses.replace(codes, sets=fewer))
    with loaded(tmp_path, {E26: episodes()}, night=night) as connection:
        assert rows_of(connection, "raw.ssda903__episodes", "ls") == [(None,)]
        loaded(tmp_path, {E26: episodes()}, connection)
        assert rows_of(connection, "raw.ssda903__episodes", "ls") == [("C2",)]
        assert count(connection, "quality.emptied_cells") == 0


def test_every_contract_has_its_table_before_anything_is_landed(tmp_path: Path):
    with factories.loaded(tmp_path, {}) as connection:
        tables = connection.execute(
            "select table_name, comment from duckdb_tables() where schema_name = 'raw'"
        ).fetchall()
        assert dict(tables) == {n: c.description for n, c in the_contracts().items()}
        uncommented = connection.execute(
            "select count(*) from duckdb_columns() where schema_name in ('raw', 'quality') "
            "and comment is null and not starts_with(column_name, '_') and column_name not in "
            "('local_authority_code', 'return_year', 'fingerprint')"
        ).fetchone()
        assert uncommented == (0,)


def test_of_a_large_file_without_a_sound_row_every_row_is_listed(tmp_path: Path):
    """DuckDB 1.5 loses a large insert that follows one of no rows in the same transaction."""
    contract = a_contract(an_identifier(required=True), a_date_column(required=True))
    rows = "CHILD,DECOM\n" + "".join(f"{number},soon\n" for number in range(130_000))
    night = a_night(contracts={"invented__rows": contract})
    with loaded(tmp_path, {"201/2026/a.csv": rows}, night=night) as connection:
        assert connection.execute("select count(*) from quality.quarantined_rows").fetchone() == (
            130_000,
        )


def test_a_warehouse_of_an_earlier_version_is_read_again_from_the_landing_folder(tmp_path: Path):
    with loaded(tmp_path, A_LANDING) as connection:
        whole = everything(connection)
        connection.execute("alter table quality.extract_files drop column period")
        assert everything(loaded(tmp_path, A_LANDING, connection)) == whole


# ---- what a newer file replaces ----

SERVICES = "la_code,extract_date,source_system,service_code,service_name,service_area_code\n"


def services(day: str, code: str, system: str = "hub") -> str:
    return f"{SERVICES}201,{day},{system},{code},Help,early_help\n"


def of_everything(folder: Path, files: Mapping[str, str]) -> dict[str, object]:
    """What became of each file of services."""
    night = a_night(contracts={"local__services": the_contracts()["local__services"]})
    with loaded(folder, files, night=night) as connection:
        return status(connection)


def test_a_system_exported_whole_replaces_what_it_sent_before_whatever_came_first(tmp_path: Path):
    older, newer = services("2026-03-01", "S1"), services("2026-04-01", "S2")
    assert of_everything(tmp_path, {"a.csv": older, "b.csv": newer}) == {
        "a.csv": "superseded",
        "b.csv": "loaded",
    }
    # The older file comes late, under a later name: it is still the older one.
    assert of_everything(tmp_path, {"a.csv": newer, "b.csv": older}) == {
        "a.csv": "loaded",
        "b.csv": "superseded",
    }


def test_each_system_replaces_only_its_own(tmp_path: Path):
    files = {
        "a.csv": services("2026-03-01", "S1", "hub"),
        "b.csv": services("2026-04-01", "S2", "provider"),
    }
    assert set(of_everything(tmp_path, files).values()) == {"loaded"}


def test_a_monthly_list_replaces_that_of_its_month_and_no_other(tmp_path: Path):
    contract = a_contract(covers="month", file_patterns=("*list*",))
    night = a_night(contracts={"invented__rows": contract})
    files = {
        "201/list_2026-03-30.csv": "CHILD,DECOM\n1,01/03/2026\n",
        "201/list_2026-03-31.csv": "CHILD,DECOM\n2,01/03/2026\n",
        "201/list_2026-04-30.csv": "CHILD,DECOM\n3,01/04/2026\n",
    }
    with loaded(tmp_path, files, night=night) as connection:
        assert list(status(connection).values()) == ["superseded", "loaded", "loaded"]


def test_the_month_of_a_list_that_does_not_say_it_is_that_of_its_latest_dates(tmp_path: Path):
    contract = a_contract(covers="month", period_dates=("decom",), file_patterns=("*list*",))
    night = a_night(contracts={"invented__rows": contract})
    # The last date is a typing error: it lies after the as-at date.
    rows = "CHILD,DECOM\n1,01/03/2026\n2,17/05/2026\n3,01/01/2062\n"
    with loaded(tmp_path, {"201/list.csv": rows}, night=night) as connection:
        file = register(connection)["201/list.csv"]
    assert (file["period"], file["exported_date"]) == ("2026-05", dt.date(2026, 5, 17))
    assert "inferred as May 2026" in str(file["notes"])


def test_a_list_of_no_month_at_all_is_refused_with_the_remedy(tmp_path: Path):
    night = a_night(contracts={"invented__rows": a_contract(covers="month")})
    with loaded(tmp_path, {"201/list.csv": "CHILD,DECOM\n1,\n"}, night=night) as connection:
        assert "Put it in a folder named for the month" in str(
            register(connection)["201/list.csv"]["reason"]
        )


def test_a_year_ends_with_the_month_its_return_says(tmp_path: Path):
    census = a_contract(period_dates=("decom",), year_ends_in=9)
    night = a_night(contracts={"invented__rows": census}, as_at_date=dt.date(2025, 10, 1))
    rows = "CHILD,DECOM\n" + "".join(f"{n},30/09/2025\n" for n in range(6))
    with loaded(tmp_path, {"201/2025/a.csv": rows}, night=night) as connection:
        assert status(connection) == {"201/2025/a.csv": "loaded"}
    later = rows.replace("30/09/2025", "01/10/2025")
    with loaded(tmp_path, {"201/2025/a.csv": later}, night=night) as connection:
        assert "year ending 30 September 2025" in str(
            register(connection)["201/2025/a.csv"]["reason"]
        )


# ---- layouts that change ----


def changes(connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return rows_of(
        connection,
        "quality.schema_changes",
        "file_name, change, column_name, compared_with, cell_count",
    )


def test_a_layout_that_changes_is_reported_against_the_file_before(tmp_path: Path):
    contract = a_contract(
        an_identifier(required=True), a_column("note"), a_column("ls", "code", codes="legal_status")
    )
    night = a_night(contracts={"invented__rows": contract})
    files = {
        "201/2025/a.csv": "CHILD,NOTE,LS,PET\n1,x,C2,cat\n",
        "201/2026/a.csv": "CHILD,LS,PET,TOY\n1,ZZ,cat,ball\n",
    }
    with loaded(tmp_path, files, night=night) as connection:
        assert changes(connection) == [
            ("201/2025/a.csv", "new_column", "PET", "", None),
            ("201/2026/a.csv", "codes_changed", "ls", "201/2025/a.csv", 1),
            ("201/2026/a.csv", "lost_column", "note", "201/2025/a.csv", None),
            ("201/2026/a.csv", "new_column", "TOY", "201/2025/a.csv", None),
        ]


def test_a_column_that_is_there_and_never_filled_any_more_is_reported(tmp_path: Path):
    night = a_night(contracts={"invented__rows": a_contract(an_identifier(), a_column())})
    files = {
        "201/2025/a.csv": "CHILD,NOTE\n1,x\n2,x\n",
        "201/2026/a.csv": "CHILD,NOTE\n1,\n",
    }
    with loaded(tmp_path, files, night=night) as connection:
        assert changes(connection) == [
            ("201/2026/a.csv", "emptied_column", "note", "201/2025/a.csv", 2)
        ]
        # The file before is taken away: there is nothing left to compare with.
        del files["201/2025/a.csv"]
        assert changes(loaded(tmp_path, files, connection, night)) == []


# ---- rows that are not the file's ----


def test_a_row_of_another_authority_goes_to_quarantine(tmp_path: Path):
    night = a_night(contracts={"local__services": the_contracts()["local__services"]})
    rows = services("2026-03-01", "S1") + "202,2026-03-01,hub,S2,Help,early_help\n"
    with loaded(tmp_path, {"a.csv": rows}, night=night) as connection:
        assert count(connection, "raw.local__services") == 1
        assert rows_of(connection, "quality.quarantined_rows", "line_number, reason") == [
            (3, "names another authority")
        ]


# ---- postcodes ----


ADDRESS = (
    "addr_table_id,addr_person_id,addr_address_start_date,addr_address_postcode\n"
    "A1,1001,2025-04-01,ZZ99 3VZ\n"
)
A_DIRECTORY = "postcode,small_area_code,la_code\nZZ99 3VZ,{},E08000001\n"


def small_areas(connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    return rows_of(connection, "raw.ssd__address", "addr_address_postcode")


def test_an_address_lies_in_the_small_area_that_the_newest_directory_says(tmp_path: Path):
    night = a_night(
        contracts={name: the_contracts()[name] for name in ("ssd__address", "reference__postcodes")}
    )
    # By name the address comes first, and is read after the directory all the same.
    files = {"201/2026-03-01/address.csv": ADDRESS}
    with loaded(tmp_path, files, night=night) as connection:
        assert small_areas(connection) == [(None,)]
        files["ref_postcodes_2026-02-01.csv"] = A_DIRECTORY.format("E01000001")
        assert small_areas(loaded(tmp_path, files, connection, night)) == [("E01000001",)]
        files["ref_postcodes_2026-05-01.csv"] = A_DIRECTORY.format("E01000002")
        assert small_areas(loaded(tmp_path, files, connection, night)) == [("E01000002",)]
        del files["ref_postcodes_2026-02-01.csv"], files["ref_postcodes_2026-05-01.csv"]
        assert small_areas(loaded(tmp_path, files, connection, night)) == [(None,)]
        assert "3VZ" not in str(rows_of(connection, "raw.ssd__address"))
