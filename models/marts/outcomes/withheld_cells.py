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

# A count of disclosure_cells, by what release_differences calls it.
TESTED_BY = {
    "aspect": "aspect",
    "local_authority_code": "local_authority_code",
    "table_code": "table_code",
    "period_id": "period_id",
    "breakdown": "breakdown",
    "breakdown_value": "breakdown_value",
    "counted_of": "count_code",
}
TESTED = (
    f"{', '.join(TESTED_BY)}, bool_or(decision = 'HOLD') as is_held, "
    # How many there are stands with the count that it follows from.
    "case when count(distinct coalesce(last_release, '')) = 1 then min(last_release) end "
    "as last_release"
)
# What is on hold is small for tonight, and must not be worked out either.
HELD = {
    "is_small": "cells.is_small or coalesce(tests.is_held, false)",
    "is_guarded": "cells.is_guarded or coalesce(tests.is_held and cells.counted > 0, false)",
    "last_release": "tests.last_release",
}


def model(dbt, session):
    """The door to secondary suppression, which is no question for SQL."""
    dbt.config(materialized="table")
    cells = dbt.ref("disclosure_cells").set_alias("cells")
    tests = dbt.ref("release_differences").aggregate(TESTED, ", ".join(TESTED_BY)).set_alias("tests")
    tested = " and ".join(f"cells.{ours} = tests.{theirs}" for theirs, ours in TESTED_BY.items())
    cells = cells.join(tests, tested, how="left").project(
        ", ".join(HELD.get(field, f"cells.{field}") for field in Count._fields)
    )
    # Hundreds of thousands of counts and no circles among them: a fifth of the time would go into
    # looking for some.
    gc.disable()
    try:
        withheld = withheld_figures(map(Count._make, cells.fetchall()))
    finally:
        gc.enable()
    rows = [dict(zip(COLUMNS.names, (*key, *cell), strict=True)) for key, cell in withheld]
    return pa.Table.from_pylist(rows, schema=COLUMNS)
