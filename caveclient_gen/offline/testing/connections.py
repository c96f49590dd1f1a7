"""The connections that a cassette records from.

`vcrpy` hands on unpacked bodies under a header that says they are packed. Our transport takes
headers at their word, as it must to notice what was cut short; so these connections drop that header.
"""

from __future__ import annotations

from typing import Any

from urllib3 import connectionpool
from vcr.stubs.urllib3_stubs import VCRRequestsHTTPConnection, VCRRequestsHTTPSConnection

__all__ = ["PATCHES"]


def _unpacked(response: Any) -> Any:
    if "Content-Encoding" in response.headers:  # `pop` would do, but older releases have other headers
        del response.headers["Content-Encoding"]
    return response


class PlainConnection(VCRRequestsHTTPConnection):  # type: ignore[misc]  # vcrpy has no types
    """A recorded connection over http."""

    def getresponse(self, *args: Any, **options: Any) -> Any:
        """Return the answer, said to be what it is."""
        return _unpacked(super().getresponse(*args, **options))


class PlainSecureConnection(VCRRequestsHTTPSConnection):  # type: ignore[misc]  # the same
    """A recorded connection over https."""

    def getresponse(self, *args: Any, **options: Any) -> Any:
        """Return the answer, said to be what it is."""
        return _unpacked(super().getresponse(*args, **options))


PATCHES = (
    (connectionpool.HTTPConnectionPool, "ConnectionCls", PlainConnection),
    (connectionpool.HTTPSConnectionPool, "ConnectionCls", PlainSecureConnection),
)
"""What `vcrpy` puts in the place of urllib3's own connections."""
