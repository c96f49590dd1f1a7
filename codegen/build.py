"""A complete tree becomes the intermediate representation: defaults filled in, names and places set.

Nothing is judged here. A part of an operation that has been reported is left out, and `Draft.broken`
tells the checks which fields they cannot look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codegen import ir
from codegen.grammar import holes
from codegen.vocabulary import TYPES
from codegen.yaml_source import ListNode, MapNode, Node, is_intact, plain, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class Reader:
    """Reads the fields of one mapping; what is missing or broken reads as the default."""

    def __init__(self, node: Node | None) -> None:
        self.node = node if isinstance(node, MapNode) else MapNode(ir.Origin("", 0))

    def __contains__(self, name: str) -> bool:
        return name in self.node.items

    def get(self, name: str, default: Any = None) -> Any:
        """Return a field as plain values."""
        node = self.node.get(name)
        return default if node is None or not is_intact(node) else plain(node)

    def many(self, name: str) -> tuple[Any, ...]:
        """Return a field that holds one value or a list of them."""
        value = self.get(name)
        if value is None:
            return ()
        return tuple(value) if isinstance(value, list) else (value,)

    def pairs(self, name: str) -> tuple[tuple[Any, Any], ...]:
        """Return the entries of a mapping."""
        return tuple((key, frozen(value)) for key, value in self.get(name, {}).items())

    def block(self, name: str) -> Reader | None:
        """Return a field that holds a block; None if it is missing or broken."""
        node = self.node.get(name)
        return Reader(node) if isinstance(node, MapNode) and is_intact(node) else None

    def entries(self, name: str) -> Iterator[tuple[str, Reader]]:
        """Yield the sound entries of a mapping of blocks."""
        node = self.node.get(name)
        for key, item in node.items.items() if isinstance(node, MapNode) else ():
            if isinstance(item, MapNode) and is_intact(item):
                yield str(key), Reader(item)

    def damaged_entries(self, name: str) -> Iterator[tuple[str, Reader]]:
        """Yield the other entries of a mapping of blocks: in these, something has been reported."""
        node = self.node.get(name)
        for key, item in node.items.items() if isinstance(node, MapNode) else ():
            if isinstance(item, MapNode) and not is_intact(item):
                yield str(key), Reader(item)

    @property
    def broken(self) -> frozenset[str]:
        """Fields in which something has been reported."""
        return frozenset(str(key) for key, node in self.node.items.items() if not is_intact(node))

    @property
    def origins(self) -> ir.Origins:
        """Where each value below stands; the empty path is the mapping itself."""
        return {path: node.origin for path, node in walk(self.node)}


def frozen(value: Any) -> Any:
    """Return lists as tuples, so that the representation cannot change by accident."""
    return tuple(map(frozen, value)) if isinstance(value, list) else value


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the service and the version say for all of their operations."""

    service: Reader
    version: Reader
    number: str
    prefixes: Mapping[str, str]
    """Prefix of every API version of the service."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An operation that has not been judged yet."""

    operation: ir.Operation
    tree: MapNode
    broken: frozenset[str]
    """Fields that are left out, because something in them has been reported."""
    damaged: tuple[tuple[ir.Param, frozenset[str]], ...]
    """Parameters that are left out, and which of their fields have been reported."""


def draft(name: str, tree: MapNode, around: Surroundings) -> Draft:
    """Build one operation."""
    read = Reader(tree)
    params = tuple(_param(key, param, read) for key, param in read.entries("params"))
    errors = {**dict(around.service.pairs("errors")), **dict(read.pairs("errors"))}
    method = read.get("method", "GET")
    path = _complete_path(read, around)
    operation = ir.Operation(
        name=name,
        summary=read.get("summary", ""),
        doc=read.get("doc"),
        method=method,
        path=path,
        safe=read.get("safe", method == "GET"),
        kind=read.get("kind", "request"),
        scheme=read.get("scheme"),
        endpoint=read.get("endpoint"),
        endpoint_path=read.get("endpoint_path"),
        check=read.get("check"),
        raw=read.get("raw", False),
        override=read.get("override", False),
        is_property=read.get("property", False),
        params=params,
        holes=_holes(path, params, around.service),
        body=_body(read.block("body")),
        headers=read.pairs("headers"),
        response=_arms(tree.get("response")),
        server=read.many("server"),
        server_message=read.get("server_message"),
        unknown_version=read.get("unknown_version"),
        requires=read.get("requires"),
        exclusive=frozen(read.get("exclusive", [])),
        errors=tuple(sorted(errors.items())),
        rows=_rows(read.block("limits")),
        items=_items(read.block("limits")),
        cache=_cache(read.block("cache"), params),
        timeout=read.get("timeout"),
        stability=read.get("stability") or around.version.get("stability", "stable"),
        deprecated=_deprecated(read.block("deprecated")),
        pin_api=read.get("pin_api"),
        renamed_from=read.get("renamed_from"),
        aliases=read.many("aliases"),
        aliases_since=read.get("aliases_since"),
        examples=tuple(_examples(tree.get("examples"), around.number)),
        origins=read.origins,
    )
    damaged = tuple((_param(key, param, read), param.broken) for key, param in read.damaged_entries("params"))
    return Draft(operation, tree, read.broken, damaged)


