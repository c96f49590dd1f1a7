"""From an operation and its arguments to a request that can be sent.

`resolve` settles what the arguments mean; `build` writes them down. Between the two a call may be
answered from the cache or split into several requests, which is why they are two.

    resolve    unknown, missing and contradicting arguments refused
               -> defaults filled in -> values normalised -> gates
    build      path, query, headers and body written -> Request

Bad arguments are found before anything is asked of a server, the client's own defaults included.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from caveclient_gen._runtime.addresses import normalise_address
from caveclient_gen._runtime.decode import choose_arm
from caveclient_gen._runtime.encode import dump_json, encode_body, encode_path, encode_query
from caveclient_gen._runtime.errors import InvalidArgumentError
from caveclient_gen._runtime.gates import Caller, check_gates
from caveclient_gen._runtime.normalise import normalise
from caveclient_gen._runtime.request import Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from caveclient_gen._runtime.operation import Operation, Param

_HOLE = re.compile(r"\{(\w+)\}")
_JSON = ("Content-Type", "application/json")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request, and the arguments that it carries: complete and normalised."""

    request: Request
    arguments: Mapping[str, Any]


def prepare(operation: Operation, arguments: Mapping[str, Any], caller: Caller) -> Prepared:
    """Build the request of one call; nothing of it is sent.

    Parameters
    ----------
    operation : Operation
        What to call.
    arguments : mapping
        The caller's arguments by name; None is the same as left out.
    caller : Caller
        The client, which holds the address and the defaults.

    Returns
    -------
    Prepared
        The request and the normalised arguments.

    Raises
    ------
    InvalidArgumentError
        An argument is missing, unknown, or cannot be used.
    ServerIncompatibilityError
        The server's version, or this datastack, cannot do it.
    """
    values = resolve(operation, arguments, caller)
    return Prepared(build(operation, values, caller), values)


