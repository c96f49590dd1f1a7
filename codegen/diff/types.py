"""Which parameter type takes more than another."""

from __future__ import annotations

from typing import Literal

_WIDER: dict[str, tuple[str, ...]] = {
    "bool": (),
    "int": ("float",),
    "float": (),
    "str": (),
    "datetime": (),
    "id": ("id_array",),
    "id_array": (),
    "int_array": (),
    "str_array": (),
    "bounds": (),
    "point": (),
    "point_array": (),
    "resolution": ("point",),
    "mapping": ("json",),
    "json": (),
    "any": (),
}
"""Types that take everything that a type takes; `any` takes everything. One id counts as an array of one."""


def type_change(old: str, new: str) -> Literal["narrowed", "widened", "changed"]:
    """Tell how one type follows another."""
    if new == "any" or new in _WIDER.get(old, ()):
        return "widened"
    return "narrowed" if old == "any" or old in _WIDER.get(new, ()) else "changed"
