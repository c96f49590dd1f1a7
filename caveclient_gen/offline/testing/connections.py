"""The connections that a cassette records from.

`vcrpy` hands on unpacked bodies under a header that says they are packed. Our transport takes
headers at their word, as it must to notice what was cut short; so these connections drop that header.

A client sends the parts of a long request in several threads. `vcrpy` takes its connections away from all
of them while one sends, and what the others send then is not recorded; so here they stay, and exchanges are
recorded and replayed one after the other.
"""

from __future__ import annotations

import threading
from contextlib import nullcontext
from typing import Any

import vcr.patch
from urllib3 import connectionpool
from vcr.stubs.urllib3_stubs import VCRRequestsHTTPConnection, VCRRequestsHTTPSConnection

__all__ = ["PATCHES"]

ONE_AT_A_TIME = threading.RLock()


def _unpacked(response: Any) -> Any:
    if "Content-Encoding" in response.headers:  # `pop` would do, but older releases have other headers
        del response.headers["Content-Encoding"]
    return response


class PlainConnection(VCRRequestsHTTPConnection):  # type: ignore[misc]  # vcrpy has no types
    """A recorded connection over http."""

    def getresponse(self, *args: Any, **options: Any) -> Any:
        """Return the answer, said to be what it is."""
        with ONE_AT_A_TIME:
            return _unpacked(super().getresponse(*args, **options))


class PlainSecureConnection(VCRRequestsHTTPSConnection):  # type: ignore[misc]  # the same
    """A recorded connection over https."""

    def getresponse(self, *args: Any, **options: Any) -> Any:
        """Return the answer, said to be what it is."""
        with ONE_AT_A_TIME:
            return _unpacked(super().getresponse(*args, **options))


PATCHES = (
    (vcr.patch, "force_reset", nullcontext),
    (connectionpool.HTTPConnectionPool, "ConnectionCls", PlainConnection),
    (connectionpool.HTTPSConnectionPool, "ConnectionCls", PlainSecureConnection),
)
"""What `vcrpy` puts in the place of urllib3's own connections."""
