"""Publications side by side: what is kept, what goes back, and what readers see meanwhile."""

import json
import multiprocessing
import os
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.synchronize import Event
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.publish import files, places, versions
from orchestration.publish.files import INTERNAL_FILE, RELEASE_FILE, CannotPublish, roll_back
from orchestration.publish.places import POINTER_FILE, left_behind, newest
from orchestration.publish.versions import (
    MANIFEST_FILE,
    CannotPutBack,
    Kept,
    is_as_told,
    kept_publications,
    next_number,
)
from tests.publications import (
    INTERNAL,
    RELEASE,
    a_night,
    a_warehouse,
    few_tables,
    nights_in_place,
)

READERS, PUBLICATIONS = 20, 200


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    few_tables(monkeypatch)


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    return a_warehouse(tmp_path / "warehouse" / "warehouse.duckdb")


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return tmp_path / "published"


class Windows:
    """A system that neither replaces nor removes what somebody has open, and has no links."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.in_use: set[Path] = set()
        for name in ("replace", "rename", "unlink"):
            monkeypatch.setattr(os, name, self._asking(getattr(os, name)))
        monkeypatch.setattr(Path, "symlink_to", _no_links)
        monkeypatch.setattr(places, "SECONDS_BETWEEN_TRIES", 0)

    def _asking(self, do: Callable[..., None]) -> Callable[..., None]:
        def asked(*paths: str | Path, **options: object) -> None:
            for path in map(Path, paths):
                if any(path == used or path in used.parents for used in self.in_use):
                    raise PermissionError(13, "The process cannot access the file", str(path))
            do(*paths, **options)

        return asked


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Windows:
    return Windows(monkeypatch)


def drawn(published: Path, night: int) -> None:
    """A site, drawn after its publication."""
    site = published / "site"
    site.mkdir(exist_ok=True)
    page = site / "index.html"
    page.unlink(missing_ok=True)
    page.write_text(f"of {night}", encoding="utf-8")
    # Clocks of file systems are coarse: what is drawn later is never older.
    later = (published / MANIFEST_FILE).stat().st_mtime_ns + 1
    os.utime(page, ns=(later, later))


def numbers(published: Path) -> list[int]:
    return [kept.number for kept in kept_publications(published)]


def in_place(published: Path) -> Kept:
    return next(kept for kept in kept_publications(published) if kept.is_in_place)


def test_the_newest_publications_are_kept_and_numbers_go_on(warehouse: Path, published: Path):
    for night in (1, 2, 3):
        a_night(warehouse, published, night, newest_kept=2)

    assert numbers(published) == [3, 2]
    assert in_place(published).number == 3
    assert next_number(published) == 4


def test_parquet_has_the_rows_of_both_files_and_the_manifest_its_hashes(
    warehouse: Path, published: Path
):
    a_night(warehouse, published, 1)

    for audience, tables in (("release", RELEASE), ("internal", INTERNAL)):
        for table in tables:
            file = f"{published}/parquet/{audience}/{table.replace('.', '/')}.parquet"
            assert duckdb.sql(f"from read_parquet('{file}')").fetchall() == [(1, "of 1")]
    told = json.loads((published / MANIFEST_FILE).read_text("utf-8"))["parquet"]
    assert sorted(told) == [
        "internal/measures/records.parquet",
        "internal/reference/codes.parquet",
        "release/outcomes/questions.parquet",
        "release/reference/codes.parquet",
    ]


@pytest.mark.parametrize("can_link", [True, False], ids=["links", "no links"])
def test_everything_of_an_earlier_night_goes_back_together(
    warehouse: Path, published: Path, can_link, monkeypatch: pytest.MonkeyPatch
):
    """A network folder may know no links: then files are copied."""
    if not can_link:
        monkeypatch.setattr("os.link", _no_links)
        monkeypatch.setattr(Path, "symlink_to", _no_links)
    for night in (1, 2, 3):
        a_night(warehouse, published, night)
        drawn(published, night)
    assert set(nights_in_place(published).values()) == {3}

    assert roll_back(published).number == 2
    assert set(nights_in_place(published).values()) == {2}
    assert roll_back(published).number == 1
    assert set(nights_in_place(published).values()) == {1}
    # Forward again, to the night that was taken back first, with the site that it had.
    assert roll_back(published, 3).number == 3
    assert set(nights_in_place(published).values()) == {3}
    assert not list(published.rglob(".unfinished-*"))


def _no_links(*_: object, **__: object) -> None:
    raise OSError("no links here")


def test_after_a_rollback_the_next_night_goes_on(warehouse: Path, published: Path):
    for night in (1, 2):
        a_night(warehouse, published, night, newest_kept=2)
    with duckdb.connect(str(warehouse), read_only=True):
        # Whoever works in the warehouse is not asked: it has no part in this.
        roll_back(published)
    assert nights_in_place(published)[RELEASE_FILE] == 1
    a_night(warehouse, published, 3, newest_kept=2)

    assert in_place(published).number == 3
    assert numbers(published) == [3, 2]
    assert nights_in_place(published)[RELEASE_FILE] == 3


def test_the_one_in_place_is_never_forgotten(warehouse: Path, published: Path):
    for night in (1, 2, 3):
        a_night(warehouse, published, night)
    roll_back(published, 1)
    files.forget(published, 1)

    assert numbers(published) == [3, 1]
    assert nights_in_place(published)[RELEASE_FILE] == 1


def test_a_site_of_other_figures_is_not_kept_and_does_not_stay(warehouse: Path, published: Path):
    a_night(warehouse, published, 1)
    drawn(published, 1)
    # As if it were of a night before: that of the first publication could not be drawn.
    os.utime(published / "site" / "index.html", ns=(1, 1))
    a_night(warehouse, published, 2)
    assert nights_in_place(published)["site"] == 1
    assert [kept.has_site for kept in kept_publications(published)] == [False, False]

    roll_back(published)
    assert nights_in_place(published)["site"] is None


def test_what_cannot_be_put_back_is_refused_and_nothing_moves(warehouse: Path, published: Path):
    with pytest.raises(CannotPutBack, match=r"none is kept yet"):
        roll_back(published)
    a_night(warehouse, published, 1)

    for number, why in (
        (None, "no earlier publication"),
        (1, "in place already"),
        (8, "no publication 8"),
    ):
        with pytest.raises(CannotPutBack, match=why):
            roll_back(published, number)
    assert nights_in_place(published)[RELEASE_FILE] == 1


def test_files_that_somebody_wrote_to_are_refused(warehouse: Path, published: Path):
    a_night(warehouse, published, 1)
    a_night(warehouse, published, 2)
    log = published / f"{RELEASE_FILE}.wal"
    log.write_bytes(b"somebody wrote")
    with pytest.raises(CannotPublish, match=r"\.wal lies beside"):
        roll_back(published)
    log.unlink()

    for name in ("parquet/release/reference/codes.parquet", RELEASE_FILE):
        changed = published / "publications" / "0001" / name
        changed.chmod(0o644)
        changed.write_bytes(changed.read_bytes() + b" ")
        with pytest.raises(CannotPutBack, match=f"{name} of publication 1 is not what was"):
            roll_back(published)
    assert in_place(published).number == 2


def test_the_command_lists_puts_back_and_refuses(
    warehouse: Path, published: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OUTCOMES_DATA", str(published.parent))
    run = CliRunner().invoke
    assert "No publication is kept yet" in run(app, ["publish"]).output
    for night in (1, 2):
        a_night(warehouse, published, night)

    listed = run(app, ["publish"]).output.splitlines()
    assert [(line.split()[0], line.endswith("in place")) for line in listed] == [
        ("2", True),
        ("1", False),
    ]
    assert run(app, ["publish", "1"]).exit_code == 2
    assert in_place(published).number == 2

    put_back = run(app, ["publish", "--rollback", "1"])
    assert put_back.exit_code == 0
    assert "Publication 1 is in place again, as at night 1" in put_back.output
    # Its site is drawn again, where the release has what a site rests on.
    assert "csc_outcomes.duckdb has no reference.frameworks" in put_back.output
    assert in_place(published).number == 1

    refused = run(app, ["publish", "--rollback"])
    assert refused.exit_code == 2
    assert "kept are 2, 1 (in place)" in refused.output


def test_an_open_connection_keeps_its_night_and_a_new_one_has_the_next(
    warehouse: Path, published: Path
):
    """What docs/clients.md says of a night that comes while somebody reads."""
    question = "select night from outcomes.questions"
    a_night(warehouse, published, 1)
    with duckdb.connect(str(published / RELEASE_FILE), read_only=True) as reader:
        assert reader.execute(question).fetchall() == [(1,)]
        a_night(warehouse, published, 2)
        assert reader.execute(question).fetchall() == [(1,)]
        assert reader.execute("select night from reference.codes").fetchall() == [(1,)]
        roll_back(published)
        assert reader.execute(question).fetchall() == [(1,)]
        a_night(warehouse, published, 3)
    with duckdb.connect(str(published / RELEASE_FILE), read_only=True) as reader:
        assert reader.execute(question).fetchall() == [(3,)]


def test_where_a_file_is_in_use_a_dated_one_is_published_and_pointed_to(
    warehouse: Path, published: Path, windows: Windows
):
    a_night(warehouse, published, 1)
    assert json.loads((published / POINTER_FILE).read_text("utf-8")) == {
        name: name for name in (RELEASE_FILE, INTERNAL_FILE, "parquet")
    }
    windows.in_use = {
        published / RELEASE_FILE,
        published / "parquet/release/reference/codes.parquet",
    }
    a_night(warehouse, published, 2, as_at="2026-03-31")

    release, parquet = newest(published, RELEASE_FILE), newest(published, "parquet")
    assert release.name == "csc_outcomes_2026-03-31_0002.duckdb"
    assert parquet.name == "parquet_2026-03-31_0002"
    assert newest(published, INTERNAL_FILE).name == INTERNAL_FILE
    assert left_behind(published, (RELEASE_FILE, INTERNAL_FILE, "parquet")) == [
        published / RELEASE_FILE,
        published / "parquet",
    ]
    said = [
        (
            name,
            duckdb.connect(str(published / name), read_only=True).sql(f"from {table}").fetchall(),
        )
        for name, table in (
            (release.name, "outcomes.questions"),
            (INTERNAL_FILE, "measures.records"),
            (RELEASE_FILE, "outcomes.questions"),
        )
    ]
    assert [rows for _, rows in said] == [[(2, "of 2")], [(2, "of 2")], [(1, "of 1")]]
    assert in_place(published).number == 2
    told = json.loads((published / MANIFEST_FILE).read_text("utf-8"))
    assert is_as_told(release, told["files"][RELEASE_FILE]["sha256"])
    # What was in use is whole: no half of it was taken away.
    assert len(list((published / "parquet").rglob("*.parquet"))) == 4


def test_the_usual_names_are_taken_again_once_they_are_free_and_dated_ones_go(
    warehouse: Path, published: Path, windows: Windows
):
    a_night(warehouse, published, 1)
    windows.in_use = {published / RELEASE_FILE}
    a_night(warehouse, published, 2, as_at="2026-03-30")
    second = newest(published, RELEASE_FILE)
    a_night(warehouse, published, 3, as_at="2026-03-31")
    assert newest(published, RELEASE_FILE).name == "csc_outcomes_2026-03-31_0003.duckdb"
    assert not second.exists()

    # Somebody reads the dated one by now: it stays until they have done.
    windows.in_use = {newest(published, RELEASE_FILE)}
    a_night(warehouse, published, 4)
    assert newest(published, RELEASE_FILE).name == RELEASE_FILE
    assert nights_in_place(published)[RELEASE_FILE] == 4
    assert len(left_behind(published, (RELEASE_FILE,))) == 1
    windows.in_use = set()
    a_night(warehouse, published, 5)
    assert left_behind(published, (RELEASE_FILE,)) == []
    assert not list(published.glob("*_000*"))


def test_an_earlier_publication_goes_back_beside_what_is_in_use(
    warehouse: Path, published: Path, windows: Windows, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OUTCOMES_DATA", str(published.parent))
    for night in (1, 2):
        a_night(warehouse, published, night, as_at="2026-03-31")
    windows.in_use = {published / RELEASE_FILE}
    roll_back(published)
    # Twice, with the dated file open as well: it is of this publication already.
    windows.in_use.add(newest(published, RELEASE_FILE))
    versions.put_in_place(published, in_place(published))

    assert newest(published, RELEASE_FILE).name == "csc_outcomes_2026-03-31_0001.duckdb"
    answered = CliRunner().invoke(app, ["query", "select said from outcomes.questions"])
    assert "of 1" in answered.output


def test_what_scans_a_new_file_for_a_moment_is_waited_for(
    warehouse: Path, published: Path, windows: Windows, monkeypatch: pytest.MonkeyPatch
):
    a_night(warehouse, published, 1)
    windows.in_use = {published / RELEASE_FILE}
    monkeypatch.setattr("time.sleep", lambda _: windows.in_use.clear())
    a_night(warehouse, published, 2)

    assert newest(published, RELEASE_FILE).name == RELEASE_FILE


def test_a_publication_whose_files_are_in_use_is_forgotten_later(
    warehouse: Path, published: Path, windows: Windows
):
    a_night(warehouse, published, 1, newest_kept=1)
    windows.in_use = {published / "publications" / "0001" / RELEASE_FILE}
    a_night(warehouse, published, 2, newest_kept=1)
    assert in_place(published).number == 2
    windows.in_use = set()
    a_night(warehouse, published, 3, newest_kept=1)

    assert numbers(published) == [3]
    assert not (published / "publications" / "0001").exists()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="ends a copy of this process in the middle")
@pytest.mark.parametrize("can_link", [True, False], ids=["links", "no links"])
def test_a_publication_that_is_killed_at_any_of_its_moves_leaves_whole_files_and_the_next_is_good(
    warehouse: Path, published: Path, can_link, monkeypatch: pytest.MonkeyPatch
):
    """Each night is killed one move later than the one before, until one comes to its end."""
    if not can_link:
        monkeypatch.setattr("os.link", _no_links)
        monkeypatch.setattr(Path, "symlink_to", _no_links)
    a_night(warehouse, published, 1)
    drawn(published, 1)
    before, killed = 1, 0
    while True:
        night = before + 1
        if _publish_and_die(warehouse, published, night, at_move=killed + 1):
            break
        killed += 1
        for name, said in _whole(published).items():
            assert said in (before, night), f"{name} after move {killed}"
        before = night + 1
        a_night(warehouse, published, before, newest_kept=2)
        assert set(nights_in_place(published).values()) - {None} <= {before, 1, night, before - 2}
        assert not list(published.rglob(".unfinished-*"))
        drawn(published, before)
        assert set(nights_in_place(published).values()) == {before}, f"after move {killed}"
    # Every file is moved into its folder and put in its place, and so is the manifest.
    assert killed >= 10


def _publish_and_die(warehouse: Path, published: Path, night: int, *, at_move: int) -> bool:
    """Publish in a copy of this process that ends, with no word, before one of its moves; whether
    it came to its end before that."""
    process = os.fork()
    if process == 0:
        moves = 0

        def counted(do: Callable[..., None]) -> Callable[..., None]:
            def move(*paths: object, **options: object) -> None:
                nonlocal moves
                moves += 1
                if moves == at_move:
                    os._exit(9)
                do(*paths, **options)

            return move

        for name in ("replace", "rename", "link", "unlink", "mkdir", "rmdir", "symlink"):
            setattr(os, name, counted(getattr(os, name)))
        status = 1
        with suppress(BaseException):
            a_night(warehouse, published, night, newest_kept=2)
            status = 0
        os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    assert status in (0, 9)
    return status == 0


def _whole(published: Path) -> dict[str, int]:
    """Which night each file says it is of, from every table of it."""
    said = {}
    for name in (RELEASE_FILE, INTERNAL_FILE):
        with duckdb.connect(str(published / name), read_only=True) as file:
            tables = file.execute("select schema_name, table_name from duckdb_tables()").fetchall()
            assert len(tables) == 2
            (said[name],) = {
                file.execute(f"select night from {schema}.{table}").fetchall()[0][0]
                for schema, table in tables
            }
    manifest = json.loads((published / MANIFEST_FILE).read_text("utf-8"))
    said[MANIFEST_FILE] = int(manifest["as_at_date"].split()[1])
    return said


@pytest.mark.slow
def test_twenty_readers_see_one_whole_night_each_while_two_hundred_are_published(
    warehouse: Path, published: Path
):
    a_night(warehouse, published, 1)
    context = multiprocessing.get_context("spawn")
    finished = context.Event()
    with context.Pool(READERS, _stop_when, [finished]) as pool:
        readers = pool.map_async(_read, [published / RELEASE_FILE] * READERS, chunksize=1)
        for night in range(2, PUBLICATIONS + 1):
            a_night(warehouse, published, night, newest_kept=3)
        finished.set()
        seen = readers.get(timeout=60)

    assert all(torn == 0 for torn, _ in seen)
    # Every reader met more than a handful of nights, so they did read while others were written.
    assert min(len(nights) for _, nights in seen) > 5
    assert max(max(nights) for _, nights in seen) <= PUBLICATIONS


_finished: Event


def _stop_when(finished: Event) -> None:
    global _finished
    _finished = finished


def _read(file: Path) -> tuple[int, set[int]]:
    """Open, ask both tables, close, and again: how often they were of two nights, and which."""
    torn, nights = 0, set()
    while not _finished.is_set():
        with duckdb.connect(str(file), read_only=True) as connection:
            connection.execute("set threads = 1")
            one = connection.execute("select night from outcomes.questions").fetchall()
            other = connection.execute("select night from reference.codes").fetchall()
        torn += one != other
        nights.add(one[0][0])
        # Twenty that never rest would leave whoever publishes no processor.
        time.sleep(0.5)
    return torn, nights
