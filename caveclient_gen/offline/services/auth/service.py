"""What all handlers of the auth service share: who may ask, how bodies are read, how records are written."""

from __future__ import annotations

import json
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.http.access import refused_as_text
from caveclient_gen.offline.http.call import LARGEST_ID
from caveclient_gen.offline.http.refusals import Refusal, refusal_reply
from caveclient_gen.offline.http.served import Served
from caveclient_gen.offline.moments import as_datetime
from caveclient_gen.offline.store import is_storable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from caveclient_gen.offline.http.call import Call
    from caveclient_gen.offline.identity.engine import User

__all__ = [
    "SUCCESS",
    "asker",
    "http_date",
    "matching",
    "named",
    "number_in_body",
    "number_in_path",
    "read_fields",
    "require_administrator",
    "require_group_administrator",
    "require_set_administrator",
    "text_in_body",
    "whole_page",
]

served = Served("auth")
SUCCESS = "success"
LONGEST_NAME = 200


def asker(call: Call) -> User:
    """Return who asks, on a route that needs a token."""
    if call.user is None:
        raise LookupError("The route says that it needs no token, and its handler asks who asks.")
    return call.user


def require_administrator(call: Call) -> User:
    """Return who asks; refuse if they administer nothing."""
    user = asker(call)
    if not user.administers_something:
        raise refused_as_text(403, "Requires admin privilege.")
    return user


def require_group_administrator(call: Call, group_id: int) -> User:
    """Return who asks; refuse if they do not administer the group."""
    user = asker(call)
    members = call.cave.identity.groups.members(group_id)
    if not user.is_admin and not any(number == user.id and is_admin for number, _, is_admin in members):
        raise refused_as_text(403, "Requires group admin privilege.")
    return user


def require_set_administrator(call: Call, number: int) -> None:
    """Refuse if who asks does not administer the permission set."""
    user = asker(call)
    if not user.is_admin and number not in {known for known, _ in user.permission_sets_admin}:
        raise refused_as_text(403, "Requires dataset admin privilege.")


def whole_page(status: int, message: str) -> Refusal:
    """Refuse as the framework of the real server does, with an HTML page."""
    return Refusal(status, message, reply=refusal_reply("", Refusal(status, message)))


def number_in_path(call: Call, hole: str) -> int:
    """Read a number from the path; what is none is no such page."""
    try:
        return call.path_id(hole)
    except Refusal:
        raise whole_page(404, f"The path must have a whole number below 2**63 for {hole}.") from None


def read_fields(call: Call) -> dict[str, Any]:
    """Read a body that must be a JSON object, and must say that it is JSON."""
    kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise whole_page(415, "Send the body as JSON, with Content-Type: application/json.")
    try:
        fields = json.loads(call.body)
    except (ValueError, RecursionError):
        raise whole_page(400, "The body must be a JSON object, and cannot be read as JSON.") from None
    if not isinstance(fields, dict):
        raise whole_page(400, "The body must be a JSON object.")
    return fields


def number_in_body(fields: dict[str, Any], name: str) -> int:
    """Read the number of somebody or something from a body."""
    if fields.get(name) is None:
        raise Refusal(400, f"Missing {name}.")
    return checked_number(name, fields[name])


def checked_number(name: str, value: object) -> int:
    """Return a value that must be a number of somebody or something."""
    if type(value) is not int or not 0 <= value <= LARGEST_ID:
        raise Refusal(400, f"{name} must be a whole number from 0 below 2**63.")
    return value


def text_in_body(fields: dict[str, Any], name: str) -> str:
    """Read a name from a body."""
    value = fields.get(name)
    if value is None or (isinstance(value, str) and not value.strip()):
        raise Refusal(400, f"Missing {name}.")
    if not isinstance(value, str) or len(value) > LONGEST_NAME or not is_storable(value):
        raise Refusal(400, f"{name} must be text of at most {LONGEST_NAME} letters.")
    return value


def named(rows: Iterable[tuple[int, str]]) -> list[dict[str, Any]]:
    """Write records of number and name."""
    return [{"id": number, "name": name} for number, name in rows]


def matching(call: Call, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the records whose name has the text that the query asks for, if it asks for one."""
    wanted = (call.text("name") or "").casefold()
    return [record for record in records if wanted in record["name"].casefold()]


def http_date(micros: int | None) -> str | None:
    """Write a moment as HTTP does; it has no fractions of seconds."""
    if micros is None:
        return None
    return format_datetime(as_datetime(micros).replace(microsecond=0), usegmt=True)
