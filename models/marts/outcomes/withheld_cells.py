from orchestration.statistics.linked_figures import Count, withheld_table


def model(dbt, session):
    """The door to secondary suppression, which is no question for SQL."""
    dbt.config(materialized="table")
    cells = dbt.ref("cells_to_protect").project(", ".join(Count._fields))
    return withheld_table(cells.fetchall())
