"""What a comparison of two operations may look at: both sides whole, and facts from outside the spec."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from codegen.diff.pairing import Pairs, pair

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codegen import ir
    from codegen.deployments import Deployment


@dataclass(frozen=True, slots=True)
class Facts:
    """What the specs do not say."""

    deployments: tuple[Deployment, ...] = ()
    today: date = field(default_factory=date.today)
    """The day by which sunsets are judged."""


@dataclass(frozen=True, slots=True)
class ServicePair:
    """A service on both sides."""

    old: ir.Service
    new: ir.Service
    facts: Facts


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
            OperationPair(old, new, self, pair(old.params, new.params)) for old, new in self.paired.both
        )

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
