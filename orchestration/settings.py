"""Where things are and what the night is about: the only reader of the environment."""

import datetime as dt
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.alerts import AlertSettings, BadAlertSetting
from orchestration.lake import Lake, open_warehouse
from orchestration.secret import private_folder, secret

# dbt leaves variables of this name out of all that it writes.
EXPORTED_KEY = "DBT_ENV_SECRET_WAREHOUSE_KEY"
EXPORTED_CATALOGUE = "DBT_ENV_SECRET_LAKE_CATALOGUE"
AUDIT_LOG = "audit.log"
AUTHORITIES = "authorities"
PROJECT = Path(__file__).resolve().parents[1]


class MissingSetting(Exception):
    """A setting without a default was not given; the message names it and the remedy."""


@dataclass(frozen=True)
class Settings:
    """One night's choices about place; choices about meaning live in ``seeds`` and ``models``.

    ``as_at_date`` is the last day that the figures may know of. ``authority_code`` is used for
    files that neither lie in an authority's folder nor say whose they are; ``only_authority`` is
    the one whose files are read, in a data folder of its own. ``wait_minutes`` is how long a night
    waits for another to end.
    """

    landing: Path
    data: Path
    as_at_date: dt.date
    authority_code: str | None
    pseudonym_key: bytes = field(repr=False)
    encryption_key: str | None = field(default=None, repr=False)
    target: str = "prod"
    wait_minutes: float = 0
    alerts: AlertSettings = field(default_factory=AlertSettings)
    kept_publications: int = 7
    only_authority: str | None = None
    lake: Lake | None = None

    @property
    def warehouse(self) -> Path:
        """The working database; only the pipeline opens it."""
        return self.data / "warehouse" / "warehouse.duckdb"

    @property
    def has_warehouse(self) -> bool:
        """Whether there is something to open; of a lake only its catalogue knows."""
        return self.lake is not None or self.warehouse.exists()

    @contextmanager
    def open_to_read(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to the warehouse for reading, whichever it is: a lake or a file.

        Raises:
            CannotOpen: it is encrypted with another key, or the lake is not there.
        """
        with open_warehouse(
            self.warehouse, self.encryption_key, self.lake, read_only=True
        ) as connection:
            yield connection

    @contextmanager
    def open_to_write(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """As ``open_to_read``, to change it: for what a person asks for between two nights."""
        with open_warehouse(self.warehouse, self.encryption_key, self.lake) as connection:
            yield connection

    @property
    def published(self) -> Path:
        """The folder of the two published files."""
        return self.data / "published"

    @property
    def site(self) -> Path:
        """The folder of the report site."""
        return self.published / "site"

    @property
    def dagster_home(self) -> Path:
        """Run history and event logs."""
        return self.data / "dagster"

    @property
    def dbt_target(self) -> Path:
        """What dbt writes as it works: manifest, compiled SQL, run results."""
        return self.data / "dbt"

    @property
    def erased_list(self) -> Path:
        """Pseudonyms of those who were erased, by which their rows are let go at arrival."""
        return self.data / "erased.csv"

    @property
    def audit_log(self) -> Path:
        """Who looked behind a pseudonym, and that somebody was erased."""
        return self.data / AUDIT_LOG

    @property
    def extensions(self) -> Path:
        """Where dbt finds what DuckDB needs for encrypted files and for a lake."""
        return self.data / "dbt" / "extensions"

    @property
    def dbt_profile(self) -> str:
        """The target of dbt: one of its own where the warehouse is encrypted or a lake."""
        if self.lake is not None:
            return "ducklake"
        return self.target if self.encryption_key is None else "encrypted"

    def export(self) -> None:
        """Tell dbt, which runs as a command of its own, where the warehouse is and as at what day;
        and Dagster how to write."""
        os.environ["WAREHOUSE_PATH"] = str(self.warehouse)
        os.environ["AS_AT_DATE"] = self.as_at_date.isoformat()
        os.environ.pop(EXPORTED_KEY, None)
        if self.encryption_key is not None:
            os.environ[EXPORTED_KEY] = self.encryption_key
        os.environ["DUCKDB_EXTENSIONS"] = str(self.extensions)
        os.environ.pop(EXPORTED_CATALOGUE, None)
        if self.lake is not None:
            private_folder(self.lake.files)
            os.environ[EXPORTED_CATALOGUE] = self.lake.catalogue
            os.environ["LAKE_SCHEMA"] = self.lake.schema
            os.environ["LAKE_DATA"] = str(self.lake.files)
        os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
        # What Dagster plans for a night is written together: see run_history.
        os.environ["DAGSTER_EVENT_BATCH_SIZE"] = "5000"
        private_folder(self.warehouse.parent)
        private_folder(self.dbt_target)

    @classmethod
    def from_environment(
        cls,
        environment: Mapping[str, str] = os.environ,
        given: Mapping[str, str] | None = None,
    ) -> "Settings":
        """Settings as ``.env.example`` describes them; what the command line gives comes first.

        Raises:
            MissingSetting: there is no pseudonym key, or a date or number cannot be read.
        """
        environment = {**environment, **(given or {})}
        data = cls.data_folder(environment)
        everything = _everything(environment)
        only = environment.get("OUTCOMES_ONLY_AUTHORITY") or None
        key = secret(environment, "OUTCOMES_PSEUDONYM_KEY") or ""
        if len(key) < MINIMUM_KEY_LENGTH:
            raise MissingSetting(
                f"OUTCOMES_PSEUDONYM_KEY, or the file OUTCOMES_PSEUDONYM_KEY_FILE names, must "
                f"hold at least {MINIMUM_KEY_LENGTH} characters. Make one with `outcomes make-key "
                "<file>`, keep it secret and never change it: children would get new pseudonyms."
            )
        as_at = environment.get("OUTCOMES_AS_AT", "")
        try:
            as_at_date = dt.date.fromisoformat(as_at) if as_at else dt.date.today()  # noqa: DTZ011
        except ValueError as error:
            raise MissingSetting(f"OUTCOMES_AS_AT must read yyyy-mm-dd, not {as_at!r}") from error
        wait = environment.get("OUTCOMES_WAIT", "") or "120"
        if not wait.replace(".", "", 1).isdecimal():
            raise MissingSetting(f"OUTCOMES_WAIT is a number of minutes, not {wait!r}")
        try:
            alerts = AlertSettings.read(environment)
        except BadAlertSetting as error:
            raise MissingSetting(str(error)) from error
        return cls(
            landing=Path(environment.get("OUTCOMES_LANDING") or everything / "landing").resolve(),
            data=data,
            as_at_date=as_at_date,
            authority_code=environment.get("OUTCOMES_AUTHORITY") or None,
            pseudonym_key=key.encode("utf-8"),
            encryption_key=cls.encryption_key_of(environment),
            target=environment.get("OUTCOMES_TARGET", "prod"),
            wait_minutes=float(wait),
            alerts=alerts,
            kept_publications=_kept_publications(environment),
            only_authority=only,
            lake=_lake(environment, f"authority_{only}" if only else "outcomes"),
        )

    @staticmethod
    def encryption_key_of(environment: Mapping[str, str] = os.environ) -> str | None:
        """The key of the warehouse and the internal file; None where they are not encrypted.

        Raises:
            MissingSetting: it is too short to keep anybody out, or its file is not there.
        """
        key = secret(environment, "OUTCOMES_ENCRYPTION_KEY") or ""
        if not key and not environment.get("OUTCOMES_ENCRYPTION_KEY_FILE"):
            return None
        if len(key) < MINIMUM_KEY_LENGTH:
            raise MissingSetting(
                f"OUTCOMES_ENCRYPTION_KEY, or the file OUTCOMES_ENCRYPTION_KEY_FILE names, must "
                f"hold at least {MINIMUM_KEY_LENGTH} characters. `outcomes make-key <file>` makes "
                "one."
            )
        return key

    @staticmethod
    def exported_key(environment: Mapping[str, str] = os.environ) -> str | None:
        """The key that ``export`` has told: settings of a resource would be kept with every run,
        and so would a key among them."""
        return environment.get(EXPORTED_KEY)

    @staticmethod
    def exported_lake(environment: Mapping[str, str] = os.environ) -> Lake | None:
        """The lake that ``export`` has told, for the same reason."""
        catalogue = environment.get(EXPORTED_CATALOGUE)
        if not catalogue:
            return None
        return Lake(catalogue, environment["LAKE_SCHEMA"], Path(environment["LAKE_DATA"]))

    @staticmethod
    def data_folder(environment: Mapping[str, str] = os.environ) -> Path:
        """Where everything that a run makes is kept; that of one authority in a folder of its own,
        so that no two nights write to one file.

        Raises:
            MissingSetting: what is given as an authority's code is none.
        """
        everything = _everything(environment)
        only = environment.get("OUTCOMES_ONLY_AUTHORITY") or ""
        if only and not re.fullmatch(r"\d{3}", only):
            raise MissingSetting(f"OUTCOMES_ONLY_AUTHORITY is a code of three digits, not {only!r}")
        return everything / AUTHORITIES / only if only else everything


def _everything(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("OUTCOMES_DATA") or PROJECT / "data").resolve()


def _lake(environment: Mapping[str, str], schema: str) -> Lake | None:
    catalogue = secret(environment, "OUTCOMES_LAKE_CATALOGUE")
    if catalogue is None:
        raise MissingSetting("The file that OUTCOMES_LAKE_CATALOGUE_FILE names cannot be read.")
    if not catalogue:
        return None
    if Settings.encryption_key_of(environment) is not None:
        raise MissingSetting(
            "A lake is not encrypted by this project: take OUTCOMES_ENCRYPTION_KEY away and keep "
            "its folder and its database on encrypted disks, or take OUTCOMES_LAKE_CATALOGUE away."
        )
    files = environment.get("OUTCOMES_LAKE_DATA") or _everything(environment) / "lake"
    return Lake(catalogue, schema, Path(files).resolve() / schema)


def _kept_publications(environment: Mapping[str, str]) -> int:
    given = environment.get("OUTCOMES_KEPT_PUBLICATIONS") or "7"
    if not given.isdecimal() or int(given) < 1:
        raise MissingSetting(f"OUTCOMES_KEPT_PUBLICATIONS must be 1 or more, not {given!r}")
    return int(given)


# Long enough that nobody can try all keys against a list of known identifiers.
MINIMUM_KEY_LENGTH = 32
