"""The resolved spec: flat, complete, frozen. Templates, diff, documentation and tests see only this.

Nothing here refers to a parent, a group or a default file: the resolver has put everything in place.
Every field says what it is part of (its *facet*), because the diff, the documentation and the cache
key follow from that:

- ``wire``: what crosses the network. A change touches clients that are already installed.
- ``python``: what a script sees. A change touches scripts when they get the newly generated client.
- ``doc``: only words.
- ``meta``: where it came from; never compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Location = Literal["path", "query", "body", "header", "address", "none"]


def on_wire(**kwargs: Any) -> Any:
    """Declare a field that crosses the network."""
    return field(metadata={"facet": "wire"}, **kwargs)


def in_python(**kwargs: Any) -> Any:
    """Declare a field that scripts see."""
    return field(metadata={"facet": "python"}, **kwargs)


def in_words(**kwargs: Any) -> Any:
    """Declare a field that holds words only."""
    return field(metadata={"facet": "doc"}, **kwargs)


def of_origin(**kwargs: Any) -> Any:
    """Declare a field that tells where things came from; it takes no part in comparisons."""
    return field(metadata={"facet": "meta"}, compare=False, repr=False, **kwargs)


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """A place in a descriptor."""

    file: str
    line: int
    path: str = ""
    """Dotted path from the top of that file: "groups.filters.limit.type"."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


Origins = Mapping[str, Origin]
"""Dotted path inside the node -> place in the descriptor that says it."""


@dataclass(frozen=True, slots=True)
class Deprecated:
    """Since when something should no longer be used, and what to use instead."""

    since: str = in_words()
    use: str | None = in_python(default=None)
    message: str | None = in_words(default=None)
    sunset: str | None = in_words(default=None)


@dataclass(frozen=True, slots=True)
class Param:
    """One argument or constant of an operation."""

    name: str = in_python()
    type: str = in_python()
    location: Location = on_wire()
    wire_names: tuple[str, ...] = on_wire()
    encode: str = on_wire()
    doc: str = in_words()
    required: bool = in_python(default=False)
    keyword_only: bool = in_python(default=False)
    default: Any = in_python(default=None)
    client_default: str | None = in_python(default=None)
    default_for: str | None = in_python(default=None)
    is_const: bool = on_wire(default=False)
    wrap: str | None = on_wire(default=None)
    server: tuple[str, ...] = in_python(default=())
    minimum: float | None = on_wire(default=None)
    maximum: float | None = on_wire(default=None)
    max_items: int | None = on_wire(default=None)
    choices: tuple[Any, ...] = on_wire(default=())
    choices_from: str | None = in_words(default=None)
    unit: str | None = on_wire(default=None)
    server_default: Any = in_words(default=None)
    effect: str | None = in_python(default=None)
    renamed_from: str | None = of_origin(default=None)
    aliases: tuple[str, ...] = in_python(default=())
    aliases_since: str | None = in_words(default=None)
    deprecated: Deprecated | None = in_python(default=None)
    origins: Origins = of_origin(default_factory=dict)

    @property
    def is_argument(self) -> bool:
        """Whether callers can pass it."""
        return not self.is_const

    @property
    def tells_answers_apart(self) -> bool:
        """Whether two calls that differ in it can have different answers: it is sent, or chooses an arm."""
        return self.is_argument and self.effect is None

    @property
    def can_be_unset(self) -> bool:
        """Whether it can have no value at all, after defaults."""
        return not self.required and self.default is None and self.client_default is None

    @property
    def is_optional(self) -> bool:
        """Whether callers may leave it out."""
        return not self.required


@dataclass(frozen=True, slots=True)
class Body:
    """How the request body is made, where it is not a JSON object of the `in: body` parameters."""

    kind: Literal["binary", "json"] = on_wire()
    param: str = on_wire()
    dtype: str | None = on_wire(default=None)


