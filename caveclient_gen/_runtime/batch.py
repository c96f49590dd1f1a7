"""More items than one request may carry: split the call, send the parts, put the answers together.

Order of the answer is order of the items. Reads go out a few at a time; writes one after another, so
that nothing is sent any more once a part has failed. The first failure ends the call: parts that have
not begun are not sent, and the error says which part it was.
"""

from __future__ import annotations

import sys
import warnings
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime.answer import Answer
from caveclient_gen._runtime.call_site import callers_level
from caveclient_gen._runtime.errors import CAVEError, DecodeError, InvalidArgumentError
from caveclient_gen._runtime.gates import is_write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from caveclient_gen._runtime.operation import ItemLimit, Operation

WORKERS = 4
"""Parts under way at the same time. More would crowd out the server's other users."""


@dataclass(frozen=True, slots=True)
class Part:
    """Arguments of one request, and which items of the whole they hold."""

    values: Mapping[str, Any]
    param: str = ""
    first: int = 0
    last: int = 0


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
    values = dict(values)
    for limit in operation.items:
        items = values.get(limit.param)
        if items is None or len(items) <= limit.max:
            continue
        if limit.on_exceed == "truncate":
            _warn_of_truncation(operation, limit, len(items))
            values[limit.param] = items[: limit.max]
        elif limit.on_exceed == "error" or split is not None:
            raise InvalidArgumentError(
                f"Pass at most {limit.max} items as {limit.param!r} to {operation.name}, not {len(items)}."
            )
        else:
            split = limit
    return [Part(values)] if split is None else _slices(split, values)


def _slices(limit: ItemLimit, values: Mapping[str, Any]) -> list[Part]:
    items = values[limit.param]
    return [
        Part(
            {**values, limit.param: items[first : first + limit.max]},
            limit.param,
            first,
            min(first + limit.max, len(items)) - 1,
        )
        for first in range(0, len(items), limit.max)
    ]


def _warn_of_truncation(operation: Operation, limit: ItemLimit, count: int) -> None:
    warnings.warn(
        f"{operation.name} takes at most {limit.max} items as {limit.param!r}: the last "
        f"{count - limit.max} of {count} are left out.",
        UserWarning,
        stacklevel=callers_level(),
    )


def run_parts(operation: Operation, parts: Sequence[Part], call: Callable[[Mapping[str, Any]], Any]) -> Any:
    """Call once per part and return the answers as one.

    Parameters
    ----------
    operation : Operation
        What is called.
    parts : sequence of Part
        From `parts_of`.
    call : callable
        Sends one part and returns its decoded answer.

    Returns
    -------
    Any
        The merged answer.
    """
    if len(parts) == 1:
        return call(parts[0].values)
    if is_write(operation):
        answers = [_call_part(call, parts, index) for index in range(len(parts))]
    else:
        answers = _in_threads(parts, call)
    split = next(limit for limit in operation.items if limit.param == parts[0].param)
    return merge(answers, split.merge)


def _in_threads(parts: Sequence[Part], call: Callable[[Mapping[str, Any]], Any]) -> list[Any]:
    pool = ThreadPoolExecutor(min(WORKERS, len(parts)), thread_name_prefix="cave-batch")
    try:
        futures = [pool.submit(_call_part, call, parts, index) for index in range(len(parts))]
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        _raise_first(futures, done)
        return [future.result() for future in futures]
    finally:
        # Not waited for: after a failure the parts still under way may take as long as their timeouts.
        pool.shutdown(wait=False, cancel_futures=True)


def _raise_first(futures: Sequence[Future[Any]], done: set[Future[Any]]) -> None:
    for future in futures:
        if future in done and not future.cancelled() and (error := future.exception()):
            raise error


def _call_part(call: Callable[[Mapping[str, Any]], Any], parts: Sequence[Part], index: int) -> Any:
    part = parts[index]
    try:
        return call(part.values)
    except CAVEError as error:
        items = f"{part.param}[{part.first}:{part.last + 1}]"
        error.add_note(f"This was part {index + 1} of {len(parts)} of the call: {items}.")
        raise


def merge(answers: Sequence[Any], how: str | None) -> Any:
    """Put the answers of all parts together, in their order.

    Parameters
    ----------
    answers : sequence
        At least one, all of one kind. Of `Answer`s the values are merged.
    how : str or None
        "concat" for lists, arrays and tables; "dict_union" for mappings; "sum" for numbers; None where
        nothing comes back.

    Returns
    -------
    Any
        One answer of the same kind.
    """
    first = answers[0]
    if isinstance(first, Answer):
        return _merged_envelope(answers, how)
    if how == "sum" and all(type(answer) in (int, float) for answer in answers):
        return sum(answers)
    if any(type(answer) is not type(first) for answer in answers):
        kinds = ", ".join(sorted({type(answer).__name__ for answer in answers}))
        raise DecodeError(
            f"Ask for fewer items at a time: the parts of this call answered in kinds ({kinds})."
        )
    if first is None:
        return None
    if how == "dict_union":
        return {key: value for answer in answers for key, value in answer.items()}
    if how == "concat":
        return _concatenated(answers)
    return list(answers)


def _merged_envelope(answers: Sequence[Answer[Any]], how: str | None) -> Answer[Any]:
    return replace(
        answers[0],
        value=merge([answer.value for answer in answers], how),
        warnings=tuple(dict.fromkeys(text for answer in answers for text in answer.warnings)),
        truncated=next((answer.truncated for answer in answers if answer.truncated), None),
    )


def _concatenated(answers: Sequence[Any]) -> Any:
    first = answers[0]
    if isinstance(first, list):
        return [item for answer in answers for item in answer]
    arrow = sys.modules.get("pyarrow")
    if arrow is not None and isinstance(first, arrow.Table):
        return arrow.concat_tables(answers)
    import numpy as np

    return np.concatenate(answers)
