"""The history of runs on disk, written fast enough for a night of thousands of events.

Dagster's own SQLite storage opens a database anew for every event, twice, and waits for the disk
after each: a quarter of a small night. The one process of ``outcomes run`` keeps its databases open
instead, and what Dagster hands over together is written together. The files are the same, so
Dagster's page reads them as ever.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import copyfile
from typing import Any

import dagster as dg
import sqlalchemy
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log import SqliteEventLogStorage

from orchestration.secret import private_folder
from orchestration.settings import PROJECT, Settings
from orchestration.yaml_files import read_yaml

SECONDS_TO_WAIT = 60


class EventLogKeptOpen(SqliteEventLogStorage):
    """Dagster's event log with one connection to each database, kept until the run is over."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: dict[str, sqlalchemy.Engine] = {}
        self._together: ExitStack | None = None
        self._begun: dict[str, sqlalchemy.Connection] = {}
        super().__init__(base_dir, inst_data)
        self._db_lock: Any = threading.RLock()

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> "EventLogKeptOpen":
        """The storage that a configuration of Dagster describes."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sqlalchemy.Connection]:
        with self._db_lock:
            if self._together is None:
                with self._engine(shard).connect() as connection, connection.begin():
                    yield connection
                return
            if shard not in self._begun:
                connection = self._together.enter_context(self._engine(shard).connect())
                self._together.enter_context(connection.begin())
                self._begun[shard] = connection
            yield self._begun[shard]

    def store_event_batch(self, events: Sequence[dg.EventLogEntry]) -> None:
        """All events of a batch or none, in one transaction for each database."""
        with self._db_lock, ExitStack() as together:
            self._together = together
            try:
                super().store_event_batch(events)
            finally:
                self._together = None
                self._begun.clear()

    def dispose(self) -> None:
        """Close the databases."""
        super().dispose()
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()

    def _engine(self, shard: str) -> sqlalchemy.Engine:
        if shard not in self._engines:
            engine = sqlalchemy.create_engine(
                self.conn_string_for_shard(shard),
                poolclass=sqlalchemy.StaticPool,
                connect_args={"timeout": SECONDS_TO_WAIT, "check_same_thread": False},
            )
            sqlalchemy.event.listen(engine, "connect", _wait_for_no_disk)
            self._initdb(engine)
            self._engines[shard] = engine
        return self._engines[shard]


def _wait_for_no_disk(connection: Any, _: Any) -> None:
    """After a loss of power the last events may be missing; the log is whole all the same."""
    connection.execute("pragma synchronous = normal")


def prepare_home(home: Path) -> Path:
    """Dagster's home folder, with our settings unless it has some; where those are."""
    private_folder(home)
    config = home / "dagster.yaml"
    if not config.exists():
        copyfile(PROJECT / "orchestration" / "dagster.yaml", config)
    return config


@contextmanager
def open_history(settings: Settings) -> Iterator[dg.DagsterInstance]:
    """The instance of Dagster that keeps the history of ``outcomes run``.

    Where its ``dagster.yaml`` names a storage of its own, as PostgreSQL, that is used as it is.
    """
    config = prepare_home(settings.dagster_home)
    overrides: dict[str, Any] = {}
    if not {"storage", "event_log_storage"} & set(read_yaml(config) or {}):
        overrides["event_log_storage"] = {
            "module": __name__,
            "class": EventLogKeptOpen.__name__,
            "config": {"base_dir": str(settings.dagster_home / "history" / "runs")},
        }
    reference = InstanceRef.from_dir(str(settings.dagster_home), overrides=overrides)
    with dg.DagsterInstance.from_ref(reference) as instance:
        yield instance
