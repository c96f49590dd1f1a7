"""Answers that somebody else fetched with `requests`, judged by the same rules as ours."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from caveclient_gen._runtime.errors import AuthError
from caveclient_gen._runtime.request import Headers, Request, Response, without_secrets
from caveclient_gen._runtime.server_errors import error_for

if TYPE_CHECKING:
    import requests

logger = logging.getLogger(__name__)


def adopt(answer: requests.Response) -> Response:
    """Return a `requests` answer as one of ours."""
    # None in an answer that was built by hand, whatever its annotation says.
    asked: Any = answer.request
    return Response(
        status=answer.status_code,
        headers=Headers(tuple((str(name), str(value)) for name, value in answer.headers.items())),
        body=answer.content or b"",
        url=answer.url or "",
        request=Request(
            method=getattr(asked, "method", None) or "GET",
            url=getattr(asked, "url", None) or answer.url or "",
        ),
    )


def check_status(answer: requests.Response, log_warning: bool = True) -> None:
    """Raise the error that an answer means, if it means one; log the server's notices.

    Parameters
    ----------
    answer : requests.Response
        The answer.
    log_warning : bool
        Log what the server says in `Warning` headers.

    Raises
    ------
    HTTPStatusError
        The status is 400 or higher; the class says what was meant.
    AuthError
        The request was led to a login page instead of being answered.
    """
    notice = answer.headers.get("Warning")
    if notice and log_warning:
        logger.warning("%s", notice)
    if answer.status_code >= 400:
        raise error_for(adopt(answer))
    if any(_is_login(step.headers.get("Location", "")) for step in [*answer.history, answer]):
        raise AuthError(
            "Get a token with client.auth.setup_token(): the server asked to log in.\n"
            f"{without_secrets(answer.url or '')} is its login page.",
            status=answer.status_code,
            intended_status=401,
            url=without_secrets(answer.url or ""),
            response=answer,
        )


def _is_login(location: str) -> bool:
    return urlsplit(location).path.rstrip("/").endswith("/authorize")
