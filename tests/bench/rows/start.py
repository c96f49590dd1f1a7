"""From nothing to the first rows: the client, and what has to be asked before a query."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from row import FLOOR, PACKAGES, ProcessRow, Row, Target
from wire import DATASTACK, QUERY, arrow, framework, synapses

from rows.queries import as_points, with_stacks

TOKEN = "0" * 32


@dataclass
class FirstFrame(ProcessRow):
    """A whole script: it starts, makes a client, queries a table, and ends."""

    rows: int = 10_000

    title: ClassVar[str] = "a whole script, query of {rows:,} rows, 50 ms per request"
    floor_is: ClassVar[str] = "A process that imports pandas and pyarrow, and gets and reads the same bytes."
    target: ClassVar[Target] = Target(faster=2.5)
    latency: ClassVar[float] = 0.05

    def routes(self):
        return framework() | {QUERY: arrow(synapses(self.rows))}

    def script(self, who, url, root):
        if who == FLOOR:
            return (
                f"import pandas, pyarrow, requests\nurl = {url + QUERY!r}\n"
                "answer = pyarrow.ipc.open_stream(requests.post(url, json={}).content).read_pandas()\n"
            )
        return (
            f"from {PACKAGES[who]} import CAVEclient\n"
            f"client = CAVEclient({DATASTACK!r}, server_address={url!r}, auth_token={TOKEN!r},"
            " write_server_cache=False)\n"
            "answer = client.materialize.query_table('synapses')\n"
        )

    def plain(self, answer: Any, who: str):
        return as_points(answer) if who == FLOOR else with_stacks(answer)


@dataclass
class FirstQuery(Row):
    """What is asked of a server until the first rows are there. Each call begins with a new client."""

    rows: int = 10_000

    title: ClassVar[str] = "first query of a new client, {rows:,} rows, 50 ms per request"
    floor_is: ClassVar[str] = "The query alone: the same bytes by requests, and `read_pandas()` of pyarrow."
    target: ClassVar[Target] = Target(requests=4, round_trips=2)
    latency: ClassVar[float] = 0.05
    pinned: ClassVar[dict[str, int]] = {}

    def routes(self):
        return framework() | {QUERY: arrow(synapses(self.rows))}

    def call(self, package: Any, url: str):
        return self._begin(package, url)

    def _begin(self, package: Any, url: str, **more: Any):
        more |= {"server_address": url, "auth_token": TOKEN, "write_server_cache": False, **self.pinned}
        return lambda: package.CAVEclient(DATASTACK, **more).materialize.query_table("synapses")

    def floor(self, url: str):
        import pyarrow as pa
        import requests

        return lambda: pa.ipc.open_stream(requests.post(url + QUERY, json={}).content).read_pandas()

    def plain(self, answer: Any, who: str):
        return as_points(answer) if who == FLOOR else with_stacks(answer)


@dataclass
class FirstQueryPinned(FirstQuery):
    """The same at a version that the script names, so that nobody has to look for the newest."""

    quick: ClassVar[bool] = False
    title: ClassVar[str] = "first query at a named version, {rows:,} rows, 50 ms per request"
    pinned: ClassVar[dict[str, int]] = {"version": 1}


@dataclass
class FirstQueryKept(FirstQueryPinned):
    """The same when an earlier process of ours has left what it found out in a cache folder."""

    quick: ClassVar[bool] = True
    title: ClassVar[str] = "first query with a cache folder, {rows:,} rows, 50 ms per request"
    target: ClassVar[Target] = Target(requests=1, round_trips=1)

    def ours(self, package: Any, url: str):
        # By the server's port, which the contestants of one race share and no two races do.
        folder = Path(tempfile.gettempdir()) / f"cave-bench-{url.rpartition(':')[2]}"
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        begin = self._begin(package, url, cache_folder=folder)
        begin()
        return begin


ROWS = [FirstFrame(), FirstQuery(), FirstQueryPinned(), FirstQueryKept()]
