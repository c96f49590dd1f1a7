"""The errors this package raises; `CAVEError` catches all of them.

See `caveclient_gen._runtime.errors` for the tree. Classes and attributes are public API, messages are not.
"""

from __future__ import annotations

from caveclient_gen._runtime.errors import (
    AuthError,
    AuthException,
    BadRequestError,
    CAVEError,
    DecodeError,
    ExpiredVersionError,
    GlobalClientError,
    HTTPStatusError,
    InvalidArgumentError,
    InvalidIdError,
    NotFoundError,
    NotReadyError,
    PartFailure,
    PermissionDeniedError,
    RateLimitError,
    RedirectError,
    RequestTimeoutError,
    ServerError,
    ServerIncompatibilityError,
    ServiceConnectionError,
    ServiceUnavailableError,
    TermsNotAcceptedError,
    TruncatedResultError,
    UnknownDatastackError,
    UnknownOutcomeError,
    UnsupportedFeatureError,
)

__all__ = [
    "AuthError",
    "AuthException",
    "BadRequestError",
    "CAVEError",
    "DecodeError",
    "ExpiredVersionError",
    "GlobalClientError",
    "HTTPStatusError",
    "InvalidArgumentError",
    "InvalidIdError",
    "NotFoundError",
    "NotReadyError",
    "PartFailure",
    "PermissionDeniedError",
    "RateLimitError",
    "RedirectError",
    "RequestTimeoutError",
    "ServerError",
    "ServerIncompatibilityError",
    "ServiceConnectionError",
    "ServiceUnavailableError",
    "TermsNotAcceptedError",
    "TruncatedResultError",
    "UnknownDatastackError",
    "UnknownOutcomeError",
    "UnsupportedFeatureError",
]
