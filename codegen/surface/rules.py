"""The kinds of change of the Python surface, as rules: what each is, whom it hurts, what to do instead.

None concerns the wire. `before` and `after` are lines of generated Python.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.report.rule import Rule

if TYPE_CHECKING:
    from codegen.report.rule import Verdict

ONLY_WHAT_BREAKS = "Only what breaks is looked for, and the reverse breaks no script."


def _rule(
    kind: str,
    what: str,
    why: str,
    safely: str,
    before: str,
    after: str,
    *,
    source: Verdict = "breaking",
    silent: bool = False,
    both_ways: bool = False,
) -> Rule:
    """Make a rule; `both_ways`: its reverse is the same kind again."""
    return Rule(
        id=kind,
        wire="none",
        source=source,
        what=what,
        why=why,
        safely=safely,
        mirror=(kind,) if both_ways else (),
        waiver="" if both_ways else ONLY_WHAT_BREAKS,
        before=before,
        after=after,
        silent=silent,
    )


RULES: tuple[Rule, ...] = (
    _rule(
        "object-removed",
        "A module, class, method, property or constant is gone.",
        "Importing it fails with ImportError, and using it with AttributeError.",
        "Keep the old name for a release, deprecated, and let it do what the new one does.",
        "def get_rows(self) -> list[Row]: ...",
        "def list_rows(self) -> list[Row]: ...",
    ),
    _rule(
        "object-kind-changed",
        "A name stands for another kind of thing: a method became a property, or the reverse.",
        "A call of a property calls its value; a method that is not called is no value.",
        "Give the new form a name of its own.",
        "def status(self) -> str: ...",
        "@property\ndef status(self) -> str: ...",
        both_ways=True,
    ),
    _rule(
        "class-base-removed",
        "A class is no longer a subclass of another one.",
        "`isinstance()` says no where it said yes, and inherited methods are gone.",
        "Keep the base, or make the new base a subclass of it.",
        "class Operations(ClientBase): ...",
        "class Operations: ...",
    ),
    _rule(
        "exception-base-changed",
        "An error is no longer a subclass of another one.",
        "`except` clauses that caught it let it pass.",
        "Keep the old base beside the new one.",
        "class NotFoundError(HTTPStatusError): ...",
        "class NotFoundError(CAVEError): ...",
    ),
    _rule(
        "all-export-removed",
        "A module no longer lists a name in `__all__`.",
        "`from module import *` does not bring it, and type checkers take it for private.",
        "Leave the name in `__all__` until it is removed.",
        '__all__ = ["Client", "SERVER_KEY"]',
        '__all__ = ["Client"]',
    ),
    _rule(
        "parameter-removed",
        "A parameter is gone.",
        "Calls that pass it fail with TypeError.",
        "Keep it, deprecated, and say what to pass instead.",
        "def get_rows(self, limit: int | None = None): ...",
        "def get_rows(self): ...",
    ),
    _rule(
        "parameter-added-required",
        "There is a new parameter that calls must pass.",
        "Calls that were written without it fail with TypeError.",
        "Give it a default that means what the call meant without it.",
        "def get_rows(self): ...",
        "def get_rows(self, table: str): ...",
    ),
    _rule(
        "parameter-became-required",
        "A parameter that could be left out must be passed.",
        "Calls that leave it out fail with TypeError.",
        "Keep a default.",
        "def get_rows(self, table: str | None = None): ...",
        "def get_rows(self, table: str): ...",
    ),
    _rule(
        "parameter-kind-changed",
        "A parameter can no longer be passed by position, or no longer by name.",
        "Calls that pass it so fail with TypeError.",
        "Make only new parameters keyword-only.",
        "def get_rows(self, limit: int = 5): ...",
        "def get_rows(self, *, limit: int = 5): ...",
    ),
    _rule(
        "parameter-moved",
        "Parameters have other positions.",
        "What is passed by position reaches another parameter, often without an error.",
        "Add parameters at the end, keyword-only.",
        "def get_rows(self, limit: int, offset: int): ...",
        "def get_rows(self, offset: int, limit: int): ...",
        silent=True,
        both_ways=True,
    ),
    _rule(
        "parameter-default-changed",
        "A parameter that is left out means something else.",
        "Calls that leave it out run, and can have another answer.",
        "Keep the default, or ask for the argument for a release before it changes.",
        "def get_rows(self, as_list: bool = True): ...",
        "def get_rows(self, as_list: bool = False): ...",
        silent=True,
        both_ways=True,
    ),
    _rule(
        "annotation-narrowed",
        "A parameter no longer takes all that it took.",
        "Type checkers refuse calls that they accepted, and running one is refused, too, or goes wrong.",
        "Let the parameter take the old values beside the new ones.",
        'def get_view(self, form: Literal["csv", "arrow"]): ...',
        'def get_view(self, form: Literal["arrow"]): ...',
    ),
    _rule(
        "return-type-changed",
        "What comes back is, or can be, of a type that it was not.",
        "Scripts use the answer as what it was: attributes are missing, and type checkers refuse it.",
        "Offer the new form under a new name, or let an argument choose it.",
        "def get_count(self) -> int: ...",
        "def get_count(self) -> int | None: ...",
    ),
    _rule(
        "overload-changed",
        "With the same arguments something of another type comes back.",
        "Scripts that chose this form use it as what it was.",
        "Let another value of the argument choose the new form.",
        "@overload\ndef get_rows(self, as_text: Literal[True]) -> str: ...",
        "@overload\ndef get_rows(self, as_text: Literal[True]) -> bytes: ...",
    ),
    _rule(
        "overload-removed",
        "The arguments that chose one form of the answer no longer choose it.",
        "Something else comes back, or type checkers no longer know what.",
        "Keep the form until the argument is removed.",
        "@overload\ndef get_rows(self, as_text: Literal[True]) -> str: ...",
        "def get_rows(self, as_text: bool = False) -> list[Row]: ...",
    ),
    _rule(
        "sync-became-async",
        "A function must be awaited now, or no longer can be.",
        "Scripts get a coroutine where they expect the answer, or the reverse.",
        "Give the other form a name of its own.",
        "def get_rows(self) -> list[Row]: ...",
        "async def get_rows(self) -> list[Row]: ...",
        both_ways=True,
    ),
    _rule(
        "attribute-type-changed",
        "An attribute or property is, or can be, of a type that it was not.",
        "Scripts use its value as what it was.",
        "Give the new form a name of its own.",
        "@property\ndef status(self) -> str: ...",
        "@property\ndef status(self) -> str | None: ...",
    ),
    _rule(
        "attribute-value-changed",
        "A constant, such as the template of an address, has another value.",
        "Scripts that build addresses from it ask another one; holes of other names fail in `format()`.",
        "Check whether servers still answer the old address; if they do, add the new one under a new key.",
        'ROUTES = {"rows": "{server}/demo/rows"}',
        'ROUTES = {"rows": "{server}/demo/list"}',
        source="warning",
        both_ways=True,
    ),
    _rule(
        "entry-removed",
        "A mapping, such as a table of addresses, has lost an entry.",
        "Looking it up fails with KeyError.",
        "Keep the key: `extra_endpoints` holds addresses that no operation has.",
        'ROUTES = {"rows": "{server}/demo/rows", "row": "{server}/demo/row"}',
        'ROUTES = {"rows": "{server}/demo/rows"}',
    ),
    _rule(
        "key-removed",
        "The shape of an answer has lost a key.",
        "Reading it fails with KeyError, and type checkers refuse it.",
        "Keep the key while servers send it.",
        "class Row(TypedDict):\n    id: int\n    name: str",
        "class Row(TypedDict):\n    id: int",
    ),
    _rule(
        "key-type-changed",
        "A key of an answer holds, or can hold, a type that it did not.",
        "Scripts use the value as what it was.",
        "Let the server send the new form under a new key.",
        "class Row(TypedDict):\n    id: int",
        "class Row(TypedDict):\n    id: int | None",
    ),
    _rule(
        "key-became-optional",
        "A key that an answer always had can be missing.",
        "Reading it can fail with KeyError.",
        "Ask for servers that send it.",
        "class Row(TypedDict):\n    id: int",
        "class Row(TypedDict):\n    id: NotRequired[int]",
    ),
    _rule(
        "mixin-hook-missing",
        "A raw operation is gone that a mixin still calls.",
        "The public method that is built on it fails with AttributeError.",
        "Change the mixin in the same commit.",
        "def _query_table(self, table: str): ...",
        "def _query_rows(self, table: str): ...",
    ),
    _rule(
        "mixin-hook-misfit",
        "A raw operation no longer takes what a mixin passes to it.",
        "The public method that is built on it fails with TypeError.",
        "Change the mixin in the same commit.",
        "def _query_table(self, table: str, limit: int | None = None): ...",
        "def _query_table(self, table: str, max_rows: int | None = None): ...",
    ),
    _rule(
        "no-longer-picklable",
        "Objects of a class could be pickled, and no longer can be.",
        "Scripts that send them to other processes fail there.",
        "Leave what cannot be pickled out of the object's state, and make it anew.",
        "def __init__(self):\n    self.key = None",
        "def __init__(self):\n    self.key = lambda item: item",
    ),
)

BY_ID = {rule.id: rule for rule in RULES}
"""The rules by their ids."""

OF_THE_ANSWER = frozenset(
    ["return-type-changed", "overload-changed", "overload-removed", "attribute-type-changed"]
)
"""Kinds that are about what comes back."""
