"""What a call for several skeletons returns: those that came, and why the others did not."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from caveclient_gen._runtime.errors import CAVEError, DecodeError
from caveclient_gen.mixins.skeleton.forms import from_hex, read_json, swc_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

logger = logging.getLogger(__name__)

T = TypeVar("T")

NOT_KEPT = "not kept"
QUEUED = "queued"
_WORDS = {
    "invalid_rid": "no root id, says the server",
    "invalid_layer_rid": "no root id, says the server: it is of another layer",
}
NO_ANSWER = "the server said nothing about it"


class Skeletons(dict[int, T], Generic[T]):
    """Skeletons by root id, in the order asked for: a dict with two lists beside it.

    Every id that was asked for stands in exactly one of the three. Keys are int; ids as text, as caveclient
    has them, are found as well.

    Attributes
    ----------
    missing : dict of int to str
        Ids whose skeleton is not there, and why: "not kept", or "queued" while it is being made.
    failed : dict of int to str
        Ids whose skeleton will not come as it stands, and why: no root id, refused, unreadable.
    """

    missing: dict[int, str]
    failed: dict[int, str]

    def __init__(self) -> None:
        super().__init__()
        self.missing = {}
        self.failed = {}

    def __missing__(self, key: object) -> T:
        if key in self:
            return self[_as_key(key)]
        raise KeyError(key)

    def __contains__(self, key: object) -> bool:
        return super().__contains__(_as_key(key))

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the skeleton of an id, or `default`."""
        return super().get(_as_key(key), default)

    def told(self, log_warning: bool) -> Skeletons[T]:
        """Log once that some did not come, if any did not, and return this."""
        short = len(self.missing) + len(self.failed)
        if short and log_warning:
            reasons = [*self.missing.values(), *self.failed.values()]
            kinds = ", ".join(f"{reasons.count(kind)} {kind}" for kind in list(dict.fromkeys(reasons))[:3])
            logger.warning(
                "%d of %d skeletons did not come (%s); see the result's .missing and .failed.",
                short,
                short + len(self),
                kinds,
            )
        return self


def _as_key(key: Any) -> Any:
    return int(key) if isinstance(key, str) and key.isdecimal() else key


def ask_and_fill(
    result: Skeletons[Any],
    wanted: Sequence[int],
    ask: Callable[[], Mapping[int, str]],
    output_format: str,
    absent: str,
) -> None:
    """Ask for skeletons, and sort the answers; an error keeps those that came, as skeletons."""
    try:
        answers = ask()
    except CAVEError as error:
        if error.partial is not None:
            fill(result, [int(one) for one in error.answered], error.partial, output_format, absent)
            for lost in error.failed:
                why = f"not fetched: {first_line(lost.error)}" if lost.error else "not asked for"
                result.failed.update(dict.fromkeys(map(int, lost.items), why))
            error.partial = result
        raise
    fill(result, wanted, answers, output_format, absent)


def fill(
    result: Skeletons[Any], wanted: Sequence[int], answers: Mapping[int, str], output_format: str, absent: str
) -> None:
    """Sort the server's answers: hexadecimal digits are a skeleton, all else says why there is none."""
    for one in wanted:
        text = answers.get(one)
        if text is None:
            (result.failed if absent is NO_ANSWER else result.missing)[one] = absent
        elif text == "async":
            result.missing[one] = QUEUED
        elif text in _WORDS:
            result.failed[one] = _WORDS[text]
        else:
            put(result, one, lambda text=text: _from_text(text, output_format))  # type: ignore[misc]  # a default is not inferred


def _from_text(text: Any, output_format: str) -> Any:
    data = from_hex(text) if isinstance(text, str) else None
    if not data:
        raise DecodeError(f"the server sent {text!r:.80} in place of a skeleton")
    return swc_frame(data.decode("utf-8", "replace")) if output_format == "swc" else read_json(data)


def put(result: Skeletons[Any], one: int, read: Callable[[], Any]) -> None:
    """Keep one skeleton; one that cannot be read must not cost the others."""
    try:
        result[one] = read()
    except DecodeError as error:
        result.failed[one] = f"unreadable: {first_line(error)}"


def first_line(error: Exception) -> str:
    """Return the sentence of an error, without the details below it."""
    return str(error).partition("\n")[0]
