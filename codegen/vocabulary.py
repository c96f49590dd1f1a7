"""The closed sets of the descriptor language: every name that stands for Python code in the runtime.

A new type, encoder, cast or decoder is a row here and code with a table of cases there; a test holds
both sides together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

METHODS = ("GET", "POST", "PUT", "DELETE")
LOCATIONS = ("path", "query", "body", "header", "address", "none")
STABILITIES = ("stable", "beta", "legacy")
EFFECTS = ("log_warnings", "progress")
MERGES: Mapping[str, str] = {
    "concat": "lists",
    "dict_union": "mappings",
    "map_union": "mappings",
    "graph_union": "mappings",
    "sum": "numbers",
}
"""Each way to put the answers of parts together, and what answers have to be for it."""

HEADER_READERS = ("text", "bool", "float_csv", "python_literal")
UNITS = (
    "nm", "voxel", "supervoxel_id", "root_id", "node_id", "chunk_id", "operation_id", "annotation_id",
    "user_id", "ms", "s", "layer", "version",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TypeWord:
    """A parameter type: how it is written where the descriptor does not say, None: it must say."""

    query: str | None
    body: str
    path: str | None

    def default_encode(self, location: str) -> str | None:
        """Return the encoder for a place."""
        if location == "none":
            return "native"
        if location == "body":
            return self.body
        return self.query if location == "query" else self.path


_SCALAR = TypeWord("scalar", "native", "scalar")
_ARRAY = TypeWord("csv", "native", "csv")
_DOCUMENT = TypeWord("json", "native", None)

TYPES: Mapping[str, TypeWord] = {
    "bool": _SCALAR,
    "int": _SCALAR,
    "float": _SCALAR,
    "str": _SCALAR,
    "datetime": TypeWord("iso_utc_micros", "iso_utc_micros", "iso_utc_micros"),
    "id": _SCALAR,
    "id_array": _ARRAY,
    "int_array": _ARRAY,
    "str_array": _ARRAY,
    "bounds": TypeWord("bounds_str", "native", "bounds_str"),
    "point": TypeWord(None, "native", None),
    "point_array": TypeWord(None, "native", None),
    "resolution": TypeWord(None, "native", None),
    "mapping": _DOCUMENT,
    "json": _DOCUMENT,
    "any": _DOCUMENT,
}

ARRAYS = ("id_array", "int_array", "str_array", "point_array")
"""Types whose items can be counted, limited and split."""

COUNTED = (*ARRAYS, "json")
"""Types whose values a limit may count: arrays, and documents where they are lists."""

LISTED = ("mapping", "json")
"""Types whose values may hold lists under keys."""

_VECTORS = (*ARRAYS, "point", "resolution")


@dataclass(frozen=True, slots=True)
class EncoderWord:
    """An encoder: the types it writes (empty: all but `datetime`) and the places it writes to."""

    types: tuple[str, ...]
    places: tuple[str, ...]

    def writes(self, type_name: str) -> bool:
        """Whether values of this type can be written so."""
        return type_name in self.types if self.types else type_name != "datetime"


_TEXT_PLACES = ("path", "query", "header", "body")

ENCODERS: Mapping[str, EncoderWord] = {
    "scalar": EncoderWord(("bool", "int", "float", "str", "id", "any"), _TEXT_PLACES),
    "epoch_seconds": EncoderWord(("datetime",), _TEXT_PLACES),
    "iso_utc_micros": EncoderWord(("datetime",), _TEXT_PLACES),
    "iso_utc_offset": EncoderWord(("datetime",), _TEXT_PLACES),
    "csv": EncoderWord(_VECTORS, _TEXT_PLACES),
    "repeat": EncoderWord(_VECTORS, ("query",)),
    "json": EncoderWord((), _TEXT_PLACES),
    "json_list": EncoderWord(_VECTORS, ("query", "body")),
    "bounds_str": EncoderWord(("bounds",), _TEXT_PLACES),
    "browser_json": EncoderWord(("mapping", "json", "any"), ("body",)),
    "native": EncoderWord((), ("body", "none")),
}

CASTS = ("id", "id_array", "array", "datetime", "datetime_array", "id_array_map", "bool_array")
DECODERS = (
    "json", "ndarray", "arrow_stream", "text", "bytes", "none", "gzip_json", "gzip_text", "gzip_bytes",
)  # fmt: skip

ARM_FIELDS: Mapping[str, tuple[str, ...]] = {
    "json": ("select", "cast", "map_keys", "returns", "order", "dtype", "keyed_by"),
    "ndarray": ("dtype", "order"),
    "arrow_stream": ("columns",),
    "text": ("cast",),
    "bytes": (),
    "none": (),
    "gzip_json": ("select", "cast", "map_keys", "returns", "order", "dtype", "keyed_by"),
    "gzip_text": ("cast",),
    "gzip_bytes": (),
}
"""Fields that mean something beside each decoder; all others always do."""

STATUS_ERRORS = (
    "HTTPStatusError", "BadRequestError", "AuthError", "PermissionDeniedError", "TermsNotAcceptedError",
    "NotFoundError", "UnknownDatastackError", "ExpiredVersionError", "RateLimitError", "ServerError",
    "ServiceUnavailableError",
)  # fmt: skip
"""What a status can mean: subclasses of HTTPStatusError."""

CALL_ERRORS = (
    "CAVEError", "InvalidArgumentError", "InvalidIdError", "ServerIncompatibilityError",
    "UnsupportedFeatureError", "RequestTimeoutError", "ServiceConnectionError", "UnknownOutcomeError",
    "TruncatedResultError", "NotReadyError", "DecodeError", "RedirectError",
)  # fmt: skip
"""What else a call can end in."""

BUILTIN_ERRORS = ("ValueError", "TypeError")

RESERVED_PARAMETERS = ("self", "cls", "use")
"""Names of the method itself and of the key that inserts groups. Frozen: one more renames an argument."""

RESERVED_OPERATIONS = (
    "api_version", "default_url_mapping", "fc", "prepare", "raise_for_status", "server_address",
    "server_version",
)  # fmt: skip
"""What every client class has already."""

RESERVED_RAW_OPERATIONS = ("call", "operations", "service", "transport")
"""Names whose private form every client class has already."""

FORBIDDEN_HEADERS = ("authorization", "connection", "content-length", "cookie", "host", "transfer-encoding")
"""Request headers that belong to the transport: the token above all."""
