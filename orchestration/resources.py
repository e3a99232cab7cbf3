"""What assets are given to work with: the warehouse, and the settings of the night."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import duckdb

from orchestration.database import no_cell_told
from orchestration.lake import open_warehouse
from orchestration.night import one_night
from orchestration.secret import private_folder
from orchestration.settings import Settings

# DuckDB lets one process write and then shuts out every other one, readers included.
WAREHOUSE_POOL = "warehouse"


class Warehouse(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The working database, opened for one block of work and closed after it.

    Whoever runs steps with it, Dagster's daemon or the command, holds it for one night.
    """

    path: str
    as_at_date: str = ""
    wait_minutes: float = 0

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Warehouse"]:
        """The warehouse, held from the first step to the last."""
        log: Callable[[str], None] = context.log.info if context.log else print
        with one_night(Path(self.path), self.as_at_date, self.wait_minutes, log):
            if context.instance is not None:
                free_slots_of_others(context.instance, context.run_id)
            yield self

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that is closed, and its lock released, when the block ends."""
        private_folder(Path(self.path).parent)
        with (
            open_warehouse(
                Path(self.path), Settings.exported_key(), Settings.exported_lake()
            ) as connection,
            no_cell_told(),
        ):
            yield connection


def free_slots_of_others(instance: dg.DagsterInstance, run_id: str | None) -> None:
    """Give back the places in Dagster's pools that killed nights hold: nobody else would, and
    this one would wait for them for ever. Whoever holds the night's lock is alone."""
    storage = instance.event_log_storage
    if not storage.supports_global_concurrency_limits:
        return
    for pool in storage.get_concurrency_keys():
        info = storage.get_concurrency_info(pool)
        held = {slot.run_id for slot in info.claimed_slots}
        held |= {step.run_id for step in info.pending_steps}
        for other in sorted(held - {run_id}):
            storage.free_concurrency_slots_for_run(other)
