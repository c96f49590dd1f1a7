"""May this call go out? Looks at the server's version and at what the datastack has.

Decided on what goes on the wire, after defaults:

    ranges    the server's version        a read                     a write
    none      -                           goes                       goes
    some      inside any of them          goes                       goes
    some      outside all of them         refused                    refused
    some      unknown, policy "allow"     goes                       goes
    some      unknown, policy "deny"      refused                    refused
    some      unknown, no policy          goes, one warning          refused

A server is asked for its version only when a range has to be checked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from caveclient_gen._runtime.errors import ServerIncompatibilityError, UnsupportedFeatureError
from caveclient_gen._runtime.lasting import anew
from caveclient_gen._runtime.versions import in_words, within

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.version import Version

    from caveclient_gen._runtime.discovery import Finding
    from caveclient_gen._runtime.operation import Operation, ServiceInfo


class Caller(Protocol):
    """What a call needs to know of the client it is made with; defaults are further attributes."""

    _service: ClassVar[ServiceInfo]

    @property
    def server_address(self) -> str: ...

    @property
    def timeout(self) -> float | None: ...

    def _find_server_version(self) -> Finding[Version]: ...

    def _warn_once(self, topic: str, text: str) -> None: ...


def is_write(operation: Operation) -> bool:
    """Whether the operation changes something; PUT and DELETE do even where they may be repeated."""
    return not operation.safe or operation.method in ("PUT", "DELETE", "PATCH")


def check_gates(operation: Operation, values: Mapping[str, Any], caller: Caller) -> None:
    """Refuse a call that this server or datastack cannot do.

    Parameters
    ----------
    operation : Operation
        What is about to be called.
    values : mapping
        Its arguments by name, after defaults; None is not sent.
    caller : Caller
        The client.

    Raises
    ------
    UnsupportedFeatureError
        The datastack lacks a feature that the operation needs.
    ServerIncompatibilityError
        The server's version cannot do it, or is unknown and the call may not be risked.
    """
    _check_feature(operation, caller)
    for ranges, remedy in _ranges_on_wire(operation, values):
        found = _version_that_decides(ranges, caller)
        if found.value is None:
            _face_unknown(operation, ranges, found.reason, caller)
        elif not within(ranges, found.value):
            raise ServerIncompatibilityError(
                f"{remedy}\n{_full_name(operation, caller)}: it needs server version {in_words(ranges)}; "
                f"{caller.server_address} runs {found.value}."
            )


def _version_that_decides(ranges: tuple[str, ...], caller: Caller) -> Finding[Version]:
    found = caller._find_server_version()
    if found.kept and found.value is not None and not within(ranges, found.value):
        # The server may have been updated since an earlier process asked it.
        with anew():
            return caller._find_server_version()
    return found


def asks_version(operation: Operation, values: Mapping[str, Any]) -> bool:
    """Whether the server's version decides if a call may go out."""
    return next(_ranges_on_wire(operation, values), None) is not None


def _full_name(operation: Operation, caller: Caller) -> str:
    return f"{caller._service.name}.{operation.name}"


def _ranges_on_wire(operation: Operation, values: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    if operation.server:
        message = operation.server_message
        yield operation.server, message or f"{operation.name} needs another server version."
    for param in operation.params:
        if param.server and param.location != "none" and values.get(param.name) is not None:
            yield param.server, f"Leave out {param.name!r}: this server does not understand it."


def _face_unknown(operation: Operation, ranges: tuple[str, ...], reason: str, caller: Caller) -> None:
    policy = operation.unknown_version or caller._service.unknown_version
    if policy == "allow":
        return
    needs = f"needs server version {in_words(ranges)}, and the version is unknown: {reason}."
    name = _full_name(operation, caller)
    if policy == "deny" or is_write(operation):
        raise ServerIncompatibilityError(
            "Pass server_version to the client if you know that the server can do this, or try again "
            f"later.\n{name} {needs}"
        )
    # One topic for all operations of the client: the cause is the server, not the call.
    caller._warn_once(
        "server version", f"{name} {needs} It goes ahead; an older server may ignore or refuse it."
    )


def _check_feature(operation: Operation, caller: Caller) -> None:
    if operation.requires is None:
        return
    feature = next(f for f in caller._service.features if f.name == operation.requires)
    has = getattr(caller, feature.attr)
    # A documented `has_...()` is a method; a bound method is always true.
    if not (has() if callable(has) else has):
        raise UnsupportedFeatureError(f"{feature.message}\n{_full_name(operation, caller)} needs it.")
