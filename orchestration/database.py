"""How the project opens its database files: with the encryption key where one is configured.

Reading an encrypted file takes the key alone. Writing one takes DuckDB's httpfs extension as well
(AES-GCM of OpenSSL), which comes as a Python package and is never fetched from a network.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import duckdb

from orchestration.machine import by_the_machine

ENCRYPTING = "httpfs"
TO_ENCRYPT = "Install it, or take OUTCOMES_ENCRYPTION_KEY away."
# The first format that can be encrypted; plain files are written in an older one for older readers.
ENCRYPTED_VERSION = "v1.4.0"
# A checksum, the word DUCK, the version of the format, and flags of which the first is this one.
HEADER_BYTES, MAGIC_AT, FLAGS_AT, ENCRYPTED = 64, 8, 20, 1


# Of a statement, a file or the machine: what such an error says holds no cell.
HOLD_NO_CELL = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ParserException,
    duckdb.NotImplementedException,
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    duckdb.PermissionException,
    duckdb.ConnectionException,
    duckdb.InterruptException,
)
# Of any other what comes before the first sign or digit, which a cell may follow; and a column.
BEFORE_A_CELL = re.compile(r"[A-Z][A-Za-z ]+: (?:NOT NULL constraint failed: [\w.]+$|[A-Za-z_ ]*)")
CAST_COLUMN = re.compile(r" when casting from source column \w+$")


class CannotOpen(Exception):
    """A database file does not open with what was given; the message says what to do."""


@contextmanager
def open_database(
    file: Path, key: str | None = None, *, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a file, closed (and its lock released) when the block ends.

    Raises:
        CannotOpen: the key is another one, or there is one for a plain file or none for an
            encrypted one; or the package that writes encrypted files is missing.
    """
    is_plain = key is None and not is_encrypted(file)
    connection = duckdb.connect(str(file), read_only=read_only) if is_plain else duckdb.connect()
    try:
        if not is_plain:
            prepare_to_encrypt(connection, file.parent, read_only=read_only)
            attach(connection, file, file.stem, key, read_only=read_only)
            connection.execute(f'use "{file.stem}"')
        yield connection
    finally:
        connection.close()


@contextmanager
def no_cell_told() -> Iterator[None]:
    """DuckDB's errors in words that hold no cell: what passes here is kept, in logs and in the
    history of runs, where more people read than may read the data.

    Raises:
        duckdb.Error: of the same kind, less the value that it stumbled on.
    """
    try:
        yield
    except HOLD_NO_CELL:
        raise
    except duckdb.Error as error:
        raise type(error)(without_cells(str(error))) from None


def without_cells(told: str) -> str:
    """What DuckDB says of a value, less the value."""
    first = told.partition("\n")[0]
    found = BEFORE_A_CELL.match(first)
    if found is None:
        return "An error of which nothing may be told, because it may quote a cell"
    column = CAST_COLUMN.search(first)
    return f"{found[0].rstrip()}{column[0] if column else ''} (the rest may quote a cell)"


