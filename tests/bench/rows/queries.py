"""Rows of tables as frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from row import FLOOR, Row, Target
from wire import QUERY, arrow, clients, framework, synapses


@dataclass
class QueryTable(Row):
    """Points as documented: one column of arrays per position."""

    rows: int

    title: ClassVar[str] = "query_table, {rows:,} rows"
    floor_is: ClassVar[str] = "The same bytes by requests, and `read_pandas()` of pyarrow."
    target: ClassVar[Target] = Target(faster=9, memory=0.7, floor=2.5)
    split: ClassVar[bool] = False

    def routes(self):
        return framework() | {QUERY: arrow(synapses(self.rows))}

    def call(self, package: Any, url: str):
        tables = clients(package, url).materialize

        def query():
            return tables.query_table("synapses", materialization_version=1, split_positions=self.split)

        return query

    def floor(self, url: str):
        import pyarrow as pa
        import requests

        session = requests.Session()
        return lambda: pa.ipc.open_stream(session.post(url + QUERY, json={}).content).read_pandas()

    def plain(self, answer: Any, who: str):
        return as_points(answer) if who == FLOOR else with_stacks(answer)


@dataclass
class QueryTableSplit(QueryTable):
    """Positions in three columns."""

    title: ClassVar[str] = "query_table, {rows:,} rows, split positions"
    target: ClassVar[Target] = Target(floor=1.1)
    split: ClassVar[bool] = True

    def plain(self, answer: Any, who: str):
        return answer


def with_stacks(frame: Any) -> dict[str, Any]:
    """Return the columns of a frame; those of points as one array each."""
    import numpy as np

    return {name: np.stack(frame[name]) if frame[name].dtype == object else frame[[name]] for name in frame}


def as_points(frame: Any) -> dict[str, Any]:
    """Return the same of a frame with split positions."""
    import numpy as np

    found: dict[str, Any] = {}
    for name in frame:
        stem = name[:-2]
        if name.endswith("_position_x"):
            found[stem] = np.stack(
                [frame[stem + axis].to_numpy("int64") for axis in ("_x", "_y", "_z")], axis=1
            )
        elif stem not in found:
            found[name] = frame[[name]]
    return found


ROWS = [*map(QueryTable, (100_000, 500_000, 2_000_000)), QueryTableSplit(500_000)]
