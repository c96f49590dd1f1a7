"""Tokens: list, make, look at, revoke, exchange, end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.http.json_forms import sorted_json
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.services.auth.service import (
    SUCCESS,
    asker,
    http_date,
    number_in_path,
    served,
)
from caveclient_gen.offline.store import is_storable

if TYPE_CHECKING:
    from caveclient_gen.offline.http.answers import Reply
    from caveclient_gen.offline.http.call import Call
    from caveclient_gen.offline.identity.engine import Token

__all__: list[str] = []

NOT_STORED = "(not stored)"
"""Stands where real servers show the token itself: offline CAVE stores hashes only."""
LONGEST_DESCRIPTION = 1000


@served("get_tokens", needs="login")
def list_tokens(call: Call) -> Reply:
    """Answer the lasting tokens of who asks, newest first."""
    return sorted_json([_record(token) for token in call.cave.identity.tokens(call.user_id)])


def _record(token: Token) -> dict[str, Any]:
    return {
        "created": http_date(token.created),
        "description": token.description,
        "id": token.id,
        "last_used": http_date(token.last_used),
        "token": NOT_STORED,
        "updated": http_date(token.updated),
        "user_id": token.person_id,
    }


@served("create_token", needs="login")
@served.also("/api/v1/create_token", needs="login")
def create_token(call: Call) -> Reply:
    """Make one more token. A body that is no JSON object says no description, as on real servers."""
    try:
        fields = json.loads(call.body or b"{}")
    except (ValueError, RecursionError):
        fields = {}
    description = fields.get("description") if isinstance(fields, dict) else None
    if description is not None and not _is_description(description):
        raise Refusal(400, f"description must be text of at most {LONGEST_DESCRIPTION} letters.")
    return sorted_json(call.cave.identity.issue_to(call.user_id, description=description))


def _is_description(value: object) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_DESCRIPTION and is_storable(value)


@served("get_token_ttl", needs="login")
def seconds_left(call: Call) -> Reply:
    """Answer how long one of the asker's own tokens stays valid."""
    identity = call.cave.identity
    token = identity.token_of(call.path["key"])
    if token is None or token.person_id != call.user_id:
        body = {"error": "invalid_token", "message": "There is no such token, or it is not yours."}
        raise Refusal(404, body["message"], reply=sorted_json(body, status=404))
    return sorted_json(token.seconds_left(call.cave.store.clock.now()))


@served("revoke_token", needs="login")
def revoke(call: Call) -> Reply:
    """Make one of the asker's own tokens invalid."""
    if not call.cave.identity.revoke(call.user_id, number_in_path(call, "token_id")):
        raise Refusal(404, "Token doesn't exist")
    return sorted_json(SUCCESS)


@served("refresh_token", needs="login")
def exchange(call: Call) -> Reply:
    """Exchange the asker's only lasting token for a new one."""
    token = call.cave.identity.exchange(call.user_id)
    if token is None:
        raise Refusal(400, "Revoke all tokens but one first, or make a further one: you have several.")
    return sorted_json(token)


@served("logout", needs="login")
def logout(call: Call) -> Reply:
    """Make the temporary token of this request invalid."""
    identity = call.cave.identity
    token = identity.token_of(call.token or "")
    if token is not None and token.expires is None:
        raise Refusal(422, "Can't logout an API Key.")
    if token is not None:
        identity.revoke(asker(call).id, token.id)
    return sorted_json(SUCCESS)
