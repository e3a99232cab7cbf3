"""The data dictionary is one page, and leads from every outcome to the feeds behind it."""

import csv
import datetime as dt
from pathlib import Path

import duckdb
import pytest

from orchestration.contracts import load_contracts
from orchestration.settings import PROJECT, Settings
from orchestration.transform.docs import CannotDescribe, write_docs, write_lineage


def test_every_outcome_leads_to_feeds_that_a_contract_describes(tmp_path: Path):
    file = tmp_path / "lineage.csv"
    write_lineage(file)

    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    with (PROJECT / "seeds/framework/outcomes.csv").open(encoding="utf-8", newline="") as handle:
        outcomes = {row["outcome_id"] for row in csv.DictReader(handle)}
    assert {row["outcome_id"] for row in rows} == outcomes
    contracts = load_contracts(PROJECT / "expectations" / "extracts")
    # The register writes them its own way, and a whole return by its name.
    known = {name.replace("reference__", "ref_").replace("__", "_") for name in contracts}
    known |= {name.partition("__")[0] for name in contracts}
    assert {row["feed"] for row in rows} <= known


def test_without_a_warehouse_there_is_nothing_to_describe(tmp_path: Path):
    settings = Settings(tmp_path, tmp_path, dt.date(2026, 3, 31), None, b"")
    with pytest.raises(CannotDescribe, match="no warehouse"):
        write_docs(settings, tmp_path / "docs")
    assert not (tmp_path / "docs").exists()


@pytest.mark.slow
def test_the_dictionary_is_one_page_with_every_model_in_it(tmp_path: Path):
    settings = Settings(tmp_path, tmp_path, dt.date(2026, 3, 31), None, b"")
    settings.warehouse.parent.mkdir(parents=True)
    duckdb.connect(str(settings.warehouse)).close()

    page, _ = write_docs(settings, tmp_path / "docs")

    text = page.read_text("utf-8")
    models = [file.stem for file in (PROJECT / "models").rglob("*.sql")]
    assert len(models) > 100
    assert [name for name in models if f'"{name}"' not in text] == []
