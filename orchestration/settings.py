"""Where things are and what the night is about: the only reader of the environment."""

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.alerts import AlertSettings, BadAlertSetting
from orchestration.secret import secret

# dbt leaves variables of this name out of all that it writes.
EXPORTED_KEY = "DBT_ENV_SECRET_WAREHOUSE_KEY"
AUDIT_LOG = "audit.log"
PROJECT = Path(__file__).resolve().parents[1]


class MissingSetting(Exception):
    """A setting without a default was not given; the message names it and the remedy."""


@dataclass(frozen=True)
class Settings:
    """One night's choices about place; choices about meaning live in ``seeds`` and ``models``.

    ``as_at_date`` is the last day that the figures may know of. ``authority_code`` is used for
    files that neither lie in an authority's folder nor say whose they are. ``wait_minutes`` is how
    long a night waits for another to end.
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

    @property
    def warehouse(self) -> Path:
        """The working database; only the pipeline opens it."""
        return self.data / "warehouse" / "warehouse.duckdb"

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
        """Where dbt finds what DuckDB needs to write encrypted files."""
        return self.data / "dbt" / "extensions"

    @property
    def dbt_profile(self) -> str:
        """The target of dbt: one of its own where the warehouse is encrypted."""
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
        os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
        # What Dagster plans for a night is written together: see run_history.
        os.environ["DAGSTER_EVENT_BATCH_SIZE"] = "5000"
        self.warehouse.parent.mkdir(parents=True, exist_ok=True)
        self.dbt_target.mkdir(parents=True, exist_ok=True)

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
            landing=Path(environment.get("OUTCOMES_LANDING") or data / "landing").resolve(),
            data=data,
            as_at_date=as_at_date,
            authority_code=environment.get("OUTCOMES_AUTHORITY") or None,
            pseudonym_key=key.encode("utf-8"),
            encryption_key=cls.encryption_key_of(environment),
            target=environment.get("OUTCOMES_TARGET", "prod"),
            wait_minutes=float(wait),
            alerts=alerts,
            kept_publications=_kept_publications(environment),
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
    def data_folder(environment: Mapping[str, str] = os.environ) -> Path:
        """Where everything that a run makes is kept."""
        return Path(environment.get("OUTCOMES_DATA") or PROJECT / "data").resolve()


def _kept_publications(environment: Mapping[str, str]) -> int:
    given = environment.get("OUTCOMES_KEPT_PUBLICATIONS") or "7"
    if not given.isdecimal() or int(given) < 1:
        raise MissingSetting(f"OUTCOMES_KEPT_PUBLICATIONS must be 1 or more, not {given!r}")
    return int(given)


# Long enough that nobody can try all keys against a list of known identifiers.
MINIMUM_KEY_LENGTH = 32
