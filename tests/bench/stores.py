"""Services that keep what they are sent: annotations and states, as real ones answer.

What the last call sent is handed out at `KEPT`, so that rows can compare what went over the wire. Asking for
it empties the store, so each contestant's first call finds it empty.
"""

from __future__ import annotations

import json
import re
import zlib
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.request import urlopen

import numpy as np
import orjson
from server import HERE, Answer, Ask, Reply, document
from wire import table_record

KEPT = "/_kept"
VOLUME = "vol"
TABLE = "synapses"
MOST_ROWS = 10_000
"""Rows that annotation servers take in one request."""
IDS_AT_ONCE = 250
"""Ids of 19 digits that fit into the 8 kB of an address that proxies pass on."""

VERSIONS: dict[str, Answer] = {
    "/annotation/api/versions": document([2]),
    "/schema/versions": document([2]),
    "/nglstate/api/versions": document([0, 1]),
    "/nglstate/api/v1/version": document("0.7.2"),
}
"""What clients ask when they are made."""

_ID = re.compile(rb'"id": ?(\d+)')


def kept(url: str) -> list[Any]:
    """Return what a store was sent since the last time, one item for each request."""
    with urlopen(url + KEPT, timeout=60) as response:
        return json.load(response)


class AnnotationStore:
    """A table of synapses.

    Parameters
    ----------
    most_rows : int
        Rows that a request may have.
    rows : sequence of mapping
        Rows that can be asked for, with their ids.
    """

    def __init__(self, most_rows: int = MOST_ROWS, rows: Sequence[Mapping[str, Any]] = ()) -> None:
        self._most_rows = most_rows
        self._texts = {row["id"]: json.dumps(row) for row in rows}
        self._count = 0
        self._bodies: deque[bytes] = deque(maxlen=16)  # of the calls that are timed nobody asks

    def routes(self) -> dict[str, Answer]:
        base = f"/annotation/api/v2/aligned_volume/{VOLUME}/table/{TABLE}"
        record = table_record(TABLE)
        del record["voxel_resolution"]  # the clients make it of the three
        metadata = Reply(json.dumps(record).encode(), status=201)
        return VERSIONS | {
            "/schema/api/v2/type/synapse": document(SYNAPSE_SCHEMA),
            base: metadata,
            f"{base}/count": lambda _: document(self._count),
            f"{base}/annotations": self._annotations,
            KEPT: self._hand_out,
        }

    def _annotations(self, ask: Ask) -> Reply:
        does = {"GET": self._get, "POST": self._insert, "PUT": self._replace, "DELETE": self._delete}
        return does[ask.method](ask)

    def _get(self, ask: Ask) -> Reply:
        ids = map(int, re.findall(r"\d+", ask.query.partition("annotation_ids=")[2].replace("%2C", ",")))
        rows = (self._texts[one] for one in ids if one in self._texts)
        return Reply(f"[{', '.join(rows)}]\n".encode())

    def _insert(self, ask: Ask) -> Reply:
        count = ask.body.count(b'"pre_pt"')
        if count > self._most_rows:
            return refusal(f"413 Request Entity Too Large: Insertion limit of {self._most_rows} exceeded")
        self._bodies.append(ask.body)
        named = _ID.search(ask.body[:200])
        first = int(named[1]) if named else self._count + 1  # rows that name their ids keep them
        self._count += count
        return Reply(orjson.dumps(np.arange(first, first + count), option=orjson.OPT_SERIALIZE_NUMPY))

    def _replace(self, ask: Ask) -> Reply:
        self._bodies.append(ask.body)
        old = map(bytes.decode, _ID.findall(ask.body))
        return Reply(orjson.dumps({one: 1_000_000 + int(one) for one in old}))

    def _delete(self, ask: Ask) -> Reply:
        self._bodies.append(ask.body)
        return Reply(ask.body[ask.body.index(b"[") : ask.body.index(b"]") + 1])

    def _hand_out(self, _: Ask) -> Reply:
        bodies = b"[" + b",".join(self._bodies) + b"]"
        self._bodies.clear()
        self._count = 0
        return Reply(bodies)


class StateStore:
    """States by number; only the number 1.

    Parameters
    ----------
    state : mapping, optional
        The state that can be downloaded.
    """

    def __init__(self, state: Mapping[str, Any] | None = None) -> None:
        self._plain = json.dumps(state).encode()
        self._packed = zlib.compress(self._plain)
        self._bodies: deque[bytes] = deque(maxlen=1)

    def routes(self) -> dict[str, Answer]:
        base = "/nglstate/api/v1"
        return VERSIONS | {
            f"{base}/1": self._get,
            f"{base}/post": self._post,
            KEPT: self._hand_out,
        }

    def _get(self, ask: Ask) -> Reply:
        # What real servers do: they keep states packed by zlib, and look for both words in the header.
        accepted = ask.headers.get("accept-encoding", "")
        has_deflate, has_gzip = "deflate" in accepted, "gzip" in accepted
        body = self._packed if has_deflate else self._plain
        headers = (("Content-Encoding", "deflate"),) if has_gzip else ()
        return Reply(body, (*headers, ("Vary", "Accept-Encoding")))

    def _post(self, ask: Ask) -> Reply:
        self._bodies.append(ask.body)
        return document(f"{HERE}/nglstate/api/v1/1")

    def _hand_out(self, _: Ask) -> Reply:
        return Reply(b"[" + b",".join(self._bodies) + b"]")


def refusal(message: str) -> Reply:
    """Return a refusal as annotation servers write all of theirs."""
    text = json.dumps({"code": 500, "message": message, "traceback": []})
    return Reply(text.encode(), status=500)


def _point(description: str, kind: str) -> dict[str, Any]:
    return {"type": "object", "$ref": f"#/definitions/{kind}", "description": description}


_POSITION = {"position": {"type": "array"}}
_IDS = {"root_id": {"type": "integer"}, "supervoxel_id": {"type": "integer"}}
_POINT = {"required": ["position"], "type": "object", "additionalProperties": False}

SYNAPSE_SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "definitions": {
        "SpatialPoint": {**_POINT, "properties": _POSITION},
        "BoundSpatialPoint": {**_POINT, "properties": {**_POSITION, **_IDS}},
        "SynapseSchema": {
            "required": ["ctr_pt", "post_pt", "pre_pt"],
            "type": "object",
            "properties": {
                "ctr_pt": _point("central point", "SpatialPoint"),
                "post_pt": _point("point in the postsynaptic compartment", "BoundSpatialPoint"),
                "pre_pt": _point("point in the presynaptic compartment", "BoundSpatialPoint"),
                "size": {"title": "size", "type": ["number", "null"], "format": "float"},
                "valid": {"title": "valid", "type": ["boolean", "null"], "default": False},
            },
            "additionalProperties": True,
        },
    },
    "$ref": "#/definitions/SynapseSchema",
}
"""The schema of synapses as the schema service publishes it."""
