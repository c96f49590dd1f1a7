"""JSON as Flask's `jsonify` writes it: keys in the order of the alphabet, ASCII, a newline at the end."""

from __future__ import annotations

import json
from typing import Any

from caveclient_gen.offline.http.answers import Reply

__all__ = ["sorted_json"]


def sorted_json(value: Any, *, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """Answer a JSON document of plain Python values.

    Parameters
    ----------
    value : Any
        What `json` can write.
    status : int
        The status line.
    headers : tuple of (str, str)
        More headers.
    """
    body = json.dumps(value, sort_keys=True, separators=(",", ":")) + "\n"
    return Reply(body.encode(), "application/json", status, headers)
