"""Annotations: names spelt out, and whether one type fits where another is wanted.

This is no type checker. It knows unions, `Literal`, the few types that contain others, and
containers that are only read. What it does not know fits only itself, so a difference that it
cannot judge is told.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import griffe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HOLDS = {
    "object": frozenset({"object"}),
    "float": frozenset({"int", "bool"}),
    "int": frozenset({"bool"}),
    "date": frozenset({"datetime"}),
    "Iterable": frozenset({"Sequence", "list", "tuple", "set", "frozenset"}),
    "Sequence": frozenset({"list", "tuple"}),
    "Mapping": frozenset({"dict"}),
}
"""Type -> the types that fit where it is wanted. `str` is no container here: nobody means its letters."""

_ANY = "Any"


@dataclass(frozen=True, slots=True)
class Words:
    """The names that annotations of one side use, and what they stand for."""

    aliases: Mapping[str, str] = field(default_factory=dict)
    """Of the runtime: "IdLike" -> "int | str | np.integer[Any]"."""

    def types(self, annotation: object, module: griffe.Module) -> tuple[ast.expr, ...]:
        """Spell out an annotation of a module and list the types of which it is a union.

        Nothing written is Any.
        """
        known = {**self.aliases, **aliases_of(module)}
        tree = ast.parse(str(annotation) if annotation is not None else _ANY, mode="eval").body
        return tuple(_members(tree, known, frozenset()))


def aliases_of(module: griffe.Module) -> dict[str, str]:
    """List the type aliases of a module: name -> what it stands for, as source."""
    return {name: _unquoted(str(alias.value)) for name, alias in type_aliases(module)}


def type_aliases(module: griffe.Module) -> Iterator[tuple[str, griffe.Attribute]]:
    """Yield the constants of a module that are types with a name."""
    for name, member in module.members.items():
        if isinstance(member, griffe.Attribute) and str(member.annotation) == "TypeAlias":
            yield name, member


def shown(annotation: object, module: griffe.Module) -> str:
    """Write an annotation for people: what the module itself gives a name is spelt out."""
    if annotation is None:
        return _ANY
    known = aliases_of(module)
    return re.sub(r"\b[A-Za-z_]\w*\b", lambda name: known.get(name[0], name[0]), str(annotation))


def fits(given: tuple[ast.expr, ...], wanted: tuple[ast.expr, ...]) -> bool:
    """Whether whatever is of the types `given` can stand where the types `wanted` are."""
    return all(any(_holds(one, other) for one in wanted) for other in given)


def without_none(types: tuple[ast.expr, ...]) -> tuple[ast.expr, ...]:
    """Leave None out of a union."""
    return tuple(each for each in types if ast.unparse(each) != "None")


def _unquoted(source: str) -> str:
    tree = ast.parse(source, mode="eval").body
    return tree.value if isinstance(tree, ast.Constant) and isinstance(tree.value, str) else source


def _members(tree: ast.expr, known: Mapping[str, str], inside: frozenset[str]) -> Iterator[ast.expr]:
    """Take a union apart; an alias is what it stands for, and a `Literal` of two values is a union."""
    match tree:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            yield from _members(left, known, inside)
            yield from _members(right, known, inside)
        case ast.Subscript(value=ast.Name(id="Optional"), slice=item):
            yield from _members(item, known, inside)
            yield ast.Constant(None)
        case ast.Subscript(value=ast.Name(id="Literal"), slice=ast.Tuple(elts=values)):
            yield from (ast.Subscript(ast.Name("Literal"), value) for value in values)
        case ast.Subscript(value=ast.Name(id=container), slice=item) if container != "Literal":
            yield ast.Subscript(ast.Name(container), _spelt_out(item, known, inside))
        case ast.Name(id=name) if name in known and name not in inside:
            alias = ast.parse(known[name], mode="eval").body
            yield from _members(alias, known, inside | {name})
        case _:
            yield tree


def _spelt_out(tree: ast.expr, known: Mapping[str, str], inside: frozenset[str]) -> ast.expr:
    """Spell out the arguments of a container."""
    if isinstance(tree, ast.Tuple):
        return ast.Tuple([_spelt_out(item, known, inside) for item in tree.elts])
    first, *others = _members(tree, known, inside)
    for other in others:
        first = ast.BinOp(first, ast.BitOr(), other)
    return first


def _holds(wanted: ast.expr, given: ast.expr) -> bool:
    """Whether one type can stand where another is wanted; neither is a union."""
    if ast.unparse(wanted) in (_ANY, ast.unparse(given)):
        return True
    match wanted, given:
        case _, ast.Subscript(value=ast.Name(id="Literal"), slice=value):
            kind = _type_of(value)
            return isinstance(wanted, ast.Name) and (wanted.id == kind or kind in _HOLDS.get(wanted.id, ()))
        case ast.Name(id=wide), ast.Name(id=narrow):
            return narrow in _HOLDS.get(wide, ())
        case ast.Subscript(value=ast.Name(id=wide)), ast.Subscript(value=ast.Name(id=narrow)):
            return (wide == narrow or narrow in _HOLDS.get(wide, ())) and _arguments_fit(given, wanted)
    return False


def _type_of(value: ast.expr) -> str:
    """Name the type of a value within `Literal`."""
    try:
        return type(ast.literal_eval(value)).__name__
    except ValueError:
        return ""


def _arguments_fit(given: ast.Subscript, wanted: ast.Subscript) -> bool:
    """Whether the arguments of two containers fit one by one: an answer is read, not written to."""
    ours, theirs = _arguments(given), _arguments(wanted)
    return len(ours) == len(theirs) and all(map(fits, ours, theirs))


def _arguments(container: ast.Subscript) -> list[tuple[ast.expr, ...]]:
    inside = container.slice
    items = inside.elts if isinstance(inside, ast.Tuple) else [inside]
    return [tuple(_members(item, {}, frozenset())) for item in items]
