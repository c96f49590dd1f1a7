"""Dividing a call: which of its lists may be cut into pieces, and the pieces.

A list is an argument by itself (`root_ids`) or one of the lists in a mapping (`filter_in_dict.*`). The
items of the first kind are answered one by one, so their order and repetitions are kept. The lists of the
second kind are sets that rows are looked up in: a row that is in two pieces would come twice, so each item
counts once.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.call_site import callers_level
from caveclient_gen._runtime.errors import InvalidArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from caveclient_gen._runtime.operation import ItemLimit, Operation

Slot = tuple[str, ...]
"""Where a list stands: the parameter, and the keys that lead on from it."""


@dataclass(frozen=True, slots=True)
class Part:
    """Arguments of one request, and which items of the whole they hold."""

    values: Mapping[str, Any]
    slots: tuple[Slot, ...] = ()
    """The lists that it can be divided by, the one to begin with first."""
    spans: tuple[tuple[int, int], ...] = ()
    """For each list, where in the whole its items begin and end (exclusive)."""

    @property
    def param(self) -> str:
        """What errors call the list that it is divided by."""
        if not self.slots:
            return ""
        name, *keys = self.slots[0]
        return name + "".join(f"[{key!r}]" for key in keys)

    @property
    def items(self) -> Any:
        """The items of that list."""
        return _at(self.values, self.slots[0])

    @property
    def first(self) -> int:
        """Position of its first item in the whole."""
        return self.spans[0][0] if self.spans else 0

    @property
    def last(self) -> int:
        """Position of its last item in the whole."""
        return self.spans[0][1] - 1 if self.spans else 0

    @property
    def count(self) -> int:
        """How many items it holds."""
        return self.spans[0][1] - self.spans[0][0] if self.spans else 0

    @property
    def place(self) -> tuple[int, ...]:
        """What answers are put in order by."""
        return tuple(first for first, _ in self.spans)

    def first_of(self, size: int) -> tuple[Part, Part | None]:
        """Return a part of at most `size` items, and the rest of this one if there is any."""
        part = self.distinct()
        if not part.slots or part.count <= size:
            return part, None
        items, start = part.items, part.first
        return part._holding(0, items[:size], start), part._holding(0, items[size:], start + size)

    def pieces(self, size: int) -> list[Part]:
        """Return parts of at most `size` items that together are this one."""
        if not self.slots or self.count <= size:
            return [self]
        return self.distinct()._cut(0, size)

    def halves(self) -> list[Part] | None:
        """Return two parts that together are this one; None if each list is down to one item."""
        part = self.distinct()
        for index, (first, end) in enumerate(part.spans):
            if end - first > 1:
                return part._cut(index, (end - first + 1) // 2)
        return None

    def distinct(self) -> Part:
        """Return this part with each value of a list in a mapping once."""
        part = self
        for index, slot in enumerate(self.slots):
            if len(slot) > 1:
                items = list(dict.fromkeys(_at(part.values, slot)))
                first, _ = part.spans[index]
                part = part._holding(index, items, first)
        return part

    def _cut(self, index: int, size: int) -> list[Part]:
        items, start = _at(self.values, self.slots[index]), self.spans[index][0]
        return [
            self._holding(index, items[first : first + size], start + first)
            for first in range(0, len(items), size)
        ]

    def _holding(self, index: int, items: Any, first: int) -> Part:
        spans = (*self.spans[:index], (first, first + len(items)), *self.spans[index + 1 :])
        return replace(self, values=_with(self.values, self.slots[index], items), spans=spans)


def parts_of(operation: Operation, values: Mapping[str, Any]) -> list[Part]:
    """Divide a call into parts that the server takes.

    Parameters
    ----------
    operation : Operation
        What is called, with its limits.
    values : mapping
        The resolved arguments.

    Returns
    -------
    list of Part
        One part if nothing has to be divided.

    Raises
    ------
    InvalidArgumentError
        There are too many items, and the operation cannot be divided there.
    """
    split: ItemLimit | None = None
    slots: list[Slot] = []
    values = dict(values)
    for limit in operation.items:
        found = _slots(limit, values)
        too_long = bool(found) and len(_at(values, found[0])) > limit.max
        if too_long and limit.on_exceed == "truncate":
            _warn_of_truncation(operation, limit, len(values[limit.param]))
            values[limit.param] = values[limit.param][: limit.max]
        elif too_long and (limit.on_exceed == "error" or split is not None):
            raise InvalidArgumentError(
                f"Pass at most {limit.max} items as {limit.param!r} to {operation.name}, "
                f"not {len(_at(values, found[0]))}."
            )
        elif limit.on_exceed == "split" and (too_long or not slots):
            slots = found
            split = limit if too_long else split
    spans = tuple((0, len(_at(values, slot))) for slot in slots)
    whole = Part(values, tuple(slots), spans)
    return [whole] if split is None else whole.pieces(split.max)


def _slots(limit: ItemLimit, values: Mapping[str, Any]) -> list[Slot]:
    """Return the lists that a limit is about, the longest first."""
    if any(values.get(name) not in (None, False) for name in limit.unless):
        return []
    value = values.get(limit.param)
    # A document may be no list: then it is what it is.
    if value is None or (limit.depth == 0 and (isinstance(value, Mapping) or not hasattr(value, "__len__"))):
        return []
    found = [(limit.param,)] if limit.depth == 0 else list(_lists(value, (limit.param,), limit.depth))
    return sorted(found, key=lambda slot: -len(_at(values, slot)))


def _lists(value: Any, slot: Slot, depth: int) -> Iterator[Slot]:
    if depth and isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _lists(inner, (*slot, key), depth - 1)
    elif not depth and isinstance(value, list) and not _is_nested(value):
        yield slot


def _is_nested(items: list[Any]) -> bool:
    # Such a list is no set of values; the server will say what it thinks of it.
    return bool({list, dict} & set(map(type, items)))


def _at(values: Mapping[str, Any], slot: Slot) -> Any:
    found: Any = values
    for key in slot:
        found = found[key]
    return found


def _with(values: Mapping[str, Any], slot: Slot, items: Any) -> dict[str, Any]:
    key, *rest = slot
    return {**values, key: _with(values[key], tuple(rest), items) if rest else items}


def _warn_of_truncation(operation: Operation, limit: ItemLimit, count: int) -> None:
    warnings.warn(
        f"{operation.name} takes at most {limit.max} items as {limit.param!r}: the last "
        f"{count - limit.max} of {count} are left out.",
        UserWarning,
        stacklevel=callers_level(),
    )
