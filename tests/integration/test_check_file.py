"""``outcomes check``: what a clerk is told of a file before it is landed."""

import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from lxml import html
from typer.testing import CliRunner

from orchestration.automation import look_at
from orchestration.check_file import (
    CODES_SHOWN,
    LINES_SHOWN,
    Finding,
    Mark,
    Report,
    as_page,
    as_text,
    check,
    name_as_landed,
    rows_against,
    what_to_do,
)
from orchestration.cli import app
from orchestration.describe import WIDTH, Code
from orchestration.quality.suites import suite_for
from tests.factories import (
    AS_AT,
    EPISODES,
    PROJECT,
    a_census,
    a_child,
    a_column,
    a_contract,
    a_landing,
    an_episode,
    csv_text,
    episodes,
    header,
    loaded,
    register,
    the_contracts,
)

runner = CliRunner()
CANARY = "Canary"
FAMILIES = ("ssda903", "cin_census")
# Every table costs a moment in every check; these are enough for what a check says.
SOME = {name: c for name, c in the_contracts().items() if c.family in FAMILIES}
E26 = "201/2026/episodes.csv"


def checked(folder: Path, name: str, content: str | bytes, **given: str | None) -> Report:
    """The report on one file."""
    a_landing(folder, {name: content})
    return check(folder / name, SOME, AS_AT, **given)


def findings(report: Report, mark: Mark) -> list[Finding]:
    return [finding for file in report.files for finding in file.findings if finding.mark is mark]


# ---- what it is, whose and of when ----


def test_a_file_that_loads_whole_needs_nothing_and_its_counts_come_out(tmp_path: Path):
    report = checked(tmp_path, E26, episodes(an_episode("1"), an_episode("2"), [""] * 13))
    (count,) = report.files[0].counts

    assert report.exit_code == 0
    assert (count.extract, count.read, count.loaded, count.left_out, count.blank) == (
        *("ssda903__episodes", 2, 2, 0, 1),
    )
    assert "Everything loads: 2 rows." in as_text(report)


def test_it_says_whose_the_file_is_and_of_when_and_how_that_is_known(tmp_path: Path):
    by_folder = checked(tmp_path / "a", E26, episodes()).files[0]
    given = checked(tmp_path / "b", "episodes.csv", episodes(), authority="202").files[0]
    inside = checked(tmp_path / "c", "census.xml", a_census()).files[0]

    assert by_folder.whose == "201 City of London (from its folder)"
    assert by_folder.of_when == "the return of 2026 (from its name or folder)"
    assert given.whose == "202 Camden (as given)"
    assert "inferred from its latest dates" in given.of_when
    assert inside.whose == "201 City of London (the file says so)"
    assert inside.of_when.startswith("the return of 2026 (the file says so)")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("landing/201/2026/episodes.csv", "201/2026/episodes.csv"),
        ("landing/2026/episodes.csv", "2026/episodes.csv"),
        ("inbox/201/2026/episodes.csv", "201/2026/episodes.csv"),
        ("inbox/2025-26/episodes.csv", "2025-26/episodes.csv"),
        ("inbox/episodes.csv", "episodes.csv"),
    ],
)
def test_folders_count_as_they_will_when_the_file_is_landed(tmp_path: Path, path: str, name: str):
    assert name_as_landed(tmp_path / path, tmp_path / "landing") == Path(name)


def test_a_folder_is_read_side_by_side_so_that_one_file_says_the_year_of_another(tmp_path: Path):
    files = {"201/episodes.csv": episodes(), "201/header.csv": header()}
    alone = check(a_landing(tmp_path, files) / "201/header.csv", SOME, AS_AT)
    together = check(tmp_path / "201", SOME, AS_AT)

    assert alone.exit_code == 2
    assert together.exit_code == 0
    assert [file.name for file in together.files] == sorted(files)


def test_every_block_of_a_census_is_counted(tmp_path: Path):
    report = checked(tmp_path, "201/census.xml", a_census(a_child("1"), a_child("")))
    counts = {count.extract: count for count in report.files[0].counts}

    assert set(counts) == {name for name in SOME if name.startswith("cin_census__")}
    assert (counts["cin_census__child"].read, counts["cin_census__child"].left_out) == (2, 1)
    assert any(f.where.startswith("cin_census__child, ") for f in findings(report, Mark.LEFT_OUT))
    assert "no rows" in as_text(report)


def test_every_member_of_a_zip_file_is_told_apart(tmp_path: Path):
    archive = tmp_path / "201" / "2026" / "delivery.zip"
    archive.parent.mkdir(parents=True)
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("episodes.csv", episodes())
        made.writestr("header.csv", header())
    report = check(archive, SOME, AS_AT)

    assert report.exit_code == 0
    assert [file.name.rpartition("/")[2] for file in report.files] == ["episodes.csv", "header.csv"]


