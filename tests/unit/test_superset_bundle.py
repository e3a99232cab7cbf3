"""The dashboard for Superset hangs together: what a chart asks for, its dataset has."""

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import yaml
from typer.testing import CliRunner

from orchestration.cli import app


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Each file of the zip that the command writes, by its path in it."""
    out = tmp_path_factory.mktemp("bundle") / "bundle.zip"
    written = CliRunner().invoke(app, ["superset", str(out), "--file", "/srv/night/release.duckdb"])
    assert written.exit_code == 0, written.output
    with ZipFile(out) as opened:
        return {name: yaml.safe_load(opened.read(name)) for name in opened.namelist()}


def of_kind(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [content for name, content in bundle.items() if Path(name).parts[1] == kind]


def test_the_database_is_the_file_that_was_named_opened_for_reading_only(bundle):
    (database,) = of_kind(bundle, "databases")
    assert database["sqlalchemy_uri"] == (
        "duckdb:////srv/night/release.duckdb?access_mode=READ_ONLY"
    )
    assert not database["allow_dml"] and not database["allow_ctas"]


def test_every_chart_asks_its_dataset_for_columns_that_it_has(bundle):
    datasets = {dataset["uuid"]: dataset for dataset in of_kind(bundle, "datasets")}
    for chart in of_kind(bundle, "charts"):
        columns = {column["column_name"] for column in datasets[chart["dataset_uuid"]]["columns"]}
        asked = chart["params"]
        wanted = {*asked.get("all_columns", ()), *asked.get("groupby", ())}
        wanted |= {asked["x_axis"]} if "x_axis" in asked else set()
        wanted |= {filtered["subject"] for filtered in asked["adhoc_filters"]}
        wanted |= {
            metric["column"]["column_name"]
            for metric in asked.get("metrics", ())
            if metric["expressionType"] == "SIMPLE"
        }
        assert wanted and wanted <= columns, chart["slice_name"]
        # The rows of a table are told apart first: it cannot be sorted by what it does not show.
        sorted_by = {json.loads(order)[0] for order in asked.get("order_by_cols", ())}
        assert sorted_by <= set(asked.get("all_columns", ())), chart["slice_name"]


def test_the_dashboard_shows_every_chart_and_filters_by_columns_that_are_there(bundle):
    (dashboard,) = of_kind(bundle, "dashboards")
    shown = {
        place["meta"]["uuid"]
        for place in dashboard["position"].values()
        if isinstance(place, dict) and place["type"] == "CHART"
    }
    assert shown == {chart["uuid"] for chart in of_kind(bundle, "charts")}
    datasets = {dataset["uuid"]: dataset for dataset in of_kind(bundle, "datasets")}
    for native in dashboard["metadata"]["native_filter_configuration"]:
        (target,) = native["targets"]
        columns = [column["column_name"] for column in datasets[target["datasetUuid"]]["columns"]]
        assert target["column"]["name"] in columns
