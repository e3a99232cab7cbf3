"""Every rule of expectations/ has an example that breaks it, and is seen to find it."""

from collections.abc import Iterator

import duckdb
import pytest

from orchestration.quality.validate import validate_all
from tests.rule_examples import examples, prepare

EXAMPLES = dict(examples())


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


@pytest.mark.parametrize("table", EXAMPLES)
def test_a_good_row_keeps_every_rule_and_each_rule_finds_the_row_that_breaks_it(connection, table):
    whole, broken = prepare(connection, table, EXAMPLES[table])

    results = validate_all(connection, [whole, *(suite for _, suite in broken)])

    good = [result for result in results if result.table == whole.table]
    assert len(good) == len(broken)
    assert [result.check_name for result in good if not result.passed] == []
    found = {result.check_name for result in results if not result.passed}
    assert found == {name for name, _ in broken}
