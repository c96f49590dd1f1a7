"""Operations of all API versions a client knows, and how a call written for one fits another.

Methods are those of the newest version, while the server may speak an older one. So a call is looked up
in the table of the version in use, and arguments that this version does not know are dropped where they
say nothing (None, or the default), and refused where they would be lost.

Old names end here as well: what follows sees an operation and its parameters under their own.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.errors import (
    InvalidArgumentError,
    ServerIncompatibilityError,
    UnsupportedFeatureError,
)
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

    def named(self, api: str, name: str) -> Operation | None:
        """Return the operation that one API version calls so, or called so."""
        return _named(self.of(api), name)

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
        return [api for api, table in self.by_api.items() if _named(table, name)]

    def params_elsewhere(self, name: str) -> dict[str, Param]:
        """Return the parameters that any version gives an operation, by their names and old names."""
        operations = (_named(table, name) for table in self.all())
        return {
            called: param
            for operation in operations
            if operation is not None
            for param in operation.params
            for called in (param.name, *param.aliases)
        }


@dataclass(frozen=True, slots=True)
class Fitted:
    """A call as the API version in use knows it."""

    operation: Operation
    arguments: Mapping[str, Any]
    advice: tuple[str, ...]
    """What the caller should write instead of what is old."""


def fit(
    service: ServiceInfo, tables: Tables, choice: ApiChoice, name: str, arguments: Mapping[str, Any]
) -> Fitted:
    """Return the operation of the API version in use, and the arguments as it knows them.

    Raises
    ------
    InvalidArgumentError
        An argument is given under its name and under an old one.
    UnsupportedFeatureError
        This API version has no such operation, or does not know an argument that was given.
    ServerIncompatibilityError
        The API version is only assumed, and the operation changes something.
    """
    operation = tables.named(choice.api, name)
    if operation is None:
        raise UnsupportedFeatureError(_absence(service, tables, choice, name))
    if choice.doubt and is_write(operation):
        raise ServerIncompatibilityError(
            f"Pass api_version={choice.api} to the client to do this anyway, or try again later.\n"
            f"{service.name}.{name} changes something, and the server did not tell which API versions it "
            f"speaks: {choice.doubt}."
        )
    known, advice = _under_new_names(service, operation, arguments)
    fitted = _fitted(service, tables, choice, operation, known)
    return Fitted(operation, fitted, (*_advice(operation, name), *advice))


def _named(table: Mapping[str, Operation], name: str) -> Operation | None:
    return table.get(name) or next((each for each in table.values() if name in each.aliases), None)


def _under_new_names(
    service: ServiceInfo, operation: Operation, arguments: Mapping[str, Any]
) -> tuple[Mapping[str, Any], list[str]]:
    """Return the arguments with those under an old name moved to their own, and what to say of it."""
    owners = {alias: param for param in operation.params for alias in param.aliases}
    if owners.keys().isdisjoint(arguments):
        return arguments, []
    result = {name: value for name, value in arguments.items() if name not in owners}
    advice = []
    for alias, param in owners.items():
        # Generated methods pass every argument: None is an old name that the caller did not use.
        if arguments.get(alias) is None:
            continue
        if not _says_nothing(param, result.get(param.name)):
            raise InvalidArgumentError(
                f"Pass only {param.name!r}: {alias!r} is its old name.\nIn {service.name}.{operation.name}."
            )
        result[param.name] = arguments[alias]
        advice.append(f"{_instead(param, alias)} In {operation.name}.")
    return result, advice


def _advice(operation: Operation, name: str) -> Iterator[str]:
    if name != operation.name:
        yield _instead(operation, name)
    old = operation.deprecated
    if old is not None:
        advice = f"Use {old.use} instead of {operation.name}" if old.use else f"Stop using {operation.name}"
        ends = f"; it goes away in {old.sunset}" if old.sunset else ""
        yield f"{advice}: deprecated since {old.since}{ends}. {old.message or ''}".rstrip()


def _instead(owner: Operation | Param, alias: str) -> str:
    since = f", deprecated since {owner.aliases_since}" if owner.aliases_since else ""
    return f"Use {owner.name} instead of {alias}, its old name{since}."


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
