"""The L2 cache client: numbers of chunks as dicts and frames, and which segmentations have them."""

from __future__ import annotations

import inspect
import json
import logging
import threading
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from caveclient_gen import l2cache
from caveclient_gen._runtime.request import Headers, Response
from caveclient_gen.errors import DecodeError, InvalidArgumentError, ServerError, UnsupportedFeatureError
from caveclient_gen.l2cache import L2CacheClient, L2CacheClientLegacy

SERVER, OTHER = "https://cave.example", "https://other.example"
IDS = [144256131789750273, 160032475051983415, 144326500533927937]
NAMES = [
    "area_nm2", "chunk_intersect_count", "max_dt_nm", "mean_dt_nm", "pca", "pca_val", "rep_coord_nm",
    "size_nm3",
]  # fmt: skip
DATA = {
    "area_nm2": 507904,
    "chunk_intersect_count": [[120, 1, 2], [3, 4, 5]],
    "max_dt_nm": 48,
    "mean_dt_nm": 27.734375,
    "pca": [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]],
    "pca_val": [12951.1083984375, 10068.5654296875, 2420.181884765625],
    "rep_coord_nm": [256.0, 1592.0, 1880.0],
    "size_nm3": 19660800,
}
FLAT = {
    "area_nm2": 507904, "max_dt_nm": 48, "mean_dt_nm": 27.734375, "size_nm3": 19660800,
    "rep_coord_nm_x": 256, "rep_coord_nm_y": 1592, "rep_coord_nm_z": 1880,
    "pca_0_x": 1, "pca_0_y": 0, "pca_0_z": 0, "pca_1_x": 0, "pca_1_y": 0, "pca_1_z": 1,
    "pca_2_x": 0, "pca_2_y": 1, "pca_2_z": 0,
    "pca_val_0": 12951.1083984375, "pca_val_1": 10068.5654296875, "pca_val_2": 2420.181884765625,
    "chunk_intersect_count_x_bottom": 120, "chunk_intersect_count_y_bottom": 1,
    "chunk_intersect_count_z_bottom": 2, "chunk_intersect_count_x_top": 3,
    "chunk_intersect_count_y_top": 4, "chunk_intersect_count_z_top": 5,
}  # fmt: skip
POOL = "max_retries=None, pool_maxsize=None, pool_block=None, over_client=None, verify=True"
# The documented parameters: what is newer stands after them and takes keywords only.
SIGNATURES = {
    "L2CacheClient": f"server_address=None, table_name=None, auth_client=None, api_version='latest', {POOL}",
    "L2CacheClientLegacy": "server_address, auth_header, api_version, endpoints, server_name, "
    f"table_name=None, {POOL}",
    "L2CacheClientLegacy.cache_metadata": "",
    "L2CacheClientLegacy.get_l2data": "l2_ids, attributes=None",
    "L2CacheClientLegacy.get_l2data_table": "l2_ids, attributes=None, split_columns=True",
    "L2CacheClientLegacy.has_cache": "datastack_name=None",
    "L2CacheClientLegacy.table_mapping": "",
}


class Cache:
    """A transport with a cache behind it: `DATA` for all ids but those in `without`."""

    def __init__(self, without: Any = (), extra: Any = None) -> None:
        self.without = {str(one) for one in without}
        self.extra = extra or {}
        self.sent: list[Any] = []
        self.lock = threading.Lock()

    def send(self, request: Any) -> Response:
        with self.lock:
            self.sent.append(request)
        value = self.value(request)
        kind = Headers([("Content-Type", "text/html; charset=utf-8")])  # as servers with a newer Flask say
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        return Response(500 if value == b"" else 200, kind, body, request.url, request)

    def value(self, request: Any) -> Any:
        if request.url == f"{OTHER}/l2cache/api/v1/table_mapping":
            return {"far": {"cv_path": "", "l2cache_id": ""}}
        if request.url.endswith("/table_mapping"):
            return {"tbl": {"cv_path": "", "l2cache_id": ""}, "near": {"cv_path": "", "l2cache_id": ""}}
        if request.url.endswith("/attribute_metadata"):
            return dict.fromkeys([*NAMES, "children", "cross_edges_1"], "<class 'numpy.uint32'>")
        asked = dict(request.query).get("attribute_names")
        names = asked.split(",") if asked else NAMES
        held = {**DATA, **self.extra}
        if not set(names) <= held.keys():
            return b""
        chosen = {name: held[name] for name in names} | self.extra
        # Ids come back in an order of the server's own.
        ids = sorted(map(str, json.loads(request.body)["l2_ids"]), reverse=True)
        return {one: {} if one in self.without else chosen for one in ids}


def make(cache: Cache | None = None, **keywords: Any) -> tuple[L2CacheClientLegacy, Cache]:
    cache = cache or Cache()
    known = {"table_name": "tbl"} | keywords
    return L2CacheClientLegacy(SERVER, None, 1, None, None, transport=cache, **known), cache


