"""Who may ask what: tokens, terms and permissions, refused as middle_auth refuses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from caveclient_gen.offline.http.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caveclient_gen.offline.http.served import Needs
    from caveclient_gen.offline.identity.engine import Identity, User

__all__ = ["admit", "read_token"]

NAMESPACES = {
    "table_id": "pychunkedgraph",
    "datastack_name": "datastack",
    "aligned_volume_name": "aligned_volume",
    "dataset_name": "aligned_volume",
}
"""Hole of a path to the namespace in which auth knows its permission set."""


def read_token(headers: Mapping[str, str], cookie: str | None, query: str | None) -> str | None:
    """Return the token of a request: from the header, the cookie or `middle_auth_token` of the query."""
    header = headers.get("authorization")
    if header is None:
        return cookie or query
    kind, _, token = header.partition(" ")
    if kind != "Bearer" or not token.strip():
        raise _refusal(400, "bad_auth_header", "Authorization header must begin with 'Bearer'")
    return token.strip()


def admit(
    identity: Identity, needs: Needs, path: Mapping[str, str], token: str | None, address: str
) -> User | None:
    """Return who asks, or refuse: no token, a wrong one, an unknown table, missing terms or permission."""
    if needs == "nothing":
        return None
    if token is None:
        raise _refusal(401, "no_token", "Unauthorized - No Token Provided", login=address)
    user = identity.user_of(token)
    if user is None:
        raise _refusal(401, "invalid_token", "Unauthorized - Token is Invalid or Expired", login=address)
    if needs == "admin" and not user.is_admin:
        raise Refusal(403, "Requires superadmin privilege.", body="Requires superadmin privilege.")
    if needs in ("view", "edit"):
        _check_permission(identity, user, needs, path, address)
    return user


def _check_permission(
    identity: Identity, user: User, permission: str, path: Mapping[str, str], address: str
) -> None:
    hole = next((hole for hole in NAMESPACES if hole in path), None)
    if hole is None:
        if not any(permission in allowed for allowed in user.permissions.values()) and not user.is_admin:
            raise _missing_permission(permission, "any")
        return
    namespace, name = NAMESPACES[hole], path[hole]
    dataset = identity.permission_set(namespace, name)
    if dataset is None:
        data: dict[str, Any] = {"resource_namespace": namespace, "table_id": name}
        raise _refusal(400, "invalid_table_id", "Invalid table_id for service", data=data)
    for terms in user.missing_terms:
        if terms.dataset == dataset:
            form = f"{address}/sticky_auth/api/v1/tos/{terms.terms_id}/accept"
            data = {"tos_id": terms.terms_id, "tos_name": terms.name, "tos_form_url": form}
            raise _refusal(403, "missing_tos", f"Need to accept Terms of Service {terms.name}", data=data)
    if not user.may(permission, dataset):
        raise _missing_permission(permission, dataset)


def _missing_permission(permission: str, dataset: str) -> Refusal:
    data = {"auth_dataset": dataset, "required_permission": permission}
    return _refusal(
        403, "missing_permission", f"Missing permission: {permission} for dataset {dataset}", data=data
    )


def _refusal(
    status: int, error: str, message: str, *, data: Mapping[str, Any] | None = None, login: str | None = None
) -> Refusal:
    body = {**({"data": data} if data else {}), "error": error, "message": message}
    challenge = (("WWW-Authenticate", f'Bearer realm="{login}/sticky_auth"'),) if login else ()
    return Refusal(status, message, body=body, headers=challenge)
