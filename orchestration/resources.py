"""What assets are given to work with: the warehouse, and the settings of the night."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import duckdb

from orchestration.database import open_database
from orchestration.settings import Settings

# DuckDB lets one process write and then shuts out every other one, readers included.
WAREHOUSE_POOL = "warehouse"


class Warehouse(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The working database, opened for one block of work and closed after it."""

    path: str

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that is closed, and its lock released, when the block ends."""
        Path(self.path).parent.mkdir(parents=True, exist_ok=True)
        with open_database(Path(self.path), Settings.exported_key()) as connection:
            yield connection