def above(**datastacks: tuple[str, str]) -> Any:
    """A framework client; datastacks have a segmentation and a server."""
    info = SimpleNamespace(
        segmentation_source=lambda name: datastacks[name][0], local_server=lambda name: datastacks[name][1]
    )
    return SimpleNamespace(datastack_name="own", segmentation_table="tbl", info=info)


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures(name: str) -> None:
    found: Any = l2cache
    for part in name.split("."):
        found = getattr(found, part)
    signature = inspect.signature(found)
    kept = [
        parameter.replace(annotation=inspect.Parameter.empty)
        for parameter in signature.parameters.values()
        if parameter.name != "self" and parameter.kind is not inspect.Parameter.KEYWORD_ONLY
    ]
    assert str(inspect.Signature(kept))[1:-1] == SIGNATURES[name]


def test_names() -> None:
    assert l2cache.SERVER_KEY == "l2cache_server_address"
    client = L2CacheClient(SERVER, "tbl", transport=Cache())
    assert isinstance(client, L2CacheClientLegacy)
    assert isinstance(client, L2CacheClient)
    assert client.default_url_mapping == {"l2cache_server_address": SERVER, "table_id": "tbl"}


# ---- dicts


def test_data_are_keyed_by_text_in_the_order_asked() -> None:
    client, cache = make()
    data = client.get_l2data(IDS)
    assert list(data) == list(map(str, IDS))
    assert data[str(IDS[0])] == DATA
    assert cache.sent[0].query == ()
    assert json.loads(cache.sent[0].body) == {"l2_ids": IDS}
    client.get_l2data(IDS, ["size_nm3", "pca"], update_cache=False)
    assert dict(cache.sent[1].query) == {"attribute_names": "size_nm3,pca", "update_cache": "false"}


def test_what_is_missing_is_told(caplog: pytest.LogCaptureFixture) -> None:
    client, _ = make(Cache(without=IDS[1:2]))
    with caplog.at_level(logging.WARNING):
        data = client.get_l2data(IDS)
    assert data[str(IDS[1])] == {}
    assert [record.getMessage() for record in caplog.records] == [
        f"l2cache: 1 of 3 ids have no numbers (yet): {IDS[1]}"
    ]


def test_nothing_is_asked_for_nothing() -> None:
    client, cache = make()
    assert client.get_l2data([]) == {}
    frame = client.get_l2data_table(np.array([], dtype=np.int64))
    assert list(frame.columns) == list(FLAT)
    assert frame.index.dtype == np.int64
    assert cache.sent == []


