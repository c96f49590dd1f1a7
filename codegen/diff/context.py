"""What a comparison of two operations may look at: both sides whole, and facts from outside the spec."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from codegen.diff.pairing import Pairs, pair, pair_params

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from codegen import ir
    from codegen.deployments import Deployment


@dataclass(frozen=True, slots=True)
class Facts:
    """What the specs do not say."""

    deployments: tuple[Deployment, ...] = ()
    today: date = field(default_factory=date.today)
    """The day by which sunsets are judged."""


@dataclass(frozen=True)
class ServicePair:
    """A service on both sides."""

    old: ir.Service
    new: ir.Service
    facts: Facts

    @cached_property
    def new_shape(self) -> Mapping[str, str]:
        """Name of the one new shape that has all keys of an old one which is gone.

        To type checkers two shapes with the same keys are one, so whoever returns them returns the same.
        """
        shapes = pair(self.old.types, self.new.types)
        gone, come = (_by_keys(each) for each in (shapes.removed, shapes.added))
        return {
            names[0]: come[keys][0]
            for keys, names in gone.items()
            if len(names) == len(come.get(keys, ())) == 1
        }

    def with_new_shapes(self, expression: str) -> str:
        """Write a type expression of the old side with the new names of shapes."""
        return re.sub(r"[A-Za-z_]\w*", lambda word: self.new_shape.get(word[0], word[0]), expression)


def _by_keys(shapes: Iterable[ir.NamedType]) -> dict[object, list[str]]:
    found: dict[object, list[str]] = {}
    for shape in shapes:
        keys = frozenset((field.name, field.type, field.required) for field in shape.fields)
        found.setdefault(keys, []).append(shape.name)
    return found


@dataclass(frozen=True)
class ApiPair:
    """An API version on both sides."""

    old: ir.Api
    new: ir.Api
    services: ServicePair

    @cached_property
    def paired(self) -> Pairs[ir.Operation]:
        """Operations that are on both sides, and those that are on one."""
        return pair(self.old.operations, self.new.operations)

    @cached_property
    def operations(self) -> tuple[OperationPair, ...]:
        """Operations that are on both sides, with their parameters paired."""
        return tuple(
            OperationPair(old, new, self, pair_params(old.params, new.params))
            for old, new in self.paired.both
        )

    @cached_property
    def new_name(self) -> Mapping[str, str]:
        """New name of each old operation that is still there."""
        return {old.name: new.name for old, new in self.paired.both}

    @property
    def same_number(self) -> bool:
        """Whether it is one API version at two times, not two versions."""
        return self.old.number == self.new.number


@dataclass(frozen=True, slots=True)
class OperationPair:
    """An operation on both sides."""

    old: ir.Operation
    new: ir.Operation
    apis: ApiPair
    params: Pairs[ir.Param]

    @property
    def new_name(self) -> Mapping[str, str]:
        """New name of each old parameter that is still there."""
        return {old.name: new.name for old, new in self.params.both}

    @property
    def facts(self) -> Facts:
        """What the specs do not say."""
        return self.apis.services.facts
