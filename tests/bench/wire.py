"""Bytes as the services send them: Arrow streams, JSON, gzip where servers gzip."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from server import HERE, Answer, Reply, document

FIRST_ROOT = 864691135000000000
SECONDS = 1_700_000_000

DATASTACK = "ds"
VERSION = {
    "datastack": DATASTACK,
    "id": 1,
    "version": 1,
    "valid": True,
    "status": "AVAILABLE",
    "is_merged": True,
    "time_stamp": "2024-01-01T00:00:00.5",
    "expires_on": "2126-01-01T00:00:00.5",
}


def table_record(name: str, schema: str = "synapse", reference: str | None = None) -> dict[str, Any]:
    """Return what a server tells of a table."""
    return {
        "id": 1,
        "table_name": name,
        "aligned_volume": "vol",
        "schema": schema,
        "schema_type": schema,
        "description": f"The table {name}.",
        "notice_text": None,
        "reference_table": reference,
        "flat_segmentation_source": None,
        "user_id": "1",
        "write_permission": "PRIVATE",
        "read_permission": "PRIVATE",
        "last_modified": "2024-01-01T00:00:00.5",
        "created": "2024-01-01T00:00:00.5",
        "valid": True,
        "voxel_resolution": [4.0, 4.0, 40.0],
        "voxel_resolution_x": 4.0,
        "voxel_resolution_y": 4.0,
        "voxel_resolution_z": 40.0,
    }


def framework() -> dict[str, Answer]:
    """Return the documents that every client may ask first, on a server that is all services at once."""
    volume = {
        "name": "vol",
        "image_source": "precomputed://x",
        "id": 1,
        "description": "",
        "display_name": "vol",
    }
    info = {
        "viewer_site": "https://viewer.example.org/",
        "aligned_volume": volume,
        "synapse_table": "synapses",
        "soma_table": "nuclei",
        "local_server": HERE,
        "segmentation_source": "graphene://https://x.example.org/segmentation/table/tbl",
        "description": None,
        "viewer_resolution_x": 4.0,
        "viewer_resolution_y": 4.0,
        "viewer_resolution_z": 40.0,
        "proofreading_status_table": None,
        "cell_identification_table": None,
        "proofreading_review_table": None,
        "skeleton_source": None,
        "base_link": "",
    }  # fmt: skip
    base = f"/materialize/api/v3/datastack/{DATASTACK}"
    return {
        f"/info/api/v2/datastack/full/{DATASTACK}": document(info),
        "/info/api/v2/datastacks": document([DATASTACK]),
        "/info/api/versions": document([1, 2]),
        "/info/version": document("4.4.5"),
        "/materialize/api/versions": document([2, 3]),
        "/materialize/version": document("5.26.4"),
        f"{base}/versions": document([1]),
        f"{base}/version/1": document(VERSION),
        f"{base}/metadata": document([VERSION]),
        f"{base}/version/1/tables": document(["synapses"]),
        f"{base}/version/1/table/synapses/metadata": document(table_record("synapses")),
        "/segmentation/api/versions": document([0, 1]),
        "/segmentation/api/version": document("2.21.1"),
        "/annotation/api/versions": document([2]),
        "/annotation/version": document("4.21.2"),
        "/schema/api/versions": document([1, 2]),
        "/nglstate/api/versions": document([0, 1]),
    }


QUERY = f"/materialize/api/v3/datastack/{DATASTACK}/version/1/table/synapses/query"


def synapses(rows: int, roots: int = 10**8) -> pa.Table:
    """Return a table of synapses in the types that servers send, as they write it: pandas-nullable.

    Parameters
    ----------
    rows : int
        How many synapses.
    roots : int
        Of how many cells they may be.
    """
    random = np.random.default_rng(0)
    columns: dict[str, Any] = {"id": pd.array(np.arange(1, rows + 1), dtype="Int64")}
    for name in ("pre_pt", "post_pt", "ctr_pt"):
        for axis in "xyz":
            columns[f"{name}_position_{axis}"] = pd.array(random.integers(0, 500_000, rows), dtype="Int32")
    for name in ("pre_pt", "post_pt"):
        for kind in ("supervoxel_id", "root_id"):
            columns[f"{name}_{kind}"] = pd.array(FIRST_ROOT + random.integers(0, roots, rows), dtype="Int64")
    columns["size"] = pd.array(random.random(rows), dtype="Float32")
    return pa.Table.from_pandas(pd.DataFrame(columns))


def arrow(table: pa.Table) -> Reply:
    """Return a table as a query answers it: one stream, compressed inside."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return Reply(
        sink.getvalue().to_pybytes(),
        (
            *(("dataframe_resolution", size) for size in ("4.0", "4.0", "40.0")),
            ("column_names", str(names_of(table))),
        ),
        "data.arrow",
    )


def names_of(table: pa.Table, name: str = "synapses") -> Mapping[str, Mapping[str, str]]:
    """Return what a server says of the columns of an answer."""
    columns = dict.fromkeys(
        column.removesuffix("_x").removesuffix("_y").removesuffix("_z") for column in table.column_names
    )
    return {name: {column: column for column in columns}}


def gzipped(value: Any) -> Reply:
    """Return a JSON answer packed as the chunkedgraph and the level-2 cache pack theirs."""
    return packed(json.dumps(value, separators=(",", ":")).encode() + b"\n", "application/json")


def packed(body: bytes, media_type: str = "application/octet-stream") -> Reply:
    """Return a body packed with gzip."""
    return Reply(gzip.compress(body, 6), (("Content-Encoding", "gzip"),), media_type)


def clients(package: Any, url: str) -> Any:
    """Return clients of one server, made one by one as scripts make them: `.materialize`, `.graph`."""
    from types import SimpleNamespace

    name = package.__name__
    import importlib

    auth = importlib.import_module(f"{name}.auth").AuthClient(token="0" * 32, server_address=url)
    graph = importlib.import_module(f"{name}.chunkedgraph").ChunkedGraphClient(url, "tbl", auth)
    tables = importlib.import_module(f"{name}.materializationengine").MaterializationClient(
        url, DATASTACK, auth, cg_client=graph
    )
    return SimpleNamespace(auth=auth, graph=graph, materialize=tables)
