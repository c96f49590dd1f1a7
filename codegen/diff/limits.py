"""How much one request carries and one answer has, what errors mean, how long to wait, what is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codegen.diff.note import Note, Notes, became

if TYPE_CHECKING:
    from codegen import ir
    from codegen.diff.context import OperationPair


def compare_limits(pair: OperationPair) -> Notes:
    """Tell what differs of limits, errors, waiting and keeping."""
    yield from _rows(pair)
    yield from _items(pair)
    yield from compare_errors(pair.old.errors, pair.new.errors)
    yield from _timeout(pair)
    yield from _cache(pair)


def _rows(pair: OperationPair) -> Notes:
    old, new = pair.old.rows, pair.new.rows
    if old is None or new is None:
        if old != new:
            rule = "truncation-signal-added" if new else "truncation-signal-removed"
            words = f"header {(new or old).header} tells that rows are missing"  # type: ignore[union-attr]  # one is there
            yield Note(rule, f"{words}{'' if new else ': no more'}", part="limits.rows", at="limits.rows")
        return
    for note in _cut(pair, old, new):
        yield replace(note, part="limits.rows", at=f"limits.rows.{note.at}")


def _cut(pair: OperationPair, old: ir.RowLimit, new: ir.RowLimit) -> Notes:
    if old.header.lower() != new.header.lower():
        yield became("truncation-signal-changed", "header", old.header, new.header, at="header")
    if set(old.contains) != set(new.contains):
        yield became("truncation-signal-changed", "contains", old.contains, new.contains, at="contains")
    if old.on_truncate != new.on_truncate:
        rule = _cut_rule(old.on_truncate, new.on_truncate)
        yield became(rule, "on_truncate", old.on_truncate, new.on_truncate, at="on_truncate")
    renamed = pair.new_name.get(old.limit_param, old.limit_param) if old.limit_param else None
    if renamed != new.limit_param:
        yield became(
            "row-limit-param-changed", "limit_param", old.limit_param, new.limit_param, at="limit_param"
        )


def _cut_rule(old: str, new: str) -> str:
    if "warn" in (old, new):
        return "truncation-became-quiet" if new == "warn" else "truncation-became-loud"
    return "limit-split-added" if new == "split" else "limit-split-removed"


def _items(pair: OperationPair) -> Notes:
    before = {_key(pair, limit): limit for limit in pair.old.items}
    after = {limit.key: limit for limit in pair.new.items}
    there = {param.name for param in pair.new.params}
    for key in {**before, **after}:
        old, new = before.get(key), after.get(key)
        if (old or new).param not in there and new is None:  # type: ignore[union-attr]  # one is there
            continue  # the argument itself is gone, which says it
        for note in _item(pair, old, new):
            inner = f".{note.at}" if note.at else ""
            yield replace(note, part=f"limits.{key}", at=f"limits.{key}{inner}")


def _key(pair: OperationPair, limit: ir.ItemLimit) -> str:
    return replace(limit, param=pair.new_name.get(limit.param, limit.param)).key


def _item(pair: OperationPair, old: ir.ItemLimit | None, new: ir.ItemLimit | None) -> Notes:
    if old is None or new is None:
        limit, is_new = (new, True) if new else (old, False)
        words = f"at most {limit.max} in one request, then {limit.on_exceed}"  # type: ignore[union-attr]  # one is there
        yield Note(_bare_rule(limit.on_exceed, is_new=is_new), words if is_new else f"no more: {words}")  # type: ignore[union-attr]
        return
    if old.on_exceed != new.on_exceed:
        # A new way to deal with too many items says more than another number of them.
        rule = _excess_rule(old.on_exceed, new.on_exceed)
        yield became(rule, "on_exceed", old.on_exceed, new.on_exceed, at="on_exceed")
    elif old.max != new.max:
        yield became(_max_rule(new.on_exceed, less=new.max < old.max), "max", old.max, new.max, at="max")
    if old.merge != new.merge and old.on_exceed == new.on_exceed:
        yield became("merge-changed", "merge", old.merge, new.merge, at="merge")
    renamed = {pair.new_name.get(name, name) for name in old.unless}
    if renamed != set(new.unless):
        yield became("limit-condition-changed", "unless", old.unless, new.unless, at="unless")
    if old.nothing_found != new.nothing_found:
        before, after = old.nothing_found, new.nothing_found
        yield became("limit-condition-changed", "nothing_found", before, after, at="nothing_found")


def _bare_rule(on_exceed: str, *, is_new: bool) -> str:
    """Name the rule for a limit that came or went whole."""
    if on_exceed == "split":
        return "batch-size-changed"
    if on_exceed == "truncate":
        return "limit-truncates" if is_new else "limit-truncates-no-more"
    return "param-max-items-decreased" if is_new else "param-max-items-increased"


def _excess_rule(old: str, new: str) -> str:
    if new == "truncate":
        return "limit-truncates"
    if old == "truncate":
        return "limit-truncates-no-more"
    return "limit-split-added" if new == "split" else "limit-split-removed"


def _max_rule(on_exceed: str, *, less: bool) -> str:
    if on_exceed == "split":
        return "batch-size-changed"
    return "param-max-items-decreased" if less else "param-max-items-increased"


def compare_errors(old: tuple[tuple[int, str], ...], new: tuple[tuple[int, str], ...]) -> Notes:
    """Tell which statuses raise other errors."""
    before, after = dict(old), dict(new)
    for status in sorted({*before, *after}):
        at = f"errors.{status}"
        if status not in after:
            words = f"{status} raises {before[status]} no more"
            yield Note("error-status-removed", words, before[status], part="errors", at=at)
        elif status not in before:
            words = f"{status} raises {after[status]}"
            yield Note("error-status-added", words, None, after[status], part="errors", at=at)
        elif before[status] != after[status]:
            label = f"{status} raises"
            yield became("error-class-changed", label, before[status], after[status], part="errors", at=at)


def _timeout(pair: OperationPair) -> Notes:
    """Tell of another time to wait; where an operation says nothing, its service's holds."""
    if pair.old.timeout == pair.new.timeout:
        return
    services = pair.apis.services
    before = pair.old.timeout or services.old.server.read_timeout
    after = pair.new.timeout or services.new.server.read_timeout
    if before != after:
        rule = "timeout-lowered" if after < before else "timeout-raised"
        yield became(rule, "timeout", before, after, at="timeout")


