"""What a correct spec should still do better. None of it changes what is generated for the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from codegen import ir
from codegen.facts import at
from codegen.problems import Problem

Rule = Callable[[ir.Operation], Iterator[Problem]]

_ENDS = (".", "!", "?", ":")


def lint(spec: ir.Spec) -> list[Problem]:
    """Return the warnings of a spec, in the order of files and lines."""
    found: set[Problem] = set()
    for service in spec.services:
        found.update(_service(service), _unused(service))
        for api in service.apis:
            found.update(*(rule(operation) for operation in api.operations for rule in RULES))
            found.update(_twins(api), _old_advice(api), _extra_endpoints(api))
    return sorted(found)


def _sentence(text: str | None, origin: ir.Origin) -> Iterator[Problem]:
    if text is None:
        return
    if not text.rstrip().endswith(_ENDS):
        yield Problem(origin, "the sentence has no end.", "End it with a period.")
    if text.lstrip()[:1].islower() and text.lstrip()[:4] != "http":
        yield Problem(origin, "the sentence begins with a small letter.")


def _service(service: ir.Service) -> Iterator[Problem]:
    yield from _sentence(service.summary, at(service.origins, "summary"))
    for attribute in service.attributes:
        yield from _sentence(attribute.doc, at(service.origins, f"attributes.{attribute.name}.doc"))
    for feature in service.features:
        yield from _sentence(feature.message, at(service.origins, f"features.{feature.name}.message"))
    for extra in service.extra_endpoints:
        yield from _sentence(extra.doc, at(service.origins, f"extra_endpoints.{extra.name}.doc"))
    for type_ in service.types:
        yield from _sentence(type_.doc, at(type_.origins, "doc"))
        if type_.doc is None:
            yield Problem(at(type_.origins), "nothing says what it is.", "Add a `doc`.")


def _words(operation: ir.Operation) -> Iterator[Problem]:
    yield from _sentence(operation.summary, at(operation.origins, "summary"))
    if "\n" in operation.summary.strip():
        yield Problem(
            at(operation.origins, "summary"), "the summary has several lines.", "Move the rest to `doc`."
        )
    yield from _sentence(operation.check, at(operation.origins, "check"))
    yield from _sentence(operation.server_message, at(operation.origins, "server_message"))
    for param in operation.params:
        if not param.is_const:
            yield from _sentence(param.doc, at(param.origins, "doc"))
    for arm in operation.response:
        yield from _sentence(arm.doc, at(arm.origins, "doc"))


def _what_comes_back(operation: ir.Operation) -> Iterator[Problem]:
    for arm in operation.response:
        if arm.doc is None and arm.decode != "none":
            yield Problem(at(arm.origins), "nothing says what comes back.", "Add a `doc`.")


def _check_without_need(operation: ir.Operation) -> Iterator[Problem]:
    if operation.check is not None and operation.safe:
        yield Problem(at(operation.origins, "check"), "a safe call needs no check.", "Remove it.")


def _examples(operation: ir.Operation) -> Iterator[Problem]:
    for example in operation.examples:
        if example.request is None and example.raises is None and not example.has_returns:
            yield Problem(at(example.origins), "the example shows neither what is sent nor what comes back.")


def _deprecation(operation: ir.Operation) -> Iterator[Problem]:
    owners: tuple[ir.Operation | ir.Param, ...] = (operation, *operation.params)
    for owner in owners:
        gone = owner.deprecated
        if gone and gone.use is None and gone.message is None:
            yield Problem(
                at(owner.origins, "deprecated"),
                "nothing says what to use instead.",
                "Say `use` or `message`.",
            )


def _units(operation: ir.Operation) -> Iterator[Problem]:
    for param in operation.params:
        if param.type in ("bounds", "point", "point_array") and param.unit is None:
            yield Problem(
                at(param.origins), f"nothing says what the numbers of a {param.type} count.", "Say `unit`."
            )


def _twins(api: ir.Api) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for operation in api.operations:
        other = owners.setdefault(operation.summary, operation.name)
        if other != operation.name:
            yield Problem(
                at(operation.origins, "summary"), f"{other!r} has the same summary.", "Say what differs."
            )


def _old_advice(api: ir.Api) -> Iterator[Problem]:
    """Find advice to use what is an old name itself."""
    for operation in api.operations:
        yield from _advises(operation, api.operations)
        for param in operation.params:
            yield from _advises(param, operation.params)


def _advises(owner: ir.Operation | ir.Param, others: Iterable[ir.Operation | ir.Param]) -> Iterator[Problem]:
    use = owner.deprecated.use if owner.deprecated is not None else None
    for other in others:
        if use in other.aliases:
            origin = at(owner.origins, "deprecated.use")
            yield Problem(origin, f"{use!r} is an old name itself.", f"Say {other.name!r}.")


def _extra_endpoints(api: ir.Api) -> Iterator[Problem]:
    for extra in api.extra_endpoints:
        yield from _sentence(extra.doc, at(api.origins, f"extra_endpoints.{extra.name}.doc"))


def _unused(service: ir.Service) -> Iterator[Problem]:
    operations = [operation for api in service.apis for operation in api.operations]
    features = {operation.requires for operation in operations}
    for feature in service.features:
        if feature.name not in features:
            yield Problem(
                at(service.origins, f"features.{feature.name}"), "no operation requires this feature."
            )
    used = set(_type_words(operations, service.types))
    for type_ in service.types:
        if type_.name not in used:
            yield Problem(at(type_.origins), "no operation returns this type.", "Use it or remove it.")
    holes = {hole for operation in operations for hole, _ in operation.holes}
    for hole, _ in service.hole_defaults:
        if hole not in holes:
            yield Problem(at(service.origins, f"defaults.{hole}"), "no path has this hole.", "Remove it.")
    yield from _unused_attributes(service, operations)


def _unused_attributes(service: ir.Service, operations: Iterable[ir.Operation]) -> Iterator[Problem]:
    used = {param.client_default for operation in operations for param in operation.params}
    used |= {attr for _, attr in service.hole_defaults} | {feature.attr for feature in service.features}
    for attribute in service.attributes:
        if attribute.name not in used:
            origin = at(service.origins, f"attributes.{attribute.name}")
            yield Problem(origin, "no default takes this attribute.", "Use it or remove it.")


def _type_words(operations: Iterable[ir.Operation], types: Iterable[ir.NamedType]) -> Iterable[str]:
    expressions = [arm.returns or "" for operation in operations for arm in operation.response]
    expressions += [field.type for type_ in types for field in type_.fields]
    for expression in expressions:
        yield from expression.replace("[", " ").replace("]", " ").replace("|", " ").replace(",", " ").split()


RULES: tuple[Rule, ...] = (_words, _what_comes_back, _check_without_need, _examples, _deprecation, _units)
"""What is asked of every operation."""
