"""Strict YAML: a descriptor file becomes a tree whose every node knows its line and its path.

Only what reads the same to everybody is let through. YAML 1.1 and 1.2 disagree about plain `no`,
`010`, `1:30`, `2024-01-02` or `1_000`, and a reader of the file about all of them; each is an error
that says how to write it. Anchors, tags, merge keys and further documents are errors too: what a
descriptor says stands where one reads it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from codegen.ir import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from codegen.problems import Problems

Key = str | int

MAX_DEPTH = 40
MAX_DIGITS = 40


@dataclass(frozen=True, slots=True)
class Node:
    """A value in a descriptor, and where it stands (for the value of a key: where the key stands)."""

    origin: Origin


@dataclass(frozen=True, slots=True)
class ScalarNode(Node):
    """A text, number, truth value or null."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class ListNode(Node):
    """A list."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class MapNode(Node):
    """A mapping, in the order of the file."""

    items: Mapping[Key, Node] = field(default_factory=dict)

    def get(self, key: Key) -> Node | None:
        """Return the value under a key; None if the key is not there."""
        return self.items.get(key)


@dataclass(frozen=True, slots=True)
class BrokenNode(Node):
    """Stands where a value was that has been reported already, so that nothing reports it again."""


def plain(node: Node) -> Any:
    """Return the node as plain Python values."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    if isinstance(node, MapNode):
        return {key: plain(item) for key, item in node.items.items()}
    raise TypeError("a broken node has no value")


def is_intact(node: Node) -> bool:
    """Whether nothing in the tree has been reported."""
    if isinstance(node, ListNode):
        return all(map(is_intact, node.items))
    if isinstance(node, MapNode):
        return all(map(is_intact, node.items.values()))
    return not isinstance(node, BrokenNode)


