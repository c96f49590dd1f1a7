"""Who may ask what: tokens, terms and permissions, refused as middle_auth refuses them.

A request is a script's if it has a header `Authorization`, `X-Requested-With` or `Origin`; scripts get JSON.
A request without any of them is taken for a browser's, and sent to the page where people log in or accept
terms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from caveclient_gen.offline.http.answers import Reply
from caveclient_gen.offline.http.json_forms import sorted_json
from caveclient_gen.offline.http.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caveclient_gen.offline.http.served import Needs
    from caveclient_gen.offline.identity.engine import Identity, User

__all__ = ["admit", "read_token", "refused_as_text", "returning_to"]

NAMESPACES = {
    "table_id": "pychunkedgraph",
    "datastack_name": "datastack",
    "aligned_volume_name": "aligned_volume",
    "dataset_name": "aligned_volume",
}
"""Hole of a path to the namespace in which auth knows its permission set."""

LOGIN = "/sticky_auth/api/v1/authorize"
TERMS = "/sticky_auth/api/v1/tos/{}/accept"
SCRIPT_HEADERS = ("authorization", "x-requested-with", "origin")


def read_token(headers: Mapping[str, str], cookie: str | None, query: str | None, address: str) -> str | None:
    """Return the token of a request: from the header, the cookie or `middle_auth_token` of the query."""
    header = headers.get("authorization")
    if not header:
        return cookie or query or None
    kind, _, token = header.partition(" ")
    if kind != "Bearer" or not token.strip():
        challenge = ("invalid_request", "Header must begin with 'Bearer'")
        message = "Authorization header must begin with 'Bearer'"
        raise _refusal(400, "bad_auth_header", message, headers=_challenge(address, *challenge))
    return token.strip()


def returning_to(headers: Mapping[str, str], url: str) -> str | None:
    """Return where a browser comes back to after a page for people; None for a script's request.

    `url` has no query: a token may stand there.
    """
    return None if any(headers.get(name) for name in SCRIPT_HEADERS) else url


def admit(
    identity: Identity,
    needs: Needs,
    path: Mapping[str, str],
    token: str | None,
    address: str,
    page: str | None = None,
) -> User | None:
    """Return who asks, or refuse: no token, a wrong one, an unknown table, missing terms or permission.

    Parameters
    ----------
    identity : Identity
        The people.
    needs : str
        What the route asks for.
    path : dict
        The holes of the path, of which one may name a table, datastack or volume.
    token : str or None
        The token of the request.
    address : str
        Where this server is.
    page : str or None
        Where a browser wants to come back to; None if a script asks.
    """
    if needs == "nothing":
        return None
    user = _user(identity, token, address, page)
    if needs == "admin" and not user.is_admin:
        raise refused_as_text(403, "Requires superadmin privilege.")
    if needs in ("view", "edit"):
        _check_permission(identity, user, needs, path, address, page)
    return user


def refused_as_text(status: int, text: str) -> Refusal:
    """Refuse with nothing but text, as middle_auth refuses in all services."""
    return Refusal(status, text, reply=Reply.text(text, status=status))


def _user(identity: Identity, token: str | None, address: str, page: str | None) -> User:
    user = identity.user_of(token) if token else None
    if user is not None:
        return user
    if page is not None:
        raise _sent_to(f"{address}{LOGIN}?redirect={quote(page)}")
    if not token:
        message = "Unauthorized - No Token Provided"
        raise _refusal(401, "no_token", message, headers=_challenge(address))
    challenge = _challenge(address, "invalid_token", "Invalid/Expired Token")
    raise _refusal(401, "invalid_token", "Unauthorized - Token is Invalid or Expired", headers=challenge)


def _check_permission(
    identity: Identity, user: User, permission: str, path: Mapping[str, str], address: str, page: str | None
) -> None:
    dataset = _permission_set(identity, path)
    for terms in user.missing_terms:
        if terms.dataset != dataset or not user.may(permission, dataset):
            continue
        form = address + TERMS.format(terms.terms_id)
        if page is not None:
            raise _sent_to(f"{form}?redirect={quote(page)}")
        data = {"tos_id": terms.terms_id, "tos_name": terms.name, "tos_form_url": form}
        message = "Need to accept Terms of Service to access resource."
        raise _refusal(403, "missing_tos", message, data=data)
    if not user.may(permission, dataset):
        data = {"auth_dataset": dataset, "required_permission": permission}
        message = f"Missing permission: {permission} for dataset {dataset}"
        raise _refusal(403, "missing_permission", message, data=data)


def _permission_set(identity: Identity, path: Mapping[str, str]) -> str:
    hole = next((hole for hole in NAMESPACES if hole in path), None)
    if hole is None:
        return identity.own_permission_set
    namespace, name = NAMESPACES[hole], path[hole]
    dataset = identity.permission_set(namespace, name)
    if dataset is None:
        data: dict[str, Any] = {"resource_namespace": namespace, "table_id": name}
        if namespace == "pychunkedgraph":  # those servers run another release of the same check
            data["auth_dataset"] = None
        raise _refusal(400, "invalid_table_id", "Invalid table_id for service", data=data)
    return dataset


def _challenge(address: str, error: str = "", description: str = "") -> tuple[tuple[str, str], ...]:
    more = f', error="{error}", error_description="{description}"' if error else ""
    return (("WWW-Authenticate", f'Bearer realm="{address}{LOGIN}"{more}'),)


def _refusal(
    status: int,
    error: str,
    message: str,
    *,
    data: Mapping[str, Any] | None = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Refusal:
    body = {**({"data": data} if data else {}), "error": error, "message": message}
    return Refusal(status, message, reply=sorted_json(body, status=status, headers=headers))


def _sent_to(location: str) -> Refusal:
    return Refusal(
        302, "Log in.", reply=Reply(b"", "text/html; charset=utf-8", 302, (("Location", location),))
    )
