"""What the `x-` extensions of the documents mean: each document explains those that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from codegen.openapi.schemas import Json

MEANINGS: Mapping[str, str] = {
    "x-addresses": "Addresses that the client makes for other programs. Nothing is sent: they are no paths.",
    "x-alternatives": "What shares this name, or this media type, each by itself: one of them is sent.",
    "x-also-labelled": "Content types that servers send for this body and that are no media types.",
    "x-also-sent-as": "All names under which the same value is sent.",
    "x-api-versions-path": "Where the server tells which API versions it speaks.",
    "x-argument": "What the client calls it, where that is not its name here.",
    "x-arrow": "The columns of an Arrow table, for an example that cannot be written as text.",
    "x-cache": "How long an answer is reused, also from a folder; how many are kept, and by which arguments.",
    "x-check": "How to find out whether a write happened whose answer was lost.",
    "x-choices-from": "Operation that lists the values that are allowed.",
    "x-client-default": "What the client takes when the caller gives none: a value, or one that it holds.",
    "x-columns": "Arrow types of columns, as far as they are known.",
    "x-decode": "What the body is, where its media type does not say it.",
    "x-default-from": "Who fills in the default: `client` sends it, `server` assumes it.",
    "x-deprecated": "Since when it is deprecated, and what to use instead.",
    "x-dtype": "Layout of the bytes, in numpy's words.",
    "x-encoding": "How the value becomes text.",
    "x-endpoint": "Key in the client's table of addresses.",
    "x-errors": "What the client raises when it gets this answer.",
    "x-exclusive": "Arguments of which at most one may be given.",
    "x-headers": "Request headers that the client sends and that OpenAPI does not list among parameters.",
    "x-hex": "Bytes as hexadecimal digits, for an example that cannot be written as text.",
    "x-items": "The numbers that the bytes are.",
    "x-json": "The JSON as text, for an example with what many programs would take for references of theirs.",
    "x-keyed-by": "The argument whose items are the keys; of a single item the value may come bare.",
    "x-limits": "How much one request may carry and one answer has, and what the client does beyond.",
    "x-max-items": "Most numbers in the bytes.",
    "x-operations": "The operations that share this route, each complete.",
    "x-order": "What the results match.",
    "x-pinned-to-api": "API version whose route this one calls.",
    "x-reader": "How the client reads the header.",
    "x-requires": "What a datastack must have.",
    "x-safe": "Whether the request may be sent again.",
    "x-select": "Where the value that the client returns stands in the answer.",
    "x-server-default": "What the server uses when it is left out.",
    "x-server-message": "What the client says to older servers' users.",
    "x-server-versions": "Versions of the server's software that have it; any of the ranges.",
    "x-stability": "`beta`, or `legacy`: no server speaks it any more, or only for old clients.",
    "x-timeout": "Seconds that the client waits for the answer.",
    "x-unit": "What a number counts or names.",
    "x-unknown-version": "Whether the call goes out to a server that names no version.",
    "x-unpacked": "What the bytes are once gzip is undone: servers pack them and do not say so.",
    "x-version-path": "Where the server tells the version of its software.",
    "x-when": "The parameters that choose this form of the answer.",
    "x-wrap": "Parameter whose value is the only key of the object.",
}

_DATA = ("value", "default", "const", "enum", "x-hex", "x-arrow", "x-json")
"""Keys under which data stands, which may have any key."""

_NAMES = ("properties", "patternProperties", "schemas", "x-addresses", "headers", "examples")
"""Keys under which every key is a name."""


def legend(document: Json) -> str:
    """Explain the extensions that a document has, as a list."""
    used = set(_extensions(document))
    return "\n".join(f"- `{name}`: {meaning}" for name, meaning in sorted(MEANINGS.items()) if name in used)


def _extensions(node: Any, *, names: bool = False) -> Iterator[str]:
    """List the extensions in a document; `names`: the keys are names of a service's own."""
    if isinstance(node, dict):
        for key, value in node.items():
            if not names and key.startswith("x-"):
                yield key
            if names or key not in _DATA:
                yield from _extensions(value, names=not names and key in _NAMES)
    elif isinstance(node, list):
        for item in node:
            yield from _extensions(item)
