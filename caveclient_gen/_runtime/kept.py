"""Where the answer of one call may be kept: in memory, and in the user's folder if there is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.cache import MISS, AnswerCache, cache_key
from caveclient_gen._runtime.lasting import NOTHING, LastingAnswers, is_anew

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from caveclient_gen._runtime.operation import CachePolicy, Operation


@dataclass(frozen=True, slots=True)
class Place:
    """The place of one call's answer."""

    operation: str
    policy: CachePolicy
    memory: AnswerCache
    key: Hashable
    folder: LastingAnswers | None
    question: Mapping[str, Any]

    def get(self) -> Any:
        """Return the answer, or MISS."""
        if is_anew():
            return MISS
        answer = self.memory.get(self.operation, self.key)
        if answer is MISS and self.folder is not None:
            found = self.folder.get(self.question)
            if found is not NOTHING:
                self.memory.put(self.operation, self.policy, self.key, found)
                return found
        return answer

    def put(self, answer: Any) -> None:
        """Keep the answer."""
        self.memory.put(self.operation, self.policy, self.key, answer)
        if self.folder is not None and self.policy.lasting is not None:
            self.folder.put(self.question, answer, self.policy.lasting)


def place_of(
    operation: Operation,
    values: Mapping[str, Any],
    held: Mapping[str, Any],
    memory: AnswerCache,
    folder: LastingAnswers | None,
) -> Place | None:
    """Return where the answer of a call may be kept; None if its answers are not, or cannot be told apart.

    Parameters
    ----------
    operation : Operation
        What is called.
    values : mapping
        The resolved arguments.
    held : mapping
        What the client adds: service, address, API version, values of path holes.
    memory : AnswerCache
        The client's.
    folder : LastingAnswers or None
        The user's.
    """
    policy = operation.cache
    key = None if policy is None else cache_key(operation, values, held)
    if policy is None or key is None:
        return None
    arguments = {name: values.get(name) for name in policy.key}
    question = {**held, "operation": operation.name, "arguments": arguments}
    return Place(operation.name, policy, memory, key, folder if policy.lasting else None, question)
