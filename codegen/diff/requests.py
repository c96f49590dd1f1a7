"""What else a request carries: constant headers, and the form of its body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.diff.note import Notes, became

if TYPE_CHECKING:
    from codegen import ir
    from codegen.diff.context import OperationPair

_NEGOTIATION = "accept"
"""Headers that begin so ask for a form of the answer."""


def compare_requests(pair: OperationPair) -> Notes:
    """Tell what differs of headers and body."""
    yield from _headers(pair.old.headers, pair.new.headers)
    yield from _body(pair)


def _headers(old: tuple[tuple[str, str], ...], new: tuple[tuple[str, str], ...]) -> Notes:
    before = {name.lower(): (name, value) for name, value in old}
    after = {name.lower(): (name, value) for name, value in new}
    for key in {**before, **after}:
        if before.get(key, ("", None))[1] != after.get(key, ("", None))[1]:
            name, one = before.get(key, (None, None))
            later, other = after.get(key, (None, None))
            label = f"header {later or name}"
            yield became(_header_rule(key, one, other), label, one, other, at=f"headers.{later or name}")


def _header_rule(name: str, old: str | None, new: str | None) -> str:
    if name.startswith(_NEGOTIATION):
        return "default-header-changed"
    if old is None:
        return "required-header-added"
    return "request-header-removed" if new is None else "request-header-changed"


def _body(pair: OperationPair) -> Notes:
    old, new = pair.old.body, pair.new.body
    before, after = _kind(old), _kind(new)
    if before != after:
        rule = "request-media-type-changed" if "binary" in (before, after) else "body-root-changed"
        yield became(rule, "body", _written(old), _written(new), at="body")
    elif old is not None and new is not None:
        if pair.new_name.get(old.param, old.param) != new.param:
            yield became("body-root-changed", "body", _written(old), _written(new), at="body")
        elif old.dtype != new.dtype:
            yield became(_layout_rule(old.dtype, new.dtype), "dtype", old.dtype, new.dtype, at="body.dtype")


def _kind(body: ir.Body | None) -> str:
    return body.kind if body else "object"


def _written(body: ir.Body | None) -> str:
    return f"{body.kind}: {body.param}" if body else "object of parameters"


def _layout_rule(old: str | None, new: str | None) -> str:
    is_order = old is not None and new is not None and old.lstrip("<>") == new.lstrip("<>")
    return "byte-order-changed" if is_order else "binary-dtype-changed"
