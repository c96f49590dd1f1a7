"""From findings to what they ask of scripts.

Told is what breaks a script, what may, and what changes answers without an error; not told is what only
people with a server meet. What can be rewritten without a person is decided here for the change as a
whole (one meaning before, one after, and the generated signature is what scripts call); whether a
particular call allows it is decided in `fit.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from codegen.escape import literal
from codegen.migrate import advice
from codegen.migrate.change import Callee, Move, ScriptChange
from codegen.migrate.names import renames
from codegen.migrate.sides import Sides

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from codegen import ir
    from codegen.migrate.advice import Advice
    from codegen.migrate.change import Rename
    from codegen.migrate.sides import Subject
    from codegen.report.finding import Comparison, Finding


def plan(comparison: Comparison, old_spec: ir.Spec, new_spec: ir.Spec) -> tuple[ScriptChange, ...]:
    """Tell what the findings of a comparison ask of scripts that were written for the old side."""
    sides = Sides(comparison, old_spec, new_spec)
    found = [
        change
        for finding in comparison.findings
        if _concerns_scripts(finding) and (subject := sides.subject(finding)) is not None
        for change in _changes(subject, sides)
    ]
    return tuple(_once(found))


def _concerns_scripts(finding: Finding) -> bool:
    if finding.docs or finding.id in advice.NOT_FOR_SCRIPTS:
        return False
    row = advice.RULES.get(finding.id)
    return finding.silent or finding.source in ("breaking", "warning") or (row is not None and row.always)


def _changes(subject: Subject, sides: Sides) -> Iterator[ScriptChange]:
    if subject.finding.id == "alias-removed":
        for each, word in _former_names(subject):
            yield _change(each, _advice(each), word)
        return
    row = _advice(subject)
    by_name = row.touches in ("names", "error")
    names = renames(subject, sides.old, sides.new) if by_name else ()
    # A rule about names whose names did not change is about calls, or about nothing that scripts say.
    yield _change(subject, row if names or not by_name else _plain(subject), names=names)


def _advice(subject: Subject) -> Advice:
    """Choose the row of the table, or the plain words for rules that have none."""
    finding = subject.finding
    about_param = finding.param is not None and (subject.old_param or subject.new_param) is not None
    name = advice.SAME_AS.get((finding.id, about_param), finding.id)
    row = advice.RULES.get(name, _plain(subject))
    if not subject.moves and row.touches != "names":
        return advice.ELSEWHERE
    needs_param = row.touches in ("given", "spelled", "value", "left out", "missing")
    return _plain(subject) if needs_param and not about_param else row


def _plain(subject: Subject) -> Advice:
    if not subject.moves:
        return advice.ELSEWHERE
    if subject.old_param is not None:
        return advice.SILENT_ARGUMENT if subject.finding.silent else advice.ARGUMENT
    return advice.SILENT_CALLS if subject.finding.silent else advice.CALLS


def _change(
    subject: Subject, row: Advice, word: str | None = None, names: tuple[Rename, ...] = ()
) -> ScriptChange:
    """Make the change; `word` is what scripts call the argument, where that is an alias of it."""
    moves, param = subject.moves, word or _param_name(subject)
    pins = _pin(subject) if row.pins else ""
    if any(move.old.is_hand_written for move in moves) and row.touches not in ("names", "error"):
        row, pins = advice.HAND_WRITTEN, ""
    said = _said(subject, param, pins, names)
    has_edit = (pins or not row.pins) and (said["replacement"] or "{replacement}" not in row.edit)
    clear = all(_is_clear(move, row, param) for move in moves)
    return ScriptChange(
        finding=subject.finding,
        service=subject.service,
        touches=row.touches,
        sentence=row.sentence.format_map(said),
        edit=row.edit.format_map(said) if has_edit else "",
        automatic=row.automatic and clear and all(name.clear and name.new is not None for name in names),
        pins=pins,
        moves=moves,
        param=param,
        names=names,
    )


def _param_name(subject: Subject) -> str | None:
    param = subject.old_param or subject.new_param
    return param.name if param else None


def _said(subject: Subject, param: str | None, pin: str, names: Iterable[Rename]) -> Mapping[str, str]:
    finding, move = subject.finding, subject.moves[0] if subject.moves else None
    old, new = (move.old, move.new) if move else (None, None)
    use = next((each.use for each in _deprecations(subject) if each.use), "")
    kinds = ("{0} -> {1}()", "{0}() -> {1}")
    method, new_method = (old.name if old else "", new.name if new else "")
    return {
        "attribute": subject.service.attribute,
        "call": ", ".join(each.old.call for each in subject.moves) or f"client.{subject.service.attribute}",
        "method": method,
        "new_method": new_method,
        "kind_edit": kinds[bool(new and new.operation.is_property)].format(method, new_method),
        "param": param or "",
        "new_param": subject.new_param.name if subject.new_param else param or "",
        "pin": pin,
        "replacement": f"client.{subject.service.attribute}.{use}" if use.isidentifier() else use,
        "renames": ", ".join(f"{name.old} -> {name.new}" for name in names if name.new),
        "text": finding.text.rstrip("."),
    }


def _deprecations(subject: Subject) -> Iterator[ir.Deprecated]:
    for move in subject.moves:
        for callee in (move.new, move.old):
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
    """Whether old and new calls can be told apart, and the signatures are those that scripts call."""
    if move.new is None or not move.is_current or not move.is_generated:
        return False
    if row.touches == "name":
        return _is_clear_rename(move, move.old, move.new)
    if row.touches == "spelled":
        name = move.old.aliases.get(param or "", param or "")
        later = move.partner.get(name)
        return later is not None and param not in move.new.arguments and later not in move.old.arguments
    return True


def _is_clear_rename(move: Move, old: Callee, new: Callee) -> bool:
    """Whether the old name is free on the new side, and the new one was on the old side."""

    def has(service: ir.Service, name: str) -> bool:
        return any(operation.name == name for api in service.apis for operation in api.operations)

    return not has(new.service, old.name) and not has(old.service, new.name)


def _former_names(subject: Subject) -> Iterator[tuple[Subject, str | None]]:
    """Yield a subject per name that works no more: aliases of an argument, or of a method."""
    for move in subject.moves:
        if move.new is None:
            continue
        if subject.old_param is not None:
            kept = {*move.new.aliases, *move.new.arguments}
            of_param = [word for word, name in move.old.aliases.items() if name == subject.old_param.name]
            yield from ((subject, word) for word in of_param if word not in kept)
            continue
        kept = {*getattr(move.new.operation, "aliases", ()), move.new.name}
        for word in getattr(move.old.operation, "aliases", ()):
            if word not in kept:
                yield replace(subject, moves=(replace(move, old=replace(move.old, name=word)),)), None


def _once(changes: Iterable[ScriptChange]) -> Iterator[ScriptChange]:
    """Leave out what an older API version says again: scripts have the newest one by default."""
    told = list(changes)
    current = {_what(change) for change in told if all(move.is_current for move in change.moves)}
    seen: set[object] = set()
    for change in told:
        older = not all(move.is_current for move in change.moves)
        key = (_what(change), older)
        if key in seen or (older and _what(change) in current):
            continue
        seen.add(key)
        yield change


def _what(change: ScriptChange) -> tuple[object, ...]:
    keys = tuple(move.key for move in change.moves)
    words = change.finding.text if change.touches in ("nothing", "names", "use", "error") else ""
    return (change.finding.id, change.service.name, keys, change.param, words)