def walk(node: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    """Yield every node below (and with) `node`, with its dotted path relative to it."""
    # Gathered first: to hand each node up through as many generators as it is deep takes longer.
    found: list[tuple[str, Node]] = []
    _note(node, path, found)
    return iter(found)


def _note(node: Node, path: str, found: list[tuple[str, Node]]) -> None:
    found.append((path, node))
    if isinstance(node, ListNode):
        for position, item in enumerate(node.items):
            _note(item, f"{path}[{position}]", found)
    elif isinstance(node, MapNode):
        for key, item in node.items.items():
            _note(item, f"{path}.{key}" if path else str(key), found)


def read(file: Path, name: str, problems: Problems) -> Node | None:
    """Read one file; `name` is what messages call it. None if it is no YAML at all."""
    try:
        text = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problems.add(Origin(name, line), f"byte {error.start} is not UTF-8.", "Save the file as UTF-8.")
        return None
    return parse(text, name, problems)


def parse(text: str, name: str, problems: Problems) -> Node | None:
    """Read a descriptor from its text. None if it is no YAML at all."""
    try:
        return _Reader(text, name, problems).document()
    except yaml.MarkedYAMLError as error:
        mark: Any = error.problem_mark
        line = mark.line + 1 if mark else 1
        remedy = "Indent with blanks, not with tabs." if _starts_with_tab(text, line) else ""
        problems.add(Origin(name, line), f"not YAML: {error.problem or error.context}.", remedy)
    except yaml.YAMLError as error:
        problems.add(Origin(name, 1), f"not YAML: {' '.join(str(error).split())}.")
    except _TooDeepError as error:
        problems.add(error.origin, f"nested deeper than {MAX_DEPTH} levels.")
    return None


def _starts_with_tab(text: str, line: int) -> bool:
    return bool(re.match(r" *\t", "".join(text.splitlines()[line - 1 : line])))


class _TooDeepError(Exception):
    def __init__(self, origin: Origin) -> None:
        super().__init__(origin)
        self.origin = origin


class _Reader:
    """Builds the tree from parser events: only they still tell anchors, tags and quotes."""

    def __init__(self, text: str, name: str, problems: Problems) -> None:
        # One call per event: `yaml.parse` makes two, and there are many.
        self._events: Iterator[Any] = iter(_LOADER(text).get_event, None)
        self._name = name
        self._problems = problems

    def document(self) -> Node | None:
        root: Node | None = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                origin = Origin(self._name, _line(event))
                if event.version or event.tags:
                    self._problems.add(origin, "YAML directives are not used here.", "Remove the % line.")
                if root is not None:
                    self._problems.add(origin, "a second document starts here.", "One file, one document.")
                    break
                root = self._node(next(self._events), origin, 0)
        if root is None:
            self._problems.add(Origin(self._name, 1), "the file is empty.")
        return root

    def _node(self, event: Any, origin: Origin, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise _TooDeepError(origin)
        if isinstance(event, yaml.AliasEvent):
            self._problems.add(
                origin, f"alias *{event.anchor}: aliases are not used here.", "Repeat the value."
            )
            return BrokenNode(origin)
        if event.anchor is not None:
            self._problems.add(origin, f"anchor &{event.anchor}: anchors are not used here.", "Remove it.")
        if event.tag is not None:
            self._problems.add(origin, f"tag {event.tag}: tags are not used here.", "Remove it.")
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, origin)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(origin, depth)
        return self._map(origin, depth)

    def _list(self, origin: Origin, depth: int) -> ListNode:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            place = Origin(self._name, _line(event), f"{origin.path}[{len(items)}]")
            items.append(self._node(event, place, depth + 1))
        return ListNode(origin, tuple(items))

    def _map(self, origin: Origin, depth: int) -> MapNode:
        items: dict[Key, Node] = {}
        prefix = f"{origin.path}." if origin.path else ""
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            line = _line(event)
            key = self._key(event, Origin(self._name, line, origin.path), depth)
            place = Origin(self._name, line, f"{prefix}{key}" if key is not None else origin.path)
            value = self._node(next(self._events), place, depth + 1)
            if key is None:
                continue
            if key in items:
                first = items[key].origin.line
                self._problems.add(place, f"duplicate key {key!r}: it stands at line {first} already.")
                continue
            items[key] = value
        return MapNode(origin, items)

    def _key(self, event: Any, origin: Origin, depth: int) -> Key | None:
        node = self._node(event, origin, depth + 1)
        if isinstance(node, ScalarNode):
            if isinstance(node.value, str) or type(node.value) is int:
                return node.value
            self._problems.add(origin, f"{event.value!r} cannot be a key.", "Quote it.")
        elif not isinstance(node, BrokenNode):
            self._problems.add(origin, "a key must be a text or a whole number.")
        return None

    def _scalar(self, event: Any, origin: Origin) -> Node:
        if not event.implicit[0]:
            return ScalarNode(origin, event.value)
        reading = read_plain(event.value)
        if isinstance(reading, Refused):
            self._problems.add(origin, reading.message, reading.remedy)
            return BrokenNode(origin)
        return ScalarNode(origin, reading)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where PyYAML was built with it: it parses ten times faster, with the same events."""

_WORDS: dict[str, bool | None] = {"null": None, "true": True, "false": False}
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+([eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Refused:
    """A plain scalar that readers would not agree on."""

    message: str
    remedy: str = "Quote it."


_TRUTH = "plain {} is a truth value to some readers, a text to others."
_OCTAL = "plain {} is octal to some readers, decimal to others."
_NUMBER = "plain {} is a number to some readers, a text to others."
_SEXAGESIMAL = "plain {} is a sexagesimal number to some readers."
_UNDECIDED = "this is left for a person to decide: {}."
_DIGITS = "Write digits on both sides of the point, or quote it."

_REFUSED: tuple[tuple[re.Pattern[str], Refused], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), refused)
    for pattern, refused in (
        (r"(?-i:TODO)(\W.*)?", Refused(_UNDECIDED, "Write the value, or remove the key.")),
        (r"", Refused("the value is missing.", "Write null, a value, or remove the key.")),
        (r"~|null", Refused("plain {} is one of several ways to write null.", "Write null, or quote it.")),
        (
            r"true|false",
            Refused("plain {} is one of several ways to say it.", "Write it small, or quote it."),
        ),
        (r"yes|no|on|off", Refused(_TRUTH)),
        (r"[-+]?0[0-9_]+", Refused(_OCTAL)),
        (r"[-+]?0[xob][0-9a-f_]*", Refused(_NUMBER)),
        (r"[-+]?[0-9][0-9,_]*_[0-9_.]*", Refused(_NUMBER)),
        (r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?", Refused(_SEXAGESIMAL)),
        (r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([t ].*)?", Refused("plain {} is a date to some readers.")),
        (r"[-+]?(\.[0-9]+|[0-9]+\.?[0-9]*)(e[-+]?[0-9]+)?", Refused(_NUMBER, _DIGITS)),
        (r"[-+]?\.(inf|nan)", Refused("{} is a number that JSON does not have.")),
        (r"<<|=", Refused("plain {} means something else to some readers.")),
    )
)
"""What YAML 1.1, YAML 1.2 and the people who read a descriptor take for different things."""


@cache
def read_plain(text: str) -> str | int | float | bool | Refused | None:
    """Read an unquoted scalar the one way in which all readers of YAML agree, or refuse it."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        if len(text) > MAX_DIGITS:
            return Refused(f"a number of {len(text)} digits is no id, count or size.")
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    for pattern, refused in _REFUSED:
        if pattern.fullmatch(text):
            return Refused(refused.message.format(text), refused.remedy)
    return text
