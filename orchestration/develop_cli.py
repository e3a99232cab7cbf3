"""``outcomes develop``: what those who work on the project run, with or without make."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from orchestration.settings import PROJECT, Settings

app = typer.Typer(help="What those who work on the project run.", no_args_is_help=True)
BROWSER = PROJECT / "tests" / "browser"
LINTED = ("orchestration", "tests")
ANYTHING = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.command(context_settings=ANYTHING)
def test(told: typer.Context) -> None:
    """Run the tests, or those that pytest is told of."""
    _run(*_module("pytest"), *told.args)


@app.command()
def slow() -> None:
    """Run the tests that are marked slow: other nights, simulated worlds."""
    _run(*_module("pytest"), "-m", "slow")


@app.command()
def lint() -> None:
    """Look at format, style, types and SQL."""
    _run(*_module("ruff"), "format", "--check", *LINTED)
    _run(*_module("ruff"), "check", *LINTED)
    scratch = Settings.data_folder() / "lint"
    scratch.mkdir(parents=True, exist_ok=True)
    # Types use one processor and leave the other idle: both at once, and both have to pass.
    types = subprocess.Popen(_module("mypy"), cwd=PROJECT)
    sql = subprocess.run(
        [
            *(*_module("sqlfluff"), "lint", "--processes", "2", "--disable-progress-bar"),
            *("models", "dbt_project/tests"),
        ],
        cwd=PROJECT,
        env={
            **os.environ,
            "WAREHOUSE_PATH": str(scratch / "lint.duckdb"),
            "DBT_TARGET_PATH": str(scratch),
            "DBT_LOG_PATH": str(scratch),
        },
        check=False,
    )
    _end(types.wait() or sql.returncode)


@app.command()
def check() -> None:
    """Run everything that CI runs: format, lint, types, SQL style, tests."""
    lint()
    _run(*_module("pytest"))


@app.command(context_settings=ANYTHING)
def benchmark(told: typer.Context) -> None:
    """Load large invented files, beside a plain reading of each."""
    _run(*_module("tests.benchmark"), *told.args)


@app.command(context_settings=ANYTHING)
def bench(told: typer.Context) -> None:
    """Run whole nights of invented worlds and say what each step costs (tests/bench.py)."""
    _run(*_module("tests.bench"), *told.args)


@app.command()
def samples() -> None:
    """Make the invented sample extracts again."""
    _run(sys.executable, str(PROJECT / "tests" / "sample_maker.py"))


@app.command()
def lock() -> None:
    """Resolve the lock files again (needs uv)."""
    resolve = (
        *(_tool("uv"), "pip", "compile", "pyproject.toml", "--universal"),
        *("--python-version", "3.11", "--generate-hashes", "--no-header", "--quiet"),
        "--output-file",
    )
    whole = ".ci/requirements-dev.lock"
    _run(*resolve, whole, "--extra", "dev")
    _run(*resolve, ".ci/requirements.lock", "--constraints", whole)


@app.command()
def browser(
    site: Annotated[Path | None, typer.Option(help="Site to look at; the published one")] = None,
    every_page: Annotated[bool, typer.Option("--every-page", help="And not one of a kind")] = False,
) -> None:
    """Look at the report site in a real browser (needs node)."""
    if not (BROWSER / "node_modules").exists():
        _run(_tool("npm"), "ci", "--no-audit", "--no-fund", folder=BROWSER)
    place = site or Settings.data_folder() / "published" / "site"
    pages = "all" if every_page else ""
    _run(_tool("node"), str(BROWSER / "look.mjs"), str(place.resolve()), PAGES=pages)


def _module(name: str) -> tuple[str, ...]:
    """A tool of this environment, whatever else is on the path."""
    return (sys.executable, "-m", name)


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        typer.echo(f"This needs {name}, which is not on the path.", err=True)
        raise typer.Exit(2)
    return found


def _run(*command: str, folder: Path = PROJECT, **environment: str) -> None:
    done = subprocess.run(command, cwd=folder, env={**os.environ, **environment}, check=False)
    _end(done.returncode)


def _end(exit_code: int) -> None:
    if exit_code:
        raise typer.Exit(exit_code)
