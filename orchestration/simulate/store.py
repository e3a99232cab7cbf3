"""Frames into the tables of the world."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from orchestration.simulate.draws import NO_DAY, Column, Frame, rows, take

SCHEMAS = ("world.sql", "world_local.sql")


def create_world(connection: duckdb.DuckDBPyConnection) -> None:
    """The empty tables of schema ``world``, local extracts included."""
    for name in SCHEMAS:
        connection.execute((Path(__file__).parent / name).read_text(encoding="utf-8"))


def as_arrow(frame: Frame) -> pa.Table:
    """A frame with its nulls: NaT, NaN, empty text, and what a masked column masks."""
    return pa.table({name: _array(column) for name, column in frame.items()})


def _array(column: Column) -> pa.Array:
    if isinstance(column, np.ma.MaskedArray):
        return pa.array(column.data, mask=np.ma.getmaskarray(column))
    if column.dtype.kind == "U":
        return pa.array(column, mask=column == "")
    return pa.array(column, from_pandas=True)


@contextmanager
def registered(connection: duckdb.DuckDBPyConnection, **frames: Frame) -> Iterator[None]:
    """Frames as tables of the given names, while the block lasts."""
    for name, frame in frames.items():
        connection.register(name, as_arrow(frame))
    try:
        yield
    finally:
        for name in frames:
            connection.unregister(name)


def insert(connection: duckdb.DuckDBPyConnection, table: str, frame: Frame) -> None:
    """Append a frame to a table of the world, by name; what the frame lacks stays null."""
    if not rows(frame):
        return
    with registered(connection, arriving=frame):
        connection.execute(f"insert into world.{table} by name select * from arriving")


def until(
    frame: Frame, last: np.datetime64, start: str, ends: dict[str, tuple[str, ...]] | None = None
) -> Frame:
    """What is known on the last day: rows begun by then; later ends, and what was decided with
    them, are not known yet."""
    known = take(frame, frame[start] <= last)
    for end, with_it in (ends or {}).items():
        late = known[end] > last
        known[end] = np.where(late, NO_DAY, known[end])
        for name in with_it:
            column: Any = known[name]
            if column.dtype.kind == "U":
                known[name] = np.where(late, "", column)
            else:
                mask = np.ma.getmaskarray(column) | late
                known[name] = np.ma.MaskedArray(np.ma.getdata(column), mask=mask)
    return known
