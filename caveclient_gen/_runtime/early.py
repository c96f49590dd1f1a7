"""Which request a call will send, told before the server has said what it speaks; for `ahead`."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.batch import is_one_request
from caveclient_gen._runtime.cache import MISS
from caveclient_gen._runtime.errors import CAVEError
from caveclient_gen._runtime.gates import asks_version, check_gates, is_write
from caveclient_gen._runtime.negotiation import LATEST, ApiChoice
from caveclient_gen._runtime.parts import parts_of
from caveclient_gen._runtime.prepare import build, settle
from caveclient_gen._runtime.tables import fit
from caveclient_gen._runtime.versions import newest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from caveclient_gen._runtime.client import ClientBase
    from caveclient_gen._runtime.operation import Operation
    from caveclient_gen._runtime.request import Request


def version_request(client: ClientBase) -> Request | None:
    """Return the request for the version of a server's software; None if it is known, or was stated."""
    return client._discovery.version_request() if client._stated_version is ... else None


def expected_request(client: ClientBase, name: str, arguments: Mapping[str, Any]) -> Request | None:
    """Return the request that a call will most likely send.

    Parameters
    ----------
    client : ClientBase
        With whom it is called.
    name : str
        The operation.
    arguments : mapping
        Its arguments; none may be left to a default that the server is asked for.

    Returns
    -------
    Request or None
        None if it is no use to be early, because the answer is at hand or the call will be several requests;
        or if it would be wrong, because it is not settled yet whether the server can do it.

    Raises
    ------
    CAVEError
        The address of the server cannot be found out. Whatever else is wrong, the call itself says.
    """
    _ = client.server_address
    with suppress(CAVEError):
        choice = _expected_api(client)
        fitted = fit(client._service, client._tables(), choice, name, arguments)
        operation, values = fitted.operation, settle(fitted.operation, fitted.arguments, client)
        parts = parts_of(operation, values)
        if not is_one_request(operation, parts) or not _may_go(operation, values, client):
            return None
        place = client._place(operation, values, choice.api)
        if place is None or place.get() is MISS:
            return build(operation, parts[0].values, client)
    return None


def _may_go(operation: Operation, values: Mapping[str, Any], client: ClientBase) -> bool:
    """Whether the gates let a call out, as far as is known: nothing is asked for this."""
    if operation.requires or is_write(operation):
        return False
    if not asks_version(operation, values) or version_request(client) is None:
        check_gates(operation, values, client)
    # Else the step itself asks for the version before it takes the answer: what a server that is too old
    # says to a read is not given to anybody.
    return True


def _expected_api(client: ClientBase) -> ApiChoice:
    if client._wanted_api == LATEST and version_request(client) is not None:
        return ApiChoice(newest(client._known_apis()))
    # Settled already, or as soon as this call asks for it.
    return client._choose_api()