def _complete_path(read: Reader, around: Surroundings) -> str:
    server = around.service.block("server")
    base = read.get("base", server.get("base", "") if server else "")
    home = around.prefixes.get(read.get("pin_api", around.number), "")
    return f"{base}{read.get('prefix', home)}{read.get('path', '')}"


def _holes(path: str, params: tuple[ir.Param, ...], service: Reader) -> tuple[tuple[str, str], ...]:
    filled = {name for param in params if param.location == "path" for name in param.wire_names}
    defaults = dict(_hole_defaults(service))
    return tuple((hole, defaults[hole]) for hole in holes(path) if hole not in filled and hole in defaults)


def _hole_defaults(service: Reader) -> tuple[tuple[str, str], ...]:
    return tuple((name, entry.get("attr", "")) for name, entry in service.entries("defaults"))


def _param(name: str, read: Reader, operation: Reader) -> ir.Param:
    is_const = "const" in read
    default = frozen(read.get("const" if is_const else "default"))
    is_client = not is_const and isinstance(default, str) and default.startswith("client.")
    type_name = read.get("type") or _type_of(default)
    location = read.get("in") or _default_location(name, read, operation)
    return ir.Param(
        name=name,
        type=type_name,
        location=location,
        wire_names=read.many("wire") or (name,),
        encode=read.get("encode") or TYPES[type_name].default_encode(location) or "",
        doc=read.get("doc", ""),
        required=read.get("required", False),
        keyword_only=read.get("keyword_only", False),
        default=None if is_client else default,
        client_default=default.removeprefix("client.") if is_client else None,
        default_for=read.get("default_for"),
        is_const=is_const,
        wrap=read.get("wrap"),
        server=read.many("server"),
        minimum=read.get("min"),
        maximum=read.get("max"),
        max_items=read.get("max_items"),
        choices=frozen(read.get("choices", [])),
        choices_from=read.get("choices_from"),
        unit=read.get("unit"),
        server_default=frozen(read.get("server_default")),
        effect=read.get("effect"),
        renamed_from=read.get("renamed_from"),
        aliases=read.many("aliases"),
        aliases_since=read.get("aliases_since"),
        deprecated=_deprecated(read.block("deprecated")),
        origins=read.origins,
    )


def _type_of(value: Any) -> str:
    """Return the type of a constant: it need not be said twice."""
    names = {bool: "bool", int: "int", float: "float", str: "str"}
    return names.get(type(value), "json")


def _default_location(name: str, read: Reader, operation: Reader) -> Any:
    """Return the place of a parameter that does not say: the body's own, or one that is not sent."""
    body = operation.block("body")
    return "body" if body and name in (body.get("binary"), body.get("json")) else "none"


def _body(read: Reader | None) -> ir.Body | None:
    if read is None:
        return None
    if "binary" in read:
        return ir.Body("binary", read.get("binary", ""), read.get("dtype"))
    return ir.Body("json", read.get("json", ""), read.get("dtype"))


def _arms(node: Node | None) -> tuple[ir.Arm, ...]:
    items = node.items if isinstance(node, ListNode) else (node,)
    return tuple(_arm(Reader(item)) for item in items if isinstance(item, MapNode) and is_intact(item))


def _arm(read: Reader) -> ir.Arm:
    return ir.Arm(
        decode=read.get("decode", "none"),
        when=read.pairs("when"),
        dtype=read.get("dtype"),
        media_type=read.many("media_type"),
        select=read.many("select"),
        cast=read.get("cast"),
        map_keys=read.get("map_keys"),
        headers=read.pairs("headers"),
        status=read.many("status"),
        order=read.get("order"),
        keyed_by=read.get("keyed_by"),
        returns=read.get("returns"),
        columns=read.pairs("columns"),
        doc=read.get("doc"),
        origins=read.origins,
    )


def _rows(limits: Reader | None) -> ir.RowLimit | None:
    read = limits.block("rows") if limits else None
    if read is None:
        return None
    return ir.RowLimit(
        header=read.get("header", ""),
        contains=read.many("contains"),
        on_truncate=read.get("on_truncate", "raise"),
        limit_param=read.get("limit_param"),
        usual=read.get("usual"),
    )


def _items(limits: Reader | None) -> tuple[ir.ItemLimit, ...]:
    if limits is None:
        return ()
    return tuple(
        ir.ItemLimit(
            param=name.partition(".")[0],
            max=read.get("max", 1),
            on_exceed=read.get("on_exceed", "error"),
            merge=read.get("merge"),
            depth=name.count(".*"),
            unless=read.many("unless"),
            nothing_found=read.get("nothing_found"),
            first=read.get("first"),
        )
        for name in limits.node.items
        if isinstance(name, str) and name != "rows" and (read := limits.block(name))
    )


