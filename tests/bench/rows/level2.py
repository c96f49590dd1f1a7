"""Numbers of level 2 nodes."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any, ClassVar

from row import FLOOR, Row, Target
from server import Reply
from wire import clients, framework, gzipped

from rows.graphs import by_list, posting, read_at_once

DATA = "/l2cache/api/v1/table/tbl/attributes"
FIRST = 2 << 56
WITHOUT = 100
"""Of so many nodes one has no numbers."""


def numbers(ids: list[int]) -> dict[str, Any]:
    """Return what the cache has of nodes."""
    import numpy as np

    random = np.random.default_rng(ids[0])
    places = (4 * random.integers(0, 10**5, (len(ids), 3))).astype(float).tolist()
    axes = random.normal(size=(len(ids), 3, 3)).astype(np.float32).astype(float).tolist()
    lengths = (1e4 * random.random((len(ids), 3))).tolist()
    distances = (200 * random.random(len(ids))).tolist()
    sizes = random.integers(1, 10**8, (len(ids), 9)).tolist()
    return {
        str(one): {
            "area_nm2": size[0],
            "chunk_intersect_count": [size[1:4], size[4:7]],
            "max_dt_nm": size[7] % 500,
            "mean_dt_nm": distance,
            "pca": axis,
            "pca_val": length,
            "rep_coord_nm": place,
            "size_nm3": size[8],
        }
        if one % WITHOUT
        else {}
        for one, size, distance, axis, length, place in zip(
            ids, sizes, distances, axes, lengths, places, strict=True
        )
    }


def level2(package: ModuleType, url: str) -> Any:
    """Return a client of the cache."""
    import importlib

    cache = importlib.import_module(f"{package.__name__}.l2cache")
    return cache.L2CacheClient(server_address=url, table_name="tbl", auth_client=clients(package, url).auth)


@dataclass
class Level2Data(Row):
    """The numbers as the server writes them."""

    ids: int

    quick: ClassVar[bool] = False
    title: ClassVar[str] = "get_l2data, {ids:,} ids"
    floor_is: ClassVar[str] = (
        "The same bytes in one request with requests, orjson with Python's collector off."
    )

    def nodes(self) -> Any:
        import numpy as np

        return FIRST + np.arange(self.ids)

    def routes(self):
        # In blocks of ids: a node has the same numbers in whichever request it is asked for.
        known: dict[str, Any] = {}
        ids = self.nodes().tolist()
        for first in range(0, len(ids), 1000):
            known |= numbers(ids[first : first + 1000])

        def found(body: Any) -> Reply:
            return gzipped({str(one): known[str(one)] for one in body["l2_ids"]})

        return framework() | {DATA: by_list(found)}

    def call(self, package: ModuleType, url: str):
        cache, ids = level2(package, url), self.nodes()
        return lambda: cache.get_l2data(ids)

    def floor(self, url: str):
        ask = posting(url + DATA, self.nodes(), "l2_ids")
        return lambda: read_at_once(ask())


@dataclass
class Level2Table(Level2Data):
    """The same as a frame with a column for each number."""

    title: ClassVar[str] = "get_l2data_table, {ids:,} ids"
    floor_is: ClassVar[str] = (
        "The same bytes in one request with requests, orjson with Python's collector off, and numpy, "
        "attribute by attribute."
    )
    target: ClassVar[Target] = Target(faster=20)
    differs: ClassVar[str] = (
        "Where the cache has no numbers ours has NaN, caveclient what happens to be in memory; our columns "
        "are all float64, caveclient's in part objects."
    )
    slow: ClassVar[bool] = True
    most_rounds: ClassVar[int] = 3

    def call(self, package: ModuleType, url: str):
        cache, ids = level2(package, url), self.nodes()
        return lambda: cache.get_l2data_table(ids)

    def floor(self, url: str):
        import numpy as np
        import pandas as pd

        ids, ask = self.nodes(), posting(url + DATA, self.nodes(), "l2_ids")
        vectors = {"rep_coord_nm": 3, "pca": 9, "pca_val": 3, "chunk_intersect_count": 6}

        def frame():
            found = read_at_once(ask())
            here = [one for one in map(str, ids.tolist()) if found[one]]
            columns = {}
            for name in ("area_nm2", "max_dt_nm", "mean_dt_nm", "size_nm3", *vectors):
                block = np.array([found[one][name] for one in here], float)
                for number, column in enumerate(block.reshape(len(here), -1).T):
                    columns[f"{name}_{number}"] = column
            return pd.DataFrame(columns, index=pd.Index(map(int, here))).reindex(ids)

        return frame

    def plain(self, answer: Any, who: str):
        frame = answer[answer.index % WITHOUT != 0].astype("float64")
        if who == FLOOR:
            # The floor names its columns by number.
            frame.columns = COLUMNS
        return frame.reset_index(names="l2_id")


COLUMNS = [
    *("area_nm2", "max_dt_nm", "mean_dt_nm", "size_nm3"),
    *(f"rep_coord_nm_{axis}" for axis in "xyz"),
    *(f"pca_{number}_{axis}" for number in range(3) for axis in "xyz"),
    *(f"pca_val_{number}" for number in range(3)),
    *(f"chunk_intersect_count_{axis}_{side}" for side in ("bottom", "top") for axis in "xyz"),
]
"""As both clients name and order them."""

ROWS = [Level2Data(50_000), Level2Table(50_000)]
