"""What the state service answers."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

from caveclient_gen.offline.http.answers import Reply
from caveclient_gen.offline.http.json_forms import spaced_json
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.http.served import Served
from caveclient_gen.offline.states import LARGEST, Taken

if TYPE_CHECKING:
    from caveclient_gen.offline.http.call import Call

__all__ = ["served"]

served = Served("state")

DEFLATE = re.compile(r"\bdeflate\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))", re.IGNORECASE)
"""An Accept-Encoding that takes deflate."""

VERSION = "0.7.2"
"""Whose answers these are."""

FAILURE = (
    "<html>\n  <head>\n    <title>Internal Server Error</title>\n  </head>\n  <body>\n"
    "    <h1><p>Internal Server Error</p></h1>\n    \n  </body>\n</html>\n"
)
"""What servers say of a number without a document, and of one that has one already."""


@served.also("/api/v1/version", needs="login")
def version(call: Call) -> Reply:
    """Return the version of the software that is mirrored."""
    return spaced_json(VERSION)


@served("get_table_info", needs="login")
def table_info(call: Call) -> Reply:
    """Say who asks, and where states lie."""
    return Reply.text(f"User: {call.user_id} - project {call.cave.facts.datastack} - table states")


@served("get_state_json", "get_property_json", needs="login")
def document(call: Call) -> Reply:
    """Answer a document byte for byte as it came."""
    packed = call.cave.states.get(call.path_id("state_id"))
    if packed is None:
        return _failure()
    vary = ("Vary", "Accept-Encoding")
    if DEFLATE.search(call.headers.get("accept-encoding", "")):
        return Reply(packed, "application/json", headers=(vary, ("Content-Encoding", "deflate")))
    return Reply(zlib.decompress(packed), "application/json", headers=(vary,))


@served("get_state_raw", "get_property_raw", needs="login")
def raw(call: Call) -> Reply:
    """Answer a document as it is kept: in zlib's format, and said to be text."""
    packed = call.cave.states.get(call.path_id("state_id"))
    return _failure() if packed is None else Reply(packed, "text/html; charset=utf-8")


@served("upload_state_json", "upload_property_json", needs="login", largest_body=LARGEST)
def add(call: Call) -> Reply:
    """Keep a document, and answer its address."""
    number = call.cave.states.add(call.user_id, call.body)
    return spaced_json(f"{call.address}{call.operation.path.removesuffix('/post')}/{number}")


@served("upload_state_json_with_id", "upload_property_json_with_id", needs="admin", largest_body=LARGEST)
def add_as(call: Call) -> Reply:
    """Keep a document under a number of the caller's, and answer where it was sent to, as servers do."""
    number = call.path_id("state_id")
    if number == 0:
        raise Refusal(400, "Choose a number from 1 on.")
    try:
        call.cave.states.add(call.user_id, call.body, number=number, at=call.moment("timestamp"))
    except Taken:
        return _failure()
    return spaced_json(f"{call.address}{call.operation.path.replace('{state_id}', str(number))}")


def _failure() -> Reply:
    return Reply(FAILURE.encode(), "text/html", status=500)
