"""Differences that a person has looked at: `spec/drift_reviewed.yaml`.

An entry hides the findings of one rule in the places that it names. `where` is read as findings are named,
`service@api.operation.parameter`, with * for any text; a route without an operation stands there as its
method and path. An entry that hides nothing, or whose day is over, is a finding itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from codegen.drift.note import finding
from codegen.drift.rules import OF_DOCUMENTS, OF_LIST, RULES
from codegen.drift.yaml_text import flow
from codegen.ir import Origin
from codegen.problems import Problems, suggest
from codegen.yaml_source import ListNode, MapNode, Node, ScalarNode, is_intact, read

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from codegen.report.finding import Finding

FILE = "drift_reviewed.yaml"

_FIELDS = ("what", "where", "reason", "until")
_NEEDED = ("what", "where", "reason")


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule in one place (or in all that a pattern fits), and why it may differ there."""

    what: str
    where: str
    reason: str
    until: date | None
    origin: Origin

    @property
    def service(self) -> str:
        """The service that it is about."""
        return re.split(r"[@.]", self.where, maxsplit=1)[0]

    def fits(self, found: Finding) -> bool:
        """Whether it speaks of a finding."""
        return found.id == self.what and _pattern(self.where).fullmatch(spot(found)) is not None


def spot(found: Finding) -> str:
    """Name the place of a finding: "materialize@3.query_table.ipc_compress"."""
    number = f"@{found.api}" if found.api else ""
    return ".".join(part for part in (found.service + number, found.operation, found.param) if part)


def entry(found: Finding) -> str:
    """Write the entry that hides a finding. Its reason is left to be written: an empty one is refused."""
    return f"- {flow({'what': found.id, 'where': spot(found), 'reason': ''})}"


@cache
def _pattern(where: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, where.split("*"))), re.DOTALL)


def apply(
    entries: Iterable[Entry], found: Iterable[Finding], compared: Collection[str], today: date
) -> tuple[list[Finding], list[Finding]]:
    """
    Part what has been reviewed from what has not, and tell what is wrong with the entries.

    Parameters
    ----------
    entries : iterable of Entry
        The list.
    found : iterable of Finding
        What differs.
    compared : collection of str
        Services whose documents were compared whole: only of these it is known which entries have no use.
    today : date
        The day by which `until` is judged.

    Returns
    -------
    tuple of list of Finding
        What is left to tell, with the faults of the list, and what has been reviewed.
    """
    known = tuple(entries)
    used: set[Entry] = set()
    left: list[Finding] = []
    reviewed: list[Finding] = []
    for each in found:
        fitting = [entry for entry in known if entry.fits(each)]
        used.update(fitting)
        (reviewed if fitting and each.id not in OF_LIST else left).append(each)
    return [*left, *_faults(known, used, compared, today)], reviewed


def _faults(
    entries: Iterable[Entry], used: Collection[Entry], compared: Collection[str], today: date
) -> Iterator[Finding]:
    for entry in entries:
        is_used = entry in used
        if not is_used and entry.what in OF_DOCUMENTS and entry.service in compared:
            text = f"the entry {entry.what} of {entry.where} fits no difference any more"
            made = finding("reviewed-unused", entry.service, text, entry.origin, old=entry.where)
            yield replace(made, of_list=True)
        elif is_used and entry.until is not None and entry.until < today:
            text = f"the entry {entry.what} of {entry.where} was to last until {entry.until} ({entry.reason})"
            made = finding("reviewed-expired", entry.service, text, entry.origin, old=str(entry.until))
            yield replace(made, of_list=True)


def load_reviewed(folder: Path, services: Collection[str]) -> tuple[Entry, ...]:
    """
    Read the list that stands beside the descriptors; it is empty if there is no such file.

    Parameters
    ----------
    folder : Path
        Folder of the descriptors.
    services : collection of str
        Services that there are.

    Raises
    ------
    SpecErrors
        With every mistake in the file.
    """
    file = folder / FILE
    if not file.is_file():
        return ()
    name = f"{folder.name}/{FILE}"
    problems = Problems()
    tree = read(file, name, problems)
    problems.raise_if_any()
    entries = tuple(_Reading(problems, services).entries(tree, Origin(name, 1)))
    problems.raise_if_any()
    return entries


