"""Which API version a client speaks with its server.

    asked for    server says        chosen
    "2"          (not asked)        2
    latest       a version that     the fallback, if it is the newest that the client knows; its API versions
                 surely speaks it   are not asked for
    latest       lists versions     the newest that both know; none in common is an error
    latest       does not tell      the service's fallback, and the reason why it is only assumed
    latest       has no such route  the service's fallback, or the newest known

A client that knows a single API version does not ask: the answer could not change what it sends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from caveclient_gen._runtime.errors import ServerIncompatibilityError
from caveclient_gen._runtime.versions import newest, within

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from packaging.version import Version

    from caveclient_gen._runtime.discovery import Finding
    from caveclient_gen._runtime.operation import ServiceInfo

LATEST = "latest"


@dataclass(frozen=True, slots=True)
class ApiChoice:
    """The API version in use."""

    api: str
    doubt: str = ""
    """Why it is only assumed. Empty: it was asked for, or the server named it."""


def choose_api(
    service: ServiceInfo,
    known: Collection[str],
    wanted: str,
    ask: Callable[[], Finding[tuple[str, ...]]],
    ask_version: Callable[[], Finding[Version]] | None = None,
) -> ApiChoice:
    """Choose the API version.

    Parameters
    ----------
    service : ServiceInfo
        The service.
    known : collection of str
        API versions that the client can speak.
    wanted : str
        One of them, or "latest".
    ask : callable
        Finds out what the server speaks; called only if the answer matters.
    ask_version : callable
        Finds out the version of the server's software; called only if it may settle the matter.

    Returns
    -------
    ApiChoice
        The version, and whether it is only assumed.

    Raises
    ------
    ServerIncompatibilityError
        Client and server have none in common.
    """
    if wanted != LATEST:
        return ApiChoice(wanted)
    fallback = service.fallback_api if service.fallback_api in known else None
    if len(known) == 1:
        return ApiChoice(newest(known))
    if service.api_versions_path is None:
        return ApiChoice(fallback or newest(known))
    if fallback == newest(known) and service.fallback_servers and ask_version is not None:
        version = ask_version().value
        if version is not None and within(service.fallback_servers, version):
            return ApiChoice(fallback)
    found = ask()
    if found.value is None:
        return ApiChoice(fallback or newest(known), found.reason)
    common = set(known) & set(found.value)
    if not common:
        raise ServerIncompatibilityError(
            "Install a client that fits the server: they have no API version in common.\n"
            f"{service.name}: the server speaks API {', '.join(found.value)}, this client {', '.join(known)}."
        )
    return ApiChoice(newest(common))
