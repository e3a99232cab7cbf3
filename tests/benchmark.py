"""How fast large files load, beside the least that any reader of the same file has to do.

    python -m tests.benchmark [word ...]

Each file goes the project's whole way, from the landing folder into a new warehouse on disk:
recognised, read, typed, pseudonymised, counted and stored. Beside it stands a reading that
understands nothing: of a CSV or Parquet file DuckDB's own, every column as text, into a table of a
new database on disk; of a workbook calamine's, of every cell; of XML lxml's ``iterparse``, which
visits every element and its text and clears each record. For XML the ratio to a pass that stops at
the records alone, and looks at nothing in them, is printed too. All are tried in turn, and the best
of three counts. The tables of the
warehouse are made before the clock starts. Words choose files: ``xml``, ``ssd``, ``episodes``.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
from lxml import etree
from python_calamine import CalamineWorkbook

from orchestration.ingest.assets import authority_codes
from orchestration.ingest.landing import Places, survey
from orchestration.ingest.load import load_files
from tests.contract_files import a_file_of, forms_of, landing_name
from tests.factories import AS_AT, a_night, the_contracts

ROUNDS = 3
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Large:
    """A file to load: of one extract, or of all of its family as XML, and about how large."""

    extract: str
    form: str
    megabytes: int
    record: str = ""

    @property
    def title(self) -> str:
        """What it is called in the table."""
        return f"{self.extract.partition('__')[0] if self.record else self.extract} {self.form}"


LARGE = [
    Large("ssda903__episodes", "csv", 90),
    Large("ssd__cin_episodes", "csv", 60),
    Large("ssd__cin_episodes", "parquet", 10),
    Large("local__survey_responses", "csv", 60),
    Large("local__survey_responses", "xlsx", 10),
    Large("published__open_statistics", "csv", 60),
    Large("cin_census__child", "xml", 100, record="Child"),
    Large("csww__worker", "xml", 100, record="CSWWWorker"),
    Large("ssda903__header", "xml", 100, record="CHILD"),
]


def main(words: list[str]) -> None:
    """Make each file, load it, read it plainly, and print a line."""
    print(f"{'':34} {'rows':>9} {'MB':>6} {'load':>7} {'rows/s':>9} {'MB/s':>6} {'plain':>7} ratio")
    for large in LARGE:
        if words and not any(word in large.title for word in words):
            continue
        contract = the_contracts().get(large.extract)
        if contract is None or large.form not in forms_of(contract):
            print(f"{large.title:34} is not read")
            continue
        with tempfile.TemporaryDirectory() as folder:
            print(f"{large.title:34} {_measured(large, Path(folder))}", flush=True)


def _measured(large: Large, folder: Path) -> str:
    landing = folder / "landing"
    file = _made(large, landing)
    loads, plains, bare, row_count = [], [], [], 0
    for _ in range(ROUNDS):
        warehouse = _a_warehouse(folder / "warehouse.duckdb")
        seconds, row_count = _timed(lambda to=warehouse: _load(landing, to))
        loads.append(seconds)
        plain = folder / "plain.duckdb"
        plains.append(_timed(lambda to=plain: read_plainly(file, large.form, large.record, to))[0])
        if large.form == "xml":
            bare.append(_timed(lambda: sum(1 for _ in _records(file, large.record)))[0])
    load, plain, size = min(loads), min(plains), file.stat().st_size / MEGABYTE
    return (
        f"{row_count:9,} {size:6.1f} {load:6.2f}s {row_count / load:9,.0f} {size / load:6.1f} "
        f"{plain:6.2f}s {load / plain:5.2f}"
        + (f"   (records alone {min(bare):.2f}s, {load / min(bare):.2f})" if bare else "")
    )


def _made(large: Large, landing: Path) -> Path:
    """A file of about the size that is wanted."""
    contract = the_contracts()[large.extract]
    file = landing / landing_name(contract, large.form)
    few, some = (a_file_of(contract, large.form, file, n).stat().st_size for n in (500, 2_500))
    return a_file_of(
        contract, large.form, file, int(large.megabytes * MEGABYTE / ((some - few) / 2_000))
    )


def _a_warehouse(file: Path) -> Path:
    """A new warehouse with every table and no row."""
    file.unlink(missing_ok=True)
    with duckdb.connect(str(file)) as connection:
        load_files(connection, [], a_night())
    return file


def _load(landing: Path, warehouse: Path) -> int:
    night = a_night()
    with duckdb.connect(str(warehouse)) as connection:
        landed = survey(landing, night.contracts, Places(authority_codes()), AS_AT)
        load_files(connection, landed, night)
        counted = connection.execute(
            "select coalesce(sum(rows_read), 0), coalesce(sum(rows_loaded), 0), max(reason) "
            "from quality.extract_files"
        ).fetchone()
    assert counted is not None
    read, loaded, reason = counted
    if read == 0 or loaded < read:
        print(f"of {read} rows {loaded} loaded. {reason or ''}", file=sys.stderr)
    return int(read)


def read_plainly(file: Path, form: str, record: str, database: Path) -> int:
    """Every cell or element of a file as text, which nobody understands; ``record`` is the element
    of XML that is let go once it is over."""
    if form == "xml":
        return _visited(file, record)
    if form == "xlsx":
        return len(CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python())
    database.unlink(missing_ok=True)
    read = {
        # What it would guess of the quotes depends on the first lines.
        "csv": "read_csv(?, all_varchar = true, header = true, delim = ',', quote = '\"')",
        "parquet": "read_parquet(?)",
    }[form]
    with duckdb.connect(str(database)) as connection:
        columns = "columns(*)::varchar" if form == "parquet" else "*"
        connection.execute(f"create table plain as select {columns} from {read}", [str(file)])
    return 0


def _visited(file: Path, record: str) -> int:
    """How many elements have text, each looked at and each record cleared."""
    count = 0
    for _, element in etree.iterparse(str(file)):
        count += element.text is not None
        if element.tag == record:
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    return count


def _records(file: Path, record: str) -> Iterator[etree._Element]:
    for _, element in etree.iterparse(str(file), tag=record):
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _timed(work: Callable[[], int]) -> tuple[float, int]:
    started = time.perf_counter()
    done = work()
    return time.perf_counter() - started, done


if __name__ == "__main__":
    main(sys.argv[1:])
