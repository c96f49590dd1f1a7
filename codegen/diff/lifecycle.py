"""What was announced: deprecations, the day something goes, old names that still work, how settled it is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from codegen.diff.note import Note, Notes, became
from codegen.diff.words import told_anew

if TYPE_CHECKING:
    from codegen import ir

_SETTLED = {"stable": 2, "beta": 1, "legacy": 0}


def gone(deprecated: ir.Deprecated | None, today: date, loud: str) -> tuple[str, str]:
    """Return the rule for something that is gone (`loud`: unannounced), and words about the announcement."""
    if deprecated is None:
        return loud, ""
    day = _day(deprecated.sunset)
    if day is not None and day > today:
        return "removed-before-sunset", f", announced for {deprecated.sunset}"
    return "removed-after-sunset", f", announced since {deprecated.since}"


def compare_deprecation(old: ir.Deprecated | None, new: ir.Deprecated | None) -> Notes:
    """Tell what differs of an announcement."""
    if new is None:
        if old is not None:
            yield Note("reactivated", "no longer deprecated", f"since {old.since}", at="deprecated")
        return
    if old is None:
        yield _announced(new)
    else:
        yield from _advice(old, new)
    before = old.sunset if old else None
    if new.sunset != before and new.sunset is not None and _day(new.sunset) is None:
        yield Note("sunset-unparsable", f"sunset {new.sunset} is no day", at="deprecated.sunset")
    elif old is not None:
        yield from _sunset(before, new.sunset)


def _announced(new: ir.Deprecated) -> Note:
    since = f"deprecated since {new.since}"
    if not _explains(new):
        return Note("deprecated-without-message", since, None, f"since {new.since}", at="deprecated")
    advice = f", use {new.use}" if new.use else ""
    sunset = f", sunset {new.sunset}" if new.sunset else ""
    hint = f"Use {new.use} instead." if new.use else (new.message or "")
    return Note("deprecated", since + advice + sunset, None, f"since {new.since}", at="deprecated", hint=hint)


def _explains(deprecated: ir.Deprecated) -> bool:
    return bool(deprecated.use or deprecated.message)


def _advice(old: ir.Deprecated, new: ir.Deprecated) -> Notes:
    if old.since != new.since:
        rule, at = "deprecation-changed", "deprecated.since"
        yield became(rule, "deprecated, since", old.since, new.since, at=at)
    if _explains(old) != _explains(new):
        rule = "deprecation-explained" if _explains(new) else "deprecated-without-message"
        before, after = old.use or old.message, new.use or new.message
        yield became(rule, "what to use instead:", before, after, at="deprecated")
        return
    if old.use != new.use:
        rule, at = "deprecation-changed", "deprecated.use"
        yield became(rule, "deprecated, use", old.use, new.use, at=at)
    yield from told_anew(("deprecated.message", old.message, new.message))


def _sunset(old: str | None, new: str | None) -> Notes:
    before, after = _day(old), _day(new)
    if before == after:
        return
    if after is None:
        rule = "sunset-removed"
    elif before is None:
        rule = "sunset-added"
    else:
        rule = "sunset-moved-earlier" if after < before else "sunset-moved-later"
    yield became(rule, "sunset", old, new, at="deprecated.sunset")


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def compare_aliases(
    old: ir.Operation | ir.Param, new: ir.Operation | ir.Param, *, in_signature: bool = False
) -> Notes:
    """Tell which old names came and went; `in_signature`: those of an argument."""
    for name in old.aliases:
        if name not in (*new.aliases, new.name):
            words = f"old name {name} is gone"
            yield Note("alias-removed", words, name, at="aliases", in_signature=in_signature)
    for name in new.aliases:
        if name not in (*old.aliases, old.name):
            yield Note("alias-added", f"may be called {name}, too", None, name, at="aliases")


def compare_stability(old: str, new: str) -> Notes:
    """Tell whether something became more or less settled."""
    if old != new:
        rule = "stability-decreased" if _SETTLED[new] < _SETTLED[old] else "stability-increased"
        yield became(rule, "stability", old, new, at="stability")
