"""A part of a night on a lake, as a process of its own: what landed, and the models of the cohorts.

The whole night takes the same road with more models; this part is what a test can wait for.
"""

import subprocess
import sys

from orchestration.contracts import CONTRACTS, load_contracts
from orchestration.ingest.assets import a_night, landed_files
from orchestration.ingest.load import load_files
from orchestration.lake import install_extensions, open_warehouse
from orchestration.settings import Settings
from orchestration.transform.assets import DBT_PROJECT, dbt_command

MODELS = "+cohort_counts"


def main() -> int:
    """Land one authority's extracts and build the models; dbt's exit code."""
    settings = Settings.from_environment()
    settings.export()
    install_extensions(settings.extensions)
    contracts = load_contracts(CONTRACTS)
    with open_warehouse(settings.warehouse, None, settings.lake) as warehouse:
        load_files(warehouse, landed_files(contracts, settings), a_night(contracts, settings))
    return subprocess.run(
        [
            *(dbt_command(), "--quiet", "--no-use-colors", "build", "--select", MODELS),
            *("--exclude-resource-type", "unit_test", "--target", settings.dbt_profile),
            *("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)),
            *("--target-path", str(settings.dbt_target), "--log-path", str(settings.dbt_target)),
        ],
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
