"""Answers that may be reused for a while. One cache per client; nothing is shared between clients.

Keys are made of resolved values, after defaults, so a client whose version or datastack changes never
gets the answer of another. What is stored and what is handed out are copies: a caller may change them.
"""

from __future__ import annotations

import copy
import sys
import threading
import time
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any, Final

from cachetools import TTLCache

if TYPE_CHECKING:
    from caveclient_gen._runtime.operation import CachePolicy, Operation

MISS: Final = object()
"""What `get` returns when there is no answer; None may be an answer."""


class AnswerCache:
    """Answers by operation and key; each operation has its own lifetime and size.

    Thread-safe. Pickling keeps none of the answers.

    Parameters
    ----------
    clock : callable
        Seconds, ever increasing.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._answers: dict[str, TTLCache[Hashable, Any]] = {}

    def get(self, operation: str, key: Hashable) -> Any:
        """Return a copy of the answer, or MISS."""
        with self._lock:
            kept = self._answers.get(operation)
            answer = MISS if kept is None else kept.get(key, MISS)
        # Stored answers are never changed, so copying needs no lock.
        return MISS if answer is MISS else _own_copy(answer)

    def put(self, operation: str, policy: CachePolicy, key: Hashable, answer: Any) -> None:
        """Store a copy of an answer; beyond the policy's size the least recently used one goes."""
        stored = _own_copy(answer)
        with self._lock:
            if operation not in self._answers:
                self._answers[operation] = TTLCache(policy.maxsize, policy.ttl, timer=self._clock)
            self._answers[operation][key] = stored

    def clear(self, operation: str | None = None) -> None:
        """Forget the answers of one operation, or all."""
        with self._lock:
            if operation is None:
                self._answers.clear()
            else:
                self._answers.pop(operation, None)

    def __reduce__(self) -> tuple[type[AnswerCache], tuple[()]]:
        return AnswerCache, ()


def cache_key(operation: Operation, values: Mapping[str, Any], held: Mapping[str, Any]) -> Hashable | None:
    """Return what tells this call's answer apart, or None if it cannot be told.

    Parameters
    ----------
    operation : Operation
        What is called; its cache policy names the arguments that count.
    values : mapping
        The resolved arguments.
    held : mapping
        What the client adds: address, API version, values of path holes.
    """
    policy = operation.cache
    # An argument that chooses the form of the answer counts even if it is never sent.
    names = {*(policy.key if policy else ()), *(name for arm in operation.response for name, _ in arm.when)}
    try:
        key = (freeze(held), freeze({name: values.get(name) for name in names}))
        hash(key)
    except TypeError:
        return None
    return key


def freeze(value: Any) -> Hashable:
    """Return a hashable stand-in that equals another one only if type and content do."""
    if isinstance(value, Mapping):
        return ("mapping", frozenset((freeze(key), freeze(item)) for key, item in value.items()))
    if isinstance(value, list | tuple):
        return ("list", tuple(map(freeze, value)))
    if isinstance(value, set | frozenset):
        return ("set", frozenset(map(freeze, value)))
    if hasattr(value, "tobytes") and hasattr(value, "dtype"):
        if value.dtype.hasobject:  # whose bytes are addresses
            return ("objects", freeze(value.tolist()))
        return ("array", str(value.dtype), tuple(value.shape), value.tobytes())
    # With its type: True, 1 and 1.0 are equal and not the same argument.
    return (type(value).__name__, value)


def _own_copy(answer: Any) -> Any:
    arrow_table = getattr(sys.modules.get("pyarrow"), "Table", None)  # not yet, while it is being loaded
    # Arrow tables cannot be changed; copying one would double the memory for nothing.
    if arrow_table is not None and isinstance(answer, arrow_table):
        return answer
    return copy.deepcopy(answer)
