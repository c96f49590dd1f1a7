"""What requests to the skeleton service say, read and checked; and the headers of files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.http.answers import Reply
from caveclient_gen.offline.http.call import read_ids
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.skeletons.engine import DEFAULT, NEWEST, VERSIONS

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from caveclient_gen.offline.http.call import Call

__all__ = ["attachment", "body_version", "need_roots", "path_ids", "path_version"]

EXPOSED = (
    "Cache-Control, Content-Disposition, Content-Encoding, Content-Length, Content-Type, Date, ETag, Server, "
    "Vary, X-Content-Type-Options, X-Frame-Options, X-Powered-By, X-XSS-Protection"
)
ATTACHMENT = (
    ("Content-Disposition", "attachment"),
    ("Access-Control-Expose-Headers", EXPOSED),
    ("Access-Control-Expose-Headers", "WWW-Authenticate"),
)


def path_version(call: Call, hole: str = "skeleton_version") -> int:
    """Read a version of skeletons from the path: 1 to 4, where -1 is the newest and 0 the default."""
    text = call.path[hole]
    return _version(int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else text)


def body_version(call: Call) -> int:
    """Read a version of skeletons from the body; the newest if it names none."""
    return _version(call.fields().get("skeleton_version", NEWEST))


def _version(value: Any) -> int:
    if type(value) is not int or value not in VERSIONS:
        known = ", ".join(map(str, VERSIONS))
        raise Refusal(400, f"Invalid skeleton version: {str(value)[:40]}. Valid versions: {known}.")
    return {-1: NEWEST, 0: DEFAULT}.get(value, value)


def path_ids(call: Call) -> npt.NDArray[np.int64]:
    """Read ids that stand in the path, with commas between them."""
    return read_ids("root_ids", call.path["root_ids"].split(","))


def need_roots(call: Call, ids: npt.NDArray[np.int64]) -> None:
    """Refuse ids that are no roots."""
    wrong = ids[~call.cave.skeletons.are_roots(ids)]
    if wrong.size:
        more = f" (and {wrong.size - 1} more)" if wrong.size > 1 else ""
        raise Refusal(
            400,
            f"Invalid root id: {wrong[0]}{more} (perhaps this is an id corresponding to a different level of "
            "the PCG, e.g., a supervoxel id)",
        )


def attachment(data: bytes) -> Reply:
    """Answer bytes that are not said to be compressed, even where they are."""
    return Reply(data, "application/octet-stream", headers=ATTACHMENT)
