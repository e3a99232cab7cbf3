"""Great Expectations' own account of the gates: a checkpoint for each, and its Data Docs, a page
for every suite and one for what it found.

The gates themselves hold many tables to their promises at once. Here every promise is asked by
itself, so the two can be held against each other. The pages hold counts and no cell.
"""

import html
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from shutil import rmtree
from typing import Any

import duckdb
import great_expectations as gx

from orchestration.quality.suites import Suite
from orchestration.quality.validate import (
    COUNTS_ONLY,
    DuckDBRoom,
    UnanswerableExpectation,
    as_gx_suite,
    fault_in,
    new_context,
    open_rooms,
    silence,
    whole_table,
)

SITE = "checks"
INDEX = "index.html"
# Style sheets, scripts and pictures of other people's servers, which a closed network refuses, and
# the scripts that need them.
FROM_ELSEWHERE = re.compile(
    r"<script\b.*?</script>|<link\b[^>]*https?:[^>]*>|<img\b[^>]*https?:[^>]*>"
    r"|<footer\b.*?</footer>|background:\s*url\(['\"]?https?:[^;]*;",
    re.DOTALL,
)
STYLE = """<style>
body { max-width: 62rem; margin: 0 auto; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; }
table { border-collapse: collapse; width: 100%; margin-bottom: 1.5rem; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid #ccc; text-align: left; }
.text-success::before { content: "met"; } .text-danger::before { content: "not met"; }
.btn-group, .collapse-button, .ge-walkthrough-modal { display: none; }
</style>"""


def write_data_docs(
    connection: duckdb.DuckDBPyConnection, gates: Mapping[str, Sequence[Suite]], folder: Path
) -> Path:
    """Run a checkpoint for each gate and write its Data Docs in place of those of before; the page
    to begin with.

    Args:
        connection: a warehouse in which the tables are made.
        gates: the suites of each gate; a suite without expectations has no page.
        folder: where the pages are to lie.

    Raises:
        UnanswerableExpectation: an expectation could not be evaluated.
    """
    rmtree(folder, ignore_errors=True)
    context = new_context()
    site: Any = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": str(folder),
        },
    }
    context.add_data_docs_site(site_name=SITE, site_config=site)
    schemas = {suite.schema for suites in gates.values() for suite in suites}
    with silence(), open_rooms(connection, schemas, context) as rooms:
        found = {
            gate: _run(context, rooms, gate, [suite for suite in suites if suite.expectations])
            for gate, suites in gates.items()
        }
        context.build_data_docs(site_names=[SITE])
    for page in folder.rglob("*.html"):
        page.write_text(_standing_alone(page.read_text("utf-8")), "utf-8")
    (folder / INDEX).write_text(_index(folder, found), "utf-8")
    return folder / INDEX


def _run(
    context: Any, rooms: Mapping[str, DuckDBRoom], gate: str, suites: Sequence[Suite]
) -> dict[str, Mapping[str, Any]]:
    """The statistics of every suite, by its table."""
    if not suites:
        return {}
    definitions = [
        context.validation_definitions.add(
            gx.ValidationDefinition(
                name=suite.table,
                data=whole_table(rooms, suite.table),
                suite=context.suites.add(as_gx_suite(suite.table, suite.expectations)),
            )
        )
        for suite in suites
    ]
    checkpoint = context.checkpoints.add(
        gx.Checkpoint(name=gate, validation_definitions=definitions, result_format=COUNTS_ONLY)
    )
    results = checkpoint.run().run_results.values()
    for result in results:
        for one in result.results:
            # What an engine says of a fault may quote a cell, and a page would show it.
            if fault := fault_in(one.exception_info or {}):
                raise UnanswerableExpectation(f"{result.suite_name}: {fault}")
    return {result.suite_name: result.statistics for result in results}


def _standing_alone(page: str) -> str:
    """A page that opens from disk and asks no other server for anything."""
    return FROM_ELSEWHERE.sub("", page).replace("</head>", f"{STYLE}</head>", 1)


def _index(folder: Path, found: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    parts = []
    for gate, tables in found.items():
        rows = "".join(
            f'<tr><td><a href="{_page_of(folder, table)}">{html.escape(table)}</a></td>'
            f"<td>{told['evaluated_expectations']}</td>"
            f"<td>{told['unsuccessful_expectations'] or ''}</td></tr>\n"
            for table, told in sorted(tables.items())
        )
        parts.append(
            f"<h2>{html.escape(gate)}</h2>\n<table><thead><tr><th>Table</th><th>Checks</th>"
            f"<th>Not met</th></tr></thead>\n<tbody>{rows}</tbody></table>"
        )
    return (
        '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8"><title>Gates</title>'
        f"{STYLE}</head>\n<body><h1>What each gate holds its tables to, and what it found</h1>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _page_of(folder: Path, table: str) -> str:
    """What was found of a table; its suite is linked from there."""
    (page,) = (folder / "validations").joinpath(*table.split(".")).rglob("*.html")
    return page.relative_to(folder).as_posix()
