"""Forms of a skeleton: what servers and files hold, as arrays of fixed types and as SWC rows."""

from __future__ import annotations

import binascii
import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from caveclient_gen._runtime.casts import CASTS
from caveclient_gen._runtime.errors import DecodeError

if TYPE_CHECKING:
    import networkx as nx
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from caveclient_gen._runtime.typing import FloatArray, IdArray

OutputFormat = Literal["dict", "swc"]

WireFormat = Literal["flatdict", "swccompressed"]

WIRE_FORMATS: dict[str, WireFormat] = {"dict": "flatdict", "swc": "swccompressed"}
"""What the servers call the forms: both are compressed."""

SWC_COLUMNS = {
    "id": "int64",
    "type": "int64",
    "x": "float64",
    "y": "float64",
    "z": "float64",
    "radius": "float64",
    "parent": "int64",
}

_GZIP = b"\x1f\x8b"
_NM_PER_UM = 1000.0


class Skeleton(TypedDict, total=False):
    """A skeleton; keys that a skeleton version does not have are missing."""

    vertices: FloatArray
    """Points in nm, float64 of shape (n, 3)."""
    edges: IdArray
    """Pairs of vertices, int64 of shape (m, 2)."""
    root: int
    """The vertex at which the skeleton begins: the soma, where there is one."""
    radius: FloatArray
    """Radius at each vertex in nm, float64 of shape (n,)."""
    compartment: IdArray
    """1 soma, 2 axon, 3 dendrite, 4 apical dendrite, int64 of shape (n,)."""
    mesh_to_skel_map: IdArray
    """Vertex of each level 2 node, int64."""
    lvl2_ids: IdArray
    """Level 2 nodes of the cell, int64; from skeleton version 4 on."""
    meta: dict[str, Any]
    """How the skeleton was made."""


def skeleton_of(document: Any) -> Skeleton:
    """Read a skeleton as the server or a file has it; the arrays are of one type wherever it comes from."""
    if not isinstance(document, dict) or "vertices" not in document:
        found = f"{document!r:.80}"
        msg = f"Report this answer to the service's maintainers: it should be a skeleton, and is {found}."
        raise DecodeError(msg)
    readers = {
        "vertices": _points,
        "edges": _pairs,
        "root": _vertex,
        "radius": _floats,
        "compartment": _labels,
        "mesh_to_skel_map": _ids,
        "lvl2_ids": _ids,
    }
    read: Any = {key: readers[key](value) if key in readers else value for key, value in document.items()}
    count = len(read["vertices"])
    for key in ("radius", "compartment"):
        if key in read and len(read[key]) != count:
            msg = f"Ask for this skeleton again: it has {count} vertices and {len(read[key])} of {key!r}."
            raise DecodeError(msg)
    edges = read.get("edges", ())
    if len(edges) and not 0 <= edges.min() <= edges.max() < count:
        raise DecodeError("Ask for this skeleton again: its edges name vertices that it does not have.")
    skeleton: Skeleton = read
    return skeleton


def _listed(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else value


def _points(value: Any) -> FloatArray:
    points: FloatArray = _shaped(_floats(value), 3)
    return points


def _pairs(value: Any) -> IdArray:
    pairs: IdArray = _shaped(CASTS["array"](_listed(value), "int64"), 2)
    return pairs


def _floats(value: Any) -> FloatArray:
    floats: FloatArray = CASTS["array"](_listed(value), "float64")
    return floats


def _ids(value: Any) -> IdArray:
    ids: IdArray = CASTS["id_array"](_listed(value), None)
    return ids


def _vertex(value: Any) -> int:
    vertex: int = CASTS["id"](_listed(value), None)
    return vertex


def _labels(value: Any) -> IdArray:
    """Read compartments, which skeletons of version 2 hold as floats."""
    import numpy as np

    floats = _floats(value)
    labels = floats.astype(np.int64) if np.isfinite(floats).all() else None
    if labels is None or (labels != floats).any():
        msg = "Report this answer to the service's maintainers: its compartments are no whole numbers."
        raise DecodeError(msg)
    return labels


def _shaped(array: npt.NDArray[Any], width: int) -> Any:
    if array.size % width or (array.ndim != 2 and array.size):
        msg = f"Report this answer to the service's maintainers: {array.shape} is no shape of (n, {width})."
        raise DecodeError(msg)
    return array.reshape(-1, width)


def decompressed(data: bytes) -> bytes:
    """Undo gzip, where there is any."""
    if not data.startswith(_GZIP):
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, OSError, zlib.error) as error:
        raise DecodeError(f"Ask for this skeleton again: it is no whole gzip file ({error}).") from None


def from_hex(text: str) -> bytes | None:
    """Return the bytes that hexadecimal digits stand for; None for a word."""
    try:
        return decompressed(binascii.unhexlify(text))
    except (binascii.Error, ValueError):
        return None


def read_json(data: bytes) -> Skeleton:
    """Read a skeleton from JSON text."""
    try:
        document = json.loads(data)
    except ValueError as error:
        raise DecodeError(f"Ask for this skeleton again: it is not JSON ({error}).") from None
    return skeleton_of(document)


def swc_frame(text: str) -> pd.DataFrame:
    """Read SWC lines."""
    import io

    import pandas as pd

    try:
        frame = pd.read_csv(
            io.StringIO(text),
            sep=r"\s+",
            header=None,
            names=list(SWC_COLUMNS),
            comment="#",
            dtype=SWC_COLUMNS,
        )
    except ValueError as error:
        raise DecodeError(f"Ask for this skeleton again: it is no SWC text ({error}).") from None
    return frame


def swc_of(skeleton: Skeleton) -> pd.DataFrame:
    """Write a skeleton as SWC rows, as the server does: micrometres, parents before their children."""
    import numpy as np
    import pandas as pd

    vertices = skeleton["vertices"]
    order, parent = _walk(skeleton)
    row_of = np.empty(len(vertices) + 1, dtype=np.int64)
    row_of[order] = np.arange(len(order))
    row_of[-1] = -1  # the parent of a root
    points = np.round(vertices[order] / _NM_PER_UM, 3)
    nothing = np.zeros(len(vertices))
    columns: dict[str, np.ndarray[Any, Any]] = {
        "id": np.arange(len(order), dtype=np.int64),
        "type": skeleton.get("compartment", nothing.astype(np.int64))[order],
        "x": points[:, 0],
        "y": points[:, 1],
        "z": points[:, 2],
        "radius": np.round(skeleton.get("radius", nothing)[order] / _NM_PER_UM, 3),
        "parent": row_of[parent[order]],
    }
    return pd.DataFrame(columns)


def _walk(skeleton: Skeleton) -> tuple[IdArray, IdArray]:
    """Return the vertices from the root outwards, and the parent of each vertex: -1 where a part begins."""
    import networkx as nx
    import numpy as np

    count = len(skeleton["vertices"])
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from(skeleton["edges"].tolist())
    parent = np.full(count, -1, dtype=np.int64)
    order: list[int] = []
    for start in _starts(graph, skeleton.get("root", 0)):
        steps = list(nx.dfs_edges(graph, start))
        order += [start, *(child for _, child in steps)]
        if steps:
            pairs = np.array(steps, dtype=np.int64)
            parent[pairs[:, 1]] = pairs[:, 0]
    return np.array(order, dtype=np.int64), parent


def _starts(graph: nx.Graph[int], root: int) -> list[int]:
    import networkx as nx

    return [root if root in part else min(part) for part in nx.connected_components(graph)]
