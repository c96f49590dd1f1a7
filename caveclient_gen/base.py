"""What all clients have in common: their base classes, the JSON encoder, and the check of an answer."""

from __future__ import annotations

import json
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from caveclient_gen._runtime import foreign
from caveclient_gen._runtime.client import ClientBase
from caveclient_gen._runtime.errors import AuthException, ServerIncompatibilityError
from caveclient_gen._runtime.jsonable import jsonable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import requests

__all__ = [
    "AuthException",
    "BaseEncoder",
    "ClientBase",
    "ClientBaseWithDataset",
    "ClientBaseWithDatastack",
    "ServerIncompatibilityError",
    "handle_response",
    "parametrized",
]

P = ParamSpec("P")
F = TypeVar("F")
R = TypeVar("R")


class BaseEncoder(json.JSONEncoder):
    """JSON encoder for numpy, pandas and Arrow values, sets and moments: `json.dumps(x, cls=BaseEncoder)`.

    Integers stay exact, moments become ISO 8601 in UTC (naive ones are read as UTC), keys may be integers
    of any kind. NaN, infinity and missing values are refused with their place, because JSON has no form for
    them. The parameters are those of `json.JSONEncoder`; `allow_nan` has no effect.
    """

    def default(self, obj: Any) -> Any:  # the documented name of its argument
        """Return something that JSON can carry in place of a value.

        Parameters
        ----------
        obj : Any
            What the standard encoder does not know.

        Returns
        -------
        Any
            Dicts, lists, texts and numbers.

        Raises
        ------
        InvalidArgumentError
            JSON cannot carry it; the message says where it stands.
        """
        return jsonable(obj)

    def iterencode(self, o: Any, _one_shot: bool = False) -> Iterator[str]:
        """Write a value piece by piece.

        Parameters
        ----------
        o : Any
            The value.

        Returns
        -------
        iterator of str
            Pieces of JSON text.
        """
        # The standard encoder asks `default` neither for keys nor for floats, so NaN and numpy keys have to
        # be dealt with before. Who passes a `default` of their own wants that one asked.
        plain = o if "default" in vars(self) else jsonable(o)
        return super().iterencode(plain, _one_shot)


class ClientBaseWithDataset(ClientBase):
    """Client of one service for one dataset.

    Parameters
    ----------
    server_address, auth_header, api_version, endpoints, server_name
        As for `ClientBase`.
    dataset_name : str
        The dataset.
    verify, max_retries, pool_maxsize, pool_block, over_client
        As for `ClientBase`.
    **newer
        The keyword-only parameters of `ClientBase`.
    """

    def __init__(
        self,
        server_address: str,
        auth_header: Mapping[str, str] | None,
        api_version: int | str,
        endpoints: Mapping[str, Any] | None,
        server_name: str | None,
        dataset_name: str | None,
        verify: bool | str = True,
        max_retries: int | None = None,
        pool_maxsize: int | None = None,
        pool_block: bool | None = None,
        over_client: Any = None,
        **newer: Any,
    ) -> None:
        super().__init__(
            server_address,
            auth_header,
            api_version,
            endpoints,
            server_name,
            verify=verify,
            max_retries=max_retries,
            pool_maxsize=pool_maxsize,
            pool_block=pool_block,
            over_client=over_client,
            **newer,
        )
        self._dataset_name = dataset_name

    @property
    def dataset_name(self) -> str | None:
        """Name of the dataset."""
        return self._dataset_name


class ClientBaseWithDatastack(ClientBase):
    """Client of one service for one datastack.

    Parameters
    ----------
    server_address, auth_header, api_version, endpoints, server_name
        As for `ClientBase`.
    datastack_name : str
        The datastack.
    verify, max_retries, pool_maxsize, pool_block, over_client
        As for `ClientBase`.
    **newer
        The keyword-only parameters of `ClientBase`.
    """

    def __init__(
        self,
        server_address: str,
        auth_header: Mapping[str, str] | None,
        api_version: int | str,
        endpoints: Mapping[str, Any] | None,
        server_name: str | None,
        datastack_name: str | None,
        verify: bool | str = True,
        max_retries: int | None = None,
        pool_maxsize: int | None = None,
        pool_block: bool | None = None,
        over_client: Any = None,
        **newer: Any,
    ) -> None:
        super().__init__(
            server_address,
            auth_header,
            api_version,
            endpoints,
            server_name,
            verify=verify,
            max_retries=max_retries,
            pool_maxsize=pool_maxsize,
            pool_block=pool_block,
            over_client=over_client,
            **newer,
        )
        self._datastack_name = datastack_name

    @property
    def datastack_name(self) -> str | None:
        """Name of the datastack."""
        return self._datastack_name


def handle_response(response: requests.Response, as_json: bool = True, log_warning: bool = True) -> Any:
    """Return what an answer fetched with `requests` holds, or raise the error that it means.

    Parameters
    ----------
    response : requests.Response
        The answer.
    as_json : bool
        Return the parsed JSON; otherwise the answer itself.
    log_warning : bool
        Log the notices that the server sends along.

    Returns
    -------
    Any
        The JSON document, or `response`.

    Raises
    ------
    HTTPStatusError
        The server refused; the class says what it meant.
    DecodeError
        The body is not JSON.
    """
    foreign.check_status(response, log_warning)
    return foreign.adopt(response).json() if as_json else response


def parametrized(
    dec: Callable[Concatenate[F, P], R],
) -> Callable[P, Callable[[F], R]]:
    """Turn a decorator that takes a function and arguments into one that is written with its arguments.

    Parameters
    ----------
    dec : callable
        `dec(function, *args, **kwargs)` returns what replaces the function.

    Returns
    -------
    callable
        To be used as `@dec(*args, **kwargs)`.
    """

    @wraps(dec)
    def with_arguments(*args: P.args, **kwargs: P.kwargs) -> Callable[[F], R]:
        def decorate(function: F) -> R:
            return dec(function, *args, **kwargs)

        return decorate

    return with_arguments