def _cache(pair: OperationPair) -> Notes:
    for note in _kept(pair, pair.old.cache, pair.new.cache):
        inner = f".{note.at}" if note.at else ""
        yield replace(note, part="cache", at=f"cache{inner}")


def _kept(pair: OperationPair, old: ir.Cache | None, new: ir.Cache | None) -> Notes:
    if new is None or old is None:
        if new is not None:
            rule = "cache-added" if pair.new.safe else "cache-added-to-unsafe"
            yield Note(rule, f"answers are kept for {new.ttl:g} s", None, f"{new.ttl:g} s")
        elif old is not None:
            yield Note("cache-removed", "answers are kept no more", f"{old.ttl:g} s")
        return
    # An argument that came or went says it itself.
    stays = set(pair.new_name.values())
    before = {pair.new_name.get(name, name) for name in _telling(old)} & stays
    after = _telling(new) & stays
    if before != after:
        rule = "cache-key-narrowed" if before - after else "cache-key-widened"
        yield became(rule, "key", tuple(sorted(before)), tuple(sorted(after)), at="key")
    if old.ttl != new.ttl:
        yield became("cache-ttl-changed", "ttl", old.ttl, new.ttl, at="ttl")
    if old.maxsize != new.maxsize:
        yield became("cache-size-changed", "maxsize", old.maxsize, new.maxsize, at="maxsize")


def _telling(cache: ir.Cache) -> set[str]:
    return set(cache.key) - set(cache.key_ignores)
