"""A warehouse that is a DuckLake: its catalogue in PostgreSQL, its rows in Parquet files.

Unlike a DuckDB file it can be read while it is written, and by many. Each night has a lake of its
own, a schema of the catalogue and a folder beside the others', so that no night waits for another
or meets its rows. What DuckDB needs for it comes as Python packages, never from a network.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.database import (
    CannotOpen,
    extension_file,
    install_extension,
    open_database,
    put_aside_in,
    quoted,
)

# PostgreSQL first: the other is of no use without it.
EXTENSIONS = ("postgres_scanner", "ducklake")
REMEDY = "Install the project with its extra `ducklake`, or take OUTCOMES_LAKE_CATALOGUE away."


class NoLakeYet(CannotOpen):
    """No night has made the lake that is to be read."""


@dataclass(frozen=True)
class Lake:
    """Where a lake is. ``catalogue`` is how PostgreSQL is reached, as libpq takes it; it may hold a
    password. ``schema`` is the lake's own in it, and ``files`` the folder of its Parquet files."""

    catalogue: str = field(repr=False)
    schema: str
    files: Path

    def attach(
        self, connection: duckdb.DuckDBPyConnection, name: str, *, read_only: bool = False
    ) -> None:
        """Attach it under a name; one that is not there yet is made unless it is only to be read.

        Raises:
            CannotOpen: a package is missing, PostgreSQL cannot be reached, or the files of the
                lake are elsewhere.
        """
        for extension in EXTENSIONS:
            connection.execute(f"load {quoted(str(extension_file(extension, REMEDY)))}")
        options = [f"data_path {quoted(str(self.files))}", f"metadata_schema '{self.schema}'"]
        options += ["read_only"] if read_only else []
        try:
            connection.execute(
                f"attach {quoted('ducklake:postgres:' + self.catalogue)} as {name} "
                f"({', '.join(options)})"
            )
        # Outside the handler: the statement that DuckDB may quote holds the password.
        except duckdb.Error as error:
            told = str(error)
        else:
            return
        if read_only and "does not exist - and creating" in told:
            raise NoLakeYet(f"There is no lake {self.schema} in the catalogue yet: run its night.")
        if "does not match existing data path" in told:
            raise CannotOpen(
                f"The files of lake {self.schema} are not in {self.files}: its catalogue says "
                "another folder. Give OUTCOMES_LAKE_DATA as it was."
            )
        raise CannotOpen(
            "The catalogue of the lake cannot be reached: see that PostgreSQL runs, and that "
            "OUTCOMES_LAKE_CATALOGUE says where, with a database that is there."
        )


@contextmanager
def open_warehouse(
    file: Path, key: str | None, lake: Lake | None, *, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the warehouse, whichever it is: the lake where there is one, else the file.

    Raises:
        CannotOpen: as for ``Lake.attach`` or ``open_database``.
    """
    if lake is None:
        with open_database(file, key, read_only=read_only) as connection:
            yield connection
        return
    connection = duckdb.connect()
    try:
        put_aside_in(connection, file.parent)
        lake.attach(connection, "warehouse", read_only=read_only)
        connection.execute("use warehouse")
        yield connection
    finally:
        connection.close()


def forget_snapshots(connection: duckdb.DuckDBPyConnection, days: int) -> None:
    """Let go of what the tables of the warehouse were more than so many days ago, and of files that
    have been of no use for as long: a lake keeps everything unless told, and a reader may still be
    looking at what was replaced tonight."""
    past = f"older_than => now() - interval '{days} days'"
    connection.execute(f"call ducklake_expire_snapshots('warehouse', {past})")
    connection.execute(f"call ducklake_cleanup_old_files('warehouse', {past})")


def take_out_for_good(connection: duckdb.DuckDBPyConnection) -> None:
    """Nothing stays of rows that were deleted: not in an earlier snapshot, nor in a file with a
    note beside it of which rows do not count, nor in the catalogue. Whoever reads an earlier
    snapshot at this moment is cut off."""
    connection.execute("call ducklake_flush_inlined_data('warehouse')")
    connection.execute("call ducklake_rewrite_data_files('warehouse', delete_threshold => 0)")
    connection.execute("call ducklake_expire_snapshots('warehouse', older_than => now())")
    connection.execute("call ducklake_cleanup_old_files('warehouse', cleanup_all => true)")


def install_extensions(folder: Path) -> None:
    """Put the extensions where dbt looks for them, which loads them by name.

    Raises:
        CannotOpen: a package is missing.
    """
    for extension in EXTENSIONS:
        install_extension(folder, extension, REMEDY)
