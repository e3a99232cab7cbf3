"""The history that a run leaves is the one that Dagster's page reads."""

import datetime as dt
from pathlib import Path

import dagster as dg
import pytest
from dagster_shared.check import CheckError

from orchestration.resources import WAREHOUSE_POOL, Warehouse
from orchestration.run_history import EventLogKeptOpen, open_history
from orchestration.settings import Settings

ASSETS = 12


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DAGSTER_EVENT_BATCH_SIZE", "5000")
    return Settings(tmp_path / "landing", tmp_path, dt.date(2026, 3, 31), None, b"")


def run_through(instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    """A run with assets and checks, as many as tell a batch from a single event."""

    @dg.multi_asset(
        specs=[dg.AssetSpec(f"table_{number}") for number in range(ASSETS)],
        check_specs=[dg.AssetCheckSpec("whole", asset="table_0")],
    )
    def tables():
        for number in range(ASSETS):
            yield dg.MaterializeResult(asset_key=f"table_{number}", metadata={"rows": number})
        yield dg.AssetCheckResult(asset_key="table_0", check_name="whole", passed=True)

    job = dg.Definitions(
        assets=[tables], jobs=[dg.define_asset_job("all", executor_def=dg.in_process_executor)]
    ).resolve_job_def("all")
    return job.execute_in_process(instance=instance)


def told(instance: dg.DagsterInstance, run_id: str) -> tuple[list[str], int | None, int]:
    """What the page shows of a run: its events, the newest rows of an asset, and its checks."""
    newest = instance.get_latest_materialization_event(dg.AssetKey("table_7"))
    rows = newest and newest.asset_materialization and newest.asset_materialization.metadata["rows"]
    checks = instance.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(dg.AssetKey("table_0"), "whole"), limit=5
    )
    events = [record.dagster_event for record in instance.all_logs(run_id)]
    return (
        [event.event_type_value for event in events if event],
        rows.value if rows else None,
        len(checks),
    )


def test_dagsters_own_storage_reads_what_was_written_and_writes_on(settings: Settings):
    with open_history(settings) as instance:
        assert isinstance(instance.event_log_storage, EventLogKeptOpen)
        first = run_through(instance)
        written = told(instance, first.run_id)
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as plain:
        read = told(plain, first.run_id)
        second = run_through(plain)
        plainly = told(plain, second.run_id)

    assert written == read
    assert read[0].count("ASSET_MATERIALIZATION_PLANNED") == ASSETS
    assert read[1:] == (7, 1)
    assert plainly == (read[0], 7, 2)


def test_a_batch_that_fails_half_way_leaves_nothing_of_itself(settings: Settings):
    with open_history(settings) as instance:
        run = run_through(instance)
        storage = instance.event_log_storage
        entries = storage.get_logs_for_run(run.run_id)
        planned = [
            entry
            for entry in entries
            if entry.dagster_event_type == dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED
        ]
        with pytest.raises(CheckError):
            storage.store_event_batch([*planned, "no event"])  # type: ignore[list-item]

        assert len(storage.get_logs_for_run(run.run_id)) == len(entries)


def test_a_storage_that_is_named_is_used_as_it_is(settings: Settings, tmp_path: Path):
    settings.dagster_home.mkdir()
    (settings.dagster_home / "dagster.yaml").write_text(
        f"storage: {{sqlite: {{base_dir: {(tmp_path / 'elsewhere').as_posix()}}}}}\n", "utf-8"
    )
    with open_history(settings) as instance:
        assert not isinstance(instance.event_log_storage, EventLogKeptOpen)
        run_through(instance)

    assert (tmp_path / "elsewhere").is_dir()


def test_a_night_takes_the_place_in_the_pool_that_a_killed_one_held(settings: Settings):
    @dg.asset(pool=WAREHOUSE_POOL)
    def counted(warehouse: Warehouse) -> None: ...

    job = dg.Definitions(
        assets=[counted],
        resources={"warehouse": Warehouse(path=str(settings.data / "warehouse.duckdb"))},
        jobs=[dg.define_asset_job("night", executor_def=dg.in_process_executor)],
    ).resolve_job_def("night")
    with open_history(settings) as instance:
        storage = instance.event_log_storage
        storage.set_concurrency_slots(WAREHOUSE_POOL, 1)
        storage.claim_concurrency_slot(WAREHOUSE_POOL, "killed", "gate_on_curves")
        storage.claim_concurrency_slot(WAREHOUSE_POOL, "killed too", "land_extracts")
        assert storage.get_concurrency_info(WAREHOUSE_POOL).active_run_ids == {"killed"}

        # Without it this would wait for ever.
        assert job.execute_in_process(instance=instance).success
        left = storage.get_concurrency_info(WAREHOUSE_POOL)

    assert (left.active_run_ids, left.pending_steps) == (set(), [])
