"""From findings to what they ask of scripts.

Told is what breaks a script, what may, and what changes answers without an error; not told is what only
people with a server meet. What can be rewritten without a person is decided here for the change as a
whole: it must be about the API version that scripts have by default, and the generated signature must be
what scripts call. Whether a particular call allows it is decided in `fit.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codegen.diff.judgement import rule_behind
from codegen.escape import literal
from codegen.migrate import advice
from codegen.migrate.change import ScriptChange
from codegen.migrate.names import renames
from codegen.migrate.subjects import Sides

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from codegen import ir
    from codegen.migrate.advice import Advice
    from codegen.migrate.change import Move, Rename
    from codegen.migrate.subjects import Subject
    from codegen.report.finding import Comparison, Finding
    from codegen.report.rule import Rule


def plan(comparison: Comparison, old_spec: ir.Spec, new_spec: ir.Spec) -> tuple[ScriptChange, ...]:
    """Tell what the findings of a comparison ask of scripts that were written for the old side."""
    sides = Sides(old_spec, new_spec)
    found = [
        change
        for finding in comparison.findings
        if _concerns_scripts(finding, comparison.rules.get(_rule(finding)))
        for subject in sides.subjects(finding)
        for change in _changes(subject, sides)
    ]
    return tuple(_once(_each_name_once(found)))


def _rule(finding: Finding) -> str:
    """Return the rule that says what a finding means for scripts."""
    named = rule_behind(finding)
    return advice.SAME_AS.get((named, finding.param is not None), named)


def _concerns_scripts(finding: Finding, rule: Rule | None) -> bool:
    name = _rule(finding)
    if finding.docs or name in advice.NOT_FOR_SCRIPTS:
        return False
    row = advice.RULES.get(name)
    if finding.source == "warning":
        # What breaks scripts as a rule is only a warning where hand-written code may stand before it.
        return finding.silent or row is not None or (rule is not None and rule.source == "breaking")
    return finding.silent or finding.source == "breaking" or (row is not None and row.always)


def _changes(subject: Subject, sides: Sides) -> Iterator[ScriptChange]:
    if subject.finding.id == "alias-removed":
        for each, word in _former_names(subject):
            yield _change(each, _advice(each), word)
        return
    row = _advice(subject)
    if row.always and subject.move is None:
        return
    by_name = row.touches in ("names", "error")
    names = renames(subject, sides.old, sides.new) if by_name else ()
    # A rule about names whose names did not change is about calls, or about nothing that scripts say.
    yield _change(subject, row if names or not by_name else _plain(subject), names=names)


def _advice(subject: Subject) -> Advice:
    """Choose the row of the table, or the plain words for rules that have none."""
    row = advice.RULES.get(_rule(subject.finding), _plain(subject))
    if subject.move is None and row.touches != "names":
        return row if row.always else advice.ELSEWHERE
    needs_param = row.touches in ("given", "spelled", "value", "left out", "missing")
    return _plain(subject) if needs_param and not (subject.old_param or subject.new_param) else row


def _plain(subject: Subject) -> Advice:
    if subject.move is None:
        return advice.ELSEWHERE
    if subject.old_param is not None:
        return advice.SILENT_ARGUMENT if subject.finding.silent else advice.ARGUMENT
    return advice.SILENT_CALLS if subject.finding.silent else advice.CALLS


def _change(
    subject: Subject, row: Advice, word: str | None = None, names: tuple[Rename, ...] = ()
) -> ScriptChange:
    """Make the change; `word` is what scripts call the argument, where that is an alias of it."""
    move, param = subject.move, word or _param_name(subject)
    pins = _pin(subject) if row.pins else ""
    if move is not None and move.old.is_hand_written and row.touches not in ("names", "error"):
        row, pins = advice.HAND_WRITTEN, ""
    said = _said(subject, param, pins, names)
    has_edit = (pins or not row.pins) and (said["replacement"] or "{replacement}" not in row.edit)
    clear = move is None or _is_clear(move, row, param)
    return ScriptChange(
        finding=subject.finding,
        service=subject.service,
        touches=row.touches,
        sentence=row.sentence.format_map(said),
        edit=row.edit.format_map(said) if has_edit else "",
        automatic=row.automatic and clear and all(name.clear and name.new is not None for name in names),
        pins=pins,
        move=move,
        param=param,
        names=names,
    )


def _param_name(subject: Subject) -> str | None:
    param = subject.old_param or subject.new_param
    return param.name if param else None


def _said(subject: Subject, param: str | None, pin: str, names: Iterable[Rename]) -> Mapping[str, str]:
    finding, move = subject.finding, subject.move
    old, new = (move.old, move.new) if move else (None, None)
    use = next((each.use for each in _deprecations(subject) if each.use), "")
    kinds = ("{0} -> {1}()", "{0}() -> {1}")
    method, new_method = (old.name if old else "", new.name if new else "")
    return {
        "attribute": subject.service.attribute,
        "call": old.call if old else f"client.{subject.service.attribute}",
        "method": method,
        "new_method": new_method,
        "kind_edit": kinds[bool(new and new.operation.is_property)].format(method, new_method),
        "param": param or "",
        "new_param": subject.new_param.name if subject.new_param else param or "",
        "pin": pin,
        "replacement": f"client.{subject.service.attribute}.{use}" if use.isidentifier() else use,
        "renames": ", ".join(f"{name.old} -> {name.new}" for name in names if name.new),
        "about": f"{finding.param}: " if finding.param else "",
        "text": finding.text.rstrip(".")
        + (f"; breaks {', '.join(finding.affects)}" if finding.affects else ""),
    }


def _deprecations(subject: Subject) -> Iterator[ir.Deprecated]:
    for callee in (subject.move.new, subject.move.old) if subject.move else ():
        if callee is not None and callee.operation.deprecated is not None:
            yield callee.operation.deprecated


def _pin(subject: Subject) -> str:
    """Write the old default as Python, where passing it means what leaving it out meant."""
    old, new = subject.old_param, subject.new_param
    if old is None or new is None or old.client_default or old.default is None:
        # None in a call means "left out", so it cannot be pinned; what the client holds has no literal.
        return ""
    return literal(old.default)


def _is_clear(move: Move, row: Advice, param: str | None) -> bool:
    """Whether the signatures are those that scripts call, and an old name is not another argument's now."""
    if move.new is None or not move.is_current or not move.is_generated:
        return False
    if row.touches == "spelled":
        name = move.old.aliases.get(param or "", param or "")
        return name in move.partner and param not in move.new.arguments
    return True


