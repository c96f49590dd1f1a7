"""How a call of the old method fits the new one.

A call is rewritten whole or not at all: a half-migrated call would hide what is still wrong. Arguments keep
their order, so that they are evaluated as before; one is given its name where its place is not its own any
more. Nothing is ever dropped or made up, but for an old default that is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import libcst as cst

    from codegen.migrate.change import Move, ScriptChange

Likelihood = Literal["sure", "maybe", "no"]

_OPPOSITE: Mapping[Likelihood, Likelihood] = {"sure": "no", "maybe": "maybe", "no": "sure"}


@dataclass(frozen=True, slots=True)
class Passed:
    """One argument of a call."""

    node: cst.Arg
    name: str
    """What the old signature calls it."""
    spelled: str | None
    """The keyword as it is written; None: it is passed by position."""


@dataclass(frozen=True, slots=True)
class Binding:
    """What a call passes to which argument of the old method."""

    passed: tuple[Passed, ...]
    strange: tuple[cst.Arg, ...] = ()
    """Arguments that the old method does not take: the call is a new one already, or wrong."""
    is_open: bool = False
    """Whether more is passed than can be read: `*args`, `**kwargs`, a method that is called elsewhere."""

    def given(self, name: str) -> Passed | None:
        """Return the argument passed for a parameter."""
        return next((each for each in self.passed if each.name == name), None)

    def gives(self, name: str) -> Likelihood:
        """Tell whether a parameter is passed."""
        if self.given(name) is not None:
            return "sure"
        return "maybe" if self.is_open else "no"

    def spells(self, word: str) -> Likelihood:
        """Tell whether an argument is passed by this name."""
        if any(each.spelled == word for each in self.passed) or word in map(keyword_of, self.strange):
            return "sure"
        return "maybe" if self.is_open else "no"


@dataclass(frozen=True, slots=True)
class Fit:
    """What has to become of a call."""

    keywords: Mapping[Passed, str]
    """The arguments that need another keyword, or one at all."""
    obstacle: str = ""
    """Why the call cannot be rewritten; empty: it can."""


def keyword_of(node: cst.Arg) -> str | None:
    """Return the keyword of an argument as it is written."""
    return None if node.keyword is None else node.keyword.value


def bind(arguments: Sequence[cst.Arg], move: Move, *, is_open: bool = False) -> Binding:
    """Bind a call's arguments to the old method, or to the new one where it is written for that already."""
    passed: list[Passed] = []
    strange: list[cst.Arg] = []
    positional = list(move.old.positional)
    aliases = move.old.aliases
    later = {new: old for old, new in move.partner.items() if new not in move.old.arguments}
    for node in arguments:
        word = keyword_of(node)
        if node.star:
            is_open = True
            # What follows a spread has no place that can be counted.
            positional = [] if node.star == "*" else positional
        elif word is None:
            if positional:
                passed.append(Passed(node, positional.pop(0), None))
            else:
                strange.append(node)
        else:
            name = aliases.get(word, later.get(word, word))
            known = name in move.old.arguments
            passed.append(Passed(node, name, word)) if known else strange.append(node)
    return Binding(tuple(passed), tuple(strange), is_open)


def fit(binding: Binding, move: Move, pinned: frozenset[str] = frozenset()) -> Fit:
    """Tell what has to become of a call; `pinned` are old arguments that get their old default written."""
    keywords = _keywords(binding, move)
    return Fit(keywords, _obstacle(binding, move, keywords, pinned))


def _keywords(binding: Binding, move: Move) -> dict[Passed, str]:
    if move.new is None:
        return {}
    places = list(move.new.positional)
    found: dict[Passed, str] = {}
    by_position = True
    for number, each in enumerate(binding.passed):
        name = move.partner.get(each.name)
        if name is None:
            continue
        stays = each.spelled is None and by_position and places[number : number + 1] == [name]
        by_position = by_position and (each.spelled is not None or stays)
        if not stays and each.spelled != name:
            found[each] = name
    return found


def _obstacle(binding: Binding, move: Move, keywords: Mapping[Passed, str], pinned: frozenset[str]) -> str:
    if binding.is_open:
        return "what * or ** passes cannot be read"
    if move.new is None:
        return "there is nothing to call instead"
    if not move.is_generated:
        return "the method is hand-written"
    return _wrong_arguments(binding, move, keywords, pinned)


def _wrong_arguments(
    binding: Binding, move: Move, keywords: Mapping[Passed, str], pinned: frozenset[str]
) -> str:
    new = move.new.arguments if move.new else {}
    gone = [each.name for each in binding.passed if each.name not in move.partner]
    if gone:
        return f"{', '.join(gone)} cannot be passed any more"
    strange = [keyword_of(node) for node in binding.strange]
    if any(word is None or word not in new for word in strange):
        return "it does not fit the old signature"
    given = [*(move.partner[each.name] for each in binding.passed), *filter(None, strange)]
    if len(set(given)) < len(given):
        return "an argument is passed twice"
    taken = {*given, *(move.partner.get(name, "") for name in pinned)}
    missing = [name for name, param in new.items() if param.required and name not in taken]
    return f"{', '.join(missing)} must be passed" if missing else ""


def touched(change: ScriptChange, binding: Binding | None, move: Move) -> Likelihood:
    """Tell whether a change touches a call; no binding: the method is mentioned, not called."""
    if change.touches in ("use", "name", "kind"):
        return "sure"
    if binding is None:
        return "maybe"
    param = change.param or ""
    if change.touches == "left out":
        return _OPPOSITE[binding.gives(param)]
    if change.touches == "missing":
        return _OPPOSITE[binding.spells(param)]
    if change.touches == "spelled":
        return binding.spells(param)
    if change.touches == "positions":
        return _moved(change, binding, move)
    return binding.gives(param)


def _moved(change: ScriptChange, binding: Binding, move: Move) -> Likelihood:
    """Tell whether arguments that a call passes by position have to be named because of a change."""
    moved = [each for each in _keywords(binding, move) if each.spelled is None]
    by_position = [each for each in binding.passed if each.spelled is None]
    param = change.param
    if param in move.old.positional and change.finding.id != "param-order-changed":
        moved = [each for each in moved if each.name == param]
    elif move.new is not None and param in move.new.positional:
        place = move.new.positional.index(param)
        moved = [each for each in moved if _place(move, each) > place]
    if moved:
        return "sure"
    spread = binding.is_open and (not by_position or len(by_position) < len(move.old.positional))
    return "maybe" if spread else "no"


def _place(move: Move, each: Passed) -> int:
    """Return where the new method takes an argument by position; arguments after the star come last."""
    names = move.new.positional if move.new else ()
    name = move.partner.get(each.name)
    return names.index(name) if name in names else len(names)
