"""What must hold between the parts of one operation."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from codegen.facts import Facts, at
from codegen.grammar import holes, identifier_fault, range_fault
from codegen.naming import CLASS_BODY
from codegen.problems import Problem, suggest
from codegen.prose import either
from codegen.vocabulary import (
    COUNTED,
    FORBIDDEN_HEADERS,
    LISTED,
    MERGES,
    RESERVED_OPERATIONS,
    RESERVED_RAW_OPERATIONS,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from codegen import ir


def name(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that the name can be a method's."""
    reserved = RESERVED_RAW_OPERATIONS if operation.raw else RESERVED_OPERATIONS
    fault = identifier_fault(operation.name, reserved)
    if fault:
        yield Problem(at(operation.origins), fault, "Choose another name.")
    elif operation.python_name in CLASS_BODY:
        message = f"{operation.name!r} is a word that the generated class uses itself."
        yield Problem(at(operation.origins), message, "Choose another name.")
    if operation.raw and operation.override:
        yield Problem(
            at(operation.origins, "override"), "a raw operation is a mixin's already.", "Remove it."
        )


def method(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that a request says how it is sent and whether it may be sent again."""
    origins = operation.origins
    if operation.kind == "url":
        for field in ("safe", "check", "body", "headers", "cache", "limits"):
            if field in origins:
                yield Problem(
                    at(origins, field), f"an address is not sent: {field!r} means nothing.", "Remove it."
                )
        if operation.method != "GET":
            yield Problem(at(origins, "method"), f"an address is opened with GET, not {operation.method}.")
        return
    if operation.scheme is not None:
        yield Problem(at(origins, "scheme"), "only kind: url has a scheme.")
    if "method" not in origins:
        yield Problem(at(origins), "'method' is missing.", "method: GET, POST, PUT or DELETE.")
    elif operation.method != "GET" and "safe" not in origins:
        message = f"a {operation.method} must say whether it may be sent again."
        yield Problem(at(origins, "method"), message, "safe: true, or safe: false and a `check`.")
    if "safe" in origins and not operation.safe and operation.check is None:
        message = "safe: false needs a 'check': how to find out whether it happened."
        yield Problem(at(origins, "safe"), message)


def path(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that every hole is filled once, and that every path parameter has its hole."""
    wanted = holes(operation.path)
    filled = Counter(
        wire for param in operation.params if param.location == "path" for wire in param.wire_names
    )
    origin = at(operation.origins, "path")
    for hole, count in Counter(wanted).items():
        if count > 1:
            yield Problem(origin, f"the hole {{{hole}}} stands there {count} times.")
        if hole not in filled and hole not in facts.defaults:
            known = suggest(hole, [*filled, *facts.defaults])
            yield Problem(origin, f"nothing fills the hole {{{hole}}}.", known)
    for param in operation.params:
        if param.location == "path":
            hole = param.wire_names[0]
            if hole not in wanted:
                message = f"the path has no hole {{{hole}}}."
                yield Problem(at(param.origins, "wire"), message, suggest(hole, wanted))
            elif filled[hole] > 1:
                yield Problem(at(param.origins), f"two parameters fill the hole {{{hole}}}.")
    if any(segment in (".", "..") for segment in operation.path.split("/")):
        yield Problem(origin, "'.' and '..' are no segments of a route.")


def signature(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that required arguments come first, and that a property has none."""
    optional = ""
    for param in operation.params:
        if not param.is_argument or param.keyword_only:
            continue
        if param.required and optional:
            message = f"required, but after the optional {optional!r}."
            yield Problem(at(param.origins, "required"), message, "Move it, or say keyword_only: true.")
        elif not param.required:
            optional = param.name
    if operation.is_property and operation.arguments:
        yield Problem(at(operation.origins, "property"), "a property has no arguments.")


def wire_names(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that no two parameters share a name on the wire, unless only one can be given."""
    owners: dict[tuple[str, str], ir.Param] = {}
    for param in operation.params:
        if param.location in ("none", "path", "address"):
            continue
        for wire in param.wire_names:
            other = owners.setdefault((param.location, wire), param)
            is_either = any({param.name, other.name} <= set(group) for group in operation.exclusive)
            if other is not param and not is_either:
                message = f"{other.name!r} is sent as {wire!r} already."
                yield Problem(
                    at(param.origins, "wire"), message, "Give it another name, or make both `exclusive`."
                )


def body(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that the body is made of one parameter, or of all `in: body` parameters."""
    origins, params = operation.origins, {param.name: param for param in operation.params}
    if operation.body is not None:
        yield from _whole_body(operation.body, params, origins)
    for param in operation.params:
        if param.wrap is None:
            continue
        origin = at(param.origins, "wrap")
        if param.location != "body":
            yield Problem(origin, "only a field of the body can be wrapped.")
        if param.wrap not in params or param.wrap == param.name:
            yield Problem(origin, f"there is no other parameter {param.wrap!r}.", suggest(param.wrap, params))


def address(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that at most one parameter names another address, as text, and always has a value."""
    found = [param for param in operation.params if param.location == "address"]
    for param in found:
        origin = at(param.origins, "in")
        if param.type != "str" or param.is_const:
            yield Problem(origin, "an address is an argument of type str.")
        elif param.can_be_unset and param.client_default is None:
            yield Problem(origin, "an address is needed always.", "required: true, or a default.")
        if param is not found[0]:
            yield Problem(origin, f"{found[0].name!r} is the address already.")


def written_whole(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that what is written as one text is the whole body."""
    whole = operation.body.param if operation.body is not None and operation.body.kind == "json" else None
    for param in operation.params:
        if param.encode == "browser_json" and param.location == "body" and param.name != whole:
            message = "browser_json writes a whole document."
            yield Problem(at(param.origins, "encode"), message, f"body: {{json: {param.name}}}")


def default_for(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that what a default of the client depends on is another parameter."""
    params = [param.name for param in operation.params]
    for param in operation.params:
        if param.default_for is None:
            continue
        origin = at(param.origins, "default_for")
        if param.client_default is None:
            yield Problem(origin, "only a default that the client holds can depend on a parameter.")
        if param.default_for not in params or param.default_for == param.name:
            others = [name for name in params if name != param.name]
            yield Problem(
                origin,
                f"there is no other parameter {param.default_for!r}.",
                suggest(param.default_for, others),
            )


def _whole_body(body: ir.Body, params: dict[str, ir.Param], origins: ir.Origins) -> Iterator[Problem]:
    if ("body.binary" in origins) == ("body.json" in origins):
        yield Problem(at(origins, "body"), "a body is binary or json.", 'body: {binary: ids, dtype: "<u8"}')
        return
    origin = at(origins, f"body.{body.kind}")
    if body.param not in params:
        yield Problem(origin, f"there is no parameter {body.param!r}.", suggest(body.param, params))
        return
    if body.kind == "binary" and body.dtype is None:
        yield Problem(at(origins, "body"), "binary needs a 'dtype'.", 'dtype: "<u8"')
    if body.kind == "json" and body.dtype is not None:
        yield Problem(at(origins, "body.dtype"), "'dtype' means nothing beside json.")
    if body.kind == "binary" and params[body.param].type not in ("id_array", "int_array"):
        yield Problem(origin, f"only ids are sent as bytes, and {body.param!r} is {params[body.param].type}.")
    for param in params.values():
        if (param.location == "body") != (param.name == body.param):
            if param.location == "body":
                yield Problem(
                    at(param.origins, "in"), f"the body is {body.param!r} alone, so this is not sent."
                )
            else:
                yield Problem(at(param.origins, "in"), "it is the body.", "Leave out `in`, or say in: body.")


def purpose(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that a parameter that is not sent does something else."""
    used = {selector for arm in operation.response for selector, _ in arm.when}
    used |= {param.name for param in operation.params if param.choices}
    used |= {operation.body.param} if operation.body else set()
    used |= {param.wrap for param in operation.params if param.wrap is not None}
    if operation.rows and operation.rows.limit_param:
        used.add(operation.rows.limit_param)
    for param in operation.params:
        if (
            "in" in param.origins
            and param.location == "none"
            and param.effect is None
            and param.name not in used
        ):
            message = "it is not sent, chooses no arm and has no effect."
            yield Problem(at(param.origins, "in"), message, "Remove it.")


def exclusive(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that what excludes each other exists, and that none of it is required."""
    arguments = {param.name: param for param in operation.arguments}
    for number, group in enumerate(operation.exclusive):
        for position, argument in enumerate(group):
            origin = at(operation.origins, f"exclusive[{number}][{position}]")
            if argument not in arguments:
                yield Problem(origin, f"there is no argument {argument!r}.", suggest(argument, arguments))
            elif arguments[argument].required:
                yield Problem(origin, f"{argument!r} is required, so it excludes the others always.")


def gates(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that version ranges can be read, and that features and API versions exist."""
    origins = operation.origins
    for text in operation.server:
        fault = range_fault(text)
        if fault:
            yield Problem(at(origins, "server"), fault)
    if (
        operation.server_message
        and not operation.server
        and not any(param.server for param in operation.params)
    ):
        yield Problem(at(origins, "server_message"), "there is no version range that it could explain.")
    if operation.requires and operation.requires not in facts.features:
        known = suggest(operation.requires, facts.features)
        yield Problem(at(origins, "requires"), f"there is no feature {operation.requires!r}.", known)
    if operation.pin_api and operation.pin_api not in facts.numbers:
        known = suggest(operation.pin_api, facts.numbers)
        yield Problem(at(origins, "pin_api"), f"there is no v{operation.pin_api}.yaml.", known)


def pin(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that a pin leads elsewhere, and that no other field says the same."""
    if operation.pin_api == facts.number:
        yield Problem(at(operation.origins, "pin_api"), "this is that API version.", "Remove it.")
    if operation.pin_api and "prefix" in operation.origins:
        yield Problem(
            at(operation.origins, "prefix"), "'pin_api' says the prefix already.", "Remove one of the two."
        )


def headers(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that no descriptor sets what belongs to the transport."""
    for header, _ in operation.headers:
        if header.lower() in FORBIDDEN_HEADERS:
            yield Problem(
                at(operation.origins, f"headers.{header}"),
                f"{header} belongs to the transport.",
                "Remove it.",
            )


def limits(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that limits are for arrays that exist, and that no write is sent in pieces."""
    params = {param.name: param for param in operation.arguments}
    for limit in operation.items:
        place = f"limits.{limit.key}"
        if limit.param not in params:
            known = suggest(limit.param, params if limit.depth else [*params, "rows"])
            yield Problem(at(operation.origins, place), f"there is no argument {limit.param!r}.", known)
        elif params[limit.param].type not in (LISTED if limit.depth else COUNTED):
            kind = "a mapping" if limit.depth else "an array"
            yield Problem(at(operation.origins, place), f"{limit.param!r} is not {kind}.")
        for name in limit.unless:
            if name not in params:
                origin = at(operation.origins, f"{place}.unless")
                yield Problem(origin, f"there is no argument {name!r}.", suggest(name, params))
        yield from _splitting(operation, limit, place)
        yield from _beginning(operation, limit, f"{place}.first")
    rows = operation.rows
    if rows and rows.on_truncate == "split" and not operation.is_split:
        yield Problem(
            at(operation.origins, "limits.rows.on_truncate"),
            "there is no list that could be divided.",
            "Give one `on_exceed: split`.",
        )
    if rows and rows.usual is not None and rows.on_truncate != "split":
        yield Problem(at(operation.origins, "limits.rows.usual"), "'usual' needs on_truncate: split.")
    if rows and rows.limit_param and rows.limit_param not in params:
        known = suggest(rows.limit_param, params)
        yield Problem(
            at(operation.origins, "limits.rows.limit_param"),
            f"there is no argument {rows.limit_param!r}.",
            known,
        )


def _splitting(operation: ir.Operation, limit: ir.ItemLimit, place: str) -> Iterator[Problem]:
    origin = at(operation.origins, f"{place}.on_exceed")
    if limit.on_exceed == "split" and limit.merge is None:
        yield Problem(origin, "on_exceed: split needs a 'merge'.", f"merge: {either(tuple(MERGES))}")
    if limit.on_exceed != "split" and limit.merge is not None:
        yield Problem(at(operation.origins, f"{place}.merge"), "'merge' needs on_exceed: split.")
    if limit.on_exceed == "split" and not operation.safe:
        yield Problem(origin, "a write in pieces can happen by half.", "on_exceed: error")
    if limit.on_exceed != "split" and limit.nothing_found is not None:
        yield Problem(
            at(operation.origins, f"{place}.nothing_found"), "'nothing_found' needs on_exceed: split."
        )
    if limit.on_exceed != "split" and limit.depth:
        yield Problem(origin, "the lists in a mapping can only be split.", "on_exceed: split")
    if limit.on_exceed != "split" and limit.unless:
        yield Problem(at(operation.origins, f"{place}.unless"), "'unless' needs on_exceed: split.")
    if limit.param in limit.unless:
        message = f"{limit.param!r} would keep itself whole, always."
        yield Problem(at(operation.origins, f"{place}.unless"), message, "Remove it.")


def _beginning(operation: ir.Operation, limit: ir.ItemLimit, place: str) -> Iterator[Problem]:
    origin = at(operation.origins, place)
    if limit.first is not None and limit.on_exceed != "split":
        yield Problem(origin, "'first' needs on_exceed: split.")
    elif limit.first is not None and limit.first >= limit.max:
        yield Problem(origin, f"'first' is no less than 'max' ({limit.max}).", "Remove it.")


def progress(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that a call that goes out in pieces can be told whether to show a bar, and no other."""
    shown = [param for param in operation.params if param.effect == "progress"]
    params = {param.name: param for param in operation.arguments}
    # Of a limit that is wrong itself, that is told already.
    is_sound = any(
        limit.merge is not None
        and limit.param in params
        and params[limit.param].type in (LISTED if limit.depth else COUNTED)
        for limit in operation.items
        if limit.on_exceed == "split"
    )
    if is_sound and not shown:
        yield Problem(
            at(operation.origins, "limits"),
            "this call may be sent in pieces: a parameter must say whether to show a bar.",
            "progress: {type: bool, in: none, keyword_only: true, effect: progress, doc: ...}",
        )
    for param in shown:
        if not operation.is_split:
            message = "this call is one request: there is no progress to show."
            yield Problem(at(param.origins, "effect"), message, "Remove it.")


def effects(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that each effect has one parameter."""
    owners: dict[str, str] = {}
    for param in operation.params:
        owner = owners.setdefault(param.effect, param.name) if param.effect else param.name
        if owner != param.name:
            yield Problem(at(param.origins, "effect"), f"{owner!r} has this effect already.", "Remove it.")


def cache(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that the key tells apart whatever has different answers."""
    if operation.cache is None:
        return
    origin = at(operation.origins, "cache.key")
    if not operation.safe:
        yield Problem(at(operation.origins, "cache"), "what changes something is not cached.")
    params = {param.name: param for param in operation.arguments}
    listed = (*operation.cache.key, *operation.cache.key_ignores)
    for word in listed:
        if word not in params:
            field = "key" if word in operation.cache.key else "key_ignores"
            place = at(operation.origins, f"cache.{field}")
            yield Problem(place, f"there is no argument {word!r}.", suggest(word, params))
    missing = [
        param.name for param in params.values() if param.tells_answers_apart and param.name not in listed
    ]
    if missing:
        names = ", ".join(missing)
        yield Problem(origin, f"the key leaves out {names}.", "Add it, or name it under key_ignores.")
    yield from _lasting(operation, operation.cache)


def _lasting(operation: ir.Operation, kept: ir.Cache) -> Iterator[Problem]:
    """Check that what may lie in a file is what a file can hold, and lasts longer than the process."""
    if kept.lasting is None:
        return
    origin = at(operation.origins, "cache.lasting")
    if any(arm.decode != "json" or arm.cast or arm.map_keys or arm.headers for arm in operation.response):
        yield Problem(origin, "only answers that are JSON as they came can lie in a file.", "Remove it.")
    if kept.lasting <= kept.ttl:
        yield Problem(origin, f"{kept.lasting:g} s is not longer than the ttl.", "Lengthen or remove it.")


def references(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that other operations that are named exist."""
    if operation.endpoint_path and operation.endpoint is None:
        yield Problem(
            at(operation.origins, "endpoint_path"), "'endpoint' is missing, the key of this template."
        )
    for param in operation.params:
        source = param.choices_from
        if source and "." not in source and source not in facts.operations:
            known = suggest(source, facts.operations)
            yield Problem(at(param.origins, "choices_from"), f"there is no operation {source!r}.", known)
