"""The code location as Dagster sees it: it loads, and its graph changes only on purpose."""

import datetime as dt
from pathlib import Path

import dagster as dg
import pytest

from orchestration.contracts import load_contracts
from orchestration.definitions import EXPECTATIONS, GATES, build_defs
from orchestration.quality.suites import load_suites
from orchestration.settings import PROJECT, Settings
from orchestration.sources import SOURCES_FILE, sources_yaml

GRAPH = Path(__file__).parent / "expected_graph.txt"


@pytest.fixture(scope="module")
def defs(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    data = tmp_path_factory.mktemp("data")
    return build_defs(
        Settings(
            landing=data / "landing",
            data=data,
            as_at_date=dt.date(2026, 3, 31),
            authority_code=None,
            pseudonym_key=b"a key for tests that nobody keeps",
        )
    )


def test_the_nightly_job_covers_every_asset_and_every_gate(defs):
    job = defs.resolve_job_def("nightly")
    graph = defs.resolve_asset_graph()

    steps = {node.name for node in job.nodes}

    assert {"land_extracts", "build_tables", "build_outcomes", *GATES} <= steps
    assert set(job.asset_layer.executable_asset_keys) == set(graph.materializable_asset_keys)


def test_every_contract_has_its_raw_asset_and_its_gate(defs):
    contracts = load_contracts(EXPECTATIONS / "extracts")
    graph = defs.resolve_asset_graph()
    checks = {(key.asset_key, key.name) for key in graph.asset_check_keys}

    for contract in contracts.values():
        asset = dg.AssetKey(["raw", contract.extract])
        assert asset in graph.materializable_asset_keys
        assert (asset, "expectations") in checks


def test_every_gate_stands_between_the_landed_files_and_the_published_ones(defs):
    waits_for = _steps_before(defs.resolve_job_def("nightly"), "published__csc_outcomes")

    steps = ("build_tables", "build_outcomes", "history__baseline_forecasts", "build_curves")
    kept = ("quality__records_to_fix", "history__release_ledger")
    assert waits_for == {"land_extracts", *steps, *kept, *GATES}


def test_the_report_site_is_drawn_after_publication_and_nothing_waits_for_it(defs):
    job = defs.resolve_job_def("nightly")

    assert "published__csc_outcomes" in _steps_before(job, "published__site")
    for node in job.nodes:
        assert "published__site" not in _steps_before(job, node.name)


def test_every_suite_stands_at_a_gate():
    guarded = {room for rooms in GATES.values() for room in rooms}

    assert {suite.schema for suite in load_suites(EXPECTATIONS / "tables").values()} <= guarded


def test_every_table_that_is_made_stands_at_a_gate(defs):
    graph = defs.resolve_asset_graph()
    guarded = {key.asset_key for key in graph.asset_check_keys if key.name == "expectations"}
    rooms = {room for rooms in GATES.values() for room in rooms}

    unguarded = {
        key.to_user_string()
        for key in graph.materializable_asset_keys - guarded
        if key.path[0] in rooms and not key.path[1].startswith("measure__")
    }

    assert unguarded == {
        # Views over tables that are held to their rules.
        "measures/in_need_at_year_end",
        "measures/looked_after_at_year_end",
        "outcomes/chosen_indicators",
        "progress/progress_slices",
        # What the files and the gates themselves say.
        "quality/broken_promises",
        "quality/file_columns",
        "quality/records_to_fix",
        "quality/rows_by_year",
    }


def test_a_step_waits_for_the_gate_on_what_it_reads(defs):
    job = defs.resolve_job_def("nightly")

    assert "gate_on_extracts" in _steps_before(job, "build_tables")
    assert "gate_on_tables" in _steps_before(job, "build_outcomes")
    assert "gate_on_tables" not in _steps_before(job, "build_tables")
    # What is frozen stays: nothing wrong may be.
    assert "gate_on_outcomes" in _steps_before(job, "history__baseline_forecasts")


def _steps_before(job: dg.JobDefinition, step: str) -> set[str]:
    structure = job.graph.dependency_structure
    before: set[str] = set()
    waiting = [step]
    while waiting:
        for output in structure.all_upstream_outputs_from_node(waiting.pop()):
            if output.node_name not in before:
                before.add(output.node_name)
                waiting.append(output.node_name)
    return before


def test_dbt_tests_are_shown_as_checks_of_their_tables(defs):
    checks = defs.resolve_asset_graph().asset_check_keys

    assert any(check.name.startswith("one_row_per") for check in checks)


def test_the_graph_is_the_expected_one_line_by_line(defs):
    """After a change on purpose: write the lines below to tests/definitions/expected_graph.txt."""
    graph = defs.resolve_asset_graph()
    lines = [
        f"{key.to_user_string()} <- "
        + " ".join(sorted(parent.to_user_string() for parent in graph.get(key).parent_keys))
        for key in sorted(graph.materializable_asset_keys, key=lambda key: key.to_user_string())
    ]

    assert [line.rstrip() for line in lines] == GRAPH.read_text("utf-8").splitlines()


def test_the_sources_file_is_what_the_contracts_give():
    made = sources_yaml(load_contracts(EXPECTATIONS / "extracts"))

    assert SOURCES_FILE.read_text("utf-8") == made, "run `make sources`"


def test_every_variable_that_is_read_is_in_the_example_file():
    read = (PROJECT / "orchestration" / "settings.py").read_text("utf-8")
    example = (PROJECT / ".env.example").read_text("utf-8")
    names = {
        word.strip('"(),') for word in read.split() if word.strip('"(),').startswith("OUTCOMES_")
    }

    for name in names:
        assert f"{name}=" in example
