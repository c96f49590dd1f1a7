"""Rows of tables as frames."""

from __future__ import annotations

import json
import pickle
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
from row import CAVECLIENT, FLOOR, OURS, Row, Target
from server import Answer, Ask, Reply, document
from wire import DATASTACK, FIRST_ROOT, QUERY, arrow, clients, framework, synapses, table_record


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

    title: ClassVar[str] = "live_query, {rows:,} rows of {roots} cells, split positions"
    floor_is: ClassVar[str] = "None: what is compared with is caveclient alone."
    target: ClassVar[Target] = Target(faster=5)
    contestants: ClassVar[tuple[str, ...]] = (CAVECLIENT, OURS)
    split: ClassVar[bool] = True

    def routes(self):
        graph = "/segmentation/api/v1/table/tbl"
        return framework() | {
            QUERY: filtered(merged_synapses(self.rows, self.past_cells), "pre_pt_root_id"),
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

    title: ClassVar[str] = "live_query, {rows:,} rows of {roots} cells"
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


def filtered(table: Any, name: str) -> Answer:
    """Answer queries with the rows whose ids in a column they name, in the order of these ids.

    Clients may ask for all ids at once or in parts. Bytes are made when they are first asked for.
    """
    import pyarrow.compute as pc

    table = table.sort_by(name)
    made: dict[tuple[int, ...], Reply] = {}

    def reply(ask: Ask) -> Reply:
        where = json.loads(ask.body)["filter_in_dict"]
        ids = tuple(where.get("synapses", where)[name])
        if ids not in made:
            made[ids] = arrow(table.filter(pc.is_in(table[name], pa.array(ids, pa.int64()))))
        return made[ids]

    return reply


def merged_synapses(rows: int, cells: int) -> Any:
    """Return synapses of cells of the version with many partners, and their supervoxels."""
    import numpy as np

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


@dataclass
class TablesFirst(Row):
    """All tables as attributes, made anew each time, and a query of one. Half of them refer to others."""

    tables: int

    quick: ClassVar[bool] = False
    title: ClassVar[str] = "materialize.tables, {tables} tables and a query, 50 ms per request"
    floor_is: ClassVar[str] = "None: what is compared with is caveclient alone."
    target: ClassVar[Target] = Target(faster=8)
    contestants: ClassVar[tuple[str, ...]] = (CAVECLIENT, OURS)
    differs: ClassVar[str] = (
        "Our query classes also have fields for supervoxel ids and for true-or-false columns."
    )
    latency: ClassVar[float] = 0.05
    most_rounds: ClassVar[int] = 7

    def records(self) -> list[dict[str, Any]]:
        """Return what the server tells of the tables."""
        half = range(self.tables // 2)
        plain = [table_record(f"cells_{number:03}", "nucleus_detection") for number in half]
        return plain + [
            table_record(f"types_{number:03}", "cell_type_reference", f"cells_{number % BASES:03}")
            for number in half
        ]

    def routes(self):
        base = f"/materialize/api/v3/datastack/{DATASTACK}/version/1"
        records = self.records()
        definitions = json.loads(SCHEMAS.read_text())["exchanges"][0]["response"]["body"]["text"]
        return (
            framework()
            | {f"{base}/table/{one['table_name']}/metadata": document(one) for one in records}
            | {
                f"{base}/tables/metadata": document(records),
                "/schema/api/v2/types_all": Reply(definitions.encode()),
                f"{base}/table/cells_001/query": arrow(nuclei(1000)),
            }
        )

    def caveclient(self, package: Any, url: str):
        from caveclient.tools import table_manager

        client = full_client(package, url)

        def forget():
            # All of them are the module's: another client of the process would find them filled.
            for name in ("_schema_cache", "_table_cache", "_metadata_cache"):
                getattr(table_manager, name).clear()
            for method in vars(type(client.materialize)).values():
                if hasattr(method, "cache"):
                    method.cache.clear()
            client.materialize._tables = None

        return self.used(client, forget)

    def ours(self, package: Any, url: str):
        client = full_client(package, url)

        def forget():
            tables, schemas = pickle.loads(pickle.dumps(client.materialize._known_tables)), client.schema
            client.materialize._known_tables = tables
            client.materialize._cache.clear()
            schemas._cache.clear()

        return self.used(client, forget)

    def used(self, client: Any, forget: Any):
        """Return what is timed."""

        def use():
            forget()
            return client.materialize.tables, client.materialize.tables.cells_001().query()

        return use

    def plain(self, answer: Any, who: str):
        manager, frame = answer
        fields = {name: self.shared(getattr(manager, name).fields) for name in sorted(manager.table_names)}
        return {"fields": fields, "rows": with_stacks(frame)}

    def shared(self, fields: list[str]) -> list[str]:
        """Return the fields that both have."""
        return sorted(name for name in fields if not name.startswith(("pt_supervoxel_id", "valid")))


@dataclass
class TablesAgain(TablesFirst):
    """The same with tables that are known."""

    title: ClassVar[str] = "materialize.tables, another query of {tables} tables, 50 ms per request"
    target: ClassVar[Target] = Target()
    slow: ClassVar[bool] = True

    def used(self, client: Any, forget: Any):
        client.materialize.tables  # noqa: B018  made beforehand

        def use():
            return client.materialize.tables, client.materialize.tables.cells_001().query()

        return use


BASES = 20
"""Tables that others refer to."""
SCHEMAS = Path(__file__).parents[2] / "recordings" / "schema" / "009_schema_definition_all.json"


def full_client(package: Any, url: str) -> Any:
    """Return a client of all services, ready to query."""
    client = package.CAVEclient(
        DATASTACK, server_address=url, auth_token="0" * 32, write_server_cache=False, version=1
    )
    client.materialize, client.schema  # noqa: B018  both are made at first use
    return client


def nuclei(rows: int) -> Any:
    """Return a table of nuclei in the types that servers send."""
    import pyarrow as pa

    frame = synapses(rows).to_pandas()
    kept = frame[[name for name in frame if name == "id" or name.startswith("pre_pt")]]
    return pa.Table.from_pandas(kept.rename(columns=lambda name: name.removeprefix("pre_")))


@dataclass
class HeadOfFiltered(Row):
    """pandas copies what a frame remembers of its query into all that is made of it, the filter too."""

    ids: int

    title: ClassVar[str] = "head() of a frame, filtered by {ids:,} ids"
    floor_is: ClassVar[str] = "head() of the same frame with nothing in `df.attrs`."
    target: ClassVar[Target] = Target(faster=50)

    def routes(self):
        return framework() | {QUERY: filtered(synapses(10_000), "id")}

    def call(self, package: Any, url: str):
        tables = clients(package, url).materialize
        frame = tables.query_table(
            "synapses",
            materialization_version=1,
            split_positions=True,
            filter_in_dict={"id": list(range(1, self.ids + 1))},
        )
        return lambda: [frame.head() for _ in range(REPEATS)][-1]

    def floor(self, url: str):
        import pyarrow as pa
        import requests

        where = {"filter_in_dict": {"id": list(range(1, self.ids + 1))}}
        frame = pa.ipc.open_stream(requests.post(url + QUERY, json=where).content).read_pandas()
        return lambda: [frame.head() for _ in range(REPEATS)][-1]


REPEATS = 20

ROWS = [
    *map(QueryTable, (100_000, 500_000, 2_000_000)),
    QueryTableSplit(500_000),
    LiveQuery(500_000, 500),
    LiveQueryPoints(500_000, 500),
    TablesFirst(200),
    TablesAgain(200),
    HeadOfFiltered(100_000),
]
