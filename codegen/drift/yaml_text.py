"""Write values in the strict YAML that descriptors are written in."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from codegen.yaml_source import read_plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./@()-]*(?: [A-Za-z0-9_./@()-]+)*")
"""Texts that nobody reads as anything else, wherever they stand."""
_WIDE = re.compile(r"[^\x20-\x7e]")


class Todo(str):
    """What a person has to decide: the loader reports it with its line. Neither commas nor brackets."""

    __slots__ = ()


def scalar(value: str | int | float | bool | None) -> str:
    """Write a text, number, truth value or null so that it is read back as the same."""
    if isinstance(value, Todo):
        return f"TODO({value})"
    if value is None or isinstance(value, bool | int):
        return json.dumps(value)
    if isinstance(value, float):
        # 1e+16 is a text to some readers; 1.0e+16 is a number to all.
        mantissa, e, exponent = repr(value).partition("e")
        return f"{mantissa if '.' in mantissa else f'{mantissa}.0'}{e}{exponent}"
    return value if _PLAIN.fullmatch(value) and read_plain(value) == value else _quoted(value)


def _quoted(text: str) -> str:
    return _WIDE.sub(_visible, json.dumps(text, ensure_ascii=False))


def _visible(found: re.Match[str]) -> str:
    char = found[0]
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"


def flow(value: Any) -> str:
    """Write a value on one line."""
    if isinstance(value, dict):
        return _mapping(value)
    if isinstance(value, list | tuple):
        return _list(value)
    return scalar(value)


def _mapping(value: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{scalar(key)}: {flow(item)}" for key, item in value.items()) + "}"


def _list(value: Sequence[Any]) -> str:
    return "[" + ", ".join(map(flow, value)) + "]"
