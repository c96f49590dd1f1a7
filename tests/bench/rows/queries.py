"""Rows of tables as frames."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from row import CAVECLIENT, FLOOR, OURS, Row, Target
from server import Ask, Reply, document
from wire import FIRST_ROOT, QUERY, arrow, clients, framework, synapses


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


@dataclass
class LiveQuery(Row):
    """Rows of a version with the root ids of a later moment. Since then, a fifth of all cells was merged."""

    rows: int
    roots: int

    title: ClassVar[str] = "live_query, {rows:,} rows, {roots} root ids in the filter, split positions"
    floor_is: ClassVar[str] = "None: what is compared with is caveclient alone."
    target: ClassVar[Target] = Target(faster=5)
    contestants: ClassVar[tuple[str, ...]] = (CAVECLIENT, OURS)
    split: ClassVar[bool] = True

    def routes(self):
        graph = "/segmentation/api/v1/table/tbl"
        return framework() | {
            QUERY: arrow(merged_synapses(self.rows, self.past_cells)),
            f"{graph}/is_latest_roots": is_latest_roots,
            f"{graph}/root_timestamps": root_timestamps,
            f"{graph}/past_id_mapping": past_id_mapping,
            f"{graph}/roots_binary": roots_binary,
        }

    @property
    def past_cells(self) -> int:
        """How many cells of the version the filter's roots are made of: ten for every nine."""
        return -(-self.roots * 10 // 9)

    def call(self, package: Any, url: str):
        import numpy as np

        tables = clients(package, url).materialize
        wanted = np.unique(root_of(np.arange(self.past_cells)))[: self.roots].tolist()
        moment = datetime(2024, 6, 1, tzinfo=UTC)

        def query():
            return tables.live_query(
                "synapses",
                moment,
                filter_in_dict={"pre_pt_root_id": wanted},
                split_positions=self.split,
            )

        return query

    def plain(self, answer: Any, who: str):
        found = answer.reset_index(drop=True)
        return found if self.split else with_stacks(found)


@dataclass
class LiveQueryPoints(LiveQuery):
    """Points as documented."""

    title: ClassVar[str] = "live_query, {rows:,} rows, {roots} root ids in the filter"
    slow: ClassVar[bool] = True
    split: ClassVar[bool] = False


MERGED = 10**9
"""Added to the root id of a cell that others were merged with."""
SUPERVOXEL = 8 * 10**16
SUPERVOXELS_OF_A_CELL = 10**5
PARTNERS = 10**5


def root_of(cells: Any) -> Any:
    """Return the roots at the moment of cells of the version: of ten, the first and the sixth were merged."""
    import numpy as np

    place = cells % 10
    return FIRST_ROOT + np.where((place == 0) | (place == 5), MERGED + cells - place, cells)


def merged_synapses(rows: int, cells: int) -> Any:
    """Return synapses of cells of the version with many partners, and their supervoxels."""
    import numpy as np
    import pyarrow as pa

    table = synapses(rows)
    random = np.random.default_rng(1)
    for side, most in (("pre_pt", cells), ("post_pt", PARTNERS)):
        cell = random.integers(0, most, rows)
        supervoxel = (
            SUPERVOXEL + cell * SUPERVOXELS_OF_A_CELL + random.integers(0, SUPERVOXELS_OF_A_CELL, rows)
        )
        for name, ids in ((f"{side}_root_id", FIRST_ROOT + cell), (f"{side}_supervoxel_id", supervoxel)):
            place = table.column_names.index(name)
            table = table.set_column(place, table.field(name), pa.array(ids))
    return table


def ids_of(ask: Ask, name: str) -> Any:
    """Return the ids in a request."""
    import numpy as np

    return np.array(json.loads(ask.body)[name], dtype=np.int64)


def is_latest_roots(ask: Ask) -> Reply:
    """Answer which roots are of the moment."""
    import numpy as np

    ids = ids_of(ask, "node_ids")
    latest = (ids >= FIRST_ROOT + MERGED) | (root_of(ids - FIRST_ROOT) == ids)
    words = b",".join(np.where(latest, b"true", b"false").tolist())
    return Reply(b'{"is_latest":[' + words + b"]}")


def root_timestamps(ask: Ask) -> Reply:
    """Answer that all roots are old."""
    return document({"timestamp": [1_600_000_000.5] * len(ids_of(ask, "node_ids"))})


def past_id_mapping(ask: Ask) -> Reply:
    """Answer what the cells of the moment were made of, and what became of those."""
    past = {}
    for root in ids_of(ask, "root_ids").tolist():
        first = root - MERGED
        past[root] = [first, first + 5] if first >= FIRST_ROOT else [root]
    future = {old: root for root, olds in past.items() for old in olds}
    return document({"past_id_map": past, "future_id_map": future})


def roots_binary(ask: Ask) -> Reply:
    """Answer the roots of supervoxels."""
    import numpy as np

    supervoxels = np.frombuffer(ask.body, dtype="<u8").astype(np.int64)
    roots = root_of((supervoxels - SUPERVOXEL) // SUPERVOXELS_OF_A_CELL)
    return Reply(roots.astype("<u8").tobytes(), (), "application/octet-stream")


ROWS = [
    *map(QueryTable, (100_000, 500_000, 2_000_000)),
    QueryTableSplit(500_000),
    LiveQuery(500_000, 500),
    LiveQueryPoints(500_000, 500),
]
