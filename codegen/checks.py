"""Which checks there are, and what each of them reads.

A check does not run where a field that it reads has been reported already: what it would say is only
an echo of the first mistake.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from codegen import arm_checks, example_checks, ir
from codegen import operation_checks as checks
from codegen.findings import Facts, Findings
from codegen.param_checks import PARAM_CHECKS

if TYPE_CHECKING:
    from codegen.build import Draft
    from codegen.problems import Problems

Check = Callable[[ir.Operation, Facts], Findings]

CHECKS: tuple[tuple[Check, tuple[str, ...]], ...] = (
    (checks.name, ("raw", "override")),
    (checks.method, ("kind", "scheme", "method", "safe", "check")),
    (checks.path, ("path", "prefix", "base", "pin_api", "params")),
    (checks.signature, ("params", "property")),
    (checks.wire_names, ("params", "exclusive")),
    (checks.body, ("body", "params")),
    (checks.default_for, ("params",)),
    (checks.purpose, ("params", "response", "limits")),
    (checks.exclusive, ("exclusive", "params")),
    (checks.gates, ("server", "params")),
    (checks.pin, ()),
    (checks.headers, ()),
    (checks.limits, ("limits", "params", "safe")),
    (checks.cache, ("cache", "params", "safe")),
    (checks.references, ("endpoint", "endpoint_path")),
    (arm_checks.response_is_there, ("response", "kind")),
    (arm_checks.selectors, ("response", "params")),
    (arm_checks.distinguishable, ("response", "params")),
    (arm_checks.fields_fit, ("response", "raw")),
    (arm_checks.order, ("response", "params")),
    (example_checks.examples, ("examples", "params", "kind")),
)


def check(draft: Draft, facts: Facts, problems: Problems) -> None:
    """Report everything that does not hold for an operation."""
    operation = draft.operation
    sound = tuple((param, frozenset[str]()) for param in operation.params)
    for param, broken in (*sound, *draft.damaged):
        for param_check, reads in PARAM_CHECKS:
            if broken.isdisjoint(reads):
                for finding in param_check(param, facts):
                    problems.add(finding.origin, finding.message, finding.suggestion)
    for run, reads in CHECKS:
        if draft.broken.isdisjoint(reads):
            for finding in run(operation, facts):
                problems.add(finding.origin, finding.message, finding.suggestion)
