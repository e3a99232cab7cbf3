"""What DuckDB needs beside itself, and who can do without it."""

import pytest

from orchestration.database import CannotOpen, extension_file


def _is_there() -> bool:
    try:
        extension_file()
    except CannotOpen:
        return False
    return True


# Of a test, or of a module of them: skipped where encrypted files cannot be written.
needs_encryption = pytest.mark.skipif(
    not _is_there(), reason="duckdb-extension-httpfs, which writes encrypted files, is absent"
)
