"""What the generated modules say of an operation: plain, frozen values, no behaviour.

A generated module builds one `Operation` per endpoint; `prepare` turns an operation and its
arguments into a `Request`, `answer` turns the `Response` into a value. Names of types, encoders
and decoders are looked up in the tables of `normalise`, `encode` and `decode`; the generator has
checked that each exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Location = Literal["path", "query", "body", "header", "address", "none"]


@dataclass(frozen=True, slots=True)
class Param:
    """One argument of an operation: what callers name it, what the wire names it, how it is written."""

    name: str
    type: str
    location: Location
    wire: tuple[str, ...]
    """Names on the wire. More than one: the same value is sent under each."""
    encode: str
    required: bool = False
    default: Any = None
    """What an omitted argument means; sent unless None."""
    client_default: str | None = None
    """Attribute of the client that is read when the argument is None."""
    default_for: str | None = None
    """The attribute is a method, and is asked about the value of this parameter."""
    is_const: bool = False
    """The value is `default`, always sent, and not an argument of the method."""
    wrap: str | None = None
    """Name of the parameter whose value becomes the key around this body field: `{table: value}`."""
    server: tuple[str, ...] = ()
    """Version ranges of the server that understands it; any of them. Empty: all."""
    minimum: float | None = None
    maximum: float | None = None
    max_items: int | None = None
    choices: tuple[Any, ...] = ()
    effect: Literal["log_warnings", "progress"] | None = None
    """What a parameter that is not sent does in the runtime."""
    aliases: tuple[str, ...] = ()
    """Old names under which callers may still pass it."""
    aliases_since: str | None = None
    """Version that says not to use them any more."""


@dataclass(frozen=True, slots=True)
class Body:
    """How the request body is made, where it is not a JSON object of the `in: body` parameters."""

    kind: Literal["binary", "json"]
    param: str
    dtype: str | None = None
    """Layout of one item of a binary body, as numpy writes it: "<u8"."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One form that the answer can take, and the arguments that choose it."""

    decode: str
    when: tuple[tuple[str, Any], ...] = ()
    dtype: str | None = None
    media_type: tuple[str, ...] = ()
    select: tuple[str | int, ...] = ()
    """Path into the JSON document: keys and positions."""
    cast: str | None = None
    map_keys: Literal["int"] | None = None
    headers: tuple[tuple[str, str], ...] = ()
    """Headers handed to the caller: wire name, and how its text is read."""
    status: tuple[int, ...] = ()
    """Statuses that mean success. Empty: every 2xx."""
    keyed_by: str | None = None
    """Parameter whose items are the keys of the JSON object. One value, bare, is the only item's."""
    same_length_as: str | None = None
    """Parameter whose items the answer must match one to one, in order (`order: input`)."""


@dataclass(frozen=True, slots=True)
class RowLimit:
    """How the server says that it cut an answer short, and what happens then."""

    header: str
    contains: tuple[str, ...]
    on_truncate: Literal["raise", "warn", "split"] = "raise"
    """`split`: the call is divided in halves that are asked again, as long as there is a list to divide."""
    limit_param: str | None = None
    """The caller's own limit: reaching it is no truncation."""
    usual: int | None = None
    """Most rows that servers send at once, unless they are set up otherwise."""


@dataclass(frozen=True, slots=True)
class ItemLimit:
    """Most items of one parameter that one request may carry, and what happens beyond."""

    param: str
    max: int
    on_exceed: Literal["split", "error", "truncate"]
    merge: Literal["concat", "dict_union", "map_union", "graph_union", "sum"] | None = None
    depth: int = 0
    """How many keys lead from the parameter to its lists: 1 for `{column: values}`."""
    unless: tuple[str, ...] = ()
    """Parameters that keep the call whole when they are given: a limit counts the rows of one answer."""
    nothing_found: str | None = None
    """Words of a refusal that means: no rows for these items."""
    first: int | None = None
    """Items in the first requests, where dividing pays before there are more than `max`."""


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """How long an answer may be reused, and which arguments tell answers apart."""

    ttl: float
    maxsize: int
    key: tuple[str, ...]
    lasting: float | None = None
    """Seconds for which it may outlive the process, in a cache folder. None: not at all."""


@dataclass(frozen=True, slots=True)
class Deprecation:
    """Since when an operation or parameter should no longer be used, and what to use instead."""

    since: str
    use: str | None = None
    message: str | None = None
    sunset: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint of one API version, complete."""

    name: str
    method: str
    path: str
    """From the server's root, with `{holes}`: "/segmentation/api/v1/table/{table_id}/roots_binary"."""
    safe: bool
    """It may be sent again: it changes nothing, or changes it only once."""
    params: tuple[Param, ...] = ()
    holes: tuple[tuple[str, str], ...] = ()
    """Holes of the path that no parameter fills, and the client attribute that does."""
    body: Body | None = None
    response: tuple[Arm, ...] = ()
    kind: Literal["request", "url"] = "request"
    scheme: str | None = None
    """For `kind="url"`: what stands before the address ("graphene")."""
    headers: tuple[tuple[str, str], ...] = ()
    check: str | None = None
    """For a write: how to find out whether it happened, when its answer was lost."""
    server: tuple[str, ...] = ()
    server_message: str | None = None
    unknown_version: Literal["allow", "deny"] | None = None
    """What to do when the server reports no version. None: reads go ahead, writes refuse."""
    requires: str | None = None
    exclusive: tuple[tuple[str, ...], ...] = ()
    errors: tuple[tuple[int, str], ...] = ()
    rows: RowLimit | None = None
    items: tuple[ItemLimit, ...] = ()
    cache: CachePolicy | None = None
    timeout: float | None = None
    """Seconds to wait for the answer. None: the service's."""
    deprecated: Deprecation | None = None
    envelope: bool = False
    """The call returns an `Answer` (value, headers, warnings), not the bare value."""
    aliases: tuple[str, ...] = ()
    """Old names under which it may still be called."""
    aliases_since: str | None = None
    """Version that says not to use them any more."""


@dataclass(frozen=True, slots=True)
class Feature:
    """Something that only some datastacks have, and how the client knows."""

    name: str
    attr: str
    message: str


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """What all API versions of a service share."""

    name: str
    attribute: str
    base: str
    key: str
    address: Literal["local", "global"]
    auth: Literal["bearer", "none"]
    version_path: str | None
    api_versions_path: str | None
    api_versions: tuple[str, ...]
    """API versions that have a generated module, oldest first."""
    fallback_api: str | None
    unknown_version: Literal["allow", "deny"] | None
    connect_timeout: float
    read_timeout: float
    features: tuple[Feature, ...] = ()
    fallback_servers: tuple[str, ...] = ()
    """Version ranges of servers that surely speak `fallback_api`; any of them."""
