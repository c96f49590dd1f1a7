"""One request and what its reply means: error, notices, value, and whether it was cut short."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from caveclient_gen._runtime import ahead
from caveclient_gen._runtime.answer import Answer, Truncation, notices, truncation
from caveclient_gen._runtime.call_site import callers_level
from caveclient_gen._runtime.decode import choose_arm, decode, row_count
from caveclient_gen._runtime.errors import AuthError, TruncatedResultError
from caveclient_gen._runtime.server_errors import error_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from caveclient_gen._runtime.operation import Operation
    from caveclient_gen._runtime.request import Request, Response
    from caveclient_gen._runtime.transport import Transport


def exchange(
    operation: Operation,
    values: Mapping[str, Any],
    request: Request,
    transport: Transport,
    tell: Callable[[str], None],
) -> Any:
    """Send a request and return the value of its reply.

    Parameters
    ----------
    operation : Operation
        What is called.
    values : mapping
        Its resolved arguments.
    request : Request
        Built from both.
    transport : Transport
        Sends it.
    tell : callable
        Gets each notice that the server sends along.

    Returns
    -------
    Any
        The decoded value, or an `Answer`.

    Raises
    ------
    HTTPStatusError
        The server refused.
    TruncatedResultError
        The server sent only a part, and did not do so at the caller's wish.
    DecodeError
        The reply is not what the operation promises.
    """
    response = ahead.send(transport, request)
    if not _is_success(operation, values, response):
        error = error_for(response, operation.errors)
        if isinstance(error, AuthError) and request.auth:
            # Of a transport, only `send` can be relied on; one that holds a token may say where it is from.
            _tell_source(error, getattr(transport, "token_source", None))
        raise error
    if _wants_notices(operation, values):
        _tell_notices(operation, response, tell)
    answer = decode(operation, values, response)
    cut = _truncation(operation, values, response, answer)
    if cut is not None:
        _face_truncation(operation, request, answer, cut)
    return answer


def _tell_source(error: AuthError, source: str | None) -> None:
    # Most refused tokens are not the one that people think they use: an old file, a forgotten variable.
    if source is not None:
        error.add_note(f"Where the token came from: {source}.")


def _is_success(operation: Operation, values: Mapping[str, Any], response: Response) -> bool:
    statuses = choose_arm(operation, values).status
    return response.status in statuses if statuses else 200 <= response.status < 300


def _wants_notices(operation: Operation, values: Mapping[str, Any]) -> bool:
    return not any(
        param.effect == "log_warnings" and values.get(param.name) is False for param in operation.params
    )


def _tell_notices(operation: Operation, response: Response, tell: Callable[[str], None]) -> None:
    # What is said about a cap becomes an error or a warning of its own.
    about_cap = operation.rows.contains if operation.rows else ()
    for text in notices(response):
        if not any(phrase in text for phrase in about_cap):
            tell(text)


def _truncation(
    operation: Operation, values: Mapping[str, Any], response: Response, answer: Any
) -> Truncation | None:
    if isinstance(answer, Answer):
        return answer.truncated
    return truncation(operation, values, response, row_count(answer))


def _face_truncation(operation: Operation, request: Request, answer: Any, cut: Truncation) -> None:
    text = f"the server sent only {cut.got} rows ({cut.message})"
    if operation.rows is not None and operation.rows.on_truncate == "warn":
        warnings.warn(f"{request.operation}: {text}.", UserWarning, stacklevel=callers_level())
        return
    limit = operation.rows.limit_param if operation.rows else None
    wish = f"pass {limit!r} if a part is enough" if limit else "ask for less at a time"
    raise TruncatedResultError(
        f"Narrow the query, or {wish}: {text}.\n{request.operation}; what came is in this error's `partial`.",
        got=cut.got,
        limit=cut.limit,
        partial=answer,
    )