@pytest.mark.parametrize("count", [10_000, 10_001, 35_000])
def test_many_ids_go_out_in_parts(count: int) -> None:
    client, cache = make()
    ids = np.arange(count) + IDS[0]
    data = client.get_l2data(ids, ["size_nm3"], progress=False)
    assert list(data) == [str(one) for one in ids]
    assert sorted(len(json.loads(request.body)["l2_ids"]) for request in cache.sent)[-1] == 10_000
    assert len(cache.sent) == -(-count // 10_000)


@pytest.mark.parametrize("split", [True, False])
def test_an_error_keeps_the_rows_that_came(split: bool) -> None:
    class Faulty(Cache):
        def value(self, request: Any) -> Any:
            return b"" if IDS[0] in json.loads(request.body)["l2_ids"] else super().value(request)

    ids = [*range(1, 10_001), IDS[0], *range(20_001, 20_004)]
    with pytest.raises(ServerError) as caught:
        make(Faulty(without=[20_002]))[0].get_l2data_table(ids, ["size_nm3", "pca_val"], split_columns=split)
    frame = caught.value.partial
    assert list(caught.value.answered) == frame.index.tolist() == ids[:10_000]
    assert list(frame.columns) == list(
        make()[0].get_l2data_table(IDS, ["size_nm3", "pca_val"], split).columns
    )
    assert [list(failure.items) for failure in caught.value.failed] == [ids[10_000:]]
    with pytest.raises(ServerError) as caught:
        make(Faulty())[0].get_l2data_table(IDS[:1])
    assert caught.value.partial is None


# ---- frames


def test_frame() -> None:
    client, _ = make()
    frame = client.get_l2data_table(IDS)
    assert frame.index.name == "l2_id"
    assert frame.index.tolist() == IDS
    assert list(frame.columns) == list(FLAT)
    assert set(frame.dtypes) == {np.dtype(float)}
    assert [dict(row) for _, row in frame.iterrows()] == [FLAT] * 3


def test_frame_of_missing_ids_holds_nan() -> None:
    """F004: it held what happened to lie in memory."""
    for _ in range(20):
        client, _cache = make(Cache(without=IDS[::2]))
        frame = client.get_l2data_table(IDS)
        assert frame.loc[IDS[::2]].isna().all(axis=None)
        assert dict(frame.loc[IDS[1]]) == FLAT
        assert set(frame.dtypes) == {np.dtype(float)}


def test_frame_of_missing_ids_only() -> None:
    client, _ = make(Cache(without=IDS))
    frame = client.get_l2data_table(IDS)
    assert list(frame.columns) == list(FLAT)
    assert frame.isna().all(axis=None)
    assert set(frame.dtypes) == {np.dtype(float)}


def test_a_number_that_only_one_chunk_lacks() -> None:
    class Thin(Cache):
        def value(self, request: Any) -> Any:
            answer = json.loads(json.dumps(super().value(request)))  # no chunk shares another's
            del answer[str(IDS[1])]["pca"], answer[str(IDS[1])]["size_nm3"]
            return answer

    frame = make(Thin())[0].get_l2data_table(IDS)
    assert frame["pca_2_y"].tolist()[::2] == [1.0, 1.0]
    assert frame.columns[frame.loc[IDS[1]].isna()].tolist() == [
        name for name in FLAT if name == "size_nm3" or (name.startswith("pca_") and "val" not in name)
    ]


def test_frame_keeps_order_and_duplicates() -> None:
    ids = [IDS[2], IDS[0], IDS[2]]
    frame = make()[0].get_l2data_table(pd.Series(ids, dtype="Int64"), ["mean_dt_nm", "rep_coord_nm"])
    assert frame.index.tolist() == ids
    assert list(frame.columns) == ["mean_dt_nm", "rep_coord_nm_x", "rep_coord_nm_y", "rep_coord_nm_z"]


def test_frame_with_whole_vectors() -> None:
    client, _ = make(Cache(without=IDS[:1]))
    frame = client.get_l2data_table(IDS, split_columns=False)
    assert list(frame.columns) == NAMES
    for name, shape in {"chunk_intersect_count": (2, 3), "pca": (3, 3), "pca_val": (3,)}.items():
        assert [cell.shape for cell in frame[name]] == [shape] * 3
        assert np.isnan(frame[name].iloc[0]).all()
        assert frame[name].iloc[1].tolist() == DATA[name]


def test_a_number_that_this_client_has_not_heard_of() -> None:
    client, _ = make(Cache(extra={"colour": "red"}))
    frame = client.get_l2data_table(IDS)
    assert frame["colour"].tolist() == ["red"] * 3


def test_a_vector_in_another_form() -> None:
    client, _ = make(Cache(extra={"pca": [1.0, 2.0]}))
    with pytest.raises(DecodeError, match="Leave out 'pca'"):
        client.get_l2data_table(IDS[:1])


# ---- attributes


def test_attributes() -> None:
    client, cache = make()
    assert client.attributes == NAMES
    assert client.attributes == NAMES
    assert "children" in client.cache_metadata()
    assert len(cache.sent) == 1


@pytest.mark.parametrize("method", ["get_l2data", "get_l2data_table"])
def test_an_unknown_attribute(method: str) -> None:
    client, cache = make()
    with pytest.raises(InvalidArgumentError, match=r"not 'size_nm'\. Did you mean 'size_nm3'\?"):
        getattr(client, method)(IDS, ["pca", "size_nm"])
    assert not any("attributes" in request.url for request in cache.sent)
    for wrong in ("size_nm3", [], [1]):
        with pytest.raises(InvalidArgumentError):
            getattr(client, method)(IDS, wrong)


def test_an_attribute_of_the_store_that_cannot_be_asked_for() -> None:
    client, _ = make()
    with pytest.raises(ServerError):
        client.get_l2data(IDS, ["children"])


# ---- which segmentations


def test_has_cache() -> None:
    client, cache = make()
    assert client.has_cache()
    assert client.has_cache()
    assert len(cache.sent) == 1
    assert not make(table_name="nope")[0].has_cache()


DATASTACKS = {
    "near": ("graphene://https://cave.example/segmentation/table/near", SERVER),
    "bare": ("graphene://https://cave.example/segmentation/table/bare/", f"{SERVER}/"),
    "far": ("graphene://https://other.example/segmentation/table/far", OTHER),
    "flat": ("precomputed://gs://bucket/tbl", SERVER),
}


@pytest.mark.parametrize(
    ("name", "has"), [("near", True), ("bare", False), ("far", True), ("flat", False), ("own", True)]
)
def test_has_cache_of_a_datastack(name: str, has: bool) -> None:
    """F064: the answer was always about the client's own."""
    client, _ = make(table_name=None, over_client=above(**DATASTACKS))
    assert client.has_cache(name) is has
    assert client.server_address == SERVER
    assert client.has_cache()


def test_has_cache_where_there_is_no_such_segmentation() -> None:
    class Flat:
        datastack_name = "flat"

        @property
        def segmentation_table(self) -> str:
            raise UnsupportedFeatureError("flat")

    assert make(table_name=None, over_client=Flat())[0].has_cache() is False


def test_has_cache_of_a_client_that_knows_too_little() -> None:
    with pytest.raises(InvalidArgumentError, match="table_name"):
        make(table_name=None)[0].has_cache()
    with pytest.raises(InvalidArgumentError, match="Make a CAVEclient"):
        make()[0].has_cache("near")
