"""Synapses of more cells than one answer can hold, from a server that takes its time as a database does."""

from __future__ import annotations

import json
import threading
import time
import timeit
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
from row import FLOOR, Row, Target
from server import Ask, Reply, served
from wire import FIRST_ROOT, QUERY, arrow, clients, framework, synapses

from rows.queries import as_points, with_stacks

CAP = 200_000
"""Most rows of one answer: what servers come with."""
AT_ONCE = 8
"""Queries that the database works on at the same time; others wait."""
PER_ROW, PER_ID = 1.5e-6, 20e-6
"""Seconds that the database takes, beside the latency of the network."""
AUTAPSES = 1000
"""Every so many synapses, one of a cell with itself."""

BEST_BATCH, BEST_THREADS = 700, 8
"""The best fixed choice that keeps to 8 threads, as `sweep.py` found it for 10,000 cells."""
COUNTS = (10, 100, 1000, 10_000, 100_000)
"""Numbers of ids, from few to many."""
A_LOOP_OF = 500
"""Cells per call of scripts that divide their ids themselves."""


class Database:
    """Synapses onto many cells, which lie in the order of their cells; a few cells have very many.

    Parameters
    ----------
    cells : int
        How many cells.
    mean : int
        Synapses per cell on average.
    """

    def __init__(self, cells: int, mean: int) -> None:
        sizes = sizes_of(cells, mean)
        self.ids = ids_of(cells)
        self.ends = np.cumsum(sizes)
        self.begins = self.ends - sizes
        table = synapses(int(self.ends[-1]))
        post = np.repeat(self.ids, sizes)
        pre = table.column("pre_pt_root_id").to_numpy().copy()
        pre[::AUTAPSES] = post[::AUTAPSES]
        for name, values in (("pre_pt_root_id", pre), ("post_pt_root_id", post)):
            place = table.column_names.index(name)
            table = table.set_column(place, table.schema.field(place), [values])
        self.table = table
        self._places = threading.Semaphore(AT_ONCE)

    def answer(self, ask: Ask) -> Reply:
        """Return the rows of the cells that a query names, as many as the cap lets through."""
        wanted = np.unique(np.array(_filters(json.loads(ask.body))["post_pt_root_id"], np.int64))
        with self._places:
            began = time.monotonic()
            rows = self._rows(wanted)
            reply = arrow(rows.slice(0, CAP))
            busy = PER_ROW * min(CAP, rows.num_rows) + PER_ID * len(wanted)
            # Making the bytes is a part of that time.
            time.sleep(max(0.0, began + busy - time.monotonic()))
        if rows.num_rows < CAP:
            return reply
        warning = ("Warning", f'201 - "Limited query to {CAP} rows')
        return Reply(reply.body, (*reply.headers, warning), reply.media_type)

    def _rows(self, wanted: Any) -> Any:
        import pyarrow as pa

        places = np.flatnonzero(np.isin(self.ids, wanted))
        if not len(places):
            return self.table.slice(0, 0)
        gaps = np.flatnonzero(self.ends[places[:-1]] != self.begins[places[1:]])
        begins = self.begins[places[np.r_[0, gaps + 1]]]
        ends = self.ends[places[np.r_[gaps, len(places) - 1]]]
        pieces = [self.table.slice(a, b - a) for a, b in zip(begins.tolist(), ends.tolist(), strict=True)]
        return pa.concat_tables(pieces).combine_chunks() if len(pieces) > 1 else pieces[0]


def ids_of(cells: int) -> Any:
    """Return the root ids of so many cells."""
    return FIRST_ROOT + 7 * np.arange(cells, dtype=np.int64)


