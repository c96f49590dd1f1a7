"""Who may call, and how often: server versions, features, arguments that exclude each other, repetition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.diff.note import Note, Notes, became, shown
from codegen.diff.versions import Ranges, allows, parse, relation

if TYPE_CHECKING:
    from codegen.deployments import Deployment
    from codegen.diff.context import OperationPair

_STRICT = {"allow": 0, None: 1, "deny": 2}
"""What happens to calls with a range when the server names no version: go ahead, reads only, none."""


def compare_gates(pair: OperationPair) -> Notes:
    """Tell what differs of the conditions under which a call goes out."""
    old, new = pair.old, pair.new
    yield from compare_ranges(pair.apis.services.new.name, old.server, new.server, pair.facts.deployments)
    if old.unknown_version != new.unknown_version:
        # Where an operation says nothing, its service's word holds.
        services = pair.apis.services
        before = old.unknown_version or services.old.server.unknown_version
        after = new.unknown_version or services.new.server.unknown_version
        yield from compare_unknown_version(before, after)
    if old.requires != new.requires:
        rule = "feature-gate-added" if new.requires else "feature-gate-removed"
        yield became(rule, "requires", old.requires, new.requires, at="requires")
    if old.safe != new.safe and (old.method, old.kind) == (new.method, new.kind):
        # Another method or kind has another default: the finding about that says it.
        rule = "safe-changed" if new.safe else "safe-withdrawn"
        yield became(rule, "safe", old.safe, new.safe, at="safe")
    yield from _exclusive(pair)


def compare_ranges(
    service: str, old: Ranges, new: Ranges, deployments: tuple[Deployment, ...], at: str = "server"
) -> Notes:
    """Tell whether other versions of the server can do something, and who falls out."""
    reported = {d.labelled(service): d.versions[service] for d in deployments if service in d.versions}
    how = relation(old, new, reported.values())
    if how == "same":
        return
    lost = tuple(
        name
        for name, text in reported.items()
        if (version := parse(text)) is not None and allows(old, version) and not allows(new, version)
    )
    text = f"server {_ranges(old)} -> {_ranges(new)}"
    yield Note(_range_rule(how, old, new, lost), text, _given(old), _given(new), at=at, affects=lost)


def _range_rule(how: str, old: Ranges, new: Ranges, lost: tuple[str, ...]) -> str:
    if lost:
        return "server-constraint-tightened"
    if how == "narrower":
        return "server-constraint-narrowed" if old else "server-constraint-added"
    if how == "wider":
        return "server-constraint-loosened" if new else "server-constraint-removed"
    return "server-constraint-moved"


def _ranges(ranges: Ranges) -> str:
    return " or ".join(ranges) or "any"


def _given(ranges: Ranges) -> str | None:
    return shown(ranges[0] if len(ranges) == 1 else ranges) if ranges else None


def compare_unknown_version(old: str | None, new: str | None, at: str = "unknown_version") -> Notes:
    """Tell what becomes of calls to a server that names no version."""
    if old != new:
        rule = "unknown-version-tightened" if _STRICT[new] > _STRICT[old] else "unknown-version-loosened"
        yield became(rule, "unknown_version", old, new, at=at)


def _exclusive(pair: OperationPair) -> Notes:
    # An argument that came or went says it itself: nobody has passed it together with others.
    names, known = pair.new_name, set(pair.new_name.values())
    old = {frozenset(names[name] for name in group if name in names) for group in pair.old.exclusive}
    new = {frozenset(name for name in group if name in known) for group in pair.new.exclusive}
    for rule, words, groups in (
        ("exclusive-group-removed", "may go together", _widest(old - new)),
        ("exclusive-group-added", "exclude each other", _widest(new - old)),
    ):
        for group in groups:
            # A group that only grew is new where it grew; one that only shrank is gone.
            others = new if rule == "exclusive-group-removed" else old
            if len(group) > 1 and not any(group <= other for other in others):
                yield Note(rule, f"{' and '.join(sorted(group))} {words}", at="exclusive")


def _widest(groups: set[frozenset[str]]) -> list[frozenset[str]]:
    return sorted(groups, key=sorted)
