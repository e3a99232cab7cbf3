"""dbt's command for Spark 4, where a session that does not close must not end the work:
``python -m orchestration.spark.dbt run ...``."""

import sys
from importlib import import_module
from typing import Any

from orchestration.spark.sessions import session_that_may_not_close


def main() -> int:
    """Run dbt with the arguments of the command line; its exit code."""
    from dbt.cli.main import dbtRunner

    # By name, so that types are checked where there is no Spark as well.
    wrapper_class: Any = import_module("dbt.adapters.spark.connections").PyhiveConnectionWrapper
    close = wrapper_class.close

    def closed_as_far_as_it_goes(wrapper: Any) -> None:
        with session_that_may_not_close():
            close(wrapper)

    wrapper_class.close = closed_as_far_as_it_goes
    return 0 if dbtRunner().invoke(sys.argv[1:]).success else 1


if __name__ == "__main__":
    raise SystemExit(main())
