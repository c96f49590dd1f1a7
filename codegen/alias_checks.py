"""What must hold for old names: that they can be names, and that nobody else has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.facts import Facts, at
from codegen.grammar import identifier_fault
from codegen.naming import CLASS_BODY
from codegen.problems import Problem
from codegen.vocabulary import RESERVED_OPERATIONS, RESERVED_PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterator

    from codegen import ir

_ANOTHER = "Remove it, or say another name."


def of_operation(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that an operation's old names can be methods beside the others."""
    if operation.aliases and (operation.raw or operation.override):
        message = "a mixin owns what this operation is called by, so no old name can be kept here."
        yield Problem(at(operation.origins, "aliases"), message, "Keep the old name in the mixin.")
        return
    others = dict.fromkeys(facts.operations.intersection(operation.aliases), "another operation")
    words = dict.fromkeys(CLASS_BODY, "a word that the generated class uses itself")
    yield from _names(operation, RESERVED_OPERATIONS, words | others)


def of_parameter(param: ir.Param, facts: Facts) -> Iterator[Problem]:
    """Check that a parameter's old names can be arguments, and that it may be left out.

    Of a required parameter, one of two names would have to be given. No signature says that but a set of
    overloads for each combination; and scripts pass what is required by position, where names do no harm.
    """
    if param.is_const:
        return
    if param.aliases and param.required:
        message = "only a parameter that may be left out can be passed under an old name."
        yield Problem(at(param.origins, "aliases"), message, "Remove them, or give it a `default`.")
    yield from _names(param, RESERVED_PARAMETERS, {})


def between_parameters(operation: ir.Operation, facts: Facts) -> Iterator[Problem]:
    """Check that no two parameters share a name, new or old, and that callers can pass old ones at all."""
    owners = {param.name: param.name for param in operation.params}
    for param in operation.params:
        if param.aliases and operation.raw:
            message = "a mixin owns the signature of a raw operation, so no old name can be kept here."
            yield Problem(at(param.origins, "aliases"), message, "Keep the old name in the mixin.")
            continue
        for number, alias in enumerate(param.aliases):
            owner = owners.setdefault(alias, param.name)
            if owner != param.name:
                origin = at(param.origins, f"aliases[{number}]")
                yield Problem(origin, f"{alias!r} belongs to {owner!r} already.", _ANOTHER)


def between_operations(api: ir.Api) -> Iterator[Problem]:
    """Check that no two operations were called alike."""
    owners: dict[str, str] = {}
    for operation in api.operations:
        for number, alias in enumerate(operation.aliases):
            owner = owners.setdefault(alias, operation.name)
            if owner != operation.name:
                origin = at(operation.origins, f"aliases[{number}]")
                yield Problem(origin, f"{alias!r} is an old name of {owner!r} already.", _ANOTHER)


def _names(
    owner: ir.Operation | ir.Param, reserved: Collection[str], taken: dict[str, str]
) -> Iterator[Problem]:
    for number, alias in enumerate(owner.aliases):
        fault = identifier_fault(alias, reserved) or _clash(owner, alias, taken, owner.aliases[:number])
        if fault:
            yield Problem(at(owner.origins, f"aliases[{number}]"), fault, _ANOTHER)
    if owner.aliases_since is not None and not owner.aliases:
        yield Problem(
            at(owner.origins, "aliases_since"), "there is no old name that it could be about.", "Remove it."
        )


def _clash(
    owner: ir.Operation | ir.Param, alias: str, taken: dict[str, str], before: Container[str]
) -> str | None:
    if alias == owner.name:
        return f"{alias!r} is its name now."
    if alias in before:
        return f"{alias!r} stands there twice."
    return f"{alias!r} is {taken[alias]}." if alias in taken else None