# ---- what is wrong, where, and what to do ----


def test_a_row_that_is_left_out_has_its_line_and_a_remedy(tmp_path: Path):
    report = checked(tmp_path, E26, episodes(an_episode("1"), an_episode("2", DEC="soon")))
    (finding,) = findings(report, Mark.LEFT_OUT)

    assert report.exit_code == 1
    assert finding.where == "DEC"
    assert finding.lines == (3,)
    assert "31/03/2026" in finding.to_do


def test_an_emptied_cell_is_answered_with_the_codes_it_may_hold(tmp_path: Path):
    report = checked(tmp_path, E26, episodes(an_episode("1", CIN="N99")))
    (finding,) = findings(report, Mark.EMPTIED)

    assert finding.where == "CIN"
    assert "N1, N2, N3" in finding.to_do


@pytest.mark.parametrize(
    ("given", "reason", "remedy"),
    [
        ({"type": "date"}, "not a date", "31/03/2026"),
        ({"type": "integer"}, "not a number", "number alone"),
        ({"type": "boolean"}, "not a yes or no", "Yes or No"),
        ({"type": "code", "codes": "few"}, "not in the code set few", "one of A, B"),
        ({"type": "code", "codes": "many"}, "not in the code set many", "outcomes contracts"),
        ({"pattern": "[0-9]{4}"}, "not of the form of note", "1E+10"),
        ({"json_key": "KEY"}, "not a JSON object", "JSON object"),
        ({"type": "date"}, "empty, and no row can stand without it", "Fill it in"),
    ],
)
def test_every_reason_has_a_remedy_that_fits_the_column(
    given: dict[str, str], reason: str, remedy: str
):
    column = a_column(**given)
    codes = {
        "few": [Code("A", "a"), Code("B", "b"), Code("C", "c", valid_to="2020-03-31")],
        "many": [Code(str(number), "") for number in range(CODES_SHOWN + 1)],
    }

    assert remedy in what_to_do(a_contract(column), column, reason, codes)


def test_of_many_lines_the_first_ten_are_named_and_the_rest_counted(tmp_path: Path):
    rows = [an_episode(str(number), LS="zz") for number in range(25)]
    report = checked(tmp_path, E26, episodes(*rows))
    (finding,) = findings(report, Mark.EMPTIED)

    assert finding.lines == tuple(range(2, 2 + LINES_SHOWN))
    assert finding.lines_in_words.endswith("11 and 15 more.")


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        pytest.param([an_episode("1", PLACE="Z1"), an_episode("2")], (2,), id="retired code"),
        pytest.param([an_episode("1"), an_episode("1")], (2, 3), id="twice"),
        pytest.param(
            [an_episode("1"), an_episode("2", DEC="01/04/2025", REC="E8")], (3,), id="ends early"
        ),
    ],
)
def test_rows_that_load_and_should_be_looked_at_have_their_lines(
    tmp_path: Path, rows: list[Mapping[str, str]], lines: tuple[int, ...]
):
    report = checked(tmp_path, E26, episodes(*rows))
    (finding,) = findings(report, Mark.LOOK)

    assert report.exit_code == 1
    assert finding.lines == lines
    assert finding.to_do


def test_every_promise_of_a_contract_is_held_here_or_kept_by_loading():
    for contract in SOME.values():
        for expectation in suite_for(contract).expectations:
            is_kept_by_loading = expectation.type == "expect_column_values_to_not_be_null"
            assert (rows_against(expectation, contract.table) is None) == is_kept_by_loading


def test_columns_that_are_missing_or_unknown_are_told_and_ask_for_nothing(tmp_path: Path):
    row = {**an_episode(), "WEATHER": "wet"}
    kept = [heading for heading in EPISODES if heading != "URN"]
    report = checked(tmp_path, E26, csv_text([*kept, "WEATHER"], row))
    told = " ".join(finding.what for finding in findings(report, Mark.KNOW))

    assert report.exit_code == 0
    assert "URN" in told
    assert "WEATHER" in told


