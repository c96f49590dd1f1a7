"""What the chunkedgraph service answers, and the forms that its answers share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from caveclient_gen.offline.http.answers import Reply
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.http.served import Served
from caveclient_gen.offline.moments import from_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from caveclient_gen.offline.http.call import Call

    Ids = npt.NDArray[np.int64]

__all__ = ["moment", "raw_ids", "reply_text", "served", "written"]

served = Served("chunkedgraph")


def reply_text(value: Any) -> Reply:
    """Answer a document under the media type of pages, as the server does where pandas wrote it."""
    text = json.dumps(value, separators=(",", ":"))
    return Reply(text.encode(), "text/html; charset=utf-8", compress=True)


def raw_ids(ids: Ids) -> Reply:
    """Answer ids as little-endian uint64; the server calls that a page."""
    return Reply(ids.astype("<u8").tobytes(), "text/html; charset=utf-8", compress=True)


def written(call: Call, ids: Ids | Sequence[int]) -> Any:
    """Write ids: numbers, or text if the caller asked for `int64_as_str`."""
    if call.flag("int64_as_str"):
        return np.asarray(ids, np.int64).astype(str).tolist()
    return ids


@overload
def moment(call: Call, name: str, default: int) -> int: ...
@overload
def moment(call: Call, name: str, default: int | None = None) -> int | None: ...
def moment(call: Call, name: str, default: int | None = None) -> int | None:
    """Read a query parameter that is seconds since 1970. ISO times are refused, as on the server."""
    text = call.text(name)
    if text is None:
        return default
    try:
        return from_seconds(float(text))
    except ValueError:
        said = "" if name == "timestamp" else f" {name}"
        raise Refusal(400, f"Timestamp parameter{said} is not a valid unix timestamp") from None
