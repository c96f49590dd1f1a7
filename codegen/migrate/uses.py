"""What the changes of a method mean at one place where a script uses it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from codegen.migrate.allowed import is_refused
from codegen.migrate.fit import Binding, Fit, bind, fit, touched

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import libcst as cst

    from codegen.migrate.change import Move, ScriptChange
    from codegen.migrate.edit import Edit
    from codegen.migrate.fit import Likelihood
    from codegen.migrate.rewrite import Text

Certainty = Literal["sure", "maybe"]


@dataclass(frozen=True, slots=True)
class Use:
    """A place where a script calls a method or mentions it."""

    node: cst.CSTNode
    """The expression that is the method."""
    certainty: Certainty
    """Whether it is this method at all."""
    kind: Literal["method", "unbound", "bound"]
    name: cst.CSTNode | None = None
    """Where its name is written; None: it is used under a name of the script's own."""
    call: cst.Call | None = None
    partial: cst.Call | None = None
    """The `functools.partial(...)` that it is the first argument of."""
    is_traced: bool = False
    """Whether it is only given a name, under which its calls are found."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one change means at one place."""

    change: ScriptChange
    certainty: Certainty
    advice: str
    edits: tuple[Edit, ...] = ()


class Site:
    """A use of a method, and what has to become of it.

    Parameters
    ----------
    use : Use
        The place.
    changes : sequence of ScriptChange
        All changes of the method.
    text : Text
        The script.
    pin_defaults : bool
        Write old defaults into calls that leave an argument out.
    """

    def __init__(
        self, use: Use, changes: Iterable[ScriptChange], move: Move, text: Text, *, pin_defaults: bool
    ) -> None:
        self.use, self.move, self._text = use, move, text
        self.changes = tuple(changes)
        self.binding = self._binding()
        pins = {}
        if pin_defaults and self.binding is not None:
            pins = {
                str(change.param): change.pins
                for change in self.changes
                if change.pins and touched(change, self.binding, move) == "sure"
            }
        self._pins = pins
        self.fit = fit(self.binding, move, frozenset(pins)) if self.binding is not None else Fit({})
        self.obstacle = self._obstacle()
        self._edits = () if self.obstacle else tuple(self._all_edits())

    def told(self) -> Iterator[Told]:
        """Yield what each change means here, where it means anything."""
        for change in self.changes:
            if self._is_told_elsewhere(change):
                continue
            likelihood = self._touched(change)
            if likelihood != "no":
                yield self._told(change, likelihood)

    # ---- what is called how

    def _binding(self) -> Binding | None:
        use, move = self.use, self.move
        if move.old.operation.is_property:
            return Binding(())
        if use.partial is not None:
            return bind(use.partial.args[1:], move, is_open=True)
        if use.call is None:
            return None
        if use.kind == "bound":
            return bind([each for each in use.call.args if each.keyword is not None], move, is_open=True)
        if use.kind == "unbound":
            return bind(use.call.args[1:], move, is_open=True)
        return bind(use.call.args, move)

    def _touched(self, change: ScriptChange) -> Likelihood:
        if change.touches == "kind":
            return self._kind_touched()
        found = touched(change, self.binding, self.move)
        passed = self.binding.given(change.param or "") if self.binding else None
        return is_refused(passed, self.move) if change.touches == "value" and passed is not None else found

    def _kind_touched(self) -> Likelihood:
        """Tell whether parentheses are too many or missing; a call of what was a property is a new call."""
        was_property = self.move.old.operation.is_property
        if was_property:
            return "no" if self.use.call is not None else "sure"
        return "sure" if self.use.call is not None else "maybe"

    def _is_told_elsewhere(self, change: ScriptChange) -> bool:
        if self.use.is_traced and not self.move.old.operation.is_property:
            return change.touches != "name" and self.move.new is not None
        return self.use.name is None and change.touches == "name"

    # ---- what can be done

    def _obstacle(self) -> str:
        if self.use.certainty != "sure":
            return "it may be something else"
        if not self.move.is_current or self.move.new is None or not self.move.is_generated:
            return self.fit.obstacle or "it needs a person"
        if self.binding is None:
            return ""
        if self.use.kind != "method":
            return "it is not called on a client"
        return self.fit.obstacle or self._kind_obstacle()

    def _kind_obstacle(self) -> str:
        old, new = self.move.old.operation, self.move.new.operation if self.move.new else None
        if new is None or old.is_property == new.is_property or self.use.call is None or old.is_property:
            return ""
        if self.use.name is None:
            return "it is called under another name"
        return "" if self._text.not_called(self.use.call) else "something stands between its parentheses"

    def _all_edits(self) -> Iterator[Edit]:
        old, new = self.move.old, self.move.new
        if new is None:
            return
        if self.use.name is not None and new.name != old.name:
            yield self._text.named(self.use.name, new.name)
        if old.operation.is_property and not new.operation.is_property and self.use.call is None:
            yield self._text.called(self.use.node)
        if self.use.call is None:
            return
        if new.operation.is_property and not old.operation.is_property:
            removed = self._text.not_called(self.use.call)
            yield from [removed] if removed else []
            return
        yield from self._text.for_call(self.fit)
        pins = {self.move.partner[name]: value for name, value in self._pins.items()}
        yield from self._text.added(self.use.call, pins)

    # ---- words

    def _told(self, change: ScriptChange, likelihood: Likelihood) -> Told:
        certainty: Certainty = "sure" if likelihood == self.use.certainty == "sure" else "maybe"
        is_written = change.automatic or (change.param in self._pins and bool(change.pins))
        edits = self._edits if is_written and certainty == "sure" else ()
        return Told(change, certainty, self._advice(change, likelihood, done=bool(edits)), edits)

    def _advice(self, change: ScriptChange, likelihood: Likelihood, *, done: bool) -> str:
        edit = self._positions(change) if change.touches == "positions" else change.edit
        said = edit or change.sentence
        if done:
            return said
        why = self._why_not(change, likelihood)
        return f"{said.rstrip('.')} ({why})" if why else said

    def _positions(self, change: ScriptChange) -> str:
        """Name the arguments that a change takes away from their places."""
        if self.binding is None:
            return ""
        moved = [
            f"argument {number} -> {self.fit.keywords[each]}="
            for number, each in enumerate(self.binding.passed, 1)
            if each.spelled is None and each in self.fit.keywords
            if each.name == change.param or change.param not in self.move.old.positional
        ]
        return ", ".join(moved)

    def _why_not(self, change: ScriptChange, likelihood: Likelihood) -> str:
        if self.use.certainty == "maybe":
            return f"see whether it is {self.move.old.call}"
        if likelihood == "maybe":
            return self._open()
        if change.automatic and self.obstacle:
            return self.obstacle
        return ""

    def _open(self) -> str:
        if self.binding is None:
            return "it is not called here: see with what it is"
        if self.use.partial is not None or self.use.kind == "bound":
            return "functools.partial: see what is passed later"
        if self.use.kind == "unbound":
            return "called on the class"
        return (
            "what * or ** passes cannot be read" if self.binding.is_open else "the value is not written here"
        )
