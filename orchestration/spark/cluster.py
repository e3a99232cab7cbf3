"""A standalone Spark cluster on this machine's loopback: a master, two workers of one core each,
and the Thrift server that dbt speaks to. It is gone when the block ends, whatever ended it."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

LOOPBACK = "127.0.0.1"
WORKERS = 2
START_SECONDS = 120
# Spark's own default is 200 tasks for each join and sum: far more than a county has use for.
SHUFFLE_PARTITIONS = 2
# What tables there are is known for as long as the server runs: their files stay.
METASTORE = "jdbc:derby:memory:metastore;create=true"
SERVER_CONFIGURATION = {
    # As DuckDB does: a number that does not fit and a text that is no date are errors.
    "spark.sql.ansi.enabled": "true",
    # "DEC" is a column, as in standard SQL.
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.session.timeZone": "UTC",
    # A timestamp has no zone, as in DuckDB.
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.shuffle.partitions": str(SHUFFLE_PARTITIONS),
    "spark.sql.legacy.createHiveTableByDefault": "false",
    # Without a page of its own and without a log of events: nothing listens beyond what is needed.
    "spark.ui.enabled": "false",
    "spark.eventLog.enabled": "false",
    "spark.log.level": "WARN",
    # What the server remembers of statements that are done, for a page that nobody looks at: with
    # plans as long as those of the measures it filled a gigabyte and a half.
    "spark.sql.ui.retainedExecutions": "2",
    "spark.sql.thriftserver.ui.retainedStatements": "2",
    "spark.sql.thriftserver.ui.retainedSessions": "2",
    "spark.ui.retainedJobs": "20",
    "spark.ui.retainedStages": "20",
    "spark.ui.retainedTasks": "200",
    "spark.sql.maxPlanStringLength": "1000",
    "spark.executor.cores": "1",
    # Of a county most of the time goes into planning, not into rows: no planning anew after each
    # stage, no code made for each, and a long query lets short ones pass.
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.scheduler.mode": "FAIR",
}


class NoSpark(Exception):
    """Java or the optional packages are missing; the message says which and the remedy."""


class ClusterDidNotStart(Exception):
    """A process of the cluster ended or did not answer; the message names its log."""


@dataclass(frozen=True)
class Cluster:
    """A running cluster: where dbt finds it, and where its tables lie as Parquet."""

    port: int
    tables: Path

    def folder(self, schema: str, table: str) -> Path:
        """The folder of the Parquet files of one table."""
        return self.tables / f"{schema}.db" / table


def spark_home() -> Path:
    """The Spark that the PySpark package brings.

    Raises:
        NoSpark: the extra is not installed, or there is no Java.
    """
    package = find_spec("pyspark")
    if package is None or package.origin is None or find_spec("dbt.adapters.spark") is None:
        raise NoSpark("The optional packages are not installed: pip install 'csc-outcomes[spark]'.")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise NoSpark("There is no Java. Install Java 17 (a headless one will do).")
    return Path(package.origin).parent


@contextmanager
def running_cluster(
    folder: Path, *, memory_mb: int = 1024, server_mb: int = 3072, workers: int = WORKERS
) -> Iterator[Cluster]:
    """A cluster whose tables and logs lie in a folder; each worker may use so much memory, and the
    server, which plans every query and runs none, so much.

    Raises:
        NoSpark: the extra is not installed, or there is no Java.
        ClusterDidNotStart: a process ended or did not answer in time.
    """
    home = spark_home()
    folder.mkdir(parents=True, exist_ok=True)
    tables = folder / "tables"
    master_port, server_port = _free_ports(2)
    master = f"spark://{LOOPBACK}:{master_port}"
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": LOOPBACK,
        "SPARK_PUBLIC_DNS": LOOPBACK,
        "SPARK_DAEMON_MEMORY": "512m",
        "SPARK_LOCAL_DIRS": str(folder / "aside"),
        "SPARK_WORKER_DIR": str(folder / "work"),
    }
    run = str(home / "bin" / "spark-class")
    deploy = "org.apache.spark.deploy"
    with ExitStack() as stopping:

        def start(name: str, command: Sequence[str]) -> subprocess.Popen[bytes]:
            process = _start(command, folder / f"{name}.log", environment, folder)
            stopping.callback(_stop, process)
            return process

        started = start(
            "master",
            [
                *(run, f"{deploy}.master.Master", "--host", LOOPBACK),
                *("--port", str(master_port), "--webui-port", "0"),
            ],
        )
        _wait_for(master_port, started, folder / "master.log")
        for number in range(1, workers + 1):
            start(
                f"worker_{number}",
                [
                    *(run, f"{deploy}.worker.Worker", "--host", LOOPBACK, "--cores", "1"),
                    *("--memory", f"{memory_mb}m", "--webui-port", "0", master),
                ],
            )
        configuration = {
            **SERVER_CONFIGURATION,
            "spark.executor.memory": f"{memory_mb}m",
            "spark.driver.host": LOOPBACK,
            "spark.driver.bindAddress": LOOPBACK,
            "spark.sql.warehouse.dir": str(tables),
            "spark.hadoop.javax.jdo.option.ConnectionURL": METASTORE,
            "spark.hadoop.datanucleus.schema.autoCreateAll": "true",
        }
        server = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"
        started = start(
            "thrift_server",
            [
                *(str(home / "bin" / "spark-submit"), "--class", server, "--master", master),
                *("--driver-memory", f"{server_mb}m"),
                *(part for k, v in configuration.items() for part in ("--conf", f"{k}={v}")),
                "spark-internal",
                *("--hiveconf", f"hive.server2.thrift.bind.host={LOOPBACK}"),
                *("--hiveconf", f"hive.server2.thrift.port={server_port}"),
            ],
        )
        _wait_for(server_port, started, folder / "thrift_server.log")
        yield Cluster(server_port, tables)


def _start(
    command: Sequence[str], log: Path, environment: Mapping[str, str], folder: Path
) -> subprocess.Popen[bytes]:
    with log.open("wb") as written:
        return subprocess.Popen(
            command,
            stdout=written,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=folder,
            # A group of its own: the script that starts Java ends with it.
            start_new_session=True,
        )


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started."""
    for ending in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, ending)
            process.wait(timeout=15)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until somebody answers at a port."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise ClusterDidNotStart(f"Spark ended with code {process.returncode}: see {log}.")
        with socket.socket() as asking:
            asking.settimeout(1)
            if asking.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(0.5)
    raise ClusterDidNotStart(f"Spark did not answer in {START_SECONDS} seconds: see {log}.")


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [int(each.getsockname()[1]) for each in sockets]
