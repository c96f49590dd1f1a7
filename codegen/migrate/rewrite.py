"""The edits that make a call of the old method one of the new."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import libcst as cst

from codegen.migrate.edit import Edit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codegen.migrate.change import Move
    from codegen.migrate.fit import Fit, Passed

_LINE_END = re.compile(rb"\r\n?|\n")
_EMPTY = re.compile(rb"[ \t]*\(\s*\)")
"""What stands behind a method that is called with nothing; a comment in there would be lost."""


@dataclass(frozen=True)
class Text:
    """The bytes of a script, by the nodes of its tree."""

    code: bytes
    spans: Mapping[cst.CSTNode, tuple[int, int]]
    """First byte of each node, and the first byte behind it."""

    def position(self, node: cst.CSTNode) -> tuple[int, int]:
        """Return the line of a node, from 1, and the letters before it on that line."""
        start, _ = self.spans[node]
        line = bisect_right(self._lines, start)
        return line, len(self.code[self._lines[line - 1] : start].decode())

    @cached_property
    def _lines(self) -> list[int]:
        """First byte of each line."""
        return [0, *(found.end() for found in _LINE_END.finditer(self.code))]

    def named(self, node: cst.CSTNode, name: str) -> Edit:
        """Put another name in the place of a name, or of a string that holds one."""
        start, end = self.spans[node]
        if isinstance(node, cst.SimpleString):
            quotes = len(node.quote)
            start, end = start + len(node.prefix) + quotes, end - quotes
        return Edit(start, end, name)

    def argument(self, passed: Passed, name: str) -> Iterator[Edit]:
        """Give an argument its keyword."""
        if passed.node.keyword is not None:
            yield self.named(passed.node.keyword, name)
            return
        start, _ = self.spans[passed.node]
        yield Edit(start, start, f"{name}=")
        yield from self._in_parentheses(passed.node)

    def _in_parentheses(self, node: cst.Arg) -> Iterator[Edit]:
        """Put parentheses around what may go without them only as the one argument of a call."""
        if isinstance(node.value, cst.GeneratorExp | cst.NamedExpr) and not node.value.lpar:
            start, end = self.spans[node]
            yield Edit(start, start, "(")
            yield Edit(end, end, ")")

    def called(self, node: cst.CSTNode) -> Edit:
        """Call what was a property."""
        _, end = self.spans[node]
        return Edit(end, end, "()")

    def not_called(self, call: cst.Call) -> Edit | None:
        """Read as a property what was called; None if something stands between the parentheses."""
        _, start = self.spans[call.func]
        _, end = self.spans[call]
        start += sum(
            len(each.whitespace_before.value) + 1
            for each in call.func.rpar
            if isinstance(each.whitespace_before, cst.SimpleWhitespace)
        )
        return Edit(start, end, "") if _EMPTY.fullmatch(self.code[start:end]) else None

    def added(self, call: cst.Call, arguments: Mapping[str, str]) -> Iterator[Edit]:
        """Pass arguments by name, behind those that are passed already."""
        if not arguments:
            return
        text = ", ".join(f"{name}={value}" for name, value in arguments.items())
        if not call.args:
            place = self._inside(call)
            yield Edit(place, place, text)
            return
        last = call.args[-1]
        if len(call.args) == 1 and last.keyword is None:
            yield from self._in_parentheses(last)
        _, place = self.spans[last]
        yield Edit(place, place, f", {text}")

    def _inside(self, call: cst.Call) -> int:
        """Return the place right behind the opening parenthesis of a call with no arguments."""
        _, end = self.spans[call]
        space = cst.Module([]).code_for_node(call.whitespace_before_args)
        return end - 1 - len(space.encode())

    def for_call(self, fit: Fit) -> Iterator[Edit]:
        """Give arguments the names that they need."""
        for passed, name in fit.keywords.items():
            yield from self.argument(passed, name)


def renamed(move: Move) -> str | None:
    """Return the new name of a method, if it has another one."""
    return move.new.name if move.new is not None and move.new.name != move.old.name else None
