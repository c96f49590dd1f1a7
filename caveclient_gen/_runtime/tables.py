"""Operations of all API versions a client knows, and how a call written for one fits another.

Methods are those of the newest version, while the server may speak an older one. So a call is looked up
in the table of the version in use, and arguments that this version does not know are dropped where they
say nothing (None, or the default), and refused where they would be lost.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import ServerIncompatibilityError, UnsupportedFeatureError
from caveclient_gen._runtime.gates import is_write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from caveclient_gen._runtime.negotiation import ApiChoice
    from caveclient_gen._runtime.operation import Operation, Param, ServiceInfo


@dataclass(frozen=True, slots=True)
class Tables:
    """The operations that a client class knows."""

    client: type
    own: Mapping[str, Operation]
    by_api: Mapping[str, Mapping[str, Operation]]

    def of(self, api: str) -> Mapping[str, Operation]:
        """Return the operations of one API version."""
        return self.by_api.get(api, self.own)

    def all(self) -> Iterator[Mapping[str, Operation]]:
        """Return the operations of every version, those of inherited classes included."""
        yield from self.by_api.values()
        for cls in self.client.__mro__:
            yield cls.__dict__.get("_operations", {})

    def apis_with(self, name: str) -> list[str]:
        """Return the API versions that have an operation."""
        return [api for api, table in self.by_api.items() if name in table]

    def params_elsewhere(self, name: str) -> dict[str, Param]:
        """Return the parameters that any version gives an operation."""
        return {param.name: param for table in self.all() if name in table for param in table[name].params}


def fit(
    service: ServiceInfo, tables: Tables, choice: ApiChoice, name: str, arguments: Mapping[str, Any]
) -> tuple[Operation, Mapping[str, Any]]:
    """Return the operation of the API version in use, and the arguments as it knows them.

    Raises
    ------
    UnsupportedFeatureError
        This API version has no such operation, or does not know an argument that was given.
    ServerIncompatibilityError
        The API version is only assumed, and the operation changes something.
    """
    operation = tables.of(choice.api).get(name)
    if operation is None:
        raise UnsupportedFeatureError(_absence(service, tables, choice, name))
    if choice.doubt and is_write(operation):
        raise ServerIncompatibilityError(
            f"Pass api_version={choice.api} to the client to do this anyway, or try again later.\n"
            f"{service.name}.{name} changes something, and the server did not tell which API versions it "
            f"speaks: {choice.doubt}."
        )
    return operation, _fitted(service, tables, choice, operation, arguments)


def _fitted(
    service: ServiceInfo,
    tables: Tables,
    choice: ApiChoice,
    operation: Operation,
    arguments: Mapping[str, Any],
) -> Mapping[str, Any]:
    known = {param.name for param in operation.params}
    foreign = [name for name in arguments if name not in known]
    if not foreign:
        return arguments
    elsewhere = tables.params_elsewhere(operation.name)
    for name in foreign:
        if name in elsewhere and not _says_nothing(elsewhere[name], arguments[name]):
            raise UnsupportedFeatureError(
                f"Leave out {name!r}: API version {choice.api} of {service.name} does not know it.\n"
                f"{service.name}.{operation.name}{_doubtful(choice)}"
            )
    # A name that no version knows stays, for `resolve` to refuse.
    return {name: value for name, value in arguments.items() if name in known or name not in elsewhere}


def _says_nothing(param: Param, value: Any) -> bool:
    return value is None or (type(value) is type(param.default) and bool(value == param.default))


def _absence(service: ServiceInfo, tables: Tables, choice: ApiChoice, name: str) -> str:
    elsewhere = tables.apis_with(name)
    here = f"{service.name}: API version {choice.api} has no {name!r}"
    if elsewhere:
        versions = ", ".join(elsewhere)
        remedy = f"Use a server that speaks API {versions} for {name!r}."
        return f"{remedy}\n{here}; {versions} has.{_doubtful(choice)}"
    near = difflib.get_close_matches(name, tables.of(choice.api), n=1)
    remedy = f"Did you mean {near[0]!r}?" if near else "Check the name."
    return f"{remedy} {here}."


def _doubtful(choice: ApiChoice) -> str:
    if not choice.doubt:
        return ""
    return f" API {choice.api} is only assumed, because the server did not tell: {choice.doubt}."
