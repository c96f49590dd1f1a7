"""Filters that put spec text into Python source: one per context, and each proves its own output.

A descriptor is data from outside. Whatever it holds (quotes, backslashes, line separators, bidi
marks, text that looks like code or like a template) must come out of the generated module as the
same data, and must never change the module's shape. So every filter reads its output back with
Python's own parser and refuses to hand it over when that is not what went in.
"""

from __future__ import annotations

import ast
import inspect
import io
import keyword
import math
import re
import tokenize
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any


class EscapeError(ValueError):
    """A text cannot stand in its place in the generated source."""


@dataclass(frozen=True, slots=True)
class Record:
    """A call with keywords that a generated module makes: `Param(name="x", required=True)`."""

    name: str
    fields: tuple[tuple[str, Any], ...]


def literal(value: object) -> str:
    """Write `value` as Python source: plain data, and records within it.

    Raises
    ------
    EscapeError
        If reading the source back does not give the same value.
    """
    plain = _plain(value)
    source = _write(plain)
    if repr(_read(ast.parse(source, mode="eval").body)) != repr(plain):
        raise EscapeError(f"cannot write {plain!r} as a Python literal")
    return source


def docstring(text: str, indent: int = 0) -> str:
    """Write `text` as a triple-quoted docstring whose further lines stand `indent` columns in.

    Raises
    ------
    EscapeError
        If the docstring would not read as `text`.
    """
    pad = " " * indent
    lines = [_escaped(line) for line in text.split("\n")]
    body = "\n".join([lines[0], *(f"{pad}{line}" if line else "" for line in lines[1:])])
    # A quote is harmless inside, but not beside another one or before the closing ones.
    body = re.sub(r'""+|"$', lambda run: run.group().replace('"', '\\"'), body)
    source = f'"""{body}\n{pad}"""' if len(lines) > 1 else f'"""{body}"""'
    if inspect.cleandoc(ast.literal_eval(source)) != text:
        raise EscapeError(f"cannot write {text!r} as a docstring")
    return source


def comment(text: str) -> str:
    """Write `text` as a comment of one line.

    Raises
    ------
    EscapeError
        If it would be anything else than one comment.
    """
    source = f"# {_escaped(' '.join(text.split()))}"
    kinds = _token_kinds(source)
    if kinds[0] != tokenize.COMMENT or set(kinds[1:]) - {tokenize.NL, tokenize.ENDMARKER}:
        raise EscapeError(f"cannot write {text!r} as a comment")
    return source


def identifier(text: str) -> str:
    """Hand over `text` when it is a plain Python name.

    Raises
    ------
    EscapeError
        If it is not: names are never repaired, because users type them.
    """
    if not (text.isascii() and text.isidentifier()) or keyword.iskeyword(text):
        raise EscapeError(f"{text!r} is not a Python name")
    return text


_IN_ANNOTATIONS = (
    ast.Name,
    ast.Attribute,
    ast.Subscript,
    ast.Tuple,
    ast.BinOp,
    ast.BitOr,
    ast.Constant,
    ast.UnaryOp,
    ast.USub,
    ast.Load,
)


@cache
def annotation(text: str) -> str:
    """Write a type expression: names, unions, subscripts, and values inside `Literal`.

    Raises
    ------
    EscapeError
        If it is anything more.
    """
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise EscapeError(f"{text!r} is not a type") from error
    strange = [node for node in ast.walk(tree) if not isinstance(node, _IN_ANNOTATIONS)]
    if strange or tokenize.COMMENT in _token_kinds(text) or not _constants_are_in_literals(tree):
        raise EscapeError(f"{text!r} is not a type")
    return ast.unparse(tree)


FILTERS: Mapping[str, Callable[..., str]] = {
    "literal": literal,
    "docstring": docstring,
    "comment": comment,
    "identifier": identifier,
    "annotation": annotation,
}
"""The only ways from a descriptor into a module; templates know them by these names."""


def _token_kinds(source: str) -> list[int]:
    return [token.type for token in tokenize.generate_tokens(io.StringIO(source).readline)]


def _plain(value: object) -> object:
    """Copy `value` with its containers made of plain tuples, lists and dicts."""
    if isinstance(value, Record):
        return Record(value.name, tuple((name, _plain(item)) for name, item in value.fields))
    if isinstance(value, Mapping):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(_plain(item) for item in value)
    if isinstance(value, float) and not math.isfinite(value):
        raise EscapeError(f"{value!r} has no literal")
    if value is None or isinstance(value, (bool, int, float, str, bytes)):
        return value
    raise EscapeError(f"{type(value).__name__} is not plain data")


def _write(value: Any) -> str:
    if isinstance(value, Record):
        fields = ", ".join(f"{identifier(name)}={_write(item)}" for name, item in value.fields)
        return f"{identifier(value.name)}({fields})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_write(key)}: {_write(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_write, value)) + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(_write, value)) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, str):
        return '"' + _escaped(value).replace('"', '\\"') + '"'
    return repr(value)


def _read(node: ast.expr) -> object:
    """Evaluate what `_write` wrote: literals, and calls as records."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Call(func=ast.Name(id=name), args=[], keywords=keywords):
            return Record(name, tuple((str(item.arg), _read(item.value)) for item in keywords))
        case ast.Tuple(elts=items):
            return tuple(_read(item) for item in items)
        case ast.List(elts=items):
            return [_read(item) for item in items]
        case ast.Dict(keys=keys, values=values):
            return {
                _read(key): _read(value) for key, value in zip(keys, values, strict=True) if key is not None
            }
    return ast.literal_eval(node)


def _escaped(text: str) -> str:
    """Write what cannot be seen, and backslashes, as escapes. Quotes are left to the caller."""
    if text.isprintable() and "\\" not in text:
        return text  # most texts: not looked at letter by letter
    return "".join(_ESCAPES.get(char) or (char if char.isprintable() else _code(char)) for char in text)


_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _code(char: str) -> str:
    number = ord(char)
    if number <= 0xFF:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def _constants_are_in_literals(tree: ast.expr) -> bool:
    """Whether the only bare constant is None: everything else stands inside `Literal[...]`."""
    match tree:
        case ast.Constant(value=value):
            return value is None
        case ast.Subscript(value=ast.Name(id="Literal"), slice=ast.Tuple(elts=items)):
            return all(_is_value(item) for item in items)
        case ast.Subscript(value=ast.Name(id="Literal"), slice=item):
            return _is_value(item)
    return all(
        _constants_are_in_literals(child)
        for child in ast.iter_child_nodes(tree)
        if isinstance(child, ast.expr)
    )


def _is_value(node: ast.expr) -> bool:
    return isinstance(node, (ast.Constant, ast.UnaryOp))
