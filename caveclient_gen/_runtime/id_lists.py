"""Long lists of ids, from the text of a JSON answer straight to arrays.

A large object has a million supervoxels. Made into Python's integers first, they take four times as long
to read and five times the memory. Only the plain form that servers write is read here, an object of lists
of bare integers. Of any other form nothing is said but that: the usual reader of JSON knows what it is.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from caveclient_gen._runtime.ids import LARGEST

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Integers = npt.NDArray[np.int64]

__all__ = ["id_lists"]

_NAME = re.compile(rb'[ \t\r\n]*([{,])[ \t\r\n]*"(\w+)"[ \t\r\n]*:[ \t\r\n]*')
_SEPARATOR, _DIGITS = b",", b"09"
_BETWEEN = (b"-", b".", b"/")
"""What stands between the comma and the digits in ASCII."""


def id_lists(body: bytes) -> dict[str, Integers] | None:
    """
    Read an object of lists of ids: `{"leaf_ids":[72057594037927937,72057594037927938]}`.

    Parameters
    ----------
    body : bytes
        The answer.

    Returns
    -------
    dict of str to ndarray, or None
        The ids of each list, exact. None if the answer has any other form, or may have: it is not
        JSON, holds anything but digits, one list twice, or ids beyond 63 bits.
    """
    texts = _texts(body)
    if texts is None:
        return None
    # In one go, however many lists there are.
    everything = _numbers(_SEPARATOR.join(filter(None, texts.values())))
    if everything is None:
        return None
    ends = [0]
    for text in texts.values():
        ends.append(ends[-1] + (text.count(_SEPARATOR) + 1 if text else 0))
    return {name: everything[first:end] for name, (first, end) in zip(texts, pairwise(ends), strict=True)}


def _texts(body: bytes) -> dict[str, bytes] | None:
    """Return what stands between the brackets of each list; None where anything else is around them."""
    texts: dict[str, bytes] = {}
    place = 0
    while (end := body.find(b"]", place)) >= 0:
        first = body.find(b"[", place, end)
        named = _NAME.fullmatch(body, place, max(first, place))
        if named is None or named[1] != (b"," if texts else b"{"):
            return None
        name = named[2].decode()
        if name in texts:
            return None
        texts[name] = body[first + 1 : end]
        place = end + 1
    return texts if texts and body[place:].strip(b" \t\r\n") == b"}" else None


def _numbers(text: bytes) -> Integers | None:
    """Read integers with commas between them; None for everything else."""
    import numpy as np

    if not text:
        return np.empty(0, dtype=np.int64)
    codes = np.frombuffer(text, dtype=np.uint8)
    if codes.min() < _SEPARATOR[0] or codes.max() > _DIGITS[1] or any(mark in text for mark in _BETWEEN):
        return None
    try:
        numbers = np.fromstring(text, dtype=np.int64, sep=_SEPARATOR.decode())
    except (ValueError, DeprecationWarning):  # the latter from older numpy, where warnings are errors
        return None
    # numpy stops at the largest number without a word, takes 007 for 7, and older ones end where they
    # cannot go on. In none of these cases are there as many characters as the numbers that were read have.
    is_whole = len(numbers) and _characters(numbers) == len(text) and numbers.max() < LARGEST
    return numbers if is_whole else None


def _characters(numbers: Integers) -> int:
    """Return how long the text of these numbers is, commas included."""
    import numpy as np

    shortest, longest = len(str(numbers.min())), len(str(numbers.max()))
    beyond = sum(int(np.count_nonzero(numbers >= 10**width)) for width in range(shortest, longest))
    return len(numbers) * (shortest + 1) - 1 + beyond