def resolve(operation: Operation, arguments: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Return the operation's arguments by name: defaults filled in, normalised, and allowed."""
    values = settle(operation, arguments, caller)
    check_gates(operation, values, caller)
    # An answer in no known form: better now than after a write was sent.
    choose_arm(operation, values)
    return values


def settle(operation: Operation, arguments: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    """Return the arguments as `resolve` does, but do not ask whether the server can do it."""
    _refuse_unknown(operation, arguments)
    taken = _check_exclusive(operation, arguments)
    _refuse_missing(operation, arguments)
    values = {
        param.name: _normalised(operation, param, _own_value(param, arguments), caller)
        for param in operation.params
    }
    for param in operation.params:
        # A default of the client never contradicts an argument, nor an earlier default of its group.
        if (
            param.client_default
            and values[param.name] is None
            and not _exclusive_with(operation, param) & taken
        ):
            held = _held(param, values, caller)
            values[param.name] = _normalised(operation, param, held, caller)
            taken |= {param.name} if values[param.name] is not None else set()
    return values


def _held(param: Param, values: Mapping[str, Any], caller: Caller) -> Any:
    """Return what the client holds for a parameter, or for it in view of another one."""
    held = getattr(caller, str(param.client_default))
    return held if param.default_for is None else held(values[param.default_for])


def _refuse_unknown(operation: Operation, arguments: Mapping[str, Any]) -> None:
    known = {param.name for param in operation.params if not param.is_const}
    unknown = sorted(set(arguments) - known)
    if unknown:
        raise InvalidArgumentError(
            f"Leave out {', '.join(map(repr, unknown))}: {operation.name} takes {', '.join(sorted(known))}."
        )


def _refuse_missing(operation: Operation, arguments: Mapping[str, Any]) -> None:
    for param in operation.params:
        if param.required and not param.is_const and arguments.get(param.name) is None:
            raise InvalidArgumentError(f"Pass {param.name!r}: {operation.name} needs it.")


def _check_exclusive(operation: Operation, arguments: Mapping[str, Any]) -> set[str]:
    """Refuse arguments that exclude each other; return those of such groups that were given."""
    params = {param.name: param for param in operation.params}
    all_given: set[str] = set()
    for group in operation.exclusive:
        given = [name for name in group if _is_given(params[name], arguments.get(name))]
        if len(given) > 1:
            raise InvalidArgumentError(
                f"Pass one of {', '.join(map(repr, given))}: in {operation.name} they exclude each other."
            )
        all_given.update(given)
    return all_given


def _exclusive_with(operation: Operation, param: Param) -> set[str]:
    return {name for group in operation.exclusive if param.name in group for name in group}


def _is_given(param: Param, value: Any) -> bool:
    # Generated methods pass every argument, so a literal default arrives as if it had been written. The
    # types are compared first: `==` on an array is an array.
    return value is not None and not (type(value) is type(param.default) and value == param.default)


def _own_value(param: Param, arguments: Mapping[str, Any]) -> Any:
    value = None if param.is_const else arguments.get(param.name)
    return param.default if value is None else value


def _normalised(operation: Operation, param: Param, value: Any, caller: Caller) -> Any:
    if value is None:
        return None
    with _naming(operation, caller, f", argument {param.name!r}"):
        return normalise(param, value)


@contextmanager
def _naming(operation: Operation, caller: Caller, where: str = "") -> Iterator[None]:
    """Say in the errors of what is called inside which operation they belong to."""
    try:
        yield
    except InvalidArgumentError as error:
        text = f"{error}\nIn {caller._service.name}.{operation.name}{where}."
        raise type(error)(text) from error.__cause__


def build(operation: Operation, values: Mapping[str, Any], caller: Caller) -> Request:
    """Write resolved arguments down as a request."""
    service = caller._service
    foreign = next((param for param in operation.params if param.location == "address"), None)
    with _naming(operation, caller):
        path = _path(operation, values, caller)
        if foreign is None:
            url = caller.server_address + path
        else:
            url = _foreign_url(foreign.name, values[foreign.name], path)
        query = tuple(_query(operation, values))
        headers = tuple(_headers(operation, values))
        body = _body(operation, values)
    if body is not None and _is_json(operation):
        headers += (_JSON,)
    return Request(
        method=operation.method,
        url=url,
        query=query,
        headers=headers,
        body=body,
        operation=f"{service.name}.{operation.name}",
        safe=operation.safe,
        check=operation.check,
        connect_timeout=service.connect_timeout,
        read_timeout=caller.timeout or operation.timeout or service.read_timeout,
        # Whatever the address: an operation that asks other servers never takes the token along.
        auth=service.auth == "bearer" and foreign is None,
    )


def address(operation: Operation, values: Mapping[str, Any], caller: Caller) -> str:
    """Write resolved arguments down as an address (`kind: url`): `graphene://https://host/path`."""
    request = build(operation, values, caller)
    return f"{operation.scheme}://{request.full_url}" if operation.scheme else request.full_url


def _foreign_url(name: str, address: str | None, path: str) -> str:
    """Return the address that an argument names, with the route behind it; "/" stands for no route."""
    if address is None:
        raise InvalidArgumentError(f"Pass {name!r}: it is the address to ask.")
    address, mark, query = address.strip().partition("?")
    if path == "/":
        return normalise_address(address, name=name) + mark + query
    if mark:
        raise InvalidArgumentError(f"Give {name} without what follows '?': {address!r}.")
    return normalise_address(address, name=name) + path


def _path(operation: Operation, values: Mapping[str, Any], caller: Caller) -> str:
    fillers = {wire: p for p in operation.params if p.location == "path" for wire in p.wire}
    held_by_client = dict(operation.holes)

    def fill(hole: re.Match[str]) -> str:
        name = hole.group(1)
        param = fillers.get(name)
        if param is not None:
            value = values[param.name]
            text = None if value is None else encode_path(param, value)
            return _segment(operation, param.name, text)
        held = getattr(caller, held_by_client[name])
        return _segment(operation, held_by_client[name], None if held is None else str(held))

    return _HOLE.sub(fill, operation.path)


def _segment(operation: Operation, name: str, text: str | None) -> str:
    """Return one value as a part of a path; it must not be able to change which route is called."""
    if text is None or not text.strip():
        raise InvalidArgumentError(f"Pass {name!r}, or make a client that has it: the address needs it.")
    if "/" in text or ".." in text or text == ".":
        raise InvalidArgumentError(f"Pass {name!r} without '/' and '..': {text!r} cannot be part of a path.")
    return quote(text, safe="")


def _query(operation: Operation, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for param in operation.params:
        value = values[param.name]
        if param.location == "query" and value is not None:
            texts = encode_query(param, value)
            yield from ((wire, text) for wire in param.wire for text in texts)


def _headers(operation: Operation, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield from operation.headers
    for param in operation.params:
        value = values[param.name]
        if param.location == "header" and value is not None:
            texts = encode_query(param, value)
            for text in texts:
                if not text.isprintable():
                    raise InvalidArgumentError(
                        f"Pass {param.name!r} without line breaks or control characters."
                    )
            yield from ((wire, text) for wire in param.wire for text in texts)


def _is_json(operation: Operation) -> bool:
    return operation.body is None or operation.body.kind == "json"


def _body(operation: Operation, values: Mapping[str, Any]) -> bytes | None:
    if operation.body is None:
        return _object_body(operation, values)
    param = next(p for p in operation.params if p.name == operation.body.param)
    value = values[param.name]
    if value is None:
        return None
    if operation.body.kind == "json":
        written = encode_body(param, value)
        return written if isinstance(written, bytes) else dump_json(written)
    return _binary(operation, param.name, value, operation.body.dtype or "<u8")


def _object_body(operation: Operation, values: Mapping[str, Any]) -> bytes | None:
    fields = [param for param in operation.params if param.location == "body"]
    document: dict[str, Any] = {}
    for param in fields:
        value = values[param.name]
        if value is not None:
            written = encode_body(param, value)
            if param.wrap is not None:
                written = {_wrapper(operation, param, values): written}
            document.update(dict.fromkeys(param.wire, written))
    # An empty object still is a body: servers that parse JSON refuse its absence. A GET has one only if
    # there is something to say, because proxies may drop it.
    if not fields or (not document and operation.method == "GET"):
        return None
    return dump_json(document)


def _wrapper(operation: Operation, param: Param, values: Mapping[str, Any]) -> str:
    key = values[str(param.wrap)]
    if key is None:
        raise InvalidArgumentError(f"Pass {param.wrap!r} too: it says what {param.name!r} is about.")
    return str(key)


def _binary(operation: Operation, name: str, values: Any, dtype: str) -> bytes:
    import numpy as np

    ids = np.asarray(values)
    layout = np.dtype(dtype)
    if layout.kind == "u" and ids.size and ids.min() < 0:
        raise InvalidArgumentError(f"Pass no negative numbers in {name!r}.")
    return ids.astype(layout, copy=False).tobytes()