def cursor_of(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A cursor that looks where its connection does: DuckDB's own begins at the first database,
    which an encrypted warehouse, attached to one in memory, is not."""
    place = connection.execute("select current_database()").fetchone()
    cursor = connection.cursor()
    if place is not None:
        cursor.execute(f'use "{place[0]}"')
    return cursor


def attach(
    connection: duckdb.DuckDBPyConnection,
    file: Path,
    name: str,
    key: str | None,
    *,
    read_only: bool = False,
    plain_version: str | None = None,
) -> None:
    """Attach a file under a name; ``plain_version`` is the format of a new one without a key.

    Raises:
        CannotOpen: as for ``open_database``.
    """
    options = ["read_only"] if read_only else []
    if key is not None:
        options.append(f"encryption_key {quoted(key)}")
        options += [] if read_only else [f"storage_version '{ENCRYPTED_VERSION}'"]
    elif plain_version is not None:
        options.append(f"storage_version '{plain_version}'")
    listed = f" ({', '.join(options)})" if options else ""
    try:
        connection.execute(f'attach {quoted(str(file))} as "{name}"{listed}')
    # Outside the handler: the statement that DuckDB may quote holds the key.
    except duckdb.Error as error:
        problem = _problem(str(error), file)
    else:
        return
    raise CannotOpen(problem)


def prepare_to_encrypt(
    connection: duckdb.DuckDBPyConnection, folder: Path, *, read_only: bool = False
) -> None:
    """What a connection needs before an encrypted file is attached to it; what it must put aside
    while it works is encrypted as well, and lies in ``folder``.

    Raises:
        CannotOpen: the package that writes encrypted files is missing.
    """
    connection.execute("set temp_file_encryption = true")
    put_aside_in(connection, folder)
    if not read_only:
        connection.execute(f"load {quoted(str(extension_file()))}")


def put_aside_in(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Where a connection puts what does not fit into memory: rows of children, which DuckDB would
    write to wherever the command was started. What a killed night leaves there is swept."""
    connection.execute(f"set temp_directory = {quoted(str(folder / 'unpacked-aside'))}")


def install_extension(folder: Path, name: str = ENCRYPTING, remedy: str = TO_ENCRYPT) -> None:
    """Put an extension where dbt looks for it, which loads extensions by name.

    Raises:
        CannotOpen: the package is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(config={"extension_directory": str(folder)}) as connection:
        connection.execute(f"install {quoted(str(extension_file(name, remedy)))}")


def extension_file(name: str = ENCRYPTING, remedy: str = TO_ENCRYPT) -> Path:
    """An extension of DuckDB, as its package brings it.

    Raises:
        CannotOpen: the package is missing, or is of another version of DuckDB.
    """
    package = find_spec(f"duckdb_extension_{name}")
    folder = Path(package.origin).parent if package and package.origin else None
    version = f"v{duckdb.__version__}"
    file = folder / "extensions" / version / f"{name}.duckdb_extension" if folder else None
    if file is None or not file.exists():
        raise CannotOpen(
            f"The package duckdb-extension-{name.replace('_', '-')} {duckdb.__version__} has to be "
            f"installed for this. {remedy}"
        )
    return file


def is_encrypted(file: Path) -> bool:
    """Whether a file is an encrypted database: its header, which is not, says so."""
    if not file.is_file():
        return False
    with file.open("rb") as handle:
        header = handle.read(HEADER_BYTES)
    is_database = len(header) == HEADER_BYTES and header[MAGIC_AT : MAGIC_AT + 4] == b"DUCK"
    return is_database and bool(header[FLAGS_AT] & ENCRYPTED)


def _problem(told: str, file: Path) -> str:
    if "Wrong encryption key" in told:
        return (
            f"The key does not open {file}, which was encrypted with another. Give the earlier "
            "OUTCOMES_ENCRYPTION_KEY, or move the file away: the warehouse is made anew from the "
            "landed files, and the published files by the next night."
        )
    if "without a key" in told:
        return f"{file} is encrypted. Give its key: OUTCOMES_ENCRYPTION_KEY, or the file with it."
    if "is not encrypted" in told:
        return (
            f"{file} is not encrypted, and OUTCOMES_ENCRYPTION_KEY is set. `outcomes encrypt` "
            "encrypts what is there; or take the key away."
        )
    if "lock" in told.lower():
        return f"Another process has {file} open. Wait for it, or close it."
    return by_the_machine(told) or (
        f"{file} cannot be opened as a database of this version of DuckDB."
    )


# What a table of ours is: what it says, and the type and meaning of each column, in their order.
Described = Mapping[str, tuple[str, Mapping[str, tuple[str, str]]]]


def make_described(connection: duckdb.DuckDBPyConnection, tables: Described) -> None:
    """Make tables, by ``schema.table``, where they are not there yet, and say what they hold."""
    # Together: a lake writes a snapshot for each transaction.
    connection.execute("begin")
    for table, (description, columns) in tables.items():
        connection.execute(f"create schema if not exists {table.partition('.')[0]}")
        listed = ", ".join(f"{name} {kind}" for name, (kind, _) in columns.items())
        connection.execute(f"create table if not exists {table} ({listed})")
        connection.execute(f"comment on table {table} is {quoted(description)}")
        for name, (_, meaning) in columns.items():
            connection.execute(f"comment on column {table}.{name} is {quoted(meaning)}")
    connection.execute("commit")


def quoted(text: str | None) -> str:
    """Text as an SQL literal."""
    return "null" if text is None else "'" + text.replace("'", "''") + "'"
