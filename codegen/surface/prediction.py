"""Whether the spec diff foresaw what the surface shows: by kind, and by place.

A change that no finding of the spec diff accounts for is a hole in its rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codegen.surface.rules import BY_ID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codegen.report.finding import Finding
    from codegen.surface.change import SurfaceChange

_SERVICE = "service-removed service-renamed client-class-renamed api-version-removed"

_GONE = "op-removed op-renamed op-renamed-with-alias op-became-raw removed-before-sunset removed-after-sunset"

_ROUTE = (
    "base-url-changed server-alias-changed discovery-path-changed api-prefix-changed "
    "op-path-changed op-path-hole-rebound op-pin-changed-route"
)

_DEFAULT = "param-default-changed param-default-added param-default-removed param-default-became-lazy"

_TAKEN = (
    "param-type-changed param-type-narrowed param-narrowed param-choice-removed param-became-choices "
    "param-unit-changed param-became-required"
)

_MOVED = (
    "param-order-changed positional-param-inserted param-removed param-renamed param-renamed-with-alias "
    "param-scope-changed param-became-keyword-only param-kind-changed param-became-positional "
    "param-became-required required-param-added optional-param-added"
)

_ANSWER = (
    "response-decoder-changed response-dtype-changed response-annotation-changed response-became-optional "
    "response-arm-removed response-arm-added response-selector-changed response-select-changed "
    "response-map-keys-changed response-arity-changed response-header-removed response-header-added "
    "streaming-changed"
)

_COLUMN = (
    "response-column-removed response-column-renamed response-column-became-nullable "
    "response-optional-column-removed response-annotation-changed response-became-optional"
)

PREDICTED_BY: dict[str, frozenset[str]] = {
    kind: frozenset(rules.split())
    for kind, rules in {
        "object-removed": f"{_SERVICE} {_GONE} {_COLUMN}",
        "object-kind-changed": "op-property-changed",
        "class-base-removed": "",
        "exception-base-changed": "error-base-changed",
        "all-export-removed": "",
        "parameter-removed": "param-removed param-renamed param-scope-changed",
        "parameter-added-required": "required-param-added param-renamed param-scope-changed",
        "parameter-became-required": "param-became-required param-default-removed param-scope-changed",
        "parameter-kind-changed": "param-became-keyword-only param-kind-changed",
        "parameter-moved": _MOVED,
        "parameter-default-changed": _DEFAULT,
        "annotation-narrowed": f"{_TAKEN} {_DEFAULT}",
        "return-type-changed": _ANSWER,
        "overload-changed": _ANSWER,
        "overload-removed": _ANSWER,
        "sync-became-async": "streaming-changed",
        "attribute-type-changed": _ANSWER,
        "attribute-value-changed": _ROUTE,
        "entry-removed": f"{_GONE} discovery-path-changed",
        "key-removed": _COLUMN,
        "key-type-changed": _COLUMN,
        "key-became-optional": _COLUMN,
        "mixin-hook-missing": f"{_GONE} mixin-owner-changed",
        "no-longer-picklable": "",
    }.items()
}
"""Kind of change -> the rules of the spec diff that account for it. To complete it, add an id to a row."""

ANYWHERE_IN_THE_OPERATION = frozenset({"parameter-moved"})
"""Kinds that another parameter than theirs can bring about."""


def unpredicted(changes: Iterable[SurfaceChange], findings: Iterable[Finding]) -> tuple[SurfaceChange, ...]:
    """Return the changes that no finding of the spec diff accounts for.

    What people write by hand is left out: no spec decides it.
    """
    told = tuple(findings)
    return tuple(change for change in changes if change.is_generated and predicted_by(change, told) is None)


def predicted_by(change: SurfaceChange, findings: Iterable[Finding]) -> Finding | None:
    """Return the first finding that accounts for a change; None: there is none."""
    return next((finding for finding in findings if _accounts_for(finding, change)), None)


def _accounts_for(finding: Finding, change: SurfaceChange) -> bool:
    return (
        finding.id in PREDICTED_BY[change.kind]
        and finding.service == change.service
        and _warns_scripts(finding, change)
        and _is_there(finding, change)
    )


def _warns_scripts(finding: Finding, change: SurfaceChange) -> bool:
    """Whether it says that scripts are concerned; what does not break them need not be said."""
    return finding.source != "none" or BY_ID[change.kind].source != "breaking"


def _is_there(finding: Finding, change: SurfaceChange) -> bool:
    """Whether the places agree: what is said of a whole is said of its parts.

    A change without an operation is in a type or a table that several operations share, so a finding
    at any of them can be meant. A rename may be told at the new name, with the old name as its value.
    """
    if change.operation is None or finding.operation is None:
        return True
    if change.operation not in (finding.operation, finding.old) and not _is_also(finding, change.operation):
        return False
    if change.param is None or finding.param is None or change.kind in ANYWHERE_IN_THE_OPERATION:
        return True
    return change.param in (finding.param, finding.old) or _is_part(finding.param, change.param)


def _is_also(finding: Finding, operation: str) -> bool:
    """Whether the finding names the operation among the other places of its edit."""
    return any(operation in place.replace(":", ".").split(".") for place in finding.also)


def _is_part(part: str, whole: str) -> bool:
    """Whether "response.dtype" or "response[0]" is told of "response"."""
    return part.startswith((f"{whole}.", f"{whole}["))
