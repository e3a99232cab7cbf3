"""What `outcomes doctor` finds wanting in an installation, each with its remedy."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from orchestration import database, doctor
from orchestration.doctor import Finding, as_text, examine
from orchestration.ingest.load import key_fingerprint
from orchestration.night import note_published, one_night
from orchestration.publish.files import INTERNAL_FILE, RELEASE_FILE

KEY = "a key for tests that nobody keeps secret"
LATER = dt.timedelta(hours=1)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An installation of which everything is well."""
    data = tmp_path / "data"
    for folder in ("landing/201", "warehouse", "published"):
        (data / folder).mkdir(parents=True)
    (data / "landing" / "201" / "header.csv").write_text("CHILD\n", encoding="utf-8")
    with duckdb.connect(str(data / "warehouse" / "warehouse.duckdb")) as connection:
        connection.execute("create schema quality")
        connection.execute("create table quality.pseudonym_keys (fingerprint varchar)")
        connection.execute(
            "insert into quality.pseudonym_keys values (?)", [key_fingerprint(KEY.encode())]
        )
    for name in (RELEASE_FILE, INTERNAL_FILE):
        (data / "published" / name).write_bytes(name.encode())
    manifest = {
        name: {"sha256": hashlib.sha256(name.encode()).hexdigest()}
        for name in (RELEASE_FILE, INTERNAL_FILE)
    }
    (data / "published" / "manifest.json").write_text(json.dumps({"files": manifest}), "utf-8")
    with one_night(data / "warehouse" / "warehouse.duckdb", "2026-03-31"):
        note_published(data / "warehouse")
    return data


def wanting(
    data: Path, key: str = KEY, now: dt.datetime | None = None, **environment: str
) -> list[Finding]:
    """What is not well, this machine's packages apart: they are not this test's."""
    findings = examine(
        {"OUTCOMES_DATA": str(data), "OUTCOMES_PSEUDONYM_KEY": key, **environment},
        now or dt.datetime.now().astimezone() + LATER,
    )
    ours = ("Packages", "Compiled libraries")
    return [found for found in findings if not found.is_well and found.what not in ours]


def test_a_whole_installation_wants_nothing(data: Path):
    assert wanting(data) == []


@pytest.mark.parametrize(
    ("broken", "said", "remedy"),
    [
        (lambda data: (data / "published" / RELEASE_FILE).write_bytes(b"half"), "manifest", "Run"),
        (lambda data: (data / "published" / INTERNAL_FILE).unlink(), "manifest", "Run a night"),
        (lambda data: (data / "published" / f"{RELEASE_FILE}.wal").touch(), ".wal", "read-only"),
        (lambda data: (data / "landing/201/header.csv").unlink(), "is empty", "extracts"),
        (
            lambda data: (data / "warehouse/warehouse.duckdb").write_bytes(b"x" * 9000),
            "cannot be opened",
            "backup",
        ),
    ],
)
def test_each_fault_is_found_with_its_remedy(
    data: Path, broken: Callable[[Path], object], said: str, remedy: str
):
    broken(data)
    (finding,) = wanting(data)

    assert said in finding.said
    assert remedy in finding.remedy


def test_another_key_is_found_before_a_night_is_tried(data: Path):
    (finding,) = wanting(data, key=KEY[::-1])

    assert "another pseudonym key" in finding.said
    assert KEY[::-1] not in as_text([finding])


def test_without_a_key_the_remedy_is_the_command_that_makes_one(data: Path):
    (finding,) = wanting(data, key="")

    assert "outcomes make-key" in finding.remedy


def test_a_key_file_that_others_can_read_is_told(data: Path, tmp_path: Path):
    file = tmp_path / "key"
    file.write_text(KEY, encoding="utf-8")
    file.chmod(0o644)
    (finding,) = wanting(data, key="", OUTCOMES_PSEUDONYM_KEY_FILE=str(file))
    file.chmod(0o600)

    assert "chmod 600" in finding.remedy
    assert wanting(data, key="", OUTCOMES_PSEUDONYM_KEY_FILE=str(file)) == []


def test_a_key_without_what_encrypts_is_found_before_a_night_is_tried(
    data: Path, monkeypatch: pytest.MonkeyPatch
):
    (data / "warehouse" / "warehouse.duckdb").unlink()
    monkeypatch.setattr(database, "find_spec", lambda _name: None)
    (finding,) = wanting(data, OUTCOMES_ENCRYPTION_KEY="e" * 40)

    assert finding.what == "Encryption"
    assert "duckdb-extension-httpfs" in finding.remedy
    # Nobody without a key has to have it.
    assert wanting(data) == []


def test_what_encrypts_is_loaded_and_not_only_looked_for(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """It may be there and of another system, as where an environment was copied."""
    (data / "warehouse" / "warehouse.duckdb").unlink()
    of_another_system = tmp_path / "httpfs.duckdb_extension"
    of_another_system.write_bytes(b"of another system")
    monkeypatch.setattr(doctor, "extension_file", lambda: of_another_system)
    (finding,) = wanting(data, OUTCOMES_ENCRYPTION_KEY="e" * 40)

    assert "does not load" in finding.said


def test_a_clock_before_the_last_night_is_wrong(data: Path):
    (finding,) = wanting(data, now=dt.datetime.now().astimezone() - LATER)

    assert finding.what == "Clock"


def test_a_full_disk_is_told_with_what_is_wanted(data: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doctor, "LEAST_SPACE", 1 << 60)
    (finding,) = wanting(data)

    assert finding.what == "Space"


def test_a_warehouse_in_use_is_left_alone(data: Path):
    with one_night(data / "warehouse" / "warehouse.duckdb", "2026-03-31"):
        found = examine({"OUTCOMES_DATA": str(data), "OUTCOMES_PSEUDONYM_KEY": KEY})

    assert "in use" in next(finding.said for finding in found if finding.what == "Warehouse")


def test_a_package_that_is_not_as_locked_is_named(data: Path, tmp_path, monkeypatch):
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        "duckdb==0.0.1 \\\n    --hash=sha256:0\npywin32==1 ; sys_platform == 'win32' \\\n", "utf-8"
    )
    monkeypatch.setattr(doctor, "LOCK", lock)
    monkeypatch.setattr("sys.platform", "linux")
    found = next(f for f in examine({"OUTCOMES_DATA": str(data)}) if f.what == "Packages")

    assert "1 of 1 are not as locked: duckdb" in found.said
    assert "--require-hashes" in found.remedy


def test_a_machine_that_compiles_its_libraries_for_every_process_is_told(monkeypatch):
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    monkeypatch.setattr(duckdb, "__file__", "/nowhere/duckdb/__init__.py")
    found = next(f for f in examine({}) if f.what == "Compiled libraries")

    assert "PYTHONDONTWRITEBYTECODE" in found.remedy
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    assert next(f for f in examine({}) if f.what == "Compiled libraries").is_well
