"""Signatures of generated methods: parameters in order, and one overload per form of the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from codegen import ir, python_types

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a generated method."""

    name: str
    annotation: str
    has_default: bool
    default: Any
    keyword_only: bool
    alias_of: str | None = None
    """The parameter whose old name it is."""


@dataclass(frozen=True, slots=True)
class Signature:
    """Parameters and answer of a method, or of one of its overloads."""

    parameters: tuple[Parameter, ...]
    returns: str

    @property
    def first_keyword(self) -> Parameter | None:
        """The parameter that stands right after the star."""
        return next((parameter for parameter in self.parameters if parameter.keyword_only), None)


def signature_of(operation: ir.Operation, literals: Mapping[str, str]) -> Signature:
    """Build the signature of the method; `literals` names the `Literal` of a parameter with choices."""
    own = [_parameter(param, literals.get(param.name)) for param in operation.arguments]
    old = [
        _alias(alias, parameter)
        for param, parameter in zip(operation.arguments, own, strict=True)
        for alias in param.aliases
    ]
    parameters = (*own, *old)
    if not operation.response:
        return Signature(parameters, "str" if operation.kind == "url" else "Any")
    answers = tuple(python_types.answer(operation, arm) for arm in operation.response)
    return Signature(parameters, python_types.union(answers))


def overloads_of(operation: ir.Operation, signature: Signature) -> tuple[Signature, ...]:
    """Build one overload per form of the answer, and a last one for callers who decide at run time.

    None are needed where every form has the same type, or where one of them is Any.
    """
    narrow = [
        _overload(signature, when, python_types.answer(operation, arm)) for arm, when in _arms(operation)
    ]
    if signature.returns == "Any" or len({overload.returns for overload in narrow}) < 2:
        return ()
    return (*narrow, signature)


def _arms(operation: ir.Operation) -> list[tuple[ir.Arm, dict[str, Any]]]:
    """Pair every arm that literals can tell apart with the arguments that choose it.

    A last arm without `when` is "everything else": for one bool that is the other bool; for
    anything wider no annotation says it, and the plain overload covers it.
    """
    arms = [(arm, dict(arm.when)) for arm in operation.response]
    if len(arms) == 2 and not arms[1][1] and len(arms[0][1]) == 1:
        ((name, value),) = arms[0][1].items()
        if isinstance(value, bool):
            return [arms[0], (arms[1][0], {name: not value})]
    return [(arm, when) for arm, when in arms if when]


def _overload(signature: Signature, when: Mapping[str, Any], returns: str) -> Signature:
    parameters: list[Parameter] = []
    after_star = False
    may_be_left_out = False
    for parameter in signature.parameters:
        if parameter.alias_of in when:
            # What is passed here chooses the form of the answer, and only the last overload leaves that open.
            parameter = replace(parameter, annotation="None")
        elif parameter.name in when:
            value = when[parameter.name]
            chosen_by_default = parameter.has_default and _same(parameter.default, value)
            # A choice that is not the default must be made, and Python wants such a parameter
            # behind a star once one before it may be left out.
            after_star = after_star or (may_be_left_out and not chosen_by_default)
            parameter = replace(parameter, annotation=python_types.only(value), has_default=chosen_by_default)
        after_star = after_star or parameter.keyword_only
        parameters.append(replace(parameter, keyword_only=after_star))
        may_be_left_out = may_be_left_out or parameter.has_default
    return Signature(tuple(parameters), returns)


def _same(one: object, other: object) -> bool:
    """Equal, and of one type: 1 is not True."""
    return type(one) is type(other) and one == other


def _parameter(param: ir.Param, literal: str | None) -> Parameter:
    default = None if param.client_default else as_default(param.default)
    annotation = literal or python_types.argument(param)
    if param.is_optional and default is None:
        annotation = _or_none(annotation)
    return Parameter(param.name, annotation, param.is_optional, default, param.keyword_only)


def _alias(name: str, parameter: Parameter) -> Parameter:
    """Make the parameter that takes the same under an old name; None is an old name that is not used."""
    takes_none = parameter.has_default and parameter.default is None
    annotation = parameter.annotation if takes_none else _or_none(parameter.annotation)
    return Parameter(name, annotation, True, None, True, parameter.name)


def _or_none(annotation: str) -> str:
    return annotation if annotation == "Any" else f"{annotation} | None"


def as_default(value: object) -> object:
    """Make a default immutable: it is shared between all calls."""
    return tuple(as_default(item) for item in value) if isinstance(value, (list, tuple)) else value
