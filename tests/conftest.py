"""What all tests share."""

from __future__ import annotations

import re
from typing import Any

_SHOWN = 60


def pytest_make_parametrize_id(config: Any, val: Any, argname: str) -> str | None:
    """Name a row of a table by its value, the same in every process: no addresses, sets in order."""
    if isinstance(val, str) or not hasattr(val, "__repr__"):
        return None
    text = f"set{sorted(val, key=repr)}" if isinstance(val, set | frozenset) else repr(val)
    return re.sub(r" at 0x[0-9a-f]+", "", text)[:_SHOWN]
