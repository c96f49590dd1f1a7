"""Pages for people: terms of service to accept, and what stands in place of logging in.

A browser has no token of offline CAVE, so the page of the terms has a field for it. It is sent in the body:
an address would keep it in histories and logs.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from caveclient_gen.offline.http.answers import Reply
from caveclient_gen.offline.http.refusals import Refusal
from caveclient_gen.offline.services.auth.service import number_in_path, served, whole_page

if TYPE_CHECKING:
    from caveclient_gen.offline.http.call import Call

__all__: list[str] = []

VERSION = "neuroglance_auth -- version 2.30.3"
TERMS = "/api/v1/tos/{tos_id}/accept"
FORM = (
    '<form method="post"><p><label>Your token <input type="password" name="middle_auth_token"></label>'
    ' <button type="submit">Accept</button></p></form>'
)
ADVICE = (
    "Offline CAVE has no page to log in or to list tokens. Its tokens come from the program that started it: "
    "server.token() in Python, or what `caveclient-gen serve` printed. Send one as "
    "'Authorization: Bearer TOKEN'."
)


@served.also("/version")
def version(call: Call) -> Reply:
    """Answer the version of the real server whose routes these are."""
    return Reply.text(VERSION)


@served.also("/api/v1/authorize")
@served.also("/api/v1/authorize", base="/sticky_auth")
@served.also("/settings/tokens", base="/sticky_auth")
def authorize(call: Call) -> Reply:
    """Answer a browser that has no token. It is no success, so that scripts do not take it for an answer."""
    return _page(401, "No token", f"<p>{html.escape(ADVICE)}</p>")


@served.also(TERMS)
@served.also(TERMS, base="/sticky_auth")
def show_terms(call: Call) -> Reply:
    """Show terms of service, with a form to accept them."""
    name, text = _terms(call)
    return _page(200, name, f"<p>{html.escape(text)}</p>\n{FORM}")


@served.also(TERMS, method="POST")
@served.also(TERMS, method="POST", base="/sticky_auth")
def accept_terms(call: Call) -> Reply:
    """Accept terms of service: with the token of the request, or the one that the form sends."""
    name, _ = _terms(call)
    identity = call.cave.identity
    user = identity.user_of(call.token or _token_of_form(call) or "")
    if user is None:
        return _page(401, name, f"<p>That is no valid token. Nothing was accepted.</p>\n{FORM}")
    identity.rights.accept(user.id, number_in_path(call, "tos_id"))
    return _page(200, name, f"<p>Accepted by {html.escape(user.name)}. Repeat what was refused.</p>")


def _terms(call: Call) -> tuple[str, str]:
    try:
        _, name, text = call.cave.identity.rights.terms_of(number_in_path(call, "tos_id"))
    except Refusal as refusal:
        raise whole_page(404, refusal.message) from None
    return name, text


def _token_of_form(call: Call) -> str | None:
    try:
        fields = parse_qs(call.body.decode("ascii"), max_num_fields=10)
    except ValueError:
        return None
    return fields.get("middle_auth_token", [""])[0].strip() or None


def _page(status: int, title: str, content: str) -> Reply:
    head = html.escape(title)
    text = f"<!doctype html>\n<html lang=en>\n<title>{head}</title>\n<h1>{head}</h1>\n{content}\n"
    return Reply.text(text, status=status)