def test_a_file_without_rows_counts_as_not_supplied(tmp_path: Path):
    report = checked(tmp_path, E26, csv_text(EPISODES))

    assert any("not supplied" in finding.what for finding in findings(report, Mark.LOOK))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param("201/2026/notes.csv", "a,b\n1,2\n", "No contract knows", id="unknown"),
        pytest.param("201/2026/empty.csv", "", "empty", id="empty"),
        pytest.param("episodes.csv", episodes(), "Nothing says whose", id="nobody's"),
        pytest.param("201/2026/a.xml", a_census()[:-30], "broken at line", id="cut short"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(
    tmp_path: Path, name: str, content: str, said: str
):
    report = checked(tmp_path, name, content)
    (finding,) = findings(report, Mark.REFUSED)

    assert report.exit_code == 2
    assert said in finding.what
    assert finding.to_do


# ---- what it must never do ----


def test_no_cell_is_ever_repeated(tmp_path: Path):
    spoilt = {heading: CANARY for heading in EPISODES}
    report = checked(
        tmp_path,
        E26,
        episodes(spoilt, an_episode("1", LS=CANARY), [CANARY] * 20, an_episode(CANARY, CIN=CANARY)),
    )

    assert report.to_see_to > 3
    assert CANARY not in as_text(report)
    assert CANARY not in as_page(report)


def test_nothing_is_loaded_changed_or_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    landing = a_landing(tmp_path / "in", {E26: episodes()})
    before = look_at(landing)
    check(landing / E26, SOME, AS_AT)

    assert look_at(landing) == before
    assert list(scratch.iterdir()) == []


def test_the_check_says_what_the_night_then_does(tmp_path: Path):
    files = {E26: episodes(an_episode("1"), an_episode("2", DEC="soon"), an_episode("3", LS="zz"))}
    report = check(a_landing(tmp_path / "landing", files) / E26, the_contracts(), AS_AT)
    (count,) = report.files[0].counts
    row = register(loaded(tmp_path, files))[E26]

    assert count.read == row["rows_read"]
    assert count.loaded == row["rows_loaded"]
    assert count.left_out == row["rows_quarantined"]
    assert count.with_emptied == row["rows_with_emptied_cells"]


# ---- the page and the command ----


def a_spoilt_report(folder: Path) -> Report:
    rows = [an_episode("1"), an_episode("2", DEC="soon"), an_episode("3", LS="zz")]
    return checked(folder, "201/2026/<b>episodes&.csv", episodes(*rows))


def test_the_page_says_what_the_terminal_says(tmp_path: Path):
    report = a_spoilt_report(tmp_path)
    page = " ".join(html.fromstring(as_page(report)).text_content().split())

    assert report.verdict in page
    for finding in report.files[0].findings:
        assert finding.what in page
        assert finding.to_do in page


def test_the_page_needs_nothing_else_and_can_be_read_aloud(tmp_path: Path):
    report = a_spoilt_report(tmp_path)
    page = html.fromstring(as_page(report))

    assert page.get("lang") == "en-GB"
    assert len(page.xpath("//h1")) == 1
    assert len(page.xpath("//table")) == len(page.xpath("//table/caption"))
    assert page.xpath("//th[not(@scope)]") == []
    assert page.xpath("//script | //link | //img | //iframe | //@src | //@href") == []
    assert page.xpath("//b") == []  # the name of the file is text, whatever it holds
    assert "url(" not in as_page(report) and "@import" not in as_page(report)


def test_a_name_cannot_steer_the_terminal(tmp_path: Path):
    report = checked(tmp_path, "201/2026/\x1b[2Jepisodes.csv", episodes())

    assert "\x1b" not in as_text(report)


@pytest.fixture
def without_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("OUTCOMES_PSEUDONYM_KEY", "OUTCOMES_PSEUDONYM_KEY_FILE", "OUTCOMES_LANDING"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OUTCOMES_DATA", str(tmp_path / "data"))


@pytest.mark.usefixtures("without_settings")
def test_the_command_needs_no_key_and_ends_with_what_came_of_it(tmp_path: Path):
    files = {E26: episodes(), "201/2025/episodes.csv": episodes(an_episode("1", LS="zz"))}
    folder = a_landing(tmp_path / "in", {**files, "201/2025/notes.csv": "a,b\n1,2\n"})
    page = tmp_path / "report.html"
    as_at = ("--as-at", "2026-06-30")

    good = runner.invoke(app, ["check", str(folder / E26), *as_at, "--html", str(page)])
    doubtful = runner.invoke(app, ["check", str(folder), *as_at])
    bad = runner.invoke(app, ["check", str(folder / "201/2025/notes.csv"), *as_at])
    missing = runner.invoke(app, ["check", str(folder / "none.csv"), *as_at])

    assert [r.exit_code for r in (good, doubtful, bad, missing)] == [0, 1, 2, 2]
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert not (tmp_path / "data").exists()
    assert max(len(line) for line in doubtful.output.splitlines()) <= WIDTH


@pytest.mark.usefixtures("without_settings")
def test_the_invented_sample_is_answered_with_the_faults_it_is_known_to_have():
    result = runner.invoke(
        app, ["check", str(PROJECT / "data/samples/999/ssda903_2026"), "--as-at", "2026-03-31"]
    )

    assert result.exit_code == 1
    assert "DEC: not a date" in result.output and "Line 40." in result.output