class _Reading:
    def __init__(self, problems: Problems, services: Collection[str]) -> None:
        self._problems = problems
        self._services = services

    def entries(self, tree: Node | None, top: Origin) -> Iterator[Entry]:
        listed = tree.get("reviewed") if isinstance(tree, MapNode) else None
        if not isinstance(tree, MapNode) or not isinstance(listed, ListNode):
            self._problems.add(
                top, "'reviewed' has to be a list.", "Write `reviewed: []` where there is nothing."
            )
            return
        for key, node in tree.items.items():
            if key not in ("spec", "reviewed"):
                self._problems.add(node.origin, f"unknown key {key!r}.", suggest(key, ("spec", "reviewed")))
        form = tree.get("spec")
        if not isinstance(form, ScalarNode) or form.value != 1:
            self._problems.add(
                form.origin if form else top, "the format of this list is 1.", "Write `spec: 1`."
            )
        seen: dict[tuple[str, str], Origin] = {}
        for item in listed.items:
            for entry in self._entry(item):
                first = seen.setdefault((entry.what, entry.where), entry.origin)
                if first is not entry.origin:
                    self._problems.add(
                        entry.origin, f"this stands at line {first.line} already.", "Remove one."
                    )
                yield entry

    def _entry(self, item: Node) -> Iterator[Entry]:
        if not isinstance(item, MapNode):
            self._problems.add(item.origin, f"an entry is a mapping of {', '.join(_FIELDS)}.")
            return
        for key, node in item.items.items():
            if key not in _FIELDS:
                self._problems.add(node.origin, f"unknown key {key!r}.", suggest(key, _FIELDS))
        for key in _NEEDED:
            if key not in item.items:
                self._problems.add(item.origin, f"{key!r} is missing.", _MISSING[key])
        what, reason = self._rule(item.get("what")), self._text(item.get("reason"), "the reason")
        until = self._date(item.get("until"))
        where = item.get("where")
        places = where.items if isinstance(where, ListNode) else (where,)
        if where is not None and not places:
            self._problems.add(where.origin, "a list of places has at least one.", _MISSING["where"])
        for place in places:
            told = self._place(place)
            if what and reason and told and place is not None:
                yield Entry(what, told, reason, until, place.origin)

    def _text(self, node: Node | None, called: str) -> str | None:
        value: Any = node.value if isinstance(node, ScalarNode) else None
        if node is not None and is_intact(node) and not (isinstance(value, str) and value.strip()):
            self._problems.add(node.origin, f"{called} is a text.", "Quote it if it is one.")
        return value if isinstance(value, str) and value.strip() else None

    def _rule(self, node: Node | None) -> str | None:
        name = self._text(node, "what differs")
        if node is not None and name is not None and name not in RULES.keys() - OF_LIST:
            self._problems.add(
                node.origin, f"there is no rule {name!r}.", suggest(name, RULES.keys() - OF_LIST)
            )
            return None
        return name

    def _place(self, node: Node | None) -> str | None:
        where = self._text(node, "a place")
        if node is None or where is None:
            return None
        service = re.split(r"[@.]", where, maxsplit=1)[0]
        if service not in self._services:
            known = suggest(service, self._services)
            self._problems.add(node.origin, f"{where!r} names no service at its beginning.", known)
            return None
        return where

    def _date(self, node: Node | None) -> date | None:
        told = self._text(node, "a day")
        if node is None or told is None:
            return None
        try:
            return date.fromisoformat(told)
        except ValueError:
            self._problems.add(node.origin, f"{told!r} is no day.", 'Write it as "2027-01-31".')
            return None


_MISSING = {
    "what": "Name the rule, as the report does: route-unknown.",
    "where": "Name the place: materialize@3.query_table.ipc_compress; * stands for any text.",
    "reason": "Say why it may differ.",
}
