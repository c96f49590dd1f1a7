"""The text of a new API version for a person to finish.

Everything that a document says is written down. What it cannot say (whether a call may be sent twice, how
the answer is read, an example) stands there as TODO: the loader reports each with its line, and reads
nothing before all are settled. So `codegen lint` is the list of what is left to do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from codegen.drift.compare import true_base
from codegen.drift.described import described
from codegen.drift.document import shape
from codegen.drift.inherited import Changes, changes, moved, next_prefix
from codegen.drift.new_params import Params
from codegen.drift.yaml_text import Todo, flow, scalar
from codegen.grammar import identifier_fault
from codegen.naming import CLASS_BODY
from codegen.prose import sentence
from codegen.vocabulary import METHODS, RESERVED_OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from codegen import ir
    from codegen.drift.document import Document, Form, Route

_WIDEST = 110
_SCHEMA = "# yaml-language-server: $schema=../descriptor.schema.json"
_RETURNS = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "object": "dict[str, Any]",
}


class NumberError(ValueError):
    """A version of that number cannot be started; the message says why."""


def skeleton(service: ir.Service, number: str, document: Document | None) -> str:
    """
    Return the text of `v<number>.yaml`.

    Parameters
    ----------
    service : ir.Service
        The service; the new version extends its newest.
    number : str
        The number.
    document : Document, optional
        What a server says of the version. Without it, everything is inherited and nothing is left to do.

    Raises
    ------
    NumberError
        The number is none, is taken, or is older than the newest.
    DocumentError
        The document is of another service.
    """
    parent = service.apis[-1]
    prefix = _checked(service, number)
    head = [_SCHEMA, f'api: "{number}"', f"prefix: {scalar(prefix)}", f"extends: v{parent.number}"]
    if document is None:
        return "\n".join([*head, "operations: {}", ""])
    mine = (shape(path) for each in parent.operations if (path := moved(each, service, parent, prefix)))
    base = true_base(document, [*mine, *(path for _, path in described(service))], service)
    found = changes(document, base, service, parent, number, prefix)
    doc = Todo(f"what API {number} has beside API {parent.number}")
    lines = [*_about(document), *head, f"doc: {flow(doc)}", *_removed(found)]
    return "\n".join([*lines, *_Operations(service, parent, found).lines(), ""])


def _checked(service: ir.Service, number: str) -> str:
    newest = service.apis[-1]
    if not re.fullmatch(r"0|[1-9][0-9]*", number):
        raise NumberError(
            f"{number!r} is no number of an API version. Write it like {int(newest.number) + 1}."
        )
    if int(number) <= int(newest.number):
        raise NumberError(
            f"{service.name} has API {newest.number} already; a new version comes after it, like "
            f"{int(newest.number) + 1}."
        )
    prefix = next_prefix(newest, number)
    if prefix is None:
        raise NumberError(
            f"The prefix {newest.prefix!r} of API {newest.number} has no number, so that of API {number} "
            f"cannot be told. Write spec/{service.name}/v{number}.yaml by hand."
        )
    return prefix


def _about(document: Document) -> list[str]:
    version = f", version {_comment(document.version)}" if document.version else ""
    return [
        f"# Started from {_comment(document.name)}{version}.",
        "# `python -m codegen lint` lists what is left to decide (TODO). Once the file loads,",
        "# `python -m codegen drift` tells where parameters of inherited operations differ.",
    ]


def _removed(found: Changes) -> list[str]:
    return ["removed:", *(f"  - {name}" for name in found.removed)] if found.removed else []


def _comment(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)


class _Operations:
    def __init__(self, service: ir.Service, parent: ir.Api, found: Changes) -> None:
        self._found = found
        self._taken = {operation.name for operation in parent.operations}
        self._params = Params(service, parent)

    def lines(self) -> Iterator[str]:
        if not self._found.changed and not self._found.new:
            yield "operations: {}"
            return
        yield "operations:"
        for name, fields in self._found.changed.items():
            yield f"  {name}: {flow(fields)}"
        for path, route in self._found.new:
            yield ""
            yield from self._operation(path, route)

    def _operation(self, path: str, route: Route) -> Iterator[str]:
        name = _name(path, route, self._taken)
        self._taken.add(name)
        yield f"  {name}:"
        for line in route.more.splitlines():
            if line.strip():
                yield f"    # {_comment(line.rstrip())}"
        for key, value in self._fields(path, route).items():
            yield from _field(key, value)

    def _fields(self, path: str, route: Route) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "summary": _summary(route.text),
            "method": _method(route.method),
            "path": path,
        }
        if route.method != "GET":
            fields["safe"] = Todo("true if it may be sent twice without harm or else false")
            fields["check"] = Todo("how to find out whether it happened - remove the line if it is safe")
        if route.deprecated:
            fields["deprecated"] = {
                "since": Todo("version that says so"),
                "message": Todo("what to use instead"),
            }
        params, body = self._params.of(path, route)
        fields |= {"params": params} if params else {}
        fields |= {"body": body} if body else {}
        fields["response"] = _response(route)
        fields["examples"] = Todo("a call with its request and its answer")
        return fields


def _field(key: str, value: Any) -> Iterator[str]:
    if key == "params":
        yield "    params:"
        for name, fields in value.items():
            line = f"      {name}: {flow(fields)}"
            if len(line) <= _WIDEST:
                yield line
                continue
            yield f"      {name}:"
            yield from (f"        {inner}: {flow(item)}" for inner, item in fields.items())
    else:
        yield f"    {key}: {flow(value)}"


def _name(path: str, route: Route, taken: Collection[str]) -> str:
    """Return a name that is free: the document's, then with more and more of the path."""
    words = [_snake(part) for part in path.split("/") if part and "{" not in part]
    said = _snake(route.name)
    first = said if said else "_".join([route.method.lower(), *words[-1:]])
    for more in range(len(words) + 1):
        name = "_".join([first, *words[len(words) - more :]]) if more else first
        if name[:1].isalpha() and name not in taken and not _is_reserved(name):
            return name
    number = 2
    while f"call_{number}" in taken:
        number += 1
    return f"call_{number}"


def _is_reserved(name: str) -> bool:
    return identifier_fault(name, RESERVED_OPERATIONS) is not None or name in CLASS_BODY


def _snake(text: str) -> str:
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text)
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")


def _summary(text: str) -> str:
    told = sentence(text)
    return told[:1].upper() + told[1:] if told else Todo("one sentence that says what it does")


def _method(method: str) -> str:
    return method if method in METHODS else Todo(f"the language has no {method}")


def _response(route: Route) -> dict[str, Any]:
    doc = Todo("what comes back - one sentence")
    if route.answer is not None:
        return {"decode": "json", "returns": _returns(route.answer), "doc": doc}
    if route.says_produces and len(route.produces) == 1 and route.produces != ("application/json",):
        return {"decode": Todo("how the body is read"), "media_type": route.produces[0], "doc": doc}
    return {"decode": Todo("json or what the server really answers"), "doc": doc}


def _returns(form: Form) -> str:
    if form.type == "array":
        return f"list[{_RETURNS.get(form.items or '', 'Any')}]"
    return _RETURNS.get(form.type or "", "Any")
