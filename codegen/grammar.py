"""Small grammars inside descriptor values: type expressions, version ranges, path holes, identifiers."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_TOKEN = re.compile(r"\s*([A-Za-z][A-Za-z0-9]*|[\[\],|])")
_SIMPLE = ("int", "float", "str", "bool", "Any", "None")


class ExpressionError(ValueError):
    """A type expression that cannot be read."""


def type_names(expression: str) -> tuple[str, ...]:
    """Return the names of own types in a type expression; ExpressionError if it is none.

    expression = term ("|" term)*; term = simple | name | "list[" expression "]" |
    "dict[" ("str" | "int") "," expression "]".
    """
    tokens = list(_tokens(expression))
    names: list[str] = []
    rest = _union(tokens, names)
    if rest:
        raise ExpressionError(f"{rest[0]!r} is not expected there")
    return tuple(names)


def _tokens(expression: str) -> Iterator[str]:
    position = 0
    text = expression.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ExpressionError(f"{text[position:].strip()!r} cannot be read")
        position = match.end()
        yield match[1]


def _union(tokens: list[str], names: list[str]) -> list[str]:
    rest = _term(tokens, names)
    while rest and rest[0] == "|":
        rest = _term(rest[1:], names)
    return rest


def _term(tokens: list[str], names: list[str]) -> list[str]:
    if not tokens:
        raise ExpressionError("it ends too early")
    word, rest = tokens[0], tokens[1:]
    if word == "list":
        return _expect("]", _union(_expect("[", rest), names))
    if word == "dict":
        rest = _expect("[", rest)
        if not rest or rest[0] not in ("str", "int"):
            raise ExpressionError("the keys of a dict are str or int")
        return _expect("]", _union(_expect(",", rest[1:]), names))
    if not word[0].isalpha():
        raise ExpressionError(f"{word!r} is not expected there")
    if word not in _SIMPLE:
        names.append(word)
    return rest


def _expect(token: str, tokens: list[str]) -> list[str]:
    if not tokens or tokens[0] != token:
        found = repr(tokens[0]) if tokens else "the end"
        raise ExpressionError(f"{token!r} is expected where {found} stands")
    return tokens[1:]


def range_fault(text: str) -> str | None:
    """Say what is wrong with a version range; None if nothing is."""
    try:
        specifiers = SpecifierSet(text)
    except InvalidSpecifier:
        return f"{text!r} is not a version range."
    if any(specifier.operator == "===" for specifier in specifiers):
        return f"{text!r} compares versions as texts."
    return None


def holes(path: str) -> tuple[str, ...]:
    """Return the holes of a path, in order: ("table_id",) of "/table/{table_id}/roots"."""
    return tuple(re.findall(r"\{([^{}]*)\}", path))


def identifier_fault(name: str, reserved: Collection[str]) -> str | None:
    """Say why a name cannot be a Python name here; None if it can."""
    if keyword.iskeyword(name):
        return f"{name!r} is a word of Python."
    if name in reserved:
        return f"{name!r} is taken by every client."
    return None
