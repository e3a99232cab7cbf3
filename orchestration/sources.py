"""``make sources``: contracts → ``models/staging/_sources.yml``, dbt's list of raw tables."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from orchestration.contracts import ExtractContract
from orchestration.ingest.register import TABLES
from orchestration.settings import PROJECT

SOURCES_FILE = PROJECT / "models" / "staging" / "_sources.yml"
HEADING = "# Made by `make sources` from expectations/extracts: edit the contract, not this file.\n"


def sources_yaml(contracts: Mapping[str, ExtractContract]) -> str:
    """The text of ``_sources.yml``: one raw table per contract, and the tables of the register."""
    raw = [
        {"name": contract.extract, "description": contract.description}
        for contract in contracts.values()
    ]
    quality = [
        {"name": table.partition(".")[2], "description": description}
        for table, (description, _) in TABLES.items()
    ]
    document = {
        "sources": [
            {"name": "raw", "schema": "raw", "tables": raw},
            {"name": "quality", "schema": "quality", "tables": quality},
        ]
    }
    return HEADING + yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)


def write_sources(contracts: Mapping[str, ExtractContract], file: Path = SOURCES_FILE) -> None:
    """Write the file that dbt reads."""
    file.write_text(sources_yaml(contracts), encoding="utf-8")
