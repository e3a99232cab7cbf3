import gc

import pyarrow as pa

from orchestration.statistics.linked_figures import Count, withheld_figures

COLUMNS = pa.schema(
    [
        ("aspect", pa.string()),
        ("local_authority_code", pa.string()),
        ("reporting_year", pa.int32()),
        ("table_code", pa.string()),
        ("period_id", pa.string()),
        ("breakdown", pa.string()),
        ("breakdown_value", pa.string()),
    ]
)


def model(dbt, session):
    """The door to secondary suppression, which is no question for SQL."""
    dbt.config(materialized="table")
    cells = dbt.ref("disclosure_cells").project(", ".join(Count._fields))
    # Hundreds of thousands of counts and no circles among them: a fifth of the time would go into
    # looking for some.
    gc.disable()
    try:
        withheld = withheld_figures(map(Count._make, cells.fetchall()))
    finally:
        gc.enable()
    rows = [dict(zip(COLUMNS.names, (*key, *cell), strict=True)) for key, cell in withheld]
    return pa.Table.from_pylist(rows, schema=COLUMNS)
