"""Docstrings that describe several parameters in one line: each keeps its own default and type.

`limit, offset : int, optional` is one entry of a docstring. Its reader gives every name of such an entry the
default of the first, and the first one's annotation where the entry has no type.
"""

from __future__ import annotations

import re

import griffe

TOGETHER = re.compile(r"^ *\*{0,2}\w+(?:, \*{0,2}\w+)+(?P<type> :.*)?$", re.MULTILINE)
"""A line with several names, as entries begin with; sentences that look so do no harm."""


class OwnDefaults(griffe.Extension):
    """Look up again what belongs to each parameter."""

    def on_function(self, *, func: griffe.Function, **_: object) -> None:
        """Mend the docstring of a function or method."""
        _mend(func, func.parameters)

    def on_class(self, *, cls: griffe.Class, **_: object) -> None:
        """Mend the docstring of a class, which describes the parameters of `__init__`."""
        _mend(cls, cls.parameters)


def _mend(described: griffe.Object, parameters: griffe.Parameters) -> None:
    if described.docstring is None or not TOGETHER.search(described.docstring.value):
        return
    untyped = {
        name
        for found in TOGETHER.finditer(described.docstring.value)
        if not found["type"]
        for name in found.group().strip().split(", ")
    }
    for section in described.docstring.parsed:
        if isinstance(section, griffe.DocstringSectionParameters):
            for entry in section.value:
                if entry.name in parameters:
                    entry.value = parameters[entry.name].default
                    if entry.name in untyped:
                        entry.annotation = parameters[entry.name].annotation
