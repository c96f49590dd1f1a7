"""One request, as a service reads it. Every reader refuses what it cannot read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.moments import as_micros

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from caveclient_gen._runtime.operation import Operation
    from caveclient_gen.offline.cave import Cave
    from caveclient_gen.offline.http.faults import Faults
    from caveclient_gen.offline.identity.engine import User

__all__ = ["Call"]

LARGEST_ID = 2**63 - 1
YES, NO = ("true", "1", "yes", "on"), ("false", "0", "no", "off", "")


@dataclass(frozen=True)
class Call:
    """One request to one service.

    Parameters
    ----------
    cave : Cave
        The open dataset.
    operation : Operation
        What the spec says of the route.
    address : str
        Where this server is, without a slash at the end ("http://127.0.0.1:4321").
    user : User or None
        Who asks; None where the route asks for no token.
    token : str or None
        The token itself, for the few routes that are about it. It goes into no message.
    path, query, headers, body
        The request. `query` has all values of a name; `headers` has lower-case names.
    faults : Faults
        What a test asked to go wrong.
    """

    cave: Cave
    operation: Operation
    address: str
    user: User | None
    token: str | None = field(repr=False)
    path: Mapping[str, str] = field(repr=False)
    query: Mapping[str, Sequence[str]] = field(repr=False)  # a token may stand in each of these
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    faults: Faults

    @property
    def user_id(self) -> int:
        """The id of who asks."""
        return self.user.id if self.user else 0

    # ---- path

    def path_id(self, hole: str) -> int:
        """Read an id from the path. What is no whole number is no such page, as on servers."""
        text = self.path[hole]
        if not (text.isascii() and text.isdigit()) or len(text) > 19 or int(text) > LARGEST_ID:
            raise Refusal(404, f"{hole} must be a whole number below 2**63, and {text[:40]!r} is none.")
        return int(text)

    # ---- query

    def text(self, name: str, default: str | None = None) -> str | None:
        """Read a query parameter."""
        values = self.query.get(name)
        return values[-1] if values else default

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Read a query parameter that is yes or no."""
        text = self.text(name)
        if text is None:
            return default
        if text.lower() not in (*YES, *NO):
            raise Refusal(400, f"{name} must be true or false, and {text[:40]!r} is neither.")
        return text.lower() in YES

    def integer(self, name: str, default: int | None = None) -> int | None:
        """Read a query parameter that is a whole number."""
        text = self.text(name)
        if text is None:
            return default
        try:
            value = int(text)
        except ValueError:
            raise Refusal(400, f"{name} must be a whole number, and {text[:40]!r} is none.") from None
        if abs(value) > LARGEST_ID:
            raise Refusal(400, f"{name} must be below 2**63.")
        return value

    def moment(self, name: str, default: int | None = None) -> int | None:
        """Read a query parameter that is seconds since 1970 or an ISO time; in microseconds."""
        text = self.text(name)
        return default if text is None else read_moment(name, text)

    def bounds(self, name: str = "bounds") -> npt.NDArray[np.int64] | None:
        """Read "x0-x1_y0-y1_z0-z1" in voxels as (3, 2)."""
        import numpy as np

        text = self.text(name)
        if text is None:
            return None
        try:
            ranges = [[int(end) for end in axis.split("-")] for axis in text.split("_")]
            found = np.array(ranges, np.int64)
        except (ValueError, OverflowError):
            found = np.empty(0, np.int64)
        if found.shape != (3, 2) or (found[:, 0] > found[:, 1]).any():
            raise Refusal(400, f"{name} must be x0-x1_y0-y1_z0-z1 in voxels, and {text[:60]!r} is not.")
        return found

    # ---- body

    @cached_property
    def document(self) -> Any:
        """The body as JSON; an empty one is `{}`."""
        try:
            return json.loads(self.body) if self.body.strip() else {}
        except (ValueError, RecursionError):
            raise Refusal(400, "The body must be JSON in UTF-8, and is not.") from None

    def fields(self) -> Mapping[str, Any]:
        """Return the body as a JSON object."""
        if not isinstance(self.document, dict):
            raise Refusal(400, "The body must be a JSON object.")
        return self.document

    def ids(self, name: str) -> npt.NDArray[np.int64]:
        """Read a list of ids (numbers or their text) from a field of the body."""
        if name not in self.fields():
            raise Refusal(400, f"The body must have a field {name}, a list of ids.")
        return read_ids(name, self.fields()[name])

    def binary_ids(self) -> npt.NDArray[np.int64]:
        """Read the body as little-endian uint64."""
        import numpy as np

        if len(self.body) % 8:
            raise Refusal(400, "The body must be ids of 8 bytes each, and its length does not divide by 8.")
        ids = np.frombuffer(self.body, "<u8")
        if ids.size and ids.max() > LARGEST_ID:
            raise Refusal(400, "Ids must be below 2**63.")
        return ids.astype(np.int64)


def read_moment(name: str, value: Any) -> int:
    """Read seconds since 1970 (a number or its text) or an ISO time, as microseconds since 1970."""
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        seconds = None
    try:
        if seconds is not None:
            if not abs(seconds) < 1e11:
                raise ValueError
            return round(seconds * 1_000_000)
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise Refusal(
            400, f"{name} must be seconds since 1970 or an ISO time, and {str(value)[:40]!r} is neither."
        ) from None
    return as_micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def read_ids(name: str, value: Any) -> npt.NDArray[np.int64]:
    """Read a list of ids: whole numbers, or text of digits."""
    import numpy as np

    if not isinstance(value, list):
        raise Refusal(400, f"{name} must be a list of ids.")
    try:
        if not all(_is_id(one) for one in value):
            raise ValueError
        found = np.array([int(one) for one in value], np.int64)
    except (ValueError, OverflowError):
        raise Refusal(400, f"{name} must be a list of ids: whole numbers from 0 below 2**63.") from None
    if found.size and found.min() < 0:
        raise Refusal(400, f"{name} must be a list of ids, and {found.min()} is negative.")
    return found


def _is_id(value: object) -> bool:
    return type(value) is int or (isinstance(value, str) and value.isascii() and value.isdigit())
