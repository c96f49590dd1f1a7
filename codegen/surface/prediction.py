"""Whether the spec diff foresaw what the surface shows: by kind, and by place.

A change that no finding of the spec diff accounts for is a hole in its rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from codegen.diff.judgement import rule_behind
from codegen.surface.rules import BY_ID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codegen.report.finding import Finding
    from codegen.surface.change import SurfaceChange

_SERVICE = "service-removed service-renamed client-class-renamed api-version-removed"

_ENDED = "removed-before-sunset removed-after-sunset"

_GONE = f"op-removed op-renamed op-became-raw alias-removed {_ENDED}"

_ROUTE = (
    "base-url-changed server-alias-changed discovery-path-changed api-prefix-changed op-path-changed "
    "op-path-hole-rebound op-pin-changed-route pin-unchanged-route address-scheme-changed "
    "endpoint-template-changed"
)

_LOST = f"param-removed param-renamed param-scope-changed op-path-hole-rebound alias-removed {_ENDED}"

_DEFAULT = "param-default-changed param-default-added param-default-removed param-default-became-lazy"

_TAKEN = f"param-type-changed param-type-narrowed param-choice-removed param-became-choices {_DEFAULT}"

_MOVED = (
    f"param-order-changed positional-param-inserted required-param-added param-became-required "
    f"param-became-optional param-became-keyword-only param-became-positional {_LOST}"
)

_ANSWER = (
    "response-decoder-changed response-dtype-changed response-annotation-changed response-became-optional "
    "response-arm-removed response-arm-added response-selector-changed response-map-keys-changed "
    "response-header-removed response-header-added response-type-removed op-kind-changed"
)

PREDICTED_BY: dict[str, frozenset[str]] = {
    kind: frozenset(rules.split())
    for kind, rules in {
        "object-removed": f"{_SERVICE} {_GONE} response-type-removed",
        "object-kind-changed": "op-became-property op-became-method",
        "class-base-removed": "",
        "exception-base-changed": "",
        "all-export-removed": "",
        "parameter-removed": _LOST,
        "parameter-added-required": (
            "required-param-added param-renamed param-scope-changed op-path-hole-rebound"
        ),
        "parameter-became-required": "param-became-required",
        "parameter-kind-changed": "param-became-keyword-only",
        "parameter-moved": _MOVED,
        "parameter-default-changed": _DEFAULT,
        "annotation-narrowed": _TAKEN,
        "return-type-changed": _ANSWER,
        "overload-changed": _ANSWER,
        "overload-removed": _ANSWER,
        "sync-became-async": "",
        "attribute-type-changed": _ANSWER,
        "attribute-value-changed": _ROUTE,
        "entry-removed": f"endpoint-removed discovery-path-changed {_GONE}",
        "key-removed": "response-key-removed",
        "key-type-changed": "response-key-type-changed response-type-removed",
        "key-became-optional": "response-key-became-optional",
        "mixin-hook-missing": f"op-became-public {_GONE}",
        "mixin-hook-misfit": _MOVED,
        "no-longer-picklable": "",
    }.items()
}
"""Kind of change -> the rules of the spec diff that account for it. None: no descriptor brings it about."""

ANYWHERE_IN_THE_OPERATION = frozenset({"parameter-moved", "mixin-hook-misfit"})
"""Kinds that another parameter than theirs can bring about."""

_RENAMED = frozenset(
    ["op-renamed", "op-renamed-with-alias", "param-renamed", "param-renamed-with-alias", "alias-removed"]
)
"""Rules whose findings have the old name as their value."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The findings of a spec diff, and the new names that they tell of what had another one, or still has.

    Surface changes call things as the old side does, findings as the new one.
    """

    findings: tuple[Finding, ...]
    services: dict[str, str] = field(default_factory=dict)
    operations: dict[tuple[str, str], str] = field(default_factory=dict)
    """By the service's new name, and the old name."""
    params: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """By the new names of service and operation, and the old name."""

    def cause(self, change: SurfaceChange) -> Finding | None:
        """Return the first finding that accounts for a change; None: there is none."""
        return next((finding for finding in self.findings if self._accounts_for(finding, change)), None)

    def _accounts_for(self, finding: Finding, change: SurfaceChange) -> bool:
        return (
            rule_behind(finding) in PREDICTED_BY[change.kind]
            and self.services.get(change.service or "", change.service) == finding.service
            and _warns_scripts(finding, change)
            and self._is_there(finding, change)
        )

    def _is_there(self, finding: Finding, change: SurfaceChange) -> bool:
        """Whether the places agree: what is said of a whole is said of its parts.

        A change without an operation is in a shape or a table that several operations share, so a
        finding at any of them can be meant.
        """
        if change.operation is None or finding.operation is None:
            return True
        operation = self.operations.get((finding.service, change.operation), change.operation)
        others = {place.rpartition(".")[2] for place in finding.also}
        if operation != finding.operation and operation not in others:
            return False
        if change.param is None or finding.param is None or change.kind in ANYWHERE_IN_THE_OPERATION:
            return True
        param = self.params.get((finding.service, finding.operation, change.param), change.param)
        return finding.param in (param, change.param)


def forecast(findings: Iterable[Finding]) -> Forecast:
    """Read what a spec diff foresees."""
    made = Forecast(tuple(findings))
    for finding in made.findings:
        if finding.old is None:
            continue
        if finding.id == "service-renamed" and finding.new == finding.service:
            made.services[finding.old] = finding.service
        elif rule_behind(finding) in _RENAMED and finding.operation is not None:
            if finding.param is None:
                made.operations[finding.service, finding.old] = finding.operation
            else:
                made.params[finding.service, finding.operation, finding.old] = finding.param
    return made


def unpredicted(changes: Iterable[SurfaceChange], findings: Iterable[Finding]) -> tuple[SurfaceChange, ...]:
    """Return the changes that no finding of the spec diff accounts for.

    What people write by hand is left out: no spec decides it.
    """
    foreseen = forecast(findings)
    return tuple(change for change in changes if change.is_generated and foreseen.cause(change) is None)


def _warns_scripts(finding: Finding, change: SurfaceChange) -> bool:
    """Whether it says that scripts are concerned; what does not break them need not be said."""
    return finding.source != "none" or BY_ID[change.kind].source != "breaking"
