"""``outcomes docs --checks``: the gates held once more, and written down by Great Expectations."""

from pathlib import Path

from orchestration.contracts import CONTRACTS, load_contracts
from orchestration.definitions import EXPECTATIONS, suites_by_gate
from orchestration.quality.conventions import columns_of, held_to, load_conventions
from orchestration.quality.data_docs import write_data_docs
from orchestration.settings import Settings
from orchestration.transform.assets import prepared_manifest, tables_made


def write_check_docs(settings: Settings, folder: Path) -> Path:
    """Data Docs of every table that the warehouse has; the page to begin with."""
    conventions = load_conventions(EXPECTATIONS / "conventions.yml")
    gates = suites_by_gate(load_contracts(CONTRACTS), tables_made(prepared_manifest(settings)))
    with settings.open_to_read() as warehouse:
        columns = columns_of(warehouse)
        held = {
            gate: held_to([one for one in suites if one.table in columns], conventions, columns)
            for gate, suites in gates.items()
        }
        return write_data_docs(warehouse, held, folder)