def sizes_of(cells: int, mean: int) -> Any:
    """Return how many synapses each cell has: one in a thousand has 200 times the mean."""
    random = np.random.default_rng(1)
    sizes = np.floor(0.8 * mean * random.lognormal(-0.72, 1.2, cells)).astype(np.int64)
    sizes[cells // 2000 :: 1000] = 200 * mean
    return sizes


def _filters(body: dict[str, Any]) -> dict[str, Any]:
    """Return what to look for; clients name the table around it."""
    return body["filter_in_dict"].get("synapses", body["filter_in_dict"])


@dataclass
class ManyCells(Row):
    """Ids that are too many for one answer, with split positions."""

    cells: int
    mean: int = 100

    quick: ClassVar[bool] = False
    title: ClassVar[str] = "synapse_query, {cells:,} cells of {mean} synapses, split positions"
    floor_is: ClassVar[str] = (
        f"Plain requests of {BEST_BATCH} ids in {BEST_THREADS} threads, the best of all fixed sizes from 100 "
        "to 1600 ids and numbers of threads up to 8 (16 threads would take 0.8 of its time), their Arrow "
        "tables put together, and one `to_pandas()`."
    )  # fmt: skip
    target: ClassVar[Target] = Target(floor=1.1)
    differs: ClassVar[str] = (
        "Ours takes all ids in one call; for caveclient a loop asks for 500 cells at a time and joins the "
        "frames."
    )  # fmt: skip
    latency: ClassVar[float] = 0.05
    split: ClassVar[bool] = True

    def routes(self):
        return framework() | {QUERY: Database(self.cells, self.mean).answer}

    def ours(self, package: Any, url: str):
        tables, ids = clients(package, url).materialize, ids_of(self.cells)
        return lambda: self.query(tables, ids)

    def query(self, tables: Any, ids: Any) -> Any:
        """Call `synapse_query`."""
        return tables.synapse_query(
            post_ids=ids,
            materialization_version=1,
            synapse_table="synapses",
            split_positions=self.split,
        )

    def caveclient(self, package: Any, url: str):
        import pandas as pd

        tables, ids = clients(package, url).materialize, ids_of(self.cells)

        def loop():
            parts = [self.query(tables, ids[a : a + A_LOOP_OF]) for a in range(0, len(ids), A_LOOP_OF)]
            return pd.concat(parts, ignore_index=True)

        return loop

    def floor(self, url: str):
        return by_hand(url, ids_of(self.cells), BEST_BATCH, BEST_THREADS)

    def plain(self, answer: Any, who: str):
        import pandas as pd

        if who == FLOOR:
            answer = answer[answer["pre_pt_root_id"] != answer["post_pt_root_id"]]
        answer = pd.DataFrame(answer.reset_index(drop=True))
        answer.attrs = {}
        return answer


@dataclass
class ManyCellsPoints(ManyCells):
    """The same in the documented shape: a column of arrays per position."""

    title: ClassVar[str] = "synapse_query, {cells:,} cells of {mean} synapses"
    target: ClassVar[Target] = Target(faster=2, floor=2.5)
    split: ClassVar[bool] = False
    slow: ClassVar[bool] = True
    most_rounds: ClassVar[int] = 5

    def plain(self, answer: Any, who: str):
        answer = super().plain(answer, who)
        return as_points(answer) if who == FLOOR else with_stacks(answer)


def by_hand(url: str, ids: Any, batch: int, threads: int):
    """Return a function that asks for so many ids at a time, in so many threads, and makes one frame."""
    import pyarrow as pa
    import requests

    local = threading.local()

    def ask(first: int) -> Any:
        if not hasattr(local, "session"):
            local.session = requests.Session()
        where = {"filter_in_dict": {"synapses": {"post_pt_root_id": ids[first : first + batch].tolist()}}}
        answer = local.session.post(url + QUERY, json=where)
        if "Warning" in answer.headers:
            raise ValueError(f"{batch} ids at a time are too many: the server cut an answer.")
        return pa.ipc.open_stream(answer.content).read_all()

    def run() -> Any:
        with ThreadPoolExecutor(threads) as pool:
            tables = list(pool.map(ask, range(0, len(ids), batch)))
        return pa.concat_tables(tables).to_pandas()

    return run


def seconds_by_ids(counts: Iterable[int] = COUNTS, rounds: int = 3) -> dict[int, float]:
    """Return the least wall time of a call with so many ids of cells with 10 synapses, by their number."""
    import caveclient_gen

    row = ManyCells(100_000, 10)
    with served(row.reference) as url:
        tables, ids = clients(caveclient_gen, url).materialize, ids_of(row.cells)
        row.query(tables, ids[:10])  # what is asked once only
        return {
            count: min(timeit.repeat(partial(row.query, tables, ids[:count]), number=1, repeat=rounds))
            for count in counts
        }


ROWS = [ManyCells(10_000), ManyCellsPoints(10_000)]
