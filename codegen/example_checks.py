"""What must hold for the examples of an operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codegen.facts import Facts, at
from codegen.problems import Problem, suggest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codegen import ir

_BODIES = ("json", "body_hex", "text", "arrow")


def examples(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that there is an example, and that each is a call that can be made."""
    if not operation.examples:
        if "examples" in operation.origins:
            yield Problem(at(operation.origins, "examples"), "there is no example for this API version.")
        return
    for example in operation.examples:
        yield from _call(example, operation)
        yield from _client(example, facts)
        yield from _outcome(example, operation)


def _call(example: ir.Example, operation: ir.Operation) -> Iterator[Problem]:
    arguments = {param.name: param for param in operation.arguments}
    given = dict(example.call)
    for name in given:
        if name not in arguments:
            yield Problem(
                at(example.origins, f"call.{name}"),
                f"there is no argument {name!r}.",
                suggest(name, arguments),
            )
    if example.raises is None:
        for param in arguments.values():
            if param.required and param.name not in given:
                yield Problem(
                    at(example.origins, "call"), f"the required argument {param.name!r} is missing."
                )


def _client(example: ir.Example, facts: Facts) -> Iterator[Problem]:
    for name, _ in example.client:
        if name not in facts.attributes:
            known = suggest(name, facts.attributes)
            yield Problem(
                at(example.origins, f"client.{name}"), f"the service's 'attributes' have no {name!r}.", known
            )


def _outcome(example: ir.Example, operation: ir.Operation) -> Iterator[Problem]:
    origins = example.origins
    if example.has_returns and example.raises is not None:
        yield Problem(at(origins, "raises"), "a call returns or raises.", "Remove one of the two.")
    if example.has_returns and example.response is None and operation.kind == "request":
        yield Problem(
            at(origins, "returns"), "without a 'response' nothing is returned.", "Add the response."
        )
    if operation.kind == "url" and "response" in origins:
        yield Problem(at(origins, "response"), "an address is not sent, so nothing answers.", "Remove it.")
    yield from _one_body(example.request, "request", origins)
    yield from _one_body(example.response, "response", origins)


def _one_body(message: Mapping[str, Any] | None, name: str, origins: ir.Origins) -> Iterator[Problem]:
    bodies = [field for field in _BODIES if field in (message or {})]
    if len(bodies) > 1:
        yield Problem(
            at(origins, f"{name}.{bodies[1]}"), f"a {name} has one body, and {bodies[0]!r} is one already."
        )
