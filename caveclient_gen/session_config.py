"""How clients treat the network: retries and connection pools, for the whole process."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Literal

from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from caveclient_gen._runtime import session_defaults

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

__all__ = [
    "HAS_URLLIB3_V2",
    "SESSION_DEFAULTS",
    "get_session_defaults",
    "patch_session",
    "set_session_defaults",
]

HAS_URLLIB3_V2 = int(version("urllib3").partition(".")[0]) >= 2
"""Whether urllib3 has the options of version 2; this package needs them, so it always has."""


class _Defaults(Mapping[str, Any]):
    """The defaults as of now. It cannot be written to: what nobody checks would fail far from here."""

    def __getitem__(self, name: str) -> Any:
        return session_defaults.as_dict()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(session_defaults.as_dict())

    def __len__(self) -> int:
        return len(session_defaults.as_dict())

    def __repr__(self) -> str:
        return f"SESSION_DEFAULTS({session_defaults.as_dict()!r})"


SESSION_DEFAULTS: Mapping[str, Any] = _Defaults()
"""What clients built from now on use, always up to date; `set_session_defaults` changes it."""


def set_session_defaults(
    max_retries: int | None = None,
    pool_block: bool | None = None,
    pool_maxsize: int | None = None,
    backoff_factor: float | None = None,
    backoff_max: float | None = None,
    status_forcelist: Collection[int] | None = None,
    *,
    progress: bool | Literal["auto"] | None = None,
    parallel_requests: int | None = None,
) -> None:
    """Set what clients built from now on use; what is not given stays as it is.

    Parameters
    ----------
    max_retries : int, optional
        Further attempts after the first, for requests that change nothing; at first 3. Writes are never
        repeated.
    pool_block : bool, optional
        Never open more than `pool_maxsize` connections per server, and let threads wait; at first False.
    pool_maxsize : int, optional
        Connections kept open per server; at first 10.
    backoff_factor : float, optional
        Seconds; the n-th pause is a random part of ``backoff_factor * 2**(n - 1)``; at first 0.1.
    backoff_max : float, optional
        Longest pause, in seconds; at first 120.
    status_forcelist : collection of int, optional
        Statuses after which a request is repeated; at first 429, 502, 503 and 504.
    progress : bool or "auto", optional
        Whether calls that go out as several requests show a bar, where they are not told themselves; at
        first "auto": if the output is a terminal or a notebook. Holds at once, for all clients.
    parallel_requests : int, optional
        Most requests of one call under way at the same time, where it is divided into many that are fitted
        to the server; half as many where it is divided only because it is too long. At first 8, which leaves
        room for others; raise it, and `pool_maxsize` with it, on servers of your own. Holds at once, for all
        clients.

    Raises
    ------
    InvalidArgumentError
        Something is no number or negative, `pool_maxsize` or `parallel_requests` is below 1, or `progress`
        is none of the three. Nothing is changed then.

    Examples
    --------
    >>> set_session_defaults(max_retries=5, pool_maxsize=20)
    """
    session_defaults.change(
        max_retries=max_retries,
        pool_block=pool_block,
        pool_maxsize=pool_maxsize,
        backoff_factor=backoff_factor,
        backoff_max=backoff_max,
        status_forcelist=_statuses(status_forcelist),
        progress=progress,
        parallel_requests=parallel_requests,
    )


def _statuses(given: Any) -> Any:
    # What is no collection is refused with the other defaults.
    return tuple(given) if isinstance(given, Collection) and not isinstance(given, str) else given


def get_session_defaults() -> dict[str, Any]:
    """Return what clients built from now on use, as a copy.

    Returns
    -------
    dict
        Keys as the arguments of `set_session_defaults`. Changing it changes nothing else.
    """
    return session_defaults.as_dict()


def patch_session(
    session: requests.Session,
    max_retries: int | None = None,
    pool_block: bool | None = None,
    pool_maxsize: int | None = None,
) -> None:
    """Give a session of your own retries and a pool size.

    The clients of this package do not need it. Only GET, HEAD and OPTIONS are repeated: a session cannot
    know which POST changes something.

    Parameters
    ----------
    session : requests.Session
        The session; changed in place.
    max_retries : int, optional
        Further attempts after the first. By default none, as in `requests`.
    pool_block : bool, optional
        Never open more than `pool_maxsize` connections per server. By default False.
    pool_maxsize : int, optional
        Connections kept open per server. By default 10.
    """
    defaults = session_defaults.current()
    retries = Retry(
        total=max_retries or 0,
        read=max_retries or False,
        backoff_factor=defaults.backoff_factor,
        backoff_max=defaults.backoff_max,
        status_forcelist=defaults.status_forcelist,
        allowed_methods=frozenset({"GET", "HEAD", "OPTIONS"}),
        raise_on_status=False,
        # Of urllib3's own making it would be obeyed without bound: a server could stop a script for hours.
        respect_retry_after_header=False,
    )
    adapter = HTTPAdapter(
        max_retries=retries,
        pool_block=bool(pool_block),
        pool_maxsize=10 if pool_maxsize is None else pool_maxsize,
    )
    session.mount("https://", adapter)
    session.mount("http://", adapter)