def _cache(read: Reader | None, params: tuple[ir.Param, ...]) -> ir.Cache | None:
    if read is None:
        return None
    ignored = read.many("key_ignores")
    every = tuple(param.name for param in params if param.tells_answers_apart and param.name not in ignored)
    return ir.Cache(
        read.get("ttl", 0),
        read.get("maxsize", 0),
        read.many("key") if "key" in read else every,
        ignored,
        read.get("lasting"),
    )


def _deprecated(read: Reader | None) -> ir.Deprecated | None:
    if read is None:
        return None
    return ir.Deprecated(read.get("since", ""), read.get("use"), read.get("message"), read.get("sunset"))


def _examples(node: Node | None, number: str) -> Iterator[ir.Example]:
    for item in node.items if isinstance(node, ListNode) else ():
        read = Reader(item)
        if is_intact(item) and read.get("api") in (None, number):
            yield _example(read)


def _example(read: Reader) -> ir.Example:
    return ir.Example(
        call=tuple(read.get("call", {}).items()),
        title=read.get("title"),
        api=read.get("api"),
        server=read.get("server"),
        client=tuple(read.get("client", {}).items()),
        request=read.get("request"),
        response=read.get("response"),
        has_returns="returns" in read,
        returns=read.get("returns"),
        raises=read.get("raises"),
        origins=read.origins,
    )


def build_api(service: str, number: str, read: Reader, operations: tuple[ir.Operation, ...]) -> ir.Api:
    """Build one API version around its operations."""
    return ir.Api(
        service=service,
        number=number,
        prefix=read.get("prefix", ""),
        operations=operations,
        doc=read.get("doc"),
        stability=read.get("stability", "stable"),
        deprecated=_deprecated(read.block("deprecated")),
        extra_endpoints=_named(read, "extra_endpoints", _extra_endpoint),
        extends=read.get("extends"),
        file=read.node.origin.file,
        origins={key: node.origin for key, node in _head(read)},
    )


def _head(read: Reader) -> Iterator[tuple[str, Node]]:
    """Yield what stands at the top of a file, and its templates; operations know their own places."""
    for key, node in read.node.items.items():
        yield str(key), node
        if key == "extra_endpoints":
            yield from ((f"{key}.{path}", inner) for path, inner in walk(node) if path)


def build_service(name: str, read: Reader, apis: tuple[ir.Api, ...]) -> ir.Service:
    """Build a service around its API versions."""
    return ir.Service(
        name=name,
        client=read.get("client", ""),
        attribute=read.get("attribute", ""),
        module=read.get("module", ""),
        summary=read.get("summary", ""),
        server=_server(read.block("server") or Reader(None)),
        apis=apis,
        attributes=_named(read, "attributes", _attribute),
        features=_named(read, "features", _feature),
        types=_named(read, "types", _type),
        hole_defaults=_hole_defaults(read),
        extra_endpoints=_named(read, "extra_endpoints", _extra_endpoint),
        renamed_from=read.get("renamed_from"),
        file=read.node.origin.file,
        origins=read.origins,
    )


def _server(read: Reader) -> ir.Server:
    timeout = read.block("timeout") or Reader(None)
    return ir.Server(
        base=read.get("base", ""),
        key=read.get("key", ""),
        address=read.get("address", "local"),
        auth=read.get("auth", "bearer"),
        version_path=read.get("version_path"),
        api_versions_path=read.get("api_versions_path"),
        unknown_version=read.get("unknown_version"),
        fallback_api=read.get("fallback_api"),
        fallback_servers=read.many("fallback_servers"),
        connect_timeout=float(timeout.get("connect", 10.0)),
        read_timeout=float(timeout.get("read", 120.0)),
    )


def _named(read: Reader, field: str, build: Callable[[str, Reader], Any]) -> tuple[Any, ...]:
    return tuple(build(name, entry) for name, entry in read.entries(field))


def _attribute(name: str, read: Reader) -> ir.Attribute:
    return ir.Attribute(name, read.get("type", "any"), frozen(read.get("example")), read.get("doc", ""))


def _feature(name: str, read: Reader) -> ir.Feature:
    return ir.Feature(name, read.get("attr", ""), read.get("message", ""))


def _extra_endpoint(name: str, read: Reader) -> ir.ExtraEndpoint:
    return ir.ExtraEndpoint(name, read.get("path", ""), read.get("doc", ""))


def _type(name: str, read: Reader) -> ir.NamedType:
    fields = tuple(
        ir.TypeField(key, field.get("type", "Any"), field.get("required", True), field.get("doc"))
        for key, field in read.entries("fields")
    )
    return ir.NamedType(name, fields, read.get("doc"), read.origins)
