"""JSON read exactly, and long answers fast.

orjson reads numbers in a third of the time of Python's reader, and all alike but one kind: integers
beyond 64 bits become floats without a word. So it reads what holds none. Python's reader has the rest, and
whatever orjson refuses: NaN and Infinity, which some servers send, and texts that are not quite Unicode.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from typing import Any

from caveclient_gen._runtime.bulk import LONG

__all__ = ["read_json"]

_BLOCK = 1 << 18
"""Bytes gone through at a time, so that they stay in the processor's cache."""
_ZERO, _POINT = ord("0"), ord(".")
_SHORTEST = 20
"""Digits of 2**64, the first integer that orjson rounds."""
_SHORTEST_NEGATIVE = 19
"""Digits of -2**63 - 1, the first one on the other side."""


def read_json(body: bytes) -> Any:
    """
    Read JSON; integers of any size stay exact.

    Parameters
    ----------
    body : bytes
        The text, in UTF-8, UTF-16 or UTF-32.

    Returns
    -------
    Any
        What it says; NaN and Infinity are read.

    Raises
    ------
    ValueError
        It is not JSON.
    RecursionError
        It is nested too deeply.
    """
    # numpy finds long numbers; for that alone it is not loaded.
    if len(body) >= LONG and "numpy" in sys.modules and not _may_hold_long_integers(body):
        import orjson

        with suppress(orjson.JSONDecodeError):
            return orjson.loads(body)
    return json.loads(body)


def _may_hold_long_integers(body: bytes) -> bool:
    """Tell whether there are enough digits in a row anywhere but after a point; in texts, too."""
    import numpy as np

    codes = np.frombuffer(body, dtype=np.uint8)
    wanted = _SHORTEST_NEGATIVE if b"-" in body else _SHORTEST
    for first in range(0, len(codes), _BLOCK):
        # Where a digit stands; smaller codes wrap around.
        runs, length = (codes[first : first + _BLOCK + wanted] - _ZERO) < 10, 1
        while length < wanted and len(runs):  # where so many stand in a row: twice as many each time
            step = min(length, wanted - length)
            runs, length = runs[:-step] & runs[step:], length + step
        if runs.any():
            places = first + np.flatnonzero(runs)
            before = codes[places[places > 0] - 1]
            # Of a longer row of digits, all places but the first have a digit before them.
            if places[0] == 0 or ((before != _POINT) & (before - _ZERO >= 10)).any():
                return True
    return False
