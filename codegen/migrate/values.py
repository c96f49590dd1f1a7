"""What an expression of a script can be, and what follows from names alone.

What is *known* was made from an import of the package, or is annotated so. What is only *named* is
something of unknown origin that people call a client: `client`, `cave_client`, `self.client`; its attribute
`materialize` is then taken for the service. What is *guessed* rests on the name of an attribute or method
alone.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import libcst as cst

    from codegen import ir
    from codegen.migrate.change import ScriptChange

Kind = Literal[
    "unknown",  # of an origin that the file does not tell; `name` is what it is called
    "other",  # known to be something else
    "foreign",  # imported from elsewhere; `name` is its dotted name
    "ours",  # imported from the package; `name` is its dotted name within it
    "framework",  # the class CAVEclient
    "client",  # what it makes
    "class",  # a service's client class
    "service",  # what it makes, and what `client.materialize` is
    "method",  # of a service's client
    "unbound",  # the same, taken from the class
    "bound",  # a method with some of its arguments: functools.partial
    "local class",
    "instance",  # of a local class
    "function",
]
Evidence = Literal["known", "named", "guessed"]

PACKAGES = ("caveclient_gen", "caveclient")
"""Names under which scripts import the package."""

FRAMEWORK = frozenset({"CAVEclient", "CAVEclientFull", "CAVEclientGlobal"})

_CLIENT_NAME = re.compile(r"(?:^|_)(?:cave_?)?client_?\d*(?:_|$)|^_?cave$")
_VERSIONED = re.compile(r"V\d+$")


@dataclass(frozen=True, slots=True)
class Value:
    """One thing that an expression can be."""

    kind: Kind
    name: str = ""
    """Of services and methods the service; else a dotted name, or what it is called."""
    member: str = ""
    """Of a method, its name."""
    evidence: Evidence = "known"
    node: cst.CSTNode | None = None
    """Of what the script itself defines, the definition."""


Values = frozenset[Value]

OTHER = Value("other")


def unknown(name: str = "") -> Values:
    """Return the value of what nothing is known about but its name."""
    return frozenset({Value("unknown", name)})


def join(parts: Iterable[Values]) -> Values:
    """Join what an expression can be in several cases."""
    return frozenset(value for part in parts for value in part)


def is_called_client(name: str) -> bool:
    """Whether people would call a client so."""
    return _CLIENT_NAME.search(name.lower()) is not None


def _is_class_name(name: str) -> bool:
    """Whether it is a class of something else; a class that is called a client may be one of people's own."""
    return name[:1].isupper() and "client" not in name.lower()


class Known:
    """The services and methods that the changes are about, by the names that scripts use.

    Parameters
    ----------
    changes : iterable of ScriptChange
        Whatever they do not mention is not looked for.
    """

    def __init__(self, changes: Iterable[ScriptChange]) -> None:
        changes = tuple(changes)
        self.services: Mapping[str, ir.Service] = {change.service.name: change.service for change in changes}
        self.attributes = {service.attribute: name for name, service in self.services.items()}
        self._classes = {service.client: name for name, service in self.services.items()}
        moves = [change.move for change in changes if change.move is not None]
        self.methods = {move.key for move in moves}
        self.distinctive = {move.old.name: move.old.service.name for move in moves if move.is_distinctive}

    def imported(self, dotted: str, *, is_module: bool) -> Value:
        """Return what a dotted name is that a script imports; `is_module`: it can be nothing else."""
        root, _, inner = dotted.partition(".")
        if root in PACKAGES:
            return self.ours(inner)
        name = dotted.rpartition(".")[2]
        if is_module or root in sys.stdlib_module_names or _is_class_name(name):
            return Value("foreign", dotted)
        return Value("unknown", name)

    def ours(self, dotted: str) -> Value:
        """Return what a dotted name within the package is."""
        last = dotted.rpartition(".")[2]
        service = self._classes.get(_VERSIONED.sub("", last))
        if service is not None:
            return Value("class", service, last)
        return Value("framework", last) if last in FRAMEWORK else Value("ours", dotted)

    def called(self, value: Value) -> Values:
        """Return what a call makes."""
        if value.kind in ("framework", "class"):
            made: Kind = "client" if value.kind == "framework" else "service"
            return frozenset({Value(made, value.name)})
        if value.kind == "foreign":
            return self._called_elsewhere(value.name)
        return unknown(value.name) if value.kind == "unknown" else frozenset({OTHER})

    def _called_elsewhere(self, dotted: str) -> Values:
        name = dotted.rpartition(".")[2]
        is_standard = dotted.partition(".")[0] in sys.stdlib_module_names
        return frozenset({OTHER}) if is_standard or _is_class_name(name) else unknown(name)

    def attribute(self, value: Value, name: str) -> Values:
        """Return what an attribute of a value is."""
        if value.kind == "ours":
            return frozenset({self.ours(f"{value.name}.{name}".lstrip("."))})
        if value.kind == "client":
            service = self.attributes.get(name)
            return frozenset({Value("service", service) if service else OTHER})
        if value.kind in ("service", "class"):
            return frozenset({self._method(value, name)})
        if value.kind == "foreign":
            return self._of_foreign(value, name)
        return self._of_unknown(value, name) if value.kind == "unknown" else unknown(name)

    def _method(self, value: Value, name: str) -> Value:
        if (value.name, name) not in self.methods:
            return OTHER
        kind: Kind = "method" if value.kind == "service" else "unbound"
        return replace(value, kind=kind, member=name)

    def _of_foreign(self, value: Value, name: str) -> Values:
        if name in self.attributes:
            return self._of_unknown(Value("unknown", value.name.rpartition(".")[2]), name)
        return frozenset({Value("foreign", f"{value.name}.{name}")})

    def _of_unknown(self, value: Value, name: str) -> Values:
        service = self.attributes.get(name)
        if service is not None:
            evidence: Evidence = "named" if is_called_client(value.name) else "guessed"
            return frozenset({Value("service", service, evidence=evidence)})
        owner = self.attributes.get(value.name)
        if owner is not None and (owner, name) in self.methods:
            return frozenset({Value("method", owner, name, "guessed")})
        if name in self.distinctive:
            return frozenset({Value("method", self.distinctive[name], name, "guessed")})
        return unknown(name)
