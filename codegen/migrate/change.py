"""What a finding asks of scripts: what to look for in them, and what to write instead.

Findings say what differs between two specs. People ask something else: does this touch *my* line, and what
do I write there? A `ScriptChange` answers the second question; `find.py` answers the first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen import ir
    from codegen.report.finding import Finding

Touches = Literal[
    "use",  # every use of the method
    "name",  # every use of the method, because its name is written there
    "kind",  # every use of the method, because of the parentheses
    "given",  # calls that pass the argument
    "spelled",  # calls that pass the argument by its name
    "value",  # calls that pass the argument a value that is not allowed any more
    "left out",  # calls that do not pass the argument
    "missing",  # calls that lack an argument that is new
    "positions",  # calls that pass arguments by position
    "error",  # except clauses around a call
    "names",  # names that scripts import or subscribe with
    "nothing",  # what cannot be recognised in a script
]
"""What in a script is touched."""

NameKind = Literal["class", "versioned class", "attribute", "module", "endpoint", "error", "type"]


@dataclass(frozen=True, slots=True)
class Rename:
    """A name that scripts write, and what it became; None: it is gone."""

    kind: NameKind
    old: str
    new: str | None
    clear: bool = True
    """Whether the old name means one thing only, on both sides."""


@dataclass(frozen=True, slots=True)
class Callee:
    """A method as scripts know it."""

    service: ir.Service
    operation: ir.Operation
    name: str
    """What scripts call it: the operation's name, whoever wrote the method, or an alias."""

    @property
    def call(self) -> str:
        """How it is written: "client.materialize.query_table"."""
        return f"client.{self.service.attribute}.{self.name}"

    @property
    def is_hand_written(self) -> bool:
        """Whether another signature than the descriptor's may count: that of a mixin."""
        return self.operation.raw or self.operation.override

    @property
    def arguments(self) -> Mapping[str, ir.Param]:
        """Arguments by name, positional ones first."""
        return {param.name: param for param in self.operation.arguments}

    @property
    def positional(self) -> tuple[str, ...]:
        """Arguments that can be passed by position."""
        return tuple(param.name for param in self.operation.arguments if not param.keyword_only)

    @property
    def aliases(self) -> Mapping[str, str]:
        """Other names that arguments can be passed by -> their names."""
        return {alias: param.name for param in self.operation.arguments for alias in param.aliases}


@dataclass(frozen=True, slots=True)
class Move:
    """A method on both sides: what a call of the old one has to become."""

    old: Callee
    new: Callee | None
    """None: it is gone."""
    partner: Mapping[str, str] = field(default_factory=dict)
    """Old argument -> new argument, for those that are still there."""
    is_current: bool = True
    """Whether it is the API version that scripts have by default; others are only told."""
    is_distinctive: bool = False
    """Whether the name alone is a reason to look: two words or more, nine letters, one service."""

    @property
    def key(self) -> tuple[str, str]:
        """Service and method."""
        return (self.old.service.name, self.old.name)

    @property
    def is_generated(self) -> bool:
        """Whether the descriptors' signatures are those that scripts call, on both sides."""
        return not (self.old.is_hand_written or (self.new is not None and self.new.is_hand_written))


@dataclass(frozen=True, slots=True)
class ScriptChange:
    """What one finding asks of scripts."""

    finding: Finding
    service: ir.Service
    """The service as scripts know it: on the old side."""
    touches: Touches
    sentence: str
    """What it means for a script, and what to do where no edit says it."""
    edit: str = ""
    """The edit in short: "limit= -> max_rows="; empty where it cannot be said."""
    automatic: bool = False
    """Whether `--write` makes the edit, where the place is sure."""
    pins: str = ""
    """Python literal of the old default that `--pin-defaults` writes into calls."""
    move: Move | None = None
    """The method that it is about."""
    param: str | None = None
    """The argument as old scripts call it, or a new one that they lack."""
    names: tuple[Rename, ...] = ()

    @property
    def label(self) -> str:
        """What it is about, as scripts write it."""
        return f"client.{self.service.attribute}" if self.move is None else self.move.old.call
