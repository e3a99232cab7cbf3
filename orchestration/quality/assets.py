"""The list of records to put right, made once the tables behind it are known to be sound."""

from collections.abc import Mapping, Sequence

import dagster as dg

from orchestration.contracts import ExtractContract
from orchestration.quality.conventions import Convention, columns_of, held_to
from orchestration.quality.records import BROKEN, RECORDS, Remedy, list_records
from orchestration.quality.suites import Suite
from orchestration.resources import WAREHOUSE_POOL, Warehouse
from orchestration.settings import Settings

MADE_OF = (
    BROKEN,
    "quality.emptied_cells",
    "quality.quarantined_rows",
    "intermediate.identities",
    "intermediate.allocations",
)


def build_records(
    contracts: Mapping[str, ExtractContract],
    suites: Sequence[Suite],
    conventions: Sequence[Convention],
    remedy: Remedy,
    settings: Settings,
) -> dg.AssetsDefinition:
    """Every record at fault, with its child, its team and what to do; and the trend by team."""

    @dg.asset(
        key=RECORDS.split("."),
        description="Records to put right: file, line, field, rule and remedy, by child and team.",
        deps=[dg.AssetKey(table.split(".")) for table in MADE_OF],
        group_name="quality",
        pool=WAREHOUSE_POOL,
    )
    def records_to_fix(warehouse: Warehouse) -> dg.MaterializeResult[None]:
        with warehouse.connect() as connection:
            columns = columns_of(connection)
            held = held_to(suites, conventions, columns)
            count = list_records(connection, contracts, held, remedy, settings.as_at_date)
        return dg.MaterializeResult(metadata={"dagster/row_count": count})

    return records_to_fix
