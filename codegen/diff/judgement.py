"""From a note to a finding: where it stands, and how bad it is for whom, here.

A rule's verdicts hold for one edit seen alone, in a public and stable operation. Three things change them:

1. *Private methods.* A raw operation is emitted as `_name`, and hand-written code owns `name`. What only
   the generated signature shows may or may not reach scripts, so breaking becomes a warning: look.
2. *Beta.* What was still beta may change; what breaks there is one level lower, under a rule of its own,
   which names the rule that it stands for.
3. *Known deployments.* Whether a server range breaks somebody is decided by the versions that public servers
   report (`gates.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from codegen.diff.rules import RULES
from codegen.report.finding import Finding, Place

if TYPE_CHECKING:
    from codegen import ir
    from codegen.diff.note import Note
    from codegen.report.rule import Verdict

_BETA = "stability-beta-changed"

_LOWER: dict[Verdict, Verdict] = {"breaking": "warning"}


@dataclass(frozen=True, slots=True)
class Scene:
    """What a note is about."""

    service: str
    old_origins: ir.Origins
    new_origins: ir.Origins
    api: str | None = None
    number: str | None = None
    """The API version on the new side (on the old, where the new has none)."""
    operation: str | None = None
    raw: bool = False
    """Whether hand-written code owns the operation's public name on both sides."""
    beta: bool = False
    """Whether what is changed was beta."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding, and the places of the edit: two findings of one rule at the same places are one."""

    finding: Finding
    edit: tuple[Place | None, Place | None]
    path: str
    """The operation with its API version, for other findings of the same edit to be named by."""


def judge(note: Note, scene: Scene) -> Judged:
    """Make a finding of a note."""
    rule = RULES[note.rule]
    wire = note.wire or rule.wire
    source = note.source or rule.source
    if scene.raw and note.in_signature:
        source = _LOWER.get(source, source)
    name, text = note.rule, note.text
    if scene.beta and "breaking" in (wire, source):
        name, text = _BETA, f"{note.rule}: {note.text}"
        wire, source = _LOWER.get(wire, wire), _LOWER.get(source, source)
    was_at = note.at if note.was_at is None else note.was_at
    version = f"@{scene.number}" if scene.number else ""
    path = ".".join(filter(None, (f"{scene.service}{version}", scene.operation)))
    is_shared = scene.operation is not None and _says_the_service(note.at, was_at, scene)
    finding = Finding(
        id=name,
        wire=wire,
        source=source,
        silent=rule.silent if note.silent is None else note.silent,
        service=scene.service,
        text=text,
        api=None if is_shared and scene.api == scene.number else scene.api,
        operation=None if is_shared else scene.operation,
        param=note.part,
        old=note.old,
        new=note.new,
        hint=note.hint or _look(note, scene),
        old_place=_place(scene.old_origins, was_at),
        new_place=_place(scene.new_origins, note.at),
        also=(path,) if is_shared else note.also,
        affects=note.affects,
        docs=rule.docs,
    )
    exact = (_exact(scene.old_origins, was_at), _exact(scene.new_origins, note.at))
    # What neither side writes is a default, which follows from what stands around it.
    edit = exact if any(exact) else (finding.old_place, finding.new_place)
    return Judged(finding, edit, path)


def _says_the_service(at: str, was_at: str, scene: Scene) -> bool:
    """Whether the service says for all its operations what is at a path of one of them."""
    written = [origin for origin in (scene.old_origins.get(was_at), scene.new_origins.get(at)) if origin]
    return bool(at and written) and all(origin.path in (at, was_at) for origin in written)


def rule_behind(finding: Finding) -> str:
    """Return the rule that tells what differs: of what was beta, the one that the finding stands for."""
    return finding.text.partition(":")[0] if finding.id == _BETA else finding.id


def _look(note: Note, scene: Scene) -> str:
    if scene.raw and note.in_signature:
        return f"`{scene.operation}` is hand-written: look whether its mixin passes this on to scripts."
    return ""


def _exact(origins: ir.Origins, path: str) -> Place | None:
    found = origins.get(path)
    return Place(found.file, found.line) if found and path else None


def _place(origins: ir.Origins, path: str) -> Place | None:
    """Return the place of a value; where it is not written, the place of what it is missing from."""
    while path and path not in origins:
        path = path.rpartition(".")[0]
    found = origins.get(path)
    return Place(found.file, found.line) if found else None
