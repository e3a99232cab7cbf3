"""When things run: the nightly job, its schedule, and the sensor on the landing folder."""

import hashlib
import json
import socket
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import dagster as dg

from orchestration.alerts import TOLD_TAG, Alert, AlertSettings, send
from orchestration.failures import reason_of, told_reason
from orchestration.night import note_failed_step, note_published, note_step

NIGHTLY = "nightly"
PUBLISH_STEP = "published__csc_outcomes"
UNFINISHED = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
# A look at the folder this often; a file that changed within this time may still be on its way.
SECONDS_OF_QUIET = 60


def build_automation(
    landing: Path,
    nights: Path | None = None,
    as_at_date: str = "",
    alerts: AlertSettings | None = None,
) -> dg.Definitions:
    """The nightly job, with a schedule and a sensor that stay stopped until somebody starts them.

    ``nights`` is the folder where it is written down how each night ended; ``alerts`` says whom to
    tell when one failed, and that sensor is on from the start.

    Everything runs in one process: DuckDB lets one process write, so side by side gains nothing.
    """
    job = dg.define_asset_job(
        NIGHTLY,
        selection=dg.AssetSelection.all(),
        executor_def=dg.in_process_executor,
        hooks=_writing_down(nights) if nights else None,
        description="From the landing folder to the published files, through every gate.",
    )
    schedule = dg.ScheduleDefinition(
        name="every_night",
        job=job,
        cron_schedule="0 2 * * *",
        execution_timezone="Europe/London",
    )

    @dg.sensor(
        name="landing_folder",
        job=job,
        minimum_interval_seconds=SECONDS_OF_QUIET,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Starts the nightly job once files have come, changed or gone, and are quiet.",
    )
    def landing_folder(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        decision = decide(look_at(landing), Memory.read(context.cursor), time.time())
        if decision.starts and _is_running(context.instance):
            # Not remembered as started: the files are still to be read.
            return dg.SensorResult(
                skip_reason="A run is going on; the files that came since are read after it.",
                cursor=context.cursor,
            )
        return dg.SensorResult(
            run_requests=[dg.RunRequest(run_key=decision.memory.run_key)]
            if decision.starts
            else [],
            skip_reason=decision.waits_because or None,
            cursor=decision.memory.written(),
        )

    @dg.run_failure_sensor(
        name="night_failed",
        monitored_jobs=[job],
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells by log, email and webhook, as is set, that a night failed and where.",
    )
    def night_failed(context: dg.RunFailureSensorContext) -> None:
        if TOLD_TAG in context.dagster_run.tags:
            return
        failures = context.get_step_failure_events()
        step = failures[0].step_key or "" if failures else ""
        error = failures[0].step_failure_data.error if failures else None
        done = context.instance.all_logs(
            context.dagster_run.run_id, of_type=dg.DagsterEventType.STEP_SUCCESS
        )
        send(
            Alert(
                host=socket.gethostname(),
                as_at_date=as_at_date,
                failed_step=step,
                reason=told_reason(error) if error else "the run ended without a failed step",
                is_published=any(record.step_key == PUBLISH_STEP for record in done),
            ),
            alerts or AlertSettings(),
        )

    return dg.Definitions(jobs=[job], schedules=[schedule], sensors=[landing_folder, night_failed])


def _writing_down(nights: Path) -> set[dg.HookDefinition]:
    """What a night is remembered by, whoever started it: how far it came, that it published, and
    where it failed."""

    @dg.success_hook(name="write_down_step")
    def done(context: dg.HookContext) -> None:
        note_step(nights, context.step_key)
        if context.step_key == PUBLISH_STEP:
            note_published(nights)

    @dg.failure_hook(name="write_down_failure")
    def failed(context: dg.HookContext) -> None:
        note_failed_step(nights, context.step_key, reason_of(context.op_exception))

    return {done, failed}


def _is_running(instance: dg.DagsterInstance) -> bool:
    return instance.get_runs_count(dg.RunsFilter(job_name=NIGHTLY, statuses=UNFINISHED)) > 0


# ---- what the landing folder looks like, and whether that is a reason to run ----


@dataclass(frozen=True)
class Seen:
    """A landed file from outside: nothing of it is read."""

    size: int
    changed_at: float


@dataclass(frozen=True)
class Memory:
    """What the sensor keeps between looks: the folder as it was seen last, and as last started for.

    ``starts`` counts, because a folder may come back to what it was before, and has to be read
    again then.
    """

    seen: str = ""
    started_for: str = ""
    starts: int = 0

    @classmethod
    def read(cls, cursor: str | None) -> "Memory":
        """The memory that a cursor holds; an empty one before the first look."""
        return cls(**json.loads(cursor)) if cursor else cls()

    def written(self) -> str:
        """The cursor that holds it."""
        return json.dumps(asdict(self))

    @property
    def run_key(self) -> str:
        """One for each start, so that a start which is asked for twice is one run."""
        return f"{self.starts}-{self.started_for}"


@dataclass(frozen=True)
class Decision:
    """What follows from one look at the folder."""

    memory: Memory
    waits_because: str = ""

    @property
    def starts(self) -> bool:
        """Whether a run is due."""
        return not self.waits_because


def look_at(landing: Path) -> dict[str, Seen] | None:
    """Every file below a folder by its name, hidden ones apart; None where there is no folder."""
    if not landing.is_dir():
        return None
    seen = {}
    for path in landing.rglob("*"):
        name = path.relative_to(landing)
        if any(part.startswith(".") for part in name.parts):
            continue
        try:
            if path.is_file():
                status = path.stat()
                seen[name.as_posix()] = Seen(status.st_size, status.st_mtime)
        except FileNotFoundError:
            continue  # Moved away while we looked: the next look sees a changed folder.
    return seen


def decide(files: Mapping[str, Seen] | None, memory: Memory, now: float) -> Decision:
    """Whether the files are a reason to run, and if not, why not.

    They are when they differ from those of the last start, are the same as at the last look, and
    none of them has changed within the last minute. Two looks, because some copying tools set a
    file's time before its content is whole.
    """
    if files is None:
        return Decision(memory, "There is no landing folder. Make it, or set OUTCOMES_LANDING.")
    if not files:
        return Decision(
            memory,
            "The landing folder is empty. A run would take every row away: if that is meant, start "
            "the job by hand.",
        )
    digest = _digest(files)
    if digest == memory.started_for:
        return Decision(
            Memory(digest, digest, memory.starts), "Nothing has changed since the last run."
        )
    looked = Memory(digest, memory.started_for, memory.starts)
    # A time ahead of our clock says nothing; two looks that agree have to do.
    recent = sum(0 <= now - file.changed_at < SECONDS_OF_QUIET for file in files.values())
    if recent:
        return Decision(
            looked,
            f"{recent} of {len(files)} files changed within the last {SECONDS_OF_QUIET} seconds: "
            "waiting until all are copied.",
        )
    if digest != memory.seen:
        return Decision(
            looked, "Files have come, changed or gone since the last look: waiting for another."
        )
    return Decision(Memory(digest, digest, memory.starts + 1))


def _digest(files: Mapping[str, Seen]) -> str:
    """Of names, sizes and times: another whenever a file came, changed or went."""
    told = json.dumps([[name, file.size, file.changed_at] for name, file in sorted(files.items())])
    return hashlib.sha256(told.encode()).hexdigest()[:32]