def _former_names(subject: Subject) -> Iterator[tuple[Subject, str | None]]:
    """Yield the name that works no more, an alias of an argument or of a method, as a subject of its own."""
    move, word = subject.move, subject.finding.old
    if move is None or move.new is None or word is None:
        return
    if subject.old_param is not None:
        yield subject, word
    else:
        yield replace(subject, move=replace(move, old=replace(move.old, name=word))), None


def _each_name_once(changes: Iterable[ScriptChange]) -> Iterator[ScriptChange]:
    """Leave a name to the first change that tells it: a renamed service is told once for each name."""
    seen: set[object] = set()
    for change in changes:
        keys = [(change.service.name, change.move and change.move.key, name) for name in change.names]
        names = tuple(name for name, key in zip(change.names, keys, strict=True) if key not in seen)
        seen.update(keys)
        if names or not change.names:
            yield replace(change, names=names)


def _once(changes: Iterable[ScriptChange]) -> Iterator[ScriptChange]:
    """Leave out what an older API version says again: scripts have the newest one by default."""
    told = list(changes)
    current = {_what(change) for change in told if _is_current(change)}
    seen: set[object] = set()
    for change in told:
        key = (_what(change), _is_current(change))
        if key in seen or (not _is_current(change) and _what(change) in current):
            continue
        seen.add(key)
        yield change


def _is_current(change: ScriptChange) -> bool:
    return change.move is None or change.move.is_current


def _what(change: ScriptChange) -> tuple[object, ...]:
    words = change.finding.text if change.touches in ("nothing", "names", "use", "error") else ""
    method = change.move.key if change.move else None
    return (change.finding.id, change.service.name, method, change.param, words)
