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
    words = "header {} tells that rows are missing"
    if old is not None and new is not None:
        for note in _cut(pair, old, new):
            yield replace(note, part="limits.rows", at=f"limits.rows.{note.at}")
    elif new is not None:
        words = words.format(new.header)
        yield Note("truncation-signal-added", words, part="limits.rows", at="limits.rows")
    elif old is not None:
        words = f"{words.format(old.header)}: no more"
        yield Note("truncation-signal-removed", words, part="limits.rows", at="limits.rows")


def _cut(pair: OperationPair, old: ir.RowLimit, new: ir.RowLimit) -> Notes:
    if old.header.lower() != new.header.lower():
        yield became("truncation-signal-changed", "header", old.header, new.header, at="header")
    if set(old.contains) != set(new.contains):
        yield became("truncation-signal-changed", "contains", old.contains, new.contains, at="contains")
    if old.on_truncate != new.on_truncate:
        rule = _cut_rule(old.on_truncate, new.on_truncate)
        yield became(rule, "on_truncate", old.on_truncate, new.on_truncate, at="on_truncate")
    if old.usual != new.usual:
        yield became("batch-size-changed", "usual", old.usual, new.usual, at="usual")
    # What refers to an argument that came or went follows from that.
    gone = {param.name for param in pair.params.removed}
    come = {param.name for param in pair.params.added}
    before = pair.new_name.get(old.limit_param or "") if old.limit_param not in gone else None
    after = new.limit_param if new.limit_param not in come else None
    if before != after:
        yield became(
            "row-limit-param-changed", "limit_param", old.limit_param, new.limit_param, at="limit_param"
        )


def _cut_rule(old: str, new: str) -> str:
    if "warn" in (old, new):
        return "truncation-became-quiet" if new == "warn" else "truncation-became-loud"
    return "limit-split-added" if new == "split" else "limit-split-removed"


def _items(pair: OperationPair) -> Notes:
    # Of an argument that came or went, that says it.
    before = {
        limit.key: limit
        for each in pair.old.items
        if each.param in pair.new_name
        for limit in [replace(each, param=pair.new_name[each.param])]
    }
    stays = set(pair.new_name.values())
    after = {limit.key: limit for limit in pair.new.items if limit.param in stays}
    for key, limit in {**before, **after}.items():
        old, new = before.get(key), after.get(key)
        notes = _item(pair, old, new) if old and new else [_bare(limit, is_new=new is not None)]
        for note in notes:
            inner = f".{note.at}" if note.at else ""
            yield replace(note, part=f"limits.{key}", at=f"limits.{key}{inner}")


def _bare(limit: ir.ItemLimit, *, is_new: bool) -> Note:
    """Tell of a limit that came or went whole."""
    words = f"at most {limit.max} in one request, then {limit.on_exceed}"
    return Note(_bare_rule(limit.on_exceed, is_new=is_new), words if is_new else f"no more: {words}")


def _item(pair: OperationPair, old: ir.ItemLimit, new: ir.ItemLimit) -> Notes:
    if old.on_exceed != new.on_exceed:
        # A new way to deal with too many items says more than another number of them.
        rule = _excess_rule(old.on_exceed, new.on_exceed)
        yield became(rule, "on_exceed", old.on_exceed, new.on_exceed, at="on_exceed")
    elif old.max != new.max:
        yield became(_max_rule(new.on_exceed, less=new.max < old.max), "max", old.max, new.max, at="max")
    if old.first != new.first and old.on_exceed == new.on_exceed:
        yield became("batch-size-changed", "first", old.first, new.first, at="first")
    if old.merge != new.merge and old.on_exceed == new.on_exceed:
        yield became("merge-changed", "merge", old.merge, new.merge, at="merge")
    kept = {pair.new_name[name] for name in old.unless if name in pair.new_name}
    if kept != set(new.unless) & set(pair.new_name.values()):
        yield became("limit-condition-changed", "unless", old.unless, new.unless, at="unless")
    if old.nothing_found != new.nothing_found:
        before, after = old.nothing_found, new.nothing_found
        yield became("limit-condition-changed", "nothing_found", before, after, at="nothing_found")


def _bare_rule(on_exceed: str, *, is_new: bool) -> str:
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
    if old.lasting != new.lasting:
        yield became("cache-lasting-changed", "lasting", old.lasting, new.lasting, at="lasting")


def _telling(cache: ir.Cache) -> set[str]:
    return set(cache.key) - set(cache.key_ignores)