@dataclass(frozen=True, slots=True)
class Arm:
    """One form of the answer, and the arguments that choose it."""

    decode: str = on_wire()
    when: tuple[tuple[str, Any], ...] = in_python(default=())
    dtype: str | None = on_wire(default=None)
    media_type: tuple[str, ...] = on_wire(default=())
    select: tuple[str | int, ...] = on_wire(default=())
    cast: str | None = in_python(default=None)
    map_keys: str | None = in_python(default=None)
    headers: tuple[tuple[str, str], ...] = on_wire(default=())
    status: tuple[int, ...] = on_wire(default=())
    order: str | None = on_wire(default=None)
    keyed_by: str | None = on_wire(default=None)
    returns: str | None = in_python(default=None)
    columns: tuple[tuple[str, str], ...] = on_wire(default=())
    doc: str | None = in_words(default=None)
    origins: Origins = of_origin(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowLimit:
    """How the server says that it cut an answer short, and what happens then."""

    header: str = on_wire()
    contains: tuple[str, ...] = on_wire()
    on_truncate: Literal["raise", "warn", "split"] = in_python(default="raise")
    limit_param: str | None = in_python(default=None)
    usual: int | None = on_wire(default=None)


@dataclass(frozen=True, slots=True)
class ItemLimit:
    """Most items of one parameter in one request, and what happens beyond."""

    param: str = in_python()
    max: int = on_wire()
    on_exceed: Literal["split", "error", "truncate"] = in_python()
    merge: str | None = in_python(default=None)
    depth: int = in_python(default=0)
    """How many keys lead from the parameter to its lists."""
    unless: tuple[str, ...] = in_python(default=())
    nothing_found: str | None = on_wire(default=None)
    first: int | None = on_wire(default=None)

    @property
    def key(self) -> str:
        """What the descriptor calls it: "ids", or "filter_in_dict.*" for the lists in a mapping."""
        return self.param + ".*" * self.depth


@dataclass(frozen=True, slots=True)
class Cache:
    """How long an answer may be reused, and which arguments tell answers apart."""

    ttl: float = in_python()
    maxsize: int = in_python()
    key: tuple[str, ...] = in_python()
    key_ignores: tuple[str, ...] = in_python(default=())
    lasting: float | None = in_python(default=None)
    """Seconds for which an answer may outlive the process."""


@dataclass(frozen=True, slots=True)
class Example:
    """One call with the request it makes and, where given, the answer it gets; also a test."""

    call: tuple[tuple[str, Any], ...] = in_words()
    title: str | None = in_words(default=None)
    api: str | None = in_words(default=None)
    server: str | None = in_words(default=None)
    client: tuple[tuple[str, Any], ...] = in_words(default=())
    request: Mapping[str, Any] | None = in_words(default=None)
    response: Mapping[str, Any] | None = in_words(default=None)
    has_returns: bool = in_words(default=False)
    returns: Any = in_words(default=None)
    raises: str | None = in_words(default=None)
    origins: Origins = of_origin(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint of one API version, complete."""

    name: str = in_python()
    summary: str = in_words()
    method: str = on_wire()
    path: str = on_wire()
    safe: bool = in_python()
    doc: str | None = in_words(default=None)
    kind: Literal["request", "url"] = on_wire(default="request")
    scheme: str | None = on_wire(default=None)
    endpoint: str | None = in_python(default=None)
    endpoint_path: str | None = in_python(default=None)
    check: str | None = in_words(default=None)
    raw: bool = in_python(default=False)
    override: bool = in_python(default=False)
    is_property: bool = in_python(default=False)
    params: tuple[Param, ...] = in_python(default=())
    holes: tuple[tuple[str, str], ...] = on_wire(default=())
    body: Body | None = on_wire(default=None)
    headers: tuple[tuple[str, str], ...] = on_wire(default=())
    response: tuple[Arm, ...] = on_wire(default=())
    server: tuple[str, ...] = in_python(default=())
    server_message: str | None = in_words(default=None)
    unknown_version: Literal["allow", "deny"] | None = in_python(default=None)
    requires: str | None = in_python(default=None)
    exclusive: tuple[tuple[str, ...], ...] = in_python(default=())
    errors: tuple[tuple[int, str], ...] = in_python(default=())
    rows: RowLimit | None = in_python(default=None)
    items: tuple[ItemLimit, ...] = in_python(default=())
    cache: Cache | None = in_python(default=None)
    timeout: float | None = in_python(default=None)
    stability: str = in_words(default="stable")
    deprecated: Deprecated | None = in_python(default=None)
    pin_api: str | None = on_wire(default=None)
    renamed_from: str | None = of_origin(default=None)
    aliases: tuple[str, ...] = in_python(default=())
    aliases_since: str | None = in_words(default=None)
    examples: tuple[Example, ...] = in_words(default=())
    origins: Origins = of_origin(default_factory=dict)

    @property
    def python_name(self) -> str:
        """Name of the generated method: raw operations are private, a mixin owns the public name."""
        return f"_{self.name}" if self.raw else self.name

    @property
    def arguments(self) -> tuple[Param, ...]:
        """What callers pass, in the order of the signature: positional first."""
        given = [param for param in self.params if param.is_argument]
        return tuple(sorted(given, key=lambda param: param.keyword_only))

    def answers_to(self, name: str) -> bool:
        """Whether it is called so, or was."""
        return name == self.name or name in self.aliases

    @property
    def counted(self) -> str | None:
        """Parameter whose items an answer in input order (`order: input`) matches one to one."""
        return next((param.name for param in self.params if param.type == "id_array"), None)

    @property
    def is_split(self) -> bool:
        """Whether it may be sent as several requests."""
        return any(limit.on_exceed == "split" for limit in self.items)

    @property
    def has_envelope(self) -> bool:
        """Whether the call hands back headers and warnings beside the value."""
        return any(arm.headers for arm in self.response)


@dataclass(frozen=True, slots=True)
class TypeField:
    """One key of an answer."""

    name: str = in_python()
    type: str = in_python()
    required: bool = in_python(default=True)
    doc: str | None = in_words(default=None)


@dataclass(frozen=True, slots=True)
class NamedType:
    """The shape of an answer, emitted as a TypedDict."""

    name: str = in_python()
    fields: tuple[TypeField, ...] = in_python()
    doc: str | None = in_words(default=None)
    origins: Origins = of_origin(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attribute:
    """Something the client object holds, that operations take defaults from."""

    name: str = in_python()
    type: str = in_python()
    example: Any = in_words()
    doc: str = in_words()


@dataclass(frozen=True, slots=True)
class Feature:
    """Something that only some datastacks have."""

    name: str = in_python()
    attr: str = in_python()
    message: str = in_words()


@dataclass(frozen=True, slots=True)
class ExtraEndpoint:
    """A key of a public endpoint table that no operation has."""

    name: str = in_python()
    path: str = in_python()
    """From the server's root."""
    doc: str = in_words()


@dataclass(frozen=True, slots=True)
class Server:
    """Where a service lives and how it tells its versions."""

    base: str = on_wire()
    key: str = in_python()
    address: Literal["local", "global"] = on_wire()
    auth: Literal["bearer", "none"] = on_wire(default="bearer")
    version_path: str | None = on_wire(default=None)
    api_versions_path: str | None = on_wire(default=None)
    unknown_version: Literal["allow", "deny"] | None = in_python(default=None)
    fallback_api: str | None = in_python(default=None)
    fallback_servers: tuple[str, ...] = in_python(default=())
    """Version ranges of servers that surely speak it; any of them."""
    connect_timeout: float = in_python(default=10.0)
    read_timeout: float = in_python(default=120.0)


@dataclass(frozen=True, slots=True)
class Api:
    """One API version of a service: flat and complete."""

    service: str = in_python()
    number: str = on_wire()
    prefix: str = on_wire()
    operations: tuple[Operation, ...] = in_python()
    doc: str | None = in_words(default=None)
    stability: str = in_words(default="stable")
    deprecated: Deprecated | None = in_python(default=None)
    extra_endpoints: tuple[ExtraEndpoint, ...] = in_python(default=())
    extends: str | None = of_origin(default=None)
    file: str = of_origin(default="")
    origins: Origins = of_origin(default_factory=dict)

    def operation(self, name: str) -> Operation:
        """Return the operation called `name`; KeyError if there is none."""
        for operation in self.operations:
            if operation.name == name:
                return operation
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Service:
    """A service with all its API versions."""

    name: str = in_python()
    client: str = in_python()
    attribute: str = in_python()
    module: str = in_python()
    summary: str = in_words()
    server: Server = on_wire()
    apis: tuple[Api, ...] = in_python()
    attributes: tuple[Attribute, ...] = in_python(default=())
    features: tuple[Feature, ...] = in_python(default=())
    types: tuple[NamedType, ...] = in_python(default=())
    hole_defaults: tuple[tuple[str, str], ...] = on_wire(default=())
    """Holes of paths and the attribute that fills them, where no parameter does."""
    extra_endpoints: tuple[ExtraEndpoint, ...] = in_python(default=())
    renamed_from: str | None = of_origin(default=None)
    file: str = of_origin(default="")
    origins: Origins = of_origin(default_factory=dict)

    def api(self, number: str) -> Api:
        """Return the API version `number`; KeyError if there is none."""
        for api in self.apis:
            if api.number == number:
                return api
        raise KeyError(number)


@dataclass(frozen=True, slots=True)
class Spec:
    """All services, in the order of their names."""

    services: tuple[Service, ...] = in_python()

    def service(self, name: str) -> Service:
        """Return the service called `name`; KeyError if there is none."""
        for service in self.services:
            if service.name == name:
                return service
        raise KeyError(name)
